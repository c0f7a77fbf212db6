//! `Bytes`: raw bytes as a plain field. They travel as a Socket.IO attachment.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Wire, encode};

/// Raw bytes. On the wire an attachment, in plain JSON base64 text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Bytes(pub bytes::Bytes);

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

/// What Socket.IO puts in the JSON where an attachment belongs.
#[derive(Serialize)]
struct Placeholder {
    _placeholder: bool,
    num: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Read {
    Placeholder { _placeholder: bool, num: usize },
    Base64(String),
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match encode::push_attachment(&self.0) {
            Some(num) => Placeholder { _placeholder: true, num }.serialize(serializer),
            None => serializer.serialize_str(&STANDARD.encode(&self.0)),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Read::deserialize(deserializer).map_err(|_| de::Error::custom("expected bytes"))? {
            Read::Placeholder { _placeholder: true, num } => encode::attachment(num)
                .map(Self)
                .ok_or_else(|| de::Error::custom("expected bytes: the attachment is missing")),
            Read::Placeholder { .. } => Err(de::Error::custom("expected bytes")),
            Read::Base64(text) => STANDARD
                .decode(&text)
                .map(|bytes| Self(bytes.into()))
                .map_err(|_| de::Error::custom("expected bytes as base64 text")),
        }
    }
}

impl Wire for Bytes {}
super::described!(
    Bytes,
    ts = "ArrayBuffer | Uint8Array",
    schema = { "type": "string", "contentEncoding": "base64" }
);
