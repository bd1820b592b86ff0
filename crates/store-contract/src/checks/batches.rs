//! Jobs that share a batch.

use farthing_core::decision::Change;
use farthing_core::journal::Entry;
use farthing_core::reason::Reason;
use farthing_core::rows::{Record as _, Wallet};
use farthing_store::{Answer, StoreError, run};

use super::{balance, commits, found, make_wallets};
use crate::Harness;
use crate::rules::{
    Claim, Debit, Does, job_id, panics, refuses, request_key, taken_out, wallet, wallet_key, writes,
};
use crate::stage::{Ran, alone, at_once, job, together};

/// A wallet that one job makes is there for the next, and what that one takes out is gone for the third; all of it is
/// one commit.
pub async fn a_later_job_sees_an_earlier_one<H: Harness>(harness: H) {
    let store = harness.store();
    let make = Does {
        keys: vec![wallet_key("W")],
        decide: |_: &_| farthing_core::decision::Decision::Done {
            change: Change::default().insert(wallet("W", 50)),
            outcome: 50,
        },
    };
    let debit = || job(&store, Debit { wallet_id: "W", amount_minor: 20 });
    let answers = together(&store, vec![job(&store, make), debit(), debit(), debit()]).await;
    assert_eq!(answers[..3], [50, 30, 10].map(|left| Ok(Answer::Done(left))));
    assert_eq!(answers[3], Ok(Answer::Refused(Reason::BalanceNotEnough.into())));
    assert_eq!(balance(&store, "W").await, Some(10));
    assert_eq!(commits(&store).await.len(), 1);
}

/// A decision that panics is an error of its own job; those before and after it in the batch are carried out.
pub async fn a_panicking_decision_harms_nobody_else<H: Harness>(harness: H) {
    let store = harness.store();
    let insert =
        |id: &'static str| job(&store, writes(vec![], move || Change::default().insert(wallet(id, 1))));
    let answers = together(&store, vec![insert("A"), job(&store, panics()), insert("B")]).await;
    assert_eq!((&answers[0], &answers[2]), (&Ok(Answer::Done(())), &Ok(Answer::Done(()))));
    let Err(StoreError::DecisionPanicked { message, .. }) = &answers[1] else { panic!("{:?}", answers[1]) };
    assert_eq!(message, "a check made this decision panic");
    assert_eq!((balance(&store, "A").await, balance(&store, "B").await), (Some(1), Some(1)));
}

/// Of 64 jobs that want the same request id at once, one gets it, and each of the others is told which.
pub async fn one_of_64_claims_is_done_and_the_others_see_it<H: Harness>(harness: H) {
    let store = harness.store();
    let claims = (0..64).map(|n| job(&store, Claim { request_id: "R", target: format!("P{n}") }));
    let answers = at_once(claims.collect()).await;
    let mut done = answers.iter().filter_map(|answer| match answer {
        Ok(Answer::Done(target)) => Some(target.clone()),
        _ => None,
    });
    let target = done.next().expect("one of them gets the id");
    assert_eq!(done.next(), None);
    let replayed = answers.iter().filter(|answer| **answer == Ok(Answer::Replayed(target.clone()))).count();
    assert_eq!(replayed, 63);
    assert_eq!(found(&store, request_key("R", "").key()).await, Some(request_key("R", &target)));
}

/// 64 writers want 100 each from a wallet with 1750: exactly 17 get it, 50 are left, and each saw another balance.
pub async fn a_wallet_pays_64_writers_as_often_as_it_can<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 1750)]).await;
    let debits = (0..64).map(|_| job(&store, Debit { wallet_id: "W", amount_minor: 100 }));
    let answers = at_once(debits.collect()).await;
    let mut left: Vec<i64> = answers.iter().filter_map(done).collect();
    left.sort_unstable();
    assert_eq!(left, (0..17).map(|n| 50 + 100 * n).collect::<Vec<i64>>());
    let refused = Ok(Answer::Refused(Reason::BalanceNotEnough.into()));
    assert_eq!(answers.iter().filter(|answer| **answer == refused).count(), 47);
    assert_eq!(balance(&store, "W").await, Some(50));
}

fn done<O: Copy>(ran: &Ran<O>) -> Option<O> {
    if let Ok(Answer::Done(outcome)) = ran { Some(*outcome) } else { None }
}

/// A repeat or a refusal may rest on what an earlier job of the batch did, so it is not told before that is committed;
/// when the commit fails, nobody is told anything else.
pub async fn refusals_and_repeats_wait_for_the_commit<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 10)]).await;
    let before = commits(&store).await.len();
    let batch = || {
        let claim = || job(&store, Claim { request_id: "R", target: "P".to_owned() });
        vec![claim(), claim()]
    };
    harness.fail_at_write(1);
    for answer in together(&store, batch()).await {
        assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
    }
    assert_eq!(found(&store, request_key("R", "").key()).await, None::<farthing_core::rows::RequestKey>);
    let answers = together(&store, batch()).await;
    assert_eq!(answers, [Ok(Answer::Done("P".to_owned())), Ok(Answer::Replayed("P".to_owned()))]);

    let debits = || vec![job(&store, Debit { wallet_id: "W", amount_minor: 10 }), debit_again(&store)];
    harness.fail_at_write(2);
    for answer in together(&store, debits()).await {
        assert!(matches!(answer, Err(StoreError::Unavailable { .. })), "{answer:?}");
    }
    let refused = Ok(Answer::Refused(Reason::BalanceNotEnough.into()));
    assert_eq!(together(&store, debits()).await, [Ok(Answer::Done(0)), refused]);
    assert_eq!(commits(&store).await.len(), before + 2);
}

fn debit_again(store: &std::sync::Arc<dyn farthing_store::Store>) -> crate::stage::Waiting<i64> {
    job(store, Debit { wallet_id: "W", amount_minor: 10 })
}

/// A batch in which nobody writes leaves no trace, not even a row of its own.
pub async fn nothing_written_commits_nothing<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 1)]).await;
    let before = super::contents(&store).await;
    let answers = together(&store, vec![job(&store, refuses()), job(&store, refuses())]).await;
    assert_eq!(answers, vec![Ok(Answer::Refused(Reason::ProcessFailed.into())); 2]);
    let debit = alone(&store, Debit { wallet_id: "W", amount_minor: 2 }).await;
    assert_eq!(debit, Ok(Answer::Refused(Reason::BalanceNotEnough.into())));
    assert_eq!(super::contents(&store).await, before);
}

/// An update needs a row; without one the job fails, with all it wanted to write, and the others go on.
pub async fn an_update_of_an_absent_row_harms_nothing_else<H: Harness>(harness: H) {
    let store = harness.store();
    let insert =
        |id: &'static str| job(&store, writes(vec![], move || Change::default().insert(wallet(id, 1))));
    let both = || Change::default().insert(wallet("with it", 1)).update(wallet("absent", 1));
    let update = job(&store, writes(vec![wallet_key("absent")], both));
    let answers = together(&store, vec![insert("A"), update, insert("B")]).await;
    let wrong = Err(StoreError::WrongRowCount { key: wallet_key("absent"), row_count: 0 });
    assert_eq!(answers, [Ok(Answer::Done(())), wrong, Ok(Answer::Done(()))]);
    let unnamed = alone(&store, writes(vec![], || Change::default().update(wallet("A", 2)))).await;
    assert!(matches!(unnamed, Err(StoreError::UnnamedRow { .. })), "{unnamed:?}");
    for (id, expected) in [("A", Some(1)), ("B", Some(1)), ("with it", None), ("absent", None)] {
        assert_eq!(balance(&store, id).await, expected, "{id}");
    }
}

/// A row that exists and that a job did not name is met at the commit; only that job is told.
pub async fn an_unseen_key_conflict_harms_nothing_else<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("taken", 7)]).await;
    let insert =
        |id: &'static str| job(&store, writes(vec![], move || Change::default().insert(wallet(id, 1))));
    let answers = together(&store, vec![insert("A"), insert("taken"), insert("B")]).await;
    assert_eq!((&answers[0], &answers[2]), (&Ok(Answer::Done(())), &Ok(Answer::Done(()))));
    assert!(matches!(answers[1], Err(StoreError::Conflict { .. })), "{:?}", answers[1]);
    for (id, expected) in [("A", 1), ("taken", 7), ("B", 1)] {
        assert_eq!(balance(&store, id).await, Some(expected), "{id}");
    }
}

/// A chain of the journal has one entry per place; a second one is met at the commit, and only its job is told.
pub async fn a_fork_of_a_chain_harms_nothing_else<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 10)]).await;
    assert_eq!(alone(&store, Debit { wallet_id: "W", amount_minor: 1 }).await, Ok(Answer::Done(9)));
    let fork = writes(vec![], || {
        let mut stale = wallet("W", 10);
        Change::default().enter(Entry::for_wallet(&mut stale, taken_out("W", 5)))
    });
    let insert = writes(vec![], || Change::default().insert(wallet("A", 1)));
    let answers = together(&store, vec![job(&store, insert), job(&store, fork)]).await;
    assert_eq!(answers[0], Ok(Answer::Done(())));
    assert!(matches!(answers[1], Err(StoreError::Conflict { .. })), "{:?}", answers[1]);
    assert_eq!(balance(&store, "A").await, Some(1));
}

/// A batch whose id is there already is not carried out a second time.
pub async fn a_job_id_counts_once<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 10)]).await;
    let id = job_id();
    let debit = || Debit { wallet_id: "W", amount_minor: 1 };
    assert_eq!(run(&*store, id.clone(), debit()).await, Ok(Answer::Done(9)));
    let second = run(&*store, id, debit()).await;
    assert!(matches!(second, Err(StoreError::Conflict { .. })), "{second:?}");
    assert_eq!(balance(&store, "W").await, Some(9));
}

/// What a row belongs to does not change; an update that tries hits no row.
pub async fn a_column_written_once_stays<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("W", 10)]).await;
    let stolen = || Wallet { user_id: farthing_core::ids::UserId::new("thief"), ..wallet("W", 10) };
    let answer =
        alone(&store, writes(vec![wallet_key("W")], move || Change::default().update(stolen()))).await;
    assert_eq!(answer, Err(StoreError::WrongRowCount { key: wallet_key("W"), row_count: 0 }));
    assert_eq!(found(&store, wallet_key("W")).await, Some(wallet("W", 10)));
}
