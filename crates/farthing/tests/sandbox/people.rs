//! People of the admin side, from the command line.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::process::{Sandbox, run_on};

fn json_of(ran: &Output) -> Value {
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    serde_json::from_slice(&ran.stdout).unwrap()
}

fn refused(ran: &Output) -> String {
    assert_eq!(ran.status.code(), Some(1), "{}", String::from_utf8_lossy(&ran.stdout));
    String::from_utf8(ran.stderr.clone()).unwrap()
}

fn keep(directory: &Path, name: &str, text: &str) -> PathBuf {
    let path = directory.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A person's token does what their role may, in their name, until they are removed; the owner's file goes on.
#[test]
fn a_person_acts_by_a_token_as_far_as_the_role_goes() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let added = sandbox.run(&["admin", "add", "alice", "--role", "operator", "--json"]);
    let token = json_of(&added)["token"].as_str().unwrap().to_owned();
    assert!(String::from_utf8_lossy(&added.stderr).contains("not shown again"));
    let file = keep(directory.path(), "alice-token", &token);
    let file = file.to_str().unwrap();

    let fund = ["wallet", "fund", "W-DEMO-HKD", "--amount", "5.00", "--token-file", file, "--why", "gift"];
    assert_eq!(sandbox.run(&fund).status.code(), Some(0));
    let acts = json_of(&sandbox.run(&["admin", "acts", "--limit", "1", "--json"]));
    let act = &acts["items"][0];
    assert_eq!((&act["actor"], &act["action"]), (&json!("alice"), &json!("wallet.fund")));
    assert_eq!(act["why"], "gift");
    let told = refused(&sandbox.run(&["merchant", "add", "M-9", "--name", "n", "--token-file", file]));
    assert!(told.contains("needs the role admin; alice has the role operator"), "{told}");

    let pending = json_of(&sandbox.run(&["admin", "pending", "--json"]));
    assert_eq!(pending["items"], json!([]), "a sandbox asks for no second person");
    let told = refused(&sandbox.run(&["admin", "confirm", "P-1", "--token-file", file]));
    assert!(told.contains("there is no proposal P-1"), "{told}");

    assert_eq!(sandbox.run(&["admin", "remove", "alice"]).status.code(), Some(0));
    let told = refused(&sandbox.run(&["wallet", "list", "--token-file", file]));
    assert!(told.contains("not any more") && told.contains("check the token file"), "{told}");
    assert_eq!(sandbox.terminate().code(), Some(0));
    let people = json_of(&run_on(directory.path(), &["admin", "list", "--json"]));
    assert!(people["items"][0]["removed_at"].is_string(), "also where nobody runs: {people}");
}

/// A password out of a file opens a session over HTTP, and its cookie lets the gateway's own page in, no other one.
#[tokio::test]
async fn a_password_opens_a_session_of_a_browser() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let file = keep(directory.path(), "password", "correct horse battery\n");
    let words = ["admin", "add", "bob", "--role", "viewer", "--password-file", file.to_str().unwrap()];
    let added = sandbox.run(&words);
    let text = String::from_utf8_lossy(&added.stdout);
    assert!(
        added.status.success() && text.contains("viewer") && !text.contains("farthing_personal"),
        "{text}"
    );

    let admin = format!("{}/admin/v1", sandbox.ready["admin"].as_str().unwrap());
    let http = reqwest::Client::new();
    let body = json!({"person_id": "bob", "password": "correct horse battery"});
    let answer = http.post(format!("{admin}/login")).json(&body).send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    for (site, status) in [("same-origin", 200), ("cross-site", 403)] {
        let asked = http.get(format!("{admin}/me")).header("cookie", &cookie).header("sec-fetch-site", site);
        assert_eq!(asked.send().await.unwrap().status().as_u16(), status, "{site}");
    }
    let foreign = http.get(format!("{admin}/me")).header("cookie", &cookie).header("host", "evil.example");
    assert_eq!(foreign.send().await.unwrap().status().as_u16(), 403);
}
