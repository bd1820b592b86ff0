//! A sandbox that is killed under load, again and again: what was answered S is there, once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::process::{Merchant, Notified, PATIENCE, Sandbox, run_on, text};
use serde_json::Value;

const CONNECTIONS: usize = 6;
/// No round makes more payments than this, however slowly it is killed.
const PAYMENTS_PER_CONNECTION_MAX: usize = 400;
/// How long after the first answers each kill comes: early, late and in between.
const KILL_AFTER_MS: [u64; 5] = [3, 240, 61, 577, 128];
/// What the demo wallet holds at first, and what each payment takes, smallest units.
const FUNDED_MINOR: usize = 100_000_000;
const EACH_MINOR: usize = 100;

/// What one round of paying came to: request ids with the payment's id, where there was an answer.
type Told = BTreeMap<String, Option<String>>;

async fn pay_until_killed(
    merchant: Arc<Merchant>,
    name: String,
    url: String,
    answered: Arc<AtomicUsize>,
) -> Told {
    let mut told = Told::new();
    for number in 0..PAYMENTS_PER_CONNECTION_MAX {
        let request_id = format!("{name}-{number}");
        match merchant.pay(&request_id, &url).await {
            Ok(paid) => {
                assert_eq!(paid.reply.result_code, "SUCCESS", "{:?}", paid.reply);
                told.insert(request_id, Some(text(&paid, "paymentId")));
                answered.fetch_add(1, Ordering::Relaxed);
            }
            Err(_killed) => {
                told.insert(request_id, None);
                break;
            }
        }
    }
    told
}

/// Loads the sandbox from several connections, and kills it in the middle.
async fn kill_under_load(sandbox: Sandbox, round: usize, url: &str) -> Told {
    let (merchant, answered) = (Arc::new(sandbox.merchant()), Arc::new(AtomicUsize::new(0)));
    let paying: Vec<_> = (0..CONNECTIONS)
        .map(|connection| {
            let name = format!("round{round}-{connection}");
            tokio::spawn(pay_until_killed(merchant.clone(), name, url.to_owned(), answered.clone()))
        })
        .collect();
    let deadline = Instant::now() + PATIENCE;
    while answered.load(Ordering::Relaxed) < CONNECTIONS {
        assert!(Instant::now() < deadline, "no payment is answered: {}", sandbox.log());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_millis(KILL_AFTER_MS[round])).await;
    sandbox.kill();
    let mut told = Told::new();
    for one in paying {
        told.extend(one.await.unwrap());
    }
    told
}

/// Every payment that was answered S is there under the same id. A repeat of each that was not answered is S.
async fn settle(merchant: &Merchant, url: &str, told: &mut Told) {
    for (request_id, payment_id) in told {
        match payment_id {
            Some(payment_id) => {
                let found = merchant.inquire(request_id).await;
                assert_eq!(
                    found.reply.body.get("paymentStatus"),
                    Some(&Value::from("SUCCESS")),
                    "{request_id}"
                );
                assert_eq!(text(&found, "paymentId"), *payment_id);
            }
            None => {
                let repeated = merchant.pay(request_id, url).await.unwrap();
                assert_eq!(repeated.reply.result_code, "SUCCESS", "{:?}", repeated.reply);
                *payment_id = Some(text(&repeated, "paymentId"));
            }
        }
    }
}

fn proves_the_books(sandbox: &Sandbox) {
    let verified = sandbox.run(&["verify", "--json"]);
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
}

/// Five times killed under load. Beside the payments themselves: the books fit right after the kill, before anybody
/// repaired anything, and beside the running gateway; the wallet has paid each payment once; every notification
/// arrives, also those that were on their way when the sandbox died.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_a_kill_under_load_once() {
    let directory = tempfile::tempdir().unwrap();
    let notified = Notified::start();
    let mut all = Told::new();
    for round in 0..KILL_AFTER_MS.len() {
        let sandbox = Sandbox::start(directory.path(), &[]);
        let mut told = kill_under_load(sandbox, round, &notified.url()).await;
        let verified = run_on(directory.path(), &["verify", "--json"]);
        assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
        let sandbox = Sandbox::start(directory.path(), &[]);
        settle(&sandbox.merchant(), &notified.url(), &mut told).await;
        all.extend(told);
        sandbox.kill();
    }
    let sandbox = Sandbox::start(directory.path(), &[]);
    settle(&sandbox.merchant(), &notified.url(), &mut all).await;
    proves_the_books(&sandbox);

    let wallet = sandbox.run(&["wallet", "list", "--json"]);
    let wallet: Value = serde_json::from_slice(&wallet.stdout).unwrap();
    let left = FUNDED_MINOR - all.len() * EACH_MINOR;
    assert!(wallet.to_string().contains(&format!("{left}")), "{left} should be left: {wallet}");

    let deadline = Instant::now() + PATIENCE;
    loop {
        let heard = notified.request_ids();
        let missing: Vec<_> = all.keys().filter(|id| !heard.contains(id)).collect();
        if missing.is_empty() {
            break;
        }
        assert!(Instant::now() < deadline, "{} notifications are missing: {missing:?}", missing.len());
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(sandbox.terminate().code(), Some(0));
    let verified = run_on(directory.path(), &["verify"]);
    assert_eq!(verified.status.code(), Some(0), "{}", String::from_utf8_lossy(&verified.stdout));
}
