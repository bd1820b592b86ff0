//! What merchants ask for, in the core's words. A dialect reads its wire form into one of these.

use std::fmt;

use serde_json::Value;

use crate::ids::{MerchantId, PaymentId, RefundId, RequestId};
use crate::money::{Currency, Money};
use crate::rows::Product;

/// A text that must not be shown or logged: an access token, an authorization code.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// Take money from a payer for the merchant.
#[derive(Clone, Debug)]
pub struct PayRequest {
    /// The merchant's own id for it.
    pub request_id: RequestId,
    /// The product.
    pub product: Product,
    /// How much; positive.
    pub amount: Money,
    /// The payment method, e.g. `ALIPAY_HK`.
    pub method: String,
    /// What identifies the payer: the access token of an agreement. Required for [`Product::AgreementPayment`].
    pub payer_token: Option<Secret>,
    /// The secondary merchant it is for, if any.
    pub secondary_merchant: Option<String>,
    /// The currency the merchant wants to be settled in.
    pub settlement_currency: Option<Currency>,
    /// How long it may stay unpaid, milliseconds from the arrival of the request; the contract's when missing.
    pub expiry_ms: Option<i64>,
    /// Where the result is to be sent; the client's address when missing.
    pub notify_url: Option<String>,
    /// Where the user is sent afterwards.
    pub redirect_url: Option<String>,
    /// All fields of the request but secrets, to be kept.
    pub document: Value,
}

/// Which payment is meant. The gateway's id is used wherever it was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PaymentName {
    /// By the gateway's id.
    Id(PaymentId),
    /// By the merchant's own id.
    Request(RequestId),
}

/// Which refund is meant. The gateway's id is used wherever it was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum RefundName {
    /// By the gateway's id.
    Id(RefundId),
    /// By the merchant's own id.
    Request(RequestId),
}

/// Give money back.
#[derive(Clone, Debug)]
pub struct RefundRequest {
    /// The merchant's own id for it.
    pub request_id: RequestId,
    /// The payment to give back from.
    pub payment: PaymentName,
    /// How much; positive.
    pub amount: Money,
    /// Where the result is to be sent; the client's address when missing.
    pub notify_url: Option<String>,
    /// All fields of the request, to be kept.
    pub document: Value,
}

/// Ask a user to agree to debits.
#[derive(Clone, Debug)]
pub struct ConsultRequest {
    /// The kind of wallet, e.g. `ALIPAY_HK`.
    pub method: String,
    /// The merchant's own text; comes back unchanged.
    pub auth_state: String,
    /// Where the user is sent afterwards.
    pub redirect_url: String,
    /// Where notifications about it go; the client's address when missing.
    pub notify_url: Option<String>,
    /// The secondary merchant it is for, if any.
    pub auth_client_id: Option<String>,
    /// What is asked for.
    pub scopes: Vec<String>,
    /// All fields of the request, to be kept.
    pub document: Value,
}

/// Turn a code, or a refresh token, into tokens.
#[derive(Clone, Debug)]
pub struct ApplyTokenRequest {
    /// The kind of wallet; must be that of the authorization.
    pub method: String,
    /// What is turned in.
    pub grant: Grant,
}

/// What is turned in for tokens.
#[derive(Clone, Debug)]
pub enum Grant {
    /// The code that came with the user's consent.
    AuthorizationCode(Secret),
    /// A refresh token.
    RefreshToken(Secret),
}

/// Take an agreement back.
#[derive(Clone, Debug)]
pub struct RevokeRequest {
    /// The access token that stands for it.
    pub access_token: Secret,
}

/// Who asks: the merchant behind the client whose signature was verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asker {
    /// The merchant.
    pub merchant_id: MerchantId,
    /// The client.
    pub client_id: crate::ids::ClientId,
}
