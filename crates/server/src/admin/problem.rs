//! Errors as problem documents.
//!
//! Source: RFC 9457.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde::Serialize;

/// A kind of problem that the admin API itself finds. Refusals of the core have kinds of their own.
pub(super) struct Kind {
    pub(super) status: u16,
    pub(super) reason: &'static str,
    pub(super) title: &'static str,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $status:literal $reason:literal $title:literal;)*) => {
        $($(#[$doc])* pub(super) const $name: Kind = Kind { status: $status, reason: $reason, title: $title };)*

        /// Every kind.
        #[cfg(test)]
        pub(super) const ALL: &[&Kind] = &[$(&$name,)*];
    };
}

kinds! {
    /// The body is not JSON.
    BODY_BROKEN = 400 "body_broken" "The body is not JSON";
    TOKEN_MISSING = 401 "token_missing" "A token is needed";
    TOKEN_WRONG = 401 "token_wrong" "The token is wrong";
    LOGIN_WRONG = 401 "login_wrong" "The login is wrong";
    SESSION_OVER = 401 "session_over" "The session is over";
    HOST_NOT_ALLOWED = 403 "host_not_allowed" "The host is not allowed";
    /// A stranger's page may have sent it.
    ORIGIN_NOT_ALLOWED = 403 "origin_not_allowed" "The page is not allowed";
    ROLE_MISSING = 403 "role_missing" "Another role is needed";
    SAME_PERSON = 403 "same_person" "Somebody else has to confirm it";
    SANDBOX_ONLY = 403 "sandbox_only" "Possible in a sandbox only";
    /// There is such a path, and nothing of this name behind it.
    NOT_FOUND = 404 "not_found" "Nothing has this name";
    PATH_UNKNOWN = 404 "path_unknown" "No such path";
    METHOD_NOT_ALLOWED = 405 "method_not_allowed" "The path has no such method";
    EXISTS = 409 "exists" "The name is taken";
    /// Nothing is wrong with the request, but things do not stand as it needs them.
    WRONG_STATE = 409 "wrong_state" "Not possible as things stand";
    BODY_TOO_LARGE = 413 "body_too_large" "The body is too large";
    MEDIA_TYPE = 415 "media_type" "The body must be application/json";
    FIELD_ILLEGAL = 422 "field_illegal" "A field is wrong";
    QUERY_ILLEGAL = 422 "query_illegal" "The query is wrong";
    TOO_MANY_LOGINS = 429 "too_many_logins" "Too many logins have failed";
    FAILED = 500 "failed" "Something failed inside";
    BUSY = 503 "busy" "Too much to do";
    UNAVAILABLE = 503 "unavailable" "The store does not answer";
}

/// A problem, as it is told to the caller.
#[derive(Serialize, Debug)]
pub(super) struct Problem {
    r#type: String,
    title: &'static str,
    status: u16,
    reason: &'static str,
    detail: String,
    #[serde(skip)]
    retry_after_s: Option<i64>,
}

impl Problem {
    pub(super) fn new(kind: &Kind, detail: impl Into<String>) -> Self {
        Self::of(kind.status, kind.reason, kind.title, detail.into())
    }

    pub(super) fn of(status: u16, reason: &'static str, title: &'static str, detail: String) -> Self {
        Self {
            r#type: format!("urn:farthing:problem:{reason}"),
            title,
            status,
            reason,
            detail,
            retry_after_s: None,
        }
    }

    /// After how many seconds it makes sense to try again.
    pub(super) fn retry_after_s(self, seconds: i64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// Nothing has this name. `what` says what was looked for, e.g. `merchant M-1`.
    pub(super) fn not_found(what: impl std::fmt::Display) -> Self {
        Self::new(&NOT_FOUND, format!("there is no {what}"))
    }

    /// A field of the body is wrong. `name` is the field, `why` what is wrong and what would do.
    pub(super) fn field(name: &str, why: impl std::fmt::Display) -> Self {
        Self::new(&FIELD_ILLEGAL, format!("{name}: {why}"))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let text = serde_json::to_vec(&self).expect("texts and numbers can always be written");
        let status = StatusCode::from_u16(self.status).expect("the table has real statuses only");
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"farthing admin\""));
        }
        if let Some(seconds) = self.retry_after_s {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        (status, headers, Body::from(text)).into_response()
    }
}
