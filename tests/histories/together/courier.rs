//! Who sends notifications: what is due is sent under a lease, and what came of it is written down.

use farthing_core::rows::Delivery;
use farthing_core::time::MINUTE_MS;
use farthing_engine::{Engine, Failure, TryOutcome};

use super::desk::{Desk, Heard};
use super::tally::Event;

/// How often a notification is tried before it is given up.
pub(crate) const TRIES_MAX: i64 = 5;
/// How many a courier takes at once.
const TAKEN_MAX: u32 = 8;

/// Sends what is due. With `twice` the result of each try is told two times.
pub(crate) async fn round(engine: &Engine, desk: &Desk, owner: &str, twice: bool) -> Result<(), Failure> {
    for due in engine.due_deliveries(TAKEN_MAX).await? {
        let Some(leased) = engine.begin_delivery(&due, owner).await? else {
            desk.tally.count(Event::LeaseRefused);
            continue;
        };
        let heard = desk.send(&leased).await;
        for _ in 0..=usize::from(twice) {
            engine.end_delivery(&leased, outcome(heard), gap_ms(&leased)).await?;
        }
    }
    Ok(())
}

fn outcome(heard: Heard) -> TryOutcome {
    TryOutcome {
        acknowledged: heard == Heard::Acknowledged,
        http_status: (heard != Heard::Nothing).then_some(200),
        outcome: format!("{heard:?}").to_lowercase(),
        duration_ms: 1,
    }
}

fn gap_ms(leased: &Delivery) -> Option<i64> {
    (leased.attempt_count < TRIES_MAX).then_some(leased.attempt_count * MINUTE_MS)
}
