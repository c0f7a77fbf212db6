//! What a member shows: JSON that was checked and is passed on as it is.

use std::sync::Arc;

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// A state as it travels. Cheap to clone; equal if the text is.
#[derive(Clone, Debug)]
pub(crate) struct State(Arc<RawValue>);

impl State {
    /// Takes JSON text.
    ///
    /// # Errors
    /// When it is none.
    pub(crate) fn new(json: String) -> Result<Self, serde_json::Error> {
        Ok(Self(RawValue::from_string(json)?.into()))
    }

    /// The JSON text.
    pub(crate) fn json(&self) -> &str {
        self.0.get()
    }

    /// How many bytes it is.
    pub(crate) fn size(state: &Option<Self>) -> usize {
        state.as_ref().map_or(0, |state| state.json().len())
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.json() == other.json()
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
