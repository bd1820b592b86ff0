//! Unpaid payments close by the clock, and the clock moves one way.

use farthing_core::ids::WorldId;
use farthing_core::reason::Reason;
use farthing_core::request::PaymentName;
use farthing_core::rows::{Delivery, JournalEntry, Payment, PaymentState, Record as _};
use farthing_core::rules::move_clock::ClockMove;
use farthing_core::samples;
use farthing_core::time::{DAY_MS, MINUTE_MS, SECOND_MS};
use farthing_engine::testing::{Codes, Stage, actor, cancel_request, cashier_request, refund_request};
use farthing_engine::{Engine, Select};

use crate::stores::on_both_stores;

on_both_stores! {
    a_cashier_payment_closes_when_its_time_is_over,
    an_expired_payment_answers_the_same_before_and_after_the_sweep,
    a_request_may_set_its_own_expiry,
    a_clock_never_runs_backwards,
    a_world_of_its_own_has_a_clock_of_its_own,
}

async fn waiting(stage: &Stage) -> Payment {
    let request = cashier_request("order-1", 10_000);
    let payment = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
    assert_eq!(payment.state, PaymentState::Processing);
    payment
}

/// It waits for 14 minutes to the millisecond, and its end is told once.
async fn a_cashier_payment_closes_when_its_time_is_over(stage: Stage) {
    let payment = waiting(&stage).await;
    let name = PaymentName::Id(payment.payment_id.clone());
    stage.advance_ms(14 * MINUTE_MS - 1).await;
    let found = stage.inquire(&name).await.payment;
    assert_eq!(found, payment);
    stage.advance_ms(1).await;
    let closed = stage.inquire(&name).await.payment;
    assert_eq!((closed.state, closed.failure), (PaymentState::Failed, Some(Reason::PaymentClosed)));
    assert_eq!(closed.ended_at, Some(payment.expires_at));
    stage.advance_ms(DAY_MS).await;
    assert_eq!(stage.engine.do_what_is_due().await.unwrap(), 0);
    assert_eq!(stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await.len(), 1);
    assert_eq!(stage.verify().await.findings, []);
}

/// Expiry is a function of the row and the time: inquiry, repeat, cancel and refund need no sweep to know it.
async fn an_expired_payment_answers_the_same_before_and_after_the_sweep(stage: Stage) {
    let payment = waiting(&stage).await;
    stage.elapse_ms(20 * MINUTE_MS);
    let before = answers(&stage, &payment).await;
    assert_eq!(before.0, [(PaymentState::Failed, Some(Reason::PaymentClosed), Some(payment.expires_at)); 4]);
    assert_eq!(before.1, Reason::PaymentClosed);
    assert_eq!(stage.rows::<JournalEntry>(Select::from(JournalEntry::TABLE)).await.len(), 1);
    assert_eq!(stage.engine.do_what_is_due().await.unwrap(), 1);
    assert_eq!(answers(&stage, &payment).await, before);
    assert_eq!(stage.rows::<JournalEntry>(Select::from(JournalEntry::TABLE)).await.len(), 2);
}

type Told = (PaymentState, Option<Reason>, Option<farthing_core::time::Timestamp>);

/// What inquiry, repeat, cancel and the page tell, and why a refund is refused.
async fn answers(stage: &Stage, payment: &Payment) -> (Vec<Told>, Reason) {
    let (engine, caller) = (&stage.engine, stage.caller());
    let name = PaymentName::Request(payment.request_id.clone());
    let told = [
        stage.inquire(&name).await.payment,
        engine.pay(&caller, cashier_request("order-1", 10_000), &Codes).await.unwrap().payment,
        engine.cancel(&caller, &cancel_request(&name), &Codes).await.unwrap().outcome.unwrap(),
        engine.find_payment(&payment.merchant_id, &payment.payment_id).await.unwrap().unwrap(),
    ];
    let refund = engine.refund(&caller, refund_request("back-1", &payment.payment_id, 1), &Codes).await;
    let told = told.iter().map(|payment| (payment.state, payment.failure, payment.ended_at)).collect();
    (told, refund.unwrap_err().reason())
}

/// The request's own expiry wins over the contract's.
async fn a_request_may_set_its_own_expiry(stage: Stage) {
    let mut request = cashier_request("order-1", 10_000);
    request.expiry_ms = Some(90 * SECOND_MS);
    let payment = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
    assert_eq!(payment.expires_at, stage.now().plus_ms(90 * SECOND_MS));
    stage.advance_ms(90 * SECOND_MS).await;
    let found = stage.engine.find_payment(&payment.merchant_id, &payment.payment_id).await.unwrap();
    assert_eq!(found.map(|payment| payment.state), Some(PaymentState::Failed));
}

/// Forward, frozen and running again are possible; back and unknown worlds are not, nor any of it in production.
async fn a_clock_never_runs_backwards(stage: Stage) {
    let start = stage.now();
    let engine = &stage.engine;
    assert_eq!(moved(engine, ClockMove::Advance { by_ms: -1 }).await, Err(Reason::ParameterIllegal));
    assert_eq!(
        moved(engine, ClockMove::Freeze { at: start.plus_ms(-1) }).await,
        Err(Reason::ParameterIllegal)
    );
    moved(engine, ClockMove::Freeze { at: start.plus_ms(DAY_MS) }).await.unwrap();
    stage.elapse_ms(5 * SECOND_MS);
    assert_eq!(stage.now(), start.plus_ms(DAY_MS), "a frozen clock stands still while time passes");
    moved(engine, ClockMove::Advance { by_ms: 1 }).await.unwrap();
    moved(engine, ClockMove::Run).await.unwrap();
    stage.elapse_ms(5 * SECOND_MS);
    assert_eq!(stage.now(), start.plus_ms(DAY_MS + 1 + 5 * SECOND_MS), "and runs on from where it stood");
    let nowhere = WorldId::new("nowhere");
    let lost = engine.move_clock(&actor(), &nowhere, ClockMove::Run).await;
    assert_eq!(lost.unwrap_err().reason(), Reason::ParameterIllegal);
    let plain = stage.beside(2, false).await;
    assert_eq!(moved(&plain.engine, ClockMove::Advance { by_ms: 1 }).await, Err(Reason::AccessDenied));
}

async fn moved(engine: &Engine, by: ClockMove) -> Result<(), Reason> {
    let moved = engine.move_clock(&actor(), &samples::world_id(), by).await;
    moved.map(|_| ()).map_err(|failure| failure.reason())
}

/// Moving another world's clock ends nothing here.
async fn a_world_of_its_own_has_a_clock_of_its_own(stage: Stage) {
    let payment = waiting(&stage).await;
    let elsewhere = WorldId::new("elsewhere");
    stage.engine.add_world(&actor(), elsewhere.clone(), None).await.unwrap();
    let by = ClockMove::Advance { by_ms: 365 * DAY_MS };
    stage.engine.move_clock(&actor(), &elsewhere, by).await.unwrap();
    assert!(stage.engine.moment(&elsewhere).now > stage.now().plus_ms(300 * DAY_MS));
    let found = stage.engine.find_payment(&payment.merchant_id, &payment.payment_id).await.unwrap();
    assert_eq!(found, Some(payment));
}
