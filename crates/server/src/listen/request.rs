//! A request as it came from the wire, before any dialect looks at it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, HeaderMap};
use http::request::Parts;

use super::caller::caller_of;
use super::limits::Limits;
use super::request_id::RequestId;

/// Everything about a request but its body.
#[derive(Debug, Clone)]
pub struct RequestHead {
    /// The method as sent, for example `POST`.
    pub method: String,
    /// The request target as received without scheme and authority, query included. Doubled slashes
    /// and percent signs are as the client wrote them; a fragment, which has no place here, is cut off.
    pub target: String,
    /// All header lines. Names are in lower case; a name sent twice is here twice, in order.
    pub headers: HeaderMap,
    /// The other end of the connection.
    pub peer: SocketAddr,
    /// The address that the request came from: that of [`peer`](RequestHead::peer), or what a trusted proxy says.
    pub caller: IpAddr,
    /// Whether the request came through TLS.
    pub over_tls: bool,
    /// The authority of an absolute-form target, or else the first `Host` line.
    pub host: Option<String>,
    /// The name of this request in logs.
    pub request_id: RequestId,
}

impl RequestHead {
    /// The target up to the query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }

    /// The first value of a header that is plain ASCII text, `None` when it is absent or is not.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// The body of a request, or why there is none. Each kind reaches the handler, because some peers
/// understand only an answer that the dialect has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// The bytes as received (transfer coding removed).
    Whole(Bytes),
    /// It is above [`Limits::body_bytes_max`](super::Limits::body_bytes_max), announced or counted.
    TooLarge {
        /// The limit that it broke.
        limit_bytes: usize,
    },
    /// It did not end within [`Limits::body_timeout_ms`](super::Limits::body_timeout_ms).
    TimedOut,
    /// It ended early, or its transfer coding is damaged.
    Broken,
}

impl Body {
    /// Whether the connection can be used again: only when the request was read to its end.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Body::Whole(_))
    }
}

/// One request, as a [`Handler`](super::Handler) gets it.
///
/// The head is shared, so that an answer in the handler's place still knows what was asked.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// Method, target, headers and where it came from.
    pub head: Arc<RequestHead>,
    /// The body.
    pub body: Body,
}

/// What a connection knows about its requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    pub(super) peer: SocketAddr,
    pub(super) over_tls: bool,
}

/// The head of a request in our own form.
pub(super) fn head_of(parts: Parts, origin: Origin, request_id: RequestId, limits: &Limits) -> RequestHead {
    let host = match parts.uri.authority() {
        Some(authority) => Some(authority.as_str().to_owned()),
        None => parts.headers.get(HOST).and_then(|host| host.to_str().ok()).map(str::to_owned),
    };
    RequestHead {
        method: parts.method.as_str().to_owned(),
        target: parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned(),
        caller: caller_of(origin.peer.ip(), &parts.headers, limits),
        headers: parts.headers,
        peer: origin.peer,
        over_tls: origin.over_tls,
        host,
        request_id,
    }
}
