//! What a server may be told about its transport, with the defaults and the reason for each.

use std::time::Duration;

use ipnet::IpNet;

use crate::help::CODE;
use crate::limits::Limits;
use crate::origin::AllowedOrigins;
use crate::versions::Admission;

/// The transport's settings. Every default suits a server on the open internet.
///
/// ```
/// use std::time::Duration;
/// use tautline_server::Settings;
///
/// let settings = Settings { ping_interval: Duration::from_secs(10), ..Settings::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Settings {
    /// The path of the Socket.IO requests. Default `/socket.io`, as in every Socket.IO client.
    pub path: String,
    /// How clients may connect. Default [`Transports::WebsocketOnly`]: polling needs sticky sessions
    /// behind a load balancer and costs a round trip per message.
    pub transports: Transports,
    /// Whether the requests of one polling session may come from several addresses. Default no: its id
    /// stands in the URL of each, where proxies write it down, and whoever reads it there could speak for its
    /// client. Needed for clients behind proxies that change their address from request to request.
    pub roaming_sessions: bool,
    /// Which pages may connect. Default: the server's own, as browsers would have it for requests;
    /// websockets are free of that rule unless the server keeps it.
    pub allowed_origins: AllowedOrigins,
    /// The proxies in front of the server, by network: `"10.0.0.0/8".parse()?`. Whom they name in
    /// `X-Forwarded-For` is the client; what anybody else writes there is ignored. Default none.
    pub trusted_proxies: Vec<IpNet>,
    /// How much one client may ask for.
    pub limits: Limits,
    /// The time between two pings. Default 25 s, as in Socket.IO: below the 30 s after which the
    /// strictest common proxies cut a silent connection.
    pub ping_interval: Duration,
    /// How long a pong may take before the connection counts as dead. Default 20 s, as in Socket.IO.
    pub ping_timeout: Duration,
    /// How often members are told how far their rooms are that moved: the last event that gets lost
    /// has no successor to show the gap. Default 25 s, as often as a link is looked at anyway; a
    /// fifth more or less.
    pub heads_interval: Duration,
    /// How long a connection may stay without entering a namespace. Default 10 s, as in Centrifugo;
    /// Socket.IO has 45 s, which lets strangers hold connections for nothing.
    pub connect_timeout: Duration,
    /// How long checking a token may take. Default 5 s; shorter than `connect_timeout`, so that the
    /// client learns the reason from us and not from silence.
    pub authentication_timeout: Duration,
    /// How long before its token ends a client is told to bring another one. Default 60 s: enough to ask
    /// an identity provider twice. Of what is left of a short token, half.
    pub token_notice: Duration,
    /// How long a connection stays after its token has ended. Default 25 s, as in Centrifugo: a client
    /// that is just bringing another one keeps its rooms.
    pub token_grace: Duration,
    /// How long a token lives at most: so long it is remembered that the tokens of a subject were revoked.
    /// Default 30 days. If an identity provider gives longer ones, say so: the log warns when one comes.
    pub longest_token: Duration,
    /// How long an upgrade from polling may take. Default 10 s, as in Socket.IO.
    pub upgrade_timeout: Duration,
    /// How long a client may take nothing of what waits for it before it is cut. Default 15 s: a
    /// phone that changes cells comes back sooner, and a client that is cut catches up anyway.
    pub stall_timeout: Duration,
    /// The largest websocket message, polling body and sum of attachments, in bytes. Default 1 MiB,
    /// as in Socket.IO. A larger one ends its connection.
    pub frame_bytes: usize,
    /// The largest event, in bytes, unless the contract says otherwise for it. Default 64 KiB, as in
    /// Centrifugo and Ably. A larger one is refused as `payload_too_large`.
    pub event_bytes: usize,
    /// The most text that one stream may have, in bytes. Default 256 KiB, some sixty thousand tokens:
    /// whoever comes late gets it in one answer. More is refused to the producer.
    pub stream_bytes: usize,
    /// The most attachments of one event. Default 10, as in Socket.IO.
    pub attachments: usize,
    /// How many packets socketioxide may hold for one connection. Default 128, its own.
    pub engine_packets: usize,
    /// How many frames may wait behind those before durable and live ones are dropped. Default 64.
    pub outbound_frames: usize,
    /// How many bytes may wait there before the same happens, and before acknowledgements end the
    /// connection. Default 1 MiB, as in Centrifugo.
    pub outbound_bytes: usize,
    /// The read buffer of one websocket, in bytes. Default 1024: a bigger one makes each idle
    /// connection bigger, and commands are small.
    pub read_buffer_bytes: usize,
    /// How long the journal may take for what it is asked to do, before commands that have to be stored are
    /// refused instead of queued behind it. Default 5 s: a disk that has not synced by then is dead, or
    /// as good as that.
    pub journal_patience: Duration,
    /// Where the pages of codes are that `cargo contract write` makes, with `{code}` for the code:
    /// `https://example.org/errors/{code}`. Problems then point to theirs (`help`), but for those that end
    /// a stream: they are stored, and an address is not for ever. Default none.
    pub help_pages: Option<String>,
    /// How long a shutdown waits for clients to take the news. Default 5 s.
    pub shutdown_timeout: Duration,
    /// When a client that comes during a shutdown is told to come again. Default 2 s.
    pub retry_after: Duration,
    /// What becomes of clients that do not say which contract they were built from. Default: they
    /// come in, as any Socket.IO client may.
    pub stock_clients: Admission,
    /// What becomes of clients of a state of the contract of which `contract.compat.json` says
    /// nothing. Default: refused as `upgrade_client`, since nobody knows what would become of their
    /// commands; let in with a warning in a debug build, where the contract changes all day.
    pub unlisted_clients: Admission,
}

/// How clients may connect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transports {
    /// By websocket.
    #[default]
    WebsocketOnly,
    /// By websocket or by polling, with the upgrade from one to the other.
    WebsocketAndPolling,
    /// By polling.
    PollingOnly,
}

impl Transports {
    pub(crate) fn has_websocket(self) -> bool {
        matches!(self, Self::WebsocketOnly | Self::WebsocketAndPolling)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/socket.io".to_owned(),
            transports: Transports::default(),
            roaming_sessions: false,
            allowed_origins: AllowedOrigins::default(),
            trusted_proxies: Vec::new(),
            limits: Limits::default(),
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            heads_interval: Duration::from_secs(25),
            connect_timeout: Duration::from_secs(10),
            authentication_timeout: Duration::from_secs(5),
            token_notice: Duration::from_secs(60),
            token_grace: Duration::from_secs(25),
            longest_token: Duration::from_secs(30 * 86_400),
            upgrade_timeout: Duration::from_secs(10),
            stall_timeout: Duration::from_secs(15),
            frame_bytes: 1024 * 1024,
            event_bytes: 64 * 1024,
            stream_bytes: 256 * 1024,
            attachments: 10,
            engine_packets: 128,
            outbound_frames: 64,
            outbound_bytes: 1024 * 1024,
            read_buffer_bytes: 1024,
            journal_patience: Duration::from_secs(5),
            help_pages: None,
            shutdown_timeout: Duration::from_secs(5),
            retry_after: Duration::from_secs(2),
            stock_clients: Admission::Admit,
            unlisted_clients: if cfg!(debug_assertions) {
                Admission::Admit
            } else {
                Admission::Refuse
            },
        }
    }
}

impl Settings {
    /// Everything that is wrong with these settings, each with its way out.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let mut mistakes = [self.allowed_origins.mistakes(), self.limits.mistakes()].concat();
        let mut rule = |holds: bool, mistake: &str| {
            if !holds {
                mistakes.push(mistake.to_owned());
            }
        };
        rule(
            self.path.starts_with('/') && self.path.len() > 1 && !self.path.ends_with('/'),
            "`path` is not a path: start it with `/` and do not end it with one",
        );
        rule(
            !self.path.contains(['{', '}', '*', '?', '#']),
            "`path` has a character of a pattern or a query: use letters, digits, `-`, `.` and `/`",
        );
        let names_code = self.help_pages.as_ref().is_none_or(|pages| pages.contains(CODE));
        rule(
            names_code,
            "`help_pages` does not say where the code goes: write `{code}` into the address",
        );
        for (name, time) in [
            ("ping_interval", self.ping_interval),
            ("ping_timeout", self.ping_timeout),
            ("heads_interval", self.heads_interval),
            ("connect_timeout", self.connect_timeout),
            ("authentication_timeout", self.authentication_timeout),
            ("upgrade_timeout", self.upgrade_timeout),
            ("stall_timeout", self.stall_timeout),
            ("journal_patience", self.journal_patience),
        ] {
            rule(!time.is_zero(), &format!("`{name}` is zero: give it some time"));
        }
        rule(
            self.authentication_timeout < self.connect_timeout,
            "`authentication_timeout` is not below `connect_timeout`: a slow check would end in \
             silence instead of a reason",
        );
        for (name, count) in [
            ("frame_bytes", self.frame_bytes),
            ("event_bytes", self.event_bytes),
            ("stream_bytes", self.stream_bytes),
            ("engine_packets", self.engine_packets),
            ("outbound_frames", self.outbound_frames),
            ("outbound_bytes", self.outbound_bytes),
            ("read_buffer_bytes", self.read_buffer_bytes),
        ] {
            rule(count > 0, &format!("`{name}` is zero: nothing could pass"));
        }
        rule(
            self.event_bytes <= self.frame_bytes,
            "`event_bytes` is above `frame_bytes`: a frame carries the event and its envelope",
        );
        mistakes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_without_mistakes() {
        assert_eq!(Settings::default().mistakes(), Vec::<String>::new());
    }

    #[test]
    fn all_mistakes_come_at_once() {
        let settings = Settings {
            path: "socket.io/".to_owned(),
            ping_interval: Duration::ZERO,
            authentication_timeout: Duration::from_secs(10),
            event_bytes: 2 * 1024 * 1024,
            help_pages: Some("https://example.org/errors/".to_owned()),
            ..Settings::default()
        };

        let mistakes = settings.mistakes();

        assert_eq!(mistakes.len(), 5, "{mistakes:#?}");
        assert!(mistakes[1].starts_with("`help_pages` does not say"), "{mistakes:#?}");
        assert!(mistakes[2].starts_with("`ping_interval` is zero"), "{mistakes:#?}");
    }
}
