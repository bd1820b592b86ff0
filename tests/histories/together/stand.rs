//! What a history of many callers stands on: two merchants with three clients, three wallets, agreements between them.

use std::sync::Arc;

use farthing_core::ids::{ClientId, UserId, WalletId};
use farthing_core::request::Secret;
use farthing_core::rows::{Client, Dialect};
use farthing_core::samples;
use farthing_core::time::DAY_MS;
use farthing_engine::testing::{Stage, actor};

use super::books::{Agreement, Books};
use super::desk::Desk;
use super::wish::{CLIENTS, MERCHANTS};

/// What the wallets hold at first, cents.
const BALANCES_MINOR: [i64; 3] = [30_000, 8_000, 15_000];
/// The merchant and the wallet of each agreement. The second wallet is debited by both merchants.
const AGREEMENTS: [(usize, usize); 4] = [(0, 0), (0, 1), (1, 1), (1, 2)];

/// The stage of the first process, and what everybody knows.
pub(crate) struct Stand {
    pub(crate) stage: Stage,
    pub(crate) wallets: Vec<(WalletId, UserId)>,
    pub(crate) tokens: Vec<Secret>,
    pub(crate) books: Books,
}

pub(crate) async fn set(desk: &Arc<Desk>, seed: u64) -> Stand {
    let stage = Stage::set(desk.clone(), seed).await;
    stage.add_merchant(MERCHANTS[1], CLIENTS[2].0).await;
    let second =
        Client { client_id: ClientId::new(CLIENTS[1].0), dialect: Dialect::AlphaPay, ..samples::client() };
    stage.engine.add_client(&actor(), second).await.expect("the client's id is free");
    let mut books = Books::default();
    let mut wallets = Vec::new();
    for (number, balance_minor) in BALANCES_MINOR.into_iter().enumerate() {
        let name = number.to_string();
        let wallet_id = stage.add_wallet(&name, samples::METHOD, samples::hkd(balance_minor)).await;
        wallets.push((wallet_id, UserId::new(format!("U-{name}"))));
        books.wallets.push((balance_minor, false));
        books.funded_minor += balance_minor;
    }
    let mut tokens = Vec::new();
    for (number, (merchant, wallet)) in AGREEMENTS.into_iter().enumerate() {
        let client_id = ClientId::new(if merchant == 0 { CLIENTS[0].0 } else { CLIENTS[2].0 });
        tokens.push(stage.agree(&format!("A-{number}"), &client_id, &wallets[wallet].0).await);
        let until_ms = stage.now().ms() + 365 * DAY_MS;
        books.agreements.push(Agreement { merchant, wallet, until_ms });
    }
    Stand { stage, wallets, tokens, books }
}
