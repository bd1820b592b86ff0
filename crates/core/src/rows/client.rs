//! Clients: how a merchant's systems prove who they are, and in which dialect they speak.

use serde::{Deserialize, Serialize};

use super::record::record;
use super::value::Json;
use crate::ids::{ClientId, MerchantId};
use crate::money::Currency;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// The API a client speaks.
    Dialect {
        /// Antom v1.
        Antom = "antom",
        /// The older Alipay edition of the same API.
        Alipay = "alipay",
        /// AlipayHK's functions (`alipay.intl.*`).
        AlipayHk = "alipayhk",
        /// AlphaPay v2.0.
        AlphaPay = "alphapay",
    }
}

word_column! {
    /// Whether a client may speak.
    ClientStatus {
        /// It may.
        Active = "active",
        /// It may not.
        Disabled = "disabled",
    }
}

/// One public key of a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ClientKey {
    /// The version by which requests name it.
    pub version: String,
    /// SubjectPublicKeyInfo, standard base64 without line breaks.
    pub public_key: String,
    /// Until when it is accepted, real time; for ever when missing.
    pub valid_until: Option<Timestamp>,
}

word_column! {
    /// The hash under an RSA signature.
    SignatureHash {
        /// SHA-256.
        Sha256 = "sha256",
        /// SHA-1, which is weak; for AlipayHK clients that know nothing better.
        Sha1 = "sha1",
    }
}

word_column! {
    /// The words by which AlipayHK tells where a payment stands.
    StatusVocabulary {
        /// `WAIT_PAY`, `SUCCESS`, `CLOSED`.
        Modern = "modern",
        /// `WAIT_BUYER_PAY`, `TRADE_SUCCESS`, `TRADE_CLOSED`.
        Trade = "trade",
    }
}

/// What differs from client to client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientSettings {
    /// Where notifications go when a request names no address.
    pub notify_url: Option<String>,
    /// Whether a request id may carry an outcome selector after `~` (only ever true in `dev`).
    pub selectors: bool,
    /// Whether a pay answered `PAYMENT_IN_PROCESS` carries the ids next to the result.
    pub ids_while_in_process: bool,
    /// Antom: whether an inquiry of a payment that was cancelled after it was paid still tells `paymentTime`.
    pub payment_time_after_cancel: bool,
    /// Antom: whether the acquirer of a payment is told (`acquirerInfo`).
    pub shows_acquirer: bool,
    /// Alipay: whether `paymentTime` of a failed payment tells when it failed.
    pub payment_time_on_fail: bool,
    /// Alipay: whether the inquiry of a payment that failed on the user's KYC is itself answered so.
    pub kyc_failure_answers_the_call: bool,
    /// Alipay: whether an inquiry lists the payment, its authorization and its cancel as transactions, too.
    pub lists_every_transaction: bool,
    /// AlipayHK: the hash of signatures, both ways, where a message names none.
    pub signature_hash: SignatureHash,
    /// AlipayHK: the words for where a payment stands.
    pub status_vocabulary: StatusVocabulary,
    /// AlphaPay: whether a waiting payment is told as `OFFLINE_QRCODE` in place of `PAYMENT_IN_PROCESS`.
    pub waiting_as_offline_qrcode: bool,
    /// AlphaPay: the platform's own currency, in which CNY orders are settled.
    pub local_currency: Currency,
    /// AlphaPay: whether only the documented acknowledgement of a notification counts as heard.
    pub strict_acknowledgement: bool,
    /// How long a payment that a user has to approve may stay unpaid, milliseconds; the dialect's default when missing.
    pub expiry_ms: Option<i64>,
    /// How far the time of a request may be from the real time, milliseconds; 0 looks at no time and no nonce; the
    /// dialect's default when missing.
    pub request_time_window_ms: Option<i64>,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            notify_url: None,
            selectors: true,
            ids_while_in_process: true,
            payment_time_after_cancel: false,
            shows_acquirer: false,
            payment_time_on_fail: true,
            kyc_failure_answers_the_call: false,
            lists_every_transaction: false,
            signature_hash: SignatureHash::Sha1,
            status_vocabulary: StatusVocabulary::Modern,
            waiting_as_offline_qrcode: false,
            local_currency: Currency::parse("CAD").expect("CAD is an ISO 4217 currency"),
            strict_acknowledgement: false,
            expiry_ms: None,
            request_time_window_ms: None,
        }
    }
}

record! {
    /// A client.
    Client, "clients", key 1 {
        /// Its id; unique over all merchants, because a request names nothing else.
        client_id: ClientId,
        /// Whose it is.
        merchant_id: MerchantId,
        /// What it speaks.
        dialect: Dialect,
        /// Whether it may.
        status: ClientStatus,
        /// Its keys, the newest last.
        keys: Json<Vec<ClientKey>>,
        /// Its settings.
        settings: Json<ClientSettings>,
        /// Real time of its making.
        created_at: Timestamp,
    }
}
