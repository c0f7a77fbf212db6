//! Who is in a room, as the others see it.

use serde_json::{Value, json};
use tautline_server::Settings;
use tautline_server::journal::Memory;

use super::contract::{Lounges, Pose};
use super::house::{A_MOMENT, A_WHILE, Guest, House, lounge, server};

#[tokio::test(start_paused = true)]
async fn who_is_let_in_is_seen_by_everybody() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    assert_eq!(ann.joined["presence"]["members"], json!([]));

    assert_eq!(ann.sees().await, ["ann"]);
    let mut bob = Guest::join(&server, "bob").await;

    assert_eq!(bob.joined["presence"]["members"][0]["subject"], "ann");
    assert_eq!(
        (ann.sees().await, bob.sees().await),
        (vec!["ann".to_owned(), "bob".to_owned()], vec!["ann".to_owned(), "bob".to_owned()])
    );
    assert_eq!((ann.changes, bob.changes), (2, 1));
    assert_eq!(ann.room.members(), bob.room.members());
}

#[tokio::test(start_paused = true)]
async fn what_a_member_shows_reaches_the_others_and_can_be_taken_back() {
    let server = server();
    let (mut ann, mut bob) = (Guest::join(&server, "ann").await, Guest::join(&server, "bob").await);
    bob.sees().await;

    ann.show("calm").await;
    ann.show("busy").await;
    bob.listen(A_MOMENT).await;
    assert_eq!((bob.mood_of("ann"), bob.changes), (json!("busy"), 2));
    let nothing = json!({ "room": "lounge:a" });
    ann.socket.call::<Value>("tautline:present", &nothing).await.unwrap();
    bob.listen(A_MOMENT).await;

    assert_eq!(bob.mood_of("ann"), Value::Null);
    ann.listen(A_MOMENT).await;
    assert_eq!(ann.room.members(), bob.room.members());
}

#[tokio::test(start_paused = true)]
async fn what_the_type_does_not_have_is_not_shown() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;

    let state = json!({ "mood": "calm", "isTyping": true, "secret": "s" });
    let shown = json!({ "room": "lounge:a", "state": state });
    ann.socket.call::<Value>("tautline:present", &shown).await.unwrap();
    ann.listen(A_MOMENT).await;

    assert_eq!(ann.room.members()[0]["state"], json!({ "mood": "calm", "isTyping": true }));
}

#[tokio::test(start_paused = true)]
async fn who_comes_back_within_the_grace_was_never_gone() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let bob = Guest::join(&server, "bob").await;
    bob.show("calm").await;
    ann.sees().await;
    let (seen, since) = (ann.changes, ann.room.members());

    drop(bob);
    ann.listen(A_WHILE - A_MOMENT * 10).await;
    let bob = Guest::join(&server, "bob").await;
    ann.listen(A_WHILE).await;

    assert_eq!((ann.changes, ann.room.members()), (seen, since));
    assert_eq!(bob.joined["presence"]["members"], json!(ann.room.members()));
}

#[tokio::test(start_paused = true)]
async fn who_does_not_come_back_is_gone_after_the_grace() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let bob = Guest::join(&server, "bob").await;
    ann.sees().await;

    drop(bob);
    ann.listen(A_WHILE - A_MOMENT * 10).await;
    assert_eq!(ann.room.subjects(), ["ann", "bob"]);
    ann.listen(A_MOMENT * 10).await;

    assert_eq!(ann.room.subjects(), ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn who_wants_to_go_is_gone_at_once() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let guests = ["unsubscribes", "leaves", "is kicked", "slips out"];
    let mut others = Vec::new();
    for name in guests {
        others.push(Guest::join(&server, name).await);
    }
    assert_eq!(ann.sees().await.len(), 5);

    let room = json!({ "room": "lounge:a" });
    others[0].socket.call::<Value>("tautline:unsubscribe", &room).await.unwrap();
    assert_eq!(ann.sees().await.len(), 4);
    others[1].socket.leave();
    assert_eq!(ann.sees().await.len(), 3);
    server.room::<Lounges>(&lounge("a")).kick("is kicked", None);
    assert_eq!(ann.sees().await.len(), 2);
    others[3].socket.call::<Value>("slip_out", &json!({ "lounge": "a" })).await.unwrap();

    assert_eq!(ann.sees().await, ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn who_is_kicked_while_the_link_is_cut_is_not_waited_for() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let bob = Guest::join(&server, "bob").await;
    ann.sees().await;

    drop(bob);
    assert_eq!(ann.sees().await, ["ann", "bob"]);
    server.room::<Lounges>(&lounge("a")).kick("bob", None);

    assert_eq!(ann.sees().await, ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn who_resumes_within_the_grace_was_never_gone() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let bob = Guest::join(&server, "bob").await;
    ann.sees().await;
    let (heard, since) = (ann.changes, bob.joined["at"][0].clone());

    drop(bob);
    ann.listen(A_MOMENT).await;
    let bob = Guest::enter(&server, &json!({ "token": "bob" })).await;
    let rooms = json!({ "rooms": [{ "room": "lounge:a", "since": since }] });
    let resumed: Value = bob.socket.call("tautline:resume", &rooms).await.unwrap();
    ann.listen(A_WHILE).await;

    assert_eq!((ann.changes, resumed["rooms"][0]["recovered"].as_bool()), (heard, Some(true)));
    assert_eq!(resumed["rooms"][0]["presence"]["members"], json!(ann.room.members()));
}

#[tokio::test(start_paused = true)]
async fn a_user_with_two_connections_is_one_member_until_the_last_has_gone() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let (desk, phone) = (Guest::join(&server, "bob").await, Guest::join(&server, "bob").await);
    ann.sees().await;
    desk.show("busy").await;
    phone.show("calm").await;
    ann.listen(A_MOMENT).await;
    assert_eq!((ann.room.subjects(), ann.mood_of("bob")), (vec!["ann", "bob"], json!("calm")));

    phone.socket.leave();
    assert_eq!(ann.sees().await, ["ann", "bob"]);
    assert_eq!(ann.mood_of("bob"), "calm");
    desk.socket.leave();

    assert_eq!(ann.sees().await, ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_missed_between_the_answer_and_the_first_change() {
    let house = House::new();
    let server = house.server(Memory::new(), Settings::default());
    let mut early = Guest::enter(&server, &json!({ "token": "early" })).await;
    house.open();
    early.sit_down("gated").await;

    // One is held at the door while others come, show something and go.
    let mut late = Guest::enter(&server, &json!({ "token": "late" })).await;
    late.room.asked();
    let joining = late.socket.call_with("join_lounge", &json!({ "lounge": "gated" }), &json!({}));
    early.listen(A_MOMENT).await;
    house.open();
    house.open();
    let mut middle = Guest::enter(&server, &json!({ "token": "middle" })).await;
    middle.sit_down("gated").await;
    let answer = joining.await.unwrap();
    assert!(!late.room.answered(&answer["presence"]));

    let all = ["early", "late", "middle"];
    assert_eq!(
        (early.sees().await, late.sees().await),
        (all.map(str::to_owned).to_vec(), all.map(str::to_owned).to_vec())
    );
    assert_eq!(early.room.version(), late.room.version());
}

#[tokio::test(start_paused = true)]
async fn one_who_is_still_at_the_door_is_not_seen() {
    let house = House::new();
    let server = house.server(Memory::new(), Settings::default());
    let mut ann = Guest::enter(&server, &json!({ "token": "ann" })).await;
    house.open();
    ann.sit_down("gated").await;
    let bob = Guest::enter(&server, &json!({ "token": "bob" })).await;

    let joining = bob.socket.call_with("join_lounge", &json!({ "lounge": "gated" }), &json!({}));
    assert_eq!(ann.sees().await, ["ann"]);
    drop((joining, bob));
    ann.listen(A_MOMENT).await;
    house.open();

    ann.listen(A_WHILE).await;
    assert_eq!((ann.room.subjects(), ann.changes), (vec!["ann"], 1));
}

#[tokio::test(start_paused = true)]
async fn a_hundred_who_enter_together_are_a_few_frames_for_each() {
    let server = server();
    let entering = (0..100).map(|number| {
        let server = server.clone();
        tokio::spawn(async move { Guest::join(&server, &format!("g{number:02}")).await })
    });
    let mut guests = Vec::new();
    for entering in entering.collect::<Vec<_>>() {
        guests.push(entering.await.unwrap());
    }

    for guest in &mut guests {
        guest.listen(A_MOMENT).await;
    }

    let most = guests.iter().map(|guest| guest.changes).max().unwrap();
    assert!(most <= 4, "somebody got {most} changes");
    let first = guests[0].room.members();
    assert_eq!(first.len(), 100);
    assert!(guests.iter().all(|guest| guest.room.members() == first));
}

#[tokio::test(start_paused = true)]
async fn a_subscribe_and_a_resume_say_who_is_there() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    ann.sees().await;

    let subscribed = ann.subscribe().await;
    let rooms = json!({ "rooms": [{ "room": "lounge:a" }, { "room": "nowhere:a" }] });
    let resumed: Value = ann.socket.call("tautline:resume", &rooms).await.unwrap();

    assert_eq!(subscribed["presence"]["members"][0]["subject"], "ann");
    assert_eq!(resumed["rooms"][0]["presence"], subscribed["presence"]);
    assert_eq!(resumed["rooms"][1]["presence"], Value::Null);
    assert_eq!(ann.changes, 1);
}

#[tokio::test(start_paused = true)]
async fn others_hear_nothing_of_a_room() {
    let server = server();
    let mut bystander = Guest::enter(&server, &json!({ "token": "bystander" })).await;
    bystander.sit_down("b").await;
    bystander.listen(A_MOMENT).await;

    let ann = Guest::join(&server, "ann").await;
    ann.show("calm").await;
    drop(ann);
    bystander.listen(A_WHILE).await;

    assert_eq!((bystander.changes, bystander.room.subjects()), (1, vec!["bystander"]));
}

#[tokio::test(start_paused = true)]
async fn a_guest_is_seen_by_its_subject() {
    let server = server();
    let client = tautline_server::testing::TestClient::connect(server.router()).await.unwrap();
    let mut socket = client.enter("/lounges", &json!({})).await.unwrap();
    let subject = socket.next_named("tautline:welcome").await.payload["subject"].clone();
    let mut ann = Guest::join(&server, "ann").await;

    socket.call::<Value>("join_lounge", &json!({ "lounge": "a" })).await.unwrap();
    ann.listen(A_MOMENT).await;

    assert!(ann.room.members().iter().any(|member| member["subject"] == subject));
}

#[tokio::test(start_paused = true)]
async fn a_service_knows_who_is_there() {
    let server = server();
    let ann = Guest::join(&server, "ann").await;
    let _bob = Guest::join(&server, "bob").await;
    ann.show("calm").await;

    let seen: Value = ann.socket.call("look_around", &json!({ "lounge": "a" })).await.unwrap();
    let present = server.presence::<Lounges, _>(&lounge("a"));

    assert_eq!(seen["present"], json!(["ann shows calm", "bob shows nothing"]));
    let pose = Pose { mood: "calm".to_owned(), is_typing: None };
    assert_eq!((present[0].subject.as_str(), &present[0].state), ("ann", &Some(pose)));
    assert!(server.presence::<Lounges, _>(&lounge("b")).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_tells_nobody_that_everybody_leaves() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    let _bob = Guest::join(&server, "bob").await;
    ann.sees().await;
    let heard = ann.changes;

    server.shutdown().await;
    ann.listen(A_WHILE).await;

    assert_eq!((ann.changes, ann.room.subjects()), (heard, vec!["ann", "bob"]));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_starts_anew_has_other_versions() {
    let journal = Memory::new();
    let house = House::new();
    let before = house.server(journal.clone(), Settings::default());
    let mut ann = Guest::join(&before, "ann").await;
    ann.sees().await;
    let version = ann.room.version().unwrap();
    before.shutdown().await;
    tokio::time::advance(A_MOMENT).await;

    let after = house.server(journal, Settings::default());
    let mut ann = Guest::join(&after, "ann").await;

    assert_eq!(ann.joined["presence"]["members"], json!([]));
    assert!(ann.joined["presence"]["version"].as_u64().unwrap() > version);
    assert_eq!(ann.sees().await, ["ann"]);
}

#[tokio::test(start_paused = true)]
async fn a_room_that_was_empty_goes_on_with_higher_versions() {
    let server = server();
    let mut ann = Guest::join(&server, "ann").await;
    ann.sees().await;
    let version = ann.room.version();

    ann.socket.leave();
    tokio::time::sleep(A_MOMENT).await;
    let mut ann = Guest::join(&server, "ann").await;
    ann.sees().await;

    assert!(ann.room.version() > version);
    assert_eq!(ann.room.subjects(), ["ann"]);
}
