//! `farthing bench ready`: how long a start takes, and what an idle server holds.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use super::decimal::Thousandths;
use super::ground::{Ground, GroundPlan, log_beside};
use super::progress::Progress;
use super::report;
use super::server::Server;
use super::temporary::TemporaryDirectory;

/// How many directories are started over, each empty first and existing then.
const STARTS: usize = 5;
/// Over how many wallets the payments of an existing directory are spread, at most.
const WALLETS: usize = 10_000;
/// How long a server is left alone before its memory is looked at.
const IDLE: Duration = Duration::from_secs(2);

/// The last line. Its names are a contract.
#[derive(Debug, Serialize)]
struct Line {
    bench: &'static str,
    payments: u64,
    ready_empty_ms: Thousandths,
    ready_existing_ms: Thousandths,
    idle_rss_bytes: u64,
    starts: usize,
}

/// Starts the server over an empty directory and again over the same one, and tells the medians. With `payments`, the
/// existing directory is one that holds that many, the same for every start.
///
/// # Errors
/// A server did not start or end in order, or the payments could not be made.
pub(super) async fn run(json_only: bool, under: Option<PathBuf>, payments: u64) -> anyhow::Result<ExitCode> {
    let under = under.unwrap_or_else(std::env::temp_dir);
    let ground = if payments > 0 { Some(Ground::prepare(plan(&under, payments)).await?) } else { None };
    let progress = Progress::begin("starting servers", STARTS);
    let (mut empty, mut existing, mut idle_rss_bytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let temporary = TemporaryDirectory::make(&under)?;
        let (data, log) = (temporary.path().join("data"), log_beside(&temporary));
        let first = Server::start(&data, None, &log).await?;
        empty.push(first.ready_after());
        first.stop().await?;
        let data = ground.as_ref().map_or(data, |ground| ground.data().root().to_owned());
        let second = Server::start(&data, None, &log).await?;
        existing.push(second.ready_after());
        tokio::time::sleep(IDLE).await;
        idle_rss_bytes.push(second.rss_bytes()?);
        second.stop().await?;
        progress.step();
    }
    progress.end();
    let line = Line {
        bench: "ready",
        payments,
        ready_empty_ms: milliseconds(median(empty)),
        ready_existing_ms: milliseconds(median(existing)),
        idle_rss_bytes: median(idle_rss_bytes),
        starts: STARTS,
    };
    report::print_line(&line, (!json_only).then(|| line.table()))?;
    Ok(ExitCode::SUCCESS)
}

fn plan(under: &Path, payments: u64) -> GroundPlan {
    let payments = usize::try_from(payments).unwrap_or(usize::MAX);
    GroundPlan { under: under.to_owned(), wallets: payments.min(WALLETS), payments, database: None }
}

impl Line {
    fn table(&self) -> String {
        format!(
            "bench ready, median of {} starts\n{:<30} {:>16} ms\n{:<30} {:>16} ms\n{:<30} {:>16} MiB\n",
            self.starts,
            "ready, empty directory",
            self.ready_empty_ms,
            "ready, existing directory",
            self.ready_existing_ms,
            "memory when idle",
            self.idle_rss_bytes >> 20
        )
    }
}

fn milliseconds(duration: Duration) -> Thousandths {
    Thousandths(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> T {
    values.sort_unstable();
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![5, 1, 9]), 5);
        assert_eq!(milliseconds(Duration::from_micros(41_500)).to_string(), "41.500");
    }
}
