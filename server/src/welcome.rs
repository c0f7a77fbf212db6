//! The first thing that a client hears, and the last.

use tautline::control::{ContractVersion, Limits, Notice, NoticeKind, Welcome};
use tautline::{DateTime, SafeInt, Utc};

use crate::encode;
use crate::lane::IN_FLIGHT;
use crate::position::Position;
use crate::runtime::Runtime;
use crate::session::{MAX_ROOMS, Session};

/// Who the caller is, and what holds here.
pub(crate) fn send(runtime: &Runtime, session: &Session, at: Option<Position>) {
    let identity = session.link.identity();
    let contract = runtime.contract;
    let welcome = Welcome {
        subject: identity.subject.clone(),
        connection: session.link.id().to_string(),
        server_time: safe(runtime.clock.now_ms()),
        limits: Limits {
            event_bytes: runtime.told.event_bytes,
            frame_bytes: runtime.told.frame_bytes,
            rooms: MAX_ROOMS as u32,
            in_flight: IN_FLIGHT as u32,
        },
        ledger: runtime.ledger.clone(),
        contract: ContractVersion {
            name: contract.name.to_owned(),
            version: contract.version.to_owned(),
            hash: contract.hash.to_owned(),
        },
        token_expires_at: expiry(identity.expires_at),
        guest: identity.guest,
        guest_credential: session
            .link
            .connection()
            .guest_credential()
            .filter(|_| identity.guest)
            .map(str::to_owned),
        scopes: identity.scopes.clone(),
        at: at.map(|at| tautline::control::Position { epoch: at.epoch, seq: safe(at.seq) }),
    };
    session.send_control(encode::control("welcome", &welcome));
}

/// The server is going down.
pub(crate) fn say_goodbye(runtime: &Runtime, session: &Session) {
    let notice = Notice {
        kind: NoticeKind::ShuttingDown,
        after_ms: Some(runtime.told.retry_after_ms),
        message: "The service restarts and is back in a moment.".to_owned(),
        problem: None,
    };
    session.send_control(encode::control("notice", &notice));
}

/// When a token's time is over, as it travels.
pub(crate) fn expiry(at: Option<DateTime<Utc>>) -> Option<SafeInt> {
    at.and_then(|at| u64::try_from(at.timestamp_millis()).ok()).map(safe)
}

fn safe(number: u64) -> SafeInt {
    SafeInt::new(number).unwrap_or(SafeInt::MAX)
}
