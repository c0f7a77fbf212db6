//! The stream over memory, with the clock stopped.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::time::Instant;

use super::*;
use crate::io_handle::IoLimits;

const LIMITS: IoLimits =
    IoLimits { stall: Duration::from_secs(15), pause: Duration::from_secs(10) };

fn stream() -> (GuardedIo<DuplexStream>, DuplexStream, Arc<IoHandle>) {
    let (near, far) = duplex(16);
    let handle = IoHandle::new(LIMITS);
    (GuardedIo::new(near, handle.clone()), far, handle)
}

#[tokio::test]
async fn bytes_pass_and_are_counted() {
    let (mut near, mut far, handle) = stream();

    far.write_all(b"hello").await.unwrap();
    let mut buffer = [0; 5];
    near.read_exact(&mut buffer).await.unwrap();
    near.write_all(b"you").await.unwrap();

    assert_eq!(&buffer, b"hello");
    assert_eq!((handle.bytes_in(), handle.bytes_out()), (5, 3));
}

#[tokio::test]
async fn a_cut_wakes_who_reads_and_who_writes() {
    let (near, _far, handle) = stream();
    let (mut read, mut write) = tokio::io::split(near);
    let reading = tokio::spawn(async move { read.read_u8().await });
    let writing = tokio::spawn(async move { write.write_all(&[0; 64]).await });
    tokio::task::yield_now().await;

    handle.kill();

    assert_eq!(reading.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(writing.await.unwrap().unwrap_err().kind(), io::ErrorKind::ConnectionAborted);
}

#[tokio::test(start_paused = true)]
async fn a_write_without_progress_fails_and_ends_the_reads() {
    let (mut near, _far, handle) = stream();
    let started = Instant::now();

    let error = near.write_all(&[0; 64]).await.unwrap_err();

    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(started.elapsed(), LIMITS.stall);
    assert!(handle.is_stalled());
    assert!(near.read_u8().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_that_goes_on_is_no_stall() {
    let (mut near, mut far, handle) = stream();
    let writing = tokio::spawn(async move { near.write_all(&[0; 64]).await });

    for _ in 0..64 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        far.read_u8().await.unwrap();
    }

    writing.await.unwrap().unwrap();
    assert!(!handle.is_stalled());
}

#[tokio::test(start_paused = true)]
async fn a_write_may_wait_for_as_long_as_another_makes_progress() {
    let (mut near, _far, handle) = stream();
    let started = Instant::now();
    let writing = tokio::spawn(async move { near.write_all(&[0; 64]).await });

    for _ in 0..10 {
        tokio::time::sleep(LIMITS.stall * 2 / 3).await;
        handle.count_written(1);
    }
    let over = started.elapsed();

    assert!(!handle.is_stalled());
    assert_eq!(writing.await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert!(started.elapsed() <= over + 2 * LIMITS.stall);
}

#[tokio::test(start_paused = true)]
async fn reads_pause_while_any_guard_lives() {
    let (mut near, mut far, handle) = stream();
    let (first, second) = (handle.pause_reading(), handle.pause_reading());
    far.write_all(b"a").await.unwrap();
    let reading = tokio::spawn(async move { near.read_u8().await });

    drop(first);
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(!reading.is_finished());

    drop(second);
    assert_eq!(reading.await.unwrap().unwrap(), b'a');
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_before_the_heartbeat_is_missed() {
    let (mut near, mut far, handle) = stream();
    let _pause = handle.pause_reading();
    let started = Instant::now();
    far.write_all(b"a").await.unwrap();

    assert_eq!(near.read_u8().await.unwrap(), b'a');

    assert_eq!(started.elapsed(), LIMITS.pause);
}

#[tokio::test(start_paused = true)]
async fn a_cut_ends_a_pause() {
    let (mut near, _far, handle) = stream();
    let _pause = handle.pause_reading();
    let reading = tokio::spawn(async move { near.read_u8().await });
    tokio::task::yield_now().await;

    handle.kill();

    assert!(reading.await.unwrap().is_err());
}
