//! How much a server takes from one client, with the source of each number. How large a frame or an
//! event may be, and how patient the server is, is in [`Settings`](crate::Settings).

use std::net::{Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use tautline::Contract;

use crate::sentry::Suspicion;

/// What one client may ask for. Every default suits a server on the open internet.
///
/// Beside these, each event has the rate and the cost that its contract gives it.
///
/// To look at one allowance costs 0.1 to 0.2 µs if few draw from it, and 0.15 to 0.5 µs with ten thousand
/// that are not in the processor's cache; all four of an event with a rate 0.6 to 0.9 µs, or 2 µs. To pay for
/// 4 KiB of bytes, to the connection and its address, costs 0.1 to 0.2 µs. Measured by `cargo bench -p
/// tautline-server --bench rates` on two busy cores of an EPYC (load 11), so at most.
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
    /// The same for all clients of one address. Default 20,000 at once and 5,000 per second: ten
    /// connections' worth, for those who share an address, and a bound for guests, who are somebody
    /// new whenever they like.
    pub address_events: Option<Allowance>,
    /// How much one connection may send, in bytes, over its websocket and by polling; each frame, packet and
    /// polling request counts as 1 KiB more than it has. Default 4 MiB at once, which is four of the largest
    /// frames, and 1 MiB per second: more than the events that it may send have, unless they are large.
    /// Whoever sends more is read more slowly, and loses nothing.
    pub connection_bytes: Option<Allowance>,
    /// The same for all clients of one address. Default 32 MiB at once and 8 MiB per second: eight
    /// connections' worth, and 1.6 KiB for each of the events that an address may send. An office of 200
    /// comes back with 160 KiB each, and goes on with 40 KiB per second each. When it is used up, those who
    /// share it take turns of 4 KiB: with 200 who send as fast as they can, another waits for 0.1 seconds.
    pub address_bytes: Option<Allowance>,
    /// How many TCP connections one address may have that are no websockets, or not yet. Default 400: an
    /// office of 60 that opens a page, six for each. More are closed without a word. Of the listener that
    /// is the server's own ([`Server::serve`](crate::Server::serve),
    /// [`Server::listener`](crate::Server::listener)).
    pub sockets_per_address: Option<u32>,
    /// How many connections one address may begin. Default 50 at once and 10 per second: an office of
    /// 200 is back 15 seconds after a restart. A handshake costs some 100 µs of one core.
    pub handshakes: Option<Allowance>,
    /// How many connections one address may have. Default 200: with all queues full, a connection
    /// holds 2 MiB, and so one address 400 MiB. Four times as much where what is sent are large events:
    /// the engine's queue counts them and not their bytes.
    pub connections_per_address: Option<u32>,
    /// How many connections one user may have. Default 50: more tabs than anybody keeps open.
    pub connections_per_user: Option<u32>,
    /// From where limits by address do not count. Default loopback and the private networks: on the
    /// open internet nobody comes from there but a proxy that is not in
    /// [`Settings::trusted_proxies`](crate::Settings::trusted_proxies) yet, and that would be
    /// everybody at once. A server whose clients are in such a network gives it another list.
    pub allowed_networks: Vec<IpNet>,
    /// Which users are never suspect, by subject: a monitor, a load test. Default none.
    pub allowed_users: Vec<String>,
    /// What is done with those who do what honest clients do not.
    pub suspicion: Suspicion,
}

/// So much at once, and so much more every second (GCRA, a bucket that leaks evenly).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// As much as may come at once, after a rest.
    pub burst: u32,
    /// As much as may come every second for ever.
    pub per_second: u32,
}

const MIB: u32 = 1024 * 1024;

/// Where clients on the open internet never come from (RFC 1918, 3927, 4193, 4291, 6890).
const PRIVATE: [IpNet; 8] = [
    v4([127, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([172, 16, 0, 0], 12),
    v4([192, 168, 0, 0], 16),
    v4([169, 254, 0, 0], 16),
    v6(Ipv6Addr::LOCALHOST, 128),
    v6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    v6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];

const fn v4([a, b, c, d]: [u8; 4], bits: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits))
}

const fn v6(address: Ipv6Addr, bits: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(address, bits))
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connection_events: Some(Allowance { burst: 2_000, per_second: 500 }),
            user_events: Some(Allowance { burst: 4_000, per_second: 1_000 }),
            address_events: Some(Allowance { burst: 20_000, per_second: 5_000 }),
            connection_bytes: Some(Allowance { burst: 4 * MIB, per_second: MIB }),
            address_bytes: Some(Allowance { burst: 32 * MIB, per_second: 8 * MIB }),
            sockets_per_address: Some(400),
            handshakes: Some(Allowance { burst: 50, per_second: 10 }),
            connections_per_address: Some(200),
            connections_per_user: Some(50),
            allowed_networks: PRIVATE.to_vec(),
            allowed_users: Vec::new(),
            suspicion: Suspicion::default(),
        }
    }
}

impl Limits {
    /// No limits but those of the contract: for benchmarks, and for networks in which everybody is
    /// trusted.
    pub fn unlimited() -> Self {
        Self {
            connection_events: None,
            user_events: None,
            address_events: None,
            connection_bytes: None,
            address_bytes: None,
            sockets_per_address: None,
            handshakes: None,
            connections_per_address: None,
            connections_per_user: None,
            allowed_networks: Vec::new(),
            allowed_users: Vec::new(),
            suspicion: Suspicion { is_shadow: true, ..Suspicion::default() },
        }
    }

    /// Everything that is wrong with these limits, each with its way out.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = self.suspicion.mistakes();
        let others = [
            ("handshakes", self.handshakes),
            ("connection_bytes", self.connection_bytes),
            ("address_bytes", self.address_bytes),
        ];
        let others = others.into_iter().filter_map(|(name, allowance)| Some((name, allowance?)));
        for (name, allowance) in self.allowances().chain(others) {
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
        [
            ("connection_events", self.connection_events),
            ("user_events", self.user_events),
            ("address_events", self.address_events),
        ]
        .into_iter()
        .filter_map(|(name, allowance)| Some((name, allowance?)))
    }
}
