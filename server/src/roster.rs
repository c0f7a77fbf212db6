//! Who is here: the open links and the polling sessions. A shutdown walks it, an upgrade looks in it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use uuid::Uuid;

use crate::connection::Connection;
use crate::link::Link;

/// Everybody who is connected to one server.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    links: Mutex<HashMap<usize, Placed<Arc<Link>>>>,
    connections: Mutex<HashMap<Uuid, Placed<Weak<Connection>>>>,
    next: AtomicU64,
    /// By Engine.IO session id. Secret, like the ids themselves.
    polling: Mutex<HashMap<String, Weak<Connection>>>,
}

/// Somebody, and when they came: whoever walks the roster goes in that order.
type Placed<T> = (u64, T);

impl Roster {
    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The link is open. It stays until [`Roster::remove`], which its closing calls.
    pub(crate) fn add(&self, link: &Arc<Link>) {
        lock(&self.links).insert(key(link), (self.next(), Arc::clone(link)));
    }

    pub(crate) fn remove(&self, link: &Arc<Link>) {
        lock(&self.links).remove(&key(link));
    }

    /// The links that are open now.
    pub(crate) fn links(&self) -> Vec<Arc<Link>> {
        in_order(lock(&self.links).values().cloned().collect())
    }

    /// The link of one connection in one namespace.
    pub(crate) fn find(&self, connection: Uuid, namespace: &str) -> Option<Arc<Link>> {
        let links = lock(&self.links);
        let mut links = links.values().map(|(_, link)| link);
        links.find(|link| link.id() == connection && link.namespace().path == namespace).cloned()
    }

    /// How many links are open.
    pub(crate) fn count(&self) -> usize {
        lock(&self.links).len()
    }

    pub(crate) fn add_connection(&self, connection: &Arc<Connection>) {
        lock(&self.connections).insert(connection.id(), (self.next(), Arc::downgrade(connection)));
    }

    /// The connections whose session is alive, whether they entered a namespace or not.
    pub(crate) fn connections(&self) -> Vec<Arc<Connection>> {
        let connections = lock(&self.connections);
        let alive = connections.values().filter_map(|(place, it)| Some((*place, it.upgrade()?)));
        in_order(alive.collect())
    }

    /// The connection of this public id.
    pub(crate) fn connection(&self, id: Uuid) -> Option<Arc<Connection>> {
        lock(&self.connections).get(&id)?.1.upgrade()
    }

    pub(crate) fn add_polling(&self, session: String, connection: &Arc<Connection>) {
        lock(&self.polling).insert(session, Arc::downgrade(connection));
    }

    /// The connection of a session that began with polling.
    pub(crate) fn polling(&self, session: &str) -> Option<Arc<Connection>> {
        lock(&self.polling).get(session).and_then(Weak::upgrade)
    }

    /// The connection is gone.
    pub(crate) fn forget(&self, id: Uuid, session: Option<&str>) {
        lock(&self.connections).remove(&id);
        if let Some(session) = session {
            lock(&self.polling).remove(session);
        }
    }
}

fn in_order<T>(mut placed: Vec<Placed<T>>) -> Vec<T> {
    placed.sort_unstable_by_key(|(place, _)| *place);
    placed.into_iter().map(|(_, it)| it).collect()
}

/// The link's address: it stays alive as long as it is listed.
fn key(link: &Arc<Link>) -> usize {
    Arc::as_ptr(link).addr()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
