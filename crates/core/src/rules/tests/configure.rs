//! Merchants, clients, users, wallets and worlds are made and changed.

use super::{pick, split};
use crate::ids::{MerchantId, WalletId};
use crate::rows::{AdminAct, ConfigVersion, KycLevel, Merchant, MerchantStatus, Rate, Record, User, Wallet};
use crate::rules::configure::{Configure, Configured, Step};
use crate::samples::{
    AMOUNT_MINOR, Shelf, admin_act, client, done, merchant, noon, pay, rate, replayed, user, wallet,
    wallet_id, world,
};

fn configure(steps: Vec<Step>) -> Configure {
    Configure { steps, act: admin_act("act-1") }
}

fn empty() -> Shelf {
    Shelf::default()
}

/// Proves that a name that is taken stops the whole change, and which name it was.
#[test]
fn nothing_is_made_when_a_name_is_taken() {
    let new = Merchant { merchant_id: MerchantId::new("M2"), ..merchant() };
    let change = configure(vec![Step::Add(new.into_row()), Step::Add(client().into_row())]);
    assert_eq!(replayed(Shelf::stocked().decide(&change)), Configured::Exists(client().key()));
}

/// Proves that a row that does not exist stops the whole change, whichever way it was to be changed.
#[test]
fn nothing_is_changed_when_a_row_is_missing() {
    let missing = [
        (Step::Set(merchant().into_row()), merchant().key()),
        (Step::SetUser(user()), user().key()),
        (Step::SetLimits(wallet()), wallet().key()),
        (Step::Change { from: merchant().into_row(), to: merchant().into_row() }, merchant().key()),
        (Step::ChangeLimits { from: Box::new(wallet()), to: wallet() }, wallet().key()),
    ];
    for (step, key) in missing {
        let change = configure(vec![Step::Add(world().into_row()), step]);
        assert_eq!(replayed(empty().decide(&change)), Configured::Missing(key));
    }
}

/// Proves that a change is not made over one that somebody else made meanwhile, and that it is made otherwise.
#[test]
fn a_change_does_not_undo_another() {
    let suspended = Merchant { status: MerchantStatus::Suspended, ..merchant() };
    let renamed = Merchant { name: "Other".to_owned(), ..merchant() };
    let rename = Step::Change { from: merchant().into_row(), to: renamed.clone().into_row() };
    let rename = configure(vec![rename]);
    let meanwhile = Shelf::stocked().with(suspended);
    assert_eq!(replayed(meanwhile.decide(&rename)), Configured::Changed(merchant().key()));
    let mut shelf = Shelf::stocked();
    assert_eq!(shelf.run(&rename), Ok(Configured::Done));
    assert_eq!(shelf.find::<Merchant>(&merchant().key()), Some(&renamed));
    assert_eq!(shelf.run(&rename), Ok(Configured::Changed(merchant().key())), "nor a second time");
}

/// Proves that limits are changed beside payments, which move the balance, and not over other limits.
#[test]
fn limits_are_changed_if_they_are_what_was_looked_at() {
    let wanted = Wallet { day_count_max: Some(3), ..wallet() };
    let change = configure(vec![Step::ChangeLimits { from: Box::new(wallet()), to: wanted }]);
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let balance_minor = shelf.find::<Wallet>(&wallet().key()).unwrap().balance_minor;
    assert_eq!(shelf.run(&change), Ok(Configured::Done));
    let after = shelf.find::<Wallet>(&wallet().key()).unwrap();
    assert_eq!((after.day_count_max, after.balance_minor), (Some(3), balance_minor));
    for other in [
        Wallet { amount_max_minor: Some(7), ..wallet() },
        Wallet { day_amount_max_minor: Some(7), ..wallet() },
        Wallet { day_count_max: Some(7), ..wallet() },
        Wallet { basic_amount_max_minor: Some(7), ..wallet() },
    ] {
        let meanwhile = Shelf::stocked().with(other);
        assert_eq!(replayed(meanwhile.decide(&change)), Configured::Changed(wallet().key()));
    }
}

/// Proves that a row can be put whether it exists or not.
#[test]
fn a_rate_is_put_in_place_of_the_one_before() {
    let dearer = Rate { price: "20".to_owned(), ..rate() };
    let mut shelf = empty();
    for rate in [rate(), dearer] {
        shelf.run(&configure(vec![Step::Put(rate.clone().into_row())])).unwrap();
        assert_eq!(shelf.all::<Rate>().collect::<Vec<_>>(), [&rate]);
        shelf = shelf.without(&admin_act("act-1").key());
    }
}

/// Proves that new rows come with the record of who made them, and with the first version.
#[test]
fn new_rows_come_with_the_act_and_the_first_version() {
    let change = configure(vec![Step::Add(merchant().into_row()), Step::Add(client().into_row())]);
    let (change, outcome) = done(empty().decide(&change));
    assert_eq!(outcome, Configured::Done);
    let version = ConfigVersion { row: ConfigVersion::ROW, version: 1 };
    let rows =
        [admin_act("act-1").into_row(), merchant().into_row(), client().into_row(), version.into_row()];
    assert_eq!(split(&change.writes), (rows.to_vec(), Vec::new()));
    assert!(change.entries.is_empty());
}

/// Proves that the version grows with what is cached (merchants, clients, worlds) and only with that.
#[test]
fn the_version_grows_with_what_is_cached_only() {
    let cached = [merchant().into_row(), client().into_row(), world().into_row()];
    for row in cached {
        let (change, _) = done(Shelf::stocked().decide(&configure(vec![Step::Set(row.clone())])));
        assert_eq!(pick::<ConfigVersion>(&change.writes).map(|it| it.version), Some(2), "{:?}", row.table());
        assert_eq!(split(&change.writes).0, [admin_act("act-1").into_row()], "all else is an update");
    }
    for step in [Step::SetUser(user()), Step::SetLimits(wallet())] {
        let (change, _) = done(Shelf::stocked().decide(&configure(vec![step])));
        assert_eq!(pick::<ConfigVersion>(&change.writes), None);
        assert!(pick::<AdminAct>(&change.writes).is_some());
    }
}

/// Proves that a row is set as a whole.
#[test]
fn a_merchant_and_a_user_become_what_they_shall_be() {
    let suspended = Merchant { status: MerchantStatus::Suspended, ..merchant() };
    let known_a_little = User { kyc: KycLevel::Basic, ..user() };
    let mut shelf = Shelf::stocked();
    let steps = vec![Step::Set(suspended.clone().into_row()), Step::SetUser(known_a_little.clone())];
    assert_eq!(shelf.run(&configure(steps)), Ok(Configured::Done));
    assert_eq!(shelf.find::<Merchant>(&suspended.key()), Some(&suspended));
    assert_eq!(shelf.find::<User>(&known_a_little.key()), Some(&known_a_little));
}

/// Proves that setting limits, with an older picture of the wallet, leaves its money, its day and its chain alone.
#[test]
fn limits_are_set_and_the_balance_stays() {
    let mut shelf = Shelf::stocked();
    shelf.run(&pay()).unwrap();
    let before = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap().clone();
    let wanted = Wallet {
        amount_max_minor: Some(1),
        day_amount_max_minor: Some(2),
        day_count_max: Some(3),
        basic_amount_max_minor: Some(4),
        balance_minor: 77,
        day: 0,
        day_amount_minor: 0,
        day_count: 0,
        chain_count: 9,
        method: "DANA".to_owned(),
        ..wallet()
    };
    shelf.run(&configure(vec![Step::SetLimits(wanted)])).unwrap();
    let after = shelf.find::<Wallet>(&Wallet::key_of(&wallet_id())).unwrap();
    let expected = Wallet {
        amount_max_minor: Some(1),
        day_amount_max_minor: Some(2),
        day_count_max: Some(3),
        basic_amount_max_minor: Some(4),
        ..before
    };
    assert_eq!(*after, expected);
    assert_eq!(after.day_totals(noon()), (AMOUNT_MINOR, 1));
}

/// Proves that a new wallet is made with the money it says; funding is another operation.
#[test]
fn a_wallet_can_be_added_beside_another() {
    let second = Wallet { wallet_id: WalletId::new("W2"), balance_minor: 0, ..wallet() };
    let mut shelf = Shelf::stocked();
    assert_eq!(shelf.run(&configure(vec![Step::Add(second.into_row())])), Ok(Configured::Done));
    assert_eq!(shelf.all::<Wallet>().count(), 2);
}
