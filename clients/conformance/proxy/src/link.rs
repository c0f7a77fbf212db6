//! One Engine.IO session that goes through the proxy: how it is ended, stopped and let go on, and
//! what is known of its conversation.

use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::answers::Answers;
use crate::frame::{Direction, Frame};
use crate::line::Line;
use crate::rule::{Half, LinkId, Way};
use crate::trips::Trips;

/// A link, as its tasks hold it.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) id: LinkId,
    /// Cancelled when the connection to the client ends.
    pub(crate) client: CancellationToken,
    /// Cancelled when the connection to the server ends.
    pub(crate) server: CancellationToken,
    stopped: watch::Sender<Stopped>,
    /// What the proxy itself has to say to a client that polls.
    owed: Mutex<Vec<Frame>>,
}

/// What is known of a link's conversation. Kept by the proxy, under its lock.
#[derive(Debug, Default)]
pub(crate) struct Conversation {
    pub(crate) answers: Answers,
    pub(crate) trips: Trips,
    pub(crate) up: Line,
    pub(crate) down: Line,
}

impl Conversation {
    pub(crate) fn line(&mut self, direction: Direction) -> &mut Line {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Stopped {
    up: bool,
    down: bool,
}

impl Stopped {
    fn is(self, direction: Direction) -> bool {
        match direction {
            Direction::Up => self.up,
            Direction::Down => self.down,
        }
    }
}

impl Link {
    pub(crate) fn new(id: LinkId, proxy: &CancellationToken) -> Self {
        Self {
            id,
            client: proxy.child_token(),
            server: proxy.child_token(),
            stopped: watch::Sender::default(),
            owed: Mutex::default(),
        }
    }

    /// Ends the connection to one side, or both.
    pub(crate) fn cut(&self, half: Half) {
        if matches!(half, Half::Both | Half::Client) {
            self.client.cancel();
        }
        if matches!(half, Half::Both | Half::Server) {
            self.server.cancel();
        }
    }

    /// Keeps a frame for the next answer to a poll.
    pub(crate) fn owe(&self, frame: Frame) {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).push(frame);
    }

    /// What was kept.
    pub(crate) fn owed(&self) -> Vec<Frame> {
        std::mem::take(&mut self.owed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until one side is gone.
    pub(crate) async fn cut_off(&self) {
        tokio::select! {
            () = self.client.cancelled() => {}
            () = self.server.cancelled() => {}
        }
    }

    /// Takes nothing any more.
    pub(crate) fn stop(&self, way: Way) {
        self.stopped.send_modify(|stopped| {
            stopped.up |= way.stops(Direction::Up);
            stopped.down |= way.stops(Direction::Down);
        });
    }

    /// Takes everything again.
    pub(crate) fn go_on(&self) {
        self.stopped.send_replace(Stopped::default());
    }

    /// Whether nothing is taken in this direction.
    pub(crate) fn is_stopped(&self, direction: Direction) -> bool {
        self.stopped.borrow().is(direction)
    }

    /// Waits until this direction is taken, or not.
    pub(crate) async fn until_stopped(&self, direction: Direction, is_stopped: bool) {
        let mut stopped = self.stopped.subscribe();
        // The sender is a part of the link, which outlives this borrow.
        let _ = stopped.wait_for(|it| it.is(direction) == is_stopped).await;
    }
}
