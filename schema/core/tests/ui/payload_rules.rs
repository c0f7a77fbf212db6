//! Rules of fields.
use tautline::payload;

#[payload]
pub struct Rules {
    #[field(lenght(1..=3))]
    pub a: String,
    #[field(length)]
    pub b: String,
    #[field(length(3))]
    pub c: String,
    #[field(length(1..3))]
    pub d: String,
    #[field(range(5..=1))]
    pub e: u8,
    #[field(range(..))]
    pub f: u8,
    #[field(pattern("(a"))]
    pub g: String,
    #[field(pattern(r"(?i)^\p{L}+\z"))]
    pub h: String,
    #[field(pattern = "a")]
    pub i: String,
    #[field(custom("check"))]
    pub j: String,
    #[field]
    pub k: String,
}

#[payload]
pub struct WrongTypes {
    #[field(length(1..=3))]
    pub a: Vec<String>,
    #[field(items(1..=3))]
    pub b: String,
    #[field(range(1..=3))]
    pub c: String,
}

type Maybe = Option<String>;

#[payload]
pub struct Hidden {
    pub title: Maybe,
}

fn main() {}
