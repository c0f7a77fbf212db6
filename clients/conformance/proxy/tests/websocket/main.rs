//! What rules do to a conversation between two real websockets.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod wire;

use tautline_fault_proxy::{
    Act, Action, Direction, Half, Kind, LinkId, Options, Rule, Search, Way, When,
};

use wire::{Wire, attachment, texts};

#[tokio::test]
async fn without_a_rule_everything_passes_in_order() {
    let mut wire = Wire::lay().await;

    wire.client.say(texts(0..100)).await;
    wire.client.say_bytes(b"attached").await;
    wire.server.say(texts(0..100)).await;

    assert_eq!(wire.server.hear(100).await, texts(0..100));
    assert_eq!(wire.server.hear_bytes().await, b"attached");
    assert_eq!(wire.client.hear(100).await, texts(0..100));
}

#[tokio::test]
async fn a_dropped_frame_never_arrives_and_is_noted() {
    let mut wire = Wire::lay().await;
    let rule = wire.proxy.add(Rule::new(When::commands("say"), Action::Drop).nth(2).once());

    wire.client.say(texts(0..4)).await;

    let expected = [&texts(0..1)[..], &texts(2..4)].concat();
    assert_eq!(wire.server.hear(3).await, expected);
    let dropped = wire.proxy.find(&Search::new(Act::Dropped, When::default()));
    assert_eq!(dropped.len(), 1);
    assert_eq!(dropped[0].rule, Some(rule));
    assert_eq!(dropped[0].text, texts(1..2)[0]);
}

#[tokio::test]
async fn an_answer_is_known_by_the_event_that_it_answers() {
    let mut wire = Wire::lay().await;
    wire.proxy.add(Rule::new(When::acks().of("say"), Action::Drop));

    wire.client.say([r#"42/chat,7["say",{}]"#, r#"42/chat,8["look",{}]"#]).await;
    wire.server.hear(2).await;
    wire.server.say([r#"43/chat,7[{}]"#, r#"43/chat,8[{}]"#]).await;

    assert_eq!(wire.client.hear(1).await, [r#"43/chat,8[{}]"#]);
}

#[tokio::test]
async fn a_frame_is_sent_twice_and_another_is_overtaken() {
    let mut wire = Wire::lay().await;
    wire.proxy.add(Rule::new(When::events("say"), Action::Duplicate { copies: 1 }).once());
    wire.proxy.add(Rule::new(When::events("say"), Action::Reorder { behind: 2 }).once());

    wire.server.say(texts(0..5)).await;

    let expected: Vec<String> =
        [0, 0, 2, 3, 1, 4].iter().flat_map(|it| texts(*it..it + 1)).collect();
    assert_eq!(wire.client.hear(6).await, expected);
}

#[tokio::test]
async fn what_is_delayed_holds_back_what_follows() {
    let mut wire = Wire::lay().await;
    wire.proxy.add(Rule::new(When::commands("say"), Action::Delay { ms: 50 }).nth(2).once());
    let started = std::time::Instant::now();

    wire.client.say(texts(0..4)).await;

    assert_eq!(wire.server.hear(4).await, texts(0..4));
    assert!(started.elapsed().as_millis() >= 50);
}

#[tokio::test]
async fn a_truncated_frame_arrives_in_part() {
    let mut wire = Wire::lay().await;
    wire.proxy.add(Rule::new(When::commands("say"), Action::Truncate { bytes: 6 }).once());

    wire.client.say(texts(0..2)).await;

    assert_eq!(wire.server.hear(2).await, ["42/cha", &texts(1..2)[0]]);
}

#[tokio::test]
async fn a_packet_and_its_attachments_share_their_fate() {
    let mut wire = Wire::lay().await;
    let when = When { kind: Some(Kind::BinaryEvent), ..When::default() };
    wire.proxy.add(Rule::new(when, Action::Drop).once());

    for _ in 0..2 {
        wire.client.say([attachment("page")]).await;
        // A ping of the engine may come in between, and is nobody's attachment.
        wire.client.say(["3"]).await;
        wire.client.say_bytes(b"a page").await;
    }

    assert_eq!(wire.server.hear(2).await, ["3", "3"]);
    assert_eq!(wire.server.hear(1).await, [attachment("page")]);
    assert_eq!(wire.server.hear_bytes().await, b"a page");
}

#[tokio::test]
async fn a_cut_comes_after_everything_before_it() {
    let mut wire = Wire::lay().await;
    let cut = Action::Cut { half: Half::Both };
    wire.proxy.add(Rule::new(When::commands("say"), cut).nth(21));

    wire.client.say(texts(0..50)).await;

    assert_eq!(wire.server.hear(20).await, texts(0..20));
    wire.server.gone().await;
    wire.client.gone().await;
    wire.found(&Search::new(Act::Closed, When::default()), 1).await;
    assert!(wire.proxy.links().is_empty());
}

#[tokio::test]
async fn a_cut_of_one_half_is_not_noticed_by_the_other() {
    let mut wire = Wire::lay().await;

    wire.proxy.cut(None, Half::Client);
    wire.client.gone().await;
    wire.server.say(texts(0..3)).await;

    let thrown_away = Search::new(Act::Lost, When::events("say"));
    wire.found(&thrown_away, 3).await;
    assert_eq!(wire.proxy.links(), [LinkId(1)]);
}

#[tokio::test]
async fn nothing_that_follows_a_cut_reaches_the_half_that_stays() {
    let mut wire = Wire::lay().await;
    let cut = Action::Cut { half: Half::Server };
    wire.proxy.add(Rule::new(When::events("say"), cut).nth(2).once());
    // The proxy has all of it when the cut takes effect.
    wire.proxy.add(Rule::new(When::events("say"), Action::Delay { ms: 100 }).once());

    wire.server.say(texts(0..5)).await;

    assert_eq!(wire.client.hear(1).await, texts(0..1));
    wire.client.close(1000, "enough").await;
    wire.found(&Search::new(Act::Closed, When::default()), 1).await;
    let passed = Search::new(Act::Passed, When::events("say"));
    assert_eq!(wire.found(&passed, 1).await.len(), 1);
}

#[tokio::test]
async fn a_closing_handshake_is_passed_on() {
    let mut wire = Wire::lay().await;

    wire.server.close(4001, "enough").await;

    assert_eq!(wire.client.closed().await, Some((4001, "enough".to_owned())));
}

#[tokio::test]
async fn a_half_open_link_says_nothing_and_goes_on_where_it_stopped() {
    let mut wire = Wire::lay().await;
    wire.proxy.half_open(None, Way::Down);

    wire.server.say(texts(0..3)).await;
    wire.client.say(texts(0..3)).await;

    // The other direction is as it was, and by then the first would have arrived.
    assert_eq!(wire.server.hear(3).await, texts(0..3));
    assert!(wire.proxy.find(&Search::new(Act::Passed, When::events("say"))).is_empty());
    wire.proxy.go_on(None);
    assert_eq!(wire.client.hear(3).await, texts(0..3));
}

#[tokio::test]
async fn a_rule_may_leave_a_link_half_open_from_a_frame_on() {
    let mut wire = Wire::lay().await;
    let action = Action::HalfOpen { way: Way::Up };
    wire.proxy.add(Rule::new(When::commands("say"), action).nth(3).once());

    wire.client.say(texts(0..6)).await;

    assert_eq!(wire.server.hear(2).await, texts(0..2));
    wire.found(&Search::new(Act::HalfOpened, When::default()), 1).await;
    assert_eq!(wire.proxy.find(&Search::new(Act::Passed, When::commands("say"))).len(), 2);
    wire.proxy.go_on(None);
    assert_eq!(wire.server.hear(4).await, texts(2..6));
}

#[tokio::test]
async fn who_does_not_read_stops_who_writes_to_it() {
    let wire = Wire::lay().await;
    let (mut sender, mut receiver) = (wire.server, wire.client);
    let large = format!(r#"42/chat,["say","{}"]"#, "x".repeat(64 * 1024));

    // Nobody reads: at some point nothing more is taken.
    let mut taken = 0_u32;
    while sender.can_say(&large).await {
        taken += 1;
        assert!(taken < 1_000, "64 MB are nowhere in the kernel: the proxy keeps them");
    }

    let heard = receiver.hear(taken as usize).await;
    assert!(heard.iter().all(|text| *text == large));
}

#[tokio::test]
async fn a_client_is_turned_away_and_the_next_one_is_not() {
    let wire = Wire::lay().await;
    let refuse = Action::Refuse { message: String::new() };
    wire.proxy.add(Rule::new(When::links(), refuse).once());

    assert!(wire.another_client().await.is_none());
    assert!(wire.another_client().await.is_some());
    let refused = wire.proxy.find(&Search::new(Act::Refused, When::default()));
    assert_eq!(refused.len(), 1);
}

#[tokio::test]
async fn a_namespace_is_refused_in_the_words_of_the_rule() {
    let mut wire = Wire::lay().await;
    let when = When { kind: Some(Kind::Connect), ..When::default() }.within("/chat");
    wire.proxy.add(Rule::new(when, Action::Refuse { message: "not today".to_owned() }));

    wire.client.say(["40/chat,{}", "40/tasks,{}"]).await;

    assert_eq!(wire.client.hear(1).await, [r#"44/chat,{"message":"not today"}"#]);
    assert_eq!(wire.server.hear(1).await, ["40/tasks,{}"]);
}

#[tokio::test]
async fn a_namespace_that_the_server_grants_is_refused_all_the_same() {
    let mut wire = Wire::lay().await;
    let when =
        When { kind: Some(Kind::Connect), direction: Some(Direction::Down), ..When::default() };
    wire.proxy.add(Rule::new(when, Action::Refuse { message: "not today".to_owned() }));

    wire.server.say([r#"40/chat,{"sid":"a"}"#]).await;

    assert_eq!(wire.client.hear(1).await, [r#"44/chat,{"message":"not today"}"#]);
}

#[tokio::test]
async fn a_client_may_be_taken_and_hear_nothing() {
    let wire = Wire::lay().await;
    wire.proxy.add(Rule::new(When::links(), Action::HalfOpen { way: Way::Both }));

    let mut client = wire.another_client().await.expect("it is taken");
    client.say(texts(0..1)).await;

    let stopped = wire.proxy.find(&Search::new(Act::HalfOpened, When::default().on(LinkId(2))));
    assert_eq!(stopped.len(), 1);
    assert!(wire.proxy.find(&Search::new(Act::Passed, When::default().on(LinkId(2)))).is_empty());
    wire.proxy.go_on(Some(LinkId(2)));
    wire.found(&Search::new(Act::Passed, When::commands("say").on(LinkId(2))), 1).await;
}

#[tokio::test]
async fn round_trips_are_counted_and_not_timed() {
    let options = Options { rtt: std::time::Duration::from_millis(20), ..Options::default() };
    let mut wire = Wire::lay_with(options).await;
    let started = std::time::Instant::now();

    // Ten at once, and one that waits for them.
    wire.client.say(texts(0..10)).await;
    wire.server.hear(10).await;
    wire.server.say(texts(0..10)).await;
    wire.client.hear(10).await;
    wire.client.say(texts(10..11)).await;
    wire.server.hear(1).await;

    let said = Search::new(Act::Passed, When::commands("say"));
    let trips: Vec<u64> = wire.found(&said, 11).await.iter().map(|it| it.trip).collect();
    assert_eq!(trips, [[0; 10].as_slice(), &[1]].concat());
    assert!(started.elapsed().as_millis() >= 30);
}

#[tokio::test]
async fn the_same_seed_breaks_the_same_frames() {
    let mut runs = Vec::new();
    for seed in [7, 7, 8] {
        let mut wire = Wire::lay_with(Options { seed, ..Options::default() }).await;
        wire.proxy.add(Rule::new(When::commands("say"), Action::Drop).chance(0.3));

        wire.client.say(texts(0..200)).await;
        wire.client.say(["3"]).await;
        let pong = When { kind: Some(Kind::Pong), ..When::default() };
        wire.found(&Search::new(Act::Passed, pong), 1).await;

        let dropped = wire.proxy.find(&Search::new(Act::Dropped, When::default()));
        assert!(dropped.iter().all(|entry| entry.direction == Direction::Up));
        runs.push(dropped.into_iter().map(|entry| entry.text).collect::<Vec<_>>());
    }

    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
    assert!((30..90).contains(&runs[0].len()), "{}", runs[0].len());
}
