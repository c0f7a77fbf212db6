//! Types outside the profile, each with the way out.
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tautline::{Bytes, DateTime, Patch, payload};

#[payload]
pub struct Numbers {
    pub a: usize,
    pub b: isize,
    pub c: u64,
    pub d: i64,
    pub e: u128,
    pub f: f32,
    pub g: f64,
    pub h: NonZeroU32,
    pub i: Vec<Option<u64>>,
}

#[payload]
pub struct Texts<'a> {
    pub a: char,
    pub b: &'a str,
    pub c: Cow<'static, str>,
    pub d: Box<str>,
}

#[payload]
pub struct Collections {
    pub a: HashMap<String, u32>,
    pub b: HashSet<String>,
    pub c: BTreeSet<String>,
    pub d: VecDeque<String>,
    pub e: BTreeMap<u32, String>,
    pub f: (String, u32),
    pub g: [u8; 4],
    pub h: (),
    pub i: BTreeMap<String, (u8, u8)>,
}

#[payload]
pub struct Times {
    pub a: Duration,
    pub b: SystemTime,
    pub c: Instant,
    pub d: DateTime<chrono::Local>,
}

#[payload]
pub struct Missing {
    pub a: Option<Option<String>>,
    pub b: Option<Bytes>,
    pub c: Vec<Bytes>,
    pub d: Vec<Patch<String>>,
    pub e: Patch<Option<String>>,
    pub f: Box<Option<String>>,
}

#[payload]
pub struct Others {
    pub a: Arc<String>,
    pub b: serde_json::Value,
    pub c: Result<String, String>,
    pub d: Page<String>,
    pub e: Vec<Self>,
    pub f: fn(),
    pub g: Box<dyn Send + Sync>,
}

#[payload]
pub struct Page<T> {
    pub items: Vec<T>,
}

fn main() {}
