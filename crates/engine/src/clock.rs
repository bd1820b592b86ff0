//! Where the real time comes from.

use std::sync::Mutex;

use farthing_core::time::Timestamp;

/// A source of the real time. Worlds derive their own time from it.
pub trait Clock: Send + Sync + 'static {
    /// The real time.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
    fn now(&self) -> Timestamp {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let ms = since_1970.map_or(0, |duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX));
        Timestamp::from_ms(ms)
    }
}

/// A clock that stands where it is put; for tests.
#[derive(Debug)]
pub struct FixedClock(Mutex<Timestamp>);

impl FixedClock {
    /// A clock that stands at `at`.
    #[must_use]
    pub fn new(at: Timestamp) -> Self {
        Self(Mutex::new(at))
    }

    /// Moves it forward.
    pub fn advance_ms(&self, by_ms: i64) {
        let mut at = self.0.lock().expect("no holder of this lock panics");
        *at = at.plus_ms(by_ms);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().expect("no holder of this lock panics")
    }
}
