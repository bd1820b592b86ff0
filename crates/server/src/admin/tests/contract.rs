//! The document, the routes and the answers say the same.

use std::collections::BTreeSet;

use farthing_core::rows::Role;
use serde_json::{Value, json};

use super::super::problem;
use super::super::routes::{ROUTES, Route};
use super::schema::{DOCUMENT, check, resolve};
use super::{Desk, KEYS, PASSWORD, demo_merchant, public_key};

/// Holds an answer against the document; gives the operation as `get /path/{id}`, if there is one.
pub(super) fn check_answer(
    method: &str,
    path: &str,
    status: u16,
    media_type: &str,
    answer: &Value,
) -> Option<String> {
    let path = path.split('?').next().unwrap();
    let verb = method.to_ascii_lowercase();
    let found = DOCUMENT["paths"].as_object().unwrap().iter().filter(|(template, _)| fits(template, path));
    // Words win over names in braces, as in the router.
    let found = found.min_by_key(|(template, _)| template.matches('{').count());
    let operation = found.and_then(|(template, item)| Some((template, item.get(&verb)?)));
    let Some((template, operation)) = operation else {
        assert!(matches!(status, 404 | 405), "{method} {path} is not described");
        check(answer, &DOCUMENT["components"]["schemas"]["Problem"], "problem").unwrap();
        return None;
    };
    let described = resolve(&operation["responses"][status.to_string()]);
    assert!(described.is_object(), "{method} {template} has no status {status}: {answer}");
    let content = &described["content"][media_type];
    assert!(content.is_object(), "{method} {template} does not answer {status} as {media_type}");
    check(answer, &content["schema"], template).unwrap();
    Some(format!("{verb} {template}"))
}

fn fits(template: &str, path: &str) -> bool {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    wanted.len() == given.len()
        && wanted.iter().zip(given).all(|(want, part)| want.starts_with('{') || *want == part)
}

fn routes() -> BTreeSet<String> {
    let line = |route: &Route| format!("{} {}", verb_of(route), route.path);
    ROUTES.iter().map(line).collect()
}

fn verb_of(route: &Route) -> String {
    format!("{:?}", route.verb).to_ascii_lowercase()
}

#[test]
fn the_document_and_the_routes_are_the_same() {
    // Both ways: nothing is served that is not described, and nothing is described that is not served.
    let paths = DOCUMENT["paths"].as_object().unwrap();
    let verbs = |item: &'static Value| item.as_object().unwrap().keys();
    let described: BTreeSet<String> =
        paths.iter().flat_map(|(path, item)| verbs(item).map(move |verb| format!("{verb} {path}"))).collect();
    assert_eq!(routes(), described);
    assert_eq!(ROUTES.len(), described.len(), "a route is in the table twice");
}

#[test]
fn open_routes_are_described_as_open() {
    // A reader of the document must know where the token is needed.
    for route in ROUTES {
        let is_open = DOCUMENT["paths"][route.path][verb_of(route)]["security"] == json!([]);
        assert_eq!(is_open, route.access.least_role().is_none(), "{}", route.path);
    }
}

#[test]
fn the_least_role_of_every_route_is_described() {
    // By the word of the role itself; where none is needed, none is named.
    for route in ROUTES {
        let described = &DOCUMENT["paths"][route.path][verb_of(route)]["x-least-role"];
        assert_eq!(*described, json!(route.access.least_role().map(Role::word)), "{}", route.path);
    }
}

#[test]
fn every_kind_of_problem_is_described() {
    // With its reason by name, and its status at least one operation.
    let reasons =
        DOCUMENT["components"]["schemas"]["Problem"]["properties"]["reason"]["description"].as_str().unwrap();
    let operations =
        DOCUMENT["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values());
    let statuses: BTreeSet<&String> =
        operations.flat_map(|operation| operation["responses"].as_object().unwrap().keys()).collect();
    for kind in problem::ALL {
        let listed = reasons.split([' ', ',', ';', ':']).any(|word| word == kind.reason);
        assert!(listed, "{}", kind.reason);
        assert!(statuses.contains(&kind.status.to_string()), "{}", kind.status);
    }
}

#[test]
fn references_lead_somewhere_and_examples_fit_their_schemas() {
    fn walk(value: &'static Value) {
        resolve(value);
        match value {
            Value::Object(members) => members.values().for_each(walk),
            Value::Array(items) => items.iter().for_each(walk),
            _ => {}
        }
    }
    walk(&DOCUMENT);
    for (name, schema) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"].as_array().into_iter().flatten() {
            check(example, schema, name).unwrap();
        }
    }
}

#[tokio::test]
async fn every_operation_answers_as_described() {
    // One walk through all of them; `ask` checks each answer, and at the end none was left out.
    let desk = Desk::open().await;
    let (payment, authorization) = (desk.pay("order-1", 12_500).await, desk.consult().await);
    let declined = desk.consult().await;
    desk.engine.seal_pending().await.unwrap();
    let delivery =
        desk.get("/admin/v1/deliveries").await["items"][0]["delivery_id"].as_str().unwrap().to_owned();
    let merchant = demo_merchant();
    let authorizations = format!("/admin/v1/authorizations/{merchant}");
    let wallet = json!({"wallet_id": "W-1", "user_id": "U-1", "method": "ALIPAY_HK", "currency": "HKD"});
    let client =
        json!({"client_id": "C-1", "merchant_id": "M-1", "dialect": "antom", "public_key": public_key()});
    let (waiting, unwanted) = (desk.waiting_payment("order-2").await, desk.waiting_payment("order-3").await);
    let client_id = desk.caller().client().client_id.to_string();
    let rule =
        json!({"client_id": client_id, "operation": "consult", "outcome": "ACCESS_DENIED", "calls": 1});
    let outcome_id = desk.post("/admin/v1/outcomes", rule).await["outcome_id"].as_str().unwrap().to_owned();
    let posts = [
        (format!("payments/{merchant}/{}/approve", waiting.payment_id), json!({})),
        (format!("payments/{merchant}/{}/decline", unwanted.payment_id), json!({})),
        ("rates".to_owned(), json!({"from_currency": "HKD", "to_currency": "KRW", "price": "170.5"})),
        (format!("outcomes/{outcome_id}/clear"), json!({})),
        ("outcomes/clear".to_owned(), json!({})),
        ("merchants".to_owned(), json!({"merchant_id": "M-1", "name": "Tea shop"})),
        ("clients".to_owned(), client),
        ("clients/C-1/keys".to_owned(), json!({"public_key": public_key()})),
        ("wallets".to_owned(), wallet),
        ("wallets/W-1/fund".to_owned(), json!({"amount_minor": 5, "currency": "HKD"})),
        (
            format!("authorizations/{merchant}/{}/approve", authorization.authorization_id),
            json!({"wallet_id": "W-DEMO-HKD"}),
        ),
        (format!("authorizations/{merchant}/{}/decline", declined.authorization_id), json!({})),
        (format!("agreements/{merchant}/A-DEMO/revoke"), json!({"why": "the user asked for it"})),
        (format!("deliveries/{delivery}/resend"), json!({})),
        ("worlds".to_owned(), json!({"world_id": "other"})),
        ("worlds/other/clock".to_owned(), json!({"advance_ms": 1000})),
        ("erasures".to_owned(), json!({"before": "2019-01-01T00:00:00+08:00"})),
        ("keys/generate".to_owned(), json!({})),
        ("keys/import".to_owned(), json!({"private_key": KEYS[2].to_pkcs8_pem()})),
        ("keys/1/retire".to_owned(), json!({})),
        ("people".to_owned(), json!({"person_id": "alice", "role": "viewer", "password": PASSWORD})),
    ];
    for (path, body) in posts {
        desk.post(&format!("/admin/v1/{path}"), body).await;
    }
    let changes = [
        ("merchants/M-1", json!({"status": "suspended"})),
        ("clients/C-1", json!({"status": "disabled"})),
        ("users/U-1", json!({"kyc": "basic"})),
        ("wallets/W-1", json!({"amount_max_minor": 3})),
        ("people/alice", json!({"role": "operator", "token": true})),
    ];
    for (path, body) in changes {
        desk.patch(&format!("/admin/v1/{path}"), body).await;
    }
    let lists = [
        "merchants",
        "clients",
        "wallets",
        "authorizations",
        "agreements",
        "worlds",
        "rates",
        "outcomes",
        "keys",
        "acts",
        "people",
        "me",
    ];
    for path in
        lists.iter().chain(&["merchants/M-1", "clients/C-1", "users/U-1", "wallets/W-1", "openapi.json"])
    {
        desk.get(&format!("/admin/v1/{path}")).await;
    }
    for path in ["/healthz", "/readyz", "/admin/v1/worlds/main/clock"] {
        desk.get(path).await;
    }
    for part in ["balances", "settlements", "cards"] {
        desk.get(&format!("/admin/v1/merchants/{merchant}/{part}")).await;
    }
    desk.get(&format!("{authorizations}/{}", authorization.authorization_id)).await;
    desk.get(&format!("/admin/v1/payments?merchant_id={merchant}")).await;
    desk.get(&format!("/admin/v1/payments/{merchant}/{}", payment.payment_id)).await;
    desk.get(&format!("/admin/v1/deliveries/{delivery}")).await;
    let cookie = desk.login("alice").await;
    desk.with_session(&cookie, "POST", "/admin/v1/logout", None).await;
    desk.post("/admin/v1/people/alice/remove", json!({})).await;
    let more = Desk::with_second_person().await;
    propose_and_decide(&more).await;
    let mut done = desk.done.lock().unwrap().clone();
    done.append(&mut more.done.lock().unwrap());
    assert_eq!(done, routes());
}

/// The operations that there are only where a second person is asked for.
async fn propose_and_decide(desk: &Desk) {
    let bearer = desk.person("bob", "operator").await;
    for how in ["confirm", "decline"] {
        let body = json!({"amount_minor": 5, "currency": "HKD"});
        let (status, proposal) = desk.ask("POST", "/admin/v1/wallets/W-DEMO-HKD/fund", Some(body)).await;
        assert_eq!(status, 202);
        let path = format!("/admin/v1/proposals/{}/{how}", proposal["proposal_id"].as_str().unwrap());
        assert_eq!(desk.ask_as(&bearer, "POST", &path, None).await.0, 200);
    }
    desk.get("/admin/v1/proposals?state=done").await;
}
