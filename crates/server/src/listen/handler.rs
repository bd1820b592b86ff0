//! What stands behind a listener.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::reply::RawReply;
use super::request::{RawRequest, RequestHead};

/// A future on the heap, so that handlers can stand behind `dyn`.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Answers whole requests, on any path and with any method but CONNECT.
///
/// Each future runs in a task of its own in the [`TaskTracker`](tokio_util::task::TaskTracker) of the
/// listener: nobody drops it when the caller hangs up, when the answer comes too late, or when the
/// gateway is told to stop. So what moves money finishes.
pub trait Handler: Send + Sync + 'static {
    /// Answers one request. A body that could not be read comes here too, so that the refusal can be
    /// told in the caller's dialect.
    fn handle(self: Arc<Self>, request: RawRequest) -> BoxFuture<RawReply>;

    /// Answers in place of a [`handle`](Handler::handle) that took longer than
    /// [`Limits::answer_timeout_ms`](super::Limits::answer_timeout_ms) and goes on meanwhile: the
    /// result is not known.
    fn late(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply>;

    /// Answers in place of a [`handle`](Handler::handle) that panicked.
    fn panicked(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply>;
}
