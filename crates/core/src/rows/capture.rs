//! Captures: what is taken of an authorized payment.

use super::payment::PlannedResult;
use super::record::record;
use crate::ids::{CaptureId, ClientId, MerchantId, PaymentId, RequestId, WorldId};
use crate::money::{Currency, Money};
use crate::reason::Reason;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// Where a capture stands.
    CaptureState {
        /// Its result is not known yet.
        Processing = "processing",
        /// The money was taken.
        Succeeded = "succeeded",
        /// It was not.
        Failed = "failed",
    }
}

record! {
    /// A capture of a part or the whole of an authorized payment.
    Capture, "captures", key 2 {
        /// Whose capture.
        merchant_id: MerchantId,
        /// Its id, 32 digits.
        capture_id: CaptureId,
        /// The authorized payment.
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
        /// Whether the rest of the authorization is given up with it.
        is_last: bool,
        /// Where it stands.
        state: CaptureState,
        /// Why it failed; exactly while it is failed.
        failure: Option<Reason>,
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
        /// When the money was taken, world time.
        captured_at: Option<Timestamp>,
        /// Real time of its making.
        recorded_at: Timestamp,
    }
}

impl Capture {
    /// How much.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}
