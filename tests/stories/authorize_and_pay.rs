//! From a user's consent to money, and back in parts.

use farthing_client::Exchange;
use farthing_core::ids::AuthorizationId;
use farthing_core::time::MINUTE_MS;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Payer, TestGateway, Transcript, authorization_id, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::json;

on_every_store! {
    a_user_agrees_and_pays_and_gets_everything_back_in_parts
    a_fresh_token_replaces_the_old_one
    a_code_is_used_once
    a_code_expires_after_ten_minutes
    a_code_is_for_one_kind_of_wallet
    a_declined_authorization_gives_no_code
    the_user_goes_back_to_the_merchant_with_code_and_state
    a_page_shows_what_is_asked_for
}

const DAY_OF_TOKENS_MS: i64 = 365 * 24 * 60 * MINUTE_MS;

fn code(exchange: &Exchange) -> &str {
    &exchange.reply.result_code
}

/// The whole life of an Auto Debit: consult, agree, applyToken, pay, and refunds until nothing is left. Every answer
/// is compared whole.
async fn a_user_agrees_and_pays_and_gets_everything_back_in_parts(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&user).await;
    let mut story = Transcript::default();

    let consulted = shop.consult("state-1").await;
    story.note("consult", &consulted);
    let id = AuthorizationId::new(authorization_id(&consulted));
    let agreed = gateway.engine.approve_authorization(&shop.merchant_id, &id, &user.wallet_id, &user.user_id);
    let agreed = agreed.await.expect("the user may agree");
    let granted = shop.apply_code(agreed.auth_code.reveal()).await;
    story.note("applyToken", &granted);
    let payer = Payer { access_token: text(&granted, "accessToken"), ..user.clone() };

    let paid = shop.pay("order-1", &payer, 10_000).await;
    story.note("pay", &paid);
    let payment_id = text(&paid, "paymentId");
    assert_eq!(payment_id.len(), 32);
    story.note("inquiryPayment", &shop.inquire("order-1").await);
    gateway.advance_ms(MINUTE_MS).await;
    story.note("refund of a part", &shop.refund("refund-1", &payment_id, 3_000).await);
    assert_eq!(gateway.balance_minor(&user).await, before_minor - 7_000);
    story.note("inquiryPayment after a part", &shop.inquire("order-1").await);
    gateway.advance_ms(MINUTE_MS).await;
    story.note("refund of the rest", &shop.refund("refund-2", &payment_id, 7_000).await);
    story.note("refund of what is not there", &shop.refund("refund-3", &payment_id, 1).await);
    let by_id = shop.call(Operation::InquiryPayment, &json!({"paymentId": payment_id})).await;
    story.note("inquiryPayment after everything", &by_id);
    story.note("inquiryRefund", &shop.inquire_refund("refund-1").await);
    story.note("inquiryRefund of a refused one", &shop.inquire_refund("refund-3").await);

    assert_eq!(gateway.balance_minor(&user).await, before_minor);
    assert_json_snapshot!("a_user_agrees_and_pays", story.shown());
}

/// applyToken with the refresh token gives a new pair; the old access token pays nothing any more.
async fn a_fresh_token_replaces_the_old_one(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let agreed = shop.consult_and_agree(gateway, &user, "state-1").await;
    let first = shop.apply_code(agreed.auth_code.reveal()).await;
    let second = shop.refresh(&text(&first, "refreshToken")).await;
    let mut story = Transcript::default();
    story.note("applyToken with the refresh token", &second);

    let with = |token: String| Payer { access_token: token, ..user.clone() };
    let old = with(text(&first, "accessToken"));
    let new = with(text(&second, "accessToken"));
    assert_ne!(old.access_token, new.access_token);
    story.note("pay with the old token", &shop.pay("order-1", &old, 100).await);
    story.note("pay with the new token", &shop.pay("order-1", &new, 100).await);
    story.note("the old refresh token again", &shop.refresh(&text(&first, "refreshToken")).await);
    story.note("a refresh token that never was", &shop.refresh("NOTHING").await);
    gateway.advance_ms(DAY_OF_TOKENS_MS).await;
    story.note("pay with an expired token", &shop.pay("order-2", &new, 100).await);
    gateway.advance_ms(DAY_OF_TOKENS_MS).await;
    story.note("an expired refresh token", &shop.refresh(&text(&second, "refreshToken")).await);
    assert_json_snapshot!("a_fresh_token_replaces_the_old_one", story.shown());
}

async fn a_code_is_used_once(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let agreed = shop.consult_and_agree(gateway, &user, "state-1").await;
    assert_eq!(code(&shop.apply_code(agreed.auth_code.reveal()).await), "SUCCESS");
    let before = gateway.contents().await;
    assert_eq!(code(&shop.apply_code(agreed.auth_code.reveal()).await), "USED_CODE");
    assert_eq!(code(&shop.apply_code("0123456789ABCDEF0123456789ABCDEF").await), "INVALID_AUTHCODE");
    assert_eq!(gateway.contents().await, before);
}

async fn a_code_expires_after_ten_minutes(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let agreed = shop.consult_and_agree(gateway, &user, "state-1").await;
    gateway.advance_ms(10 * MINUTE_MS - 1).await;
    let other = shop.consult_and_agree(gateway, &user, "state-2").await;
    gateway.advance_ms(1).await;
    assert_eq!(code(&shop.apply_code(agreed.auth_code.reveal()).await), "EXPIRED_CODE");
    assert_eq!(code(&shop.apply_code(other.auth_code.reveal()).await), "SUCCESS");
}

async fn a_code_is_for_one_kind_of_wallet(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let agreed = shop.consult_and_agree(gateway, &user, "state-1").await;
    let asked_as = |wallet: &str| json!({"grantType": "AUTHORIZATION_CODE", "customerBelongsTo": wallet, "authCode": agreed.auth_code.reveal()});
    let refused = shop.call(Operation::ApplyToken, &asked_as("GCASH")).await;
    assert_eq!(code(&refused), "PROCESS_FAIL");
    let granted = shop.call(Operation::ApplyToken, &asked_as("ALIPAY_HK")).await;
    assert_eq!(code(&granted), "SUCCESS", "a wrong kind of wallet does not use the code up");

    // Nor can a user agree with a wallet of another kind than was asked for.
    let (user_id, wallet_id) = gateway.add_wallet("gina", "GCASH", 0).await;
    let id = AuthorizationId::new(authorization_id(&shop.consult("state-2").await));
    let agreed = gateway.engine.approve_authorization(&shop.merchant_id, &id, &wallet_id, &user_id).await;
    assert!(agreed.expect_err("the wallet is of another kind").to_string().contains("GCASH"));
}

async fn a_declined_authorization_gives_no_code(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let id = AuthorizationId::new(authorization_id(&shop.consult("state-1").await));
    gateway.engine.decline_authorization(&shop.merchant_id, &id).await.expect("the user may decline");
    let agreed = gateway.engine.approve_authorization(&shop.merchant_id, &id, &user.wallet_id, &user.user_id);
    assert!(agreed.await.is_err(), "what was declined stays declined");
}

/// Proves: ANTOM-FACTS §2.7, where the browser is sent after the user agreed. The admin API says it, because pages come
/// later.
async fn the_user_goes_back_to_the_merchant_with_code_and_state(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let id = authorization_id(&shop.consult("état &1").await);
    let path = format!("/authorizations/{}/{id}/approve", shop.merchant_id);
    let body = json!({"wallet_id": user.wallet_id.as_str()});
    let agreed = gateway.admin_client().post(&path, body).await.expect("the user may agree");
    let url = agreed["redirect_url"].as_str().expect("the answer says where the user goes").to_owned();
    let auth_code = url.split("authCode=").nth(1).and_then(|rest| rest.split('&').next());
    let auth_code = auth_code.expect("the address carries the code");
    assert_eq!(
        url,
        format!("https://shop.example/back?session=5&authCode={auth_code}&authState=%C3%A9tat%20%261")
    );
    assert_eq!(code(&shop.apply_code(auth_code).await), "SUCCESS");
}

async fn a_page_shows_what_is_asked_for(gateway: &TestGateway) {
    let consulted = gateway.shop().consult("state-1").await;
    let url = text(&consulted, "normalUrl");
    let path = url.strip_prefix("https://pay.example").expect("the page is at the gateway's public address");
    let get =
        |path: &str| format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").into_bytes();
    let page = gateway.raw(get(path)).await.expect("a page is there");
    assert_eq!(page.status, 200);
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(String::from_utf8_lossy(&page.body).contains("ALIPAY_HK"));
    assert_eq!(gateway.raw(get(&format!("{path}0"))).await.expect("a page is there").status, 404);
}
