//! `Stream`: an event whose content comes in parts, while its receivers watch.

mod ending;

mod book;
mod entry;
mod error;
mod found;
mod frames;
mod pump;
mod state;
mod text;
mod timers;
mod work;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use tautline::{
    ContractError, Encoded, Event, Namespace, RoomName, Uuid, Wire, decode_with_attachments, encode,
};

use crate::emitter::Roomless;
use crate::runtime::Runtime;
use crate::stage::rooms_of;

pub use error::StreamError;

pub(crate) use book::Streams;
use entry::Entry;
pub(crate) use found::{rooms_again, take_up};
use state::{Producer, Refused};
use work::Beginning;

/// A stream that was begun, in the hands of its producer: takes text, ends in an `A` or fails with an
/// `E`.
///
/// Its start and its end are durable events of its rooms. The text between them travels in numbered
/// parts, 25 a second at most, each stored before it is published: whoever enters the room in the
/// middle, or has missed a part, gets the text so far.
///
/// ```
/// # use tautline::{Answer, Failure, NoRefusal, contract, contract_error, namespace, payload, room};
/// # use tautline_server::{Context, Stream, StreamError};
/// # /// A session.
/// # #[room("session:{session}")]
/// # pub struct Session { pub session: String }
/// # /// What is asked.
/// # #[payload]
/// # pub struct Prompt { pub session: String, pub text: String }
/// # /// What is answered.
/// # #[payload]
/// # pub struct Reply { pub session: String, pub text: String, pub stream: String }
/// # /// Why not.
/// # #[contract_error]
/// # pub enum ReplyError {
/// #     /// No model.
/// #     #[problem(category = unavailable, message = "Nobody answers.", hint = "Ask again.")]
/// #     NoModel,
/// # }
/// # /// From clients.
/// # #[namespace("/chat", client = ChatClient)]
/// # pub trait ChatServer {
/// #     /// Enters.
/// #     #[join]
/// #     async fn join_session(room: Session) -> Result<(), NoRefusal>;
/// #     /// Asks.
/// #     #[event(room = Session)]
/// #     async fn ask(prompt: Prompt) -> Result<(), NoRefusal>;
/// # }
/// # /// To clients.
/// # #[namespace("/chat", side = client)]
/// # pub trait ChatClient {
/// #     /// An answer was written.
/// #     #[event(delivery = durable, room = Session)]
/// #     fn replied(reply: Reply);
/// #     /// An answer, as it is written.
/// #     #[stream(room = Session, lease = "15s")]
/// #     fn reply(start: Prompt) -> Result<Reply, ReplyError>;
/// # }
/// # contract! { name: "chat", version: "1.0.0", namespaces: [Chat], scopes: [], auth: none, guests: true }
/// # async fn tokens(_: &str) -> Vec<String> { Vec::new() }
/// async fn ask(cx: &Context<Chat>, prompt: Prompt) -> Answer<()> {
///     let stream = cx.emit().reply(&prompt);
///     tokio::spawn(write(stream, prompt));
///     Ok(())
/// }
///
/// async fn write(stream: Stream<Chat, Reply, ReplyError>, prompt: Prompt) -> Answer<Reply> {
///     for token in tokens(&prompt.text).await {
///         stream.append(&token).await?;
///     }
///     let id = stream.id().to_string();
///     let text = stream.so_far().text;
///     stream
///         .finish_with(move |tx| {
///             let reply = Reply { session: prompt.session, text, stream: id };
///             tx.emit().replied(&reply);
///             Ok(reply)
///         })
///         .await
/// }
/// ```
///
/// Dropped without an end it is left to its lease: the time of the contract, from the last that was
/// heard of its producer. It fails then with `timed_out`. Before that the same producer or another one
/// can go on: `server.emitter::<Chat>().reopen_reply(id)`, also after the server was started anew,
/// which gives it one more lease. The stream then belongs to whoever came last; the one before gets
/// [`StreamError::Fenced`].
#[must_use = "a stream that is dropped fails when its lease is over"]
pub struct Stream<N, A, E> {
    streams: Arc<Streams>,
    entry: Arc<Entry>,
    producer: Producer,
    roomless: Roomless,
    types: Types<N, A, E>,
}

type Types<N, A, E> = PhantomData<fn() -> (N, A, E)>;

/// How far a stream has got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SoFar {
    /// The number of its last part; 0 if there is none.
    pub number: u32,
    /// All its parts, in one.
    pub text: String,
}

impl<N: Namespace, A: Wire, E: ContractError> Stream<N, A, E> {
    /// Begins a stream.
    pub(crate) fn begin<P: Wire>(
        runtime: &Runtime,
        roomless: Roomless,
        cause: Option<Uuid>,
        (event, rooms): (&'static Event, Vec<RoomName>),
        start: &P,
    ) -> Self {
        let streams = Arc::clone(&runtime.streams);
        let rooms = rooms_of::<N>(event, rooms);
        let payload = encode(start).map_err(|error| StreamError::Encode(Arc::new(error)));
        let entry = streams.begin(Beginning { event, rooms, payload, cause });
        Self { streams, entry, producer: 0, roomless, types: PhantomData }
    }

    /// Goes on with a stream that was begun.
    pub(crate) async fn reopen(
        streams: Arc<Streams>,
        roomless: Roomless,
        event: &'static Event,
        id: Uuid,
    ) -> Result<Self, StreamError> {
        streams.found().await;
        let is_it = |entry: &Arc<Entry>| entry.is_of(N::FACTS.path, event);
        let entry = streams.find(&id).filter(is_it).ok_or(StreamError::NotOpen)?;
        let producer = streams.take_over(&entry).await?;
        Ok(Self { streams, entry, producer, roomless, types: PhantomData })
    }

    /// The stream's id, which its parts and its end carry.
    pub fn id(&self) -> Uuid {
        self.entry.id
    }

    /// What it was started with: for a producer that comes back.
    ///
    /// # Errors
    /// When it is not a `P`: the contract is another one now.
    pub fn start<P: Wire>(&self) -> Result<P, serde_json::Error> {
        let Encoded { json, attachments } = &self.entry.payload;
        decode_with_attachments(attachments.clone(), || serde_json::from_str(json))
    }

    /// How far it has got, with all that was added. After a `reopen`: where to go on.
    pub fn so_far(&self) -> SoFar {
        self.entry.so_far()
    }

    /// Adds text. Returns as soon as it is taken: several calls make one part, which is stored and
    /// published within 40 ms. Waits while the journal is behind; dropped meanwhile, nothing of it is
    /// taken.
    ///
    /// # Errors
    /// When the stream is not this producer's any more, would be too long, or its start was not
    /// stored.
    pub async fn append(&self, text: impl AsRef<str>) -> Result<(), StreamError> {
        let text = text.as_ref();
        self.add(|entry, now| entry.state().append(self.producer, text, now)).await
    }

    /// Adds the part of this number, for a producer that counts its parts itself: sent twice, it is
    /// there once. The first one is number 1; [`Stream::so_far`] says which was the last.
    ///
    /// # Errors
    /// Likewise, and [`StreamError::Gap`] when a part before it is missing.
    pub async fn append_part(&self, number: u32, text: impl AsRef<str>) -> Result<(), StreamError> {
        let text = text.as_ref();
        self.add(|entry, now| entry.state().append_part(self.producer, number, text, now)).await
    }

    /// Says that the producer is still there, though it has nothing to say: its lease begins anew.
    ///
    /// # Errors
    /// When the stream is not this producer's any more.
    pub fn renew(&self) -> Result<(), StreamError> {
        let renewed = self.entry.state().renew(self.producer, self.streams.now());
        renewed.map_err(|refused| self.streams.error(&self.entry, refused))
    }

    /// Waits until the stream is not this producer's any more, and says why. For a `select!` around
    /// what makes the text.
    pub async fn lost(&self) -> StreamError {
        loop {
            let changed = self.entry.changed.notified();
            if let Err(refused) = self.entry.state().held_by(self.producer) {
                return self.streams.error(&self.entry, refused);
            }
            if self.streams.is_closing() {
                return StreamError::ShuttingDown;
            }
            changed.await;
        }
    }

    async fn add(
        &self,
        take: impl Fn(&Entry, u64) -> Result<(), Refused>,
    ) -> Result<(), StreamError> {
        loop {
            let changed = self.entry.changed.notified();
            if self.streams.is_closing() {
                return Err(StreamError::ShuttingDown);
            }
            match take(&self.entry, self.streams.now()) {
                Ok(()) => {
                    self.streams.look_at(&self.entry);
                    return Ok(());
                }
                Err(Refused::Full) if self.entry.fault().is_none() => changed.await,
                Err(refused) => return Err(self.streams.error(&self.entry, refused)),
            }
        }
    }
}

impl<N, A, E> fmt::Debug for Stream<N, A, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("id", &self.entry.id).finish_non_exhaustive()
    }
}
