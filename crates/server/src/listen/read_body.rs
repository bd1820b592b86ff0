//! Reading a request's body within the limits.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use hyper::body::{Body as HttpBody, Frame, Incoming, SizeHint};
use tokio::time::timeout;

use super::limits::Limits;
use super::request::Body;
use super::stage::Stage;

/// A request's body that tells the stage when it was read to its end.
pub(super) struct StagedBody {
    inner: Incoming,
    stage: Arc<Stage>,
}

impl StagedBody {
    pub(super) fn new(inner: Incoming, stage: Arc<Stage>) -> StagedBody {
        StagedBody { inner, stage }
    }
}

impl HttpBody for StagedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.inner).poll_frame(cx));
        let failed = matches!(frame, Some(Err(_)));
        if !failed && (frame.is_none() || self.inner.is_end_stream()) {
            self.stage.body_was_read();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// Reads the whole body, or says why it cannot be had.
///
/// A body whose announced length is above the limit is not read at all, so a client that waits for
/// `100 Continue` never gets it; one of unknown length is read up to the limit.
pub(super) async fn read_body(body: StagedBody, limits: &Limits) -> Body {
    let limit_bytes = limits.body_bytes_max;
    if body.size_hint().lower() > limit_bytes as u64 {
        return Body::TooLarge { limit_bytes };
    }
    match timeout(Duration::from_millis(limits.body_timeout_ms), collect(body, limit_bytes)).await {
        Ok(body) => body,
        Err(_elapsed) => Body::TimedOut,
    }
}

async fn collect(mut body: StagedBody, limit_bytes: usize) -> Body {
    let mut gathered = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Body::Broken };
        // Trailers say nothing that any dialect reads.
        let Ok(data) = frame.into_data() else { continue };
        if gathered.len() + data.len() > limit_bytes {
            return Body::TooLarge { limit_bytes };
        }
        if gathered.is_empty() && body.is_end_stream() {
            // The usual small body comes in one piece: keep it without a copy.
            return Body::Whole(data);
        }
        gathered.extend_from_slice(&data);
    }
    Body::Whole(gathered.freeze())
}
