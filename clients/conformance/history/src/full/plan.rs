//! What a seed stands for on the full stack.

use std::time::Duration;

use tautline_server::failpoint::Failpoint;

use crate::crew::Habits;
use crate::dice::Dice;

/// The parameters of one run.
#[derive(Clone, Debug)]
pub struct FullPlan {
    /// Where the randomness of the run comes from.
    pub seed: u64,
    pub(crate) habits: Habits,
    /// The rooms.
    pub(crate) rooms: Vec<String>,
    /// How many clients of each kind: the model, ours, stock ones.
    pub(crate) models: usize,
    pub(crate) ours: usize,
    pub(crate) stock: usize,
    /// How long things go wrong, at most.
    pub(crate) faults: Duration,
    /// How the lives of the server end.
    pub(crate) deaths: Vec<Death>,
    /// How long a frame and its answer are on their way together.
    pub(crate) rtt: Duration,
    /// Of a thousand frames, so many are late, lost, doubled or overtaken, or find the link cut.
    pub(crate) late: u32,
    pub(crate) lost: u32,
    pub(crate) doubled: u32,
    pub(crate) overtaken: u32,
    pub(crate) cut: u32,
}

/// How one life of the server ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Death {
    /// At a failpoint, when it is passed so often.
    At(Failpoint, u64),
    /// After so many milliseconds, wherever it is.
    After(u64),
}

impl FullPlan {
    /// The plan of a seed.
    pub fn of(seed: u64) -> Self {
        let mut dice = Dice::new(seed ^ 0x6675_6c6c_7374_6163);
        let mut rate = |most: u64| {
            let is_known = dice.permille(600);
            let rate = u32::try_from(dice.between(1, most)).unwrap_or(0);
            if is_known { rate } else { 0 }
        };
        let (late, lost, doubled) = (rate(150), rate(30), rate(60));
        let (overtaken, cut) = (rate(40), rate(30));
        let deaths = (0..dice.between(0, 4)).map(|_| death(&mut dice)).collect();
        let logs = dice.between(1, 2);
        let logs = (1..=logs).map(|number| format!("log:{number}"));
        Self {
            seed,
            habits: Habits {
                commands: u32::try_from(dice.between(4, 16)).unwrap_or(4),
                pace_ms: [20, 80, 200][dice.between(0, 2) as usize],
                pause_ms: [0, 10, 200][dice.between(0, 2) as usize],
            },
            rooms: logs.chain(["slip:1".to_owned()]).collect(),
            models: dice.between(0, 2) as usize,
            ours: dice.between(1, 2) as usize,
            stock: dice.between(0, 1) as usize,
            faults: Duration::from_secs(6),
            deaths,
            rtt: Duration::from_millis([0, 4, 40][dice.between(0, 2) as usize]),
            late,
            lost,
            doubled,
            overtaken,
            cut,
        }
    }
}

fn death(dice: &mut Dice) -> Death {
    match dice.pick(&Failpoint::ALL) {
        Some(point) if dice.permille(800) => Death::At(*point, dice.between(1, 12)),
        Some(_) | None => Death::After(dice.between(50, 1_500)),
    }
}
