//! Consent given and refused, and agreements taken back.

use serde_json::json;

use super::Desk;

#[tokio::test]
async fn approval_sends_the_user_back_with_the_code() {
    // The merchant's own query stays, its state is escaped, and the code is in no other answer.
    let desk = Desk::open().await;
    let asked = desk.consult().await;
    let path = format!("/admin/v1/authorizations/M-DEMO/{}", asked.authorization_id);
    let approved = desk.post(&format!("{path}/approve"), json!({"wallet_id": "W-DEMO-HKD"})).await;
    let code = approved["auth_code"].as_str().unwrap();
    let wanted = format!("https://shop.example/back?a=b&authCode={code}&authState=state%201");
    assert_eq!(approved["redirect_url"], wanted);
    let shown = desk.get(&path).await;
    assert_eq!((&shown["state"], &shown["user_id"]), (&json!("approved"), &json!("U-DEMO")));
    assert!(!shown.to_string().contains(code));
    assert!(!desk.get("/admin/v1/deliveries").await.to_string().contains(code));
    let acts = desk.get("/admin/v1/acts?limit=1").await;
    assert_eq!(acts["items"][0]["action"], "authorization.approve");
    assert!(!acts.to_string().contains(code));
    let (status, reason, _) = desk.refused("POST", &format!("{path}/decline"), json!({})).await;
    assert_eq!((status, reason.as_str()), (409, "authorization_not_open"));
}

#[tokio::test]
async fn approvals_that_do_not_fit_are_refused() {
    let desk = Desk::open().await;
    let asked = desk.consult().await;
    let other = json!({"wallet_id": "W-1", "user_id": "U-1", "method": "GCASH", "currency": "HKD"});
    desk.post("/admin/v1/wallets", other).await;
    let path = format!("/admin/v1/authorizations/M-DEMO/{}/approve", asked.authorization_id);
    let cases = [
        (json!({}), 422, "field_illegal"),
        (json!({"wallet_id": "W-9"}), 422, "field_illegal"),
        (json!({"wallet_id": "W-1"}), 422, "contract_mismatch"),
    ];
    for (body, status, reason) in cases {
        let (got, why, detail) = desk.refused("POST", &path, body).await;
        assert_eq!((got, why.as_str()), (status, reason), "{detail}");
    }
    let body = json!({"wallet_id": "W-DEMO-HKD"});
    for verb in ["approve", "decline"] {
        let body = if verb == "approve" { body.clone() } else { json!({}) };
        let path = format!("/admin/v1/authorizations/M-DEMO/1/{verb}");
        assert_eq!(desk.refused("POST", &path, body).await.0, 404);
    }
}

#[tokio::test]
async fn lists_are_filtered_and_come_in_parts() {
    let desk = Desk::open().await;
    let (first, second) = (desk.consult().await, desk.consult().await);
    let path = format!("/admin/v1/authorizations/M-DEMO/{}/decline", first.authorization_id);
    let (status, declined) = desk.ask("POST", &path, None).await;
    assert_eq!((status, &declined["state"]), (200, &json!("declined")), "no body is an empty body");
    let pending = desk.get("/admin/v1/authorizations?state=pending&merchant_id=M-DEMO").await;
    assert_eq!(pending["items"].as_array().unwrap().len(), 1);
    assert_eq!(pending["items"][0]["authorization_id"], json!(second.authorization_id));
    assert_eq!(desk.get("/admin/v1/authorizations?merchant_id=M-9").await["items"], json!([]));
    let part = desk.get("/admin/v1/authorizations?limit=1").await;
    let rest = desk.get(&format!("/admin/v1/authorizations?after={}", part["next"].as_str().unwrap())).await;
    assert_ne!(part["items"][0], rest["items"][0]);
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next"]), (1, &json!(null)));
}

#[tokio::test]
async fn an_agreement_is_revoked_once() {
    let desk = Desk::open().await;
    let path = "/admin/v1/agreements/M-DEMO/A-DEMO/revoke";
    let long = json!({"why": "x".repeat(257)});
    assert_eq!(desk.refused("POST", path, long).await.0, 422);
    let revoked = desk.post(path, json!({"why": "asked for"})).await;
    assert_eq!((&revoked["state"], revoked["revoked_at"].is_string()), (&json!("revoked"), true));
    let (status, reason, _) = desk.refused("POST", path, json!({})).await;
    assert_eq!((status, reason.as_str()), (409, "wrong_state"));
    assert_eq!(desk.refused("POST", "/admin/v1/agreements/M-DEMO/A-9/revoke", json!({})).await.0, 404);
    let listed = desk.get("/admin/v1/agreements?merchant_id=M-DEMO").await;
    assert_eq!(listed["items"][0], revoked);
    assert!(!listed.to_string().contains("sealed") && !listed.to_string().contains("fingerprint"));
}
