//! The proxy for tests that are not written in Rust. Orders come in by standard input, answers go out
//! by standard output, a JSON object a line: `{"id":1,"order":{"type":"cut"}}` is answered by
//! `{"id":1,"ok":null}` or `{"id":1,"error":"…"}`. The first order is `start`. It ends with its input,
//! so that it never outlives the test that started it.

mod order;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tautline_fault_proxy::{FaultProxy, Options};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, stdin, stdout};
use tokio::sync::mpsc;

use crate::order::{Order, Start, carry_out};

/// A line of the input.
#[derive(Deserialize)]
struct Line<T> {
    /// What the answer will carry.
    id: u64,
    order: T,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut lines = BufReader::new(stdin()).lines();
    let first = lines.next_line().await?.context("no order came: the first one is `start`")?;
    let Line { id, order: Start::Start { upstream, seed, rtt_ms } } = serde_json::from_str(&first)?;
    let rtt = Duration::from_millis(rtt_ms);
    let proxy = FaultProxy::start_with(&upstream, Options { seed, rtt }).await?;
    let proxy = Arc::new(proxy);

    let (answers, answered) = mpsc::unbounded_channel();
    let printing = tokio::spawn(print(answered));
    answers.send(json!({ "id": id, "ok": { "url": proxy.url() } }))?;
    while let Some(line) = lines.next_line().await? {
        let Line { id, order } = serde_json::from_str::<Line<Value>>(&line)?;
        let answers = answers.clone();
        match serde_json::from_value::<Order>(order) {
            Ok(Order::Found { search, count }) => {
                // Waiting for what happens must not keep other orders waiting.
                let proxy = Arc::clone(&proxy);
                tokio::spawn(async move {
                    let found = proxy.found(&search, count).await;
                    // Nobody to tell: the input has ended meanwhile.
                    let _ = answers.send(json!({ "id": id, "ok": found }));
                });
            }
            Ok(order) => answers.send(json!({ "id": id, "ok": carry_out(&proxy, order)? }))?,
            Err(error) => answers.send(json!({ "id": id, "error": error.to_string() }))?,
        }
        if printing.is_finished() {
            break;
        }
    }
    Ok(())
}

/// Prints what was answered until nobody reads it.
async fn print(mut answered: mpsc::UnboundedReceiver<Value>) -> std::io::Result<()> {
    let mut out = stdout();
    while let Some(answer) = answered.recv().await {
        out.write_all(format!("{answer}\n").as_bytes()).await?;
        out.flush().await?;
    }
    Ok(())
}
