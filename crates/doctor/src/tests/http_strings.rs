//! Antom, Alipay and AlphaPay.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use farthing_core::rows::Dialect::{Alipay, AlphaPay, Antom};
use farthing_crypto::Algorithm;
use sha2::{Digest, Sha256};

use super::letter::{
    ALPHAPAY_PATH, ANTOM_PATH, BODY, CLIENT, CLIENT_OLD, Case, GATEWAY, ID, Letter, NONCE, NOW_MS,
    OTHER_CLIENT, STRANGER, TIME, escaped, named,
};
use crate::Mistake::*;
use crate::{Diagnosis, MessageKind, VERIFICATIONS_MAX};

fn antom() -> Letter {
    Letter::new(Antom, MessageKind::Request)
}

fn alphapay() -> Letter {
    Letter::new(AlphaPay, MessageKind::Request)
}

/// What Antom signs of the letter with this path, client id, time and body.
fn string(path: &str, id: &str, time: &str, body: &str) -> String {
    format!("POST {path}\n{id}.{time}.{body}")
}

fn right() -> String {
    string(ANTOM_PATH, ID, TIME, BODY)
}

fn right_alphapay() -> String {
    string(ALPHAPAY_PATH, ID, &format!("{TIME}.{NONCE}"), BODY)
}

pub(super) fn cases() -> Vec<Case> {
    [right_ones(), bodies(), paths(), parts(), layouts(), keys(), encodings(), missing(), other_ways()]
        .into_iter()
        .flatten()
        .collect()
}

fn right_ones() -> Vec<Case> {
    let twice = Letter { target: format!("/{ANTOM_PATH}"), ..antom() };
    let absolute = Letter { target: format!("https://gateway.test{ANTOM_PATH}"), ..antom() };
    let late = Letter { now_ms: NOW_MS + 301_000, ..alphapay() };
    let early = Letter { now_ms: NOW_MS - 301_000, ..alphapay() };
    let mut unlimited = late.clone();
    unlimited.settings.request_time_window_ms = Some(0);
    let queried = Letter { target: format!("{ALPHAPAY_PATH}?x=1"), ..alphapay() };
    vec![
        antom().signing(right()).verifies("antom", &[]),
        Letter::new(Alipay, MessageKind::Request).signing(right()).verifies("alipay", &[]),
        alphapay().signing(right_alphapay()).verifies("alphapay", &[]),
        twice.signing(right()).verifies("two slashes sent, one signed: two SDKs do", &[]),
        absolute.signing(right()).verifies("absolute form", &[]),
        queried.signing(right_alphapay()).verifies("alphapay without the query", &[]),
        late.signing(right_alphapay()).verifies("too late", &[TimeOutsideWindow]),
        early.signing(right_alphapay()).verifies("too early", &[TimeOutsideWindow]),
        unlimited.signing(right_alphapay()).verifies("no window", &[]),
        Letter { now_ms: NOW_MS + 301_000, ..antom() }.signing(right()).verifies("antom has no window", &[]),
    ]
}

fn bodies() -> Vec<Case> {
    let table = [
        (BodyCompact, "{\"z\":\"café / 1\",\"a\":{\"value\":\"100\",\"n\":1.0}}"),
        (BodySpaced, "{\"z\": \"café / 1\", \"a\": {\"value\": \"100\", \"n\": 1.0}}"),
        (
            BodyPretty,
            "{\n  \"z\": \"café / 1\",\n  \"a\": {\n    \"value\": \"100\",\n    \"n\": 1.0\n  }\n}",
        ),
        (
            BodyPretty,
            "{\n    \"z\": \"café / 1\",\n    \"a\": {\n        \"value\": \"100\",\n        \"n\": 1.0\n    }\n}",
        ),
        (BodyKeysSorted, "{\"a\":{\"n\":1.0,\"value\":\"100\"},\"z\":\"café / 1\"}"),
        (BodyKeysSorted, "{\"a\": {\"n\": 1.0, \"value\": \"100\"}, \"z\": \"café / 1\"}"),
        (
            BodyKeysSorted,
            "{\n  \"a\": {\n    \"n\": 1.0,\n    \"value\": \"100\"\n  },\n  \"z\": \"café / 1\"\n}",
        ),
        (BodyEscapes, "{\"z\":\"caf\\u00e9 / 1\",\"a\":{\"value\":\"100\",\"n\":1.0}}"),
        (BodyEscapes, "{\"z\": \"caf\\u00e9 / 1\", \"a\": {\"value\": \"100\", \"n\": 1.0}}"),
        (BodyEscapes, "{\"z\":\"caf\\u00e9 \\/ 1\",\"a\":{\"value\":\"100\",\"n\":1.0}}"),
        (BodyEmpty, ""),
        (BodyParsed, "[object Object]"),
        (BodyParsed, "{'z': 'café / 1', 'a': {'value': '100', 'n': 1.0}}"),
        (
            BodyParsed,
            "\"{ \\\"z\\\":\\\"café / 1\\\",\\n \\\"a\\\":{\\\"value\\\":\\\"100\\\",\\\"n\\\":1.0}}\"",
        ),
        (BodyLineBreaks, "{ \"z\":\"café / 1\",\r\n \"a\":{\"value\":\"100\",\"n\":1.0}}"),
    ];
    let mut cases: Vec<Case> = table
        .into_iter()
        .map(|(mistake, body)| antom().signing(string(ANTOM_PATH, ID, TIME, body)).expects(body, &[mistake]))
        .collect();
    let sent = |body: String| Letter { body: body.into_bytes(), ..antom() };
    let signed = |body: &str| string(ANTOM_PATH, ID, TIME, body);
    cases.extend([
        sent(BODY.replace('\n', "\r\n")).signing(signed(BODY)).expects("CRLF sent", &[BodyLineBreaks]),
        sent(format!("{BODY}\n")).signing(signed(BODY)).expects("LF at the end sent", &[BodyTrailingNewline]),
        antom().signing(signed(&format!("{BODY}\n"))).expects("LF at the end signed", &[BodyTrailingNewline]),
        antom()
            .signing(signed(&format!("{BODY}\r\n")))
            .expects("CRLF at the end signed", &[BodyTrailingNewline]),
        sent(format!("\u{feff}{BODY}")).signing(signed(BODY)).expects("BOM sent", &[BodyByteOrderMark]),
        antom().signing(signed(&format!("\u{feff}{BODY}"))).expects("BOM signed", &[BodyByteOrderMark]),
        sent(r#"{"a":"caf\u00e9"}"#.to_owned())
            .signing(signed(r#"{"a":"café"}"#))
            .expects("codes sent, letters signed", &[BodyEscapes]),
        antom().signing(BODY).expects("the body alone", &[BodyAlone]),
        alphapay()
            .signing(string(ALPHAPAY_PATH, ID, &format!("{TIME}.{NONCE}"), ""))
            .expects("alphapay, empty body", &[BodyEmpty]),
    ]);
    cases
}

fn paths() -> Vec<Case> {
    let antom_paths = [
        (ANTOM_PATH, "/v1/payments/pay", PathPrefixLeftOut),
        ("/v1/payments/pay", ANTOM_PATH, PathPrefixAdded),
        ("/v1/payments/pay", "/ams/sandbox/api/v1/payments/pay", PathPrefixAdded),
        (ANTOM_PATH, "/ams/sandbox/api/v1/payments/pay", PathSandbox),
        ("/ams/sandbox/api/v1/payments/pay", ANTOM_PATH, PathSandbox),
        (ANTOM_PATH, "//ams/api/v1/payments/pay", PathSlashes),
        (ANTOM_PATH, "ams/api/v1/payments/pay", PathSlashes),
        (ANTOM_PATH, "/ams/api/v1/payments/pay/", PathSlashes),
        ("/ams/api/v1/payments/pay/", ANTOM_PATH, PathSlashes),
        ("/ams/api/v1/payments/pay?x=1", ANTOM_PATH, QueryLeftOut),
        (ANTOM_PATH, "https://gateway.test/ams/api/v1/payments/pay", HostIncluded),
        (ANTOM_PATH, "http://gateway.test/ams/api/v1/payments/pay", HostIncluded),
        (ANTOM_PATH, "gateway.test/ams/api/v1/payments/pay", HostIncluded),
    ];
    let mut cases: Vec<Case> = antom_paths
        .into_iter()
        .map(|(sent, signed, mistake)| {
            let letter = Letter { target: sent.to_owned(), ..antom() };
            letter.signing(string(signed, ID, TIME, BODY)).expects(format!("{sent} {signed}"), &[mistake])
        })
        .collect();
    let alphapay_string = |path: &str| string(path, ID, &format!("{TIME}.{NONCE}"), BODY);
    let url = format!("https://gateway.test{ANTOM_PATH}");
    let absolute = Letter { target: url.clone(), ..antom() }.without("Host");
    cases.extend([
        alphapay().signing(alphapay_string("/payments/pay")).expects("alphapay", &[PathPrefixLeftOut]),
        alphapay()
            .signing(alphapay_string("/v2.0/payments/pay"))
            .expects("alphapay /api", &[PathPrefixLeftOut]),
        Letter { target: "/payments/pay".to_owned(), ..alphapay() }
            .signing(alphapay_string(ALPHAPAY_PATH))
            .expects("alphapay added", &[PathPrefixAdded]),
        absolute.signing(string(&url, ID, TIME, BODY)).expects("absolute form signed", &[HostIncluded]),
        antom().signing(right().replace("POST", "post")).expects("small letters", &[MethodName]),
        antom().signing(right().replace("POST", "GET")).expects("another method", &[MethodName]),
    ]);
    cases
}

fn parts() -> Vec<Case> {
    let timed = |time: &str| antom().signing(string(ANTOM_PATH, ID, time, BODY));
    let identified = |id: &str| antom().signing(string(ANTOM_PATH, id, TIME, BODY));
    let nonced = |rest: &str| alphapay().signing(string(ALPHAPAY_PATH, ID, &format!("{TIME}{rest}"), BODY));
    let mut cases: Vec<Case> = [
        "1795337516000",
        "1795337516",
        "2026-11-22T08:51:56Z",
        "2026-11-22T08:51:56.000Z",
        "2026-11-22T16:51:56+08:00",
        "2026-11-22T16:51:56.000+08:00",
        "2026-11-22 08:51:56",
        "2026-11-22 16:51:56",
    ]
    .into_iter()
    .map(|time| timed(time).expects(time, &[TimeForm]))
    .collect();
    let dated = timed("Sun, 22 Nov 2026 08:51:56 GMT").with("Date", "Sun, 22 Nov 2026 08:51:56 GMT");
    let misspelt = Letter { client_id: "SHOP-1".to_owned(), ..identified("SHOP-1") };
    cases.extend([
        antom()
            .with("Request-Time", "1795337516000")
            .signing(right())
            .expects("text signed, number sent", &[TimeForm]),
        timed("2026-11-22T08:51:55+00:00").expects("a second before", &[TimeOther]),
        timed("2026-11-22T08:51:57+00:00").expects("a second after", &[TimeOther]),
        timed("").expects("the time left out, both dots", &[TimeLeftOut]),
        antom()
            .signing(format!("POST {ANTOM_PATH}\n{ID}.{BODY}"))
            .expects("the time left out", &[TimeLeftOut]),
        dated.expects("the date's header signed", &[TimeHeaderName]),
        antom()
            .without("Request-Time")
            .with("Response-Time", TIME)
            .signing(right())
            .expects("name of an answer", &[TimeHeaderName]),
        identified("shop_1").expects("small letters", &[ClientIdOther]),
        identified("SHOP_1").expects("capitals", &[ClientIdOther]),
        misspelt.expects("as it is registered", &[ClientIdOther]),
        antom().signing(format!("POST {ANTOM_PATH}\n{TIME}.{BODY}")).expects("no id", &[ClientIdLeftOut]),
        nonced("").expects("no nonce", &[NonceLeftOut]),
        nonced(".b111bcf0-dfb5-4d4e-8bae-68c293d85e2e").expects("dashes", &[NonceForm]),
        nonced(".B111BCF0DFB54D4E8BAE68C293D85E2E").expects("capitals", &[NonceForm]),
    ]);
    cases
}

fn layouts() -> Vec<Case> {
    let rest = format!("{ID}.{TIME}.{BODY}");
    let antom_table = [
        (StringLineBreak, format!("POST {ANTOM_PATH}\r\n{rest}")),
        (StringLineBreak, format!("POST {ANTOM_PATH}\\n{rest}")),
        (StringLineBreak, format!("POST {ANTOM_PATH} {rest}")),
        (StringLineBreak, format!("POST {ANTOM_PATH}{rest}")),
        (StringSeparators, format!("POST {ANTOM_PATH}\n{ID}\n{TIME}\n{BODY}")),
        (StringSeparators, format!("POST {ANTOM_PATH}.{rest}")),
        (StringSeparators, format!("POST {ANTOM_PATH}\n{ID}{TIME}{BODY}")),
        (StringOrder, format!("POST {ANTOM_PATH}\n{TIME}.{ID}.{BODY}")),
    ];
    let alphapay_table = [
        (StringSeparators, format!("POST {ALPHAPAY_PATH}\n{ID}\n{TIME}\n{NONCE}\n{BODY}")),
        (StringOrder, format!("POST {ALPHAPAY_PATH}\n{ID}.{NONCE}.{TIME}.{BODY}")),
        (StringOrder, format!("POST {ALPHAPAY_PATH}\n{TIME}.{NONCE}.{ID}.{BODY}")),
    ];
    let antom_cases =
        antom_table.into_iter().map(|(mistake, bytes)| antom().signing(&bytes).expects(bytes, &[mistake]));
    let alphapay_cases = alphapay_table
        .into_iter()
        .map(|(mistake, bytes)| alphapay().signing(&bytes).expects(bytes, &[mistake]));
    let hash = Sha256::digest(right());
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let hashed = [
        antom().signing(hash).expects("the hash signed", &[HashedTwice]),
        antom().signing(hex).expects("the hash in hexadecimal signed", &[HashedTwice]),
    ];
    antom_cases.chain(alphapay_cases).chain(hashed).collect()
}

fn keys() -> Vec<Case> {
    let by = |key: &farthing_crypto::PrivateKey| {
        antom().signed_as(&escaped(&key.sign(Algorithm::RsaSha256, right().as_bytes())))
    };
    let sha1 = antom().signed_as(&escaped(&CLIENT.sign(Algorithm::RsaSha1, right().as_bytes())));
    let header = |version: &str, signature: &[u8]| {
        format!("algorithm=RSA256,keyVersion={version},signature={}", escaped(signature))
    };
    let signature = CLIENT.sign(Algorithm::RsaSha256, right().as_bytes());
    let newest_only = Letter { client_keys: vec![named("2", &CLIENT)], ..antom() };
    vec![
        by(&CLIENT_OLD).expects("an older version", &[OtherKeyVersion]),
        antom()
            .with("Signature", &header("1", &signature))
            .expects("an older version named", &[OtherKeyVersion]),
        by(&GATEWAY).expects("the gateway's", &[GatewayKey]),
        by(&OTHER_CLIENT).expects("of another client", &[OtherClientKey]),
        sha1.expects("sha-1", &[Sha1InsteadOfSha256]),
        newest_only
            .with("Signature", &header("7", &signature))
            .expects("a version that is not there", &[KeyVersionUnknown]),
        Letter { client_keys: Vec::new(), ..antom() }.signing(right()).shows("no key", &[NoKeyKnown]),
        by(&STRANGER)
            .with("Signature", "algorithm=RSA256,signature=AAAA")
            .shows("three bytes", &[SignatureLength]),
    ]
}

fn encodings() -> Vec<Case> {
    let signature = CLIENT.sign(Algorithm::RsaSha256, right().as_bytes());
    let plain = STANDARD.encode(&signature);
    let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
    let compact = CLIENT.sign(Algorithm::RsaSha256, BODY.as_bytes());
    let spaced = CLIENT.sign(Algorithm::RsaSha256, right_alphapay().as_bytes());
    let spaced = STANDARD.encode(spaced).replace('+', " ");
    assert!(
        plain.contains('+') && plain.contains('/') && spaced.contains(' '),
        "the test's signatures show the difference"
    );
    vec![
        antom().signed_as(&plain).verifies("not escaped, and taken", &[SignatureNotUrlEncoded]),
        antom().signed_as(&plain.replace('+', " ")).expects("+ became a blank", &[SignatureNotUrlEncoded]),
        alphapay().signed_as(&spaced).verifies("+ became a blank, and taken", &[SignatureNotUrlEncoded]),
        antom()
            .signed_as(&escaped(&signature).replace('%', "%25"))
            .expects("twice", &[SignatureUrlEncodedTwice]),
        antom().signed_as(&URL_SAFE.encode(&signature)).expects("base64url", &[SignatureBase64Url]),
        antom().signed_as(&hex).expects("hex", &[SignatureHex]),
        antom().signed_as(&escaped(plain.as_bytes())).expects("base64 twice", &[SignatureBase64Twice]),
        antom().signed_as("testing_signature").shows("no base64", &[SignatureUnreadable]),
        antom().with("Signature", &plain).shows("no items", &[SignatureUnreadable]),
        // Two mistakes at once are both named: how it is encoded, and what was signed.
        antom()
            .signed_as(&URL_SAFE.encode(compact))
            .expects("two mistakes", &[SignatureBase64Url, BodyAlone]),
    ]
}

fn missing() -> Vec<Case> {
    let header = |algorithm: &str| {
        let signature = CLIENT.sign(Algorithm::RsaSha256, right().as_bytes());
        format!("algorithm={algorithm},keyVersion=2,signature={}", escaped(&signature))
    };
    vec![
        antom().shows("no signature", &[SignatureMissing]),
        antom().with("Signature", &header("RS256")).expects("AlphaPay's name", &[AlgorithmName]),
        antom().without("Client-Id").signing(right()).expects("no client id", &[ClientIdMissing]),
        antom()
            .without("Request-Time")
            .signing(string(ANTOM_PATH, ID, "", BODY))
            .expects("no time", &[TimeMissing]),
        antom().without("Request-Time").signing(right()).shows("no time, and one signed", &[TimeMissing]),
        alphapay()
            .without("Nonce")
            .signing(string(ALPHAPAY_PATH, ID, TIME, BODY))
            .expects("no nonce", &[NonceMissing, NonceLeftOut]),
        alphapay()
            .with("Nonce", "two words")
            .signing(right_alphapay())
            .shows("a blank in the nonce", &[NonceMissing]),
    ]
}

/// Answers and notifications.
fn other_ways() -> Vec<Case> {
    let by_gateway = |letter: Letter, bytes: &str, version: &str| {
        let signature = escaped(&GATEWAY.sign(Algorithm::RsaSha256, bytes.as_bytes()));
        let algorithm = if letter.dialect == AlphaPay { "RS256" } else { "RSA256" };
        letter.with("Signature", &format!("algorithm={algorithm},keyVersion={version},signature={signature}"))
    };
    let reply = |dialect| Letter::new(dialect, MessageKind::Reply);
    let notification = Letter {
        target: "https://shop.test/notify?order=1".to_owned(),
        ..Letter::new(AlphaPay, MessageKind::Notification)
    };
    let notified = |path: &str| string(path, ID, &format!("{TIME}.{NONCE}"), BODY);
    let misnamed = reply(AlphaPay).without("Response-Time").with("Request-Time", TIME);
    let both = reply(AlphaPay).with("Request-Time", "2026-11-22T08:51:50+00:00");
    let request_time = right_alphapay().replace(TIME, "2026-11-22T08:51:50+00:00");
    let mut by_client = reply(Antom).signing(right());
    by_client.gateway_keys.push(named("2", &OTHER_CLIENT));
    vec![
        by_gateway(reply(Antom), &right(), "1").verifies("answer of antom", &[]),
        by_gateway(reply(AlphaPay), &right_alphapay(), "1").verifies("answer of alphapay", &[]),
        by_gateway(notification.clone(), &notified("/notify?order=1"), "1").verifies("notification", &[]),
        by_gateway(notification, &notified("https://shop.test/notify?order=1"), "1")
            .expects("its URL", &[HostIncluded]),
        by_gateway(misnamed, &right_alphapay(), "1").expects("the request's name", &[TimeHeaderName]),
        by_gateway(both, &request_time, "1").expects("the request's time", &[TimeHeaderName]),
        by_client.expects("signed by the client itself", &[ClientKey]),
    ]
}

/// Whatever a stranger signed, the answer is that nothing known explains it, with all that was tried; and the work is bounded.
#[test]
fn a_strangers_signature_is_unknown() {
    for letter in
        [antom(), alphapay(), Letter { target: format!("{ANTOM_PATH}?x=1"), ..antom() }.with("Date", "x")]
    {
        let signature = STRANGER.sign(Algorithm::RsaSha256, right().as_bytes());
        let is_alphapay = letter.dialect == AlphaPay;
        let Diagnosis::Unknown { tried } = letter.signed_as(&escaped(&signature)).diagnose() else {
            panic!("nothing can be known");
        };
        assert!(tried.len() > 25 && tried.len() <= VERIFICATIONS_MAX, "{tried:?}");
        for mistake in [
            OtherKeyVersion,
            GatewayKey,
            OtherClientKey,
            Sha1InsteadOfSha256,
            BodyCompact,
            PathSandbox,
            HashedTwice,
        ] {
            let is_due = !(mistake == PathSandbox && is_alphapay);
            assert_eq!(tried.contains(&mistake), is_due, "{mistake:?} {tried:?}");
        }
    }
}
