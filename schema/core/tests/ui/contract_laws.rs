//! Laws that hold across a contract.
use tautline::{namespace, payload, room};

#[payload]
pub struct Note {
    pub id: String,
}

#[room("notes:{id}")]
pub struct Notes {
    pub id: String,
}

#[namespace("/notes", client = NotesClient)]
pub trait ListServer {
    #[event(scope = "notes:wrote", room = Notes)]
    fn ping(note: Note);
}

#[namespace("/nodes", side = client)]
pub trait NotesClient {
    #[event(room = Notes)]
    fn pong(note: Note);
}

mod scopes {
    tautline::contract! { name: "a", version: "1.0.0", namespaces: [super::List], scopes: ["notes:write"], auth: jwt }
}

mod flags {
    use tautline::namespace;

    #[namespace("/flags")]
    pub trait AServer {
        #[event(flag = "serch")]
        fn ping();
    }

    tautline::contract! { name: "a", version: "1.0.0", namespaces: [A], flags: ["search"], auth: jwt }
}

mod paths {
    use tautline::namespace;

    #[namespace("/same")]
    pub trait AServer {
        #[event]
        fn ping();
    }

    #[namespace("/same")]
    pub trait BServer {
        #[event]
        fn ping();
    }

    tautline::contract! { name: "a", version: "1.0.0", namespaces: [A, B], auth: jwt }
}

mod guests {
    use tautline::namespace;

    #[namespace("/a")]
    pub trait AServer {
        #[event(guests)]
        fn ping();
    }

    tautline::contract! { name: "a", version: "1.0.0", namespaces: [A], auth: jwt }
}

mod rooms {
    use tautline::{namespace, payload, room};

    #[room("notes:{name}")]
    pub struct Others {
        pub name: String,
    }

    #[payload]
    pub struct Both {
        pub id: String,
        pub name: String,
    }

    #[namespace("/a")]
    pub trait AServer {
        #[event(room = [super::Notes, Others])]
        fn ping(both: Both);
    }

    tautline::contract! { name: "a", version: "1.0.0", namespaces: [A], auth: jwt }
}

mod presence {
    use tautline::{namespace, room};

    #[room("watched:{id}", presence = super::Note)]
    pub struct Watched {
        pub id: String,
    }

    #[namespace("/a")]
    pub trait AServer {
        #[event(room = Watched)]
        fn ping(note: super::Note);
    }

    tautline::contract! { name: "a", version: "1.0.0", namespaces: [A], auth: jwt }
}

mod receipts {
    use tautline::{NoRefusal, namespace, room};

    #[room("unread:{id}", receipts)]
    pub struct Unread {
        pub id: String,
    }

    #[namespace("/a", client = AClient)]
    pub trait AServer {
        #[join]
        async fn join_unread(room: Unread) -> Result<super::Note, NoRefusal>;
    }

    #[namespace("/a", side = client)]
    pub trait AClient {
        #[event(room = Unread)]
        fn pong(note: super::Note);
    }

    tautline::contract! { name: "a", version: "1.0.0", namespaces: [A], auth: jwt }
}

fn main() {}
