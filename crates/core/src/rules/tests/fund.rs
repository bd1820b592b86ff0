//! Money comes into a wallet, or leaves it.

use super::{Step, lines, pick, rows_of, split, step, walk};
use crate::ids::{Digest, WalletId};
use crate::journal::Account;
use crate::money::Money;
use crate::reason::Reason;
use crate::rows::{AdminAct, EntryKind, Wallet};
use crate::rules::fund_wallet::FundWallet;
use crate::samples::{
    BALANCE_MINOR, Shelf, currency, done, fund_wallet, hkd, noon, refused, wallet, wallet_id,
};

fn judge(rule: &FundWallet) -> Option<Reason> {
    Shelf::stocked().run(rule).err().map(|refusal| refusal.reason)
}

/// Proves the order of the checks of a funding.
#[test]
fn each_mend_brings_up_the_next_check() {
    let rule = FundWallet {
        wallet_id: WalletId::new("none"),
        amount: Money::new(0, currency("JPY")),
        ..fund_wallet(hkd(0))
    };
    let steps: Vec<Step<FundWallet>> = vec![
        step("there is no such wallet", Reason::UserNotFound, |s| s.wallet_id = wallet_id()),
        step("nothing comes or goes", Reason::ParameterIllegal, |s| {
            s.amount = Money::new(i64::MIN, currency("JPY"));
        }),
        step("the amount has no opposite", Reason::ParameterIllegal, |s| {
            s.amount = Money::new(-BALANCE_MINOR - 1, currency("JPY"));
        }),
        step("the wallet holds another currency", Reason::WalletCurrencyDiffers, |s| {
            s.amount = hkd(-BALANCE_MINOR - 1);
        }),
        step("a cent is missing", Reason::BalanceNotEnough, |s| s.amount = hkd(-BALANCE_MINOR)),
    ];
    walk(rule, steps, judge);
}

/// Proves that a balance cannot leave the range of 64 bits, and that the refusal says which sum did.
#[test]
fn a_wallet_holds_no_more_than_64_bits() {
    let refusal = refused(Shelf::stocked().decide(&fund_wallet(hkd(i64::MAX - BALANCE_MINOR + 1))));
    assert_eq!(refusal.reason, Reason::ParameterIllegal);
    assert!(refusal.detail.contains(&BALANCE_MINOR.to_string()), "{}", refusal.detail);
    assert_eq!(judge(&fund_wallet(hkd(i64::MAX - BALANCE_MINOR))), None);
}

/// Proves that each refusal says what was wrong: an amount at the end of the range is not called zero.
#[test]
fn an_amount_out_of_range_is_not_called_zero() {
    let refusal = refused(Shelf::stocked().decide(&fund_wallet(hkd(i64::MIN))));
    assert!(refusal.detail.contains("out of range"), "{}", refusal.detail);
}

/// Proves what a funding writes: the wallet, who did it, and an entry in the wallet's own chain.
#[test]
fn a_funding_is_an_entry_in_the_wallets_chain() {
    let mut shelf = Shelf::stocked();
    let (change, outcome) = done(shelf.decide(&fund_wallet(hkd(500))));
    let (entry, _) = rows_of(&change.entries[0]);
    let funded =
        Wallet { balance_minor: BALANCE_MINOR + 500, chain_count: 1, chain_head: entry.hash, ..wallet() };
    assert_eq!(outcome, funded);
    assert_eq!(pick::<Wallet>(&change.writes), Some(funded.clone()));
    assert!(pick::<AdminAct>(&change.writes).is_some());
    let (inserts, updates) = split(&change.writes);
    assert_eq!((inserts.len(), updates.len()), (1, 1));
    assert_eq!((entry.kind, entry.subject.as_str()), (EntryKind::WalletFunded, "wallet:W1"));
    assert_eq!((entry.merchant_id, entry.state_digest), (None, Digest::ZERO));
    assert_eq!((entry.chain_number, entry.previous, entry.happened_at), (1, Digest::ZERO, noon()));
    assert_eq!(
        lines(&change.entries[0]),
        [("outside:funding".to_owned(), -500), ("wallet:W1".to_owned(), 500),]
    );
    shelf.run(&fund_wallet(hkd(500))).unwrap();
    let mut drawn = fund_wallet(hkd(-700));
    drawn.act.act_id = "act-2".to_owned();
    let (change, less) = done(shelf.decide(&drawn));
    let (second, _) = rows_of(&change.entries[0]);
    assert_eq!((second.chain_number, second.previous), (2, entry.hash));
    assert_eq!((less.balance_minor, less.chain_count), (BALANCE_MINOR - 200, 2));
    shelf.run(&drawn).unwrap();
    assert_eq!(shelf.posted_minor(&Account::OutsideFunding), 200);
    assert_eq!(shelf.posted_minor(&Account::Wallet(wallet_id())), -200);
}

/// Proves that funding does not count as paying.
#[test]
fn a_funding_leaves_the_counters_of_the_day() {
    let (_, funded) = done(Shelf::stocked().decide(&fund_wallet(hkd(-1))));
    assert_eq!(funded.day_totals(noon()), (0, 0));
}
