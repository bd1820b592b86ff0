//! Results on standard output.

use std::io::{ErrorKind, IsTerminal as _, Write as _};

use clap::Args;
use serde_json::Value;

/// How results are printed.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct OutputArgs {
    /// Print one JSON object instead of text
    #[arg(long, help_heading = "Output")]
    pub(crate) json: bool,
}

impl OutputArgs {
    /// Prints the value as JSON where that was asked for, else what `text` makes of it.
    ///
    /// # Errors
    /// As [`print()`].
    pub(crate) fn print(self, value: &Value, text: impl FnOnce(&Value) -> String) -> anyhow::Result<()> {
        if self.json { print(&value.to_string()) } else { print(text(value).trim_end_matches('\n')) }
    }
}

/// Prints a text and a line break. A reader that has gone away (`farthing ... | head -1`) is no error.
///
/// # Errors
/// When standard output cannot be written for another reason, a full disk for example.
pub(crate) fn print(text: &str) -> anyhow::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match writeln!(stdout, "{text}").and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(anyhow::anyhow!("standard output cannot be written: {error}"))
        }
        _ => Ok(()),
    }
}

/// Whether a person is looking at standard output.
pub(crate) fn is_for_a_person() -> bool {
    std::io::stdout().is_terminal()
}

/// `text` without control characters, which could make a terminal do things; what merchants name is shown with it.
pub(crate) fn plain(text: &str) -> String {
    let keep = |letter: char| {
        if letter.is_control() { letter.escape_unicode().collect() } else { String::from(letter) }
    };
    text.chars().map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A merchant's name cannot clear the operator's screen.
    #[test]
    fn control_characters_are_shown_as_escapes() {
        assert_eq!(plain("Caf\u{e9} \u{1b}[2J\nx"), "Caf\u{e9} \\u{1b}[2J\\u{a}x");
    }
}
