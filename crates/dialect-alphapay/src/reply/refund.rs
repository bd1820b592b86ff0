//! Refunds: the answer to the one who asks for one, and to who inquires.

use farthing_core::reason::Reason;
use farthing_core::rows::{Refund, RefundState};
use serde::Serialize;
use serde_json::Value;

use super::order::cut_description;
use crate::codes::{self, Code};
use crate::wire::{AmountObject, ResultObject, date_time, to_body};

/// What an answer about a refund is made of.
#[derive(Clone, Copy, Debug)]
pub struct RefundView<'a> {
    /// The refund as it stands now.
    pub refund: &'a Refund,
}

/// `refund`.
///
/// Source: ALPHAPAY-FACTS §8, §9.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundObject {
    refund_amount: AmountObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    notify_url: Option<String>,
}

impl RefundObject {
    /// What the request said. Of a refund made in another dialect, its reason and the address of its notification.
    fn of(refund: &Refund) -> Self {
        let document: Value = serde_json::from_str(&refund.document).unwrap_or(Value::Null);
        let text_at =
            |pointer: &str| document.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let is_made_here = document.get("refund").is_some();
        let notify_url = text_at("/refund/notifyUrl").map(str::to_owned);
        Self {
            refund_amount: refund.amount().into(),
            description: text_at("/refund/description")
                .or_else(|| text_at("/refundReason"))
                .map(cut_description),
            notify_url: notify_url.or_else(|| refund.notify_url.clone().filter(|_| !is_made_here)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RefundReply<'a> {
    refund_id: &'a str,
    payment_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_time: Option<String>,
    result: ResultObject,
}

/// The answer to `refund`. Done: SUCCESS. Taken up and not done yet: REFUND_IN_PROCESS. Failed: the code of the
/// reason, with the ids, because it can be inquired. A repeat says the same of the same state.
///
/// Source: ALPHAPAY-FACTS §8, §12.4, §16 (whether it may answer U).
#[must_use]
pub fn encode_refund(view: RefundView<'_>) -> Vec<u8> {
    let refund = view.refund;
    match refund.state {
        RefundState::Succeeded => encode_accepted(refund, &codes::SUCCESS),
        RefundState::Processing => encode_accepted(refund, &codes::REFUND_IN_PROCESS),
        RefundState::Failed => {
            let reason = refund.failure.unwrap_or(Reason::ProcessFailed);
            to_body(&RefundReply {
                refund: None,
                refund_time: None,
                ..reply(refund, ResultObject::of_refusal(&reason.into()))
            })
        }
    }
}

fn encode_accepted(refund: &Refund, code: &'static Code) -> Vec<u8> {
    to_body(&reply(refund, code.into()))
}

fn reply(refund: &Refund, result: ResultObject) -> RefundReply<'_> {
    RefundReply {
        refund_id: refund.refund_id.as_str(),
        payment_id: refund.payment_id.as_str(),
        refund_request_id: request_id(refund),
        refund: Some(RefundObject::of(refund)),
        refund_time: Some(date_time(refund.created_at)),
        result,
    }
}

/// The merchant's own id, unless it gave none and the nonce stands in.
///
/// Source: ALPHAPAY-FACTS §8.
pub(super) fn request_id(refund: &Refund) -> Option<&str> {
    (!refund.is_named_by_nonce).then(|| refund.request_id.as_str())
}

/// A refund as an inquiry tells it; a notification has the same members but `result`.
///
/// Source: ALPHAPAY-FACTS §9, in its order. `refundTime` is when the refund was started, as in the answer to `refund`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundBody<'a> {
    payment_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_request_id: Option<&'a str>,
    refund_id: &'a str,
    refund_time: String,
    refund_status: &'static str,
    refund: RefundObject,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultObject>,
}

impl<'a> RefundBody<'a> {
    pub(crate) fn of(refund: &'a Refund, result: Option<ResultObject>) -> Self {
        Self {
            payment_id: refund.payment_id.as_str(),
            refund_request_id: request_id(refund),
            refund_id: refund.refund_id.as_str(),
            refund_time: date_time(refund.created_at),
            refund_status: refund_status(refund),
            refund: RefundObject::of(refund),
            result,
        }
    }
}

/// The answer to `inquiryRefund` about a refund that was found: SUCCESS, whatever its status.
///
/// Source: ALPHAPAY-FACTS §9.
#[must_use]
pub fn encode_inquiry_refund(view: RefundView<'_>) -> Vec<u8> {
    to_body(&RefundBody::of(view.refund, Some((&codes::SUCCESS).into())))
}

/// The status of a refund.
///
/// Source: ALPHAPAY-FACTS §12.2.
#[must_use]
pub fn refund_status(refund: &Refund) -> &'static str {
    match refund.state {
        RefundState::Processing => "REFUND_IN_PROCESS",
        RefundState::Succeeded => "SUCCESS",
        RefundState::Failed => "FAILED",
    }
}
