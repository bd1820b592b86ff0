//! Payments, what was told about them, and the tries to carry them out.

use super::card::{AcquirerFacts, CardFacts};
use super::merchant::Product;
use super::rate::Quote;
use super::record::record;
use super::value::Json;
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
        /// What is told of it while it is processing, where that is not simply that it is.
        open_reason: Option<Reason>,
        /// What an authorization holds or held, smallest units; zero where there is none.
        #[serde(default)]
        authorized_minor: i64,
        /// Until when it can be captured, world time; exactly where there is an authorization.
        auth_expires_at: Option<Timestamp>,
        /// Whether it is authorized first, and taken by captures.
        #[serde(default)]
        captures_later: bool,
        /// What captures are about to take of it, smallest units.
        #[serde(default)]
        capturing_minor: i64,
        /// Whether the last capture was made, and the rest of the authorization given up.
        #[serde(default)]
        captures_closed: bool,
        /// What was taken for the merchant, smallest units.
        captured_minor: i64,
        /// What went back, smallest units.
        refunded_minor: i64,
        /// What is on its way back, smallest units.
        reserved_minor: i64,
        /// What was declared to the customs, smallest units.
        #[serde(default)]
        declared_minor: i64,
        /// Why it will fail once a user approves it, known since it was made.
        approval_refusal: Option<Reason>,
        /// The card that pays, as far as it may be kept.
        card: Option<Json<CardFacts>>,
        /// Who carries it out, where that is not the gateway itself.
        acquirer: Option<Json<AcquirerFacts>>,
        /// How many tries to carry it out are open.
        open_attempts: i64,
        /// The agreement it is made on, if any.
        agreement_id: Option<AgreementId>,
        /// The wallet that pays, once known.
        wallet_id: Option<WalletId>,
        /// The currency the merchant is settled in, if the contract or the request says so.
        settlement_currency: Option<Currency>,
        /// The rate into that currency, locked when the payment was made.
        settlement_quote: Option<Json<Quote>>,
        /// Its amount by that rate, smallest units of the settlement currency.
        settlement_minor: Option<i64>,
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

    /// What an authorization still holds at `now`, smallest units.
    #[must_use]
    pub fn capturable_minor(&self, now: Timestamp) -> i64 {
        let is_held = self.auth_expires_at.is_some_and(|until| now < until) && !self.captures_closed;
        let is_open = self.state == PaymentState::Succeeded && is_held;
        if is_open { self.authorized_minor - self.captured_minor - self.capturing_minor } else { 0 }
    }

    /// This payment as it stands at `now`: an unpaid one whose time is over, and that no try can still pay, is failed;
    /// an authorization that was not captured in time is released, which cancels the payment.
    ///
    /// Expiry is a function of the row and the time. The sweep writes down what this says.
    ///
    /// Source: ANTOM-FACTS §3.3, §3.5 (an authorization is released, the payment cancelled automatically).
    #[must_use]
    pub fn as_of(mut self, now: Timestamp) -> Self {
        if self.is_released(now) {
            self.state = PaymentState::Cancelled;
            self.ended_at = self.auth_expires_at;
        }
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

    /// Whether its authorization has lapsed by `now` with nothing captured.
    #[must_use]
    pub fn is_released(&self, now: Timestamp) -> bool {
        self.state == PaymentState::Succeeded
            && self.captured_minor + self.capturing_minor == 0
            && self.auth_expires_at.is_some_and(|until| now >= until)
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

impl PaymentDetails {
    /// What the merchant says is paid for, in whichever dialect it said so.
    #[must_use]
    pub fn description(&self) -> Option<String> {
        let places = ["/order/description", "/order/orderDescription", "/order/orderTitle", "/orderTitle"];
        let document: serde_json::Value = serde_json::from_str(&self.document).ok()?;
        places.iter().find_map(|place| document.pointer(place)?.as_str().map(str::to_owned))
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

impl RequestKey {
    /// What the target says when a payment was cancelled before it was ever seen.
    pub const TOMBSTONE: &'static str = "cancelled";

    /// Whether it stands for a payment that was cancelled before it was ever seen.
    #[must_use]
    pub fn is_tombstone(&self) -> bool {
        self.target == Self::TOMBSTONE
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
        /// End a payment that was paid, for the attempt's `planned_reason`; the money goes back.
        Reverse = "reverse",
        /// Cancel it.
        Cancel = "cancel",
    }
}

/// How a payment is to end by plan.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PlannedEnd {
    /// By the real rules.
    Succeed,
    /// It fails.
    Fail(Reason),
    /// It was paid, and is ended; the money goes back.
    Reverse(Reason),
    /// It is cancelled, unpaid.
    Cancel,
}

impl PlannedEnd {
    /// The two columns it is kept in.
    #[must_use]
    pub fn columns(self) -> (PlannedResult, Option<Reason>) {
        match self {
            Self::Succeed => (PlannedResult::Succeed, None),
            Self::Fail(reason) => (PlannedResult::Fail, Some(reason)),
            Self::Reverse(reason) => (PlannedResult::Reverse, Some(reason)),
            Self::Cancel => (PlannedResult::Cancel, None),
        }
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
    /// What will come of it by plan, as far as anything is planned; a failure without a reason is a business failure.
    #[must_use]
    pub fn planned_end(&self) -> Option<PlannedEnd> {
        let reason = self.planned_reason.unwrap_or(Reason::ProcessFailed);
        self.planned.map(|planned| match planned {
            PlannedResult::Succeed => PlannedEnd::Succeed,
            PlannedResult::Fail => PlannedEnd::Fail(reason),
            PlannedResult::Reverse => PlannedEnd::Reverse(reason),
            PlannedResult::Cancel => PlannedEnd::Cancel,
        })
    }

    /// The connector whose results are planned by a test.
    pub const SANDBOX: &'static str = "sandbox";
}
