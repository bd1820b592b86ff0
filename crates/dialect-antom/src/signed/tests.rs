use super::*;

const SIGNATURE_VALUE: &str = "algorithm=RSA256,keyVersion=1,signature=%2B%2F8%3D";

fn claim_with(target: &str, headers: &[(&str, &'static str)], body: &[u8]) -> Result<Claim, ClaimError> {
    let headers: Vec<(String, &'static str)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
    let find = move |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1);
    claim(METHOD, target, &find, body)
}

/// Proves: ANTOM-FACTS §6.1, the measured request: absolute-form target, pretty-printed body with escapes.
#[test]
fn the_measured_request_is_claimed_byte_for_byte() {
    let body = b"{\n   \"paymentRequestId\": \"req-\\u00e9-1\"\n}";
    let claim = claim_with(
        "https://localhost/ams/sandbox/api/v1/payments/inquiryPayment",
        &[
            ("content-type", "application/json; charset=UTF-8"),
            ("request-time", "2026-11-22T08:51:57+00:00"),
            ("client-id", "SANDBOX_5Y0001"),
            ("signature", SIGNATURE_VALUE),
            ("agent-token", "tok123"),
        ],
        body,
    )
    .unwrap();
    assert_eq!(body.len(), 41, "the measured Content-Length");
    assert_eq!(claim.client_id, "SANDBOX_5Y0001");
    assert_eq!(claim.key_version.as_deref(), Some("1"));
    assert_eq!(claim.time, "2026-11-22T08:51:57+00:00");
    assert_eq!(claim.signature, [0xfb, 0xff]);
    let [only] = &claim.candidates[..] else { panic!("one slash, one candidate") };
    assert_eq!(only.path, "/ams/sandbox/api/v1/payments/inquiryPayment");
    let expected = "POST /ams/sandbox/api/v1/payments/inquiryPayment\n\
                    SANDBOX_5Y0001.2026-11-22T08:51:57+00:00.\
                    {\n   \"paymentRequestId\": \"req-\\u00e9-1\"\n}";
    assert_eq!(only.bytes, expected.as_bytes());
}

/// Proves: ANTOM-FACTS §1.1, a trailing slash on the gateway URL doubles the first slash of the target only.
#[test]
fn a_doubled_first_slash_may_have_been_signed_as_one() {
    let headers = [("request-time", "1685599933871"), ("client-id", "C"), ("signature", SIGNATURE_VALUE)];
    let claim = claim_with("//ams/api//v1/payments/pay?x=1", &headers, b"{}").unwrap();
    let paths: Vec<&str> = claim.candidates.iter().map(|candidate| candidate.path.as_str()).collect();
    assert_eq!(paths, ["//ams/api//v1/payments/pay?x=1", "/ams/api//v1/payments/pay?x=1"]);
    assert_eq!(claim.candidates[1].bytes, b"POST /ams/api//v1/payments/pay?x=1\nC.1685599933871.{}");
}

/// Whatever is missing or unreadable is named, in the order client, time, signature.
#[test]
fn a_missing_or_broken_header_is_named() {
    let whole = [("client-id", "C"), ("request-time", "1"), ("signature", SIGNATURE_VALUE)];
    for (index, (header, _)) in whole.iter().enumerate() {
        let missing = claim_with("/", &[&whole[..index], &whole[index + 1..]].concat(), b"").unwrap_err();
        assert!(missing.to_string().contains(header), "{missing}");
        let mut empty = whole;
        empty[index].1 = "";
        assert_eq!(claim_with("/", &empty, b"").unwrap_err(), missing);
    }
    assert_eq!(claim_with("/", &[], b""), Err(ClaimError::Missing { header: "client-id" }));
    let with_signature =
        |value| claim_with("/", &[whole[0], whole[1], ("signature", value)], b"").unwrap_err();
    assert!(matches!(with_signature("RSA256"), ClaimError::BadSignatureHeader(_)));
    let unsupported = with_signature("algorithm=ECC224,keyVersion=1,signature=+/8=");
    assert!(matches!(&unsupported, ClaimError::UnsupportedAlgorithm { algorithm } if algorithm == "ECC224"));
    assert_eq!(Refusal::from(unsupported).reason, Reason::ParameterIllegal);
}

/// What the server attaches to an answer is what the client reads from it, and both mean the same bytes.
#[test]
fn an_answer_is_claimed_as_it_was_attached() {
    let headers = attach_to_reply("C", "2026-11-22T08:51:56.123+08:00", "7", &[0xfb, 0xff]);
    let names: Vec<&str> = headers.iter().map(|header| header.0).collect();
    assert_eq!(names, ["signature", "response-time", "client-id", "content-type"]);
    assert_eq!(headers[0].1, "algorithm=RSA256,keyVersion=7,signature=%2B%2F8%3D");
    assert_eq!(headers[3].1, "application/json; charset=UTF-8");
    let find = |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str());
    let claim = claim_reply(METHOD, "/v1/payments/pay", &find, b"{}").unwrap();
    assert_eq!(claim.key_version.as_deref(), Some("7"));
    assert_eq!(
        claim.candidates[0].bytes,
        bytes_to_sign_reply(METHOD, "/v1/payments/pay", "C", "2026-11-22T08:51:56.123+08:00", b"{}")
    );
    assert_eq!(claim_reply(METHOD, "/", &|_| None, b""), Err(ClaimError::Missing { header: "client-id" }));
}

/// Proves: ANTOM-FACTS §1.8, a notification is a request over the path and query of its URL.
#[test]
fn a_notification_is_claimed_as_it_was_attached() {
    let url = "https://shop.test:8443/notify?a=1#part";
    let headers = attach_to_request("C", "1", "2", &[1]);
    let find = |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1.as_str());
    let claim = claim(METHOD, &path_to_send(url), &find, b"{}").unwrap();
    assert_eq!(claim.candidates[0].bytes, bytes_to_sign_request(url, "C", "1", b"{}"));
    assert_eq!(claim.candidates[0].bytes, b"POST /notify?a=1\nC.1.{}");
    assert_eq!(path_to_send("https://shop.test"), "/");
    assert_eq!(path_to_send("https://shop.test?a=1"), "/?a=1");
}
