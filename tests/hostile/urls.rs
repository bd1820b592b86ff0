//! Addresses for notifications that lead inward, wherever they are given; and servers that take all the time they can get.

use farthing_core::rows::DeliveryState;
use farthing_dialect_antom::endpoint::Operation;
use farthing_server::delivery::TargetPolicy;
use farthing_stories::{
    Answer, Setup, Shop, StoreKind, TestGateway, TestReceiver, on_every_store, pay_fields,
};
use serde_json::{Value, json};

on_every_store! { a_server_that_takes_all_the_time_holds_up_nobody_elses_notifications }

async fn start(targets: TargetPolicy) -> TestGateway {
    TestGateway::start_as(StoreKind::Memory, Setup { targets, ..Setup::default() }).await
}

async fn pay(gateway: &TestGateway, shop: &Shop, request_id: &str, url: Option<&str>) {
    let mut fields = pay_fields(request_id, &gateway.rich_payer().access_token, 100);
    if let Some(url) = url {
        fields["paymentNotifyUrl"] = url.into();
    }
    assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "SUCCESS");
}

/// What became of the last try of each delivery.
async fn outcomes(gateway: &TestGateway) -> Vec<String> {
    let mut outcomes = Vec::new();
    for delivery in gateway.deliveries().await {
        let path = format!("/deliveries/{}", delivery.delivery_id);
        let story = gateway.admin_client().read(&path).await.expect("a delivery can be looked at");
        let tries = story["attempts"].as_array().cloned().unwrap_or_default();
        outcomes.push(tries.last().and_then(|one| one["outcome"].as_str()).unwrap_or_default().to_owned());
    }
    outcomes
}

/// With the policy of a gateway that serves: in the request, in the client's settings, and when a person sends it again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inward_address_is_refused_wherever_it_was_given() {
    let gateway = start(TargetPolicy::public_only()).await;
    let receiver = TestReceiver::start([]).await;
    let port = receiver.url("").rsplit(':').next().expect("a port").to_owned();
    let shop = gateway.shop();
    let hosts = [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "2130706433",
        "0x7f.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ];
    for (number, host) in hosts.iter().enumerate() {
        let url = format!("http://{host}:{port}/n");
        let mut fields = pay_fields(&format!("order-{number}"), &gateway.rich_payer().access_token, 100);
        fields["paymentNotifyUrl"] = url.into();
        let told = shop.call(Operation::Pay, &fields).await.reply.result_code;
        assert_eq!(told, "SUCCESS", "the payment itself is none the worse: {host}");
    }
    let inward = receiver.url("/settings");
    gateway.change_client(&shop, |client| client.settings.0.notify_url = Some(inward)).await;
    pay(&gateway, &shop, "by-settings", None).await;
    gateway.deliveries_tried().await;
    let told = outcomes(&gateway).await;
    assert_eq!(told.len(), hosts.len() + 1);
    assert!(told.iter().all(|outcome| outcome.contains("is not a public address")), "{told:#?}");
    for delivery in gateway.deliveries().await {
        let path = format!("/deliveries/{}/resend", delivery.delivery_id);
        gateway.admin_client().post(&path, json!({})).await.expect("it can be sent again");
    }
    gateway.deliveries_tried().await;
    let deliveries = gateway.deliveries().await;
    assert!(deliveries.iter().all(|one| one.attempt_count == 2 && one.state == DeliveryState::Pending));
    assert_eq!(receiver.received(), Vec::new(), "nothing arrived");
    gateway.stop().await;
}

/// An operator may allow addresses and names of the inside.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_an_operator_allows_is_reached() {
    for (allowed, host) in [("127.0.0.0/8", "127.0.0.1"), ("localhost", "localhost")] {
        let gateway = start(TargetPolicy::PublicAnd(vec![allowed.parse().expect("an allowed target")])).await;
        let receiver = TestReceiver::start([]).await;
        let url = receiver.url("/n").replace("127.0.0.1", host);
        pay(&gateway, &gateway.shop(), "order-1", Some(&url)).await;
        receiver.wait_for(1).await;
        gateway.deliveries_tried().await;
        assert_eq!(gateway.deliveries_in(DeliveryState::Delivered).await, 1);
        gateway.stop().await;
    }
}

/// 520 notifications are due to a server that never answers, more than are looked at in one piece, and all at the same
/// moment. Another merchant's arrives.
async fn a_server_that_takes_all_the_time_holds_up_nobody_elses_notifications(gateway: &TestGateway) {
    let hanging = TestReceiver::start(vec![Answer::Hang; 2_000]).await;
    let listening = TestReceiver::start([]).await;
    let slow = gateway.shop();
    for number in 0..520 {
        pay(gateway, &slow, &format!("slow-{number}"), Some(&hanging.url("/n"))).await;
    }
    let other = gateway.add_shop("other").await;
    let payer = gateway.add_payer(&other, "ann", 1_000).await;
    let mut fields: Value = pay_fields("order-1", &payer.access_token, 100);
    fields["paymentNotifyUrl"] = listening.url("/n").into();
    assert_eq!(other.call(Operation::Pay, &fields).await.reply.result_code, "SUCCESS");
    listening.wait_for(1).await;
    drop(hanging);
}
