//! Rooms: their patterns, and payloads that do not belong to them.
use tautline::room;

#[room]
pub struct Bare {
    pub id: String,
}

#[room("session:{sesion_id}", retention = "10000 and 30d", presense = Bare)]
pub struct Typo {
    pub session_id: String,
}

#[room("{id}", retention = 5, presence = "Bare")]
pub struct NoKind {
    pub id: String,
}

#[room("a:{x}{y}:{x} b")]
pub struct Glued {
    pub x: String,
    pub y: String,
    pub z: String,
}

#[room("a:{x")]
pub struct Open {
    pub x: String,
}

#[room("unit")]
pub struct Unit;

#[room("tuple")]
pub struct Tuple(pub String);

#[room("enum")]
pub enum Enum {
    A,
}

#[room("twice", retention = "1", retention = "2")]
pub struct Twice {}

#[room("kept:{id}", receipts = "read")]
pub struct Kept {
    pub id: String,
}

pub struct Strange;

#[room("strange:{id}", presence = Strange)]
pub struct Estranged {
    pub id: String,
}

fn main() {}
