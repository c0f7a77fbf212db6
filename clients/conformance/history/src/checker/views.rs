//! Views: whoever is in a room has its state as of a position, and then every event, in order, each
//! once; and whoever has missed some was told.

use std::collections::{BTreeMap, BTreeSet};

use super::End;
use crate::anomaly::Anomaly;
use crate::history::{Entry, Kept, KeptRoom, Place, What};

/// Reasons to begin anew that only a server gives which is wrong: a part of what it calls complete, and
/// an end that is before what a client has.
const BROKEN: [&str; 2] = ["incomplete", "ahead"];

/// What one client has of one room.
struct View {
    at: Option<Place>,
    marks: BTreeSet<String>,
}

pub(super) fn check(history: &[Entry], kept: &Kept, end: End) -> Vec<Anomaly> {
    let empty = KeptRoom::default();
    let mut views: BTreeMap<(&str, &str), View> = BTreeMap::new();
    let mut anomalies = Vec::new();
    for Entry { who, what, .. } in history {
        match what {
            What::Entered { room, place, marks, lost } => {
                let stored = kept.rooms.get(room).unwrap_or(&empty);
                if let Err(what) = fits(marks, place.as_ref(), stored) {
                    let (who, room) = (who.clone(), room.clone());
                    anomalies.push(Anomaly::WrongState { who, room, what });
                }
                let marks = marks.iter().cloned().collect();
                // A server that has lost nothing trims and renews, and nothing else.
                if let Some(why) = lost.as_ref().filter(|why| BROKEN.contains(&why.as_str())) {
                    let (who, room, why) = (who.clone(), room.clone(), why.clone());
                    anomalies.push(Anomaly::Broken { who, room, why });
                }
                let before = views.insert((who, room), View { at: place.clone(), marks });
                if before.is_some() && lost.is_none() {
                    anomalies.push(Anomaly::Untold { who: who.clone(), room: room.clone() });
                }
            }
            What::Received { room, place, mark } => {
                let view = views.get_mut(&(who.as_str(), room.as_str()));
                let is_next = view.as_ref().is_some_and(|view| is_next(view.at.as_ref(), place));
                if !is_next {
                    let after = view.as_ref().and_then(|view| view.at.clone());
                    let (who, room, place) = (who.clone(), room.clone(), place.clone());
                    anomalies.push(Anomaly::OutOfTurn { who, room, after, place });
                }
                if let Some(view) = view {
                    view.at = Some(place.clone());
                    view.marks.extend(mark.clone());
                }
                let kept = kept.rooms.get(room).unwrap_or(&empty);
                let stored = kept.at(place).cloned();
                let is_known = stored.is_some() || !kept.has_forgotten(place);
                if is_known && stored.as_ref() != Some(mark) {
                    anomalies.push(Anomaly::Other {
                        who: who.clone(),
                        room: room.clone(),
                        place: place.clone(),
                        came: mark.clone(),
                        stored: stored.flatten(),
                    });
                }
            }
            What::Left { room } => {
                views.remove(&(who.as_str(), room.as_str()));
            }
            What::Invoked { .. }
            | What::Answered { .. }
            | What::Refused { .. }
            | What::Heard { .. }
            | What::Stored { .. }
            | What::Noted { .. } => {}
        }
    }
    if end == End::Settled {
        for ((who, room), view) in views {
            let stored = kept.rooms.get(room).unwrap_or(&empty);
            if let Some(mark) = stored.rows.iter().find(|mark| !view.marks.contains(*mark)) {
                let (who, room) = (who.to_owned(), room.to_owned());
                anomalies.push(Anomaly::Lacks { who, room, mark: mark.clone() });
            }
            if !stored.ends_at(view.at.as_ref()) {
                let head = stored.events.last().map(|(place, _)| place.clone());
                let (who, room) = (who.to_owned(), room.to_owned());
                anomalies.push(Anomaly::Behind { who, room, at: view.at, head });
            }
        }
    }
    anomalies
}

fn is_next(at: Option<&Place>, place: &Place) -> bool {
    at.is_none_or(|at| at.epoch == place.epoch && at.seq + 1 == place.seq)
}

/// Whether a state is what was written at some moment not before its position.
fn fits(marks: &[String], at: Option<&Place>, stored: &KeptRoom) -> Result<(), String> {
    if let Some((place, (mark, row))) =
        marks.iter().zip(&stored.rows).enumerate().find(|(_, (mark, row))| mark != row)
    {
        return Err(format!("row {place} is {row}, and not {mark}"));
    }
    if marks.len() > stored.rows.len() {
        return Err(format!("{} is not stored", marks[stored.rows.len()..].join(" ")));
    }
    let Some(at) = at else { return Ok(()) };
    let missing = stored
        .events
        .iter()
        .filter(|(place, _)| place.epoch == at.epoch && place.seq <= at.seq)
        .filter_map(|(_, mark)| mark.as_ref())
        .filter(|mark| stored.rows.contains(mark))
        .find(|mark| !marks.contains(mark));
    match missing {
        Some(mark) => Err(format!("it is as of {at} and lacks {mark}")),
        None => Ok(()),
    }
}
