//! The rules in force, and which of them acts on a frame. Pure: no clock, no sockets, and the same
//! frames under the same seed get the same verdicts.

use std::collections::HashMap;

use crate::chance::draw;
use crate::frame::{Direction, Frame};
use crate::rule::{Action, LinkId, Rule, RuleId};

/// The rules, in the order in which they were made.
#[derive(Debug)]
pub struct Rules {
    seed: u64,
    last: u64,
    active: Vec<Active>,
}

#[derive(Debug)]
struct Active {
    id: RuleId,
    rule: Rule,
    /// How many frames it was for.
    seen: u64,
    /// How often it acted.
    acted: u64,
    /// The same per link and direction: what chance is drawn for must not depend on other links.
    places: HashMap<(LinkId, Direction), u64>,
}

impl Rules {
    /// No rules yet.
    pub fn new(seed: u64) -> Self {
        Self { seed, last: 0, active: Vec::new() }
    }

    /// Puts a rule behind those that are there.
    pub fn add(&mut self, rule: Rule) -> RuleId {
        self.last += 1;
        let id = RuleId(self.last);
        self.active.push(Active { id, rule, seen: 0, acted: 0, places: HashMap::new() });
        id
    }

    /// Takes a rule away. False if it is not there.
    pub fn remove(&mut self, id: RuleId) -> bool {
        let before = self.active.len();
        self.active.retain(|active| active.id != id);
        self.active.len() < before
    }

    /// Takes all rules away.
    pub fn clear(&mut self) {
        self.active.clear();
    }

    /// How often a rule has acted; `None` if it is not there.
    pub fn acted(&self, id: RuleId) -> Option<u64> {
        self.active.iter().find(|active| active.id == id).map(|active| active.acted)
    }

    /// The first rule that acts on this frame; the ones behind it do not see it.
    pub fn judge(
        &mut self,
        link: LinkId,
        direction: Direction,
        frame: &Frame,
    ) -> Option<(RuleId, Action)> {
        let seed = self.seed;
        self.active.iter_mut().find_map(|active| active.judge(seed, link, direction, frame))
    }
}

impl Active {
    fn judge(
        &mut self,
        seed: u64,
        link: LinkId,
        direction: Direction,
        frame: &Frame,
    ) -> Option<(RuleId, Action)> {
        let Rule { when, nth, times, chance, action } = &self.rule;
        if !when.matches(link, direction, frame) {
            return None;
        }
        self.seen += 1;
        let place = self.places.entry((link, direction)).or_default();
        *place += 1;
        let way = match direction {
            Direction::Up => 0,
            Direction::Down => 1,
        };
        let is_drawn =
            chance.is_none_or(|chance| draw(seed, &[self.id.0, link.0, way, *place]) < chance);
        if self.seen < *nth || times.is_some_and(|times| self.acted >= times) || !is_drawn {
            return None;
        }
        self.acted += 1;
        Some((self.id, action.clone()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::frame::Kind;
    use crate::rule::When;

    const LINK: LinkId = LinkId(1);

    fn event(name: &str) -> Frame {
        Frame {
            kind: Kind::Event,
            namespace: Some("/chat".to_owned()),
            event: Some(name.to_owned()),
            id: None,
            pieces: Vec::new(),
        }
    }

    fn judged(rules: &mut Rules, name: &str) -> Option<Action> {
        rules.judge(LINK, Direction::Up, &event(name)).map(|(_, action)| action)
    }

    #[test]
    fn a_rule_acts_from_its_nth_frame_on_and_so_many_times() {
        let mut rules = Rules::new(0);
        rules.add(Rule::new(When::commands("say"), Action::Drop).nth(2).times(2));

        let acted: Vec<_> = (0..5).map(|_| judged(&mut rules, "say").is_some()).collect();

        assert_eq!(acted, [false, true, true, false, false]);
        assert_eq!(judged(&mut rules, "wave"), None);
    }

    #[test]
    fn the_first_rule_that_acts_is_the_only_one() {
        let mut rules = Rules::new(0);
        rules.add(Rule::new(When::commands("say"), Action::Pass).once());
        let dropping = rules.add(Rule::new(When::default(), Action::Drop));

        assert_eq!(judged(&mut rules, "say"), Some(Action::Pass));
        assert_eq!(judged(&mut rules, "say"), Some(Action::Drop));
        assert_eq!(rules.acted(dropping), Some(1));
        assert!(rules.remove(dropping));
        assert_eq!(judged(&mut rules, "say"), None);
    }

    #[test]
    fn a_rule_for_everything_is_not_one_for_clients_that_come() {
        let mut rules = Rules::new(0);
        rules.add(Rule::new(When::default(), Action::Drop));
        let link = Frame { kind: Kind::Link, ..event("") };

        assert_eq!(rules.judge(LINK, Direction::Up, &link), None);
    }

    #[test]
    fn a_rule_for_events_is_one_for_those_with_attachments_and_not_the_other_way_round() {
        let binary = Frame { kind: Kind::BinaryEvent, ..event("say") };
        let mut rules = Rules::new(0);
        let both = rules.add(Rule::new(When::commands("say"), Action::Drop));
        assert!(rules.judge(LINK, Direction::Up, &binary).is_some());

        rules.remove(both);
        let when = When { kind: Some(Kind::BinaryEvent), ..When::default() };
        rules.add(Rule::new(when, Action::Drop));

        assert!(rules.judge(LINK, Direction::Up, &binary).is_some());
        assert_eq!(judged(&mut rules, "say"), None);
    }

    proptest! {
        /// What other links do changes nothing for this one.
        #[test]
        fn chance_depends_on_the_seed_and_the_frame_alone(seed: u64, others in prop::collection::vec(0_u64..4, 0..60)) {
            let storm = Rule::new(When::default(), Action::Drop).chance(0.5);
            let (mut alone, mut among) = (Rules::new(seed), Rules::new(seed));
            alone.add(storm.clone());
            among.add(storm);
            let frame = event("say");

            let mut verdicts = Vec::new();
            for other in &others {
                among.judge(LinkId(2 + other), Direction::Up, &frame);
                among.judge(LINK, Direction::Down, &frame);
                verdicts.push(among.judge(LINK, Direction::Up, &frame));
            }

            let expected: Vec<_> = others.iter().map(|_| alone.judge(LINK, Direction::Up, &frame)).collect();
            prop_assert_eq!(verdicts, expected);
        }
    }
}
