//! Refund: a part or the whole of a paid payment goes back to the payer.

use std::sync::Arc;

use super::outbox::{self, Slot};
use super::{Moment, card_issuer, payer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{DeliveryId, Operation, PaymentId, RefundId, WalletId};
use crate::journal::{Detail, Entry, Event, Line};
use crate::money::Money;
use crate::reason::{Finality, Reason, Refusal};
use crate::request::{Asker, RefundRequest};
use crate::rows::{
    Capture, CaptureState, EntryKind, Merchant, Payment, PaymentState, PlannedResult, Refund, RefundPolicy,
    RefundState, RequestKey, RowKey, Wallet,
};
use crate::time::Timestamp;

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
    /// The capture that the request names, where there is such a one.
    pub capture: Option<Capture>,
    /// Where the result is sent: the request's address or else the client's.
    pub notify_url: Option<String>,
    /// What is to happen; the rules, unless a sandbox was told otherwise.
    pub course: Afterwards,
    /// When.
    pub moment: Moment,
    /// For the refund.
    pub refund_id: RefundId,
    /// For the notification of its result.
    pub delivery_id: DeliveryId,
}

/// What is to happen to a refund or a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Afterwards {
    /// What the rules say.
    Rules,
    /// It is refused, and nothing is created.
    Refuse(Reason),
    /// What the rules say; if they allow it, it is taken up, and the result comes later, or never.
    Later(LaterResult),
}

/// The planned result of a refund or a capture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LaterResult {
    /// When it arrives, world time; never when missing.
    pub due_at: Option<Timestamp>,
    /// Why it will fail, or what is told of it while it is open; it succeeds when missing.
    pub reason: Option<Reason>,
}

impl Afterwards {
    pub(crate) fn later(self) -> Option<LaterResult> {
        if let Self::Later(later) = self { Some(later) } else { None }
    }
}

impl LaterResult {
    /// The two columns it is kept in.
    pub(crate) fn columns(self) -> (Option<PlannedResult>, Option<Reason>) {
        let is_failure = self.reason.is_some_and(|reason| reason.finality() == Finality::Final);
        let planned = if is_failure { PlannedResult::Fail } else { PlannedResult::Succeed };
        (self.due_at.map(|_| planned), self.reason)
    }
}

/// What became of the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefundOutcome {
    /// It made this refund.
    Recorded(Box<Refund>),
    /// The request id belongs to this refund already; see [`means_the_same`].
    SeenBefore(RefundId),
    /// The payment is paid from another wallet than the job names, because it was paid after it was read: nothing was done,
    /// and whoever asked reads it again.
    PaidMeanwhile,
}

/// Whether a repeated request asks for what the recorded refund was asked for.
///
/// Source: ANTOM-FACTS §2.4 (REPEAT_REQ_INCONSISTENT: another amount or currency); the payment is our addition.
#[must_use]
pub fn means_the_same(refund: &Refund, request: &RefundRequest, payment_id: &PaymentId) -> bool {
    refund.amount() == request.amount.in_currency_of(refund.currency) && refund.payment_id == *payment_id
}

impl Rule for RefundPayment {
    type Outcome = RefundOutcome;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.request_key(), self.payment_key()];
        keys.extend(self.wallet_id.iter().map(Wallet::key_of));
        keys
    }

    /// Refusals, in order of checking: what a sandbox was told, [`Reason::PaymentNotFound`], [`Reason::PaymentClosed`],
    /// [`Reason::PaymentCancelled`], [`Reason::PaymentStateInvalid`], [`Reason::ParameterIllegal`] (no such capture of this
    /// payment), [`Reason::CurrencyNotSupported`],
    /// [`Reason::RefundWindowExceeded`], [`Reason::RefundNotSupported`], [`Reason::PartialRefundNotSupported`],
    /// [`Reason::MultipleRefundsNotSupported`], [`Reason::RefundAmountExceeded`], [`Reason::ProcessFailed`] (the wallet
    /// cannot hold more).
    ///
    /// Source: ANTOM-FACTS §2.4, §3.5; the order is our own choice.
    fn decide(&self, rows: &Rows) -> Decision<RefundOutcome> {
        if let Some(seen) = rows.find::<RequestKey>(&self.request_key()) {
            return Decision::Replayed(RefundOutcome::SeenBefore(RefundId::new(seen.target.as_str())));
        }
        self.refund(rows).unwrap_or_else(Decision::Refused)
    }
}

impl RefundPayment {
    fn refund(&self, rows: &Rows) -> Result<Decision<RefundOutcome>, Refusal> {
        if let Afterwards::Refuse(reason) = self.course {
            return Err(reason.into());
        }
        let payment = rows.find::<Payment>(&self.payment_key()).ok_or(Reason::PaymentNotFound)?;
        let mut payment = payment.clone().as_of(self.moment.now);
        check_state(&payment)?;
        if payment.wallet_id != self.wallet_id {
            return Ok(Decision::Replayed(RefundOutcome::PaidMeanwhile));
        }
        self.check_capture()?;
        let amount = self.request.amount.in_currency_of(payment.currency);
        self.check_amount(&payment, amount)?;
        let (wallet, kind, lines) = if self.course.later().is_some() {
            payment.reserved_minor += amount.amount_minor;
            (None, EntryKind::RefundCreated, Vec::new())
        } else {
            let (wallet, lines) = give_back(&payment, amount, rows)?;
            payment.refunded_minor += amount.amount_minor;
            (wallet, EntryKind::RefundSucceeded, lines)
        };
        assert!(payment.refundable_minor() >= 0, "a refund is checked before it is made");
        let refund = self.new_refund(amount);
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, Some(Detail::Refund(&refund)), event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let is_settled = refund.state != RefundState::Processing;
        let delivery = is_settled.then(|| outbox::refund_result(&refund, slot)).flatten();
        let mut change = Change::default()
            .insert(self.new_request_key())
            .insert(refund.clone())
            .update(payment)
            .enter(entry)
            .insert_some(delivery);
        if let Some(wallet) = wallet {
            change = change.update(wallet);
        }
        Ok(Decision::Done { change, outcome: RefundOutcome::Recorded(Box::new(refund)) })
    }

    /// Source: ANTOM-FACTS §3.5 (with several captures, refunds name one).
    fn check_capture(&self) -> Result<(), Refusal> {
        let Some(named) = &self.request.capture_id else { return Ok(()) };
        let is_there = self.capture.as_ref().is_some_and(|capture| {
            capture.payment_id == self.payment_id && capture.state == CaptureState::Succeeded
        });
        if is_there {
            return Ok(());
        }
        let detail = format!("captureId: {named} is no capture of this payment that took money");
        Err(Refusal::new(Reason::ParameterIllegal, detail))
    }

    fn check_amount(&self, payment: &Payment, amount: Money) -> Result<(), Refusal> {
        if amount.currency != payment.currency {
            let detail = format!("the payment is in {}, the refund in {}", payment.currency, amount.currency);
            return Err(Refusal::new(Reason::CurrencyNotSupported, detail));
        }
        if payment.refund_until.is_none_or(|until| self.moment.now > until) {
            return Err(Reason::RefundWindowExceeded.into());
        }
        self.check_policy(payment, amount)?;
        if amount.amount_minor > payment.refundable_minor() {
            let detail = format!("{} of {} are left", payment.refundable_minor(), payment.captured_minor);
            return Err(Refusal::new(Reason::RefundAmountExceeded, detail));
        }
        Ok(())
    }

    fn check_policy(&self, payment: &Payment, amount: Money) -> Result<(), Refusal> {
        let policy =
            self.merchant.contract(payment.product).map_or(RefundPolicy::Parts, |known| known.refund_policy);
        let in_part = amount.amount_minor != payment.captured_minor;
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

    fn new_refund(&self, amount: Money) -> Refund {
        let later = self.course.later();
        let (planned, planned_reason) = later.map(|later| later.columns()).unwrap_or_default();
        Refund {
            merchant_id: self.asker.merchant_id.clone(),
            refund_id: self.refund_id.clone(),
            payment_id: self.payment_id.clone(),
            request_id: self.request.request_id.clone(),
            client_id: self.asker.client_id.clone(),
            world_id: self.merchant.world_id.clone(),
            currency: amount.currency,
            amount_minor: amount.amount_minor,
            state: if later.is_some() { RefundState::Processing } else { RefundState::Succeeded },
            failure: None,
            is_named_by_nonce: self.request.is_named_by_nonce,
            capture_id: self.request.capture_id.clone(),
            due_at: later.and_then(|later| later.due_at),
            planned,
            planned_reason,
            notify_url: self.notify_url.clone(),
            document: self.request.document.to_string(),
            created_at: self.moment.now,
            refunded_at: later.is_none().then_some(self.moment.now),
            recorded_at: self.moment.real_now,
        }
    }

    fn new_request_key(&self) -> RequestKey {
        RequestKey {
            merchant_id: self.asker.merchant_id.clone(),
            operation: self.operation().name().to_owned(),
            request_id: self.request.request_id.clone(),
            target: self.refund_id.to_string(),
        }
    }

    fn request_key(&self) -> RowKey {
        RequestKey::key_of(&self.asker.merchant_id, self.operation(), &self.request.request_id)
    }

    fn operation(&self) -> Operation {
        self.request.operation()
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.asker.merchant_id, &self.payment_id)
    }
}

/// Puts `amount` back where the payment's money came from: the wallet as it is then, if there is one, and the postings.
///
/// # Errors
/// [`Reason::ProcessFailed`] when the wallet cannot hold more.
pub(crate) fn give_back(
    payment: &Payment,
    amount: Money,
    rows: &Rows,
) -> Result<(Option<Wallet>, Vec<Line>), Refusal> {
    if payment.card.is_some() {
        return Ok((None, card_issuer::return_lines(payment, amount)));
    }
    let wallet_id = payment.wallet_id.as_ref().expect("a payment that was paid knows its wallet");
    let wallet = rows.find::<Wallet>(&Wallet::key_of(wallet_id)).expect("wallets are never removed");
    let mut wallet = wallet.clone();
    payer::credit(&mut wallet, amount)?;
    let lines = payer::return_lines(payment, &wallet, amount);
    Ok((Some(wallet), lines))
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
