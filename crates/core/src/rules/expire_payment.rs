//! The sweep: writes down that an unpaid payment's time is over, or an authorization's, and tells the merchant.

use super::Moment;
use super::outbox::{self, Slot};
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{DeliveryId, MerchantId, PaymentId};
use crate::journal::{Entry, Event};
use crate::reason::Reason;
use crate::rows::{EntryKind, Payment, RowKey};

/// A payment whose time seems to be over.
#[derive(Clone, Debug)]
pub struct ExpirePayment {
    /// Whose payment.
    pub merchant_id: MerchantId,
    /// Which payment.
    pub payment_id: PaymentId,
    /// When.
    pub moment: Moment,
    /// For the notification.
    pub delivery_id: DeliveryId,
}

impl Rule for ExpirePayment {
    type Outcome = Payment;

    fn rows(&self) -> Vec<RowKey> {
        vec![Payment::key_of(&self.merchant_id, &self.payment_id)]
    }

    fn decide(&self, rows: &Rows) -> Decision<Payment> {
        let Some(payment) = rows.find::<Payment>(&Payment::key_of(&self.merchant_id, &self.payment_id))
        else {
            return Decision::Refused(Reason::PaymentNotFound.into());
        };
        let is_released = payment.is_released(self.moment.now);
        if !is_released && !payment.is_expired(self.moment.now) {
            return Decision::Replayed(payment.clone());
        }
        let mut payment = payment.clone().as_of(self.moment.now);
        let kind = if is_released { EntryKind::AuthorizationReleased } else { EntryKind::PaymentExpired };
        let event = Event {
            kind,
            happened_at: payment.ended_at.expect("a payment that has ended knows when"),
            recorded_at: self.moment.real_now,
            lines: Vec::new(),
        };
        let entry = Entry::for_payment(&mut payment, None, event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::payment_result(&payment, slot);
        let change = Change::default().update(payment.clone()).enter(entry).insert_some(delivery);
        Decision::Done { change, outcome: payment }
    }
}
