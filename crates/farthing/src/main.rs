//! Farthing: a payment gateway in one binary. This crate is its command line; the work is done in the other crates.
//!
//! Where to begin: [`cli`] has the commands as people type them, `commands` one file for each. Results go to standard
//! output and nothing else does; logs, progress and errors go to standard error.

mod admin_access;
mod amount;
mod cli;
mod commands;
mod config;
mod custody;
mod data_directory;
mod database;
mod duration;
mod exit;
mod field_path;
mod gateway;
mod logging;
mod offline_admin;
mod output;
mod private_file;
mod run_file;
mod setup;
mod stop;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(code) => code,
        Err(error) => exit::report(&error),
    }
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    logging::start(&cli.logging, cli.command.is_server())?;
    let mut builder = if cli.command.is_server() {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(serving_thread_count());
        builder
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    builder.enable_all().build()?.block_on(cli.command.run())
}

/// How many threads serve connections: one for every four cores.
///
/// Signing and storing have threads of their own, and signing takes most of the time. More threads here would do no
/// more work: they wake each other with every request, which costs a tenth of it (docs/capacity.md).
fn serving_thread_count() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).div_ceil(4)
}
