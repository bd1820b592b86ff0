//! The gateway's own keys over the admin API.

use serde_json::json;

use super::{Desk, KEYS, public_key};

#[tokio::test]
async fn a_new_key_waits_until_the_old_one_is_retired() {
    // And every change is kept as an act, without any private half in it.
    let desk = Desk::open().await;
    let imported =
        desk.post("/admin/v1/keys/import", json!({"private_key": KEYS[2].to_pkcs8_base64()})).await;
    assert_eq!((&imported["version"], &imported["state"]), (&json!("2"), &json!("waits")));
    assert_eq!((&imported["public_key"], &imported["bits"]), (&json!(public_key()), &json!(2048)));
    desk.clock.advance_ms(1);
    let retired = desk.post("/admin/v1/keys/1/retire", json!({})).await;
    assert_eq!((&retired["state"], retired["retired_at"].is_string()), (&json!("retired"), true));
    let states = desk.get("/admin/v1/keys").await;
    let states: Vec<_> = states["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["retired", "signs"]);
    let acts = desk.get("/admin/v1/acts?limit=2").await;
    let actions: Vec<_> = acts["items"].as_array().unwrap().iter().map(|one| &one["action"]).collect();
    assert_eq!(actions, ["key.retire", "key.import"]);
    assert_eq!(acts["items"][0]["subject"], "gateway_keys(1)");
    assert!(!acts.to_string().contains(&KEYS[2].to_pkcs8_base64()[..64]));
}

#[tokio::test]
async fn bad_changes_of_keys_are_refused() {
    // Above all the last key: without it no answer could be signed.
    let desk = Desk::open().await;
    let cases = [
        ("keys/1/retire", json!({}), 409, "wrong_state"),
        ("keys/9/retire", json!({}), 404, "not_found"),
        ("keys/import", json!({"private_key": "zzz"}), 422, "field_illegal"),
        ("keys/import", json!({"private_key": public_key()}), 422, "field_illegal"),
        ("keys/import", json!({}), 422, "field_illegal"),
        ("keys/import", json!({"private_key": KEYS[0].to_pkcs8_pem()}), 409, "exists"),
        ("keys/generate", json!({"bits": 1024}), 422, "field_illegal"),
    ];
    for (path, body, status, reason) in cases {
        let (got, why, detail) = desk.refused("POST", &format!("/admin/v1/{path}"), body).await;
        assert_eq!((got, why.as_str()), (status, reason), "{path}: {detail}");
    }
    assert_eq!(desk.get("/admin/v1/keys").await["items"].as_array().unwrap().len(), 1);
}
