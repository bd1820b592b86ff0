//! Cancel: an unpaid payment is closed, a paid one inside its window goes back in full.

use super::Moment;
use super::refund_payment::give_back;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AttemptId, MerchantId, PaymentId, WalletId};
use crate::journal::{Entry, Event, Line};
use crate::reason::{Reason, Refusal};
use crate::request::CancelOfPaid;
use crate::rows::{Attempt, AttemptState, EntryKind, Payment, PaymentState, RowKey, Wallet};

/// A cancel. It has no id of its own: it is keyed by its payment.
#[derive(Clone, Debug)]
pub struct CancelPayment {
    /// Whose payment.
    pub merchant_id: MerchantId,
    /// Which payment.
    pub payment_id: PaymentId,
    /// The wallet that paid, where there is one.
    pub wallet_id: Option<WalletId>,
    /// The attempts that may be open.
    pub attempt_ids: Vec<AttemptId>,
    /// What happens if it is paid.
    pub of_paid: CancelOfPaid,
    /// When.
    pub moment: Moment,
}

impl Rule for CancelPayment {
    type Outcome = Payment;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.payment_key()];
        keys.extend(self.wallet_id.iter().map(Wallet::key_of));
        keys.extend(self.attempt_ids.iter().map(|id| self.attempt_key(id)));
        keys
    }

    /// The payment afterwards.
    ///
    /// A payment that failed or is cancelled already answers as it stands. So does one that is paid from another wallet
    /// than the job names, because it was paid after it was read: whoever asked reads it again. Refusals, in order of checking:
    /// [`Reason::PaymentNotFound`], [`Reason::PaymentAlreadyPaid`], [`Reason::PaymentHasRefunds`],
    /// [`Reason::PaymentStateInvalid`] (an authorization with captures), [`Reason::CancelWindowExceeded`],
    /// [`Reason::ProcessFailed`] (the wallet cannot hold more).
    ///
    /// Source: ANTOM-FACTS §3.4; ALPHAPAY-FACTS §7 (a paid payment is not cancelled).
    fn decide(&self, rows: &Rows) -> Decision<Payment> {
        let Some(payment) = rows.find::<Payment>(&self.payment_key()) else {
            return Decision::Refused(Reason::PaymentNotFound.into());
        };
        let payment = payment.clone().as_of(self.moment.now);
        let decided = match payment.state {
            PaymentState::Failed | PaymentState::Cancelled => return Decision::Replayed(payment),
            PaymentState::Processing => Ok(self.close(payment, rows)),
            PaymentState::Succeeded if payment.wallet_id != self.wallet_id => {
                return Decision::Replayed(payment);
            }
            PaymentState::Succeeded => self.give_back(payment, rows),
        };
        decided.unwrap_or_else(Decision::Refused)
    }
}

impl CancelPayment {
    /// The built-in wallet acknowledges the cancel of an open attempt at once, so the attempts end here as well.
    fn close(&self, mut payment: Payment, rows: &Rows) -> Decision<Payment> {
        let mut change = Change::default();
        for id in &self.attempt_ids {
            let attempt = rows.find::<Attempt>(&self.attempt_key(id));
            if let Some(open) = attempt.filter(|known| known.state == AttemptState::Open) {
                let ended_at = Some(self.moment.now);
                change = change.update(Attempt { state: AttemptState::Withdrawn, ended_at, ..open.clone() });
            }
        }
        payment.open_attempts = 0;
        self.cancelled(payment, change, Vec::new())
    }

    fn give_back(&self, mut payment: Payment, rows: &Rows) -> Result<Decision<Payment>, Refusal> {
        if self.of_paid == CancelOfPaid::Refuse {
            return Err(Reason::PaymentAlreadyPaid.into());
        }
        if payment.refunded_minor + payment.reserved_minor > 0 {
            return Err(Reason::PaymentHasRefunds.into());
        }
        let is_authorized = payment.auth_expires_at.is_some();
        if is_authorized && payment.captured_minor + payment.capturing_minor > 0 {
            return Err(Refusal::new(
                Reason::PaymentStateInvalid,
                "the authorization was captured; refund instead",
            ));
        }
        if payment.cancel_until.is_none_or(|until| self.moment.now > until) {
            return Err(Refusal::new(
                Reason::CancelWindowExceeded,
                "the cancel period is over; refund instead",
            ));
        }
        if is_authorized {
            return Ok(self.cancelled(payment, Change::default(), Vec::new()));
        }
        let (wallet, lines) = give_back(&payment, payment.amount(), rows)?;
        payment.refunded_minor = payment.captured_minor;
        let change = match wallet {
            Some(wallet) => Change::default().update(wallet),
            None => Change::default(),
        };
        Ok(self.cancelled(payment, change, lines))
    }

    fn cancelled(&self, mut payment: Payment, change: Change, lines: Vec<Line>) -> Decision<Payment> {
        payment.state = PaymentState::Cancelled;
        payment.ended_at = Some(self.moment.now);
        let event = Event {
            kind: EntryKind::PaymentCancelled,
            happened_at: self.moment.now,
            recorded_at: self.moment.real_now,
            lines,
        };
        let entry = Entry::for_payment(&mut payment, None, event);
        Decision::Done { change: change.update(payment.clone()).enter(entry), outcome: payment }
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn attempt_key(&self, attempt_id: &AttemptId) -> RowKey {
        Attempt::key_of(&self.merchant_id, &self.payment_id, attempt_id)
    }
}
