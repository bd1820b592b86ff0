//! After payments: whether the books are right, and how many payments shared a commit.

use anyhow::Context as _;
use farthing_core::ids::JobId;
use farthing_core::rows::{Commit, Record as _};
use farthing_engine::verify::{VerifyOptions, verify};
use farthing_store::{Select, Store, read_all};

use super::decimal::Thousandths;
use super::ground::Ground;
use super::progress;
use super::report::{Books, Measured};

/// Looks at what the server left behind; proves the books where `prove` says so.
///
/// # Errors
/// The database cannot be opened or read.
pub(super) async fn look(measured: &mut Measured, ground: &Ground, prove: bool) -> anyhow::Result<()> {
    let opened = ground.data().database().open_to_read().await;
    let database = opened.context("the database cannot be opened after the run")?;
    let store = database.store();
    measured.mean_batch_fill = Some(mean_batch_fill(&*store, measured.loaded.window_at_ms).await?);
    if prove {
        progress::line("bench: proving the books");
        let options = VerifyOptions { seal_keys: ground.seal_keys.clone() };
        let report = verify(&*store, &options, &|_, _| {}).await.context("the books cannot be read")?;
        let findings = report.findings.iter().map(ToString::to_string).collect();
        measured.books = Some(Books { findings });
    }
    database.close().await;
    Ok(())
}

/// Payments for each commit in the window. The id of a commit begins with its time in 14 digits.
async fn mean_batch_fill(store: &dyn Store, window_at_ms: (i64, i64)) -> anyhow::Result<Thousandths> {
    let id_at = |ms: i64| JobId::new(format!("{ms:014}"));
    let select = Select::from(Commit::TABLE)
        .above("commit_id", &id_at(window_at_ms.0))
        .below("commit_id", &id_at(window_at_ms.1));
    let commits = read_all::<Commit>(store, select).await.context("the commits cannot be read")?;
    let with_entries = commits.iter().filter(|commit| commit.entry_count > 0);
    let (batches, payments) =
        with_entries.fold((0, 0), |(batches, payments), commit| (batches + 1, payments + commit.entry_count));
    Ok(Thousandths::quotient(u128::try_from(payments).unwrap_or(0), batches))
}
