//! The contract as a whole.
mod syntax {
    use tautline::contract;

    contract! { name: "Agent Chat", version: "1.0", namespaces: [], scopes: "a", auth: basic, guest: true }
}

mod kinds {
    use tautline::contract;

    contract! { name: x, version: 1, namespaces: Chat, scopes: [1, "a", "a"], auth: "jwt", guests: 1, flags: ["f", "f"], name: "b" }
}

mod missing {
    use tautline::contract;

    contract! {}
}

mod everybody {
    use tautline::{contract, namespace};

    #[namespace("/a")]
    pub trait AServer {
        #[event]
        fn ping();
    }

    contract! { name: "a", version: "1.0.0", namespaces: [A, A], auth: none, guests: false }
}

fn main() {}
