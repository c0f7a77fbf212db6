//! The same service on socketioxide as it comes: typed extractors, acknowledgements, rooms.

use axum::Router;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef};
use tokio::net::TcpListener;

use crate::payload::{Hall, News, Note, Taken};

/// Serves until the process ends.
pub(crate) async fn serve(listener: TcpListener) -> anyhow::Result<()> {
    let (layer, io) = SocketIo::builder().build_layer();
    io.ns("/bench", async |socket: SocketRef| {
        socket.on("take", async |Data(note): Data<Note>, ack: AckSender| {
            let _ = ack.send(&Taken { number: note.number });
        });
        socket.on(
            "join_hall",
            async |socket: SocketRef, Data(hall): Data<Hall>, ack: AckSender| {
                socket.join(hall.hall);
                let _ = ack.send(&Taken { number: 0 });
            },
        );
        socket.on("announce", async |socket: SocketRef, Data(news): Data<News>, ack: AckSender| {
            let _ = socket.within(news.hall.clone()).emit("news", &news).await;
            let _ = ack.send(&Taken { number: news.note.number });
        });
    });
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, Router::new().layer(layer)).await?;
    Ok(())
}
