//! Small rules over the core's rows, just enough to try a store.

use std::sync::atomic::{AtomicU64, Ordering};

use farthing_core::decision::{Change, Decision, Rows, Rule};
use farthing_core::ids::{Digest, JobId, MerchantId, RequestId, UserId, WalletId, WorldId};
use farthing_core::journal::{Account, Entry, Event, transfer};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::Reason;
use farthing_core::rows::{EntryKind, Record as _, RequestKey, RowKey, Wallet};
use farthing_core::time::Timestamp;

/// An id that no other job of this process has.
pub(crate) fn job_id() -> JobId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    JobId::new(format!("job-{:012}", NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// A wallet with so much in it.
pub(crate) fn wallet(id: &str, balance_minor: i64) -> Wallet {
    Wallet {
        wallet_id: WalletId::new(id),
        user_id: UserId::new("user"),
        world_id: WorldId::new("main"),
        method: "ALIPAY_HK".to_owned(),
        currency: hkd(),
        balance_minor,
        amount_max_minor: None,
        day_amount_max_minor: None,
        day_count_max: None,
        basic_amount_max_minor: None,
        day: 0,
        day_amount_minor: 0,
        day_count: 0,
        chain_count: 0,
        chain_head: Digest::ZERO,
        created_at: Timestamp::from_ms(0),
    }
}

pub(crate) fn wallet_key(id: &str) -> RowKey {
    wallet(id, 0).key()
}

pub(crate) fn request_key(request_id: &str, target: &str) -> RequestKey {
    RequestKey {
        merchant_id: MerchantId::new("M"),
        operation: "pay".to_owned(),
        request_id: RequestId::new(request_id),
        target: target.to_owned(),
    }
}

fn hkd() -> Currency {
    Currency::parse("HKD").expect("HKD is an ISO 4217 code")
}

/// A rule made of its keys and a function.
pub(crate) struct Does<F> {
    pub(crate) keys: Vec<RowKey>,
    pub(crate) decide: F,
}

impl<O: Send + 'static, F: Fn(&Rows) -> Decision<O> + Send + Sync + 'static> Rule for Does<F> {
    type Outcome = O;

    fn rows(&self) -> Vec<RowKey> {
        self.keys.clone()
    }

    fn decide(&self, rows: &Rows) -> Decision<O> {
        (self.decide)(rows)
    }
}

/// A rule that writes the same whatever it finds.
pub(crate) fn writes(
    keys: Vec<RowKey>,
    change: impl Fn() -> Change + Send + Sync + 'static,
) -> impl Rule<Outcome = ()> {
    Does { keys, decide: move |_: &Rows| Decision::Done { change: change(), outcome: () } }
}

/// A rule that refuses.
pub(crate) fn refuses() -> impl Rule<Outcome = ()> {
    Does { keys: vec![], decide: |_: &Rows| Decision::Refused(Reason::ProcessFailed.into()) }
}

/// A rule that panics.
pub(crate) fn panics() -> impl Rule<Outcome = ()> {
    Does { keys: vec![], decide: |_: &Rows| -> Decision<()> { panic!("a check made this decision panic") } }
}

/// Takes a request id for `target`, or says which target has it.
pub(crate) struct Claim {
    pub(crate) request_id: &'static str,
    pub(crate) target: String,
}

impl Rule for Claim {
    type Outcome = String;

    fn rows(&self) -> Vec<RowKey> {
        vec![request_key(self.request_id, "").key()]
    }

    fn decide(&self, rows: &Rows) -> Decision<String> {
        let wanted = request_key(self.request_id, &self.target);
        match rows.find::<RequestKey>(&wanted.key()) {
            Some(found) => Decision::Replayed(found.target.clone()),
            None => Decision::Done { change: Change::default().insert(wanted), outcome: self.target.clone() },
        }
    }
}

/// Takes money out of a wallet, if there is enough, and enters it in the journal. Tells what is left.
pub(crate) struct Debit {
    pub(crate) wallet_id: &'static str,
    pub(crate) amount_minor: i64,
}

impl Rule for Debit {
    type Outcome = i64;

    fn rows(&self) -> Vec<RowKey> {
        vec![wallet_key(self.wallet_id)]
    }

    fn decide(&self, rows: &Rows) -> Decision<i64> {
        let Some(found) = rows.find::<Wallet>(&wallet_key(self.wallet_id)) else {
            return Decision::Refused(Reason::UserNotFound.into());
        };
        if found.balance_minor < self.amount_minor {
            return Decision::Refused(Reason::BalanceNotEnough.into());
        }
        let mut left = found.clone();
        left.balance_minor -= self.amount_minor;
        let entry = Entry::for_wallet(&mut left, taken_out(self.wallet_id, self.amount_minor));
        let outcome = left.balance_minor;
        Decision::Done { change: Change::default().update(left).enter(entry), outcome }
    }
}

/// The event of money that leaves a wallet.
pub(crate) fn taken_out(wallet_id: &str, amount_minor: i64) -> Event {
    let wallet = Account::Wallet(WalletId::new(wallet_id));
    Event {
        kind: EntryKind::WalletFunded,
        happened_at: Timestamp::from_ms(1),
        recorded_at: Timestamp::from_ms(2),
        lines: transfer(Money::new(amount_minor, hkd()), &wallet, &Account::OutsideFunding),
    }
}

/// Moves one unit from one wallet to another, so that their sum stays.
pub(crate) struct MoveOne {
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
}

impl Rule for MoveOne {
    type Outcome = ();

    fn rows(&self) -> Vec<RowKey> {
        vec![wallet_key(self.from), wallet_key(self.to)]
    }

    fn decide(&self, rows: &Rows) -> Decision<()> {
        let moved = |id, by| {
            let mut wallet =
                rows.find::<Wallet>(&wallet_key(id)).expect("the check made this wallet").clone();
            wallet.balance_minor += by;
            wallet
        };
        let change = Change::default().update(moved(self.from, -1)).update(moved(self.to, 1));
        Decision::Done { change, outcome: () }
    }
}
