//! A link without a socket, for unit tests: keeps what is sent, and takes no more than it is told to.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::connection::{Allowances, Connection, Peer};
use crate::frame_out::{Class, Frame};
use crate::help::HelpPages;
use crate::identity::Identity;
use crate::io_handle::{IoHandle, IoLimits};
use crate::link::{Inbox, Link};
use crate::outbound::{Outbound, OutboundLimits};
use crate::port::{Blocked, Port};
use crate::sentry::{Sentry, Suspicion};

/// The far end of a recorded link.
#[derive(Clone, Debug)]
pub(crate) struct Recorder(Arc<Tape>);

#[derive(Debug)]
struct Tape {
    sent: Mutex<Vec<(String, Frame)>>,
    room: AtomicUsize,
    left: AtomicUsize,
}

impl Recorder {
    /// An open link into `inbox`, and what it sends. `opened` has been called.
    pub(crate) fn open(inbox: &Arc<dyn Inbox>, identity: Identity) -> (Arc<Link>, Self) {
        let (link, recorder) = Self::link(inbox, identity);
        link.open();
        (link, recorder)
    }

    /// The same before `opened` was called.
    pub(crate) fn link(inbox: &Arc<dyn Inbox>, identity: Identity) -> (Arc<Link>, Self) {
        let recorder = Self(Arc::new(Tape {
            sent: Mutex::default(),
            room: AtomicUsize::new(usize::MAX),
            left: AtomicUsize::new(0),
        }));
        let stall = Duration::from_secs(30);
        let io = IoHandle::new(IoLimits { stall, pause: Duration::from_secs(10) });
        let outbound = Outbound::new(OutboundLimits { frames: 4, bytes: 1024, stall });
        let sentry = Sentry::new(Suspicion::default(), Vec::new(), None);
        let roster = Arc::clone(sentry.roster());
        let connection = Connection::new(
            io,
            Peer::default(),
            outbound,
            Allowances::default(),
            HelpPages::default(),
            &sentry,
        );
        let port = Box::new(recorder.clone());
        let link = Link::new(connection, Arc::clone(inbox), identity, port, roster);
        (link, recorder)
    }

    /// Takes only so many frames more. The next are `Full`.
    pub(crate) fn make_room(&self, frames: usize) {
        self.0.room.store(frames, Ordering::SeqCst);
    }

    /// What was sent since the last call, each with its class.
    pub(crate) fn take(&self) -> Vec<(String, Frame)> {
        std::mem::take(&mut *self.0.sent.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The arrays that were sent since the last call.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.take().into_iter().map(|(_, frame)| frame.payload().args().to_owned()).collect()
    }

    /// How often the client was told that it is out.
    pub(crate) fn left(&self) -> usize {
        self.0.left.load(Ordering::SeqCst)
    }
}

impl Port for Recorder {
    fn try_send(&self, class: Class<'_>, frame: &Frame) -> Result<(), Blocked> {
        let taken = self.0.room.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |room| {
            if room == usize::MAX { Some(room) } else { room.checked_sub(1) }
        });
        taken.map_err(|_| Blocked::Full)?;
        let mut sent = self.0.sent.lock().unwrap_or_else(PoisonError::into_inner);
        sent.push((class.to_string(), frame.clone()));
        Ok(())
    }

    fn leave(&self) -> Result<(), Blocked> {
        self.0.left.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}
