//! Payments, their timelines and their notifications.

use farthing_core::ids::RequestId;
use farthing_core::money::Money;
use farthing_core::request::{PaymentName, RefundAmount, RefundRequest};
use farthing_core::rows::Payment;
use farthing_engine::TryOutcome;
use serde_json::json;

use super::{Desk, codes, demo_merchant};

#[tokio::test]
async fn a_timeline_tells_everything_that_happened() {
    let desk = Desk::open().await;
    let payment = desk.pay("order-1", 12_500).await;
    let request = RefundRequest {
        request_id: RequestId::new("refund-1"),
        payment: PaymentName::Id(payment.payment_id.clone()),
        amount: RefundAmount::Of(Money::new(500, payment.currency)),
        capture_id: None,
        is_named_by_nonce: false,
        notify_url: Some("https://shop.example/refunds".to_owned()),
        document: json!({}),
    };
    desk.engine.refund(&desk.caller(), request, codes()).await.unwrap();
    let due = desk.engine.due_deliveries(10).await.unwrap();
    let about_payment = due.iter().find(|one| one.kind == "payment_result").unwrap();
    let begun = desk.engine.begin_delivery(about_payment, "test").await.unwrap().unwrap();
    let outcome =
        TryOutcome { acknowledged: false, http_status: Some(500), outcome: "no".to_owned(), duration_ms: 3 };
    desk.engine.end_delivery(&begun, outcome, Some(1000)).await.unwrap();

    let told = desk.get(&format!("/admin/v1/payments/{}/{}", demo_merchant(), payment.payment_id)).await;
    assert_eq!(
        (&told["payment"]["refunded_minor"], &told["payment"]["refundable_minor"]),
        (&json!(500), &json!(12_000))
    );
    assert_eq!(told["refunds"][0]["amount_minor"], 500);
    let kinds: Vec<_> = told["journal"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds.last().unwrap(), &"refund_succeeded");
    for entry in told["journal"].as_array().unwrap() {
        let lines = entry["postings"].as_array().unwrap();
        assert_eq!(lines.iter().map(|line| line["amount_minor"].as_i64().unwrap()).sum::<i64>(), 0);
    }
    let deliveries = told["deliveries"].as_array().unwrap();
    let kinds: Vec<_> = deliveries.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"payment_result") && kinds.contains(&"refund_result"), "{kinds:?}");
    let tried = deliveries.iter().find(|one| one["kind"] == "payment_result").unwrap();
    assert_eq!((&tried["attempts"][0]["http_status"], &tried["attempt_count"]), (&json!(500), &json!(1)));
}

#[tokio::test]
async fn payments_are_listed_newest_first_in_parts() {
    let desk = Desk::open().await;
    for number in 1..=3 {
        desk.pay(&format!("order-{number}"), 100).await;
        desk.clock.advance_ms(1);
    }
    let part = desk.get("/admin/v1/payments?merchant_id=M-DEMO&limit=2").await;
    let ids: Vec<_> = part["items"].as_array().unwrap().iter().map(|one| &one["request_id"]).collect();
    assert_eq!(ids, ["order-3", "order-2"]);
    let next = part["next"].as_str().unwrap();
    let rest = desk.get(&format!("/admin/v1/payments?merchant_id=M-DEMO&limit=2&after={next}")).await;
    assert_eq!((&rest["items"][0]["request_id"], &rest["next"]), (&json!("order-1"), &json!(null)));
    assert_eq!(desk.refused("GET", "/admin/v1/payments?merchant_id=M-9", json!({})).await.0, 404);
}

#[tokio::test]
async fn a_payment_is_seen_under_its_own_merchant_only() {
    let desk = Desk::open().await;
    let payment = desk.pay("order-1", 100).await;
    desk.post("/admin/v1/merchants", json!({"merchant_id": "M-1", "name": "n"})).await;
    for path in [format!("M-1/{}", payment.payment_id), "M-DEMO/1".to_owned()] {
        let (status, reason, _) = desk.refused("GET", &format!("/admin/v1/payments/{path}"), json!({})).await;
        assert_eq!((status, reason.as_str()), (404, "not_found"), "{path}");
    }
}

#[tokio::test]
async fn a_delivery_that_ended_is_sent_again() {
    let desk = Desk::open().await;
    desk.pay("order-1", 100).await;
    let due = desk.engine.due_deliveries(10).await.unwrap().remove(0);
    let begun = desk.engine.begin_delivery(&due, "test").await.unwrap().unwrap();
    let outcome =
        TryOutcome { acknowledged: true, http_status: Some(200), outcome: "yes".to_owned(), duration_ms: 3 };
    desk.engine.end_delivery(&begun, outcome, None).await.unwrap();
    let path = format!("/admin/v1/deliveries/{}", due.delivery_id);
    let ended = desk.get(&path).await;
    assert_eq!((&ended["state"], &ended["next_attempt_at"]), (&json!("delivered"), &json!(null)));
    assert_eq!(desk.get("/admin/v1/deliveries?state=delivered").await["items"].as_array().unwrap().len(), 1);
    let again = desk.post(&format!("{path}/resend"), json!({})).await;
    assert_eq!((&again["state"], &again["attempt_count"]), (&json!("pending"), &json!(1)));
    assert_eq!(desk.get("/admin/v1/acts?limit=1").await["items"][0]["action"], "delivery.resend");
    assert_eq!(desk.refused("GET", "/admin/v1/deliveries/9", json!({})).await.0, 404);
    assert_eq!(desk.refused("POST", "/admin/v1/deliveries/9/resend", json!({})).await.0, 404);
    assert_eq!(desk.refused("POST", &format!("{path}/resend"), json!({"now": true})).await.0, 422);
}

#[tokio::test]
async fn a_payer_decides_about_a_payment_that_waits() {
    let desk = Desk::open().await;
    let path_of =
        |payment: &Payment| format!("/admin/v1/payments/{}/{}", demo_merchant(), payment.payment_id);
    // The wallet that is named pays.
    let first = path_of(&desk.waiting_payment("order-1").await);
    let paid = desk.post(&format!("{first}/approve"), json!({"wallet_id": "W-DEMO-HKD"})).await;
    assert_eq!((&paid["state"], &paid["wallet_id"]), (&json!("succeeded"), &json!("W-DEMO-HKD")));
    // Nothing is left to decide.
    let (status, reason, _detail) = desk.refused("POST", &format!("{first}/decline"), json!({})).await;
    assert_eq!((status, reason.as_str()), (409, "payment_state_invalid"));
    // Without a wallet the sandbox's user pays.
    let second = path_of(&desk.waiting_payment("order-2").await);
    let paid = desk.post(&format!("{second}/approve"), json!({})).await;
    assert_eq!((&paid["state"], &paid["captured_minor"]), (&json!("succeeded"), &json!(1000)));
    let third = path_of(&desk.waiting_payment("order-3").await);
    let declined = desk.post(&format!("{third}/decline"), json!({})).await;
    assert_eq!((&declined["state"], &declined["captured_minor"]), (&json!("failed"), &json!(0)));
    let fourth = path_of(&desk.waiting_payment("order-4").await);
    let open = desk.post(&format!("{fourth}/approve"), json!({"pending": true})).await;
    assert_eq!((&open["state"], &open["user_done"]), (&json!("processing"), &json!(true)));
    let both = json!({"pending": true, "wallet_id": "W-DEMO-HKD"});
    let (status, reason, _detail) = desk.refused("POST", &format!("{fourth}/approve"), both).await;
    assert_eq!((status, reason.as_str()), (422, "field_illegal"));
    let acts = desk.get("/admin/v1/acts?limit=4").await;
    let actions: Vec<_> = acts["items"].as_array().unwrap().iter().map(|act| &act["action"]).collect();
    assert_eq!(actions, ["payment.approve", "payment.decline", "payment.approve", "payment.approve"]);
}
