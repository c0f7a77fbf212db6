//! How many round trips a conversation took, told by what could have caused what and not by a clock.
//!
//! Each end has a number. What a client sends carries the client's number; when it arrives, the
//! server has at least the next one. What the server sends carries the server's; when it arrives, the
//! client has at least that. So forty commands that go out together are one round trip, however long
//! each takes, and forty that wait for each other are forty. Pure.

use crate::frame::{Direction, Kind};

/// The numbers of both ends of a link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trips {
    client: u64,
    server: u64,
}

impl Trips {
    /// The number that a frame carries which is sent now.
    pub fn sent(&self, direction: Direction) -> u64 {
        match direction {
            Direction::Up => self.client,
            Direction::Down => self.server,
        }
    }

    /// A frame that carries this number has arrived.
    pub fn arrived(&mut self, direction: Direction, kind: Kind, trip: u64) {
        // Pings come by the clock: they are no part of the conversation.
        if matches!(kind, Kind::Ping | Kind::Pong) {
            return;
        }
        match direction {
            Direction::Up => self.server = self.server.max(trip + 1),
            Direction::Down => self.client = self.client.max(trip),
        }
    }

    /// How many round trips the client has seen the end of.
    pub fn completed(&self) -> u64 {
        self.client
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn send(trips: &Trips, direction: Direction, count: usize) -> Vec<u64> {
        (0..count).map(|_| trips.sent(direction)).collect()
    }

    fn arrive(trips: &mut Trips, direction: Direction, sent: &[u64]) {
        for trip in sent {
            trips.arrived(direction, Kind::Event, *trip);
        }
    }

    #[test]
    fn what_goes_out_together_is_one_round_trip() {
        let mut trips = Trips::default();

        let commands = send(&trips, Direction::Up, 40);
        arrive(&mut trips, Direction::Up, &commands);
        let answers = send(&trips, Direction::Down, 40);
        arrive(&mut trips, Direction::Down, &answers);

        assert_eq!(trips.completed(), 1);
    }

    #[test]
    fn what_waits_for_an_answer_is_another_one() {
        let mut trips = Trips::default();

        for _ in 0..40 {
            let command = send(&trips, Direction::Up, 1);
            arrive(&mut trips, Direction::Up, &command);
            let answer = send(&trips, Direction::Down, 1);
            arrive(&mut trips, Direction::Down, &answer);
        }

        assert_eq!(trips.completed(), 40);
    }

    #[test]
    fn a_ping_and_its_answer_are_none() {
        let mut trips = Trips::default();

        trips.arrived(Direction::Down, Kind::Ping, 0);
        trips.arrived(Direction::Up, Kind::Pong, 0);
        trips.arrived(Direction::Down, Kind::Event, trips.sent(Direction::Down));

        assert_eq!(trips.completed(), 0);
    }
}
