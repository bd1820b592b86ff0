//! Capture: a part or the whole of an authorized payment is taken.

use std::sync::Arc;

use super::outbox::{self, Slot};
use super::{Moment, card_issuer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{CaptureId, DeliveryId, Operation, PaymentId};
use crate::journal::{Detail, Entry, Event};
use crate::reason::{Reason, Refusal};
use crate::request::{Asker, CaptureRequest};
use crate::rows::{Capture, CaptureState, EntryKind, Merchant, Payment, PaymentState, RequestKey, RowKey};

use super::refund_payment::Afterwards;

/// A capture that is asked for, with everything its decision needs besides the rows.
#[derive(Clone, Debug)]
pub struct CapturePayment {
    /// Who asks.
    pub asker: Asker,
    /// The merchant, as configured.
    pub merchant: Arc<Merchant>,
    /// What is asked for.
    pub request: CaptureRequest,
    /// The payment that is meant.
    pub payment_id: PaymentId,
    /// Where the result is sent.
    pub notify_url: Option<String>,
    /// What is to happen; the rules, unless a sandbox was told otherwise.
    pub course: Afterwards,
    /// When.
    pub moment: Moment,
    /// For the capture.
    pub capture_id: CaptureId,
    /// For the notification of its result.
    pub delivery_id: DeliveryId,
}

/// What became of the request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CaptureOutcome {
    /// It made this capture.
    Recorded(Box<Capture>),
    /// The request id belongs to this capture already; see [`means_the_same`].
    SeenBefore(CaptureId),
}

/// Whether a repeated request asks for what the recorded capture was asked for.
///
/// Source: ANTOM-FACTS §3.1 (captureRequestId is the key); what is compared is our decision.
#[must_use]
pub fn means_the_same(capture: &Capture, request: &CaptureRequest, payment_id: &PaymentId) -> bool {
    capture.amount() == request.amount
        && capture.payment_id == *payment_id
        && capture.is_last == request.is_last
}

impl Rule for CapturePayment {
    type Outcome = CaptureOutcome;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.request_key(), self.payment_key()]
    }

    /// Refusals, in order of checking: what a sandbox was told, [`Reason::PaymentNotFound`],
    /// [`Reason::AuthorizationExpired`], [`Reason::AuthorizationCancelled`], [`Reason::PaymentStateInvalid`] (not authorized
    /// yet, or failed), [`Reason::AuthorizationMissing`], [`Reason::CurrencyNotSupported`],
    /// [`Reason::MultipleCapturesNotSupported`] (the last capture was made), [`Reason::CaptureAmountExceeded`].
    ///
    /// Source: ANTOM-FACTS §2.6, §3.5; the order is our own choice.
    fn decide(&self, rows: &Rows) -> Decision<CaptureOutcome> {
        if let Some(seen) = rows.find::<RequestKey>(&self.request_key()) {
            return Decision::Replayed(CaptureOutcome::SeenBefore(CaptureId::new(seen.target.as_str())));
        }
        self.capture(rows).unwrap_or_else(Decision::Refused)
    }
}

impl CapturePayment {
    fn capture(&self, rows: &Rows) -> Result<Decision<CaptureOutcome>, Refusal> {
        if let Afterwards::Refuse(reason) = self.course {
            return Err(reason.into());
        }
        let payment = rows.find::<Payment>(&self.payment_key()).ok_or(Reason::PaymentNotFound)?;
        self.check(payment)?;
        let mut payment = payment.clone();
        let amount = self.request.amount;
        payment.captures_closed |= self.request.is_last;
        let capture = self.new_capture();
        let (kind, lines) = if capture.state == CaptureState::Processing {
            payment.capturing_minor += amount.amount_minor;
            (EntryKind::CaptureCreated, Vec::new())
        } else {
            payment.captured_minor += amount.amount_minor;
            (EntryKind::CaptureSucceeded, card_issuer::capture_lines(&payment, amount))
        };
        assert!(
            payment.captured_minor + payment.capturing_minor <= payment.authorized_minor,
            "a capture is checked before it is made"
        );
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, Some(Detail::Capture(&capture)), event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let is_settled = capture.state != CaptureState::Processing;
        let delivery = is_settled.then(|| outbox::capture_result(&capture, slot)).flatten();
        let change = Change::default()
            .insert(self.new_request_key())
            .insert(capture.clone())
            .update(payment)
            .enter(entry)
            .insert_some(delivery);
        Ok(Decision::Done { change, outcome: CaptureOutcome::Recorded(Box::new(capture)) })
    }

    fn check(&self, payment: &Payment) -> Result<(), Refusal> {
        let is_over = payment.auth_expires_at.is_some_and(|until| self.moment.now >= until);
        match payment.state {
            PaymentState::Succeeded if is_over => return Err(Reason::AuthorizationExpired.into()),
            PaymentState::Succeeded => {}
            // The sweep cancels an authorization at the moment in which it lapses.
            PaymentState::Cancelled
                if payment.ended_at.is_some() && payment.ended_at == payment.auth_expires_at =>
            {
                return Err(Reason::AuthorizationExpired.into());
            }
            PaymentState::Cancelled => return Err(Reason::AuthorizationCancelled.into()),
            PaymentState::Processing | PaymentState::Failed => return Err(Reason::PaymentStateInvalid.into()),
        }
        if payment.auth_expires_at.is_none() {
            return Err(Refusal::new(Reason::AuthorizationMissing, "the payment was taken at once"));
        }
        let amount = self.request.amount;
        if amount.currency != payment.currency {
            let detail =
                format!("the payment is in {}, the capture in {}", payment.currency, amount.currency);
            return Err(Refusal::new(Reason::CurrencyNotSupported, detail));
        }
        if payment.captures_closed {
            return Err(Refusal::new(Reason::MultipleCapturesNotSupported, "the last capture was made"));
        }
        let left_minor = payment.capturable_minor(self.moment.now);
        if amount.amount_minor > left_minor {
            let detail = format!("{left_minor} of {} are left", payment.authorized_minor);
            return Err(Refusal::new(Reason::CaptureAmountExceeded, detail));
        }
        Ok(())
    }

    fn new_capture(&self) -> Capture {
        let later = self.course.later();
        let (planned, planned_reason) = later.map(|later| later.columns()).unwrap_or_default();
        Capture {
            merchant_id: self.asker.merchant_id.clone(),
            capture_id: self.capture_id.clone(),
            payment_id: self.payment_id.clone(),
            request_id: self.request.request_id.clone(),
            client_id: self.asker.client_id.clone(),
            world_id: self.merchant.world_id.clone(),
            currency: self.request.amount.currency,
            amount_minor: self.request.amount.amount_minor,
            is_last: self.request.is_last,
            state: if later.is_some() { CaptureState::Processing } else { CaptureState::Succeeded },
            failure: None,
            due_at: later.and_then(|later| later.due_at),
            planned,
            planned_reason,
            notify_url: self.notify_url.clone(),
            document: self.request.document.to_string(),
            created_at: self.moment.now,
            captured_at: later.is_none().then_some(self.moment.now),
            recorded_at: self.moment.real_now,
        }
    }

    fn new_request_key(&self) -> RequestKey {
        RequestKey {
            merchant_id: self.asker.merchant_id.clone(),
            operation: Operation::Capture.name().to_owned(),
            request_id: self.request.request_id.clone(),
            target: self.capture_id.to_string(),
        }
    }

    fn request_key(&self) -> RowKey {
        RequestKey::key_of(&self.asker.merchant_id, Operation::Capture, &self.request.request_id)
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.asker.merchant_id, &self.payment_id)
    }
}
