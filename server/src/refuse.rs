//! The way of a refusal to its caller: in the acknowledgement, or as an event of its own if the
//! caller asked for none. Never in silence.

use serde::Serialize;
use tautline::{Problem, Uuid};

use crate::encode;
use crate::frame_out::{Class, Frame};
use crate::note;
use crate::session::Session;

#[derive(Serialize)]
struct ProblemEvent<'a> {
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
    problem: &'a Problem,
}

/// Tells the caller.
pub(crate) fn tell(
    session: &Session,
    event: &str,
    id: Option<Uuid>,
    ack: Option<i64>,
    problem: &Problem,
) {
    note::refused(session.facts(), event, problem);
    let problem = &*session.link.connection().help().on(problem);
    match ack {
        Some(ack) => session.link.send(Class::Ack, Frame::Ack(ack, encode::ack_error(problem))),
        None => {
            session.send_control(encode::control("problem", &ProblemEvent { event, id, problem }));
        }
    }
}
