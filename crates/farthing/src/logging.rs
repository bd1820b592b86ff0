//! Where logs go: to standard error, as text or as JSON.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// What is logged, and how.
#[derive(Args, Debug)]
pub(crate) struct LogArgs {
    /// What to log: a level, or levels by target, e.g. info,farthing_engine=debug [default: info for servers, else warn]
    #[arg(long, global = true, value_name = "FILTER", env = "FARTHING_LOG", hide_env_values = true, value_parser = parse_filter, help_heading = "Logging")]
    log: Option<Targets>,
    /// How log lines look
    #[arg(long, global = true, value_enum, default_value = "text", help_heading = "Logging")]
    log_format: LogFormat,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum LogFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

fn parse_filter(text: &str) -> Result<Targets, String> {
    text.parse().map_err(|error| format!("{error}; write a level, or target=level, with commas between"))
}

/// Starts logging; once a process.
///
/// # Errors
/// When something else in this process has started it already.
pub(crate) fn start(args: &LogArgs, is_server: bool) -> anyhow::Result<()> {
    let default_level = if is_server { tracing::Level::INFO } else { tracing::Level::WARN };
    let filter = args.log.clone().unwrap_or_else(|| Targets::new().with_default(default_level));
    let layer = fmt::layer().with_writer(std::io::stderr);
    let layer = match args.log_format {
        LogFormat::Text => layer.with_ansi(std::io::stderr().is_terminal()).with_filter(filter).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_filter(filter).boxed(),
    };
    Ok(tracing_subscriber::registry().with(layer).try_init()?)
}
