//! Going on after a cut: everything that was missed, or a reason.

use serde_json::{Value, json};
use tautline_server::Server;
use tautline_server::testing::TestSocket;

use super::contract::{Desks, Note, Shelved};
use super::lab::{Lab, enter, join};

async fn write(server: &Server, desk: &str, count: u32, text: &str) {
    for number in 1..=count {
        let note = Note { desk: desk.to_owned(), text: text.to_owned(), number };
        server.emitter::<Desks>().noted(&note).await.unwrap();
    }
}

/// Where the desk is, as a join says.
async fn position(server: &Server, desk: &str) -> Value {
    let (_client, socket) = enter(server, "watcher").await;
    let join = json!({ "desk": desk });
    let answer = socket.call_with("join_desk", &join, &json!({})).await.unwrap();
    answer["at"][0].clone()
}

fn since(at: &Value, seq: u64) -> Value {
    json!({ "epoch": at["epoch"], "seq": seq })
}

async fn resume(socket: &TestSocket, room: &str, since: Option<Value>) -> Value {
    let mut asked = json!({ "room": room });
    if let Some(since) = since {
        asked["since"] = since;
    }
    let rooms = json!({ "rooms": [asked] });
    let answer = socket.call::<Value>("tautline:resume", &rooms).await.unwrap();
    answer["rooms"][0].clone()
}

fn seqs(resumed: &Value) -> Vec<u64> {
    let events = resumed["events"].as_array().unwrap();
    events.iter().map(|event| event["meta"]["seq"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn missed_events_come_in_the_answer_and_live_ones_after_it() {
    let lab = Lab::default();
    let server = lab.server();
    let (client, mut socket) = join(&server, "ann", "a").await;
    write(&server, "a", 2, "seen").await;
    let seen = [socket.next_named("noted").await, socket.next_named("noted").await];
    drop((client, socket));
    write(&server, "a", 3, "missed").await;
    let (_client, mut socket) = enter(&server, "ann").await;

    let resumed = resume(&socket, "desk:a", Some(since(&seen[1].meta, 2))).await;
    write(&server, "a", 1, "live").await;

    assert_eq!(resumed["recovered"], true);
    assert_eq!(resumed["more"], false);
    assert_eq!(seqs(&resumed), [3, 4, 5]);
    assert_eq!(resumed["at"], since(&seen[1].meta, 5));
    assert_eq!(resumed["events"][0]["name"], "noted");
    assert_eq!(resumed["events"][0]["payload"]["text"], "missed");
    assert_eq!(resumed["events"][0]["meta"]["room"], "desk:a");
    assert_eq!(socket.next_named("noted").await.meta["seq"], 6);
}

#[tokio::test]
async fn every_reason_not_to_recover_has_its_name() {
    let lab = Lab::default();
    let server = lab.server();
    write(&server, "a", 410, "x").await;
    let at = position(&server, "a").await;
    let (_client, socket) = enter(&server, "ann").await;
    let reason = async |since: Option<Value>| {
        let resumed = resume(&socket, "desk:a", since).await;
        assert_eq!(resumed["recovered"], false);
        assert_eq!(resumed["events"], json!([]));
        assert_eq!(resumed["at"]["seq"], 410);
        resumed["reason"].as_str().unwrap().to_owned()
    };

    assert_eq!(reason(None).await, "no_position");
    assert_eq!(reason(Some(since(&at, 411))).await, "ahead");
    assert_eq!(reason(Some(json!({ "epoch": "old", "seq": 410 }))).await, "epoch_changed");
    assert_eq!(reason(Some(since(&at, 109))).await, "too_far");
    assert_eq!(seqs(&resume(&socket, "desk:a", Some(since(&at, 110))).await).len(), 300);
    assert_eq!(seqs(&resume(&socket, "desk:a", Some(since(&at, 410))).await), [0_u64; 0]);
}

#[tokio::test]
async fn trimmed_events_are_never_passed_over() {
    let lab = Lab::default();
    let server = lab.server();
    for number in 1..=8 {
        let shelved = Shelved { shelf: "s".to_owned(), number };
        server.emitter::<Desks>().shelved(&shelved).await.unwrap();
    }
    let (_client, socket) = enter(&server, "ann").await;
    let join = json!({ "shelf": "s" });
    let joined = socket.call_with("join_shelf", &join, &json!({})).await.unwrap();
    let at = joined["at"][0].clone();

    let trimmed = resume(&socket, "shelf:s", Some(since(&at, 2))).await;
    let kept = resume(&socket, "shelf:s", Some(since(&at, 3))).await;

    assert_eq!(trimmed["reason"], "trimmed");
    assert_eq!(trimmed["events"], json!([]));
    assert_eq!(seqs(&kept), [4, 5, 6, 7, 8]);
}

#[tokio::test]
async fn large_gaps_come_in_pages_without_a_hole() {
    let lab = Lab::default();
    let server = lab.server();
    write(&server, "a", 30, &"x".repeat(40_000)).await;
    let at = position(&server, "a").await;
    let (_client, socket) = enter(&server, "ann").await;

    let mut cursor = 0;
    let mut pages = 0;
    loop {
        let page = resume(&socket, "desk:a", Some(since(&at, cursor))).await;
        assert_eq!(page["recovered"], true);
        let seqs = seqs(&page);
        assert_eq!(seqs[0], cursor + 1);
        cursor = *seqs.last().unwrap();
        pages += 1;
        if page["more"] == false {
            break;
        }
    }

    assert_eq!(cursor, 30);
    assert_eq!(pages, 5);
}

#[tokio::test]
async fn all_rooms_come_in_one_answer_and_a_refusal_is_one_rooms_own() {
    let lab = Lab::default();
    let server = lab.server();
    lab.lock("locked");
    let (_client, socket) = enter(&server, "ann").await;
    let rooms = ["desk:a", "desk:locked", "user:bob", "user:ann", "what:else"];
    let rooms: Vec<Value> = rooms.iter().map(|room| json!({ "room": room })).collect();

    let resumed =
        socket.call::<Value>("tautline:resume", &json!({ "rooms": rooms })).await.unwrap();

    let resumed = resumed["rooms"].as_array().unwrap();
    let codes: Vec<&Value> = resumed.iter().map(|room| &room["problem"]["code"]).collect();
    assert_eq!(
        codes,
        [
            &json!(null),
            &json!("desk.locked"),
            &json!("room_denied"),
            &json!(null),
            &json!("unknown_room")
        ]
    );
    assert_eq!(resumed[4]["reason"], "unknown_room");
    assert!(resumed[1].get("at").is_none());
}

#[tokio::test]
async fn a_subscription_runs_only_the_question_whether_it_may() {
    let lab = Lab::default();
    let server = lab.server();
    lab.lock("locked");
    let (_client, mut socket) = enter(&server, "ann").await;
    let subscribe =
        |room: &str| socket.call::<Value>("tautline:subscribe", &json!({ "room": room }));

    let locked = subscribe("desk:locked").await.unwrap_err();
    let unknown = subscribe("what:else").await.unwrap_err();
    let entered = subscribe("desk:a").await.unwrap();
    write(&server, "a", 1, "x").await;

    assert_eq!((&locked.code[..], &unknown.code[..]), ("desk.locked", "unknown_room"));
    assert_eq!((&entered["room"], &entered["recovered"]), (&json!("desk:a"), &json!(false)));
    assert_eq!(entered["reason"], "no_position");
    assert_eq!(socket.next_named("noted").await.meta["seq"], 1);
}

#[tokio::test]
async fn a_cut_under_load_loses_nothing_and_doubles_nothing() {
    let lab = Lab::default();
    let server = lab.server();
    let (client, mut socket) = join(&server, "ann", "a").await;
    let writing = tokio::spawn({
        let server = server.clone();
        async move { write(&server, "a", 300, "x").await }
    });

    let mut cursor = json!(null);
    let mut seen = Vec::new();
    for _ in 0..100 {
        let event = socket.next_named("noted").await;
        seen.push(event.meta["seq"].as_u64().unwrap());
        cursor = event.meta;
    }
    drop((client, socket));
    let (_client, mut socket) = enter(&server, "ann").await;
    let last = *seen.last().unwrap();
    let resumed = resume(&socket, "desk:a", Some(since(&cursor, last))).await;
    assert_eq!(resumed["recovered"], true);
    seen.extend(seqs(&resumed));
    while *seen.last().unwrap() < 300 {
        let seq = socket.next_named("noted").await.meta["seq"].as_u64().unwrap();
        if seq > *seen.last().unwrap() {
            seen.push(seq);
        }
    }
    writing.await.unwrap();

    assert_eq!(seen, (1..=300).collect::<Vec<u64>>());
}

#[tokio::test]
async fn a_slow_reader_is_told_how_far_the_room_is_and_fetches_the_rest() {
    let lab = Lab::default();
    let server = lab.server();
    let (client, mut socket) = join(&server, "ann", "a").await;

    client.stop_reading();
    write(&server, "a", 380, &"x".repeat(2_000)).await;
    client.resume_reading();
    let mut cursor = json!(null);
    let heads = loop {
        let event = socket.next().await.unwrap();
        match event.name.as_str() {
            "noted" => cursor = event.meta,
            "tautline:heads" => break event.payload,
            _ => {}
        }
    };
    let last = cursor["seq"].as_u64().unwrap();
    let mut seen = Vec::new();
    let mut from = last;
    while from < 380 {
        let resumed = resume(&socket, "desk:a", Some(since(&cursor, from))).await;
        assert_eq!(resumed["recovered"], true);
        seen.extend(seqs(&resumed));
        from = *seen.last().unwrap();
    }

    assert_eq!(heads["heads"]["desk:a"]["seq"], 380);
    assert!(last < 380, "something was dropped");
    assert_eq!(seen, (last + 1..=380).collect::<Vec<u64>>());
}
