//! Erase: the data of people is taken out of a payment and of what belongs to it. The money's record stays, and stays
//! provable: the journal tells of each row that it was erased, and carries the digest of what is left.

use super::Moment;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{CaptureId, DeliveryId, MerchantId, PaymentId, RefundId, RequestId};
use crate::journal::{Detail, Entry, Event, details_digest};
use crate::rows::{
    Capture, Declaration, Delivery, DeliveryState, EntryKind, Erasable as _, Payment, PaymentDetails,
    PaymentState, Refund, RowKey,
};

/// A payment whose data of people is to be erased, with all that is known to belong to it.
#[derive(Clone, Debug)]
pub struct ErasePayment {
    /// Whose payment.
    pub merchant_id: MerchantId,
    /// Which payment.
    pub payment_id: PaymentId,
    /// Its refunds.
    pub refund_ids: Vec<RefundId>,
    /// Its captures.
    pub capture_ids: Vec<CaptureId>,
    /// Its declarations.
    pub declaration_ids: Vec<RequestId>,
    /// The notifications about any of these.
    pub delivery_ids: Vec<DeliveryId>,
    /// The act that erases; it is kept before.
    pub act_id: String,
    /// Random bytes in front of what is left of the details when its digest is taken.
    pub salt: [u8; 16],
    /// When.
    pub moment: Moment,
}

/// How many rows lost their data of people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct ErasedRows {
    /// Payments.
    pub payments: u64,
    /// Refunds.
    pub refunds: u64,
    /// Captures.
    pub captures: u64,
    /// Declarations to the customs.
    pub declarations: u64,
    /// Notifications.
    pub deliveries: u64,
    /// Requests that users agree.
    pub authorizations: u64,
    /// What users agreed to.
    pub agreements: u64,
    /// Users.
    pub users: u64,
    /// Acts of people that told of users.
    pub acts: u64,
}

impl ErasedRows {
    /// Counts these as well.
    pub fn add(&mut self, more: Self) {
        self.payments += more.payments;
        self.refunds += more.refunds;
        self.captures += more.captures;
        self.declarations += more.declarations;
        self.deliveries += more.deliveries;
        self.authorizations += more.authorizations;
        self.agreements += more.agreements;
        self.users += more.users;
        self.acts += more.acts;
    }
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErasureOutcome {
    /// So many rows were erased.
    Erased(ErasedRows),
    /// There is nothing (any more) to be erased.
    NothingLeft,
    /// It is still needed; nothing was erased.
    StillNeeded(Needed),
    /// There is no such row.
    Missing,
}

/// Why something cannot be erased yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Needed {
    /// A payment, refund, capture, authorization or agreement has not ended, or a user may still pay.
    IsOpen,
    /// A notification about it is on its way.
    IsTold,
}

impl Rule for ErasePayment {
    type Outcome = ErasureOutcome;

    fn rows(&self) -> Vec<RowKey> {
        let merchant_id = &self.merchant_id;
        let mut keys = vec![
            Payment::key_of(merchant_id, &self.payment_id),
            PaymentDetails::key_of(merchant_id, &self.payment_id),
        ];
        keys.extend(self.refund_ids.iter().map(|id| Refund::key_of(merchant_id, id)));
        keys.extend(self.capture_ids.iter().map(|id| Capture::key_of(merchant_id, id)));
        keys.extend(self.declaration_ids.iter().map(|id| Declaration::key_of(merchant_id, id)));
        keys.extend(self.delivery_ids.iter().map(Delivery::key_of));
        keys
    }

    /// Nothing is erased while the payment, a refund or a capture is open, or while the merchant is still to be told.
    fn decide(&self, rows: &Rows) -> Decision<ErasureOutcome> {
        let key = Payment::key_of(&self.merchant_id, &self.payment_id);
        let Some(payment) = rows.find::<Payment>(&key) else {
            return Decision::Replayed(ErasureOutcome::Missing);
        };
        if self.is_open(payment) {
            return Decision::Replayed(ErasureOutcome::StillNeeded(Needed::IsOpen));
        }
        let deliveries = self.deliveries(rows);
        if deliveries.iter().any(|delivery| delivery.state == DeliveryState::Pending) {
            return Decision::Replayed(ErasureOutcome::StillNeeded(Needed::IsTold));
        }
        let mut draft = Draft {
            rule: self,
            payment: payment.clone(),
            change: Change::default(),
            done: ErasedRows::default(),
        };
        draft.erase_details(rows);
        draft.erase_rest(rows);
        draft.finish(deliveries)
    }
}

impl ErasePayment {
    fn is_open(&self, payment: &Payment) -> bool {
        payment.state == PaymentState::Processing
            || payment.reserved_minor > 0
            || payment.capturing_minor > 0
            || payment.capturable_minor(self.moment.now) > 0
    }

    fn deliveries<'r>(&self, rows: &'r Rows) -> Vec<&'r Delivery> {
        self.delivery_ids.iter().filter_map(|id| rows.find::<Delivery>(&Delivery::key_of(id))).collect()
    }

    fn event(&self, kind: EntryKind) -> Event {
        Event { kind, happened_at: self.moment.now, recorded_at: self.moment.real_now, lines: Vec::new() }
    }
}

/// What is written, while it is put together.
struct Draft<'a> {
    rule: &'a ErasePayment,
    payment: Payment,
    change: Change,
    done: ErasedRows,
}

impl Draft<'_> {
    fn erase_details(&mut self, rows: &Rows) {
        let rule = self.rule;
        let key = PaymentDetails::key_of(&rule.merchant_id, &rule.payment_id);
        let Some(details) = rows.find::<PaymentDetails>(&key).filter(|details| !details.is_erased()) else {
            return;
        };
        let left = PaymentDetails { salt: rule.salt.to_vec(), ..details.clone() }.erased(&rule.act_id);
        self.payment = self.payment.clone().without_people();
        self.payment.details_digest = details_digest(&left.salt, &left.document);
        self.enter(None, EntryKind::PaymentErased);
        self.change = std::mem::take(&mut self.change).update(left);
        self.done.payments = 1;
    }

    fn erase_rest(&mut self, rows: &Rows) {
        let rule = self.rule;
        let merchant_id = &rule.merchant_id;
        for id in &rule.refund_ids {
            let refund =
                rows.find::<Refund>(&Refund::key_of(merchant_id, id)).filter(|found| !found.is_erased());
            let Some(refund) = refund else { continue };
            let left = refund.clone().erased(&rule.act_id);
            self.enter(Some(Detail::Refund(&left)), EntryKind::RefundErased);
            self.change = std::mem::take(&mut self.change).update(left);
            self.done.refunds += 1;
        }
        for id in &rule.capture_ids {
            let capture =
                rows.find::<Capture>(&Capture::key_of(merchant_id, id)).filter(|found| !found.is_erased());
            let Some(capture) = capture else { continue };
            let left = capture.clone().erased(&rule.act_id);
            self.enter(Some(Detail::Capture(&left)), EntryKind::CaptureErased);
            self.change = std::mem::take(&mut self.change).update(left);
            self.done.captures += 1;
        }
        for id in &rule.declaration_ids {
            let key = Declaration::key_of(merchant_id, id);
            let Some(declaration) = rows.find::<Declaration>(&key).filter(|found| !found.is_erased()) else {
                continue;
            };
            let left = declaration.clone().erased(&rule.act_id);
            self.enter(Some(Detail::Declaration(&left)), EntryKind::DeclarationErased);
            self.change = std::mem::take(&mut self.change).update(left);
            self.done.declarations += 1;
        }
    }

    fn enter(&mut self, detail: Option<Detail<'_>>, kind: EntryKind) {
        let entry = Entry::for_payment(&mut self.payment, detail, self.rule.event(kind));
        self.change = std::mem::take(&mut self.change).enter(entry);
    }

    fn finish(mut self, deliveries: Vec<&Delivery>) -> Decision<ErasureOutcome> {
        let digest = self.payment.details_digest;
        for delivery in deliveries {
            let left = delivery.clone().without_people(digest, &self.rule.act_id);
            if self.done == ErasedRows::default() || left == *delivery {
                continue;
            }
            self.change = self.change.update(left);
            self.done.deliveries += 1;
        }
        if self.done == ErasedRows::default() {
            return Decision::Replayed(ErasureOutcome::NothingLeft);
        }
        Decision::Done {
            change: self.change.update(self.payment),
            outcome: ErasureOutcome::Erased(self.done),
        }
    }
}
