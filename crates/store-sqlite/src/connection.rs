//! Connections and their settings.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// How many statements a connection keeps prepared: every write of every table, and the selects in use.
const STATEMENTS_KEPT: usize = 256;
/// How much of the file may be mapped into memory for reading; only what is read takes memory.
const MAPPED_BYTES_MAX: i64 = 1 << 30;

/// The connection that writes. It makes the file if there is none, and never carries the log over by itself.
pub(crate) fn writer(path: &Path, busy_timeout_ms: u64) -> rusqlite::Result<Connection> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection, busy_timeout_ms)?;
    // Larger pages than the usual cost less time per payment in batches, and count only when the file is new.
    connection.pragma_update(None, "page_size", 8192)?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(without_log(&mode));
    }
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What a row held before is overwritten, not only given free: data of people that was erased is gone from the file.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    connection.pragma_update(None, "cache_size", -16_384)?;
    Ok(connection)
}

/// The connection that carries the log over.
pub(crate) fn checkpointer(path: &Path, busy_timeout_ms: u64) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection, busy_timeout_ms)?;
    connection.pragma_update(None, "synchronous", "full")?;
    Ok(connection)
}

/// Carries the whole log over into the file and cuts it to nothing, so that nothing that was overwritten stands in it any
/// more. False when somebody still reads from it.
pub(crate) fn empty_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |row| Ok(row.get::<_, i64>(0)? == 0))
}

/// A connection that only reads.
pub(crate) fn reader(path: &Path, busy_timeout_ms: u64) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    set_up(&connection, busy_timeout_ms)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// SQLite answers with the mode it stays in where a write-ahead log cannot be had; a commit of another mode can come
/// undone by a power cut.
fn without_log(mode: &str) -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CANTOPEN);
    let detail = format!("no write-ahead log can be had here (journal mode {mode}); use a local file system");
    rusqlite::Error::SqliteFailure(code, Some(detail))
}

fn set_up(connection: &Connection, busy_timeout_ms: u64) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_millis(busy_timeout_ms))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update_and_check(None, "mmap_size", MAPPED_BYTES_MAX, |_| Ok(()))?;
    connection.pragma_update(None, "temp_store", "memory")
}
