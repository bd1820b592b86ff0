//! `farthing dev`: a sandbox on this machine, ready for a first payment.

mod first_payment;
mod profile;
mod seeded_runs;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use farthing_core::rows::Dialect;
use farthing_core::time::Timestamp;
use farthing_engine::{Clock as _, IdSource, SeededRandomness, SystemClock, SystemRandomness};
use farthing_server::admin::{AdminParts, admin_router};
use farthing_server::delivery::TargetPolicy;
use farthing_server::gateway::{GatewayParts, serve};
use farthing_server::listen::{Limits, Listener};
use farthing_server::tls::LocalAuthority;
use tokio_util::sync::CancellationToken;

use self::profile::DemoKeys;
use crate::data_directory::DataDirectory;
use crate::gateway::{self, OpenGateway, Purpose};
use crate::run_file::{self, Addresses, RunFile};
use crate::stop::stop_signal;

/// Where a world with a seed begins: 2026-01-01T00:00:00+08:00, standing still.
const SEEDED_START_MS: i64 = 1_767_196_800_000;

/// Run a sandbox on this machine.
#[derive(clap::Args, Debug)]
pub(crate) struct DevArgs {
    /// Where everything is kept.
    #[arg(long, value_name = "DIR", default_value = "./farthing-data", env = "FARTHING_DATA")]
    pub(crate) data: PathBuf,
    /// Keep the rows in this PostgreSQL database instead of a file; everything else stays in --data.
    #[arg(long, value_name = "URL", env = "FARTHING_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Where the API is served over http; port 0 takes any free port.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8790")]
    pub(crate) listen: SocketAddr,
    /// Where the API is served over https; SDKs that insist on port 443 want 127.0.0.1:443.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8743")]
    pub(crate) tls_listen: SocketAddr,
    /// Where the admin API is served.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8791")]
    pub(crate) admin_listen: SocketAddr,
    /// How many connections each listener keeps open at once; one more is closed at once
    #[arg(long, value_name = "N", default_value_t = Limits::default().connections_max)]
    pub(crate) connections_max: usize,
    /// Make ids and times repeatable: the same seed gives the same ones; the clock of a new directory stands still.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
}

/// Everything that listens.
struct Listeners {
    api: Listener,
    tls: Listener,
    admin: Listener,
}

/// Runs the sandbox until it is told to stop.
///
/// # Errors
/// A sentence that says what could not be opened, and what to do about it.
pub(crate) async fn run(args: DevArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let data = DataDirectory::of_sandbox(&args.data, args.database.as_deref())?;
    let stop = stop_signal()?;
    let ids = match args.seed {
        Some(seed) => IdSource::new(SeededRandomness::of_run(seed, seeded_runs::count_this(&data)?)),
        None => IdSource::new(SystemRandomness),
    };
    let open = gateway::open(&data, ids, Purpose::Sandbox).await?;
    let served = run_open(&args, &data, &open, started, stop).await;
    RunFile::remove(&data.run_file());
    open.close().await;
    served.map(|()| ExitCode::SUCCESS)
}

async fn run_open(
    args: &DevArgs,
    data: &DataDirectory,
    open: &OpenGateway,
    started: Instant,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let demo = DemoKeys::open_or_create(&data.dev())?;
    // A run that shall be repeatable has a clock that stands still until a test moves it.
    let frozen_at = args.seed.map(|_| Timestamp::from_ms(SEEDED_START_MS));
    let access_token = open.engine.ensure_demo(frozen_at, |dialect| demo.public_key(dialect)).await?;
    open.engine.ensure_sample(demo.public_key(Dialect::AlipayHk)).await?;
    let listeners = bind(args, data).await?;
    let token = run_file::admin_token(&data.dev_admin_token())?;
    let addresses = Addresses::of(Some(&listeners.api), Some(&listeners.tls), &listeners.admin, false);
    for dialect in Dialect::ALL {
        demo.write_profile(&data.dev(), *dialect, &open.keys, &addresses, access_token.reveal())?;
    }
    RunFile::write(&data.run_file(), &addresses, &data.dev_admin_token())?;
    let admin = admin_router(AdminParts {
        engine: open.engine.clone(),
        keys: open.keys.clone(),
        token,
        hosts: Vec::new(),
        second_person: false,
        sandbox: true,
    });
    first_payment::print(data, &demo, &addresses, access_token.reveal(), SystemClock.now())?;
    run_file::print_ready(&addresses, started.elapsed())?;
    let parts = GatewayParts {
        engine: open.engine.clone(),
        keys: open.keys.clone(),
        api: vec![listeners.api, listeners.tls],
        admin: Some((listeners.admin, admin)),
        limits: Limits { connections_max: args.connections_max, ..Limits::default() }.into(),
        targets: TargetPolicy::Anywhere,
        public_url: None,
    };
    serve(parts, stop).await?;
    Ok(())
}

async fn bind(args: &DevArgs, data: &DataDirectory) -> anyhow::Result<Listeners> {
    let now_unix_s = u64::try_from(SystemClock.now().ms() / 1000).unwrap_or(0);
    let authority = LocalAuthority::open_or_create(&data.dev(), now_unix_s)?;
    Ok(Listeners {
        api: Listener::bind(args.listen).await.context("the API over http cannot be served")?,
        tls: Listener::bind(args.tls_listen)
            .await
            .context("the API over https cannot be served (--tls-listen)")?
            .with_tls(authority.server_config()),
        admin: Listener::bind(args.admin_listen).await.context("the admin API cannot be served")?,
    })
}
