//! What is refused, with the words of the wire: the caller learns why and where.

use serde_json::{Value, json};

use super::house::{A_MOMENT, Guest, say, server};

#[tokio::test(start_paused = true)]
async fn a_state_that_does_not_fit_is_refused_where_it_does_not() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let cases = [
        (json!({ "mood": 7 }), "state.mood", "type"),
        (json!({}), "state.mood", "type"),
        (json!({ "mood": "" }), "state.mood", "length"),
        (json!({ "mood": "calm", "isTyping": "yes" }), "state.isTyping", "type"),
        (json!("calm"), "state", "type"),
    ];

    for (state, path, rule) in cases {
        let shown = json!({ "room": "lounge:a", "state": state });
        let refused = ann.socket.call::<Value>("tautline:present", &shown).await.unwrap_err();

        assert_eq!(refused.code, "invalid_payload", "{state}");
        let field = &refused.fields[0];
        assert_eq!((field.path.as_str(), field.rule.as_str()), (path, rule), "{state}");
    }
    ann.listen(A_MOMENT).await;
    assert_eq!(ann.room.members()[0].get("state"), None);
}

#[tokio::test(start_paused = true)]
async fn a_state_that_is_too_large_is_refused() {
    let server = server();
    let ann = Guest::join(&server, "ann").await;

    let state = json!({ "mood": "x".repeat(2_048) });
    let shown = json!({ "room": "lounge:a", "state": state });
    let refused = ann.socket.call::<Value>("tautline:present", &shown).await.unwrap_err();

    assert_eq!(refused.code, "payload_too_large");
    assert_eq!(refused.fields[0].limit.as_deref(), Some("..=2048"));
}

#[tokio::test(start_paused = true)]
async fn rooms_without_the_feature_and_rooms_of_others_are_refused() {
    let server = server();
    let ann = Guest::join(&server, "ann").await;
    ann.socket.call::<Value>("join_hall", &json!({ "hall": "h" })).await.unwrap();
    ann.socket.call::<Value>("join_garden", &json!({ "garden": "g" })).await.unwrap();
    let present = |room: &str| json!({ "room": room });
    let receipt = |room: &str| json!({ "room": room, "epoch": "e", "read": 0 });
    let cases = [
        ("tautline:present", present("hall:h"), "unknown_room"),
        ("tautline:present", present("nowhere:a"), "unknown_room"),
        ("tautline:present", present("lounge:b"), "not_joined"),
        ("tautline:receipt", receipt("hall:h"), "unknown_room"),
        ("tautline:receipt", receipt("garden:g"), "unknown_room"),
        ("tautline:receipt", receipt("nowhere:a"), "unknown_room"),
        ("tautline:receipt", receipt("lounge:b"), "not_joined"),
    ];

    for (name, payload, code) in cases {
        let refused = ann.socket.call::<Value>(name, &payload).await.unwrap_err();

        assert_eq!(
            (refused.code.as_str(), &refused.outcome),
            (code, &tautline::Outcome::NotExecuted)
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_receipt_of_another_numbering_is_refused() {
    let server = server();
    say(&server, "a", 2).await;
    let ann = Guest::join(&server, "ann").await;

    let given = json!({ "room": "lounge:a", "epoch": "another", "read": 1 });
    let refused = ann.socket.call::<Value>("tautline:receipt", &given).await.unwrap_err();

    assert_eq!(refused.code, "epoch_changed");
}

#[tokio::test(start_paused = true)]
async fn a_receipt_beyond_the_head_is_refused_where_it_is() {
    let server = server();
    say(&server, "a", 2).await;
    let ann = Guest::join(&server, "ann").await;
    let epoch = &ann.joined["at"][0]["epoch"];

    let given = json!({ "room": "lounge:a", "epoch": epoch, "delivered": 2, "read": 3 });
    let refused = ann.socket.call::<Value>("tautline:receipt", &given).await.unwrap_err();

    assert_eq!(refused.code, "invalid_payload");
    let paths: Vec<_> = refused.fields.iter().map(|it| it.path.as_str()).collect();
    assert_eq!((paths, refused.fields[0].limit.as_deref()), (vec!["read"], Some("..=2")));
    let told: Value =
        ann.socket.call("tautline:subscribe", &json!({ "room": "lounge:a" })).await.unwrap();
    assert_eq!(told["receipts"], json!({}));
}
