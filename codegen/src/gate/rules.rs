//! The table of rules. An id is never given another meaning: it stands in the CI of users and in
//! their files of acknowledgements.

/// Who is on the wire with the new state of a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    /// A client of the old state meets a server of the new one.
    OldClients,
    /// A client of the new state meets a server of the old one.
    NewClients,
}

impl Party {
    /// Both of them, in the order in which they are shown.
    pub(crate) const ALL: [Self; 2] = [Self::OldClients, Self::NewClients];

    /// What people read.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::OldClients => "old clients against the new server",
            Self::NewClients => "new clients against the old server",
        }
    }
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// One of the two is hurt, and the other is not.
    Breaks(Party),
    /// Both are hurt.
    BreaksBoth,
    /// Nobody can tell whether this one is hurt.
    Unknown(Party),
    /// Nobody is hurt.
    Safe,
    /// Only words for people have changed.
    Text,
}

impl Effect {
    /// What people read in the reference.
    const fn words(self) -> &'static str {
        match self {
            Self::Breaks(Party::OldClients) => "breaks old clients",
            Self::Breaks(Party::NewClients) => "breaks new clients",
            Self::BreaksBoth => "breaks both",
            Self::Unknown(Party::OldClients) => "unknown for old clients",
            Self::Unknown(Party::NewClients) => "unknown for new clients",
            Self::Safe => "safe",
            Self::Text => "text only",
        }
    }
}

/// One thing that can come of a comparison.
#[derive(Debug)]
pub(crate) struct Rule {
    /// Its name for good: `command.removed`.
    pub(crate) id: &'static str,
    /// What it does.
    pub(crate) effect: Effect,
    /// What has changed, and why that hurts or does not.
    pub(crate) says: &'static str,
    /// How to get what one wanted without hurting anybody; empty where nobody is hurt.
    pub(crate) instead: &'static str,
}

macro_rules! rules {
    ($($name:ident = $id:literal, $effect:expr, $says:literal, $instead:literal;)*) => {
        $(#[doc = $says] pub(crate) const $name: Rule =
            Rule { id: $id, effect: $effect, says: $says, instead: $instead };)*

        /// All rules, in the order of the reference.
        pub(crate) const RULES: &[&Rule] = &[$(&$name),*];
    };
}

const OLD: Effect = Effect::Breaks(Party::OldClients);
const NEW: Effect = Effect::Breaks(Party::NewClients);
const BOTH: Effect = Effect::BreaksBoth;
const SAFE: Effect = Effect::Safe;

rules! {
    AUTH_REQUIRED = "contract.auth_required", OLD,
        "callers must now have a token: who came without one is refused",
        "let guests in until old clients are gone";
    AUTH_DROPPED = "contract.auth_dropped", NEW,
        "callers need no token any longer: the old server still asks for one",
        "roll out the server first";
    GUESTS_REFUSED = "contract.guests_refused", OLD,
        "callers without a token are no longer let in",
        "keep `guests: true` until old clients are gone";
    GUESTS_ADMITTED = "contract.guests_admitted", NEW,
        "callers without a token are now let in: the old server refuses them",
        "roll out the server first";
    SCOPE_DECLARED = "contract.scope_declared", SAFE,
        "a scope was declared; what asks for it has a finding of its own", "";
    SCOPE_WITHDRAWN = "contract.scope_withdrawn", SAFE,
        "a scope is no longer declared; what asked for it has a finding of its own", "";

    NAMESPACE_ADDED = "namespace.added", NEW,
        "a namespace was added: the old server does not know it",
        "roll out the server first";
    NAMESPACE_REMOVED = "namespace.removed", OLD,
        "a namespace was removed: old clients cannot enter it",
        "keep it, deprecated, until old clients are gone";

    COMMAND_ADDED = "command.added", NEW,
        "a command was added: the old server refuses it as unknown",
        "roll out the server first";
    COMMAND_REMOVED = "command.removed", OLD,
        "a command was removed: old clients get `unknown_event`",
        "keep it, deprecated with its replacement, until old clients are gone";
    EVENT_ADDED = "event.added", NEW,
        "an event was added: the old server never sends it",
        "roll out the server first";
    EVENT_REMOVED = "event.removed", OLD,
        "an event was removed: old clients wait for it in vain",
        "send it beside its replacement until old clients are gone";
    EVENT_DIRECTION = "event.direction", BOTH,
        "an event now travels the other way",
        "give the other way an event of its own name";
    EVENT_KIND = "event.kind", BOTH,
        "a message, a join, a stream and a question are different exchanges",
        "add an event of the new kind under another name";
    STREAM_LEASE = "stream.lease", SAFE,
        "a producer may be silent for another time; the server tells it with every stream", "";
    QUESTION_EXPIRY = "question.expiry", SAFE,
        "a question waits for another time; the server tells it with every question", "";

    ACK_ADDED = "ack.added", NEW,
        "a command is now acknowledged: the old server does not promise an answer to it",
        "roll out the server first";
    ACK_REMOVED = "ack.removed", OLD,
        "a command is no longer acknowledged: old clients wait for an answer",
        "add a command without an acknowledgement under another name";

    REFUSAL_ADDED = "refusal.added", SAFE,
        "an event may be refused with one more code; clients act on its category and recovery", "";
    REFUSAL_REMOVED = "refusal.removed", SAFE,
        "an event is no longer refused with a code", "";

    DELIVERY_WEAKENED = "policy.delivery_weakened", OLD,
        "less is promised for the delivery: old clients rely on what they were promised",
        "add an event with the weaker promise under another name";
    DELIVERY_STRENGTHENED = "policy.delivery_strengthened", NEW,
        "more is promised for the delivery: the old server does not keep it",
        "roll out the server first";
    LANE_CHANGED = "policy.lane", BOTH,
        "commands wait for others than before: the two ends count different predecessors",
        "add a command with the other lane under another name";
    SCOPE_DEMANDED = "policy.scope_demanded", OLD,
        "a scope is asked for that tokens of old clients need not have",
        "give the scope to tokens first, and demand it when the last one without it has expired";
    SCOPE_DROPPED = "policy.scope_dropped", NEW,
        "a scope is no longer asked for: the old server still demands it",
        "roll out the server first";
    EVENT_GUESTS_REFUSED = "policy.guests_refused", OLD,
        "guests may no longer send a command",
        "add a command for members under another name";
    EVENT_GUESTS_ADMITTED = "policy.guests_admitted", NEW,
        "guests may now send a command: the old server refuses them",
        "roll out the server first";
    BYTES_LOWERED = "policy.max_bytes_lowered", OLD,
        "payloads that old clients may send are now too large",
        "keep the larger limit until old clients are gone";
    BYTES_RAISED = "policy.max_bytes_raised", NEW,
        "payloads that new clients may send are too large for the old server",
        "roll out the server first";
    WINDOW_BELOW_OFFLINE = "policy.window_shortened", OLD,
        "old clients keep a command longer than the new server remembers answers: it refuses what comes too late",
        "keep the window as long as the longest time to live offline that is still in use";
    OFFLINE_BEYOND_WINDOW = "policy.offline_prolonged", NEW,
        "new clients keep a command longer than the old server remembers answers: it refuses what comes too late",
        "lengthen the window first, and the time to live offline with the next version";
    WINDOW_CHANGED = "policy.window", SAFE,
        "answers are remembered for another time, which all clients stay within", "";
    OFFLINE_CHANGED = "policy.offline", SAFE,
        "each client does with a command offline what its own version says", "";
    FLAG_DEMANDED = "policy.flag_demanded", OLD,
        "a flag can now turn off what always worked",
        "add what the flag guards under another name";
    FLAG_DROPPED = "policy.flag_dropped", NEW,
        "a flag no longer turns it off: on the old server it still may",
        "roll out the server first";
    RATE_CHANGED = "policy.rate", SAFE,
        "another rate or cost; who is too fast is told when to send again, and does", "";
    TIMEOUT_CHANGED = "policy.timeout", SAFE,
        "a handler may take another time; a client that gives up earlier says so", "";

    EVENT_ROOM_LEFT = "policy.room_left", OLD,
        "an event no longer reaches who is where old clients are, or a command is no longer for them",
        "name the old room beside the new one until old clients are gone";
    EVENT_ROOM_ENTERED = "policy.room_entered", NEW,
        "an event belongs to a room that it does not belong to on the old server",
        "roll out the server first";
    ROOM_ADDED = "room.added", NEW,
        "a kind of room was added: the old server does not know it",
        "roll out the server first";
    ROOM_REMOVED = "room.removed", OLD,
        "a kind of room was removed: old clients cannot enter it",
        "keep it until old clients are gone";
    ROOM_PARAMETERS = "room.parameters", BOTH,
        "a room's name is made of other fields: the two ends name different rooms",
        "add a room with another pattern";
    PRESENCE_ADDED = "room.presence_added", NEW,
        "members now see each other: the old server tells nobody",
        "roll out the server first";
    PRESENCE_REMOVED = "room.presence_removed", OLD,
        "members no longer see each other: old clients wait for them",
        "keep it until old clients are gone";
    RECEIPTS_ADDED = "room.receipts_added", NEW,
        "a room now keeps receipts: the old server refuses them",
        "roll out the server first";
    RECEIPTS_REMOVED = "room.receipts_removed", OLD,
        "a room no longer keeps receipts: those of old clients are refused",
        "keep them until old clients are gone";
    RETENTION_CHANGED = "room.retention", SAFE,
        "events are kept for another time; who comes too late gets the room's state instead", "";

    CODE_ADDED = "code.added", SAFE,
        "a code was added; clients act on its category and recovery", "";
    CODE_REMOVED = "code.removed", SAFE,
        "a code is no longer used: never give it to something else", "";
    CODE_CATEGORY = "code.category", BOTH,
        "a code now says something else: what an application does about its category is wrong",
        "add a code of the other category";
    CODE_RECOVERY = "code.recovery", SAFE,
        "something else helps; the recovery travels with each refusal, and clients carry it out", "";
    CODE_SEVERITY = "code.severity", SAFE,
        "a refusal counts as more or less bad; the severity travels with it", "";

    PAYLOAD_OLD_REFUSED = "payload.old_client_refused", OLD,
        "the new server cannot read what old clients may send",
        "make the new field optional, keep the removed one, or mark the enum `#[payload(open)]`";
    PAYLOAD_NEW_REFUSED = "payload.new_client_refused", NEW,
        "the old server cannot read what new clients may send",
        "roll out the server first";
    PAYLOAD_OLD_MISREADS = "payload.old_client_misreads", OLD,
        "old clients get what does not fit their types",
        "keep the field, add the new form beside it, or mark the enum `#[payload(open)]`";
    PAYLOAD_NEW_MISREADS = "payload.new_client_misreads", NEW,
        "new clients get from the old server what does not fit their types",
        "make the new field optional, or roll out the server first";
    PAYLOAD_OLD_UNKNOWN = "payload.old_client_unknown", Effect::Unknown(Party::OldClients),
        "a type changed, and neither a proof nor a counterexample was found for old clients",
        "look at it, and acknowledge it with a reason";
    PAYLOAD_NEW_UNKNOWN = "payload.new_client_unknown", Effect::Unknown(Party::NewClients),
        "a type changed, and neither a proof nor a counterexample was found for new clients",
        "look at it, and acknowledge it with a reason";
    PAYLOAD_CHANGED = "payload.changed", SAFE,
        "a type changed, and both ends read what the other may send", "";

    CONSTRAINT_TIGHTENED = "constraint.tightened", OLD,
        "the new server refuses values that old clients may send",
        "tighten the constraint in the client first, and in the contract when old ones are gone";
    CONSTRAINT_LOOSENED = "constraint.loosened", NEW,
        "the old server refuses values that new clients may send",
        "roll out the server first";
    CONSTRAINT_SENT = "constraint.sent", SAFE,
        "the server sends values beyond a constraint of the other state; clients read by type alone", "";

    TEXT_CHANGED = "text.changed", Effect::Text,
        "documentation, words of a refusal, an example or a deprecation changed", "";
}

/// The reference of all rules, as Markdown.
pub(crate) fn reference() -> String {
    let mut text = format!(
        "<!-- {} -->\n\n# Rules of the breaking-change gate\n\n\
         What `cargo contract -p <crate> diff` and `check --against` say of a change. *Old clients* are those of the\n\
         old state against a server of the new one, *new clients* those of the new state against a server of the old\n\
         one. An id keeps its meaning for good.\n",
        "@generated by cargo contract rules; change codegen/src/gate/rules.rs instead"
    );
    let mut group = "";
    for rule in RULES {
        let own = rule.id.split('.').next().unwrap_or(rule.id);
        if own != group {
            group = own;
            text.push_str(&format!(
                "\n## {group}\n\n| rule | verdict | what it says | instead |\n| --- | --- | --- | --- |\n"
            ));
        }
        let Rule { id, effect, says, instead } = rule;
        let instead = if instead.is_empty() { "–" } else { instead };
        text.push_str(&format!("| `{id}` | {} | {says} | {instead} |\n", effect.words()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_rules_share_an_id_and_groups_stand_together() {
        let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
        let mut groups: Vec<&str> =
            RULES.iter().filter_map(|rule| rule.id.split('.').next()).collect();

        groups.dedup();

        assert_eq!(ids.len(), RULES.len());
        assert_eq!(groups.iter().collect::<BTreeSet<_>>().len(), groups.len(), "{groups:?}");
    }

    #[test]
    fn who_is_hurt_is_told_the_way_out() {
        for rule in RULES {
            let hurts = !matches!(rule.effect, Effect::Safe | Effect::Text);
            assert_eq!(hurts, !rule.instead.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn the_reference_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/RULES.md");

        let committed = std::fs::read_to_string(path).unwrap_or_default();

        assert!(
            committed == reference(),
            "run `cargo contract -p tautline-quickstart rules > codegen/RULES.md`"
        );
    }
}
