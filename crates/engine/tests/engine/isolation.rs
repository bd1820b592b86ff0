//! One merchant never sees another's payments, and clients of one merchant see the same ones.

use farthing_core::ids::ClientId;
use farthing_core::reason::Reason;
use farthing_core::request::{PaymentName, RefundName};
use farthing_core::rows::{Client, PaymentState};
use farthing_core::samples;
use farthing_engine::WithDetails;
use farthing_engine::testing::{
    Codes, Stage, actor, cancel_request, pay_request, refund_request, revoke_request,
};

use crate::stores::on_both_stores;

on_both_stores! {
    another_merchants_payment_is_not_found,
    request_ids_belong_to_their_merchant,
    another_merchants_token_pays_nothing,
    clients_of_one_merchant_share_its_payments,
}

/// By its id or the request id, for inquiry, cancel and refund, and its refunds likewise.
async fn another_merchants_payment_is_not_found(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let paid =
        stage.engine.pay(&stage.caller(), pay_request("order-1", 10_000, &card.token), &Codes).await.unwrap();
    let request = refund_request("back-1", &paid.payment.payment_id, 100);
    let refund = stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap().refund;
    let stranger = stage.caller_as(&stage.add_merchant("M2", "C2").await);
    let names =
        [PaymentName::Id(paid.payment.payment_id.clone()), PaymentName::Request(paid.payment.request_id)];
    for name in &names {
        let inquired = stage.engine.inquire_payment(&stranger, name, WithDetails::Yes, &Codes).await;
        assert_eq!(inquired.unwrap_err().reason(), Reason::PaymentNotFound);
        let cancelled = stage.engine.cancel(&stranger, &cancel_request(name), &Codes).await;
        assert_eq!(cancelled.unwrap_err().reason(), Reason::PaymentNotFound);
    }
    let refunded = refund_request("back-1", &paid.payment.payment_id, 100);
    let refunded = stage.engine.refund(&stranger, refunded, &Codes).await;
    assert_eq!(refunded.unwrap_err().reason(), Reason::PaymentNotFound);
    for name in [RefundName::Id(refund.refund_id), RefundName::Request(refund.request_id)] {
        let inquired = stage.engine.inquire_refund(&stranger, &name, &Codes).await;
        assert_eq!(inquired.unwrap_err().reason(), Reason::RefundNotFound);
    }
}

/// Two merchants may use the same id for payments of their own.
async fn request_ids_belong_to_their_merchant(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let other_client = stage.add_merchant("M2", "C2").await;
    let other_token = stage.agree("A-2", &other_client, &card.wallet_id).await;
    let mine =
        stage.engine.pay(&stage.caller(), pay_request("order-1", 100, &card.token), &Codes).await.unwrap();
    let other = stage.caller_as(&other_client);
    let theirs = stage.engine.pay(&other, pay_request("order-1", 200, &other_token), &Codes).await.unwrap();
    assert!(!theirs.repeated);
    assert_ne!(mine.payment.payment_id, theirs.payment.payment_id);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 99_700);
    assert_eq!(stage.merchant_minor().await, 100);
    assert_eq!(stage.verify().await.findings, []);
}

/// A token counts for the merchant it was given to, whoever has come to know it.
async fn another_merchants_token_pays_nothing(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let stranger = stage.caller_as(&stage.add_merchant("M2", "C2").await);
    let paid = stage.engine.pay(&stranger, pay_request("order-1", 100, &card.token), &Codes).await;
    assert_eq!(paid.unwrap_err().reason(), Reason::AccessTokenInvalid);
    let revoked = stage.engine.revoke(&stranger, &revoke_request(&card.token)).await;
    assert_eq!(revoked.unwrap_err().reason(), Reason::AccessTokenInvalid);
    let mine =
        stage.engine.pay(&stage.caller(), pay_request("order-1", 100, &card.token), &Codes).await.unwrap();
    assert_eq!(mine.payment.state, PaymentState::Succeeded);
}

/// What one client has asked for, another of the same merchant repeats, inquires and refunds.
async fn clients_of_one_merchant_share_its_payments(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let second = Client { client_id: ClientId::new("C1-B"), ..samples::client() };
    stage.engine.add_client(&actor(), second).await.unwrap();
    let second = stage.caller_as(&ClientId::new("C1-B"));
    let request = || pay_request("order-1", 10_000, &card.token);
    let paid = stage.engine.pay(&stage.caller(), request(), &Codes).await.unwrap().payment;
    let repeated = stage.engine.pay(&second, request(), &Codes).await.unwrap();
    assert_eq!((repeated.payment, repeated.repeated), (paid.clone(), true));
    let back = refund_request("back-1", &paid.payment_id, 10_000);
    let back = stage.engine.refund(&second, back, &Codes).await.unwrap().refund;
    assert_eq!(back.client_id.as_str(), "C1-B");
    let found = stage.inquire(&PaymentName::Id(paid.payment_id)).await;
    assert_eq!(found.refunds, [back]);
}
