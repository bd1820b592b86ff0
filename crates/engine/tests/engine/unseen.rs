//! Cancels with the meanings that dialects give them: of payments nobody has seen, and of paid ones.

use farthing_core::ids::RequestId;
use farthing_core::reason::Reason;
use farthing_core::request::{CancelOfPaid, CancelOfUnseen, CancelRequest, PaymentName};
use farthing_core::rows::{Payment, PaymentState, Record as _};
use farthing_core::samples;
use farthing_engine::testing::{Codes, Stage, pay_request};
use farthing_engine::{Caller, Select, WithDetails};

use crate::stores::on_both_stores;

on_both_stores! {
    a_payment_that_was_cancelled_before_it_came_is_refused,
    a_cancel_of_the_unknown_is_refused_where_it_is_not_remembered,
    of_a_pay_and_a_cancel_that_meet_exactly_one_wins,
    a_paid_payment_may_be_out_of_a_cancels_reach,
}

fn remembered(id: &str) -> CancelRequest {
    CancelRequest {
        payment: PaymentName::Request(RequestId::new(id)),
        of_paid: CancelOfPaid::GiveBack,
        of_unseen: CancelOfUnseen::Remember,
    }
}

async fn cancel(stage: &Stage, caller: &Caller, request: &CancelRequest) -> Result<Option<Payment>, Reason> {
    let cancelled = stage.engine.cancel(caller, request, &Codes).await;
    cancelled.map(|done| done.outcome).map_err(|failure| failure.reason())
}

/// For ever, for this merchant alone, and no payment is ever found under the id.
async fn a_payment_that_was_cancelled_before_it_came_is_refused(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let request = remembered("order-1");
    assert_eq!(cancel(&stage, &stage.caller(), &request).await, Ok(None));
    assert_eq!(cancel(&stage, &stage.caller(), &request).await, Ok(None), "again is the same");
    for _ in 0..2 {
        let late = pay_request("order-1", 10_000, &card.token);
        let late = stage.engine.pay(&stage.caller(), late, &Codes).await;
        assert_eq!(late.unwrap_err().reason(), Reason::PaymentClosed);
    }
    let found =
        stage.engine.inquire_payment(&stage.caller(), &request.payment, WithDetails::No, &Codes).await;
    assert_eq!(found.unwrap_err().reason(), Reason::PaymentNotFound);
    let other_client = stage.add_merchant("M2", "C2").await;
    let token = stage.agree("A-2", &other_client, &card.wallet_id).await;
    let theirs = pay_request("order-1", 10_000, &token);
    let theirs = stage.engine.pay(&stage.caller_as(&other_client), theirs, &Codes).await.unwrap();
    assert_eq!(theirs.payment.state, PaymentState::Succeeded);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// Nothing is remembered of an id of ours that leads nowhere, nor where the dialect refuses.
async fn a_cancel_of_the_unknown_is_refused_where_it_is_not_remembered(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let by_id = CancelRequest { payment: PaymentName::Id(samples::payment_id()), ..remembered("order-1") };
    let refused = CancelRequest { of_unseen: CancelOfUnseen::Refuse, ..remembered("order-1") };
    for request in [by_id, refused] {
        assert_eq!(cancel(&stage, &stage.caller(), &request).await, Err(Reason::PaymentNotFound));
    }
    let paid = pay_request("order-1", 10_000, &card.token);
    let paid = stage.engine.pay(&stage.caller(), paid, &Codes).await.unwrap();
    assert_eq!(paid.payment.state, PaymentState::Succeeded);
}

/// Either there is no payment and it was refused, or there is one and it is cancelled; the money is back in both.
async fn of_a_pay_and_a_cancel_that_meet_exactly_one_wins(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    for round in 0..16 {
        let id = format!("order-{round}");
        let request = pay_request(&id, 10_000, &card.token);
        let paying = {
            let stage = stage.clone();
            tokio::spawn(async move { stage.engine.pay(&stage.caller(), request, &Codes).await })
        };
        if round % 2 == 0 {
            tokio::task::yield_now().await;
        }
        let cancelled = cancel(&stage, &stage.caller(), &remembered(&id)).await.unwrap();
        match (paying.await.unwrap(), cancelled) {
            (Err(failure), None) => assert_eq!(failure.reason(), Reason::PaymentClosed, "{id}"),
            (Ok(paid), Some(cancelled)) => {
                assert_eq!(cancelled.payment_id, paid.payment.payment_id, "{id}");
                assert_eq!(cancelled.state, PaymentState::Cancelled, "{id}");
            }
            (paid, cancelled) => panic!("{id}: {paid:?} and {cancelled:?}"),
        }
    }
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// Where the asking dialect cancels unpaid payments only; in another one the same payment is given back.
async fn a_paid_payment_may_be_out_of_a_cancels_reach(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let paid = pay_request("order-1", 10_000, &card.token);
    stage.engine.pay(&stage.caller(), paid, &Codes).await.unwrap();
    let refused = CancelRequest { of_paid: CancelOfPaid::Refuse, ..remembered("order-1") };
    assert_eq!(cancel(&stage, &stage.caller(), &refused).await, Err(Reason::PaymentAlreadyPaid));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    let cancelled = cancel(&stage, &stage.caller(), &remembered("order-1")).await.unwrap();
    assert_eq!(cancelled.map(|payment| payment.state), Some(PaymentState::Cancelled));
    let again = cancel(&stage, &stage.caller(), &refused).await.unwrap();
    assert_eq!(again.map(|payment| payment.state), Some(PaymentState::Cancelled), "it is cancelled already");
    let kept = stage.rows::<Payment>(Select::from(Payment::TABLE)).await;
    assert_eq!((kept.len(), stage.balance_minor(&card.wallet_id).await), (1, 100_000));
}
