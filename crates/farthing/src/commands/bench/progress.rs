//! What is being done: a bar on a terminal, a line elsewhere.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A step of the run. Dropping it takes the bar away.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins a step of `total` parts.
    pub(super) fn begin(what: &'static str, total: usize) -> Self {
        let total = u64::try_from(total).unwrap_or(u64::MAX);
        if !std::io::stderr().is_terminal() {
            line(&format!("bench: {what} ({total})"));
            return Self { bar: ProgressBar::hidden() };
        }
        let style = ProgressStyle::with_template("{msg:<28} {wide_bar} {pos}/{len} {elapsed}");
        let style = style.expect("the template names fields that exist");
        let bar = ProgressBar::new(total).with_style(style).with_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// One more part is done.
    pub(super) fn step(&self) {
        self.bar.inc(1);
    }

    /// So many parts are done.
    pub(super) fn at(&self, done: u64) {
        self.bar.set_position(done);
    }

    /// The step is over.
    pub(super) fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Writes a line for people.
pub(super) fn line(text: &str) {
    // Nobody reading standard error is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}
