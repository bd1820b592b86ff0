//! One connection from its first byte to its last.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::{Request, Response};
use hyper::body::{Body as HttpBody, Incoming};
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::Watcher;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

use super::limits::Limits;
use super::read_body::StagedBody;
use super::stage::Stage;
use super::stream::StagedStream;
use super::tally::Tally;

/// Hyper's read buffer; it must hold a whole head, and a large body comes in pieces of at most this.
const READ_BUFFER_BYTES_MIN: usize = 64 * 1024;

/// Serves requests on `io` until either side closes, a phase is overdue, or `kill` is cancelled.
///
/// `watcher` tells it to end after the current exchange.
pub(super) async fn drive<T, S, B>(
    io: T,
    service: S,
    limits: &Limits,
    watcher: Watcher,
    kill: &CancellationToken,
    tally: &Tally,
) where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<StagedBody>, Response = Response<B>> + 'static,
    S::Future: Unpin,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: HttpBody + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let stage = Arc::new(Stage::new());
    let stream = StagedStream::new(io, Arc::clone(&stage), limits);
    let service = StagedService { inner: service, stage: Arc::clone(&stage) };
    let connection = builder(limits).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        biased;
        outcome = watcher.watch(connection) => {
            if let Err(error) = outcome {
                tracing::debug!(%error, "a connection ended early");
            }
        }
        () = stage.overdue(limits) => tally.note_cut_overdue(),
        () = kill.cancelled() => {}
    }
}

fn builder(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        // A caller that sent its whole request and closed its end has asked; without this, hyper would drop a request
        // whose body it has just read.
        .half_close(true)
        .max_header_size(limits.header_bytes_max)
        .max_buf_size(READ_BUFFER_BYTES_MIN.max(limits.header_bytes_max))
        // The stage keeps this time; hyper's own would cut idle connections as well.
        .header_read_timeout(None);
    builder
}

/// A service that tells the stage when a request came and when its answer is ready.
struct StagedService<S> {
    inner: S,
    stage: Arc<Stage>,
}

impl<S> Service<Request<Incoming>> for StagedService<S>
where
    S: Service<Request<StagedBody>>,
    S::Future: Unpin,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = StagedFuture<S::Future>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.stage.exchange_began(!request.body().is_end_stream());
        let request = request.map(|body| StagedBody::new(body, Arc::clone(&self.stage)));
        StagedFuture { inner: self.inner.call(request), stage: Arc::clone(&self.stage) }
    }
}

struct StagedFuture<F> {
    inner: F,
    stage: Arc<Stage>,
}

impl<F: Future + Unpin> Future for StagedFuture<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let output = ready!(Pin::new(&mut self.inner).poll(cx));
        self.stage.exchange_ended();
        Poll::Ready(output)
    }
}
