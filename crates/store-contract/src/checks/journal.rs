//! Entries of the journal and the rows of the batches they came with.

use farthing_core::journal::recompute_entry_hash;
use farthing_core::rows::{Commit, JournalEntry, Posting, Table};
use farthing_store::{Select, read_all};

use super::{commits, make_wallets};
use crate::Harness;
use crate::rules::Debit;
use crate::stage::{job, together};

/// Entries are numbered over the whole batch, each with its postings, under the batch's id; the batch's own row counts
/// them, and is open to be sealed. A batch without entries counts as sealed.
pub async fn entries_and_postings_get_their_place_in_the_batch<H: Harness>(harness: H) {
    let store = harness.store();
    make_wallets(&store, &[("V", 10), ("W", 10)]).await;
    let debit = |wallet_id| job(&store, Debit { wallet_id, amount_minor: 4 });
    together(&store, vec![debit("W"), debit("V"), debit("W")]).await;

    let [made, paid] = &commits(&store).await[..] else { panic!("two batches were committed") };
    let made_expected = Commit { entry_count: 0, seal_number: Some(0), ..made.clone() };
    assert_eq!((made, (paid.entry_count, paid.seal_number)), (&made_expected, (3, None)));
    let entries: Vec<JournalEntry> = read_all(&*store, Select::from(Table::JournalEntry)).await.unwrap();
    let places: Vec<_> =
        entries.iter().map(|entry| (entry.position, entry.subject.as_str(), entry.chain_number)).collect();
    assert_eq!(places, [(0, "wallet:W", 1), (1, "wallet:V", 1), (2, "wallet:W", 2)]);
    assert_eq!(entries[2].previous, entries[0].hash);
    for entry in entries {
        assert_eq!(entry.commit_id, paid.commit_id);
        let of_entry = Select::from(Table::Posting)
            .equal("commit_id", &entry.commit_id)
            .equal("position", &entry.position);
        let postings: Vec<Posting> = read_all(&*store, of_entry).await.unwrap();
        let moved: Vec<_> = postings.iter().map(|posting| (posting.line, posting.amount_minor)).collect();
        assert_eq!(moved, [(0, -4), (1, 4)]);
        assert_eq!(recompute_entry_hash(&entry, &postings), entry.hash);
    }
}
