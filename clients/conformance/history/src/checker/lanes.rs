//! Lanes: what one client asked for in one lane took effect in the order in which it was asked for.
//! A command whose outcome its app was told to be unknown has no place in that order any more: the
//! client has given it up, and what it asks for later does not wait for it.

use std::collections::{BTreeMap, BTreeSet};

use tautline::Outcome;

use crate::anomaly::Anomaly;
use crate::history::{Entry, Kept, What};

pub(super) fn check(history: &[Entry], kept: &Kept) -> Vec<Anomaly> {
    let given_up: BTreeSet<&str> = history
        .iter()
        .filter_map(|entry| {
            let What::Refused { mark, outcome, .. } = &entry.what else { return None };
            (*outcome == Outcome::Unknown).then_some(mark.as_str())
        })
        .collect();
    let order = order(kept);
    let mut last: BTreeMap<(&str, &str, &str), (usize, &str)> = BTreeMap::new();
    let mut anomalies = Vec::new();
    for Entry { who, what, .. } in history {
        let What::Invoked { mark, room, lane: Some(lane), .. } = what else { continue };
        let Some(place) = order.get(mark.as_str()).filter(|_| !given_up.contains(mark.as_str()))
        else {
            continue;
        };
        let key = (who.as_str(), lane.as_str(), room.as_str());
        match last.get(&key) {
            Some((before, first)) if before > place => anomalies
                .push(Anomaly::Reordered { first: (*first).to_owned(), second: mark.clone() }),
            Some(_) | None => {
                last.insert(key, (*place, mark));
            }
        }
    }
    anomalies
}

/// Where each mark is in its room: among the events, and among the rows if its event is forgotten.
fn order(kept: &Kept) -> BTreeMap<&str, usize> {
    let mut order = BTreeMap::new();
    for room in kept.rooms.values() {
        let marks: Vec<&str> = room.events.iter().filter_map(|(_, mark)| mark.as_deref()).collect();
        let is_forgotten = |mark: &&str| !marks.contains(mark);
        let forgotten: Vec<&str> =
            room.rows.iter().map(String::as_str).filter(is_forgotten).collect();
        for (place, mark) in forgotten.into_iter().chain(marks).enumerate() {
            order.entry(mark).or_insert(place);
        }
    }
    order
}
