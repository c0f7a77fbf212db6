//! Both ways over a real TCP connection.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::io_handle::IoLimits;

const LIMITS: IoLimits =
    IoLimits { stall: Duration::from_secs(15), pause: Duration::from_secs(10) };

type Pair = (ShortcutStream, Arc<Shortcut>, TcpStream, Arc<IoHandle>);

async fn pair() -> Pair {
    pair_with(Bytes::from_static(b"early")).await
}

async fn pair_with(early: Bytes) -> Pair {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (far, near) = tokio::join!(TcpStream::connect(address), listener.accept());
    let io = IoHandle::new(LIMITS);
    let (stream, shortcut) = Shortcut::split(near.unwrap().0, early, Arc::clone(&io));
    (stream, shortcut, far.unwrap(), io)
}

/// A text frame with this in it, as the engine writes it.
fn frame(text: &str) -> Bytes {
    let mut frame = vec![0x81, u8::try_from(text.len()).unwrap()];
    frame.extend(text.as_bytes());
    frame.into()
}

/// The engine takes so many messages.
fn give(shortcut: &Shortcut, messages: u64) {
    shortcut.give(messages, || Ok::<_, ()>(())).unwrap();
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

    give(&shortcut, 1);
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

    let kept = shortcut.give(2, || {
        assert!(!shortcut.write(&frame("42[]")), "who knows whether the engine takes them");
        Err(())
    });

    assert_eq!(kept, Err(()));
    assert!(shortcut.write(&frame("42[]")));
}

#[tokio::test]
async fn a_large_frame_goes_between_what_the_engine_was_given_before_it_and_after_it() {
    let (mut stream, shortcut, mut far, io) = pair().await;
    let small = ["42[1]", "42[2]", "2", "43[3]"].map(frame);
    let large = Bytes::from(vec![7; 100_000]);

    give(&shortcut, 2);
    assert!(shortcut.line_up(large.clone()));
    assert!(shortcut.line_up(frame("42[\"the next one\"]")));
    give(&shortcut, 1);
    assert!(!shortcut.write(&frame("42[]")), "it would overtake them");
    let read = tokio::spawn(async move {
        let all = heard(&mut far, 4 * 7 - 4 + 100_000 + 20).await;
        (all, far)
    });
    stream.write_all(&small.concat()).await.unwrap();

    let (all, _far) = read.await.unwrap();
    let [first, second, ping, third] = &small;
    let next = &frame("42[\"the next one\"]");
    assert_eq!(all, [first, second, &large, next, ping, third].map(Bytes::as_ref).concat());
    assert_eq!(io.bytes_out(), (large.len() + next.len()) as u64);
    assert!(shortcut.write(&frame("42[]")), "nothing waits any more");
}

#[tokio::test]
async fn a_large_frame_does_not_part_a_frame_of_the_engine() {
    let (mut stream, shortcut, mut far, _io) = pair().await;
    let ping = frame("2");
    stream.write_all(&ping[..2]).await.unwrap();

    assert!(shortcut.line_up(frame("42[]")));
    stream.write_all(&ping[2..]).await.unwrap();

    assert_eq!(heard(&mut far, 9).await, [ping, frame("42[]")].concat());
}

#[tokio::test]
async fn large_frames_wait_for_a_receiver_in_their_order() {
    let (stream, shortcut, mut far, _io) = pair().await;
    let large = |byte| Bytes::from(vec![byte; 16 * 1024 * 1024]);

    assert!(shortcut.line_up(large(1)), "much of it is with the kernel");
    assert!(shortcut.line_up(large(2)));
    assert!(!shortcut.line_up(frame("42[]")), "too much waits");
    assert!(!shortcut.write(&frame("42[]")));
    let all = heard(&mut far, 32 * 1024 * 1024).await;

    assert!(all == [large(1), large(2)].concat());
    drop(stream);
}

#[tokio::test]
async fn nothing_lines_up_while_somebody_gives_or_after_a_close_frame() {
    let (mut stream, shortcut, _far, _io) = pair().await;

    let given = shortcut.give(1, || {
        assert!(!shortcut.line_up(frame("42[]")), "who knows which goes first");
        Ok::<_, ()>(())
    });
    given.unwrap();
    assert!(shortcut.line_up(frame("42[]")));
    stream.write_all(&[0x88, 0]).await.unwrap();

    assert!(!shortcut.line_up(frame("42[]")));
}

#[tokio::test]
async fn the_request_is_forgotten_when_all_of_it_was_read() {
    let request = Arc::new(*b"GET / and early");
    let held = || Bytes::from_owner(Held(Arc::clone(&request)));
    let mut nothing = held();
    nothing.advance(request.len());
    let _pairs = pair_with(nothing).await;
    assert_eq!(Arc::strong_count(&request), 1, "nothing was read too early");

    let (mut stream, _shortcut, _far, _io) = pair_with(held().slice(10..)).await;
    stream.read_exact(&mut [0; 4]).await.unwrap();
    assert_eq!(Arc::strong_count(&request), 2);
    stream.read_exact(&mut [0; 1]).await.unwrap();
    assert_eq!(Arc::strong_count(&request), 1);
}

/// Bytes of which one can tell whether somebody still has them.
struct Held(Arc<[u8; 15]>);

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &*self.0
    }
}
