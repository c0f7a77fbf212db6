//! JSON on the wire, with byte fields beside it as Socket.IO attachments.
//!
//! While a value is encoded or decoded here, each [`Bytes`](crate::Bytes) in it stands as a
//! placeholder and travels as an attachment. Outside, it is base64 text, so that logs, examples and
//! the journal hold plain JSON.

use std::cell::RefCell;

use serde::Serialize;

thread_local! {
    /// The attachments of the value being encoded or decoded on this thread.
    static ATTACHMENTS: RefCell<Option<Vec<bytes::Bytes>>> = const { RefCell::new(None) };
}

/// A value as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Encoded {
    /// The value as JSON text.
    pub json: String,
    /// Its byte fields, in the order of their placeholders.
    pub attachments: Vec<bytes::Bytes>,
}

/// Encodes a value for the wire.
///
/// # Errors
/// What serde says; a type of the portable profile never fails.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Encoded, serde_json::Error> {
    let scope = Scope::enter(Vec::new());
    let json = serde_json::to_string(value)?;
    Ok(Encoded { json, attachments: scope.leave() })
}

/// Runs `decode` with the attachments that its placeholders stand for.
pub fn decode_with_attachments<T>(attachments: Vec<bytes::Bytes>, decode: impl FnOnce() -> T) -> T {
    let _scope = Scope::enter(attachments);
    decode()
}

/// Puts one attachment aside and gives its number, if an encode is running.
pub(crate) fn push_attachment(bytes: &bytes::Bytes) -> Option<usize> {
    ATTACHMENTS.with_borrow_mut(|scope| {
        let attachments = scope.as_mut()?;
        attachments.push(bytes.clone());
        Some(attachments.len() - 1)
    })
}

/// The attachment of this number, if a decode is running and has it.
pub(crate) fn attachment(number: usize) -> Option<bytes::Bytes> {
    ATTACHMENTS.with_borrow(|scope| scope.as_ref()?.get(number).cloned())
}

/// The attachments of one encode or decode; restores what was there before, also on unwinding.
struct Scope(Option<Vec<bytes::Bytes>>);

impl Scope {
    fn enter(attachments: Vec<bytes::Bytes>) -> Self {
        Self(ATTACHMENTS.replace(Some(attachments)))
    }

    fn leave(self) -> Vec<bytes::Bytes> {
        ATTACHMENTS.take().unwrap_or_default()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        ATTACHMENTS.set(self.0.take());
    }
}
