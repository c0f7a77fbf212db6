//! What is special about rooms, and about several namespaces.

pub(crate) mod rooms_of_every_form {
    use tautline::{NoRefusal, User, Uuid, namespace, payload, room};

    /// With two parameters and text around them.
    #[room("shelf:{house}:{number}/books", retention = "100 or 7d")]
    pub(crate) struct Shelf {
        pub(crate) house: Uuid,
        pub(crate) number: u32,
    }

    /// Without parameters: there is one.
    #[room("hall")]
    pub(crate) struct Hall {}

    #[payload]
    pub(crate) struct Book {
        pub(crate) house: Uuid,
        pub(crate) number: u32,
        pub(crate) subject: String,
    }

    /// Shelves.
    #[namespace("/shelves", client = ShelvesClient)]
    pub(crate) trait ShelvesServer {
        /// Goes to a shelf.
        #[join]
        async fn join_shelf(room: Shelf) -> Result<Vec<Book>, NoRefusal>;
    }

    /// Shelves.
    #[namespace("/shelves", side = client)]
    pub(crate) trait ShelvesClient {
        /// Seen by several rooms.
        #[event(delivery = durable, room = [Shelf, Hall, User])]
        fn book_added(book: Book);
    }
    tautline::contract! { name: "shelves", version: "1.0.0", namespaces: [Shelves], auth: none }
}

pub(crate) mod rooms_with_members {
    use tautline::{NoRefusal, namespace, payload, room};

    /// Where members see each other, and how far each has read.
    #[room("reading:{id}", presence = Reader, receipts)]
    pub(crate) struct Reading {
        pub(crate) id: String,
    }

    /// Where they only see each other.
    #[room("garden", presence = Reader)]
    pub(crate) struct Garden {}

    /// What a member shows.
    #[payload]
    pub(crate) struct Reader {
        #[field(length(1..=20))]
        pub(crate) name: String,
    }

    /// Readings.
    #[namespace("/readings", client = ReadingsClient)]
    pub(crate) trait ReadingsServer {
        #[join]
        async fn join_reading(room: Reading) -> Result<(), NoRefusal>;
        #[join]
        async fn join_garden(room: Garden) -> Result<(), NoRefusal>;
    }

    /// Readings.
    #[namespace("/readings", side = client)]
    pub(crate) trait ReadingsClient {
        #[event(delivery = durable, room = Reading)]
        fn page_turned(reading: Reading);
    }
    tautline::contract! { name: "readings", version: "1.0.0", namespaces: [Readings], auth: none }
}

pub(crate) mod shared_types {
    use tautline::{contract_error, namespace, payload};

    /// Used by both, through another type.
    #[payload]
    pub(crate) struct Id(pub(crate) String);

    #[payload]
    pub(crate) struct Left {
        pub(crate) id: Id,
    }

    #[payload]
    pub(crate) struct Right {
        pub(crate) id: Id,
        pub(crate) parts: Vec<Part>,
    }

    #[payload]
    pub(crate) struct Part {}

    /// Refused by both.
    #[contract_error]
    pub(crate) enum SharedError {
        /// Not now.
        #[problem(category = conflict, message = "Not now.", hint = "Later.")]
        NotNow { id: Id },
    }

    /// The left side.
    #[namespace("/left")]
    pub(crate) trait LeftSideServer {
        /// Does it.
        #[event]
        async fn work(left: Left) -> Result<Id, SharedError>;
    }

    /// The right side.
    #[namespace("/right")]
    pub(crate) trait RightSideServer {
        /// Does it.
        #[event]
        async fn work(right: Right) -> Result<(), SharedError>;
    }
    tautline::contract! { name: "shared", version: "1.0.0", namespaces: [RightSide, LeftSide], auth: none }
}
