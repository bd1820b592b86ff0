//! An answer as it goes to the wire.

use bytes::Bytes;
use http::header::{CONNECTION, HeaderName, HeaderValue};
use http::{Response, StatusCode};
use http_body_util::Full;
use thiserror::Error;

/// What becomes of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// Send the answer and keep the connection, unless the request could not be read to its end.
    KeepOpen,
    /// Close the socket without writing any byte: the sandbox's lost reply.
    HangUpWithoutAnswer,
}

/// One answer of a [`Handler`](super::Handler).
///
/// Header names go out in lower case, because the Python SDK looks for them in lower case only
/// (ANTOM-FACTS §1.5). The listener adds `content-length` and `date`.
#[derive(Debug, Clone)]
pub struct RawReply {
    /// The HTTP status, from 200 up.
    pub status: StatusCode,
    /// Header lines, in the order in which they are sent.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body, sent as it is.
    pub body: Bytes,
    /// What becomes of the connection.
    pub then: Then,
}

impl RawReply {
    /// An answer with a body and no headers yet.
    pub fn new(status: StatusCode, body: impl Into<Bytes>) -> RawReply {
        RawReply { status, headers: Vec::new(), body: body.into(), then: Then::KeepOpen }
    }

    /// No answer: the socket closes.
    pub fn hang_up() -> RawReply {
        RawReply { then: Then::HangUpWithoutAnswer, ..RawReply::new(StatusCode::OK, Bytes::new()) }
    }

    /// Adds a header line whose value came from the request or is already a value.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> RawReply {
        self.headers.push((name, value));
        self
    }

    /// Adds a header line.
    ///
    /// # Panics
    /// When `name` is not in lower case, or `value` holds a control character: both are written by us,
    /// never by a peer. A panic here is answered as any panic of a handler.
    pub fn with_text(self, name: &'static str, value: &str) -> RawReply {
        let value = HeaderValue::from_str(value).expect("our own header values have no control characters");
        self.with_header(HeaderName::from_static(name), value)
    }

    /// The answer for hyper, or the order to drop the connection.
    pub(super) fn into_response(self, keep: bool) -> Result<Response<Full<Bytes>>, HungUp> {
        if self.then == Then::HangUpWithoutAnswer {
            return Err(HungUp);
        }
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            response.headers_mut().append(name, value);
        }
        if !keep {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        Ok(response)
    }
}

/// Tells hyper to drop the connection: it writes nothing when a service fails.
#[derive(Debug, Error)]
#[error("the connection is closed without an answer, as the handler asked")]
pub(super) struct HungUp;
