//! Rules of the sandbox.

use serde_json::json;

use super::Desk;

const PATH: &str = "/admin/v1/outcomes";

#[tokio::test]
async fn a_rule_is_added_listed_and_taken_back() {
    let desk = Desk::open().await;
    let client_id = desk.caller().client().client_id.to_string();
    let add = |outcome: &str| json!({"client_id": client_id, "operation": "consult", "outcome": outcome});
    let first = desk.post(PATH, add("ACCESS_DENIED")).await;
    assert_eq!(first["calls_left"], json!(null));
    let mut counted = add("drop-reply@2s");
    counted["calls"] = json!(3);
    let second = desk.post(PATH, counted).await;
    assert_eq!(second["calls_left"], 3);
    assert_eq!(desk.get(PATH).await["items"], json!([first, second]));
    assert_eq!(desk.get(&format!("{PATH}?client_id=C-NOBODY")).await["items"], json!([]));
    let one = format!("{PATH}/{}/clear", first["outcome_id"].as_str().unwrap());
    assert_eq!(desk.post(&one, json!({})).await, json!({"cleared": 1}));
    assert_eq!(desk.refused("POST", &one, json!({})).await.0, 404, "it was taken back already");
    assert_eq!(desk.post(&format!("{PATH}/clear"), json!({})).await, json!({"cleared": 1}));
    assert_eq!(desk.get(PATH).await["items"], json!([]));
}

#[tokio::test]
async fn a_rule_that_could_never_work_is_refused() {
    let desk = Desk::open().await;
    let client_id = desk.caller().client().client_id.to_string();
    let cases = [
        (json!({"client_id": "C-NOBODY", "operation": "consult", "outcome": "SUCCESS"}), "client_id: "),
        (json!({"client_id": client_id, "operation": "consutl", "outcome": "SUCCESS"}), "operation: "),
        (
            json!({"client_id": client_id, "operation": "consult", "outcome": "ACCESS_DENYED"}),
            "ACCESS_DENIED",
        ),
        (
            json!({"client_id": client_id, "operation": "consult", "outcome": "SUCCESS", "calls": 0}),
            "calls: ",
        ),
    ];
    for (body, part) in cases {
        let (status, _reason, detail) = desk.refused("POST", PATH, body).await;
        assert_eq!(status, 422, "{detail}");
        assert!(detail.contains(part), "{detail}");
    }
}

#[tokio::test]
async fn there_are_no_rules_in_production() {
    let desk = Desk::in_production().await;
    let client_id = desk.caller().client().client_id.to_string();
    let body = json!({"client_id": client_id, "operation": "consult", "outcome": "SUCCESS"});
    let (status, reason, _detail) = desk.refused("POST", PATH, body).await;
    assert_eq!((status, reason.as_str()), (403, "sandbox_only"));
}
