//! What a test orders at once, without a rule, and what it asks of the log.

use std::time::Duration;

use super::{Desk, State, link_frame};
use crate::frame::Direction;
use crate::link::Link;
use crate::log::{Act, Entry, Place, Search};
use crate::rule::{Half, LinkId, Rule, RuleId, Way};

impl Desk {
    /// Ends these links from outside.
    pub(crate) fn cut(&self, only: Option<LinkId>, half: Half) {
        self.for_each(only, Act::Cut, |link| link.cut(half));
    }

    /// Stops these links without ending them.
    pub(crate) fn stop(&self, only: Option<LinkId>, way: Way) {
        self.for_each(only, Act::HalfOpened, |link| link.stop(way));
    }

    /// Lets these links go on.
    pub(crate) fn go_on(&self, only: Option<LinkId>) {
        self.for_each(only, Act::WentOn, Link::go_on);
    }

    fn for_each(&self, only: Option<LinkId>, act: Act, what: impl Fn(&Link)) {
        let mut state = self.state();
        let State { log, links, .. } = &mut *state;
        let chosen = links.values().filter(|(link, _)| only.is_none_or(|id| id == link.id));
        for (link, talk) in chosen {
            let trip = talk.trips.completed();
            let place = Place { link: link.id, direction: Direction::Up, trip };
            log.note(act, place, &link_frame(), None);
            what(link);
        }
        self.tell(&state);
    }

    pub(crate) fn add(&self, rule: Rule) -> RuleId {
        self.state().rules.add(rule)
    }

    pub(crate) fn remove(&self, rule: RuleId) -> bool {
        self.state().rules.remove(rule)
    }

    pub(crate) fn clear(&self) {
        self.state().rules.clear();
    }

    pub(crate) fn set_rtt(&self, rtt: Duration) {
        self.state().rtt = rtt;
    }

    pub(crate) fn find(&self, search: &Search) -> Vec<Entry> {
        self.state().log.find(search).cloned().collect()
    }

    pub(crate) fn links(&self) -> Vec<LinkId> {
        self.state().links.keys().copied().collect()
    }

    /// Waits until the log has so many entries of these.
    pub(crate) async fn found(&self, search: &Search, count: usize) -> Vec<Entry> {
        let mut noted = self.noted.subscribe();
        loop {
            noted.borrow_and_update();
            let found = self.find(search);
            // The sender is a part of the desk: it lives as long as this borrow.
            if found.len() >= count || noted.changed().await.is_err() {
                return found;
            }
        }
    }
}
