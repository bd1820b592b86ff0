//! Stores over a test's database, and waiting for what must come.

use std::time::{Duration, Instant};

use farthing_store_postgres::PostgresStore;

use crate::ground::{Database, bring_up, options};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);

/// A store over the database, with timeouts that a test can wait for.
pub(crate) fn open(database: &Database) -> PostgresStore {
    PostgresStore::open(options(&database.connection()), bring_up()).unwrap()
}

/// Waits until the first answer to a statement is this.
pub(crate) fn wait_for(database: &Database, text: &str, expected: &str) {
    let begin = Instant::now();
    while database.ask(text).first() != Some(&Some(expected.to_owned())) {
        assert!(begin.elapsed() < PATIENCE, "{text} did not become {expected}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// How many sessions of this database wait for a lock.
pub(crate) const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database()";

/// The same as [`wait_for`], while other tasks of the caller's runtime go on.
pub(crate) async fn until(database: &Database, text: &str, expected: &str) {
    let begin = Instant::now();
    while database.ask(text).first() != Some(&Some(expected.to_owned())) {
        assert!(begin.elapsed() < PATIENCE, "{text} did not become {expected}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
