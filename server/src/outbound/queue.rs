//! What waits, in its order, and which rooms have lost something.

use std::collections::VecDeque;
use std::sync::Arc;

use tautline::RoomName;
use tokio::time::Instant;

use crate::frame_out::{Class, Frame};
use crate::link::Link;

#[derive(Debug, Default)]
pub(super) struct Queue {
    pub(super) items: VecDeque<Item>,
    pub(super) bytes: usize,
    /// Rooms of which something was dropped that can be fetched, by link.
    pub(super) dirty: Vec<(Arc<Link>, RoomName)>,
    pub(super) is_pumping: bool,
    /// When the client took something last, while something waits.
    pub(super) moved_at: Option<Instant>,
}

#[derive(Debug)]
pub(super) struct Item {
    pub(super) link: Arc<Link>,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    Frame {
        keep: Keep,
        frame: Frame,
    },
    /// The link is over: tell the client.
    Leave,
}

/// An owned [`Class`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Ack,
    Control,
    Durable(RoomName),
    Live,
    Part(RoomName),
    Volatile(&'static str),
}

impl Queue {
    /// A dirty room counts: nothing may overtake the news of it.
    pub(super) fn waiting(&self) -> usize {
        self.items.len() + self.dirty.len()
    }

    pub(super) fn is_dirty(&self, link: &Arc<Link>, room: &RoomName) -> bool {
        self.dirty.iter().any(|(other, dirty)| Arc::ptr_eq(other, link) && dirty == room)
    }

    /// Notes that the link has to catch up in the room.
    pub(super) fn soil(&mut self, link: &Arc<Link>, room: &RoomName) {
        if !self.is_dirty(link, room) {
            self.dirty.push((Arc::clone(link), room.clone()));
        }
    }

    /// Puts a frame at the end.
    pub(super) fn push(&mut self, link: &Arc<Link>, keep: Keep, frame: Frame) {
        self.bytes += frame.payload().len();
        self.items.push_back(Item { link: Arc::clone(link), what: What::Frame { keep, frame } });
    }

    /// Takes the first item away.
    pub(super) fn pop(&mut self) {
        if let Some(Item { what: What::Frame { frame, .. }, .. }) = self.items.pop_front() {
            self.bytes = self.bytes.saturating_sub(frame.payload().len());
        }
    }

    /// Puts `newest` in the place of a frame of the same kind, if one waits.
    pub(super) fn replace(&mut self, link: &Arc<Link>, wanted: &Keep, newest: &Frame) -> bool {
        let waiting = self.items.iter_mut().find_map(|item| match &mut item.what {
            What::Frame { keep, frame } if keep == wanted && Arc::ptr_eq(&item.link, link) => {
                Some(frame)
            }
            What::Frame { .. } | What::Leave => None,
        });
        let Some(waiting) = waiting else { return false };
        self.bytes = self.bytes.saturating_sub(waiting.payload().len()) + newest.payload().len();
        *waiting = newest.clone();
        true
    }

    /// Drops the oldest frame that has no position.
    pub(super) fn evict(&mut self) -> bool {
        let is_light = |keep: &Keep| match keep {
            Keep::Live | Keep::Part(_) | Keep::Volatile(_) => true,
            Keep::Ack | Keep::Control | Keep::Durable(_) => false,
        };
        let place = self
            .items
            .iter()
            .position(|item| matches!(&item.what, What::Frame { keep, .. } if is_light(keep)));
        let Some(item) = place.and_then(|place| self.items.remove(place)) else { return false };
        if let What::Frame { frame, keep } = item.what {
            self.bytes = self.bytes.saturating_sub(frame.payload().len());
            if let Keep::Part(room) = keep {
                self.soil(&item.link, &room);
            }
        }
        true
    }
}

impl Keep {
    pub(super) fn class(&self) -> Class<'_> {
        match self {
            Self::Ack => Class::Ack,
            Self::Control => Class::Control,
            Self::Durable(room) => Class::Durable { room },
            Self::Live => Class::Live,
            Self::Part(room) => Class::Part { room },
            Self::Volatile(conflate) => Class::Volatile { conflate },
        }
    }
}
