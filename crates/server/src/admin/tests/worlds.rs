//! Worlds and their clocks.

use serde_json::json;

use super::Desk;

const CLOCK: &str = "/admin/v1/worlds/main/clock";

#[tokio::test]
async fn a_clock_is_moved_frozen_and_let_run() {
    let desk = Desk::open().await;
    let shown = desk.get(CLOCK).await;
    assert_eq!((&shown["mode"], &shown["ahead_ms"]), (&json!("running"), &json!(0)));
    let moved = desk.post(CLOCK, json!({"advance_ms": 90_000_000})).await;
    assert_eq!(
        (&moved["now"], &moved["ahead_ms"]),
        (&json!("2019-11-28T13:01:01.000+08:00"), &json!(90_000_000))
    );
    let frozen = desk.post(CLOCK, json!({"set": "2020-01-01T00:00:00Z"})).await;
    assert_eq!(
        (&frozen["mode"], &frozen["now"]),
        (&json!("frozen"), &json!("2020-01-01T08:00:00.000+08:00"))
    );
    desk.clock.advance_ms(5);
    assert_eq!(desk.get(CLOCK).await["now"], frozen["now"]);
    let runs = desk.post(CLOCK, json!({"auto": true})).await;
    desk.clock.advance_ms(5);
    assert_eq!((&runs["mode"], &runs["now"]), (&json!("running"), &frozen["now"]));
    assert_eq!(desk.get(CLOCK).await["now"], "2020-01-01T08:00:00.005+08:00");
}

#[tokio::test]
async fn clocks_never_run_backwards_and_moves_are_unambiguous() {
    let desk = Desk::open().await;
    let before = desk.get(CLOCK).await;
    let cases = [
        (json!({"advance_ms": -1}), "parameter_illegal"),
        (json!({"set": "2019-11-27T12:01:00+08:00"}), "parameter_illegal"),
        (json!({"set": "2020-02-30T00:00:00Z"}), "field_illegal"),
        (json!({"set": "tomorrow"}), "field_illegal"),
        (json!({"advance_ms": i64::MAX}), "field_illegal"),
        (json!({"advance_ms": 1, "auto": true}), "field_illegal"),
        (json!({"auto": false}), "field_illegal"),
        (json!({}), "field_illegal"),
        (json!({"advance_ms": "1"}), "field_illegal"),
    ];
    for (body, reason) in cases {
        let (status, why, detail) = desk.refused("POST", CLOCK, body).await;
        assert_eq!((status, why.as_str()), (422, reason), "{detail}");
    }
    assert_eq!(desk.get(CLOCK).await, before);
    for method in ["GET", "POST"] {
        let (status, ..) = desk.refused(method, "/admin/v1/worlds/moon/clock", json!({"auto": true})).await;
        assert_eq!(status, 404);
    }
}

#[tokio::test]
async fn worlds_have_clocks_of_their_own() {
    let desk = Desk::open().await;
    desk.post("/admin/v1/worlds", json!({"world_id": "suite-7"})).await;
    desk.post("/admin/v1/worlds/suite-7/clock", json!({"advance_ms": 5})).await;
    assert_eq!(desk.get(CLOCK).await["ahead_ms"], 0);
    let wallet = json!({"wallet_id": "W-1", "user_id": "U-1", "world_id": "suite-7", "method": "ALIPAY_HK", "currency": "HKD"});
    assert_eq!(desk.post("/admin/v1/wallets", wallet).await["world_id"], "suite-7");
    let (status, reason, _) = desk.refused("POST", "/admin/v1/worlds", json!({"world_id": "suite-7"})).await;
    assert_eq!((status, reason.as_str()), (409, "exists"));
    assert_eq!(desk.refused("POST", "/admin/v1/worlds", json!({"world_id": "a b"})).await.0, 422);
    assert_eq!(desk.get("/admin/v1/worlds").await["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn production_has_one_world_and_the_real_time() {
    let desk = Desk::in_production().await;
    let (status, reason, _) = desk.refused("POST", "/admin/v1/worlds", json!({"world_id": "other"})).await;
    assert_eq!((status, reason.as_str()), (403, "sandbox_only"));
    let (status, reason, _) = desk.refused("POST", CLOCK, json!({"advance_ms": 1})).await;
    assert_eq!((status, reason.as_str()), (403, "access_denied"));
}
