//! `farthing verify`: proves the books from what is in the store alone.
//!
//! It reads one committed snapshot in slices, beside a running server, and says of every row that does not fit which
//! one it is: postings that do not sum to zero, broken chains and seals, over-refunds and over-captures, payments that
//! ended without their money going back, balances that differ from their postings, and payments, refunds, captures,
//! declarations, settlements, details, request ids, entries or wallets changed, added or removed by hand.
//!
//! What was erased is told apart from what was removed or changed by hand: the journal tells of it, and the act that erased
//! it is there.
//!
//! Not in the journal, and so not proven: users, agreements and tokens, kept cards, deliveries, rates, and ids
//! that were cancelled before they were seen.

mod accounts;
mod chains;
mod details;
mod erasures;
mod ledger;
mod payments;
mod seals;
mod settlements;
mod slices;
mod strays;
mod wallets;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use farthing_crypto::PublicKey;
use farthing_store::{Store, StoreError};

use ledger::Ledger;

/// What verifying needs besides the store.
pub struct VerifyOptions {
    /// The public halves of the keys that sign seals, by their names.
    pub seal_keys: HashMap<String, Arc<PublicKey>>,
}

/// Something that does not fit.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Finding {
    /// The table.
    pub table: String,
    /// The row's key.
    pub row: String,
    /// What does not fit.
    pub problem: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}: {}", self.table, self.row, self.problem)
    }
}

/// What was looked at, and what was found.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Report {
    /// Batches, entries of the journal, postings, seals, payments, refunds, captures, declarations, settlements, wallets, in
    /// this order.
    pub checked: Vec<(&'static str, u64)>,
    /// How many documents of payments, refunds, captures and declarations each act has erased, by design: the journal tells
    /// of each of them.
    pub erased_by: BTreeMap<String, u64>,
    /// What does not fit; empty when the books are proven.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many documents were erased by design.
    #[must_use]
    pub fn erased_count(&self) -> u64 {
        self.erased_by.values().sum()
    }

    /// Whether everything fits.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    fn count(&mut self, what: &'static str, number: u64) {
        self.checked.push((what, number));
    }

    fn find(&mut self, table: &str, row: impl std::fmt::Display, problem: impl Into<String>) {
        self.findings.push(Finding {
            table: table.to_owned(),
            row: row.to_string(),
            problem: problem.into(),
        });
    }
}

/// Verifies everything in the store. `progress` is told what is being looked at and how many rows of it were done.
///
/// # Errors
/// Those of the store, but a damaged row is a finding, after which the part it was found in is not looked at further.
pub async fn verify(
    store: &dyn Store,
    options: &VerifyOptions,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Report, StoreError> {
    let mut snapshot = store.snapshot().await?;
    let mut report = Report::default();
    let mut ledger = Ledger::default();
    let journal = ledger::check(&mut *snapshot, &mut ledger, &mut report, progress).await;
    let journal_is_whole = part_done(journal, &mut report)?;
    let sealed = seals::check(&mut *snapshot, &ledger, options, &mut report, progress).await;
    part_done(sealed, &mut report)?;
    let chained = chains::check(&mut *snapshot, &ledger, journal_is_whole, &mut report, progress).await;
    part_done(chained, &mut report)?;
    let erased = erasures::check_acts(&mut *snapshot, &mut report).await;
    part_done(erased, &mut report)?;
    Ok(report)
}

/// Whether a part was done to its end; a damaged row ends it with a finding.
fn part_done(result: Result<(), StoreError>, report: &mut Report) -> Result<bool, StoreError> {
    match result {
        Ok(()) => Ok(true),
        Err(StoreError::DamagedRow(damaged)) => {
            report.find(
                damaged.table,
                &damaged.id,
                format!("column {} holds something never written there", damaged.column),
            );
            Ok(false)
        }
        Err(other) => Err(other),
    }
}
