//! Whether what a call was told is what was decided.

use farthing_core::reason::Reason;
use farthing_core::rows::{CaptureState, PaymentState, RefundState};

use super::books::{Said, Stand, Target};
use super::crowd::Crowd;
use super::enter::ask_of;
use super::tally::Event;
use super::wish::{Told, Wish};

const CLOSED: Stand = (PaymentState::Failed, Some(Reason::PaymentClosed));

/// How far a payment has come in this state; it never goes back.
fn rank(state: PaymentState) -> usize {
    match state {
        PaymentState::Processing => 0,
        PaymentState::Succeeded => 1,
        PaymentState::Failed | PaymentState::Cancelled => 2,
    }
}

impl Crowd<'_> {
    /// How far anybody has been told that a wish's payment has come.
    pub(crate) fn known_of(&self, wish: &Wish) -> usize {
        let at = match (wish, self.known_target(wish)) {
            (Wish::Inquire { payment, .. }, _) => *payment,
            (_, Some(Target::Payment(at))) => at,
            _ => return 0,
        };
        self.seen[at]
    }

    pub(crate) fn judge(&mut self, task: usize, told: &Told) -> Result<(), String> {
        let said = self.tasks[task].said.clone();
        if let Told::Broken(what) = told {
            return Err(format!("is our own mistake: {what}"));
        }
        if *told == Told::Unknown {
            self.tally.count(Event::Unknown);
            let is_done = !matches!(said, None | Some(Said::GoesOn | Said::Refused(_)));
            self.tally.count(if is_done { Event::UnknownButDone } else { Event::UnknownNotDone });
            return Ok(());
        }
        self.tally.count(Event::Answered);
        self.count_refusal(task, told);
        let fits = match &said {
            None => self.fits_what_is_known(task, told),
            Some(said) => self.fits(task, said, told),
        };
        // Of two decisions that saw neither the other's rows, each may have come first; only a refusal can rest on that.
        let excused = self.tasks[task].unordered && matches!(told, Told::Refused(_));
        if !fits && !excused {
            return Err(format!("was told {told:?} where {said:?} was decided"));
        }
        self.remember(told);
        Ok(())
    }

    fn fits(&self, task: usize, said: &Said, told: &Told) -> bool {
        match (said, told) {
            (Said::Done, Told::Done) | (Said::Remembered, Told::Remembered) => true,
            (Said::Refused(reason), Told::Refused(other)) => reason == other,
            (Said::Payment { at, stand }, Told::Payment { state, failure, repeated, .. }) => {
                self.is_payment(*at, told) && !repeated && *stand == (*state, *failure)
            }
            (Said::SeenPayment(at), Told::Payment { repeated, .. }) => {
                *repeated && self.is_payment(*at, told) && self.may_be_told(task, *at, told)
            }
            (Said::Refund(at), Told::Refund { state, repeated, .. }) => {
                let is_open = ask_of(&self.tasks[task].wish).later.is_some();
                let expected = if is_open { RefundState::Processing } else { RefundState::Succeeded };
                !repeated && *state == expected && self.is_refund(*at, told)
            }
            (Said::SeenRefund(at), Told::Refund { repeated, .. }) => *repeated && self.is_refund(*at, told),
            (Said::Capture(at), Told::Capture { state, repeated, .. }) => {
                let is_open = ask_of(&self.tasks[task].wish).later.is_some();
                let expected = if is_open { CaptureState::Processing } else { CaptureState::Succeeded };
                !repeated && *state == expected && self.is_capture(*at, told)
            }
            (Said::SeenCapture(at), Told::Capture { repeated, .. }) => {
                *repeated && self.is_capture(*at, told)
            }
            _ => false,
        }
    }

    /// What may be told without a decision: what reads alone can know, and what nobody waits for.
    fn fits_what_is_known(&self, task: usize, told: &Told) -> bool {
        let wish = &self.tasks[task].wish;
        match (wish, told) {
            (Wish::Background(_) | Wish::MoveClock { .. }, Told::Done) => true,
            (Wish::Inquire { payment, .. }, Told::Payment { .. }) => {
                self.is_payment(*payment, told) && self.may_be_told(task, *payment, told)
            }
            (Wish::Refund { .. } | Wish::Capture { .. }, _) => match self.known_target(wish) {
                Some(Target::Capture(at)) => {
                    let said = self.books.seen_capture(at, &ask_of(wish));
                    self.fits(task, &said, told)
                }
                Some(Target::Refund(at)) => {
                    let said = self.books.seen_refund(at, &ask_of(wish));
                    self.fits(task, &said, told)
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_payment(&self, at: usize, told: &Told) -> bool {
        let known = &self.books.payments[at];
        matches!(told, Told::Payment { id, amount_minor, .. }
            if *id == known.id && *amount_minor == known.amount_minor)
    }

    fn is_refund(&self, at: usize, told: &Told) -> bool {
        let known = &self.books.refunds[at];
        matches!(told, Told::Refund { id, amount_minor, .. }
            if *id == known.id && *amount_minor == known.amount_minor)
    }

    fn is_capture(&self, at: usize, told: &Told) -> bool {
        let known = &self.books.captures[at];
        matches!(told, Told::Capture { id, amount_minor, .. }
            if *id == known.id && *amount_minor == known.amount_minor)
    }

    /// A payment may be told to stand where it ever stood, but not behind what somebody was told before the question.
    fn may_be_told(&self, task: usize, at: usize, told: &Told) -> bool {
        let Told::Payment { state, failure, .. } = told else { return false };
        let known = &self.books.payments[at];
        if (*state, *failure) == CLOSED && !known.stood.contains(&PaymentState::Failed) {
            self.tally.count(Event::ClosedByClock);
            return known.stands.0 == PaymentState::Processing;
        }
        if *state == PaymentState::Cancelled && !known.stood.contains(state) {
            self.tally.count(Event::LapsedByClock);
            let latest_ms = self.latest_ms.max(self.tasks[task].asked_ms);
            return known.stand(latest_ms).0 == *state;
        }
        known.stood.contains(state) && rank(*state) >= self.tasks[task].floor
    }

    /// What was told is known from now on. What the clock alone says is not counted: see the head of this part.
    fn remember(&mut self, told: &Told) {
        let Told::Payment { id, state, .. } = told else { return };
        let known = self.books.payments.iter().position(|known| known.id == *id);
        if let Some(at) = known.filter(|at| self.books.payments[*at].stood.contains(state)) {
            self.seen[at] = self.seen[at].max(rank(*state));
        }
    }

    fn count_refusal(&self, task: usize, told: &Told) {
        match told {
            Told::Refused(reason) => {
                self.tally.count(Event::Refused);
                let of_refund = matches!(self.tasks[task].wish, Wish::Refund { .. });
                match reason {
                    Reason::RefundAmountExceeded => self.tally.count(Event::RefundRefused),
                    Reason::CaptureAmountExceeded => self.tally.count(Event::CaptureRefused),
                    Reason::RepeatInconsistent => self.tally.count(Event::RepeatedOtherwise),
                    Reason::PaymentClosed if !of_refund => self.tally.count(Event::CancelledBefore),
                    _ => {}
                }
            }
            Told::Payment { repeated: true, .. }
            | Told::Refund { repeated: true, .. }
            | Told::Capture { repeated: true, .. } => {
                self.tally.count(Event::Repeated);
            }
            _ => {}
        }
    }
}
