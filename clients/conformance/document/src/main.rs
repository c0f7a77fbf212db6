//! Serves the profile's contract as the conformance server does, from its document alone. The
//! handlers are the same files: what they name is the same.
//!
//! Prints its URL. `ADDRESS` and `TAUTLINE_SECRET` are its switches.

extern crate tautline_document_server as tautline_profile_contract;

#[path = "../../server/src/examples.rs"]
mod examples;
#[path = "../../server/src/profile.rs"]
mod profile;

use std::env;

use anyhow::Context as _;
use tautline_profile_contract::{Corners, Echo, contract};
use tautline_server::{Jwt, Server};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let secret = env::var("TAUTLINE_SECRET").context("TAUTLINE_SECRET is not set")?;
    let server = Server::builder(contract())
        .jwt(Jwt::hs256(&secret))
        .namespace::<Echo>(profile::ProfileService)
        .namespace::<Corners>(profile::ProfileService)
        .build()?;
    let listener =
        TcpListener::bind(env::var("ADDRESS").as_deref().unwrap_or("127.0.0.1:0")).await?;
    println!("http://{}", listener.local_addr()?);
    let ended = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    server.serve(listener, examples::routes(contract()), ended).await?;
    println!("{{}}");
    Ok(())
}
