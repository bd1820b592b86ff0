//! Where a connection stands between two requests, and when that is overdue.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::limits::Limits;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The peer is sending a request head, or has yet to send its first one.
    Head,
    /// A request is with its service, which may be reading the body.
    Exchange,
    /// The last answer was handed over; nothing has come since.
    Idle,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    since: Instant,
    /// Whether bytes of the current request are still to be read, so that closing now would reset.
    unread: bool,
}

/// The state of one connection, shared by its socket (which sees bytes), its service (which sees
/// requests) and its watch (which sees the time).
///
/// Hyper's own header timeout runs while a connection is idle, too, so it cannot tell a slow client from
/// a pooled one; that is why the phases are kept here.
#[derive(Debug)]
pub(super) struct Stage {
    state: Mutex<State>,
}

impl Stage {
    pub(super) fn new() -> Stage {
        Stage { state: Mutex::new(State { phase: Phase::Head, since: Instant::now(), unread: false }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The state is three plain values, valid after any panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes came in. The first one after an idle time begins a request.
    pub(super) fn bytes_were_read(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Exchange {
            return;
        }
        state.unread = true;
        if state.phase == Phase::Idle {
            state.phase = Phase::Head;
            state.since = Instant::now();
        }
    }

    /// Bytes went out, so an answer that is being sent is not idle.
    pub(super) fn bytes_were_written(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Idle {
            state.since = Instant::now();
        }
    }

    /// A head was read whole; `has_body` says whether more of the request is to come.
    pub(super) fn exchange_began(&self, has_body: bool) {
        *self.lock() = State { phase: Phase::Exchange, since: Instant::now(), unread: has_body };
    }

    /// The body was read to its end.
    pub(super) fn body_was_read(&self) {
        self.lock().unread = false;
    }

    /// The head of the answer was handed over for sending.
    pub(super) fn exchange_ended(&self) {
        let mut state = self.lock();
        state.phase = Phase::Idle;
        state.since = Instant::now();
    }

    /// Whether closing now would leave sent bytes unread, which resets the connection under an answer.
    pub(super) fn is_unread(&self) -> bool {
        self.lock().unread
    }

    fn deadline(&self, limits: &Limits) -> Instant {
        let state = self.lock();
        let limit_ms = match state.phase {
            Phase::Head => limits.header_timeout_ms,
            Phase::Exchange => limits.exchange_timeout_ms,
            Phase::Idle => limits.idle_timeout_ms,
        };
        state.since + Duration::from_millis(limit_ms)
    }

    /// Waits until the current phase is overdue.
    ///
    /// It looks once per shortest limit instead of setting a timer with each phase: a phase that begins
    /// after a look cannot be overdue before the next one, so the cut is still exact.
    pub(super) async fn overdue(&self, limits: &Limits) {
        let shortest_ms =
            limits.header_timeout_ms.min(limits.exchange_timeout_ms).min(limits.idle_timeout_ms);
        loop {
            let now = Instant::now();
            let deadline = self.deadline(limits);
            if deadline <= now {
                return;
            }
            sleep_until(deadline.min(now + Duration::from_millis(shortest_ms))).await;
        }
    }
}
