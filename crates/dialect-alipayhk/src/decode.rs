//! From a signed request to what is asked for.

use farthing_core::ids::MerchantId;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::{
    ApplyTokenRequest, CancelRequest, ConsultRequest, PayRequest, PaymentName, RefundRequest, RevokeRequest,
};
use farthing_core::rows::ClientSettings;
use farthing_dialect_kit::fields::{BadField, check_request};
use serde_json::{Map, Value};

use crate::convert;
use crate::endpoint::Operation;

/// What a request asks for, in the core's words.
#[derive(Clone, Debug)]
pub enum AlipayHkRequest {
    /// Ask a user to agree to debits.
    PrepareForRedirect(Box<ConsultRequest>),
    /// Turn a code or a refresh token into tokens.
    ApplyToken(ApplyTokenRequest),
    /// Where an agreement stands.
    QueryByAuthInfo {
        /// The merchant's own id for it.
        merchant_agreement_id: String,
    },
    /// Take an agreement back.
    CancelByAuthInfo(RevokeRequest),
    /// Take money, by an agreement or in the wallet's app.
    Pay(Box<PayRequest>),
    /// What became of this payment.
    PayQuery(PaymentName),
    /// Call this payment off.
    PayCancel(CancelRequest),
    /// Give money back.
    Refund(Box<RefundRequest>),
}

/// A request that was read.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// What it asks for.
    pub request: AlipayHkRequest,
    /// The merchant that the body names (`merchantId`, `authMerchantId`). It must be the client's own; the caller
    /// knows whose the client is.
    pub merchant_id: MerchantId,
}

/// A field of a request is not as it must be.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error(transparent)]
pub struct DecodeError(#[from] pub BadField);

impl From<DecodeError> for Refusal {
    /// PARAM_ILLEGAL. Source: ALIPAYHK-FACTS §4.2.
    fn from(error: DecodeError) -> Self {
        Self::new(Reason::ParameterIllegal, error.to_string())
    }
}

/// Reads the request of a function from the content of its `request` member, as [`crate::signed::claim`] gives it.
///
/// Every field of the table is checked, those of the head first; unknown ones are accepted, and kept where the core
/// keeps the request. Null, and an empty text, count as not there. Of `settings` the expiry of a WAP payment is taken.
///
/// # Errors
/// The first field in the order of the table that is not as it must be, then the first rule between fields that does
/// not hold.
///
/// Source: SEED-003; ALIPAYHK-FACTS §2.1, §4.4, §5.
pub fn decode_request(
    operation: Operation,
    content: Map<String, Value>,
    settings: &ClientSettings,
) -> Result<Decoded, DecodeError> {
    check_request(operation.fields(), &content)?;
    let merchant_id = convert::merchant_id(&content);
    let request = match operation {
        Operation::PrepareForRedirect => {
            AlipayHkRequest::PrepareForRedirect(Box::new(convert::consult(content)))
        }
        Operation::ApplyToken => AlipayHkRequest::ApplyToken(convert::apply_token(&content)),
        Operation::QueryByAuthInfo => AlipayHkRequest::QueryByAuthInfo {
            merchant_agreement_id: convert::merchant_agreement_id(&content),
        },
        Operation::CancelByAuthInfo => AlipayHkRequest::CancelByAuthInfo(convert::revoke(&content)),
        Operation::AgreementPay => AlipayHkRequest::Pay(Box::new(convert::agreement_pay(content))),
        Operation::WapPay => AlipayHkRequest::Pay(Box::new(convert::wap_pay(content, settings))),
        Operation::PayQuery => AlipayHkRequest::PayQuery(convert::payment_name(&content)),
        Operation::PayCancel => AlipayHkRequest::PayCancel(convert::cancel(&content)),
        Operation::Refund => AlipayHkRequest::Refund(Box::new(convert::refund(content))),
    };
    Ok(Decoded { request, merchant_id })
}

#[cfg(test)]
mod tests;
