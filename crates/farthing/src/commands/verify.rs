//! `farthing verify`: proves the books, also beside a running gateway.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

use clap::Args;
use farthing_engine::verify::{Report, VerifyOptions, verify};
use farthing_server::keyring::GatewayKeys;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use crate::custody;
use crate::data_directory::WhichArgs;
use crate::exit::{FAILED, say};
use crate::output::{OutputArgs, plain, print};
use crate::table::lines;

/// Which books.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    #[command(flatten)]
    which: WhichArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Proves them: 0 when everything fits, 1 when something does not.
///
/// # Errors
/// When there are no books, or they cannot be read.
pub(crate) async fn run(args: &VerifyArgs) -> anyhow::Result<ExitCode> {
    let directory = args.which.directory()?;
    if directory.database().is_missing_file() {
        let data = directory.root().display();
        anyhow::bail!(
            "there are no books in {data}: no gateway has run there; name its directory with --data"
        );
    }
    let keys = GatewayKeys::open_in(&directory.keys(), custody::from_environment()?)?;
    let database = directory.database().open_to_read().await?;
    let options = VerifyOptions { seal_keys: keys.seal_public_keys() };
    let progress = Progress::start();
    let report = verify(&*database.store(), &options, &|what, rows| progress.tell(what, rows)).await;
    progress.end();
    database.close().await;
    let report = report?;
    if args.output.json {
        print(&to_json(&report).to_string())?
    } else {
        print(&to_text(&report))?
    }
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

fn to_json(report: &Report) -> Value {
    let checked: serde_json::Map<String, Value> =
        report.checked.iter().map(|(what, number)| ((*what).to_owned(), json!(number))).collect();
    json!({
        "clean": report.is_clean(), "checked": checked, "erased_by": report.erased_by, "findings": report.findings,
    })
}

fn to_text(report: &Report) -> String {
    let rows =
        report.checked.iter().map(|(what, number)| vec![(*what).to_owned(), number.to_string()]).collect();
    let mut text = lines(&["checked", "number"], rows);
    for (act_id, number) in &report.erased_by {
        let details = if *number == 1 { "detail" } else { "details" };
        text.push_str(&format!("\n{number} {details} of people erased by design, by act {}", plain(act_id)));
    }
    for finding in &report.findings {
        text.push_str(&format!("\n{}", plain(&finding.to_string())));
    }
    text.push_str(&match report.findings.len() {
        0 => "\nthe books are proven: everything fits".to_owned(),
        1 => "\nthe books are not proven: 1 thing does not fit".to_owned(),
        number => format!("\nthe books are not proven: {number} things do not fit"),
    });
    text
}

/// How far the check is: a moving line on a terminal, one plain line for each part elsewhere.
enum Progress {
    Moving(ProgressBar),
    Plain(Mutex<String>),
}

impl Progress {
    fn start() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self::Plain(Mutex::default());
        }
        let bar = ProgressBar::new_spinner();
        bar.set_style(
            ProgressStyle::with_template("{spinner} {msg} ({elapsed})").expect("the template is a constant"),
        );
        bar.enable_steady_tick(Duration::from_millis(100));
        Self::Moving(bar)
    }

    fn tell(&self, what: &str, rows: u64) {
        match self {
            Self::Moving(bar) => bar.set_message(format!("checking {what}: {rows} rows")),
            Self::Plain(last) => {
                let mut last = last.lock().expect("no holder of this lock panics");
                if *last != what {
                    what.clone_into(&mut last);
                    say(&format!("checking {what}"));
                }
            }
        }
    }

    fn end(&self) {
        if let Self::Moving(bar) = self {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use farthing_engine::verify::Finding;

    use super::*;

    fn report(findings: Vec<Finding>) -> Report {
        Report { checked: vec![("commits", 3), ("journal", 5)], findings, ..Report::default() }
    }

    fn finding() -> Finding {
        let [table, row, problem] = ["payments", "M1/P1", "was changed by hand"].map(str::to_owned);
        Finding { table, row, problem }
    }

    /// Who reads a report must not take what was erased by design for a loss.
    #[test]
    fn a_report_says_what_was_erased_and_by_which_act() {
        let erased_by = [("A1".to_owned(), 1), ("A2".to_owned(), 30)].into();
        let report = Report { erased_by, ..report(Vec::new()) };
        let text = to_text(&report);
        assert!(
            text.contains("1 detail of people erased by design, by act A1\n30 details of people erased by design, by act A2\nthe books are proven"),
            "{text}"
        );
        assert_eq!(to_json(&report)["erased_by"], json!({"A1": 1, "A2": 30}));
    }

    #[test]
    fn a_report_says_what_was_checked_and_what_does_not_fit() {
        assert_eq!(
            to_text(&report(Vec::new())),
            "checked\tnumber\ncommits\t3\njournal\t5\nthe books are proven: everything fits"
        );
        let text = to_text(&report(vec![finding()]));
        assert!(
            text.contains("\npayments M1/P1: was changed by hand\nthe books are not proven: 1 thing"),
            "{text}"
        );
        let json = to_json(&report(vec![finding()]));
        assert_eq!(json["clean"], json!(false));
        assert_eq!(json["checked"]["journal"], json!(5));
        assert_eq!(json["findings"][0]["row"], json!("M1/P1"));
    }
}
