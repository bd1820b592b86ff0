//! Accounts without a row of their own: what payments and settlements say was moved on them is what was posted.

use std::collections::BTreeMap;

use farthing_core::journal::Account;
use farthing_core::money::Currency;
use farthing_core::rows::{Payment, Posting, Settlement};

use super::Report;
use super::ledger::Ledger;

/// What accounts must hold by the rows of payments and settlements, smallest units.
#[derive(Default)]
pub(super) struct Expected {
    by_account: BTreeMap<(String, Currency), i128>,
}

impl Expected {
    /// What a payment keeps with its merchant; a card's comes from outside.
    pub(super) fn add_payment(&mut self, payment: &Payment) {
        let kept = i128::from(payment.captured_minor) - i128::from(payment.refunded_minor);
        let merchant = Account::Merchant(payment.merchant_id.clone());
        self.add(&merchant, payment.currency, kept);
        if payment.card.is_some() {
            self.add(&Account::OutsideCards, payment.currency, -kept);
        }
    }

    /// What a settlement paid and kept, by its row; what it moved on the merchant's accounts and exchanged on the way is
    /// told by its postings alone.
    pub(super) fn add_settlement(&mut self, settlement: &Settlement, postings: &[Posting]) {
        self.add(&Account::Fees, settlement.currency, i128::from(settlement.fee_minor));
        self.add(&Account::OutsideSettlement, settlement.currency, i128::from(settlement.settle_minor()));
        let by_postings =
            [Account::Merchant(settlement.merchant_id.clone()).name(), Account::OutsideExchange.name()];
        for posting in postings.iter().filter(|posting| by_postings.contains(&posting.account)) {
            let account = (posting.account.clone(), posting.currency);
            *self.by_account.entry(account).or_default() += i128::from(posting.amount_minor);
        }
    }

    fn add(&mut self, account: &Account, currency: Currency, minor: i128) {
        *self.by_account.entry((account.name(), currency)).or_default() += minor;
    }
}

/// Compares what was posted with what must be there. Wallets have rows of their own, and funding has no other side.
pub(super) fn check(ledger: &Ledger, expected: Expected, report: &mut Report) {
    let funding = Account::OutsideFunding.name();
    let posted = ledger
        .balances
        .iter()
        .filter(|((name, _), _)| Account::wallet_of(name).is_none() && *name != funding);
    let mut posted: BTreeMap<&(String, Currency), i128> = posted.map(|(key, sum)| (key, *sum)).collect();
    for (key, sum) in &expected.by_account {
        let posted = posted.remove(key).unwrap_or(0);
        if posted != *sum {
            let problem =
                format!("holds {posted} by its postings, and {sum} by its payments and settlements");
            report.find("accounts", account_name(key), problem);
        }
    }
    for (key, sum) in posted.into_iter().filter(|(_, sum)| *sum != 0) {
        let problem = format!("holds {sum} by its postings, and no payment or settlement tells of it");
        report.find("accounts", account_name(key), problem);
    }
}

fn account_name((account, currency): &(String, Currency)) -> String {
    format!("{account} {currency}")
}
