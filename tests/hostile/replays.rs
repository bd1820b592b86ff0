//! The same bytes again, from whoever has seen them.

use farthing_core::time::MINUTE_MS;
use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, TestGateway, alpha_pay_fields, hk_pay_body, on_every_store, pay_fields};

on_every_store! {
    antoms_requests_have_their_effect_once
    alipayhks_requests_have_their_effect_once_and_may_be_given_a_time
    alphapays_requests_count_once_and_for_so_long
    a_request_is_for_the_path_and_the_client_that_it_was_signed_for
}

/// Antom names no age for a request, so a repeat is a repeat: the same answer, to the byte, and no money.
async fn antoms_requests_have_their_effect_once(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    let fields = pay_fields("order-1", &payer.access_token, 100);
    let draft = Draft::new(gateway, &shop, Operation::Pay, fields.to_string());
    let first = draft.send(gateway).await;
    assert_eq!(first.code(), "SUCCESS");
    gateway.advance_ms(60 * MINUTE_MS).await;
    for _ in 0..10 {
        assert_eq!(draft.send(gateway).await.body, first.body);
    }
    assert_eq!(gateway.balance_minor(&payer).await, 900);
}

/// AlipayHK names no age either; a client may be set so that one counts.
async fn alipayhks_requests_have_their_effect_once_and_may_be_given_a_time(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    let body = hk_pay_body(&shop.merchant_id, "order-1", 100);
    let content = shop.content(HkOperation::AgreementPay, Some(&payer.access_token), &body);
    for _ in 0..5 {
        assert_eq!(shop.call_at(HkOperation::AgreementPay.path(), &content).await.code, "SUCCESS");
    }
    assert_eq!(gateway.balance_minor(&payer).await, 900);
    gateway
        .change_client(&shop, |client| client.settings.0.request_time_window_ms = Some(5 * MINUTE_MS))
        .await;
    assert_eq!(shop.call_at(HkOperation::AgreementPay.path(), &content).await.code, "SUCCESS");
    gateway.clock.advance_ms(6 * MINUTE_MS);
    let stale = shop.call_at(HkOperation::AgreementPay.path(), &content).await;
    assert_ne!(stale.code, "SUCCESS", "{}", stale.body);
    assert_eq!(gateway.balance_minor(&payer).await, 900);
}

/// AlphaPay's requests have a time and a nonce: the same bytes count once, and not at all once they are old.
async fn alphapays_requests_count_once_and_for_so_long(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let draft = shop.draft(AlphaOperation::Pay, &alpha_pay_fields("order-1", 100));
    let kept = shop.draft(AlphaOperation::Pay, &alpha_pay_fields("order-2", 100));
    let first = shop.send(&draft).await;
    let before = gateway.contents().await;
    for _ in 0..5 {
        assert_eq!(shop.send(&draft).await.result(), ("NONCE_REPEATED", "F"), "{first:?}");
    }
    gateway.clock.advance_ms(11 * MINUTE_MS);
    for late in [&draft, &kept] {
        let told = shop.send(late).await;
        assert!(
            !["SUCCESS", "PAYMENT_IN_PROCESS", "NONCE_REPEATED"].contains(&told.code.as_str()),
            "{told:?}"
        );
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
}

/// Bytes that were signed for one thing are good for nothing else.
async fn a_request_is_for_the_path_and_the_client_that_it_was_signed_for(gateway: &TestGateway) {
    let (shop, other) = (gateway.shop(), gateway.add_shop("other").await);
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    let fields = pay_fields("order-1", &payer.access_token, 100);
    let draft = Draft::new(gateway, &shop, Operation::Pay, fields.to_string());
    let refund = Draft::new(gateway, &shop, Operation::Refund, "{}").target;
    let moved = String::from_utf8(draft.bytes()).expect("text").replacen(&draft.target, &refund, 1);
    let renamed = String::from_utf8(draft.bytes()).expect("text").replacen(
        shop.client_id.as_str(),
        other.client_id.as_str(),
        1,
    );
    for bytes in [moved, renamed] {
        let answer = gateway.raw(bytes.into_bytes()).await.expect("every request is answered");
        assert_eq!(answer.code(), "INVALID_SIGNATURE");
    }
    assert_eq!(gateway.balance_minor(&payer).await, 1_000);
}
