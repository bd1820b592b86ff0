//! A user decides about a payment that waits: pays it, goes through 3-D Secure, or does not want it.

use std::sync::Arc;

use super::card_issuer::{self, FreshCard};
use super::outbox::{self, Slot};
use super::pay::Planned;
use super::{Moment, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AttemptId, DeliveryId, MerchantId, PaymentId, UserId, WalletId};
use crate::journal::{Entry, Event, Line};
use crate::reason::{Reason, Refusal};
use crate::rows::{
    Attempt, AttemptState, Contract, EntryKind, Merchant, Payment, PaymentState, RowKey, User, Wallet,
};

/// What a user decided about a payment.
#[derive(Clone, Debug)]
pub struct ApprovePayment {
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// Which payment.
    pub payment_id: PaymentId,
    /// What was decided.
    pub verdict: Verdict,
    /// For a card that is to be kept.
    pub fresh_card: Option<FreshCard>,
    /// For the attempt of a result that comes later.
    pub attempt_id: AttemptId,
    /// When.
    pub moment: Moment,
    /// For the notification of the result.
    pub delivery_id: DeliveryId,
}

/// What a user decides.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// The user pays from a wallet.
    PayFromWallet {
        /// The wallet.
        wallet_id: WalletId,
        /// Its user.
        user_id: UserId,
    },
    /// The user has gone through 3-D Secure.
    PayByCard,
    /// The user has done everything; the result comes later, or never.
    Pending(Option<Planned>),
    /// The user does not want it, or failed to prove who it is.
    Decline,
}

impl Rule for ApprovePayment {
    type Outcome = Payment;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.payment_key()];
        if let Verdict::PayFromWallet { wallet_id, user_id } = &self.verdict {
            keys.push(Wallet::key_of(wallet_id));
            keys.push(User::key_of(user_id));
        }
        keys
    }

    /// The payment afterwards. What the payer's rules refuse fails it.
    ///
    /// Refusals, in order of checking: [`Reason::PaymentNotFound`], [`Reason::PaymentClosed`],
    /// [`Reason::PaymentStateInvalid`] (decided already, its result is on the way, or a card payment that is to be paid from
    /// a wallet and the reverse), [`Reason::UserNotFound`] (a wallet of another user or world).
    ///
    /// Source: none; our decision.
    fn decide(&self, rows: &Rows) -> Decision<Payment> {
        match self.check(rows) {
            Err(refusal) => Decision::Refused(refusal),
            Ok(payment) => self.carry_out(payment, rows),
        }
    }
}

impl ApprovePayment {
    fn check(&self, rows: &Rows) -> Result<Payment, Refusal> {
        let payment = rows.find::<Payment>(&self.payment_key()).ok_or(Reason::PaymentNotFound)?;
        let payment = payment.clone().as_of(self.moment.now);
        if payment.failure == Some(Reason::PaymentClosed) {
            return Err(Refusal::new(Reason::PaymentClosed, "the time to pay is over"));
        }
        let wrong = |detail: &str| Err(Refusal::new(Reason::PaymentStateInvalid, detail));
        if payment.state != PaymentState::Processing {
            return wrong("the payment is decided already");
        }
        if payment.open_attempts > 0 {
            return wrong("the result of the payment is on its way already");
        }
        match &self.verdict {
            Verdict::PayFromWallet { .. } if payment.card.is_some() => wrong("the payment is made by card"),
            Verdict::PayByCard if payment.card.is_none() => wrong("the payment is made from a wallet"),
            Verdict::PayFromWallet { wallet_id, user_id } => {
                let wallet = rows.find::<Wallet>(&Wallet::key_of(wallet_id)).ok_or(Reason::UserNotFound)?;
                let fits = wallet.user_id == *user_id && wallet.world_id == payment.world_id;
                if fits { Ok(payment) } else { Err(Reason::UserNotFound.into()) }
            }
            _ => Ok(payment),
        }
    }

    fn carry_out(&self, payment: Payment, rows: &Rows) -> Decision<Payment> {
        match &self.verdict {
            Verdict::Decline => self.fail(payment, Reason::UserVerificationFailed),
            Verdict::Pending(planned) => self.leave_pending(payment, *planned),
            Verdict::PayByCard => match payment.approval_refusal {
                Some(reason) => self.fail(payment, reason),
                None => self.take_card(payment),
            },
            Verdict::PayFromWallet { wallet_id, user_id } => {
                let wallet = rows.find::<Wallet>(&Wallet::key_of(wallet_id));
                let user = rows.find::<User>(&User::key_of(user_id));
                let checked = match payment.approval_refusal {
                    Some(reason) => Err(reason.into()),
                    None => payer::check_payer(user, wallet, payment.amount(), self.moment.now),
                };
                let payment = Payment { wallet_id: Some(wallet_id.clone()), ..payment };
                match checked {
                    Err(refusal) => self.fail(payment, refusal.reason),
                    Ok(()) => self.take(payment, wallet.expect("a checked payer has a wallet").clone()),
                }
            }
        }
    }

    fn take(&self, mut payment: Payment, mut wallet: Wallet) -> Decision<Payment> {
        payer::debit(&mut wallet, payment.amount(), self.moment.now);
        let contract = self.contract(&payment);
        payer::mark_paid(&mut payment, &contract, self.moment.now);
        let lines = payer::payment_lines(&payment, &wallet);
        self.tell(payment, Change::default().update(wallet), EntryKind::PaymentSucceeded, lines)
    }

    fn take_card(&self, mut payment: Payment) -> Decision<Payment> {
        let contract = self.contract(&payment);
        let (kind, lines) = card_issuer::take(&mut payment, &contract, self.moment.now);
        let kept = card_issuer::keep_card(&mut payment, self.fresh_card.as_ref(), self.moment);
        let (saved, reference) = kept.unzip();
        self.tell(payment, Change::default().insert_some(saved).insert_some(reference), kind, lines)
    }

    fn fail(&self, mut payment: Payment, reason: Reason) -> Decision<Payment> {
        payer::mark_failed(&mut payment, reason, self.moment.now);
        self.tell(payment, Change::default(), EntryKind::PaymentFailed, Vec::new())
    }

    fn leave_pending(&self, mut payment: Payment, planned: Option<Planned>) -> Decision<Payment> {
        payment.user_done = true;
        payment.open_attempts = 1;
        let (result, reason) = planned.map(|plan| plan.end.columns()).unzip();
        let attempt = Attempt {
            merchant_id: payment.merchant_id.clone(),
            payment_id: payment.payment_id.clone(),
            attempt_id: self.attempt_id.clone(),
            world_id: payment.world_id.clone(),
            state: AttemptState::Open,
            connector: Attempt::SANDBOX.to_owned(),
            due_at: planned.map(|plan| plan.due_at),
            planned: result,
            planned_reason: reason.flatten(),
            created_at: self.moment.now,
            ended_at: None,
        };
        self.tell(payment, Change::default().insert(attempt), EntryKind::PaymentPending, Vec::new())
    }

    fn tell(
        &self,
        mut payment: Payment,
        change: Change,
        kind: EntryKind,
        lines: Vec<Line>,
    ) -> Decision<Payment> {
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, None, event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::payment_result(&payment, slot);
        let change = change.update(payment.clone()).enter(entry).insert_some(delivery);
        Decision::Done { change, outcome: payment }
    }

    fn contract(&self, payment: &Payment) -> Contract {
        let known = self.merchant.contract(payment.product).cloned();
        known.unwrap_or_else(|| Contract::with_defaults(payment.product))
    }

    fn payment_key(&self) -> RowKey {
        let merchant_id: &MerchantId = &self.merchant.merchant_id;
        Payment::key_of(merchant_id, &self.payment_id)
    }
}
