//! Antom's requests, answers and headers.

use farthing_core::time::Timestamp;
use farthing_dialect_antom::client::{encode_request, parse_reply};
use farthing_dialect_antom::codes::ResultStatus;
use farthing_dialect_antom::decode::decode_request;
use farthing_dialect_antom::endpoint::{Operation, find_operation};
use farthing_dialect_antom::legacy::accepts_media;
use farthing_dialect_antom::notify::is_acknowledged;
use farthing_dialect_antom::signed::{self, Claim, ClaimError};
use farthing_dialect_kit::strict_json::read_object;
use serde_json::Value;

use super::json::has_fractions;
use super::message::{Message, find_written, split_first_line};

/// A moment at which an expiry time in the corpus lies ahead.
fn arrived_at() -> Timestamp {
    Timestamp::from_ms(1_574_827_261_000)
}

/// The operation that the first line names; all of them where it names none.
fn operations(name: &[u8]) -> Vec<Operation> {
    let named = Operation::ALL.into_iter().filter(|operation| operation.name().as_bytes() == name);
    let named: Vec<_> = named.collect();
    if named.is_empty() { Operation::ALL.to_vec() } else { named }
}

/// A request is read or refused; one that is read means the same when a client of ours has written it.
pub(super) fn check_decode(bytes: &[u8]) {
    let (name, body) = split_first_line(bytes);
    for operation in operations(name) {
        let Ok(read) = decode_request(operation, body, arrived_at()) else { continue };
        let fields = Value::Object(read_object(body).expect("what is decoded is JSON"));
        if has_fractions(&fields) {
            continue;
        }
        let again = decode_request(operation, &encode_request(&fields), arrived_at());
        assert_eq!(format!("{:?}", again.expect("it was decoded before")), format!("{read:?}"));
    }
}

/// A claim has bounded candidates that end with the body; and what it names, written into headers, is claimed again.
pub(super) fn check_claim(bytes: &[u8]) {
    let Some(message) = Message::of(bytes) else { return };
    let _found_or_not = find_operation(message.target);
    let _taken_or_not = accepts_media(message.header("accept"));
    let find = |name: &str| message.header(name);
    if let Ok(claim) = signed::claim(signed::METHOD, message.target, &find, message.body) {
        assert!((1..=2).contains(&claim.candidates.len()));
        for candidate in &claim.candidates {
            assert!(candidate.bytes.ends_with(message.body) && candidate.bytes.len() <= message.bytes_max());
        }
        let version = claim.key_version.as_deref().unwrap_or("1");
        let written = signed::attach_to_request(&claim.client_id, &claim.time, version, &claim.signature);
        let find = |name: &str| find_written(&written, name);
        let again = signed::claim(signed::METHOD, message.target, &find, message.body);
        assert_same(&claim, again);
    }
    if let Ok(claim) = signed::claim_reply(signed::METHOD, "/", &find, message.body) {
        let version = claim.key_version.as_deref().unwrap_or("1");
        let written = signed::attach_to_reply(&claim.client_id, &claim.time, version, &claim.signature);
        let find = |name: &str| find_written(&written, name);
        assert_same(&claim, signed::claim_reply(signed::METHOD, "/", &find, message.body));
    }
}

fn assert_same(claim: &Claim, again: Result<Claim, ClaimError>) {
    let mut again = again.expect("what was attached is claimed");
    if claim.key_version.is_none() {
        again.key_version = None;
    }
    assert_eq!(*claim, again);
}

/// An answer is read or refused, again the same; only one with S is an acknowledgement.
pub(super) fn check_reply(bytes: &[u8]) {
    let is_heard = is_acknowledged(200, bytes);
    assert!(!is_acknowledged(500, bytes));
    let Ok(reply) = parse_reply(bytes) else {
        assert!(!is_heard, "what cannot be read is no acknowledgement");
        return;
    };
    assert!(!is_heard || reply.result_status == ResultStatus::S);
    let body = Value::Object(reply.body.clone());
    if !has_fractions(&body) {
        assert_eq!(parse_reply(body.to_string().as_bytes()).expect("it was read before"), reply);
    }
}
