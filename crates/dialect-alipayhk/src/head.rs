//! The head of a message: who speaks, which function, which message it is.

use farthing_core::time::Timestamp;
use farthing_dialect_kit::time_text::format_gmt8_seconds;
use serde::Serialize;
use serde_json::{Map, Value};

/// The version that is written.
///
/// Source: SEED-003.
pub const VERSION: &str = "2.0.0";

/// The most characters of each text of a head. Source: SEED-003 (`signType`: ALIPAYHK-FACTS §2.1).
pub(crate) const VERSION_CHARS_MAX: usize = 8;
pub(crate) const FUNCTION_CHARS_MAX: usize = 128;
pub(crate) const CLIENT_ID_CHARS_MAX: usize = 32;
pub(crate) const REQ_MSG_ID_CHARS_MAX: usize = 64;
pub(crate) const SIGN_TYPE_CHARS_MAX: usize = 64;

/// What a head says, as it says it: nothing is checked, and what is missing or not a text is empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Head {
    /// `version`.
    pub version: String,
    /// `function`.
    pub function: String,
    /// `clientId`.
    pub client_id: String,
    /// `reqMsgId`: which message it is. It has no meaning for what is asked.
    pub req_msg_id: String,
    /// `reqTime` of a request, `respTime` of an answer.
    pub time: String,
    /// `signType`.
    pub sign_type: String,
}

impl Head {
    /// The head in the content of a `request` or `response` member; `time_name` is the name of its time there.
    pub(crate) fn of_content(content: &Map<String, Value>, time_name: &str) -> Self {
        let head = content.get("head");
        let text = |name| {
            head.and_then(|head| head.get(name)).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        Self {
            version: text("version"),
            function: text("function"),
            client_id: text("clientId"),
            req_msg_id: text("reqMsgId"),
            time: text(time_name),
            sign_type: text("signType"),
        }
    }
}

/// `response.head`: what the request's head said, and the time of the answer. The members stand in the order of the
/// seed's sample.
///
/// Source: SEED-003; ALIPAYHK-FACTS §2.2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplyHead<'a> {
    client_id: &'a str,
    function: &'a str,
    req_msg_id: &'a str,
    resp_time: String,
    version: &'a str,
}

impl<'a> ReplyHead<'a> {
    /// The head of the answer to a message with this head. A text that is longer than its field may be is left empty,
    /// so that no request decides how long its answer is.
    pub(crate) fn answering(head: &'a Head, answered_at: Timestamp) -> Self {
        Self {
            client_id: within(&head.client_id, CLIENT_ID_CHARS_MAX),
            function: within(&head.function, FUNCTION_CHARS_MAX),
            req_msg_id: within(&head.req_msg_id, REQ_MSG_ID_CHARS_MAX),
            resp_time: format_gmt8_seconds(answered_at),
            version: within(&head.version, VERSION_CHARS_MAX),
        }
    }
}

fn within(text: &str, chars_max: usize) -> &str {
    if text.chars().nth(chars_max).is_some() { "" } else { text }
}

/// `request.head`. The members stand in the order of the seed's sample, the token where it belongs among them.
///
/// Source: SEED-003; ALIPAYHK-FACTS §2.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestHead<'a> {
    pub(crate) version: &'a str,
    pub(crate) function: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) req_time: String,
    pub(crate) req_msg_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) access_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sign_type: Option<&'a str>,
    /// A text that holds an empty JSON object.
    pub(crate) reserve: &'a str,
}

/// The content of a `request` member; the head stands first, as in the seed's sample.
#[derive(Serialize)]
pub(crate) struct RequestContent<'a, B> {
    pub(crate) head: RequestHead<'a>,
    pub(crate) body: B,
}

/// The content of a `response` member; the body stands first, as in the seed's sample.
#[derive(Serialize)]
pub(crate) struct ReplyContent<'a, B> {
    pub(crate) body: B,
    pub(crate) head: ReplyHead<'a>,
}

/// The text of an object, without a blank. It is written once, signed as it is, and sent as it is.
pub(crate) fn to_text(object: &impl Serialize) -> String {
    serde_json::to_string(object).expect("our own objects have text keys and no failing parts")
}
