//! An axum router on the same accept loop.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::ConnectInfo;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response, StatusCode};
use hyper::service::Service;
use tower::ServiceExt as _;

use super::answer::is_last_of_its_connection;
use super::handler::BoxFuture;
use super::read_body::StagedBody;
use super::request::Origin;
use super::serve::Surroundings;
use super::tally::Tally;

/// The hyper service of one connection in front of a router.
///
/// Each request runs in a tracked task, so that an act of an operator finishes when the caller hangs up.
/// The extensions of a request carry `ConnectInfo<SocketAddr>` and a
/// [`RequestId`](super::RequestId).
pub(super) struct RouterService {
    pub(super) router: Router,
    pub(super) around: Arc<Surroundings>,
    pub(super) tally: Arc<Tally>,
    pub(super) origin: Origin,
}

impl Service<Request<StagedBody>> for RouterService {
    type Response = Response<axum::body::Body>;
    type Error = Infallible;
    type Future = BoxFuture<Result<Self::Response, Infallible>>;

    fn call(&self, mut request: Request<StagedBody>) -> Self::Future {
        let is_last = is_last_of_its_connection(request.headers());
        let request_id = self.around.request_ids.next_id();
        request.extensions_mut().insert(ConnectInfo(self.origin.peer));
        request.extensions_mut().insert(request_id.clone());
        let task = self.around.tracker.spawn(self.router.clone().oneshot(request));
        let tally = Arc::clone(&self.tally);
        Box::pin(async move {
            let answered = task.await.unwrap_or_else(|error| {
                tally.note_panicked();
                tracing::error!(%request_id, %error, "a route panicked; the caller gets status 500");
                Ok(failed())
            });
            answered.map(|mut response| {
                if is_last {
                    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                response
            })
        })
    }
}

fn failed() -> Response<axum::body::Body> {
    let mut response = Response::new(axum::body::Body::empty());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
