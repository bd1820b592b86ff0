//! The result of a capture that was taken up arrives.

use super::outbox::{self, Slot};
use super::{Moment, card_issuer};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{CaptureId, DeliveryId, MerchantId, PaymentId};
use crate::journal::{Detail, Entry, Event};
use crate::reason::Reason;
use crate::rows::{Capture, CaptureState, EntryKind, Payment, PaymentState, RowKey};

/// The result of one capture.
#[derive(Clone, Debug)]
pub struct CompleteCapture {
    /// Whose capture.
    pub merchant_id: MerchantId,
    /// The authorized payment.
    pub payment_id: PaymentId,
    /// Which capture.
    pub capture_id: CaptureId,
    /// Why it fails; it succeeds when missing.
    pub failure: Option<Reason>,
    /// When.
    pub moment: Moment,
    /// For the notification of the result.
    pub delivery_id: DeliveryId,
}

impl Rule for CompleteCapture {
    type Outcome = Capture;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.payment_key(), self.capture_key()]
    }

    /// A result counts only while the capture is being processed; else nothing happens. Where the payment has ended
    /// meanwhile, nothing is taken, whatever the result. Refuses with [`Reason::PaymentNotFound`] when there is no such
    /// payment or capture.
    fn decide(&self, rows: &Rows) -> Decision<Capture> {
        let payment = rows.find::<Payment>(&self.payment_key());
        let (Some(payment), Some(capture)) = (payment, rows.find::<Capture>(&self.capture_key())) else {
            return Decision::Refused(Reason::PaymentNotFound.into());
        };
        if capture.state != CaptureState::Processing {
            return Decision::Replayed(capture.clone());
        }
        self.settle(payment.clone(), capture.clone())
    }
}

impl CompleteCapture {
    fn settle(&self, mut payment: Payment, mut capture: Capture) -> Decision<Capture> {
        let amount = capture.amount();
        payment.capturing_minor -= amount.amount_minor;
        let is_over = payment.state != PaymentState::Succeeded;
        let failure = if is_over { Some(Reason::AuthorizationCancelled) } else { self.failure };
        let (kind, lines) = match failure {
            Some(reason) => {
                capture.state = CaptureState::Failed;
                capture.failure = Some(reason);
                payment.captures_closed &= !capture.is_last;
                (EntryKind::CaptureFailed, Vec::new())
            }
            None => {
                capture.state = CaptureState::Succeeded;
                capture.captured_at = Some(self.moment.now);
                payment.captured_minor += amount.amount_minor;
                (EntryKind::CaptureSucceeded, card_issuer::capture_lines(&payment, amount))
            }
        };
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, Some(Detail::Capture(&capture)), event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::capture_result(&capture, slot);
        let change =
            Change::default().update(capture.clone()).update(payment).enter(entry).insert_some(delivery);
        Decision::Done { change, outcome: capture }
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn capture_key(&self) -> RowKey {
        Capture::key_of(&self.merchant_id, &self.capture_id)
    }
}
