//! The contract of these tests: lounges in which people talk, and halls in which they do not.

use tautline::{NoRefusal, contract, namespace, payload, room};

/// A lounge. Who is in it is seen, and how far they have read.
#[room("lounge:{lounge}", presence = Pose, receipts)]
pub(crate) struct Lounge {
    pub(crate) lounge: String,
}

/// A garden. Who is in it is seen.
#[room("garden:{garden}", presence = Pose)]
pub(crate) struct Garden {
    pub(crate) garden: String,
}

/// A hall. Nobody is seen.
#[room("hall:{hall}")]
pub(crate) struct Hall {
    pub(crate) hall: String,
}

/// What a guest shows.
#[payload]
pub(crate) struct Pose {
    #[field(length(1..=1500))]
    pub(crate) mood: String,
    pub(crate) is_typing: Option<bool>,
}

/// What somebody says.
#[payload]
pub(crate) struct Remark {
    pub(crate) lounge: String,
    pub(crate) text: String,
}

/// What a handler knows of a lounge.
#[payload]
pub(crate) struct Attendance {
    /// Who is there, with their moods.
    pub(crate) present: Vec<String>,
    /// Who has read how far.
    pub(crate) read: Vec<String>,
}

/// What a guest may ask for.
#[namespace("/lounges", client = LoungesClient)]
pub(crate) trait LoungesServer {
    /// Sits down. Lounges whose names begin with `gated` let nobody in before the test says so.
    #[join(guests)]
    async fn join_lounge(room: Lounge) -> Result<(), NoRefusal>;

    /// Steps out.
    #[join(guests)]
    async fn join_garden(room: Garden) -> Result<(), NoRefusal>;

    /// Stands around.
    #[join(guests)]
    async fn join_hall(room: Hall) -> Result<(), NoRefusal>;

    /// Says something.
    #[event(room = Lounge, guests)]
    async fn say(remark: Remark) -> Result<(), NoRefusal>;

    /// Asks a handler who is there.
    #[event(room = Lounge, guests)]
    async fn look_around(lounge: Lounge) -> Result<Attendance, NoRefusal>;

    /// Has a handler take the caller out.
    #[event(room = Lounge, guests)]
    async fn slip_out(lounge: Lounge) -> Result<(), NoRefusal>;
}

/// What the guests hear.
#[namespace("/lounges", side = client)]
pub(crate) trait LoungesClient {
    /// Somebody said something.
    #[event(delivery = durable, room = Lounge)]
    fn said(remark: Remark);
}

contract! { name: "lounges", version: "1.0.0", namespaces: [Lounges], scopes: [], auth: jwt, guests: true }
