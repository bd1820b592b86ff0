//! What the server undoes is run again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use farthing_core::decision::{Rows, Rule as _};
use farthing_core::ids::JobId;
use farthing_store::{Answer, run};
use farthing_store_postgres::{PostgresOptions, PostgresStore};

use crate::ground::{self, Database, bring_up, options, runtime};
use crate::rules::{Debit, Does, balance, make_wallets, wallet_key};
use crate::stage::{WAITING, open, until, wait_for};

/// Of two that wait for each other, the one that the server picks runs again; nothing is lost.
///
/// The other side never looks for deadlocks, so the server always picks the store's. The store waits for locks the
/// whole time: a session that stands still in a transaction would be ended, and prove something else.
#[test]
fn a_deadlock_is_run_again() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let patient = PostgresOptions {
            lock_timeout_ms: 60_000,
            answer_timeout_ms: 90_000,
            ..options(&database.connection())
        };
        let store = PostgresStore::open(patient, bring_up()).unwrap();
        make_wallets(&store, &[("A", 1), ("W", 10)]).await;
        let [other, third] =
            [ground::connect(&database.connection()).await, ground::connect(&database.connection()).await];
        let locks_wallet = "BEGIN; SELECT 1 FROM wallets WHERE wallet_id = 'W' FOR UPDATE";
        third.batch_execute(locks_wallet).await.unwrap();
        let takes_the_id =
            "SET deadlock_timeout = '600s'; BEGIN; INSERT INTO commits VALUES ('between', 0, 0)";
        other.batch_execute(takes_the_id).await.unwrap();
        let decided = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&decided);
        let takes_both = Does {
            keys: [vec![wallet_key("A")], Debit::of("W", "crossed").rows()].concat(),
            decide: move |rows: &Rows| {
                counted.fetch_add(1, Ordering::SeqCst);
                Debit::of("W", "crossed").decide(rows)
            },
        };
        let runs = run(&store, JobId::new("between"), takes_both);
        let crosses = async {
            // The store has locked A, and waits for W.
            until(&database, WAITING, "1").await;
            let waits_for_wallet =
                other.batch_execute("UPDATE wallets SET day_count = 7 WHERE wallet_id = 'A'; ROLLBACK");
            let lets_go = async {
                until(&database, WAITING, "2").await;
                third.batch_execute("ROLLBACK").await.unwrap();
            };
            tokio::join!(waits_for_wallet, lets_go).0.unwrap();
        };
        let (answer, ()) = tokio::join!(runs, crosses);
        assert_eq!(answer, Ok(Answer::Done(9)));
        assert_eq!(decided.load(Ordering::SeqCst), 2);
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
        wait_for(&database, deadlocks, "1");
    });
}

/// A server that gives up a transaction to keep others apart, as some do where PostgreSQL itself would wait, has it run
/// again; one that goes on doing so is not tried without end, and nothing is written then.
#[test]
fn a_serialization_failure_is_run_again() {
    let Some(database) = Database::fresh() else { return };
    runtime().block_on(async {
        let store = open(&database);
        make_wallets(&store, &[("W", 10)]).await;
        for (failure_count, expected_tries) in [(1, 2), (2, 3), (1_000, 3)] {
            fail_updates(&database, failure_count);
            let decided = Arc::new(AtomicU32::new(0));
            let counted = Arc::clone(&decided);
            let before = balance(&store, "W").await.unwrap().unwrap();
            let rule = Debit::of("W", format!("after {failure_count}"));
            let counts = Does {
                keys: rule.rows(),
                decide: move |rows: &Rows| {
                    counted.fetch_add(1, Ordering::SeqCst);
                    rule.decide(rows)
                },
            };
            let answer = run(&store, crate::rules::job_id(), counts).await;
            let (left, is_done) = (balance(&store, "W").await.unwrap().unwrap(), failure_count < 3);
            assert_eq!(left, if is_done { before - 1 } else { before });
            assert_eq!(answer.is_ok(), is_done, "{answer:?}");
            assert_eq!(decided.load(Ordering::SeqCst), expected_tries, "{failure_count} failures");
        }
    });
}

/// Lets so many updates of wallets fail from now on.
fn fail_updates(database: &Database, failure_count: u32) {
    // What a sequence has counted stays counted when its transaction is undone.
    database.ask(&format!(
        "DROP SEQUENCE IF EXISTS failures; CREATE SEQUENCE failures;
        CREATE OR REPLACE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF nextval('failures') <= {failure_count} THEN
                RAISE EXCEPTION 'could not serialize access' USING ERRCODE = 'serialization_failure';
            END IF;
            RETURN NEW;
        END $$;
        CREATE OR REPLACE TRIGGER fails BEFORE UPDATE ON wallets FOR EACH ROW EXECUTE FUNCTION fail()"
    ));
}
