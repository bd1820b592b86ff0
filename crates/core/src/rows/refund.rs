//! Refunds.

use super::payment::PlannedResult;
use super::record::record;
use crate::ids::{CaptureId, ClientId, MerchantId, PaymentId, RefundId, RequestId, WorldId};
use crate::money::{Currency, Money};
use crate::reason::Reason;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// Where a refund stands.
    RefundState {
        /// Reserved; its result is not known yet.
        Processing = "processing",
        /// The money went back.
        Succeeded = "succeeded",
        /// It did not; what was reserved is free again.
        Failed = "failed",
    }
}

record! {
    /// A refund of a part or the whole of a payment.
    Refund, "refunds", key 2 {
        /// Whose refund.
        merchant_id: MerchantId,
        /// Its id, 32 digits.
        refund_id: RefundId,
        /// The payment it gives back from.
        payment_id: PaymentId,
        /// The merchant's own id for it.
        request_id: RequestId,
        /// The client that asked for it; it is notified.
        client_id: ClientId,
        /// The world.
        world_id: WorldId,
        /// The payment's currency.
        currency: Currency,
        /// How much, smallest units.
        amount_minor: i64,
        /// Where it stands.
        state: RefundState,
        /// Why it failed; exactly while it is failed.
        failure: Option<Reason>,
        /// Whether the merchant gave no id, and `request_id` is the nonce of its request.
        #[serde(default)]
        is_named_by_nonce: bool,
        /// The capture it gives back from, where the request named one.
        capture_id: Option<CaptureId>,
        /// When a scripted result arrives, world time; never when missing.
        due_at: Option<Timestamp>,
        /// What the scripted result is.
        planned: Option<PlannedResult>,
        /// Why it fails, for a planned failure; what an inquiry tells of it until then.
        planned_reason: Option<Reason>,
        /// Where the result is to be sent, if anywhere.
        notify_url: Option<String>,
        /// The request's other fields as a JSON document.
        document: String,
        /// World time of its making.
        created_at: Timestamp,
        /// When the money went back, world time.
        refunded_at: Option<Timestamp>,
        /// Real time of its making.
        recorded_at: Timestamp,
    }
}

impl Refund {
    /// How much.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}
