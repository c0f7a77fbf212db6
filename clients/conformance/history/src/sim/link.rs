//! The way from a client to the server: frames that are late, lost or doubled, cuts, and a server
//! that is not there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tautline_server::testing::{Connect, Decide, Direction, Fate, Wire};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::journal::lock;
use super::world::{Live, World};
use crate::dice::Dice;
use crate::model::backoff::backoff_ms;
use crate::model::client::NAMESPACE;

/// How long the server may take until it welcomes a client.
const CONNECT: Duration = Duration::from_secs(10);

/// What a client hears of its link.
pub(super) enum News {
    Up,
    Frame(String),
    Down,
}

/// What a client wants of its link.
pub(super) enum Wish {
    Send(String),
    Cut,
    /// The server has welcomed it: the link is a good one.
    Welcomed,
}

/// One end of a link that connects again and again.
pub(super) struct Link {
    pub(super) news: mpsc::UnboundedReceiver<News>,
    wishes: mpsc::UnboundedSender<Wish>,
}

impl Link {
    /// Begins to connect.
    pub(super) fn start(name: &str, world: World, dice: Dice) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        let (wishes, wished) = mpsc::unbounded_channel();
        tokio::spawn(run(name.to_owned(), world, dice, tell, wished));
        Self { news, wishes }
    }

    pub(super) fn wish(&self, wish: Wish) {
        // The other end lives as long as the run.
        let _is_open = self.wishes.send(wish);
    }
}

async fn run(
    name: String,
    world: World,
    mut dice: Dice,
    tell: mpsc::UnboundedSender<News>,
    mut wished: mpsc::UnboundedReceiver<Wish>,
) {
    let mut attempt = 0;
    loop {
        if let Some(live) = world.live()
            && let Some(mut wire) = connect(&name, &world, &live, &mut dice).await
        {
            if tell.send(News::Up).is_err() {
                return;
            }
            let (was_good, is_cut) = carry(&live, &mut wire, &tell, &mut wished).await;
            if is_cut && dice.permille(500) {
                linger(wire, Duration::from_millis(dice.between(1, 8_000)));
            }
            attempt = if was_good { 0 } else { attempt + 1 };
            world.recorder.note(&name, "is cut off");
            if tell.send(News::Down).is_err() {
                return;
            }
        } else {
            attempt += 1;
        }
        let wait = backoff_ms(attempt, dice.fraction());
        sleep(Duration::from_millis(wait)).await;
        // What was wished of the old link is of no use.
        while wished.try_recv().is_ok() {}
    }
}

async fn connect(name: &str, world: &World, live: &Live, dice: &mut Dice) -> Option<Wire> {
    let decide = decide(world.clone(), live.clone(), dice.fork());
    let connecting = Connect::default().wire(live.router.clone(), decide);
    let mut wire = timeout(CONNECT, connecting).await.ok()?.ok()?;
    wire.send(format!("40{NAMESPACE},{{\"token\":\"{name}\"}}"));
    Some(wire)
}

/// The client has given the link up, and the server does not know: what was sent still arrives.
fn linger(wire: Wire, time: Duration) {
    tokio::spawn(async move {
        sleep(time).await;
        drop(wire);
    });
}

/// Carries frames until the link is over; says whether the server has welcomed the client, and whether
/// it was the client that has ended the link.
async fn carry(
    live: &Live,
    wire: &mut Wire,
    tell: &mpsc::UnboundedSender<News>,
    wished: &mut mpsc::UnboundedReceiver<Wish>,
) -> (bool, bool) {
    let (mut was_good, mut is_cut) = (false, false);
    let mut unwelcome = std::pin::pin!(sleep(CONNECT));
    loop {
        tokio::select! {
            biased;
            () = live.life.over() => break,
            frame = wire.next() => match frame {
                // A refused CONNECT, or one that is taken back.
                Some(frame) if frame.starts_with("44") || frame.starts_with("41") => break,
                Some(frame) => if tell.send(News::Frame(frame)).is_err() { break },
                None => break,
            },
            wish = wished.recv() => match wish {
                Some(Wish::Send(frame)) => wire.send(frame),
                Some(Wish::Welcomed) => was_good = true,
                Some(Wish::Cut) => {
                    is_cut = true;
                    break;
                }
                None => break,
            },
            () = &mut unwelcome, if !was_good => break,
        }
    }
    (was_good, is_cut)
}

/// What becomes of each frame.
fn decide(world: World, live: Live, mut dice: Dice) -> Decide {
    let (up, down) = (Mutex::new(dice.fork()), Mutex::new(dice));
    Arc::new(move |direction, frame| {
        if live.life.is_over() {
            return Fate::Cut;
        }
        if world.is_calm() {
            return Fate::Pass;
        }
        let plan = &world.plan;
        let mut dice = lock(if direction == Direction::ToServer { &up } else { &down });
        if dice.permille(plan.cut) {
            return Fate::Cut;
        }
        if dice.permille(plan.lost) {
            return Fate::Lose;
        }
        // No network doubles frames of a connection. What is doubled on the way up stands for a client
        // that asks again; of a command, the client itself must know how many copies there are.
        let may_double = match direction {
            Direction::ToServer => frame.contains("[\"tautline:") || frame.contains("[\"join_"),
            Direction::ToClient => frame.starts_with("42") || frame.starts_with("43"),
        };
        if may_double && dice.permille(plan.doubled) {
            return Fate::Twice;
        }
        match dice.between(0, plan.latency_ms) {
            0 => Fate::Pass,
            ms => Fate::Late(Duration::from_millis(ms)),
        }
    })
}
