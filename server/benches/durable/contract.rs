//! What travels in the benchmark.

use tautline::{Uuid, contract, contract_error, namespace, payload, room};

/// A message of about 190 bytes of JSON.
#[payload]
pub(crate) struct Note {
    /// Where it is said.
    pub hall: String,
    /// Which one it is.
    pub number: u32,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
}

impl Note {
    /// The note of this number.
    pub(crate) fn sample(hall: String, number: u32) -> Self {
        Self {
            hall,
            number,
            author: "2b4f9f0e-5c0f-4f6e-9a3c-1f6d0f1a7c11".to_owned(),
            text: "A knot that holds under load and never slips, tied once and for all of them."
                .to_owned(),
        }
    }
}

/// Ids that grow, as those of one client do, without asking the system for chance each time.
pub(crate) struct Ids(u128);

impl Ids {
    pub(crate) fn new() -> Self {
        Self(Uuid::now_v7().as_u128())
    }

    pub(crate) fn next(&mut self) -> Uuid {
        self.0 += 1;
        Uuid::from_u128(self.0)
    }
}

/// What the server says to a note.
#[payload]
pub(crate) struct Taken {
    /// The note's number.
    pub number: u32,
}

/// A room.
#[room("hall:{hall}", retention = "10000000")]
pub(crate) struct Hall {
    /// Which one.
    pub hall: String,
}

/// Nothing is refused here.
#[contract_error]
pub(crate) enum BenchError {
    /// Never.
    #[problem(category = internal, message = "Never.", hint = "")]
    Never,
}

/// What the load asks.
#[namespace("/bench", client = BenchClient)]
pub(crate) trait BenchServer {
    /// Enters a hall.
    #[join(guests = true)]
    async fn join_hall(room: Hall) -> Result<Taken, BenchError>;
    /// Says a note in its hall, once.
    #[event(delivery = idempotent, room = Hall, guests = true)]
    async fn say(note: Note) -> Result<Taken, BenchError>;
}

/// What the load hears.
#[namespace("/bench", side = client)]
pub(crate) trait BenchClient {
    /// A note was said.
    #[event(delivery = durable, room = Hall)]
    fn said(note: Note);
}

contract! { name: "bench", version: "1.0.0", namespaces: [Bench], scopes: [], auth: none, guests: true }
