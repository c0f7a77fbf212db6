//! One direction of a link: what goes out, in which order, after a verdict. Pure.

use crate::frame::Frame;
use crate::rule::{Action, Half, Way};

/// What goes out next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// This frame, after a wait of so many milliseconds.
    Frame {
        /// The frame.
        frame: Frame,
        /// How long it waits on top of the latency.
        delay_ms: u64,
    },
    /// Nothing more: the link ends here.
    Cut(Half),
    /// Nothing until the proxy is told to go on.
    HalfOpen(Way),
}

/// A direction, with the frames that were held back to be overtaken.
#[derive(Debug, Default)]
pub(crate) struct Line {
    held: Vec<Held>,
}

#[derive(Debug)]
struct Held {
    frame: Frame,
    /// How many frames have still to overtake it.
    behind: u32,
}

impl Line {
    /// Takes a frame and the verdict over it, and says what goes out.
    pub(crate) fn take(&mut self, mut frame: Frame, action: &Action) -> Vec<Passage> {
        let now = |frame| Passage::Frame { frame, delay_ms: 0 };
        let mut out = match action {
            Action::Pass => vec![now(frame)],
            Action::Drop | Action::Refuse { .. } => return Vec::new(),
            Action::Delay { ms } => vec![Passage::Frame { frame, delay_ms: *ms }],
            Action::Duplicate { copies } => (0..=*copies).map(|_| now(frame.clone())).collect(),
            Action::Reorder { behind } => {
                self.held.push(Held { frame, behind: *behind });
                return Vec::new();
            }
            Action::Truncate { bytes } => {
                frame.truncate(*bytes);
                vec![now(frame)]
            }
            Action::Cut { half } => return vec![Passage::Cut(*half)],
            Action::HalfOpen { way } => vec![Passage::HalfOpen(*way), now(frame)],
        };
        for held in &mut self.held {
            held.behind = held.behind.saturating_sub(1);
        }
        out.extend(self.held.extract_if(.., |held| held.behind == 0).map(|held| now(held.frame)));
        out
    }

    /// What was held back and will never be overtaken: the link is over.
    pub(crate) fn left(&mut self) -> impl Iterator<Item = Frame> {
        self.held.drain(..).map(|held| held.frame)
    }
}

#[cfg(test)]
mod tests;
