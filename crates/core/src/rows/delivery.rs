//! The outbox: what merchants are to be told, and every try to tell them.

use serde::{Deserialize, Serialize};

use super::agreement::{Agreement, Authorization};
use super::capture::Capture;
use super::payment::Payment;
use super::record::record;
use super::refund::Refund;
use super::value::Json;
use crate::ids::{ClientId, DeliveryId, MerchantId, WorldId};
use crate::time::Timestamp;
use crate::word_column;

/// What a merchant is told. It holds the facts as they were when they happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Notice {
    /// A payment has a final result.
    PaymentResult {
        /// The payment as it was then.
        payment: Box<Payment>,
    },
    /// A refund has a final result.
    RefundResult {
        /// The refund as it was then.
        refund: Box<Refund>,
    },
    /// A capture has a final result.
    CaptureResult {
        /// The capture as it was then.
        capture: Box<Capture>,
    },
    /// A user agreed; here is the code.
    AuthCodeCreated {
        /// The authorization as it was then.
        authorization: Box<Authorization>,
        /// The code, encrypted.
        code_sealed: Vec<u8>,
    },
    /// A code was turned into tokens.
    TokenCreated {
        /// The agreement as it was then.
        agreement: Box<Agreement>,
    },
    /// An agreement was taken back.
    TokenRevoked {
        /// The agreement as it was then.
        agreement: Box<Agreement>,
        /// Why, if the user said so.
        why: Option<String>,
    },
}

impl Notice {
    /// The word for its kind, for lists and logs.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::PaymentResult { .. } => "payment_result",
            Self::RefundResult { .. } => "refund_result",
            Self::CaptureResult { .. } => "capture_result",
            Self::AuthCodeCreated { .. } => "auth_code_created",
            Self::TokenCreated { .. } => "token_created",
            Self::TokenRevoked { .. } => "token_revoked",
        }
    }
}

word_column! {
    /// Where a delivery stands.
    DeliveryState {
        /// Not acknowledged yet.
        Pending = "pending",
        /// Acknowledged.
        Delivered = "delivered",
        /// The schedule is over; a person may send it again.
        GivenUp = "given_up",
    }
}

record! {
    /// A notification on its way.
    Delivery, "deliveries", key 1 {
        /// Its id; time-ordered.
        delivery_id: DeliveryId,
        /// The world.
        world_id: WorldId,
        /// Who is told.
        merchant_id: MerchantId,
        /// The client whose dialect and id it is told in.
        client_id: ClientId,
        /// The kind of notice.
        kind: String,
        /// The id of the payment, refund, authorization or agreement it is about.
        subject: String,
        /// What is told.
        notice: Json<Notice>,
        /// Where to.
        url: String,
        /// Where it stands.
        state: DeliveryState,
        /// How many tries were begun.
        attempt_count: i64,
        /// When the next try is due, world time.
        next_attempt_at: Timestamp,
        /// Who is trying just now.
        lease_owner: Option<String>,
        /// Until when that counts, real time.
        lease_until: Option<Timestamp>,
        /// World time of its making.
        created_at: Timestamp,
        /// World time of its end.
        ended_at: Option<Timestamp>,
    }
}

record! {
    /// One try to deliver a notification.
    DeliveryAttempt, "delivery_attempts", key 2 {
        /// Which delivery.
        delivery_id: DeliveryId,
        /// The how manieth try, from 1.
        attempt_number: i64,
        /// World time.
        attempted_at: Timestamp,
        /// Real time.
        recorded_at: Timestamp,
        /// The HTTP status that came back, if one did.
        http_status: Option<i64>,
        /// What happened, as a word or a sentence: `acknowledged`, `connection refused`.
        outcome: String,
        /// How long it took, milliseconds.
        duration_ms: i64,
    }
}
