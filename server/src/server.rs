//! `Server`: the handle of a running server, cheap to clone.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use axum::Router;
use chrono::{DateTime, Utc};
use tautline::{Contract, Namespace, Room, Uuid};
use tokio::net::TcpListener;

use crate::builder::Builder;
use crate::commit::Work;
use crate::connections::Connections;
use crate::emitter::{EmitterSink, Roomless};
use crate::handshake::SocketLayer;
use crate::journal::{Change, Health, JournalError, Receipt, RevocationRecord, RoomKey};
use crate::listener::SocketListener;
use crate::presence::Present;
use crate::revocation;
use crate::rooms::RoomHandle;
use crate::runtime::Runtime;
use crate::sentry::{Bans, NotStored};
use crate::stage::personal;
use crate::transport::Transport;
use crate::versions::VersionCounts;

/// A server of one contract. Clones are the same server.
#[derive(Clone)]
pub struct Server {
    runtime: Arc<Runtime>,
    transport: Transport,
}

impl Server {
    /// Begins a server of this contract.
    pub fn builder(contract: &'static Contract) -> Builder {
        Builder::new(contract)
    }

    pub(crate) fn new(runtime: Arc<Runtime>, transport: Transport) -> Self {
        Self { runtime, transport }
    }

    /// Emits from outside of a handler: to the rooms that a payload names, and without a room to
    /// everybody in the namespace.
    pub fn emitter<N: Namespace>(&self) -> N::Emit<EmitterSink<N>> {
        self.emit_to::<N>(Roomless::Everyone)
    }

    /// Emits to one caller, on all its connections. For what must reach it later, too, give the
    /// contract a durable event with `room = User`.
    pub fn to_user<N: Namespace>(&self, subject: &str) -> N::Emit<EmitterSink<N>> {
        self.emit_to::<N>(Roomless::Room(personal(N::FACTS.path, subject)))
    }

    /// Emits to one connection, by its public id.
    pub fn to_connection<N: Namespace>(&self, connection: Uuid) -> N::Emit<EmitterSink<N>> {
        let link = self.transport.core.roster.find(connection, N::FACTS.path);
        self.emit_to::<N>(Roomless::Connection(link))
    }

    fn emit_to<N: Namespace>(&self, roomless: Roomless) -> N::Emit<EmitterSink<N>> {
        EmitterSink::<N>::new(Arc::clone(&self.runtime), roomless).into()
    }

    /// One room: who is in it, and the way to put them out.
    pub fn room<N: Namespace>(&self, room: &impl Room) -> RoomHandle {
        let key = RoomKey { namespace: N::FACTS.path, room: room.name() };
        RoomHandle::new(Arc::clone(&self.runtime), key)
    }

    /// Who is in a room, in the order in which they came: `server.presence::<Chat, _>(&session)`.
    /// Nobody, unless the contract gives the room presence.
    pub fn presence<N: Namespace, R: Room>(&self, room: &R) -> Vec<Present<R::Presence>> {
        let key = RoomKey { namespace: N::FACTS.path, room: room.name() };
        self.runtime.presence.of::<R>(&key)
    }

    /// How far each user has got in a room, by subject, as it is stored.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn receipts<N: Namespace>(
        &self,
        room: &impl Room,
    ) -> Result<BTreeMap<String, Receipt>, JournalError> {
        let key = RoomKey { namespace: N::FACTS.path, room: room.name() };
        self.runtime.receipts.all(&key).await
    }

    /// Revokes one token by its `jti`, until it would have ended anyway: nobody comes in with it, and whoever
    /// is in because of it has to sign in again. The journal keeps it as long.
    ///
    /// # Errors
    /// When it holds but could not be stored.
    pub async fn revoke_token(&self, id: &str, until: DateTime<Utc>) -> Result<(), NotStored> {
        self.revoke(revocation::of_token(id, until)).await
    }

    /// Revokes all tokens of a subject that were issued until then, by their `iat`: "sign out everywhere".
    /// The journal keeps it for as long as one of them may live:
    /// [`Settings::longest_token`](crate::Settings::longest_token).
    ///
    /// # Errors
    /// When it holds but could not be stored.
    pub async fn revoke_subject(
        &self,
        subject: &str,
        until: DateTime<Utc>,
    ) -> Result<(), NotStored> {
        let longest = self.transport.core.settings.longest_token;
        self.revoke(revocation::of_subject(subject, until, longest)).await
    }

    async fn revoke(&self, record: RevocationRecord) -> Result<(), NotStored> {
        self.runtime.revoked.found(vec![record.clone()], self.runtime.clock.now_ms());
        self.runtime.end_revoked();
        let mut work = Work::new();
        work.effects.changes.push(Change::TokensRevoked(record));
        let stored = self.runtime.writer.store(work).await;
        stored.map(drop).map_err(|error| NotStored(format!("{error:?}")))
    }

    /// What a subject may do has changed: its services are asked for each room in which it is whether it
    /// may still be there, and it is put out of the others with their refusal.
    pub fn authorize_again(&self, subject: &str) {
        for link in self.transport.core.roster.links() {
            if link.identity().subject == subject {
                link.authorize_again();
            }
        }
    }

    /// Who is connected, and the way to end a connection.
    pub fn connections(&self) -> Connections {
        Connections(Arc::clone(&self.transport.core))
    }

    /// How many links are open: one for each namespace of each connection.
    pub fn links(&self) -> usize {
        self.transport.core.roster.count()
    }

    /// In how many rooms somebody is. Those in which everybody is by itself do not count.
    pub fn rooms(&self) -> usize {
        self.runtime.rooms.named()
    }

    /// Who may not connect, and the way to change that.
    pub fn bans(&self) -> Bans {
        Bans(Arc::clone(&self.runtime.sentry))
    }

    /// Whether the journal can store. While it cannot, the server stays up and reads on, refuses commands
    /// that have to be stored as `journal_unavailable`, and goes on by itself when the cause is gone.
    pub fn journal_health(&self) -> Health {
        match self.runtime.journal.health() {
            Health::Ready => self.runtime.writer.health(),
            failing @ Health::Failing(_) => failing,
        }
    }

    /// How many clients came with the server's own contract, with another state of it, and with
    /// none: who is still out there before an older version is given up.
    pub fn version_counts(&self) -> VersionCounts {
        self.transport.core.versions.counts()
    }

    /// The server as a layer around an application's routes. Everything but the Socket.IO path goes
    /// through untouched.
    pub fn layer(&self) -> SocketLayer {
        self.transport.layer()
    }

    /// The server as routes of its own, to be merged into an application's.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.transport.router()
    }

    /// A listener for `axum::serve`, which sees to stalled clients and to back-pressure.
    pub fn listener(&self, tcp: TcpListener) -> SocketListener {
        self.transport.listener(tcp)
    }

    /// Serves `app` and this server on one port until `stop` is done, then shuts down.
    ///
    /// # Errors
    /// When the port cannot be served.
    pub async fn serve(&self, tcp: TcpListener, app: Router, stop: impl Future) -> io::Result<()> {
        let ended = async {
            // Whatever it says: it is time to go.
            let _said = stop.await;
            self.shutdown().await;
        };
        self.transport.serve(tcp, app, ended).await
    }

    /// Goes down in good order: refuses what comes, calls open questions off, tells every client,
    /// closes every link, waits until handlers and hooks have ended, and closes the journal.
    pub async fn shutdown(&self) {
        self.runtime.begin_closing();
        self.transport.shutdown().await;
        let patience = self.transport.core.settings.shutdown_timeout;
        if tokio::time::timeout(patience, self.runtime.tasks.idle()).await.is_err() {
            tracing::warn!("some handlers have not ended");
        }
        self.runtime.writer.close().await;
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("contract", &self.runtime.contract.name)
            .finish_non_exhaustive()
    }
}
