//! A client's link: connects again and again, and carries packets as long as it can.

use std::time::Duration;

use serde_json::Value;
use tautline_server::testing::Packet;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::recorder::Recorder;
use super::{Pipe, Way};
use crate::dice::Dice;
use crate::model::backoff::backoff_ms;

/// How long the server may take until it welcomes a client.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the server's side of a link may live on, at most, when the client has given it up.
const LINGER_MS: u64 = 8_000;

/// What a client hears of its link.
pub(super) enum News {
    Packet(Packet),
    Down,
}

/// What a client wants of its link.
pub(super) enum Wish {
    Send(String),
    Cut,
}

/// One end of a link that connects again and again.
pub(super) struct Link {
    pub(super) news: mpsc::UnboundedReceiver<News>,
    wishes: mpsc::UnboundedSender<Wish>,
}

/// The other one.
struct Carrier<W> {
    name: String,
    way: W,
    recorder: Recorder,
    dice: Dice,
    /// What the server gave a guest.
    guest: Option<String>,
    tell: mpsc::UnboundedSender<News>,
    wishes: mpsc::UnboundedReceiver<Wish>,
}

/// How a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// The client did not want it any more.
    GivenUp,
    Lost,
}

impl Link {
    /// Begins to connect.
    pub(super) fn start(name: &str, way: impl Way, recorder: Recorder, dice: Dice) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        let (wish, wishes) = mpsc::unbounded_channel();
        let name = name.to_owned();
        let carrier = Carrier { name, way, recorder, dice, guest: None, tell, wishes };
        tokio::spawn(carrier.run());
        Self { news, wishes: wish }
    }

    pub(super) fn wish(&self, wish: Wish) {
        // The other end lives as long as the run.
        let _is_open = self.wishes.send(wish);
    }
}

impl<W: Way> Carrier<W> {
    async fn run(mut self) {
        let mut attempt = 0;
        while !self.tell.is_closed() {
            let connecting = self.way.connect(&self.name, self.guest.as_deref(), self.dice.fork());
            let mut was_good = false;
            if let Ok(Some(mut pipe)) = timeout(CONNECT, connecting).await {
                let ending;
                (ending, was_good) = self.carry(&mut pipe).await;
                if ending == Ending::GivenUp && self.dice.permille(500) {
                    self.linger(pipe);
                }
                self.recorder.note(&self.name, "is cut off");
                // Nobody listens any more: the loop ends.
                let _is_open = self.tell.send(News::Down);
            }
            attempt = if was_good { 0 } else { attempt + 1 };
            let wait = backoff_ms(attempt, self.dice.fraction());
            sleep(Duration::from_millis(wait)).await;
            // What was wished of the old link is of no use.
            while self.wishes.try_recv().is_ok() {}
        }
    }

    /// Carries packets until the link is over; says whether the server has welcomed the client.
    async fn carry(&mut self, pipe: &mut W::Pipe) -> (Ending, bool) {
        let mut was_good = false;
        let mut unwelcome = std::pin::pin!(sleep(CONNECT));
        loop {
            tokio::select! {
                biased;
                packet = pipe.next() => {
                    let Some(packet) = packet else { return (Ending::Lost, was_good) };
                    let Some(packet) = packet.strip_prefix('4').and_then(Packet::parse) else {
                        continue;
                    };
                    // A refused CONNECT, or one that is taken back.
                    if matches!(packet.kind, '1' | '4') {
                        return (Ending::Lost, was_good);
                    }
                    if packet.data.starts_with("[\"tautline:welcome\"") {
                        was_good = true;
                        self.note_guest(&packet.data);
                    }
                    if self.tell.send(News::Packet(packet)).is_err() {
                        return (Ending::Lost, was_good);
                    }
                }
                wish = self.wishes.recv() => match wish {
                    Some(Wish::Send(packet)) => pipe.send(packet),
                    Some(Wish::Cut) => return (Ending::GivenUp, was_good),
                    None => return (Ending::Lost, was_good),
                },
                () = &mut unwelcome, if !was_good => return (Ending::Lost, was_good),
            }
        }
    }

    fn note_guest(&mut self, welcome: &str) {
        let welcome = serde_json::from_str::<Value>(welcome).unwrap_or_default();
        let guest = welcome[1]["guestCredential"].as_str();
        self.guest = guest.map(str::to_owned).or(self.guest.take());
    }

    /// The client has given the link up, and the server does not know: what was sent still arrives.
    fn linger(&mut self, pipe: W::Pipe) {
        let time = Duration::from_millis(self.dice.between(1, LINGER_MS));
        tokio::spawn(async move {
            sleep(time).await;
            drop(pipe);
        });
    }
}
