use std::path::Path;
use std::process::Command;

use farthing_core::decision::Write;
use farthing_core::ids::{Digest, UserId, WalletId, WorldId};
use farthing_core::money::Currency;
use farthing_core::rows::{
    AttemptState, CaptureState, Commit, DeliveryState, PaymentState, Record as _, RefundState, Wallet,
};
use farthing_core::time::Timestamp;
use farthing_store::{Select, sql};

use super::*;
use crate::checkpoint::CheckpointLimits;
use crate::migrate::{self, Schema};
use crate::{connection, statements};

fn backend_at(path: &Path) -> SqliteBackend {
    let mut connection = connection::writer(path, 100).unwrap();
    migrate::bring_up(&mut connection, Schema::BringUp { applied_at: Timestamp::from_ms(0) }).unwrap();
    SqliteBackend::new(connection, Arc::new(Pressure::new(CheckpointLimits::default())))
}

fn with_backend(check: impl FnOnce(&mut SqliteBackend)) {
    let directory = tempfile::tempdir().unwrap();
    check(&mut backend_at(&directory.path().join("farthing.db")));
}

fn wallet(balance_minor: i64) -> Wallet {
    Wallet {
        wallet_id: WalletId::new("W"),
        user_id: UserId::new("U"),
        world_id: WorldId::new("main"),
        method: "ALIPAY_HK".to_owned(),
        currency: Currency::parse("HKD").unwrap(),
        balance_minor,
        amount_max_minor: None,
        day_amount_max_minor: None,
        day_count_max: None,
        basic_amount_max_minor: None,
        day: 0,
        day_amount_minor: 0,
        day_count: 0,
        chain_count: 0,
        chain_head: Digest::ZERO,
        created_at: Timestamp::from_ms(0),
    }
}

fn batch(id: &str, writes: Vec<Write>) -> WrittenBatch {
    let commit = Commit { commit_id: JobId::new(id), entry_count: 0, seal_number: Some(0) };
    let writes = std::iter::once(Write::Insert(commit.into_row())).chain(writes).collect();
    WrittenBatch { commit_id: JobId::new(id), writes }
}

fn insert(wallet: Wallet) -> Write {
    Write::Insert(wallet.into_row())
}

/// Loads what the batch needs and commits it, as the writer does.
fn run(backend: &mut SqliteBackend, batch: &WrittenBatch) -> Result<(), StoreError> {
    backend.load(vec![wallet(0).key()])?;
    backend.commit(batch)
}

/// What each failure means: a key that exists, a row that is not there, a balance below zero.
#[test]
fn failures_are_told_apart_and_leave_nothing() {
    with_backend(|backend| {
        run(backend, &batch("1", vec![insert(wallet(1))])).unwrap();
        let twice = run(backend, &batch("2", vec![insert(wallet(2))]));
        assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
        let absent = Wallet { wallet_id: WalletId::new("X"), ..wallet(1) };
        let wrong = run(backend, &batch("3", vec![Write::Update(absent.clone().into_row())]));
        assert_eq!(wrong, Err(StoreError::WrongRowCount { key: absent.key(), row_count: 0 }));
        let below = run(backend, &batch("4", vec![insert(Wallet { balance_minor: -1, ..absent })]));
        let Err(StoreError::Forbidden { detail }) = &below else { panic!("{below:?}") };
        assert!(detail.contains("balance_minor"), "{detail}");
        let landed = ["1", "2", "3", "4"].map(|id| backend.committed(&JobId::new(id)).unwrap());
        assert_eq!(landed, [true, false, false, false]);
    });
}

/// A row that holds what we never write is an error that names it, and the batch is over then.
#[test]
fn a_damaged_row_is_named() {
    with_backend(|backend| {
        run(backend, &batch("1", vec![insert(wallet(1))])).unwrap();
        backend.connection.execute("UPDATE wallets SET currency = 'gold'", []).unwrap();
        let damaged = backend.load(vec![wallet(0).key()]).unwrap_err();
        assert_eq!(
            damaged.to_string(),
            "damaged row in wallets: column currency of W holds something the gateway never writes there"
        );
        assert!(backend.connection.is_autocommit());
    });
}

/// While another connection writes, a batch is refused as busy and nothing stays open.
#[test]
fn another_writer_makes_it_busy() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("farthing.db");
    let mut backend = backend_at(&path);
    let other = connection::writer(&path, 100).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(backend.load(vec![]), Err(StoreError::Busy { .. })));
    other.execute_batch("ROLLBACK").unwrap();
    run(&mut backend, &batch("1", vec![])).unwrap();
}

const CHILD: &str = "FARTHING_TEST_FULL_DISK";

/// When the disk is full the process ends, rather than go on with a file of which nobody knows what it holds.
///
/// The test runs itself as a child whose database may not grow.
#[test]
fn a_full_disk_ends_the_process() {
    if std::env::var_os(CHILD).is_some() {
        return with_backend(|backend| {
            let page_count: i64 =
                backend.connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
            backend
                .connection
                .pragma_update_and_check(None, "max_page_count", page_count, |_| Ok(()))
                .unwrap();
            let large = Wallet { method: "x".repeat(1 << 20), ..wallet(1) };
            let _ = run(backend, &batch("1", vec![insert(large)]));
        });
    }
    let name = "backend::tests::a_full_disk_ends_the_process";
    let mut child = Command::new(std::env::current_exe().unwrap());
    let ended = child.args([name, "--exact"]).env(CHILD, "1").output().unwrap().status;
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&ended), Some(6), "{ended:?}");
}

/// How SQLite means to answer a select.
fn plan(connection: &Connection, select: &Select) -> String {
    let (text, bound) = sql::select(select, sql::Placeholders::Question);
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {text}")).unwrap();
    for (place, value) in (1..).zip(bound) {
        statement.raw_bind_parameter(place, crate::columns::Bound(value)).unwrap();
    }
    let mut rows = statement.raw_query();
    let mut steps = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        steps.push(row.get::<_, String>(3).unwrap());
    }
    steps.join("; ")
}

/// Every select that is made while payments go on, and every slice of a long read, finds its rows by an index and in
/// order, without a scan of the table and without sorting.
#[test]
fn selects_of_the_hot_paths_use_an_index() {
    let text = |text: &str| text.to_owned();
    let (world, merchant) = (text("main"), text("M"));
    let key = |table: Table| RowKey { table, values: vec![Value::Text(text("x")); table.spec().key_len] };
    let entry_key =
        RowKey { table: Table::JournalEntry, values: vec![Value::Text(text("C")), Value::Int(0)] };
    let from = Select::from;
    let selects = [
        (Select::key(key(Table::RequestKey)), "PRIMARY KEY (merchant_id=? AND operation=? AND request_id=?)"),
        (Select::key(key(Table::Payment)), "sqlite_autoindex_payments_1 (merchant_id=? AND payment_id=?)"),
        (Select::key(key(Table::PaymentDetails)), "PRIMARY KEY (merchant_id=? AND payment_id=?)"),
        (Select::key(key(Table::SecretRef)), "PRIMARY KEY (merchant_id=? AND fingerprint=?)"),
        (Select::key(key(Table::Commit)), "PRIMARY KEY (commit_id=?)"),
        (
            from(Table::Payment)
                .equal("world_id", &world)
                .equal("state", &PaymentState::Processing)
                .at_most("expires_at", &5_i64)
                .ascending("expires_at")
                .limit(9),
            "payments_to_expire (world_id=? AND expires_at<?)",
        ),
        (
            from(Table::Payment).equal("merchant_id", &merchant).descending("payment_id").limit(9),
            "sqlite_autoindex_payments_1 (merchant_id=?)",
        ),
        (
            from(Table::Payment)
                .equal("merchant_id", &merchant)
                .below("payment_id", &text("P"))
                .descending("payment_id")
                .limit(9),
            "sqlite_autoindex_payments_1 (merchant_id=? AND payment_id<?)",
        ),
        (
            from(Table::Payment).equal("merchant_id", &text("x")).after_key(key(Table::Payment)).limit(9),
            "sqlite_autoindex_payments_1 (merchant_id=? AND payment_id>?)",
        ),
        (
            from(Table::Payment).after_key(key(Table::Payment)).limit(9),
            "sqlite_autoindex_payments_1 ((merchant_id,payment_id)>(?,?))",
        ),
        (
            from(Table::Refund).equal("merchant_id", &merchant).equal("payment_id", &text("P")),
            "refunds_by_payment (merchant_id=? AND payment_id=?)",
        ),
        (
            from(Table::Payment)
                .equal("world_id", &world)
                .equal("state", &PaymentState::Succeeded)
                .equal("captured_minor", &0_i64)
                .equal("capturing_minor", &0_i64)
                .at_most("auth_expires_at", &5_i64)
                .ascending("auth_expires_at")
                .limit(9),
            "payments_to_release (world_id=? AND captured_minor=? AND capturing_minor=? AND auth_expires_at<?)",
        ),
        (
            from(Table::Payment)
                .equal("merchant_id", &merchant)
                .above("paid_at", &4_i64)
                .below("paid_at", &5_i64)
                .ascending("paid_at")
                .limit(9),
            "payments_paid (merchant_id=? AND paid_at>? AND paid_at<?)",
        ),
        (
            from(Table::Payment)
                .equal("merchant_id", &merchant)
                .equal("state", &PaymentState::Cancelled)
                .above("ended_at", &4_i64)
                .below("ended_at", &5_i64),
            "payments_ended (merchant_id=? AND ended_at>? AND ended_at<?)",
        ),
        (
            from(Table::Capture)
                .equal("merchant_id", &merchant)
                .above("captured_at", &4_i64)
                .below("captured_at", &5_i64),
            "captures_made (merchant_id=? AND captured_at>? AND captured_at<?)",
        ),
        (
            from(Table::Refund)
                .equal("merchant_id", &merchant)
                .above("refunded_at", &4_i64)
                .below("refunded_at", &5_i64)
                .ascending("refunded_at")
                .limit(9),
            "refunds_made (merchant_id=? AND refunded_at>? AND refunded_at<?)",
        ),
        (
            from(Table::Refund)
                .equal("world_id", &world)
                .equal("state", &RefundState::Processing)
                .at_most("due_at", &5_i64)
                .ascending("due_at")
                .limit(9),
            "refunds_due (world_id=? AND due_at<?)",
        ),
        (
            from(Table::Capture)
                .equal("world_id", &world)
                .equal("state", &CaptureState::Processing)
                .at_most("due_at", &5_i64)
                .ascending("due_at")
                .limit(9),
            "captures_due (world_id=? AND due_at<?)",
        ),
        (
            from(Table::Capture).equal("merchant_id", &merchant).equal("payment_id", &text("P")),
            "captures_by_payment (merchant_id=? AND payment_id=?)",
        ),
        (
            from(Table::Declaration).equal("merchant_id", &merchant).equal("payment_id", &text("P")),
            "declarations_by_payment (merchant_id=? AND payment_id=?)",
        ),
        (
            from(Table::Settlement).equal("merchant_id", &merchant).equal("settle_day", &text("20261123")),
            "settlements_by_day (merchant_id=? AND settle_day=?)",
        ),
        (
            from(Table::Attempt)
                .equal("world_id", &world)
                .equal("state", &AttemptState::Open)
                .at_most("due_at", &5_i64)
                .ascending("due_at")
                .limit(9),
            "attempts_due (world_id=? AND due_at<?)",
        ),
        (
            from(Table::Attempt).equal("merchant_id", &merchant).equal("payment_id", &text("P")),
            "sqlite_autoindex_attempts_1 (merchant_id=? AND payment_id=?)",
        ),
        (
            from(Table::Delivery)
                .equal("world_id", &world)
                .equal("state", &DeliveryState::Pending)
                .at_most("next_attempt_at", &5_i64)
                .ascending("next_attempt_at")
                .limit(9),
            "deliveries_due (world_id=? AND next_attempt_at<?)",
        ),
        (from(Table::Delivery).equal("subject", &text("P")), "deliveries_by_subject (subject=?)"),
        (from(Table::DeliveryAttempt).equal("delivery_id", &text("D")), "PRIMARY KEY (delivery_id=?)"),
        (
            from(Table::JournalEntry).equal("subject", &text("payment:P")).ascending("chain_number"),
            "sqlite_autoindex_journal_2 (subject=?)",
        ),
        (from(Table::JournalEntry).equal("commit_id", &text("C")), "PRIMARY KEY (commit_id=?)"),
        (from(Table::JournalEntry).after_key(entry_key).limit(9), "PRIMARY KEY ((commit_id,position)>(?,?))"),
        (from(Table::Posting).equal("commit_id", &text("C")), "PRIMARY KEY (commit_id=?)"),
        (
            from(Table::Posting).equal("commit_id", &text("C")).equal("position", &1_i64),
            "PRIMARY KEY (commit_id=? AND position=?)",
        ),
        (from(Table::Commit).is_null("seal_number").limit(9), "commits_by_seal (seal_number=?)"),
        (from(Table::Commit).equal("seal_number", &7_i64), "commits_by_seal (seal_number=?)"),
        (from(Table::Wallet).equal("user_id", &text("U")), "wallets_by_user (user_id=?)"),
        (
            from(Table::Authorization).equal("world_id", &world).equal("state", &text("pending")),
            "authorizations_by_state (world_id=? AND state=?)",
        ),
        (from(Table::Client).equal("merchant_id", &merchant), "clients_by_merchant (merchant_id=?)"),
    ];
    with_backend(|backend| {
        for (select, expected) in &selects {
            let plan = plan(&backend.connection, select);
            assert!(plan.starts_with("SEARCH ") && plan.contains(expected), "{plan}\nfor {select:?}");
        }
        for (select, _) in selects.iter().filter(|(select, _)| select.row_count_max().is_some()) {
            let plan = plan(&backend.connection, select);
            // Sorting what the index leaves equal is fine.
            assert!(!plan.contains("B-TREE FOR ORDER BY"), "{plan}\nfor {select:?}");
            statements::select(&backend.connection, select).ok().unwrap();
        }
    });
}

/// An update leaves the indexes alone whose columns it does not write.
#[test]
fn an_update_of_a_wallet_touches_no_index() {
    with_backend(|backend| {
        let text = sql::update(Table::Wallet, sql::Placeholders::Question);
        let mut statement = backend.connection.prepare(&format!("EXPLAIN {text}")).unwrap();
        for place in 1..=statement.parameter_count() {
            statement.raw_bind_parameter(place, 0).unwrap();
        }
        let codes = statement.raw_query().mapped(|row| row.get::<_, String>(1));
        let codes: Vec<String> = codes.map(Result::unwrap).collect();
        assert!(!codes.iter().any(|code| code.starts_with("Idx") && code.contains("Insert")), "{codes:?}");
        assert!(codes.iter().any(|code| code == "Insert"), "{codes:?}");
    });
}
