use std::path::PathBuf;

use clap::Parser as _;
use farthing_client::{ClientProfile, ClientSettings, DialectClient, Operation, SignedRequest};
use farthing_core::rows::Dialect;
use farthing_crypto::Algorithm;
use farthing_doctor::Mistake;
use serde_json::{Value, json};

use super::*;
use crate::cli::{Cli, Command};

/// One pair of keys for all tests: making keys is slow.
fn keys() -> &'static (PrivateKey, PrivateKey) {
    static KEYS: std::sync::OnceLock<(PrivateKey, PrivateKey)> = std::sync::OnceLock::new();
    KEYS.get_or_init(|| (PrivateKey::generate(), PrivateKey::generate()))
}

fn profile(dialect: Dialect) -> ClientProfile {
    let profile = json!({
        "dialect": dialect.word(), "clientId": format!("C-{}", dialect.word()),
        "merchantPrivateKey": keys().0.to_pkcs8_base64(),
        "gatewayPublicKey": keys().1.public_key().to_spki_base64(), "apiUrl": "http://localhost",
    });
    serde_json::from_value(profile).unwrap()
}

/// A data directory with the demo clients of these dialects.
fn data(dialects: &[Dialect]) -> tempfile::TempDir {
    let data = tempfile::tempdir().unwrap();
    std::fs::create_dir(data.path().join("dev")).unwrap();
    for dialect in dialects {
        let path = data.path().join(format!("dev/{}.json", dialect.word()));
        std::fs::write(path, serde_json::to_string(&profile(*dialect)).unwrap()).unwrap();
    }
    data
}

fn args(line: &str) -> DoctorArgs {
    let words = ["farthing", "doctor"].into_iter().chain(line.split_whitespace());
    match Cli::try_parse_from(words).unwrap().command {
        Command::Doctor(args) => args,
        other => panic!("{other:?}"),
    }
}

fn signed(dialect: Dialect) -> SignedRequest {
    let client = DialectClient::new(&profile(dialect), ClientSettings::default()).unwrap();
    let name = if dialect == Dialect::AlipayHk { "payQuery" } else { "inquiryPayment" };
    let operation = Operation::find(dialect, name).unwrap();
    client.sign(operation, br#"{"paymentId": "1"}"#.to_vec(), SystemClock.now())
}

/// A request as HTTP writes it.
fn http(request: &SignedRequest) -> Vec<u8> {
    let mut head = format!("{} {} HTTP/1.1\r\nhost: localhost\r\n", request.method, request.path);
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    [head.as_bytes(), b"\r\n", &request.body].concat()
}

fn file(data: &tempfile::TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = data.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// What the doctor says of a message on this command line.
fn report(line: &str) -> Report {
    let args = args(line);
    let (message, kind) = args.message.read(args.signer.dialect).unwrap();
    let known = args.signer.known().unwrap();
    Report {
        diagnosis: known.diagnose(&message, kind, SystemClock.now()),
        bytes_to_sign: known.bytes_to_sign(&message, kind),
    }
}

fn report_on(request: &[u8], dialect: Dialect) -> Report {
    let data = data(Dialect::ALL);
    let path = file(&data, "request", request);
    let (path, data) = (path.display(), data.path().display());
    report(&format!("--dialect {} --data {data} --request {path}", dialect.word()))
}

/// Proves that what our own client signs verifies in each dialect, as HTTP and as `farthing sign --json` prints it, and
/// that the bytes which are called the right ones are those that were signed.
#[test]
fn what_is_signed_well_verifies() {
    for dialect in Dialect::ALL {
        let request = signed(*dialect);
        let headers: serde_json::Map<String, Value> =
            request.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let printed = json!({
            "method": request.method, "url": request.url, "headers": headers,
            "body": String::from_utf8_lossy(&request.body),
        });
        for bytes in [http(&request), printed.to_string().into_bytes()] {
            let report = report_on(&bytes, *dialect);
            assert!(report.verifies(), "{dialect:?}: {}", report.text());
            assert_eq!(report.bytes_to_sign.as_ref(), Some(&request.bytes_to_sign), "{dialect:?}");
            assert_eq!(report.json()["verifies"], json!(true));
        }
    }
}

/// Proves that mistakes of three kinds are named, in the text and for programs: another body than was signed, a signature
/// that was not escaped, and another client's key.
#[test]
fn mistakes_are_named() {
    let request = signed(Dialect::Antom);
    let code = |report: &Report| report.json()["findings"][0]["code"].as_str().unwrap().to_owned();

    let respaced = SignedRequest { body: br#"{"paymentId":"1"}"#.to_vec(), ..request.clone() };
    let report = report_on(&http(&respaced), Dialect::Antom);
    assert_eq!(code(&report), Mistake::BodySpaced.code());
    assert!(
        report.text().contains("The signature is over a copy of the JSON with a blank"),
        "{}",
        report.text()
    );
    assert!(report.text().contains(r#"{"paymentId":"1"}"#), "the right bytes are shown: {}", report.text());
    assert_eq!(report.json()["is_proved"], json!(true));

    let mut unescaped = request.clone();
    for (_name, value) in &mut unescaped.headers {
        *value = value.replace("%2B", "+").replace("%2F", "/").replace("%3D", "=");
    }
    assert_eq!(code(&report_on(&http(&unescaped), Dialect::Antom)), Mistake::SignatureNotUrlEncoded.code());

    let mut hashed_otherwise = request.clone();
    let signature = keys().0.sign(Algorithm::RsaSha1, &request.bytes_to_sign);
    let client_id = &profile(Dialect::Antom).client_id;
    let time = &request.headers.iter().find(|(name, _value)| *name == "request-time").unwrap().1;
    hashed_otherwise.headers =
        farthing_dialect_antom::signed::attach_to_request(client_id, time, "1", &signature);
    assert_eq!(
        code(&report_on(&http(&hashed_otherwise), Dialect::Antom)),
        Mistake::Sha1InsteadOfSha256.code()
    );
}

/// Proves that a message in parts, and one judged by a public key alone without any data directory, is the same message.
#[test]
fn parts_and_flags_say_the_same_as_files() {
    let (data, request) = (data(&[]), signed(Dialect::AlipayHk));
    let key = file(&data, "key", keys().0.public_key().to_spki_base64().as_bytes());
    let body = file(&data, "body", &request.body);
    let (body, key, data) = (body.display(), key.display(), data.path().display());
    let line = format!("--dialect alipayhk --data {data} --body {body} --client-public-key {key}");
    assert!(report(&line).verifies(), "{}", report(&line).text());

    let args = args(&format!("--data {data} --body {body}"));
    let refused = args.message.read(args.signer.dialect).unwrap_err().to_string();
    assert!(refused.contains("--target"), "{refused}");
}

/// Proves that an answer and a notification are held against the gateway's key, whatever version they name.
#[test]
fn what_the_gateway_signed_is_held_against_its_key() {
    use farthing_dialect_antom::signed;
    let data = data(Dialect::ALL);
    let data_path = data.path().display();
    let (path, id, time, body) = ("/v1/payments/pay", "C-antom", "2026-11-23T12:00:00+08:00", b"{}");
    let signature =
        keys().1.sign(Algorithm::RsaSha256, &signed::bytes_to_sign_reply("POST", path, id, time, body));
    let mut reply = "HTTP/1.1 200 OK\n".to_owned();
    for (name, value) in signed::attach_to_reply(id, time, "7", &signature) {
        reply.push_str(&format!("{name}: {value}\n"));
    }
    let file = file(&data, "reply", format!("{reply}\n{{}}").as_bytes());
    let line = |target: &str| format!("--data {data_path} --reply {} --target {target}", file.display());
    assert!(report(&line(path)).verifies(), "{}", report(&line(path)).text());
    assert!(!report(&line("/v1/payments/refund")).verifies());
}

#[test]
fn a_key_that_is_not_known_is_asked_for() {
    let data = data(&[]);
    let request = file(&data, "request", &http(&signed(Dialect::Antom)));
    let args = args(&format!("--data {} --request {}", data.path().display(), request.display()));
    let refused = run(&args).unwrap_err();
    assert!(refused.is::<exit::Usage>() && refused.to_string().contains("--client-public-key"), "{refused}");
}

/// Proves that the text of a key is looked at for the use that is named.
#[test]
fn a_key_is_looked_at_alone() {
    let public = keys().0.public_key().to_spki_base64();
    let well = diagnose_key(&public, KeyUse::Public);
    assert_eq!(key_json(&well)["is_usable"], json!(true));
    let wrong = diagnose_key(&public, KeyUse::Private);
    assert_eq!(key_json(&wrong)["findings"][0]["code"], json!("public-in-place-of-private"));
    assert!(key_text(&wrong).contains("does not take it"), "{}", key_text(&wrong));
    assert!(!key_text(&wrong).contains(&public[..40]), "no key is printed");
}

#[test]
fn wrong_usage_is_refused() {
    for line in
        ["", "--key k", "--use public", "--request a --reply b", "--header A:b", "--body b --header A"]
    {
        let words = ["farthing", "doctor"].into_iter().chain(line.split_whitespace());
        assert!(Cli::try_parse_from(words).is_err(), "{line:?} was taken");
    }
}
