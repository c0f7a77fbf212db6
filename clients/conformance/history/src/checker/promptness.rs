//! Promptness, the other way round: nobody hears of anything before it is stored. Only in histories in
//! which the journal writes, too.

use std::collections::BTreeSet;

use crate::anomaly::Anomaly;
use crate::history::{Entry, Leaves, What};

pub(super) fn check(history: &[Entry]) -> Vec<Anomaly> {
    let is_told = history.iter().any(|entry| matches!(entry.what, What::Stored { .. }));
    if !is_told {
        return Vec::new();
    }
    let mut stored = BTreeSet::new();
    let mut leaves = BTreeSet::new();
    let mut anomalies = Vec::new();
    for Entry { who, what, .. } in history {
        let (mark, is_ack) = match what {
            What::Stored { mark: Some(mark), .. } => {
                stored.insert(mark);
                continue;
            }
            What::Invoked { mark, leaves: Leaves::Row | Leaves::Event, .. } => {
                leaves.insert(mark);
                continue;
            }
            What::Answered { mark, .. } if leaves.contains(mark) => (mark, true),
            What::Received { mark: Some(mark), .. } => (mark, false),
            What::Invoked { .. }
            | What::Answered { .. }
            | What::Refused { .. }
            | What::Entered { .. }
            | What::Received { .. }
            | What::Left { .. }
            | What::Heard { .. }
            | What::Stored { .. }
            | What::Noted { .. } => continue,
        };
        if !stored.contains(mark) {
            anomalies.push(Anomaly::Premature { who: who.clone(), mark: mark.clone(), is_ack });
        }
    }
    anomalies
}
