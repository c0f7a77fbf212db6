//! Shapes and names outside the profile.
use tautline::payload;

#[payload]
pub struct Unit;

#[payload]
pub struct Pair(pub String, pub u32);

#[payload]
pub struct Maybe(pub Option<String>);

#[payload]
pub enum Nothing {}

#[payload]
pub enum Data {
    Text(String),
    Both { a: String },
}

#[payload]
pub enum Tagged {
    A { r#type: String },
    B = 4,
}

#[payload]
pub struct snake_case {
    pub camelCase: String,
    pub two__underscores: String,
    pub trailing_: String,
    pub line_1: String,
    pub line1: String,
}

#[payload]
pub enum Words {
    Not_pascal,
    Fine,
}

#[payload(open)]
pub struct Record {}

#[payload(open)]
pub enum Open {
    Known,
    Unknown,
}

#[payload(opne, closed = true)]
pub enum Typo {
    A,
}

#[payload]
pub fn function() {}

fn main() {}
