//! What all namespaces of a server share.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Waker};
use std::time::Duration;

use tautline::{Auth, Contract, Event, LibraryCode};
use tokio::runtime::{EnterGuard, Handle};

use crate::auth::Gate;
use crate::clock::Clock;
use crate::commit::WriterHandle;
use crate::failpoint::Failpoints;
use crate::identity::Identity;
use crate::journal::{Journal, JournalError};
use crate::ledger::Running;
use crate::limits::Limits;
use crate::observe::Observers;
use crate::presence::Presence;
use crate::publish::Publisher;
use crate::question::{self, Questions};
use crate::rates::{Exceeded, Rates};
use crate::receipt::{self, Receipts};
use crate::revocation::Revocations;
use crate::room_kinds::RoomKinds;
use crate::room_table::RoomTable;
use crate::sentry::Sentry;
use crate::session::{Job, Session};
use crate::stream::{self, Streams};
use crate::tasks::Tasks;
use crate::term::{self, TermLimits, Terms};
use crate::writer::Means;

/// How long a lifecycle hook may take. The same as a command that says nothing.
pub(crate) const HOOK_DEADLINE: Duration = Duration::from_millis(10_000);

/// What the welcome tells of the settings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) event_bytes: u32,
    pub(crate) frame_bytes: u32,
    /// How much text a stream may have.
    pub(crate) stream_bytes: usize,
    /// How often rooms that moved are named.
    pub(crate) heads_interval: Duration,
    /// When clients come back after a shutdown.
    pub(crate) retry_after_ms: u32,
    pub(crate) term: TermLimits,
    /// How long the journal may take for one group.
    pub(crate) journal_patience: Duration,
}

/// The part of a server that knows no contract's types.
pub(crate) struct Runtime {
    pub(crate) contract: &'static Contract,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) ledger: String,
    pub(crate) writer: WriterHandle,
    pub(crate) rooms: Arc<RoomTable>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) running: Arc<Running>,
    pub(crate) questions: Questions,
    pub(crate) streams: Arc<Streams>,
    /// Which rooms have presence and receipts.
    pub(crate) kinds: RoomKinds,
    pub(crate) presence: Arc<Presence>,
    pub(crate) receipts: Arc<Receipts>,
    /// When callers' tokens end.
    pub(crate) terms: Arc<Terms>,
    pub(crate) clock: Clock,
    pub(crate) tasks: Tasks,
    /// What clients are told of the settings.
    pub(crate) told: Told,
    /// Who may send how much.
    pub(crate) rates: Arc<Rates>,
    /// Who watches everybody.
    pub(crate) sentry: Arc<Sentry>,
    /// How callers are recognised: the transport's, which is made after this.
    pub(crate) gate: OnceLock<Gate>,
    /// Tokens that are not taken.
    pub(crate) revoked: Revocations,
    /// Who hears what happens.
    pub(crate) observers: Observers,
    pub(crate) failpoints: Failpoints,
    handle: Handle,
    is_closing: AtomicBool,
}

impl Runtime {
    /// Starts the writer and the heads, and takes up what was begun before. Needs a tokio runtime
    /// around it.
    ///
    /// # Errors
    /// When the journal cannot be opened for writing.
    pub(crate) fn start(
        contract: &'static Contract,
        journal: Arc<dyn Journal>,
        told: Told,
        limits: &Limits,
        sentry: Arc<Sentry>,
        (observers, failpoints, revoked): (Observers, Failpoints, Revocations),
    ) -> Result<Arc<Self>, JournalError> {
        let clock = Clock::new();
        let handle = Handle::current();
        let rooms = Arc::new(RoomTable::new());
        let publisher = Publisher::new(Arc::clone(&rooms), handle.clone());
        let means = Means {
            publisher: Arc::clone(&publisher),
            clock,
            failpoints: failpoints.clone(),
            patience: told.journal_patience,
        };
        let writer = WriterHandle::start(&*journal, means)?;
        sentry.set_writer(writer.clone());
        crate::heads::start(&rooms, told.heads_interval);
        let rates = Rates::new(contract, limits, clock);
        rates.start_forgetting();
        let streams = Streams::start(writer.clone(), clock, told.stream_bytes);
        let presence =
            Presence::new(Arc::clone(&rooms), Arc::clone(&publisher), clock, handle.clone());
        let receipts = Receipts::new(receipt::Parts {
            journal: Arc::clone(&journal),
            writer: writer.clone(),
            table: Arc::clone(&rooms),
            publisher: Arc::clone(&publisher),
            clock,
            runtime: handle.clone(),
        });
        let runtime = Arc::new(Self {
            contract,
            ledger: journal.ledger(),
            journal,
            writer,
            rooms,
            publisher,
            running: Arc::default(),
            questions: Questions::default(),
            streams,
            kinds: RoomKinds::of(contract),
            presence,
            receipts,
            terms: Terms::new(told.term, clock, handle.clone()),
            clock,
            tasks: Tasks::default(),
            told,
            rates,
            sentry,
            gate: OnceLock::new(),
            revoked,
            observers,
            failpoints,
            handle,
            is_closing: AtomicBool::new(false),
        });
        tokio::spawn(stream::take_up(Arc::downgrade(&runtime)));
        Ok(runtime)
    }

    /// Runs something on a task of its own.
    pub(crate) fn spawn(&self, job: Job) {
        let running = self.tasks.enter();
        self.handle.spawn(async move {
            job.await;
            drop(running);
        });
    }

    /// Makes the tokio runtime that of the calling thread for a while.
    pub(crate) fn context(&self) -> EnterGuard<'_> {
        self.handle.enter()
    }

    /// Runs a command as far as it goes without waiting; only the rest gets a task. So the many
    /// handlers that never wait cost none.
    pub(crate) fn start_job(&self, mut job: Job) {
        // A future that is polled again has to take the new waker: this one wakes nobody.
        if job.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            self.spawn(job);
        }
    }

    /// Whether this caller may send this event at all.
    pub(crate) fn may(&self, event: &Event, identity: &Identity) -> Result<(), LibraryCode> {
        if self.is_closing() {
            return Err(LibraryCode::ShuttingDown);
        }
        let policy = &event.policy;
        // A contract without tokens knows guests only.
        let only_guests = self.contract.auth == Auth::None;
        if identity.guest && !policy.guests && !only_guests {
            return Err(LibraryCode::Unauthenticated);
        }
        match policy.scopes.iter().find(|scope| !identity.has_scope(scope)) {
            Some(_) => Err(LibraryCode::PermissionDenied),
            None => Ok(()),
        }
    }

    /// Takes what an event costs from its sender's allowances over all events.
    pub(crate) fn take_cost(&self, session: &Session, cost: u32) -> Result<(), Exceeded> {
        match NonZeroU32::new(cost) {
            Some(cost) => {
                let connection = session.link.connection();
                self.rates.take(connection, &session.subject, cost)
            }
            None => Ok(()),
        }
    }

    /// Ends the connections of those whose tokens were revoked.
    pub(crate) fn end_revoked(&self) {
        for link in self.sentry.roster().links() {
            if self.revoked.cover(&link.identity()) {
                term::end(&link, LibraryCode::TokenRevoked);
            }
        }
    }

    /// From now on commands are refused, and nobody waits for an answer.
    pub(crate) fn begin_closing(self: &Arc<Self>) {
        if !self.is_closing.swap(true, Ordering::AcqRel) {
            question::cancel_all(self);
            self.streams.close();
            self.presence.close();
            self.receipts.close();
        }
    }

    /// Whether the server is going down.
    pub(crate) fn is_closing(&self) -> bool {
        self.is_closing.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runtime").field("contract", &self.contract.name).finish_non_exhaustive()
    }
}
