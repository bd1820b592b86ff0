//! The server under test: this program, started as a child process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long a start may take.
const READY_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the server may take to end in order.
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// How much of the server's log is shown when it fails.
const LOG_LINES_SHOWN: usize = 12;

/// A running server. Dropping it kills the process.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    address: SocketAddr,
    ready_after: Duration,
    log: PathBuf,
}

impl Server {
    /// Starts a sandbox over a data directory, or over a database with the rest in that directory, on free ports and waits until it is ready; its log goes to `log`.
    ///
    /// # Errors
    /// It could not be started, ended, or was not ready in time.
    pub(super) async fn start(data: &Path, database: Option<&str>, log: &Path) -> anyhow::Result<Self> {
        let program = std::env::current_exe().context("the path of this program cannot be told")?;
        let log_file = File::create(log).with_context(|| format!("{} cannot be written", log.display()))?;
        let started = Instant::now();
        let mut command = Command::new(program);
        command.env_remove("FARTHING_DATABASE");
        // Not as a flag: others could read a password there.
        database.map(|database| command.env("FARTHING_DATABASE", database));
        let mut child = command
            .arg("dev")
            .arg("--data")
            .arg(data)
            .args(["--listen", "127.0.0.1:0", "--tls-listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()
            .context("the server could not be started")?;
        let output = child.stdout.take().expect("the output was asked for");
        let mut server = Self {
            child,
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            ready_after: Duration::ZERO,
            log: log.to_owned(),
        };
        let line = server.ready_line(output).await?;
        server.ready_after = started.elapsed();
        server.address =
            api_address(&line).with_context(|| format!("the ready line is not as expected: {line}"))?;
        Ok(server)
    }

    /// Where the API is served over http.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How long it took from the start of the process to its ready line.
    pub(super) fn ready_after(&self) -> Duration {
        self.ready_after
    }

    /// The processor time that it has used, user and system.
    ///
    /// # Errors
    /// The process is gone.
    pub(super) fn cpu_time(&self) -> anyhow::Result<Duration> {
        let stat = self.proc_file("stat")?;
        let ticks = cpu_ticks(&stat)
            .ok_or_else(|| anyhow!("/proc tells the processor time in another form: {stat}"))?;
        let per_second = rustix::param::clock_ticks_per_second().max(1);
        Ok(Duration::from_nanos(ticks.saturating_mul(1_000_000_000 / per_second)))
    }

    /// How much memory it holds now, bytes.
    ///
    /// # Errors
    /// The process is gone.
    pub(super) fn rss_bytes(&self) -> anyhow::Result<u64> {
        let status = self.proc_file("status")?;
        rss_of(&status).ok_or_else(|| anyhow!("/proc does not tell how much memory the server holds"))
    }

    /// Whether it still runs.
    ///
    /// # Errors
    /// It has ended: its exit status and the end of its log.
    pub(super) fn check_alive(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait().context("the server cannot be looked after")? {
            None => Ok(()),
            Some(status) => Err(self.ended(status)),
        }
    }

    /// Tells it to stop, and waits until it has ended in order.
    ///
    /// # Errors
    /// It did not end in time, or not in order.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        self.check_alive()?;
        kill_process(Pid::from_child(&self.child), Signal::TERM)
            .context("the server cannot be told to stop")?;
        let given_up_at = Instant::now() + STOP_TIMEOUT;
        loop {
            match self.child.try_wait().context("the server cannot be waited for")? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.ended(status)),
                None if Instant::now() > given_up_at => {
                    bail!(
                        "the server did not end within {} s of being told to\n{}",
                        STOP_TIMEOUT.as_secs(),
                        self.log_end()
                    )
                }
                None => tokio::time::sleep(Duration::from_millis(10)).await,
            }
        }
    }

    async fn ready_line(&mut self, output: ChildStdout) -> anyhow::Result<String> {
        let reading = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(output).read_line(&mut line).map(|_| line)
        });
        let Ok(read) = tokio::time::timeout(READY_TIMEOUT, reading).await else {
            let _ = self.child.kill();
            bail!("the server was not ready after {} s\n{}", READY_TIMEOUT.as_secs(), self.log_end());
        };
        let line = read
            .context("the ready line could not be waited for")?
            .context("the ready line cannot be read")?;
        if line.is_empty() {
            let status = self.child.wait().context("the server cannot be waited for")?;
            return Err(self.ended(status));
        }
        Ok(line.trim_end().to_owned())
    }

    fn ended(&self, status: ExitStatus) -> anyhow::Error {
        anyhow!("the server ended by itself ({status})\n{}", self.log_end())
    }

    /// The last lines of its log.
    fn log_end(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES_SHOWN)..].join("\n")
    }

    fn proc_file(&self, name: &str) -> anyhow::Result<String> {
        let path = format!("/proc/{}/{name}", self.child.id());
        std::fs::read_to_string(&path)
            .with_context(|| format!("{path} cannot be read; it is there on Linux only"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when the process has ended and was waited for already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn api_address(line: &str) -> anyhow::Result<SocketAddr> {
    let ready: Value = serde_json::from_str(line)?;
    ensure!(ready["ready"] == Value::Bool(true), "it does not say ready");
    let url = ready["api"].as_str().context("it does not say where the API is")?;
    let address: SocketAddr =
        url.strip_prefix("http://").context("the API is not served over http")?.parse()?;
    ensure!(address.ip().is_loopback(), "{address} is not on this machine");
    Ok(address)
}

/// User and system time in clock ticks. The name of the program, in brackets, may hold anything.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace();
    let user: u64 = fields.nth(11)?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

fn rss_of(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two times stand at the 14th and 15th place, whatever the program is called.
    #[test]
    fn processor_time_is_read_past_any_name() {
        let stat = "42 (a) b (c)) S 1 2 3 0 -1 4194304 10 0 0 0 1234 567 0 0 20 0 9 0 100";
        assert_eq!(cpu_ticks(stat), Some(1801));
        assert_eq!(cpu_ticks("42 (a) S 1"), None);
    }

    #[test]
    fn resident_memory_is_told_in_kibibytes() {
        assert_eq!(rss_of("Name:\tx\nVmRSS:\t   20480 kB\nThreads: 2\n"), Some(20 << 20));
        assert_eq!(rss_of("Name:\tx\n"), None);
    }

    /// Only a server on this machine is ever loaded.
    #[test]
    fn the_ready_line_names_a_loopback_address() {
        let line = |api: &str| format!(r#"{{"ready":true,"api":"{api}","tls":"x","admin":"y","ms":4}}"#);
        assert_eq!(api_address(&line("http://127.0.0.1:8790")).unwrap().port(), 8790);
        assert!(
            api_address(&line("http://192.0.2.1:80"))
                .unwrap_err()
                .to_string()
                .contains("not on this machine")
        );
        assert!(api_address("listening").is_err());
    }
}
