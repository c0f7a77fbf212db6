//! How long a caller's token lasts on a connection: a notice before its end, some grace after it, and
//! then the connection ends in a way from which its client comes back with another one.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use tautline::control::{Notice, NoticeKind};
use tautline::{DisconnectReason, LibraryCode};
use tokio::runtime::Handle;

use crate::alarms::Alarms;
use crate::clock::Clock;
use crate::closing;
use crate::encode;
use crate::link::Link;
use crate::session::{Session, lock};
use crate::trace::TraceId;

/// No alarm is set further ahead: it looks again.
const FAR: Duration = Duration::from_secs(24 * 60 * 60);

/// The times around the end of a token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TermLimits {
    /// How long before the end the client is told.
    pub(crate) notice: Duration,
    /// How long after the end the connection stays.
    pub(crate) grace: Duration,
}

/// One token on its way, in milliseconds of Unix time.
#[derive(Clone, Copy, Debug)]
struct Term {
    notice_at: u64,
    ends_at: u64,
    is_noticed: bool,
}

/// What is to be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Look again after so long.
    Nothing(Duration),
    /// The client is told, and it is looked again after so long.
    Notice { left: Duration, next: Duration },
    /// The connection ends.
    End,
}

impl Term {
    /// A token that is shown now. Of a short one the client hears at the half of what is left.
    fn new(ends_at: u64, now: u64, limits: TermLimits) -> Self {
        let left = ends_at.saturating_sub(now);
        let notice_at = ends_at - millis(limits.notice).min(left / 2).min(ends_at);
        Self { notice_at, ends_at, is_noticed: false }
    }

    fn due(&mut self, now: u64, limits: TermLimits) -> Due {
        let wait = |until: u64| Duration::from_millis(until.saturating_sub(now)).min(FAR);
        let closes_at = self.ends_at.saturating_add(millis(limits.grace));
        if now >= closes_at {
            Due::End
        } else if now < self.notice_at {
            Due::Nothing(wait(self.notice_at))
        } else if self.is_noticed {
            Due::Nothing(wait(closes_at))
        } else {
            self.is_noticed = true;
            Due::Notice { left: wait(self.ends_at), next: wait(closes_at) }
        }
    }
}

/// The tokens of all connections.
pub(crate) struct Terms {
    limits: TermLimits,
    clock: Clock,
    runtime: Handle,
    alarms: Arc<Alarms<u64>>,
    running: Mutex<HashMap<u64, (Term, Weak<Session>)>>,
}

impl Terms {
    pub(crate) fn new(limits: TermLimits, clock: Clock, runtime: Handle) -> Arc<Self> {
        let alarms = Alarms::new();
        Arc::new(Self { limits, clock, runtime, alarms, running: Mutex::default() })
    }

    /// A caller has come with a token, or has shown another one.
    pub(crate) fn begin(self: &Arc<Self>, session: &Arc<Session>) {
        let ends_at = session.link.identity().expires_at;
        let Some(ends_at) = ends_at.and_then(|at| u64::try_from(at.timestamp_millis()).ok()) else {
            return self.forget(session.number);
        };
        let mut term = Term::new(ends_at, self.clock.now_ms(), self.limits);
        let mut running = lock(&self.running);
        // Shown once more, it ends no later: its client was told, and would be told for ever.
        let before = running.get(&session.number).map(|(before, _)| before);
        term.is_noticed =
            before.is_some_and(|before| before.is_noticed && ends_at <= before.ends_at);
        running.insert(session.number, (term, Arc::downgrade(session)));
        drop(running);
        self.look(session.number);
    }

    /// A connection is over.
    pub(crate) fn forget(&self, session: u64) {
        lock(&self.running).remove(&session);
    }

    fn look(self: &Arc<Self>, number: u64) {
        let (due, session) = {
            let mut running = lock(&self.running);
            let Some((term, session)) = running.get_mut(&number) else { return };
            (term.due(self.clock.now_ms(), self.limits), Weak::clone(session))
        };
        let Some(session) = session.upgrade() else { return self.forget(number) };
        match due {
            Due::Nothing(next) => self.look_after(number, next),
            Due::Notice { left, next } => {
                session.send_control(encode::control("notice", &notice(left)));
                self.look_after(number, next);
            }
            Due::End => {
                self.forget(number);
                end(&session.link, LibraryCode::TokenExpired);
            }
        }
    }

    fn look_after(self: &Arc<Self>, number: u64, after: Duration) {
        self.alarms.set(&self.runtime, (number, after), || {
            let terms = Arc::clone(self);
            move |number| terms.look(number)
        });
    }
}

fn notice(left: Duration) -> Notice {
    Notice {
        kind: NoticeKind::TokenExpiring,
        after_ms: Some(u32::try_from(left.as_millis()).unwrap_or(u32::MAX)),
        message: "Your sign-in ends soon.".to_owned(),
        problem: None,
    }
}

/// Ends a connection for this reason, so that its client comes back with what the problem asks for.
pub(crate) fn end(link: &Arc<Link>, code: LibraryCode) {
    let mut problem = code.problem();
    let trace = TraceId::new();
    problem.trace_id = trace.to_string();
    tracing::info!(
        trace_id = %trace,
        connection = %link.id(),
        subject = link.identity().subject,
        code = code.as_str(),
        "the token is not good any more"
    );
    closing::tell([link], &problem);
    link.close(DisconnectReason::TokenExpired);
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

impl fmt::Debug for Terms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Terms").field("running", &lock(&self.running).len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: TermLimits =
        TermLimits { notice: Duration::from_secs(60), grace: Duration::from_secs(25) };

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_token_is_told_of_once_and_lasts_a_little_longer_than_it_says() {
        let mut term = Term::new(3_600_000, 0, LIMITS);

        assert_eq!(term.due(0, LIMITS), Due::Nothing(seconds(3_540)));
        let told = Due::Notice { left: seconds(60), next: seconds(85) };
        assert_eq!(term.due(3_540_000, LIMITS), told);
        assert_eq!(term.due(3_600_000, LIMITS), Due::Nothing(seconds(25)));
        assert_eq!(term.due(3_625_000, LIMITS), Due::End);
    }

    #[test]
    fn a_short_token_is_told_of_at_its_half() {
        let mut term = Term::new(1_010_000, 1_000_000, LIMITS);

        assert_eq!(term.due(1_000_000, LIMITS), Due::Nothing(seconds(5)));
        assert!(matches!(term.due(1_005_000, LIMITS), Due::Notice { .. }));
    }

    #[test]
    fn one_that_is_in_its_grace_is_told_of_at_once_and_one_beyond_ends() {
        assert!(matches!(Term::new(10, 20, LIMITS).due(20, LIMITS), Due::Notice { .. }));
        assert_eq!(Term::new(0, 25_000, LIMITS).due(25_000, LIMITS), Due::End);
    }

    #[test]
    fn the_end_of_the_calendar_is_no_end() {
        let mut term = Term::new(u64::MAX, 0, LIMITS);

        assert_eq!(term.due(0, LIMITS), Due::Nothing(FAR));
    }
}
