//! Exchange rates, and the days that merchants are settled for.

use serde_json::json;

use super::{Desk, demo_merchant};

#[tokio::test]
async fn a_rate_is_set_and_set_anew() {
    let desk = Desk::open().await;
    let rate = |price: &str| json!({"from_currency": "HKD", "to_currency": "KRW", "price": price});
    let first = desk.post("/admin/v1/rates", rate("170.5")).await;
    let second = desk.post("/admin/v1/rates", rate("171")).await;
    assert_ne!(first["quote_id"], second["quote_id"], "each price has an id of its own");
    let listed = desk.get("/admin/v1/rates?limit=500").await;
    let found: Vec<_> =
        listed["items"].as_array().unwrap().iter().filter(|one| one["to_currency"] == "KRW").collect();
    assert_eq!(found, [&second]);
    for (wrong, part) in [(rate("0"), "price"), (rate("1e3"), "price"), (rate("-1"), "price")] {
        let (status, _reason, detail) = desk.refused("POST", "/admin/v1/rates", wrong).await;
        assert_eq!(status, 422);
        assert!(detail.contains(part), "{detail}");
    }
    let itself = json!({"from_currency": "HKD", "to_currency": "HKD", "price": "1"});
    assert_eq!(desk.refused("POST", "/admin/v1/rates", itself).await.0, 422);
}

#[tokio::test]
async fn rates_are_listed_in_parts() {
    let desk = Desk::open().await;
    let whole = desk.get("/admin/v1/rates?limit=500").await["items"].as_array().unwrap().clone();
    assert!(whole.len() > 2, "the demo world has rates");
    let (mut read, mut after) = (Vec::new(), String::new());
    loop {
        let part = desk.get(&format!("/admin/v1/rates?limit=1{after}")).await;
        read.extend(part["items"].as_array().unwrap().iter().cloned());
        match part["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(read, whole);
}

#[tokio::test]
async fn settlement_terms_are_changed_part_by_part() {
    let desk = Desk::open().await;
    let bank = json!({
        "store_code": "S1", "company_name": "Tea shop", "transit_no": "00012", "institution_no": "001",
        "account_no": "1234567",
    });
    let added = json!({"merchant_id": "M-1", "name": "Tea shop", "settlement": {"bank": bank}});
    let made = desk.post("/admin/v1/merchants", added).await;
    assert_eq!(made["settlement"], json!({"fee_basis_points": 0, "bank": bank}));
    let path = "/admin/v1/merchants/M-1";
    let changed = desk.patch(path, json!({"settlement": {"fee_basis_points": 60}})).await;
    assert_eq!(changed["settlement"], json!({"fee_basis_points": 60, "bank": bank}));
    let ended = desk.patch(path, json!({"settlement": {"bank": null}})).await;
    assert_eq!(ended["settlement"], json!({"fee_basis_points": 60, "bank": null}));
    let too_much = json!({"settlement": {"fee_basis_points": 10_001}});
    let (status, reason, detail) = desk.refused("PATCH", path, too_much).await;
    assert_eq!((status, reason.as_str()), (422, "field_illegal"));
    assert!(detail.starts_with("settlement.fee_basis_points: 10001"), "{detail}");
}

#[tokio::test]
async fn a_day_is_settled_once_it_is_over() {
    let desk = Desk::open().await;
    let path = format!("/admin/v1/merchants/{}/settlements", demo_merchant());
    assert_eq!(desk.get(&path).await["items"], json!([]));
    desk.pay("order-1", 12_500).await;
    desk.post("/admin/v1/worlds/main/clock", json!({"advance_ms": 2 * 86_400_000})).await;
    let settled = desk.get(&path).await;
    let day = &settled["items"][0];
    assert_eq!((&day["credit_count"], &day["credit_minor"]), (&json!(1), &json!(12_500)));
    assert_eq!(day["settle_minor"].as_i64(), Some(12_500 - day["fee_minor"].as_i64().unwrap()));
    assert_eq!(desk.get(&format!("/admin/v1/merchants/{}/cards", demo_merchant())).await["items"], json!([]));
}
