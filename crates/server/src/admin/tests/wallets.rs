//! Wallets and users.

use serde_json::{Value, json};

use super::Desk;

fn new_wallet() -> Value {
    json!({
        "wallet_id": "W-1", "user_id": "U-1", "login_id": "alice@mail.example", "method": "ALIPAY_HK",
        "currency": "HKD", "kyc": "basic", "amount_max_minor": 500, "fund_minor": 1000,
    })
}

#[tokio::test]
async fn a_wallet_comes_with_its_user_and_its_money() {
    let desk = Desk::open().await;
    let made = desk.post("/admin/v1/wallets", new_wallet()).await;
    assert_eq!(
        (&made["balance_minor"], &made["amount_max_minor"], &made["day_count"]),
        (&json!(1000), &json!(500), &json!(0))
    );
    let user = desk.get("/admin/v1/users/U-1").await;
    assert_eq!((&user["login_masked"], &user["kyc"]), (&json!("al***@mail.example"), &json!("basic")));
    let second = json!({"wallet_id": "W-2", "user_id": "U-1", "method": "ALIPAY_HK", "currency": "JPY"});
    desk.post("/admin/v1/wallets", second).await;
    let wallets = desk.get("/admin/v1/wallets?user_id=U-1").await;
    assert_eq!(wallets["items"].as_array().unwrap().len(), 2);
    let acts = desk.get("/admin/v1/acts").await.to_string();
    assert!(!acts.contains("alice@"), "logins are shown masked only: {acts}");
}

#[tokio::test]
async fn bad_wallets_are_refused_and_not_stored() {
    let desk = Desk::open().await;
    let cases = [
        (json!({"fund_minor": -1}), 422, "fund_minor"),
        (json!({"amount_max_minor": -1}), 422, "amount_max_minor"),
        (json!({"day_count_max": -5}), 422, "day_count_max"),
        (json!({"amount_max_minor": 1.5}), 422, "amount_max_minor"),
        (json!({"amount_max_minor": 99_999_999_999_999_999_999_u128 as f64}), 422, "amount_max_minor"),
        (json!({"currency": "hkd"}), 422, "currency"),
        (json!({"method": ""}), 422, "method"),
        (json!({"wallet_id": "w".repeat(65)}), 422, "wallet_id"),
        (json!({"kyc": "splendid"}), 422, "kyc"),
        (json!({"world_id": "moon"}), 422, "world_id"),
        (json!({"user_id": "U-DEMO"}), 409, "U-DEMO"),
    ];
    for (wrong, status, named) in cases {
        let mut body = new_wallet();
        for (name, value) in wrong.as_object().unwrap() {
            body[name] = value.clone();
        }
        let (got, _, detail) = desk.refused("POST", "/admin/v1/wallets", body).await;
        assert!(got == status && detail.contains(named), "{named}: {got} {detail}");
    }
    assert_eq!(desk.refused("GET", "/admin/v1/wallets/W-1", json!({})).await.0, 404);
    assert_eq!(desk.refused("GET", "/admin/v1/users/U-1", json!({})).await.0, 404);
    desk.post("/admin/v1/wallets", new_wallet()).await;
    let (status, reason, _) = desk.refused("POST", "/admin/v1/wallets", new_wallet()).await;
    assert_eq!((status, reason.as_str()), (409, "exists"));
}

#[tokio::test]
async fn funding_moves_money_both_ways_and_never_below_zero() {
    let desk = Desk::open().await;
    desk.post("/admin/v1/wallets", new_wallet()).await;
    let path = "/admin/v1/wallets/W-1/fund";
    let funded = desk.post(path, json!({"amount_minor": -1000, "currency": "HKD"})).await;
    assert_eq!(funded["balance_minor"], 0);
    let cases = [
        (json!({"amount_minor": -1, "currency": "HKD"}), 409, "balance_not_enough"),
        (json!({"amount_minor": 0, "currency": "HKD"}), 422, "parameter_illegal"),
        (json!({"amount_minor": 1, "currency": "JPY"}), 422, "wallet_currency_differs"),
        (json!({"amount_minor": "1", "currency": "HKD"}), 422, "field_illegal"),
        (json!({"amount_minor": i64::MIN, "currency": "HKD"}), 422, "parameter_illegal"),
        (json!({"currency": "HKD"}), 422, "field_illegal"),
    ];
    for (body, status, reason) in cases {
        let (got, why, detail) = desk.refused("POST", path, body).await;
        assert_eq!((got, why.as_str()), (status, reason), "{detail}");
    }
    let body = json!({"amount_minor": 1, "currency": "HKD"});
    assert_eq!(desk.refused("POST", "/admin/v1/wallets/W-9/fund", body).await.0, 404);
}

#[tokio::test]
async fn limits_and_people_change() {
    // A number sets a limit, null takes it away, and what is left out stays; the balance is never touched.
    let desk = Desk::open().await;
    desk.post("/admin/v1/wallets", new_wallet()).await;
    let path = "/admin/v1/wallets/W-1";
    desk.patch(path, json!({"day_count_max": 3})).await;
    let changed = desk.patch(path, json!({"amount_max_minor": null, "day_amount_max_minor": 7})).await;
    assert_eq!((&changed["amount_max_minor"], &changed["day_count_max"]), (&Value::Null, &json!(3)));
    assert_eq!((&changed["day_amount_max_minor"], &changed["balance_minor"]), (&json!(7), &json!(1000)));
    assert_eq!(desk.refused("PATCH", path, json!({"balance_minor": 5})).await.0, 422);
    assert_eq!(desk.refused("PATCH", path, json!({"day_count_max": -1})).await.0, 422);
    let user = desk.patch("/admin/v1/users/U-1", json!({"status": "frozen"})).await;
    assert_eq!((&user["status"], &user["kyc"]), (&json!("frozen"), &json!("basic")));
    assert_eq!(desk.refused("PATCH", "/admin/v1/users/U-1", json!({"status": "asleep"})).await.0, 422);
    for path in ["/admin/v1/users/U-9", "/admin/v1/wallets/W-9"] {
        assert_eq!(desk.refused("PATCH", path, json!({})).await.0, 404);
    }
}

/// Proves: SEED-001, pspName and pspCustomerId (64 characters: what inquiries tell of a wallet is bounded where it is made).
#[tokio::test]
async fn a_wallets_kind_and_user_have_at_most_64_characters() {
    let desk = Desk::open().await;
    for name in ["method", "user_id"] {
        let named = |length: usize| {
            let mut wallet = new_wallet();
            wallet[name] = json!("W".repeat(length));
            wallet["wallet_id"] = json!(format!("W-{name}"));
            wallet
        };
        let (status, _reason, detail) = desk.refused("POST", "/admin/v1/wallets", named(65)).await;
        assert_eq!((status, detail.starts_with(name)), (422, true), "{detail}");
        assert_eq!(desk.post("/admin/v1/wallets", named(64)).await[name], json!("W".repeat(64)));
    }
}
