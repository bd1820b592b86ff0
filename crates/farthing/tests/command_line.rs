//! The binary as a script sees it: exit codes, standard output and standard error.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use farthing_client::fake_gateway::{FakeAnswer, FakeGateway, Received};
use farthing_core::reason::Reason;
use farthing_core::rows::ClientSettings;
use farthing_core::samples;
use farthing_crypto::PrivateKey;
use farthing_dialect_antom::codes::Table;
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::reply::{PayView, encode_cancel, encode_pay, encode_reason};
use serde_json::{Value, json};

/// A data directory with a demo client whose gateway is a fake one.
struct Fixture {
    data: tempfile::TempDir,
    gateway: FakeGateway,
}

/// One pair of keys for all tests: making keys is slow.
fn keys() -> &'static (String, String) {
    static KEYS: OnceLock<(String, String)> = OnceLock::new();
    KEYS.get_or_init(|| (PrivateKey::generate().to_pkcs8_base64(), PrivateKey::generate().to_pkcs8_base64()))
}

impl Fixture {
    fn new(answer: impl Fn(&Received) -> FakeAnswer + Send + Sync + 'static) -> Self {
        let gateway_key = PrivateKey::parse(&keys().1).unwrap();
        let gateway_public_key = gateway_key.public_key().to_spki_base64();
        let gateway = FakeGateway::start(gateway_key, answer);
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("dev")).unwrap();
        let profile = json!({
            "clientId": "SANDBOX_1", "merchantId": "M1", "merchantPrivateKey": keys().0,
            "gatewayPublicKey": gateway_public_key, "apiUrl": gateway.url(),
            "accessToken": "TOKEN", "currency": "HKD", "paymentMethodType": "ALIPAY_HK",
        });
        std::fs::write(data.path().join("dev/antom.json"), profile.to_string()).unwrap();
        Self { data, gateway }
    }

    fn signed(body: Vec<u8>) -> Self {
        Self::new(move |_request| FakeAnswer::Signed(body.clone()))
    }

    fn run(&self, line: &str) -> Ran {
        let words: Vec<&str> = line.split_whitespace().collect();
        farthing(&[&words[..], &["--data", &self.data.path().display().to_string()]].concat())
    }
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().expect("it was not killed"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn command(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_farthing"));
    for name in ["FARTHING_DATA", "FARTHING_ADMIN_TOKEN_FILE", "FARTHING_TOKEN", "FARTHING_LOG"] {
        command.env_remove(name);
    }
    command.args(words).stdin(Stdio::null());
    command
}

fn farthing(words: &[&str]) -> Ran {
    command(words).output().unwrap().into()
}

fn paid() -> Vec<u8> {
    let payment = samples::paid_payment();
    let settings = ClientSettings::default();
    let view = PayView {
        payment: &payment,
        details: None,
        card_token: None,
        redirect_url: None,
        payer: None,
        settings: &settings,
    };
    encode_pay(Edition::Antom, &view)
}

#[test]
fn an_answer_s_ends_with_0_and_prints_the_result() {
    let fixture = Fixture::signed(paid());
    let ran = fixture.run("pay --amount 12.34 --request-id order-1");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.starts_with("pay: S SUCCESS"), "{}", ran.stdout);
    assert!(ran.stdout.contains("100.00 HKD"), "{}", ran.stdout);
    assert_eq!(ran.stderr, "");
    let received = fixture.gateway.received().pop().unwrap();
    let body: Value = serde_json::from_slice(&received.body).unwrap();
    assert_eq!(body["paymentRequestId"], json!("order-1"));
    assert_eq!(body["paymentAmount"], json!({"currency": "HKD", "value": "1234"}));
    assert_eq!(received.target, "/ams/sandbox/api/v1/payments/pay");
}

#[test]
fn an_answer_f_ends_with_3_and_an_answer_u_with_4_and_advice() {
    let refused = Fixture::signed(encode_reason(Edition::Antom, Table::Pay, Reason::BalanceNotEnough));
    let ran = refused.run("pay --amount 1 --json");
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let object: Value = serde_json::from_str(&ran.stdout).expect("one JSON object and nothing else");
    assert_eq!(object["status"], json!("F"));
    assert_eq!(object["result_code"], json!("USER_BALANCE_NOT_ENOUGH"));
    assert_eq!(object["signature_verified"], json!(true));

    let open = Fixture::signed(encode_reason(Edition::Antom, Table::Pay, Reason::PaymentInProcess));
    let ran = open.run("pay --amount 1 --request-id order-1");
    assert_eq!(ran.code, 4);
    assert!(ran.stdout.starts_with("pay: U PAYMENT_IN_PROCESS"), "{}", ran.stdout);
    assert!(ran.stderr.contains("farthing inquire --request-id order-1"), "{}", ran.stderr);
}

/// A script must not take a lost answer for a failure: the money may have moved.
#[test]
fn a_lost_answer_is_u_and_says_to_inquire() {
    for answer in [FakeAnswer::Silence(Duration::from_secs(3)), FakeAnswer::Raw(Vec::new())] {
        let fixture = Fixture::new(move |_request| answer.clone());
        let ran = fixture.run("pay --amount 1 --request-id order-1 --timeout 300ms --json");
        assert_eq!(ran.code, 4, "{}", ran.stderr);
        assert!(ran.stderr.contains("farthing inquire --request-id order-1"), "{}", ran.stderr);
        let object: Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&object["status"], &object["request_id"]), (&json!("U"), &json!("order-1")));
    }
}

#[test]
fn an_answer_that_is_not_signed_is_not_believed() {
    let fixture = Fixture::new(|_request| FakeAnswer::Plain(200, "application/json", paid()));
    let ran = fixture.run("pay --amount 1 -v");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is not signed, so it is not believed"), "{}", ran.stderr);
    // The exchange is shown all the same, for whoever looks for the reason.
    assert!(ran.stdout.contains("< HTTP 200") && ran.stdout.contains("> POST "), "{}", ran.stdout);
    let ran = fixture.run("pay --amount 1 --json");
    let object: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &object["status"]), (1, &Value::Null));
}

#[test]
fn where_nobody_answers_it_says_what_to_start() {
    let fixture = Fixture::signed(Vec::new());
    let run =
        json!({"pid": 1, "api": "http://127.0.0.1:1", "admin": "http://127.0.0.1:1", "token_file": "t"});
    std::fs::write(fixture.data.path().join("run.json"), run.to_string()).unwrap();
    let ran = fixture.run("inquire --request-id order-1");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("farthing dev --data"), "{}", ran.stderr);
    let ran = farthing(&["pay", "--amount", "1", "--data", "/nonexistent"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("there is no demo client in /nonexistent"), "{}", ran.stderr);
}

/// Wrong usage is noticed before anything is sent.
#[test]
fn wrong_usage_ends_with_2_and_sends_nothing() {
    let fixture = Fixture::signed(paid());
    for (line, said) in [
        ("pay --amount 12.345", "12.345 has more decimals than HKD has"),
        (
            "pay --amount 1 --field order.orderDescripton=x",
            "pay has no field order.orderDescripton; there are:",
        ),
        ("pay --amount 1 --field order=x", "must be JSON"),
        ("pay --amount 1 --field order", "sets no field"),
        ("pay --amount 1 --currency hkd", "ISO 4217"),
        ("pay --amount 1 --timeout 0s", "more than nothing"),
        ("cancel", "PAYMENT_ID"),
    ] {
        let ran = fixture.run(line);
        assert_eq!(ran.code, 2, "{line}: {}", ran.stderr);
        assert!(ran.stderr.contains(said), "{line}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{line}");
    }
    assert!(fixture.gateway.received().is_empty());
}

/// A body of one's own goes out byte for byte, whatever it is, so that a gateway's answer to it can be seen.
#[test]
fn a_body_of_ones_own_is_sent_as_it_is() {
    let fixture = Fixture::signed(encode_reason(Edition::Antom, Table::Cancel, Reason::ParameterIllegal));
    let file = fixture.data.path().join("body");
    std::fs::write(&file, "{\"paymentId\" : \n 1,,").unwrap();
    let path = file.display().to_string();
    assert_eq!(fixture.run(&format!("cancel --body {path}")).code, 3);
    assert_eq!(fixture.gateway.received().pop().unwrap().body, b"{\"paymentId\" : \n 1,,");

    let ran = fixture.run(&format!("cancel --body {path} --field paymentId=2"));
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("is no JSON, so no field of it can be set"), "{}", ran.stderr);
    std::fs::write(&file, "{\"unknown\": 1}").unwrap();
    assert_eq!(fixture.run(&format!("cancel --body {path} --field paymentId=2")).code, 3);
    let sent: Value = serde_json::from_slice(&fixture.gateway.received().pop().unwrap().body).unwrap();
    assert_eq!(sent, json!({"unknown": 1, "paymentId": "2"}));
}

/// All that is needed can come from flags, without any data directory.
#[test]
fn flags_alone_say_who_speaks_to_whom() {
    let fixture = Fixture::signed(encode_cancel(&samples::cancelled_payment()));
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(directory.path().join(name), text).unwrap();
        directory.path().join(name).display().to_string()
    };
    let private_key = write("private", &keys().0);
    let gateway_key = write("gateway", &PrivateKey::parse(&keys().1).unwrap().public_key().to_spki_pem());
    let words = [
        "cancel",
        "1",
        "--data",
        "/nonexistent",
        "--url",
        fixture.gateway.url(),
        "--client-id",
        "C9",
        "--private-key",
        &private_key,
        "--gateway-key",
        &gateway_key,
        "--key-version",
        "7",
    ];
    let ran = farthing(&words);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let received = fixture.gateway.received().pop().unwrap();
    assert_eq!(received.target, "/ams/api/v1/payments/cancel");
    assert_eq!(received.header("client-id"), Some("C9"));
    assert!(received.header("signature").unwrap().contains("keyVersion=7,"));
}

#[test]
fn the_admin_api_is_reached_by_its_address_and_token() {
    let wallets = r#"{"items":[{"wallet_id":"W1","user_id":"U1","method":"ALIPAY_HK","currency":"HKD","balance_minor":1234,"world_id":"main"}],"next":"W1"}"#;
    let fixture = Fixture::new(|request| match request.header("authorization") {
        Some("Bearer tok") => FakeAnswer::Plain(200, "application/json", wallets.as_bytes().to_vec()),
        _ => FakeAnswer::Plain(
            401,
            "application/problem+json",
            br#"{"title":"A token is needed","reason":"token_wrong"}"#.to_vec(),
        ),
    });
    let token = fixture.data.path().join("token");
    std::fs::write(&token, "tok\n").unwrap();
    let url = fixture.gateway.url();
    let ran = fixture.run(&format!("wallet list --limit 1 --admin {url} --token-file {}", token.display()));
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(ran.stdout, "wallet\tuser\tmethod\tbalance\tworld\nW1\tU1\tALIPAY_HK\t12.34 HKD\tmain\n");
    assert_eq!(ran.stderr, "there is more: add --after W1\n");
    assert_eq!(fixture.gateway.received().pop().unwrap().target, "/admin/v1/wallets?limit=1");

    std::fs::write(&token, "other").unwrap();
    let ran = fixture.run(&format!("wallet list --admin {url} --token-file {}", token.display()));
    assert_eq!(ran.code, 1);
    assert_eq!(ran.stderr, "error: A token is needed (token_wrong, HTTP 401); check the token file\n");
    assert_eq!(fixture.run(&format!("wallet list --admin {url}")).code, 2);
    // Nobody runs on this directory, and nobody ever has.
    let ran = fixture.run("wallet list");
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("farthing dev --data"), "{}", ran.stderr);
}

/// `farthing ... | head -0` must not panic.
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child =
        command(&["completions", "bash"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::from(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
}

#[test]
fn version_completions_and_help_go_to_standard_output() {
    assert_eq!(farthing(&["--version"]).stdout, format!("farthing {}\n", env!("CARGO_PKG_VERSION")));
    for shell in ["bash", "zsh", "fish"] {
        assert!(farthing(&["completions", shell]).stdout.contains("inquire-refund"), "{shell}");
    }
    assert_eq!(farthing(&["--help"]).code, 0);
    assert_eq!(farthing(&[]).code, 2);
}

#[test]
fn verify_without_books_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let ran = farthing(&["verify", "--data", &path_text(directory.path())]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("there are no books in"), "{}", ran.stderr);
}

fn path_text(path: &Path) -> String {
    path.display().to_string()
}
