//! What every dialect looks at before it looks at a message: method, media type, body.

use bytes::Bytes;
use farthing_core::reason::{Reason, Refusal};

use crate::listen::{Body, RawRequest, RequestHead};

/// The body of a POST that says it is JSON.
///
/// # Errors
/// In order of checking: [`Reason::MethodNotSupported`], [`Reason::MediaTypeNotAcceptable`],
/// [`Reason::ParameterIllegal`] (no whole body).
pub(super) fn check_envelope(request: &RawRequest) -> Result<Bytes, Refusal> {
    if request.head.method != "POST" {
        return Err(Reason::MethodNotSupported.into());
    }
    if !speaks_json(&request.head) {
        return Err(Reason::MediaTypeNotAcceptable.into());
    }
    whole_body(&request.body)
}

/// The bytes of a body.
///
/// # Errors
/// [`Reason::ParameterIllegal`], saying why there are none.
pub(super) fn whole_body(body: &Body) -> Result<Bytes, Refusal> {
    let illegal = |detail: String| Err(Refusal::new(Reason::ParameterIllegal, detail));
    match body {
        Body::Whole(bytes) => Ok(bytes.clone()),
        Body::TooLarge { limit_bytes } => illegal(format!("the body is larger than {limit_bytes} bytes")),
        Body::TimedOut => illegal("the body did not arrive in time".to_owned()),
        Body::Broken => illegal("the body ended early, or its framing is damaged".to_owned()),
    }
}

/// Whether the body says it is JSON; one SDK sends two content types, and none at all is let pass.
fn speaks_json(head: &RequestHead) -> bool {
    let mut types = head.headers.get_all(http::header::CONTENT_TYPE).iter().peekable();
    let is_json = |value: &http::HeaderValue| {
        value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains("json"))
    };
    types.peek().is_none() || types.any(is_json)
}
