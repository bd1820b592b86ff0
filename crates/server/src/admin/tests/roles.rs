//! Who may do what: every route with every role.

use axum::body::Body;
use farthing_core::rows::Role;
use http::Request;
use http::header::{AUTHORIZATION, HOST};
use serde_json::json;

use super::super::access::Access;
use super::super::routes::{ROUTES, Route};
use super::{Desk, TOKEN, read, request};

/// A path of this route, with something in the place of every name.
fn path_of(route: &Route) -> String {
    let part = |part: &'static str| if part.starts_with('{') { "x" } else { part };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn method_of(route: &Route) -> String {
    format!("{:?}", route.verb).to_ascii_uppercase()
}

#[tokio::test]
async fn nobody_without_credentials_comes_past_any_route_that_asks_for_a_role() {
    let desk = Desk::open().await;
    for route in ROUTES {
        let (method, path) = (method_of(route), path_of(route));
        let (status, _, answer) = desk.exchange(&method, &path, &[], None).await;
        match route.access {
            Access::Open => assert_eq!(status, 200, "{path}"),
            Access::Guest => assert_eq!(answer["reason"], "field_illegal", "{path}"),
            _ => assert_eq!((status, &answer["reason"]), (401, &json!("token_missing")), "{path}"),
        }
    }
}

#[tokio::test]
async fn every_route_lets_in_exactly_the_roles_that_are_enough_for_it() {
    // The refusal names the role that is needed and the one that the person has. What is let in fails or not by its own
    // checks, which are another matter.
    let desk = Desk::open().await;
    let mut let_in = 0;
    for role in Role::ALL {
        let bearer = desk.person(&format!("{}-1", role.word()), role.word()).await;
        for route in ROUTES {
            let Some(least) = route.access.least_role() else { continue };
            let (path, method) = (path_of(route), method_of(route));
            let (status, answer) = desk.ask_as(&bearer, &method, &path, None).await;
            if role.includes(least) {
                let_in += 1;
                assert!(status != 401 && answer["reason"] != "role_missing", "{method} {path}: {answer}");
            } else {
                assert_eq!((status, &answer["reason"]), (403, &json!("role_missing")), "{method} {path}");
                let detail = answer["detail"].as_str().unwrap();
                assert!(detail.contains(&format!("needs the role {}", least.word())), "{detail}");
                assert!(detail.contains(&format!("-1 has the role {}", role.word())), "{detail}");
            }
        }
    }
    assert!(let_in > ROUTES.len(), "an admin comes in nearly everywhere, the others somewhere");
}

#[tokio::test]
async fn reading_is_for_viewers_and_nothing_else_is() {
    // A route that changes something and is open to viewers would be a mistake in the table; a logout is their own.
    for route in ROUTES {
        let reads = method_of(route) == "GET";
        let is_for_viewers = route.access == Access::Viewer && !route.path.ends_with("/logout");
        let is_open = route.access.least_role().is_none();
        assert!(is_open || reads == is_for_viewers || route.path.ends_with("/logout"), "{}", route.path);
    }
}

#[tokio::test]
async fn a_foreign_host_is_refused_on_every_route_before_anything_else() {
    // Also the login, and also with the right token. A probe of health names whatever address it has.
    let desk = Desk::open().await;
    let refused = async |asked: http::request::Builder, path: &str| {
        let asked = asked.header(AUTHORIZATION, format!("Bearer {TOKEN}")).body(Body::empty()).unwrap();
        let (status, _, problem) = read(desk.send(asked).await).await;
        assert_eq!((status, &problem["reason"]), (403, &json!("host_not_allowed")), "{path}");
    };
    for route in ROUTES.iter().filter(|route| route.access != Access::Open) {
        let (method, path) = (method_of(route), path_of(route));
        let plain = || Request::builder().method(method.as_str()).uri(&path);
        for host in ["evil.example", "evil.example:8791", "127.0.0.1.evil.example", "[::2]:8791", ""] {
            refused(plain().header(HOST, host), &path).await;
        }
        refused(plain(), &path).await;
        refused(request(&method, &path).header(HOST, "evil.example"), &path).await;
        let absolute = format!("http://evil.example{path}");
        refused(Request::builder().method(method.as_str()).uri(absolute).header(HOST, "localhost"), &path)
            .await;
    }
}
