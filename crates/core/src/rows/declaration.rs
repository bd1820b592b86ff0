//! Declarations of payments to the customs.

use super::record::record;
use crate::ids::{ClientId, Digest, MerchantId, PaymentId, RequestId, WorldId};
use crate::money::{Currency, Money};
use crate::reason::Reason;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// Where a declaration stands.
    DeclarationState {
        /// The customs have not answered.
        Processing = "processing",
        /// They took it.
        Succeeded = "succeeded",
        /// They did not.
        Failed = "failed",
    }
}

record! {
    /// A declaration of a part or the whole of a payment to a customs office.
    Declaration, "declarations", key 2 {
        /// Whose declaration.
        merchant_id: MerchantId,
        /// The merchant's own id for it.
        request_id: RequestId,
        /// The payment.
        payment_id: PaymentId,
        /// The client that asked for it.
        client_id: ClientId,
        /// The world.
        world_id: WorldId,
        /// The currency.
        currency: Currency,
        /// How much, smallest units.
        amount_minor: i64,
        /// The code of the customs office.
        customs_code: String,
        /// The digest of everything else that was declared, by which a repeat is compared.
        content_digest: Digest,
        /// The number of the payment at the customs, digits.
        customs_payment_id: String,
        /// The number of the order at the customs, digits.
        customs_order_id: String,
        /// Where it stands.
        state: DeclarationState,
        /// Why it failed; exactly while it is failed.
        failure: Option<Reason>,
        /// The request's fields as a JSON document, certificates left out.
        document: String,
        /// World time of its making.
        created_at: Timestamp,
        /// World time of its last change.
        modified_at: Timestamp,
        /// Real time of its making.
        recorded_at: Timestamp,
    }
}

impl Declaration {
    /// How much.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }
}
