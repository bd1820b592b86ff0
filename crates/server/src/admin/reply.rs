//! Answers that are not errors.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, SET_COOKIE};
use serde::Serialize;
use serde_json::Value;

/// An answer with a JSON body.
#[derive(Debug)]
pub(super) struct Reply {
    status: StatusCode,
    json: Vec<u8>,
    cookie: Option<HeaderValue>,
}

impl Reply {
    /// Status 200.
    pub(super) fn ok(view: &impl Serialize) -> Self {
        Self::with(StatusCode::OK, view)
    }

    /// Status 201: something new is there.
    pub(super) fn created(view: &impl Serialize) -> Self {
        Self::with(StatusCode::CREATED, view)
    }

    /// Status 202: it is kept, and not done yet.
    pub(super) fn accepted(view: &impl Serialize) -> Self {
        Self::with(StatusCode::ACCEPTED, view)
    }

    /// What it says.
    pub(super) fn to_value(&self) -> Value {
        serde_json::from_slice(&self.json).expect("it was written as JSON")
    }

    /// Status 200, and the text is JSON already.
    pub(super) fn ready_made(json: &'static str) -> Self {
        Self { status: StatusCode::OK, json: json.as_bytes().to_vec(), cookie: None }
    }

    fn with(status: StatusCode, view: &impl Serialize) -> Self {
        let json = serde_json::to_vec(view).expect("views have text keys and no failing parts");
        Self { status, json, cookie: None }
    }

    /// The same, and a cookie for the browser.
    pub(super) fn with_cookie(self, cookie: HeaderValue) -> Self {
        Self { cookie: Some(cookie), ..self }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        // Balances and states are never to be told from a cache.
        let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];
        let mut response = (self.status, headers, Body::from(self.json)).into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(SET_COOKIE, cookie);
        }
        response
    }
}
