//! Socket.IO v5 packets as text: `<type>[<attachments>-][<namespace>,][<id>][<data>]`. Pure.

use std::fmt;

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// Asks for a namespace, or grants it.
    Connect,
    /// Leaves a namespace.
    Disconnect,
    /// An event.
    Event,
    /// The answer to an event.
    Ack,
    /// Refuses a namespace.
    ConnectError,
    /// An event with attachments.
    BinaryEvent,
    /// An answer with attachments.
    BinaryAck,
}

impl SocketKind {
    const ALL: [Self; 7] = [
        Self::Connect,
        Self::Disconnect,
        Self::Event,
        Self::Ack,
        Self::ConnectError,
        Self::BinaryEvent,
        Self::BinaryAck,
    ];

    fn has_attachments(self) -> bool {
        matches!(self, Self::BinaryEvent | Self::BinaryAck)
    }
}

/// One packet, without its attachments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketPacket<'a> {
    /// What it is.
    pub kind: SocketKind,
    /// How many attachments follow.
    pub attachments: usize,
    /// The namespace, with its slash.
    pub namespace: &'a str,
    /// What ties an answer to its event.
    pub id: Option<u64>,
    /// The JSON text; empty where there is none.
    pub data: &'a str,
}

impl<'a> SocketPacket<'a> {
    /// Reads a packet; `None` if it is not one. The data is not looked into.
    pub fn parse(text: &'a str) -> Option<Self> {
        let digit = usize::from(text.bytes().next()?.checked_sub(b'0')?);
        let kind = *SocketKind::ALL.get(digit)?;
        let mut rest = &text[1..];
        let mut attachments = 0;
        if kind.has_attachments() {
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
        let id = if id.is_empty() { None } else { Some(id.parse().ok()?) };
        Some(Self { kind, attachments, namespace, id, data })
    }

    /// The name of an event: the first entry of its data.
    pub fn event(&self) -> Option<String> {
        if !matches!(self.kind, SocketKind::Event | SocketKind::BinaryEvent) {
            return None;
        }
        let entries = self.data.trim_start().strip_prefix('[')?;
        serde_json::Deserializer::from_str(entries).into_iter().next()?.ok()
    }
}

impl fmt::Display for SocketPacket<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind as u8)?;
        if self.kind.has_attachments() {
            write!(f, "{}-", self.attachments)?;
        }
        if self.namespace != "/" {
            write!(f, "{},", self.namespace)?;
        }
        if let Some(id) = self.id {
            write!(f, "{id}")?;
        }
        f.write_str(self.data)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_packet_survives_the_way(
            digit in 0_usize..7,
            attachments in 0_usize..20,
            namespace in "/[a-z/-]{0,12}",
            id in prop::option::of(any::<u64>()),
            data in r#"(\[("[a-z, \[\]]{0,8}"(,[0-9{}"]{0,8})?)?\]|\{\}|)"#,
        ) {
            let kind = SocketKind::ALL[digit];
            let attachments = if kind.has_attachments() { attachments } else { 0 };
            let packet = SocketPacket { kind, attachments, namespace: &namespace, id, data: &data };

            let text = packet.to_string();

            prop_assert_eq!(SocketPacket::parse(&text), Some(packet));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,60}") {
            if let Some(packet) = SocketPacket::parse(&text) {
                packet.event();
            }
        }
    }

    #[test]
    fn the_name_is_the_first_entry() {
        let event = |text| SocketPacket::parse(text).and_then(|packet| packet.event());

        assert_eq!(event(r#"2/chat,7["say \"it\"",{}]"#).as_deref(), Some("say \"it\""));
        assert_eq!(event(r#"51-["page",{"_placeholder":true,"num":0}]"#).as_deref(), Some("page"));
        assert_eq!(event(r#"3/chat,7["said"]"#), None);
        assert_eq!(event("2[7]"), None);
        assert_eq!(event("2"), None);
    }

    #[test]
    fn what_is_cut_short_is_no_packet_or_has_no_name() {
        assert_eq!(SocketPacket::parse("5"), None);
        assert_eq!(SocketPacket::parse("52"), None);
        let cut = SocketPacket::parse(r#"2/chat,7["sa"#).expect("its head is whole");
        assert_eq!(cut.event(), None);
    }
}
