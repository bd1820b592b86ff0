//! Wallets against their postings and their own chains.

use std::collections::HashMap;

use farthing_core::journal::{Account, wallet_subject};
use farthing_core::money::Money;
use farthing_core::rows::{JournalEntry, Wallet};
use farthing_store::{Snapshot, StoreError};

use super::Report;
use super::chains::{Counted, chain_of, check_chain, records};
use super::ledger::Ledger;
use super::slices::Slices;

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    ledger: &Ledger,
    journal_is_whole: bool,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let mut wallets = Slices::<Wallet>::new();
    let mut unseen: HashMap<String, ()> = ledger
        .balances
        .keys()
        .filter(|(name, _)| Account::wallet_of(name).is_some())
        .map(|(name, _)| (name.clone(), ()))
        .collect();
    loop {
        let slice = wallets.slice(snapshot).await?;
        if slice.is_empty() {
            break;
        }
        let selects = slice.iter().map(|wallet| chain_of(&wallet_subject(&wallet.wallet_id))).collect();
        let chains = snapshot.read(selects).await?;
        for (wallet, rows) in slice.into_iter().zip(chains) {
            let chain: Vec<JournalEntry> = records(rows);
            counted.rows += 1;
            counted.entries += chain.len() as u64;
            check_chain(&chain, (wallet.chain_count, wallet.chain_head), report);
            unseen.remove(&Account::Wallet(wallet.wallet_id.clone()).name());
            if journal_is_whole {
                check_balance(&wallet, ledger, report);
            }
        }
        progress("wallets", counted.rows);
    }
    for name in unseen.into_keys() {
        let wallet_id = Account::wallet_of(&name).map_or(name, |id| id.to_string());
        report.find("wallets", wallet_id, "has postings, but is not there; it was removed by hand");
    }
    Ok(counted)
}

fn check_balance(wallet: &Wallet, ledger: &Ledger, report: &mut Report) {
    let account = (Account::Wallet(wallet.wallet_id.clone()).name(), wallet.currency);
    let sum = ledger.balances.get(&account).copied().unwrap_or(0);
    if sum != i128::from(wallet.balance_minor) {
        let summed = i64::try_from(sum).map(|minor| Money::new(minor, wallet.currency).to_string());
        let summed = summed.unwrap_or_else(|_| format!("{sum} smallest units"));
        let problem = format!("holds {}, its postings sum to {summed}", wallet.balance());
        report.find("wallets", &wallet.wallet_id, problem);
    }
    if wallet.chain_count == 0 && wallet.balance_minor != 0 {
        report.find("wallets", &wallet.wallet_id, "was never funded, but holds money");
    }
}
