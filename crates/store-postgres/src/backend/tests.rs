use farthing_core::ids::WalletId;
use farthing_core::rows::{Commit, Record as _, Wallet};
use farthing_core::samples;

use super::*;
use crate::ground::{Database, server};
use crate::statements::{self, Part};
use crate::written::sorted_parts;

fn backend(database: &Database) -> PostgresBackend {
    PostgresBackend::new(&PostgresOptions::new(&database.connection()).unwrap()).unwrap()
}

fn wallet(id: &str, balance_minor: i64) -> Wallet {
    Wallet { wallet_id: WalletId::new(id), balance_minor, ..samples::wallet() }
}

fn batch(id: &str, writes: Vec<Write>) -> WrittenBatch {
    let commit = Commit { commit_id: JobId::new(id), entry_count: 0, seal_number: Some(0) };
    let writes = std::iter::once(Write::Insert(commit.into_row())).chain(writes).collect();
    WrittenBatch { commit_id: JobId::new(id), writes }
}

fn insert(id: &str, balance_minor: i64) -> Write {
    Write::Insert(wallet(id, balance_minor).into_row())
}

/// Loads what the batch needs and commits it, as the writer does.
fn run(backend: &mut PostgresBackend, batch: &WrittenBatch) -> Result<(), StoreError> {
    backend.load(vec![wallet("W", 0).key()])?;
    backend.commit(batch)
}

/// What each failure means: a key that exists, a row that is not there, a balance below zero. What the server says of a
/// constraint is passed on without the row, in which people's data may stand.
#[test]
fn failures_are_told_apart_and_leave_nothing() {
    let Some(database) = Database::fresh() else { return };
    let backend = &mut backend(&database);
    run(backend, &batch("1", vec![insert("W", 1)])).unwrap();
    let twice = run(backend, &batch("2", vec![insert("W", 2)]));
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
    let absent = [Write::Update(wallet("W", 5).into_row()), Write::Update(wallet("X", 5).into_row())];
    let wrong = run(backend, &batch("3", absent.to_vec()));
    assert_eq!(wrong, Err(StoreError::WrongRowCount { key: wallet("X", 5).key(), row_count: 0 }));
    let below = run(backend, &batch("4", vec![insert("X", -1)]));
    let Err(StoreError::Forbidden { detail }) = &below else { panic!("{below:?}") };
    assert!(detail.contains("balance_minor") && !detail.contains("ALIPAY"), "{detail}");
    let landed = ["1", "2", "3", "4"].map(|id| backend.committed(&JobId::new(id)).unwrap());
    assert_eq!(landed, [true, false, false, false]);
    assert_eq!(database.ask("SELECT wallet_id || balance_minor FROM wallets"), [Some("W1".to_owned())]);
}

/// A row that holds what we never write is an error that names it, and the batch is over then.
#[test]
fn a_damaged_row_is_named() {
    let Some(database) = Database::fresh() else { return };
    let backend = &mut backend(&database);
    run(backend, &batch("1", vec![insert("W", 1)])).unwrap();
    database.ask("UPDATE wallets SET currency = 'gold'");
    let damaged = backend.load(vec![wallet("W", 0).key()]).unwrap_err();
    assert_eq!(
        damaged.to_string(),
        "damaged row in wallets: column currency of W holds something the gateway never writes there"
    );
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(database.ask(open), [Some("0".to_owned())]);
}

/// When many different statements are prepared already, a batch is written part by part, with the same outcome.
#[test]
fn a_batch_is_written_part_by_part_where_statements_are_too_many() {
    let Some(database) = Database::fresh() else { return };
    let backend = &mut backend(&database);
    run(backend, &batch("1", vec![insert("W", 1)])).unwrap();
    let PostgresBackend { runtime, link } = backend;
    let session = link.session.as_mut().unwrap();
    runtime.block_on(async {
        let mut number = 0;
        while session.has_room_for(&format!("SELECT {number}")) {
            session.prepared(&format!("SELECT {number}")).await.unwrap();
            number += 1;
        }
    });
    let both = vec![Write::Update(wallet("W", 3).into_row()), insert("X", 4)];
    let parts: Vec<Part> =
        sorted_parts(&batch("2", both.clone()).writes).iter().map(|written| written.part).collect();
    run(backend, &batch("2", both)).unwrap();
    assert!(!backend.link.session.as_ref().unwrap().has_room_for(&statements::write(&parts)));
    let balances = database.ask("SELECT wallet_id || balance_minor FROM wallets ORDER BY wallet_id");
    assert_eq!(balances, ["W3", "X4"].map(|text| Some(text.to_owned())));
}

/// A commit counts on disk before it is answered, also where synchronous commits are turned off for the database.
#[test]
fn commits_are_durable_whatever_the_database_says() {
    let Some(database) = Database::fresh() else { return };
    let name = database.ask("SELECT current_database()").remove(0).unwrap_or_default();
    let Some(server) = server() else { return };
    crate::ground::ask(&server, &format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    let backend = &mut backend(&database);
    run(backend, &batch("1", vec![])).unwrap();
    let session = backend.link.session.as_ref().unwrap();
    let row = backend.runtime.block_on(session.client.query_one("SHOW synchronous_commit", &[])).unwrap();
    assert_eq!(row.get::<_, &str>(0), "on");
}
