//! The order in which one connection's commands run. A state machine without I/O: it is told what
//! came and what happened, and says what starts next and whether reading must pause.

use std::collections::{HashMap, VecDeque};

use tautline::RoomName;

/// How many commands a client may have in flight. Ours keeps to it.
pub(crate) const IN_FLIGHT: usize = 32;

/// Above so many commands that could run or are waiting for one that runs, reading pauses. Twice the
/// window, so that nobody who keeps to it is ever paused.
const PAUSE_AT: usize = 2 * IN_FLIGHT;

/// Above so many commands of any kind, further ones are refused. Frames that were read before the
/// pause took hold still come in.
pub(crate) const HARD_CAP: usize = 512;

/// What commands of one connection queue up for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LaneKey {
    /// Commands of one room.
    Room(RoomName),
    /// Commands without a room.
    Namespace,
    /// Commands that the contract puts together.
    Named(&'static str),
}

/// What becomes of a command that came in.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Admission<J> {
    /// It starts now.
    Start(J),
    /// It starts when it is its turn.
    Queued,
    /// There are too many.
    Refused,
}

/// The lanes of one connection in one namespace.
#[derive(Debug)]
pub(crate) struct Lanes<J> {
    lanes: HashMap<LaneKey, Lane<J>>,
    /// Commands that came before the connection was ready.
    early: Option<VecDeque<(Option<LaneKey>, J)>>,
    /// Every command that is not settled.
    total: usize,
    /// Those of them that wait for a client, or behind one that does. They are not pressure: the
    /// answer they need has to be read.
    parked: usize,
}

#[derive(Debug)]
struct Lane<J> {
    queue: VecDeque<J>,
    /// Whether its current command is waiting for a client's answer.
    is_parked: bool,
}

impl<J> Lanes<J> {
    /// No commands; those that come wait for [`Lanes::open`].
    pub(crate) fn new() -> Self {
        Self { lanes: HashMap::new(), early: Some(VecDeque::new()), total: 0, parked: 0 }
    }

    /// Takes a command. Without a key it runs free.
    pub(crate) fn admit(&mut self, key: Option<LaneKey>, job: J) -> Admission<J> {
        if self.total >= HARD_CAP {
            return Admission::Refused;
        }
        self.total += 1;
        match &mut self.early {
            Some(early) => {
                early.push_back((key, job));
                Admission::Queued
            }
            None => self.enter(key, job),
        }
    }

    /// Lets the early commands in. Gives those that start now.
    pub(crate) fn open(&mut self) -> Vec<J> {
        let early = self.early.take().unwrap_or_default();
        let mut starting = Vec::new();
        for (key, job) in early {
            if let Admission::Start(job) = self.enter(key, job) {
                starting.push(job);
            }
        }
        starting
    }

    fn enter(&mut self, key: Option<LaneKey>, job: J) -> Admission<J> {
        let Some(key) = key else { return Admission::Start(job) };
        match self.lanes.get_mut(&key) {
            Some(lane) => {
                lane.queue.push_back(job);
                self.parked += usize::from(lane.is_parked);
                Admission::Queued
            }
            None => {
                self.lanes.insert(key, Lane { queue: VecDeque::new(), is_parked: false });
                Admission::Start(job)
            }
        }
    }

    /// The lane's current command is staged: nothing that it does can be overtaken any more. Gives
    /// the next one.
    pub(crate) fn staged(&mut self, key: &LaneKey) -> Option<J> {
        let lane = self.lanes.get_mut(key)?;
        match lane.queue.pop_front() {
            Some(job) => Some(job),
            None => {
                self.lanes.remove(key);
                None
            }
        }
    }

    /// A command is settled.
    pub(crate) fn settled(&mut self) {
        self.total = self.total.saturating_sub(1);
    }

    /// The current command begins to wait for a client. `key` is its lane, unless it runs free or is
    /// staged already.
    pub(crate) fn park(&mut self, key: Option<&LaneKey>) {
        self.parked += 1;
        if let Some(lane) = key.and_then(|key| self.lanes.get_mut(key)) {
            lane.is_parked = true;
            self.parked += lane.queue.len();
        }
    }

    /// The waiting is over.
    pub(crate) fn unpark(&mut self, key: Option<&LaneKey>) {
        self.parked -= 1;
        if let Some(lane) = key.and_then(|key| self.lanes.get_mut(key)) {
            lane.is_parked = false;
            self.parked -= lane.queue.len();
        }
    }

    /// Whether no more should be read.
    pub(crate) fn is_full(&self) -> bool {
        self.total - self.parked >= PAUSE_AT
    }

    /// Whether reading may go on after a pause. Well below the mark, so that it does not flutter.
    pub(crate) fn has_room(&self) -> bool {
        self.total - self.parked <= IN_FLIGHT
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open() -> Lanes<u32> {
        let mut lanes = Lanes::new();
        assert!(lanes.open().is_empty());
        lanes
    }

    fn key(name: &str) -> LaneKey {
        LaneKey::Room(RoomName::from_wire(name))
    }

    #[test]
    fn one_lane_is_a_queue_and_another_does_not_wait_for_it() {
        let mut lanes = open();

        assert_eq!(lanes.admit(Some(key("a")), 1), Admission::Start(1));
        assert_eq!(lanes.admit(Some(key("a")), 2), Admission::Queued);
        assert_eq!(lanes.admit(Some(key("b")), 3), Admission::Start(3));
        assert_eq!(lanes.admit(None, 4), Admission::Start(4));
        assert_eq!(lanes.staged(&key("a")), Some(2));
        assert_eq!(lanes.staged(&key("a")), None);
        assert_eq!(lanes.admit(Some(key("a")), 5), Admission::Start(5));
    }

    #[test]
    fn commands_before_the_connection_is_ready_keep_their_order() {
        let mut lanes = Lanes::new();

        assert_eq!(lanes.admit(Some(key("a")), 1), Admission::Queued);
        assert_eq!(lanes.admit(Some(key("a")), 2), Admission::Queued);

        assert_eq!(lanes.open(), [1]);
        assert_eq!(lanes.staged(&key("a")), Some(2));
    }

    #[test]
    fn commands_that_wait_for_a_client_are_no_pressure() {
        let mut lanes = open();
        for number in 0..80 {
            lanes.admit(Some(key("a")), number);
        }
        assert!(lanes.is_full());

        lanes.park(Some(&key("a")));
        assert!(!lanes.is_full());
        lanes.admit(Some(key("a")), 80);
        assert!(lanes.has_room());
        lanes.unpark(Some(&key("a")));

        assert!(lanes.is_full());
    }

    #[test]
    fn above_the_hard_cap_commands_are_refused_until_one_settles() {
        let mut lanes = open();
        for number in 0..HARD_CAP {
            assert_ne!(lanes.admit(Some(key("a")), number as u32), Admission::Refused);
        }

        assert_eq!(lanes.admit(Some(key("b")), 0), Admission::Refused);
        lanes.settled();
        assert_eq!(lanes.admit(Some(key("b")), 0), Admission::Start(0));
    }

    proptest! {
        /// Whatever comes in whatever lane: each lane runs its commands in order, one at a time, and
        /// all of them.
        #[test]
        fn every_lane_runs_all_its_commands_in_order(
            arrivals in prop::collection::vec((0_u8..4, any::<bool>()), 0..200),
        ) {
            let mut lanes: Lanes<(u8, usize)> = Lanes::new();
            lanes.open();
            let mut running: HashMap<u8, usize> = HashMap::new();
            let mut ran: HashMap<u8, Vec<usize>> = HashMap::new();
            let mut sent: HashMap<u8, Vec<usize>> = HashMap::new();

            let stage = |lanes: &mut Lanes<_>, running: &mut HashMap<_, _>, lane: u8| {
                if running.remove(&lane).is_some()
                    && let Some((lane, number)) = lanes.staged(&key(&lane.to_string()))
                {
                    running.insert(lane, number);
                    return Some(number);
                }
                None
            };
            for (number, (lane, stages)) in arrivals.into_iter().enumerate() {
                sent.entry(lane).or_default().push(number);
                match lanes.admit(Some(key(&lane.to_string())), (lane, number)) {
                    Admission::Start((lane, number)) => {
                        prop_assert!(running.insert(lane, number).is_none());
                        ran.entry(lane).or_default().push(number);
                    }
                    Admission::Queued => prop_assert!(running.contains_key(&lane)),
                    Admission::Refused => prop_assert!(false),
                }
                if stages && let Some(number) = stage(&mut lanes, &mut running, lane) {
                    ran.entry(lane).or_default().push(number);
                }
            }
            for lane in 0..4 {
                while running.contains_key(&lane) {
                    if let Some(number) = stage(&mut lanes, &mut running, lane) {
                        ran.entry(lane).or_default().push(number);
                    }
                }
            }

            prop_assert_eq!(ran, sent);
        }
    }
}
