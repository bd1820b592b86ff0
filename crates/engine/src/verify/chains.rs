//! Everything that has a chain in the journal against it, and the books as a whole.

use farthing_core::ids::{Digest, Operation};
use farthing_core::rows::{Capture, Declaration, JournalEntry, Record, Refund, RequestKey, Row};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::accounts::{self, Expected};
use super::ledger::{Ledger, entry_name};
use super::slices::Slices;
use super::{payments, settlements, strays, wallets};

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    ledger: &Ledger,
    journal_is_whole: bool,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<(), StoreError> {
    let mut expected = Expected::default();
    let payments = payments::check(snapshot, &mut expected, report, progress).await?;
    let settlements = settlements::check(snapshot, &mut expected, report, progress).await?;
    let wallets = wallets::check(snapshot, ledger, journal_is_whole, report, progress).await?;
    if journal_is_whole {
        accounts::check(ledger, expected, report);
        if payments.entries + settlements.entries + wallets.entries != ledger.entry_count {
            strays::find_entries_without_owner(snapshot, report).await?;
        }
    }
    let refunds = count_rows::<Refund>(snapshot).await?;
    if refunds != payments.refunds {
        strays::find_without_payment::<Refund>(snapshot, report).await?;
    }
    let captures = count_rows::<Capture>(snapshot).await?;
    if captures != payments.captures {
        strays::find_without_payment::<Capture>(snapshot, report).await?;
    }
    let declarations = count_rows::<Declaration>(snapshot).await?;
    if declarations != payments.declarations {
        strays::find_without_payment::<Declaration>(snapshot, report).await?;
    }
    // One id removed and another added leave the number as it was, so whatever was found makes each be looked at.
    let records = payments.rows + refunds + captures + settlements.rows;
    if count_keys(snapshot).await? != records || !report.is_clean() {
        strays::find_keys_led_astray(snapshot, report).await?;
    }
    report.count("payments", payments.rows);
    report.count("refunds", refunds);
    report.count("captures", captures);
    report.count("declarations", declarations);
    report.count("settlements", settlements.rows);
    report.count("wallets", wallets.rows);
    Ok(())
}

/// How many rows of a kind there are, and how many others were found with them.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) rows: u64,
    pub(super) entries: u64,
    pub(super) refunds: u64,
    pub(super) captures: u64,
    pub(super) declarations: u64,
}

/// The entries of one chain follow each other, and its owner's row knows the last of them.
pub(super) fn check_chain(chain: &[JournalEntry], (count, head): (i64, Digest), report: &mut Report) {
    let (mut expected_number, mut previous) = (1, Digest::ZERO);
    for entry in chain {
        if entry.chain_number != expected_number || entry.previous != previous {
            report.find(
                "journal",
                entry_name(entry),
                "does not follow the entry before it; one was removed or changed",
            );
        }
        expected_number = entry.chain_number + 1;
        previous = entry.hash;
    }
    let Some(last) = chain.last() else { return };
    if (expected_number - 1, previous) != (count, head) {
        report.find(
            "journal",
            entry_name(last),
            format!("is not the last of its chain, which has {count} entries; some were removed or added"),
        );
    }
}

/// What does not fit about a row that the last entry of a chain must have left as it is; nothing when it fits.
pub(super) fn state_problem(chain: &[JournalEntry], digest: Digest) -> Option<&'static str> {
    match chain.last() {
        None => Some("has no entries in the journal; it was added by hand, or they were removed"),
        Some(last) if last.state_digest != digest => {
            Some("is not as the journal left it; it was changed by hand")
        }
        Some(_) => None,
    }
}

/// The entries of one chain, in order.
pub(super) fn chain_of(subject: &str) -> Select {
    Select::from(JournalEntry::TABLE).equal("subject", &subject.to_owned()).ascending("chain_number")
}

/// The rows of one kind among these.
pub(super) fn records<R: Record>(rows: Vec<Row>) -> Vec<R> {
    rows.iter().filter_map(|row| R::from_row(row).cloned()).collect()
}

async fn count_rows<R: Record>(snapshot: &mut dyn Snapshot) -> Result<u64, StoreError> {
    let mut rows = Slices::<R>::new();
    let mut count = 0;
    loop {
        let slice = rows.slice(snapshot).await?;
        if slice.is_empty() {
            return Ok(count);
        }
        count += slice.len() as u64;
    }
}

/// How many request ids lead to a record. Ids that were cancelled before they were seen lead to none; the journal does
/// not tell of them.
async fn count_keys(snapshot: &mut dyn Snapshot) -> Result<u64, StoreError> {
    let mut keys = Slices::<RequestKey>::new();
    let mut count = 0;
    while let Some(key) = keys.next(snapshot).await? {
        count += u64::from(!is_tombstone(&key));
    }
    Ok(count)
}

/// Whether an id was cancelled before it was seen.
pub(super) fn is_tombstone(key: &RequestKey) -> bool {
    key.is_tombstone() && key.operation == Operation::Pay.name()
}
