//! Which event an answer answers: its frame carries a number alone. Pure.

use std::collections::{BTreeMap, HashMap};

use crate::frame::{Direction, Frame, Kind};

/// How many questions of one namespace and direction are remembered.
const REMEMBERED: usize = 8192;

/// The numbered events of one link.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    asked: HashMap<(Direction, String), BTreeMap<u64, String>>,
}

impl Answers {
    /// Remembers an event, or gives an answer the name of what it answers.
    pub(crate) fn look(&mut self, direction: Direction, frame: &mut Frame) {
        let (Some(namespace), Some(id)) = (&frame.namespace, frame.id) else { return };
        if Kind::Event.includes(frame.kind) {
            let Some(event) = &frame.event else { return };
            let asked = self.asked.entry((direction, namespace.clone())).or_default();
            // Not forgotten with the answer: a question that was sent twice is answered twice.
            asked.insert(id, event.clone());
            if asked.len() > REMEMBERED {
                asked.pop_first();
            }
        } else if Kind::Ack.includes(frame.kind) {
            let asked = self.asked.get(&(direction.opposite(), namespace.clone()));
            frame.event = asked.and_then(|asked| asked.get(&id)).cloned();
        }
    }
}
