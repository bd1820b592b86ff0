//! Settlements: what a merchant is paid for a day, and where the money goes.

use super::{lines, merchant_account, rows_of, split};
use crate::ids::{Digest, MerchantId, SettlementId};
use crate::journal::{Account, settlement_digest};
use crate::money::Money;
use crate::rows::{EntryKind, Record, RequestKey, Settlement};
use crate::rules::settle_merchant::{Conversion, SettleMerchant, Sum};
use crate::samples::{
    AMOUNT_MINOR, Shelf, card_pay, currency, done, hkd, merchant_id, moment, noon, pay, refund_of, replayed,
    settle, settlement_id, world_id,
};

fn settled(rule: &SettleMerchant) -> (Vec<(String, i64)>, Settlement) {
    let (change, outcome) = done(Shelf::stocked().decide(rule));
    (lines(&change.entries[0]), outcome.unwrap())
}

fn line(account: &str, amount_minor: i64) -> (String, i64) {
    (account.to_owned(), amount_minor)
}

/// Proves every row of a settlement: the day's key and the settlement are new, and one entry moves the money.
#[test]
fn a_settlement_writes_two_rows_and_one_entry() {
    let (change, outcome) = done(Shelf::stocked().decide(&settle()));
    let made = outcome.unwrap();
    let (entry, _) = rows_of(&change.entries[0]);
    let expected = Settlement {
        merchant_id: merchant_id(),
        settlement_id: settlement_id(),
        world_id: world_id(),
        settle_day: "20261122".to_owned(),
        currency: currency("HKD"),
        credit_count: 2,
        debit_count: 1,
        credit_minor: 20_000,
        debit_minor: 2_500,
        fee_minor: 500,
        settled_at: noon(),
        recorded_at: moment(noon()).real_now,
        chain_count: 1,
        chain_head: entry.hash,
    };
    assert_eq!(made, expected);
    assert_eq!((made.net_minor(), made.settle_minor()), (17_500, 17_000));
    assert_eq!(entry.subject, format!("settlement:{}", settlement_id()));
    assert_eq!((entry.kind, entry.chain_number), (EntryKind::MerchantSettled, 1));
    assert_eq!((entry.previous, entry.state_digest), (Digest::ZERO, settlement_digest(&made)));
    assert_eq!(entry.merchant_id, Some(merchant_id()));
    let key = RequestKey {
        merchant_id: merchant_id(),
        operation: "settle".to_owned(),
        request_id: crate::ids::RequestId::new("20261122 HKD"),
        target: settlement_id().to_string(),
    };
    assert_eq!(split(&change.writes), (vec![key.into_row(), made.into_row()], Vec::new()));
    let moved = [
        line("merchant:M1", -500),
        line("fees", 500),
        line("merchant:M1", -17_000),
        line("outside:settlement", 17_000),
    ];
    assert_eq!(lines(&change.entries[0]), moved);
}

/// Proves that a day is settled once per currency, and that another day, currency or merchant is another settlement.
#[test]
fn a_day_is_settled_once() {
    let mut shelf = Shelf::stocked();
    assert!(shelf.run(&settle()).unwrap().is_some());
    let again = SettleMerchant { settlement_id: SettlementId::new("another"), ..settle() };
    assert_eq!(replayed(shelf.decide(&again)), None);
    let others = [
        SettleMerchant { settle_day: "20261121".to_owned(), ..again.clone() },
        SettleMerchant { currency: currency("USD"), ..again.clone() },
        SettleMerchant { merchant_id: MerchantId::new("M2"), ..again },
    ];
    for other in others {
        assert!(done(shelf.decide(&other)).1.is_some());
    }
}

/// Proves that a day with more refunds than payments makes the merchant owe, and that its fee is still taken.
#[test]
fn a_day_below_zero_is_owed() {
    let rule = SettleMerchant {
        credit: Sum { count: 1, amount_minor: 1_000 },
        debit: Sum { count: 2, amount_minor: 3_000 },
        ..settle()
    };
    let (moved, made) = settled(&rule);
    assert_eq!((made.net_minor(), made.fee_minor, made.settle_minor()), (-2_000, 25, -2_025));
    let expected = [
        line("merchant:M1", -25),
        line("fees", 25),
        line("merchant:M1", 2_025),
        line("outside:settlement", -2_025),
    ];
    assert_eq!(moved, expected);
}

/// Proves that nothing moves a zero: without a fee, and on a day that comes to nothing.
#[test]
fn nothing_moves_a_zero() {
    let free = SettleMerchant { fee_basis_points: 0, ..settle() };
    assert_eq!(settled(&free).0, [line("merchant:M1", -17_500), line("outside:settlement", 17_500)]);
    let nothing = SettleMerchant { credit: Sum::default(), debit: Sum::default(), ..settle() };
    let (moved, made) = settled(&nothing);
    assert_eq!((moved, made.settle_minor()), (Vec::new(), 0));
}

/// Proves that no fee is kept of what went back on the day it was taken.
#[test]
fn what_went_back_on_the_same_day_is_free() {
    let whole = settled(&SettleMerchant { fee_basis_points: 100, ..settle() }).1;
    let credit_minor = settle().credit.amount_minor;
    let waived = SettleMerchant { fee_basis_points: 100, waived_minor: credit_minor, ..settle() };
    assert!(whole.fee_minor > 0);
    assert_eq!(settled(&waived).1.fee_minor, 0);
}

/// Proves that what was taken in another currency is exchanged on the way, so that each currency sums to zero.
#[test]
fn other_currencies_are_exchanged_on_the_way() {
    let cad = currency("CAD");
    let net = |amount_minor| Money::new(amount_minor, currency("CNY"));
    let rule = SettleMerchant {
        currency: cad,
        credit: Sum { count: 1, amount_minor: 1_912 },
        debit: Sum { count: 1, amount_minor: 191 },
        converted: vec![Conversion { net: net(9_000), became_minor: 1_721 }],
        fee_basis_points: 100,
        ..settle()
    };
    let (moved, made) = settled(&rule);
    assert_eq!((made.fee_minor, made.settle_minor()), (19, 1_702));
    let expected = [
        line("merchant:M1", -9_000),
        line("outside:exchange", 9_000),
        line("outside:exchange", -1_721),
        line("merchant:M1", 1_721),
        line("merchant:M1", -19),
        line("fees", 19),
        line("merchant:M1", -1_702),
        line("outside:settlement", 1_702),
    ];
    assert_eq!(moved, expected);
    let owed = SettleMerchant {
        credit: Sum::default(),
        debit: Sum { count: 1, amount_minor: 191 },
        converted: vec![Conversion { net: net(-1_000), became_minor: -191 }],
        ..rule
    };
    assert_eq!(settled(&owed).0[0], line("merchant:M1", 1_000), "money goes the other way");
}

/// Proves that after a settlement of all that was taken the merchant is owed nothing.
#[test]
fn a_settled_merchant_is_owed_nothing() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    shelf.run(&refund_of(hkd(2_500), 1, noon())).unwrap();
    let rule = SettleMerchant {
        credit: Sum { count: 1, amount_minor: AMOUNT_MINOR },
        debit: Sum { count: 1, amount_minor: 2_500 },
        ..settle()
    };
    shelf.run(&rule).unwrap();
    assert_eq!(shelf.posted_minor(&merchant_account()), 0);
    assert_eq!(shelf.posted_minor(&Account::Fees), 250);
    assert_eq!(shelf.posted_minor(&Account::OutsideSettlement), 7_250);
    let mut cards = Shelf::stocked();
    cards.run(&card_pay()).unwrap();
    cards.run(&SettleMerchant { debit: Sum::default(), ..rule }).unwrap();
    assert_eq!(cards.posted_minor(&merchant_account()), 0);
}
