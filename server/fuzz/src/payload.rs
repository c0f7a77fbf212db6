//! Payloads of every type of the portable profile: what is decoded is encoded and decoded again, and is the same.

use serde_json::Value;
use tautline::Wire;
use tautline_profile_contract::{
    Anything, Change, Collections, Enums, Fractions, Identifiers, Integers, Nothing, Optional,
    Part, Texts, Words,
};

/// A first byte that chooses the type, then its JSON.
pub fn payload(data: &[u8]) {
    let Some((kind, json)) = data.split_first() else { return };
    let check = KINDS[usize::from(*kind) % KINDS.len()];
    // What does not decode is refused: nothing is to be seen of it here.
    let _decodes = check(json);
}

const KINDS: &[fn(&[u8]) -> bool] = &[
    there_and_back::<Integers>,
    there_and_back::<Fractions>,
    there_and_back::<Texts>,
    there_and_back::<Identifiers>,
    there_and_back::<Optional>,
    there_and_back::<Change>,
    there_and_back::<Collections>,
    there_and_back::<Enums>,
    there_and_back::<Anything>,
    there_and_back::<Words>,
    there_and_back::<Nothing>,
    there_and_back::<Part>,
];

/// Whether it decodes.
fn there_and_back<T: Wire>(json: &[u8]) -> bool {
    let Ok(value) = serde_json::from_slice::<T>(json) else { return false };
    let mut report = tautline::Report::new();
    value.check(&mut report);
    let once = serde_json::to_string(&value).expect("what was decoded can be encoded");
    let again: T = serde_json::from_str(&once).expect("what was encoded can be decoded");
    let twice = serde_json::to_string(&again).expect("and encoded again");
    let as_value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert_eq!(as_value(&once), as_value(&twice), "it changed on its way");
    true
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_corpus_has_a_value_of_each_kind() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/payload");
        let seeds =
            fs::read_dir(folder).unwrap().map(|entry| fs::read(entry.unwrap().path()).unwrap());

        let mut kinds: Vec<usize> = seeds
            .filter(|seed| KINDS[usize::from(seed[0])](&seed[1..]))
            .map(|seed| usize::from(seed[0]))
            .collect();
        kinds.sort_unstable();

        assert_eq!(kinds, (0..KINDS.len()).collect::<Vec<_>>());
    }
}
