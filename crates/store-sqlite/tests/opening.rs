//! Opening, closing, and reading beside another process.

use std::path::Path;

use farthing_core::decision::{Change, Decision, Rows, Rule};
use farthing_core::ids::JobId;
use farthing_core::rows::{ConfigVersion, Record as _, RowKey, Table};
use farthing_core::time::Timestamp;
use farthing_store::{Answer, Select, Store as _, StoreError, read_all, run};
use farthing_store_sqlite::{OpenError, Schema, SqliteOptions, SqliteStore};

/// Makes the row with this version.
struct Make(i64);

impl Rule for Make {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        Vec::new()
    }

    fn decide(&self, _: &Rows) -> Decision<()> {
        let change = Change::default().insert(ConfigVersion { row: self.0, version: 1 });
        Decision::Done { change, outcome: () }
    }
}

fn open(path: &Path) -> SqliteStore {
    let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
    SqliteStore::open(path, schema, SqliteOptions::default()).unwrap()
}

async fn make(store: &SqliteStore, number: i64) -> Result<Answer<()>, StoreError> {
    run(store, JobId::new(format!("job {number}")), Make(number)).await
}

/// A store that is opened for reading sees what another one commits, and takes no jobs.
#[tokio::test]
async fn a_store_can_be_read_beside_its_owner() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("farthing.db");
    let owner = open(&path);
    let reader = SqliteStore::open_to_read(&path, &SqliteOptions::default()).unwrap();
    for number in 1..=3 {
        make(&owner, number).await.unwrap();
        let rows: Vec<ConfigVersion> = read_all(&reader, Select::from(Table::ConfigVersion)).await.unwrap();
        assert_eq!(rows.last().map(|row| row.row), Some(number));
    }
    let refused = make(&reader, 4).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "nothing was written, because the store does not allow it: it was opened for reading only"
    );
    assert_eq!(reader.counters(), None);
}

/// A close finishes what is queued, empties the log, and leaves one file that only its owner may read.
#[tokio::test]
async fn a_close_leaves_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("farthing.db");
    let store = open(&path);
    make(&store, 1).await.unwrap();
    assert_eq!(store.counters().map(|counters| counters.job_count), Some(1));
    store.close();
    store.close();
    assert!(matches!(make(&store, 2).await, Err(StoreError::Busy { .. })));
    let key = ConfigVersion { row: 1, version: 0 }.key();
    assert!(matches!(store.read(vec![Select::key(key)]).await, Err(StoreError::Busy { .. })));
    drop(store);
    let log_bytes = std::fs::metadata(path.with_extension("db-wal")).map_or(0, |log| log.len());
    assert_eq!(log_bytes, 0);
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

/// A file that is no database, a missing directory, and a missing schema are told apart and name the file.
#[test]
fn what_cannot_be_opened_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let options = SqliteOptions::default();
    let no_database = directory.path().join("no.db");
    std::fs::write(
        &no_database,
        "this is not a database, and it is long enough to be seen as none".repeat(9),
    )
    .unwrap();
    let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
    let refused = SqliteStore::open(&no_database, schema, options.clone()).unwrap_err();
    assert!(matches!(&refused, OpenError::Database { path, .. } if *path == no_database), "{refused}");
    let nowhere = directory.path().join("nowhere/farthing.db");
    assert!(matches!(SqliteStore::open(&nowhere, schema, options.clone()), Err(OpenError::File { .. })));
    assert!(matches!(SqliteStore::open_to_read(&nowhere, &options), Err(OpenError::Database { .. })));
    let empty = directory.path().join("empty.db");
    let refused = SqliteStore::open(&empty, Schema::Expect, options).unwrap_err();
    assert!(refused.to_string().contains("farthing migrate"), "{refused}");
}
