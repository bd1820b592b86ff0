//! `farthing dev` as scripts rely on it: its ready line, its files, its lock and its end.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::process::{Notified, Sandbox, text};
use serde_json::Value;

fn read_json(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn rights(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn is_address(value: &Value, scheme: &str) -> bool {
    let port = value.as_str().and_then(|url| url.strip_prefix(scheme)?.strip_prefix("://127.0.0.1:"));
    port.and_then(|port| port.parse::<u16>().ok()).is_some_and(|port| port != 0)
}

/// The ready line, run.json, the SDK file, the authority's certificate and the admin token are there before the first
/// request, readable by their owner only where they are secret; SIGTERM ends it with 0 and takes run.json back.
#[test]
fn a_sandbox_says_how_it_is_reached_and_ends_when_told() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let ready = sandbox.ready.clone();
    let mut names: Vec<_> = ready.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["admin", "api", "ms", "ready", "tls"]);
    assert_eq!(ready["ready"], true);
    assert!(
        is_address(&ready["api"], "http")
            && is_address(&ready["tls"], "https")
            && is_address(&ready["admin"], "http")
    );
    assert!(ready["ms"].is_u64());

    let run_file = directory.path().join("run.json");
    let run = read_json(&run_file);
    assert_eq!(run["pid"], sandbox.pid());
    for name in ["api", "tls", "admin"] {
        assert_eq!(run[name], ready[name], "{name}");
    }
    let token_file = Path::new(run["token_file"].as_str().unwrap());
    assert!(token_file.is_absolute() && std::fs::read_to_string(token_file).unwrap().trim().len() >= 32);
    assert_eq!((rights(&run_file), rights(token_file)), (0o600, 0o600));
    assert_eq!(directory.path().join("dev/admin-token"), token_file);

    let profile_file = directory.path().join("dev/antom.json");
    let profile = read_json(&profile_file);
    assert_eq!(rights(&profile_file), 0o600, "a private key is in it");
    for name in [
        "accessToken",
        "apiUrl",
        "clientId",
        "currency",
        "gatewayPublicKey",
        "merchantId",
        "merchantPrivateKey",
        "paymentMethodType",
        "tlsUrl",
    ] {
        assert!(profile[name].as_str().is_some_and(|value| !value.is_empty()), "{name}");
    }
    assert_eq!((&profile["apiUrl"], &profile["tlsUrl"]), (&ready["api"], &ready["tls"]));
    let authority = std::fs::read_to_string(directory.path().join("dev/ca.pem")).unwrap();
    assert!(authority.starts_with("-----BEGIN CERTIFICATE-----"), "{authority}");
    assert!(!authority.contains("PRIVATE"));

    assert_eq!(sandbox.terminate().code(), Some(0));
    assert!(!run_file.exists(), "a run file names a process that runs");
}

/// The vendor's SDKs speak TLS only; the certificate holds for the names they use.
#[tokio::test]
async fn a_payment_is_made_over_tls_with_the_local_authority() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let root_pem = Some(std::fs::read(directory.path().join("dev/ca.pem")).unwrap());
    let settings = farthing_client::ClientSettings { root_pem, ..farthing_client::ClientSettings::default() };
    let mut profile = sandbox.profile();
    let tls_url = profile.tls_url.clone().unwrap();
    for url in [tls_url.clone(), tls_url.replace("127.0.0.1", "localhost")] {
        profile.api_url.clone_from(&url);
        let client = farthing_client::DialectClient::new(&profile, settings.clone()).unwrap();
        let fields = serde_json::json!({"paymentRequestId": "order-1"});
        let now = farthing_core::time::Timestamp::from_ms(0);
        let answer =
            client.call(farthing_dialect_antom::endpoint::Operation::InquiryPayment, &fields, now).await;
        assert_eq!(answer.unwrap().reply.result_code, "ORDER_NOT_EXIST", "{url}");
    }
    let untrusting =
        farthing_client::DialectClient::new(&profile, farthing_client::ClientSettings::default()).unwrap();
    let fields = serde_json::json!({"paymentRequestId": "order-1"});
    let now = farthing_core::time::Timestamp::from_ms(0);
    let refused =
        untrusting.call(farthing_dialect_antom::endpoint::Operation::InquiryPayment, &fields, now).await;
    assert!(refused.is_err(), "nobody else's authority vouches for it");
}

/// Two processes that write one directory would each believe to be the only one.
#[test]
fn a_second_process_on_a_directory_is_told_which_is_the_first() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let refused = Sandbox::fails_to_start(directory.path());
    assert_eq!(refused.status.code(), Some(1));
    assert!(refused.stdout.is_empty());
    let told = String::from_utf8_lossy(&refused.stderr);
    assert!(told.contains(&format!("in use by process {}", sandbox.pid())), "{told}");
    assert_eq!(
        read_json(&directory.path().join("run.json"))["pid"],
        sandbox.pid(),
        "the first one's file stays"
    );
}

/// A script that was set up once goes on working after a restart, also when the sandbox was killed.
#[tokio::test]
async fn a_restart_keeps_clients_keys_tokens_and_payments() {
    let directory = tempfile::tempdir().unwrap();
    let notified = Notified::start();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let before = sandbox.profile();
    let paid = sandbox.merchant().pay("order-1", &notified.url()).await.unwrap();
    let token = std::fs::read_to_string(directory.path().join("dev/admin-token")).unwrap();
    sandbox.kill();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let after = sandbox.profile();
    assert_eq!(before.client_id, after.client_id);
    assert_eq!(before.merchant_private_key, after.merchant_private_key);
    assert_eq!(before.gateway_public_key, after.gateway_public_key);
    assert_eq!(before.access_token, after.access_token);
    assert_eq!(std::fs::read_to_string(directory.path().join("dev/admin-token")).unwrap(), token);
    let repeated = sandbox.merchant().pay("order-1", &notified.url()).await.unwrap();
    assert_eq!(repeated.response.body, paid.response.body, "to the byte, as it was answered before");
}

/// The same seed gives the same ids and times on fresh directories; another one gives others.
#[tokio::test]
async fn a_seed_makes_ids_and_times_repeatable() {
    let first_payment = async |seed: &str| {
        let directory = tempfile::tempdir().unwrap();
        let sandbox = Sandbox::start(directory.path(), &["--seed", seed]);
        let paid = sandbox.merchant().pay("order-1", "").await.unwrap();
        (text(&paid, "paymentId"), text(&paid, "paymentTime"), sandbox.profile().access_token)
    };
    let seven = first_payment("7").await;
    assert_eq!(seven, first_payment("7").await);
    assert_ne!(seven.0, first_payment("8").await.0);
}

/// A world whose clock stands still and whose ids come from a seed must not make an id twice after a restart.
#[tokio::test]
async fn a_seeded_sandbox_goes_on_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let mut ids = Vec::new();
    for run in 0..3 {
        let sandbox = Sandbox::start(directory.path(), &["--seed", "7"]);
        let merchant = sandbox.merchant();
        for number in 0..10 {
            let paid = merchant.pay(&format!("run{run}-{number}"), "").await.unwrap();
            assert_eq!(paid.reply.result_code, "SUCCESS", "run {run}: {:?}\n{}", paid.reply, sandbox.log());
            ids.push(text(&paid, "paymentId"));
        }
        assert_eq!(sandbox.terminate().code(), Some(0));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 30);
}

/// What was begun is finished: a payment whose answer is held back is still answered after SIGTERM.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_waits_for_what_was_begun() {
    let directory = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::start(directory.path(), &[]);
    let merchant = sandbox.merchant();
    merchant.pay("order-0", "").await.unwrap();
    let paying = tokio::spawn(async move { merchant.pay("order-1~SUCCESS@3s", "").await });
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    let ended = tokio::task::spawn_blocking(move || sandbox.terminate()).await.unwrap();
    assert_eq!(ended.code(), Some(0));
    assert_eq!(paying.await.unwrap().unwrap().reply.result_code, "SUCCESS");
}
