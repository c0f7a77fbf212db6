//! Socket.IO packets as text: `<type>[<attachments>-][<namespace>,][<id>][<data>]`.

use std::fmt;

/// One packet, without its attachments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// `0` CONNECT, `1` DISCONNECT, `2` EVENT, `3` ACK, `4` CONNECT_ERROR, `5` and `6` as 2 and 3 with
    /// attachments.
    pub kind: char,
    /// How many attachments follow.
    pub attachments: usize,
    /// The namespace.
    pub namespace: String,
    /// The number that ties an acknowledgement to its event.
    pub id: Option<i64>,
    /// The JSON text; empty where there is none.
    pub data: String,
}

impl Packet {
    /// Reads a packet; `None` if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = text.chars().next().filter(|kind| ('0'..='6').contains(kind))?;
        let mut rest = &text[1..];
        let mut attachments = 0;
        if matches!(kind, '5' | '6') {
            let (count, after) = rest.split_once('-')?;
            attachments = count.parse().ok()?;
            rest = after;
        }
        let mut namespace = "/";
        if rest.starts_with('/') {
            (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (id, data) = rest.split_at(digits);
        Some(Self {
            kind,
            attachments,
            namespace: namespace.to_owned(),
            id: id.parse().ok(),
            data: data.to_owned(),
        })
    }
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if matches!(self.kind, '5' | '6') {
            write!(f, "{}-", self.attachments)?;
        }
        if self.namespace != "/" {
            write!(f, "{},", self.namespace)?;
        }
        if let Some(id) = self.id {
            write!(f, "{id}")?;
        }
        f.write_str(&self.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_come_back_as_they_were() {
        for text in [
            "0/chat,{\"token\":\"t\"}",
            "1/chat,",
            "2[\"ping\",{}]",
            "2/chat,12[\"ping\",{}]",
            "3/chat,12[{\"ok\":null}]",
            "52-/chat,3[\"file\",{\"_placeholder\":true,\"num\":0}]",
        ] {
            assert_eq!(Packet::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_packet_is_none() {
        assert_eq!(Packet::parse(""), None);
        assert_eq!(Packet::parse("9"), None);
        assert_eq!(Packet::parse("5[\"no count\"]"), None);
    }
}
