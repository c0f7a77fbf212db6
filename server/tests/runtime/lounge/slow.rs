//! A receiver that is too slow for what stands in a room.

use serde_json::json;
use tautline_server::Settings;
use tautline_server::journal::Memory;
use tautline_server::testing::Connect;

use super::house::{A_MOMENT, Guest, House};

#[tokio::test(start_paused = true)]
async fn who_misses_a_change_sees_the_gap_without_another_one() {
    let settings = Settings { outbound_frames: 2, engine_packets: 2, ..Settings::default() };
    let server = House::new().server(Memory::new(), settings);
    let ann = Guest::join(&server, "ann").await;
    let narrow = Connect::default().buffer(1_024).to(server.router()).await.unwrap();
    let mut slow = Guest::over(narrow, &json!({ "token": "slow" })).await;
    slow.sit_down("a").await;
    slow.listen(A_MOMENT).await;

    slow.client.stop_reading();
    for number in 0..20 {
        ann.show(&format!("{number} {}", "x".repeat(1_400))).await;
        tokio::time::sleep(A_MOMENT).await;
    }
    slow.client.resume_reading();
    let is_behind = loop {
        let event = slow.socket.next_named("tautline:presence").await;
        if slow.room.take_event(&event) {
            break true;
        }
    };
    slow.subscribe().await;

    assert!(is_behind);
    assert!(slow.mood_of("ann").as_str().unwrap().starts_with("19 "));
    slow.listen(A_MOMENT * 10).await;
    assert!(!slow.room.is_asking());
}
