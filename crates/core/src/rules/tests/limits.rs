//! The wallet's limits over a day of GMT+8.

use super::pick;
use crate::reason::Reason;
use crate::rows::{KycLevel, User, Wallet};
use crate::rules::pay::{Pay, PayOutcome};
use crate::samples::{Shelf, done, fresh_ids, hkd, moment, noon, pay, user, wallet, wallet_id};
use crate::time::{HOUR_MS, Timestamp};

/// The `number`th payment of a day, of so many cents at `now`.
fn nth(number: u32, amount_minor: i64, now: Timestamp) -> Pay {
    let mut nth = Pay { fresh: fresh_ids(number), moment: moment(now), ..pay() };
    nth.request.request_id = crate::ids::RequestId::new(format!("pay-{number}"));
    nth.request.amount = hkd(amount_minor);
    nth
}

/// What the payment failed for, or `None` when it was paid; it is recorded either way.
fn failure(shelf: &mut Shelf, pay: &Pay) -> Option<Reason> {
    match shelf.run(pay) {
        Ok(PayOutcome::Recorded(payment)) => payment.failure,
        other => panic!("{other:?}"),
    }
}

fn totals(shelf: &Shelf) -> (i64, i64, i64) {
    let wallet = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap();
    (wallet.day, wallet.day_amount_minor, wallet.day_count)
}

/// 23:59:59.999 GMT+8, the last moment of the samples' day.
fn last_moment() -> Timestamp {
    noon().next_day_gmt8(-1)
}

/// Proves that the counters begin anew at midnight GMT+8, to the millisecond.
#[test]
fn the_day_ends_at_midnight_in_gmt8() {
    let limited = Wallet { day_count_max: Some(2), day_amount_max_minor: Some(1_000), ..wallet() };
    let mut shelf = Shelf::stocked().with(limited);
    assert_eq!(failure(&mut shelf, &nth(1, 600, noon())), None);
    assert_eq!(failure(&mut shelf, &nth(2, 400, last_moment())), None);
    assert_eq!(totals(&shelf), (noon().day_gmt8(), 1_000, 2));
    let midnight = last_moment().plus_ms(1);
    assert_eq!(failure(&mut shelf, &nth(3, 1_000, midnight)), None);
    assert_eq!(totals(&shelf), (noon().day_gmt8() + 1, 1_000, 1));
}

/// Proves that both limits of the day count up to the last moment of it, and midnight UTC changes nothing.
#[test]
fn a_day_limit_holds_until_the_last_moment() {
    let counted = Wallet { day_count_max: Some(1), ..wallet() };
    let mut shelf = Shelf::stocked().with(counted);
    let before_utc_midnight = noon().plus_ms(-5 * HOUR_MS);
    assert_eq!(failure(&mut shelf, &nth(1, 1, before_utc_midnight)), None);
    assert_eq!(failure(&mut shelf, &nth(2, 1, noon())), Some(Reason::PaymentCountExceedsLimit));
    assert_eq!(failure(&mut shelf, &nth(3, 1, last_moment())), Some(Reason::PaymentCountExceedsLimit));
    assert_eq!(totals(&shelf).2, 1, "a failed payment is not counted");
    let summed = Wallet { day_amount_max_minor: Some(1_000), ..wallet() };
    let mut shelf = Shelf::stocked().with(summed);
    assert_eq!(failure(&mut shelf, &nth(1, 1_000, before_utc_midnight)), None);
    assert_eq!(failure(&mut shelf, &nth(2, 1, last_moment())), Some(Reason::UserAmountExceedsLimit));
    assert_eq!(totals(&shelf).1, 1_000, "a failed payment is not summed");
}

/// Proves that a payment which was on its way at midnight does not begin the limits of the new day anew.
#[test]
fn a_payment_that_was_on_its_way_at_midnight_counts_for_the_day_that_has_begun() {
    let limited = Wallet { day_count_max: Some(2), ..wallet() };
    let mut shelf = Shelf::stocked().with(limited.clone());
    let midnight = last_moment().plus_ms(1);
    assert_eq!(failure(&mut shelf, &nth(1, 600, midnight)), None);
    assert_eq!(failure(&mut shelf, &nth(2, 400, last_moment())), None);
    assert_eq!(totals(&shelf), (midnight.day_gmt8(), 1_000, 2));
    assert_eq!(failure(&mut shelf, &nth(3, 1, midnight)), Some(Reason::PaymentCountExceedsLimit));
    assert_eq!(failure(&mut shelf, &nth(4, 1, last_moment())), Some(Reason::PaymentCountExceedsLimit));
    let far_ahead = Wallet { day: noon().day_gmt8() + 2, day_amount_minor: 999, day_count: 2, ..limited };
    let mut shelf = Shelf::stocked().with(far_ahead);
    assert_eq!(failure(&mut shelf, &nth(5, 10, noon())), None, "a clock was wrong");
    assert_eq!(totals(&shelf), (noon().day_gmt8(), 10, 1));
}

/// Proves that the sum of a day cannot leave the range of 64 bits and slip under a limit.
#[test]
fn huge_sums_do_not_wrap_around() {
    let spent = Wallet {
        day: noon().day_gmt8(),
        day_amount_minor: i64::MAX,
        day_count: 1,
        balance_minor: 5,
        ..wallet()
    };
    let limited = Wallet { day_amount_max_minor: Some(i64::MAX), ..spent.clone() };
    let mut shelf = Shelf::stocked().with(limited);
    assert_eq!(failure(&mut shelf, &nth(1, 1, noon())), Some(Reason::UserAmountExceedsLimit));
    let mut shelf = Shelf::stocked().with(spent);
    assert_eq!(failure(&mut shelf, &nth(1, 1, noon())), None);
    assert_eq!(totals(&shelf).1, i64::MAX, "the sum stays at the end of the range");
}

/// Proves that basic KYC is limited by its own amount only, and full KYC not by it.
#[test]
fn basic_kyc_pays_small_amounts() {
    let limited = Wallet { basic_amount_max_minor: Some(500), ..wallet() };
    let basic = User { kyc: KycLevel::Basic, ..user() };
    let mut shelf = Shelf::stocked().with(limited).with(basic.clone());
    assert_eq!(failure(&mut shelf, &nth(1, 500, noon())), None);
    assert_eq!(failure(&mut shelf, &nth(2, 501, noon())), Some(Reason::UserKycNotQualified));
    shelf = shelf.with(user());
    assert_eq!(failure(&mut shelf, &nth(3, 501, noon())), None);
    let mut unlimited = Shelf::stocked().with(basic);
    assert_eq!(failure(&mut unlimited, &nth(1, 501, noon())), None, "a wallet without that limit");
}

fn old_totals(shelf: &Shelf) -> (i64, i64) {
    shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().day_totals(noon())
}

/// Proves that a debit counts for the day it is made on even when the row still speaks of an older day.
#[test]
fn yesterdays_totals_are_forgotten() {
    let old = Wallet { day: noon().day_gmt8() - 1, day_amount_minor: 999, day_count: 9, ..wallet() };
    let shelf = Shelf::stocked().with(Wallet { day_count_max: Some(1), ..old });
    assert_eq!(old_totals(&shelf), (0, 0));
    let (change, _) = done(shelf.decide(&nth(1, 10, noon())));
    let debited: Wallet = pick(&change.writes).unwrap();
    assert_eq!((debited.day, debited.day_amount_minor, debited.day_count), (noon().day_gmt8(), 10, 1));
}
