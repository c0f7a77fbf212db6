//! What costs something of its own beside its bytes, found in them as they go by.

/// What separates the packets of a polling request (Engine.IO 4).
const SEPARATOR: u8 = 0x1E;

/// What the bytes of a client consist of.
#[derive(Debug)]
pub(crate) enum Pieces {
    /// The frames of a websocket.
    Frames(Frames),
    /// The packets of polling requests. The first of each is its request's.
    Packets,
}

impl Pieces {
    /// Those of a websocket that begins.
    pub(crate) fn of_websocket() -> Self {
        Self::Frames(Frames::default())
    }

    /// These bytes go by. How many pieces began in them.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> u64 {
        match self {
            Self::Frames(frames) => frames.pass(bytes),
            Self::Packets => bytes.iter().filter(|byte| **byte == SEPARATOR).count() as u64,
        }
    }

    /// What is missing of the piece that has begun, as far as it says.
    pub(super) fn left(&self) -> u64 {
        match self {
            Self::Frames(frames) => frames.left,
            Self::Packets => 0,
        }
    }
}

/// Finds the frames in the bytes of a client (RFC 6455, section 5.2).
#[derive(Debug, Default)]
pub(crate) struct Frames {
    head: [u8; 14],
    pub(super) have: usize,
    /// What is missing of a frame's content.
    pub(super) left: u64,
}

impl Frames {
    /// These bytes go by. How many frames began in them.
    pub(super) fn pass(&mut self, mut bytes: &[u8]) -> u64 {
        let mut begun = 0;
        while let Some((first, rest)) = bytes.split_first() {
            if self.left > 0 {
                let step = self.left.min(bytes.len() as u64);
                self.left -= step;
                bytes = &bytes[usize::try_from(step).unwrap_or(bytes.len())..];
                continue;
            }
            self.head[self.have] = *first;
            self.have += 1;
            bytes = rest;
            if self.have >= 2 && self.have == head_len(self.head[1]) {
                self.left = content_len(&self.head);
                self.have = 0;
                begun += 1;
            }
        }
        begun
    }
}

/// How long a head is with such a second byte.
fn head_len(second: u8) -> usize {
    let length = match second & 0x7F {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    2 + length + mask
}

fn content_len(head: &[u8; 14]) -> u64 {
    match head[1] & 0x7F {
        126 => u64::from(u16::from_be_bytes([head[2], head[3]])),
        127 => u64::from_be_bytes([
            head[2], head[3], head[4], head[5], head[6], head[7], head[8], head[9],
        ]),
        short => u64::from(short),
    }
}
