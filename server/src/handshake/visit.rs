//! One request of a session that polls: it costs what a frame costs, and its body is read as fast as it is paid
//! for. One at a time brings packets, as Engine.IO has it: the engine itself would take any number.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use futures_util::{StreamExt, stream};
use http::{Method, Request};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

use super::header_bytes;
use crate::address::ClientAddress;
use crate::connection::Connection;
use crate::pace::{Pace, Pieces};
use crate::transport::Core;

/// A request of a session.
pub(super) struct Visit {
    pace: Option<Pace>,
    /// What it needs to bring packets, if it brings any.
    posting: Option<Arc<Semaphore>>,
    permit: Option<OwnedSemaphorePermit>,
    /// How long it may go on without an end: as long as a session without a sign of life, since what a client
    /// says to a ping waits behind it.
    patience: Duration,
}

impl Visit {
    pub(super) fn new(
        core: &Core,
        connection: &Connection,
        request: &Request<Body>,
        client: Option<ClientAddress>,
    ) -> Self {
        let mut pace = core.pace(connection, client, Pieces::Packets);
        if let Some(pace) = &mut pace {
            let query = request.uri().query().unwrap_or_default();
            pace.took_request(query.len() + header_bytes(request.headers()));
        }
        let posts = request.method() == Method::POST;
        let posting = posts.then(|| connection.posting()).flatten();
        let patience = core.settings.ping_interval + core.settings.ping_timeout;
        Self { pace, posting, permit: None, patience }
    }

    /// Pays for what has come of it. `None` if it brings packets while another one does.
    pub(super) async fn begin(mut self) -> Option<Self> {
        if let Some(pace) = &mut self.pace {
            pace.paid().await;
        }
        if let Some(posting) = self.posting.take() {
            self.permit = Some(posting.try_acquire_owned().ok()?);
        }
        Some(self)
    }

    /// The body, each part of which is paid for before anybody sees it: whoever goes before that has sent
    /// nothing.
    pub(super) fn read(self, body: Body) -> Body {
        let end = Instant::now() + self.patience;
        let parts = (body.into_data_stream(), self);
        Body::from_stream(stream::unfold(parts, move |(mut body, mut visit)| async move {
            let part = match tokio::time::timeout_at(end, body.next()).await {
                Ok(part) => part?,
                Err(late) => Err(axum::Error::new(late)),
            };
            if let (Some(pace), Ok(part)) = (&mut visit.pace, &part) {
                pace.took(part);
                pace.paid().await;
            }
            Some((part, (body, visit)))
        }))
    }
}
