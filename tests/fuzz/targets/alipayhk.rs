//! AlipayHK's envelopes, functions and answers.

use farthing_core::rows::ClientSettings;
use farthing_dialect_alipayhk::client::parse_reply;
use farthing_dialect_alipayhk::decode::decode_request;
use farthing_dialect_alipayhk::endpoint::{Operation, find_operation};
use farthing_dialect_alipayhk::notify::is_acknowledged;
use farthing_dialect_alipayhk::signed::{Claim, claim, claim_reply, readable_head, wrap_reply, wrap_request};
use farthing_dialect_kit::strict_json::read_object;
use serde_json::Value;

use super::json::has_fractions;

fn signed_text<'a>(claim: &Claim<'a>) -> &'a str {
    std::str::from_utf8(claim.signed_bytes).expect("what is JSON is a text")
}

/// What is said to be signed stands in the body as it is, and does so again in the envelope that is made of it.
pub(super) fn check_claim(bytes: &[u8]) {
    let head = readable_head(bytes);
    if let Ok(read) = claim(bytes) {
        assert_eq!(read.head, head, "what can be claimed can be read");
        assert!(bytes.windows(read.signed_bytes.len()).any(|part| part == read.signed_bytes));
        assert!(read.signatures.len() <= 2);
        let _served_or_not = find_operation("/api/alipay/intl/", &read.head);
        let wrapped = wrap_request(signed_text(&read), &[1]);
        let again = claim(&wrapped).expect("what was wrapped is claimed");
        assert_eq!((again.signed_bytes, &again.head), (read.signed_bytes, &read.head));
        assert_eq!((again.content, again.signatures), (read.content, vec![vec![1]]));
    }
    let _read_or_refused = claim_reply(bytes);
}

/// The content of an envelope is read or refused; one that is read means the same in an envelope of our own.
pub(super) fn check_decode(bytes: &[u8]) {
    let Ok(content) = read_object(bytes) else { return };
    let whole = Value::Object(content.clone());
    let function = whole.pointer("/head/function").and_then(Value::as_str);
    let named = function.and_then(Operation::parse);
    let settings = ClientSettings::default();
    for operation in named.map_or_else(|| Operation::ALL.to_vec(), |operation| vec![operation]) {
        let Ok(read) = decode_request(operation, content.clone(), &settings) else { continue };
        if has_fractions(&whole) {
            continue;
        }
        let wrapped = wrap_request(&whole.to_string(), &[1]);
        let content = claim(&wrapped).expect("what is decoded names a client").content;
        let again = decode_request(operation, content, &settings).expect("it was decoded before");
        assert_eq!(format!("{again:?}"), format!("{read:?}"));
    }
}

/// An answer is read or refused, and read again the same from an envelope of our own.
pub(super) fn check_reply(bytes: &[u8]) {
    let is_heard = is_acknowledged(200, bytes);
    assert!(!is_acknowledged(500, bytes));
    let Ok(reply) = parse_reply(bytes) else { return };
    assert!(!is_heard || reply.result_code == "SUCCESS");
    let text = std::str::from_utf8(reply.signed_bytes).expect("what is JSON is a text");
    let wrapped = wrap_reply(text, &[1]);
    let again = parse_reply(&wrapped).expect("it was read before");
    assert_eq!((&again.result_code, again.result_status), (&reply.result_code, reply.result_status));
    assert_eq!((again.body, again.head), (reply.body, reply.head));
}
