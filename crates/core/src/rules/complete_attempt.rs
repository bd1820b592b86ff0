//! The result of an attempt arrives: the payment it was made for is decided.

use std::sync::Arc;

use super::outbox::{self, Slot};
use super::pay::Payer;
use super::{Moment, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{AttemptId, DeliveryId, MerchantId, PaymentId};
use crate::journal::{Entry, Event};
use crate::reason::{Reason, Refusal};
use crate::rows::{
    Agreement, AgreementState, Attempt, AttemptState, Contract, EntryKind, Merchant, Payment, PaymentState,
    RowKey, User, Wallet,
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
    /// The agreement, wallet and user of the payment, where it has them.
    pub payer: Option<Payer>,
    /// `None` runs the payer's rules; a reason fails the payment.
    pub failure: Option<Reason>,
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
            keys.push(Agreement::key_of(&self.merchant_id, &payer.agreement_id));
            keys.push(Wallet::key_of(&payer.wallet_id));
            keys.push(User::key_of(&payer.user_id));
        }
        keys
    }

    /// A result counts only while the attempt is open and the payment undecided; else nothing happens.
    fn decide(&self, rows: &Rows) -> Decision<Payment> {
        let (Some(payment), Some(attempt)) =
            (rows.find::<Payment>(&self.payment_key()), rows.find::<Attempt>(&self.attempt_key()))
        else {
            return Decision::Refused(Reason::PaymentNotFound.into());
        };
        if attempt.state != AttemptState::Open || payment.state != PaymentState::Processing {
            return Decision::Replayed(payment.clone());
        }
        self.settle(payment.clone(), attempt.clone(), rows)
    }
}

impl CompleteAttempt {
    fn settle(&self, mut payment: Payment, mut attempt: Attempt, rows: &Rows) -> Decision<Payment> {
        attempt.state = AttemptState::Done;
        attempt.ended_at = Some(self.moment.now);
        payment.open_attempts -= 1;
        let change = Change::default().update(attempt);
        let (change, kind, lines) = match self.payer_wallet(&payment, rows) {
            Err(refusal) => {
                payer::mark_failed(&mut payment, refusal.reason, self.moment.now);
                (change, EntryKind::PaymentFailed, Vec::new())
            }
            Ok(mut wallet) => {
                payer::debit(&mut wallet, payment.amount(), self.moment.now);
                let contract = self.contract(&payment);
                payer::mark_paid(&mut payment, &contract, self.moment.now);
                let lines = payer::payment_lines(&payment, &wallet);
                (change.update(wallet), EntryKind::PaymentSucceeded, lines)
            }
        };
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, None, event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::payment_result(&payment, slot);
        let change = change.update(payment.clone()).enter(entry).insert_some(delivery);
        Decision::Done { change, outcome: payment }
    }

    /// The wallet to take the money from, once everything was checked.
    fn payer_wallet(&self, payment: &Payment, rows: &Rows) -> Result<Wallet, Refusal> {
        if let Some(reason) = self.failure {
            return Err(reason.into());
        }
        let payer = self.payer.as_ref().ok_or(Reason::AccessTokenInvalid)?;
        let agreement = rows.find::<Agreement>(&Agreement::key_of(&self.merchant_id, &payer.agreement_id));
        if agreement.is_none_or(|known| known.state != AgreementState::Active) {
            return Err(Reason::AccessTokenInvalid.into());
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
