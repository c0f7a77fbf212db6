//! What outlives a crash: the journal in memory, shared by all lives of the server, or an SQLite file.
//!
//! A crash is to leave the file as a killed process leaves it. What is left of a crashed server still
//! holds its connection, so each life gets a copy of the file as it was at that moment.

use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use anyhow::Context as _;
use tautline::Cause;
use tautline_conformance::history::History;
use tautline_history_service::books::Books;
use tautline_history_service::filed::Filed;
use tautline_history_service::rows::{Rows, WithRows};
use tautline_history_service::service::Book;
use tautline_server::Tx;
use tautline_server::journal::{Durability, Journal, Memory, Sqlite};
use tempfile::TempDir;

/// Where a run's journal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In memory.
    Memory,
    /// In a file, as safe as this.
    Sqlite(Durability),
}

/// The storage of one run.
pub(super) enum Storage {
    Memory(Memory, Rows),
    Sqlite { folder: TempDir, durability: Durability, lives: u32 },
}

impl Storage {
    pub(super) fn new(kind: Kind) -> anyhow::Result<Self> {
        Ok(match kind {
            Kind::Memory => Self::Memory(Memory::new(), Rows::default()),
            Kind::Sqlite(durability) => {
                Self::Sqlite { folder: tempfile::tempdir()?, durability, lives: 0 }
            }
        })
    }

    /// Opens it for another life.
    pub(super) fn open(&mut self) -> anyhow::Result<(Arc<dyn Journal>, Shelf)> {
        match self {
            Self::Memory(journal, rows) => {
                let journal = WithRows::new(journal.clone(), rows.clone());
                Ok((Arc::new(journal), Shelf(Books::Rows(rows.clone()))))
            }
            Self::Sqlite { folder, durability, lives } => {
                let path = |life: u32| folder.path().join(format!("life-{life}.db"));
                *lives += 1;
                if *lives > 1 {
                    copy(&path(*lives - 1), &path(*lives)).context("the file cannot be copied")?;
                }
                let builder = Sqlite::builder(path(*lives)).durability(*durability);
                let journal = builder.setup(Filed::set_up).open()?;
                Ok((Arc::new(journal.clone()), Shelf(Books::Filed(Filed::new(journal)))))
            }
        }
    }
}

/// Copies a database and what is not merged into it yet.
fn copy(from: &PathBuf, to: &PathBuf) -> std::io::Result<()> {
    std::fs::copy(from, to)?;
    let log = |path: &PathBuf| PathBuf::from(format!("{}-wal", path.display()));
    if log(from).exists() {
        std::fs::copy(log(from), log(to))?;
    }
    Ok(())
}

/// The application's rows, read while the run's clock stands still.
#[derive(Clone)]
pub(super) struct Shelf(Books);

impl Book for Shelf {
    fn insert(&self, tx: &Tx<'_, History>, room: &str, mark: &str) -> Result<(), Cause> {
        self.0.insert(tx, room, mark)
    }

    async fn read(&self, room: &str) -> Result<Vec<String>, Cause> {
        wait(self.0.read(room))
    }
}

/// Waits on this thread for something that another one does. Nothing else happens meanwhile, and the
/// run's clock stands still.
pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        std::thread::park();
    }
}
