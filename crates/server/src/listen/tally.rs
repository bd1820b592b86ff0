//! Counts of what happened at a listener.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the listener was bound, for health pages and tests.
#[derive(Debug, Default)]
pub struct Tally {
    accepted: AtomicU64,
    refused_over_cap: AtomicU64,
    refused_of_address: AtomicU64,
    accept_errors: AtomicU64,
    handshakes_failed: AtomicU64,
    cut_overdue: AtomicU64,
    answered_late: AtomicU64,
    panicked: AtomicU64,
}

/// One look at a [`Tally`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TallyReading {
    /// Connections accepted, those above the cap not among them.
    pub accepted: u64,
    /// Connections closed at once because `connections_max` were open.
    pub refused_over_cap: u64,
    /// Connections closed at once because their address had `connections_per_address_max` open.
    pub refused_of_address: u64,
    /// Failures of `accept` itself, such as too many open files.
    pub accept_errors: u64,
    /// TLS handshakes that failed or took too long.
    pub handshakes_failed: u64,
    /// Connections cut because headers, an exchange or an idle time was overdue.
    pub cut_overdue: u64,
    /// Answers given by [`Handler::late`](super::Handler::late).
    pub answered_late: u64,
    /// Handlers that panicked.
    pub panicked: u64,
}

impl Tally {
    /// The counts now. They are read one after another, so a busy listener may be between two of them.
    pub fn read(&self) -> TallyReading {
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        TallyReading {
            accepted: of(&self.accepted),
            refused_over_cap: of(&self.refused_over_cap),
            refused_of_address: of(&self.refused_of_address),
            accept_errors: of(&self.accept_errors),
            handshakes_failed: of(&self.handshakes_failed),
            cut_overdue: of(&self.cut_overdue),
            answered_late: of(&self.answered_late),
            panicked: of(&self.panicked),
        }
    }

    pub(super) fn note_accepted(&self) {
        self.accepted.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_refused_over_cap(&self) -> u64 {
        self.refused_over_cap.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn note_refused_of_address(&self) -> u64 {
        self.refused_of_address.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn note_accept_error(&self) {
        self.accept_errors.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_handshake_failed(&self) {
        self.handshakes_failed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_cut_overdue(&self) {
        self.cut_overdue.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_answered_late(&self) {
        self.answered_late.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_panicked(&self) {
        self.panicked.fetch_add(1, Ordering::Relaxed);
    }
}
