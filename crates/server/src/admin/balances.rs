//! What the gateway owes a merchant, as of the last seal.

use farthing_core::ids::MerchantId;
use farthing_core::journal::Account;
use farthing_core::money::Currency;
use farthing_core::rows::{AccountBalance, Record as _, Row};
use farthing_engine::Select;
use serde::Serialize;

use super::call::Call;
use super::merchants;
use super::page::Whole;
use super::problem::Problem;
use super::reply::Reply;

#[derive(Serialize)]
struct BalanceView {
    merchant_id: MerchantId,
    currency: Currency,
    balance_minor: i64,
    /// The last seal that moved it; what was committed since is not in it.
    seal_number: i64,
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let merchant_id = merchants::named(&call).await?.merchant_id;
    let account = Account::Merchant(merchant_id.clone()).name();
    // There is a row for each seal that moved the account, so the last one is looked up by currency.
    let selects = Currency::all().map(|currency| last_balance(&account, currency)).collect();
    let rows = call.engine().look_up(selects).await?;
    let items = rows.into_iter().flatten().filter_map(|row| match row {
        Row::AccountBalance(balance) => Some(view(&merchant_id, &balance)),
        _ => None,
    });
    Ok(Reply::ok(&Whole { items: items.collect() }))
}

fn last_balance(account: &String, currency: Currency) -> Select {
    Select::from(AccountBalance::TABLE)
        .equal("account", account)
        .equal("currency", &currency)
        .descending("seal_number")
        .limit(1)
}

fn view(merchant_id: &MerchantId, balance: &AccountBalance) -> BalanceView {
    BalanceView {
        merchant_id: merchant_id.clone(),
        currency: balance.currency,
        balance_minor: balance.balance_minor,
        seal_number: balance.seal_number,
    }
}
