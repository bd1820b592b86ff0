//! Reads beside writes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use farthing_core::decision::Change;
use farthing_core::rows::{Row, Table};
use farthing_store::{Answer, Select, Store};

use super::{balance, contents, make_wallets};
use crate::Harness;
use crate::rules::{Debit, MoveOne, wallet, wallet_key, writes};
use crate::stage::alone;

/// A read that begins after an answer sees what was answered.
pub async fn a_read_sees_what_was_answered<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 100)]).await;
    for left in (0..100).rev() {
        assert_eq!(alone(&store, Debit { wallet_id: "W", amount_minor: 1 }).await, Ok(Answer::Done(left)));
        assert_eq!(balance(&store, "W").await, Some(left));
    }
}

/// While money moves between two wallets, commit after commit, each read finds all of it, however many selects it is
/// made of and however long they take.
pub async fn a_read_sees_one_snapshot<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("A", 1_000_000), ("B", 1_000_000)]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mover = std::thread::spawn({
        let (store, stop) = (Arc::clone(&store), Arc::clone(&stop));
        move || move_until(&store, &stop)
    });
    let mut seen = Vec::new();
    for _ in 0..READ_COUNT {
        // The selects between the two give the mover time to come in between.
        let mut selects = vec![Select::key(wallet_key("A"))];
        selects.extend((0..100).map(|_| Select::from(Table::Commit).limit(20)));
        selects.push(Select::key(wallet_key("B")));
        let answers = store.read(selects).await.unwrap();
        let ends = [&answers[0], &answers[101]].map(|rows| balance_of(&rows[0]));
        seen.push(ends);
    }
    stop.store(true, Ordering::SeqCst);
    mover.join().expect("the mover does not panic");
    assert!(seen.iter().all(|ends| ends[0] + ends[1] == 2_000_000), "{seen:?}");
    assert!(seen.is_sorted_by(|earlier, later| earlier[0] >= later[0]), "a read went back in time: {seen:?}");
    assert!(seen.first() != seen.last(), "nothing was moved while {READ_COUNT} reads were made");
}

const READ_COUNT: usize = 200;

/// Long answers come back whole, several to a read and several reads at once: none keeps another from coming.
pub async fn long_answers_come_together<H: Harness>(harness: H) {
    let store = harness.store();
    let make = writes(vec![], || {
        (0..WALLET_COUNT).fold(Change::default(), |change, n| change.insert(wallet(&format!("W{n:04}"), 1)))
    });
    assert_eq!(alone(&store, make).await, Ok(Answer::Done(())));
    let everything = || vec![Select::from(Table::Wallet); 4];
    let reads = (0..16).map(|_| store.read(everything()));
    for answers in futures_util::future::join_all(reads).await {
        let lengths: Vec<usize> = answers.expect("the store can be read").iter().map(Vec::len).collect();
        assert_eq!(lengths, [WALLET_COUNT; 4]);
    }
}

const WALLET_COUNT: usize = 2_000;

/// Moves money one by one, on a thread of its own, so that reads come between commits.
fn move_until(store: &Arc<dyn Store>, stop: &AtomicBool) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without timers and sockets needs nothing").block_on(async {
        while !stop.load(Ordering::SeqCst) {
            assert_eq!(alone(store, MoveOne { from: "A", to: "B" }).await, Ok(Answer::Done(())));
        }
    });
}

fn balance_of(row: &Row) -> i64 {
    if let Row::Wallet(wallet) = row { wallet.balance_minor } else { panic!("{row:?} is no wallet") }
}

/// A snapshot shows the store as it was when it was taken, again and again, while others write.
pub async fn a_snapshot_does_not_move<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 100)]).await;
    let before = contents(&store).await;
    let mut snapshot = store.snapshot().await.unwrap();
    for n in 0..20 {
        let insert = writes(vec![], move || Change::default().insert(wallet(&format!("new {n}"), 1)));
        assert_eq!(alone(&store, insert).await, Ok(Answer::Done(())));
        assert_eq!(alone(&store, Debit { wallet_id: "W", amount_minor: 1 }).await, Ok(Answer::Done(99 - n)));
        let selects = Table::ALL.iter().map(|table| Select::from(*table)).collect();
        assert_eq!(snapshot.read(selects).await.unwrap(), before);
    }
    let mut later = store.snapshot().await.unwrap();
    let now = later.read(vec![Select::from(Table::Wallet)]).await.unwrap();
    assert_eq!(now[0].len(), 21);
}
