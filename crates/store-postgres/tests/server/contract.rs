//! The server store passes the suite: with one writer, with several, and as several processes on one database.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use farthing_core::rows::Row;
use farthing_store::{BoxFuture, FaultPoint, Job, Select, Snapshot, Store, StoreError};
use farthing_store_contract::Harness;
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{Database, bring_up, options};

/// `STORES` stores on one database, each with `WRITERS` writers.
struct PostgresHarness<const STORES: usize, const WRITERS: usize> {
    store: Arc<dyn Store>,
    faults: FaultPoint,
    database: Database,
}

impl<const STORES: usize, const WRITERS: usize> PostgresHarness<STORES, WRITERS> {
    fn open(database: Database) -> Self {
        let faults = FaultPoint::default();
        let open = |_| {
            let options = PostgresOptions {
                writer_count: WRITERS,
                faults: faults.clone(),
                ..options(&database.connection())
            };
            PostgresStore::open(options, bring_up()).unwrap()
        };
        let stores = (0..STORES).map(open).collect();
        let store = Arc::new(InTurn { stores, next: AtomicUsize::new(0) });
        Self { store, faults, database }
    }
}

/// Stores that are asked in turn, whatever is asked.
struct InTurn {
    stores: Vec<PostgresStore>,
    next: AtomicUsize,
}

impl InTurn {
    fn next(&self) -> &PostgresStore {
        &self.stores[self.next.fetch_add(1, Ordering::Relaxed) % self.stores.len()]
    }
}

impl Store for InTurn {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        self.next().read(selects)
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        self.next().submit(job)
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        self.next().snapshot()
    }
}

impl<const STORES: usize, const WRITERS: usize> Harness for PostgresHarness<STORES, WRITERS> {
    async fn fresh() -> Option<Self> {
        Database::fresh().map(Self::open)
    }

    fn store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    fn fail_at_write(&self, n: u64) {
        self.faults.fail_at(n);
    }

    fn is_armed(&self) -> bool {
        self.faults.is_armed()
    }

    async fn reopen(self) -> Option<Self> {
        let Self { store, database, .. } = self;
        assert_eq!(Arc::strong_count(&store), 1, "a check still holds the store");
        drop(store);
        Some(Self::open(database))
    }
}

/// All of it, with one writer: some checks hold the writer to bring jobs into one batch.
mod one_writer {
    farthing_store_contract::suite!(super::PostgresHarness<1, 1>);
}

/// What does not ask for one batch, with as many writers as a store has by itself.
mod two_writers {
    farthing_store_contract::suite! { @each super::PostgresHarness<1, 2>;
        one_of_64_claims_is_done_and_the_others_see_it
        a_wallet_pays_64_writers_as_often_as_it_can
        a_job_id_counts_once
        a_column_written_once_stays
        what_was_answered_is_there_after_reopening
        a_read_sees_what_was_answered
        a_read_sees_one_snapshot
        a_snapshot_does_not_move
        slices_cover_every_row_once
        selects_agree_with_the_memory_store
        every_kind_of_row_comes_back
        every_kind_of_row_can_be_updated
        every_word_is_accepted
    }
}

/// The same as two processes on one database would do it: every job and every read goes to the other store than the one
/// before.
mod two_processes {
    farthing_store_contract::suite! { @each super::PostgresHarness<2, 2>;
        one_of_64_claims_is_done_and_the_others_see_it
        a_wallet_pays_64_writers_as_often_as_it_can
        a_job_id_counts_once
        a_column_written_once_stays
        what_was_answered_is_there_after_reopening
        a_read_sees_what_was_answered
        a_read_sees_one_snapshot
        a_snapshot_does_not_move
        slices_cover_every_row_once
        selects_agree_with_the_memory_store
        every_kind_of_row_comes_back
        every_kind_of_row_can_be_updated
        every_word_is_accepted
    }
}
