//! What a test may ask of the proxy: which frames, how often, and what shall become of them.
//!
//! As JSON, which is how a program that is not Rust says it:
//! `{"when":{"direction":"down","kind":"ack","event":"add_card"},"nth":2,"times":1,"action":{"type":"drop"}}`.

use serde::{Deserialize, Serialize};

use crate::frame::{Direction, Frame, Kind};

/// A number that the proxy gave a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RuleId(pub u64);

/// A number that the proxy gave a link: one Engine.IO session, from 1 in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LinkId(pub u64);

/// Which frames. What is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct When {
    /// Those of this link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<LinkId>,
    /// Those that go this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Those of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Those of this namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Events of this name, and answers to them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
}

/// What becomes of a frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// It passes, whatever later rules say.
    Pass,
    /// It never arrives.
    Drop,
    /// It waits, and what comes behind it waits too.
    Delay {
        /// For so many milliseconds.
        ms: u64,
    },
    /// It arrives again and again.
    Duplicate {
        /// So many times more.
        copies: u32,
    },
    /// It is overtaken.
    Reorder {
        /// By so many frames of its direction. If they never come, neither does it.
        behind: u32,
    },
    /// Its first bytes arrive.
    Truncate {
        /// So many.
        bytes: usize,
    },
    /// The link ends when everything before the frame has arrived; the frame does not.
    Cut {
        /// Who notices.
        #[serde(default)]
        half: Half,
    },
    /// Nobody takes anything any more, and nobody is told: the frame and all behind it wait until the
    /// proxy is told to go on.
    HalfOpen {
        /// In which direction.
        #[serde(default)]
        way: Way,
    },
    /// A client that comes is turned away; a namespace is refused with these words, whether the rule
    /// is for the CONNECT or for the server's answer to it. Other frames are dropped. A client that
    /// polls hears of a refused CONNECT with the next thing that the server has to say.
    Refuse {
        /// The words.
        #[serde(default = "refused")]
        message: String,
    },
}

/// Whose connection ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Half {
    /// Both: client and server notice.
    #[default]
    Both,
    /// The client's. What the server still sends is thrown away.
    Client,
    /// The server's. What the client still sends is thrown away.
    Server,
}

/// In which direction nothing is taken any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// In both.
    #[default]
    Both,
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

impl Way {
    /// Whether it stops this direction.
    pub fn stops(self, direction: Direction) -> bool {
        match self {
            Self::Both => true,
            Self::Up => direction == Direction::Up,
            Self::Down => direction == Direction::Down,
        }
    }
}

/// A rule. It acts on the frames that it is for, from the `nth` on, at most `times` times.
///
/// ```
/// use tautline_fault_proxy::{Action, Rule, When};
///
/// let second_answer_is_lost = Rule::new(When::acks().of("add_card"), Action::Drop).nth(2).once();
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rule {
    /// Which frames it is for.
    #[serde(default)]
    pub when: When,
    /// The first of them that it acts on, from 1.
    #[serde(default = "first")]
    pub nth: u64,
    /// How often it acts; for ever if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u64>,
    /// Its probability for each of them, from 0 to 1. Drawn from the proxy's seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<f64>,
    /// What it does.
    pub action: Action,
}

impl When {
    /// Clients that come.
    pub fn links() -> Self {
        Self { kind: Some(Kind::Link), ..Self::default() }
    }

    /// Commands of this name: events on their way to the server.
    pub fn commands(event: &str) -> Self {
        let kind = Some(Kind::Event);
        Self { kind, direction: Some(Direction::Up), ..Self::default() }.of(event)
    }

    /// Events of this name, on their way to the client.
    pub fn events(event: &str) -> Self {
        let kind = Some(Kind::Event);
        Self { kind, direction: Some(Direction::Down), ..Self::default() }.of(event)
    }

    /// Answers to what a client has asked.
    pub fn acks() -> Self {
        let kind = Some(Kind::Ack);
        Self { kind, direction: Some(Direction::Down), ..Self::default() }
    }

    /// Those of this event alone, or the answers to it.
    pub fn of(mut self, event: &str) -> Self {
        self.event = Some(event.to_owned());
        self
    }

    /// Those of this namespace alone.
    pub fn within(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    /// Those of this link alone.
    pub fn on(mut self, link: LinkId) -> Self {
        self.link = Some(link);
        self
    }

    /// Whether it is for this frame.
    pub fn matches(&self, link: LinkId, direction: Direction, frame: &Frame) -> bool {
        let Self { link: only, direction: way, kind, namespace, event } = self;
        only.is_none_or(|it| it == link)
            && way.is_none_or(|it| it == direction)
            && kind.is_none_or(|it| it.includes(frame.kind))
            && namespace.as_ref().is_none_or(|it| frame.namespace.as_ref() == Some(it))
            && event.as_ref().is_none_or(|it| frame.event.as_ref() == Some(it))
            // A rule that does not say so is not about clients that come.
            && (frame.kind != Kind::Link || *kind == Some(Kind::Link))
    }
}

impl Rule {
    /// A rule that acts on all of these, for ever.
    pub fn new(when: When, action: Action) -> Self {
        Self { when, nth: first(), times: None, chance: None, action }
    }

    /// From the nth of them on.
    pub fn nth(mut self, nth: u64) -> Self {
        self.nth = nth;
        self
    }

    /// At most so often.
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Once.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// With this probability for each of them.
    pub fn chance(mut self, chance: f64) -> Self {
        self.chance = Some(chance);
        self
    }
}

fn first() -> u64 {
    1
}

fn refused() -> String {
    "refused by the proxy".to_owned()
}
