//! Connections that are lost, at every point of a batch, and a server that goes away.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use farthing_core::decision::{Decision, Rows, Rule as _};
use farthing_core::rows::{Commit, Table};
use farthing_store::{Answer, Select, Store as _, StoreError, read_all, run};
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{Database, bring_up, options, runtime};
use crate::private::Server;
use crate::rules::{Debit, Does, balance, debit, job_id, make_wallets, wallet_key};
use crate::stage::{open, wait_for};

/// Ends every other session in this database, as an administrator does.
const END_ALL: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()";

/// Debits a wallet, and does `first` between the first load of its rows and the commit.
fn debit_after(
    request_id: &str,
    first: impl Fn() + Send + Sync + 'static,
) -> Does<impl Fn(&Rows) -> Decision<i64>> {
    let rule = Debit::of("W", request_id);
    let is_first = AtomicBool::new(true);
    Does {
        keys: rule.rows(),
        decide: move |rows: &Rows| {
            if is_first.swap(false, Ordering::SeqCst) {
                first();
            }
            rule.decide(rows)
        },
    }
}

async fn commit_count(store: &PostgresStore) -> usize {
    read_all::<Commit>(store, Select::from(Table::Commit)).await.unwrap().len()
}

/// A session that ends between load and write, and while nobody uses it, costs nothing but a new connection.
#[test]
fn a_session_that_is_ended_is_made_anew() {
    let Some(database) = Database::fresh() else { return };
    let database = Arc::new(database);
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("W", 10)]).await;
        let seen = Arc::clone(&database);
        let ended = debit_after("mid-batch", move || drop(seen.ask(END_ALL)));
        assert_eq!(run(&store, job_id(), ended).await, Ok(Answer::Done(9)));
        database.ask(END_ALL);
        assert_eq!(debit(&store, "W", "idle").await, Ok(Answer::Done(8)));
        database.ask(END_ALL);
        assert_eq!(balance(&store, "W").await, Ok(Some(8)));
        assert_eq!(commit_count(&store).await, 3);
    });
}

/// A snapshot whose session was ended says so, rather than show something newer.
#[test]
fn a_snapshot_does_not_outlive_its_session() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("W", 10)]).await;
        let mut snapshot = store.snapshot().await.unwrap();
        database.ask(END_ALL);
        let lost = snapshot.read(vec![Select::key(wallet_key("W"))]).await;
        assert!(matches!(lost, Err(StoreError::Unavailable { .. })), "{lost:?}");
    });
}

/// While the server is away nothing is claimed to be known; when it is back, everything goes on by itself, with all that
/// was answered before.
#[test]
fn a_server_may_go_away_and_come_back() {
    let Some(server) = Server::start() else { return };
    let database = Database::make(server.connection().to_owned(), "");
    runtime().block_on(async {
        let store = PostgresStore::open(options(&database.connection()), bring_up()).unwrap();
        make_wallets(&store, &[("W", 100)]).await;
        assert_eq!(debit(&store, "W", "before").await, Ok(Answer::Done(99)));
        server.restart();
        assert_eq!(balance(&store, "W").await, Ok(Some(99)));
        assert_eq!(debit(&store, "W", "after").await, Ok(Answer::Done(98)));
        server.end();
        let unknown = debit(&store, "W", "away").await;
        assert!(matches!(unknown, Err(StoreError::Unavailable { .. })), "{unknown:?}");
        let unread = balance(&store, "W").await;
        assert!(matches!(unread, Err(StoreError::Unavailable { .. })), "{unread:?}");
        server.restart();
        assert_eq!(debit(&store, "W", "away").await, Ok(Answer::Done(97)));
        assert_eq!(debit(&store, "W", "before").await, Ok(Answer::Replayed(97)));
        store.close();
    });
}

/// A server that crashes and is started again in the middle of a batch costs that batch a second run.
#[test]
fn a_server_may_restart_in_the_middle_of_a_batch() {
    let Some(server) = Server::start() else { return };
    let server = Arc::new(server);
    let database = Database::make(server.connection().to_owned(), "");
    runtime().block_on(async {
        let store = PostgresStore::open(options(&database.connection()), bring_up()).unwrap();
        make_wallets(&store, &[("W", 10)]).await;
        let seen = Arc::clone(&server);
        let restarted = debit_after("restarted", move || seen.restart());
        assert_eq!(run(&store, job_id(), restarted).await, Ok(Answer::Done(9)));
        assert_eq!(balance(&store, "W").await, Ok(Some(9)));
        assert_eq!(commit_count(&store).await, 2);
    });
}

/// A server that is frozen in the middle is not waited for without end, and what it had open is done once after all.
#[test]
fn a_frozen_server_is_not_waited_for_without_end() {
    let Some(server) = Server::start() else { return };
    let server = Arc::new(server);
    let database = Database::make(server.connection().to_owned(), "");
    runtime().block_on(async {
        let quick = PostgresOptions {
            connect_timeout_ms: 300,
            answer_timeout_ms: 700,
            ..options(&database.connection())
        };
        let store = PostgresStore::open(quick, bring_up()).unwrap();
        make_wallets(&store, &[("W", 10)]).await;
        let frozen = Arc::clone(&server);
        let unknown = run(&store, job_id(), debit_after("frozen", move || frozen.freeze())).await;
        assert!(matches!(unknown, Err(StoreError::Unavailable { .. })), "{unknown:?}");
        server.thaw();
        wait_for(&database, "SELECT 1", "1");
        let again = debit(&store, "W", "frozen").await;
        assert!(matches!(again, Ok(Answer::Done(9) | Answer::Replayed(9))), "{again:?}");
        assert_eq!(balance(&store, "W").await, Ok(Some(9)));
    });
}
