//! The clock of a store that several processes share.

use std::time::{SystemTime, UNIX_EPOCH};

use farthing_core::time::{HOUR_MS, Timestamp};

use crate::Harness;

/// A store either has no clock of its own, or one that shows the real time and runs on, also after reopening. The store
/// and the machine of the test may differ by less than an hour.
pub async fn a_shared_clock_is_the_real_time_and_runs_on<H: Harness>(harness: H) {
    let Some(first) = now(&harness).await else {
        assert_eq!(now(&harness).await, None, "a store without a clock never has one");
        return;
    };
    assert!(first.since_ms(machine_now()).abs() < HOUR_MS, "{first:?} is not the real time");
    let mut last = first;
    while last == first {
        let next = now(&harness).await.expect("a store with a clock always has one");
        assert!(next >= last, "the clock ran from {last:?} back to {next:?}");
        last = next;
    }
    if let Some(reopened) = harness.reopen().await {
        assert!(now(&reopened).await.expect("it has a clock after reopening too") >= last);
    }
}

async fn now<H: Harness>(harness: &H) -> Option<Timestamp> {
    harness.store().shared_now().await.expect("the store tells its time")
}

#[expect(clippy::disallowed_methods, reason = "the machine's clock is what the store's is compared with")]
fn machine_now() -> Timestamp {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).expect("the machine's clock is past 1970");
    Timestamp::from_ms(i64::try_from(since_1970.as_millis()).expect("milliseconds of our time fit"))
}
