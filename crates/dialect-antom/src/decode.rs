//! From the bytes of a request to what is asked for.

use farthing_core::ids::RequestId;
use farthing_core::money::Currency;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::{
    ApplyTokenRequest, CancelRequest, CaptureRequest, ConsultRequest, DeclareRequest, PayRequest,
    PaymentName, RefundName, RefundRequest, RevokeRequest,
};
use farthing_core::rows::{Product, Rate};
use farthing_core::time::Timestamp;
use farthing_dialect_kit::strict_json::{JsonError, read_object};

use crate::convert;
use crate::endpoint::Operation;
use crate::fields::{BadField, check_request};

/// What a request asks for, in the core's words.
#[derive(Clone, Debug)]
pub enum AntomRequest {
    /// Take money.
    Pay(Box<PayRequest>),
    /// What became of this payment.
    InquiryPayment(PaymentName),
    /// Call this payment off.
    Cancel(CancelRequest),
    /// Give money back.
    Refund(Box<RefundRequest>),
    /// What became of this refund.
    InquiryRefund(RefundName),
    /// Take a part or the whole of an authorized payment.
    Capture(Box<CaptureRequest>),
    /// What currencies are worth in one another.
    InquireExchangeRate(ExchangeRateRequest),
    /// Declare a payment to the customs.
    Declare(Box<DeclareRequest>),
    /// What became of these declarations; as often as they were named.
    InquiryDeclarationRequests(Vec<RequestId>),
    /// Ask a user to agree to debits.
    Consult(Box<ConsultRequest>),
    /// Turn a code or a refresh token into tokens.
    ApplyToken(ApplyTokenRequest),
    /// Take an agreement back.
    Revoke(RevokeRequest),
}

/// Which exchange rates are asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExchangeRateRequest {
    /// The product they are for.
    pub product: Product,
    /// The pairs of currencies; every rate there is when there are none.
    pub pairs: Vec<CurrencyPair>,
}

impl ExchangeRateRequest {
    /// Whether this rate is asked for.
    #[must_use]
    pub fn wants(&self, rate: &Rate) -> bool {
        self.pairs.is_empty() || self.pairs.iter().any(|pair| pair.fits(rate))
    }
}

/// Two currencies; any, where one is missing.
///
/// Source: ANTOM-FACTS §2.10 (goods are priced in the currency that is bought, the buyer pays in the one that is sold).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct CurrencyPair {
    /// What the buyer pays in: what a rate converts from.
    pub sell: Option<Currency>,
    /// What the goods are priced in: what a rate converts into.
    pub buy: Option<Currency>,
}

impl CurrencyPair {
    fn fits(self, rate: &Rate) -> bool {
        self.sell.is_none_or(|sell| sell == rate.from_currency)
            && self.buy.is_none_or(|buy| buy == rate.to_currency)
    }
}

/// Why a request cannot be read, in order of checking.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// The body is not a JSON object that has one meaning only.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A field is not as it must be.
    #[error(transparent)]
    BadField(#[from] BadField),
}

impl From<DecodeError> for Refusal {
    /// PARAM_ILLEGAL. Source: SEED-000, SEED-002 (missing and illegal parameters).
    fn from(error: DecodeError) -> Self {
        Self::new(Reason::ParameterIllegal, error.to_string())
    }
}

/// Reads the request of an operation.
///
/// Every field of the table is checked; unknown ones are accepted, and kept where the core keeps the request.
/// Null, and an empty text, count as not there. `arrived_at` is the real time of arrival, from which a payment's expiry
/// time is taken as a duration.
///
/// # Errors
/// In order of checking: [`DecodeError::Json`], [`DecodeError::BadField`] with the first field in the order of the table, then
/// with rules between fields, then of a pay with its card, its mode of capture, and a `paymentExpiryTime` that has passed
/// or lies too far ahead.
///
/// Source: SEED-000, SEED-002; ANTOM-FACTS §1.9, §2.
pub fn decode_request(
    operation: Operation,
    body: &[u8],
    arrived_at: Timestamp,
) -> Result<AntomRequest, DecodeError> {
    let request = read_object(body)?;
    check_request(operation.fields(), &request)?;
    Ok(match operation {
        Operation::Pay => AntomRequest::Pay(Box::new(convert::pay(request, arrived_at)?)),
        Operation::InquiryPayment => AntomRequest::InquiryPayment(convert::payment_name(&request)),
        Operation::Cancel => AntomRequest::Cancel(convert::cancel(&request)),
        Operation::Refund => AntomRequest::Refund(Box::new(convert::refund(request))),
        Operation::InquiryRefund => AntomRequest::InquiryRefund(convert::refund_name(&request)),
        Operation::Capture => AntomRequest::Capture(Box::new(convert::capture(request))),
        Operation::InquireExchangeRate => AntomRequest::InquireExchangeRate(convert::exchange_rate(&request)),
        Operation::Declare => AntomRequest::Declare(Box::new(convert::declare(request)?)),
        Operation::InquiryDeclarationRequests => {
            AntomRequest::InquiryDeclarationRequests(convert::declaration_names(&request))
        }
        Operation::Consult => AntomRequest::Consult(Box::new(convert::consult(request))),
        Operation::ApplyToken => AntomRequest::ApplyToken(convert::apply_token(&request)),
        Operation::Revoke => AntomRequest::Revoke(convert::revoke(&request)),
    })
}

#[cfg(test)]
mod tests;
