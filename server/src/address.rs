//! Whom a connection comes from, as far as the network tells: the address behind the proxies that are
//! trusted, and of IPv6 the network of which one customer has all addresses.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

/// What proxies add their caller's address to. The only one that is read: a client may send any other
/// through a proxy that does not know it.
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whom limits and bans by address mean: one IPv4 address, or a /64 of IPv6, which is the least that a
/// customer gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// Whom this address stands for.
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(IpAddr::V4(address)),
            IpAddr::V6(address) => {
                let network = address.to_bits() >> 64 << 64;
                Self(IpAddr::V6(Ipv6Addr::from_bits(network)))
            }
        }
    }

    /// The address, or the first one of the network.
    pub fn first(self) -> IpAddr {
        self.0
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(address) => write!(f, "{address}"),
            IpAddr::V6(address) => write!(f, "{address}/64"),
        }
    }
}

/// The address that a request comes from: the peer's, and where that is a trusted proxy, the one that
/// it names. The header is read from its end, since everything before a proxy's own entry may be
/// invented.
pub(crate) fn client_ip(peer: SocketAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.ip().to_canonical();
    let hops: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .collect();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(&client)) {
            break;
        }
        // What a trusted proxy could not read is its own: it stands for whoever is behind it.
        let Some(named) = parse(hop.trim()) else { break };
        client = named;
    }
    client
}

/// Whether a peer names somebody else.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    headers.contains_key(FORWARDED_FOR)
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1` or `[2001:db8::1]:4711`.
fn parse(hop: &str) -> Option<IpAddr> {
    let plain = || hop.parse::<IpAddr>().ok();
    let with_port = || hop.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || hop.strip_prefix('[')?.strip_suffix(']')?.parse::<IpAddr>().ok();
    plain().or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(peer: &str, forwarded: &[&str], trusted: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();

        let client = client_ip(SocketAddr::new(peer.parse().unwrap(), 1), &headers, &trusted);

        assert_eq!(client, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
    }

    #[test]
    fn a_stranger_may_forward_what_it_likes() {
        check("192.0.2.1", &["198.51.100.7"], &[], "192.0.2.1");
        check("192.0.2.1", &["198.51.100.7"], &["10.0.0.0/8"], "192.0.2.1");
    }

    #[test]
    fn a_trusted_proxy_names_its_caller_and_not_what_that_says() {
        let trusted = &["10.0.0.0/8"];
        check("10.0.0.1", &["198.51.100.7"], trusted, "198.51.100.7");
        check("10.0.0.1", &["1.1.1.1, 198.51.100.7"], trusted, "198.51.100.7");
        check("10.0.0.1", &["1.1.1.1", "198.51.100.7"], trusted, "198.51.100.7");
        check("10.0.0.1", &["1.1.1.1, 198.51.100.7, 10.0.0.2"], trusted, "198.51.100.7");
        check("10.0.0.1", &["10.0.0.3, 10.0.0.2"], trusted, "10.0.0.3");
        check("10.0.0.1", &[], trusted, "10.0.0.1");
    }

    #[test]
    fn what_cannot_be_read_is_the_proxys() {
        let trusted = &["10.0.0.0/8"];
        check("10.0.0.1", &["1.1.1.1, unknown"], trusted, "10.0.0.1");
        check("10.0.0.1", &["1.1.1.1, "], trusted, "10.0.0.1");
        check("10.0.0.1", &["1.1.1.1, 1.2.3.4.5, 10.0.0.2"], trusted, "10.0.0.2");
    }

    #[test]
    fn addresses_come_with_ports_in_brackets_and_mapped() {
        let trusted = &["10.0.0.0/8", "fd00::/8"];
        check("10.0.0.1", &["198.51.100.7:4711"], trusted, "198.51.100.7");
        check("fd00::1", &["[2001:db8::7]:4711"], trusted, "2001:db8::7");
        check("fd00::1", &["[2001:db8::7]"], trusted, "2001:db8::7");
        check("::ffff:10.0.0.1", &["::ffff:198.51.100.7"], trusted, "198.51.100.7");
    }

    #[test]
    fn an_address_stands_for_itself_or_for_its_network() {
        let of = |address: &str| ClientAddress::of(address.parse().unwrap()).to_string();

        assert_eq!(of("192.0.2.1"), "192.0.2.1");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
    }
}
