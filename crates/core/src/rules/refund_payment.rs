//! Refund: a part or the whole of a paid payment goes back to the payer.

use std::sync::Arc;

use super::outbox::{self, Slot};
use super::{Moment, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{DeliveryId, Operation, PaymentId, RefundId, WalletId};
use crate::journal::{Entry, Event};
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, RefundRequest};
use crate::rows::{
    EntryKind, Merchant, Payment, PaymentState, Refund, RefundPolicy, RefundState, RequestKey, RowKey, Wallet,
};

/// A refund that is asked for, with everything its decision needs besides the rows.
#[derive(Clone, Debug)]
pub struct RefundPayment {
    /// Who asks.
    pub asker: Asker,
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// What is asked for.
    pub request: RefundRequest,
    /// The payment that is meant.
    pub payment_id: PaymentId,
    /// The wallet that paid, where there is one.
    pub wallet_id: Option<WalletId>,
    /// Where the result is sent: the request's address or else the client's.
    pub notify_url: Option<String>,
    /// When.
    pub moment: Moment,
    /// For the refund.
    pub refund_id: RefundId,
    /// For the notification of its result.
    pub delivery_id: DeliveryId,
}

/// What became of the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefundOutcome {
    /// It made this refund.
    Recorded(Box<Refund>),
    /// The request id belongs to this refund already; see [`means_the_same`].
    SeenBefore(RefundId),
}

/// Whether a repeated request asks for what the recorded refund was asked for.
///
/// Source: ANTOM-FACTS §2.4 (REPEAT_REQ_INCONSISTENT: another amount or currency); the payment is our addition.
#[must_use]
pub fn means_the_same(refund: &Refund, request: &RefundRequest, payment_id: &PaymentId) -> bool {
    refund.amount() == request.amount && refund.payment_id == *payment_id
}

impl Rule for RefundPayment {
    type Outcome = RefundOutcome;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.request_key(), self.payment_key()];
        keys.extend(self.wallet_id.iter().map(Wallet::key_of));
        keys
    }

    /// Refusals, in order of checking: [`Reason::PaymentNotFound`], [`Reason::PaymentClosed`],
    /// [`Reason::PaymentCancelled`], [`Reason::PaymentStateInvalid`], [`Reason::CurrencyNotSupported`],
    /// [`Reason::RefundWindowExceeded`], [`Reason::RefundNotSupported`], [`Reason::PartialRefundNotSupported`],
    /// [`Reason::MultipleRefundsNotSupported`], [`Reason::RefundAmountExceeded`], [`Reason::ProcessFailed`] (the wallet
    /// cannot hold more).
    ///
    /// Source: ANTOM-FACTS §2.4, §3.5; the order is our own choice.
    fn decide(&self, rows: &Rows) -> Decision<RefundOutcome> {
        if let Some(seen) = rows.find::<RequestKey>(&self.request_key()) {
            return Decision::Replayed(RefundOutcome::SeenBefore(RefundId::new(seen.target.as_str())));
        }
        self.give_back(rows).unwrap_or_else(Decision::Refused)
    }
}

impl RefundPayment {
    fn give_back(&self, rows: &Rows) -> Result<Decision<RefundOutcome>, Refusal> {
        let payment = rows.find::<Payment>(&self.payment_key()).ok_or(Reason::PaymentNotFound)?;
        let mut payment = payment.clone().as_of(self.moment.now);
        check_state(&payment)?;
        self.check_amount(&payment)?;
        let wallet_id = payment.wallet_id.as_ref().expect("a paid payment knows its wallet");
        let wallet = rows.find::<Wallet>(&Wallet::key_of(wallet_id)).expect("wallets are never removed");
        let mut wallet = wallet.clone();
        payer::credit(&mut wallet, self.request.amount)?;
        payment.refunded_minor += self.request.amount.amount_minor;
        assert!(payment.refundable_minor() >= 0, "a refund is checked before it is made");
        let refund = self.new_refund();
        let event = Event {
            kind: EntryKind::RefundSucceeded,
            happened_at: self.moment.now,
            recorded_at: self.moment.real_now,
            lines: payer::return_lines(&payment, &wallet, self.request.amount),
        };
        let entry = Entry::for_payment(&mut payment, Some(&refund), event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::refund_result(&refund, slot);
        let change = Change::default()
            .insert(self.new_request_key())
            .insert(refund.clone())
            .update(payment)
            .update(wallet)
            .enter(entry)
            .insert_some(delivery);
        Ok(Decision::Done { change, outcome: RefundOutcome::Recorded(Box::new(refund)) })
    }

    fn check_amount(&self, payment: &Payment) -> Result<(), Refusal> {
        let amount = self.request.amount;
        if amount.currency != payment.currency {
            let detail = format!("the payment is in {}, the refund in {}", payment.currency, amount.currency);
            return Err(Refusal::new(Reason::CurrencyNotSupported, detail));
        }
        if payment.refund_until.is_none_or(|until| self.moment.now > until) {
            return Err(Reason::RefundWindowExceeded.into());
        }
        self.check_policy(payment)?;
        if amount.amount_minor > payment.refundable_minor() {
            let detail = format!("{} of {} are left", payment.refundable_minor(), payment.captured_minor);
            return Err(Refusal::new(Reason::RefundAmountExceeded, detail));
        }
        Ok(())
    }

    fn check_policy(&self, payment: &Payment) -> Result<(), Refusal> {
        let policy =
            self.merchant.contract(payment.product).map_or(RefundPolicy::Parts, |known| known.refund_policy);
        let in_part = self.request.amount.amount_minor != payment.captured_minor;
        let again = payment.refunded_minor + payment.reserved_minor > 0;
        match policy {
            RefundPolicy::Never => Err(Reason::RefundNotSupported.into()),
            RefundPolicy::OnceInFull if in_part => Err(Reason::PartialRefundNotSupported.into()),
            RefundPolicy::OnceInFull | RefundPolicy::OnceInPart if again => {
                Err(Reason::MultipleRefundsNotSupported.into())
            }
            RefundPolicy::OnceInFull | RefundPolicy::OnceInPart | RefundPolicy::Parts => Ok(()),
        }
    }

    fn new_refund(&self) -> Refund {
        Refund {
            merchant_id: self.asker.merchant_id.clone(),
            refund_id: self.refund_id.clone(),
            payment_id: self.payment_id.clone(),
            request_id: self.request.request_id.clone(),
            client_id: self.asker.client_id.clone(),
            world_id: self.merchant.world_id.clone(),
            currency: self.request.amount.currency,
            amount_minor: self.request.amount.amount_minor,
            state: RefundState::Succeeded,
            failure: None,
            notify_url: self.notify_url.clone(),
            document: self.request.document.to_string(),
            created_at: self.moment.now,
            refunded_at: Some(self.moment.now),
            recorded_at: self.moment.real_now,
        }
    }

    fn new_request_key(&self) -> RequestKey {
        RequestKey {
            merchant_id: self.asker.merchant_id.clone(),
            operation: Operation::Refund.name().to_owned(),
            request_id: self.request.request_id.clone(),
            target: self.refund_id.to_string(),
        }
    }

    fn request_key(&self) -> RowKey {
        RequestKey::key_of(&self.asker.merchant_id, Operation::Refund, &self.request.request_id)
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.asker.merchant_id, &self.payment_id)
    }
}

fn check_state(payment: &Payment) -> Result<(), Refusal> {
    match payment.state {
        PaymentState::Succeeded => Ok(()),
        PaymentState::Cancelled => Err(Reason::PaymentCancelled.into()),
        PaymentState::Failed if payment.failure == Some(Reason::PaymentClosed) => {
            Err(Reason::PaymentClosed.into())
        }
        PaymentState::Failed | PaymentState::Processing => Err(Reason::PaymentStateInvalid.into()),
    }
}
