//! Snapshots are bounded in number and in time.

use farthing_store::{Select, Snapshot, Store as _, StoreError};
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{Database, bring_up, options, runtime};
use crate::rules::{make_wallets, wallet_key};
use crate::stage::wait_for;

/// The transactions that snapshots keep open in this database.
const OPEN: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'idle in transaction'";

fn open(database: &Database, snapshots_max: usize, snapshot_idle_ms_max: u64) -> PostgresStore {
    let options = PostgresOptions { snapshots_max, snapshot_idle_ms_max, ..options(&database.connection()) };
    PostgresStore::open(options, bring_up()).unwrap()
}

async fn wallet_count(snapshot: &mut dyn Snapshot) -> Result<usize, StoreError> {
    Ok(snapshot.read(vec![Select::key(wallet_key("W"))]).await?[0].len())
}

/// One snapshot more than may be open is refused with what to do, and one that is dropped makes room.
#[test]
fn only_so_many_snapshots_are_open() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database, 2, 60_000);
        make_wallets(&store, &[("W", 1)]).await;
        let (mut first, second) = (store.snapshot().await.unwrap(), store.snapshot().await.unwrap());
        let Err(refused) = store.snapshot().await else { panic!("a third snapshot is open") };
        let expected =
            "2 snapshots are open, which is as many as may be; wait until one of the long reads is done";
        assert_eq!(refused, StoreError::Busy { detail: expected.to_owned() });
        drop(second);
        let mut third = store.snapshot().await.unwrap();
        assert_eq!(wallet_count(&mut *first).await, Ok(1));
        assert_eq!(wallet_count(&mut *third).await, Ok(1));
        drop((first, third));
        wait_for(&database, OPEN, "0");
    });
}

/// A snapshot that nobody reads from is ended, at the server too, and makes room; whoever comes back to it is told. One
/// that is read from stays, however long it is open.
#[test]
fn a_forgotten_snapshot_is_ended() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database, 1, 400);
        make_wallets(&store, &[("W", 1)]).await;
        let mut forgotten = store.snapshot().await.unwrap();
        assert_eq!(database.ask(OPEN), [Some("1".to_owned())]);
        for _ in 0..8 {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            assert_eq!(wallet_count(&mut *forgotten).await, Ok(1));
        }
        wait_for(&database, OPEN, "0");
        let told = wallet_count(&mut *forgotten).await;
        let Err(StoreError::Unavailable { detail }) = &told else { panic!("{told:?}") };
        assert!(detail.contains("nobody read from it for 400 ms; take a new one"), "{detail}");
        assert!(store.snapshot().await.is_ok());
    });
}

/// A snapshot that could not be taken takes no place.
#[test]
fn a_snapshot_that_failed_takes_no_place() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database, 1, 60_000);
        database.ask("ALTER TABLE schema_migrations RENAME TO away");
        for _ in 0..3 {
            let failed = store.snapshot().await.err();
            assert!(matches!(failed, Some(StoreError::Forbidden { .. })), "{failed:?}");
        }
        database.ask("ALTER TABLE away RENAME TO schema_migrations");
        // The thread of the last one ends by itself.
        while let Err(error) = store.snapshot().await {
            assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        }
    });
}
