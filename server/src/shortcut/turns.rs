//! Large frames that wait until the engine has written what it was given before them.

use std::collections::VecDeque;

use bytes::Bytes;

use super::cursor::Cursor;

/// Above so many bytes no further frame waits here: the engine has a bound of its own for what comes
/// to those who do not read. Some pages of history.
const FULL: usize = 256 * 1024;

/// The frames in their order.
#[derive(Debug, Default)]
pub(super) struct Turns {
    frames: VecDeque<Turn>,
    bytes: usize,
}

#[derive(Debug)]
struct Turn {
    /// After how many of the engine's messages it goes.
    after: u64,
    frame: Bytes,
}

impl Turns {
    /// Nobody waits.
    pub(super) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// A frame waits for so many messages. False: there are too many already.
    pub(super) fn push(&mut self, after: u64, frame: Bytes) -> bool {
        let has_room = self.bytes < FULL;
        if has_room {
            self.bytes += frame.len();
            self.frames.push_back(Turn { after, frame });
        }
        has_room
    }

    /// The frame whose turn it is.
    pub(super) fn next(&mut self, cursor: &Cursor) -> Option<Bytes> {
        let is_due = |turn: &Turn| cursor.is_between_frames() && cursor.messages() >= turn.after;
        let Turn { frame, .. } = self.frames.pop_front_if(|turn| is_due(turn))?;
        self.bytes -= frame.len();
        Some(frame)
    }

    /// How many of the engine's next bytes go before the first frame.
    pub(super) fn before_next(&self, cursor: &Cursor, bytes: &[u8]) -> usize {
        match self.frames.front() {
            Some(turn) => cursor.clone().pass_until(turn.after, bytes),
            None => bytes.len(),
        }
    }
}
