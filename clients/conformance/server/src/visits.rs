//! Who came to `/work`, and how often the server said that they left.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tautline::{DisconnectReason, Uuid};
use tautline_conformance::work::Visit;

/// Every visit so far. Outlives the server, so that the last departures are counted too.
#[derive(Clone, Default)]
pub(crate) struct Visits(Arc<Mutex<Vec<Visit>>>);

impl Visits {
    /// Somebody has come.
    pub(crate) fn arrived(&self, connection: Uuid) {
        let connection = connection.to_string();
        self.all().push(Visit { connection, departures: 0, reason: None });
    }

    /// Somebody has left.
    pub(crate) fn departed(&self, connection: Uuid, reason: DisconnectReason) {
        let connection = connection.to_string();
        if let Some(visit) = self.all().iter_mut().find(|visit| visit.connection == connection) {
            visit.departures += 1;
            visit.reason = Some(reason.as_str().to_owned());
        }
    }

    /// All visits, in the order of arrival.
    pub(crate) fn list(&self) -> Vec<Visit> {
        self.all().clone()
    }

    fn all(&self) -> MutexGuard<'_, Vec<Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
