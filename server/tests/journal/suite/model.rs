//! Random groups against a model of a journal.

use proptest::prelude::*;
use tautline_server::journal::*;

use crate::sample::*;

/// One command: what it appends to which rooms, whether it is remembered, and how it ends.
#[derive(Clone, Debug)]
struct Command {
    rooms: Vec<usize>,
    id: Option<u128>,
    is_kept: bool,
}

/// A group, and whether it is stored.
#[derive(Clone, Debug)]
struct Group {
    commands: Vec<Command>,
    is_stored: bool,
    is_tended: bool,
}

/// How many events each room keeps.
const COUNTS: [u32; 3] = [1, 3, 100];

fn groups() -> impl Strategy<Value = Vec<Group>> {
    let command =
        (prop::collection::vec(0_usize..3, 0..4), prop::option::of(0_u128..6), any::<bool>())
            .prop_map(|(rooms, id, is_kept)| Command { rooms, id, is_kept });
    let commands = prop::collection::vec(command, 0..6);
    let group = (commands, prop::bool::weighted(0.8), any::<bool>())
        .prop_map(|(commands, is_stored, is_tended)| Group { commands, is_stored, is_tended });
    prop::collection::vec(group, 0..8)
}

/// What a journal should hold.
#[derive(Clone, Debug, Default)]
struct Model {
    rooms: [Vec<String>; 3],
    answers: [Option<String>; 6],
}

impl Model {
    /// Runs a command in the journal and here; they must agree at every step.
    fn run(&mut self, writer: &mut dyn JournalWriter, command: &Command, number: usize) {
        let before = self.clone();
        writer.savepoint().unwrap();
        for room in &command.rooms {
            let json = number.to_string();
            let at = writer.append(&kept(&room.to_string(), &json, COUNTS[*room])).unwrap();
            self.rooms[*room].push(json);
            assert_eq!(at.seq as usize, self.rooms[*room].len());
        }
        let mut is_kept = command.is_kept;
        if let Some(of) = command.id {
            let known = writer.remember(&id(of), &answer(&number.to_string())).unwrap();
            let model = &mut self.answers[of as usize];
            assert_eq!(known.map(|entry| entry.answer.json), *model);
            is_kept &= model.is_none();
            model.get_or_insert(number.to_string());
        }
        if is_kept {
            writer.release().unwrap();
        } else {
            writer.rollback().unwrap();
            *self = before;
        }
    }

    async fn is_what_is_in(&self, journal: &dyn Journal) {
        for (room, events) in self.rooms.iter().enumerate() {
            let (kept, room) =
                (events.len().saturating_sub(COUNTS[room] as usize), room.to_string());
            let extent = journal.extent(&key(&room)).await.unwrap();
            assert_eq!(all(journal, &room).await, events[kept..]);
            assert_eq!((extent.head.seq as usize, extent.first as usize), (events.len(), kept + 1));
        }
        for (of, answer) in self.answers.iter().enumerate() {
            let found = journal.recall(&id(of as u128)).await.unwrap();
            assert_eq!(found.map(|entry| entry.answer.json), *answer);
        }
    }
}

fn check(journal: &dyn Journal, groups: &[Group]) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut writer = journal.writer().unwrap();
    let mut model = Model::default();
    let mut number = 0;
    for group in groups {
        let before = model.clone();
        writer.begin().unwrap();
        for command in &group.commands {
            number += 1;
            model.run(&mut *writer, command, number);
        }
        if group.is_stored {
            writer.commit().unwrap();
        } else {
            writer.abandon();
            model = before;
        }
        if group.is_tended {
            writer.tend();
        }
        runtime.block_on(model.is_what_is_in(journal));
    }
}

proptest! {
    #[test]
    fn memory_holds_what_the_model_holds(groups in groups()) {
        check(&Memory::new(), &groups);
    }
}

#[cfg(feature = "sqlite")]
proptest! {
    // Each case makes a file.
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_file_holds_what_the_model_holds(groups in groups()) {
        let folder = tempfile::tempdir().unwrap();
        let journal = Sqlite::builder(folder.path().join("journal.db"));

        check(&journal.durability(Durability::Off).open().unwrap(), &groups);
    }
}
