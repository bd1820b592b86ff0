//! From the bytes of a request to what is asked for.

use farthing_core::ids::{RefundId, RequestId};
use farthing_core::money::Currency;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::{CancelRequest, PayRequest, PaymentName, RefundRequest, TransactionsRequest};
use farthing_core::rows::ClientSettings;
use farthing_dialect_kit::fields::check_request;
use farthing_dialect_kit::strict_json::{JsonError, read_object};

use crate::convert;
use crate::endpoint::Operation;
use crate::fields::BadField;

/// What a request asks for, in the core's words.
#[derive(Clone, Debug)]
pub enum AlphaPayRequest {
    /// Take money.
    Pay(Box<PayRequest>),
    /// What became of this payment.
    InquiryPayment(PaymentName),
    /// Call this payment off, unless it is paid.
    Cancel(CancelRequest),
    /// Give money back.
    Refund(Box<RefundRequest>),
    /// What became of this refund. With both ids, both must name it; otherwise there is no such refund.
    InquiryRefund {
        /// The gateway's id.
        refund_id: RefundId,
        /// The merchant's own id, where it was given.
        request_id: Option<RequestId>,
    },
    /// The payments and refunds of a day.
    Transactions(TransactionsRequest),
    /// What was paid out on a day.
    Settlements {
        /// The day, `yyyyMMdd` in UTC-8.
        day: String,
    },
}

/// What a request is read with.
#[derive(Clone, Copy, Debug)]
pub struct DecodeContext<'a> {
    /// The nonce of the request, which names a refund for which the merchant gave no id.
    pub nonce: &'a str,
    /// The settings of the client.
    pub settings: &'a ClientSettings,
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
    /// Two cards are named, and only one can pay.
    #[error("card: give either cardId or info, not both")]
    TwoCards,
    /// The currency is one, and not one of those that are served.
    #[error("order.orderAmount.currency: {currency} is not served; {local} and CNY are")]
    CurrencyNotServed {
        /// What was named.
        currency: Currency,
        /// The platform's own currency.
        local: Currency,
    },
}

impl From<DecodeError> for Refusal {
    /// PARAM_ILLEGAL, or CURRENCY_NOT_SUPPORT. Source: ALPHAPAY-FACTS §12.4.
    fn from(error: DecodeError) -> Self {
        let reason = match &error {
            DecodeError::CurrencyNotServed { .. } => Reason::CurrencyNotSupported,
            DecodeError::Json(_) | DecodeError::BadField(_) | DecodeError::TwoCards => {
                Reason::ParameterIllegal
            }
        };
        Self::new(reason, error.to_string())
    }
}

/// Reads the request of an operation.
///
/// Every field of the table is checked; unknown ones are accepted, and kept where the core keeps the request. Null,
/// and an empty text, count as not there. Nothing of a card but what may be kept leaves this function.
///
/// # Errors
/// In order of checking: [`DecodeError::Json`]; [`DecodeError::BadField`] with the first field in the order of the table, then with
/// what the scenario needs; [`DecodeError::TwoCards`]; [`DecodeError::CurrencyNotServed`].
///
/// Source: SEED-004; ALPHAPAY-FACTS §4 to §10.
pub fn decode_request(
    operation: Operation,
    body: &[u8],
    context: DecodeContext<'_>,
) -> Result<AlphaPayRequest, DecodeError> {
    let request = read_object(body)?;
    check_request(operation.fields(), &request)?;
    Ok(match operation {
        Operation::Pay => AlphaPayRequest::Pay(Box::new(convert::pay(request, context.settings)?)),
        Operation::InquiryPayment => AlphaPayRequest::InquiryPayment(convert::payment_name(&request)),
        Operation::Cancel => AlphaPayRequest::Cancel(convert::cancel(&request)),
        Operation::Refund => AlphaPayRequest::Refund(Box::new(convert::refund(request, context.nonce))),
        Operation::InquiryRefund => convert::inquiry_refund(&request),
        Operation::Transactions => AlphaPayRequest::Transactions(convert::transactions(&request)),
        Operation::Settlements => AlphaPayRequest::Settlements { day: convert::day(&request) },
    })
}

#[cfg(test)]
mod tests;
