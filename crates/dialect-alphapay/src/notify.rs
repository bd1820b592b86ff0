//! Notifications: what merchants are told unasked, when they are told again, and what counts as heard.
//!
//! Signing and headers are those of a request: [`crate::signed::bytes_to_sign_notification`],
//! [`crate::signed::attach_to_request`], with the merchant's own code; every try has a new time and a new nonce.

use farthing_core::rows::{ClientSettings, Notice, PaymentDetails, PaymentState, RefundState};
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use serde_json::Value;

use crate::reply::{InquiryView, PaymentBody, RefundBody};
use crate::wire::to_body;

/// How many pushes follow the first three; the last is made 24 hours after the first.
const LATER_TRIES: usize = 48;
const LATER_INTERVAL_MS: i64 = 30 * MINUTE_MS;
/// How long after the one before each of the first three tries comes.
const FIRST_INTERVALS_MS: [i64; 3] = [0, 5 * SECOND_MS, 15 * SECOND_MS];

/// How long after the one before each try to tell of a payment comes, milliseconds; the first is made at once. There
/// are no more than these 51: three in the first round, then one every 30 minutes, counted from the first, until 24
/// hours after it.
///
/// Source: ALPHAPAY-FACTS §14.1; the gaps of the first round are our decision.
pub const TRY_INTERVALS_MS: [i64; FIRST_INTERVALS_MS.len() + LATER_TRIES] = try_intervals_ms();

/// The same for refunds, which are told once.
///
/// Source: ALPHAPAY-FACTS §14.1.
pub const REFUND_TRY_INTERVALS_MS: [i64; 1] = [0];

/// What a merchant answers to say that it heard; unsigned.
///
/// Source: ALPHAPAY-FACTS §14.2.
pub const ACKNOWLEDGEMENT: &str =
    r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S","resultMessage":"success"}}"#;

const fn try_intervals_ms() -> [i64; FIRST_INTERVALS_MS.len() + LATER_TRIES] {
    let mut intervals_ms = [LATER_INTERVAL_MS; FIRST_INTERVALS_MS.len() + LATER_TRIES];
    let mut first_round_ms = 0;
    let mut index = 0;
    while index < FIRST_INTERVALS_MS.len() {
        intervals_ms[index] = FIRST_INTERVALS_MS[index];
        first_round_ms += FIRST_INTERVALS_MS[index];
        index += 1;
    }
    intervals_ms[index] -= first_round_ms;
    intervals_ms
}

/// How long after the last of `tries_made` tries to tell this the next one comes, milliseconds; `None` when there is
/// none.
///
/// Source: ALPHAPAY-FACTS §14.1.
#[must_use]
pub fn next_try_after_ms(notice: &Notice, tries_made: usize) -> Option<i64> {
    let intervals_ms: &[i64] = match notice {
        Notice::PaymentResult { .. } => &TRY_INTERVALS_MS,
        _ => &REFUND_TRY_INTERVALS_MS,
    };
    intervals_ms.get(tries_made).copied()
}

/// What an answer to a notification says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Saying {
    Heard,
    NotHeard,
    Nothing,
}

/// Whether this answer says that the merchant heard. A status of 2xx is needed; then its words count, and where it
/// says neither, it heard, unless `is_strict`.
///
/// Source: ALPHAPAY-FACTS §14.2 (the vendor's own form could not be read).
#[must_use]
pub fn is_acknowledged(http_status: u16, body: &[u8], is_strict: bool) -> bool {
    (200..300).contains(&http_status)
        && match saying(body) {
            Saying::Heard => true,
            Saying::NotHeard => false,
            Saying::Nothing => !is_strict,
        }
}

/// A word of failure outweighs one of success: to tell again does less harm than to be silent.
fn saying(body: &[u8]) -> Saying {
    let text = String::from_utf8_lossy(body);
    let answer = serde_json::from_slice(body).unwrap_or_else(|_not_json| Value::from(text.trim()));
    let words: Vec<&str> = [
        "/result/resultStatus",
        "/result/resultCode",
        "/resultStatus",
        "/resultCode",
        "/return_code",
        "/code",
        "",
    ]
    .iter()
    .filter_map(|place| answer.pointer(place)?.as_str())
    .collect();
    if words.iter().any(|word| matches!(*word, "F" | "U" | "FAIL" | "FAILED" | "fail")) {
        return Saying::NotHeard;
    }
    let is_heard = words.iter().any(|word| matches!(*word, "S" | "SUCCESS" | "success"));
    if is_heard { Saying::Heard } else { Saying::Nothing }
}

/// The body of a notification: what an inquiry would answer, without `result`. `None` where this is not told: only
/// payments and refunds are, and only once they have succeeded.
///
/// `details` is what the merchant told about the payment, `settings` those of the client that is told.
///
/// Source: ALPHAPAY-FACTS §14.1.
#[must_use]
pub fn encode_notification(
    notice: &Notice,
    details: Option<&PaymentDetails>,
    settings: &ClientSettings,
) -> Option<Vec<u8>> {
    match notice {
        Notice::PaymentResult { payment } if payment.state == PaymentState::Succeeded => {
            Some(to_body(&PaymentBody::of(&InquiryView { payment, details, settings }, None)))
        }
        Notice::RefundResult { refund } if refund.state == RefundState::Succeeded => {
            Some(to_body(&RefundBody::of(refund, None)))
        }
        Notice::PaymentResult { .. }
        | Notice::RefundResult { .. }
        | Notice::CaptureResult { .. }
        | Notice::AuthCodeCreated { .. }
        | Notice::TokenCreated { .. }
        | Notice::TokenRevoked { .. } => None,
    }
}

#[cfg(test)]
mod tests;
