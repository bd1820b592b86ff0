//! A cancel of a payment that was never seen: its id is used up, so that it cannot be paid when it arrives late.

use super::Moment;
use crate::decision::{Change, Decision, Rows, Rule};
use crate::ids::{MerchantId, Operation, PaymentId, RequestId};
use crate::rows::{RequestKey, RowKey};

/// A cancel of a payment that nobody has seen.
#[derive(Clone, Debug)]
pub struct CancelUnseen {
    /// Whose payment.
    pub merchant_id: MerchantId,
    /// The merchant's own id for it.
    pub request_id: RequestId,
    /// When.
    pub moment: Moment,
}

/// What became of the id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UnseenOutcome {
    /// It can no longer be paid.
    Remembered,
    /// It is a payment's after all.
    Seen(PaymentId),
}

impl Rule for CancelUnseen {
    type Outcome = UnseenOutcome;

    fn rows(&self) -> Vec<RowKey> {
        vec![RequestKey::key_of(&self.merchant_id, Operation::Pay, &self.request_id)]
    }

    /// Never refuses.
    ///
    /// Source: ALIPAYHK-FACTS §5.8 (a cancel of a transaction that does not exist succeeds; the tombstone follows from it).
    fn decide(&self, rows: &Rows) -> Decision<UnseenOutcome> {
        let key = RequestKey::key_of(&self.merchant_id, Operation::Pay, &self.request_id);
        match rows.find::<RequestKey>(&key) {
            Some(seen) if seen.is_tombstone() => Decision::Replayed(UnseenOutcome::Remembered),
            Some(seen) => Decision::Replayed(UnseenOutcome::Seen(PaymentId::new(seen.target.as_str()))),
            None => {
                let tombstone = RequestKey {
                    merchant_id: self.merchant_id.clone(),
                    operation: Operation::Pay.name().to_owned(),
                    request_id: self.request_id.clone(),
                    target: RequestKey::TOMBSTONE.to_owned(),
                };
                Decision::Done {
                    change: Change::default().insert(tombstone),
                    outcome: UnseenOutcome::Remembered,
                }
            }
        }
    }
}
