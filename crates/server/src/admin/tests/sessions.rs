//! Logins of people in browsers.

use farthing_core::time::{HOUR_MS, MINUTE_MS};
use http::HeaderMap;
use http::header::{RETRY_AFTER, SET_COOKIE};
use serde_json::{Value, json};

use super::super::login_limits::{FAILURES_MAX, FAILURES_MS};
use super::{Desk, PASSWORD};

const ME: &str = "/admin/v1/me";
const OWN_PAGE: (&str, &str) = ("sec-fetch-site", "same-origin");

impl Desk {
    /// Tries a login with these headers.
    pub(super) async fn try_login(
        &self,
        person_id: &str,
        password: &str,
        headers: &[(&str, &str)],
    ) -> (u16, HeaderMap, Value) {
        let body = json!({"person_id": person_id, "password": password});
        self.exchange("POST", "/admin/v1/login", headers, Some(body)).await
    }

    /// Logs a person in and gives the cookie as the browser sends it.
    pub(super) async fn login(&self, person_id: &str) -> String {
        let (status, headers, answer) = self.try_login(person_id, PASSWORD, &[OWN_PAGE]).await;
        assert_eq!(status, 200, "{answer}");
        headers[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned()
    }

    /// Asks from the gateway's own page with this cookie.
    pub(super) async fn with_session(
        &self,
        cookie: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> (u16, HeaderMap, Value) {
        self.exchange(method, path, &[("cookie", cookie), OWN_PAGE], body).await
    }

    async fn standing(&self, cookie: &str) -> u16 {
        self.with_session(cookie, "GET", ME, None).await.0
    }

    async fn acts(&self, action: &str) -> Vec<Value> {
        let acts = self.get("/admin/v1/acts?limit=500").await["items"].as_array().unwrap().clone();
        acts.into_iter().filter(|act| act["action"] == action).collect()
    }
}

#[tokio::test]
async fn a_login_gives_a_cookie_that_scripts_of_a_page_cannot_read() {
    let desk = Desk::open().await;
    desk.person("alice", "operator").await;
    let (status, headers, answer) = desk.try_login("alice", PASSWORD, &[OWN_PAGE]).await;
    assert_eq!((status, &answer["name"], &answer["by"]), (200, &json!("alice"), &json!("session")));
    let cookie = headers[SET_COOKIE].to_str().unwrap();
    let (pair, rest) = cookie.split_once("; ").unwrap();
    assert_eq!(rest, "Max-Age=43200; Path=/; Secure; HttpOnly; SameSite=Strict");
    let token = pair.strip_prefix("__Host-farthing-admin=farthing_session_").unwrap();
    assert_eq!(token.len(), 64);
    assert!(!answer.to_string().contains(token), "not in the body, where a script could read it");
    assert_eq!(desk.standing(pair).await, 200);
    assert_eq!(desk.acts("login").await[0]["actor"], "alice");
    // A session is no personal token, and a personal token is no session.
    let as_token = format!("Bearer farthing_session_{token}");
    assert_eq!(desk.ask_as(&as_token, "GET", ME, None).await.0, 401);
    let personal = desk.person("bob", "viewer").await.replace("Bearer ", "__Host-farthing-admin=");
    assert_eq!(desk.standing(&personal).await, 401);
}

#[tokio::test]
async fn a_session_counts_only_for_the_gateways_own_page() {
    // A stranger's page can make the browser send the cookie, but not the header that says who asks.
    let desk = Desk::open().await;
    desk.person("alice", "admin").await;
    let cookie = desk.login("alice").await;
    let ask = async |headers: &[(&str, &str)], method, path| {
        let headers = [&[("cookie", cookie.as_str())], headers].concat();
        let (status, _, answer) = desk.exchange(method, path, &headers, None).await;
        (status, answer["reason"].clone())
    };
    let foreign = (403, json!("origin_not_allowed"));
    for (method, path) in [("GET", ME), ("POST", "/admin/v1/keys/generate"), ("POST", "/admin/v1/logout")] {
        for headers in [
            &[][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://evil.example")],
            &[("origin", "http://127.0.0.1:8790")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")],
        ] {
            assert_eq!(ask(headers, method, path).await, foreign, "{method} {path} {headers:?}");
        }
    }
    assert_eq!(ask(&[("origin", "http://127.0.0.1:8791")], "GET", ME).await.0, 200);
    assert_eq!(desk.standing(&cookie).await, 200, "none of it ended the session");
    let (status, _, answer) = desk.try_login("alice", PASSWORD, &[("sec-fetch-site", "cross-site")]).await;
    assert_eq!((status, answer["reason"].clone()), foreign, "nor does a stranger log somebody in");
    assert_eq!(desk.try_login("alice", PASSWORD, &[]).await.0, 200, "a script is no page");
}

#[tokio::test]
async fn a_session_ends_by_logout_by_lying_idle_and_by_its_age() {
    let desk = Desk::open().await;
    desk.person("alice", "viewer").await;
    let cookie = desk.login("alice").await;
    let (status, headers, _) = desk.with_session(&cookie, "POST", "/admin/v1/logout", None).await;
    assert_eq!(status, 200);
    assert!(headers[SET_COOKIE].to_str().unwrap().contains("Max-Age=0"));
    assert_eq!(desk.standing(&cookie).await, 401);
    assert_eq!(desk.acts("logout").await.len(), 1);

    let idle = desk.login("alice").await;
    desk.clock.advance_ms(30 * MINUTE_MS - 1);
    assert_eq!(desk.standing(&idle).await, 200, "and this use is noted");
    desk.clock.advance_ms(30 * MINUTE_MS - 1);
    assert_eq!(desk.standing(&idle).await, 200);
    desk.clock.advance_ms(30 * MINUTE_MS);
    assert_eq!(desk.standing(&idle).await, 401);

    let busy = desk.login("alice").await;
    for _ in 0..47 {
        desk.clock.advance_ms(HOUR_MS / 4);
        assert_eq!(desk.standing(&busy).await, 200);
    }
    desk.clock.advance_ms(HOUR_MS / 4);
    assert_eq!(desk.standing(&busy).await, 401, "twelve hours are over, however busy it was");
}

#[tokio::test]
async fn a_new_login_is_a_new_session_and_ends_the_one_before() {
    let desk = Desk::open().await;
    desk.person("alice", "viewer").await;
    let first = desk.login("alice").await;
    let elsewhere = desk.login("alice").await;
    let headers = [("cookie", first.as_str()), OWN_PAGE];
    let (status, answered, _) = desk.try_login("alice", PASSWORD, &headers).await;
    assert_eq!(status, 200);
    let second = answered[SET_COOKIE].to_str().unwrap().split(';').next().unwrap();
    assert_ne!(first, second);
    assert_eq!(desk.standing(&first).await, 401);
    assert_eq!(desk.standing(second).await, 200);
    assert_eq!(desk.standing(&elsewhere).await, 200, "that of another browser stays");
}

#[tokio::test]
async fn a_failed_login_tells_nothing_and_is_kept() {
    // Nobody of the name, a wrong password, no password at all, and what can be no name: one answer. What was typed as a
    // name that is nobody's may be a password, and is not kept.
    let desk = Desk::open().await;
    desk.person("alice", "viewer").await;
    desk.post("/admin/v1/people", json!({"person_id": "robot", "role": "viewer", "token": true})).await;
    let tries =
        [("alice", "wrong password"), ("robot", ""), ("hunter2secret", PASSWORD), ("\u{0} '", PASSWORD)];
    let mut answers = Vec::new();
    for (name, password) in tries {
        let (status, headers, answer) = desk.try_login(name, password, &[]).await;
        assert_eq!((status, headers.contains_key(SET_COOKIE)), (401, false));
        answers.push(answer);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    let acts = desk.acts("login.fail").await;
    let subjects: Vec<_> = acts.iter().rev().map(|act| act["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["people(alice)", "people(robot)", "people(unknown)", "people(unknown)"]);
    assert!(acts.iter().all(|act| act["actor"] == "login") && !json!(acts).to_string().contains("hunter2"));
}

#[tokio::test]
async fn logins_of_a_name_wait_after_failures_and_others_do_not() {
    // Also with the right password, and whether or not somebody has the name. Nothing of it is kept but the failures.
    let desk = Desk::open().await;
    for name in ["alice", "bob"] {
        desk.person(name, "viewer").await;
    }
    for name in ["alice", "nobody"] {
        for _ in 0..FAILURES_MAX {
            assert_eq!(desk.try_login(name, "wrong password", &[]).await.0, 401);
        }
        let (status, headers, answer) = desk.try_login(name, PASSWORD, &[]).await;
        assert_eq!((status, &answer["reason"]), (429, &json!("too_many_logins")), "{name}");
        assert_eq!(headers[RETRY_AFTER], "301", "{name}");
    }
    desk.login("bob").await;
    assert_eq!(desk.acts("login.fail").await.len(), 2 * FAILURES_MAX as usize);
    desk.clock.advance_ms(FAILURES_MS);
    desk.login("alice").await;
}

#[tokio::test]
async fn a_token_has_no_session_to_end() {
    let desk = Desk::open().await;
    let (status, reason, _) = desk.refused("POST", "/admin/v1/logout", json!({})).await;
    assert_eq!((status, reason.as_str()), (409, "wrong_state"));
}
