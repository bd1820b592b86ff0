//! Seals: each links to the one before it, covers what it says it covers, and is signed. Balances at seals add up.

use farthing_core::ids::Digest;
use farthing_core::money::Currency;
use farthing_core::rows::{AccountBalance, Seal};
use farthing_core::rules::seal::{merkle_root, seal_hash};
use farthing_crypto::Algorithm;
use farthing_store::{Snapshot, StoreError};

use super::ledger::Ledger;
use super::slices::Slices;
use super::{Report, VerifyOptions};

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    ledger: &Ledger,
    options: &VerifyOptions,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<(), StoreError> {
    let mut seals = Slices::<Seal>::new();
    let (mut expected_number, mut previous) = (1, Digest::ZERO);
    while let Some(seal) = seals.next(snapshot).await? {
        progress("seals", seal.seal_number.unsigned_abs());
        if seal.seal_number != expected_number || seal.previous != previous {
            let problem = "does not follow the seal before it; one was removed, added or changed";
            report.find("seals", seal.seal_number, problem);
        }
        check_seal(&seal, ledger, options, report);
        expected_number = seal.seal_number + 1;
        previous = seal.hash;
    }
    for number in ledger.by_seal.keys().filter(|number| **number >= expected_number) {
        report.find(
            "seals",
            number,
            "batches say they are covered by it, but it is not there; it was removed by hand",
        );
    }
    report.count("seals", (expected_number - 1).unsigned_abs());
    check_balances(snapshot, ledger, report).await
}

fn check_seal(seal: &Seal, ledger: &Ledger, options: &VerifyOptions, report: &mut Report) {
    let mut find = |problem: String| report.find("seals", seal.seal_number, problem);
    if seal_hash(seal) != seal.hash {
        find("its hash does not fit; it was changed".to_owned());
    }
    match options.seal_keys.get(&seal.key_id) {
        None => find(format!("is signed with the key {}, which is not among the keys at hand", seal.key_id)),
        Some(key) if !key.verify(Algorithm::RsaSha256, &seal.hash.0, &seal.signature) => {
            find("its signature does not verify; it was not made by this gateway".to_owned());
        }
        Some(_) => {}
    }
    let none = (0, Vec::new());
    let (commit_count, hashes) = ledger.by_seal.get(&seal.seal_number).unwrap_or(&none);
    let counts = (i64::try_from(*commit_count).ok(), i64::try_from(hashes.len()).ok());
    if counts != (Some(seal.commit_count), Some(seal.entry_count)) {
        let problem = format!(
            "covers {} batches with {} entries, {commit_count} with {} are there; some were removed or added",
            seal.commit_count,
            seal.entry_count,
            hashes.len()
        );
        find(problem);
    } else if merkle_root(hashes) != seal.root {
        find("its root does not fit the entries it covers; one of them was exchanged".to_owned());
    }
}

/// Each seal left one balance for each account that it moved, and it is what the postings until then sum to.
async fn check_balances(
    snapshot: &mut dyn Snapshot,
    ledger: &Ledger,
    report: &mut Report,
) -> Result<(), StoreError> {
    let mut expected = expected_balances(ledger).into_iter().peekable();
    let mut balances = Slices::<AccountBalance>::new();
    while let Some(balance) = balances.next(snapshot).await? {
        let key = (balance.account, balance.currency, balance.seal_number);
        while let Some((gone, sum)) = expected.next_if(|(at, _)| *at < key) {
            find_removed(&gone, sum, report);
        }
        match expected.next_if(|(at, _)| *at == key) {
            None => report.find(
                "account_balances",
                balance_name(&key),
                "its seal moved nothing there; it was added by hand",
            ),
            Some((_, sum)) if sum != i128::from(balance.balance_minor) => {
                let problem = format!(
                    "holds {}, its sealed postings sum to {sum}; it was changed by hand",
                    balance.balance_minor
                );
                report.find("account_balances", balance_name(&key), problem);
            }
            Some(_) => {}
        }
    }
    for (gone, sum) in expected {
        find_removed(&gone, sum, report);
    }
    Ok(())
}

/// An account at a seal.
type BalanceKey = (String, Currency, i64);

/// The balances that must be there, in the order of their keys.
fn expected_balances(ledger: &Ledger) -> Vec<(BalanceKey, i128)> {
    let mut expected = Vec::new();
    for ((account, currency), moves) in &ledger.sealed_moves {
        let mut sum = 0;
        for (seal_number, moved) in moves {
            sum += moved;
            expected.push(((account.clone(), *currency, *seal_number), sum));
        }
    }
    expected
}

fn find_removed(key: &BalanceKey, sum: i128, report: &mut Report) {
    let problem = format!("is not there, its sealed postings sum to {sum}; it was removed by hand");
    report.find("account_balances", balance_name(key), problem);
}

fn balance_name((account, currency, seal_number): &BalanceKey) -> String {
    format!("{account} {currency} at seal {seal_number}")
}
