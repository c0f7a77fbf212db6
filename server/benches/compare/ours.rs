//! The service on this library.

use axum::Router;
use tautline_server::{Allowance, Answer, Context, Limits, Server, Settings};
use tokio::net::TcpListener;

use crate::payload::{Bench, BenchError, BenchServer, Hall, News, Note, Taken, contract};

struct Service;

impl BenchServer for Service {
    type Context = Context<Bench>;

    async fn authorize_hall(&self, _: &Self::Context, _: &Hall) -> Answer<(), BenchError> {
        Ok(())
    }

    async fn join_hall(&self, _: &Self::Context, _: &Hall) -> Answer<Taken, BenchError> {
        Ok(Taken { number: 0 })
    }

    async fn take(&self, _: &Self::Context, note: Note) -> Answer<Taken, BenchError> {
        Ok(Taken { number: note.number })
    }

    async fn announce(&self, cx: &Self::Context, news: News) -> Answer<Taken, BenchError> {
        cx.emit().news(&news);
        Ok(Taken { number: news.note.number })
    }
}

/// Serves until the process ends.
pub(crate) async fn serve(listener: TcpListener) -> anyhow::Result<()> {
    // Counted as always, but so generously that nobody is refused.
    let all = Some(Allowance { burst: u32::MAX, per_second: 1_000_000_000 });
    let limits = Limits {
        connection_events: all,
        user_events: all,
        address_events: all,
        allowed_networks: Vec::new(),
        ..Limits::unlimited()
    };
    let settings = Settings { limits, ..Settings::default() };
    let builder = Server::builder(contract()).settings(settings);
    let server = builder.namespace::<Bench>(Service).build()?;
    server.serve(listener, Router::new(), std::future::pending::<()>()).await?;
    Ok(())
}
