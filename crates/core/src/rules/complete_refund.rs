//! The result of a refund that was taken up arrives.

use super::Moment;
use super::outbox::{self, Slot};
use super::refund_payment::give_back;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{DeliveryId, MerchantId, PaymentId, RefundId, WalletId};
use crate::journal::{Detail, Entry, Event};
use crate::reason::Reason;
use crate::rows::{EntryKind, Payment, PaymentState, Refund, RefundState, RowKey, Wallet};

/// The result of one refund.
#[derive(Clone, Debug)]
pub struct CompleteRefund {
    /// Whose refund.
    pub merchant_id: MerchantId,
    /// The payment it gives back from.
    pub payment_id: PaymentId,
    /// Which refund.
    pub refund_id: RefundId,
    /// The wallet that paid, where one did.
    pub wallet_id: Option<WalletId>,
    /// Why it fails; it succeeds when missing.
    pub failure: Option<Reason>,
    /// When.
    pub moment: Moment,
    /// For the notification of the result.
    pub delivery_id: DeliveryId,
}

impl Rule for CompleteRefund {
    type Outcome = Refund;

    fn rows(&self) -> Vec<RowKey> {
        let mut keys = vec![self.payment_key(), self.refund_key()];
        keys.extend(self.wallet_id.iter().map(Wallet::key_of));
        keys
    }

    /// A result counts only while the refund is being processed; else nothing happens. A wallet that can hold no more
    /// fails it. Where the payment was ended meanwhile, what was reserved goes back whatever the result: all of it was to.
    /// Refuses with [`Reason::RefundNotFound`] when there is no such payment or refund.
    fn decide(&self, rows: &Rows) -> Decision<Refund> {
        let payment = rows.find::<Payment>(&self.payment_key());
        let (Some(payment), Some(refund)) = (payment, rows.find::<Refund>(&self.refund_key())) else {
            return Decision::Refused(Reason::RefundNotFound.into());
        };
        if refund.state != RefundState::Processing {
            return Decision::Replayed(refund.clone());
        }
        self.settle(payment.clone(), refund.clone(), rows)
    }
}

impl CompleteRefund {
    fn settle(&self, mut payment: Payment, mut refund: Refund, rows: &Rows) -> Decision<Refund> {
        payment.reserved_minor -= refund.amount_minor;
        let failure = self.failure.filter(|_| payment.state == PaymentState::Succeeded);
        let returned = match failure {
            Some(reason) => Err(reason.into()),
            None => give_back(&payment, refund.amount(), rows),
        };
        let (change, kind, lines) = match returned {
            Err(refusal) => {
                refund.state = RefundState::Failed;
                refund.failure = Some(refusal.reason);
                (Change::default(), EntryKind::RefundFailed, Vec::new())
            }
            Ok((wallet, lines)) => {
                refund.state = RefundState::Succeeded;
                refund.refunded_at = Some(self.moment.now);
                payment.refunded_minor += refund.amount_minor;
                let change = match wallet {
                    Some(wallet) => Change::default().update(wallet),
                    None => Change::default(),
                };
                (change, EntryKind::RefundSucceeded, lines)
            }
        };
        assert!(payment.refundable_minor() >= 0, "a refund is reserved before it is made");
        let event = Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines };
        let entry = Entry::for_payment(&mut payment, Some(Detail::Refund(&refund)), event);
        let slot = Slot { delivery_id: self.delivery_id.clone(), now: self.moment.now };
        let delivery = outbox::refund_result(&refund, slot);
        let change = change.update(refund.clone()).update(payment).enter(entry).insert_some(delivery);
        Decision::Done { change, outcome: refund }
    }

    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn refund_key(&self) -> RowKey {
        Refund::key_of(&self.merchant_id, &self.refund_id)
    }
}
