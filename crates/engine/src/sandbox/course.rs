//! What a script makes of a payment.

use farthing_core::reason::Reason;
use farthing_core::rows::PlannedEnd;
use farthing_core::rules::pay::{Course, Planned};
use farthing_core::time::Timestamp;

use super::script::{Item, Script};
use super::selector::{Delay, Place};
use super::words::{Meaning, says_nothing_was_created};

/// How a payment goes on after it was asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PayFlow {
    /// Its result is known within the call: auto debit, in-store, a card that asks no page.
    AtOnce,
    /// Its user approves it on a page or in a wallet: cashier, WAP, AlphaPay's online scenarios.
    UserApproves,
}

impl Script {
    /// What shall happen to a payment that is made at `now`, world time.
    ///
    /// What the id says of `pay` comes first. A code that says nothing was created refuses it; any other that fails
    /// leaves a failed record, which an inquiry tells by what `payment` says. A code that is open takes it up, and the
    /// result comes from `payment`, or never. SUCCESS is the real rules; a failure in `payment` then ends what was
    /// paid, and the money goes back.
    ///
    /// Without a word for `pay`, a result without delay is the answer at once, where the flow can; else the payment is
    /// taken up first.
    #[must_use]
    pub fn course(&self, flow: PayFlow, now: Timestamp) -> Course {
        match self.answered(Place::Pay) {
            Some(Meaning::Fails(word) | Meaning::Unknown(word)) if says_nothing_was_created(word.reason) => {
                Course::Refuse(word.reason)
            }
            Some(Meaning::Cancelled) => Course::Cancel,
            Some(Meaning::Open { user_done }) => self.later(user_done, now),
            Some(Meaning::Unknown(_)) => self.later(false, now),
            Some(Meaning::Rules) if flow == PayFlow::AtOnce => self.reversed(now),
            Some(paid) => match paid.failure() {
                Some(reason) => Course::Fail(self.result_failure().unwrap_or(reason)),
                None => self.course_of_result(flow, now),
            },
            None => self.course_of_result(flow, now),
        }
    }

    /// Why an inquiry says that the payment failed.
    pub(super) fn result_failure(&self) -> Option<Reason> {
        self.item(Place::Payment).and_then(|result| result.meaning.failure())
    }

    fn course_of_result(&self, flow: PayFlow, now: Timestamp) -> Course {
        let Some(result) = self.item(Place::Payment) else { return Course::Rules };
        if flow == PayFlow::UserApproves || result.delay.is_some() {
            return self.later(false, now);
        }
        match (result.meaning, result.meaning.failure()) {
            (_, Some(reason)) => Course::Fail(reason),
            (Meaning::Cancelled, _) => Course::Cancel,
            (Meaning::Rules, _) => Course::Rules,
            _ => self.later(false, now),
        }
    }

    /// Paid by the rules, and ended afterwards where `payment` fails.
    fn reversed(&self, now: Timestamp) -> Course {
        let result = self.item(Place::Payment);
        let end = result.and_then(|result| Some((result.due_at(now)?, result.meaning.failure()?)));
        end.map_or(Course::Rules, |(due_at, reason)| Course::Reversed { due_at, reason })
    }

    /// Taken up; the result is that of `payment`, if that is one.
    fn later(&self, user_done: bool, now: Timestamp) -> Course {
        let result = self.item(Place::Payment);
        let meaning = result.map(|result| result.meaning);
        // In process is what is told of an open payment anyway.
        let open_reason = match meaning {
            Some(Meaning::Unknown(word)) => {
                Some(word.reason).filter(|told| *told != Reason::PaymentInProcess)
            }
            _ => None,
        };
        let user_done = user_done || meaning == Some(Meaning::Open { user_done: true });
        Course::Later { planned: result.and_then(|result| plan(result, now)), user_done, open_reason }
    }
}

fn plan(result: &Item, now: Timestamp) -> Option<Planned> {
    let end = match (result.meaning, result.meaning.failure()) {
        (_, Some(reason)) => PlannedEnd::Fail(reason),
        (Meaning::Rules, _) => PlannedEnd::Succeed,
        (Meaning::Cancelled, _) => PlannedEnd::Cancel,
        _ => return None,
    };
    Some(Planned { due_at: result.due_at(now)?, end })
}

impl Item {
    /// When its result arrives; `None` for never.
    pub(super) fn due_at(&self, now: Timestamp) -> Option<Timestamp> {
        match self.delay {
            None => Some(now),
            Some(Delay::Ms(ms)) => Some(now.plus_ms(ms)),
            Some(Delay::Never) => None,
        }
    }
}
