//! How fast a websocket is read: what comes in costs its bytes, and each frame something of its own, whatever it
//! is and wherever it goes. Whoever sends more is read more slowly, and TCP holds the rest back at its sender.

#[cfg(test)]
mod tests;

use std::future::Future;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::time::Sleep;

use crate::clock::Clock;
use crate::limits::Allowance;
use crate::rates::Bucket;

/// What a frame costs beyond its bytes: being decoded, and maybe answered.
const FRAME: u64 = 1_024;

/// The pace of one connection.
#[derive(Debug)]
pub(crate) struct Pace {
    bucket: Bucket,
    /// As much as can be paid at once.
    burst: u32,
    frames: Frames,
    /// What was read and not paid for.
    debt: u64,
    rest: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(crate) fn new(bytes: Allowance, clock: Clock) -> Self {
        Self {
            bucket: Bucket::new(bytes.into(), clock),
            burst: bytes.burst,
            frames: Frames::default(),
            debt: 0,
            rest: None,
        }
    }

    /// These bytes were read.
    pub(crate) fn took(&mut self, bytes: &[u8]) {
        self.debt += bytes.len() as u64 + FRAME * self.frames.pass(bytes);
    }

    /// Ready when everything is paid for. Calls `slowed` when that takes time.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, slowed: impl Fn()) -> Poll<()> {
        loop {
            if let Some(rest) = &mut self.rest {
                ready!(rest.as_mut().poll(cx));
                self.rest = None;
            }
            let part = u32::try_from(self.debt).unwrap_or(u32::MAX).min(self.burst);
            let Some(part) = NonZeroU32::new(part) else { return Poll::Ready(()) };
            match self.bucket.take(part) {
                Ok(()) => self.debt -= u64::from(part.get()),
                Err(wait) => {
                    slowed();
                    self.rest = Some(Box::pin(tokio::time::sleep(wait.after)));
                }
            }
        }
    }
}

/// Finds the frames in the bytes of a client (RFC 6455, section 5.2).
#[derive(Debug, Default)]
struct Frames {
    head: [u8; 14],
    have: usize,
    /// What is missing of a frame's content.
    left: u64,
}

impl Frames {
    /// These bytes go by. How many frames began in them.
    fn pass(&mut self, mut bytes: &[u8]) -> u64 {
        let mut begun = 0;
        while let Some((first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let step = self.left.min(bytes.len() as u64);
                self.left -= step;
                bytes = &bytes[usize::try_from(step).unwrap_or(bytes.len())..];
                continue;
            }
            self.head[self.have] = *first;
            self.have += 1;
            bytes = rest;
            if self.have >= 2 && self.have == head_len(self.head[1]) {
                self.left = content_len(&self.head);
                self.have = 0;
                begun += 1;
            }
        }
        begun
    }
}

/// How long a head is with such a second byte.
fn head_len(second: u8) -> usize {
    let length = match second & 0x7F {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    2 + length + mask
}

fn content_len(head: &[u8; 14]) -> u64 {
    match head[1] & 0x7F {
        126 => u64::from(u16::from_be_bytes([head[2], head[3]])),
        127 => u64::from_be_bytes([
            head[2], head[3], head[4], head[5], head[6], head[7], head[8], head[9],
        ]),
        short => u64::from(short),
    }
}
