//! What merchants are told unasked: when, where, signed how, and how often.

use farthing_core::rows::DeliveryState;
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_dialect_antom::signed::format_message_time;
use farthing_stories::{
    Answer, Payer, Shop, TestGateway, TestReceiver, Transcript, on_every_store, pay_fields,
};
use insta::assert_json_snapshot;

on_every_store! {
    a_notification_refused_twice_is_acknowledged_the_third_time
    the_schedule_ends_after_eight_tries
    only_the_acknowledgement_counts
    a_receiver_that_hangs_is_given_up_on_and_tried_again
    a_receiver_that_is_not_there_is_tried_again
    the_address_in_the_request_beats_the_clients
    without_an_address_nothing_is_sent
    an_authorization_is_notified_step_by_step
    a_redirect_is_not_followed
    one_slow_receiver_does_not_hold_up_another
    what_was_given_up_can_be_sent_again
}

/// After each of the eight tries, how long until the next.
const GAPS_MS: [i64; 7] =
    [2 * MINUTE_MS, 10 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS, 15 * HOUR_MS];

async fn pay_and_notify(shop: &Shop, payer: &Payer, request_id: &str, url: &str) -> String {
    let mut fields = pay_fields(request_id, &payer.access_token, 10_000);
    fields["paymentNotifyUrl"] = url.into();
    let paid = shop.call(Operation::Pay, &fields).await;
    assert_eq!(paid.reply.result_code, "SUCCESS");
    farthing_stories::text(&paid, "paymentId")
}

/// Tries at 0, 2 and 12 minutes; each is the same body, freshly timed and signed; after the acknowledgement nothing
/// comes any more.
///
/// Proves: ANTOM-FACTS §1.8 (schedule, signature with the query, acknowledgement).
async fn a_notification_refused_twice_is_acknowledged_the_third_time(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([Answer::Status(500), Answer::Body("{}".to_owned())]).await;
    let mut sent_at = vec![gateway.now()];
    pay_and_notify(&shop, &payer, "order-1", &receiver.url("/notify?shop=5&x=%2F")).await;
    receiver.wait_for(1).await;
    gateway.advance_ms(2 * MINUTE_MS - SECOND_MS).await;
    assert_eq!(receiver.received().len(), 1, "not a second too early");
    gateway.advance_ms(SECOND_MS).await;
    sent_at.push(gateway.now());
    receiver.wait_for(2).await;
    gateway.advance_ms(10 * MINUTE_MS - SECOND_MS).await;
    assert_eq!(receiver.received().len(), 2, "not a second too early");
    gateway.advance_ms(SECOND_MS).await;
    sent_at.push(gateway.now());
    let received = receiver.wait_for(3).await;
    gateway.advance_ms(2 * DAY_MS).await;
    assert_eq!(receiver.received().len(), 3, "what was heard is not told again");
    assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 1);

    let mut story = Transcript::default();
    for (notification, at) in received.iter().zip(sent_at) {
        assert_eq!(notification.verified_version(gateway, shop.client_id.as_str()), "1");
        assert_eq!(notification.header("request-time"), Some(format_message_time(at).as_str()));
        assert_eq!(notification.header("content-type"), Some("application/json; charset=UTF-8"));
        assert_eq!(notification.body, received[0].body);
    }
    story.notified(&received[0]);
    assert_json_snapshot!("a_payment_is_notified", story.shown());
}

async fn the_schedule_ends_after_eight_tries(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start(vec![Answer::Status(503); 8]).await;
    pay_and_notify(&shop, &payer, "order-1", &receiver.url("/")).await;
    receiver.wait_for(1).await;
    for (tries, gap_ms) in GAPS_MS.into_iter().enumerate() {
        gateway.advance_ms(gap_ms - 1).await;
        assert_eq!(receiver.received().len(), tries + 1, "try {} is not due yet", tries + 2);
        gateway.advance_ms(1).await;
        receiver.wait_for(tries + 2).await;
    }
    gateway.advance_ms(30 * DAY_MS).await;
    assert_eq!(receiver.received().len(), 8);
    assert_eq!(gateway.deliveries_in(DeliveryState::GivenUp).await, 1);
}

/// Anything but HTTP 200 with SUCCESS and S in the body is no acknowledgement.
async fn only_the_acknowledgement_counts(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let refusals = [
        Answer::Body(String::new()),
        Answer::Body("success".to_owned()),
        Answer::Body(
            r#"{"result":{"resultCode":"PROCESS_FAIL","resultStatus":"F","resultMessage":"no"}}"#.to_owned(),
        ),
        Answer::Status(201),
        Answer::Status(404),
        Answer::Body(format!(r#"{{"result":{{"resultCode":"SUCCESS"}},"x":"{}"}}"#, "y".repeat(100_000))),
        Answer::Close,
    ];
    let count = refusals.len();
    let receiver = TestReceiver::start(refusals).await;
    pay_and_notify(&shop, &payer, "order-1", &receiver.url("/n")).await;
    receiver.wait_for(1).await;
    for (tries, gap_ms) in GAPS_MS.into_iter().enumerate() {
        gateway.advance_ms(gap_ms).await;
        receiver.wait_for(tries + 2).await;
    }
    assert_eq!(count + 1, 8);
    assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 1, "the last one was heard");
}

/// A try is given up after 15 seconds of real time; the next one comes by the schedule.
async fn a_receiver_that_hangs_is_given_up_on_and_tried_again(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([Answer::Hang]).await;
    pay_and_notify(&shop, &payer, "order-1", &receiver.url("/n")).await;
    gateway.deliveries_tried().await;
    assert_eq!(gateway.deliveries_in(DeliveryState::Pending).await, 1);
    gateway.advance_ms(2 * MINUTE_MS).await;
    receiver.wait_for(2).await;
    assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 1);
}

async fn a_receiver_that_is_not_there_is_tried_again(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let gone = TestReceiver::start([]).await;
    let url = gone.url("/n");
    drop(gone);
    pay_and_notify(&shop, &payer, "order-1", &url).await;
    gateway.deliveries_tried().await;
    let waiting = gateway.deliveries().await;
    assert_eq!((waiting[0].state, waiting[0].attempt_count), (DeliveryState::Pending, 1));
    assert_eq!(waiting[0].next_attempt_at, gateway.now().plus_ms(2 * MINUTE_MS));
}

/// Proves: SEED-002 (paymentNotifyUrl), ANTOM-FACTS §1.8 (precedence; refunds have an address of their own).
async fn the_address_in_the_request_beats_the_clients(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    let url = receiver.url("/of-the-client");
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(url)).await;
    let payment_id = pay_and_notify(&shop, &payer, "order-1", &receiver.url("/of-the-request")).await;
    let mut told = receiver.wait_for(1).await;
    let mut fields = Shop::refund_fields("refund-1", &payment_id, 3_000);
    fields["metadata"] = r#"{"clerk":"5"}"#.into();
    shop.call(Operation::Refund, &fields).await;
    told.extend(receiver.wait_for(2).await.split_off(1));
    let mut fields = Shop::refund_fields("refund-2", &payment_id, 7_000);
    fields["refundNotifyUrl"] = receiver.url("/of-the-refund").into();
    shop.call(Operation::Refund, &fields).await;
    told.extend(receiver.wait_for(3).await.split_off(2));
    let poor = gateway.add_payer(&shop, "poor", 1).await;
    assert_eq!(shop.pay("order-2", &poor, 2).await.reply.result_code, "USER_BALANCE_NOT_ENOUGH");
    told.extend(receiver.wait_for(4).await.split_off(3));

    let mut story = Transcript::default();
    for notification in &told {
        assert_eq!(notification.verified_version(gateway, shop.client_id.as_str()), "1");
        story.notified(notification);
    }
    assert_json_snapshot!("addresses_of_notifications", story.shown());
}

async fn without_an_address_nothing_is_sent(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    shop.refund("refund-1", &payment_id, 100).await;
    let agreed = shop.consult_and_agree(gateway, &payer, "state-1").await;
    shop.apply_code(agreed.auth_code.reveal()).await;
    shop.pay_at_cashier("order-2", 100).await;
    gateway.advance_ms(DAY_MS).await;
    assert!(gateway.deliveries().await.is_empty());
}

/// Proves: ANTOM-FACTS §2.12 (AUTHCODE_CREATED, TOKEN_CREATED, TOKEN_CANCELED), §2.7 (authNotifyUrl).
async fn an_authorization_is_notified_step_by_step(gateway: &TestGateway) {
    let (shop, user) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([]).await;
    let mut fields = Shop::consult_fields("state-1");
    fields["authNotifyUrl"] = receiver.url("/auth").into();
    fields["authClientId"] = "SECONDARY-1".into();
    let consulted = shop.call(Operation::Consult, &fields).await;
    let id = farthing_core::ids::AuthorizationId::new(farthing_stories::authorization_id(&consulted));
    let agreed = gateway.engine.approve_authorization(&shop.merchant_id, &id, &user.wallet_id, &user.user_id);
    let code = agreed.await.expect("the user may agree").auth_code;
    assert_eq!(receiver.wait_for(1).await[0].json()["authCode"], code.reveal());
    let granted = shop.apply_code(code.reveal()).await;
    let access_token = farthing_stories::text(&granted, "accessToken");
    assert_eq!(receiver.wait_for(2).await[1].json()["accessToken"], access_token.as_str());
    shop.revoke(&access_token).await;
    let told = receiver.wait_for(3).await;
    assert_eq!(told[2].json()["accessToken"], access_token.as_str());
    let mut story = Transcript::default();
    for notification in &told {
        assert_eq!(notification.verified_version(gateway, shop.client_id.as_str()), "1");
        story.notified(notification);
    }
    assert_json_snapshot!("an_authorization_is_notified", story.shown());
}

/// A redirect would lead past the check of where notifications may go.
async fn a_redirect_is_not_followed(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start([Answer::Status(307)]).await;
    pay_and_notify(&shop, &payer, "order-1", &receiver.url("/n")).await;
    receiver.wait_for(1).await;
    gateway.deliveries_tried().await;
    assert_eq!(gateway.deliveries_in(DeliveryState::Pending).await, 1);
}

async fn one_slow_receiver_does_not_hold_up_another(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let slow = TestReceiver::start(vec![Answer::Hang; 12]).await;
    let quick = TestReceiver::start([]).await;
    for number in 0..12 {
        pay_and_notify(&shop, &payer, &format!("slow-{number}"), &slow.url("/n")).await;
    }
    for number in 0..12 {
        pay_and_notify(&shop, &payer, &format!("quick-{number}"), &quick.url("/n")).await;
    }
    quick.wait_for(12).await;
    assert!(slow.received().len() <= 4, "few at a time go to one host");
}

async fn what_was_given_up_can_be_sent_again(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let receiver = TestReceiver::start(vec![Answer::Close; 8]).await;
    pay_and_notify(&shop, &payer, "order-1", &receiver.url("/n")).await;
    receiver.wait_for(1).await;
    for (tries, gap_ms) in GAPS_MS.into_iter().enumerate() {
        gateway.advance_ms(gap_ms).await;
        receiver.wait_for(tries + 2).await;
    }
    gateway.deliveries_tried().await;
    let given_up = gateway.deliveries().await.remove(0);
    assert_eq!(given_up.state, DeliveryState::GivenUp);
    let path = format!("/deliveries/{}/resend", given_up.delivery_id);
    gateway.admin_client().post(&path, serde_json::json!({})).await.expect("it can be sent again");
    receiver.wait_for(9).await;
    gateway.deliveries_tried().await;
    assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 1);
}
