//! How many durable payments a second the store takes, and how much processor time each costs.
//!
//! `cargo run --release -p farthing-store-sqlite --example bench_payments [DIR] [SECONDS] [SUBMITTERS,..]`
//!
//! Each payment is a request key, a payment, its details and a wallet's new balance, with one entry of the journal and
//! its two postings, over 10,000 wallets. Processor time is that of the whole process, submitters included.

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use farthing_core::decision::{Change, Decision, Rows, Rule};
use farthing_core::ids::{
    ClientId, Digest, JobId, MerchantId, PaymentId, RequestId, UserId, WalletId, WorldId,
};
use farthing_core::journal::{Account, Entry, Event, details_digest, transfer};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::Reason;
use farthing_core::rows::{
    EntryKind, Payment, PaymentDetails, PaymentState, Product, Record as _, RequestKey, RowKey, Wallet,
};
use farthing_core::time::Timestamp;
use farthing_store::{Answer, Select, Store, run};
use farthing_store_sqlite::{Schema, SqliteOptions, SqliteStore};

const WALLET_COUNT: u64 = 10_000;
const DOCUMENT: &str = include_str!("bench_payments.rs");

struct Pay {
    number: u64,
    request_id: String,
    wallet_id: String,
}

impl Pay {
    fn new(number: u64, chance: &RandomState) -> Self {
        let random = chance.hash_one(number);
        let request_id = format!("order-{random:016x}{:06}", number % 1_000_000);
        Self { number, request_id, wallet_id: format!("W{:08}", random % WALLET_COUNT) }
    }

    fn request_key(&self) -> RequestKey {
        RequestKey {
            merchant_id: MerchantId::new("M0000001"),
            operation: "pay".to_owned(),
            request_id: RequestId::new(self.request_id.clone()),
            target: digits(self.number),
        }
    }

    fn details(&self) -> PaymentDetails {
        PaymentDetails {
            merchant_id: MerchantId::new("M0000001"),
            payment_id: PaymentId::new(digits(self.number)),
            salt: vec![7; 16],
            document: DOCUMENT[..600].to_owned(),
        }
    }

    fn payment(&self) -> Payment {
        let details = self.details();
        let now = Timestamp::from_ms(1_700_000_000_000);
        Payment {
            merchant_id: details.merchant_id,
            payment_id: details.payment_id,
            request_id: RequestId::new(self.request_id.clone()),
            client_id: ClientId::new("SANDBOX_5X0000000001"),
            world_id: WorldId::new("main"),
            product: Product::AgreementPayment,
            method: "ALIPAY_HK".to_owned(),
            payer_fingerprint: None,
            currency: hkd(),
            amount_minor: 100,
            state: PaymentState::Succeeded,
            user_done: true,
            failure: None,
            open_reason: None,
            authorized_minor: 0,
            auth_expires_at: None,
            captures_later: false,
            capturing_minor: 0,
            captures_closed: false,
            captured_minor: 100,
            refunded_minor: 0,
            reserved_minor: 0,
            declared_minor: 0,
            approval_refusal: None,
            card: None,
            acquirer: None,
            open_attempts: 0,
            agreement_id: None,
            wallet_id: Some(WalletId::new(self.wallet_id.clone())),
            settlement_currency: None,
            settlement_quote: None,
            settlement_minor: None,
            notify_url: None,
            redirect_url: None,
            created_at: now,
            expires_at: now,
            paid_at: Some(now),
            ended_at: None,
            cancel_until: Some(now),
            refund_until: Some(now),
            config_version: 1,
            details_digest: details_digest(&details.salt, &details.document),
            recorded_at: now,
            chain_count: 0,
            chain_head: Digest::ZERO,
        }
    }
}

impl Rule for Pay {
    type Outcome = String;

    fn rows(&self) -> Vec<RowKey> {
        vec![self.request_key().key(), wallet(&self.wallet_id).key()]
    }

    fn decide(&self, rows: &Rows) -> Decision<String> {
        let request_key = self.request_key();
        if let Some(found) = rows.find::<RequestKey>(&request_key.key()) {
            return Decision::Replayed(found.target.clone());
        }
        let Some(payer) = rows.find::<Wallet>(&wallet(&self.wallet_id).key()) else {
            return Decision::Refused(Reason::UserNotFound.into());
        };
        let mut payer = payer.clone();
        payer.balance_minor -= 100;
        let mut payment = self.payment();
        let merchant = Account::Merchant(payment.merchant_id.clone());
        let lines = transfer(Money::new(100, hkd()), &Account::Wallet(payer.wallet_id.clone()), &merchant);
        let happened_at = payment.created_at;
        let event = Event { kind: EntryKind::PaymentSucceeded, happened_at, recorded_at: happened_at, lines };
        let entry = Entry::for_payment(&mut payment, None, event);
        let outcome = payment.payment_id.to_string();
        let change = Change::default().insert(request_key).insert(payment).insert(self.details());
        Decision::Done { change: change.update(payer).enter(entry), outcome }
    }
}

fn hkd() -> Currency {
    Currency::parse("HKD").expect("HKD is an ISO 4217 code")
}

fn digits(number: u64) -> String {
    format!("20261101120000000{number:015}")
}

fn wallet(id: &str) -> Wallet {
    Wallet {
        wallet_id: WalletId::new(id),
        user_id: UserId::new(format!("user of {id}")),
        world_id: WorldId::new("main"),
        method: "ALIPAY_HK".to_owned(),
        currency: hkd(),
        balance_minor: 1_000_000_000,
        amount_max_minor: None,
        day_amount_max_minor: None,
        day_count_max: None,
        basic_amount_max_minor: None,
        day: 0,
        day_amount_minor: 0,
        day_count: 0,
        chain_count: 0,
        chain_head: Digest::ZERO,
        created_at: Timestamp::from_ms(0),
    }
}

struct MakeWallets(u64);

impl Rule for MakeWallets {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        Vec::new()
    }

    fn decide(&self, _: &Rows) -> Decision<()> {
        let ids = (self.0..self.0 + 1000).map(|number| format!("W{number:08}"));
        let change = ids.fold(Change::default(), |change, id| change.insert(wallet(&id)));
        Decision::Done { change, outcome: () }
    }
}

/// User and system time of this process; the kernel counts it in hundredths of a second.
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("this program runs on Linux");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields[at].parse::<u64>().expect("the kernel writes numbers");
    (ticks(11) + ticks(12)) * 10_000
}

struct Figures {
    latencies_us: Vec<u64>,
    wall: Duration,
    cpu_us: u64,
}

impl Figures {
    fn print(mut self, what: &str, mean_fill_hundredths: u64) {
        self.latencies_us.sort_unstable();
        let count = self.latencies_us.len() as u64;
        let at = |hundredths: usize| self.latencies_us[(self.latencies_us.len() - 1) * hundredths / 100];
        let per_second = u128::from(count) * 1000 / self.wall.as_millis();
        let (cpu, p50, p99) = (self.cpu_us / count, at(50), at(99));
        println!(
            "{what:>16}: {per_second:>7}/s {cpu:>5} CPU-us  p50 {p50:>6} us  p99 {p99:>6} us  fill {}.{:02}",
            mean_fill_hundredths / 100,
            mean_fill_hundredths % 100
        );
    }
}

/// Lets `submitters` tasks do `work` one after another until the time is over.
async fn drive<F: Future<Output = ()> + Send + 'static>(
    submitters: u64,
    time: Duration,
    work: impl Fn() -> F + Clone + Send + 'static,
) -> Figures {
    let (begin, cpu_before) = (Instant::now(), cpu_us());
    let tasks: Vec<_> = (0..submitters)
        .map(|_| {
            let work = work.clone();
            tokio::spawn(async move {
                let mut latencies_us = Vec::new();
                while begin.elapsed() < time {
                    let sent = Instant::now();
                    work().await;
                    latencies_us.push(u64::try_from(sent.elapsed().as_micros()).expect("runs are short"));
                }
                latencies_us
            })
        })
        .collect();
    let mut latencies_us = Vec::new();
    for task in tasks {
        latencies_us.extend(task.await.expect("a submitter does not panic"));
    }
    Figures { latencies_us, wall: begin.elapsed(), cpu_us: cpu_us() - cpu_before }
}

async fn bench(store: Arc<SqliteStore>, time: Duration, submitters: Option<Vec<u64>>) {
    let look_ups: &[u64] = if submitters.is_some() { &[] } else { &[1, 16, 64] };
    let chance = RandomState::new();
    let numbers = Arc::new(std::sync::atomic::AtomicU64::new(1));
    for submitters in submitters.unwrap_or_else(|| vec![1, 16, 64, 256, 64]) {
        let before = store.counters().expect("the store was opened for writing");
        let (target, chance, numbers) = (Arc::clone(&store), chance.clone(), Arc::clone(&numbers));
        let figures = drive(submitters, time, move || {
            let number = numbers.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let (store, pay) = (Arc::clone(&target), Pay::new(number, &chance));
            async move {
                let answer = run(&*store, JobId::new(digits(number)), pay).await;
                assert!(matches!(answer, Ok(Answer::Done(_))), "{answer:?}");
            }
        });
        let figures = figures.await;
        let after = store.counters().expect("the store was opened for writing");
        let batches = (after.batch_count - before.batch_count).max(1);
        figures.print(&format!("pay, {submitters}"), (after.job_count - before.job_count) * 100 / batches);
    }
    let paid = numbers.load(std::sync::atomic::Ordering::Relaxed);
    for &submitters in look_ups {
        let (store, chance) = (Arc::clone(&store), chance.clone());
        let next = Arc::new(std::sync::atomic::AtomicU64::new(1));
        let figures = drive(submitters, time, move || {
            let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed) % (paid - 1) + 1;
            let key = Pay::new(number, &chance).request_key().key();
            let store = Arc::clone(&store);
            async move {
                let found = store.read(vec![Select::key(key)]).await.expect("the store can be read");
                assert_eq!(found[0].len(), 1);
            }
        });
        figures.await.print(&format!("look-up, {submitters}"), 0);
    }
    println!("{paid} payments");
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let kept = arguments.next().map(PathBuf::from);
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    // With a list of submitters, look-ups are left out.
    let submitters: Option<Vec<u64>> =
        arguments.next().map(|list| list.split(',').filter_map(|text| text.parse().ok()).collect());
    let directory =
        tempfile::tempdir_in(kept.unwrap_or_else(std::env::temp_dir)).expect("a directory can be made");
    let path = directory.path().join("farthing.db");
    let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
    let store = SqliteStore::open(&path, schema, SqliteOptions::default()).expect("the store opens");
    let store = Arc::new(store);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime can be had");
    runtime.block_on(async {
        for first in (0..WALLET_COUNT).step_by(1000) {
            let id = JobId::new(format!("wallets {first:06}"));
            run(&*store, id, MakeWallets(first)).await.expect("wallets can be made");
        }
        bench(Arc::clone(&store), Duration::from_secs(seconds), submitters).await;
    });
    let log_bytes = std::fs::metadata(path.with_extension("db-wal")).map_or(0, |log| log.len());
    store.close();
    let file_bytes = std::fs::metadata(&path).map_or(0, |file| file.len());
    println!("file {} MiB, log {} MiB before it was emptied", file_bytes >> 20, log_bytes >> 20);
}
