//! What merchants ask for, in the core's words. A dialect reads its wire form into one of these.

use std::fmt;

use serde_json::Value;

use crate::card::CardGiven;
use crate::ids::{CaptureId, MerchantId, Operation, PaymentId, RefundId, RequestId};
use crate::money::{Currency, Money};
use crate::rows::Product;
use crate::time::Timestamp;

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
    /// The card that pays; only with [`Product::CashierPayment`].
    pub card: Option<CardRequest>,
    /// The code read from the payer's wallet. Required for [`Product::InStorePayment`].
    pub payment_code: Option<Secret>,
    /// When the money is taken.
    pub capture: CaptureMode,
    /// What the amount, converted into this currency, must be above for a user to be able to pay it.
    pub floor: Option<Money>,
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

/// When the money of a payment is taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CaptureMode {
    /// Once it is paid.
    AtOnce,
    /// By captures, within the time of the authorization; cards only.
    Later,
}

/// A card that is to pay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CardRequest {
    /// Which card.
    pub source: CardSource,
    /// Whether the merchant asks for 3-D Secure.
    pub asks_authentication: bool,
    /// Whether the payer asked to keep the card.
    pub is_to_be_saved: bool,
    /// The merchant's own id of the customer, for a card that is kept.
    pub customer_id: Option<String>,
}

/// Which card is to pay.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CardSource {
    /// One whose number was given.
    Given(CardGiven),
    /// A kept one, by its token.
    Saved(Secret),
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

/// Call a payment off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CancelRequest {
    /// Which payment.
    pub payment: PaymentName,
    /// What happens to a payment that is paid.
    pub of_paid: CancelOfPaid,
    /// What happens when there is no such payment.
    pub of_unseen: CancelOfUnseen,
}

/// What a cancel does to a payment that is paid.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelOfPaid {
    /// The money goes back, inside the window of the contract.
    GiveBack,
    /// It is refused with [`Reason::PaymentAlreadyPaid`](crate::reason::Reason::PaymentAlreadyPaid).
    Refuse,
}

/// What a cancel does when there is no such payment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CancelOfUnseen {
    /// It is refused with [`Reason::PaymentNotFound`](crate::reason::Reason::PaymentNotFound).
    Refuse,
    /// It succeeds, and a payment with this request id that arrives later is refused. Only for a payment named by the
    /// merchant's own id.
    Remember,
}

/// Give money back.
#[derive(Clone, Debug)]
pub struct RefundRequest {
    /// The merchant's own id for it, or what stands in for it.
    pub request_id: RequestId,
    /// Whether `request_id` is the nonce of the request, because the merchant gave no id.
    pub is_named_by_nonce: bool,
    /// The payment to give back from.
    pub payment: PaymentName,
    /// The capture to give back from, where the request names one.
    pub capture_id: Option<CaptureId>,
    /// How much; positive.
    pub amount: RefundAmount,
    /// Where the result is to be sent; the client's address when missing.
    pub notify_url: Option<String>,
    /// All fields of the request, to be kept.
    pub document: Value,
}

impl RefundRequest {
    /// Within which operation its id is unique.
    #[must_use]
    pub fn operation(&self) -> Operation {
        if self.is_named_by_nonce { Operation::RefundByNonce } else { Operation::Refund }
    }
}

/// How much is to go back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RefundAmount {
    /// This much.
    Of(Money),
    /// So many smallest units of the payment's currency.
    InPaymentCurrency {
        /// Positive.
        amount_minor: i64,
    },
}

impl RefundAmount {
    /// The amount, for a payment in `currency`.
    #[must_use]
    pub fn in_currency_of(self, currency: Currency) -> Money {
        match self {
            Self::Of(money) => money,
            Self::InPaymentCurrency { amount_minor } => Money::new(amount_minor, currency),
        }
    }
}

/// Take a part or the whole of an authorized payment.
#[derive(Clone, Debug)]
pub struct CaptureRequest {
    /// The merchant's own id for it.
    pub request_id: RequestId,
    /// The authorized payment.
    pub payment: PaymentName,
    /// How much; positive.
    pub amount: Money,
    /// Whether the rest of the authorization is given up with it.
    pub is_last: bool,
    /// All fields of the request, to be kept.
    pub document: Value,
}

/// Declare a part or the whole of a payment to the customs.
#[derive(Clone, Debug)]
pub struct DeclareRequest {
    /// The merchant's own id for it.
    pub request_id: RequestId,
    /// The payment.
    pub payment: PaymentName,
    /// How much; positive.
    pub amount: Money,
    /// The code of the customs office.
    pub customs_code: String,
    /// Everything that was declared, by which a repeat is compared; certificates are left out of `document` only.
    pub content: String,
    /// The fields of the request to be kept.
    pub document: Value,
}

/// Which of a merchant's payments and refunds a report lists.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TransactionsRequest {
    /// From this moment, world time.
    pub from: Timestamp,
    /// To this moment, which is not in it any more.
    pub until: Timestamp,
    /// Which page, from 1.
    pub page: u32,
    /// How many entries a page has.
    pub page_limit: u32,
    /// Whether payments are listed.
    pub with_payments: bool,
    /// Whether refunds are listed.
    pub with_refunds: bool,
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
    /// The merchant's own id for the agreement, where its dialect has one. It can be used for one agreement only.
    pub merchant_agreement_id: Option<String>,
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
    /// Whether turning in a code again gives the same tokens again, while the code would still count.
    pub repeats_are_answered: bool,
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
    /// Which agreement.
    pub agreement: AgreementName,
}

/// Which agreement is meant.
#[derive(Clone, Debug)]
pub enum AgreementName {
    /// By the access token that stands for it.
    AccessToken(Secret),
    /// By the merchant's own id for it.
    Merchant(String),
}

/// Who asks: the merchant behind the client whose signature was verified.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Asker {
    /// The merchant.
    pub merchant_id: MerchantId,
    /// The client.
    pub client_id: crate::ids::ClientId,
}
