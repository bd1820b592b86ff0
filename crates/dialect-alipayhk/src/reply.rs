//! How each outcome is told: the text of the `response` member, ready to be signed and wrapped
//! ([`crate::signed::wrap_reply`]).
//!
//! Rows come in as they stand at the world's now ([`Payment::as_of`]); nothing is decided here. `answered_at` is the
//! real time of the answer. Of the answers only that of `payQuery` is in the seed; the members of the others are modelled
//! on it, on the notification and on what was asked.
//!
//! [`Payment::as_of`]: farthing_core::rows::Payment::as_of

mod agreement;
mod payment;
mod refund;

use farthing_core::reason::Refusal;
use farthing_core::time::Timestamp;
use serde::Serialize;

pub use self::agreement::{
    AgreementStanding, GrantedTokens, encode_apply_token, encode_cancel_by_auth_info,
    encode_prepare_for_redirect, encode_query_by_auth_info,
};
pub(crate) use self::payment::result_of;
pub use self::payment::{
    PayTelling, PayView, encode_pay, encode_pay_cancel, encode_pay_query, pay_status, tell_payment,
};
pub use self::refund::encode_refund;
use crate::codes::{Code, MSG_PARSE_ERROR, SUCCESS};
use crate::head::{Head, ReplyContent, ReplyHead, to_text};
use crate::signed::ClaimError;
use crate::wire::ResultInfo;

/// A body that is a result and nothing else.
///
/// Source: SEED-003 (any other member is there only with SUCCESS).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultOnly {
    result_info: ResultInfo,
}

fn answer(head: &Head, answered_at: Timestamp, body: impl Serialize) -> String {
    to_text(&ReplyContent { body, head: ReplyHead::answering(head, answered_at) })
}

fn answer_result(head: &Head, answered_at: Timestamp, result_info: ResultInfo) -> String {
    answer(head, answered_at, ResultOnly { result_info })
}

/// The answer to a call that was refused.
///
/// The detail of an illegal parameter is told, cut to the 256 characters of a message. No other detail is.
///
/// Source: ALIPAYHK-FACTS §4.
#[must_use]
pub fn encode_error(head: &Head, refusal: &Refusal, answered_at: Timestamp) -> String {
    answer_result(head, answered_at, ResultInfo::of_refusal(refusal))
}

/// The answer to a body that says nothing usable about who signed it; `head` is what could be read
/// ([`crate::signed::readable_head`]).
///
/// MSG_PARSE_ERROR for what cannot be parsed, PARAM_ILLEGAL for what lacks something. Source: ALIPAYHK-FACTS §4.2,
/// §4.3, §4.4.
#[must_use]
pub fn encode_claim_error(head: &Head, error: &ClaimError, answered_at: Timestamp) -> String {
    if error.is_unreadable() {
        answer_result(head, answered_at, ResultInfo::with_detail(&MSG_PARSE_ERROR, &error.to_string()))
    } else {
        encode_error(head, &error.clone().into(), answered_at)
    }
}

/// The answer that is a row of the table, as it stands; for outcomes that are asked for by name.
#[must_use]
pub fn encode_code(head: &Head, code: &'static Code, answered_at: Timestamp) -> String {
    answer_result(head, answered_at, code.into())
}

fn answer_success(head: &Head, answered_at: Timestamp) -> String {
    answer_result(head, answered_at, (&SUCCESS).into())
}

#[cfg(test)]
mod tests;
