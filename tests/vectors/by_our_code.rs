//! The vectors held against the code of the dialects, and against the signature doctor.

use farthing_core::rows::{ClientSettings, Dialect};
use farthing_core::time::Timestamp;
use farthing_dialect_alipayhk::signed as alipayhk;
use farthing_dialect_alphapay::signed as alphapay;
use farthing_dialect_antom::signed as antom;
use farthing_doctor::{Diagnosis, Evidence, MessageKind, NamedKey, diagnose};

use crate::file::Vector;

/// The headers that carry a signature.
pub(crate) fn headers(dialect: Dialect, vector: &Vector, signature: &[u8]) -> Vec<(String, String)> {
    let Vector { client_id, time, nonce, key_version, .. } = vector;
    let is_reply = vector.kind == "reply";
    let headers = match dialect {
        Dialect::Antom | Dialect::Alipay if is_reply => {
            antom::attach_to_reply(client_id, time, key_version, signature)
        }
        Dialect::Antom | Dialect::Alipay => antom::attach_to_request(client_id, time, key_version, signature),
        Dialect::AlphaPay if is_reply => alphapay::attach_to_reply(time, nonce, key_version, signature),
        Dialect::AlphaPay => alphapay::attach_to_request(client_id, time, nonce, key_version, signature),
        Dialect::AlipayHk => Vec::new(),
    };
    headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The whole body.
pub(crate) fn message(dialect: Dialect, vector: &Vector, signature: &[u8]) -> String {
    let bytes = match (dialect, vector.kind.as_str()) {
        (Dialect::AlipayHk, "reply") => alipayhk::wrap_reply(&vector.content, signature),
        (Dialect::AlipayHk, _) => alipayhk::wrap_request(&vector.content, signature),
        _ => vector.content.clone().into_bytes(),
    };
    String::from_utf8(bytes).expect("messages are UTF-8")
}

/// What is signed, as who sends the message has it.
fn bytes_to_sign(dialect: Dialect, vector: &Vector) -> Vec<u8> {
    let Vector { method, target, client_id, time, nonce, content, .. } = vector;
    let body = content.as_bytes();
    match (dialect, vector.kind.as_str()) {
        (Dialect::Antom | Dialect::Alipay, "reply") => {
            antom::bytes_to_sign_reply(method, target, client_id, time, body)
        }
        (Dialect::Antom | Dialect::Alipay, _) => antom::bytes_to_sign_request(target, client_id, time, body),
        (Dialect::AlphaPay, "reply") => {
            alphapay::bytes_to_sign_reply(method, target, client_id, time, nonce, body)
        }
        (Dialect::AlphaPay, "notification") => {
            alphapay::bytes_to_sign_notification(target, client_id, time, nonce, body)
        }
        (Dialect::AlphaPay, _) => alphapay::bytes_to_sign_request(target, client_id, time, nonce, body),
        (Dialect::AlipayHk, _) => alipayhk::bytes_to_sign(content).to_vec(),
    }
}

/// The signature and the signed bytes, as who receives the message reads them.
fn claim(dialect: Dialect, vector: &Vector) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let Vector { method, target, client_id, .. } = vector;
    let body = vector.message.as_bytes();
    let header = |name: &str| {
        let found = vector.headers.iter().find(|(named, _value)| named.eq_ignore_ascii_case(name));
        found.map(|(_name, value)| value.as_str())
    };
    match (dialect, vector.kind.as_str()) {
        (Dialect::Antom | Dialect::Alipay, kind) => {
            let read = if kind == "reply" { antom::claim_reply } else { antom::claim };
            let claim = read(method, target, &header, body).expect("the vector can be read");
            (vec![claim.signature], claim.candidates.into_iter().map(|one| one.bytes).collect())
        }
        (Dialect::AlphaPay, kind) => {
            let claim = if kind == "reply" {
                alphapay::claim_reply(method, target, client_id, &header, body)
            } else {
                alphapay::claim(method, target, &header, body)
            };
            let claim = claim.expect("the vector can be read");
            (vec![claim.signature], claim.candidates.into_iter().map(|one| one.bytes).collect())
        }
        (Dialect::AlipayHk, kind) => {
            let read = if kind == "reply" { alipayhk::claim_reply } else { alipayhk::claim };
            let claim = read(body).expect("the vector can be read");
            (claim.signatures, vec![claim.signed_bytes.to_vec()])
        }
    }
}

/// Sender and receiver agree with the vector, and the doctor finds nothing to say.
pub(crate) fn check(dialect: Dialect, vector: &Vector) {
    let signature = vector.signature();
    assert_eq!(
        bytes_to_sign(dialect, vector),
        vector.signed_bytes(),
        "{}: what the sender signs",
        vector.name
    );
    assert_eq!(headers(dialect, vector, &signature), vector.headers, "{}", vector.name);
    assert_eq!(message(dialect, vector, &signature), vector.message, "{}", vector.name);
    let (signatures, candidates) = claim(dialect, vector);
    assert!(signatures.contains(&signature), "{}: the signature is read", vector.name);
    assert!(candidates.contains(&vector.signed_bytes()), "{}: what the receiver verifies", vector.name);
    assert!(
        vector.public_key().verify(vector.algorithm(), &vector.signed_bytes(), &signature),
        "{}",
        vector.name
    );
    let diagnosis = diagnose_vector(dialect, vector);
    let is_plain = matches!(&diagnosis, Diagnosis::Verifies { remarks, .. } if remarks.is_empty());
    assert!(is_plain, "{}: {diagnosis:?}", vector.name);
}

fn diagnose_vector(dialect: Dialect, vector: &Vector) -> Diagnosis {
    let keys = [NamedKey { version: "1".to_owned(), key: vector.public_key() }];
    // A vector is as old as it is: its time is not held against any clock.
    let settings = ClientSettings { request_time_window_ms: Some(0), ..ClientSettings::default() };
    diagnose(&Evidence {
        dialect,
        kind: match vector.kind.as_str() {
            "request" => MessageKind::Request,
            "reply" => MessageKind::Reply,
            "notification" => MessageKind::Notification,
            other => panic!("no such kind: {other}"),
        },
        method: &vector.method,
        target: &vector.target,
        headers: &vector.headers,
        body: vector.message.as_bytes(),
        client_id: &vector.client_id,
        client_keys: &keys,
        gateway_keys: &keys,
        other_client_keys: &[],
        settings: &settings,
        real_now: Timestamp::from_ms(0),
    })
}
