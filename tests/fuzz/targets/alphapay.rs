//! AlphaPay's requests, answers, notifications and headers.

use farthing_core::rows::ClientSettings;
use farthing_core::time::Timestamp;
use farthing_dialect_alphapay::client::{encode_request, parse_notification, parse_reply};
use farthing_dialect_alphapay::decode::{DecodeContext, decode_request};
use farthing_dialect_alphapay::endpoint::{Operation, find_operation};
use farthing_dialect_alphapay::notify::is_acknowledged;
use farthing_dialect_alphapay::signed;
use farthing_dialect_kit::strict_json::read_object;
use serde_json::Value;

use super::json::has_fractions;
use super::message::{Message, find_written, split_first_line};

fn operations(name: &[u8]) -> Vec<Operation> {
    let named = Operation::ALL.into_iter().filter(|operation| operation.name().as_bytes() == name);
    let named: Vec<_> = named.collect();
    if named.is_empty() { Operation::ALL.to_vec() } else { named }
}

/// A request is read or refused; one that is read means the same when a client of ours has written it.
pub(super) fn check_decode(bytes: &[u8]) {
    let (name, body) = split_first_line(bytes);
    let settings = ClientSettings::default();
    let context = DecodeContext { nonce: "b111bcf0dfb54d4e8bae68c293d85e2e", settings: &settings };
    for operation in operations(name) {
        let Ok(read) = decode_request(operation, body, context) else { continue };
        let fields = Value::Object(read_object(body).expect("what is decoded is JSON"));
        if has_fractions(&fields) {
            continue;
        }
        let again = decode_request(operation, &encode_request(&fields), context);
        assert_eq!(format!("{:?}", again.expect("it was decoded before")), format!("{read:?}"));
    }
}

/// A claim has bounded candidates that end with the body; and what it names, written into headers, is claimed again.
pub(super) fn check_claim(bytes: &[u8]) {
    let Some(message) = Message::of(bytes) else { return };
    let _found_or_not = find_operation(message.target);
    let find = |name: &str| message.header(name);
    if let Ok(claim) = signed::claim(signed::METHOD, message.target, &find, message.body) {
        assert!((1..=3).contains(&claim.candidates.len()));
        assert!((1..=signed::NONCE_BYTES_MAX).contains(&claim.nonce.len()));
        for candidate in &claim.candidates {
            assert!(candidate.bytes.ends_with(message.body) && candidate.bytes.len() <= message.bytes_max());
        }
        let _fresh_or_not = signed::check_freshness(&claim.time, Timestamp::from_ms(0), 1);
        let written = signed::attach_to_request(
            &claim.client_id,
            &claim.time,
            &claim.nonce,
            &claim.key_version,
            &claim.signature,
        );
        let find = |name: &str| find_written(&written, name);
        let again = signed::claim(signed::METHOD, message.target, &find, message.body);
        assert_eq!(again.expect("what was attached is claimed"), claim);
    }
    if let Ok(claim) = signed::claim_reply(signed::METHOD, "/", "MC-1", &find, message.body) {
        let written =
            signed::attach_to_reply(&claim.time, &claim.nonce, &claim.key_version, &claim.signature);
        let find = |name: &str| find_written(&written, name);
        let again = signed::claim_reply(signed::METHOD, "/", "MC-1", &find, message.body);
        assert_eq!(again.expect("what was attached is claimed"), claim);
    }
}

/// An answer is read or refused, again the same; who is strict hears less than who is not.
pub(super) fn check_reply(bytes: &[u8]) {
    assert!(!is_acknowledged(200, bytes, true) || is_acknowledged(200, bytes, false));
    assert!(!is_acknowledged(500, bytes, false));
    let notification = parse_notification(bytes);
    let Ok(reply) = parse_reply(bytes) else { return };
    assert!(notification.is_ok(), "what is an answer is an object");
    let body = Value::Object(reply.body.clone());
    if !has_fractions(&body) {
        assert_eq!(parse_reply(body.to_string().as_bytes()).expect("it was read before"), reply);
    }
}
