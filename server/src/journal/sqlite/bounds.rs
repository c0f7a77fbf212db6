//! How much room a file that may not grow for ever has left.

use rusqlite::Connection;

/// The size of a file, in pages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    most: u64,
    used: u64,
    free: u64,
}

impl Bounds {
    /// Asks the file.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn of(connection: &Connection) -> rusqlite::Result<Self> {
        let pages = |name: &str| -> rusqlite::Result<u64> {
            let count: i64 = connection.pragma_query_value(None, name, |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        };
        Ok(Self {
            most: pages("max_page_count")?,
            used: pages("page_count")?,
            free: pages("freelist_count")?,
        })
    }

    /// How many pages can still be written.
    pub(super) fn left(self) -> u64 {
        self.most.saturating_sub(self.used) + self.free
    }

    /// Likewise, if so little is left that the bound is what a group has met, and not the disk's end.
    pub(super) fn left_if_reached(self) -> Option<u64> {
        (self.left() < self.most / 4).then(|| self.left())
    }
}
