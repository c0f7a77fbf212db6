//! A service that keeps rows of its own: orders, each with a row, an event and an answer.

use serde_json::{Map, Value, json};
use tautline::{contract, contract_error, namespace, payload, room};
use tautline_server::journal::{Journal, Sqlite, SqliteBuilder};
use tautline_server::rusqlite::{self, Connection};
use tautline_server::testing::{TestClient, TestSocket};
use tautline_server::{
    Answer, AuthError, Authentication, Authenticator, Context, Credentials, Identity, Server, Tx,
};

/// A shop. Everyone in it sees what is ordered.
#[room("shop:{shop}")]
pub(crate) struct Shop {
    pub(crate) shop: String,
}

/// Something that is ordered.
#[payload]
pub(crate) struct Order {
    pub(crate) shop: String,
    pub(crate) what: String,
    /// What the step does after it has written its row.
    pub(crate) then: Then,
}

/// What a step does after it has written its row.
#[payload]
pub(crate) enum Then {
    Keep,
    Refuse,
    Panic,
    BreakARule,
    Commit,
    CommitAndGoOn,
    RollBack,
    OrRollBack,
    Tamper,
    Attach,
    UseASavepoint,
    RollBackOurSavepoint,
}

/// How many orders there are.
#[payload]
pub(crate) struct Ordered {
    pub(crate) shop: String,
    pub(crate) count: u32,
}

/// Why something was not ordered.
#[contract_error]
pub(crate) enum ShopError {
    /// It is sold out.
    #[problem(category = conflict, message = "It is sold out.", hint = "Take another one.")]
    SoldOut,
}

/// What a client may ask for.
#[namespace("/shops", client = ShopsClient)]
pub(crate) trait ShopsServer {
    /// Enters a shop.
    #[join]
    async fn join_shop(room: Shop) -> Result<Ordered, ShopError>;

    /// Orders something.
    #[event(delivery = idempotent, room = Shop)]
    async fn order(order: Order) -> Result<Ordered, ShopError>;
}

/// What the server tells.
#[namespace("/shops", side = client)]
pub(crate) trait ShopsClient {
    /// Something was ordered.
    #[event(delivery = durable, room = Shop)]
    fn ordered(ordered: Ordered);
}

contract! { name: "shops", version: "1.0.0", namespaces: [Shops], scopes: [], auth: jwt }

struct Service {
    db: Sqlite,
}

impl ShopsServer for Service {
    type Context = Context<Shops>;

    async fn authorize_shop(&self, _: &Self::Context, _: &Shop) -> Answer<(), ShopError> {
        Ok(())
    }

    async fn join_shop(&self, _: &Self::Context, room: &Shop) -> Answer<Ordered, ShopError> {
        let shop = room.shop.clone();
        Ok(self.db.query(move |db| count(db, shop)).await?)
    }

    async fn order(&self, cx: &Self::Context, order: Order) -> Answer<Ordered, ShopError> {
        cx.commit(move |tx| place(tx, order)).await
    }
}

fn place(tx: &Tx<'_, Shops>, order: Order) -> Answer<Ordered, ShopError> {
    let db = tx.connection::<Connection>()?;
    db.execute("INSERT INTO orders (shop, what) VALUES (?1, ?2)", (&order.shop, &order.what))?;
    match order.then {
        Then::Keep => {}
        Then::Refuse => return Err(ShopError::SoldOut)?,
        Then::Panic => panic!("the step panics"),
        Then::BreakARule => {
            db.execute("INSERT INTO orders (shop, what) VALUES ('', NULL)", [])?;
        }
        Then::Commit => db.execute_batch("COMMIT")?,
        Then::CommitAndGoOn => assert!(db.execute_batch("COMMIT").is_err()),
        Then::RollBack => db.execute_batch("ROLLBACK")?,
        Then::OrRollBack => {
            let twice = "INSERT OR ROLLBACK INTO orders (id, shop, what) VALUES (?1, '', '')";
            db.execute(twice, [db.last_insert_rowid()])?;
        }
        Then::Tamper => {
            db.execute("DELETE FROM tautline_events", [])?;
        }
        Then::Attach => db.execute_batch("PRAGMA user_version = 9")?,
        Then::UseASavepoint => {
            db.execute_batch("SAVEPOINT mine; DELETE FROM orders; ROLLBACK TO mine; RELEASE mine")?
        }
        Then::RollBackOurSavepoint => db.execute_batch("ROLLBACK TO tautline_command")?,
    }
    let ordered = count(db, order.shop)?;
    tx.emit().ordered(&ordered);
    Ok(ordered)
}

fn count(db: &Connection, shop: String) -> rusqlite::Result<Ordered> {
    let sql = "SELECT count(*) FROM orders WHERE shop = ?1";
    let count = db.query_row(sql, [&shop], |row| row.get(0))?;
    Ok(Ordered { shop, count })
}

/// A journal with the shop's tables in it.
pub(crate) fn with_tables(builder: SqliteBuilder) -> SqliteBuilder {
    builder.setup(|db| {
        db.execute_batch(
            "CREATE TABLE IF NOT EXISTS orders
             (id INTEGER PRIMARY KEY, shop TEXT NOT NULL, what TEXT NOT NULL)",
        )
    })
}

/// The shop on a journal, its rows in this file.
pub(crate) fn server(db: &Sqlite, journal: impl Journal) -> Server {
    Server::builder(contract())
        .authenticator(Trusting)
        .journal(journal)
        .namespace::<Shops>(Service { db: db.clone() })
        .build()
        .unwrap()
}

/// Takes everybody for who they say they are.
struct Trusting;

impl Authenticator for Trusting {
    fn authenticate<'a>(&'a self, credentials: Credentials<'a>) -> Authentication<'a> {
        Box::pin(async move {
            let subject = credentials.token.ok_or(AuthError::Missing)?.to_owned();
            let (scopes, claims) = (Vec::new(), Map::new());
            Ok(Identity { subject, scopes, guest: false, expires_at: None, claims })
        })
    }
}

/// Somebody who has entered the shop `s`.
pub(crate) async fn enter(server: &Server) -> (TestClient, TestSocket) {
    let client = TestClient::connect(server.router()).await.unwrap();
    let socket = client.enter("/shops", &json!({ "token": "ann" })).await.unwrap();
    let _state: Ordered = socket.call("join_shop", &json!({ "shop": "s" })).await.unwrap();
    (client, socket)
}

/// An order.
pub(crate) fn order(what: &str, then: &str) -> Value {
    json!({ "shop": "s", "what": what, "then": then })
}
