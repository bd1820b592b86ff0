//! What is told of a run: a table for people, and one JSON object as the last line for scripts.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use serde::Serialize;

use super::decimal::Thousandths;
use super::load::Loaded;
use super::yardstick::Yardstick;

/// Everything that a run has found out.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) kind: &'static str,
    pub(super) connections: usize,
    pub(super) wallets: usize,
    /// The mean of the yardsticks before and after the window.
    pub(super) rsa: Yardstick,
    /// How much memory the server held after the load.
    pub(super) idle_rss_bytes: u64,
    pub(super) loaded: Loaded,
    /// Payments for each commit; none where nothing was paid.
    pub(super) mean_batch_fill: Option<Thousandths>,
    /// None where they were not proven.
    pub(super) books: Option<Books>,
}

/// What was found in the books.
#[derive(Debug)]
pub(super) struct Books {
    pub(super) findings: Vec<String>,
}

/// The last line. Its names are a contract.
#[derive(Debug, Serialize)]
struct Line {
    bench: &'static str,
    requests_per_s: Thousandths,
    p50_ms: Thousandths,
    p99_ms: Thousandths,
    max_ms: Thousandths,
    server_cpu_us_per_request: Thousandths,
    rsa_cpu_us_per_request: Thousandths,
    rsa_limit_ratio: Thousandths,
    requests: u64,
    errors: u64,
    connections: usize,
    seconds: Thousandths,
    wallets: usize,
    server_rss_bytes: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_batch_fill: Option<Thousandths>,
    #[serde(skip_serializing_if = "Option::is_none")]
    books_clean: Option<bool>,
}

impl Line {
    fn of(measured: &Measured) -> Self {
        let Loaded { requests, window, server_cpu, waited_us, .. } = &measured.loaded;
        let requests = *requests;
        // A histogram in microseconds tells thousandths of milliseconds.
        let waited = |quantile| Thousandths(waited_us.value_at_quantile(quantile));
        let rsa_ns = measured.rsa.pair_ns();
        Self {
            bench: measured.kind,
            requests_per_s: Thousandths::quotient(u128::from(requests) * 1_000_000_000, window.as_nanos()),
            p50_ms: waited(0.5),
            p99_ms: waited(0.99),
            max_ms: Thousandths(waited_us.max()),
            server_cpu_us_per_request: microseconds_each(*server_cpu, requests),
            rsa_cpu_us_per_request: Thousandths::quotient(rsa_ns, 1_000),
            rsa_limit_ratio: Thousandths::quotient(rsa_ns * u128::from(requests), server_cpu.as_nanos()),
            requests,
            errors: measured.loaded.errors,
            connections: measured.connections,
            seconds: Thousandths::quotient(window.as_nanos(), 1_000_000_000),
            wallets: measured.wallets,
            server_rss_bytes: measured.idle_rss_bytes,
            mean_batch_fill: measured.mean_batch_fill,
            books_clean: measured.books.as_ref().map(|books| books.findings.is_empty()),
        }
    }

    fn table(&self) -> String {
        let mut rows = vec![
            ("requests a second", self.requests_per_s.to_string()),
            ("half were answered within", format!("{} ms", self.p50_ms)),
            ("99 of 100 within", format!("{} ms", self.p99_ms)),
            ("all within", format!("{} ms", self.max_ms)),
            ("server CPU for a request", format!("{} us", self.server_cpu_us_per_request)),
            ("RSA alone for a request", format!("{} us", self.rsa_cpu_us_per_request)),
            ("RSA / server (1 is the wall)", self.rsa_limit_ratio.to_string()),
            ("requests, wrong ones", format!("{}, {}", self.requests, self.errors)),
            ("memory of the server", format!("{} MiB", self.server_rss_bytes >> 20)),
        ];
        rows.extend(self.mean_batch_fill.map(|fill| ("payments in a commit", fill.to_string())));
        rows.extend(
            self.books_clean.map(|clean| ("books", if clean { "proven" } else { "NOT RIGHT" }.to_owned())),
        );
        let lines = rows.into_iter().map(|(name, value)| format!("{name:<30} {value:>16}\n"));
        format!(
            "bench {}, {} connections, {} wallets, {} s\n",
            self.bench, self.connections, self.wallets, self.seconds
        ) + &lines.collect::<String>()
    }
}

/// Prints the run; `json_only` leaves the table out.
///
/// # Errors
/// Standard output is closed.
pub(super) fn print(measured: &Measured, json_only: bool) -> anyhow::Result<()> {
    let line = Line::of(measured);
    print_line(&line, (!json_only).then(|| line.table()))
}

/// Prints a table, if there is one, and a JSON object below it.
///
/// # Errors
/// Standard output is closed.
pub(super) fn print_line(line: &impl Serialize, table: Option<String>) -> anyhow::Result<()> {
    let json = serde_json::to_string(line).context("figures and words are plain JSON")?;
    let mut out = std::io::stdout().lock();
    let text = format!("{}{json}\n", table.unwrap_or_default());
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the figures could not be written")
}

/// Success only where every answer was right and the books are; says what was not.
pub(super) fn verdict(measured: &Measured) -> ExitCode {
    let findings = measured.books.as_ref().map_or(&[][..], |books| &books.findings[..]);
    let wrong = measured.loaded.wrong.iter().map(|what| format!("a wrong answer: {what}"));
    let unproven = findings.iter().take(5).map(|finding| format!("the books are not right: {finding}"));
    let unanswered = (measured.loaded.requests == 0).then(|| "no request was answered".to_owned());
    let problems: Vec<String> = wrong.chain(unproven).chain(unanswered).collect();
    problems.iter().for_each(|problem| super::progress::line(&format!("bench: {problem}")));
    if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn microseconds_each(cpu: Duration, requests: u64) -> Thousandths {
    Thousandths::quotient(cpu.as_nanos(), u128::from(requests) * 1_000)
}

#[cfg(test)]
mod tests {
    use hdrhistogram::Histogram;
    use serde_json::Value;

    use super::*;

    fn measured() -> Measured {
        let mut waited_us = Histogram::new_with_bounds(1, 60_000_000, 3).unwrap();
        (0..1_000).for_each(|_| waited_us.record(2_000).unwrap());
        Measured {
            kind: "pay",
            connections: 64,
            wallets: 10,
            rsa: Yardstick::of_ns(310_000),
            idle_rss_bytes: 20 << 20,
            loaded: Loaded {
                requests: 1_000,
                errors: 0,
                wrong: Vec::new(),
                window: Duration::from_millis(500),
                window_at_ms: (0, 500),
                server_cpu: Duration::from_millis(400),
                waited_us,
            },
            mean_batch_fill: Some(Thousandths(31_500)),
            books: Some(Books { findings: Vec::new() }),
        }
    }

    /// Scripts rely on these names and on their units.
    #[test]
    fn the_last_line_has_its_fields() {
        let line: Value = serde_json::to_value(Line::of(&measured())).unwrap();
        let number =
            |name: &str| line[name].as_f64().unwrap_or_else(|| panic!("{name} is missing in {line}"));
        assert_eq!(number("requests_per_s"), 2_000.0);
        assert_eq!(number("server_cpu_us_per_request"), 400.0);
        assert_eq!(number("rsa_cpu_us_per_request"), 310.0);
        assert_eq!(number("rsa_limit_ratio"), 0.775);
        assert_eq!((number("requests"), number("errors")), (1_000.0, 0.0));
        assert_eq!((number("connections"), number("wallets"), number("seconds")), (64.0, 10.0, 0.5));
        assert!((1.9..2.1).contains(&number("p50_ms")) && (1.9..2.1).contains(&number("p99_ms")));
        assert_eq!(line["books_clean"], true);
        assert!(Line::of(&measured()).table().contains("RSA / server"));
    }

    /// One wrong answer, or one finding, or no answer at all fails the run.
    #[test]
    fn anything_wrong_fails_the_run() {
        let failed = |change: fn(&mut Measured)| {
            let mut run = measured();
            change(&mut run);
            format!("{:?}", verdict(&run)) == format!("{:?}", ExitCode::FAILURE)
        };
        assert!(!failed(|_| {}));
        assert!(failed(|run| run.loaded.wrong.push("U".to_owned())));
        assert!(failed(|run| run.loaded.requests = 0));
        assert!(failed(|run| run.books = Some(Books { findings: vec!["wallets W: balance".to_owned()] })));
    }
}
