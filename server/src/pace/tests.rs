//! The pace over memory, with the clock stopped, and frames cut anywhere.

use std::time::Duration;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;

use super::*;
use crate::guarded_io::GuardedIo;
use crate::io_handle::{IoHandle, IoLimits};

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

/// A stream that is read at 4 MiB at once and 1 MiB per second.
fn stream() -> (GuardedIo<DuplexStream>, DuplexStream) {
    let (near, far) = duplex(4_096);
    let limits = IoLimits { stall: Duration::from_secs(15), pause: Duration::from_secs(10) };
    let allowance = Allowance { burst: 4 * MIB as u32, per_second: MIB as u32 };
    let near = GuardedIo::new(near, IoHandle::new(limits));
    (near.paced(Some(Pace::new(allowance, Clock::new()))), far)
}

/// How long reading so many of these frames takes.
async fn time(content: usize, count: usize) -> Duration {
    let (mut near, mut far) = stream();
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

#[tokio::test(start_paused = true)]
async fn what_may_come_at_once_comes_at_once() {
    assert_eq!(time(1_000, 2_000).await, Duration::ZERO);
    assert_eq!(time(MIB, 3).await, Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn many_bytes_take_their_time() {
    let took = time(MIB, 10).await;

    assert!(took > Duration::from_millis(5_900) && took < Duration::from_millis(6_100), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn many_small_frames_take_theirs() {
    let took = time(0, 10_240).await;

    // The last read is not paid for when it is there.
    assert!(took > Duration::from_millis(5_200) && took < Duration::from_millis(6_100), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cut_ends_a_read_that_waits() {
    let (mut near, mut far) = stream();
    let handle = near.handle();
    tokio::spawn(async move { while far.write_all(&frame(MIB)).await.is_ok() {} });
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

proptest! {
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
