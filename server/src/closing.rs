//! The last words to a connection that ends for a reason: Socket.IO's close carries none, so a notice goes
//! before it, whose problem says why and what helps.

use std::sync::Arc;

use tautline::Problem;
use tautline::control::{Notice, NoticeKind};

use crate::encode;
use crate::frame_out::{Class, Frame};
use crate::link::Link;
use crate::trace::TraceId;

/// Tells those who are about to be closed why. Whoever calls this ends them.
pub(crate) fn tell<'a>(links: impl IntoIterator<Item = &'a Arc<Link>>, problem: &Problem) {
    let mut links = links.into_iter().peekable();
    let Some(first) = links.peek() else { return };
    let mut problem = first.connection().help().on(problem).into_owned();
    if problem.trace_id.is_empty() {
        problem.trace_id = TraceId::new().to_string();
    }
    let notice = Notice {
        kind: NoticeKind::Closing,
        after_ms: problem.recovery.after_ms,
        message: problem.message.clone(),
        problem: Some(problem),
    };
    let frame = Frame::Event(encode::control("notice", &notice));
    for link in links {
        link.send(Class::Control, frame.clone());
    }
}
