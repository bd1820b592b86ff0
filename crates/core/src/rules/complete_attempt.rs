//! The result of an attempt arrives: the payment it was made for is decided.

use std::sync::Arc;

use super::card_issuer::FreshCard;
use super::outbox::{self, Slot};
use super::pay::Payer;
use super::refund_payment::give_back;
use super::{Moment, card_issuer, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AttemptId, DeliveryId, MerchantId, PaymentId};
use crate::journal::{Entry, Event, Line};
use crate::money::Money;
use crate::reason::{Reason, Refusal};
use crate::rows::{
    Agreement, AgreementState, Attempt, AttemptState, Contract, EntryKind, Merchant, Payment, PaymentState,
    PlannedEnd, Product, RowKey, User, Wallet,
};

/// The result of one attempt.
#[derive(Clone, Debug)]
pub struct CompleteAttempt {
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// Whose payment.
    pub merchant_id: MerchantId,
    /// Which payment.
    pub payment_id: PaymentId,
    /// Which attempt.
    pub attempt_id: AttemptId,
    /// Who pays: agreement, wallet and user of the payment, or whom a sandbox lets pay.
    pub payer: Option<Payer>,
    /// How the payment ends.
    pub end: PlannedEnd,
    /// For a card that is to be kept.
    pub fresh_card: Option<FreshCard>,
    /// When.
    pub moment: Moment,
    /// For the notification of the result.
    pub delivery_id: DeliveryId,
}

impl Rule for CompleteAttempt {
    type Outcome = Payment;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.payment_key(), self.attempt_key()];
        if let Some(payer) = &self.payer {
            let agreement_key = |id| Agreement::key_of(&self.merchant_id, id);
            keys.extend(payer.agreement_id.as_ref().map(agreement_key));
            keys.push(Wallet::key_of(&payer.wallet_id));
            keys.push(User::key_of(&payer.user_id));
        }
        keys
    }

    /// A result counts only while the attempt is open and the payment undecided (for a reversal: paid); else nothing
    /// happens to the payment. Refuses with [`Reason::PaymentNotFound`] when there is no such payment or attempt.
    ///
    /// Source: SEED-000 (FRAUD_REJECT, RISK_REJECT, SUSPECTED_RISK: what was paid goes back).
    fn decide(&self, rows: &Rows) -> Decision<Payment> {
        let (Some(payment), Some(attempt)) =
            (rows.find::<Payment>(&self.payment_key()), rows.find::<Attempt>(&self.attempt_key()))
        else {
            return Decision::Refused(Reason::PaymentNotFound.into());
        };
        let awaited = match self.end {
            PlannedEnd::Reverse(_) => PaymentState::Succeeded,
            _ => PaymentState::Processing,
        };
        if attempt.state != AttemptState::Open {
            return Decision::Replayed(payment.clone());
        }
        let end = |state| Attempt { state, ended_at: Some(self.moment.now), ..attempt.clone() };
        if payment.clone().as_of(self.moment.now).state != awaited {
            let change = Change::default().update(end(AttemptState::Withdrawn));
            return Decision::Done { change, outcome: payment.clone() };
        }
        let change = Change::default().update(end(AttemptState::Done));
        match self.returned(payment, rows) {
            // A wallet that can hold no more: the payment stays what it is, rather than fail with the money kept.
            Err(_full) => Decision::Done { change, outcome: payment.clone() },
            Ok(returned) => self.settle(payment.clone(), change, returned, rows),
        }
    }
}

/// What goes back when a payment that was paid is ended: the wallet as it is then, if there is one, and the postings.
type Returned = (Option<Wallet>, Vec<Line>);

/// What an end leaves: what is written besides the payment, what kind of entry it is, and its postings.
type Effect = (Change, EntryKind, Vec<Line>);

impl CompleteAttempt {
    /// For a reversal: gives back what was taken and has not gone back yet.
    fn returned(&self, payment: &Payment, rows: &Rows) -> Result<Returned, Refusal> {
        let rest = Money::new(payment.refundable_minor(), payment.currency);
        match self.end {
            PlannedEnd::Reverse(_) if rest.amount_minor > 0 => give_back(payment, rest, rows),
            _ => Ok((None, Vec::new())),
        }
    }

    fn settle(
        &self,
        mut payment: Payment,
        change: Change,
        returned: Returned,
        rows: &Rows,
    ) -> Decision<Payment> {
        payment.user_done = false;
        let (change, kind, lines) = match self.end {
            PlannedEnd::Reverse(reason) => self.reverse(&mut payment, change, reason, returned),
            end => {
                payment.open_attempts -= 1;
                match end {
                    PlannedEnd::Succeed => self.succeed(&mut payment, change, rows),
                    PlannedEnd::Cancel => self.cancel(&mut payment, change),
                    PlannedEnd::Fail(reason) | PlannedEnd::Reverse(reason) => {
                        self.fail(&mut payment, change, reason)
                    }
                }
            }
        };
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, None, event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::payment_result(&payment, slot);
        let change = change.update(payment.clone()).enter(entry).insert_some(delivery);
        Decision::Done { change, outcome: payment }
    }

    fn fail(&self, payment: &mut Payment, change: Change, reason: Reason) -> Effect {
        payer::mark_failed(payment, reason, self.moment.now);
        (change, EntryKind::PaymentFailed, Vec::new())
    }

    fn cancel(&self, payment: &mut Payment, change: Change) -> Effect {
        payment.state = PaymentState::Cancelled;
        payment.ended_at = Some(self.moment.now);
        (change, EntryKind::PaymentCancelled, Vec::new())
    }

    fn succeed(&self, payment: &mut Payment, change: Change, rows: &Rows) -> Effect {
        if let Some(reason) = payment.approval_refusal {
            return self.fail(payment, change, reason);
        }
        let contract = self.contract(payment);
        if payment.card.is_some() {
            let (kind, lines) = card_issuer::take(payment, &contract, self.moment.now);
            let kept = card_issuer::keep_card(payment, self.fresh_card.as_ref(), self.moment);
            let (saved, reference) = kept.unzip();
            return (change.insert_some(saved).insert_some(reference), kind, lines);
        }
        match self.payer_wallet(payment, rows) {
            Err(refusal) => self.fail(payment, change, refusal.reason),
            Ok(mut wallet) => {
                payment.wallet_id = Some(wallet.wallet_id.clone());
                payer::debit(&mut wallet, payment.amount(), self.moment.now);
                payer::mark_paid(payment, &contract, self.moment.now);
                let lines = payer::payment_lines(payment, &wallet);
                (change.update(wallet), EntryKind::PaymentSucceeded, lines)
            }
        }
    }

    fn reverse(&self, payment: &mut Payment, change: Change, reason: Reason, returned: Returned) -> Effect {
        let (wallet, lines) = returned;
        payment.refunded_minor += payment.refundable_minor();
        payer::mark_failed(payment, reason, self.moment.now);
        let change = match wallet {
            Some(wallet) => change.update(wallet),
            None => change,
        };
        (change, EntryKind::PaymentReversed, lines)
    }

    /// The wallet to take the money from, once everything was checked.
    fn payer_wallet(&self, payment: &Payment, rows: &Rows) -> Result<Wallet, Refusal> {
        let unknown = match payment.product {
            Product::InStorePayment => Reason::PaymentCodeInvalid,
            Product::AgreementPayment | Product::CashierPayment => Reason::AccessTokenInvalid,
        };
        let payer = self.payer.as_ref().ok_or(unknown)?;
        if let Some(agreement_id) = &payer.agreement_id {
            let agreement = rows.find::<Agreement>(&Agreement::key_of(&self.merchant_id, agreement_id));
            if agreement.is_none_or(|known| known.state != AgreementState::Active) {
                return Err(Reason::AccessTokenInvalid.into());
            }
        }
        let user = rows.find::<User>(&User::key_of(&payer.user_id));
        let wallet = rows.find::<Wallet>(&Wallet::key_of(&payer.wallet_id));
        payer::check_payer(user, wallet, payment.amount(), self.moment.now)?;
        Ok(wallet.expect("a checked payer has a wallet").clone())
    }

    fn contract(&self, payment: &Payment) -> Contract {
        self.merchant
            .contract(payment.product)
            .cloned()
            .unwrap_or_else(|| Contract::with_defaults(payment.product))
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn attempt_key(&self) -> RowKey {
        Attempt::key_of(&self.merchant_id, &self.payment_id, &self.attempt_id)
    }
}
