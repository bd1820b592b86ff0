//! AlipayHK: what a payment lives through once it was asked for.

use farthing_core::rows::StatusVocabulary;
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_dialect_alipayhk::endpoint::Operation;
use farthing_stories::{
    HkAnswer, TestGateway, TestKey, TestReceiver, Transcript, hk_pay_body, on_every_store,
};
use insta::assert_json_snapshot;
use serde_json::json;

on_every_store! {
    a_wap_payment_waits_and_is_paid_on_its_page
    an_unpaid_wap_payment_is_closed_after_three_minutes
    the_older_words_are_told_where_the_client_is_set_so
    a_declined_wap_payment_is_closed
    a_pay_again_tells_where_the_payment_stands_and_takes_nothing
    a_pay_again_with_another_meaning_is_refused
    a_refund_is_inquired_by_repeating_it
    more_than_was_paid_is_not_given_back
    a_cancel_closes_an_unpaid_payment
    a_cancel_gives_a_paid_payment_back_inside_its_window
    a_cancel_before_the_pay_closes_the_order_for_good
    the_gateways_id_decides_where_both_are_given
    another_merchants_payment_looks_exactly_like_none
    the_message_id_has_no_meaning
    a_balance_that_is_too_small_is_told_and_stays
}

fn result(answer: &HkAnswer) -> (&str, &str, &str) {
    (&answer.code, &answer.code_id, &answer.status)
}

const SUCCESS: (&str, &str, &str) = ("SUCCESS", "00000000", "S");
const ORDER_NOT_EXIST: (&str, &str, &str) = ("ORDER_NOT_EXIST", "12005004", "F");
const ORDER_STATUS_INVALID: (&str, &str, &str) = ("ORDER_STATUS_INVALID", "12005003", "F");

/// Proves: SEED-003 (`WAIT_PAY`), ALIPAYHK-FACTS §5.6, §6.1, §7.2: waiting, then paid by the user, then notified.
async fn a_wap_payment_waits_and_is_paid_on_its_page(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let receiver = TestReceiver::start([]).await;
    let mut story = Transcript::default();
    let mut body = shop.wap_body("order-1", 10_000);
    body["notify_url"] = receiver.url("/hk?x=1").into();
    let asked = shop.call(Operation::WapPay, &body).await;
    story.note("cashier.wap.pay", &asked);
    story.note("payQuery", &shop.query("order-1").await);
    let url = asked.text("/cashierUrl");
    let page = gateway.open_page(&url).await;
    assert!(page.text.contains("HKD 100.00") && page.text.contains("To Demo shop"), "{}", page.text);
    gateway.advance_ms(MINUTE_MS).await;
    assert!(gateway.press(&url, "action=approve").await.status < 400);
    story.note("payQuery after", &shop.query("order-1").await);
    story.note("cashier.wap.pay again", &shop.call(Operation::WapPay, &body).await);
    story.saw("notification", &receiver.wait_for(1).await[0].verified_hk(gateway, &shop, "1"));
    assert_json_snapshot!("alipayhk_wap_payment", story.shown());
}

/// Proves: SEED-003 (3 minutes), ALIPAYHK-FACTS §9: closed to the millisecond by the clock, whether or not anything
/// has swept.
async fn an_unpaid_wap_payment_is_closed_after_three_minutes(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let asked = shop.pay_by_wap("order-1", 100).await;
    gateway.clock.advance_ms(3 * MINUTE_MS - 1);
    assert_eq!(shop.query("order-1").await.text("/payment/payStatus"), "WAIT_PAY");
    gateway.clock.advance_ms(1);
    assert_eq!(shop.query("order-1").await.text("/payment/payStatus"), "CLOSED");
    let pressed = gateway.press(&asked.text("/cashierUrl"), "action=approve").await;
    assert!(pressed.text.contains("The time to pay is over."), "{}", pressed.text);
    gateway.advance_ms(MINUTE_MS).await;
    let after = shop.query("order-1").await;
    assert_eq!((result(&after), after.text("/payment/payStatus")), (SUCCESS, "CLOSED".to_owned()));
    assert_eq!(result(&shop.pay_by_wap("order-1", 100).await), ORDER_STATUS_INVALID);

    gateway.change_client(&shop, |client| client.settings.0.expiry_ms = Some(10 * MINUTE_MS)).await;
    shop.pay_by_wap("order-2", 100).await;
    gateway.clock.advance_ms(10 * MINUTE_MS - 1);
    assert_eq!(shop.query("order-2").await.text("/payment/payStatus"), "WAIT_PAY");
    gateway.clock.advance_ms(1);
    assert_eq!(shop.query("order-2").await.text("/payment/payStatus"), "CLOSED");
}

/// Proves: SEED-003 (`WAIT_BUYER_PAY` in its prose), ALIPAYHK-FACTS §7.1.
async fn the_older_words_are_told_where_the_client_is_set_so(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let to_trade = |client: &mut farthing_core::rows::Client| {
        client.settings.0.status_vocabulary = StatusVocabulary::Trade;
    };
    gateway.change_client(&shop, to_trade).await;
    shop.pay_by_wap("order-1", 100).await;
    assert_eq!(shop.query("order-1").await.text("/payment/payStatus"), "WAIT_BUYER_PAY");
    shop.pay_and_succeed("order-2", &payer, 100).await;
    assert_eq!(shop.query("order-2").await.text("/payment/payStatus"), "TRADE_SUCCESS");
    shop.cancel("order-1").await;
    assert_eq!(shop.query("order-1").await.text("/payment/payStatus"), "TRADE_CLOSED");
}

async fn a_declined_wap_payment_is_closed(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let asked = shop.pay_by_wap("order-1", 100).await;
    gateway.press(&asked.text("/cashierUrl"), "action=decline").await;
    let inquired = shop.query("order-1").await;
    assert_eq!((result(&inquired), inquired.text("/payment/payStatus")), (SUCCESS, "CLOSED".to_owned()));
    assert!(inquired.body["payment"].get("paymentTime").is_none());
}

/// Proves: ALIPAYHK-FACTS §8 (pay, same content).
async fn a_pay_again_tells_where_the_payment_stands_and_takes_nothing(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let first = shop.pay("order-1", &payer, 100).await;
    let before_minor = gateway.balance_minor(&payer).await;
    assert_eq!(shop.pay("order-1", &payer, 100).await.body, first.body);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    shop.cancel("order-1").await;
    assert_eq!(result(&shop.pay("order-1", &payer, 100).await), ORDER_STATUS_INVALID);
}

/// Proves: ALIPAYHK-FACTS §8 (pay, another amount or currency).
async fn a_pay_again_with_another_meaning_is_refused(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    shop.pay_and_succeed("order-1", &payer, 100).await;
    let before = gateway.contents().await;
    let other_amount = shop.pay("order-1", &payer, 101).await;
    assert_eq!((other_amount.code.as_str(), other_amount.status.as_str()), ("REPEAT_REQ_INCONSISTENT", "F"));
    let mut body = hk_pay_body(&shop.merchant_id, "order-1", 100);
    body["order"]["orderAmount"]["currency"] = "USD".into();
    let other_currency = shop.call_with(Operation::AgreementPay, Some(&payer.access_token), &body).await;
    assert_eq!(other_currency.code, "REPEAT_REQ_INCONSISTENT");
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ALIPAYHK-FACTS §5.10: the same refund again tells its real state, and gives nothing back twice.
async fn a_refund_is_inquired_by_repeating_it(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let before_minor = gateway.balance_minor(&payer).await;
    let first = shop.refund(&id, "refund-1", 40).await;
    assert_eq!(result(&first), SUCCESS);
    assert_eq!(shop.refund(&id, "refund-1", 40).await.body, first.body);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor + 40);
    let other = shop.refund(&id, "refund-1", 41).await;
    assert_eq!((other.code.as_str(), other.status.as_str()), ("REPEAT_REQ_INCONSISTENT", "F"));
    assert_eq!(gateway.balance_minor(&payer).await, before_minor + 40);
}

/// Proves: ALIPAYHK-FACTS §5.9 (the sum of refunds, the window), §7.2.
async fn more_than_was_paid_is_not_given_back(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let id = shop.pay_and_succeed("order-1", &payer, 100).await;
    assert_eq!(result(&shop.refund(&id, "refund-1", 60).await), SUCCESS);
    assert_eq!(shop.refund(&id, "refund-2", 41).await.code, "REFUND_AMOUNT_EXCEED");
    assert_eq!(result(&shop.refund(&id, "refund-3", 40).await), SUCCESS);
    let refunded = shop.query("order-1").await;
    assert_eq!(refunded.text("/payment/payStatus"), "SUCCESS", "a payment given back in full stays paid");
    assert_eq!(shop.refund(&id, "refund-4", 1).await.code, "REFUND_AMOUNT_EXCEED");
    assert_eq!(result(&shop.cancel("order-1").await), ORDER_STATUS_INVALID);
    let waiting = shop.pay_by_wap("order-2", 100).await.text("/acquirementId");
    assert_eq!(result(&shop.refund(&waiting, "refund-5", 1).await), ORDER_STATUS_INVALID);
    let late = shop.pay_and_succeed("order-3", &payer, 100).await;
    gateway.clock.advance_ms(365 * DAY_MS + 1);
    assert_eq!(shop.refund(&late, "refund-6", 1).await.code, "REFUND_WINDOW_EXCEED");
}

async fn a_cancel_closes_an_unpaid_payment(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let asked = shop.pay_by_wap("order-1", 100).await;
    let mut story = Transcript::default();
    story.note("payCancel", &shop.cancel("order-1").await);
    story.note("payCancel again", &shop.cancel("order-1").await);
    story.note("payQuery", &shop.query("order-1").await);
    let pressed = gateway.press(&asked.text("/cashierUrl"), "action=approve").await;
    assert!(pressed.text.contains("Cancelled."), "{}", pressed.text);
    assert_json_snapshot!("alipayhk_cancel_of_an_unpaid_payment", story.shown());
}

/// Proves: ALIPAYHK-FACTS §5.8: the same day in Beijing and a quarter of an hour; the whole amount comes back.
async fn a_cancel_gives_a_paid_payment_back_inside_its_window(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    for order in ["order-1", "order-2"] {
        shop.pay_and_succeed(order, &payer, 100).await;
    }
    // Noon and a minute; the window ends at a quarter past midnight.
    gateway.clock.advance_ms(12 * HOUR_MS + 15 * MINUTE_MS - MINUTE_MS - 2 * SECOND_MS);
    assert_eq!(result(&shop.cancel("order-1").await), SUCCESS);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
    let cancelled = shop.query("order-1").await;
    assert_eq!(cancelled.text("/payment/payStatus"), "CLOSED");
    gateway.clock.advance_ms(2 * SECOND_MS);
    assert_eq!(result(&shop.cancel("order-2").await), ORDER_STATUS_INVALID);
    assert_eq!(result(&shop.cancel("order-1").await), SUCCESS, "a repeat succeeds for ever");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
    assert_eq!(shop.query("order-2").await.text("/payment/payStatus"), "SUCCESS");
}

/// Proves: ALIPAYHK-FACTS §5.8 (never created): the cancel succeeds, and a pay that arrives late is refused.
async fn a_cancel_before_the_pay_closes_the_order_for_good(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let cancelled = shop.cancel("order-1").await;
    assert_eq!(result(&cancelled), SUCCESS);
    assert_eq!(result(&shop.cancel("order-1").await), SUCCESS);
    assert_eq!(result(&shop.query("order-1").await), ORDER_NOT_EXIST);
    assert_eq!(result(&shop.pay("order-1", &payer, 100).await), ORDER_STATUS_INVALID);
    assert_eq!(result(&shop.pay_by_wap("order-1", 100).await), ORDER_STATUS_INVALID);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    let body = shop.naming("acquirementId", &"1".repeat(32));
    let unknown = shop.call(Operation::PayCancel, &body).await;
    assert_eq!(result(&unknown), ORDER_NOT_EXIST, "an id that we never gave out is no order to come");
}

/// Proves: SEED-003 (`acquirementId` is favoured over `merchantTransId`; one of them is required).
async fn the_gateways_id_decides_where_both_are_given(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let first = shop.pay_and_succeed("order-1", &payer, 100).await;
    let second = shop.pay_and_succeed("order-2", &payer, 200).await;
    let before = gateway.contents().await;
    let both = |acquirement_id: &str, trans_id: &str| {
        let mut body = shop.naming("acquirementId", acquirement_id);
        body["merchantTransId"] = trans_id.into();
        body
    };
    let told = shop.call(Operation::PayQuery, &both(&second, "order-1")).await;
    assert_eq!(told.text("/payment/acquirementId"), second);
    assert_eq!(told.text("/payment/merchantTransId"), "order-2");
    let none = "1".repeat(32);
    for operation in [Operation::PayQuery, Operation::PayCancel] {
        let told = shop.call(operation, &both(&none, "order-1")).await;
        assert_eq!(result(&told), ORDER_NOT_EXIST, "{}: there is no fall-back", operation.name());
        let neither = shop.call(operation, &json!({"merchantId": shop.merchant_id})).await;
        assert_eq!(result(&neither), ("PARAM_ILLEGAL", "00000004", "F"), "{}", operation.name());
        assert!(neither.message.contains("acquirementId"), "{}", neither.message);
    }
    assert_eq!(gateway.contents().await, before);
    shop.call(Operation::PayCancel, &both(&first, "order-2")).await;
    assert_eq!(shop.query("order-1").await.text("/payment/payStatus"), "CLOSED");
    assert_eq!(shop.query("order-2").await.text("/payment/payStatus"), "SUCCESS");
}

/// The bodies are compared whole: not even a word tells the two cases apart.
async fn another_merchants_payment_looks_exactly_like_none(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    gateway.add_merchant("M-CURIOUS", |_merchant| {}).await;
    let curious = gateway.add_hk_client("M-CURIOUS", "CURIOUS4HK", TestKey::Merchant2).await;
    let id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let none = "1".repeat(id.len());
    let before = gateway.contents().await;
    for (operation, theirs, nothing) in [
        (Operation::PayQuery, curious.naming("acquirementId", &id), curious.naming("acquirementId", &none)),
        (
            Operation::PayQuery,
            curious.naming("merchantTransId", "order-1"),
            curious.naming("merchantTransId", "x"),
        ),
        (Operation::PayCancel, curious.naming("acquirementId", &id), curious.naming("acquirementId", &none)),
        (Operation::Refund, curious.refund_body(&id, "r", 1), curious.refund_body(&none, "r", 1)),
    ] {
        let theirs = curious.call(operation, &theirs).await;
        let nothing = curious.call(operation, &nothing).await;
        assert_eq!(result(&theirs), ORDER_NOT_EXIST, "{}", operation.name());
        let without_message_id = |answer: &HkAnswer| {
            let text = String::from_utf8(answer.raw.body.clone()).unwrap();
            let signed = text.split("\"signature\"").next().unwrap().to_owned();
            signed.replace(&answer.head.req_msg_id, "")
        };
        assert_eq!(without_message_id(&theirs), without_message_id(&nothing), "{}", operation.name());
    }
    assert_eq!(gateway.contents().await, before);
    let mut for_another = shop.naming("merchantTransId", "order-1");
    for_another["merchantId"] = "M-CURIOUS".into();
    let refused = shop.call(Operation::PayQuery, &for_another).await;
    assert_eq!((refused.code.as_str(), refused.status.as_str()), ("ACCESS_DENIED", "F"));
}

/// Proves: SEED-003 (`reqMsgId` does not identify a business request): two pays with one message id are two payments, and the
/// same message sent twice is told twice.
async fn the_message_id_has_no_meaning(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let content = |trans_id: &str| {
        let body = hk_pay_body(&shop.merchant_id, trans_id, 100);
        let text = shop.content(Operation::AgreementPay, Some(&payer.access_token), &body);
        let mut content: serde_json::Value = serde_json::from_str(&text).unwrap();
        content["head"]["reqMsgId"] = "the-same".into();
        content.to_string()
    };
    let path = Operation::AgreementPay.path();
    let first = shop.call_at(path, &content("order-1")).await;
    let second = shop.call_at(path, &content("order-2")).await;
    assert_eq!((result(&first), result(&second)), (SUCCESS, SUCCESS));
    assert_ne!(first.text("/acquirementId"), second.text("/acquirementId"));
    assert_eq!(shop.call_at(path, &content("order-1")).await.body, first.body);
}

/// Proves: ALIPAYHK-FACTS §5.5: the refusal is told by its own code, and the order stays closed.
async fn a_balance_that_is_too_small_is_told_and_stays(gateway: &TestGateway) {
    let shop = gateway.hk_shop();
    let poor = gateway.add_payer(&shop, "poor", 99).await;
    let refused = shop.pay("order-1", &poor, 100).await;
    assert_eq!((refused.code.as_str(), refused.status.as_str()), ("USER_BALANCE_NOT_ENOUGH", "F"));
    gateway.fund(&poor.wallet_id, 1_000).await;
    assert_eq!(shop.pay("order-1", &poor, 100).await.body, refused.body);
    assert_eq!(shop.query("order-1").await.text("/payment/payStatus"), "CLOSED");
    assert_eq!(gateway.balance_minor(&poor).await, 1_099);
}
