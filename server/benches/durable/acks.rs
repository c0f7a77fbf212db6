//! Messages that are stored before they are acknowledged.

use std::time::{Duration, Instant};

use futures_util::future;

use crate::contract::{Ids, Note};
use crate::serve::Child;
use crate::wire::{Wire, ack};

/// How many messages are on their way at once.
pub(crate) const IN_FLIGHT: usize = 256;

/// From how many connections. As many per connection as one lane lets in flight.
const CONNECTIONS: usize = 8;

/// How many messages each round measures.
pub(crate) const MESSAGES: usize = 160_000;

/// How long the paced part takes.
pub(crate) const PACED: Duration = Duration::from_secs(4);

/// How often the paced part sends.
pub(crate) const TICK: Duration = Duration::from_millis(1);

/// What one round has measured.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// At a third of that.
    pub(crate) p99: Duration,
    /// Of the server, or of the whole bare writer, per message.
    pub(crate) cpu: Duration,
}

impl Figures {
    /// The median of each.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let middle = |figure: fn(&Self) -> f64| {
            let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        Self {
            per_second: middle(|round| round.per_second),
            p99: Duration::from_secs_f64(middle(|round| round.p99.as_secs_f64())),
            cpu: Duration::from_secs_f64(middle(|round| round.cpu.as_secs_f64())),
        }
    }
}

/// Measures a server.
///
/// # Errors
/// When it refuses something.
pub(crate) async fn measure(server: &Child) -> anyhow::Result<Figures> {
    let mut talkers = Vec::new();
    for number in 0..CONNECTIONS {
        talkers.push(Talker::enter(&server.address, number).await?);
    }
    race(&mut talkers, MESSAGES / 8).await?;

    let (started, used) = (Instant::now(), server.cpu()?);
    race(&mut talkers, MESSAGES).await?;
    let per_second = MESSAGES as f64 / started.elapsed().as_secs_f64();
    let cpu = (server.cpu()? - used) / MESSAGES as u32;

    let rate = per_second / 3.0 / CONNECTIONS as f64;
    let taken = future::try_join_all(talkers.iter_mut().map(|talker| talker.pace(rate))).await?;
    Ok(Figures { per_second, p99: p99(taken.concat()), cpu })
}

/// The time within which 99 of 100 are done.
pub(crate) fn p99(mut taken: Vec<Duration>) -> Duration {
    taken.sort_unstable();
    taken[taken.len() * 99 / 100]
}

/// All send as fast as they are answered.
async fn race(talkers: &mut [Talker], messages: usize) -> anyhow::Result<()> {
    let each = messages / talkers.len();
    future::try_join_all(talkers.iter_mut().map(|talker| talker.race(each))).await?;
    Ok(())
}

/// One connection, in a hall of its own.
struct Talker {
    wire: Wire,
    /// The frame of a message, between its number and its id.
    body: String,
    next: u32,
    ids: Ids,
}

impl Talker {
    async fn enter(address: &str, number: usize) -> anyhow::Result<Self> {
        let mut wire = Wire::connect(address).await?;
        let hall = format!("hall-{number}");
        wire.push(&format!("42/bench,0[\"join_hall\",{{\"hall\":\"{hall}\"}}]"));
        wire.flush().await?;
        wire.wait_for("43/bench,0").await?;
        let note = serde_json::to_string(&Note::sample(hall, 1_000_000))?;
        Ok(Self { wire, body: format!("[\"say\",{note},{{\"id\":\""), next: 1, ids: Ids::new() })
    }

    fn push(&mut self) {
        let (number, body, id) = (self.next, &self.body, self.ids.next());
        self.wire.push(&format!("42/bench,{number}{body}{id}\"}}]"));
        self.next += 1;
    }

    async fn race(&mut self, messages: usize) -> anyhow::Result<()> {
        let (mut sent, mut acked) = (IN_FLIGHT / CONNECTIONS, 0);
        (0..sent).for_each(|_| self.push());
        while acked < messages {
            self.wire.flush().await?;
            self.wire.fill().await?;
            let mut settled = 0;
            while let Some(text) = self.wire.next()? {
                settled += usize::from(ack(text)?.is_some());
            }
            acked += settled;
            let more = settled.min(messages - sent);
            (0..more).for_each(|_| self.push());
            sent += more;
        }
        Ok(())
    }

    /// Sends so many per second, whatever comes back, and says how long each took.
    async fn pace(&mut self, per_second: f64) -> anyhow::Result<Vec<Duration>> {
        let first = self.next;
        let started = Instant::now();
        let (mut sent, mut taken) = (Vec::new(), Vec::new());
        let mut ticks = tokio::time::interval(TICK);
        loop {
            let elapsed = started.elapsed();
            if elapsed < PACED {
                let due = (elapsed.as_secs_f64() * per_second) as usize;
                while sent.len() < due {
                    self.push();
                    sent.push(Instant::now());
                }
                self.wire.flush().await?;
            } else if taken.len() == sent.len() {
                return Ok(taken);
            }
            tokio::select! {
                _ = ticks.tick(), if elapsed < PACED => {}
                filled = self.wire.fill() => filled?,
            }
            while let Some(text) = self.wire.next()? {
                if let Some(number) = ack(text)? {
                    taken.push(sent[(number - first) as usize].elapsed());
                }
            }
        }
    }
}
