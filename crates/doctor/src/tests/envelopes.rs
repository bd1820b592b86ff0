//! AlipayHK.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farthing_core::rows::{Dialect, SignatureHash};
use farthing_crypto::Algorithm::{self, RsaSha1, RsaSha256};
use farthing_crypto::PrivateKey;

use super::letter::{CLIENT, CLIENT_OLD, Case, GATEWAY, Letter, OTHER_CLIENT, STRANGER, escaped};
use crate::Mistake::*;
use crate::{Diagnosis, MessageKind, VERIFICATIONS_MAX};

const CONTENT: &str = "{ \"head\":{\"version\":\"2.0.0\",\"clientId\":\"Shop_1\",\"reqTime\":\"2026-11-22T16:51:56+08:00\"},\n \"body\":{\"title\":\"燒 / 賣\"}}";

fn letter(content: &str, signature: &str) -> Letter {
    let body = format!("{{\"request\": {content}, \"signature\": \"{signature}\"}}");
    let target = "/api/alipay/intl/acquiring/agreement/pay.htm".to_owned();
    Letter { body: body.into_bytes(), target, ..Letter::new(Dialect::AlipayHk, MessageKind::Request) }
}

fn signature(key: &PrivateKey, algorithm: Algorithm, bytes: impl AsRef<[u8]>) -> String {
    STANDARD.encode(key.sign(algorithm, bytes.as_ref()))
}

/// The right letter, but for what was signed.
fn signing(bytes: impl AsRef<[u8]>) -> Letter {
    letter(CONTENT, &signature(&CLIENT, RsaSha1, bytes))
}

pub(super) fn cases() -> Vec<Case> {
    [right_ones(), members(), ways(), broken()].into_iter().flatten().collect()
}

fn with_sign_type(sign_type: &str) -> String {
    CONTENT.replace("\"clientId\"", &format!("\"signType\":\"{sign_type}\",\"clientId\""))
}

fn right_ones() -> Vec<Case> {
    let named = with_sign_type("RSA2");
    let mut set = letter(CONTENT, &signature(&CLIENT, RsaSha256, CONTENT));
    set.settings.signature_hash = SignatureHash::Sha256;
    let percent = escaped(&CLIENT.sign(RsaSha1, CONTENT.as_bytes()));
    let twice = STANDARD.encode(signature(&CLIENT, RsaSha1, CONTENT));
    let response = CONTENT.replace("reqTime", "respTime");
    let body =
        format!("{{\"response\":{response},\"signature\":\"{}\"}}", signature(&GATEWAY, RsaSha1, &response));
    let reply = Letter { body: body.into_bytes(), kind: MessageKind::Reply, ..signing("") };
    vec![
        signing(CONTENT).verifies("sha-1", &[]),
        letter(&named, &signature(&CLIENT, RsaSha256, &named)).verifies("sha-256 by its head", &[]),
        set.verifies("sha-256 by its client's setting", &[]),
        letter(CONTENT, &percent).verifies("escaped", &[]),
        letter(CONTENT, &twice).verifies("base64 twice, and taken", &[SignatureBase64Twice]),
        reply.verifies("an answer", &[]),
    ]
}

fn members() -> Vec<Case> {
    let http = format!(
        "POST /api/alipay/intl/acquiring/agreement/pay.htm\nShop_1.2026-11-22T16:51:56+08:00.{CONTENT}"
    );
    let head = "{\"version\":\"2.0.0\",\"clientId\":\"Shop_1\",\"reqTime\":\"2026-11-22T16:51:56+08:00\"}";
    let body = "{\"title\":\"燒 / 賣\"}";
    let table = [
        (WholeBodySigned, format!("{{\"request\":{CONTENT}}}")),
        (WholeBodySigned, format!("{{\"request\":{CONTENT},\"signature\":\"\"}}")),
        (MemberNameSigned, format!("\"request\":{CONTENT}")),
        (MemberNameSigned, format!("\"request\": {CONTENT}")),
        (PartOfMemberSigned, body.to_owned()),
        (PartOfMemberSigned, head.to_owned()),
        (HttpStringSigned, http),
        (BodyCompact, format!("{{\"head\":{head},\"body\":{body}}}")),
        (
            BodyKeysSorted,
            format!(
                "{{\"body\":{body},\"head\":{{\"clientId\":\"Shop_1\",\"reqTime\":\"2026-11-22T16:51:56+08:00\",\"version\":\"2.0.0\"}}}}"
            ),
        ),
        (BodyEscapes, format!("{{\"head\":{head},\"body\":{{\"title\":\"\\u71d2 / \\u8ce3\"}}}}")),
        (BodyLineBreaks, CONTENT.replace('\n', "\r\n")),
        (BodyTrailingNewline, format!("{CONTENT}\n")),
        (BodyEmpty, String::new()),
    ];
    table.into_iter().map(|(mistake, bytes)| signing(&bytes).expects(bytes, &[mistake])).collect()
}

fn ways() -> Vec<Case> {
    let by = |key, algorithm| letter(CONTENT, &signature(key, algorithm, CONTENT));
    let named = with_sign_type("RSA2");
    let misnamed = with_sign_type("RSA256");
    let hex: String =
        CLIENT.sign(RsaSha1, CONTENT.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        by(&CLIENT, RsaSha256).expects("sha-256", &[Sha256InsteadOfSha1]),
        letter(&named, &signature(&CLIENT, RsaSha1, &named)).expects("sha-1", &[Sha1InsteadOfSha256]),
        letter(&misnamed, &signature(&CLIENT, RsaSha1, &misnamed)).expects("no such name", &[AlgorithmName]),
        by(&CLIENT_OLD, RsaSha1).expects("an older version", &[OtherKeyVersion]),
        by(&GATEWAY, RsaSha1).expects("the gateway's", &[GatewayKey]),
        by(&OTHER_CLIENT, RsaSha1).expects("of another client", &[OtherClientKey]),
        letter(CONTENT, &hex).expects("hex", &[SignatureHex]),
    ]
}

fn broken() -> Vec<Case> {
    let sent = |body: &str| Letter { body: body.as_bytes().to_vec(), ..signing("") };
    let nameless = CONTENT.replace("Shop_1", "");
    let answered = sent(&format!("{{\"response\":{CONTENT},\"signature\":\"AAAA\"}}"));
    let twice = sent(&format!(
        "{{\"request\":{CONTENT},\"request\":{{}},\"signature\":\"{}\"}}",
        signature(&CLIENT, RsaSha1, CONTENT)
    ));
    vec![
        sent("{\"request\":").shows("cut off", &[EnvelopeUnreadable]),
        sent("[]").shows("no object", &[EnvelopeUnreadable]),
        answered.shows("an answer in place of a request", &[EnvelopeUnreadable]),
        twice.expects("two members request", &[EnvelopeUnreadable]),
        sent(&format!("{{\"request\":{CONTENT}}}")).shows("no signature", &[SignatureMissing]),
        letter(CONTENT, "testing_signature").shows("the pages' sample", &[SignatureUnreadable]),
        letter(CONTENT, "c2hvcnQ=").shows("five bytes", &[SignatureLength]),
        letter(&nameless, &signature(&CLIENT, RsaSha1, &nameless))
            .expects("no client id", &[ClientIdMissing]),
    ]
}

#[test]
fn a_strangers_signature_is_unknown() {
    let letter = letter(CONTENT, &signature(&STRANGER, RsaSha1, CONTENT));
    let Diagnosis::Unknown { tried } = letter.diagnose() else { panic!("nothing can be known") };
    assert!(tried.len() > 15 && tried.len() <= VERIFICATIONS_MAX, "{tried:?}");
    for mistake in
        [OtherKeyVersion, Sha256InsteadOfSha1, WholeBodySigned, BodyCompact, HttpStringSigned, HashedTwice]
    {
        assert!(tried.contains(&mistake), "{mistake:?} {tried:?}");
    }
}
