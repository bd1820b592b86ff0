//! Outcomes chosen by the request id, in a sandbox only.

use farthing_core::reason::Reason;
use farthing_core::request::{PaymentName, RevokeRequest};
use farthing_core::rows::{
    Attempt, AttemptState, Client, ClientSettings, Delivery, Json, Payment, PaymentState, Record as _,
};
use farthing_core::samples;
use farthing_core::time::{DAY_MS, SECOND_MS};
use farthing_engine::sandbox::Fault;
use farthing_engine::testing::{Card, Codes, Stage, actor, pay_request, refund_request};
use farthing_engine::{AdminError, Paid, Select};

use crate::stores::on_both_stores;

/// An id whose payment succeeds after 30 seconds.
const LATER: &str = "order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s";

on_both_stores! {
    a_code_that_fails_fails_on_a_full_wallet_and_keeps_it,
    a_delayed_success_arrives_by_the_clock,
    a_delayed_success_runs_the_rules_of_its_time,
    a_delayed_success_never_comes_to_a_cancelled_payment,
    a_payment_that_is_never_decided_outlives_its_expiry,
    a_dropped_reply_is_flagged_and_the_money_moves,
    an_unknown_selector_stores_nothing_and_uses_up_no_id,
    an_answer_that_is_unknown_hides_an_open_payment,
    a_selector_is_an_ordinary_id_outside_a_sandbox,
    a_client_may_be_without_selectors,
}

async fn pay(stage: &Stage, id: &str, card: &Card) -> Result<Paid, Reason> {
    let request = pay_request(id, 10_000, &card.token);
    stage.engine.pay(&stage.caller(), request, &Codes).await.map_err(|failure| failure.reason())
}

/// The result of the payment made under [`LATER`], as inquired.
async fn later(stage: &Stage) -> (PaymentState, Option<Reason>) {
    let name = PaymentName::Request(farthing_core::ids::RequestId::new(LATER));
    let payment = stage.engine.inquire_payment(&stage.caller(), &name).await.unwrap().payment;
    (payment.state, payment.failure)
}

async fn notices(stage: &Stage) -> usize {
    stage
        .rows::<Delivery>(Select::from(Delivery::TABLE).equal("kind", &"payment_result".to_owned()))
        .await
        .len()
}

/// The named failure is recorded like one that the rules find.
async fn a_code_that_fails_fails_on_a_full_wallet_and_keeps_it(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let id = "order-1~USER_BALANCE_NOT_ENOUGH";
    let failed = pay(&stage, id, &card).await.unwrap();
    assert_eq!(failed.payment.failure, Some(Reason::BalanceNotEnough));
    let again = pay(&stage, id, &card).await.unwrap();
    assert_eq!((again.payment, again.repeated), (failed.payment, true));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
    assert_eq!(notices(&stage).await, 1, "the failure is told once");
}

/// Nothing is paid a moment before, and everything is once the clock has got there.
async fn a_delayed_success_arrives_by_the_clock(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let taken_up = pay(&stage, LATER, &card).await.unwrap();
    assert_eq!(taken_up.payment.state, PaymentState::Processing);
    stage.advance_ms(30 * SECOND_MS - 1).await;
    assert_eq!(later(&stage).await, (PaymentState::Processing, None));
    assert_eq!((stage.balance_minor(&card.wallet_id).await, notices(&stage).await), (100_000, 0));
    stage.advance_ms(1).await;
    assert_eq!(later(&stage).await, (PaymentState::Succeeded, None));
    assert_eq!((stage.balance_minor(&card.wallet_id).await, notices(&stage).await), (90_000, 1));
    let repeated = pay(&stage, LATER, &card).await.unwrap();
    assert_eq!((repeated.payment.state, repeated.repeated), (PaymentState::Succeeded, true));
    assert_eq!(repeated.payment.paid_at, Some(samples::noon().plus_ms(30 * SECOND_MS)));
    assert_eq!(stage.verify().await.findings, []);
}

/// The money, the user and the agreement are looked at when the result arrives.
async fn a_delayed_success_runs_the_rules_of_its_time(stage: Stage) {
    let poor = stage.add_card("poor", 10_000).await;
    pay(&stage, LATER, &poor).await.unwrap();
    stage.fund(&poor.wallet_id, -1).await;
    let revoked = stage.add_card("revoked", 10_000).await;
    let second = pay(&stage, "order-8~payment:SUCCESS@30s", &revoked).await.unwrap();
    let revoke = RevokeRequest { access_token: revoked.token.clone() };
    stage.engine.revoke(&stage.caller(), &revoke).await.unwrap();
    stage.advance_ms(30 * SECOND_MS).await;
    assert_eq!(later(&stage).await, (PaymentState::Failed, Some(Reason::BalanceNotEnough)));
    let name = PaymentName::Id(second.payment.payment_id);
    let failed = stage.engine.inquire_payment(&stage.caller(), &name).await.unwrap().payment;
    assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(Reason::AccessTokenInvalid)));
    assert_eq!(stage.balance_minor(&poor.wallet_id).await, 9_999);
    assert_eq!(stage.balance_minor(&revoked.wallet_id).await, 10_000);
    assert_eq!(notices(&stage).await, 2);
    assert_eq!(stage.verify().await.findings, []);
}

/// A cancel withdraws the attempt; when its time comes nothing happens.
async fn a_delayed_success_never_comes_to_a_cancelled_payment(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let taken_up = pay(&stage, LATER, &card).await.unwrap();
    let name = PaymentName::Id(taken_up.payment.payment_id);
    let cancelled = stage.engine.cancel(&stage.caller(), &name).await.unwrap();
    assert_eq!((cancelled.state, cancelled.open_attempts), (PaymentState::Cancelled, 0));
    stage.advance_ms(DAY_MS).await;
    assert_eq!(later(&stage).await, (PaymentState::Cancelled, None));
    let attempts = stage.rows::<Attempt>(Select::from(Attempt::TABLE)).await;
    assert_eq!(attempts.iter().map(|one| one.state).collect::<Vec<_>>(), [AttemptState::Withdrawn]);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// While a try is open no timer decides; a cancel does.
async fn a_payment_that_is_never_decided_outlives_its_expiry(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    for id in ["order-1~payment:SUCCESS@never", "order-2~PAYMENT_IN_PROCESS"] {
        let taken_up = pay(&stage, id, &card).await.unwrap();
        let name = PaymentName::Id(taken_up.payment.payment_id);
        stage.advance_ms(30 * DAY_MS).await;
        let found = stage.engine.inquire_payment(&stage.caller(), &name).await.unwrap().payment;
        assert_eq!(found.state, PaymentState::Processing, "{id}");
        let cancelled = stage.engine.cancel(&stage.caller(), &name).await.unwrap();
        assert_eq!(cancelled.state, PaymentState::Cancelled, "{id}");
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
}

/// The fault is for the answer alone, and a repeat is answered without it.
async fn a_dropped_reply_is_flagged_and_the_money_moves(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let drop_reply = Some(Fault { drop_reply: true, hold_ms: 0 });
    let paid = pay(&stage, "order-9~drop-reply", &card).await.unwrap();
    assert_eq!((paid.payment.state, paid.fault), (PaymentState::Succeeded, drop_reply));
    let again = pay(&stage, "order-9~drop-reply", &card).await.unwrap();
    assert_eq!((&again.payment, again.fault), (&paid.payment, None));
    let request = refund_request("back-9~drop-reply", &paid.payment.payment_id, 1_000);
    let refunded = stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap();
    assert_eq!(refunded.fault, drop_reply);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 91_000);
}

/// The refusal names the nearest known word, and the id can be used once its selector is served.
async fn an_unknown_selector_stores_nothing_and_uses_up_no_id(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let id = "order-1~USER_BALANCE_NOT_ENOUGHT";
    let request = || pay_request(id, 10_000, &card.token);
    let refused = stage.engine.pay(&stage.caller(), request(), &Codes).await.unwrap_err();
    assert_eq!(refused.reason(), Reason::ParameterIllegal);
    assert!(refused.detail().contains("USER_BALANCE_NOT_ENOUGH"), "{}", refused.detail());
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await, []);
    let plain = stage.beside(2, false).await;
    let paid = plain.engine.pay(&plain.caller(), request(), &Codes).await.unwrap();
    assert_eq!((paid.payment.state, paid.repeated), (PaymentState::Succeeded, false));
    let repeated = stage.engine.pay(&stage.caller(), request(), &Codes).await.unwrap();
    assert_eq!(
        (repeated.payment, repeated.repeated),
        (paid.payment, true),
        "a repeat is told what it led to"
    );
}

/// A code that says nothing was created creates nothing; one that says nothing is known leaves the payment open.
async fn an_answer_that_is_unknown_hides_an_open_payment(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    assert_eq!(pay(&stage, "order-1~ACCESS_DENIED", &card).await.unwrap_err(), Reason::AccessDenied);
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await, []);
    let id = "order-2~UNKNOWN_EXCEPTION,payment:SUCCESS@1m";
    let answered = pay(&stage, id, &card).await.unwrap();
    assert_eq!(answered.told, Some(Reason::UnknownException));
    assert_eq!(answered.payment.state, PaymentState::Processing);
}

/// Without the sandbox the same text is just an id, and what only a sandbox may do is refused.
async fn a_selector_is_an_ordinary_id_outside_a_sandbox(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let plain = stage.beside(2, false).await;
    for id in ["order-1~USER_BALANCE_NOT_ENOUGH", LATER, "order-9~drop-reply", "order-3~nonsense"] {
        let paid = pay(&plain, id, &card).await.unwrap();
        assert_eq!((paid.payment.state, paid.fault), (PaymentState::Succeeded, None), "{id}");
    }
    let agreement_id = samples::agreement_id();
    let made =
        plain.engine.make_agreement(&actor(), agreement_id, &samples::client_id(), &card.wallet_id).await;
    assert!(matches!(made, Err(AdminError::Failure(failure)) if failure.reason() == Reason::AccessDenied));
}

/// A client's setting switches selectors off, for that client alone.
async fn a_client_may_be_without_selectors(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let settings = Json(ClientSettings { selectors: false, ..ClientSettings::default() });
    stage.engine.set_client(&actor(), Client { settings, ..samples::client() }).await.unwrap();
    let paid = pay(&stage, "order-1~USER_BALANCE_NOT_ENOUGH", &card).await.unwrap();
    assert_eq!(paid.payment.state, PaymentState::Succeeded);
}
