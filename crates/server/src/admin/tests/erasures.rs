//! Erasing through the admin API.

use farthing_engine::TryOutcome;
use serde_json::json;

use super::Desk;

#[tokio::test]
async fn a_payment_is_counted_erased_and_its_act_is_kept() {
    let desk = Desk::open().await;
    let payment = desk.pay("order-1", 12_500).await;
    let whose = |dry_run: bool| {
        json!({
            "merchant_id": payment.merchant_id, "payment_id": payment.payment_id, "dry_run": dry_run,
        })
    };
    let told = desk.post("/admin/v1/erasures", whose(false)).await;
    assert_eq!(
        (&told["still_told"], &told["act_id"]),
        (&json!(1), &json!(null)),
        "its merchant does not know yet"
    );
    hear_everything(&desk).await;
    let counted = desk.post("/admin/v1/erasures", whose(true)).await;
    assert_eq!((&counted["erased"]["payments"], &counted["act_id"]), (&json!(1), &json!(null)));
    let erased = desk.post("/admin/v1/erasures", whose(false)).await;
    assert_eq!((&erased["erased"]["payments"], &erased["cursor"]), (&json!(1), &json!(null)));
    let acts = desk.get("/admin/v1/acts?limit=1").await;
    let act = &acts["items"][0];
    assert_eq!((&act["act_id"], &act["action"]), (&erased["act_id"], &json!("people.erase")));
    assert_eq!(act["after"], json!({"rows": 1}));
    let again = desk.post("/admin/v1/erasures", whose(false)).await;
    assert_eq!((&again["erased"]["payments"], &again["act_id"]), (&json!(0), &json!(null)));
}

#[tokio::test]
async fn what_cannot_be_erased_is_refused_by_name() {
    let desk = Desk::open().await;
    let wallets = desk.get("/admin/v1/wallets").await;
    let user_id = wallets["items"][0]["user_id"].clone();
    for (body, status, reason, told) in [
        (json!({}), 422, "field_illegal", "exactly one"),
        (json!({"payment_id": "1"}), 422, "field_illegal", "exactly one"),
        (json!({"user_id": "U", "before": "2026-01-01T00:00:00Z"}), 422, "field_illegal", "exactly one"),
        (json!({"before": "yesterday"}), 422, "field_illegal", "before"),
        (json!({"before": "2026-01-01T00:00:00Z", "cursor": "x"}), 422, "field_illegal", "cursor"),
        (json!({"merchant_id": "M", "payment_id": "1"}), 404, "not_found", "payments"),
        (json!({"user_id": "nobody"}), 404, "not_found", "nobody"),
        (json!({"user_id": user_id}), 409, "wrong_state", "has not left"),
    ] {
        let (was, reason_was, detail) = desk.refused("POST", "/admin/v1/erasures", body.clone()).await;
        assert_eq!((was, reason_was.as_str()), (status, reason), "{body}: {detail}");
        assert!(detail.contains(told), "{body}: {detail}");
    }
}

/// Every notification is acknowledged.
async fn hear_everything(desk: &Desk) {
    for delivery in desk.engine.due_deliveries(100).await.unwrap() {
        let begun = desk.engine.begin_delivery(&delivery, "test").await.unwrap().unwrap();
        let outcome = "acknowledged".to_owned();
        let heard = TryOutcome { acknowledged: true, http_status: Some(200), outcome, duration_ms: 3 };
        desk.engine.end_delivery(&begun, heard, None).await.unwrap();
    }
}
