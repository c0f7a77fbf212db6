//! Lets out what a group has stored: events to their rooms, then acknowledgements to their callers, in
//! the order of the commits.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use super::Means;
use super::attempt::{Outgoing, Stored};
use crate::commit::{CommitError, Reply};
use crate::encode;
use crate::failpoint::{Failpoint, Failpoints};
use crate::journal::Host;
use crate::publish::{Publication, Publisher, Release};
use crate::stage::{self, Target, live};

/// How many commands are let out in one go: others on the same thread want to run, too.
const AT_ONCE: usize = 64;

/// What became of one command of a group.
pub(super) enum Outcome {
    /// It is stored.
    Kept(Stored, Reply),
    /// It is not.
    Refused(CommitError, Reply),
}

/// Lets groups out.
pub(super) enum Outlet {
    /// At once.
    Here(Publishing),
    /// On a task, so that the writer goes on with the next group while this one is written to links.
    Beside(mpsc::UnboundedSender<Letting>),
}

/// What the task is asked to do.
pub(super) enum Letting {
    Out(Vec<Outcome>),
    /// To say when everything before is out.
    Done(oneshot::Sender<()>),
}

/// What it takes to publish.
pub(super) struct Publishing {
    publisher: Arc<Publisher>,
    failpoints: Failpoints,
}

impl Outlet {
    pub(super) fn new(means: &Means, host: Host) -> Self {
        let publishing = Publishing {
            publisher: Arc::clone(&means.publisher),
            failpoints: means.failpoints.clone(),
        };
        match host {
            Host::Task => Self::Here(publishing),
            Host::Thread => {
                let (groups, received) = mpsc::unbounded_channel();
                tokio::spawn(run(publishing, received));
                Self::Beside(groups)
            }
        }
    }

    /// Lets a group out.
    pub(super) fn let_out(&self, group: Vec<Outcome>) {
        match self {
            Self::Here(publishing) => {
                group.into_iter().for_each(|outcome| publishing.let_out(outcome));
            }
            Self::Beside(groups) => {
                // The task ends with its runtime alone, and then there are no callers either.
                let _ended = groups.send(Letting::Out(group));
            }
        }
    }

    /// Says when everything is out.
    pub(super) fn close(self, done: oneshot::Sender<()>) {
        match self {
            Self::Here(_) => drop(done),
            Self::Beside(groups) => {
                let _ended = groups.send(Letting::Done(done));
            }
        }
    }
}

async fn run(publishing: Publishing, mut groups: mpsc::UnboundedReceiver<Letting>) {
    while let Some(letting) = groups.recv().await {
        match letting {
            Letting::Out(group) => {
                for (number, outcome) in group.into_iter().enumerate() {
                    if number % AT_ONCE == AT_ONCE - 1 {
                        tokio::task::yield_now().await;
                    }
                    publishing.let_out(outcome);
                }
            }
            Letting::Done(done) => drop(done),
        }
    }
}

impl Publishing {
    /// Publishes what a command emitted. The last publisher that is done lets the command go on.
    fn let_out(&self, outcome: Outcome) {
        let (stored, reply) = match outcome {
            Outcome::Kept(stored, reply) => (stored, reply),
            Outcome::Refused(error, reply) => return reply.tell(Err(error)),
        };
        let Stored { committed, outgoing, .. } = stored;
        let failpoints = self.failpoints.clone();
        let release = Release::new(move || {
            failpoints.hit(Failpoint::Published);
            reply.tell(Ok(committed));
        });
        for outgoing in outgoing {
            match outgoing {
                Outgoing::Durable { key, at, body } => {
                    let payload = encode::durable(&key.room, &at, &body);
                    self.publish(
                        &release,
                        Publication {
                            key,
                            message: stage::durable(at, payload),
                            unless_in: Vec::new(),
                            release: None,
                        },
                    );
                }
                Outgoing::Live(emit) => match &emit.target {
                    Target::Connection(link) => stage::send_to(link, emit.message()),
                    Target::Rooms(_) => {
                        for publication in live(&emit) {
                            self.publish(&release, publication);
                        }
                    }
                },
            }
        }
    }

    fn publish(&self, release: &Arc<Release>, mut publication: Publication) {
        publication.release = Some(Arc::clone(release));
        self.publisher.publish(publication);
    }
}
