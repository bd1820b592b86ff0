//! How many durable payments a second the store takes, beside what `pgbench` reaches on the same server in the same run.
//!
//! `cargo run --release -p farthing-store-postgres --example bench_postgres CONNECTION [SECONDS] [SUBMITTERS,..] [WRITERS]`
//!
//! Each payment is the core's own rule: it looks at a request key, an agreement, a user and a wallet, and writes the
//! request key, the payment, its details and the wallet, with one entry of the journal and its two postings, over 10,000
//! users. The yardstick is `pgbench`'s own mixture (tpcb-like, prepared, scale 50, 64 clients), left out where that
//! program is not on the PATH. Processor time is that of this process, submitters included, and that of the server.

#![expect(clippy::print_stdout, reason = "the figures are what this program is for")]

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use farthing_core::decision::{Change, Decision, Rows, Rule};
use farthing_core::ids::{AgreementId, JobId, PaymentId, RequestId, UserId, WalletId};
use farthing_core::request::PayRequest;
use farthing_core::rows::{Agreement, RowKey, User, Wallet};
use farthing_core::rules::pay::{FreshIds, Pay, PayOutcome, Payer};
use farthing_core::samples;
use farthing_core::time::Timestamp;
use farthing_store::{Answer, Select, Store, WriterCounters, run};
use farthing_store_postgres::{PostgresOptions, PostgresStore, Schema};

const USER_COUNT: u64 = 10_000;
const DATABASE: &str = "farthing_bench_payments";
const YARDSTICK: &str = "farthing_bench_pgbench";

fn digits(number: u64) -> String {
    format!("20261101120000000{number:015}")
}

fn agreement_id(user: u64) -> AgreementId {
    AgreementId::new(format!("A{user:08}"))
}

fn user_id(user: u64) -> UserId {
    UserId::new(format!("U{user:08}"))
}

fn wallet_id(user: u64) -> WalletId {
    WalletId::new(format!("W{user:08}"))
}

/// What a merchant tells of an order, about 600 bytes of it.
fn document() -> serde_json::Value {
    let goods = "a book about the sea, in two volumes; ".repeat(14);
    serde_json::json!({ "order": { "orderDescription": goods, "buyer": { "referenceBuyerId": "B-7" } } })
}

/// A payment of one cent, of a user whom chance picks.
fn pay(number: u64, pattern: &Pay, chance: &RandomState) -> Pay {
    let random = chance.hash_one(number);
    let user = random % USER_COUNT;
    let request_id = RequestId::new(format!("order-{random:016x}{:06}", number % 1_000_000));
    let request = PayRequest { request_id, ..pattern.request.clone() };
    let payer =
        Payer { agreement_id: Some(agreement_id(user)), wallet_id: wallet_id(user), user_id: user_id(user) };
    let fresh = FreshIds { payment_id: PaymentId::new(digits(number)), ..pattern.fresh.clone() };
    Pay { request, payer: Some(payer), fresh, ..pattern.clone() }
}

fn pattern() -> Pay {
    let sample = samples::pay();
    let request = PayRequest { notify_url: None, document: document(), ..sample.request };
    Pay { request, notify_url: None, ..sample }
}

/// Makes a thousand users with wallets and agreements.
struct MakeUsers(u64);

impl Rule for MakeUsers {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        Vec::new()
    }

    fn decide(&self, _: &Rows) -> Decision<()> {
        let mut change = Change::default();
        for number in self.0..self.0 + 1000 {
            let (user_id, wallet_id) = (user_id(number), wallet_id(number));
            let agreement = Agreement {
                agreement_id: agreement_id(number),
                user_id: user_id.clone(),
                wallet_id: wallet_id.clone(),
                ..samples::agreement()
            };
            let wallet = Wallet {
                wallet_id,
                user_id: user_id.clone(),
                balance_minor: 1_000_000_000_000,
                ..samples::wallet()
            };
            change = change.insert(User { user_id, ..samples::user() }).insert(wallet).insert(agreement);
        }
        Decision::Done { change, outcome: () }
    }
}

/// The fields of what the kernel tells about a process, from its state on; nothing when it is gone.
fn stat(process: &str) -> Vec<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(')').next().unwrap_or("").split_whitespace().map(str::to_owned).collect()
}

/// User and system time in microseconds: a process's own, and that of its children that have ended.
///
/// The kernel counts it in hundredths of a second.
fn cpu_us(process: &str) -> (u64, u64) {
    let stat = stat(process);
    let ticks = |at: usize| stat.get(at).and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
    ((ticks(11) + ticks(12)) * 10_000, (ticks(13) + ticks(14)) * 10_000)
}

/// The time of all processes of the server, those that have ended included.
async fn server_cpu_us(server: &str) -> u64 {
    let pids = ask(server, "SELECT pid FROM pg_stat_activity UNION ALL SELECT pg_backend_pid()").await;
    let parent = pids.last().map(|pid| stat(pid)).and_then(|stat| stat.get(1).cloned()).unwrap_or_default();
    let (own, ended) = cpu_us(&parent);
    let others = std::fs::read_dir("/proc").expect("this program runs on Linux").flatten();
    let names = others.filter_map(|entry| entry.file_name().into_string().ok());
    let children = names.filter(|name| stat(name).get(1) == Some(&parent));
    own + ended + children.map(|name| cpu_us(&name).0).sum::<u64>()
}

async fn ask(connection: &str, text: &str) -> Vec<String> {
    let (client, driver) =
        tokio_postgres::connect(connection, tokio_postgres::NoTls).await.expect("the server can be reached");
    tokio::spawn(driver);
    let answers = client.simple_query(text).await.expect("the statement is right");
    let rows = answers.into_iter().filter_map(|message| match message {
        tokio_postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    rows.collect()
}

struct Figures {
    latencies_us: Vec<u64>,
    wall: Duration,
    cpu_us: u64,
}

impl Figures {
    fn per_second(&self) -> u128 {
        self.latencies_us.len() as u128 * 1000 / self.wall.as_millis()
    }

    fn print(&mut self, what: &str, server_us: u64, mean_fill_hundredths: u64) {
        self.latencies_us.sort_unstable();
        let count = self.latencies_us.len() as u64;
        let at = |hundredths: usize| self.latencies_us[(self.latencies_us.len() - 1) * hundredths / 100];
        let (cpu, server, p50, p99) = (self.cpu_us / count, server_us / count, at(50), at(99));
        println!(
            "{what:>14}: {:>7}/s  {cpu:>4} CPU-us here  {server:>4} server  p50 {p50:>6} us  p99 {p99:>6} us  fill {}.{:02}",
            self.per_second(),
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
    let (begin, cpu_before) = (Instant::now(), cpu_us("self").0);
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
    Figures { latencies_us, wall: begin.elapsed(), cpu_us: cpu_us("self").0 - cpu_before }
}

/// What stays the same from one round to the next.
struct Bench {
    connection: String,
    store: Arc<PostgresStore>,
    time: Duration,
    chance: RandomState,
    pattern: Arc<Pay>,
    numbers: Arc<AtomicU64>,
}

impl Bench {
    fn counters(&self) -> WriterCounters {
        self.store.counters().expect("the store was opened for writing")
    }

    async fn make_users(&self) {
        for first in (0..USER_COUNT).step_by(1000) {
            let id = JobId::new(format!("users {first:06}"));
            run(&*self.store, id, MakeUsers(first)).await.expect("users can be made");
        }
    }

    /// Payments per second, and microseconds of processor time for one, the server's included.
    async fn payments(&self, submitters: u64) -> (u128, u64) {
        let (before, server_before) = (self.counters(), server_cpu_us(&self.connection).await);
        let (store, chance) = (Arc::clone(&self.store), self.chance.clone());
        let (pattern, numbers) = (Arc::clone(&self.pattern), Arc::clone(&self.numbers));
        let work = move || {
            let number = numbers.fetch_add(1, Ordering::Relaxed);
            let (store, pay) = (Arc::clone(&store), pay(number, &pattern, &chance));
            async move {
                let answer = run(&*store, JobId::new(digits(number)), pay).await;
                assert!(matches!(answer, Ok(Answer::Done(PayOutcome::Recorded(_)))), "{answer:?}");
            }
        };
        let mut figures = drive(submitters, self.time, work).await;
        let (after, server_after) = (self.counters(), server_cpu_us(&self.connection).await);
        let batches = (after.batch_count - before.batch_count).max(1);
        let fill = (after.job_count - before.job_count) * 100 / batches;
        let server_us = server_after - server_before;
        figures.print(&format!("pay, {submitters}"), server_us, fill);
        (figures.per_second(), (figures.cpu_us + server_us) / figures.latencies_us.len() as u64)
    }

    async fn look_ups(&self, submitters: u64) {
        let paid = self.numbers.load(Ordering::Relaxed);
        let (store, chance, pattern) =
            (Arc::clone(&self.store), self.chance.clone(), Arc::clone(&self.pattern));
        let next = Arc::new(AtomicU64::new(1));
        let server_before = server_cpu_us(&self.connection).await;
        let work = move || {
            let number = next.fetch_add(1, Ordering::Relaxed) % (paid - 1) + 1;
            let (store, key) = (Arc::clone(&store), pay(number, &pattern, &chance).rows().remove(0));
            async move {
                let found = store.read(vec![Select::key(key)]).await.expect("the store can be read");
                assert_eq!(found[0].len(), 1);
            }
        };
        let mut figures = drive(submitters, self.time, work).await;
        let server_us = server_cpu_us(&self.connection).await - server_before;
        figures.print(&format!("look-up, {submitters}"), server_us, 0);
    }
}

/// What `pgbench` says: transactions per second, and how many they were; `None` where it is not there.
fn pgbench(connection: &str, arguments: &[&str]) -> Option<(u128, u64)> {
    let target = format!("{connection} dbname={YARDSTICK}");
    let ended = Command::new("pgbench").args(arguments).arg(target).output().ok()?;
    let text = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "pgbench failed: {}", String::from_utf8_lossy(&ended.stderr));
    let behind = |words: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(words))?;
        line.split(['.', ' ', '/']).next()?.parse().ok()
    };
    let count = behind("number of transactions actually processed: ").unwrap_or(0);
    Some((behind("tps = ").unwrap_or(0).into(), count))
}

/// The yardstick: transactions per second, and microseconds of processor time for one, the server's included.
async fn yardstick(server: &str, seconds: u64) -> Option<(u128, u64)> {
    let length = format!("--time={seconds}");
    let (server_before, before) = (server_cpu_us(server).await, cpu_us("self").1);
    let arguments = ["--client=64", "--jobs=2", "--protocol=prepared", &length];
    let (tps, count) = pgbench(server, &arguments)?;
    let cpu = server_cpu_us(server).await - server_before + cpu_us("self").1 - before;
    Some((tps, cpu.checked_div(count)?))
}

async fn compare(bench: &Bench, server: &str, submitters: &[u64], seconds: u64) {
    ask(server, &format!("CREATE DATABASE {YARDSTICK}")).await;
    let _ = pgbench(server, &["--initialize", "--scale=50", "--quiet"]);
    // The server is still busy with the fresh tables in the first one, which is not counted.
    let _ = yardstick(server, seconds).await;
    let (mut by_wall, mut by_cpu) = (Vec::new(), Vec::new());
    for &submitters in submitters {
        let measured = yardstick(server, seconds).await;
        let (per_second, cpu) = bench.payments(submitters).await;
        let Some((tps, tpcb_cpu)) = measured else { continue };
        by_wall.push(hundredths_of(per_second, tps));
        by_cpu.push(hundredths_of(tpcb_cpu.into(), cpu.into()));
        println!(
            "{:>14}: {tps:>7}/s  {tpcb_cpu:>4} CPU-us in all; payments are {} times as many, by processor time {}",
            "pgbench, 64",
            decimal(by_wall[by_wall.len() - 1]),
            decimal(by_cpu[by_cpu.len() - 1])
        );
    }
    if !by_wall.is_empty() {
        by_wall.sort_unstable();
        by_cpu.sort_unstable();
        let of = |ratios: &[u128]| {
            format!(
                "median {}, best {}",
                decimal(ratios[(ratios.len() - 1) / 2]),
                decimal(ratios[ratios.len() - 1])
            )
        };
        println!(
            "{:>14}: {} rounds by the clock: {}; by processor time: {}",
            "ratio",
            by_wall.len(),
            of(&by_wall),
            of(&by_cpu)
        );
    }
}

/// How often the yardstick fits, in hundredths.
fn hundredths_of(measured: u128, yardstick: u128) -> u128 {
    (measured * 100).checked_div(yardstick).unwrap_or(0)
}

fn decimal(hundredths: u128) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let server =
        arguments.next().expect("usage: bench_postgres CONNECTION [SECONDS] [SUBMITTERS,..] [WRITERS]");
    let seconds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    let submitters: Vec<u64> = arguments.next().map_or_else(
        || vec![64, 64, 64],
        |list| list.split(',').filter_map(|text| text.parse().ok()).collect(),
    );
    let writer_count = arguments.next().and_then(|text| text.parse().ok());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime can be had").block_on(async {
        for name in [DATABASE, YARDSTICK] {
            ask(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
        ask(&server, &format!("CREATE DATABASE {DATABASE}")).await;
        let connection = format!("{server} dbname={DATABASE}");
        let defaults = PostgresOptions::new(&connection).expect("the connection string is right");
        let writer_count = writer_count.unwrap_or(defaults.writer_count);
        let options = PostgresOptions { writer_count, ..defaults };
        let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
        let store = Arc::new(PostgresStore::open(options, schema).expect("the store opens"));
        let bench = Bench {
            connection,
            store,
            time: Duration::from_secs(seconds),
            chance: RandomState::new(),
            pattern: Arc::new(pattern()),
            numbers: Arc::new(AtomicU64::new(1)),
        };
        bench.make_users().await;
        compare(&bench, &server, &submitters, seconds).await;
        bench.look_ups(64).await;
        bench.store.close();
        for name in [DATABASE, YARDSTICK] {
            ask(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    });
}
