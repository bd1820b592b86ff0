//! The power is cut while a database of an older program is brought up to date.

use std::path::Path;

use farthing_core::rows::{Row, Table};
use farthing_store::{Select, Store as _};
use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use crate::child::{Script, played};
use crate::cuts::{cuts_max, replays};
use crate::disk::Image;
use crate::inspect::read_image;
use crate::replay::Replays;
use crate::shop::{DATABASE, open_store};
use crate::watch::{Watched, left_behind, scratch};

/// The first schema, as the first program made it.
const FIRST: &str = include_str!("../../crates/store-sqlite/migrations/0001_first.sql");

/// Some rows of the first schema, of tables that the second migration makes anew.
const ROWS: &str = "
    INSERT INTO merchants VALUES ('M1', 'main', 'Shop', 'active', 'qualified', '[]', 5);
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100)
    INSERT INTO payments SELECT
        'M1', 'P' || n, 'R' || n, 'C1', 'main', 'agreement_payment', 'ALIPAY_HK', zeroblob(32), 'HKD', 100 + n,
        'succeeded', 0, NULL, 100 + n, 10, 0, 0, 'A1', 'W1', 'USD', NULL, NULL, 1000, 2000, 1000, NULL, 3000, 4000, 1,
        zeroblob(32), 900, 2, zeroblob(32) FROM number;
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100)
    INSERT INTO refunds SELECT
        'M1', 'F' || n, 'P' || n, 'Q' || n, 'C1', 'main', 'HKD', 10, 'succeeded', NULL, NULL, '{}', 1500, 1500, 1400
        FROM number;
";

/// The files of a program of the first schema that was killed: a part of the rows is only in the log.
fn older_database() -> Image {
    let directory = scratch();
    let connection = Connection::open(directory.path().join(DATABASE)).unwrap();
    connection.pragma_update(None, "page_size", 8192).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    connection
        .execute_batch(
            "CREATE TABLE schema_migrations (
                number INTEGER NOT NULL PRIMARY KEY,
                name TEXT NOT NULL,
                checksum TEXT NOT NULL,
                applied_at INTEGER NOT NULL
            ) STRICT",
        )
        .unwrap();
    connection.execute_batch(FIRST).unwrap();
    let checksum: String = Sha256::digest(FIRST).iter().map(|byte| format!("{byte:02x}")).collect();
    let applied = "INSERT INTO schema_migrations VALUES (1, 'first', ?1, 0)";
    connection.execute(applied, [checksum]).unwrap();
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())).unwrap();
    connection.execute_batch(ROWS).unwrap();
    let mut image = read_image(directory.path());
    image.retain(|name, _| !name.ends_with("-shm"));
    image
}

/// Every row of every table.
fn rows(runtime: &tokio::runtime::Runtime, directory: &Path) -> Result<Vec<Row>, String> {
    let store = open_store(directory).map_err(|error| format!("opening: {error}"))?;
    let selects = Table::ALL.iter().map(|table| Select::from(*table)).collect();
    let answers = runtime.block_on(store.read(selects)).map_err(|error| error.to_string())?;
    Ok(answers.into_iter().flatten().collect())
}

/// Proves that a migration is done or not done, whenever the power goes, and takes no row with it.
#[test]
fn a_migration_survives_every_cut() {
    if played() {
        return;
    }
    let base = older_database();
    let ended = Watched::new("migration::a_migration_survives_every_cut", Script::Open, &base).run_well();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let calm = scratch();
    crate::inspect::write_image(&left_behind(&ended), calm.path());
    let expected = rows(&runtime, calm.path()).unwrap();
    assert_eq!(expected.len(), 201);
    let outcome = Replays { cuts_max: cuts_max(100), ..replays("migration", &ended.log, &base) }.run(
        &|runtime, directory, _| {
            let found = rows(runtime, directory)?;
            if found == expected { Ok(()) } else { Err(format!("{} rows are there, or others", found.len())) }
        },
    );
    outcome.tell("migration");
    outcome.expect_none();
}
