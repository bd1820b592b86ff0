//! The real time of a gateway: that of the store where several processes share it, else this process's own.
//!
//! One of several processes may run on a machine whose clock is wrong. It would take leases that are not over, send
//! notifications early, or close payments that can still be paid. So all of them go by the one clock they share: each
//! knows how far its own is from it, and looks again every now and then.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use farthing_core::time::{SECOND_MS, Timestamp};
use farthing_store::{Store, StoreError};

use crate::clock::Clock;

/// From how far on a machine's clock is worth a word in the log.
const WORTH_A_WORD_MS: i64 = SECOND_MS;

/// Whose clock the real time comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimeSource {
    /// This process's: nobody shares the store.
    Process,
    /// The store's.
    Store {
        /// How far it is ahead of this process's, milliseconds.
        ahead_ms: i64,
    },
}

/// The clock that everything in an engine goes by.
pub(crate) struct GatewayClock {
    own: Arc<dyn Clock>,
    ahead_ms: AtomicI64,
    is_shared: AtomicBool,
}

impl GatewayClock {
    /// This process's clock, until it is compared with that of a store.
    pub(crate) fn new(own: Arc<dyn Clock>) -> Self {
        Self { own, ahead_ms: AtomicI64::new(0), is_shared: AtomicBool::new(false) }
    }

    /// The real time.
    pub(crate) fn now(&self) -> Timestamp {
        self.own.now().plus_ms(self.ahead_ms.load(Ordering::Relaxed))
    }

    /// Whether several processes share this clock, and the store behind it.
    pub(crate) fn is_shared(&self) -> bool {
        self.is_shared.load(Ordering::Relaxed)
    }

    pub(crate) fn source(&self) -> TimeSource {
        match self.is_shared() {
            true => TimeSource::Store { ahead_ms: self.ahead_ms.load(Ordering::Relaxed) },
            false => TimeSource::Process,
        }
    }

    /// Asks the store for its time.
    ///
    /// An answer that was long under way says less: the distance is corrected only as far as it is surely wrong, so that
    /// time does not run to and fro with the network.
    ///
    /// # Errors
    /// Those of the store; the distance stays what it was then.
    pub(crate) async fn compare(&self, store: &dyn Store) -> Result<(), StoreError> {
        let asked_at = self.own.now();
        let told = store.shared_now().await?;
        let answered_at = self.own.now();
        let Some(told) = told.filter(|_| asked_at <= answered_at) else { return Ok(()) };
        // Each of the three moments is cut to whole milliseconds.
        let (least, most) = (told.since_ms(answered_at) - 1, told.since_ms(asked_at) + 1);
        let before = self.ahead_ms.load(Ordering::Relaxed);
        let ahead_ms = before.clamp(least, most);
        self.ahead_ms.store(ahead_ms, Ordering::Relaxed);
        self.is_shared.store(true, Ordering::Relaxed);
        if (ahead_ms - before).abs() >= WORTH_A_WORD_MS {
            tracing::warn!(
                ahead_ms,
                "the store's clock and this machine's differ; the gateway goes by the store's"
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use farthing_core::time::HOUR_MS;
    use farthing_store::{MemoryStore, WriterLimits};

    use super::*;
    use crate::clock::FixedClock;

    fn at(ms: i64) -> Arc<FixedClock> {
        Arc::new(FixedClock::new(Timestamp::from_ms(1_574_827_261_000 + ms)))
    }

    /// A store that shows `shared`, and whose answers take so long by the clock of the process that asks.
    fn store(shared: &Arc<FixedClock>, own: &Arc<FixedClock>, under_way_ms: i64) -> MemoryStore {
        let (shared, own) = (shared.clone(), own.clone());
        MemoryStore::new(WriterLimits::default()).unwrap().with_clock(move || {
            own.advance_ms(under_way_ms);
            shared.now()
        })
    }

    /// A process an hour behind or ahead shows the store's time, to the millisecond that was lost in rounding.
    #[tokio::test]
    async fn a_wrong_clock_is_corrected_by_the_store() {
        for wrong_ms in [-HOUR_MS, HOUR_MS] {
            let (own, shared) = (at(wrong_ms), at(0));
            let clock = GatewayClock::new(own.clone());
            clock.compare(&store(&shared, &own, 0)).await.unwrap();
            assert!(clock.now().since_ms(shared.now()).abs() <= 1);
            assert!(
                matches!(clock.source(), TimeSource::Store { ahead_ms } if (ahead_ms + wrong_ms).abs() <= 1)
            );
        }
    }

    /// What may be owed to the way of the answer is not corrected; what cannot be is.
    #[tokio::test]
    async fn a_slow_answer_corrects_only_what_is_surely_wrong() {
        let (own, shared) = (at(0), at(5_000));
        let clock = GatewayClock::new(own.clone());
        clock.compare(&store(&shared, &own, 8_000)).await.unwrap();
        assert_eq!(clock.source(), TimeSource::Store { ahead_ms: 0 }, "the store's 5 s lie within the 8 s");
        let late = at(60_000);
        clock.compare(&store(&late, &own, 8_000)).await.unwrap();
        assert_eq!(clock.source(), TimeSource::Store { ahead_ms: 60_000 - 16_000 - 1 });
    }

    /// Where the process's clock was set back between question and answer, the answer says nothing.
    #[tokio::test]
    async fn an_answer_across_a_jump_of_the_own_clock_is_left_out() {
        let (own, shared) = (at(0), at(0));
        let clock = GatewayClock::new(own.clone());
        clock.compare(&store(&shared, &own, -HOUR_MS)).await.unwrap();
        assert_eq!(clock.source(), TimeSource::Process);
        clock.compare(&store(&shared, &own, 0)).await.unwrap();
        assert!(clock.now().since_ms(shared.now()).abs() <= 1);
    }

    /// A store without a clock leaves the process its own.
    #[tokio::test]
    async fn a_store_of_one_process_changes_nothing() {
        let own = at(7);
        let clock = GatewayClock::new(own.clone());
        clock.compare(&MemoryStore::new(WriterLimits::default()).unwrap()).await.unwrap();
        assert_eq!((clock.now(), clock.source(), clock.is_shared()), (own.now(), TimeSource::Process, false));
    }
}
