//! How a command ends.
//!
//! Source: our decision (exit codes: 0 done, 1 it failed, 2 wrong usage; payment commands also 3 for F and 4 for U).

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use farthing_dialect_antom::codes::ResultStatus;

/// It failed.
pub(crate) const FAILED: u8 = 1;
/// It was used wrongly.
pub(crate) const USAGE: u8 = 2;
/// A payment call was answered F.
pub(crate) const ANSWER_F: u8 = 3;
/// A payment call was answered U, or what became of it is unknown.
pub(crate) const ANSWER_U: u8 = 4;

/// The command was used wrongly; the text says how and what would be right.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// The error for a wrong usage.
pub(crate) fn usage(text: impl Into<String>) -> anyhow::Error {
    Usage(text.into()).into()
}

/// The code for an answered payment call.
pub(crate) fn code_of(status: ResultStatus) -> ExitCode {
    match status {
        ResultStatus::S => ExitCode::SUCCESS,
        ResultStatus::F => ExitCode::from(ANSWER_F),
        ResultStatus::U => ExitCode::from(ANSWER_U),
    }
}

/// Says on standard error what went wrong, and gives the code to end with.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    say(&format!("error: {}", sentence(error)));
    ExitCode::from(if error.is::<Usage>() { USAGE } else { FAILED })
}

/// Says something to the person at the terminal, on standard error.
pub(crate) fn say(text: &str) {
    // Where nobody reads standard error, there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The error with those of its causes that it does not name itself already.
fn sentence(error: &anyhow::Error) -> String {
    let mut text = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if text.is_empty() {
            text = cause;
        } else if !text.contains(&cause) {
            write!(text, ": {cause}").expect("writing to a String cannot fail");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("the file a.json cannot be read: {source}")]
    struct Told {
        source: std::io::Error,
    }

    /// A cause is told once, whether or not the error above it has told it already.
    #[test]
    fn a_cause_is_told_once() {
        let told = anyhow::Error::from(Told { source: std::io::Error::other("no disk") });
        assert_eq!(sentence(&told), "the file a.json cannot be read: no disk");
        assert_eq!(
            sentence(&told.context("nothing was done")),
            "nothing was done: the file a.json cannot be read: no disk"
        );
    }
}
