//! The proxy as a test holds it: started, told what to break, asked what it did, ended.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tokio::net::TcpListener;

use crate::desk::Desk;
use crate::handshake;
use crate::log::{Entry, Search};
use crate::rule::{Half, LinkId, Rule, RuleId, Way};
use crate::upstream::{Upstream, small_socket};

/// A proxy on a free port of this machine. It ends when it is dropped, and all its links with it.
///
/// ```no_run
/// use tautline_fault_proxy::{Act, Action, FaultProxy, Rule, Search, When};
///
/// # async fn example() -> Result<(), tautline_fault_proxy::StartError> {
/// let proxy = FaultProxy::start("http://127.0.0.1:4000").await?;
/// // The answer to the second card gets lost, and the link with it.
/// let rule = Rule::new(When::acks().of("add_card"), Action::Cut { half: Default::default() });
/// proxy.add(rule.nth(2).once());
/// // … clients connect to `proxy.url()` …
/// proxy.found(&Search::new(Act::Cut, When::default()), 1).await;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FaultProxy {
    desk: Arc<Desk>,
    address: SocketAddr,
}

/// How a proxy begins.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// What chance is drawn from.
    pub seed: u64,
    /// How long a frame and its answer are on their way together.
    pub rtt: Duration,
}

/// How many clients may wait to be taken.
const WAITING: u32 = 1024;

/// Why a proxy did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// What it shall stand before is no server's origin.
    #[error("`{0}` is no origin: write `http://127.0.0.1:4000`")]
    Origin(String),
    /// There is no port.
    #[error("no port to listen on: {0}")]
    Port(#[from] io::Error),
}

impl FaultProxy {
    /// Stands before the server at this origin.
    ///
    /// # Errors
    /// When that is no origin, or no port is free.
    pub async fn start(upstream: &str) -> Result<Self, StartError> {
        Self::start_with(upstream, Options::default()).await
    }

    /// The same, with a seed or a latency.
    ///
    /// # Errors
    /// When that is no origin, or no port is free.
    pub async fn start_with(upstream: &str, options: Options) -> Result<Self, StartError> {
        let no_origin = || StartError::Origin(upstream.to_owned());
        let uri = upstream.parse::<Uri>().map_err(|_| no_origin())?;
        let authority = uri.authority().ok_or_else(no_origin)?.to_string();
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        // What it accepts is as small as itself.
        let socket = small_socket(any_port)?;
        socket.bind(any_port)?;
        let listener = socket.listen(WAITING)?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk::new(options.seed, options.rtt));
        tokio::spawn(accept(Arc::clone(&desk), Upstream { authority }, listener));
        Ok(Self { desk, address })
    }

    /// Where clients connect instead: an origin.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a rule behind those that are there: the first that acts on a frame is the only one.
    pub fn add(&self, rule: Rule) -> RuleId {
        self.desk.add(rule)
    }

    /// Takes a rule away. False if it is not there.
    pub fn remove(&self, rule: RuleId) -> bool {
        self.desk.remove(rule)
    }

    /// Takes all rules away.
    pub fn clear(&self) {
        self.desk.clear();
    }

    /// Cuts all links, or one, now: what is on its way is lost.
    pub fn cut(&self, link: Option<LinkId>, half: Half) {
        self.desk.cut(link, half);
    }

    /// Takes nothing more from all links, or one, and tells nobody.
    pub fn half_open(&self, link: Option<LinkId>, way: Way) {
        self.desk.stop(link, way);
    }

    /// Takes what has piled up, and goes on.
    pub fn go_on(&self, link: Option<LinkId>) {
        self.desk.go_on(link);
    }

    /// Changes how long frames are on their way.
    pub fn set_rtt(&self, rtt: Duration) {
        self.desk.set_rtt(rtt);
    }

    /// The links that have not ended.
    pub fn links(&self) -> Vec<LinkId> {
        self.desk.links()
    }

    /// What happened, in order.
    pub fn find(&self, search: &Search) -> Vec<Entry> {
        self.desk.find(search)
    }

    /// Waits until so much of it has happened.
    pub async fn found(&self, search: &Search, count: usize) -> Vec<Entry> {
        self.desk.found(search, count).await
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.desk.ended.cancel();
    }
}

async fn accept(desk: Arc<Desk>, upstream: Upstream, listener: TcpListener) {
    loop {
        let stream = tokio::select! {
            () = desk.ended.cancelled() => return,
            accepted = listener.accept() => match accepted {
                // Without it, small frames would wait for each other.
                Ok((stream, _)) if stream.set_nodelay(true).is_ok() => stream,
                // The client has gone again, or there are no more files: the next one may have luck.
                Ok(_) | Err(_) => continue,
            },
        };
        tokio::spawn(handshake::serve(Arc::clone(&desk), upstream.clone(), stream));
    }
}
