//! Small rules to try the store with.

use std::sync::atomic::{AtomicU64, Ordering};

use farthing_core::decision::{Change, Decision, Rows, Rule};
use farthing_core::ids::{JobId, MerchantId, RequestId, WalletId};
use farthing_core::reason::Reason;
use farthing_core::rows::{Record as _, RequestKey, RowKey, Wallet};
use farthing_core::samples;
use farthing_store::{Answer, Store, StoreError, read_one, run};

/// An id that no other job of any process has.
pub(crate) fn job_id() -> JobId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    JobId::new(format!("job-{}-{:08}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed)))
}

/// A wallet with so much in it.
pub(crate) fn wallet(id: &str, balance_minor: i64) -> Wallet {
    Wallet { wallet_id: WalletId::new(id), balance_minor, ..samples::wallet() }
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

/// Takes one out of a wallet for a request id: once, however often it is asked. Tells what is left.
pub(crate) struct Debit {
    pub(crate) wallet_id: String,
    pub(crate) request_id: String,
}

impl Debit {
    pub(crate) fn of(wallet_id: &str, request_id: impl Into<String>) -> Self {
        Self { wallet_id: wallet_id.to_owned(), request_id: request_id.into() }
    }
}

impl Rule for Debit {
    type Outcome = i64;

    fn rows(&self) -> Vec<RowKey> {
        vec![request_key(&self.request_id, "").key(), wallet_key(&self.wallet_id)]
    }

    fn decide(&self, rows: &Rows) -> Decision<i64> {
        let request = request_key(&self.request_id, &self.wallet_id);
        let Some(found) = rows.find::<Wallet>(&wallet_key(&self.wallet_id)) else {
            return Decision::Refused(Reason::UserNotFound.into());
        };
        if rows.find::<RequestKey>(&request.key()).is_some() {
            return Decision::Replayed(found.balance_minor);
        }
        if found.balance_minor < 1 {
            return Decision::Refused(Reason::BalanceNotEnough.into());
        }
        let left = Wallet { balance_minor: found.balance_minor - 1, ..found.clone() };
        let outcome = left.balance_minor;
        Decision::Done { change: Change::default().insert(request).update(left), outcome }
    }
}

/// Makes wallets with so much in them.
pub(crate) async fn make_wallets(store: &dyn Store, wallets: &'static [(&'static str, i64)]) {
    let make = Does {
        keys: vec![],
        decide: move |_: &Rows| {
            let add = |change: Change, (id, balance): &(&str, i64)| change.insert(wallet(id, *balance));
            Decision::Done { change: wallets.iter().fold(Change::default(), add), outcome: () }
        },
    };
    assert_eq!(run(store, job_id(), make).await, Ok(Answer::Done(())));
}

pub(crate) async fn debit(
    store: &dyn Store,
    wallet_id: &str,
    request_id: &str,
) -> Result<Answer<i64>, StoreError> {
    run(store, job_id(), Debit::of(wallet_id, request_id)).await
}

pub(crate) async fn balance(store: &dyn Store, id: &str) -> Result<Option<i64>, StoreError> {
    Ok(read_one::<Wallet>(store, wallet_key(id)).await?.map(|wallet| wallet.balance_minor))
}
