//! The checks of rates by themselves, for the benchmark that says what they cost.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::address::ClientAddress;
use crate::clock::Clock;
use crate::limits::Allowance;
use crate::pace::{Meter, Tolls};
use crate::rates::{Bucket, Buckets, Tariff};

/// Allowances that are never used up, of so many connections, users and addresses.
#[doc(hidden)]
pub struct RateChecks {
    connections: Vec<Bucket>,
    users: Buckets<Arc<str>>,
    events: Buckets<Arc<str>>,
    addresses: Buckets<ClientAddress>,
    tolls: Vec<Tolls>,
    subjects: Vec<Arc<str>>,
    clients: Vec<ClientAddress>,
}

#[doc(hidden)]
impl RateChecks {
    /// Of so many.
    pub fn of(keys: u32) -> Self {
        // One a nanosecond: no check is as fast.
        let plenty = Tariff { count: 1_000_000_000, per_ms: 1_000 };
        let clock = Clock::new();
        let second = 1_000_000_000;
        let meter = || Some(Arc::new(Meter::new(Allowance { burst: second, per_second: second })));
        let tolls = |_| Tolls { connection: meter(), address: meter(), clock };
        let address = |number: u32| ClientAddress::of(IpAddr::V4(Ipv4Addr::from(number)));
        Self {
            connections: (0..keys).map(|_| Bucket::new(plenty, clock)).collect(),
            users: Buckets::new(plenty, clock),
            events: Buckets::new(plenty, clock),
            addresses: Buckets::new(plenty, clock),
            tolls: (0..keys).map(tolls).collect(),
            subjects: (0..keys).map(|number| format!("user-{number}").into()).collect(),
            clients: (0..keys).map(address).collect(),
        }
    }

    /// Whether this connection may.
    pub fn connection(&self, number: usize) -> bool {
        self.connections[number].take(NonZeroU32::MIN).is_ok()
    }

    /// Whether this user may.
    pub fn user(&self, number: usize) -> bool {
        self.users.take(&self.subjects[number], NonZeroU32::MIN).is_ok()
    }

    /// Whether this user may send one event.
    pub fn event(&self, number: usize) -> bool {
        self.events.take(&self.subjects[number], NonZeroU32::MIN).is_ok()
    }

    /// Whether this address may.
    pub fn address(&self, number: usize) -> bool {
        self.addresses.take(&self.clients[number], NonZeroU32::MIN).is_ok()
    }

    /// Whether this connection and its address may send so few bytes.
    pub fn bytes(&self, number: usize) -> bool {
        self.tolls[number].take(1).is_zero()
    }

    /// All of those for events, as for an event with a rate.
    pub fn all(&self, number: usize) -> bool {
        self.connection(number) && self.user(number) && self.address(number) && self.event(number)
    }
}

impl fmt::Debug for RateChecks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateChecks").field("keys", &self.subjects.len()).finish_non_exhaustive()
    }
}
