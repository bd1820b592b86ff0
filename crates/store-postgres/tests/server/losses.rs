//! Connections that are lost, at every point of a batch, and a server that goes away.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use farthing_core::decision::{Decision, Rows, Rule as _};
use farthing_core::ids::JobId;
use farthing_core::rows::{Commit, Table};
use farthing_store::{Answer, Select, Store as _, StoreError, read_all, run};
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{self, Database, bring_up, options, runtime};
use crate::private::Server;
use crate::proxy::{Proxy, Trick};
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

/// A store behind a proxy, with one writer.
fn open_behind(proxy: &Proxy, database: &Database) -> PostgresStore {
    let mut options = PostgresOptions { writer_count: 1, ..options(&database.connection()) };
    let text = database.connection();
    let pairs = text.split(' ').filter(|pair| !pair.starts_with("host=") && !pair.starts_with("port="));
    let rest: Vec<&str> = pairs.collect();
    let behind = format!("host=127.0.0.1 port={} sslmode=disable {}", proxy.port(), rest.join(" "));
    options.target = PostgresOptions::new(&behind).unwrap().target;
    PostgresStore::open(options, bring_up()).unwrap()
}

/// Whatever becomes of a commit on its way, its batch is carried out once, and its caller is told what it did.
#[test]
fn a_lost_commit_counts_once() {
    for trick in [Trick::SwallowTheAnswer, Trick::CutBefore, Trick::HangBefore] {
        let Some(database) = Database::fresh() else { return };
        let Some(server) = address(&database.connection()) else { return };
        let proxy = Proxy::start(server);
        runtime().block_on(async {
            let store = open_behind(&proxy, &database);
            make_wallets(&store, &[("W", 10)]).await;
            let decided = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&decided);
            let rule = Debit::of("W", "lost");
            let counts = Does {
                keys: rule.rows(),
                decide: move |rows: &Rows| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    rule.decide(rows)
                },
            };
            proxy.arm(trick);
            assert_eq!(run(&store, job_id(), counts).await, Ok(Answer::Done(9)), "{trick:?}");
            assert!(!proxy.is_armed());
            // What has landed is not decided again: the answer is that of the decision that counted.
            let expected = if trick == Trick::SwallowTheAnswer { 1 } else { 2 };
            assert_eq!(decided.load(Ordering::SeqCst), expected, "{trick:?}");
            assert_eq!(balance(&store, "W").await, Ok(Some(9)));
            assert_eq!(commit_count(&store).await, 2);
        });
    }
}

/// Where the server listens; `None` where that is no address of TCP.
fn address(connection: &str) -> Option<(String, u16)> {
    let value = |key: &str| connection.split(' ').find_map(|pair| pair.strip_prefix(key)).map(str::to_owned);
    let (host, port) = (value("host=")?, value("port=")?);
    (!host.starts_with('/')).then_some((host, port.parse().ok()?))
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

/// Of two that wait for each other, the one that the server picks runs again; nothing is lost.
#[test]
fn a_deadlock_is_run_again() {
    let Some(database) = Database::fresh() else { return };
    let database = Arc::new(database);
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("A", 1), ("W", 10)]).await;
        let other = ground::connect(&database.connection()).await;
        // The other side is patient, so that the server picks the store's.
        let new = "SET deadlock_timeout = '20s'; BEGIN; INSERT INTO commits VALUES ('between', 0, 0)";
        other.batch_execute(new).await.unwrap();
        let (has_locked, is_locked) = tokio::sync::oneshot::channel();
        let crosses = tokio::spawn(async move {
            is_locked.await.unwrap();
            let wants = "UPDATE wallets SET day_count = 7 WHERE wallet_id = 'W'; ROLLBACK";
            other.batch_execute(wants).await.unwrap();
        });
        let (seen, decided) = (Arc::clone(&database), Arc::new(AtomicU32::new(0)));
        let (counted, has_locked) = (Arc::clone(&decided), Mutex::new(Some(has_locked)));
        // Waits until the other side waits for the wallet that this batch has locked.
        let is_crossed = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            has_locked.lock().unwrap().take().unwrap().send(()).unwrap();
            let waits = "SELECT count(*) FROM pg_stat_activity
                WHERE wait_event_type = 'Lock' AND datname = current_database()";
            wait_for(&seen, waits, "1");
        };
        let answer = run(&store, JobId::new("between"), debit_after("crossed", is_crossed)).await;
        assert_eq!(answer, Ok(Answer::Done(9)));
        crosses.await.unwrap();
        assert_eq!(decided.load(Ordering::SeqCst), 1);
        let deadlocks =
            "SELECT (deadlocks > 0)::text FROM pg_stat_database WHERE datname = current_database()";
        wait_for(&database, deadlocks, "true");
    });
}
