//! The disk itself: that nothing is acknowledged before it is synced, and what happens when a sync or a
//! write fails.
//!
//! A few lines of C stand between SQLite and the C library, in a process of their own: this file runs
//! itself again with them loaded. The compiler is the one that SQLite was built with.

use std::path::{Path, PathBuf};
use std::process::Command;

use tautline::Outcome;
use tautline_server::journal::*;
use tautline_server::testing::TestSocket;

use crate::sample::key;
use crate::shop::{self, Ordered, enter, order};
use crate::sqlite::Place;

/// Set in the process that has the C lines loaded: the folder in which the test tells them what to do.
const FOLDER: &str = "TAUTLINE_DISK";

/// Runs a test of this file again with the C lines loaded, unless this is that run. Then gives the
/// folder.
fn folder(test: &str) -> Option<PathBuf> {
    if let Ok(folder) = std::env::var(FOLDER) {
        return Some(folder.into());
    }
    let place = tempfile::tempdir().unwrap();
    let library = place.path().join("disk.so");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/journal/disk/disk.c");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    let compiled = Command::new(compiler)
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, Path::new(source)])
        .status()
        .unwrap();
    assert!(compiled.success());
    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("disk::{test}"), "--nocapture", "--test-threads=1"])
        .env("LD_PRELOAD", &library)
        .env(FOLDER, place.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}{}", String::from_utf8_lossy(&run.stderr));
    assert!(said.contains("1 passed"), "{said}");
    None
}

/// What the C lines are asked to do, and what they have counted.
struct Disk(PathBuf);

impl Disk {
    fn ask(&self, what: &str) {
        std::fs::write(self.0.join(what), "").unwrap();
    }

    fn no_more(&self, what: &str) {
        std::fs::remove_file(self.0.join(what)).unwrap();
    }

    fn count(&self, what: &str) -> u64 {
        std::fs::metadata(self.0.join(what)).map_or(0, |file| file.len())
    }
}

async fn place_order(socket: &TestSocket, what: &str) -> Result<u32, (String, Outcome)> {
    let answer = socket.call::<Ordered>("order", &order(what, "keep")).await;
    answer.map(|ordered| ordered.count).map_err(|problem| (problem.code, problem.outcome))
}

#[tokio::test]
async fn every_acknowledgement_comes_after_a_sync_of_its_own() {
    let Some(folder) = folder("every_acknowledgement_comes_after_a_sync_of_its_own") else {
        return;
    };
    let (disk, place) = (Disk(folder), Place::new());
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;

    for number in 1..=20 {
        let before = disk.count("synced");
        place_order(&socket, &number.to_string()).await.unwrap();
        assert!(disk.count("synced") > before, "number {number} was acknowledged and not synced");
    }
}

#[tokio::test]
async fn what_comes_together_is_synced_together() {
    let Some(folder) = folder("what_comes_together_is_synced_together") else { return };
    let (disk, place) = (Disk(folder), Place::new());
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    let before = disk.count("synced");

    // The first one holds the writer until all others wait behind it.
    disk.ask("hold");
    let orders = (0..30).map(|number| order(&number.to_string(), "keep"));
    let calls: Vec<_> = orders.map(|order| socket.call::<Ordered>("order", &order)).collect();
    socket
        .call::<serde_json::Value>("tautline:resume", &serde_json::json!({ "rooms": [] }))
        .await
        .unwrap();
    disk.no_more("hold");
    for call in calls {
        call.await.unwrap();
    }

    let syncs = disk.count("synced") - before;
    assert!((1..=4).contains(&syncs), "{syncs} syncs");
}

#[tokio::test]
async fn nothing_is_acknowledged_while_the_sync_takes_its_time() {
    let Some(folder) = folder("nothing_is_acknowledged_while_the_sync_takes_its_time") else {
        return;
    };
    let (disk, place) = (Disk(folder), Place::new());
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    let (begun, synced) = (disk.count("begun"), disk.count("synced"));

    disk.ask("hold");
    let mut held = std::pin::pin!(place_order(&socket, "tea"));
    // Until the sync has begun, and then as long as another command takes.
    while disk.count("begun") == begun {
        tokio::select! {
            early = &mut held => panic!("{early:?} before the sync has begun"),
            () = tokio::task::yield_now() => {}
        }
    }
    tokio::select! {
        early = &mut held => panic!("{early:?} while the sync takes its time"),
        entered = enter(&server) => drop(entered),
    }
    let while_held = disk.count("synced");
    disk.no_more("hold");

    assert_eq!(while_held, synced);
    assert_eq!(held.await, Ok(1));
}

#[tokio::test]
async fn a_sync_that_fails_leaves_the_outcome_unknown_and_the_journal_recovers() {
    let Some(folder) =
        folder("a_sync_that_fails_leaves_the_outcome_unknown_and_the_journal_recovers")
    else {
        return;
    };
    let (disk, place) = (Disk(folder), Place::new());
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, mut socket) = enter(&server).await;

    disk.ask("fail");
    let unknown = place_order(&socket, "tea").await;
    let failing = server.journal_health();
    disk.no_more("fail");
    let later = place_order(&socket, "milk").await.unwrap();

    assert_eq!(unknown, Err(("outcome_unknown".to_owned(), Outcome::Unknown)));
    assert!(matches!(failing, Health::Failing(_)));
    assert_eq!(server.journal_health(), Health::Ready);
    // Unknown means so: the first may be there, and the count says whether it is.
    assert!((1..=2).contains(&later), "{later}");
    // Who is in the room sees whatever is there, also what nobody knew of at first.
    for count in 1..=later {
        assert_eq!(socket.next_named("ordered").await.payload["count"], count);
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_works_again_when_there_is_room() {
    let Some(folder) = folder("a_full_disk_refuses_and_works_again_when_there_is_room") else {
        return;
    };
    let (disk, place) = (Disk(folder), Place::new());
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    place_order(&socket, "tea").await.unwrap();

    disk.ask("full");
    let refused = place_order(&socket, "milk").await;
    let failing = server.journal_health();
    disk.no_more("full");
    let later = place_order(&socket, "bread").await;

    assert_eq!(refused, Err(("journal_unavailable".to_owned(), Outcome::NotExecuted)));
    assert!(matches!(failing, Health::Failing(reason) if reason.contains("full")));
    assert_eq!((later, server.journal_health()), (Ok(2), Health::Ready));
    let room = RoomKey { namespace: "/shops", ..key("shop:s") };
    assert_eq!(db.extent(&room).await.unwrap().head.seq, 2, "no number is left out");
}

#[tokio::test]
async fn a_file_that_becomes_read_only_refuses_and_says_so() {
    let Some(folder) = folder("a_file_that_becomes_read_only_refuses_and_says_so") else { return };
    let (disk, place) = (Disk(folder), Place::new());
    let db = shop::with_tables(Sqlite::builder(place.file())).open().unwrap();
    let server = shop::server(&db, db.clone());
    let (_client, socket) = enter(&server).await;
    place_order(&socket, "tea").await.unwrap();

    disk.ask("readonly");
    // The first one met the disk in the middle of its writing; the next ones are told why.
    let first = place_order(&socket, "milk").await;
    let refused = place_order(&socket, "milk").await;
    let failing = server.journal_health();
    disk.no_more("readonly");
    let later = place_order(&socket, "bread").await;

    assert!(first.is_err(), "{first:?}");
    assert_eq!(refused, Err(("journal_unavailable".to_owned(), Outcome::NotExecuted)));
    assert!(
        matches!(&failing, Health::Failing(reason) if reason.contains("right to write")),
        "{failing:?}"
    );
    assert_eq!((later, server.journal_health()), (Ok(2), Health::Ready));
}
