//! `farthing bench`: what a signed request costs, beside what its signature alone costs on the same machine.
//!
//! It prepares a data directory, starts this same program as a server over it, signs its requests beforehand and drives
//! them over keep-alive connections, in a closed loop: each connection sends its next request when it has the answer
//! to the last. So the rate is what the server can do at that many connections, and a latency says how long a caller
//! waits when that many others do. It runs from the moment a request was meant to be sent, which is when the answer
//! before it arrived.
//!
//! Trust the CPU figures first: on a machine that does other work, rates and latencies move, and the processor time of
//! a request moves little. `rsa_limit_ratio` divides two such times that were taken in the same run.

mod books;
mod connection;
mod decimal;
mod ground;
mod load;
mod progress;
mod readiness;
mod report;
mod requests;
mod server;
mod temporary;
mod yardstick;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};

use self::ground::{Ground, GroundPlan};
use self::load::{Load, LoadPlan};
use self::report::Measured;
use self::requests::{Signing, Supply};
use self::server::Server;
use self::yardstick::Yardstick;

/// The most connections one run opens.
const CONNECTIONS_MAX: usize = 1_024;
/// The most wallets one run makes.
const WALLETS_MAX: usize = 1_000_000;
/// The longest that requests are measured, and the longest warm-up.
const SECONDS_MAX: u64 = 600;
/// How many payments are there to be inquired about, at most.
const PAYMENTS_MAX: usize = 10_000;

/// Measure this program on this machine.
#[derive(clap::Args, Debug)]
pub(crate) struct BenchArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand, Debug)]
enum What {
    /// Signed inquiries about payments, by the merchant's id and by the gateway's in turn.
    Inquiry(LoadArgs),
    /// Signed payments, each a new one that is on disk before it is answered.
    Pay(PayArgs),
    /// How long a start takes, and how much memory an idle server holds.
    Ready(ReadyArgs),
}

#[derive(clap::Args, Debug)]
struct LoadArgs {
    /// For how long requests are measured, seconds.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=SECONDS_MAX))]
    seconds: u64,
    /// How many connections are driven at once.
    #[arg(long, value_name = "N", default_value_t = 64)]
    connections: usize,
    /// Over how many wallets payments are spread; 1 makes a single hot one.
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    wallets: usize,
    /// For how long requests are sent before they are measured, seconds.
    #[arg(long, value_name = "S", default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=SECONDS_MAX))]
    warm_up: u64,
    /// Print the JSON object only, without the table above it.
    #[arg(long)]
    json: bool,
    /// Where the temporary data directory is made: on the disk that is to be measured.
    #[arg(long, value_name = "DIR")]
    under: Option<PathBuf>,
    /// Keep the rows in this PostgreSQL database, which must be empty, in place of a file.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

#[derive(clap::Args, Debug)]
struct PayArgs {
    #[command(flatten)]
    load: LoadArgs,
    /// Do not prove the books afterwards.
    #[arg(long)]
    no_verify: bool,
}

#[derive(clap::Args, Debug)]
struct ReadyArgs {
    /// How many payments are in the existing directory.
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=10_000_000))]
    payments: u64,
    /// Print the JSON object only, without the table above it.
    #[arg(long)]
    json: bool,
    /// Where the temporary data directory is made: on the disk that is to be measured.
    #[arg(long, value_name = "DIR")]
    under: Option<PathBuf>,
}

/// Measures what was asked for. Anything but right answers from a server that stays up is a failure.
///
/// # Errors
/// A sentence that says what went wrong: the server did not start or died, the requests could not be prepared, or the
/// books could not be read.
pub(crate) async fn run(args: BenchArgs) -> anyhow::Result<ExitCode> {
    match args.what {
        What::Inquiry(load) => measure(load, Kind::Inquiry, false).await,
        What::Pay(pay) => measure(pay.load, Kind::Pay, !pay.no_verify).await,
        What::Ready(ready) => readiness::run(ready.json, ready.under, ready.payments).await,
    }
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Inquiry,
    Pay,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Inquiry => "inquiry",
            Self::Pay => "pay",
        }
    }
}

async fn measure(args: LoadArgs, kind: Kind, verify: bool) -> anyhow::Result<ExitCode> {
    check(&args)?;
    let plan = GroundPlan {
        under: args.under.clone().unwrap_or_else(std::env::temp_dir),
        wallets: args.wallets,
        payments: if kind == Kind::Inquiry { args.wallets.min(PAYMENTS_MAX) } else { 0 },
        database: args.database.clone(),
    };
    let ground = Ground::prepare(plan).await?;
    let expected = Yardstick::take(&ground.merchant_key).await?;
    let supply = Arc::new(sign(&args, kind, &ground, expected).await?);
    let mut server = Server::start(ground.data().root(), args.database.as_deref(), &ground.log()).await?;
    let mut measured = drive(&args, kind, &ground, &mut server, supply).await?;
    server.stop().await?;
    if kind == Kind::Pay {
        books::look(&mut measured, &ground, verify).await?;
    }
    report::print(&measured, args.json)?;
    Ok(report::verdict(&measured))
}

fn check(args: &LoadArgs) -> anyhow::Result<()> {
    ensure!(
        (1..=CONNECTIONS_MAX).contains(&args.connections),
        "--connections {} is not possible; choose 1 to {CONNECTIONS_MAX}",
        args.connections
    );
    ensure!(
        (1..=WALLETS_MAX).contains(&args.wallets),
        "--wallets {} is not possible; choose 1 to {WALLETS_MAX}",
        args.wallets
    );
    Ok(())
}

async fn sign(args: &LoadArgs, kind: Kind, ground: &Ground, expected: Yardstick) -> anyhow::Result<Supply> {
    let signing = Signing::of(ground);
    match kind {
        Kind::Inquiry => signing.inquiries(&ground.payments).await,
        Kind::Pay => {
            let seconds = args.seconds + args.warm_up;
            signing.payments(&ground.tokens, expected.requests_in(Duration::from_secs(seconds))).await
        }
    }
}

async fn drive(
    args: &LoadArgs,
    kind: Kind,
    ground: &Ground,
    server: &mut Server,
    supply: Arc<Supply>,
) -> anyhow::Result<Measured> {
    let before = Yardstick::take(&ground.merchant_key).await?;
    let plan = LoadPlan {
        address: server.address(),
        connections: args.connections,
        warm_up: Duration::from_secs(args.warm_up),
        window: Duration::from_secs(args.seconds),
        gateway_key: Arc::clone(&ground.gateway_key),
    };
    let loaded = Load::start(plan, supply).run(server).await.context("the run was given up")?;
    server.check_alive()?;
    let after = Yardstick::take(&ground.merchant_key).await?;
    Ok(Measured {
        kind: kind.word(),
        connections: args.connections,
        wallets: args.wallets,
        rsa: before.mean(after),
        idle_rss_bytes: server.rss_bytes()?,
        loaded,
        mean_batch_fill: None,
        books: None,
    })
}
