//! What a seed stands for: how many take part, what they do, and what goes wrong how often.

use tautline_server::journal::Durability;

use super::storage::Kind;
use crate::dice::Dice;

/// The parameters of one run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Where all the randomness of the run comes from.
    pub seed: u64,
    /// Where the journal is.
    pub storage: Kind,
    /// How many clients.
    pub clients: usize,
    /// How many logs; there are half as many slips, at least one.
    pub logs: usize,
    /// How many commands each client asks for.
    pub commands: u32,
    /// The time between two things that a client does, at most.
    pub pace_ms: u64,
    /// How long a handler takes, at most.
    pub pause_ms: u64,
    /// How long a frame takes, at most.
    pub latency_ms: u64,
    /// Of a thousand frames, so many are lost.
    pub lost: u32,
    /// Of a thousand frames, so many come twice.
    pub doubled: u32,
    /// Of a thousand frames, so many find the connection cut.
    pub cut: u32,
    /// Of a thousand times that a command is at a failpoint, the server crashes there so often.
    pub crash: u32,
    /// Of a thousand groups, so many the journal cannot store.
    pub unstored: u32,
    /// Likewise, and nobody knows whether it has.
    pub unsure: u32,
    /// How long the journal takes to read, at most.
    pub read_ms: u64,
}

impl Plan {
    /// The plan of a seed. Small worlds and calm ones are among them, too: what needs only one fault
    /// is easiest to see there.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x7461_7574_6c69_6e65);
        let mut rate = |most: u64| -> u32 {
            // Half of the runs know nothing of this fault.
            let is_known = dice.permille(500);
            let rate = u32::try_from(dice.between(1, most)).unwrap_or(0);
            if is_known { rate } else { 0 }
        };
        let (lost, doubled, cut) = (rate(40), rate(40), rate(30));
        let (crash, unstored, unsure) = (rate(60), rate(60), rate(60));
        // A file takes longer than memory: one run in eight.
        let storage = match dice.between(0, 15) {
            0 => Kind::Sqlite(Durability::Full),
            1 => Kind::Sqlite(Durability::Normal),
            _ => Kind::Memory,
        };
        Self {
            seed,
            storage,
            clients: dice.between(1, 4) as usize,
            logs: dice.between(1, 3) as usize,
            commands: u32::try_from(dice.between(2, 24)).unwrap_or(2),
            pace_ms: [5, 60, 400, 3_000][dice.between(0, 3) as usize],
            pause_ms: [0, 20, 400, 4_000][dice.between(0, 3) as usize],
            latency_ms: [0, 5, 120, 900][dice.between(0, 3) as usize],
            lost,
            doubled,
            cut,
            crash,
            unstored,
            unsure,
            read_ms: [0, 3, 80][dice.between(0, 2) as usize],
        }
    }
}
