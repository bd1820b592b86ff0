//! All or nothing, and for good.

use farthing_core::decision::Change;
use farthing_store::{Answer, StoreError};

use super::{balance, contents, make_wallets};
use crate::Harness;
use crate::rules::{Claim, Debit, request_key, wallet, writes};
use crate::stage::{Ran, alone, at_once, job, together};

/// Wherever a commit fails, before the first write, between any two of them or before its end, nothing of it is there,
/// everybody is told that it is not known, and the next try works.
pub async fn a_failure_between_any_two_writes_leaves_nothing<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 10)]).await;
    let before = contents(&store).await;
    let batch = || {
        let both = || Change::default().insert(wallet("A", 1)).insert(request_key("R", "P"));
        let debit = job(&store, Debit { wallet_id: "W", amount_minor: 3 });
        let debit: crate::stage::Waiting<()> = Box::pin(async move { debit.await.map(|_| Answer::Done(())) });
        vec![job(&store, writes(vec![], both)), debit]
    };
    let mut failures = 0;
    loop {
        harness.fail_at_write(failures + 1);
        let answers = together(&store, batch()).await;
        if harness.is_armed() {
            harness.fail_at_write(0);
            assert_eq!(answers, vec![Ok(Answer::Done(())); 2]);
            break;
        }
        failures += 1;
        for answer in &answers {
            assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "step {failures}: {answer:?}");
        }
        assert_eq!(contents(&store).await, before, "step {failures} left something behind");
    }
    // The batch's own row, two wallets, the request key, the entry, its two postings, and the end.
    assert_eq!(failures, 8);
    assert_eq!((balance(&store, "W").await, balance(&store, "A").await), (Some(7), Some(1)));
}

/// What was answered is there when the store is opened again, and so is what was queued when it was closed.
pub async fn what_was_answered_is_there_after_reopening<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 100)]).await;
    let debits = (0..50).map(|_| job(&store, Debit { wallet_id: "W", amount_minor: 1 }));
    let answers: Vec<Ran<i64>> = at_once(debits.collect()).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Answer::Done(_)))));
    let claimed = alone(&store, Claim { request_id: "R", target: "P".to_owned() }).await;
    assert_eq!(claimed, Ok(Answer::Done("P".to_owned())));
    let before = contents(&store).await;
    drop(store);
    let Some(harness) = harness.reopen().await else { return };
    let store = harness.store();
    assert_eq!(contents(&store).await, before);
    let repeated = alone(&store, Claim { request_id: "R", target: "Q".to_owned() }).await;
    assert_eq!(repeated, Ok(Answer::Replayed("P".to_owned())));
    assert_eq!(alone(&store, Debit { wallet_id: "W", amount_minor: 1 }).await, Ok(Answer::Done(49)));
}
