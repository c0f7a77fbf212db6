//! What there is beside the sockets: sign-in, statistics and health.

use axum::http::StatusCode;
use serde_json::json;

use crate::house::{card, house};

#[tokio::test]
async fn a_name_and_a_role_are_a_token_with_scopes() {
    let house = house();

    let (status, ann) = house.post("/sign-in", &json!({ "name": "ann", "role": "member" })).await;

    assert_eq!((status, &ann["subject"]), (StatusCode::OK, &json!("ann")));
    assert_eq!(ann["scopes"], json!(["chat:read", "chat:write", "tools:approve", "tasks:write"]));
    assert!(ann["expiresAt"].is_string() && ann["token"].is_string());
}

#[tokio::test]
async fn what_is_no_name_is_refused_in_words() {
    let house = house();
    let scribe = house.guest("scribe", "agent", "/agents").await;
    scribe.call("register_agent", &card("scribe")).await.unwrap();
    let mut codes = Vec::new();

    for body in [
        json!({ "name": "Ann!", "role": "member" }),
        json!({ "name": "", "role": "member" }),
        json!({ "name": "ann", "role": "king" }),
        json!({ "name": "scribe", "role": "member" }),
    ] {
        let (status, problem) = house.post("/sign-in", &body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        codes.push(problem["code"].as_str().unwrap().to_owned());
    }

    let name = "sign_in.invalid_name";
    assert_eq!(codes, [name, name, "sign_in.invalid", "sign_in.name_of_an_agent"]);
}

#[tokio::test]
async fn the_numbers_tell_of_what_happened() {
    let house = house();
    let ann = house.member("ann").await;
    let session = ann.open(&[]).await;
    ann.say(&session, "hello").await;
    ann.refused("join_chat_session", &json!({ "sessionId": crate::house::unknown() })).await;
    ann.call("leave_chat_session", &json!({ "sessionId": session })).await.unwrap();

    let (_, stats) = house.get("/stats").await;
    let (health, _) = house.get("/health").await;

    let counted = ["connections", "rooms", "handshakes", "joins", "leaves", "events"];
    let numbers = counted.map(|name| stats[name].as_u64().unwrap());
    assert_eq!(numbers, [1, 0, 1, 1, 1, 5], "{stats}");
    assert_eq!(stats["errors"], json!({ "chat.session_not_found": 1 }));
    assert!(stats["p50Ms"].as_f64().unwrap() > 0.0);
    assert!(stats["p99Ms"].as_f64() >= stats["p50Ms"].as_f64());
    assert_eq!(
        (&stats["clients"]["contract"], &stats["clients"]["stalled"]),
        (&json!({ "unsaid": 1 }), &json!(0))
    );
    // Everybody may read it: it names nobody.
    assert!(!stats.to_string().contains("ann"), "{stats}");
    assert_eq!(health, StatusCode::OK);
}
