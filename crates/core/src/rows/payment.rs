//! Payments, what was told about them, and the tries to carry them out.

use super::merchant::Product;
use super::record::record;
use crate::ids::{
    AgreementId, AttemptId, ClientId, Digest, Fingerprint, MerchantId, PaymentId, RequestId, WalletId,
    WorldId,
};
use crate::money::{Currency, Money};
use crate::reason::Reason;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// Where a payment stands. The last three are for good, but a succeeded one may be cancelled in its window.
    PaymentState {
        /// Not decided yet.
        Processing = "processing",
        /// Paid.
        Succeeded = "succeeded",
        /// Ended without money; `failure` says why.
        Failed = "failed",
        /// Cancelled; what was paid went back.
        Cancelled = "cancelled",
    }
}

record! {
    /// A payment.
    Payment, "payments", key 2 {
        /// Whose payment.
        merchant_id: MerchantId,
        /// Its id, 32 digits.
        payment_id: PaymentId,
        /// The merchant's own id for it.
        request_id: RequestId,
        /// The client that asked for it; it is notified.
        client_id: ClientId,
        /// The world.
        world_id: WorldId,
        /// The product.
        product: Product,
        /// The payment method, e.g. `ALIPAY_HK`.
        method: String,
        /// The keyed hash of what identified the payer (an access token), if anything did.
        payer_fingerprint: Option<Fingerprint>,
        /// The currency of all amounts here.
        currency: Currency,
        /// What the merchant asked for, smallest units.
        amount_minor: i64,
        /// Where it stands.
        state: PaymentState,
        /// Whether the user has done everything and only the result is open.
        user_done: bool,
        /// Why it failed; exactly while it is failed.
        failure: Option<Reason>,
        /// What was taken for the merchant, smallest units.
        captured_minor: i64,
        /// What went back, smallest units.
        refunded_minor: i64,
        /// What is on its way back, smallest units.
        reserved_minor: i64,
        /// How many tries to carry it out are open.
        open_attempts: i64,
        /// The agreement it is made on, if any.
        agreement_id: Option<AgreementId>,
        /// The wallet that pays, once known.
        wallet_id: Option<WalletId>,
        /// The currency the merchant is settled in, if the contract or the request says so.
        settlement_currency: Option<Currency>,
        /// Where the result is to be sent, if anywhere.
        notify_url: Option<String>,
        /// Where the user is sent afterwards.
        redirect_url: Option<String>,
        /// World time of its making.
        created_at: Timestamp,
        /// From when it counts as closed if still unpaid, world time.
        expires_at: Timestamp,
        /// When it was paid, world time; start of the cancel and refund windows.
        paid_at: Option<Timestamp>,
        /// When it failed or was cancelled, world time.
        ended_at: Option<Timestamp>,
        /// The last moment to cancel it after it was paid, world time.
        cancel_until: Option<Timestamp>,
        /// The last moment to refund it, world time.
        refund_until: Option<Timestamp>,
        /// The configuration that decided it.
        config_version: i64,
        /// The salted digest of its details.
        details_digest: Digest,
        /// Real time of its making.
        recorded_at: Timestamp,
        /// How many entries of the journal are about it.
        chain_count: i64,
        /// The hash of the last of them.
        chain_head: Digest,
    }
}

impl Payment {
    /// What the merchant asked for.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount_minor, self.currency)
    }

    /// What can still be refunded, smallest units.
    #[must_use]
    pub fn refundable_minor(&self) -> i64 {
        self.captured_minor - self.refunded_minor - self.reserved_minor
    }

    /// This payment as it stands at `now`: an unpaid one whose time is over, and that no try can still pay, is failed.
    ///
    /// Expiry is a function of the row and the time. The sweep writes down what this says.
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if self.is_expired(now) {
            self.state = PaymentState::Failed;
            self.failure = Some(Reason::PaymentClosed);
            self.ended_at = Some(self.expires_at);
        }
        self
    }

    /// Whether it has ended unpaid by `now` because its time is over.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.state == PaymentState::Processing && self.open_attempts == 0 && now >= self.expires_at
    }

    /// Whether it was ever paid.
    #[must_use]
    pub fn was_paid(&self) -> bool {
        self.paid_at.is_some()
    }
}

record! {
    /// What a merchant told about a payment (order, buyer, goods, terminal). Kept apart because it is people's data.
    PaymentDetails, "payment_details", key 2 {
        /// Whose payment.
        merchant_id: MerchantId,
        /// Which payment.
        payment_id: PaymentId,
        /// Random bytes in front of the document when its digest is taken.
        salt: Vec<u8>,
        /// The request's fields as a JSON document, secrets left out.
        document: String,
    }
}

record! {
    /// Which record a merchant's own request id belongs to, for ever. The guard against doing a thing twice.
    RequestKey, "request_keys", key 3 {
        /// Whose id.
        merchant_id: MerchantId,
        /// Within which operation it is unique: `pay`, `refund`.
        operation: String,
        /// The merchant's id.
        request_id: RequestId,
        /// The id of the payment or refund.
        target: String,
    }
}

word_column! {
    /// Where a try stands.
    AttemptState {
        /// Its result is not known yet.
        Open = "open",
        /// Its result was taken over.
        Done = "done",
        /// It was called off before it had a result.
        Withdrawn = "withdrawn",
    }
}

word_column! {
    /// What a scripted try of the sandbox will say.
    PlannedResult {
        /// Run the real rules then.
        Succeed = "succeed",
        /// Fail with the attempt's `planned_reason`.
        Fail = "fail",
    }
}

record! {
    /// One try to have a payment carried out by something that may take its time, or never answer.
    Attempt, "attempts", key 3 {
        /// Whose payment.
        merchant_id: MerchantId,
        /// Which payment.
        payment_id: PaymentId,
        /// Its id.
        attempt_id: AttemptId,
        /// The world.
        world_id: WorldId,
        /// Where it stands.
        state: AttemptState,
        /// What carries it out; `sandbox` for scripted outcomes.
        connector: String,
        /// When a scripted result arrives, world time; never when missing.
        due_at: Option<Timestamp>,
        /// What the scripted result is.
        planned: Option<PlannedResult>,
        /// Why it fails, for a planned failure.
        planned_reason: Option<Reason>,
        /// World time of its making.
        created_at: Timestamp,
        /// World time of its end.
        ended_at: Option<Timestamp>,
    }
}

impl Attempt {
    /// The connector whose results are planned by a test.
    pub const SANDBOX: &'static str = "sandbox";
}
