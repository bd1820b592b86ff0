//! Payments by card: kept cards, 3-D Secure, authorizations, captures, and what the clock does to them.

use farthing_core::ids::RequestId;
use farthing_core::reason::Reason;
use farthing_core::request::{
    CaptureMode, CaptureRequest, CardRequest, CardSource, PayRequest, PaymentName, Secret,
};
use farthing_core::rows::{
    Capture, CaptureState, Delivery, JournalEntry, Payment, PaymentState, Record as _, SavedCard,
};
use farthing_core::samples;
use farthing_core::time::{DAY_MS, SECOND_MS};
use farthing_engine::testing::{Codes, Stage, cancel_request, card_request, refund_request};
use farthing_engine::{Captured, Paid, Policy, Select, UserAct};
use serde_json::json;

use crate::stores::on_both_stores;

on_both_stores! {
    a_card_is_kept_and_pays_again,
    a_card_is_kept_only_where_it_paid,
    a_kept_card_belongs_to_its_merchant,
    a_payer_goes_through_3_d_secure_or_fails,
    cards_are_taken_in_a_sandbox_only,
    where_no_card_numbers_are_taken_a_repeat_and_a_kept_card_are_not_refused_for_it,
    an_authorization_is_captured_in_parts,
    a_capture_that_is_repeated_has_no_second_effect,
    captures_in_process_get_their_results_by_the_clock,
    an_authorization_that_nobody_captures_lapses,
    a_capture_in_process_holds_a_lapsing_authorization,
    a_card_payment_that_a_risk_control_ends_is_paid_back,
}

/// A Visa card that everything succeeds with.
const VISA: &str = "4054695723100768";
/// A card that its issuer declines.
const DECLINED: &str = "4054692760174822";

async fn pay(stage: &Stage, request: PayRequest) -> Paid {
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap()
}

/// The same request with its card changed.
fn with_card(request: PayRequest, change: impl FnOnce(CardRequest) -> CardRequest) -> PayRequest {
    PayRequest { card: request.card.map(change), ..request }
}

fn kept(id: &str, number: &str) -> PayRequest {
    with_card(card_request(id, 10_000, number), |card| CardRequest {
        is_to_be_saved: true,
        customer_id: Some("customer-1".to_owned()),
        ..card
    })
}

fn by_token(id: &str, token: &Secret) -> PayRequest {
    let source = CardSource::Saved(token.clone());
    with_card(card_request(id, 10_000, VISA), |card| CardRequest { source, ..card })
}

async fn saved_cards(stage: &Stage) -> Vec<SavedCard> {
    stage.rows::<SavedCard>(Select::from(SavedCard::TABLE)).await
}

async fn notices(stage: &Stage, kind: &str) -> usize {
    let select = Select::from(Delivery::TABLE).equal("kind", &kind.to_owned());
    stage.rows::<Delivery>(select).await.len()
}

/// Its token comes with the answer and with every inquiry; what is kept has no number and no CVV.
async fn a_card_is_kept_and_pays_again(stage: Stage) {
    let first = pay(&stage, kept("order-1", VISA)).await;
    assert_eq!(first.payment.state, PaymentState::Succeeded);
    let token = first.card_token.expect("the payer asked to keep the card");
    let found = stage.inquire(&PaymentName::Id(first.payment.payment_id.clone())).await;
    assert_eq!(found.card_token.as_ref(), Some(&token));
    let again = pay(&stage, kept("order-1", VISA)).await;
    assert_eq!((again.repeated, again.card_token.as_ref()), (true, Some(&token)));
    let second = pay(&stage, by_token("order-2", &token)).await;
    assert_eq!((second.payment.state, second.card_token), (PaymentState::Succeeded, Some(token.clone())));
    let cards = saved_cards(&stage).await;
    assert_eq!(cards.len(), 1, "a card that is kept already is not kept again");
    assert_eq!(cards[0].customer_id.as_deref(), Some("customer-1"));
    let facts = |payment: &Payment| payment.card.as_ref().unwrap().0.card_id.clone();
    assert_eq!(facts(&second.payment), Some(cards[0].card_id.clone()));
    let text = format!("{cards:?}");
    assert!(!text.contains(VISA) && !text.contains(token.reveal()), "{text}");
    assert_eq!((cards[0].card.0.last_digits.as_str(), &cards[0].card.0.cvv_result), ("0768", &None));
    assert_eq!(stage.merchant_minor().await, 20_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// Not for a declined one, not before 3-D Secure, and not where nobody asked for it.
async fn a_card_is_kept_only_where_it_paid(stage: Stage) {
    let declined = pay(&stage, kept("order-1", DECLINED)).await;
    assert_eq!(declined.payment.failure, Some(Reason::IssuerDeclined));
    assert_eq!(declined.card_token, None);
    let plain = pay(&stage, card_request("order-2", 10_000, VISA)).await;
    assert_eq!((plain.payment.state, plain.card_token), (PaymentState::Succeeded, None));
    let asked = with_card(kept("order-3", VISA), |card| CardRequest { asks_authentication: true, ..card });
    let waiting = pay(&stage, asked).await.payment;
    assert_eq!((waiting.state, saved_cards(&stage).await.len()), (PaymentState::Processing, 0));
    let act = UserAct::Pay(None);
    let proven = stage.engine.decide_payment(&waiting.merchant_id, &waiting.payment_id, act).await.unwrap();
    assert!(stage.engine.card_token(&proven).await.unwrap().is_some());
    assert_eq!(saved_cards(&stage).await.len(), 1);
}

/// A stranger's token, and one that nobody has, fail the payment alike.
async fn a_kept_card_belongs_to_its_merchant(stage: Stage) {
    let token = pay(&stage, kept("order-1", VISA)).await.card_token.unwrap();
    let stranger = stage.caller_as(&stage.add_merchant("M2", "C2").await);
    for (caller, token) in [(&stranger, &token), (&stage.caller(), &Secret::new("no such token"))] {
        let failed = stage.engine.pay(caller, by_token("order-2", token), &Codes).await.unwrap();
        assert_eq!(failed.payment.failure, Some(Reason::PaymentMethodDataInvalid));
        assert_eq!(failed.card_token, None);
    }
}

/// Nothing is taken before; what 3-D Secure said is kept with the payment.
async fn a_payer_goes_through_3_d_secure_or_fails(stage: Stage) {
    let asked = |id: &str| {
        with_card(card_request(id, 10_000, VISA), |card| CardRequest { asks_authentication: true, ..card })
    };
    let (first, second) = (pay(&stage, asked("order-1")).await, pay(&stage, asked("order-2")).await);
    assert_eq!((first.payment.state, stage.merchant_minor().await), (PaymentState::Processing, 0));
    let (merchant_id, id) = (&first.payment.merchant_id, &first.payment.payment_id);
    let proven = stage.engine.decide_payment(merchant_id, id, UserAct::Pay(None)).await.unwrap();
    assert_eq!(proven.state, PaymentState::Succeeded);
    let three_ds = proven.card.unwrap().0.three_ds.expect("3-D Secure was gone through");
    assert_eq!((three_ds.version.as_str(), three_ds.eci.as_str()), ("2.2.0", "05"));
    let id = &second.payment.payment_id;
    let failed = stage.engine.decide_payment(merchant_id, id, UserAct::Decline).await.unwrap();
    assert_eq!((failed.state, failed.failure), (PaymentState::Failed, Some(Reason::UserVerificationFailed)));
    assert_eq!((stage.merchant_minor().await, notices(&stage, "payment_result").await), (10_000, 2));
    assert_eq!(stage.verify().await.findings, []);
}

async fn cards_are_taken_in_a_sandbox_only(stage: Stage) {
    // Proves that outside no number of a card is taken, and where the operator allows numbers but has no acquirer none is
    // charged; either way the id is not used up.
    let plain = stage.beside(2, false).await;
    let request = card_request("order-1", 10_000, VISA);
    let refused = plain.engine.pay(&plain.caller(), request.clone(), &Codes).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::AccessDenied);
    let allowing = Policy { accept_card_data: true, ..Policy::for_sandbox(false) };
    let plain = stage.beside_under(3, false, allowing).await;
    let refused = plain.engine.pay(&plain.caller(), request.clone(), &Codes).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::NoPayOptions);
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await, []);
    assert_eq!(pay(&stage, request).await.payment.state, PaymentState::Succeeded);
}

async fn where_no_card_numbers_are_taken_a_repeat_and_a_kept_card_are_not_refused_for_it(stage: Stage) {
    // Proves that a payment that was made is never told as failed because the operator changed the policy since.
    let request = card_request("order-1", 10_000, VISA);
    let made = pay(&stage, request.clone()).await.payment;
    let refusing = Policy { accept_card_data: false, ..Policy::for_sandbox(true) };
    let strict = stage.beside_under(4, true, refusing).await;
    let repeat = strict.engine.pay(&strict.caller(), request, &Codes).await.unwrap();
    assert_eq!((repeat.repeated, repeat.payment.payment_id), (true, made.payment_id));
    let refused = strict.engine.pay(&strict.caller(), card_request("order-2", 10_000, VISA), &Codes).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::AccessDenied);
    let mut kept = card_request("order-3", 10_000, VISA);
    let card = kept.card.as_mut().unwrap();
    card.source = CardSource::Saved(Secret::new("unknown"));
    let failed = strict.engine.pay(&strict.caller(), kept, &Codes).await.unwrap().payment;
    assert_eq!(failed.state, PaymentState::Failed, "a token is looked up, whatever comes of it");
    assert_eq!(stage.rows::<Payment>(Select::from(Payment::TABLE)).await.len(), 2);
}

/// An authorization of 10.000 cents.
async fn authorize(stage: &Stage, id: &str) -> Payment {
    let request = PayRequest { capture: CaptureMode::Later, ..card_request(id, 10_000, VISA) };
    let payment = pay(stage, request).await.payment;
    assert_eq!((payment.state, payment.authorized_minor), (PaymentState::Succeeded, 10_000));
    assert_eq!(payment.captured_minor, 0);
    payment
}

async fn capture(stage: &Stage, id: &str, payment: &Payment, minor: i64) -> Result<Captured, Reason> {
    let request = CaptureRequest {
        request_id: RequestId::new(id),
        payment: PaymentName::Id(payment.payment_id.clone()),
        amount: samples::hkd(minor),
        is_last: id.contains("last"),
        document: json!({}),
    };
    stage.engine.capture(&stage.caller(), request, &Codes).await.map_err(|failure| failure.reason())
}

async fn captures(stage: &Stage, payment: &Payment) -> Vec<(i64, CaptureState)> {
    let found = stage.inquire(&PaymentName::Id(payment.payment_id.clone())).await;
    found.captures.iter().map(|one| (one.amount_minor, one.state)).collect()
}

/// Never above what is held, none after the last, and what was captured can be refunded.
async fn an_authorization_is_captured_in_parts(stage: Stage) {
    let payment = authorize(&stage, "order-1").await;
    assert_eq!(stage.merchant_minor().await, 0, "an authorization moves nothing");
    let early = refund_request("back-0", &payment.payment_id, 1);
    let early = stage.engine.refund(&stage.caller(), early, &Codes).await;
    assert_eq!(early.unwrap_err().reason(), Reason::RefundAmountExceeded);
    assert_eq!(capture(&stage, "c-1", &payment, 10_001).await.unwrap_err(), Reason::CaptureAmountExceeded);
    capture(&stage, "c-1", &payment, 3_000).await.unwrap();
    stage.elapse_ms(1);
    assert_eq!(capture(&stage, "c-2", &payment, 7_001).await.unwrap_err(), Reason::CaptureAmountExceeded);
    capture(&stage, "c-2-last", &payment, 4_000).await.unwrap();
    let over = capture(&stage, "c-3", &payment, 1).await.unwrap_err();
    assert_eq!(over, Reason::MultipleCapturesNotSupported);
    let done = CaptureState::Succeeded;
    assert_eq!(captures(&stage, &payment).await, [(3_000, done), (4_000, done)]);
    assert_eq!((stage.merchant_minor().await, notices(&stage, "capture_result").await), (7_000, 2));
    let name = PaymentName::Id(payment.payment_id.clone());
    let cancelled = stage.engine.cancel(&stage.caller(), &cancel_request(&name), &Codes).await;
    assert_eq!(cancelled.unwrap_err().reason(), Reason::PaymentStateInvalid);
    let back = refund_request("back-1", &payment.payment_id, 7_000);
    stage.engine.refund(&stage.caller(), back, &Codes).await.unwrap();
    assert_eq!(stage.merchant_minor().await, 0);
    assert_eq!(stage.verify().await.findings, []);
}

/// The same id again is the same capture; with another amount or payment it is refused.
async fn a_capture_that_is_repeated_has_no_second_effect(stage: Stage) {
    let (payment, other) = (authorize(&stage, "order-1").await, authorize(&stage, "order-2").await);
    let first = capture(&stage, "c-1", &payment, 3_000).await.unwrap();
    let again = capture(&stage, "c-1", &payment, 3_000).await.unwrap();
    assert_eq!((again.capture, again.repeated), (first.capture, true));
    assert_eq!(capture(&stage, "c-1", &payment, 3_001).await.unwrap_err(), Reason::RepeatInconsistent);
    assert_eq!(capture(&stage, "c-1", &other, 3_000).await.unwrap_err(), Reason::RepeatInconsistent);
    let stranger = CaptureRequest {
        request_id: RequestId::new("c-1"),
        payment: PaymentName::Id(payment.payment_id.clone()),
        amount: samples::hkd(1),
        is_last: false,
        document: json!({}),
    };
    let caller = stage.caller_as(&stage.add_merchant("M2", "C2").await);
    let refused = stage.engine.capture(&caller, stranger, &Codes).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::PaymentNotFound);
    assert_eq!(stage.rows::<Capture>(Select::from(Capture::TABLE)).await.len(), 1);
    assert_eq!(stage.merchant_minor().await, 3_000);
}

/// What is in process is held back from other captures; what failed is free again, and each result is told once.
async fn captures_in_process_get_their_results_by_the_clock(stage: Stage) {
    let payment = authorize(&stage, "order-1").await;
    for (id, amount_minor) in [
        ("c-1~transaction:SUCCESS@30s", 6_000),
        ("c-2~transaction:RISK_REJECT@40s", 3_000),
        ("c-3~transaction:PROCESSING", 1_000),
    ] {
        let taken_up = capture(&stage, id, &payment, amount_minor).await.unwrap();
        assert_eq!(taken_up.capture.state, CaptureState::Processing, "{id}");
        stage.elapse_ms(1);
    }
    assert_eq!(capture(&stage, "c-4", &payment, 1).await.unwrap_err(), Reason::CaptureAmountExceeded);
    stage.advance_ms(29 * SECOND_MS).await;
    assert_eq!((stage.merchant_minor().await, notices(&stage, "capture_result").await), (0, 0));
    stage.advance_ms(SECOND_MS).await;
    assert_eq!((stage.merchant_minor().await, notices(&stage, "capture_result").await), (6_000, 1));
    stage.advance_ms(DAY_MS).await;
    let told = captures(&stage, &payment).await;
    let [done, failed, open] = [CaptureState::Succeeded, CaptureState::Failed, CaptureState::Processing];
    assert_eq!(told, [(6_000, done), (3_000, failed), (1_000, open)]);
    assert_eq!(notices(&stage, "capture_result").await, 2);
    capture(&stage, "c-4", &payment, 3_000).await.unwrap();
    assert_eq!(stage.merchant_minor().await, 9_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// After seven days to the millisecond, with and without the sweep, and told once.
async fn an_authorization_that_nobody_captures_lapses(stage: Stage) {
    let payment = authorize(&stage, "order-1").await;
    let name = PaymentName::Id(payment.payment_id.clone());
    assert_eq!(payment.auth_expires_at, Some(stage.now().plus_ms(7 * DAY_MS)));
    stage.advance_ms(7 * DAY_MS - 1).await;
    assert_eq!(stage.inquire(&name).await.payment.state, PaymentState::Succeeded);
    stage.elapse_ms(1);
    let before = stage.inquire(&name).await.payment;
    assert_eq!((before.state, before.ended_at), (PaymentState::Cancelled, payment.auth_expires_at));
    assert_eq!(capture(&stage, "c-1", &payment, 1).await.unwrap_err(), Reason::AuthorizationExpired);
    assert_eq!(stage.rows::<JournalEntry>(Select::from(JournalEntry::TABLE)).await.len(), 1);
    assert_eq!(stage.engine.do_what_is_due().await.unwrap(), 1);
    let after = stage.inquire(&name).await.payment;
    assert_eq!((after.state, after.ended_at), (before.state, before.ended_at));
    assert_eq!(capture(&stage, "c-1", &payment, 1).await.unwrap_err(), Reason::AuthorizationExpired);
    assert_eq!(stage.engine.do_what_is_due().await.unwrap(), 0);
    assert_eq!(notices(&stage, "payment_result").await, 2, "that it was authorized, and that it has lapsed");
    assert_eq!(stage.verify().await.findings, []);
}

/// While a capture may still come, the payment is not over; when it fails in the end, it is.
async fn a_capture_in_process_holds_a_lapsing_authorization(stage: Stage) {
    let (taken, lost) = (authorize(&stage, "order-1").await, authorize(&stage, "order-2").await);
    capture(&stage, "c-1~transaction:SUCCESS@192h", &taken, 4_000).await.unwrap();
    capture(&stage, "c-2~transaction:RISK_REJECT@192h", &lost, 4_000).await.unwrap();
    let state = async |payment: &Payment| {
        stage.inquire(&PaymentName::Id(payment.payment_id.clone())).await.payment.state
    };
    stage.advance_ms(7 * DAY_MS).await;
    assert_eq!(state(&taken).await, PaymentState::Succeeded);
    assert_eq!(state(&lost).await, PaymentState::Succeeded);
    stage.advance_ms(DAY_MS).await;
    assert_eq!(state(&taken).await, PaymentState::Succeeded);
    assert_eq!(state(&lost).await, PaymentState::Cancelled);
    assert_eq!(stage.merchant_minor().await, 4_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// What was refunded by then does not go back a second time.
async fn a_card_payment_that_a_risk_control_ends_is_paid_back(stage: Stage) {
    let id = "order-1~pay:SUCCESS,payment:RISK_REJECT@30s";
    let paid = pay(&stage, card_request(id, 10_000, VISA)).await.payment;
    let back = refund_request("back-1", &paid.payment_id, 4_000);
    stage.engine.refund(&stage.caller(), back, &Codes).await.unwrap();
    assert_eq!(stage.merchant_minor().await, 6_000);
    stage.advance_ms(30 * SECOND_MS).await;
    let ended = stage.inquire(&PaymentName::Id(paid.payment_id)).await.payment;
    assert_eq!((ended.state, ended.failure), (PaymentState::Failed, Some(Reason::RiskRejected)));
    assert!(ended.was_paid());
    assert_eq!((stage.merchant_minor().await, ended.refunded_minor), (0, 10_000));
    let cards = farthing_core::journal::Account::OutsideCards;
    assert_eq!(stage.posted_minor(&cards).await, 0);
    assert_eq!(stage.verify().await.findings, []);
}
