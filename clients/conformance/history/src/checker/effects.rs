//! Effects: what was acknowledged is there, once and whole; what was refused is as the app was told.

use std::collections::{BTreeMap, BTreeSet};

use tautline::Outcome;

use super::End;
use crate::anomaly::Anomaly;
use crate::history::{Entry, Kept, Leaves, Place, What};

/// What is there of one command.
#[derive(Clone, Debug, Default)]
struct Found {
    rows: usize,
    places: Vec<Place>,
}

/// What a command was to leave, and what its app was told.
struct Asked<'a> {
    leaves: Leaves,
    room: &'a str,
    told: Vec<Told<'a>>,
}

enum Told<'a> {
    Answered(Option<&'a Place>),
    Refused(&'a str, Outcome),
}

pub(super) fn check(history: &[Entry], kept: &Kept, end: End) -> Vec<Anomaly> {
    let asked = asked(history);
    let found = found(kept);
    let mut anomalies = Vec::new();
    for (mark, room) in strangers(kept, &asked) {
        anomalies.push(Anomaly::FromNowhere { mark, room });
    }
    for (mark, asked) in &asked {
        let mark = (*mark).to_owned();
        let found = found.get(&mark).cloned().unwrap_or_default();
        let (rows, events) = (found.rows, found.places.len());
        if rows > 1 || events > 1 {
            anomalies.push(Anomaly::Twice { mark: mark.clone(), rows, events });
        }
        // A room that forgets its first events keeps their rows.
        let may_be_forgotten = forgets(kept, asked.room);
        let is_torn = asked.leaves == Leaves::Row
            && (rows == 0 && events > 0 || rows > 0 && events == 0 && !may_be_forgotten);
        if is_torn {
            anomalies.push(Anomaly::Torn { mark: mark.clone(), has_row: rows > 0 });
        }
        let is_there = rows + events > 0;
        if asked.told.len() > 1 {
            anomalies.push(Anomaly::SettledTwice { mark: mark.clone() });
        }
        if asked.told.is_empty() && end == End::Settled {
            anomalies.push(Anomaly::NeverSettled { mark: mark.clone() });
        }
        for told in &asked.told {
            let mark = mark.clone();
            match told {
                Told::Answered(place) => {
                    let is_promised = asked.leaves != Leaves::Nothing;
                    let is_known = asked.leaves == Leaves::Row || !may_be_forgotten;
                    if is_promised && is_known && !is_there {
                        anomalies.push(Anomaly::LostAfterAck { mark: mark.clone() });
                    }
                    let room = kept.rooms.get(asked.room);
                    if let Some(place) = place.filter(|place| {
                        !found.places.contains(place)
                            && !room.is_some_and(|room| room.has_forgotten(place))
                    }) {
                        let (told, found) = (place.clone(), found.places.first().cloned());
                        anomalies.push(Anomaly::Misplaced { mark, told, found });
                    }
                }
                Told::Refused(code, outcome) => {
                    let is_true = match outcome {
                        Outcome::NotExecuted => !is_there,
                        Outcome::Executed => is_there || may_be_forgotten,
                        Outcome::Unknown => true,
                    };
                    if !is_true {
                        let (told, code) = (outcome.as_str(), (*code).to_owned());
                        anomalies.push(Anomaly::Untrue { mark, told, code });
                    }
                }
            }
        }
    }
    anomalies
}

fn asked(history: &[Entry]) -> BTreeMap<&str, Asked<'_>> {
    let mut asked: BTreeMap<&str, Asked<'_>> = BTreeMap::new();
    for Entry { what, .. } in history {
        let (mark, told) = match what {
            What::Invoked { mark, leaves, room, .. } => {
                asked.insert(mark, Asked { leaves: *leaves, room, told: Vec::new() });
                continue;
            }
            What::Answered { mark, place } => (mark, Told::Answered(place.as_ref())),
            What::Refused { mark, code, outcome } => (mark, Told::Refused(code, *outcome)),
            What::Entered { .. }
            | What::Received { .. }
            | What::Left { .. }
            | What::Heard { .. }
            | What::Stored { .. }
            | What::Noted { .. } => continue,
        };
        if let Some(asked) = asked.get_mut(mark.as_str()) {
            asked.told.push(told);
        }
    }
    asked
}

fn found(kept: &Kept) -> BTreeMap<String, Found> {
    let mut found: BTreeMap<String, Found> = BTreeMap::new();
    for room in kept.rooms.values() {
        for mark in &room.rows {
            found.entry(mark.clone()).or_default().rows += 1;
        }
        for (place, mark) in &room.events {
            if let Some(mark) = mark {
                found.entry(mark.clone()).or_default().places.push(place.clone());
            }
        }
    }
    found
}

/// What is in a room, and was not asked for there, or leaves nothing.
fn strangers(kept: &Kept, asked: &BTreeMap<&str, Asked<'_>>) -> BTreeSet<(String, String)> {
    let mut strangers = BTreeSet::new();
    for (room, kept) in &kept.rooms {
        let events = kept.events.iter().filter_map(|(_, mark)| mark.as_ref());
        for mark in kept.rows.iter().chain(events) {
            let is_asked = asked
                .get(mark.as_str())
                .is_some_and(|asked| asked.room == room && asked.leaves != Leaves::Nothing);
            if !is_asked {
                strangers.insert((mark.clone(), room.clone()));
            }
        }
    }
    strangers
}

/// Whether the first events of a room are not stored any more.
fn forgets(kept: &Kept, room: &str) -> bool {
    let first = kept.rooms.get(room).and_then(|room| room.events.first());
    first.is_some_and(|(place, _)| place.seq > 1)
}
