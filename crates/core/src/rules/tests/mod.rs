//! Tests of the rules, one file per subject: refusals first, as a walk along the order of the checks.

mod approve;
mod authorize;
mod cancel;
mod capture;
mod cards;
mod clock;
mod complete;
mod configure;
mod customs;
mod deliver;
mod erase;
mod expiry;
mod fund;
mod histories;
mod in_store;
mod leases;
mod limits;
mod outcomes;
mod pay_effects;
mod pay_refusals;
mod pay_repeats;
mod people;
mod refund;
mod refund_effects;
mod refund_later;
mod reversal;
mod seal;
mod settle;
mod tokens;
mod unseen;

use crate::journal::{Account, Entry};
use crate::reason::Reason;
use crate::rows::{JournalEntry, Posting, Record, Row};
use crate::samples::{merchant_id, wallet_id};

/// One step of a walk: what is wrong, what it is refused for, and how it is mended.
struct Step<S> {
    wrong: &'static str,
    reason: Reason,
    mend: fn(&mut S),
}

fn step<S>(wrong: &'static str, reason: Reason, mend: fn(&mut S)) -> Step<S> {
    Step { wrong, reason, mend }
}

/// Starts where every check fails and mends one thing after another: each time the next check must speak, and after
/// the last mend none.
fn walk<S>(mut situation: S, steps: Vec<Step<S>>, judge: impl Fn(&S) -> Option<Reason>) {
    for step in steps {
        assert_eq!(judge(&situation), Some(step.reason), "while {}", step.wrong);
        (step.mend)(&mut situation);
    }
    assert_eq!(judge(&situation), None, "with everything mended");
}

/// An entry as the rows of batch `B1`.
fn rows_of(entry: &Entry) -> (JournalEntry, Vec<Posting>) {
    entry.clone().into_rows(&crate::ids::JobId::new("B1"), 0)
}

/// Account and amount of every posting of an entry.
fn lines(entry: &Entry) -> Vec<(String, i64)> {
    rows_of(entry).1.into_iter().map(|posting| (posting.account, posting.amount_minor)).collect()
}

fn wallet_account() -> Account {
    Account::Wallet(wallet_id())
}

fn merchant_account() -> Account {
    Account::Merchant(merchant_id())
}

/// The first row of a kind among written rows.
fn pick<R: Record>(writes: &[crate::decision::Write]) -> Option<R> {
    writes.iter().map(crate::decision::Write::row).find_map(R::from_row).cloned()
}

/// The rows that are inserted, and those that are updated.
fn split(writes: &[crate::decision::Write]) -> (Vec<Row>, Vec<Row>) {
    let (inserts, updates): (Vec<_>, Vec<_>) =
        writes.iter().cloned().partition(|write| matches!(write, crate::decision::Write::Insert(_)));
    let rows = |writes: Vec<crate::decision::Write>| writes.iter().map(|write| write.row().clone()).collect();
    (rows(inserts), rows(updates))
}
