//! Rules of the sandbox for calls without an id of the merchant's: each is used as often as it says, and no more.

use farthing_core::reason::Reason;
use farthing_core::rows::{AdminAct, OutcomeRule, Payment, Record as _};
use farthing_core::samples;
use farthing_engine::testing::{Codes, Stage, actor, pay_request};
use farthing_engine::{AdminError, Select};

use crate::stores::on_both_stores;

on_both_stores! {
    a_rule_is_used_exactly_as_often_as_it_says,
    the_oldest_rule_comes_first_and_each_client_has_its_own,
    rules_are_taken_away_one_by_one_or_all,
    rules_are_for_a_sandbox,
}

async fn add(stage: &Stage, operation: &str, outcome: &str, calls: Option<i64>) -> OutcomeRule {
    let (operation, outcome) = (operation.to_owned(), outcome.to_owned());
    stage.engine.add_outcome(&actor(), samples::client_id(), operation, outcome, calls).await.unwrap()
}

async fn told(stage: &Stage, operation: &str) -> Option<&'static str> {
    let told = stage.engine.told_by_rule(&stage.caller(), operation, &Codes).await.unwrap();
    told.0.map(|told| told.code)
}

/// Two engines with sixteen calls each: three are told, the others pay.
async fn a_rule_is_used_exactly_as_often_as_it_says(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let rule = add(&stage, "pay", "ACCESS_DENIED", Some(3)).await;
    let beside = stage.beside(2, true).await;
    let mut calls = Vec::new();
    for number in 0..32 {
        let stage = if number % 2 == 0 { stage.clone() } else { beside.clone() };
        let request = pay_request(&format!("order-{number}"), 100, &card.token);
        calls.push(tokio::spawn(async move {
            let paid = stage.engine.pay(&stage.caller(), request, &Codes).await;
            paid.map(|paid| paid.payment.state).map_err(|failure| failure.reason())
        }));
    }
    let mut refused = 0;
    for call in calls {
        refused += usize::from(call.await.unwrap() == Err(Reason::AccessDenied));
    }
    assert_eq!(refused, 3);
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await.len(), 29);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000 - 29 * 100);
    let kept = stage.rows::<OutcomeRule>(Select::from(OutcomeRule::TABLE)).await;
    assert_eq!(kept, [OutcomeRule { calls_left: Some(0), is_active: false, ..rule }]);
}

/// A rule without a number holds until it is taken away; the one after it waits for its turn.
async fn the_oldest_rule_comes_first_and_each_client_has_its_own(stage: Stage) {
    add(&stage, "consult", "RISK_REJECT", Some(1)).await;
    add(&stage, "consult", "ACCESS_DENIED", None).await;
    let other = stage.caller_as(&stage.add_merchant("M2", "C2").await);
    assert_eq!(stage.engine.told_by_rule(&other, "consult", &Codes).await.unwrap(), (None, None));
    assert_eq!(told(&stage, "revoke").await, None);
    let mut codes = Vec::new();
    for _ in 0..3 {
        codes.push(told(&stage, "consult").await);
    }
    assert_eq!(codes, [Some("RISK_REJECT"), Some("ACCESS_DENIED"), Some("ACCESS_DENIED")]);
}

/// What is gone is told no more; how many there were is said, and kept as an act.
async fn rules_are_taken_away_one_by_one_or_all(stage: Stage) {
    let first = add(&stage, "consult", "RISK_REJECT", None).await;
    add(&stage, "consult", "ACCESS_DENIED", None).await;
    let cleared = stage.engine.clear_outcomes(&actor(), Some(&first.outcome_id)).await.unwrap();
    assert_eq!((cleared, told(&stage, "consult").await), (1, Some("ACCESS_DENIED")));
    let again = stage.engine.clear_outcomes(&actor(), Some(&first.outcome_id)).await.unwrap();
    assert_eq!(again, 0, "it is gone already");
    assert_eq!(stage.engine.clear_outcomes(&actor(), None).await.unwrap(), 1);
    assert_eq!(told(&stage, "consult").await, None);
    let select = Select::from(AdminAct::TABLE).equal("action", &"outcome.clear".to_owned());
    assert_eq!(stage.rows::<AdminAct>(select).await.len(), 3);
}

async fn rules_are_for_a_sandbox(stage: Stage) {
    // Proves that nobody can make a production gateway lie, with a new rule or with one of before.
    add(&stage, "consult", "ACCESS_DENIED", None).await;
    let plain = stage.beside(2, false).await;
    assert_eq!(told(&plain, "consult").await, None);
    let (client_id, operation) = (samples::client_id(), "consult".to_owned());
    let refused =
        plain.engine.add_outcome(&actor(), client_id, operation, "ACCESS_DENIED".to_owned(), None).await;
    assert!(matches!(refused, Err(AdminError::Failure(failure)) if failure.reason() == Reason::AccessDenied));
}
