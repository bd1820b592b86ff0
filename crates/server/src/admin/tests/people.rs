//! People are added, changed and removed; what they come in by is told once and kept nowhere.

use farthing_core::rows::{AdminToken, Person, Record as _};
use farthing_engine::Select;
use serde_json::{Value, json};

use super::{Desk, PASSWORD, TOKEN};

const PEOPLE: &str = "/admin/v1/people";
const ME: &str = "/admin/v1/me";

#[tokio::test]
async fn a_token_is_told_once_and_kept_as_a_digest_only() {
    let desk = Desk::open().await;
    let bearer = desk.person("alice", "operator").await;
    let token = bearer.strip_prefix("Bearer farthing_personal_").unwrap();
    assert_eq!(token.len(), 64, "256 random bits");
    let other = desk.person("bob", "viewer").await;
    assert_ne!(bearer, other);
    let people = desk.engine.list::<Person>(Select::from(Person::TABLE)).await.unwrap();
    let tokens = desk.engine.list::<AdminToken>(Select::from(AdminToken::TABLE)).await.unwrap();
    let acts = desk.get("/admin/v1/acts").await;
    let kept = format!("{people:?} {} {acts} {}", json!(tokens), desk.get(PEOPLE).await);
    assert!(!kept.contains(token) && !kept.contains(PASSWORD), "{kept}");
    let (status, me) = desk.ask_as(&bearer, "GET", ME, None).await;
    assert_eq!(status, 200);
    let expected = json!({"name": "alice", "role": "operator", "by": "personal_token", "expires_at": null, "idle_ms": null});
    assert_eq!(me, expected);
    let (_, owner) = desk.ask("GET", ME, None).await;
    assert_eq!((&owner["name"], &owner["by"]), (&json!("admin-token"), &json!("owner_token")));
}

#[tokio::test]
async fn everything_by_which_a_person_came_in_ends_with_any_change() {
    // Another role, another password, another token: the old token is refused at once each time.
    let desk = Desk::open().await;
    let mut bearer = desk.person("alice", "viewer").await;
    let cookie = desk.login("alice").await;
    for change in [
        json!({"role": "operator", "token": true}),
        json!({"password": "another long password", "token": true}),
        json!({"token": true}),
    ] {
        let told = desk.patch(&format!("{PEOPLE}/alice"), change).await;
        let (status, problem) = desk.ask_as(&bearer, "GET", ME, None).await;
        assert_eq!((status, &problem["reason"]), (401, &json!("token_wrong")));
        bearer = format!("Bearer {}", told["token"].as_str().unwrap());
        assert_eq!(desk.ask_as(&bearer, "GET", ME, None).await.0, 200);
    }
    let (status, _, problem) = desk.with_session(&cookie, "GET", ME, None).await;
    assert_eq!((status, &problem["reason"]), (401, &json!("session_over")));
}

#[tokio::test]
async fn who_was_removed_comes_in_no_more_and_the_name_stays_theirs() {
    let desk = Desk::open().await;
    let bearer = desk.person("alice", "admin").await;
    let cookie = desk.login("alice").await;
    let removed = desk.post(&format!("{PEOPLE}/alice/remove"), json!({})).await;
    assert!(removed["removed_at"].is_string(), "{removed}");
    assert_eq!(desk.ask_as(&bearer, "GET", ME, None).await.0, 401);
    assert_eq!(desk.with_session(&cookie, "GET", ME, None).await.0, 401);
    assert_eq!(desk.try_login("alice", PASSWORD, &[]).await.0, 401);
    let again = json!({"person_id": "alice", "role": "viewer", "token": true});
    let (status, reason, _) = desk.refused("POST", PEOPLE, again).await;
    assert_eq!((status, reason.as_str()), (409, "exists"));
    for (method, path, body) in [
        ("PATCH", "alice", json!({"role": "admin"})),
        ("POST", "alice/remove", json!({})),
        ("PATCH", "bob", json!({"token": true})),
    ] {
        let (status, reason, _) = desk.refused(method, &format!("{PEOPLE}/{path}"), body).await;
        assert_eq!((status, reason.as_str()), (404, "user_not_found"), "{path}");
    }
}

#[tokio::test]
async fn people_are_refused_that_could_not_come_in_or_be_told_apart() {
    let desk = Desk::open().await;
    let cases = [
        (json!({"person_id": "alice", "role": "viewer"}), "token"),
        (json!({"person_id": "alice", "role": "viewer", "password": "too short"}), "at least 12"),
        (json!({"person_id": "alice", "role": "viewer", "password": "x".repeat(1025)}), "at most 1024"),
        (json!({"person_id": "alice", "role": "owner", "token": true}), "role"),
        (json!({"person_id": "admin-token", "role": "viewer", "token": true}), "another"),
        (json!({"person_id": "login", "role": "viewer", "token": true}), "another"),
        (json!({"person_id": "al ice", "role": "viewer", "token": true}), "person_id"),
        (json!({"person_id": "", "role": "viewer", "token": true}), "person_id"),
    ];
    for (body, told) in cases {
        let (status, _, detail) = desk.refused("POST", PEOPLE, body).await;
        assert!(status == 422 && detail.contains(told), "{detail}");
    }
    desk.person("alice", "viewer").await;
    let (status, _, detail) = desk.refused("PATCH", &format!("{PEOPLE}/alice"), json!({})).await;
    assert!(status == 422 && detail.contains("at least one"), "{detail}");
    assert_eq!(desk.get(PEOPLE).await["items"].as_array().unwrap().len(), 1, "nothing else was kept");
}

#[tokio::test]
async fn acts_tell_who_did_what_and_what_it_was_before() {
    // By the name of the person, not of a token; and a change of people without anything secret.
    let desk = Desk::open().await;
    let admin = desk.person("alice", "admin").await;
    desk.person("bob", "viewer").await;
    let change = Some(json!({"role": "operator"}));
    let (status, _) = desk.ask_as(&admin, "PATCH", &format!("{PEOPLE}/bob"), change).await;
    assert_eq!(status, 200);
    let act = &desk.get("/admin/v1/acts?limit=1").await["items"][0];
    assert_eq!((&act["actor"], &act["action"]), (&json!("alice"), &json!("person.set")));
    assert_eq!((&act["before"]["role"], &act["after"]["role"]), (&json!("viewer"), &json!("operator")));
    assert_eq!((&act["before"]["has_password"], &act["subject"]), (&json!(true), &json!("people(bob)")));
    assert!(!act.to_string().contains("argon2"), "{act}");
}

/// Proves that what a person does in a user's place is recorded with its effect, from what to what.
#[tokio::test]
async fn decisions_in_a_users_place_are_recorded_with_their_effect() {
    let desk = Desk::open().await;
    let operator = desk.person("alice", "operator").await;
    let (wanted, unwanted) = (desk.waiting_payment("order-1").await, desk.waiting_payment("order-2").await);
    let act_of = async |path: String, body: Value| {
        let (status, answer) = desk.ask_as(&operator, "POST", &path, Some(body)).await;
        assert_eq!(status, 200, "{answer}");
        let mut acts = desk.get("/admin/v1/acts?limit=1").await;
        acts["items"][0].take()
    };
    let payments = format!("/admin/v1/payments/{}", wanted.merchant_id);
    let act =
        act_of(format!("{payments}/{}/approve", wanted.payment_id), json!({"wallet_id": "W-DEMO-HKD"})).await;
    assert_eq!((&act["actor"], &act["action"]), (&json!("alice"), &json!("payment.approve")));
    assert_eq!(
        (&act["before"]["state"], &act["after"]["state"]),
        (&json!("processing"), &json!("succeeded"))
    );
    assert_eq!(act["after"]["wallet_id"], "W-DEMO-HKD");
    let act = act_of(format!("{payments}/{}/decline", unwanted.payment_id), json!({})).await;
    assert_eq!((&act["action"], &act["after"]["state"]), (&json!("payment.decline"), &json!("failed")));
    let agreement = format!("/admin/v1/agreements/{}/A-DEMO/revoke", wanted.merchant_id);
    let act = act_of(agreement, json!({"why": "asked for"})).await;
    assert_eq!(act["after"], json!({"state": "revoked", "why": "asked for"}));
    let count = desk.get("/admin/v1/acts").await["items"].as_array().unwrap().len();
    let again = format!("{payments}/{}/approve", unwanted.payment_id);
    let (status, _) = desk.ask_as(&operator, "POST", &again, Some(json!({"wallet_id": "W-DEMO-HKD"}))).await;
    assert!((400..500).contains(&status), "it has failed already: {status}");
    let acts = desk.get("/admin/v1/acts").await;
    assert_eq!(acts["items"].as_array().unwrap().len(), count, "what was refused is no act");
    assert!(!acts.to_string().contains(TOKEN));
}
