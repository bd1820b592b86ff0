//! `farthing serve`: a gateway in production.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use farthing_engine::{IdSource, SystemRandomness};
use farthing_server::admin::{AdminParts, admin_router};
use farthing_server::gateway::{GatewayParts, serve};
use farthing_server::listen::Listener;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::data_directory::DataDirectory;
use crate::exit::say;
use crate::gateway::{self, OpenGateway, Purpose};
use crate::run_file::{self, Addresses, RunFile};
use crate::setup;
use crate::stop::stop_signal;

/// Run a gateway in production.
#[derive(clap::Args, Debug)]
pub(crate) struct ServeArgs {
    /// The configuration (TOML)
    #[arg(long, value_name = "FILE", env = "FARTHING_CONFIG", hide_env_values = true)]
    config: PathBuf,
    /// Look whether everything is in order, and serve nothing
    #[arg(long)]
    check: bool,
}

/// Everything that listens.
struct Listeners {
    api: Option<Listener>,
    tls: Option<Listener>,
    admin: Listener,
}

/// Serves until it is told to stop.
///
/// # Errors
/// In order of checking: the configuration, what a first start needs, the certificate, the database, the addresses.
pub(crate) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let started = Instant::now();
    let config = Config::read(&args.config)?;
    let data = config.directory();
    setup::require(&data, &args.config).await?;
    let stop = stop_signal()?;
    let open =
        gateway::open(&data, IdSource::new(SystemRandomness), Purpose::Production(config.policy())).await?;
    if args.check {
        let checked = bind(&config).await.map(drop);
        open.close().await;
        checked?;
        say("everything is in order: farthing serve would start");
        return Ok(ExitCode::SUCCESS);
    }
    let served = run_open(&config, &data, &open, started, stop).await;
    RunFile::remove(&data.run_file());
    open.close().await;
    served.map(|()| ExitCode::SUCCESS)
}

async fn run_open(
    config: &Config,
    data: &DataDirectory,
    open: &OpenGateway,
    started: Instant,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    open.engine.ensure_main_world("farthing serve").await?;
    let listeners = bind(config).await?;
    let token = run_file::admin_token(&data.admin_token())?;
    let addresses = Addresses::of(
        listeners.api.as_ref(),
        listeners.tls.as_ref(),
        &listeners.admin,
        config.admin_over_tls(),
    );
    RunFile::write(&data.run_file(), &addresses, &data.admin_token())?;
    let admin = admin_router(AdminParts {
        engine: open.engine.clone(),
        keys: open.keys.clone(),
        token,
        hosts: config.admin_hosts(),
        second_person: config.second_person(),
        sandbox: false,
    });
    run_file::print_ready(&addresses, started.elapsed())?;
    let parts = GatewayParts {
        engine: open.engine.clone(),
        keys: open.keys.clone(),
        api: listeners.api.into_iter().chain(listeners.tls).collect(),
        admin: Some((listeners.admin, admin)),
        limits: config.limits(),
        targets: config.targets(),
        public_url: Some(config.public_url()),
    };
    serve(parts, stop).await?;
    Ok(())
}

async fn bind(config: &Config) -> anyhow::Result<Listeners> {
    let certificate = config.certificate().map(|files| files.server_config()).transpose()?;
    let admin = Listener::bind(config.admin_listen())
        .await
        .context("the admin API cannot be served (admin.listen)")?;
    let mut listeners = Listeners { api: None, tls: None, admin };
    if let Some(addr) = config.api_listen() {
        let bound = Listener::bind(addr).await;
        listeners.api = Some(bound.context("the API over http cannot be served (api.listen)")?);
    }
    if let (Some(addr), Some(certificate)) = (config.api_tls_listen(), &certificate) {
        let bound =
            Listener::bind(addr).await.context("the API over https cannot be served (api.tls_listen)")?;
        listeners.tls = Some(bound.with_tls(certificate.clone()));
    }
    if let (true, Some(certificate)) = (config.admin_over_tls(), certificate) {
        listeners.admin = listeners.admin.with_tls(certificate);
    }
    Ok(listeners)
}
