//! Who is connected, for whoever runs the server: a page for administrators, a console. It is read off
//! what is counted anyway, and costs nothing while nobody asks.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tautline::{DisconnectReason, Namespace, Problem, Room, RoomName, Uuid};

use crate::address::ClientAddress;
use crate::closing;
use crate::connection::Connection;
use crate::handshake;
use crate::link::Link;
use crate::sentry::{Suspect, suspect_of};
use crate::transport::Core;
use crate::versions::ContractFit;

/// The connections of a server: [`Server::connections`](crate::Server::connections).
///
/// ```no_run
/// # use std::time::Duration;
/// # use tautline_server::{ConnectionFilter, Server};
/// # fn stalled(server: &Server) {
/// let stalled = ConnectionFilter::default().stalled_for(Duration::from_secs(5));
/// for connection in server.connections().list(&stalled) {
///     server.connections().disconnect(connection.id, None);
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Connections(pub(crate) Arc<Core>);

/// Which connections are asked for: those that fit everything that is said. By default all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectionFilter {
    subject: Option<String>,
    address: Option<ClientAddress>,
    room: Option<(&'static str, RoomName)>,
    stalled_for: Option<Duration>,
}

/// One connection. Holds no secret: neither tokens, claims nor the session's own id; but addresses and
/// subjects are for administrators alone.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Connected {
    /// The public id: what its client hears in the welcome, and what the log names.
    pub id: Uuid,
    /// Where it comes from, behind the proxies that are trusted; `None` if the network does not tell.
    pub address: Option<IpAddr>,
    /// Since when, in Unix milliseconds.
    pub since: u64,
    /// What carries it now.
    pub carrier: Carrier,
    /// The namespaces that it is in, in the order in which it entered them. None: it has opened a
    /// connection and not asked to come in, or was not let in.
    pub namespaces: Vec<Entered>,
    /// How many events it has sent.
    pub events_in: u64,
    /// How many events and acknowledgements it was sent.
    pub events_out: u64,
    /// Bytes that came from it. Polling is not counted.
    pub bytes_in: u64,
    /// Bytes that it took, or the kernel for it. Polling is not counted.
    pub bytes_out: u64,
    /// How many events were dropped because it was too slow for them.
    pub dropped: u64,
    /// When it has sent an event last, in Unix milliseconds. Nothing for a long time is no fault: who
    /// only reads is idle and not stale, and whoever is gone is found out by the heartbeat.
    pub last_event: Option<u64>,
    /// How many frames wait for it to take what was sent before.
    pub waiting_frames: usize,
    /// How many bytes those are.
    pub waiting_bytes: usize,
    /// For how long it has taken nothing of what waits for it, in milliseconds; `None` if nothing waits.
    /// After [`Settings::stall_timeout`](crate::Settings::stall_timeout) it is cut.
    pub stalled_ms: Option<u64>,
    /// How suspect its users are, or its address if they are guests: the highest of them. At 100, unless
    /// [`Suspicion`](crate::Suspicion) says otherwise, they are banned.
    pub score: f64,
}

/// What carries a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A WebSocket.
    Websocket,
    /// HTTP requests.
    Polling,
}

/// A connection in one namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entered {
    /// The namespace's path.
    pub namespace: &'static str,
    /// Who it is.
    pub subject: String,
    /// Whether nobody vouches for the subject.
    pub guest: bool,
    /// Since when, in Unix milliseconds.
    pub since: u64,
    /// When its token ends, in Unix milliseconds.
    pub token_expires_at: Option<u64>,
    /// What its client calls itself: the name and the version, as far as it says so.
    pub client: Option<String>,
    /// Which version of the contract its client was built from, if it says so.
    pub contract_version: Option<String>,
    /// Whether that is the server's.
    pub contract: ContractFit,
    /// The rooms that it has joined, by name.
    pub rooms: Vec<RoomName>,
}

impl ConnectionFilter {
    /// Those of one user, or of one guest.
    #[must_use]
    pub fn subject(self, subject: impl Into<String>) -> Self {
        Self { subject: Some(subject.into()), ..self }
    }

    /// Those of one address, or of its /64 of IPv6.
    #[must_use]
    pub fn address(self, address: IpAddr) -> Self {
        Self { address: Some(ClientAddress::of(address)), ..self }
    }

    /// Those that are in a room.
    #[must_use]
    pub fn room<N: Namespace>(self, room: &impl Room) -> Self {
        Self { room: Some((N::FACTS.path, room.name())), ..self }
    }

    /// Those that have taken nothing of what waits for them for so long.
    #[must_use]
    pub fn stalled_for(self, time: Duration) -> Self {
        Self { stalled_for: Some(time), ..self }
    }

    fn fits(&self, connected: &Connected) -> bool {
        let Self { subject, address, room, stalled_for } = self;
        let namespaces = &connected.namespaces;
        subject.as_ref().is_none_or(|it| namespaces.iter().any(|entered| entered.subject == *it))
            && address.is_none_or(|it| connected.address.map(ClientAddress::of) == Some(it))
            && room.as_ref().is_none_or(|(namespace, room)| {
                let is_there = |entered: &Entered| {
                    entered.namespace == *namespace && entered.rooms.contains(room)
                };
                namespaces.iter().any(is_there)
            })
            && stalled_for.is_none_or(|it| {
                connected.stalled_ms.is_some_and(|ms| Duration::from_millis(ms) >= it)
            })
    }
}

impl Connections {
    /// Those that fit, in the order in which they came. Looks at every connection: for a person who
    /// asks, and not for each command.
    pub fn list(&self, filter: &ConnectionFilter) -> Vec<Connected> {
        let mut links: HashMap<Uuid, Vec<Arc<Link>>> = HashMap::new();
        for link in self.0.roster.links() {
            links.entry(link.id()).or_default().push(link);
        }
        let connections = self.0.roster.connections();
        let described = connections.iter().map(|connection| {
            let links = links.remove(&connection.id()).unwrap_or_default();
            self.describe(connection, &links)
        });
        described.filter(|connected| filter.fits(connected)).collect()
    }

    /// One of them.
    pub fn find(&self, id: Uuid) -> Option<Connected> {
        let connection = self.0.roster.connection(id)?;
        Some(self.describe(&connection, &self.links(id)))
    }

    /// Ends a connection, and says whether there was one. Its client is told `problem` before, and does
    /// what that asks for; without one it comes back by itself after half a minute. To keep somebody out:
    /// [`Bans::ban`](crate::Bans::ban).
    pub fn disconnect(&self, id: Uuid, problem: Option<Problem>) -> bool {
        let Some(connection) = self.0.roster.connection(id) else { return false };
        let problem = problem.unwrap_or_else(handshake::too_many);
        tracing::info!(connection = %id, code = problem.code, "ended by hand");
        closing::tell(&self.links(id), &problem);
        connection.end(DisconnectReason::Kicked);
        true
    }

    fn links(&self, id: Uuid) -> Vec<Arc<Link>> {
        let links = self.0.roster.links();
        links.into_iter().filter(|link| link.id() == id).collect()
    }

    fn describe(&self, connection: &Connection, links: &[Arc<Link>]) -> Connected {
        let peer = connection.peer();
        let (io, outbound) = (connection.io(), connection.outbound());
        let waiting = outbound.waiting();
        let stalled = waiting.since.into_iter().chain(io.blocked_since()).min();
        let sentry = connection.sentry();
        let suspects = links.iter().filter_map(|link| suspect_of(link));
        let suspects = suspects.chain(peer.client().map(Suspect::Address));
        let carrier = if io.is_attached() { Carrier::Websocket } else { Carrier::Polling };
        Connected {
            id: connection.id(),
            address: self.0.arrivals.address(peer.address, &peer.headers),
            since: connection.since(),
            carrier,
            namespaces: links.iter().map(entered).collect(),
            events_in: connection.events_in(),
            events_out: outbound.sent(),
            bytes_in: io.bytes_in(),
            bytes_out: io.bytes_out(),
            dropped: outbound.dropped(),
            last_event: connection.last_event(),
            waiting_frames: waiting.frames,
            waiting_bytes: waiting.bytes,
            stalled_ms: stalled
                .map(|since| u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)),
            score: suspects.map(|suspect| sentry.score(&suspect)).fold(0.0, f64::max),
        }
    }
}

fn entered(link: &Arc<Link>) -> Entered {
    let identity = link.identity();
    let expires_at = identity.expires_at.map(|at| at.timestamp_millis());
    let said = link.said();
    let mut rooms = link.rooms();
    rooms.sort_unstable();
    Entered {
        namespace: link.namespace().path,
        subject: identity.subject.clone(),
        guest: identity.guest,
        since: link.since(),
        token_expires_at: expires_at.and_then(|at| u64::try_from(at).ok()),
        client: said.and_then(|said| said.client.clone()),
        contract_version: said.and_then(|said| said.contract_version.clone()),
        contract: said.map_or(ContractFit::Unsaid, |said| said.fit),
        rooms,
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connections").field("links", &self.0.roster.count()).finish()
    }
}
