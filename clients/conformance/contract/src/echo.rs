//! `/echo`: values of every kind, back to their sender as an answer and as an event.

use std::collections::BTreeMap;

use tautline::{
    Bytes, DateTime, Finite, I64, Json, NoRefusal, Patch, SafeInt, U64, Url, Utc, Uuid, namespace,
    payload,
};

/// Text, alone and in collections.
#[payload]
pub struct Texts {
    /// Any text.
    pub text: String,
    /// Several.
    pub list: Vec<String>,
    /// Some with names.
    pub by_key: BTreeMap<String, String>,
}

/// Every integer of the profile.
#[payload]
pub struct Integers {
    /// 8 bits.
    pub tiny: i8,
    /// 16 bits.
    pub small: i16,
    /// 32 bits.
    pub whole: i32,
    /// 64 bits, as text.
    pub wide: I64,
    /// 8 bits without a sign.
    pub tiny_count: u8,
    /// 16 bits without a sign.
    pub small_count: u16,
    /// 32 bits without a sign.
    pub count: u32,
    /// 53 bits without a sign.
    pub safe_count: SafeInt,
    /// 64 bits without a sign, as text.
    pub wide_count: U64,
}

/// Numbers with a fraction.
#[payload]
pub struct Fractions {
    /// One of them.
    pub number: Finite,
    /// Many of them.
    pub numbers: Vec<Finite>,
}

/// Fields that may be missing, and fields within them.
#[payload]
pub struct Optionals {
    /// Optional text.
    pub text: Option<String>,
    /// An optional flag.
    pub flag: Option<bool>,
    /// An optional list.
    pub list: Option<Vec<Nested>>,
    /// An optional structure.
    pub nested: Option<Nested>,
}

/// A structure that may hold itself.
#[payload]
pub struct Nested {
    /// A value that may be missing.
    pub value: Option<u32>,
    /// The next one.
    pub deeper: Option<Box<Nested>>,
}

/// A change of several fields: each may be left alone, cleared or set.
#[payload]
pub struct Change {
    /// A change of text.
    pub title: Patch<String>,
    /// A change of a number.
    pub count: Patch<u32>,
    /// A change of a structure.
    pub nested: Patch<Nested>,
}

/// Values that travel as text of a given form.
#[payload]
pub struct Identifiers {
    /// A UUID.
    pub id: Uuid,
    /// An instant.
    pub at: DateTime<Utc>,
    /// An address.
    pub link: Url,
    /// An id of our own.
    pub reference: Reference,
}

/// An id of our own, as plain text on the wire.
#[payload]
pub struct Reference(pub String);

/// Enums of every kind.
#[payload]
pub struct Shapes {
    /// One with a tag.
    pub shape: Shape,
    /// Several.
    pub more: Vec<Shape>,
    /// One without fields.
    pub colour: Colour,
    /// One that may grow.
    pub mood: Mood,
}

/// A shape, told by its tag.
#[payload]
pub enum Shape {
    /// No extent.
    Point,
    /// A circle.
    Circle {
        /// How wide.
        radius: Finite,
    },
    /// A way through corners.
    Line {
        /// The corners.
        corners: Vec<Corner>,
        /// Whether it ends where it began.
        is_closed: Option<bool>,
    },
}

/// A corner of a line.
#[payload]
pub struct Corner {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A colour.
#[payload]
pub enum Colour {
    /// As grass.
    GrassGreen,
    /// As the sky.
    SkyBlue,
}

/// A mood. More are coming.
#[payload(open)]
pub enum Mood {
    /// Fine.
    Calm,
    /// Not so fine.
    Busy {
        /// With how many things.
        tasks: u32,
    },
}

/// Bytes beside other fields.
#[payload]
pub struct Blob {
    /// What they are.
    pub name: String,
    /// The bytes.
    pub content: Bytes,
    /// More bytes.
    pub preview: Bytes,
}

/// Values of no known form.
#[payload]
pub struct Anything {
    /// Any JSON.
    pub value: Json,
    /// Any JSON by name.
    pub by_key: BTreeMap<String, Json>,
}

/// Every command answers with its payload, and sends it to its caller as an event before.
#[namespace("/echo", client = EchoClient)]
pub trait EchoServer {
    /// Echoes text.
    #[event(guests = true)]
    async fn echo_texts(texts: Texts) -> Result<Texts, NoRefusal>;
    /// Echoes integers.
    #[event(guests = true)]
    async fn echo_integers(integers: Integers) -> Result<Integers, NoRefusal>;
    /// Echoes numbers with a fraction.
    #[event(guests = true)]
    async fn echo_fractions(fractions: Fractions) -> Result<Fractions, NoRefusal>;
    /// Echoes what may be missing.
    #[event(guests = true)]
    async fn echo_optionals(optionals: Optionals) -> Result<Optionals, NoRefusal>;
    /// Echoes a change.
    #[event(guests = true)]
    async fn echo_change(change: Change) -> Result<Change, NoRefusal>;
    /// Echoes identifiers.
    #[event(guests = true)]
    async fn echo_identifiers(identifiers: Identifiers) -> Result<Identifiers, NoRefusal>;
    /// Echoes enums.
    #[event(guests = true)]
    async fn echo_shapes(shapes: Shapes) -> Result<Shapes, NoRefusal>;
    /// Echoes bytes.
    #[event(guests = true, max_bytes = "512KiB")]
    async fn echo_blob(blob: Blob) -> Result<Blob, NoRefusal>;
    /// Echoes any JSON.
    #[event(guests = true)]
    async fn echo_anything(anything: Anything) -> Result<Anything, NoRefusal>;
    /// Takes nothing and answers nothing.
    #[event(guests = true)]
    async fn echo_nothing() -> Result<(), NoRefusal>;
}

/// What comes back.
#[namespace("/echo", side = client)]
pub trait EchoClient {
    /// The text that was sent.
    #[event]
    fn texts(texts: Texts);
    /// The integers that were sent.
    #[event]
    fn integers(integers: Integers);
    /// The numbers that were sent.
    #[event]
    fn fractions(fractions: Fractions);
    /// The fields that were sent, and no others.
    #[event]
    fn optionals(optionals: Optionals);
    /// The change that was sent.
    #[event]
    fn change(change: Change);
    /// The identifiers that were sent.
    #[event]
    fn identifiers(identifiers: Identifiers);
    /// The enums that were sent.
    #[event]
    fn shapes(shapes: Shapes);
    /// The bytes that were sent.
    #[event]
    fn blob(blob: Blob);
    /// The JSON that was sent.
    #[event]
    fn anything(anything: Anything);
    /// Nothing was sent.
    #[event]
    fn nothing();
}
