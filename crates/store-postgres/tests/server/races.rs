//! Several processes on one database, each stood for by a store of its own.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use farthing_core::decision::{Change, Decision, Rows, Rule as _};
use farthing_core::reason::Reason;
use farthing_core::rows::{Record as _, RequestKey, Table, Wallet};
use farthing_store::{Answer, Select, Store as _, read_all, run};
use farthing_store_postgres::PostgresStore;

use crate::ground::{self, Database, options, runtime};
use crate::rules::{Debit, Does, balance, debit, job_id, make_wallets, request_key, wallet, wallet_key};
use crate::stage::{WAITING, open, until, wait_for};

const WALLETS: [&str; 3] = ["A", "B", "C"];

/// Two processes, two writers each, race for three wallets: each request takes one, or finds that it has, or that nothing
/// is left; the balances are exactly what the answers say, and no wallet is overdrawn.
#[test]
fn two_processes_never_overdraw_a_wallet() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let stores = [Arc::new(open(&database)), Arc::new(open(&database))];
        make_wallets(&*stores[0], &[("A", 300), ("B", 40), ("C", 1)]).await;
        let tasks: Vec<_> = (0..64).map(|n| tokio::spawn(race(Arc::clone(&stores[n % 2]), n))).collect();
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        for task in tasks {
            for (wallet, count) in task.await.unwrap() {
                *taken.entry(wallet).or_default() += count;
            }
        }
        assert_eq!(taken, BTreeMap::from([("A", 300), ("B", 40), ("C", 1)]));
        for id in WALLETS {
            assert_eq!(balance(&*stores[1], id).await, Ok(Some(0)), "{id}");
        }
        let claims: Vec<RequestKey> = read_all(&*stores[0], Select::from(Table::RequestKey)).await.unwrap();
        assert_eq!(claims.len(), 341);
    });
}

/// What one caller got out of each wallet. Half of its requests are those of its neighbour in the other process.
async fn race(store: Arc<PostgresStore>, n: usize) -> BTreeMap<&'static str, usize> {
    let mut taken = BTreeMap::new();
    for round in 0..12 {
        for id in WALLETS {
            let request_id = format!("{id} {} {round}", if round % 2 == 0 { n } else { n / 2 });
            match debit(&*store, id, &request_id).await {
                Ok(Answer::Done(_)) => *taken.entry(id).or_default() += 1,
                Ok(Answer::Replayed(_)) => {}
                Ok(Answer::Refused(refusal)) => assert_eq!(refusal.reason, Reason::BalanceNotEnough),
                Err(error) => panic!("{request_id}: {error}"),
            }
        }
    }
    taken
}

/// A request that another process is just carrying out, with the last of the money: whoever comes second waits and finds
/// that it was done; it is not told that there is no money.
#[test]
fn a_repeat_beside_its_original_is_a_repeat() {
    let Some(database) = Database::fresh() else { return };
    let database = Arc::new(database);
    runtime().block_on(async {
        let stores = [Arc::new(open(&database)), Arc::new(open(&database))];
        make_wallets(&*stores[0], &[("W", 1)]).await;
        let second: Arc<std::sync::Mutex<Option<tokio::task::JoinHandle<_>>>> = Arc::default();
        let (begun, kept) = (Arc::clone(&second), Arc::clone(&stores[1]));
        let (handle, seen) = (tokio::runtime::Handle::current(), Arc::clone(&database));
        let rule = Debit::of("W", "R");
        let original = Does {
            keys: rule.rows(),
            decide: move |rows: &Rows| {
                let store = Arc::clone(&kept);
                let repeat = handle.spawn(async move { debit(&*store, "W", "R").await });
                assert!(begun.lock().unwrap().replace(repeat).is_none(), "the original runs once");
                // By now the second has looked, and waits for the wallet.
                wait_for(&seen, WAITING, "1");
                rule.decide(rows)
            },
        };
        assert_eq!(run(&*stores[0], job_id(), original).await, Ok(Answer::Done(0)));
        let second = second.lock().unwrap().take().expect("the original was decided");
        assert_eq!(second.await.unwrap(), Ok(Answer::Replayed(0)));
    });
}

/// A row that comes to be while the others are being locked is seen: no rule looks at half of another's change.
#[test]
fn no_rule_sees_half_a_change() {
    let Some(database) = Database::fresh() else { return };
    let database = Arc::new(database);
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("W", 1)]).await;
        let other = ground::connect(&database.connection()).await;
        other
            .batch_execute("BEGIN; UPDATE wallets SET balance_minor = 0 WHERE wallet_id = 'W'")
            .await
            .unwrap();
        // The first key of the batch is absent when it is looked for; then the batch waits for W.
        let both = Does {
            keys: vec![wallet_key("A"), wallet_key("W")],
            decide: |rows: &Rows| {
                let seen = ["A", "W"].map(|id| rows.find::<Wallet>(&wallet_key(id)).map(|w| w.balance_minor));
                Decision::Done { change: Change::default().insert(request_key("seen", "")), outcome: seen }
            },
        };
        let looks = run(&store, job_id(), both);
        let writes = async {
            until(&database, WAITING, "1").await;
            let copy =
                "INSERT INTO wallets SELECT 'A', user_id, world_id, method, currency, 1, amount_max_minor,
                day_amount_max_minor, day_count_max, basic_amount_max_minor, day, day_amount_minor, day_count,
                chain_count, chain_head, created_at FROM wallets; COMMIT";
            other.batch_execute(copy).await.unwrap();
        };
        let (answer, ()) = tokio::join!(looks, writes);
        assert_eq!(answer, Ok(Answer::Done([Some(1), Some(0)])));
    });
}

/// A row that another process made after this one found it absent: the batch runs again and finds it.
#[test]
fn a_row_that_came_to_be_is_found_when_run_again() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let stores = [Arc::new(open(&database)), Arc::new(open(&database))];
        let other = Arc::clone(&stores[1]);
        let is_first = AtomicBool::new(true);
        let claim = Does {
            keys: vec![request_key("R", "").key()],
            decide: move |rows: &Rows| {
                if let Some(found) = rows.find::<RequestKey>(&request_key("R", "").key()) {
                    return Decision::Replayed(found.target.clone());
                }
                if is_first.swap(false, Ordering::SeqCst) {
                    let other = Arc::clone(&other);
                    let claims = move || runtime().block_on(claim_elsewhere(&other));
                    std::thread::spawn(claims).join().unwrap();
                }
                let change = Change::default().insert(request_key("R", "ours")).insert(wallet("ours", 1));
                Decision::Done { change, outcome: "ours".to_owned() }
            },
        };
        assert_eq!(run(&*stores[0], job_id(), claim).await, Ok(Answer::Replayed("theirs".to_owned())));
        assert_eq!(balance(&*stores[0], "ours").await, Ok(None));
    });
}

async fn claim_elsewhere(store: &PostgresStore) {
    let claim = Does {
        keys: vec![],
        decide: |_: &Rows| Decision::Done {
            change: Change::default().insert(request_key("R", "theirs")),
            outcome: (),
        },
    };
    assert_eq!(run(store, job_id(), claim).await, Ok(Answer::Done(())));
}

/// A row that somebody keeps locked is not waited for without end, and nothing was written then.
#[test]
fn a_lock_is_not_waited_for_without_end() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("W", 1)]).await;
        let other = ground::connect(&database.connection()).await;
        other.batch_execute("BEGIN; SELECT 1 FROM wallets FOR UPDATE").await.unwrap();
        let busy = debit(&store, "W", "R").await;
        assert!(matches!(busy, Err(farthing_store::StoreError::Busy { .. })), "{busy:?}");
        other.batch_execute("ROLLBACK").await.unwrap();
        assert_eq!(debit(&store, "W", "R").await, Ok(Answer::Done(0)));
    });
}

/// A text with the one character that the database cannot hold is kept, found and compared all the same.
#[test]
fn every_text_can_be_kept_and_found() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("a\0b", 5), ("a\u{1}b", 6), ("a", 7), ("a\u{2}", 8)]).await;
        assert_eq!(debit(&store, "a\0b", "\0").await, Ok(Answer::Done(4)));
        assert_eq!(debit(&store, "a\0b", "\0").await, Ok(Answer::Replayed(4)));
        assert_eq!(balance(&store, "a\u{1}b").await, Ok(Some(6)));
        let all: Vec<Wallet> = read_all(&store, Select::from(Table::Wallet)).await.unwrap();
        let ids: Vec<&str> = all.iter().map(|wallet| wallet.wallet_id.as_str()).collect();
        assert_eq!(ids, ["a", "a\0b", "a\u{1}b", "a\u{2}"]);
    });
}

/// A store that was opened for reading sees what others commit, and takes no jobs.
#[test]
fn a_store_for_reading_takes_no_jobs() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database);
        let reader = PostgresStore::open_to_read(options(&database.connection())).unwrap();
        make_wallets(&store, &[("W", 5)]).await;
        assert_eq!(balance(&reader, "W").await, Ok(Some(5)));
        let refused = debit(&reader, "W", "R").await.unwrap_err();
        assert!(refused.to_string().contains("it was opened for reading only"), "{refused}");
        assert_eq!((reader.counters(), store.counters().map(|counters| counters.job_count)), (None, Some(1)));
        store.close();
        store.close();
        assert!(matches!(debit(&store, "W", "R").await, Err(farthing_store::StoreError::Busy { .. })));
        assert!(store.read(vec![]).await.is_err());
    });
}
