//! Epochs: which sequence a room's numbers belong to.
//!
//! A room that was never written to has an epoch, too, and it must be the one that its first event
//! gets. Then nobody needs to write to enter a room: the epoch follows from a random seed of the
//! file and the room's name, and is stored with the first event.

use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::super::RoomKey;

/// The epoch of a room without a row: 64 bits, as two of them only must not be the same by chance.
pub(super) fn of_new(seed: &[u8], room: &RoomKey) -> String {
    let mut hash = Sha256::new();
    hash.update(seed);
    hash.update(room.namespace.as_bytes());
    hash.update([0]);
    hash.update(room.room.as_str().as_bytes());
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The seed.
///
/// # Errors
/// What SQLite says.
pub(super) fn seed(connection: &Connection) -> rusqlite::Result<Vec<u8>> {
    connection.prepare_cached("SELECT seed FROM tautline_meta")?.query_row([], |row| row.get(0))
}

/// Another seed, so that no room that loses its row ever gets its old epoch back.
///
/// # Errors
/// What SQLite says.
pub(super) fn renew_seed(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE tautline_meta SET seed = randomblob(32)", []).map(drop)
}

/// New epochs for all rooms, and another ledger: what was acknowledged last may be lost, so nobody
/// may go on from where it was.
///
/// # Errors
/// What SQLite says.
pub(super) fn renew_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "UPDATE tautline_rooms SET epoch = lower(hex(randomblob(8)));
         UPDATE tautline_meta SET ledger = lower(hex(randomblob(16)));",
    )?;
    renew_seed(connection)?;
    clamp_receipts(connection, None)
}

/// A new epoch for one room.
///
/// # Errors
/// What SQLite says.
pub(super) fn renew(connection: &Connection, room: i64) -> rusqlite::Result<String> {
    let renew = "UPDATE tautline_rooms SET epoch = lower(hex(randomblob(8))) WHERE id = ?1
                 RETURNING epoch";
    let epoch = connection.prepare_cached(renew)?.query_row([room], |row| row.get(0))?;
    clamp_receipts(connection, Some(room))?;
    Ok(epoch)
}

/// Nobody has read what does not exist.
fn clamp_receipts(connection: &Connection, room: Option<i64>) -> rusqlite::Result<()> {
    connection
        .execute(
            "UPDATE tautline_receipts
             SET delivered = min(delivered, head), read = min(read, head)
             FROM tautline_rooms AS rooms
             WHERE rooms.id = tautline_receipts.room AND rooms.id = coalesce(?1, rooms.id)",
            [room],
        )
        .map(drop)
}
