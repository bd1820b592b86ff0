//! Clients and their keys.

use farthing_core::ids::ClientId;
use farthing_core::rows::ClientSettings;
use serde_json::{Value, json};

use super::{Desk, KEYS, public_key};

fn new_client() -> Value {
    json!({"client_id": "C-1", "merchant_id": "M-DEMO", "dialect": "antom", "public_key": public_key()})
}

#[tokio::test]
async fn keys_are_kept_in_one_form_whatever_was_given() {
    let desk = Desk::open().await;
    let body = json!({"public_key": KEYS[2].public_key().to_spki_pem()});
    let made = desk.post("/admin/v1/clients", merge(new_client(), body)).await;
    assert_eq!(made["keys"], json!([{"version": "1", "public_key": public_key(), "valid_until": null}]));
    assert_eq!(made["settings"], serde_json::to_value(ClientSettings::default()).unwrap());
    assert_eq!(desk.get("/admin/v1/clients?merchant_id=M-DEMO").await["items"][0], made);
    assert_eq!(desk.get("/admin/v1/clients?merchant_id=M-9").await["items"], json!([]));
}

#[tokio::test]
async fn bad_clients_are_refused_and_not_stored() {
    let desk = Desk::open().await;
    let cases = [
        (json!({"public_key": "zzz"}), "public_key"),
        (json!({"public_key": KEYS[2].to_pkcs8_pem()}), "private key"),
        (json!({"merchant_id": "M-9"}), "merchant_id"),
        (json!({"dialect": "klingon"}), "dialect"),
        (json!({"client_id": "x".repeat(65)}), "client_id"),
        (json!({"key_version": "1,2"}), "key_version"),
        (json!({"settings": {"notify_url": "ftp://x"}}), "settings.notify_url"),
        (json!({"settings": {"colour": 1}}), "settings"),
        (json!({"settings": {"selectors": "yes"}}), "settings.selectors"),
    ];
    for (wrong, named) in cases {
        let (status, reason, detail) =
            desk.refused("POST", "/admin/v1/clients", merge(new_client(), wrong)).await;
        assert_eq!((status, reason.as_str()), (422, "field_illegal"), "{detail}");
        assert!(detail.contains(named), "{named}: {detail}");
        assert!(!detail.contains("MII"), "a key is never repeated: {detail}");
    }
    assert_eq!(desk.refused("GET", "/admin/v1/clients/C-1", json!({})).await.0, 404);
    desk.post("/admin/v1/clients", new_client()).await;
    let (status, reason, _) = desk.refused("POST", "/admin/v1/clients", new_client()).await;
    assert_eq!((status, reason.as_str()), (409, "exists"));
}

#[tokio::test]
async fn settings_change_one_by_one() {
    // What is left out stays, and null takes away.
    let desk = Desk::open().await;
    desk.post("/admin/v1/clients", new_client()).await;
    let path = "/admin/v1/clients/C-1";
    desk.patch(path, json!({"settings": {"notify_url": "https://shop.example/n"}})).await;
    let changed =
        desk.patch(path, json!({"status": "disabled", "settings": {"ids_while_in_process": false}})).await;
    let wanted = ClientSettings {
        notify_url: Some("https://shop.example/n".to_owned()),
        ids_while_in_process: false,
        ..ClientSettings::default()
    };
    assert_eq!(changed["settings"], serde_json::to_value(wanted).unwrap());
    assert_eq!(changed["status"], "disabled");
    let changed = desk.patch(path, json!({"settings": {"notify_url": null}})).await;
    assert_eq!(changed["settings"]["notify_url"], Value::Null);
    assert_eq!(desk.refused("PATCH", "/admin/v1/clients/C-9", json!({})).await.0, 404);
    assert_eq!(desk.refused("PATCH", path, json!({"dialect": "antom"})).await.0, 422);
}

#[tokio::test]
async fn selectors_are_for_sandboxes_only() {
    let desk = Desk::in_production().await;
    let made = desk.post("/admin/v1/clients", new_client()).await;
    assert_eq!(made["settings"]["selectors"], false);
    let (status, reason, _) =
        desk.refused("PATCH", "/admin/v1/clients/C-1", json!({"settings": {"selectors": true}})).await;
    assert_eq!((status, reason.as_str()), (403, "sandbox_only"));
}

#[tokio::test]
async fn a_new_key_overlaps_with_the_old_one() {
    // Requests signed with either are accepted until the overlap is over, real time.
    let desk = Desk::open().await;
    desk.post("/admin/v1/clients", new_client()).await;
    let body = json!({"public_key": KEYS[1].public_key().to_spki_base64(), "overlap_s": 60});
    let rotated = desk.post("/admin/v1/clients/C-1/keys", body).await;
    assert_eq!(rotated["keys"][0]["valid_until"], "2019-11-27T12:02:01.000+08:00");
    assert_eq!(
        (&rotated["keys"][1]["version"], &rotated["keys"][1]["valid_until"]),
        (&json!("2"), &Value::Null)
    );
    let accepts = |version| {
        let client = desk.engine.known_client(&ClientId::new("C-1")).unwrap();
        client.key(Some(version), desk.engine.real_now()).is_some()
    };
    assert!(accepts("1") && accepts("2"));
    desk.clock.advance_ms(60_000);
    assert!(!accepts("1") && accepts("2"));
}

#[tokio::test]
async fn bad_new_keys_are_refused() {
    let desk = Desk::open().await;
    desk.post("/admin/v1/clients", new_client()).await;
    let cases = [
        (json!({"public_key": public_key(), "version": "1"}), 409, "exists"),
        (json!({"public_key": public_key(), "overlap_s": -1}), 422, "field_illegal"),
        (json!({"public_key": public_key(), "overlap_s": 999_999_999}), 422, "field_illegal"),
        (json!({"public_key": "x"}), 422, "field_illegal"),
        (json!({}), 422, "field_illegal"),
    ];
    for (body, status, reason) in cases {
        let (got, why, detail) = desk.refused("POST", "/admin/v1/clients/C-1/keys", body).await;
        assert_eq!((got, why.as_str()), (status, reason), "{detail}");
    }
    let body = json!({"public_key": public_key()});
    assert_eq!(desk.refused("POST", "/admin/v1/clients/C-9/keys", body).await.0, 404);
}

fn merge(mut base: Value, with: Value) -> Value {
    for (name, value) in with.as_object().unwrap() {
        base[name] = value.clone();
    }
    base
}

#[tokio::test]
async fn every_setting_is_changed_by_itself() {
    let desk = Desk::open().await;
    let path = format!("/admin/v1/clients/{}", desk.caller().client().client_id);
    let mut wanted = desk.get(&path).await["settings"].clone();
    let changes = [
        ("notify_url", json!("https://shop.example/notify")),
        ("selectors", json!(false)),
        ("ids_while_in_process", json!(false)),
        ("payment_time_after_cancel", json!(true)),
        ("shows_acquirer", json!(true)),
        ("payment_time_on_fail", json!(false)),
        ("kyc_failure_answers_the_call", json!(true)),
        ("lists_every_transaction", json!(true)),
        ("signature_hash", json!("sha256")),
        ("status_vocabulary", json!("trade")),
        ("waiting_as_offline_qrcode", json!(true)),
        ("local_currency", json!("USD")),
        ("strict_acknowledgement", json!(true)),
        ("expiry_ms", json!(60_000)),
        ("request_time_window_ms", json!(0)),
    ];
    assert_eq!(changes.len(), wanted.as_object().unwrap().len(), "a setting cannot be changed");
    for (name, value) in changes {
        assert_ne!(wanted[name], value, "{name} would not change");
        wanted[name] = value.clone();
        assert_eq!(desk.patch(&path, json!({"settings": {name: value}})).await["settings"], wanted);
    }
    for name in ["notify_url", "expiry_ms", "request_time_window_ms"] {
        wanted[name] = json!(null);
        assert_eq!(desk.patch(&path, json!({"settings": {name: null}})).await["settings"], wanted);
    }
    let wrong = [
        ("expiry_ms", json!(59_999)),
        ("request_time_window_ms", json!(-1)),
        ("local_currency", json!("HKD")),
    ];
    for (name, value) in wrong {
        let (status, _reason, detail) =
            desk.refused("PATCH", &path, json!({"settings": {name: value}})).await;
        assert_eq!(status, 422);
        assert!(detail.starts_with(&format!("settings.{name}: ")), "{detail}");
    }
}
