//! A server without this library: socketioxide as it comes, before the bare writer.

use std::path::Path;
use std::sync::mpsc::channel;

use axum::Router;
use serde::Deserialize;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tautline::Uuid;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::bare::{self, Message};
use crate::contract::{Hall, Note, Taken};

/// What comes behind a note.
#[derive(Deserialize)]
struct Meta {
    id: Uuid,
}

/// Serves until the process ends.
pub(crate) async fn serve(listener: TcpListener, file: &Path) -> anyhow::Result<()> {
    let (messages, waiting) = channel();
    let _writer = bare::start(file, waiting, |group: Vec<oneshot::Sender<()>>| {
        for waits in group {
            // The load is gone when it has what it wants to know.
            let _gone = waits.send(());
        }
    })?;
    let (layer, io) = SocketIo::builder().build_layer();
    io.ns("/bench", async move |socket: SocketRef| {
        socket.on(
            "join_hall",
            async |socket: SocketRef, Data(hall): Data<Hall>, ack: AckSender| {
                socket.join(hall.hall);
                let _gone = ack.send(&Taken { number: 0 });
            },
        );
        socket.on(
            "say",
            move |socket: SocketRef, Data((note, meta)): Data<(Note, Meta)>, ack: AckSender| {
                let messages = messages.clone();
                async move {
                    let (stored, is_stored) = oneshot::channel();
                    let answer = Taken { number: note.number };
                    // The benchmark's own types: they can be written, and the writer lives as long.
                    let _ended = messages.send(Message {
                        room: note.hall.trim_start_matches("hall-").parse::<u32>().unwrap_or(0) + 1,
                        id: meta.id,
                        payload: serde_json::to_string(&note).unwrap_or_default(),
                        answer: serde_json::to_string(&answer).unwrap_or_default(),
                        waits: stored,
                    });
                    if is_stored.await.is_ok() {
                        let _gone = socket.within(note.hall.clone()).emit("said", &note).await;
                        let _gone = ack.send(&answer);
                    }
                }
            },
        );
    });
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _kept = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().layer(layer)).await?;
    Ok(())
}
