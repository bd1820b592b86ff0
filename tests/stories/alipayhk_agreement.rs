//! AlipayHK: a user agrees, is debited, and the agreement ends.

use farthing_core::time::{DAY_MS, MINUTE_MS, SECOND_MS};
use farthing_dialect_alipayhk::endpoint::Operation;
use farthing_stories::{Payer, TestGateway, TestReceiver, Transcript, hk_pay_body, on_every_store};
use insta::assert_json_snapshot;
use serde_json::json;

on_every_store! {
    a_user_agrees_is_debited_and_the_merchant_unbinds
    the_user_agrees_on_the_page_and_comes_back_with_the_code
    a_user_who_declines_sends_back_no_code
    a_code_lives_ten_minutes_and_gives_the_same_token_twice
    a_refreshed_token_replaces_the_old_one
    a_user_who_unbinds_is_told_to_the_merchant
    an_agreement_that_is_not_there_cannot_be_asked_for_nor_unbound
    a_token_pays_only_while_it_is_good
}

const AGREEMENT: &str = "a3419524e24941a6ba0a9c659f78752c";

/// Proves: ALIPAYHK-FACTS §5.1 to §5.5, §5.7, §5.9 and §6 in one life: from the wish over the consent to the refund.
async fn a_user_agrees_is_debited_and_the_merchant_unbinds(gateway: &TestGateway) {
    let (shop, user) = (gateway.hk_shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/hk"))).await;
    let mut story = Transcript::default();
    let prepared = shop.call(Operation::PrepareForRedirect, &shop.prepare_body(AGREEMENT, "state 1")).await;
    story.note("prepareForRedirect", &prepared);
    story.note("queryByAuthInfo before", &shop.standing(AGREEMENT).await);

    let pressed = gateway.press(&prepared.text("/authSiteUrl"), "action=approve&wallet=W-DEMO-HKD").await;
    let back = pressed.location.expect("the user is sent back");
    let code = query_value(&back, "auth_code");
    story.saw("redirect", &json!(back.replace(&code, "[code]")));
    let granted = shop.apply_code(&code).await;
    story.note("applyToken", &granted);
    story.note("queryByAuthInfo", &shop.standing(AGREEMENT).await);

    let payer = Payer { access_token: granted.text("/accessTokenInfo/accessToken"), ..user };
    let before_minor = gateway.balance_minor(&payer).await;
    let paid = shop.pay("order-1", &payer, 10_000).await;
    story.note("agreement.pay", &paid);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 10_000);
    story.note("payQuery", &shop.query("order-1").await);
    let id = paid.text("/acquirementId");
    story.note("refund of a part", &shop.refund(&id, "refund-1", 3_000).await);
    story.note("refund of the rest", &shop.refund(&id, "refund-2", 7_000).await);
    story.note("payQuery after", &shop.query_id(&id).await);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    story.note("cancelByAuthInfo", &shop.unbind(AGREEMENT).await);
    story.note("cancelByAuthInfo again", &shop.unbind(AGREEMENT).await);
    story.note("queryByAuthInfo after", &shop.standing(AGREEMENT).await);
    story.note("agreement.pay after", &shop.pay("order-2", &payer, 100).await);
    for notification in receiver.wait_for(2).await {
        story.saw("notification", &notification.verified_hk(gateway, &shop, "1"));
    }
    assert_json_snapshot!("alipayhk_life_of_an_agreement", story.shown());
}

/// The value of a parameter of an address, as it stands there.
fn query_value(address: &str, name: &str) -> String {
    let query = address.split_once('?').expect("the address has a query").1;
    let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    found.unwrap_or_else(|| panic!("no {name} in {address}")).to_owned()
}

/// Proves: ALIPAYHK-FACTS §5.1, the redirect: the code under both names, the site, the state, the merchant's id of the
/// agreement and the client.
async fn the_user_agrees_on_the_page_and_comes_back_with_the_code(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let prepared = shop.call(Operation::PrepareForRedirect, &shop.prepare_body(AGREEMENT, "a b&c")).await;
    let url = prepared.text("/authSiteUrl");
    let page = gateway.open_page(&url).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Demo shop asks to debit your ALIPAY_HK wallet."), "{}", page.text);
    let pressed = gateway.press(&url, "action=approve&wallet=W-DEMO-HKD").await;
    let back = pressed.location.expect("the user is sent back");
    assert!(back.starts_with("https://shop.example/back?session=5&auth_code="), "{back}");
    assert_eq!(query_value(&back, "auth_code"), query_value(&back, "authCode"));
    assert_eq!(query_value(&back, "auth_site"), "ALIPAY_HK");
    assert_eq!(query_value(&back, "state"), "a%20b%26c");
    assert_eq!(query_value(&back, "merchantAgreementId"), AGREEMENT);
    assert_eq!(query_value(&back, "client_id"), shop.client_id.as_str());
    assert_eq!(shop.apply_code(&query_value(&back, "authCode")).await.code, "SUCCESS");
}

async fn a_user_who_declines_sends_back_no_code(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let prepared = shop.call(Operation::PrepareForRedirect, &shop.prepare_body(AGREEMENT, "s")).await;
    let pressed = gateway.press(&prepared.text("/authSiteUrl"), "action=decline").await;
    assert!(!pressed.location.unwrap_or_default().contains("code="));
    assert_eq!(shop.standing(AGREEMENT).await.text("/accessTokenInfo/tokenStatus"), "CANCELLED");
}

/// Proves: ALIPAYHK-FACTS §5.2, §9: a code counts for ten minutes; until then turning it in again is the same signing,
/// and gives the same token.
async fn a_code_lives_ten_minutes_and_gives_the_same_token_twice(gateway: &TestGateway) {
    let (shop, user) = (gateway.hk_shop(), gateway.rich_payer());
    let agreed = shop.prepare_and_agree(gateway, &user, "agreement-1").await;
    let first = shop.apply_code(agreed.auth_code.reveal()).await;
    let again = shop.apply_code(agreed.auth_code.reveal()).await;
    assert_eq!(first.body, again.body, "the same signing");
    let late = shop.prepare_and_agree(gateway, &user, "agreement-2").await;
    gateway.advance_ms(10 * MINUTE_MS).await;
    let refused = shop.apply_code(late.auth_code.reveal()).await;
    assert_eq!((refused.code.as_str(), refused.status.as_str()), ("AUTH_CODE_EXPIRED", "F"));
    let unknown = shop.apply_code("NO-SUCH-CODE").await;
    assert_eq!((unknown.code.as_str(), unknown.status.as_str()), ("INVALID_AUTHCODE", "F"));
    let repeated = shop.apply_code(agreed.auth_code.reveal()).await;
    assert_ne!(repeated.code, "SUCCESS", "once the code's time is over, its repeat is refused, too");
}

async fn a_refreshed_token_replaces_the_old_one(gateway: &TestGateway) {
    let (shop, user) = (gateway.hk_shop(), gateway.rich_payer());
    let agreed = shop.prepare_and_agree(gateway, &user, "agreement-1").await;
    let granted = shop.apply_code(agreed.auth_code.reveal()).await;
    let refreshed = shop.refresh(&granted.text("/accessTokenInfo/refreshToken")).await;
    assert_eq!(refreshed.code, "SUCCESS", "{}", refreshed.body);
    let token = |answer: &farthing_stories::HkAnswer| answer.text("/accessTokenInfo/accessToken");
    assert_ne!(token(&granted), token(&refreshed));
    let payer = Payer { access_token: token(&refreshed), ..user };
    shop.pay_and_succeed("order-1", &payer, 100).await;
    let unknown = shop.refresh("NO-SUCH-TOKEN").await;
    assert_eq!((unknown.code.as_str(), unknown.status.as_str()), ("INVALID_REFRESH_TOKEN", "F"));
}

/// Proves: ALIPAYHK-FACTS §6.3: an unbinding in the user's app is told, like one by the merchant.
async fn a_user_who_unbinds_is_told_to_the_merchant(gateway: &TestGateway) {
    let (shop, user) = (gateway.hk_shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/hk"))).await;
    let agreed = shop.prepare_and_agree(gateway, &user, "agreement-1").await;
    let granted = shop.apply_code(agreed.auth_code.reveal()).await;
    let payer = Payer { access_token: granted.text("/accessTokenInfo/accessToken"), ..user };
    shop.pay_and_succeed("order-1", &payer, 100).await;
    receiver.wait_for(1).await;
    let agreements: Vec<farthing_core::rows::Agreement> = gateway
        .engine
        .list(farthing_engine::Select::from(farthing_core::rows::Table::Agreement))
        .await
        .unwrap();
    let mine =
        agreements.iter().find(|one| one.merchant_agreement_id.as_deref() == Some("agreement-1")).unwrap();
    gateway.engine.revoke_by_user(&shop.merchant_id, &mine.agreement_id, None).await.unwrap();
    let told = receiver.wait_for(2).await[1].verified_hk(gateway, &shop, "1");
    assert_eq!(told["head"]["function"], "alipay.intl.oauth.auth.notify.cancel");
    assert_eq!(told["body"]["merchantAgreementId"], "agreement-1");
    assert_eq!(told["body"]["authMerchantId"], shop.merchant_id.as_str());
    assert_eq!(shop.pay("order-2", &payer, 100).await.code, "INVALID_ACCESS_TOKEN");
    assert_eq!(shop.standing("agreement-1").await.text("/accessTokenInfo/tokenStatus"), "CANCELLED");
}

async fn an_agreement_that_is_not_there_cannot_be_asked_for_nor_unbound(gateway: &TestGateway) {
    let (shop, user) = (gateway.hk_shop(), gateway.rich_payer());
    gateway.add_merchant("M-CURIOUS", |_merchant| {}).await;
    let curious =
        gateway.add_hk_client("M-CURIOUS", "CURIOUS4HK", farthing_stories::TestKey::Merchant2).await;
    let agreed = shop.prepare_and_agree(gateway, &user, "agreement-1").await;
    shop.apply_code(agreed.auth_code.reveal()).await;
    let before = gateway.contents().await;
    for (asked, none) in [
        (curious.standing("agreement-1").await, curious.standing("agreement-0").await),
        (curious.unbind("agreement-1").await, curious.unbind("agreement-0").await),
    ] {
        assert_eq!((asked.code.as_str(), asked.status.as_str()), ("OAUTH_FAILED", "F"));
        assert_eq!(asked.body, none.body, "another merchant's agreement looks exactly like none");
    }
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ALIPAYHK-FACTS §5.5: the token stands in the head; without a good one nothing is taken.
async fn a_token_pays_only_while_it_is_good(gateway: &TestGateway) {
    let (shop, user) = (gateway.hk_shop(), gateway.rich_payer());
    let body = hk_pay_body(&shop.merchant_id, "order-1", 100);
    let before = gateway.contents().await;
    let without = shop.call(Operation::AgreementPay, &body).await;
    assert_eq!((without.code.as_str(), without.code_id.as_str()), ("PARAM_ILLEGAL", "00000004"));
    assert!(without.message.contains("accessToken"), "{}", without.message);
    let unknown = shop.call_with(Operation::AgreementPay, Some("NOTHING"), &body).await;
    assert_eq!((unknown.code.as_str(), unknown.status.as_str()), ("INVALID_ACCESS_TOKEN", "F"));
    assert_eq!(gateway.contents().await, before);
    let agreed = shop.prepare_and_agree(gateway, &user, "agreement-1").await;
    let granted = shop.apply_code(agreed.auth_code.reveal()).await;
    let payer = Payer { access_token: granted.text("/accessTokenInfo/accessToken"), ..user };
    gateway.advance_ms(SECOND_MS).await;
    shop.pay_and_succeed("order-1", &payer, 100).await;
    gateway.advance_ms(2 * 365 * DAY_MS).await;
    assert_eq!(shop.pay("order-2", &payer, 100).await.code, "INVALID_ACCESS_TOKEN");
    assert_eq!(shop.standing("agreement-1").await.text("/accessTokenInfo/tokenStatus"), "EXPIRED");
}
