//! Getting an answer for one request, whatever becomes of its handler.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderMap, TRANSFER_ENCODING};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::service::Service;
use tokio::task::JoinError;
use tokio::time::{Instant, timeout, timeout_at};

use super::handler::{BoxFuture, Handler};
use super::limits::Limits;
use super::read_body::{StagedBody, read_body};
use super::reply::{HungUp, RawReply};
use super::request::{Origin, RawRequest, RequestHead, head_of};
use super::serve::Surroundings;
use super::tally::Tally;

/// Whether nothing after this request is read from its connection: it came in chunks. Where a proxy in front and this
/// gateway read the end of such a request differently, what follows it would be taken for somebody's next request.
///
/// Source: RFC 9112 §6.1 (a server closes after a request with both lengths; hyper does not tell us whether it had both).
pub(super) fn is_last_of_its_connection(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
}

/// The hyper service of one connection in front of a [`Handler`].
#[derive(Clone)]
pub(super) struct HandlerService {
    pub(super) handler: Arc<dyn Handler>,
    pub(super) around: Arc<Surroundings>,
    pub(super) tally: Arc<Tally>,
    pub(super) origin: Origin,
}

impl Service<Request<StagedBody>> for HandlerService {
    type Response = Response<Full<Bytes>>;
    type Error = HungUp;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, HungUp>> + Send>>;

    fn call(&self, request: Request<StagedBody>) -> Self::Future {
        Box::pin(self.clone().exchange(request))
    }
}

impl HandlerService {
    async fn exchange(self, request: Request<StagedBody>) -> Result<Response<Full<Bytes>>, HungUp> {
        if request.method() == Method::CONNECT {
            // It asks for a tunnel and has no path that a handler could look at.
            return RawReply::new(StatusCode::METHOD_NOT_ALLOWED, Bytes::new()).into_response(false);
        }
        let answer_by = Instant::now() + Duration::from_millis(self.limits().answer_timeout_ms);
        let (parts, body) = request.into_parts();
        let head = Arc::new(head_of(parts, self.origin, self.around.request_ids.next_id(), self.limits()));
        let is_last = is_last_of_its_connection(&head.headers);
        let body = read_body(body, self.limits()).await;
        let keep = body.is_whole() && !is_last;
        self.answer(RawRequest { head, body }, answer_by).await.into_response(keep)
    }

    fn limits(&self) -> &Limits {
        &self.around.limits
    }

    /// Runs the handler in a task of its own and waits for it until `answer_by`.
    async fn answer(&self, request: RawRequest, answer_by: Instant) -> RawReply {
        let head = Arc::clone(&request.head);
        let handler = Arc::clone(&self.handler);
        // The call is inside the task too, so that a panic before its first await is caught as well.
        let task = self.around.tracker.spawn(async move { handler.handle(request).await });
        match timeout_at(answer_by, task).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(error)) => self.answer_for_panic(&head, &error).await,
            Err(_elapsed) => self.answer_for_late(&head).await,
        }
    }

    async fn answer_for_panic(&self, head: &Arc<RequestHead>, error: &JoinError) -> RawReply {
        self.tally.note_panicked();
        tracing::error!(
            request_id = %head.request_id, method = %head.method, path = %head.path(), %error,
            "a handler panicked; the caller gets the answer for an unknown failure"
        );
        let handler = Arc::clone(&self.handler);
        let head_for_task = Arc::clone(head);
        self.fallback(head, Box::pin(async move { handler.panicked(head_for_task).await })).await
    }

    async fn answer_for_late(&self, head: &Arc<RequestHead>) -> RawReply {
        self.tally.note_answered_late();
        tracing::warn!(
            request_id = %head.request_id, method = %head.method, path = %head.path(),
            limit_ms = self.limits().answer_timeout_ms,
            "a handler is late; the caller is told that the result is unknown, and the work goes on"
        );
        let handler = Arc::clone(&self.handler);
        let head_for_task = Arc::clone(head);
        self.fallback(head, Box::pin(async move { handler.late(head_for_task).await })).await
    }

    /// The answer in the handler's place. When even that fails the connection is closed without a
    /// word: some SDKs take an unsigned answer for a good one (ANTOM-FACTS §1.6), none takes silence so.
    async fn fallback(&self, head: &RequestHead, reply: BoxFuture<RawReply>) -> RawReply {
        let limit_ms = self.limits().fallback_timeout_ms;
        match timeout(Duration::from_millis(limit_ms), self.around.tracker.spawn(reply)).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) | Err(_) => {
                tracing::error!(
                    request_id = %head.request_id, limit_ms,
                    "the answer in the handler's place failed; the connection is closed without one"
                );
                RawReply::hang_up()
            }
        }
    }
}
