//! Both ways over a real TCP connection.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::io_handle::IoLimits;

const LIMITS: IoLimits =
    IoLimits { stall: Duration::from_secs(15), pause: Duration::from_secs(10) };

async fn pair() -> (ShortcutStream, Arc<Shortcut>, TcpStream, Arc<IoHandle>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (far, near) = tokio::join!(TcpStream::connect(address), listener.accept());
    let io = IoHandle::new(LIMITS);
    let (stream, shortcut) =
        Shortcut::split(near.unwrap().0, Bytes::from_static(b"early"), Arc::clone(&io));
    (stream, shortcut, far.unwrap(), io)
}

/// A text frame with this in it, as the engine writes it.
fn frame(text: &str) -> Bytes {
    let mut frame = vec![0x81, u8::try_from(text.len()).unwrap()];
    frame.extend(text.as_bytes());
    frame.into()
}

async fn heard(far: &mut TcpStream, bytes: usize) -> Vec<u8> {
    let mut heard = vec![0; bytes];
    far.read_exact(&mut heard).await.unwrap();
    heard
}

#[tokio::test]
async fn what_came_with_the_request_is_read_first() {
    let (mut stream, _shortcut, mut far, _io) = pair().await;
    far.write_all(b"later").await.unwrap();

    let mut read = [0; 10];
    stream.read_exact(&mut read).await.unwrap();

    assert_eq!(&read, b"earlylater");
}

#[tokio::test]
async fn nothing_overtakes_what_the_engine_was_given() {
    let (mut stream, shortcut, mut far, io) = pair().await;
    let (first, second) = (frame("42[\"first\"]"), frame("42[\"second\"]"));

    shortcut.giving(1);
    assert!(!shortcut.write(&second));
    stream.write_all(&first[..5]).await.unwrap();
    assert!(!shortcut.write(&second), "between two halves of a frame");
    stream.write_all(&first[5..]).await.unwrap();
    assert!(shortcut.write(&second));

    assert_eq!(heard(&mut far, first.len() + second.len()).await, [&first[..], &second].concat());
    assert_eq!(io.bytes_out(), second.len() as u64, "the engine's bytes are counted elsewhere");
}

#[tokio::test]
async fn what_the_engine_did_not_take_does_not_close_the_way() {
    let (_stream, shortcut, _far, _io) = pair().await;

    shortcut.giving(2);
    shortcut.kept(2);

    assert!(shortcut.write(&frame("42[]")));
}

#[tokio::test]
async fn the_rest_of_a_frame_goes_before_the_engines_next_one() {
    let (mut stream, shortcut, mut far, _io) = pair().await;
    let large: Bytes = vec![7; 32 * 1024 * 1024].into();

    assert!(shortcut.write(&large));
    assert!(!shortcut.side().rest.is_empty(), "the kernel cannot have taken all of it");
    assert!(!shortcut.write(&frame("42[]")));
    let engine = tokio::spawn(async move {
        stream.write_all(&frame("2")).await.unwrap();
        stream
    });
    let all = heard(&mut far, large.len() + 3).await;

    assert_eq!(all[..large.len()], large[..]);
    assert_eq!(all[large.len()..], frame("2"));
    drop(engine.await.unwrap());
}

#[tokio::test]
async fn a_receiver_that_stops_in_the_middle_is_given_up() {
    let (stream, shortcut, far, io) = pair().await;
    assert!(shortcut.write(&vec![7; 32 * 1024 * 1024].into()));

    tokio::time::pause();
    while !io.is_stalled() {
        tokio::time::advance(LIMITS.stall).await;
        tokio::task::yield_now().await;
    }

    drop((stream, far));
}

#[tokio::test]
async fn the_way_is_closed_after_the_stream() {
    let (stream, shortcut, mut far, io) = pair().await;
    io.kill();
    assert!(!shortcut.write(&frame("42[]")));
    drop(stream);

    assert!(!shortcut.write(&frame("42[]")));
    assert_eq!(far.read(&mut [0; 1]).await.unwrap(), 0, "the connection is over");
}
