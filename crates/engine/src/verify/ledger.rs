//! Batches, entries and postings side by side, in the order of their keys: each belongs to the one before it.

use std::collections::{BTreeMap, HashMap};

use farthing_core::ids::{Digest, JobId};
use farthing_core::journal::{Account, recompute_entry_hash};
use farthing_core::money::Currency;
use farthing_core::rows::{Commit, JournalEntry, Posting};
use farthing_store::{Snapshot, StoreError};

use super::Report;
use super::slices::Slices;

/// What the ledger adds up to.
#[derive(Default)]
pub(super) struct Ledger {
    /// What the postings of each account sum to.
    pub(super) balances: HashMap<(String, Currency), i128>,
    /// What each seal moved on each account that has no row of its own.
    pub(super) sealed_moves: BTreeMap<(String, Currency), BTreeMap<i64, i128>>,
    /// The batches and the hashes of the entries that claim each seal, in the order they are sealed in.
    pub(super) by_seal: BTreeMap<i64, (u64, Vec<Digest>)>,
    /// How many entries there are.
    pub(super) entry_count: u64,
}

struct Streams {
    commits: Slices<Commit>,
    entries: Slices<JournalEntry>,
    postings: Slices<Posting>,
}

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    ledger: &mut Ledger,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<(), StoreError> {
    let mut streams = Streams { commits: Slices::new(), entries: Slices::new(), postings: Slices::new() };
    let (mut commit_count, mut posting_count) = (0, 0);
    while let Some(commit) = streams.commits.next(snapshot).await? {
        commit_count += 1;
        progress("batches", commit_count);
        skip_strays(snapshot, &mut streams, &commit.commit_id, report).await?;
        posting_count += check_commit(snapshot, &mut streams, &commit, ledger, report).await?;
    }
    while let Some(stray) = streams.entries.next(snapshot).await? {
        report.find("journal", entry_name(&stray), "belongs to no batch; it was added by hand");
    }
    while let Some(stray) = streams.postings.next(snapshot).await? {
        report.find("postings", posting_name(&stray), "belongs to no batch; it was added by hand");
    }
    report.count("batches", commit_count);
    report.count("entries", ledger.entry_count);
    report.count("postings", posting_count);
    Ok(())
}

/// Entries and postings whose batch would have come before this one belong to none.
async fn skip_strays(
    snapshot: &mut dyn Snapshot,
    streams: &mut Streams,
    commit_id: &JobId,
    report: &mut Report,
) -> Result<(), StoreError> {
    while streams.entries.peek(snapshot).await?.is_some_and(|entry| entry.commit_id < *commit_id) {
        if let Some(stray) = streams.entries.next(snapshot).await? {
            report.find(
                "journal",
                entry_name(&stray),
                "belongs to no batch; its batch was removed, or it was added by hand",
            );
        }
    }
    while streams.postings.peek(snapshot).await?.is_some_and(|posting| posting.commit_id < *commit_id) {
        if let Some(stray) = streams.postings.next(snapshot).await? {
            report.find(
                "postings",
                posting_name(&stray),
                "belongs to no batch; its batch was removed, or it was added by hand",
            );
        }
    }
    Ok(())
}

async fn check_commit(
    snapshot: &mut dyn Snapshot,
    streams: &mut Streams,
    commit: &Commit,
    ledger: &mut Ledger,
    report: &mut Report,
) -> Result<u64, StoreError> {
    let (mut entry_count, mut posting_count) = (0, 0);
    while streams.entries.peek(snapshot).await?.is_some_and(|entry| entry.commit_id == commit.commit_id) {
        let Some(entry) = streams.entries.next(snapshot).await? else { break };
        let postings = postings_of(snapshot, streams, &entry, report).await?;
        if entry.position != entry_count {
            report.find(
                "journal",
                entry_name(&entry),
                format!("is not entry {entry_count} of its batch; one was removed or added"),
            );
        }
        check_entry(&entry, &postings, report);
        entry_count = entry.position + 1;
        posting_count += postings.len() as u64;
        ledger.entry_count += 1;
        ledger.take(commit, &entry, &postings);
    }
    if entry_count != commit.entry_count {
        let problem = format!(
            "holds {} entries, {entry_count} are there; some were removed or added",
            commit.entry_count
        );
        report.find("commits", &commit.commit_id, problem);
    }
    if let Some(seal_number) = commit.seal_number.filter(|number| *number > 0) {
        ledger.by_seal.entry(seal_number).or_default().0 += 1;
    }
    Ok(posting_count)
}

/// The postings of an entry. Those that stand before it belong to none.
async fn postings_of(
    snapshot: &mut dyn Snapshot,
    streams: &mut Streams,
    entry: &JournalEntry,
    report: &mut Report,
) -> Result<Vec<Posting>, StoreError> {
    let place = |posting: &Posting| (posting.commit_id.clone(), posting.position);
    let wanted = (entry.commit_id.clone(), entry.position);
    let mut postings = Vec::new();
    while let Some(at) = streams.postings.peek(snapshot).await?.map(place).filter(|at| *at <= wanted) {
        let Some(posting) = streams.postings.next(snapshot).await? else { break };
        if at == wanted {
            postings.push(posting);
        } else {
            report.find(
                "postings",
                posting_name(&posting),
                "belongs to no entry; it was added by hand, or its entry removed",
            );
        }
    }
    Ok(postings)
}

fn check_entry(entry: &JournalEntry, postings: &[Posting], report: &mut Report) {
    if recompute_entry_hash(entry, postings) != entry.hash {
        match odd_posting(entry, postings) {
            Some((posting, problem)) => report.find("postings", posting_name(posting), problem),
            None => {
                let problem =
                    "its hash does not fit; it or one of its postings was changed, added or removed";
                report.find("journal", entry_name(entry), problem);
            }
        }
    }
    if let Some((line, posting)) = (0..).zip(postings).find(|(line, posting)| posting.line != *line) {
        let problem = format!("is not line {line} of its entry; one was removed or renumbered");
        report.find("postings", posting_name(posting), problem);
    }
    let mut sums: HashMap<Currency, i128> = HashMap::new();
    for posting in postings {
        *sums.entry(posting.currency).or_default() += i128::from(posting.amount_minor);
    }
    for (currency, sum) in sums.into_iter().filter(|(_, sum)| *sum != 0) {
        report.find(
            "journal",
            entry_name(entry),
            format!("its postings in {currency} sum to {sum} instead of zero"),
        );
    }
}

/// The one posting that keeps an entry's hash from fitting, where leaving it out or righting its amount makes it fit.
fn odd_posting<'p>(entry: &JournalEntry, postings: &'p [Posting]) -> Option<(&'p Posting, String)> {
    for (at, posting) in postings.iter().enumerate() {
        let mut others = postings.to_vec();
        others.remove(at);
        if recompute_entry_hash(entry, &others) == entry.hash {
            return Some((
                posting,
                "is not among the postings its entry was made with; it was added by hand".to_owned(),
            ));
        }
        let of_currency = others.iter().filter(|other| other.currency == posting.currency);
        let sum: i128 = of_currency.map(|other| i128::from(other.amount_minor)).sum();
        let Ok(amount_minor) = i64::try_from(-sum) else { continue };
        others.insert(at, Posting { amount_minor, ..posting.clone() });
        if recompute_entry_hash(entry, &others) == entry.hash {
            return Some((
                posting,
                format!(
                    "moves {}, it was made with {amount_minor}; it was changed by hand",
                    posting.amount_minor
                ),
            ));
        }
    }
    None
}

impl Ledger {
    fn take(&mut self, commit: &Commit, entry: &JournalEntry, postings: &[Posting]) {
        let sealed = commit.seal_number.filter(|number| *number > 0);
        if let Some(seal_number) = sealed {
            self.by_seal.entry(seal_number).or_default().1.push(entry.hash);
        }
        for posting in postings {
            let account = (posting.account.clone(), posting.currency);
            if let Some(seal_number) = sealed.filter(|_| Account::wallet_of(&posting.account).is_none()) {
                let moves = self.sealed_moves.entry(account.clone()).or_default();
                *moves.entry(seal_number).or_default() += i128::from(posting.amount_minor);
            }
            *self.balances.entry(account).or_default() += i128::from(posting.amount_minor);
        }
    }
}

pub(super) fn entry_name(entry: &JournalEntry) -> String {
    format!("{} entry {} ({}/{})", entry.subject, entry.chain_number, entry.commit_id, entry.position)
}

fn posting_name(posting: &Posting) -> String {
    format!("{}/{}/{} on {}", posting.commit_id, posting.position, posting.line, posting.account)
}
