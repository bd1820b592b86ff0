//! Rows that nobody has: entries without an owner, refunds without a payment, request ids that lead nowhere.

use farthing_core::ids::{CaptureId, Operation, PaymentId, RefundId, RequestId, SettlementId};
use farthing_core::journal::Account;
use farthing_core::rows::{
    Capture, Declaration, JournalEntry, Payment, Record, Refund, RequestKey, Row, RowKey, Settlement, Wallet,
};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::chains::is_tombstone;
use super::ledger::entry_name;
use super::slices::Slices;

/// Each entry belongs to a payment, a settlement or a wallet that is there.
pub(super) async fn find_entries_without_owner(
    snapshot: &mut dyn Snapshot,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut entries = Slices::<JournalEntry>::new();
    while let Some(entry) = entries.next(snapshot).await? {
        let is_there = match owner_of(&entry) {
            Some(key) => find(snapshot, key).await?.is_some(),
            None => false,
        };
        if !is_there {
            let problem =
                "its payment, settlement or wallet is not there; it was removed by hand, or the entry added";
            report.find("journal", entry_name(&entry), problem);
        }
    }
    Ok(())
}

fn owner_of(entry: &JournalEntry) -> Option<RowKey> {
    if let Some(wallet_id) = Account::wallet_of(&entry.subject) {
        return Some(Wallet::key_of(&wallet_id));
    }
    let merchant_id = entry.merchant_id.as_ref()?;
    match entry.subject.split_once(':')? {
        ("payment", id) => Some(Payment::key_of(merchant_id, &PaymentId::new(id))),
        ("settlement", id) => Some(Settlement::key_of(merchant_id, &SettlementId::new(id))),
        _ => None,
    }
}

/// A row that belongs to a payment.
pub(super) trait OfPayment: Record {
    /// The payment's key.
    fn payment_key(&self) -> RowKey;
    /// What the row is called in a finding.
    fn name(&self) -> String;
}

impl OfPayment for Refund {
    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn name(&self) -> String {
        self.refund_id.to_string()
    }
}

impl OfPayment for Capture {
    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn name(&self) -> String {
        self.capture_id.to_string()
    }
}

impl OfPayment for Declaration {
    fn payment_key(&self) -> RowKey {
        Payment::key_of(&self.merchant_id, &self.payment_id)
    }

    fn name(&self) -> String {
        self.request_id.to_string()
    }
}

/// Each row of this kind belongs to a payment that is there.
pub(super) async fn find_without_payment<R: OfPayment>(
    snapshot: &mut dyn Snapshot,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut rows = Slices::<R>::new();
    while let Some(row) = rows.next(snapshot).await? {
        if find(snapshot, row.payment_key()).await?.is_none() {
            let problem = "its payment is not there; it was removed by hand, or this was added";
            report.find(R::TABLE.spec().name, row.name(), problem);
        }
    }
    Ok(())
}

/// Each request id leads to the record that was made under it.
pub(super) async fn find_keys_led_astray(
    snapshot: &mut dyn Snapshot,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut keys = Slices::<RequestKey>::new();
    while let Some(key) = keys.next(snapshot).await? {
        if is_tombstone(&key) {
            continue;
        }
        let found = match target_of(&key) {
            Some(target) => find(snapshot, target).await?,
            None => None,
        };
        let problem = match found.as_ref().and_then(made_under) {
            Some(request_id) if request_id == key.request_id => continue,
            Some(request_id) => format!(
                "leads to {}, which was made under {request_id}; it was changed or added by hand",
                key.target
            ),
            None => format!(
                "leads to {}, which is not there; that was removed by hand, or the id changed or added",
                key.target
            ),
        };
        report.find("request_keys", key.key(), problem);
    }
    Ok(())
}

/// The record that an id of this operation leads to; `None` for an operation that keeps no ids here.
fn target_of(key: &RequestKey) -> Option<RowKey> {
    let (merchant_id, target) = (&key.merchant_id, key.target.as_str());
    let is = |operation: Operation| key.operation == operation.name();
    if is(Operation::Pay) {
        Some(Payment::key_of(merchant_id, &PaymentId::new(target)))
    } else if is(Operation::Refund) || is(Operation::RefundByNonce) {
        Some(Refund::key_of(merchant_id, &RefundId::new(target)))
    } else if is(Operation::Capture) {
        Some(Capture::key_of(merchant_id, &CaptureId::new(target)))
    } else if is(Operation::Settle) {
        Some(Settlement::key_of(merchant_id, &SettlementId::new(target)))
    } else {
        None
    }
}

fn made_under(row: &Row) -> Option<RequestId> {
    match row {
        Row::Payment(payment) => Some(payment.request_id.clone()),
        Row::Refund(refund) => Some(refund.request_id.clone()),
        Row::Capture(capture) => Some(capture.request_id.clone()),
        Row::Settlement(settlement) => Some(Settlement::day_id(&settlement.settle_day, settlement.currency)),
        _ => None,
    }
}

async fn find(snapshot: &mut dyn Snapshot, key: RowKey) -> Result<Option<Row>, StoreError> {
    Ok(snapshot.read(vec![Select::key(key)]).await?.into_iter().flatten().next())
}
