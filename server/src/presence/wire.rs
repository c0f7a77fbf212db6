//! Presence as it travels: what a newcomer gets, and what the others hear.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use tautline::RoomName;

use super::state::State;
use crate::encode::{self, json};
use crate::frame_out::Payload;

/// One user who is in a room.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Member {
    #[serde(serialize_with = "text")]
    pub(crate) subject: Arc<str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<State>,
    pub(crate) since: u64,
}

impl Member {
    /// In the order in which they came, and by name where they came together.
    pub(crate) fn sort(members: &mut [Self]) {
        members.sort_by(|a, b| (a.since, &a.subject).cmp(&(b.since, &b.subject)));
    }
}

/// Everybody, as one who comes gets it. Written once for all who come before the next change.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot(Arc<str>);

impl Snapshot {
    pub(crate) fn new(version: u64, mut members: Vec<Member>) -> Self {
        #[derive(Serialize)]
        struct Presence<'a> {
            version: u64,
            members: &'a [Member],
        }
        Member::sort(&mut members);
        Self(json(&Presence { version, members: &members }).into())
    }

    /// `{"version":7,"members":[…]}`.
    pub(crate) fn json(&self) -> &str {
        &self.0
    }
}

/// What became of the members since the change before.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Change {
    pub(crate) version: u64,
    /// Who came or shows something else.
    pub(crate) present: Vec<Member>,
    /// Who left.
    pub(crate) absent: Vec<Arc<str>>,
}

impl Change {
    pub(crate) fn is_empty(&self) -> bool {
        self.present.is_empty() && self.absent.is_empty()
    }

    /// `["tautline:presence",{…}]`.
    pub(crate) fn frame(&self, room: &RoomName) -> Payload {
        #[derive(Serialize)]
        struct Presence<'a> {
            room: &'a RoomName,
            version: u64,
            present: &'a [Member],
            absent: Vec<&'a str>,
        }
        let Self { version, present, absent } = self;
        let absent = absent.iter().map(|subject| &**subject).collect();
        encode::control("presence", &Presence { room, version: *version, present, absent })
    }
}

fn text<S: Serializer>(text: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}
