//! Everything between TCP and the runtime, put together.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use socketioxide::service::SocketIoService;
use socketioxide::{ParserConfig, SocketIo, TransportType};
use tautline::Contract;
use tower::Layer;
use tower_http::cors::CorsLayer;

use crate::adapter::{Adapters, Unicast};
use crate::address::ClientAddress;
use crate::arrivals::Arrivals;
use crate::auth::{self, Authenticator, Gate, GateParts, Longest};
use crate::clock::Clock;
use crate::connect::{Door, Doorkeeper};
use crate::connection::{Allowances, Connection, Peer};
use crate::guest::Guests;
use crate::handshake::{Nothing, SocketLayer};
use crate::help::HelpPages;
use crate::io_handle::{IoHandle, IoLimits};
use crate::link::Inbox;
use crate::nobody::{self, Nobody};
use crate::outbound::{Outbound, OutboundLimits};
use crate::pace::{Meter, Pace, Pieces, Tolls};
use crate::rates::Bucket;
use crate::revocation::Revocations;
use crate::roster::Roster;
use crate::sentry::Sentry;
use crate::settings::{Settings, Transports};
use crate::versions::Versions;

/// What a transport is made of.
pub(crate) struct TransportParts {
    pub(crate) contract: &'static Contract,
    pub(crate) settings: Settings,
    pub(crate) authenticator: Option<Arc<dyn Authenticator>>,
    /// Tokens that are not taken.
    pub(crate) revocations: Revocations,
    /// What tokens' times are compared with.
    pub(crate) clock: Clock,
    /// What the credentials of guests are signed with.
    pub(crate) secret: [u8; 32],
    /// Who watches everybody, and knows who is there.
    pub(crate) sentry: Arc<Sentry>,
    /// One for each namespace.
    pub(crate) inboxes: Vec<Arc<dyn Inbox>>,
}

/// The transport of one server.
#[derive(Clone)]
pub(crate) struct Transport {
    pub(crate) core: Arc<Core>,
    gate: Gate,
}

/// What the requests of one server share.
pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) engine: SocketIoService<Nothing, Unicast>,
    pub(crate) io: SocketIo<Unicast>,
    pub(crate) roster: Arc<Roster>,
    pub(crate) cors: CorsLayer,
    is_draining: Arc<AtomicBool>,
    clock: Clock,
    /// Who may come.
    pub(crate) arrivals: Arc<Arrivals>,
    /// With which states of the contract.
    pub(crate) versions: Arc<Versions>,
    pub(crate) sentry: Arc<Sentry>,
    /// Where problems point to.
    pub(crate) help: HelpPages,
}

impl Transport {
    /// Everything that is wrong with what a transport would be made of.
    pub(crate) fn mistakes(
        contract: &'static Contract,
        settings: &Settings,
        authenticator: Option<&dyn Authenticator>,
    ) -> Vec<String> {
        let versions = Versions::mistakes(contract);
        [settings.mistakes(), auth::mistakes(contract, authenticator), versions].concat()
    }

    /// Puts it together. The parts have been looked at before: [`Transport::mistakes`].
    pub(crate) fn new(parts: TransportParts) -> Self {
        let TransportParts { contract, settings, inboxes, clock, sentry, .. } = parts;
        let gate = Gate::new(GateParts {
            contract,
            authenticator: parts.authenticator,
            revocations: parts.revocations,
            clock,
            guests: Guests::new(&parts.secret),
            deadline: settings.authentication_timeout,
            longest: Longest::new(settings.longest_token),
        });
        let adapters = Arc::new(Adapters::default());
        let roster = Arc::clone(sentry.roster());
        let is_draining = Arc::new(AtomicBool::new(false));
        let arrivals = Arrivals::new(&settings.limits, settings.trusted_proxies.clone(), clock);
        arrivals.start_forgetting();
        let versions = Arc::new(Versions::of(contract));
        let (engine, io) = engine(&settings, &adapters);
        let keeper = Arc::new(Doorkeeper {
            versions: Arc::clone(&versions),
            stock_clients: settings.stock_clients,
            unlisted_clients: settings.unlisted_clients,
            gate: gate.clone(),
            adapters,
            roster: Arc::clone(&roster),
            greeting_bytes: settings.event_bytes,
            is_draining: Arc::clone(&is_draining),
            arrivals: Arc::clone(&arrivals),
        });
        for inbox in inboxes {
            let path = inbox.facts().path;
            io.ns(path, Door::new(Arc::clone(&keeper), inbox));
        }
        if keeper.adapters.of("/").is_none() {
            io.ns("/", Nobody::Fixed);
        }
        keeper.adapters.complete();
        if let Err(error) = io.dyn_ns(nobody::EVERYWHERE, Nobody::Dynamic) {
            unreachable!("the only pattern of its router: {error}");
        }
        let cors = settings.allowed_origins.cors();
        let help = HelpPages::new(settings.help_pages.as_deref());
        let core = Arc::new(Core {
            help,
            settings,
            engine,
            io,
            roster,
            cors,
            is_draining,
            clock,
            arrivals,
            versions,
            sentry,
        });
        Self { core, gate }
    }

    /// How callers are recognised: for a token that is refreshed.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// As a layer around the routes of an application.
    pub(crate) fn layer(&self) -> SocketLayer {
        SocketLayer(Arc::clone(&self.core))
    }

    /// As routes of their own, to be merged into an application's.
    pub(crate) fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let service = self.layer().layer(Nothing);
        let path = &self.core.settings.path;
        Router::new()
            .route_service(path, service.clone())
            .route_service(&format!("{path}/"), service)
    }
}

impl Core {
    pub(crate) fn is_draining(&self) -> bool {
        self.is_draining.load(Ordering::Acquire)
    }

    /// Refuses whoever comes from now on.
    pub(crate) fn drain(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// How fast is read what this client sends on this connection, unless that is nobody's business.
    pub(crate) fn pace(
        &self,
        connection: &Connection,
        client: Option<ClientAddress>,
        pieces: Pieces,
    ) -> Option<Pace> {
        let (own, address) = (connection.bytes(), self.arrivals.bytes(client));
        let counts = own.is_some() || address.is_some();
        let tolls = Tolls { connection: own, address, clock: self.clock };
        counts.then(|| Pace::new(tolls, pieces, Arc::clone(connection.io())))
    }

    /// A connection of a client that has just come.
    pub(crate) fn connection(&self, peer: Peer) -> Arc<Connection> {
        let Settings { stall_timeout, ping_timeout, outbound_frames, outbound_bytes, .. } =
            self.settings;
        // Half the time that a pong may take: reading goes on before it would be missed.
        let io = IoHandle::new(IoLimits { stall: stall_timeout, pause: ping_timeout / 2 });
        let outbound = Outbound::new(OutboundLimits {
            frames: outbound_frames,
            bytes: outbound_bytes,
            stall: stall_timeout,
        });
        let limits = &self.settings.limits;
        let events = limits.connection_events;
        let allowances = Allowances {
            events: events.map(|allowance| Bucket::new(allowance.into(), self.clock)),
            bytes: limits.connection_bytes.map(|allowance| Arc::new(Meter::new(allowance))),
        };
        Connection::new(io, peer, outbound, allowances, self.help.clone(), &self.sentry)
    }
}

/// socketioxide with our settings. Its feature `tracing` stays off: it logs tokens and payloads.
fn engine(
    settings: &Settings,
    adapters: &Arc<Adapters>,
) -> (SocketIoService<Nothing, Unicast>, SocketIo<Unicast>) {
    let builder = SocketIo::builder()
        .req_path(settings.path.clone())
        .ping_interval(settings.ping_interval)
        .ping_timeout(settings.ping_timeout)
        .upgrade_timeout(settings.upgrade_timeout)
        .connect_timeout(settings.connect_timeout)
        .max_buffer_size(settings.engine_packets)
        .max_payload(settings.frame_bytes as u64)
        .ws_max_message_size(settings.frame_bytes)
        .ws_max_frame_size(settings.frame_bytes)
        .ws_read_buffer_size(settings.read_buffer_bytes)
        .with_parser(
            ParserConfig::common()
                .max_incoming_binaries(settings.attachments)
                .max_incoming_binary_buf_size(settings.frame_bytes),
        );
    let builder = match settings.transports {
        Transports::WebsocketOnly => builder.transports([TransportType::Websocket]),
        Transports::PollingOnly => builder.transports([TransportType::Polling]),
        Transports::WebsocketAndPolling => {
            builder.transports([TransportType::Polling, TransportType::Websocket])
        }
    };
    builder.with_adapter::<Unicast>(Arc::clone(adapters)).build_with_inner_svc(Nothing)
}
