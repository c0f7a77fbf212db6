//! One connection, frame by frame, over a link that a test holds in its hand: it loses, doubles,
//! delays and cuts as the test says. For clients that keep their own books.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::DuplexStream;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// Which way a frame goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    ToServer,
    /// From the server to the client.
    ToClient,
}

/// What becomes of a frame on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Pass,
    /// It arrives so much later, and holds up what is behind it: links keep their order.
    Late(Duration),
    /// It never arrives, and what is behind it does.
    Lose,
    /// It arrives twice.
    Twice,
    /// The connection is cut before it.
    Cut,
}

/// Decides what becomes of each frame.
pub type Decide = Arc<dyn Fn(Direction, &str) -> Fate + Send + Sync>;

/// One connection of Engine.IO packets, its pings answered. Carries text: byte fields do not arrive.
///
/// When it is dropped, the connection is cut.
pub struct Wire {
    decide: Decide,
    outbox: mpsc::UnboundedSender<Timed>,
    last_due: Instant,
    inbox: mpsc::UnboundedReceiver<Timed>,
    /// Came in, and is late.
    late: Option<Timed>,
    end: Arc<End>,
    tasks: [JoinHandle<()>; 3],
}

/// How the connection is, and the news of its end.
#[derive(Debug, Default)]
struct End {
    state: Mutex<State>,
    /// Not a watch, which wakes those who wait in an order of its own: a run shall be the same twice.
    over: Notify,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// It ended: what came in before still counts.
    Over,
    Cut,
}

/// A frame and when it arrives.
type Timed = (Instant, String);

impl Wire {
    /// Sends a packet: `42/chat,["typing",{}]`.
    pub fn send(&mut self, frame: impl Into<String>) {
        let frame = frame.into();
        let passed = self.decide.as_ref()(Direction::ToServer, &frame);
        pass(passed, frame, &mut self.last_due, &self.outbox, &self.end);
    }

    /// The next packet; `None` when the connection is over. May be cancelled without a loss.
    pub async fn next(&mut self) -> Option<String> {
        if self.late.is_none() {
            self.late = self.inbox.recv().await;
        }
        let due = self.late.as_ref()?.0;
        if due > Instant::now() {
            sleep_until(due).await;
        }
        let frame = self.late.take().map(|(_, frame)| frame);
        frame.filter(|_| self.end.state() != State::Cut)
    }

    /// Cuts the connection. What is on its way is lost.
    pub fn cut(&self) {
        self.end.reach(State::Cut);
    }

    pub(super) fn start(
        stream: WebSocketStream<DuplexStream>,
        server: JoinHandle<()>,
        decide: Decide,
    ) -> Self {
        let (mut sink, mut frames) = stream.split();
        let (outbox, mut waiting) = mpsc::unbounded_channel::<Timed>();
        let (arrived, inbox) = mpsc::unbounded_channel();
        let end = Arc::new(End::default());
        let pongs = outbox.clone();

        let writer = until_over(&end, async move {
            while let Some((due, frame)) = waiting.recv().await {
                if due > Instant::now() {
                    sleep_until(due).await;
                }
                if sink.send(Message::text(frame)).await.is_err() {
                    return;
                }
            }
        });
        let (cutting, deciding) = (Arc::clone(&end), Arc::clone(&decide));
        let reader = until_over(&end, async move {
            let mut last_due = Instant::now();
            while let Some(Ok(message)) = frames.next().await {
                let Message::Text(text) = message else { continue };
                if text.starts_with('2') {
                    // A ping: the server takes silence for death.
                    let _is_open = pongs.send((Instant::now(), "3".to_owned()));
                } else {
                    let passed = deciding.as_ref()(Direction::ToClient, &text);
                    pass(passed, text.to_string(), &mut last_due, &arrived, &cutting);
                }
            }
        });
        let tasks = [tokio::spawn(writer), tokio::spawn(reader), server];
        Self { decide, outbox, last_due: Instant::now(), inbox, late: None, end, tasks }
    }
}

impl End {
    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the connection, unless it has ended.
    fn reach(&self, end: State) {
        {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if *state != State::Open {
                return;
            }
            *state = end;
        }
        self.over.notify_waiters();
    }
}

/// Lets a frame pass, or not.
fn pass(
    fate: Fate,
    frame: String,
    last_due: &mut Instant,
    to: &mpsc::UnboundedSender<Timed>,
    end: &End,
) {
    let late = match fate {
        Fate::Pass | Fate::Twice => Duration::ZERO,
        Fate::Late(late) => late,
        Fate::Lose => return,
        Fate::Cut => {
            end.reach(State::Cut);
            return;
        }
    };
    *last_due = (*last_due).max(Instant::now() + late);
    // Whoever does not listen any more is cut.
    if fate == Fate::Twice {
        let _is_open = to.send((*last_due, frame.clone()));
    }
    let _is_open = to.send((*last_due, frame));
}

/// Runs one half of the connection until the other one has ended, or the test has cut it.
fn until_over(
    end: &Arc<End>,
    run: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let end = Arc::clone(end);
    async move {
        let over = end.over.notified();
        if end.state() != State::Open {
            return;
        }
        tokio::select! {
            biased;
            () = over => {}
            () = run => {}
        }
        end.reach(State::Over);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("state", &self.end.state()).finish_non_exhaustive()
    }
}
