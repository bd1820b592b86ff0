//! A whole story in four dialects against a gateway that logs all it can, and then a search of every byte that it has left
//! behind for the secrets that were used: keys, tokens, codes, cards and their CVVs.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::needles::{Needle, Search, files_under};
use crate::process::{Notified, Sandbox, farthing};

/// A card of the documentation, one that is no card, and one that is too long: each is typed somewhere.
const CARDS: [&str; 3] = ["4054695723100768", "4054695723100769", "40546957231007684054695723100768"];
/// A CVV that is one, and one that is too long to be found by chance.
const CVV: &str = "8642";
const LONG_CVV: &str = "86420975310";
/// What somebody gives for a token who has none.
const FOREIGN_TOKEN: &str = "foreign-token-5f0d2c7a91be";
/// What a user of the story logs in with; erased at the end.
const LOGIN: &str = "wilhelmina.quartermain@mail.example";

/// What a command printed as JSON; `None` when it printed none.
fn told(sandbox: &Sandbox, line: &str) -> Option<Value> {
    let words: Vec<&str> = line.split_whitespace().chain(["--json"]).collect();
    serde_json::from_slice(&sandbox.run(&words).stdout).ok()
}

/// The reply of a call that must come back signed.
fn reply(sandbox: &Sandbox, line: &str) -> Value {
    let told = told(sandbox, line).unwrap_or_else(|| panic!("{line}: nothing came back"));
    assert_eq!(told["signature_verified"], true, "{line}: {told}");
    told["reply"].clone()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("no {pointer} in {value}"))
}

/// The secrets that the story used, as it goes.
#[derive(Default)]
struct Secrets(Vec<Needle>);

impl Secrets {
    fn note(&mut self, name: &str, secret: &str) {
        assert!(!secret.is_empty(), "{name} is empty");
        self.0.push(Needle::text(name, secret));
    }

    /// The secret part of a private key: of RSA what follows the modulus, of a curve the number. The rest is public.
    fn note_key(&mut self, name: &str, pem: &str) {
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body).unwrap_or_else(|error| panic!("{name}: {error}"));
        let secret = if der.len() > 1_000 { &der[330..] } else { &der[36..68] };
        // Pieces, because a part of a key is a leak, too.
        for piece in secret.chunks(24).filter(|piece| piece.len() == 24) {
            self.0.push(Needle::bytes(name, piece));
        }
    }
}

/// What lies in the files that are meant to hold secrets.
fn note_files(sandbox: &Sandbox, secrets: &mut Secrets) {
    for file in
        files_under(&sandbox.data.join("keys")).into_iter().chain(files_under(&sandbox.data.join("dev")))
    {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let content = std::fs::read_to_string(&file).unwrap();
        match name.as_str() {
            "vault.key" => {
                secrets.0.push(Needle::bytes("the vault's secret", &STANDARD.decode(content.trim()).unwrap()))
            }
            "admin-token" => secrets.note("the admin token", content.trim()),
            _ if content.contains("PRIVATE KEY") => secrets.note_key(&name, &content),
            _ if name.ends_with(".json") => {
                let value: Value = serde_json::from_str(&content).unwrap();
                if let Some(token) = value["accessToken"].as_str() {
                    secrets.note(&format!("the access token of {name}"), token);
                }
                if let Some(key) = value["merchantPrivateKey"].as_str() {
                    secrets.note_key(&format!("the merchant's key of {name}"), key);
                }
            }
            _ => {}
        }
    }
}

/// An agreement from its request to its end; its code and tokens are noted.
fn agree(sandbox: &Sandbox, dialect: &str, notify_url: &str, secrets: &mut Secrets) {
    let agreement = if dialect == "alipayhk" { "--agreement-id story-agreement" } else { "" };
    told(
        sandbox,
        &format!(
            "consult --dialect {dialect} --auth-state state-{dialect} {agreement} --notify-url {notify_url}"
        ),
    );
    let pending = told(sandbox, "authorization list --state pending").unwrap();
    let id = text(&pending, "/items/0/authorization_id").to_owned();
    let approved = told(sandbox, &format!("authorization approve {id} --wallet W-DEMO-HKD")).unwrap();
    let code = text(&approved, "/auth_code").to_owned();
    secrets.note(&format!("the code of {dialect}"), &code);
    let mut tokens = reply(sandbox, &format!("apply-token {code} --dialect {dialect}"));
    for turn in ["first", "refreshed"] {
        let access = find(&tokens, "accessToken").unwrap_or_else(|| panic!("{dialect}: {tokens}"));
        secrets.note(&format!("the {turn} access token of {dialect}"), &access);
        let Some(refresh) = find(&tokens, "refreshToken") else { break };
        secrets.note(&format!("the {turn} refresh token of {dialect}"), &refresh);
        if turn == "first" {
            tokens = reply(sandbox, &format!("apply-token --refresh-token {refresh} --dialect {dialect}"));
        }
    }
    let access = find(&tokens, "accessToken").unwrap();
    reply(
        sandbox,
        &format!("pay --amount 2.00 --token {access} --dialect {dialect} --notify-url {notify_url}"),
    );
    reply(sandbox, &format!("revoke {access} --dialect {dialect}"));
    told(sandbox, &format!("pay --amount 2.00 --token {access} --dialect {dialect}"));
    told(sandbox, &format!("apply-token {code} --dialect {dialect}"));
}

/// The text of a member, wherever it stands.
fn find(value: &Value, name: &str) -> Option<String> {
    match value {
        Value::Object(members) => members.iter().find_map(|(member, inside)| match inside {
            Value::String(text) if member == name && !text.is_empty() => Some(text.clone()),
            inside => find(inside, name),
        }),
        Value::Array(items) => items.iter().find_map(|item| find(item, name)),
        _ => None,
    }
}

fn pay_by_cards(sandbox: &Sandbox, notify_url: &str, secrets: &mut Secrets) {
    for (dialect, how) in [("antom", "--cashier"), ("alphapay", "--scenario CREDIT_CARD")] {
        for card in CARDS {
            for cvv in [CVV, LONG_CVV] {
                let line = format!(
                    "pay {how} --amount 7.00 --card {card} --cvv {cvv} --expiry 11/47 --keep-card --dialect {dialect} --notify-url {notify_url}"
                );
                if let Some(token) = told(sandbox, &line).as_ref().and_then(card_token) {
                    secrets.note(&format!("the token of a card kept in {dialect}"), &token);
                    told(
                        sandbox,
                        &format!("pay {how} --amount 1.00 --card-token {token} --dialect {dialect}"),
                    );
                }
            }
        }
        told(
            sandbox,
            &format!("pay {how} --amount 7.00 --card {} --cvv {CVV} --3ds --dialect {dialect}", CARDS[0]),
        );
    }
    for card in CARDS {
        secrets.note("a card number", card);
    }
    secrets.note("a CVV", LONG_CVV);
    for written in [
        format!("\"cvv\":\"{CVV}\""),
        format!("\\\"cvv\\\":\\\"{CVV}\\\""),
        format!("cvv={CVV}"),
        format!("cvv: \"{CVV}\""),
    ] {
        secrets.note("a CVV", &written);
    }
}

fn card_token(told: &Value) -> Option<String> {
    find(&told["reply"], "cardToken").or_else(|| find(&told["reply"], "cardId"))
}

/// What people do with an admin token, and what those do who have none.
fn administer(sandbox: &Sandbox, secrets: &mut Secrets) {
    let pem = |bits: &str| {
        let made = std::process::Command::new("openssl").args(["genrsa", bits]).output().unwrap();
        String::from_utf8(made.stdout).unwrap()
    };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("imported.pem");
    std::fs::write(&file, pem("2048")).unwrap();
    let imported = std::fs::read_to_string(&file).unwrap();
    secrets.note_key("an imported key", &imported);
    told(sandbox, &format!("key import {}", file.display())).expect("the key is taken");
    told(sandbox, &format!("key import {}", file.display()));
    told(sandbox, "key generate").unwrap();
    told(sandbox, "key retire 1").unwrap();
    // Profiles name the key of the start, so the command line does not believe this answer; it is signed all the same.
    told(sandbox, "pay --amount 1.00");
    told(
        sandbox,
        &format!("wallet add W-story --user U-story --method ALIPAY_HK --currency HKD --login-id {LOGIN}"),
    );
    told(sandbox, "wallet set W-story --user-status frozen");
    for list in ["key", "client", "agreement", "authorization", "payment", "delivery"] {
        told(sandbox, &format!("{list} list")).unwrap();
    }
    secrets.note("somebody's wrong token", FOREIGN_TOKEN);
    let admin = text(&sandbox.ready, "/admin").trim_start_matches("http://").to_owned();
    let authorization = format!("Authorization: Bearer {FOREIGN_TOKEN}");
    speak(&admin, "GET /admin/v1/keys HTTP/1.1", &authorization, "");
    let half =
        r#"{"private_key": "-----BEGIN PRIVATE KEY-----\n"#.to_owned() + &imported.replace('\n', "\\n");
    let token = std::fs::read_to_string(sandbox.data.join("dev/admin-token")).unwrap();
    let authorization = format!("Authorization: Bearer {}", token.trim());
    for body in [half.clone(), half.replace("private_key", "privatekey") + "\"}", "[1]".to_owned()] {
        speak(&admin, "POST /admin/v1/keys/import HTTP/1.1", &authorization, &body);
    }
}

/// Calls whose signature is wrong, whose body is broken, or which are no calls, with secrets in them.
fn make_mistakes(sandbox: &Sandbox) {
    let profile: Value =
        serde_json::from_slice(&std::fs::read(sandbox.data.join("dev/antom.json")).unwrap()).unwrap();
    let (client, token) = (text(&profile, "/clientId"), text(&profile, "/accessToken"));
    let api = text(&sandbox.ready, "/api").trim_start_matches("http://").to_owned();
    let card = json!({"cardNo": CARDS[0], "cvv": LONG_CVV, "expiryMonth": "11", "expiryYear": "47"});
    let body = json!({
        "paymentRequestId": "mistaken", "paymentMethod": {"paymentMethodType": "CARD", "paymentMethodId": token, "paymentMethodMetaData": card},
    })
    .to_string();
    let headers = format!(
        "client-id: {client}\r\nrequest-time: 2026-11-23T12:00:00+08:00\r\nsignature: algorithm=RSA256,keyVersion=1,signature={token}\r\ncontent-type: application/json"
    );
    for path in [
        "/ams/api/v1/payments/pay",
        "/ams/sandbox/api/v1/payments/pay",
        "/aps/api/v1/payments/pay",
        "/gateway.do",
        "/nowhere",
    ] {
        for body in [body.as_str(), &body[..body.len() - 9], "\u{0}", ""] {
            speak(&api, &format!("POST {path} HTTP/1.1"), &headers, body);
        }
    }
    speak(&api, "NONSENSE", &headers, &body);
}

/// Sends bytes as they are and reads whatever comes back.
fn speak(address: &str, request_line: &str, headers: &str, body: &str) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let request = format!(
        "{request_line}\r\nhost: {address}\r\n{headers}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    // A gateway that hangs up on nonsense is right to.
    let _sent = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    let _read = stream.read_to_end(&mut answer);
}

/// The secrets found in the files outside `keys` and `dev`, which are meant to hold some, as `file: secret, how`.
fn search(data: &Path, secrets: &Secrets) -> Vec<String> {
    let search = Search::of(&secrets.0);
    let mut found = Vec::new();
    for file in files_under(data) {
        if file.starts_with(data.join("keys")) || file.starts_with(data.join("dev")) {
            continue;
        }
        let here = search.find_in(&std::fs::read(&file).unwrap());
        found.extend(here.iter().map(|what| format!("{}: {what}", file.display())));
    }
    found
}

#[test]
fn a_gateway_leaves_no_secret_behind_but_in_the_files_that_are_meant_to_hold_it() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start_keeping_output(directory.path(), &["--log", "trace"]);
    let mut secrets = Secrets::default();
    let notified = Notified::start_for_anything();
    let notify_url = notified.url();
    for dialect in ["antom", "alipay", "alipayhk"] {
        reply(&sandbox, &format!("pay --amount 5.00 --dialect {dialect} --notify-url {notify_url}"));
        agree(&sandbox, dialect, &notify_url, &mut secrets);
    }
    told(
        &sandbox,
        &format!("pay --amount 5.00 --dialect alphapay --scenario OFFLINE --notify-url {notify_url}"),
    );
    pay_by_cards(&sandbox, &notify_url, &mut secrets);
    administer(&sandbox, &mut secrets);
    for selector in ["pay:UNKNOWN_EXCEPTION", "payment:SUCCESS@1s", "notify:old-key"] {
        told(&sandbox, &format!("pay --amount 1.00 --request-id with~{selector} --notify-url {notify_url}"));
    }
    make_mistakes(&sandbox);
    assert_eq!(sandbox.run(&["verify"]).status.code(), Some(0));
    note_files(&sandbox, &mut secrets);
    assert!(secrets.0.len() > 150, "{} secrets", secrets.0.len());

    let whole_log = sandbox.log();
    assert!(whole_log.contains("TRACE") && whole_log.contains("refused"), "it logs all it can: {whole_log}");
    assert_eq!(
        search(&sandbox.data, &secrets),
        Vec::<String>::new(),
        "while it runs, the write-ahead log among it"
    );
    let data = sandbox.data.clone();
    assert!(sandbox.terminate().success());
    assert_eq!(search(&data, &secrets), Vec::<String>::new(), "after its end");

    // The positive control: the same search finds a secret in a file of a few megabytes, and in the database's own writing.
    let planted = text(
        &serde_json::from_slice(&std::fs::read(data.join("dev/antom.json")).unwrap()).unwrap(),
        "/accessToken",
    )
    .to_owned();
    std::fs::write(
        data.join("planted.bin"),
        [vec![7; 3_000_000], STANDARD.encode(format!("x{planted}")).into_bytes()].concat(),
    )
    .unwrap();
    assert!(!search(&data, &secrets).is_empty());
    std::fs::remove_file(data.join("planted.bin")).unwrap();

    let erased = farthing()
        .args(["wallet", "set", "W-story", "--user-status", "closed", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(erased.status.success(), "{erased:?}");
    let login = [Needle::text("the login", LOGIN)];
    let kept = |data: &Path| {
        let search = Search::of(&login);
        files_under(data).iter().any(|file| !search.find_in(&std::fs::read(file).unwrap()).is_empty())
    };
    assert!(kept(&data), "a login is kept until it is erased");
    let erased = farthing().args(["erase", "--user", "U-story", "--data"]).arg(&data).output().unwrap();
    assert!(erased.status.success(), "{erased:?}");
    assert!(!kept(&data), "the login is in no file any more");
    let verified = farthing().args(["verify", "--data"]).arg(&data).output().unwrap();
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
}
