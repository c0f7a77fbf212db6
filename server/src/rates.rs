//! Who may send how much: a connection, a user and an address over all events, and a user of each event as its
//! contract has it. Clients are told when to go on and how much is left.
//!
//! The counting is `governor`'s GCRA: one number for each of them, moved on without a lock.

mod bucket;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tautline::{Contract, LibraryCode, Problem};

pub(crate) use bucket::{Bucket, Buckets, Tariff};

use crate::address::ClientAddress;
use crate::clock::Clock;
use crate::connection::Connection;
use crate::limits::Limits;
use bucket::Wait;

/// How often those are forgotten who have everything back that they may have. A minute of strangers
/// is as much as is kept of them.
pub(crate) const FORGET: Duration = Duration::from_secs(60);

/// The buckets that more than one connection draws from.
#[derive(Debug)]
pub(crate) struct Rates {
    users: Option<Buckets<Arc<str>>>,
    addresses: Option<Buckets<ClientAddress>>,
    events: HashMap<&'static str, EventRates>,
}

/// The rate of each command of a namespace, for each user, in the order of its facts.
pub(crate) type EventRates = Arc<[Option<Buckets<Arc<str>>>]>;

/// Who has asked for more than there is, and when there is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    /// Whose allowance it was.
    pub(crate) of: Of,
    wait: Wait,
}

/// Whose allowance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Of {
    /// One user's of one event.
    Event,
    /// One connection's.
    Connection,
    /// One user's.
    User,
    /// One address's.
    Address,
}

impl Of {
    /// The name in a problem's parameters.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Connection => "connection",
            Self::User => "user",
            Self::Address => "address",
        }
    }
}

impl Rates {
    /// Everybody's buckets, full.
    pub(crate) fn new(contract: &Contract, limits: &Limits, clock: Clock) -> Arc<Self> {
        let mut events = HashMap::new();
        for namespace in contract.namespaces {
            let of_event = |event: &tautline::Event| {
                Some(Buckets::new(Tariff::of_rate(event.policy.rate?), clock))
            };
            events.insert(namespace.path, namespace.commands.iter().map(of_event).collect());
        }
        let users = limits.user_events.map(|allowance| Buckets::new(allowance.into(), clock));
        let addresses = limits.address_events;
        let addresses = addresses.map(|allowance| Buckets::new(allowance.into(), clock));
        Arc::new(Self { users, addresses, events })
    }

    /// Forgets those who have everything back, for as long as somebody holds the rates.
    pub(crate) fn start_forgetting(self: &Arc<Self>) {
        tokio::spawn(forget(Arc::downgrade(self)));
    }

    /// The rates of a namespace's commands.
    pub(crate) fn of_namespace(&self, path: &str) -> EventRates {
        self.events.get(path).cloned().unwrap_or_default()
    }

    /// Takes what a frame costs from all its sender's allowances over all events.
    pub(crate) fn take(
        &self,
        connection: &Connection,
        subject: &Arc<str>,
        cost: NonZeroU32,
    ) -> Result<(), Exceeded> {
        if let Some(bucket) = connection.allowance() {
            bucket.take(cost).map_err(|wait| Exceeded { of: Of::Connection, wait })?;
        }
        if let Some(users) = &self.users {
            users.take(subject, cost).map_err(|wait| Exceeded { of: Of::User, wait })?;
        }
        if let (Some(addresses), Some(client)) = (&self.addresses, connection.peer().client()) {
            let taken = addresses.take(&client, cost);
            taken.map_err(|wait| Exceeded { of: Of::Address, wait })?;
        }
        Ok(())
    }

    fn forget(&self) {
        let of_events = self.events.values().flat_map(|rates| rates.iter().flatten());
        of_events.chain(&self.users).for_each(Buckets::forget);
        if let Some(addresses) = &self.addresses {
            addresses.forget();
        }
    }
}

async fn forget(rates: Weak<Rates>) {
    loop {
        tokio::time::sleep(FORGET).await;
        let Some(rates) = rates.upgrade() else { return };
        rates.forget();
    }
}

/// Takes one call of an event from its user's allowance.
pub(crate) fn take_call(
    rates: &EventRates,
    index: usize,
    subject: &Arc<str>,
) -> Result<(), Exceeded> {
    match rates.get(index) {
        Some(Some(users)) => {
            users.take(subject, NonZeroU32::MIN).map_err(|wait| Exceeded { of: Of::Event, wait })
        }
        Some(None) | None => Ok(()),
    }
}

impl Exceeded {
    /// The refusal as its caller sees it.
    pub(crate) fn into_problem(self) -> Box<Problem> {
        let Wait { after, tariff, remaining } = self.wait;
        let mut problem = Box::new(LibraryCode::RateLimited.problem());
        // A moment later rather than a moment too early.
        let after = u32::try_from(after.as_millis() + 1).unwrap_or(u32::MAX);
        problem.recovery.after_ms = Some(after);
        problem.params = Some(serde_json::Map::from_iter([
            ("of".to_owned(), self.of.as_str().into()),
            ("limit".to_owned(), tariff.count.into()),
            ("perMs".to_owned(), tariff.per_ms.into()),
            ("remaining".to_owned(), remaining.into()),
        ]));
        problem
    }
}
