//! How fast what a client sends is read: it costs its bytes, and each frame, packet and request something of its
//! own, whatever it is and wherever it goes. Whoever sends more is read more slowly, and TCP holds the rest back
//! at its sender.

mod meter;
mod pieces;
#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::Sleep;

pub(crate) use meter::{Meter, Meters};
pub(crate) use pieces::Pieces;

use crate::clock::Clock;
use crate::io_handle::IoHandle;

/// What a piece costs beyond its bytes: being decoded, and maybe answered.
const PIECE: u64 = 1_024;

/// The most that is paid at once. Those who share an allowance take turns, so that whoever sends little waits
/// for one turn of each of the others, however much they send.
const TURN: u32 = 4_096;

/// After how many frames a websocket lets others go first. A read has no more of them than a turn has bytes for,
/// about as many of the smallest events: refused one by one they take some 0.3 ms.
const FRAMES_IN_A_ROW: u64 = 64;

/// The allowances that are paid from, each in full.
#[derive(Clone, Debug)]
pub(crate) struct Tolls {
    pub(crate) connection: Option<Arc<Meter>>,
    pub(crate) address: Option<Arc<Meter>>,
    pub(crate) clock: Clock,
}

impl Tolls {
    /// Takes so much from each, and says how long until all have it.
    pub(crate) fn take(&self, part: u32) -> Duration {
        let now = self.clock.elapsed();
        self.meters().map(|meter| meter.take(part, now)).max().unwrap_or_default()
    }

    fn give_back(&self, part: u32) {
        self.meters().for_each(|meter| meter.give_back(part));
    }

    fn meters(&self) -> impl Iterator<Item = &Arc<Meter>> {
        self.connection.iter().chain(&self.address)
    }
}

/// The pace of one websocket, or of one polling request.
#[derive(Debug)]
pub(crate) struct Pace {
    tolls: Tolls,
    pieces: Pieces,
    /// What came and was not paid for.
    debt: u64,
    turn: Option<Turn>,
    /// How many pieces came since others went first.
    in_a_row: u64,
    /// Who hears that it is slowed.
    io: Arc<IoHandle>,
}

/// A turn that is waited for.
#[derive(Debug)]
struct Turn {
    part: u32,
    rest: Pin<Box<Sleep>>,
}

impl Pace {
    pub(crate) fn new(tolls: Tolls, pieces: Pieces, io: Arc<IoHandle>) -> Self {
        Self { tolls, pieces, debt: 0, turn: None, in_a_row: 0, io }
    }

    /// These bytes were read.
    pub(crate) fn took(&mut self, bytes: &[u8]) {
        let begun = self.pieces.pass(bytes);
        self.debt += bytes.len() as u64 + PIECE * begun;
        self.in_a_row += begun;
    }

    /// How much may be read at once: a turn, or the rest of a frame that is larger.
    pub(crate) fn at_once(&self) -> u64 {
        self.pieces.left().max(TURN.into())
    }

    /// A request with a head of so many bytes was read.
    pub(crate) fn took_request(&mut self, bytes: usize) {
        self.debt += bytes as u64 + PIECE;
    }

    /// How much may be owed. A websocket keeps its debt until it is a turn: its reads may be so small that it
    /// would have less of an address than others. A request goes, and is paid for in full.
    fn credit(&self) -> u64 {
        match self.pieces {
            Pieces::Frames(_) => TURN.into(),
            Pieces::Packets => 0,
        }
    }

    /// Waits until enough is paid for.
    pub(crate) async fn paid(&mut self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    /// Ready when enough is paid for, and others went first now and then.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.in_a_row >= FRAMES_IN_A_ROW {
            self.in_a_row = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        loop {
            if let Some(turn) = &mut self.turn {
                ready!(turn.rest.as_mut().poll(cx));
                self.turn = None;
            }
            if self.debt <= self.credit() {
                return Poll::Ready(());
            }
            let part = u32::try_from(self.debt).unwrap_or(TURN).min(TURN);
            self.debt -= u64::from(part);
            let wait = self.tolls.take(part);
            if !wait.is_zero() {
                self.io.slow();
                self.turn = Some(Turn { part, rest: Box::pin(tokio::time::sleep(wait)) });
            }
        }
    }
}

impl Drop for Pace {
    /// Whoever goes before its turn leaves the place to those behind it: else a crowd that comes and goes would
    /// make all others wait.
    fn drop(&mut self) {
        if let Some(turn) = &self.turn {
            self.tolls.give_back(turn.part);
        }
    }
}
