//! A handler of one namespace that tells another one: in the same step, by a stream, by a question.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tautline::{NoRefusal, contract, contract_error, namespace, payload, room};
use tautline_server::journal::{Journal, JournalError, Memory, Sqlite};
use tautline_server::testing::{TestClient, TestSocket};
use tautline_server::{Answer, Context, Position, Server, Stream};

/// A table in the dining room.
#[room("place:{place}")]
pub(crate) struct Place {
    pub(crate) place: String,
}

/// A stove in the kitchen.
#[room("stove:{place}")]
pub(crate) struct Stove {
    pub(crate) place: String,
}

/// What was ordered, is cooked, was served.
#[payload]
pub(crate) struct Dish {
    pub(crate) place: String,
    pub(crate) name: String,
}

/// What was ordered, and the places of the two events that say so.
#[payload]
pub(crate) struct Taken {
    pub(crate) place: String,
    pub(crate) name: String,
    pub(crate) in_dining: u32,
    pub(crate) in_kitchen: u32,
}

/// Why not.
#[contract_error]
pub(crate) enum Refused {
    /// There is none.
    #[problem(category = not_found, message = "There is none.", hint = "Take another dish.")]
    SoldOut,
}

/// From guests.
#[namespace("/dining", client = DiningClient)]
pub(crate) trait DiningServer {
    /// Sits down.
    #[join(guests = true)]
    async fn join_place(room: Place) -> Result<(), NoRefusal>;

    /// Orders a dish.
    #[event(delivery = idempotent, room = Place, guests = true)]
    async fn order(dish: Dish) -> Result<Taken, Refused>;

    /// Asks who is at the stove, and sends them home.
    #[event(guests = true)]
    async fn close_kitchen(stove: Stove) -> Result<u32, NoRefusal>;

    /// Calls into the kitchen.
    #[event(guests = true)]
    async fn shout(dish: Dish) -> Result<(), NoRefusal>;
}

/// To guests.
#[namespace("/dining", side = client)]
pub(crate) trait DiningClient {
    /// Somebody wants all of it.
    #[event(delivery = durable, room = Place)]
    fn greeted(dish: Dish);

    /// An order was taken.
    #[event(delivery = durable, room = Place)]
    fn taken(taken: Taken);

    /// How the dish looks, bit by bit.
    #[stream(room = Place, lease = "10s")]
    fn serving(dish: Dish) -> Result<Dish, Refused>;

    /// Whether it may be something else.
    #[question(room = Place, expires = "20s", guests = true)]
    async fn replace(dish: Dish) -> Result<Dish, Refused>;
}

/// From cooks.
#[namespace("/kitchen", client = KitchenClient)]
pub(crate) trait KitchenServer {
    /// Goes to the stove.
    #[join(guests = true)]
    async fn join_stove(room: Stove) -> Result<(), NoRefusal>;

    /// Begins to serve.
    #[event(guests = true)]
    async fn serve(dish: Dish) -> Result<(), NoRefusal>;

    /// Has served, or threw it away.
    #[event(delivery = idempotent, guests = true)]
    async fn served(dish: Dish) -> Result<Dish, Refused>;

    /// Asks the table.
    #[event(guests = true)]
    async fn suggest(dish: Dish) -> Result<Dish, Refused>;
}

/// To cooks.
#[namespace("/kitchen", side = client)]
pub(crate) trait KitchenClient {
    /// A dish is to be cooked.
    #[event(delivery = durable, room = Stove)]
    fn ordered(dish: Dish);

    /// Somebody calls.
    #[event]
    fn shouted(dish: Dish);
}

contract! { name: "inn", version: "1.0.0", namespaces: [Dining, Kitchen], scopes: [], auth: none, guests: true }

/// What is being served.
#[derive(Clone, Default)]
struct Inn(Arc<Mutex<HashMap<String, Serving>>>);

type Serving = Stream<Dining, Dish, Refused>;

impl DiningServer for Inn {
    type Context = Context<Dining>;

    async fn authorize_place(&self, _: &Self::Context, _: &Place) -> Answer<()> {
        Ok(())
    }

    async fn join_place(&self, _: &Self::Context, _: &Place) -> Answer<()> {
        Ok(())
    }

    async fn order(&self, cx: &Self::Context, dish: Dish) -> Answer<Taken, Refused> {
        if dish.name == "menu" {
            cx.emit().greeted(&dish);
        }
        cx.commit(move |tx| {
            let place = Place { place: dish.place.clone() };
            let stove = Stove { place: dish.place.clone() };
            if dish.name == "menu" {
                tx.emit_in::<Kitchen>().ordered(&dish);
            }
            let next =
                |head: Result<Position, JournalError>| Ok::<_, JournalError>(head?.seq as u32 + 1);
            let in_dining = next(tx.head::<Dining>(&place))?;
            let in_kitchen = next(tx.head::<Kitchen>(&stove))?;
            tx.emit_in::<Kitchen>().ordered(&dish);
            let taken = Taken { place: dish.place, name: dish.name, in_dining, in_kitchen };
            tx.emit().taken(&taken);
            if taken.name == "nothing" { Err(Refused::SoldOut)? } else { Ok(taken) }
        })
        .await
    }

    async fn close_kitchen(&self, cx: &Self::Context, stove: Stove) -> Answer<u32> {
        let room = cx.room::<Kitchen>(&stove);
        let cooks = room.members().len() as u32;
        room.close(None);
        Ok(cooks)
    }

    async fn shout(&self, cx: &Self::Context, dish: Dish) -> Answer<()> {
        cx.emit_in::<Kitchen>().shouted(&dish);
        Ok(())
    }
}

impl KitchenServer for Inn {
    type Context = Context<Kitchen>;

    async fn authorize_stove(&self, _: &Self::Context, _: &Stove) -> Answer<()> {
        Ok(())
    }

    async fn join_stove(&self, _: &Self::Context, _: &Stove) -> Answer<()> {
        Ok(())
    }

    async fn serve(&self, cx: &Self::Context, dish: Dish) -> Answer<()> {
        let stream = cx.emit_in::<Dining>().serving(&dish);
        stream.append("steaming ").await?;
        self.0.lock().unwrap().insert(dish.place, stream);
        Ok(())
    }

    async fn served(&self, cx: &Self::Context, dish: Dish) -> Answer<Dish, Refused> {
        let stream = self.0.lock().unwrap().remove(&dish.place).ok_or(Refused::SoldOut)?;
        stream.append(&dish.name).await?;
        cx.commit(move |tx| {
            match dish.name.as_str() {
                "burnt" => stream.cancel_in(tx)?,
                "spilt" => stream.fail_in(tx, &Refused::SoldOut)?,
                _ => stream.finish_in(tx, &dish)?,
            }
            Ok(dish)
        })
        .await
    }

    async fn suggest(&self, cx: &Self::Context, dish: Dish) -> Answer<Dish, Refused> {
        match cx.emit_in::<Dining>().replace(&dish).await {
            Ok(dish) => Ok(dish),
            Err(_) => Err(Refused::SoldOut)?,
        }
    }
}

/// A guest at the table and a cook at the stove, each over a connection of its own.
struct Evening {
    server: Server,
    guest: TestSocket,
    cook: TestSocket,
    _clients: [TestClient; 2],
}

async fn evening() -> Evening {
    evening_on(Memory::new()).await
}

async fn evening_on(journal: impl Journal) -> Evening {
    let inn = Inn::default();
    let server = Server::builder(contract())
        .journal(journal)
        .namespace::<Dining>(inn.clone())
        .namespace::<Kitchen>(inn)
        .build()
        .unwrap();
    let (one, two) = (
        TestClient::connect(server.router()).await.unwrap(),
        TestClient::connect(server.router()).await.unwrap(),
    );
    let guest = one.enter("/dining", &json!({})).await.unwrap();
    let cook = two.enter("/kitchen", &json!({})).await.unwrap();
    guest.call::<Value>("join_place", &json!({ "place": "1" })).await.unwrap();
    cook.call::<Value>("join_stove", &json!({ "place": "1" })).await.unwrap();
    Evening { server, guest, cook, _clients: [one, two] }
}

fn dish(name: &str) -> Value {
    json!({ "place": "1", "name": name })
}

#[tokio::test]
async fn one_step_tells_two_namespaces_and_its_caller_hears_the_places_of_its_own() {
    let mut evening = evening().await;

    let id = "0197abcd-0000-7000-8000-000000000001";
    let ack = evening.guest.call_with("order", &dish("soup"), &json!({ "id": id })).await.unwrap();
    let ordered = evening.cook.next_named("ordered").await;
    let taken = evening.guest.next_named("taken").await;

    assert_eq!((&ordered.payload, &taken.payload["name"]), (&dish("soup"), &json!("soup")));
    assert_eq!((&ordered.meta["room"], &ordered.meta["seq"]), (&json!("stove:1"), &json!(1)));
    assert_eq!((&ordered.meta["cause"], &taken.meta["cause"]), (&json!(id), &json!(id)));
    let at = ack["at"].as_array().unwrap();
    assert_eq!(at.len(), 1, "{ack}");
    assert_eq!(at[0]["epoch"], taken.meta["epoch"]);
}

#[tokio::test]
async fn a_step_knows_the_places_that_its_events_will_have() {
    let folder = tempfile::tempdir().unwrap();
    let file = Sqlite::open(folder.path().join("inn.db")).unwrap();
    for mut evening in [evening().await, evening_on(file).await] {
        for name in ["soup", "nothing", "menu", "menu", "cake"] {
            let order = evening.guest.call::<Taken>("order", &dish(name));
            let Ok(answer) = order.await else { continue };
            let taken = evening.guest.next_named("taken").await;
            let mut ordered = evening.cook.next_named("ordered").await;
            if name == "menu" {
                ordered = evening.cook.next_named("ordered").await;
            }

            assert_eq!(taken.meta["seq"], answer.in_dining, "{name}");
            assert_eq!(ordered.meta["seq"], answer.in_kitchen, "{name}");
        }
    }
}

#[tokio::test]
async fn a_step_that_says_no_tells_nobody_anywhere() {
    let mut evening = evening().await;

    let refused = evening.guest.call::<Value>("order", &dish("nothing")).await.unwrap_err();
    evening.guest.call::<Value>("order", &dish("soup")).await.unwrap();

    assert_eq!(refused.code, "refused.sold_out");
    assert_eq!(evening.cook.next_named("ordered").await.payload, dish("soup"));
}

#[tokio::test]
async fn a_stream_of_another_namespace_ends_with_the_step_of_this_one() {
    let mut evening = evening().await;

    for (name, outcome) in [("soup", "finished"), ("burnt", "cancelled"), ("spilt", "failed")] {
        evening.cook.call::<Value>("serve", &dish(name)).await.unwrap();
        evening.cook.call::<Value>("served", &dish(name)).await.unwrap();
        let ended = evening.guest.next_named("tautline:ended").await;

        assert_eq!(ended.payload["outcome"], outcome);
        let answer = if outcome == "finished" { dish(name) } else { Value::Null };
        assert_eq!(ended.payload["answer"], answer);
    }
}

#[tokio::test]
async fn a_question_of_another_namespace_is_answered_to_who_asked_in_this_one() {
    let mut evening = evening().await;

    let asking = evening.cook.call::<Value>("suggest", &dish("fish"));
    let asked = evening.guest.next_named("replace").await;
    let given = json!({ "question": asked.meta["question"]["id"], "answer": dish("cake") });
    evening.guest.call::<Value>("tautline:answer", &given).await.unwrap();

    assert_eq!(asking.await.unwrap(), dish("cake"));
}

#[tokio::test]
async fn an_event_without_a_room_goes_to_everybody_in_the_other_namespace() {
    let mut evening = evening().await;

    evening.guest.call::<Value>("shout", &dish("more")).await.unwrap();

    assert_eq!(evening.cook.next_named("shouted").await.payload, dish("more"));
}

#[tokio::test]
async fn a_room_of_another_namespace_can_be_looked_into_and_closed() {
    let mut evening = evening().await;

    let cooks: u32 = evening.guest.call("close_kitchen", &json!({ "place": "1" })).await.unwrap();
    let closed = evening.cook.next_named("tautline:room_closed").await;

    assert_eq!(cooks, 1);
    assert_eq!(closed.payload["room"], "stove:1");
    let stove = Stove { place: "1".to_owned() };
    assert!(evening.server.room::<Kitchen>(&stove).members().is_empty());
}
