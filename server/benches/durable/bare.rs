//! The least that it can cost: a thread that stores what waits, in groups, with the rows and indexes
//! of the journal.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tautline::Uuid;
use tautline_server::journal::Sqlite;
use tautline_server::rusqlite::{self, Connection, TransactionBehavior, params};

use crate::acks::{Figures, IN_FLIGHT, MESSAGES, PACED, TICK, p99};
use crate::contract::{Ids, Note, Taken};
use crate::serve::cpu;

/// How many rooms are written to: as many as the other side has connections.
const ROOMS: u32 = 8;

/// A message, and who waits for it.
pub(crate) struct Message<T> {
    pub(crate) room: u32,
    pub(crate) id: Uuid,
    pub(crate) payload: String,
    pub(crate) answer: String,
    pub(crate) waits: T,
}

/// Measures it.
///
/// # Errors
/// When the file cannot be written.
pub(crate) fn measure(file: &Path) -> anyhow::Result<Figures> {
    let (messages, waiting) = channel();
    let (tell, acks) = channel();
    let writer = start(file, waiting, move |group: Vec<Instant>| {
        // The load is gone when it has what it wants to know.
        let _gone = tell.send(group.into_iter().map(|sent| sent.elapsed()).collect());
    })?;
    let ids = (0..=ROOMS).map(|_| Ids::new()).collect();
    let mut load = Load { messages, acks, next: 0, ids };

    load.race(MESSAGES / 8)?;
    let (started, used) = (Instant::now(), cpu("/proc/self")?);
    load.race(MESSAGES)?;
    let per_second = MESSAGES as f64 / started.elapsed().as_secs_f64();
    let cpu = (cpu("/proc/self")? - used) / MESSAGES as u32;
    let p99 = p99(load.pace(per_second / 3.0)?);

    drop(load);
    writer.join().map_err(|_| anyhow::anyhow!("the bare writer panicked"))??;
    Ok(Figures { per_second, p99, cpu })
}

/// Who sends.
struct Load {
    messages: Sender<Message<Instant>>,
    /// How long each message of a group took.
    acks: Receiver<Vec<Duration>>,
    next: u32,
    ids: Vec<Ids>,
}

impl Load {
    fn send(&mut self) -> anyhow::Result<()> {
        let room = self.next % ROOMS + 1;
        let note = Note::sample(format!("hall-{room}"), self.next);
        self.messages.send(Message {
            room,
            id: self.ids[room as usize].next(),
            payload: serde_json::to_string(&note)?,
            answer: serde_json::to_string(&Taken { number: self.next })?,
            waits: Instant::now(),
        })?;
        self.next += 1;
        Ok(())
    }

    /// Sends as fast as it is answered.
    fn race(&mut self, messages: usize) -> anyhow::Result<()> {
        let (mut sent, mut acked) = (0, 0);
        while acked < messages {
            while sent < messages && sent - acked < IN_FLIGHT {
                self.send()?;
                sent += 1;
            }
            acked += self.acks.recv()?.len();
        }
        Ok(())
    }

    /// Sends so many per second, whatever comes back, and says how long each took.
    fn pace(&mut self, per_second: f64) -> anyhow::Result<Vec<Duration>> {
        let started = Instant::now();
        let (mut sent, mut taken) = (0, Vec::new());
        while started.elapsed() < PACED {
            let due = (started.elapsed().as_secs_f64() * per_second) as usize;
            while sent < due {
                self.send()?;
                sent += 1;
            }
            std::thread::sleep(TICK);
            taken.extend(self.acks.try_iter().flatten());
        }
        while taken.len() < sent {
            taken.extend(self.acks.recv()?);
        }
        Ok(taken)
    }
}

/// Starts the thread that stores what comes, until nobody sends any more, and tells who waited for it.
///
/// # Errors
/// When the file cannot be made.
pub(crate) fn start<T: Send + 'static>(
    file: &Path,
    waiting: Receiver<Message<T>>,
    tell: impl FnMut(Vec<T>) + Send + 'static,
) -> anyhow::Result<JoinHandle<rusqlite::Result<()>>> {
    // The journal makes the tables; nothing else of it takes part.
    drop(Sqlite::open(file)?);
    let mut db = Connection::open(file)?;
    db.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -16384")?;
    for room in 1..=ROOMS {
        let row = "INSERT INTO tautline_rooms (id, namespace, name, epoch, head, touched)
                   VALUES (?1, '/bench', 'hall:hall-' || ?1, 'e', 0, 0)";
        db.execute(row, [room])?;
    }
    Ok(std::thread::spawn(move || write(&mut db, &waiting, tell)))
}

/// Stores what waits, in groups.
fn write<T>(
    db: &mut Connection,
    waiting: &Receiver<Message<T>>,
    mut tell: impl FnMut(Vec<T>),
) -> rusqlite::Result<()> {
    let mut heads = [0; ROOMS as usize + 1];
    let mut group = Vec::with_capacity(IN_FLIGHT);
    while let Ok(first) = waiting.recv() {
        group.push(first);
        group.extend(waiting.try_iter().take(IN_FLIGHT - 1));
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        store(&transaction, &group, &mut heads)?;
        transaction.commit()?;
        tell(group.drain(..).map(|message| message.waits).collect());
    }
    Ok(())
}

fn store<T>(db: &Connection, group: &[Message<T>], heads: &mut [i64]) -> rusqlite::Result<()> {
    let mut event = db.prepare_cached(
        "INSERT INTO tautline_events (room, seq, ts, name, payload, cause)
         VALUES (?1, ?2, ?3, 'said', ?4, ?5)",
    )?;
    let mut answer = db.prepare_cached(
        "INSERT INTO tautline_answers (command, namespace, expires_at, hash, answer, at)
         VALUES (?1, '/bench', ?2, ?3, ?4, ?5)",
    )?;
    let mut room = db.prepare_cached("UPDATE tautline_rooms SET head = ?2 WHERE id = ?1")?;
    let now = 1_790_000_000_000_i64;
    for message in group {
        let head = &mut heads[message.room as usize];
        *head += 1;
        let id = message.id.as_bytes();
        let at = format!(
            "[[\"hall:hall-{}\",{{\"epoch\":\"0123456789abcdef\",\"seq\":{head}}}]]",
            message.room
        );
        event.execute(params![message.room, *head, now, message.payload, id])?;
        answer.execute(params![id, now, [7_u8; 32], message.answer, at])?;
    }
    for (id, head) in heads.iter().enumerate().skip(1) {
        room.execute(params![id as i64, head])?;
    }
    Ok(())
}
