//! What the macros' expansions do, on one small contract.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chat;
#[cfg(feature = "codegen")]
mod described;
mod dispatching;
mod emitting;
mod facts;
mod open_enums;
mod payloads;
mod refusals;
mod room_names;
mod rooms;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

/// Runs a future that waits for nothing.
fn run<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}
