//! Clients that read too slowly and clients that send too fast.

use super::*;
use crate::testing::Connect;

/// A client in `/chat` with hardly any memory between it and the server.
async fn narrow(rig: &Rig) -> (TestClient, TestSocket) {
    let client = Connect::default().buffer(512).to(rig.transport.router()).await.unwrap();
    let mut chat = client.enter("/chat", &json!({})).await.unwrap();
    assert_eq!(chat.next().await.unwrap().name, "welcome");
    (client, chat)
}

fn settings() -> Settings {
    Settings { engine_packets: 4, outbound_frames: 8, ..Settings::default() }
}

/// Fills everything between the server and a client that does not read.
fn flood(link: &Arc<Link>) {
    for number in 0..500 {
        link.send(Class::Live, event("live", number, 2_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_stops_reading_is_cut_within_the_stall_timeout() {
    let rig = Rig::with(&OPEN, settings());
    let (client, _chat) = narrow(&rig).await;
    let started = tokio::time::Instant::now();

    client.stop_reading();
    flood(&rig.chat.link());

    assert_eq!(rig.chat.closed().await, DisconnectReason::Stalled);
    assert!(started.elapsed() <= Duration::from_secs(16), "{:?}", started.elapsed());
    assert_eq!(rig.chat.closings(), 1);
    assert_eq!(rig.transport.core.roster.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_gets_every_answer_and_what_is_left_of_the_rest() {
    let rig = Rig::with(&OPEN, settings());
    let (client, mut chat) = narrow(&rig).await;
    let link = rig.chat.link();

    client.stop_reading();
    flood(&link);
    tokio::time::sleep(Duration::from_secs(5)).await;
    for number in 0..20 {
        link.send(Class::Control, event("control", number, 0));
    }
    client.resume_reading();

    for number in 0..20 {
        assert_eq!(chat.next_named("control").await.payload["number"], number);
    }
    assert!(link.connection().outbound().dropped() > 400);
    assert_eq!(rig.chat.closings(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_room_whose_events_were_dropped_is_named_when_there_is_room() {
    let rig = Rig::with(&OPEN, settings());
    let (client, mut chat) = narrow(&rig).await;
    let link = rig.chat.link();
    let room = RoomName::from_wire("room:a");

    client.stop_reading();
    for number in 0..500 {
        link.send(Class::Durable { room: &room }, event("durable", number, 2_000));
    }
    client.resume_reading();

    rig.chat.until(|entries| entries.contains(&Seen::Drained(vec!["room:a".to_owned()]))).await;
    // What got through is the beginning, without a hole: the rest can be fetched from there.
    link.send(Class::Control, event("end", 0, 0));
    let mut expected = 0;
    loop {
        let event = chat.next().await.unwrap();
        if event.name == "end" {
            break;
        }
        assert_eq!(event.payload["number"], expected);
        expected += 1;
    }
    assert!((5..500).contains(&expected), "{expected}");
}

#[tokio::test(start_paused = true)]
async fn of_a_volatile_event_the_newest_arrives() {
    let rig = Rig::with(&OPEN, settings());
    let (client, mut chat) = narrow(&rig).await;
    let link = rig.chat.link();

    client.stop_reading();
    for number in 0..100 {
        link.send(Class::Volatile { conflate: "typing" }, event("typing", number, 2_000));
    }
    client.resume_reading();
    link.send(Class::Control, event("end", 0, 0));

    let mut last = None;
    loop {
        let event = chat.next().await.unwrap();
        if event.name == "end" {
            break;
        }
        last = event.payload["number"].as_u64();
    }
    assert_eq!(last, Some(99));
    assert!(link.connection().outbound().dropped() > 80);
}

#[tokio::test(start_paused = true)]
async fn a_paused_client_is_not_read_until_the_pause_is_over() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;

    chat.call::<u8>("pause", &1).await.unwrap();
    let call = chat.call::<u8>("say", &7);
    tokio::time::sleep(Duration::from_secs(5)).await;
    let before = rig.chat.entries();
    rig.chat.pauses.lock().unwrap().clear();

    assert_eq!(call.await.unwrap(), 7);
    assert_eq!(before.last(), Some(&Seen::Received("[\"pause\",1]".to_owned())));
}

#[tokio::test(start_paused = true)]
async fn a_pause_does_not_cost_the_heartbeat() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;

    chat.call::<u8>("pause", &1).await.unwrap();
    tokio::time::sleep(Duration::from_secs(120)).await;

    assert_eq!(chat.call::<u8>("say", &7).await.unwrap(), 7);
    assert_eq!(rig.chat.closings(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_flood_fills_the_wire_and_not_the_memory() {
    let rig = Rig::open();
    let (_client, chat) = narrow(&rig).await;

    chat.call::<u8>("pause", &1).await.unwrap();
    for number in 0..1000 {
        chat.emit("say", &json!({ "number": number, "filling": "x".repeat(1000) }));
    }
    tokio::time::sleep(Duration::from_secs(5)).await;

    let read = rig.chat.link().connection().io().bytes_in();
    assert!(read < 10_000, "{read} bytes of a flood of a million were read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn frames_may_come_from_a_thread_that_knows_no_runtime() {
    let rig = Rig::with(&OPEN, settings());
    let (client, mut chat) = narrow(&rig).await;
    let link = rig.chat.link();

    client.stop_reading();
    let writer = std::thread::spawn(move || {
        for number in 0..50 {
            link.send(Class::Control, event("control", number, 2_000));
        }
    });
    writer.join().unwrap();
    client.resume_reading();

    for number in 0..50 {
        assert_eq!(chat.next_named("control").await.payload["number"], number);
    }
}
