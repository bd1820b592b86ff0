//! A socket that reports its bytes to the stage, and closes without cutting off an answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::limits::Limits;
use super::stage::Stage;

/// A plain or TLS stream under hyper.
///
/// When hyper shuts it down while the peer is still sending (headers or a body over the limit), it says
/// that no more is coming, then reads and discards for a bounded time and number of bytes. Closing at
/// once would send a reset, and the peer's system would throw away the answer that it had received.
pub(super) struct StagedStream<T> {
    inner: T,
    stage: Arc<Stage>,
    linger_timeout_ms: u64,
    linger_bytes_left: usize,
    lingering: Option<Pin<Box<Sleep>>>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> StagedStream<T> {
    pub(super) fn new(inner: T, stage: Arc<Stage>, limits: &Limits) -> StagedStream<T> {
        StagedStream {
            inner,
            stage,
            linger_timeout_ms: limits.linger_timeout_ms,
            linger_bytes_left: limits.linger_bytes_max,
            lingering: None,
        }
    }

    /// Discards until the peer closes too, or the time or the bytes are used up.
    fn poll_linger(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(timer) = &mut self.lingering else { return Poll::Ready(Ok(())) };
        let mut scrap = [0; 8 * 1024];
        while timer.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut scrap);
            let outcome = ready!(Pin::new(&mut self.inner).poll_read(cx, &mut buffer));
            let read_bytes = buffer.filled().len();
            self.linger_bytes_left = self.linger_bytes_left.saturating_sub(read_bytes);
            if outcome.is_err() || read_bytes == 0 || self.linger_bytes_left == 0 {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for StagedStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            self.stage.bytes_were_read();
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for StagedStream<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write(cx, bytes))?;
        self.stage.bytes_were_written();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.inner).poll_write_vectored(cx, slices))?;
        self.stage.bytes_were_written();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.lingering.is_none() {
            ready!(Pin::new(&mut self.inner).poll_shutdown(cx))?;
            if !self.stage.is_unread() {
                return Poll::Ready(Ok(()));
            }
            self.lingering = Some(Box::pin(sleep(Duration::from_millis(self.linger_timeout_ms))));
        }
        self.poll_linger(cx)
    }
}
