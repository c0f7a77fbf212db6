//! Attributes that would make two parties disagree.
use tautline::payload;

#[payload]
#[derive(Serialize, serde::Deserialize, Hash)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[ts(export)]
pub struct Renamed {
    #[serde(rename = "id")]
    pub a: String,
    #[serde(rename(serialize = "x", deserialize = "y"))]
    pub b: String,
    #[serde(alias = "old")]
    pub c: String,
    #[serde(skip)]
    pub d: String,
    #[serde(default)]
    pub e: String,
    #[serde(with = "module")]
    pub f: String,
    #[serde(flatten)]
    pub g: String,
    #[schemars(length(max = 3))]
    pub h: String,
    #[cfg(test)]
    pub i: String,
    #[doc = concat!("Made ", "up.")]
    pub j: String,
}

#[payload]
#[serde(untagged)]
pub enum Untagged {
    A { a: String },
}

#[payload]
#[serde(tag = "kind", content = "value")]
pub enum Adjacent {
    #[serde(other)]
    A,
    B { b: String },
}

#[payload]
#[serde(into = "String", from = "String", crate = "x", nonsense)]
pub struct Converted {
    pub a: String,
}

/// These say what holds anyway.
#[payload]
#[serde(transparent)]
pub struct Fine(pub String);

fn main() {}
