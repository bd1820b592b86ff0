//! One payment from the user's consent to its refunds, and the ways in which an agreement ends.

use farthing_core::reason::Reason;
use farthing_core::request::{ApplyTokenRequest, Grant, PaymentName, RefundName, Secret};
use farthing_core::rows::{
    AgreementState, AuthorizationState, Delivery, Payment, PaymentState, Record as _, RefundState,
};
use farthing_core::samples;
use farthing_engine::Select;
use farthing_engine::testing::{
    Card, Codes, Stage, cancel_request, pay_request, refund_request, revoke_request,
};

use crate::stores::on_both_stores;

on_both_stores! {
    a_payment_lives_from_consent_to_refund,
    a_cancel_gives_everything_back_inside_its_window_only,
    new_tokens_replace_the_old_ones,
    a_revoked_agreement_pays_nothing,
    a_user_who_declines_gives_no_code,
}

/// Each step sees what the one before it left, and the money is where the steps say.
async fn a_payment_lives_from_consent_to_refund(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let token = consent(&stage, &card).await;
    let engine = &stage.engine;

    let paid = engine.pay(&stage.caller(), pay_request("order-1", 10_000, &token), &Codes).await.unwrap();
    assert_eq!((paid.payment.state, paid.repeated, paid.told), (PaymentState::Succeeded, false, None));
    assert_eq!(paid.payer.as_ref().map(|payer| payer.user_id.as_str()), Some("U-1"));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.merchant_minor().await, 10_000);
    let payment_id = paid.payment.payment_id.clone();
    let by_id = PaymentName::Id(payment_id.clone());
    assert_eq!(inquired(&stage, &by_id).await, (paid.payment.clone(), vec![]));
    let by_request = PaymentName::Request(paid.payment.request_id.clone());
    assert_eq!(inquired(&stage, &by_request).await, (paid.payment, vec![]));

    for (request_id, amount_minor, refunded_minor) in [("back-1", 4_000, 4_000), ("back-2", 6_000, 10_000)] {
        let request = refund_request(request_id, &payment_id, amount_minor);
        let refunded = engine.refund(&stage.caller(), request, &Codes).await.unwrap();
        assert_eq!((refunded.refund.state, refunded.repeated), (RefundState::Succeeded, false));
        let name = RefundName::Id(refunded.refund.refund_id.clone());
        assert_eq!(
            engine.inquire_refund(&stage.caller(), &name, &Codes).await.unwrap().outcome,
            refunded.refund
        );
        let name = RefundName::Request(refunded.refund.request_id.clone());
        assert_eq!(
            engine.inquire_refund(&stage.caller(), &name, &Codes).await.unwrap().outcome,
            refunded.refund
        );
        assert_eq!(inquired(&stage, &by_id).await.0.refunded_minor, refunded_minor);
        stage.elapse_ms(1);
    }
    let (payment, refunds) = inquired(&stage, &by_id).await;
    assert_eq!((payment.state, refunds), (PaymentState::Succeeded, vec![4_000, 6_000]));

    let cancelled = engine.cancel(&stage.caller(), &cancel_request(&by_id), &Codes).await;
    assert_eq!(cancelled.unwrap_err().reason(), Reason::PaymentHasRefunds);
    let more = engine.refund(&stage.caller(), refund_request("back-3", &payment_id, 1), &Codes).await;
    assert_eq!(more.unwrap_err().reason(), Reason::RefundAmountExceeded);
    assert_eq!((stage.balance_minor(&card.wallet_id).await, stage.merchant_minor().await), (100_000, 0));
    let mut kinds: Vec<String> =
        stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await.into_iter().map(|one| one.kind).collect();
    kinds.sort();
    let expected = ["auth_code_created", "payment_result", "refund_result", "refund_result", "token_created"];
    assert_eq!(kinds, expected, "each of these happened once and is told once");
    assert_eq!(stage.verify().await.findings, []);
}

/// Until 00:15 GMT+8 of the next day a paid payment goes back as a whole, and after it not at all.
async fn a_cancel_gives_everything_back_inside_its_window_only(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let engine = &stage.engine;
    let mut names = Vec::new();
    for id in ["order-1", "order-2"] {
        let paid = engine.pay(&stage.caller(), pay_request(id, 10_000, &card.token), &Codes).await.unwrap();
        names.push(PaymentName::Id(paid.payment.payment_id));
    }
    let until = samples::noon().next_day_gmt8(15 * 60_000);
    stage.advance_ms(until.since_ms(stage.now())).await;
    let cancelled =
        engine.cancel(&stage.caller(), &cancel_request(&names[0]), &Codes).await.unwrap().outcome.unwrap();
    assert_eq!((cancelled.state, cancelled.refunded_minor), (PaymentState::Cancelled, 10_000));
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    stage.advance_ms(1).await;
    let again =
        engine.cancel(&stage.caller(), &cancel_request(&names[0]), &Codes).await.unwrap().outcome.unwrap();
    assert_eq!(again, cancelled, "a cancel is repeated for ever");
    let late = engine.cancel(&stage.caller(), &cancel_request(&names[1]), &Codes).await;
    assert_eq!(late.unwrap_err().reason(), Reason::CancelWindowExceeded);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 90_000);
    assert_eq!(stage.verify().await.findings, []);
}

/// A refresh token gives a new pair once; the old access token stops counting.
async fn new_tokens_replace_the_old_ones(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let first = tokens(&stage, &card).await;
    let request = |token: &Secret| ApplyTokenRequest {
        method: samples::METHOD.to_owned(),
        repeats_are_answered: false,
        grant: Grant::RefreshToken(token.clone()),
    };
    let renewed = stage.engine.apply_token(&stage.caller(), request(&first.refresh_token)).await.unwrap();
    assert_eq!(renewed.agreement.agreement_id, first.agreement.agreement_id);
    let again = stage.engine.apply_token(&stage.caller(), request(&first.refresh_token)).await;
    assert_eq!(again.unwrap_err().reason(), Reason::RefreshTokenUsed);
    let old = pay_request("order-1", 100, &first.access_token);
    let old = stage.engine.pay(&stage.caller(), old, &Codes).await;
    assert_eq!(old.unwrap_err().reason(), Reason::AccessTokenInvalid);
    let new = pay_request("order-1", 100, &renewed.access_token);
    let new = stage.engine.pay(&stage.caller(), new, &Codes).await.unwrap();
    assert_eq!(new.payment.state, PaymentState::Succeeded, "the refused one did not use the id up");
}

/// After a revocation the token pays nothing and cannot be revoked again; what was paid can still go back.
async fn a_revoked_agreement_pays_nothing(stage: Stage) {
    let card = stage.add_card("1", 100_000).await;
    let engine = &stage.engine;
    let paid = engine.pay(&stage.caller(), pay_request("order-1", 100, &card.token), &Codes).await.unwrap();
    let revoke = revoke_request(&card.token);
    let revoked = engine.revoke(&stage.caller(), &revoke).await.unwrap();
    assert_eq!(revoked.state, AgreementState::Revoked);
    let again = engine.revoke(&stage.caller(), &revoke).await;
    assert_eq!(again.unwrap_err().reason(), Reason::AccessTokenInvalid);
    let refused = engine.pay(&stage.caller(), pay_request("order-2", 100, &card.token), &Codes).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::AccessTokenInvalid);
    let repeated =
        engine.pay(&stage.caller(), pay_request("order-1", 100, &card.token), &Codes).await.unwrap();
    assert_eq!((repeated.payment, repeated.repeated), (paid.payment.clone(), true));
    let back = refund_request("back-1", &paid.payment.payment_id, 100);
    engine.refund(&stage.caller(), back, &Codes).await.unwrap();
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
}

/// A declined authorization is closed: nobody can agree to it afterwards.
async fn a_user_who_declines_gives_no_code(stage: Stage) {
    let card = stage.add_card("1", 0).await;
    let asked = stage.engine.consult(&stage.caller(), samples::consult_request()).await.unwrap();
    let (merchant_id, id) = (samples::merchant_id(), asked.authorization_id);
    let declined = stage.engine.decline_authorization(&merchant_id, &id).await.unwrap();
    assert_eq!(declined.state, AuthorizationState::Declined);
    let late = stage.engine.approve_authorization(&merchant_id, &id, &card.wallet_id, &card.user_id).await;
    assert_eq!(late.unwrap_err().reason(), Reason::AuthorizationNotOpen);
    let unknown = ApplyTokenRequest {
        method: samples::METHOD.to_owned(),
        repeats_are_answered: false,
        grant: Grant::AuthorizationCode(Secret::new("no such code")),
    };
    let refused = stage.engine.apply_token(&stage.caller(), unknown).await;
    assert_eq!(refused.unwrap_err().reason(), Reason::AuthCodeUnknown);
}

async fn tokens(stage: &Stage, card: &Card) -> farthing_engine::Tokens {
    let engine = &stage.engine;
    let asked = engine.consult(&stage.caller(), samples::consult_request()).await.unwrap();
    let merchant_id = samples::merchant_id();
    let id = &asked.authorization_id;
    let agreed =
        engine.approve_authorization(&merchant_id, id, &card.wallet_id, &card.user_id).await.unwrap();
    let request = ApplyTokenRequest {
        method: samples::METHOD.to_owned(),
        repeats_are_answered: false,
        grant: Grant::AuthorizationCode(agreed.auth_code),
    };
    let tokens = engine.apply_token(&stage.caller(), request.clone()).await.unwrap();
    let again = engine.apply_token(&stage.caller(), request).await;
    assert_eq!(again.unwrap_err().reason(), Reason::AuthCodeUsed, "a code is good for one pair of tokens");
    tokens
}

async fn consent(stage: &Stage, card: &Card) -> Secret {
    tokens(stage, card).await.access_token
}

/// The payment as inquired, and the amounts of its refunds, oldest first.
async fn inquired(stage: &Stage, name: &PaymentName) -> (Payment, Vec<i64>) {
    let found = stage.inquire(name).await;
    (found.payment, found.refunds.iter().map(|refund| refund.amount_minor).collect())
}
