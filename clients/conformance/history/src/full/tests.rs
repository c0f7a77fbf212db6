//! What an acknowledgement promises, looked at from outside: by a second reader of the file, at the
//! moment at which the acknowledgement is handed over, and at the moment at which a client has it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::json;
use tautline_conformance::history::History;
use tautline_history_service::books::Books;
use tautline_history_service::filed::Filed;
use tautline_history_service::service::HistoryService;
use tautline_server::failpoint::Failpoint;
use tautline_server::journal::Sqlite;
use tautline_server::rusqlite::{Connection, OpenFlags};
use tautline_server::testing::Packet;
use tautline_server::{Limits, Server, Settings};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::road::Road;
use crate::crew::{Pipe, Way};
use crate::dice::Dice;
use crate::sim::contract;

/// How many commands are in flight at once: the journal stores them in groups.
const COMMANDS: i64 = 30;

/// Another program that looks into the file.
fn rows(file: &Path, mark: &str) -> i64 {
    let reader = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = "SELECT count(*) FROM marks WHERE mark LIKE ?1";
    reader.query_row(count, [mark], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_hears_of_anything_that_is_not_in_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let journal = Sqlite::builder(&file).setup(Filed::set_up).open().unwrap();
    let (acked, premature) = (Arc::new(AtomicI64::new(0)), Arc::new(AtomicI64::new(0)));
    let (counted, missing, looked_into) =
        (Arc::clone(&acked), Arc::clone(&premature), file.clone());
    let server = Server::builder(contract())
        .authenticator(crate::sim::Trusting)
        .settings(Settings { limits: Limits::unlimited(), ..Settings::default() })
        .journal(journal.clone())
        .namespace::<History>(HistoryService::new(Books::Filed(Filed::new(journal))))
        .failpoints(move |point| {
            // One of them is the join.
            let handed = match point {
                Failpoint::Acked => counted.fetch_add(1, Ordering::SeqCst),
                Failpoint::Handler
                | Failpoint::Staged
                | Failpoint::Committed
                | Failpoint::Published => return,
            };
            if rows(&looked_into, "%") < handed {
                missing.fetch_add(1, Ordering::SeqCst);
            }
        })
        .build()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let road = Road(format!("http://{}", listener.local_addr().unwrap()));
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        server.serve(listener, axum::Router::new(), stopped).await.unwrap();
    });

    let mut client = road.connect("ann", None, Dice::new(0)).await.unwrap();
    while !client.next().await.expect("it is welcome").contains("tautline:welcome") {}
    client.send("42/history,0[\"join_log\",{\"log\":\"1\"}]".to_owned());
    for number in 1..=COMMANDS {
        let note =
            json!({ "log": "1", "mark": format!("m{number}"), "pauseMs": 0, "ending": "kept" });
        let meta = json!({ "id": tautline::Uuid::from_u128(number as u128) });
        client.send(format!("42/history,{number}[\"note\",{note},{meta}]"));
    }
    let (mut acks, mut events) = (0, 0);
    while acks < COMMANDS || events < COMMANDS {
        let packet = client.next().await.expect("the server answers");
        let Some(packet) = packet.strip_prefix('4').and_then(Packet::parse) else { continue };
        match (packet.kind, packet.id) {
            ('3', Some(number @ 1..)) => {
                assert!(packet.data.starts_with("[{\"ok\":null"), "{}", packet.data);
                assert_eq!(rows(&file, &format!("m{number}")), 1, "the ack of m{number}");
                acks += 1;
            }
            ('2', _) if packet.data.starts_with("[\"noted\"") => {
                events += 1;
                assert!(rows(&file, "%") >= events, "{events} events");
            }
            _ => {}
        }
    }
    drop(stop);
    serving.await.unwrap();

    assert_eq!(acked.load(Ordering::SeqCst), COMMANDS + 1);
    assert_eq!(premature.load(Ordering::SeqCst), 0, "handed over before they were stored");
}
