//! The contract of these tests: pages on which somebody writes.

use tautline::{Bytes, NoRefusal, contract, contract_error, namespace, payload, room};

/// A page. Whoever reads it sees what is written.
#[room("page:{page}", retention = "400")]
pub(crate) struct Page {
    pub(crate) page: String,
}

/// A wall on which pages hang.
#[room("wall:{wall}", retention = "400")]
pub(crate) struct Wall {
    pub(crate) wall: String,
}

/// What begins.
#[payload]
pub(crate) struct Draft {
    pub(crate) page: String,
    pub(crate) title: String,
}

/// What begins in two places.
#[payload]
pub(crate) struct Poster {
    pub(crate) page: String,
    pub(crate) wall: String,
}

/// What begins with a picture.
#[payload]
pub(crate) struct Picture {
    pub(crate) page: String,
    pub(crate) pixels: Bytes,
}

/// What was written.
#[payload]
pub(crate) struct Text {
    pub(crate) page: String,
    pub(crate) text: String,
    pub(crate) stream: String,
}

/// Why nothing more is written.
#[contract_error]
pub(crate) enum WriteError {
    /// Nothing comes to mind.
    #[problem(category = unavailable, message = "{title} is not finished.", hint = "Wait.")]
    Blocked { title: String },
}

/// How a handler ends.
#[payload]
pub(crate) enum Ending {
    Kept,
    TakenBack,
    Stumbled,
}

/// What a handler writes.
#[payload]
pub(crate) struct Task {
    pub(crate) draft: Draft,
    pub(crate) ending: Ending,
}

/// What a client may ask for.
#[namespace("/pages", client = PagesClient)]
pub(crate) trait PagesServer {
    /// Reads a page.
    #[join(guests = true)]
    async fn join_page(room: Page) -> Result<(), WriteError>;

    /// Looks at a wall.
    #[join(guests = true)]
    async fn join_wall(room: Wall) -> Result<(), NoRefusal>;

    /// Writes within the handler.
    #[event(delivery = idempotent, guests = true)]
    async fn write(task: Task) -> Result<Text, WriteError>;
}

/// What the server tells.
#[namespace("/pages", side = client)]
pub(crate) trait PagesClient {
    /// Something was written to its end.
    #[event(delivery = durable, room = Page)]
    fn written(text: Text);

    /// Something is being written.
    #[stream(room = Page, lease = "10s")]
    fn writing(draft: Draft) -> Result<Text, WriteError>;

    /// Something is being written in two places.
    #[stream(room = [Page, Wall], lease = "10s")]
    fn posting(poster: Poster) -> Result<Text, WriteError>;

    /// Something is being drawn.
    #[stream(room = Page, lease = "10s")]
    fn drawing(picture: Picture) -> Result<Picture, NoRefusal>;

    /// Which picture shall stay?
    #[question(room = Page, expires = "20s")]
    async fn choose(draft: Draft) -> Result<Text, WriteError>;
}

contract! { name: "pages", version: "1.0.0", namespaces: [Pages], scopes: [], auth: none, guests: true }
