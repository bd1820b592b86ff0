use super::*;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

const SIGNATURE_VALUE: &str = "algorithm=RS256,keyVersion=1,signature=%2B%2F8%3D";
const TIME: &str = "2019-05-28T12:12:12+08:00";
const NONCE_VALUE: &str = "b111bcf0dfb54d4e8bae68c293d85e2e";

fn whole() -> Vec<(&'static str, &'static str)> {
    vec![
        ("merchant-code", "CXVJIU"),
        ("request-time", TIME),
        ("nonce", NONCE_VALUE),
        ("signature", SIGNATURE_VALUE),
    ]
}

fn claim_with(target: &str, headers: &[(&str, &str)], body: &[u8]) -> Result<Claim, ClaimError> {
    let find = |name: &str| headers.iter().find(|header| header.0 == name).map(|header| header.1);
    claim(METHOD, target, &find, body)
}

fn with(name: &str, value: &'static str) -> Vec<(&'static str, &'static str)> {
    whole().into_iter().map(|header| if header.0 == name { (header.0, value) } else { header }).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Proves: ALPHAPAY-FACTS §3.6, the first check value, by what a server reads from the request.
#[test]
fn the_first_check_value_is_claimed() {
    let body = br#"{"paymentId":"2506031505244756658153857"}"#;
    let claim = claim_with("/api/v2.0/payments/inquiryPayment", &whole(), body).unwrap();
    let [only] = &claim.candidates[..] else { panic!("no query, one candidate") };
    assert_eq!(only.path, "/api/v2.0/payments/inquiryPayment");
    assert_eq!(only.bytes.len(), 146);
    assert_eq!(sha256(&only.bytes), "fa8de8b1d0daa8edd422f200753be11b9ee064fa1238eb6f3d8b96b9b08f32aa");
    assert_eq!((claim.client_id.as_str(), claim.key_version.as_str()), ("CXVJIU", "1"));
    assert_eq!((claim.time.as_str(), claim.nonce.as_str()), (TIME, NONCE_VALUE));
    assert_eq!(claim.sent_at, Some(crate::samples::noon()));
    assert_eq!(claim.signature, [0xfb, 0xff]);
}

/// Proves: ALPHAPAY-FACTS §3.6, the second check value, by what a client signs; UTF-8 as it is.
#[test]
fn the_second_check_value_is_what_a_client_signs() {
    let body = "{\"order\":{\"description\":\"café 测试\",\"notifyUrl\":\"https://m.example/n\",\
                \"orderAmount\":{\"currency\":\"CAD\",\"value\":\"100\"}},\"paymentMethod\":\
                {\"paymentMethodType\":\"Alipay\"},\"paymentRequestId\":\"R1\",\"scenarioCode\":\"ONLINE_QRCODE\"}";
    let bytes = bytes_to_sign_request(
        "/api/v2.0/payments/pay",
        "CXVJIU",
        "2026-01-02T03:04:05+00:00",
        NONCE_VALUE,
        body.as_bytes(),
    );
    assert_eq!(bytes.len(), 317);
    assert_eq!(sha256(&bytes), "2b886bb9f6290b254098c464b6d726a925d3fd5e2a95c1a3ebac340d26f91f06");
}

/// Proves: ALPHAPAY-FACTS §3.2, a query is signed with a notification's path, and may be with a request's.
#[test]
fn a_query_may_be_a_part_of_what_is_signed() {
    let claim = claim_with("https://localhost/api/v2.0/payments/pay?x=1", &whole(), b"{}").unwrap();
    let paths: Vec<&str> = claim.candidates.iter().map(|candidate| candidate.path.as_str()).collect();
    assert_eq!(paths, ["/api/v2.0/payments/pay?x=1", "/api/v2.0/payments/pay"]);
    let doubled = claim_with("//api/v2.0/payments/pay", &whole(), b"{}").unwrap();
    assert_eq!(doubled.candidates[1].path, "/api/v2.0/payments/pay");

    for (url, path) in [
        ("https://shop.test/n?a=1&b=2#top", "/n?a=1&b=2"),
        ("https://shop.test", "/"),
        ("https://shop.test?a=1", "/?a=1"),
    ] {
        let bytes = bytes_to_sign_notification(url, "CXVJIU", "T", "N", b"{}");
        assert_eq!(bytes, format!("POST {path}\nCXVJIU.T.N.{{}}").into_bytes(), "{url}");
    }
}

/// Proves: ALPHAPAY-FACTS §3.3, every tolerated way of writing the header reads the same.
#[test]
fn every_tolerated_way_of_writing_reads_the_same() {
    for value in [
        SIGNATURE_VALUE,
        "algorithm=RS256, keyVersion=1, signature=%2B%2F8%3D",
        "algorithm=RS256,keyVersion=1,signature=%2b%2f8%3d",
        "algorithm=RS256,keyVersion=1,signature=%2B/8%3D",
        "algorithm=RS256,keyVersion=1,signature=+/8=",
        "signature=%20/8=,keyVersion=1,algorithm=rs256",
        "signature=+/8=",
        "algorithm=,keyVersion=,signature=+/8=",
    ] {
        let claim = claim_with("/", &with("signature", value), b"").unwrap();
        assert_eq!((claim.signature, claim.key_version.as_str()), (vec![0xfb, 0xff], "1"), "{value}");
    }
    let other = claim_with("/", &with("signature", "keyVersion=17,signature=8/ /"), b"").unwrap();
    assert_eq!(other.key_version, "17");
    assert_eq!(other.signature, [0xf3, 0xff, 0xbf], "a blank inside stands for a plus");
}

/// Proves: ALPHAPAY-FACTS §2, §12.4, whatever is missing or unreadable is named, in order, with its code.
#[test]
fn a_missing_or_broken_header_is_named() {
    for (header, reason) in [
        ("merchant-code", Reason::ParameterIllegal),
        ("request-time", Reason::ParameterIllegal),
        ("nonce", Reason::ParameterIllegal),
        ("signature", Reason::SignatureInvalid),
    ] {
        let without: Vec<_> = whole().into_iter().filter(|present| present.0 != header).collect();
        let missing = claim_with("/", &without, b"").unwrap_err();
        assert!(missing.to_string().to_lowercase().contains(header), "{missing}");
        assert_eq!(claim_with("/", &with(header, ""), b""), Err(missing.clone()));
        assert_eq!(Refusal::from(missing).reason, reason, "{header}");
    }
    assert_eq!(claim_with("/", &[], b""), Err(ClaimError::Missing { header: "Merchant-Code" }));
    for value in
        ["nonsense", "algorithm=RS256", "signature=%zz", "signature=###", "signature=AA==,signature=AA=="]
    {
        let broken = claim_with("/", &with("signature", value), b"").unwrap_err();
        assert!(matches!(broken, ClaimError::BadSignatureHeader(_)), "{value}: {broken}");
        assert_eq!(Refusal::from(broken).reason, Reason::SignatureInvalid);
    }
    let unserved = claim_with("/", &with("signature", "algorithm=RSA256,signature=AA=="), b"").unwrap_err();
    assert_eq!(unserved, ClaimError::UnsupportedAlgorithm { algorithm: "RSA256".to_owned() });
}

/// A nonce is 1 to 64 visible ASCII letters; a blank, an umlaut or one letter too many is refused.
#[test]
fn a_nonce_is_visible_and_short() {
    let long: &'static str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0";
    for nonce in [long, "a b", "ä", "\u{7f}", "a\tb"] {
        let refused = claim_with("/", &with("nonce", nonce), b"").unwrap_err();
        assert_eq!(refused, ClaimError::BadNonce { bytes_max: 64 }, "{nonce:?}");
    }
    for nonce in [&long[..64], "!", "~.~"] {
        assert!(claim_with("/", &with("nonce", nonce), b"").is_ok(), "{nonce:?}");
    }
}

/// Proves: ALPHAPAY-FACTS §2 and §3.5, every form of time, the edge of the window on both sides, and the switch.
#[test]
fn a_request_is_fresh_inside_its_window() {
    let now = crate::samples::noon();
    for time in [TIME, "2019-05-28T04:12:12Z", "2019-05-28T04:12:12.000Z", "2019-05-28T04:12:12+0000"] {
        assert_eq!(check_freshness(time, now, 1), Ok(()), "{time}");
    }
    let window_ms = REQUEST_TIME_WINDOW_MS;
    for (shift_ms, is_fresh) in
        [(window_ms, true), (-window_ms, true), (window_ms + 1, false), (-window_ms - 1, false)]
    {
        let checked = check_freshness(TIME, now.plus_ms(shift_ms), window_ms);
        assert_eq!(checked.is_ok(), is_fresh, "{shift_ms}");
        if let Err(refusal) = checked {
            assert_eq!(refusal.reason, Reason::RequestTimeOutside);
        }
    }
    for time in ["", "now", "1559016732000", "2019-05-28T12:12:12", "2019-02-30T12:12:12Z"] {
        assert_eq!(
            check_freshness(time, now, window_ms).unwrap_err().reason,
            Reason::ParameterIllegal,
            "{time}"
        );
        assert_eq!(check_freshness(time, now, 0), Ok(()), "switched off");
    }
    let mut settings = ClientSettings::default();
    assert_eq!(request_time_window_ms(&settings), 300_000);
    settings.request_time_window_ms = Some(0);
    assert_eq!(request_time_window_ms(&settings), 0);
}

/// Proves: ALPHAPAY-FACTS §3.3 and §3.4, an answer has the SDK's three headers in its exact form, and is claimed by
/// what it was signed with.
#[test]
fn an_answer_is_claimed_as_it_was_signed() {
    let time = format_message_time(crate::samples::noon());
    assert_eq!(time, "2019-05-28T04:12:12+00:00");
    let path = "/api/v2.0/payments/pay";
    let bytes = bytes_to_sign_reply(METHOD, path, "CXVJIU", &time, "fresh", b"{}");
    let headers = attach_to_reply(&time, "fresh", "1", &[0xfb, 0xff]);
    assert_eq!(
        headers,
        [
            ("Signature", SIGNATURE_VALUE.to_owned()),
            ("Response-Time", time.clone()),
            ("Nonce", "fresh".to_owned()),
            ("Content-Type", "application/json;charset=UTF-8".to_owned()),
        ]
    );
    let find = |name: &str| {
        headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
    };
    let claim = claim_reply(METHOD, path, "CXVJIU", &find, b"{}").unwrap();
    assert_eq!(claim.candidates, [Candidate { path: path.to_owned(), bytes }]);
    let nothing = |_name: &str| None;
    assert_eq!(
        claim_reply(METHOD, path, "CXVJIU", &nothing, b"{}"),
        Err(ClaimError::Missing { header: "Response-Time" })
    );
}

proptest! {
    /// What is attached to a request is claimed from it, whatever the body and the signature.
    #[test]
    fn a_request_is_claimed_as_it_was_signed(
        body in any::<Vec<u8>>(),
        signature in proptest::collection::vec(any::<u8>(), 1..300),
        nonce in "[!-~]{1,64}",
        code in "[A-Z0-9]{6}",
    ) {
        let headers = attach_to_request(&code, TIME, &nonce, "2", &signature);
        let find = |name: &str| {
            headers.iter().find(|header| header.0.eq_ignore_ascii_case(name)).map(|header| header.1.as_str())
        };
        let path = "/api/v2.0/payments/refund";
        let claim = claim(METHOD, path, &find, &body).unwrap();
        prop_assert_eq!(claim.signature, signature);
        prop_assert_eq!(claimed_client_id(&find), Some(code.as_str()));
        let bytes = bytes_to_sign_request(path, &code, TIME, &nonce, &body);
        prop_assert_eq!(&claim.candidates[0].bytes, &bytes);
    }

    #[test]
    fn no_header_makes_it_panic(value in any::<String>(), target in any::<String>()) {
        for header in ["merchant-code", "request-time", "nonce", "signature"] {
            let headers: Vec<(&str, &str)> = whole()
                .into_iter()
                .map(|present| if present.0 == header { (header, value.as_str()) } else { present })
                .collect();
            let _claimed_or_refused = claim_with(&target, &headers, value.as_bytes());
        }
    }
}
