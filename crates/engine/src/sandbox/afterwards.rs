//! What a script makes of a refund or a capture.

use farthing_core::rules::refund_payment::{Afterwards, LaterResult};
use farthing_core::time::Timestamp;

use super::script::{Item, Script};
use super::selector::Place;
use super::words::{Meaning, says_nothing_was_created};

impl Script {
    /// What shall happen to the refund or capture whose id this is, made at `now`, world time.
    ///
    /// A code that fails refuses it, and nothing is created; so does an open one that says nothing was created. Any
    /// other open code takes it up, and its result comes from `transaction`, or never. `transaction` without a code for
    /// the call takes it up too: the call then answers that it is in process.
    #[must_use]
    pub fn afterwards(&self, now: Timestamp) -> Afterwards {
        let result = self.item(Place::Transaction).map(|item| later(item, now));
        let open = LaterResult { due_at: None, reason: None };
        match self.own_answer() {
            Some(Meaning::Fails(word)) => Afterwards::Refuse(word.reason),
            Some(Meaning::Unknown(word)) if says_nothing_was_created(word.reason) => {
                Afterwards::Refuse(word.reason)
            }
            Some(Meaning::Unknown(_)) => Afterwards::Later(result.unwrap_or(open)),
            Some(Meaning::Rules) => Afterwards::Rules,
            _ => result.map_or(Afterwards::Rules, Afterwards::Later),
        }
    }
}

/// The result that an item for `transaction` plans.
fn later(item: &Item, now: Timestamp) -> LaterResult {
    match item.meaning {
        Meaning::Open { .. } => LaterResult { due_at: None, reason: None },
        Meaning::Unknown(word) => LaterResult { due_at: None, reason: Some(word.reason) },
        meaning => LaterResult { due_at: item.due_at(now), reason: meaning.failure() },
    }
}
