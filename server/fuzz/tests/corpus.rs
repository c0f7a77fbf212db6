//! Everything in the corpus, and mutations of it, through the functions that cargo-fuzz feeds. The mutations are drawn
//! from a seed, so a failure can be had again: `FUZZ_SEED=7 FUZZ_MUTATIONS=100000 cargo test -p tautline-fuzz`.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::{env, fs};

use tautline_fuzz::TARGETS;

/// How many mutations of each target, unless told.
const MUTATIONS: u64 = 1_000;

fn number(name: &str, otherwise: u64) -> u64 {
    env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

/// What is in the corpus of a target, in the order of its names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

/// xorshift64*: small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let rolled = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(rolled).unwrap() % sides.max(1)
    }
}

/// What parsers stumble over.
const PIECES: &[&str] = &[
    "\"",
    "\\",
    "\\u0000",
    "\\ud800",
    "{",
    "}",
    "[",
    "]",
    "[[[[[[[[",
    ",",
    ":",
    "null",
    "-0",
    "1e999",
    "1e-999",
    "9007199254740993",
    "18446744073709551616",
    "-1",
    "true",
    "\u{feff}",
    "\u{0}",
    "__proto__",
    "$bytes",
    "{\"_placeholder\":true,\"num\":0}",
    "tautline:",
    "/fuzz,",
    "\n",
    "é",
    "%",
    "%2F",
];

/// One to four small changes.
fn mutate(dice: &mut Dice, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[dice.roll(seeds.len())].clone();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(bytes.len() + 1);
        match dice.roll(6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
            1 if at < bytes.len() => {
                let end = (at + 1 + dice.roll(8)).min(bytes.len());
                bytes.drain(at..end);
            }
            2 => bytes.truncate(at),
            3 => {
                let other = &seeds[dice.roll(seeds.len())];
                let from = dice.roll(other.len() + 1);
                bytes.splice(at..at, other[from..].iter().copied());
            }
            4 => {
                let end = (at + dice.roll(16)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let piece = PIECES[dice.roll(PIECES.len())];
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    bytes
}

fn run(name: &str) {
    let (_, target) = TARGETS.iter().find(|(target, _)| *target == name).unwrap();
    let seeds = corpus(name);
    assert!(seeds.len() >= 3, "a corpus of {name}");
    let mut dice = Dice(number("FUZZ_SEED", 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for seed in &seeds {
        target(seed);
    }
    for _ in 0..number("FUZZ_MUTATIONS", MUTATIONS) {
        let input = mutate(&mut dice, &seeds);
        // Shown only if it fails.
        println!("{name}: {:?}", String::from_utf8_lossy(&input));
        target(&input);
    }
}

/// A test for each target, and none is forgotten.
macro_rules! targets {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name));
        })*

        #[test]
        fn each_target_has_its_test() {
            let names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

targets! { frame payload control cursor meta credentials token }
