//! The checks, by subject. Each opens with what it proves.

mod batches;
mod clock;
mod durability;
mod journal;
mod kinds;
mod reads;
mod selects;

pub use batches::*;
pub use clock::*;
pub use durability::*;
pub use journal::*;
pub use kinds::*;
pub use reads::*;
pub use selects::*;

use std::sync::Arc;

use farthing_core::decision::Change;
use farthing_core::rows::{Commit, Record, RowKey, Table, Wallet};
use farthing_store::{Answer, Select, Store, read_all, read_one};

use crate::rules::{wallet, wallet_key, writes};
use crate::stage::alone;

/// Makes wallets with so much in them.
async fn make_wallets(store: &Arc<dyn Store>, wallets: &'static [(&'static str, i64)]) {
    let make = writes(vec![], move || {
        wallets.iter().fold(Change::default(), |change, (id, balance)| change.insert(wallet(id, *balance)))
    });
    assert_eq!(alone(store, make).await, Ok(Answer::Done(())));
}

async fn balance(store: &Arc<dyn Store>, id: &str) -> Option<i64> {
    found::<Wallet>(store, wallet_key(id)).await.map(|wallet| wallet.balance_minor)
}

async fn found<R: Record>(store: &Arc<dyn Store>, key: RowKey) -> Option<R> {
    read_one(&**store, key).await.expect("the store can be read")
}

async fn commits(store: &Arc<dyn Store>) -> Vec<Commit> {
    read_all(&**store, Select::from(Table::Commit)).await.expect("the store can be read")
}

/// Everything in the store.
async fn contents(store: &Arc<dyn Store>) -> Vec<Vec<farthing_core::rows::Row>> {
    let selects = Table::ALL.iter().map(|table| Select::from(*table)).collect();
    store.read(selects).await.expect("the store can be read")
}
