//! Frames of messages, and what is left of them when they are cut short.

use proptest::prelude::*;

use super::*;

fn text(text: &str) -> Piece {
    Piece::Text(text.to_owned())
}

fn bytes(bytes: &'static [u8]) -> Piece {
    Piece::Binary(bytes.into())
}

/// The frames of these messages, and what is incomplete at their end.
fn assembled(pieces: impl IntoIterator<Item = Piece>) -> Vec<Frame> {
    let mut assembler = Assembler::default();
    let mut frames: Vec<_> = pieces.into_iter().flat_map(|piece| assembler.push(piece)).collect();
    frames.extend(assembler.give_up());
    frames
}

#[test]
fn each_kind_is_told_from_the_others() {
    let kinds = |texts: &[&str]| -> Vec<Kind> {
        assembled(texts.iter().map(|it| text(it))).iter().map(|frame| frame.kind).collect()
    };

    assert_eq!(
        kinds(&["0{}", "1", "2", "3probe", "5", "6", "7", "4x"]),
        [
            Kind::Open,
            Kind::Close,
            Kind::Ping,
            Kind::Pong,
            Kind::Upgrade,
            Kind::Noop,
            Kind::Unknown,
            Kind::Unknown
        ]
    );
    assert_eq!(
        kinds(&["40{}", "41/chat,", r#"42["say"]"#, "431[]", "44{}", "450-[\"say\"]", "460-1[]"]),
        [
            Kind::Connect,
            Kind::Disconnect,
            Kind::Event,
            Kind::Ack,
            Kind::ConnectError,
            Kind::BinaryEvent,
            Kind::BinaryAck
        ]
    );
}

#[test]
fn a_packet_waits_for_its_attachments_and_a_ping_does_not_wait_for_them() {
    let head = r#"452-/chat,["page",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;

    let frames = assembled([text(head), bytes(b"one"), text("2"), bytes(b"two"), bytes(b"three")]);

    let kinds: Vec<_> = frames.iter().map(|frame| frame.kind).collect();
    assert_eq!(kinds, [Kind::Ping, Kind::BinaryEvent, Kind::Unknown]);
    assert_eq!(frames[1].pieces, [text(head), bytes(b"one"), bytes(b"two")]);
    assert_eq!(frames[1].event.as_deref(), Some("page"));
}

#[test]
fn the_next_packet_says_that_attachments_are_not_coming() {
    let frames = assembled([text(r#"451-["page"]"#), text(r#"42["say"]"#), bytes(b"late")]);

    let kinds: Vec<_> = frames.iter().map(|frame| frame.kind).collect();
    assert_eq!(kinds, [Kind::BinaryEvent, Kind::Event, Kind::Unknown]);
}

#[test]
fn nobody_can_make_it_wait_for_what_never_comes() {
    let frames = assembled([text(r#"4599999-["page"]"#), bytes(b"one")]);

    let kinds: Vec<_> = frames.iter().map(|frame| frame.kind).collect();
    assert_eq!(kinds, [Kind::BinaryEvent, Kind::Unknown]);
}

fn piece() -> impl Strategy<Value = Piece> {
    prop_oneof![
        r#"[0-7]|4[0-6](/chat,)?[0-9]{0,2}\["a"\]|45[0-3]-\["a"\]|4.{0,6}"#.prop_map(Piece::Text),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(|it| Piece::Binary(it.into())),
    ]
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_is_made_up(pieces in prop::collection::vec(piece(), 0..20)) {
        let sorted = |mut pieces: Vec<Piece>| {
            pieces.sort_by_key(|piece| format!("{piece:?}"));
            pieces
        };

        let frames = assembled(pieces.clone());

        let out = frames.into_iter().flat_map(|frame| frame.pieces).collect();
        prop_assert_eq!(sorted(out), sorted(pieces));
    }

    #[test]
    fn what_is_cut_short_is_a_beginning(pieces in prop::collection::vec(piece(), 1..4), length in 0_usize..30) {
        let flat = |pieces: &[Piece]| -> Vec<u8> {
            pieces.iter().flat_map(|piece| match piece {
                Piece::Text(text) => text.as_bytes().to_vec(),
                Piece::Binary(bytes) => bytes.to_vec(),
            }).collect()
        };
        let whole = flat(&pieces);
        let mut frame = Frame { kind: Kind::Unknown, namespace: None, event: None, id: None, pieces };

        frame.truncate(length);

        let left = flat(&frame.pieces);
        prop_assert!(whole.starts_with(&left));
        // At most the rest of one character is missing.
        prop_assert!(left.len() <= length && left.len() + 4 > length.min(whole.len()));
    }
}
