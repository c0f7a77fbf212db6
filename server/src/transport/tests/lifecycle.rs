//! One `closed` for each `opened`, on every way out; and nothing of it disturbs the others.

use super::*;

#[tokio::test]
async fn events_come_in_the_order_of_the_wire_and_are_answered() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;

    let calls: Vec<_> = (0..2000).map(|number| chat.call::<usize>("say", &number)).collect();
    let answers = futures_util::future::join_all(calls).await;

    assert!(answers.into_iter().map(Result::unwrap).eq(0..2000));
    let received: Vec<_> = rig.chat.entries().split_off(1);
    let sent = (0..2000).map(|number| Seen::Received(format!("[\"say\",{number}]")));
    assert!(received.into_iter().eq(sent));
}

#[tokio::test]
async fn bytes_travel_as_attachments() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;
    let bytes = tautline::Bytes::from(vec![1, 2, 3]);

    let back: tautline::Bytes = chat.call("file", &bytes).await.unwrap();

    assert_eq!(back, bytes);
}

#[tokio::test]
async fn a_namespace_whose_name_needs_escapes_on_the_way_is_no_trouble() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;

    let back: String = chat.call("say", &"\u{2028} \"quoted\" \\ \u{1F980}").await.unwrap();

    assert_eq!(back, "\u{2028} \"quoted\" \\ \u{1F980}");
}

#[tokio::test]
async fn a_client_that_leaves_is_closed_once_and_may_come_back() {
    let rig = Rig::open();
    let (client, chat) = rig.enter().await;

    chat.leave();
    assert_eq!(rig.chat.closed().await, DisconnectReason::ClientLeft);
    client.enter("/chat", &json!({})).await.unwrap();

    let opened = rig.chat.entries().iter().filter(|seen| matches!(seen, Seen::Opened(_))).count();
    assert_eq!((opened, rig.chat.closings()), (2, 1));
}

#[tokio::test]
async fn leaving_one_namespace_leaves_the_others() {
    let rig = Rig::open();
    let (client, chat) = rig.enter().await;
    let tasks = client.enter("/tasks", &json!({})).await.unwrap();

    chat.leave();
    rig.chat.closed().await;

    assert_eq!(tasks.call::<u8>("say", &7).await.unwrap(), 7);
    assert_eq!(rig.tasks.closings(), 0);
}

#[tokio::test]
async fn a_connection_that_closes_closes_all_its_namespaces_once() {
    let rig = Rig::open();
    let (client, _chat) = rig.enter().await;
    client.enter("/tasks", &json!({})).await.unwrap();

    client.close();

    assert_eq!(rig.chat.closed().await, DisconnectReason::ConnectionLost);
    assert_eq!(rig.tasks.closed().await, DisconnectReason::ConnectionLost);
    assert_eq!((rig.chat.closings(), rig.tasks.closings()), (1, 1));
}

#[tokio::test]
async fn a_connection_that_is_cut_is_closed() {
    let rig = Rig::open();
    let (client, _chat) = rig.enter().await;

    drop(client);

    assert_eq!(rig.chat.closed().await, DisconnectReason::ConnectionLost);
    assert_eq!(rig.transport.core.roster.count(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_client_without_a_heartbeat_is_closed() {
    let rig = Rig::open();
    let (client, _chat) = rig.enter().await;

    // It neither reads nor answers; what the server sends fits into the buffers, so it does not stall.
    client.stop_reading();

    assert_eq!(rig.chat.closed().await, DisconnectReason::HeartbeatTimeout);
    assert_eq!(rig.chat.closings(), 1);
}

#[tokio::test]
async fn a_frame_that_breaks_the_protocol_closes_its_connection_only() {
    let rig = Rig::open();
    let (client, _chat) = rig.enter().await;
    let (_other, others) = rig.enter().await;

    client.send_frame("4nonsense");

    assert_eq!(rig.chat.closed().await, DisconnectReason::ProtocolError);
    assert_eq!(others.call::<u8>("say", &7).await.unwrap(), 7);
}

#[tokio::test]
async fn a_kicked_client_is_told_and_closed_once() {
    let rig = Rig::open();
    let (client, mut chat) = rig.enter().await;
    let tasks = client.enter("/tasks", &json!({})).await.unwrap();

    chat.emit("kick", &json!({}));
    chat.left().await;

    assert_eq!(rig.chat.closed().await, DisconnectReason::Kicked);
    assert_eq!(tasks.call::<u8>("say", &7).await.unwrap(), 7);
    assert_eq!(rig.chat.closings(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_expired_client_loses_its_connection_so_that_it_comes_back() {
    let rig = Rig::open();
    let (client, mut chat) = rig.enter().await;

    rig.chat.link().send(Class::Control, event("last", 1, 0));
    rig.chat.link().close(DisconnectReason::TokenExpired);

    assert_eq!(chat.next().await.unwrap().name, "last");
    client.closed().await;
    assert_eq!(rig.chat.entries().last(), Some(&Seen::Closed(DisconnectReason::TokenExpired)));
    assert_eq!(rig.chat.closings(), 1);
}

#[tokio::test]
async fn a_panic_in_the_runtime_costs_one_event() {
    let rig = Rig::open();
    let (_client, chat) = rig.enter().await;

    chat.emit("panic", &json!({}));

    assert_eq!(chat.call::<u8>("say", &7).await.unwrap(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn four_hundred_clients_that_speak_at_once_lose_nothing() {
    let rig = Rig::open();
    let speak = async |rig: &Rig| {
        let client = rig.client().await;
        let chat = client.enter("/chat", &json!({})).await.unwrap();
        chat.call::<u8>("say", &1).await.unwrap();
    };

    futures_util::future::join_all((0..400).map(|_| speak(&rig))).await;

    let received =
        |entries: &[Seen]| entries.iter().filter(|seen| matches!(seen, Seen::Received(_))).count();
    assert_eq!(received(&rig.chat.entries()), 400);
}

#[tokio::test]
async fn what_a_client_leaves_behind_is_freed() {
    let rig = Rig::open();
    let (client, _chat) = rig.enter().await;
    let connection = Arc::downgrade(rig.chat.link().connection());

    drop(client);
    rig.chat.closed().await;
    rig.chat.links.lock().unwrap().clear();

    // The engine's tasks end one after the other.
    while connection.strong_count() > 0 {
        tokio::task::yield_now().await;
    }
    assert!(rig.transport.core.roster.connections().is_empty());
}
