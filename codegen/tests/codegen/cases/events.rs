//! What is special about an event.

pub(crate) mod nothing_in_and_nothing_out {
    use tautline::{NoRefusal, namespace};

    /// Only names.
    #[namespace("/", client = PulseClient)]
    pub(crate) trait PulseServer {
        /// Is anybody there?
        #[event]
        async fn ping() -> Result<(), NoRefusal>;
        /// Nobody answers.
        #[event]
        fn shout();
    }

    /// Only names.
    #[namespace("/", side = client)]
    pub(crate) trait PulseClient {
        /// Time goes on.
        #[event(delivery = volatile)]
        fn tick();
    }
    tautline::contract! { name: "pulse", version: "1.0.0", namespaces: [Pulse], auth: none }
}

pub(crate) mod answers_of_every_form {
    use tautline::{NoRefusal, namespace, payload};

    #[payload]
    pub(crate) struct Item {}

    /// Answers.
    #[namespace("/answers")]
    pub(crate) trait AnswersServer {
        /// A list.
        #[event]
        async fn list() -> Result<Vec<Item>, NoRefusal>;
        /// Something or nothing.
        #[event]
        async fn find() -> Result<Option<Item>, NoRefusal>;
        /// A text.
        #[event]
        async fn name() -> Result<String, NoRefusal>;
    }
    tautline::contract! { name: "answers", version: "1.0.0", namespaces: [Answers], auth: none }
}

pub(crate) mod refusals {
    use tautline::{contract_error, namespace, payload};

    #[payload]
    pub(crate) struct Id(pub(crate) String);

    /// Why it was refused.
    #[contract_error]
    pub(crate) enum OrderError {
        /// It does not exist.
        #[problem(category = not_found, message = "Gone.", hint = "Look elsewhere.")]
        Gone,
        /// Somebody else has it.
        #[problem(category = unavailable, recovery = retry(after = retry_after_ms), message = "{by} has it.", hint = "Wait.")]
        Taken {
            by: String,
            retry_after_ms: u32,
            /// Who waits, too.
            others: Vec<Id>,
            note: Option<String>,
        },
    }

    /// One code only.
    #[contract_error]
    pub(crate) enum ClosedError {
        /// We are closed.
        #[problem(category = conflict, message = "Closed.", hint = "Come tomorrow.")]
        Closed,
    }

    /// Orders.
    #[namespace("/orders")]
    pub(crate) trait OrdersServer {
        /// Places one.
        #[event]
        async fn place() -> Result<Id, OrderError>;
        /// Nobody waits, and the refusal is told all the same.
        #[event]
        fn cancel() -> Result<(), ClosedError>;
    }
    tautline::contract! { name: "orders", version: "1.0.0", namespaces: [Orders], auth: none }
}

pub(crate) mod every_policy {
    use tautline::{NoRefusal, namespace, payload, room};

    /// A desk.
    #[room("desk:{desk}")]
    pub(crate) struct Desk {
        pub(crate) desk: u32,
    }

    #[payload]
    pub(crate) struct Paper {
        pub(crate) desk: u32,
    }

    /// A desk with papers.
    #[namespace("/desks")]
    pub(crate) trait DesksServer {
        /// Says all that can be said.
        #[event(delivery = idempotent, room = Desk, scope = ["desks:read", "desks:write"], offline = queue("1h"),
                window = "2h", timeout = "3s", rate = "20/10s", cost = 2, max_bytes = "16KiB", flag = "papers", since = "1.2.0")]
        async fn file(paper: Paper) -> Result<Paper, NoRefusal>;
        /// Runs free.
        #[event(guests, lane = none)]
        async fn look() -> Result<(), NoRefusal>;
        /// Has a lane of its own.
        #[event(scope = "desks:write", lane = "cleaning", offline = drop)]
        fn clean();
    }
    tautline::contract! {
        name: "desks", version: "1.2.0", namespaces: [Desks],
        scopes: ["desks:write", "desks:read"], flags: ["papers"], auth: jwt, guests: true
    }
}

pub(crate) mod on_the_way_out {
    use tautline::{NoRefusal, namespace};

    /// Old and new.
    #[namespace("/old")]
    pub(crate) trait OldServer {
        /// The old way.
        #[event(deprecated(replacement = "new_way", note = "Too slow."))]
        async fn old_way() -> Result<(), NoRefusal>;
        #[event(deprecated = "Nobody needs it.")]
        async fn useless() -> Result<(), NoRefusal>;
        /// The new way.
        #[event]
        async fn new_way() -> Result<(), NoRefusal>;
    }
    tautline::contract! { name: "old", version: "1.0.0", namespaces: [Old], auth: none }
}

pub(crate) mod names_with_signs {
    use tautline::{NoRefusal, namespace};

    /// Names as an old server had them.
    #[namespace("/legacy/v1", client = LegacyClient)]
    pub(crate) trait LegacyServer {
        /// Under another name.
        #[event(name = "chat:send.v2")]
        async fn send() -> Result<(), NoRefusal>;
    }

    /// Names as an old server had them.
    #[namespace("/legacy/v1", side = client)]
    pub(crate) trait LegacyClient {
        /// Begins with a digit.
        #[event(name = "2nd")]
        fn second();
    }
    tautline::contract! { name: "legacy", version: "1.0.0", namespaces: [Legacy], auth: none }
}

pub(crate) mod questions_and_streams {
    use tautline::{contract_error, namespace, payload, room};

    /// A talk.
    #[room("talk:{id}")]
    pub(crate) struct Talk {
        pub(crate) id: String,
    }

    #[payload]
    pub(crate) enum Decision {
        Yes,
        No,
    }

    /// Why nobody decided.
    #[contract_error]
    pub(crate) enum Declined {
        /// It is too dangerous.
        #[problem(category = permission_denied, message = "Too dangerous.", hint = "")]
        TooDangerous,
    }

    /// A talk.
    #[namespace("/talks", client = TalksClient)]
    pub(crate) trait TalksServer {
        /// Listens.
        #[join]
        async fn join_talk(room: Talk) -> Result<Decision, Declined>;
    }

    /// A talk.
    #[namespace("/talks", side = client)]
    pub(crate) trait TalksClient {
        /// May it?
        #[question(room = Talk, expires = "10m", scope = "decide")]
        async fn may_it(talk: Talk) -> Result<Decision, Declined>;
        /// Did you see it?
        #[question(room = Talk, expires = "1m")]
        async fn seen(talk: Talk) -> Result<(), Declined>;
        /// Words as they come.
        #[stream(room = Talk, lease = "15s")]
        fn words(talk: Talk) -> Result<Decision, Declined>;
    }
    tautline::contract! { name: "talks", version: "1.0.0", namespaces: [Talks], scopes: ["decide"], auth: jwt }
}
