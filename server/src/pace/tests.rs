//! The pace over memory, with the clock stopped, and frames cut anywhere.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;

use super::pieces::Frames;
use super::*;
use crate::guarded_io::GuardedIo;
use crate::io_handle::IoLimits;
use crate::limits::Allowance;

const MIB: usize = 1024 * 1024;

/// A frame of a client with so much content.
fn frame(content: usize) -> Vec<u8> {
    let mut frame = vec![0x82];
    match content {
        0..126 => frame.push(0x80 | u8::try_from(content).unwrap()),
        126..65_536 => {
            frame.push(0x80 | 126);
            frame.extend(u16::try_from(content).unwrap().to_be_bytes());
        }
        _ => {
            frame.push(0x80 | 127);
            frame.extend((content as u64).to_be_bytes());
        }
    }
    frame.extend([0; 4]);
    frame.resize(frame.len() + content, 0xFF);
    frame
}

/// 4 MiB at once and 1 MiB per second.
const ALLOWANCE: Allowance = Allowance { burst: 4 * MIB as u32, per_second: MIB as u32 };

fn meter() -> Arc<Meter> {
    Arc::new(Meter::new(ALLOWANCE))
}

fn handle() -> Arc<IoHandle> {
    IoHandle::new(IoLimits { stall: Duration::from_secs(15), pause: Duration::from_secs(10) })
}

/// Somebody else's allowance is not counted here.
fn of_connection(meter: Arc<Meter>) -> Tolls {
    Tolls { connection: Some(meter), address: None, clock: Clock::new() }
}

/// A websocket of an address, whose own bytes are not counted.
fn of_address(meter: &Arc<Meter>, clock: Clock) -> Tolls {
    Tolls { connection: None, address: Some(Arc::clone(meter)), clock }
}

fn stream(tolls: Tolls) -> (GuardedIo<DuplexStream>, DuplexStream) {
    let (near, far) = duplex(4_096);
    let handle = handle();
    let pace = Pace::new(tolls, Pieces::of_websocket(), Arc::clone(&handle));
    (GuardedIo::new(near, handle).paced(Some(pace)), far)
}

/// Sends such a frame as fast as it is taken.
fn flood(mut far: DuplexStream, content: usize) {
    let frame = frame(content);
    tokio::spawn(async move { while far.write_all(&frame).await.is_ok() {} });
}

/// How long reading so many of these frames takes.
async fn time(tolls: Tolls, content: usize, count: usize) -> Duration {
    let (mut near, mut far) = stream(tolls);
    let frame = frame(content);
    let all = frame.len() * count;
    let began = Instant::now();
    tokio::spawn(async move {
        for _ in 0..count {
            far.write_all(&frame).await.unwrap();
        }
    });
    let mut read = vec![0; all];
    near.read_exact(&mut read).await.unwrap();
    began.elapsed()
}

fn assert_about(took: Duration, seconds: f64) {
    let took = took.as_secs_f64();
    assert!((took - seconds).abs() < 0.05 * seconds + 0.05, "{took} s");
}

#[tokio::test(start_paused = true)]
async fn what_may_come_at_once_comes_at_once() {
    assert_eq!(time(of_connection(meter()), 1_000, 2_000).await, Duration::ZERO);
    assert_eq!(time(of_connection(meter()), MIB, 3).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn many_bytes_take_their_time() {
    let took = time(of_connection(meter()), MIB, 10).await;

    assert_about(took, 6.0);
}

#[tokio::test(start_paused = true)]
async fn many_small_frames_take_theirs() {
    let took = time(of_connection(meter()), 0, 10_240).await;

    // The last read is not paid for when it is there.
    assert!(took > Duration::from_millis(5_200) && took < Duration::from_millis(6_100), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn others_go_first_after_many_frames_in_a_row() {
    let (mut near, mut far) = stream(of_connection(meter()));
    let mut buffer = [0; 8_192];
    far.write_all(&frame(50).repeat(70)).await.unwrap();
    assert!(near.read(&mut buffer).now_or_never().is_some());
    far.write_all(&frame(50)).await.unwrap();

    let reads = [(); 2].map(|()| near.read(&mut buffer).now_or_never());

    assert!(matches!(reads, [None, Some(Ok(56))]), "{reads:?}");
}

#[tokio::test(start_paused = true)]
async fn a_large_frame_is_read_at_once_and_small_ones_are_not() {
    let (near, mut far) = duplex(MIB);
    let handle = handle();
    let pace = Pace::new(of_connection(meter()), Pieces::of_websocket(), Arc::clone(&handle));
    let mut near = GuardedIo::new(near, handle).paced(Some(pace));
    far.write_all(&[frame(60_000), frame(50).repeat(100)].concat()).await.unwrap();

    let mut buffer = vec![0; MIB];
    let mut sizes = Vec::new();
    while sizes.iter().sum::<usize>() < 60_008 + 5_600 {
        sizes.push(near.read(&mut buffer).await.unwrap());
    }

    assert_eq!(sizes, [4_096, 60_008 - 4_096, 4_096, 5_600 - 4_096]);
}

#[tokio::test(start_paused = true)]
async fn a_cut_ends_a_read_that_waits() {
    let (mut near, far) = stream(of_connection(meter()));
    let handle = near.handle();
    flood(far, MIB);
    let reading = tokio::spawn(async move {
        let mut buffer = vec![0; 4_096];
        while near.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
    });
    tokio::time::sleep(Duration::from_secs(3)).await;

    let began = Instant::now();
    handle.kill();
    reading.await.unwrap();

    assert_eq!(began.elapsed(), Duration::ZERO);
    assert!(handle.is_slowed());
}

#[tokio::test(start_paused = true)]
async fn the_connections_of_an_address_have_one_allowance() {
    let (address, clock) = (meter(), Clock::new());
    let one = time(of_address(&address, clock), MIB, 5);
    let two = time(of_address(&address, clock), MIB, 5);

    let (one, two) = tokio::join!(one, two);
    let other = time(of_address(&meter(), clock), MIB, 3).await;

    assert_about(one.max(two), 6.0);
    assert_eq!(other, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn whichever_allowance_is_less_holds() {
    let slow = Arc::new(Meter::new(Allowance { burst: MIB as u32, per_second: MIB as u32 / 2 }));
    let both = |connection: &Arc<Meter>, address: &Arc<Meter>| Tolls {
        connection: Some(Arc::clone(connection)),
        address: Some(Arc::clone(address)),
        clock: Clock::new(),
    };

    assert_about(time(both(&slow, &meter()), MIB, 3).await, 4.0);
    let slow = Arc::new(Meter::new(Allowance { burst: MIB as u32, per_second: MIB as u32 / 2 }));
    assert_about(time(both(&meter(), &slow), MIB, 3).await, 4.0);
}

/// Reads on, and counts what that costs. Ends by itself if nothing slows it.
fn count(mut near: GuardedIo<DuplexStream>) -> Arc<AtomicU64> {
    let cost = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&cost);
    tokio::spawn(async move {
        let (mut buffer, mut frames) = (vec![0; 4_096], Pieces::of_websocket());
        while counter.load(Ordering::Relaxed) < 20 * MIB as u64 {
            let Ok(count @ 1..) = near.read(&mut buffer).await else { break };
            let pieces = frames.pass(&buffer[..count]);
            counter.fetch_add(count as u64 + PIECE * pieces, Ordering::Relaxed);
        }
    });
    cost
}

#[tokio::test(start_paused = true)]
async fn those_who_share_an_address_have_the_same_of_it_whatever_they_send() {
    let (address, clock) = (meter(), Clock::new());
    let costs: Vec<_> = (0..30)
        .map(|number| {
            let (near, far) = stream(of_address(&address, clock));
            flood(far, [0, 200, MIB][number % 3]);
            count(near)
        })
        .collect();
    // What may come at once is gone, however it was shared.
    tokio::time::sleep(Duration::from_secs(5)).await;
    let now = || costs.iter().map(|cost| cost.load(Ordering::Relaxed)).collect::<Vec<_>>();
    let before = now();

    tokio::time::sleep(Duration::from_secs(60)).await;

    let shares: Vec<u64> = now().iter().zip(before).map(|(now, before)| now - before).collect();
    let fair = 60 * MIB as u64 / 30;
    for share in &shares {
        assert!(share.abs_diff(fair) < fair / 10, "{share} of {fair}: {shares:?}");
    }
    let all: u64 = shares.iter().sum();
    assert!(all.abs_diff(60 * MIB as u64) < 6 * MIB as u64, "{all}");
}

#[tokio::test(start_paused = true)]
async fn who_sends_little_waits_for_one_turn_of_each_neighbour() {
    let (address, clock) = (meter(), Clock::new());
    for content in [0, MIB].repeat(50) {
        let (near, far) = stream(of_address(&address, clock));
        flood(far, content);
        count(near);
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    let (mut near, mut far) = stream(of_address(&address, clock));
    let mut read = vec![0; frame(200).len()];

    for _ in 0..10 {
        let began = Instant::now();
        far.write_all(&frame(200)).await.unwrap();
        near.read_exact(&mut read).await.unwrap();

        // A hundred turns of 4 KiB, at 1 MiB per second.
        assert!(began.elapsed() < Duration::from_millis(400), "{:?}", began.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_goes_before_its_turn_leaves_its_place() {
    let (address, clock) = (meter(), Clock::new());
    let begin = |bytes| {
        let mut pace = Pace::new(of_address(&address, clock), Pieces::Packets, handle());
        pace.took_request(bytes);
        pace
    };
    begin(4 * MIB - 1_024).paid().await;

    for _ in 0..1_000 {
        let mut gone = begin(3_072);
        assert!(gone.paid().now_or_never().is_none());
    }
    let began = Instant::now();
    begin(3_072).paid().await;

    assert_about(began.elapsed(), 0.004);
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_again_has_no_more_than_before() {
    let (meters, clock) = (Meters::new(ALLOWANCE), Clock::new());
    let used = meters.of("used");
    used.take(5 * MIB as u32, clock.elapsed());
    drop(used);
    let _held = meters.of("held");
    drop(meters.of("full"));

    meters.forget(clock.elapsed());
    assert_eq!(meters.len(), 2);
    assert_about(meters.of("used").take(MIB as u32, clock.elapsed()), 2.0);

    tokio::time::sleep(Duration::from_secs(6)).await;
    meters.forget(clock.elapsed());
    assert_eq!(meters.len(), 1);
}

proptest! {
    /// However it is asked for, no more comes than may come at once and in the time until then.
    #[test]
    fn a_meter_lets_pass_what_its_allowance_says(
        burst in 1_u32..100_000,
        per_second in 1_u32..10_000_000,
        asked in prop::collection::vec((1_u32..20_000, 0_u64..20_000_000), 1..100),
    ) {
        let meter = Meter::new(Allowance { burst, per_second });
        let (mut now, mut all) = (Duration::ZERO, 0_u64);
        for (count, later) in asked {
            now += Duration::from_micros(later);
            all += u64::from(count);
            let there = now + meter.take(count, now);
            let come = u64::from(burst) as f64 + there.as_secs_f64() * f64::from(per_second);
            // Each is rounded down by less than a nanosecond.
            prop_assert!(all as f64 <= come + 1.0, "{all} of {come}");
        }
    }

    /// Whoever has waited for nothing has what there is.
    #[test]
    fn a_meter_that_rests_is_full(burst in 1_u32..100_000, per_second in 1_u32..10_000_000) {
        let meter = Meter::new(Allowance { burst, per_second });
        meter.take(burst, Duration::ZERO);
        let rest = Duration::from_secs_f64(f64::from(burst) / f64::from(per_second));
        prop_assert_eq!(meter.take(burst, rest + Duration::from_nanos(1)), Duration::ZERO);
    }

    /// However the bytes are cut, each frame counts once.
    #[test]
    fn frames_are_found_wherever_the_bytes_are_cut(
        contents in prop::collection::vec(prop_oneof![0_usize..300, 65_000_usize..66_000], 0..12),
        pieces in prop::collection::vec(1_usize..5_000, 1..20),
    ) {
        let bytes: Vec<u8> = contents.iter().copied().flat_map(frame).collect();
        let mut frames = Frames::default();
        let mut found = 0;
        let mut rest = &bytes[..];
        for piece in pieces.iter().cycle() {
            if rest.is_empty() { break }
            let (now, later) = rest.split_at((*piece).min(rest.len()));
            found += frames.pass(now);
            rest = later;
        }
        prop_assert_eq!(found, contents.len() as u64);
        prop_assert_eq!((frames.have, frames.left), (0, 0));
    }
}
