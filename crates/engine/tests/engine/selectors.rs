//! Outcomes chosen by the request id, in a sandbox only.

use farthing_core::reason::Reason;
use farthing_core::request::{
    AgreementName, CancelOfPaid, CancelOfUnseen, CancelRequest, PaymentName, RefundName, RevokeRequest,
};
use farthing_core::rows::{
    Attempt, AttemptState, Client, ClientSettings, Delivery, Dialect, Json, Payment, PaymentState,
    Record as _, Refund, RefundState,
};
use farthing_core::samples;
use farthing_core::time::{DAY_MS, SECOND_MS};
use farthing_engine::sandbox::{CodeTable, Fault, FaultKind, Place, Word};
use farthing_engine::testing::{Card, Stage, actor, cashier_request, pay_request, refund_request};
use farthing_engine::{AdminError, Failure, Paid, Select, WithDetails};

use crate::stores::on_both_stores;

/// An id whose payment succeeds after 30 seconds.
const LATER: &str = "order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s";

on_both_stores! {
    a_code_that_fails_fails_on_a_full_wallet_and_keeps_it,
    a_delayed_success_arrives_by_the_clock,
    a_delayed_success_runs_the_rules_of_its_time,
    a_delayed_success_never_comes_to_a_cancelled_payment,
    a_delayed_success_of_a_cashier_payment_is_paid_by_the_sandbox,
    a_payment_that_is_never_decided_outlives_its_expiry,
    a_payment_that_a_risk_control_ends_is_paid_back,
    a_status_is_what_an_inquiry_finds,
    a_dropped_reply_is_flagged_and_the_money_moves,
    a_dropped_request_does_nothing,
    an_unknown_selector_stores_nothing_and_uses_up_no_id,
    an_answer_that_is_unknown_hides_an_open_payment,
    the_first_inquiries_are_told_something_else,
    a_cancel_that_is_told_to_fail_leaves_the_payment,
    a_refund_fails_at_once_or_in_its_time,
    a_rule_stands_in_where_there_is_no_id,
    a_selector_is_an_ordinary_id_outside_a_sandbox,
    a_client_may_be_without_selectors,
}

/// A few codes, alike at every place.
#[derive(Clone, Copy, Debug)]
struct Codes;

const CODES: [(&str, Reason); 9] = [
    ("ACCESS_DENIED", Reason::AccessDenied),
    ("FRAUD_REJECT", Reason::FraudRejected),
    ("PAYMENT_IN_PROCESS", Reason::PaymentInProcess),
    ("PROCESS_FAIL", Reason::ProcessFailed),
    ("REFUND_IN_PROCESS", Reason::RefundInProcess),
    ("RISK_REJECT", Reason::RiskRejected),
    ("SYSTEM_ERROR", Reason::SystemError),
    ("UNKNOWN_EXCEPTION", Reason::UnknownException),
    ("USER_BALANCE_NOT_ENOUGH", Reason::BalanceNotEnough),
];

impl CodeTable for Codes {
    fn dialect(&self) -> Dialect {
        Dialect::Antom
    }

    fn find(&self, _place: Place, word: &str) -> Option<Word> {
        let known = CODES.iter().find(|(code, _)| *code == word);
        known.map(|(code, reason)| Word { code, reason: *reason })
    }

    fn codes(&self, _place: Place) -> Vec<&'static str> {
        CODES.iter().map(|(code, _)| *code).collect()
    }
}

async fn pay(stage: &Stage, id: &str, card: &Card) -> Result<Paid, Reason> {
    let request = pay_request(id, 10_000, &card.token);
    stage.engine.pay(&stage.caller(), request, &Codes).await.map_err(|failure| failure.reason())
}

/// The payment as an inquiry finds it.
async fn inquire(stage: &Stage, name: &PaymentName) -> Payment {
    let found = stage.engine.inquire_payment(&stage.caller(), name, WithDetails::No, &Codes).await;
    found.unwrap().outcome.payment
}

fn cancel_of(payment: &Payment) -> CancelRequest {
    CancelRequest {
        payment: PaymentName::Id(payment.payment_id.clone()),
        of_paid: CancelOfPaid::GiveBack,
        of_unseen: CancelOfUnseen::Refuse,
    }
}

/// The result of the payment made under [`LATER`], as inquired.
async fn later(stage: &Stage) -> (PaymentState, Option<Reason>) {
    let name = PaymentName::Request(farthing_core::ids::RequestId::new(LATER));
    let payment = inquire(stage, &name).await;
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
    let revoke = RevokeRequest { agreement: AgreementName::AccessToken(revoked.token.clone()) };
    stage.engine.revoke(&stage.caller(), &revoke).await.unwrap();
    stage.advance_ms(30 * SECOND_MS).await;
    assert_eq!(later(&stage).await, (PaymentState::Failed, Some(Reason::BalanceNotEnough)));
    let name = PaymentName::Id(second.payment.payment_id);
    let failed = inquire(&stage, &name).await;
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
    let request = cancel_of(&taken_up.payment);
    let cancelled = stage.engine.cancel(&stage.caller(), &request, &Codes).await.unwrap().outcome.unwrap();
    assert_eq!((cancelled.state, cancelled.open_attempts), (PaymentState::Cancelled, 0));
    stage.advance_ms(DAY_MS).await;
    assert_eq!(later(&stage).await, (PaymentState::Cancelled, None));
    let attempts = stage.rows::<Attempt>(Select::from(Attempt::TABLE)).await;
    assert_eq!(attempts.iter().map(|one| one.state).collect::<Vec<_>>(), [AttemptState::Withdrawn]);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// Nobody is asked on a page: the user that the sandbox has pays, and only when the time has come.
async fn a_delayed_success_of_a_cashier_payment_is_paid_by_the_sandbox(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let request = cashier_request("order-1~payment:SUCCESS@30s", 10_000);
    let asked = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
    assert_eq!(asked.state, PaymentState::Processing);
    stage.advance_ms(30 * SECOND_MS).await;
    let found = inquire(&stage, &PaymentName::Id(asked.payment_id)).await;
    assert_eq!(found.state, PaymentState::Succeeded);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// While a try is open no timer decides; a cancel does.
async fn a_payment_that_is_never_decided_outlives_its_expiry(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    for id in ["order-1~payment:SUCCESS@never", "order-2~PAYMENT_IN_PROCESS"] {
        let taken_up = pay(&stage, id, &card).await.unwrap();
        let name = PaymentName::Id(taken_up.payment.payment_id);
        stage.advance_ms(30 * DAY_MS).await;
        let found = inquire(&stage, &name).await;
        assert_eq!(found.state, PaymentState::Processing, "{id}");
        let request = cancel_of(&found);
        let cancelled =
            stage.engine.cancel(&stage.caller(), &request, &Codes).await.unwrap().outcome.unwrap();
        assert_eq!(cancelled.state, PaymentState::Cancelled, "{id}");
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
}

/// It is paid first, then the money goes back with postings that balance.
async fn a_payment_that_a_risk_control_ends_is_paid_back(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    for (id, reason) in [
        ("order-1~pay:SUCCESS,payment:FRAUD_REJECT@30s", Reason::FraudRejected),
        ("order-2~pay:SUCCESS,payment:RISK_REJECT", Reason::RiskRejected),
    ] {
        let paid = pay(&stage, id, &card).await.unwrap();
        assert_eq!((paid.payment.state, paid.told), (PaymentState::Succeeded, None), "{id}");
        // Without a delay the money has come back before anybody can look.
        let left_minor = if id.contains('@') { 90_000 } else { 100_000 };
        assert_eq!(stage.balance_minor(&card.wallet_id).await, left_minor, "{id}");
        stage.advance_ms(30 * SECOND_MS).await;
        let ended = inquire(&stage, &PaymentName::Id(paid.payment.payment_id)).await;
        assert_eq!((ended.state, ended.failure), (PaymentState::Failed, Some(reason)), "{id}");
        assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000, "{id}");
    }
    assert_eq!(stage.merchant_minor().await, 0);
    assert_eq!(stage.verify().await.findings, []);
}

/// A status is the payment's state at once, and no money moves.
async fn a_status_is_what_an_inquiry_finds(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    for (status, state, failure, user_done) in [
        ("PROCESSING", PaymentState::Processing, None, false),
        ("PENDING", PaymentState::Processing, None, true),
        ("CANCELLED", PaymentState::Cancelled, None, false),
        ("CLOSED", PaymentState::Failed, Some(Reason::PaymentClosed), false),
        ("FAILED", PaymentState::Failed, Some(Reason::ProcessFailed), false),
    ] {
        let id = format!("order-{status}~payment:{status}");
        let asked = pay(&stage, &id, &card).await.unwrap().payment;
        let found = inquire(&stage, &PaymentName::Id(asked.payment_id)).await;
        assert_eq!((found.state, found.failure, found.user_done), (state, failure, user_done), "{status}");
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
}

/// The fault is for the answer alone, and a repeat is answered without it.
async fn a_dropped_reply_is_flagged_and_the_money_moves(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let drop_reply = Some(Fault { hold_ms: 0, kind: Some(FaultKind::DropReply) });
    let paid = pay(&stage, "order-9~drop-reply", &card).await.unwrap();
    assert_eq!((paid.payment.state, paid.fault), (PaymentState::Succeeded, drop_reply));
    let again = pay(&stage, "order-9~drop-reply", &card).await.unwrap();
    assert_eq!((&again.payment, again.fault), (&paid.payment, None));
    let request = refund_request("back-9~drop-reply", &paid.payment.payment_id, 1_000);
    let refunded = stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap();
    assert_eq!(refunded.fault, drop_reply);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 91_000);
}

/// The connection breaks before anything is done, so there is nothing to be found.
async fn a_dropped_request_does_nothing(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let request = pay_request("order-9~drop-request", 10_000, &card.token);
    let broken = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap_err();
    assert!(matches!(broken, Failure::HungUp), "{broken}");
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await, []);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
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
    assert_eq!(answered.told.map(|told| told.code), Some("UNKNOWN_EXCEPTION"));
    assert_eq!(answered.payment.state, PaymentState::Processing);
}

/// The count is of inquiries of this payment alone, and the truth comes after it.
async fn the_first_inquiries_are_told_something_else(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let mut told = Vec::new();
    for id in ["order-3~inquiry:SYSTEM_ERROR*2", "order-4~i:121*2"] {
        let paid = pay(&stage, id, &card).await.unwrap();
        assert_eq!((paid.payment.state, paid.told), (PaymentState::Succeeded, None), "{id}");
        let name = PaymentName::Id(paid.payment.payment_id);
        for _call in 0..3 {
            let found = stage.engine.inquire_payment(&stage.caller(), &name, WithDetails::No, &Codes).await;
            told.push(found.unwrap().told.map(|told| told.code));
        }
    }
    let error = Some("SYSTEM_ERROR");
    assert_eq!(told, [error, error, None, error, error, None]);
}

/// F moves no money: the payment stays paid, until a cancel after the counted ones.
async fn a_cancel_that_is_told_to_fail_leaves_the_payment(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let paid = pay(&stage, "order-1~cancel:PROCESS_FAIL*1", &card).await.unwrap().payment;
    let request = cancel_of(&paid);
    let refused = stage.engine.cancel(&stage.caller(), &request, &Codes).await.unwrap_err();
    assert!(matches!(&refused, Failure::Told(told) if told.code == "PROCESS_FAIL"), "{refused}");
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    stage.engine.cancel(&stage.caller(), &request, &Codes).await.unwrap();
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
}

/// A refund's own id: refused without a trace, or taken up and decided by the clock; the money moves only in the end.
async fn a_refund_fails_at_once_or_in_its_time(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let paid = pay(&stage, "order-1", &card).await.unwrap().payment;
    let refund = |id: &str| refund_request(id, &paid.payment_id, 1_000);
    let refused = stage.engine.refund(&stage.caller(), refund("back-1~PROCESS_FAIL"), &Codes).await;
    assert!(matches!(refused, Err(Failure::Told(told)) if told.code == "PROCESS_FAIL"));
    assert_eq!(stage.rows::<Refund>(Select::from(Refund::TABLE)).await, []);
    for (id, state, balance_minor) in [
        ("back-2~transaction:RISK_REJECT@30s", RefundState::Failed, 90_000),
        ("back-3~REFUND_IN_PROCESS,transaction:SUCCESS@30s", RefundState::Succeeded, 91_000),
        ("back-4~transaction:PROCESSING", RefundState::Processing, 91_000),
    ] {
        let taken_up = stage.engine.refund(&stage.caller(), refund(id), &Codes).await.unwrap();
        assert_eq!((taken_up.refund.state, taken_up.told), (RefundState::Processing, None), "{id}");
        stage.advance_ms(30 * SECOND_MS).await;
        let name = RefundName::Id(taken_up.refund.refund_id);
        let found = stage.engine.inquire_refund(&stage.caller(), &name, &Codes).await.unwrap();
        assert_eq!(found.outcome.state, state, "{id}");
        assert_eq!(stage.balance_minor(&card.wallet_id).await, balance_minor, "{id}");
    }
    assert_eq!(stage.verify().await.findings, []);
}

/// A rule holds for as many calls as it says, for its operation alone.
async fn a_rule_stands_in_where_there_is_no_id(stage: Stage) {
    for (operation, outcome) in [("consult", "ACCESS_DENIED@2s"), ("revoke", "drop-reply")] {
        let (operation, outcome) = (operation.to_owned(), outcome.to_owned());
        let client_id = samples::client_id();
        stage.engine.add_outcome(&actor(), client_id, operation, outcome, Some(1)).await.unwrap();
    }
    let mut told = Vec::new();
    for operation in ["consult", "consult", "revoke"] {
        told.push(stage.engine.told_by_rule(&stage.caller(), operation, &Codes).await.unwrap());
    }
    let codes: Vec<_> = told.iter().map(|(told, _)| told.map(|told| told.code)).collect();
    assert_eq!(codes, [Some("ACCESS_DENIED"), None, None]);
    let faults: Vec<_> = told.into_iter().map(|(_, fault)| fault).collect();
    let dropped = Fault { hold_ms: 0, kind: Some(FaultKind::DropReply) };
    assert_eq!(faults, [Some(Fault { hold_ms: 2_000, kind: None }), None, Some(dropped)]);
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
