//! How a store is made, failed and opened again for a check.

use std::future::Future;
use std::sync::Arc;

use farthing_store::Store;

/// One store of one kind, made for one check.
pub trait Harness: Sized + Send + 'static {
    /// An empty store with its schema; `None` where this kind cannot be had here, and the check is skipped.
    fn fresh() -> impl Future<Output = Option<Self>>;

    /// The store.
    fn store(&self) -> Arc<dyn Store>;

    /// Lets the `n`-th step of the commits to come fail, counted from 1: each row written is a step, and the end of
    /// the transaction is one. 0 lets everything pass again.
    fn fail_at_write(&self, n: u64);

    /// Whether that failure is still to come.
    fn is_armed(&self) -> bool;

    /// Closes the store and opens it again over what it kept; `None` where it keeps nothing.
    fn reopen(self) -> impl Future<Output = Option<Self>>;
}

/// Runs one check over a fresh store.
///
/// # Panics
/// When the check fails.
#[expect(clippy::print_stderr, reason = "a test that was skipped says so, where the test runner shows it")]
pub fn run_check<H: Harness, F: Future<Output = ()>>(check: impl FnOnce(H) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime without timers and sockets needs nothing").block_on(async {
        match H::fresh().await {
            Some(harness) => check(harness).await,
            None => eprintln!("skipped: this kind of store cannot be had here"),
        }
    });
}
