//! What happened in all histories together, so that a run in which something never happens cannot pass.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! events {
    ($($name:ident = $text:literal,)*) => {
        /// A kind of event that every long enough run must have seen.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Event { $(#[doc = $text] $name,)* }

        impl Event {
            pub(crate) const ALL: &[(Self, &str)] = &[$((Self::$name, $text),)*];
        }
    };
}

events! {
    Answered = "calls answered",
    Unknown = "calls answered that what happened is not known",
    UnknownButDone = "unknown answers whose decision was committed",
    UnknownNotDone = "unknown answers of which nothing was committed",
    Refused = "calls refused",
    RefundRefused = "refunds refused for the amount",
    CaptureRefused = "captures refused for the amount",
    Repeated = "repeats told what the first call led to",
    RepeatedOtherwise = "repeats refused for another amount",
    RacedRequest = "requests asked again while they were being decided",
    CancelledBefore = "payments refused because they were cancelled before they were seen",
    HungUp = "callers that hung up",
    Crashed = "processes that ended",
    CrashedMidway = "calls cut off by the end of their process",
    LandedAfterDeath = "jobs carried out after their process had ended",
    LostWithProcess = "jobs lost with their process",
    ReadFailed = "reads that failed",
    CommitLost = "batches whose connection went before the commit",
    AcknowledgementLost = "commits whose acknowledgement was lost",
    CommitUnknown = "commits whose end nobody could tell",
    BusyStore = "batches refused by a busy store",
    Rerun = "batches run again from the load",
    BatchOfMany = "batches of several jobs",
    Overtaken = "jobs of another process committed between a load and its commit",
    SameRow = "batches in which jobs met on a row",
    PaidMeanwhile = "refunds and cancels that met a payment being paid",
    Sent = "notifications sent",
    Delivered = "notifications acknowledged",
    GivenUp = "notifications given up",
    LeaseRanOut = "tries that ended after their lease had run out",
    LeaseRefused = "notifications that two processes wanted to send at once",
    SentTwice = "notifications that arrived more than once",
    ClosedByClock = "payments found closed by the clock alone",
    LapsedByClock = "authorizations found lapsed by the clock alone",
    Expired = "payments closed by the sweep",
    Reversed = "payments ended after they were paid",
    StaleClock = "calls decided by a clock that another process had moved",
    Sealed = "seals put",
}

const COUNT: usize = Event::ALL.len();

/// How often each kind of event happened.
pub(crate) struct Tally([AtomicU64; COUNT]);

impl Default for Tally {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Tally {
    pub(crate) fn count(&self, event: Event) {
        self.add(event, 1);
    }

    pub(crate) fn add(&self, event: Event, times: usize) {
        self.0[event as usize].fetch_add(u64::try_from(times).unwrap(), Ordering::Relaxed);
    }

    /// A line for each kind of event.
    pub(crate) fn lines(&self) -> Vec<String> {
        let count = |event: Event| self.0[event as usize].load(Ordering::Relaxed);
        Event::ALL.iter().map(|(event, text)| format!("{:>10} {text}", count(*event))).collect()
    }

    /// The kinds that never happened.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let never = |event: &Event| self.0[*event as usize].load(Ordering::Relaxed) == 0;
        Event::ALL.iter().filter(|(event, _)| never(event)).map(|(_, text)| *text).collect()
    }
}
