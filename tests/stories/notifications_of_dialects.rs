//! What merchants are told unasked in AlipayHK and AlphaPay: when, signed how, how often, and what counts as heard.

use farthing_core::rows::DeliveryState;
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
use farthing_dialect_alphapay::endpoint::Operation;
use farthing_stories::{
    AlphaShop, Answer, HkShop, Payer, TestGateway, TestKey, TestReceiver, alpha_pay_fields, hk_pay_body,
    on_every_store,
};
use serde_json::json;

on_every_store! {
    alipayhk_tells_eight_times_each_a_message_of_its_own
    alipayhk_hears_an_envelope_that_says_success_and_nothing_else
    alipayhk_tells_of_payments_and_unbindings_alone
    alphapay_tells_three_times_then_every_half_hour_for_a_day
    alphapay_tells_what_was_when_it_was_paid
    alphapay_tells_of_a_refund_once
    alphapay_tells_of_success_alone
    alphapay_hears_what_a_client_is_set_to_say
    the_client_that_asked_is_told_in_its_own_dialect
}

async fn hk_pay_and_notify(shop: &HkShop, payer: &Payer, trans_id: &str, url: &str) {
    let mut body = hk_pay_body(&shop.merchant_id, trans_id, 100);
    body["notify_url"] = url.into();
    let paid = shop.call_with(HkOperation::AgreementPay, Some(&payer.access_token), &body).await;
    assert_eq!(paid.code, "SUCCESS", "{}", paid.body);
}

async fn alpha_pay_and_notify(
    gateway: &TestGateway,
    shop: &AlphaShop,
    request_id: &str,
    url: &str,
) -> String {
    let mut fields = alpha_pay_fields(request_id, 100);
    fields["order"]["notifyUrl"] = url.into();
    let asked = shop.call(Operation::Pay, &fields).await;
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
    asked.text("/paymentId")
}

/// Proves: ALIPAYHK-FACTS §6.2: the gaps, the end, and that each try has an id and a time of its own.
async fn alipayhk_tells_eight_times_each_a_message_of_its_own(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let receiver = TestReceiver::start(vec![Answer::Status(500); 8]).await;
    hk_pay_and_notify(&shop, &payer, "order-1", &receiver.url("/hk")).await;
    receiver.wait_for(1).await;
    let gaps_ms =
        [2 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS];
    for (tries, gap_ms) in gaps_ms.into_iter().enumerate() {
        gateway.advance_ms(gap_ms - 1).await;
        assert_eq!(receiver.received().len(), tries + 1, "try {} is not due yet", tries + 2);
        gateway.advance_ms(1).await;
        receiver.wait_for(tries + 2).await;
    }
    gateway.advance_ms(30 * DAY_MS).await;
    assert_eq!(gateway.deliveries_in(DeliveryState::GivenUp).await, 1);
    let messages: Vec<_> =
        receiver.received().iter().map(|one| one.verified_hk(gateway, &shop, "1")).collect();
    assert_eq!(messages.len(), 8);
    for (number, message) in messages.iter().enumerate() {
        assert_eq!(message["body"], messages[0]["body"], "the same is told");
        for other in &messages[..number] {
            assert_ne!(message["head"]["reqMsgId"], other["head"]["reqMsgId"]);
            assert_ne!(message["head"]["reqTime"], other["head"]["reqTime"]);
        }
    }
}

/// Proves: ALIPAYHK-FACTS §6.2 (anything whose `resultCode` is not SUCCESS counts as undelivered).
async fn alipayhk_hears_an_envelope_that_says_success_and_nothing_else(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let envelope =
        |result: &str| format!("{{\"response\":{{\"head\":{{}},\"body\":{{\"resultInfo\":{result}}}}}}}");
    let refusals = [
        Answer::Body("success".to_owned()),
        Answer::Body(r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S"}}"#.to_owned()),
        Answer::Body(envelope(r#"{"resultCode":"PROCESS_FAIL","resultStatus":"F"}"#)),
        Answer::Body(envelope(r#"{"resultStatus":"S"}"#)),
        Answer::Status(201),
        Answer::Body(String::new()),
    ];
    let receiver = TestReceiver::start(refusals.clone()).await;
    hk_pay_and_notify(&shop, &payer, "order-1", &receiver.url("/hk")).await;
    receiver.wait_for(1).await;
    for tries in 1..=refusals.len() {
        gateway.deliveries_tried().await;
        assert_eq!(gateway.deliveries_in(DeliveryState::Pending).await, 1, "try {tries}");
        gateway.advance_ms(6 * HOUR_MS).await;
        receiver.wait_for(tries + 1).await;
    }
    gateway.deliveries_tried().await;
    assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 1, "an unsigned SUCCESS is heard");
    receiver.then([Answer::AcknowledgeSigned(TestKey::Merchant1)]);
    hk_pay_and_notify(&shop, &payer, "order-2", &receiver.url("/hk")).await;
    receiver.wait_for(refusals.len() + 2).await;
    gateway.deliveries_tried().await;
    assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 2, "a signed one is");
}

/// Proves: ALIPAYHK-FACTS §5.9 (refunds are told in the answer), §6.1 (success or failure), §6.3.
async fn alipayhk_tells_of_payments_and_unbindings_alone(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(receiver.url("/hk"))).await;
    let poor = gateway.add_payer(&shop, "poor", 1).await;
    let id = shop.pay_and_succeed("order-1", &payer, 100).await;
    receiver.wait_for(1).await;
    shop.refund(&id, "refund-1", 100).await;
    shop.pay("order-2", &poor, 100).await;
    let told = receiver.wait_for(2).await;
    let failed = told[1].verified_hk(gateway, &shop, "1");
    assert_eq!(failed["body"]["resultInfo"]["resultCode"], "USER_BALANCE_NOT_ENOUGH");
    assert_eq!(failed["body"]["merchantTransId"], "order-2");
    assert!(failed["body"].get("acquirementId").is_none(), "only a payment that succeeded has these");
    let agreed = shop.prepare_and_agree(gateway, &payer, "agreement-1").await;
    shop.apply_code(agreed.auth_code.reveal()).await;
    shop.unbind("agreement-1").await;
    let told = receiver.wait_for(3).await;
    assert_eq!(
        told[2].verified_hk(gateway, &shop, "1")["head"]["function"],
        "alipay.intl.oauth.auth.notify.cancel"
    );
    gateway.advance_ms(DAY_MS).await;
    assert_eq!(receiver.received().len(), 3);
}

/// Proves: ALPHAPAY-FACTS §14.1: at once, after 5 and 15 seconds, then every half hour until 24 hours after the first.
async fn alphapay_tells_three_times_then_every_half_hour_for_a_day(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let receiver = TestReceiver::start(vec![Answer::Status(503); 51]).await;
    alpha_pay_and_notify(gateway, &shop, "order-1", &receiver.url("/n?shop=5")).await;
    let first_at = gateway.now();
    receiver.wait_for(1).await;
    for (tries, gap_ms) in [5 * SECOND_MS, 15 * SECOND_MS].into_iter().enumerate() {
        gateway.advance_ms(gap_ms - 1).await;
        assert_eq!(receiver.received().len(), tries + 1, "try {} is not due yet", tries + 2);
        gateway.advance_ms(1).await;
        receiver.wait_for(tries + 2).await;
    }
    gateway.advance_ms(30 * MINUTE_MS - 20 * SECOND_MS - 1).await;
    assert_eq!(receiver.received().len(), 3, "the half hours count from the first try");
    gateway.advance_ms(1).await;
    receiver.wait_for(4).await;
    for tries in 5..=51 {
        gateway.advance_ms(30 * MINUTE_MS).await;
        receiver.wait_for(tries).await;
    }
    assert_eq!(gateway.now().since_ms(first_at), DAY_MS, "the last is made a day after the first");
    gateway.advance_ms(DAY_MS).await;
    assert_eq!(gateway.deliveries_in(DeliveryState::GivenUp).await, 1);
    let received = receiver.received();
    assert_eq!(received.len(), 51);
    let mut nonces: Vec<_> = received.iter().map(|one| one.header("nonce").expect("each has one")).collect();
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), 51, "each try has a nonce of its own");
    for one in &received {
        assert_eq!(one.verified_alphapay(gateway, &shop), "1");
        assert_eq!((one.body.as_slice(), one.target.as_str()), (received[0].body.as_slice(), "/n?shop=5"));
    }
}

/// Proves: ALPHAPAY-FACTS §14.1 (the body frozen at success).
async fn alphapay_tells_what_was_when_it_was_paid(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let receiver = TestReceiver::start([Answer::Close]).await;
    let id = alpha_pay_and_notify(gateway, &shop, "order-1", &receiver.url("/n")).await;
    receiver.wait_for(1).await;
    gateway.deliveries_tried().await;
    shop.refund(&id, "refund-1", 100).await;
    gateway.advance_ms(5 * SECOND_MS).await;
    let told = receiver.wait_for(2).await;
    assert_eq!(told[0].body, told[1].body);
    assert_eq!(told[1].json()["paymentStatus"], "SUCCESS");
    assert!(told[1].json().get("result").is_none());
    assert_eq!(shop.status_of(&id).await, "FULL_REFUND");
}

/// Proves: ALPHAPAY-FACTS §14.1 (refund: one attempt).
async fn alphapay_tells_of_a_refund_once(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let receiver = TestReceiver::start([Answer::Status(500)]).await;
    let id = shop.pay_and_succeed(gateway, "order-1", 100).await;
    let mut fields = AlphaShop::refund_fields(&id, 100);
    fields["refund"]["notifyUrl"] = receiver.url("/refunded").into();
    let refunded = shop.call(Operation::Refund, &fields).await;
    let told = receiver.wait_for(1).await.remove(0);
    assert_eq!(told.verified_alphapay(gateway, &shop), "1");
    assert_eq!(told.json()["refundStatus"], "SUCCESS");
    assert_eq!(told.json()["refundId"], refunded.text("/refundId").as_str());
    gateway.advance_ms(2 * DAY_MS).await;
    assert_eq!(receiver.received().len(), 1);
    assert_eq!(gateway.deliveries_in(DeliveryState::GivenUp).await, 1);
}

/// Proves: ALPHAPAY-FACTS §14.1 (never on failure, close or cancel; no address, no push).
async fn alphapay_tells_of_success_alone(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let receiver = TestReceiver::start([]).await;
    let mut fields = alpha_pay_fields("declined", 100);
    fields["order"]["notifyUrl"] = receiver.url("/n").into();
    let asked = shop.call(Operation::Pay, &fields).await;
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=decline").await;
    fields["paymentRequestId"] = "cancelled".into();
    let asked = shop.call(Operation::Pay, &fields).await;
    shop.cancel(&asked.text("/paymentId")).await;
    fields["paymentRequestId"] = "expired".into();
    shop.call(Operation::Pay, &fields).await;
    gateway.advance_ms(HOUR_MS).await;
    shop.pay_and_succeed(gateway, "no address", 100).await;
    gateway.advance_ms(DAY_MS).await;
    assert!(receiver.received().is_empty(), "{:?}", receiver.received());
}

/// Proves: ALPHAPAY-FACTS §14.2: lenient by default, the documented word only where the client is set so; a word of
/// failure is never heard.
async fn alphapay_hears_what_a_client_is_set_to_say(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let documented = r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}"#;
    let said = [
        (documented, true, true),
        ("success", true, true),
        (r#"{"return_code":"SUCCESS"}"#, true, true),
        ("", true, false),
        ("thanks", true, false),
        (r#"{"result":{"resultCode":"SUCCESS","resultStatus":"F"}}"#, false, false),
        (r#"{"return_code":"FAIL"}"#, false, false),
    ];
    for is_strict in [false, true] {
        gateway.change_client(&shop, |client| client.settings.0.strict_acknowledgement = is_strict).await;
        for (number, (body, when_lenient, when_strict)) in said.into_iter().enumerate() {
            let receiver = TestReceiver::start([Answer::Body(body.to_owned())]).await;
            let before = gateway.deliveries_in(DeliveryState::Delivered).await;
            let order = format!("order-{is_strict}-{number}");
            alpha_pay_and_notify(gateway, &shop, &order, &receiver.url("/n")).await;
            receiver.wait_for(1).await;
            gateway.deliveries_tried().await;
            let is_heard = gateway.deliveries_in(DeliveryState::Delivered).await > before;
            assert_eq!(
                is_heard,
                if is_strict { when_strict } else { when_lenient },
                "{body:?}, strict: {is_strict}"
            );
        }
    }
}

/// A payment is told to who asked for it; a refund to who asked for that, whatever dialect the payment was made in.
async fn the_client_that_asked_is_told_in_its_own_dialect(gateway: &TestGateway) {
    let (antom, hk, alpha) = (gateway.shop(), gateway.hk_shop(), gateway.alpha_shop());
    let payer = gateway.rich_payer();
    let receiver = TestReceiver::start([]).await;
    gateway.change_client(&antom, |client| client.settings.0.notify_url = Some(receiver.url("/antom"))).await;
    gateway.change_client(&hk, |client| client.settings.0.notify_url = Some(receiver.url("/hk"))).await;
    gateway.change_client(&alpha, |client| client.settings.0.notify_url = Some(receiver.url("/alpha"))).await;
    let id = hk.pay_and_succeed("order-1", &payer, 100).await;
    let told = receiver.wait_for(1).await;
    assert_eq!(told[0].verified_hk(gateway, &hk, "1")["body"]["acquirementId"], id.as_str());
    let mut refund = farthing_stories::Shop::refund_fields("refund-1", &id, 10);
    refund["metadata"] = json!("{}");
    antom.call(farthing_dialect_antom::endpoint::Operation::Refund, &refund).await;
    let told = receiver.wait_for(2).await;
    assert_eq!(told[1].target, "/antom");
    assert_eq!(told[1].verified_version(gateway, antom.client_id.as_str()), "1");
    alpha.refund(&id, "refund-2", 10).await;
    let told = receiver.wait_for(3).await;
    assert_eq!(
        (told[2].target.as_str(), told[2].verified_alphapay(gateway, &alpha)),
        ("/alpha", "1".to_owned())
    );
    assert_eq!(told[2].json()["refundRequestId"], "refund-2");
}
