//! The objects that answers and notifications are made of.
//!
//! Values are texts, as the sources say, but for the four that one SDK reads as numbers or truth values and nothing
//! else; what is absent is left out, because a null crashes another one.
//!
//! Source: SEED-000, SEED-002; ANTOM-FACTS §1.9.

use std::borrow::Cow;

use farthing_core::money::Money;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::time::Timestamp;
use farthing_dialect_kit::amount_text::format_minor;
use farthing_dialect_kit::time_text::format_gmt8_seconds;
use serde::Serialize;

use crate::codes::{Code, Table};
use crate::edition::Edition;
use crate::error::error_code;

/// The most characters of a `resultMessage`. Source: ANTOM-FACTS §2.
const MESSAGE_CHARS_MAX: usize = 256;

/// `result`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResultObject {
    result_code: &'static str,
    result_status: &'static str,
    result_message: Cow<'static, str>,
}

impl From<&'static Code> for ResultObject {
    fn from(code: &'static Code) -> Self {
        Self {
            result_code: code.code,
            result_status: code.status.letter(),
            result_message: Cow::Borrowed(code.message),
        }
    }
}

impl ResultObject {
    /// The result by which a table tells a refusal. An illegal parameter is named to the caller, who sent it; any other
    /// detail is for our log.
    pub(crate) fn of_refusal(edition: Edition, table: Table, refusal: &Refusal) -> Self {
        let mut result = Self::from(error_code(edition, table, refusal.reason));
        if refusal.reason == Reason::ParameterIllegal && !refusal.detail.is_empty() {
            let message = format!("{} {}", result.result_message, refusal.detail);
            result.result_message = Cow::Owned(message.chars().take(MESSAGE_CHARS_MAX).collect());
        }
        result
    }
}

/// An amount; the value is a text of digits, which every SDK takes.
#[derive(Serialize)]
pub(crate) struct AmountObject {
    currency: String,
    value: String,
}

impl From<Money> for AmountObject {
    fn from(money: Money) -> Self {
        Self { currency: money.currency.code().to_owned(), value: format_minor(money.amount_minor) }
    }
}

/// What a wallet tells of its customer.
///
/// Source: SEED-001 (`pspCustomerInfo`), 64 characters each.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PayerView {
    /// The wallet's name, e.g. `AlipayHK`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psp_name: Option<String>,
    /// The customer's id there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psp_customer_id: Option<String>,
    /// The customer's login id, masked for display.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_customer_id: Option<String>,
}

/// Where to send the user.
///
/// Source: SEED-000 (`redirectActionForm`); ANTOM-FACTS §2.2. There are no parameters with GET.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RedirectActionForm<'a> {
    method: &'static str,
    redirect_url: &'a str,
    action_form_type: &'static str,
}

impl<'a> RedirectActionForm<'a> {
    /// The form for a page that is opened with GET.
    pub(crate) fn to_page(redirect_url: &'a str) -> Self {
        Self { method: "GET", redirect_url, action_form_type: "RedirectActionForm" }
    }
}

/// A moment on the wire: GMT+8, to the second.
pub(crate) fn date_time(at: Timestamp) -> String {
    format_gmt8_seconds(at)
}

/// Whether there is nothing in a text, so that it is left out.
pub(crate) fn is_blank(text: &&str) -> bool {
    text.is_empty()
}

/// A text, unless there is nothing in it.
pub(crate) fn not_blank(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The bytes of a body.
pub(crate) fn to_body(object: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(object).expect("our own objects have text keys and no failing parts")
}
