//! How much a server takes from one client, with the source of each number. How large a frame or an
//! event may be, and how patient the server is, is in [`Settings`](crate::Settings).

use tautline::Contract;

/// What one client may ask for. Every default suits a server on the open internet.
///
/// Beside these, each event has the rate and the cost that its contract gives it.
///
/// ```
/// use tautline_server::{Allowance, Limits, Settings};
///
/// let slow = Allowance { burst: 20, per_second: 5 };
/// let limits = Limits { connection_events: Some(slow), ..Limits::default() };
/// let settings = Settings { limits, ..Settings::default() };
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// What the events of one connection may cost; `None` is no limit. Default 2,000 at once and 500
    /// per second: ten times what Ably takes (50 per second), since ours are answered one by one. A
    /// command costs some 15 µs of one core, so that one connection gets a hundredth of it.
    pub connection_events: Option<Allowance>,
    /// The same for one user over all their connections. Default 4,000 at once and 1,000 per second:
    /// what two connections may, so that more of them are of no use.
    pub user_events: Option<Allowance>,
}

/// So much at once, and so much more every second (GCRA, a bucket that leaks evenly).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// As much as may come at once, after a rest.
    pub burst: u32,
    /// As much as may come every second for ever.
    pub per_second: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connection_events: Some(Allowance { burst: 2_000, per_second: 500 }),
            user_events: Some(Allowance { burst: 4_000, per_second: 1_000 }),
        }
    }
}

impl Limits {
    /// No limits but those of the contract: for benchmarks, and for networks in which everybody is
    /// trusted.
    pub fn unlimited() -> Self {
        Self { connection_events: None, user_events: None }
    }

    /// Everything that is wrong with these limits, each with its way out.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = Vec::new();
        for (name, allowance) in self.allowances() {
            if allowance.burst == 0 || allowance.per_second == 0 {
                mistakes.push(format!(
                    "`limits.{name}` lets nothing pass: give it a burst and a rate, or `None` for no \
                     limit"
                ));
            }
        }
        mistakes
    }

    /// Events that could never be sent: they cost more than may come at once.
    pub(crate) fn unaffordable(&self, contract: &Contract) -> Vec<String> {
        let mut mistakes = Vec::new();
        for event in contract.namespaces.iter().flat_map(|namespace| namespace.commands) {
            for (name, allowance) in self.allowances() {
                if event.policy.cost > allowance.burst {
                    mistakes.push(format!(
                        "the event `{}` costs {}, and `limits.{name}` lets {} pass at once: raise its \
                         burst or lower the cost",
                        event.name, event.policy.cost, allowance.burst
                    ));
                }
            }
        }
        mistakes
    }

    /// The allowances for events.
    fn allowances(&self) -> impl Iterator<Item = (&'static str, Allowance)> {
        [("connection_events", self.connection_events), ("user_events", self.user_events)]
            .into_iter()
            .filter_map(|(name, allowance)| Some((name, allowance?)))
    }
}
