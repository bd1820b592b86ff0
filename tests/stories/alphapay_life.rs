//! AlphaPay: what an order lives through once it was accepted.

use farthing_core::money::Currency;
use farthing_core::time::{DAY_MS, MINUTE_MS};
use farthing_dialect_alphapay::endpoint::Operation;
use farthing_stories::{
    AlphaShop, TestGateway, TestKey, TestReceiver, Transcript, alpha_pay_fields, on_every_store,
};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

on_every_store! {
    an_order_is_paid_notified_refunded_in_part_and_wholly
    an_order_is_valid_for_five_minutes
    a_cancel_closes_a_waiting_order_once
    a_cancel_never_gives_money_back
    a_declined_order_has_failed
    an_id_again_gives_the_first_result_or_is_refused
    a_refund_without_an_id_is_known_by_its_nonce
    a_refund_is_checked_against_what_was_paid
    a_refund_is_inquired_by_the_gateways_id
    an_order_in_yuan_must_be_worth_more_than_a_cent
    a_platform_in_dollars_takes_dollars_and_yuan
    a_waiting_order_may_be_told_as_offline_qrcode
    a_long_description_is_cut
    another_merchants_order_looks_exactly_like_none
}

/// Proves: SEED-004 (every status of a paid order), ALPHAPAY-FACTS §6 to §9, §14: the notification is the inquiry without
/// its result.
async fn an_order_is_paid_notified_refunded_in_part_and_wholly(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let receiver = TestReceiver::start([]).await;
    let mut story = Transcript::default();
    let mut fields = alpha_pay_fields("order-1", 10_000);
    fields["order"]["notifyUrl"] = receiver.url("/paid?x=1").into();
    let asked = shop.call(Operation::Pay, &fields).await;
    let id = asked.text("/paymentId");
    gateway.advance_ms(MINUTE_MS).await;
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
    let inquired = shop.inquire(&id).await;
    story.note("inquiryPayment", &inquired);
    let told = receiver.wait_for(1).await.remove(0);
    assert_eq!(told.verified_alphapay(gateway, &shop), "1");
    assert_eq!(
        told.json(),
        without_result(&inquired.body),
        "a notification is the inquiry without its result"
    );
    let mut refund = AlphaShop::refund_fields(&id, 3_000);
    refund["refundRequestId"] = "refund-1".into();
    refund["refund"]["description"] = "One cup is broken".into();
    refund["refund"]["notifyUrl"] = receiver.url("/refunded").into();
    let refunded = shop.call(Operation::Refund, &refund).await;
    story.note("refund of a part", &refunded);
    let inquired_refund = shop.inquire_refund(&refunded.text("/refundId")).await;
    story.note("inquiryRefund", &inquired_refund);
    let told = receiver.wait_for(2).await.remove(1);
    assert_eq!(told.verified_alphapay(gateway, &shop), "1");
    assert_eq!((told.target.as_str(), told.json()), ("/refunded", without_result(&inquired_refund.body)));
    assert_eq!(shop.status_of(&id).await, "PARTIAL_REFUND");
    story.note("refund of the rest", &shop.refund(&id, "refund-2", 7_000).await);
    story.note("inquiryPayment after", &shop.inquire(&id).await);
    assert_eq!(shop.status_of(&id).await, "FULL_REFUND");
    assert_json_snapshot!("alphapay_life_of_an_order", story.shown());
}

fn without_result(body: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().expect("a body is an object").remove("result");
    body
}

/// Proves: ALPHAPAY-FACTS §13: 300 seconds by the clock, whether or not anything has swept; a setting changes it.
async fn an_order_is_valid_for_five_minutes(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let asked = shop.pay("order-1", 100).await;
    assert_eq!(asked.text("/paymentCreateTime"), "2019-11-27T04:01:01+00:00");
    assert_eq!(asked.text("/paymentExpireTime"), "2019-11-27T04:06:01+00:00");
    let id = asked.text("/paymentId");
    gateway.clock.advance_ms(5 * MINUTE_MS - 1);
    assert_eq!(shop.status_of(&id).await, "PAYMENT_IN_PROCESS");
    gateway.clock.advance_ms(1);
    assert_eq!(shop.status_of(&id).await, "CLOSED");
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
    assert_eq!(shop.status_of(&id).await, "CLOSED");
    assert_eq!(shop.pay("order-1", 100).await.result(), ("ORDER_IS_CLOSED", "F"));
    gateway.change_client(&shop, |client| client.settings.0.expiry_ms = Some(60 * MINUTE_MS)).await;
    let id = shop.pay("order-2", 100).await.text("/paymentId");
    gateway.clock.advance_ms(60 * MINUTE_MS - 1);
    assert_eq!(shop.status_of(&id).await, "PAYMENT_IN_PROCESS");
    gateway.clock.advance_ms(1);
    assert_eq!(shop.status_of(&id).await, "CLOSED");
}

/// Proves: ALPHAPAY-FACTS §7 (waiting, already CLOSED: the same cancelTime).
async fn a_cancel_closes_a_waiting_order_once(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let asked = shop.pay("order-1", 100).await;
    let id = asked.text("/paymentId");
    gateway.advance_ms(MINUTE_MS).await;
    let cancelled = shop.cancel(&id).await;
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(shop.cancel(&id).await.body, cancelled.body, "the same cancelTime");
    let mut story = Transcript::default();
    story.note("cancel", &cancelled);
    story.note("inquiryPayment", &shop.inquire(&id).await);
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
    assert_eq!(shop.status_of(&id).await, "CLOSED");
    let expired = shop.pay("order-2", 100).await.text("/paymentId");
    gateway.clock.advance_ms(5 * MINUTE_MS);
    let cancelled = shop.cancel(&expired).await;
    assert_eq!(cancelled.result(), ("SUCCESS", "S"));
    assert_eq!(cancelled.text("/cancelTime"), "2019-11-27T04:08:01+00:00", "it ended when its time was over");
    assert_json_snapshot!("alphapay_cancel", story.shown());
}

/// Proves: ALPHAPAY-FACTS §7 (paid, also refunded: ORDER_PAID, unchanged).
async fn a_cancel_never_gives_money_back(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    for status in ["SUCCESS", "PARTIAL_REFUND", "FULL_REFUND"] {
        assert_eq!(shop.status_of(&id).await, status);
        let refused = shop.cancel(&id).await;
        assert_eq!(
            (refused.result(), refused.body.as_object().map(serde_json::Map::len)),
            (("ORDER_PAID", "F"), Some(1))
        );
        assert_eq!(shop.status_of(&id).await, status);
        shop.refund(&id, status, 50).await;
    }
}

/// Proves: ALPHAPAY-FACTS §7, §12.1 (FAILED).
async fn a_declined_order_has_failed(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let asked = shop.pay("order-1", 100).await;
    let id = asked.text("/paymentId");
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=decline").await;
    assert_eq!(shop.status_of(&id).await, "FAILED");
    assert_eq!(shop.cancel(&id).await.result(), ("SUCCESS", "S"));
    assert_eq!(shop.status_of(&id).await, "FAILED");
    assert_eq!(shop.refund(&id, "refund-1", 1).await.status, "F");
    let again = shop.pay("order-1", 100).await;
    assert_eq!(
        (again.status.as_str(), again.text("/paymentId")),
        ("F", id),
        "a refused pay tells its paymentId"
    );
}

/// Proves: ALPHAPAY-FACTS §4 (paymentRequestId).
async fn an_id_again_gives_the_first_result_or_is_refused(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let first = shop.pay("order-1", 100).await;
    assert_eq!(shop.pay("order-1", 100).await.body, first.body);
    let before = gateway.contents().await;
    assert_eq!(shop.pay("order-1", 101).await.result(), ("REPEAT_REQ_INCONSISTENT", "F"));
    let mut yuan = alpha_pay_fields("order-1", 100);
    yuan["order"]["orderAmount"]["currency"] = "CNY".into();
    assert_eq!(shop.call(Operation::Pay, &yuan).await.code, "REPEAT_REQ_INCONSISTENT");
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ALPHAPAY-FACTS §8 (no `refundRequestId`): the nonce stands in, so the same message is one refund for ever, and
/// the same wish with another nonce is another refund.
async fn a_refund_without_an_id_is_known_by_its_nonce(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    let draft = shop.draft(Operation::Refund, &AlphaShop::refund_fields(&id, 30));
    let first = shop.send(&draft).await;
    assert_eq!(first.result(), ("SUCCESS", "S"));
    assert!(first.body.get("refundRequestId").is_none(), "none was given, none is told: {}", first.body);
    assert_eq!(
        shop.send(&draft).await.result(),
        ("NONCE_REPEATED", "F"),
        "inside the window a nonce counts once"
    );
    // Outside the window the nonce may come again, with a fresh time; it still names the refund it made.
    gateway.advance_ms(DAY_MS).await;
    let later = shop.draft(Operation::Refund, &AlphaShop::refund_fields(&id, 30));
    let later = later.with(|later| later.nonce.clone_from(&draft.nonce));
    assert_eq!(shop.send(&later).await.body, first.body, "the first refund, told again");
    let other = shop.call(Operation::Refund, &AlphaShop::refund_fields(&id, 30)).await;
    assert_ne!(other.text("/refundId"), first.text("/refundId"));
    let changed = shop.draft(Operation::Refund, &AlphaShop::refund_fields(&id, 31));
    let changed = changed.with(|changed| draft.nonce.clone_into(&mut changed.nonce));
    gateway.advance_ms(DAY_MS).await;
    let changed = changed.with(|changed| {
        changed.time = farthing_dialect_alphapay::signed::format_message_time(gateway.now());
    });
    assert_eq!(shop.send(&changed).await.result(), ("REPEAT_REQ_INCONSISTENT", "F"));
    let inquired = shop.inquire_refund(&first.text("/refundId")).await;
    assert!(inquired.body.get("refundRequestId").is_none());
    // A merchant's own id that looks like the nonce is another id.
    let named = shop.refund(&id, &draft.nonce, 30).await;
    assert_eq!(named.result(), ("SUCCESS", "S"), "{}", named.body);
    assert_ne!(named.text("/refundId"), first.text("/refundId"));
}

/// Proves: ALPHAPAY-FACTS §8 (the rules of a refund).
async fn a_refund_is_checked_against_what_was_paid(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    assert_eq!(shop.refund(&id, "refund-1", 60).await.result(), ("SUCCESS", "S"));
    assert_eq!(shop.refund(&id, "refund-2", 41).await.result(), ("REFUND_AMOUNT_EXCEED", "F"));
    let again = shop.refund(&id, "refund-1", 60).await;
    assert_eq!(again.result(), ("SUCCESS", "S"));
    assert_eq!(shop.refund(&id, "refund-1", 61).await.result(), ("REPEAT_REQ_INCONSISTENT", "F"));
    let in_currency = |currency: &str| {
        let mut fields = AlphaShop::refund_fields(&id, 10);
        fields["refundRequestId"] = format!("refund-{currency}").into();
        fields["refund"]["refundAmount"]["currency"] = currency.into();
        fields
    };
    assert_eq!(shop.call(Operation::Refund, &in_currency("CAD")).await.result(), ("SUCCESS", "S"));
    assert_eq!(
        shop.call(Operation::Refund, &in_currency("CNY")).await.status,
        "F",
        "the currency of the order"
    );
    assert_eq!(shop.refund(&id, "refund-3", 30).await.result(), ("SUCCESS", "S"));
    assert_eq!(shop.refund(&id, "refund-4", 1).await.result(), ("REFUND_AMOUNT_EXCEED", "F"));
    let waiting = shop.pay("order-2", 100).await.text("/paymentId");
    assert_eq!(shop.refund(&waiting, "refund-5", 1).await.result(), ("ORDER_NOT_PAID", "F"));
    shop.cancel(&waiting).await;
    assert_eq!(shop.refund(&waiting, "refund-6", 1).await.result(), ("ORDER_IS_CLOSED", "F"));
    assert_eq!(shop.refund(&"1".repeat(32), "refund-7", 1).await.result(), ("ORDER_NOT_EXIST", "F"));
}

/// Proves: ALPHAPAY-FACTS §9 (both ids must name one refund; the merchant's alone is refused).
async fn a_refund_is_inquired_by_the_gateways_id(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    let refund_id = shop.refund(&id, "refund-1", 10).await.text("/refundId");
    shop.refund(&id, "refund-2", 10).await;
    let operation = Operation::InquiryRefund;
    let both = |request_id: &str| json!({"refundId": refund_id, "refundRequestId": request_id});
    assert_eq!(shop.call(operation, &both("refund-1")).await.result(), ("SUCCESS", "S"));
    assert_eq!(shop.call(operation, &both("refund-2")).await.result(), ("REFUND_NOT_EXIST", "F"));
    assert_eq!(
        shop.call(operation, &json!({"refundRequestId": "refund-1"})).await.result(),
        ("PARAM_ILLEGAL", "F")
    );
    assert_eq!(shop.inquire_refund(&"1".repeat(32)).await.result(), ("REFUND_NOT_EXIST", "F"));
}

/// Proves: SEED-004 (`order.orderAmount.value`: the order is created, and paying it fails with an amount error unless it
/// is worth more than 0.01 CAD).
async fn an_order_in_yuan_must_be_worth_more_than_a_cent(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let currency = |code| Currency::parse(code).expect("an ISO 4217 currency");
    let rate = gateway.engine.set_rate(&gateway.narrator(), currency("CNY"), currency("CAD"), "0.2").await;
    rate.expect("a rate can be set");
    for (name, minor, status) in [("below", 4, "FAILED"), ("exactly", 5, "FAILED"), ("above", 6, "SUCCESS")] {
        let mut fields = alpha_pay_fields(name, minor);
        fields["order"]["orderAmount"]["currency"] = "CNY".into();
        let asked = shop.call(Operation::Pay, &fields).await;
        assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"), "{name}: the order is created");
        let id = asked.text("/paymentId");
        gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
        assert_eq!(shop.status_of(&id).await, status, "{name}");
        if status == "FAILED" {
            let again = shop.call(Operation::Pay, &fields).await;
            assert_eq!(again.result(), ("AMOUNT_ERROR", "F"), "{name}");
            assert!(again.message.contains("amount error"), "{name}: {}", again.message);
        }
        let mut offline = fields.clone();
        offline["scenarioCode"] = "OFFLINE".into();
        offline["paymentRequestId"] = format!("offline {name}").into();
        offline["paymentMethod"] = json!({"paymentCode": "133415595913801642"});
        let paid = shop.call(Operation::Pay, &offline).await;
        let code = if status == "FAILED" { ("AMOUNT_ERROR", "F") } else { ("SUCCESS", "S") };
        assert_eq!(paid.result(), code, "{name}: within the call");
        assert_eq!(shop.status_of(&paid.text("/paymentId")).await, status, "{name}");
    }
    let cent = shop.pay_and_succeed(gateway, "a cent", 1).await;
    assert_eq!(shop.status_of(&cent).await, "SUCCESS", "an amount in CAD has no floor");
}

/// Proves: SEED-004 (`CAD`/`USD`, `CNY`).
async fn a_platform_in_dollars_takes_dollars_and_yuan(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let pay_in = |currency: &str, request_id: &str| {
        let mut fields = alpha_pay_fields(request_id, 100);
        fields["order"]["orderAmount"]["currency"] = currency.into();
        fields
    };
    for (currency, code) in [
        ("CAD", "PAYMENT_IN_PROCESS"),
        ("CNY", "PAYMENT_IN_PROCESS"),
        ("USD", "CURRENCY_NOT_SUPPORT"),
        ("HKD", "CURRENCY_NOT_SUPPORT"),
    ] {
        let answer = shop.call(Operation::Pay, &pay_in(currency, &format!("cad {currency}"))).await;
        assert_eq!(answer.code, code, "{currency} on the platform in CAD");
    }
    let to_usd = |client: &mut farthing_core::rows::Client| {
        client.settings.0.local_currency = Currency::parse("USD").expect("an ISO 4217 currency");
    };
    gateway.change_client(&shop, to_usd).await;
    for (currency, code) in
        [("USD", "PAYMENT_IN_PROCESS"), ("CNY", "PAYMENT_IN_PROCESS"), ("CAD", "CURRENCY_NOT_SUPPORT")]
    {
        let answer = shop.call(Operation::Pay, &pay_in(currency, &format!("usd {currency}"))).await;
        assert_eq!(answer.code, code, "{currency} on the platform in USD");
    }
}

/// Proves: SEED-004 (its list of statuses against its sample), ALPHAPAY-FACTS §12.1: by the client's setting only.
async fn a_waiting_order_may_be_told_as_offline_qrcode(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let id = shop.pay("order-1", 100).await.text("/paymentId");
    assert_eq!(shop.status_of(&id).await, "PAYMENT_IN_PROCESS");
    gateway.change_client(&shop, |client| client.settings.0.waiting_as_offline_qrcode = true).await;
    assert_eq!(shop.status_of(&id).await, "OFFLINE_QRCODE");
    gateway.clock.advance_ms(5 * MINUTE_MS);
    assert_eq!(shop.status_of(&id).await, "CLOSED", "only waiting is told so");
}

/// Proves: SEED-004 (`order.description`, at most 128 characters), ALPHAPAY-FACTS §5.1 (cut, not refused).
async fn a_long_description_is_cut(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let mut fields = alpha_pay_fields("order-1", 100);
    fields["order"]["description"] = "\u{58f6}".repeat(200).into();
    let asked = shop.call(Operation::Pay, &fields).await;
    let cut = "\u{58f6}".repeat(128);
    assert_eq!(asked.text("/order/description"), cut);
    assert_eq!(shop.inquire(&asked.text("/paymentId")).await.text("/order/description"), cut);
}

/// The bodies are compared byte by byte.
async fn another_merchants_order_looks_exactly_like_none(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    gateway.add_merchant("M-CURIOUS", |_merchant| {}).await;
    let curious = gateway.add_alpha_client("M-CURIOUS", "CURIOS", TestKey::Merchant2).await;
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    let refund_id = shop.refund(&id, "refund-1", 1).await.text("/refundId");
    let none = "1".repeat(id.len());
    let before = gateway.contents().await;
    for (operation, theirs, nothing, code) in [
        (Operation::InquiryPayment, json!({"paymentId": id}), json!({"paymentId": none}), "ORDER_NOT_EXIST"),
        (Operation::Cancel, json!({"paymentId": id}), json!({"paymentId": none}), "ORDER_NOT_EXIST"),
        (
            Operation::Refund,
            AlphaShop::refund_fields(&id, 1),
            AlphaShop::refund_fields(&none, 1),
            "ORDER_NOT_EXIST",
        ),
        (
            Operation::InquiryRefund,
            json!({"refundId": refund_id}),
            json!({"refundId": none}),
            "REFUND_NOT_EXIST",
        ),
    ] {
        let (theirs, nothing) =
            (curious.call(operation, &theirs).await, curious.call(operation, &nothing).await);
        assert_eq!(theirs.raw.body, nothing.raw.body, "{}", operation.name());
        assert_eq!(
            (theirs.result(), theirs.body.as_object().map(serde_json::Map::len)),
            ((code, "F"), Some(1))
        );
    }
    assert_eq!(gateway.contents().await, before);
    assert_eq!(curious.transactions("20191126", "All", 1).await.body["pagination"]["total"], 0);
}
