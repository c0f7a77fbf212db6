//! Engine.IO v4 packets, and the body in which polling carries several of them. Pure.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

/// What stands between two packets of a polling body.
const SEPARATOR: char = '\x1e';

/// One packet: a websocket message, or a part of a polling body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text: a digit for what it is, then its data.
    Text(String),
    /// Bytes: an attachment.
    Binary(Bytes),
}

impl Piece {
    /// How long it is.
    pub fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What a text packet is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnginePacket<'a> {
    /// The handshake, as JSON.
    Open(&'a str),
    /// The end.
    Close,
    /// Are you there? With a word while a transport is probed.
    Ping(&'a str),
    /// Yes.
    Pong(&'a str),
    /// A Socket.IO packet.
    Message(&'a str),
    /// From now on over this transport.
    Upgrade,
    /// Nothing.
    Noop,
}

impl<'a> EnginePacket<'a> {
    /// Reads a text packet; `None` if it is not one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let kind = text.chars().next()?;
        let data = &text[kind.len_utf8()..];
        match (kind, data) {
            ('0', _) => Some(Self::Open(data)),
            ('1', "") => Some(Self::Close),
            ('2', _) => Some(Self::Ping(data)),
            ('3', _) => Some(Self::Pong(data)),
            ('4', _) => Some(Self::Message(data)),
            ('5', "") => Some(Self::Upgrade),
            ('6', "") => Some(Self::Noop),
            _ => None,
        }
    }
}

impl fmt::Display for EnginePacket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open(data) => write!(f, "0{data}"),
            Self::Close => f.write_str("1"),
            Self::Ping(data) => write!(f, "2{data}"),
            Self::Pong(data) => write!(f, "3{data}"),
            Self::Message(data) => write!(f, "4{data}"),
            Self::Upgrade => f.write_str("5"),
            Self::Noop => f.write_str("6"),
        }
    }
}

/// Reads a polling body. A part that claims to be bytes and is not base64 stays text.
pub fn read_body(body: &str) -> Vec<Piece> {
    if body.is_empty() {
        return Vec::new();
    }
    body.split(SEPARATOR)
        .map(|part| {
            let bytes = part.strip_prefix('b').and_then(|encoded| STANDARD.decode(encoded).ok());
            bytes.map_or_else(|| Piece::Text(part.to_owned()), |bytes| Piece::Binary(bytes.into()))
        })
        .collect()
}

/// Writes a polling body.
pub fn write_body<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> String {
    let mut body = String::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        if index > 0 {
            body.push(SEPARATOR);
        }
        match piece {
            Piece::Text(text) => body.push_str(text),
            Piece::Binary(bytes) => {
                body.push('b');
                STANDARD.encode_string(bytes, &mut body);
            }
        }
    }
    body
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        // No separator, and no `b` in front, which would say that bytes follow.
        "[0-6][^\x1e]{0,40}"
    }

    proptest! {
        #[test]
        fn what_was_read_is_written_again(text in text()) {
            if let Some(packet) = EnginePacket::parse(&text) {
                prop_assert_eq!(packet.to_string(), text);
            }
        }

        #[test]
        fn a_body_survives_the_way(pieces in prop::collection::vec(
            prop_oneof![
                text().prop_map(Piece::Text),
                prop::collection::vec(any::<u8>(), 0..40).prop_map(|it| Piece::Binary(it.into())),
            ],
            0..8,
        )) {
            prop_assert_eq!(read_body(&write_body(&pieces)), pieces);
        }

        #[test]
        fn any_text_at_all_is_read_and_written_as_it_was(body in ".{0,80}") {
            prop_assert_eq!(write_body(&read_body(&body)), body);
        }
    }

    #[test]
    fn a_packet_that_may_not_have_data_is_none_with_it() {
        assert_eq!(EnginePacket::parse("1"), Some(EnginePacket::Close));
        assert_eq!(EnginePacket::parse("1x"), None);
        assert_eq!(EnginePacket::parse(""), None);
        assert_eq!(EnginePacket::parse("é"), None);
    }
}
