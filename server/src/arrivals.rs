//! Who may open a connection: so many in so long a time from one address, and so many at once from one
//! address and of one user. And what has come from each address.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use http::HeaderMap;
use ipnet::IpNet;

use crate::address::{self, ClientAddress};
use crate::clock::Clock;
use crate::limits::Limits;
use crate::pace::{Meter, Meters};
use crate::rates::{Buckets, FORGET};
use crate::session::lock;

/// The books of who comes and who is there.
#[derive(Debug)]
pub(crate) struct Arrivals {
    trusted_proxies: Vec<IpNet>,
    allowed: Vec<IpNet>,
    handshakes: Option<Buckets<ClientAddress>>,
    bytes: Option<Meters<ClientAddress>>,
    sockets: Arc<Seats<ClientAddress>>,
    addresses: Arc<Seats<ClientAddress>>,
    users: Arc<Seats<Arc<str>>>,
    clock: Clock,
    has_warned: AtomicBool,
}

/// Why nobody may come in now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Full {
    /// Too many come at once; so long it takes until the next one may.
    TooFast(Duration),
    /// Too many are there.
    TooMany,
}

impl Arrivals {
    pub(crate) fn new(limits: &Limits, trusted_proxies: Vec<IpNet>, clock: Clock) -> Arc<Self> {
        Arc::new(Self {
            trusted_proxies,
            allowed: limits.allowed_networks.clone(),
            handshakes: limits.handshakes.map(|allowed| Buckets::new(allowed.into(), clock)),
            bytes: limits.address_bytes.map(Meters::new),
            sockets: Seats::new(limits.sockets_per_address),
            addresses: Seats::new(limits.connections_per_address),
            users: Seats::new(limits.connections_per_user),
            clock,
            has_warned: AtomicBool::new(false),
        })
    }

    /// Forgets those who have come long ago, for as long as somebody holds the books.
    pub(crate) fn start_forgetting(self: &Arc<Self>) {
        tokio::spawn(forget(Arc::downgrade(self)));
    }

    /// Whom limits by address mean, if anybody: neither a client without an address nor one of a
    /// network that they leave alone.
    pub(crate) fn client(
        &self,
        peer: Option<SocketAddr>,
        headers: &HeaderMap,
    ) -> Option<ClientAddress> {
        let peer = peer?;
        let client = address::client_ip(peer, headers, &self.trusted_proxies);
        if !self.allowed.iter().any(|network| network.contains(&client)) {
            return Some(ClientAddress::of(client));
        }
        let may_be_a_proxy = client == peer.ip().to_canonical() && address::is_forwarded(headers);
        if may_be_a_proxy && !self.has_warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "requests come through a proxy that nobody trusts, so that clients have no address: \
                 name it in `trusted_proxies`"
            );
        }
        None
    }

    /// Where a client comes from, whether limits mean it or not.
    pub(crate) fn address(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        Some(address::client_ip(peer?, headers, &self.trusted_proxies))
    }

    /// Whom limits by address mean by a TCP connection on which nothing has been said, if anybody: a proxy
    /// may bring everybody.
    pub(crate) fn caller(&self, peer: SocketAddr) -> Option<ClientAddress> {
        let address = peer.ip().to_canonical();
        let mut left_alone = self.allowed.iter().chain(&self.trusted_proxies);
        let counts = !left_alone.any(|network| network.contains(&address));
        counts.then(|| ClientAddress::of(address))
    }

    /// A seat for one more TCP connection from there.
    pub(crate) fn seat_of_socket(
        &self,
        caller: Option<ClientAddress>,
    ) -> Result<Option<Seat<ClientAddress>>, Full> {
        caller.map(|caller| self.sockets.take(caller).ok_or(Full::TooMany)).transpose()
    }

    /// Whether one more handshake may come from there now.
    pub(crate) fn handshake(&self, client: Option<ClientAddress>) -> Result<(), Full> {
        match (&self.handshakes, client) {
            (Some(handshakes), Some(client)) => {
                handshakes.take(&client, NonZeroU32::MIN).map_err(|wait| Full::TooFast(wait.after))
            }
            (Some(_) | None, _) => Ok(()),
        }
    }

    /// What may be sent from there, if that is counted.
    pub(crate) fn bytes(&self, client: Option<ClientAddress>) -> Option<Arc<Meter>> {
        Some(self.bytes.as_ref()?.of(client?))
    }

    /// A seat for one more connection from there.
    pub(crate) fn seat_of_address(
        &self,
        client: Option<ClientAddress>,
    ) -> Result<Option<Seat<ClientAddress>>, Full> {
        client.map(|client| self.addresses.take(client).ok_or(Full::TooMany)).transpose()
    }

    /// A seat for one more connection of this user.
    pub(crate) fn seat_of_user(&self, subject: &str) -> Result<Seat<Arc<str>>, Full> {
        self.users.take(subject.into()).ok_or(Full::TooMany)
    }
}

async fn forget(arrivals: Weak<Arrivals>) {
    loop {
        tokio::time::sleep(FORGET).await;
        let Some(arrivals) = arrivals.upgrade() else { return };
        if let Some(handshakes) = &arrivals.handshakes {
            handshakes.forget();
        }
        if let Some(bytes) = &arrivals.bytes {
            bytes.forget(arrivals.clock.elapsed());
        }
    }
}

/// So many seats for each.
pub(crate) struct Seats<K> {
    most: Option<u32>,
    taken: Mutex<HashMap<K, u32>>,
}

/// One seat, free again when it is dropped.
pub(crate) struct Seat<K: Hash + Eq> {
    key: K,
    seats: Arc<Seats<K>>,
}

impl<K: Hash + Eq + Clone> Seats<K> {
    fn new(most: Option<u32>) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::default() })
    }

    fn take(self: &Arc<Self>, key: K) -> Option<Seat<K>> {
        let mut taken = lock(&self.taken);
        let count = taken.get(&key).copied().unwrap_or(0);
        if self.most.is_some_and(|most| count >= most) {
            return None;
        }
        taken.insert(key.clone(), count + 1);
        Some(Seat { key, seats: Arc::clone(self) })
    }
}

impl<K: Hash + Eq> Seat<K> {
    /// Whose it is.
    pub(crate) fn key(&self) -> &K {
        &self.key
    }
}

impl<K: Hash + Eq> Drop for Seat<K> {
    fn drop(&mut self) {
        let mut taken = lock(&self.seats.taken);
        if let Some(count) = taken.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

impl<K> fmt::Debug for Seats<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Seats").field("most", &self.most).finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + fmt::Debug> fmt::Debug for Seat<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Seat").field(&self.key).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_it_is_dropped() {
        let seats = Seats::new(Some(2));
        let first = seats.take("ann").unwrap();
        let _second = seats.take("ann").unwrap();
        assert!(seats.take("ann").is_none());
        assert!(seats.take("ben").is_some());

        drop(first);

        assert!(seats.take("ann").is_some());
        assert_eq!(lock(&seats.taken).len(), 1, "who has no seat is not remembered");
    }
}
