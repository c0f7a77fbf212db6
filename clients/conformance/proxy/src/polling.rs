//! Carries the requests of polling: a body has several frames, which are judged one by one.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use tokio::time::sleep;

use crate::desk::{Desk, Verdict};
use crate::engine_packet::{EnginePacket, read_body, write_body};
use crate::frame::{Assembler, Direction, Frame};
use crate::line::Passage;
use crate::link::Link;
use crate::log::Act;
use crate::upstream::{TurnedAway, Upstream, whole};

/// Carries one request of a session, and its answer.
pub(crate) async fn carry(
    desk: &Desk,
    link: &Link,
    upstream: &Upstream,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, TurnedAway> {
    tokio::select! {
        response = exchange(desk, link, upstream, request) => response,
        () = link.cut_off() => Err(TurnedAway),
    }
}

async fn exchange(
    desk: &Desk,
    link: &Link,
    upstream: &Upstream,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, TurnedAway> {
    let (mut head, body) = request.into_parts();
    let mut body = whole(body).await?;
    // A compressed answer could not be read.
    head.headers.remove(ACCEPT_ENCODING);
    head.headers.remove(CONTENT_LENGTH);
    if head.method == Method::POST {
        body = judged(desk, link, Direction::Up, &body).await?;
        if body.is_empty() {
            return Ok(Response::new(Full::from("ok")));
        }
    }
    let is_poll = head.method == Method::GET;
    let (mut head, mut body) = upstream.ask(head, body).await?;
    if is_poll && head.status.is_success() {
        if let Some(session) = session_in(&body) {
            desk.name(link, &session);
        }
        body = judged(desk, link, Direction::Down, &body).await?;
        if body.is_empty() {
            body = EnginePacket::Noop.to_string().into();
        }
    }
    for header in [CONTENT_LENGTH, TRANSFER_ENCODING] {
        head.headers.remove(header);
    }
    Ok(Response::from_parts(head, Full::new(body)))
}

/// What is left of a body when the rules have seen it, at the time at which it may go on.
async fn judged(
    desk: &Desk,
    link: &Link,
    direction: Direction,
    body: &Bytes,
) -> Result<Bytes, TurnedAway> {
    let Ok(text) = std::str::from_utf8(body) else { return Ok(body.clone()) };
    let mut assembler = Assembler::default();
    let mut frames: Vec<_> =
        read_body(text).into_iter().flat_map(|piece| assembler.push(piece)).collect();
    frames.extend(assembler.give_up());

    let mut out: Vec<(Frame, u64)> = match direction {
        Direction::Up => Vec::new(),
        Direction::Down => link.owed().into_iter().map(|frame| (frame, 0)).collect(),
    };
    let mut wait = Duration::ZERO;
    for frame in frames {
        let Verdict { passages, reply, trip, latency } = desk.judge(link, direction, frame);
        wait = wait.max(latency);
        if let Some(reply) = reply {
            link.owe(reply);
        }
        for passage in passages {
            match passage {
                Passage::Frame { frame, delay_ms } => {
                    wait += Duration::from_millis(delay_ms);
                    out.push((frame, trip));
                }
                Passage::Cut(half) => {
                    desk.note(Act::Lost, link, direction, out.iter().map(|(f, trip)| (f, *trip)));
                    link.cut(half);
                    return Err(TurnedAway);
                }
                Passage::HalfOpen(way) => link.stop(way),
            }
        }
    }
    sleep(wait).await;
    link.until_stopped(direction, false).await;
    desk.note(Act::Passed, link, direction, out.iter().map(|(frame, trip)| (frame, *trip)));
    Ok(write_body(out.iter().flat_map(|(frame, _)| &frame.pieces)).into())
}

/// The session's id, if a body begins with the handshake.
fn session_in(body: &Bytes) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Open {
        sid: String,
    }
    let text = std::str::from_utf8(body).ok()?;
    let data = text.split('\x1e').next()?.strip_prefix('0')?;
    serde_json::from_str(data).ok().map(|Open { sid }| sid)
}
