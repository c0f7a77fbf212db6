//! Serves one of the contracts that the conformance tests speak, on a port of its own.
//!
//! Prints its URL, and at its end what it has counted. Environment variables are its switches:
//! `CONTRACT` (`conformance`, `profile`, `quickstart`), `ADDRESS`, `TAUTLINE_SECRET`, `POLLING`,
//! `FRAME_BYTES`, `CONNECT_MS`, `STALL_MS`, `PING_MS`, `HEADS_MS`, `GRACE_MS`, `ORIGINS`, `JOURNAL` (a file), `FAILPOINT`
//! (`committed`, or `committed:7` for the seventh time), `LIMITS` (`default`; there are none without it),
//! `TRUSTED_PROXIES` (networks), `PUBLIC_KEY` (a file).

mod chat;
mod echo;
mod examples;
mod faults;
mod gates;
mod house;
mod messages;
mod operator;
mod profile;
mod quickstart;
mod recitals;
mod recovery;
mod switches;
mod tables;
mod visits;
mod work;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use anyhow::bail;
use tautline_history_service::books::Books;
use tautline_history_service::filed::Filed;
use tautline_history_service::rows::{Rows, WithRows};
use tautline_history_service::service::HistoryService;
use tautline_server::Server;
use tautline_server::failpoint::Failpoint;
use tautline_server::journal::{Memory, Sqlite};
use tautline_server::rusqlite::Connection;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::house::House;
use crate::messages::Messages;
use crate::switches::Switches;
use crate::visits::Visits;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let switches = Switches::read()?;
    let visits = Visits::default();
    let (server, contract) = server(&switches, visits.clone())?;

    let listener = TcpListener::bind(&switches.address).await?;
    println!("http://{}", listener.local_addr()?);
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let ended = async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    };
    let routes = examples::routes(contract).merge(operator::routes(server.clone()));
    server.serve(listener, routes, ended).await?;

    println!("{}", serde_json::json!({ "visits": visits.list() }));
    Ok(())
}

fn server(
    switches: &Switches,
    visits: Visits,
) -> anyhow::Result<(Server, &'static tautline::Contract)> {
    let contract = match switches.contract.as_str() {
        "conformance" => tautline_conformance::contract(),
        "profile" => tautline_profile_contract::contract(),
        "quickstart" => tautline_quickstart::contract(),
        other => {
            bail!("unknown contract `{other}`: `conformance`, `profile` and `quickstart` are known")
        }
    };
    let house = House::default();
    let builder = Server::builder(contract).jwt(switches.jwt()?).settings(switches.settings()?);
    let builder = match switches.failpoint {
        None => builder,
        Some((point, nth)) => {
            let passed = AtomicU32::new(0);
            builder.failpoints(move |hit| {
                if hit == point && passed.fetch_add(1, Ordering::Relaxed) + 1 >= nth {
                    stop(point);
                }
            })
        }
    };
    let builder = match switches.contract.as_str() {
        "profile" => builder
            .namespace::<tautline_profile_contract::Echo>(profile::ProfileService)
            .namespace::<tautline_profile_contract::Corners>(profile::ProfileService),
        "quickstart" => {
            builder.namespace::<tautline_quickstart::Boards>(quickstart::QuickstartService)
        }
        _ => {
            let (builder, messages, books) = match &switches.journal {
                None => {
                    let rows = Rows::default();
                    let journal = WithRows::new(Memory::new(), rows.clone());
                    let messages = Messages::Memory(Arc::default());
                    (builder.journal(journal), messages, Books::Rows(rows))
                }
                Some(path) => {
                    let tables = |db: &Connection| {
                        Messages::set_up(db)?;
                        Filed::set_up(db)
                    };
                    let journal = Sqlite::builder(path).setup(tables).open()?;
                    let books = Books::Filed(Filed::new(journal.clone()));
                    (builder.journal(journal.clone()), Messages::File(journal), books)
                }
            };
            builder
                .namespace::<tautline_conformance::echo::Echo>(echo::EchoService)
                .namespace::<tautline_conformance::tables::Tables>(tables::TablesService::new(
                    house.clone(),
                ))
                .namespace::<tautline_conformance::faults::Faults>(faults::FaultsService::default())
                .namespace::<tautline_conformance::work::Work>(work::WorkService::new(
                    visits,
                    house.clone(),
                ))
                .namespace::<tautline_conformance::history::History>(HistoryService::new(books))
                .namespace::<tautline_conformance::chat::Chat>(chat::ChatService::new(
                    messages,
                    house.clone(),
                ))
                .namespace::<tautline_conformance::recitals::Recitals>(
                    recitals::RecitalsService::default(),
                )
                .namespace::<tautline_conformance::recovery::Recovery>(
                    recovery::RecoveryService::default(),
                )
        }
    };
    let server = builder.build()?;
    house.open(server.clone());
    Ok((server, contract))
}

/// Says that the server is there, and goes no further: who asked for it kills it now.
fn stop(point: Failpoint) {
    println!("stopped at {}", point.as_str());
    loop {
        thread::park();
    }
}
