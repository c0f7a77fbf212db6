//! Streams and questions: what has begun ends, once; and the text of a stream has no gap at any moment, and is all of it
//! at the end.

use std::collections::BTreeMap;

use super::End;
use crate::anomaly::Anomaly;
use crate::history::{Course, Entry, Kept, What};

pub(super) fn check(history: &[Entry], kept: &Kept, end: End) -> Vec<Anomaly> {
    let mut anomalies = Vec::new();
    for (room, kept) in &kept.rooms {
        for (id, course) in &kept.courses {
            let is_over = end == End::Stopped || course.ended == 1;
            if course.begun != 1 || course.ended > 1 || !is_over {
                let (begun, ended) = (course.begun, course.ended);
                let (room, id) = (room.clone(), id.clone());
                anomalies.push(Anomaly::OffCourse { room, id, begun, ended });
            }
        }
    }
    let mut lengths: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for Entry { who, what, .. } in history {
        let What::Heard { room, stream, text, is_over } = what else { continue };
        let (who_has, of) = (who.clone(), stream.clone());
        let course = kept.rooms.get(room).and_then(|room| room.courses.get(stream));
        let is_whole = |course: &Course| course.text.as_ref() == Some(text);
        if !is_counted(text) || *is_over && !course.is_some_and(is_whole) {
            anomalies.push(Anomaly::Garbled { who: who_has, stream: of, text: text.clone() });
            continue;
        }
        let length = lengths.entry((who, stream)).or_default();
        if text.len() < *length {
            anomalies.push(Anomaly::Forgotten { who: who_has, stream: of, text: text.clone() });
        }
        *length = text.len();
    }
    anomalies
}

/// The words of a stream are numbers, from 1: whatever part of it is the beginning of that.
fn is_counted(text: &str) -> bool {
    text.split_terminator(' ').zip(1_u32..).all(|(word, number)| word == number.to_string())
}
