//! Follows the websocket frames in the bytes that the engine writes (RFC 6455, section 5.2): whether
//! they stand between two frames, and how many of our messages went by.

/// Where a stream of frames stands. Frames of a server carry no mask.
#[derive(Clone, Debug, Default)]
pub(super) struct Cursor {
    state: State,
    messages: u64,
    /// A close frame began: nothing may follow it.
    is_closed: bool,
}

#[derive(Clone, Debug, Default)]
enum State {
    /// Before a frame.
    #[default]
    Between,
    /// In its head.
    Head { bytes: [u8; 10], have: usize },
    /// In its content.
    Content { left: u64, kind: Kind, seen: u8 },
}

/// What a frame's content is to us.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// Text: the first two bytes tell.
    Text,
    /// The second byte tells: the first one is that of a Socket.IO packet.
    Packet,
    /// One of our messages.
    Ours,
    /// Anything else.
    Other,
}

impl Cursor {
    /// How many of our messages went by: events and acknowledgements, and their byte fields.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// Whether another frame may stand here.
    pub(super) fn is_between_frames(&self) -> bool {
        matches!(self.state, State::Between) && !self.is_closed
    }

    /// Whether a close frame went by, or begins to.
    pub(super) fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// These bytes go by.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        self.pass_until(u64::MAX, bytes);
    }

    /// These bytes go by, up to the first place between two frames at which so many messages have
    /// gone by. Says how many bytes that were.
    pub(super) fn pass_until(&mut self, messages: u64, mut bytes: &[u8]) -> usize {
        let all = bytes.len();
        while let Some((first, rest)) = bytes.split_first() {
            if self.messages >= messages && matches!(self.state, State::Between) {
                break;
            }
            match &mut self.state {
                State::Between => {
                    let mut head = [0; 10];
                    head[0] = *first;
                    self.is_closed |= first & 0x0F == 0x8;
                    self.state = State::Head { bytes: head, have: 1 };
                    bytes = rest;
                }
                State::Head { bytes: head, have } => {
                    head[*have] = *first;
                    *have += 1;
                    bytes = rest;
                    if *have == head_len(head[1]) {
                        let kind = match head[0] & 0x0F {
                            0x1 => Kind::Text,
                            0x2 => Kind::Ours,
                            _ => Kind::Other,
                        };
                        let left = content_len(head);
                        self.enter(left, kind);
                    }
                }
                State::Content { left, kind, seen } => {
                    // Only the first two bytes are looked at.
                    let step = if *seen < 2 { 1 } else { *left };
                    let step = step.min(bytes.len() as u64);
                    if *seen < 2 {
                        *kind = told_by(*kind, *first);
                        *seen += 1;
                    }
                    *left -= step;
                    let (left, kind) = (*left, *kind);
                    bytes = &bytes[usize::try_from(step).unwrap_or(bytes.len())..];
                    if left == 0 {
                        self.leave(kind);
                    }
                }
            }
        }
        all - bytes.len()
    }

    fn enter(&mut self, left: u64, kind: Kind) {
        if left == 0 {
            return self.leave(kind);
        }
        self.state = State::Content { left, kind, seen: 0 };
    }

    fn leave(&mut self, kind: Kind) {
        self.messages += u64::from(kind == Kind::Ours);
        self.state = State::Between;
    }
}

/// What a byte at the start of a text says: `4` is a message of Engine.IO; of Socket.IO's packets 2, 3,
/// 5 and 6 are events and acknowledgements, which only we send.
fn told_by(kind: Kind, byte: u8) -> Kind {
    match (kind, byte) {
        (Kind::Text, b'4') => Kind::Packet,
        (Kind::Packet, b'2' | b'3' | b'5' | b'6') | (Kind::Ours, _) => Kind::Ours,
        (Kind::Text | Kind::Packet | Kind::Other, _) => Kind::Other,
    }
}

fn head_len(second: u8) -> usize {
    match second & 0x7F {
        126 => 4,
        127 => 10,
        _ => 2,
    }
}

fn content_len(head: &[u8; 10]) -> u64 {
    match head[1] & 0x7F {
        126 => u64::from(u16::from_be_bytes([head[2], head[3]])),
        127 => {
            let [_, _, len @ ..] = *head;
            u64::from_be_bytes(len)
        }
        short => u64::from(short),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tokio_tungstenite::tungstenite::protocol::frame::Frame;
    use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

    use super::*;

    /// A frame as tungstenite writes it, and whether it is one of our messages.
    fn frame() -> impl Strategy<Value = (Vec<u8>, bool)> {
        let text = prop_oneof![
            Just(("2".to_owned(), false)),
            Just(("40/chat,{}".to_owned(), false)),
            Just(("44/chat,{}".to_owned(), false)),
            Just(("41/chat,".to_owned(), false)),
            "42/chat,[a-z]{0,300}".prop_map(|text| (text, true)),
            "43/chat,[a-z]{0,70000}".prop_map(|text| (text, true)),
            "451-/chat,[a-z]{0,9}".prop_map(|text| (text, true)),
        ];
        let text = text.prop_map(|(text, is_ours)| (text.into_bytes(), Data::Text, is_ours));
        let bytes = proptest::collection::vec(any::<u8>(), 0..200);
        let bytes = bytes.prop_map(|bytes| (bytes, Data::Binary, true));
        prop_oneof![text, bytes].prop_map(|(content, kind, is_ours)| {
            let mut written = Vec::new();
            let frame = Frame::message(content, OpCode::Data(kind), true);
            frame.format(&mut written).unwrap();
            (written, is_ours)
        })
    }

    proptest! {
        #[test]
        fn frames_are_followed_however_they_are_cut(
            frames in proptest::collection::vec(frame(), 0..8),
            cuts in proptest::collection::vec(1..400_usize, 1..8),
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let mut cursor = Cursor::default();
            let mut rest = &bytes[..];
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                let (piece, after) = rest.split_at((*cut).min(rest.len()));
                cursor.pass(piece);
                rest = after;
                let passed = bytes.len() - rest.len();
                let ends = frames.iter().scan(0, |end, (bytes, _)| { *end += bytes.len(); Some(*end) });
                let is_between = passed == 0 || ends.into_iter().any(|end| end == passed);
                prop_assert_eq!(cursor.is_between_frames(), is_between);
            }
            let ours = frames.iter().filter(|(_, is_ours)| *is_ours).count();
            prop_assert_eq!(cursor.messages(), ours as u64);
        }

        #[test]
        fn it_stops_behind_the_message_that_was_asked_for(
            frames in proptest::collection::vec(frame(), 0..8),
            messages in 0..8_u64,
        ) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(bytes, _)| bytes.clone()).collect();
            let mut wanted = 0;
            let mut passed = 0;
            for (frame, is_ours) in &frames {
                if passed >= messages {
                    break;
                }
                passed += u64::from(*is_ours);
                wanted += frame.len();
            }

            let mut cursor = Cursor::default();

            prop_assert_eq!(cursor.pass_until(messages, &bytes), wanted);
            prop_assert_eq!((cursor.messages(), cursor.is_between_frames()), (passed, true));
        }
    }

    #[test]
    fn nothing_may_follow_a_close_frame() {
        let mut written = Vec::new();
        Frame::close(None).format(&mut written).unwrap();
        let mut cursor = Cursor::default();

        cursor.pass(&written);

        assert!(!cursor.is_between_frames());
    }
}
