//! Merchants and their balances.

use serde_json::json;

use super::{Desk, demo_merchant};

#[tokio::test]
async fn a_merchant_is_made_with_defaults_and_changed() {
    let desk = Desk::open().await;
    let made = desk.post("/admin/v1/merchants", json!({"merchant_id": "M-1", "name": "Tea shop"})).await;
    assert_eq!(
        (&made["world_id"], &made["status"], &made["kyb"]),
        (&json!("main"), &json!("active"), &json!("qualified"))
    );
    let products: Vec<_> = made["contracts"].as_array().unwrap().iter().map(|one| &one["product"]).collect();
    assert_eq!(products, ["agreement_payment", "cashier_payment", "in_store_payment"]);
    assert_eq!(made["created_at"], "2019-11-27T12:01:01.000+08:00");
    let change = json!({"kyb": "not_qualified", "contracts": [{
        "product": "agreement_payment", "currencies": ["HKD"], "amount_max_minor": {"HKD": 5},
        "cancel_window": "unpaid_only", "refund_window": {"months": 6},
    }]});
    let changed = desk.patch("/admin/v1/merchants/M-1", change).await;
    assert_eq!(changed["name"], "Tea shop");
    assert_eq!(changed["contracts"].as_array().unwrap().len(), 1);
    assert_eq!(changed["contracts"][0]["refund_window"], json!({"months": 6}));
    assert_eq!(changed["contracts"][0]["expiry_ms"], 60_000);
    assert_eq!(desk.get("/admin/v1/merchants/M-1").await, changed);
}

#[tokio::test]
async fn bad_merchants_are_refused_and_not_stored() {
    let desk = Desk::open().await;
    let before = desk.get("/admin/v1/merchants").await;
    let long = "x".repeat(65);
    let cases = [
        (json!({"merchant_id": "M-1"}), "name"),
        (json!({"merchant_id": 5, "name": "n"}), "merchant_id"),
        (json!({"merchant_id": long, "name": "n"}), "merchant_id"),
        (json!({"merchant_id": "", "name": "n"}), "merchant_id"),
        (json!({"merchant_id": "a/b", "name": "n"}), "merchant_id"),
        (json!({"merchant_id": "..", "name": "n"}), "merchant_id"),
        (json!({"merchant_id": "M-1", "name": "x".repeat(257)}), "name"),
        (json!({"merchant_id": "M-1", "name": "two\nlines"}), "name"),
        (json!({"merchant_id": "M-1", "name": "n", "colour": "red"}), "colour"),
        (json!({"merchant_id": "M-1", "name": "n", "world_id": "moon"}), "world_id"),
        (json!({"merchant_id": "M-1", "name": "n", "status": "gone"}), "status"),
        (
            json!({"merchant_id": "M-1", "name": "n", "contracts": [{"product": "barter"}]}),
            "contracts[0].product",
        ),
        (
            json!({"merchant_id": "M-1", "name": "n", "contracts": [{"product": "cashier_payment", "expiry_ms": 0}]}),
            "expiry_ms",
        ),
        (
            json!({"merchant_id": "M-1", "name": "n", "contracts": [{"product": "cashier_payment", "amount_max_minor": {"HKD": -1}}]}),
            "amount_max_minor",
        ),
        (
            json!({"merchant_id": "M-1", "name": "n", "contracts": [{"product": "cashier_payment", "currencies": ["ZZZ"]}]}),
            "currencies",
        ),
        (
            json!({"merchant_id": "M-1", "name": "n", "contracts": [{"product": "cashier_payment"}, {"product": "cashier_payment"}]}),
            "contracts",
        ),
    ];
    for (body, named) in cases {
        let (status, reason, detail) = desk.refused("POST", "/admin/v1/merchants", body).await;
        assert_eq!((status, reason.as_str()), (422, "field_illegal"), "{detail}");
        assert!(detail.contains(named), "{named}: {detail}");
    }
    assert_eq!(desk.get("/admin/v1/merchants").await, before);
}

#[tokio::test]
async fn names_are_taken_once_and_unknown_ones_are_not_found() {
    let desk = Desk::open().await;
    let again = json!({"merchant_id": demo_merchant(), "name": "n"});
    let (status, reason, _) = desk.refused("POST", "/admin/v1/merchants", again).await;
    assert_eq!((status, reason.as_str()), (409, "exists"));
    for (method, path) in [
        ("GET", "merchants/M-9"),
        ("PATCH", "merchants/M-9"),
        ("GET", "merchants/M-9/balances"),
        ("GET", "merchants/%2e%2e%2f"),
    ] {
        let (status, reason, _) = desk.refused(method, &format!("/admin/v1/{path}"), json!({})).await;
        assert_eq!((status, reason.as_str()), (404, "not_found"), "{method} {path}");
    }
}

#[tokio::test]
async fn lists_come_in_parts() {
    // Every item once, in order, and the last part says that it is the last.
    let desk = Desk::open().await;
    for number in 1..=4 {
        desk.post("/admin/v1/merchants", json!({"merchant_id": format!("A-{number}"), "name": "n"})).await;
    }
    let (mut seen, mut after) = (Vec::new(), String::new());
    for _ in 0..3 {
        let part = desk.get(&format!("/admin/v1/merchants?limit=2{after}")).await;
        seen.extend(
            part["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| one["merchant_id"].as_str().unwrap().to_owned()),
        );
        after = part["next"].as_str().map_or(String::new(), |next| format!("&after={next}"));
    }
    assert_eq!((seen.join(" "), after.as_str()), ("A-1 A-2 A-3 A-4 M-DEMO".to_owned(), ""));
}

#[tokio::test]
async fn balances_are_those_of_the_last_seal() {
    // What was paid since is not in it yet.
    let desk = Desk::open().await;
    let path = format!("/admin/v1/merchants/{}/balances", demo_merchant());
    assert_eq!(desk.get(&path).await, json!({"items": []}));
    desk.pay("order-1", 12_500).await;
    desk.engine.seal_pending().await.unwrap();
    desk.pay("order-2", 100).await;
    let balances = desk.get(&path).await;
    assert_eq!(balances["items"][0]["balance_minor"], 12_500);
    desk.engine.seal_pending().await.unwrap();
    let balances = desk.get(&path).await;
    assert_eq!(balances["items"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&balances["items"][0]["balance_minor"], &balances["items"][0]["currency"]),
        (&json!(12_600), &json!("HKD"))
    );
}
