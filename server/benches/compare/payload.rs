//! What travels in the benchmark, and the contract that types it.

use tautline::{contract, contract_error, namespace, payload, room};

/// A typed message of about 190 bytes of JSON.
#[payload]
pub(crate) struct Note {
    /// Which one it is.
    pub number: u32,
    /// Who wrote it.
    pub author: String,
    /// What it says.
    pub text: String,
    /// What it is about.
    pub tags: Vec<String>,
}

impl Note {
    /// The note of this number.
    pub(crate) fn sample(number: u32) -> Self {
        Self {
            number,
            author: "2b4f9f0e-5c0f-4f6e-9a3c-1f6d0f1a7c11".to_owned(),
            text: "A knot that holds under load and never slips, tied once.".to_owned(),
            tags: ["rope", "knot", "load"].map(str::to_owned).to_vec(),
        }
    }
}

/// What the server says to a note.
#[payload]
pub(crate) struct Taken {
    /// The note's number.
    pub number: u32,
}

/// The room that everybody listens in.
#[room("hall:{hall}")]
pub(crate) struct Hall {
    /// Which one.
    pub hall: String,
}

/// An announcement of about 250 bytes of JSON.
#[payload]
pub(crate) struct News {
    /// Where it is said.
    pub hall: String,
    /// What is said.
    pub note: Note,
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
    /// Enters the hall.
    #[join(guests = true)]
    async fn join_hall(room: Hall) -> Result<Taken, BenchError>;
    /// Takes a note.
    #[event(guests = true)]
    async fn take(note: Note) -> Result<Taken, BenchError>;
    /// Says a note to the hall.
    #[event(guests = true)]
    async fn announce(news: News) -> Result<Taken, BenchError>;
}

/// What the load hears.
#[namespace("/bench", side = client)]
pub(crate) trait BenchClient {
    /// A note was said.
    #[event(room = Hall)]
    fn news(news: News);
}

contract! { name: "bench", version: "1.0.0", namespaces: [Bench], scopes: [], auth: none, guests: true }
