use proptest::prelude::*;
use serde_json::json;

use super::*;

/// The sample of SEED-003, as it is printed there.
pub(crate) const SEED_REQUEST: &str = r#"{
    "request":{
        "head":{
            "version":"2.0.0",
            "function":"alipay.intl.acquiring.common.payQuery",
            "clientId":"4Q5XPV504B0A5302",
            "reqTime":"2001-07-04T12:08:56+05:30",
            "reqMsgId":"1234567asdfasdf1123fda",
            "reserve":"{}"
        },
        "body":{
            "merchantId":"2160400000002012",
            "merchantTransId":"YIDAO_20181211_0000003"
        }
    },
    "signature":"testing_signature"
}"#;

fn envelope(signature: &str) -> String {
    json!({"request": {"head": {"clientId": "C_1"}, "body": {}}, "signature": signature}).to_string()
}

fn signatures(text: &str) -> Vec<Vec<u8>> {
    claim(envelope(text).as_bytes()).unwrap().signatures
}

/// Proves: SEED-003, its sample request; ALIPAYHK-FACTS §3, the bytes that were signed are its text as printed, and the
/// placeholder in place of a signature never verifies.
#[test]
fn the_sample_of_the_seed_says_who_speaks() {
    let claim = claim(SEED_REQUEST.as_bytes()).unwrap();
    let start = SEED_REQUEST.find("{\n        \"head\"").unwrap();
    let end = SEED_REQUEST.find(",\n    \"signature\"").unwrap();
    assert_eq!(claim.signed_bytes, &SEED_REQUEST.as_bytes()[start..end]);
    assert_eq!(claim.head, crate::samples::head("alipay.intl.acquiring.common.payQuery"));
    assert_eq!(claim.content["body"]["merchantId"], "2160400000002012");
    assert!(claim.signatures.is_empty());
}

/// Proves: ALIPAYHK-FACTS §3, disagreements 1 and 2: single and double Base64, percent-escaped or not.
#[test]
fn a_signature_is_read_in_every_form_it_comes_in() {
    let bytes: Vec<u8> = (0..=255).rev().collect();
    let once = STANDARD.encode(&bytes);
    let twice = STANDARD.encode(&once);
    assert_eq!((once.len(), twice.len()), (344, 460));
    assert!(once.contains('+') && once.contains('/') && once.ends_with('='));
    let escaped = once.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
    let in_lines = format!("{}\r\n{}\n", &once[..76], &once[76..]);
    for text in [&once, &escaped, &in_lines, once.trim_end_matches('=')] {
        assert_eq!(signatures(text), std::slice::from_ref(&bytes), "{text}");
    }
    for text in [twice.clone(), twice.replace('=', "%3D")] {
        assert_eq!(signatures(&text), [once.clone().into_bytes(), bytes.clone()], "{text}");
    }
}

/// A text that is no Base64 is no signature, and a blank is never a plus.
#[test]
fn other_texts_are_no_signature() {
    for text in ["testing_signature", "a b=", "ab d", "%zz", "ab%", "é", "=", "-_-_", "A"] {
        assert_eq!(signatures(text), Vec::<Vec<u8>>::new(), "{text}");
    }
    assert_eq!(signatures("++++"), [vec![0xfb, 0xef, 0xbe]]);
}

/// Proves: ALIPAYHK-FACTS §3 and §4.4: what is no envelope is refused by name, in the order of the checks.
#[test]
fn what_is_no_envelope_is_refused_by_name() {
    let request = r#""request":{"head":{"clientId":"C"},"body":{}}"#;
    let rows: Vec<(String, &str, bool)> = vec![
        (String::new(), "the body is not JSON", true),
        ("not json".to_owned(), "not a JSON object", true),
        ("[]".to_owned(), "not a JSON object", true),
        ("{}".to_owned(), "no member request", false),
        (r#"{"response":{},"signature":"AQID"}"#.to_owned(), "no member request", false),
        (r#"{"Request":{},"signature":"AQID"}"#.to_owned(), "no member request", false),
        (r#"{"request":null,"signature":"AQID"}"#.to_owned(), "not a JSON object", true),
        (r#"{"request":"{}","signature":"AQID"}"#.to_owned(), "not a JSON object", true),
        (r#"{"request":[],"signature":"AQID"}"#.to_owned(), "not a JSON object", true),
        (format!("{{{request}}}"), "no member signature", false),
        (format!(r#"{{{request},"signature":""}}"#), "no member signature", false),
        (format!(r#"{{{request},"signature":7}}"#), "no member signature", false),
        (format!(r#"{{{request},"signature":null}}"#), "no member signature", false),
        (format!(r#"{{{request},"signature":"AQID"}} x"#), "the end must stand", true),
        (format!(r#"{{{request},"signature":"AQID"}}{{}}"#), "the end must stand", true),
        (
            format!(r#"{{{request},"signature":"AQID","signature":"AQID"}}"#),
            "\"signature\" stands twice",
            true,
        ),
        (
            format!(r#"{{{request},"signature":"AQID","requ\u0065st":{{}}}}"#),
            "\"request\" stands twice",
            true,
        ),
        (
            r#"{"request":{"head":{},"head":{}},"signature":"AQID"}"#.to_owned(),
            "the key \"head\" stands twice",
            true,
        ),
        (
            r#"{"request":{"body":{"a":{"b":1,"\u0062":2}}},"signature":"AQID"}"#.to_owned(),
            "the key \"b\" stands twice",
            true,
        ),
        (
            r#"{"request":{"head":{"clientId":"\ud800"}},"signature":"AQID"}"#.to_owned(),
            "cannot be read",
            true,
        ),
        (r#"{"request":{"a":1e999},"signature":"AQID"}"#.to_owned(), "number out of range", true),
        (r#"{"request":{},"signature":"AQID"}"#.to_owned(), "head.clientId", false),
        (r#"{"request":{"head":{"clientId":""}},"signature":"AQID"}"#.to_owned(), "head.clientId", false),
        (r#"{"request":{"head":{"clientId":5}},"signature":"AQID"}"#.to_owned(), "head.clientId", false),
        (r#"{"request":{"head":"C"},"signature":"AQID"}"#.to_owned(), "head.clientId", false),
        (r#"{"request":{"body":{"clientId":"C"}},"signature":"AQID"}"#.to_owned(), "head.clientId", false),
    ];
    for (body, told, is_unreadable) in rows {
        let error = claim(body.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(told), "{body}: {error}");
        assert_eq!(error.is_unreadable(), is_unreadable, "{body}");
        assert_eq!(Refusal::from(error).reason, Reason::ParameterIllegal, "{body}");
    }
    let not_utf8 = [&envelope("AQID").into_bytes()[..], b"\xff"].concat();
    assert!(matches!(claim(&not_utf8), Err(ClaimError::Scan(ScanError::NotUtf8 { .. }))));
    let deep =
        format!(r#"{{"request":{}{},"signature":"AQID"}}"#, r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
    assert!(matches!(claim(deep.as_bytes()), Err(ClaimError::Scan(ScanError::TooDeep { .. }))));
}

/// A signature, or a whole request, inside a value does not stand in for the one of the envelope.
#[test]
fn what_is_written_inside_a_value_is_not_believed() {
    let memo = r#"\",\"signature\":\"RVZJTA==\",\"request\":{}"#;
    let request =
        format!(r#"{{"head":{{"clientId":"C"}},"body":{{"signature":"RVZJTA==","memo":"{memo}"}}}}"#);
    for body in [
        format!(r#"{{"request":{request},"signature":"AQID"}}"#),
        format!(r#"{{"signature":"AQID","request":{request}}}"#),
        format!(r#"{{"other":{{"signature":"RVZJTA=="}},"sign\u0061ture":"\u0041QID","request":{request}}}"#),
    ] {
        let claim = claim(body.as_bytes()).unwrap();
        assert_eq!(claim.signatures, [vec![1, 2, 3]], "{body}");
        assert_eq!(claim.signed_bytes, request.as_bytes());
    }
    let unsigned = format!(r#"{{"request":{request}}}"#);
    assert_eq!(claim(unsigned.as_bytes()), Err(ClaimError::NoSignature));
}

/// Proves: ALIPAYHK-FACTS §4.4, of a message that cannot be believed the head is read as far as it can be.
#[test]
fn the_head_of_a_broken_message_is_read_as_far_as_it_goes() {
    let whole = crate::samples::head("alipay.intl.acquiring.common.payQuery");
    for body in [
        SEED_REQUEST.to_owned(),
        format!("{SEED_REQUEST} x"),
        SEED_REQUEST.replace("\"signature\"", "\"request\""),
        SEED_REQUEST.replace(",\n    \"signature\":\"testing_signature\"\n}", ""),
    ] {
        assert_eq!(readable_head(body.as_bytes()), whole, "{body}");
    }
    let not_utf8 = [SEED_REQUEST.as_bytes(), b"\xff"].concat();
    assert_eq!(readable_head(&not_utf8), whole);
    let partial = readable_head(br#"{"request":{"head":{"clientId":"C","version":2,"reqMsgId":null}}}"#);
    assert_eq!(partial, Head { client_id: "C".to_owned(), ..Head::default() });
    for body in ["", "{}", "null", r#"{"request":7}"#, r#"{"request":{"head":{"clientId":"C""#] {
        assert_eq!(readable_head(body.as_bytes()), Head::default(), "{body}");
    }
}

/// Proves: ALIPAYHK-FACTS §3, disagreement 3: `signType` wins, then the client's setting.
#[test]
fn the_hash_is_that_of_the_message_or_of_the_client() {
    let of = |sign_type: &str, signature_hash| {
        let head = Head { sign_type: sign_type.to_owned(), ..Head::default() };
        hash_of(&head, &ClientSettings { signature_hash, ..ClientSettings::default() })
    };
    assert_eq!(ClientSettings::default().signature_hash, SignatureHash::Sha1);
    for default in [SignatureHash::Sha1, SignatureHash::Sha256] {
        assert_eq!(of("", default), Ok(default));
        assert_eq!(of("RSA", default), Ok(SignatureHash::Sha1));
        assert_eq!(of("RSA2", default), Ok(SignatureHash::Sha256));
        for unknown in ["rsa", "RSA256", "SHA1withRSA", "none", " "] {
            assert_eq!(of(unknown, default).unwrap_err().reason, Reason::ParameterIllegal, "{unknown}");
        }
    }
}

proptest! {
    /// What is signed is what the reader takes out of the envelope, byte for byte.
    #[test]
    fn what_is_wrapped_is_unwrapped(client_id in ".{1,20}", memo in any::<String>(), signature in prop::collection::vec(any::<u8>(), 1..300)) {
        let content = json!({"head": {"clientId": client_id}, "memo": memo}).to_string();
        let request = wrap_request(&content, &signature);
        let claimed = claim(&request).unwrap();
        prop_assert_eq!(claimed.signed_bytes, bytes_to_sign(&content));
        prop_assert_eq!(&claimed.signatures[0], &signature);
        prop_assert_eq!(claimed.head.client_id, client_id);
        prop_assert_eq!(claimed.content["memo"].as_str(), Some(memo.as_str()));
        let reply = wrap_reply(&content, &signature);
        let claimed = claim_reply(&reply).unwrap();
        prop_assert_eq!((claimed.signed_bytes, &claimed.signatures[0]), (content.as_bytes(), &signature));
        prop_assert_eq!(claim(&reply), Err(ClaimError::NoContent { member: "request" }));
    }

    #[test]
    fn no_message_makes_it_panic(body in any::<Vec<u8>>(), text in any::<String>()) {
        for body in [&body[..], format!("{{\"request\":{text},\"signature\":{text}}}").as_bytes()] {
            let _read_or_refused = (claim(body).is_ok(), claim_reply(body).is_ok(), readable_head(body));
        }
        let _read_or_not = signatures_in(&text);
    }
}
