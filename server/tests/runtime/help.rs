//! Every refusal points to the page of its code, where the server knows where the pages are.

use serde_json::{Value, json};
use tautline_server::testing::{Connect, ConnectError, TestClient};
use tautline_server::{Server, Settings};

use super::contract::{Desk, Desks};
use super::lab::{Lab, enter, join};

fn server(lab: &Lab) -> Server {
    let help_pages = Some("https://example.org/errors/{code}.md".to_owned());
    lab.builder(Settings { help_pages, ..Settings::default() }).build().unwrap()
}

fn page(code: &str) -> Value {
    json!(format!("https://example.org/errors/{code}.md"))
}

#[tokio::test]
async fn what_is_refused_on_a_connection_points_to_its_page() {
    let lab = Lab::default();
    let server = server(&lab);
    let (_client, mut socket) = join(&server, "ann", "a").await;
    lab.lock("b");

    let own = socket.call::<Value>("join_desk", &json!({ "desk": "b" })).await.unwrap_err();
    let library = socket.call::<Value>("unheard_of", &json!({})).await.unwrap_err();
    socket.emit("tick", &json!({ "desk": 7 }));
    let told = socket.next_named("tautline:problem").await.payload;
    let rooms = json!({ "rooms": [{ "room": "desk:b" }] });
    let resumed = socket.call::<Value>("tautline:resume", &rooms).await.unwrap();
    let desk = server.room::<Desks>(&Desk { desk: "a".to_owned() });
    desk.kick("ann", None);
    let kicked = socket.next_named("tautline:room_closed").await.payload;
    let _back: Value = socket.call("join_desk", &json!({ "desk": "a" })).await.unwrap();
    desk.close(None);
    let closed = socket.next_named("tautline:room_closed").await.payload;
    server.connections().list(&Default::default()).iter().for_each(|connected| {
        server.connections().disconnect(connected.id, None);
    });
    let closing = socket.next_named("tautline:notice").await.payload;

    assert_eq!(json!(own.help), page("desk.locked"));
    assert_eq!(json!(library.help), page("unknown_event"));
    assert_eq!(told["problem"]["help"], page("invalid_payload"));
    assert_eq!(resumed["rooms"][0]["problem"]["help"], page("desk.locked"));
    assert_eq!(kicked["problem"]["help"], page("room_denied"));
    assert_eq!(closed["problem"]["help"], page("room_denied"));
    assert_eq!(closing["problem"]["help"], page("capacity"));
}

#[tokio::test]
async fn who_is_not_let_in_is_pointed_to_it_too() {
    let server = server(&Lab::default());
    let client = TestClient::connect(server.router()).await.unwrap();

    let forged = client.enter("/desks", &json!({ "token": "a forged token" })).await.unwrap_err();
    let connect = Connect::default().header("origin", "https://evil.org");
    let refused = connect.to(server.router()).await.unwrap_err();

    assert_eq!(json!(forged.help), page("token_invalid"));
    let ConnectError::Refused { body, .. } = refused else { panic!("{refused:?}") };
    let problem: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(problem["help"], page("origin_denied"));
}

#[tokio::test]
async fn without_pages_nothing_is_said() {
    let server = Lab::default().server();
    let (_client, socket) = enter(&server, "ann").await;

    let refused = socket.call_with("unheard_of", &json!({}), &json!({})).await.unwrap();

    assert!(refused["error"].get("help").is_none(), "{refused}");
}
