//! Wallets: balances and limits.

use farthing_core::ids::{UserId, WalletId, WorldId};
use farthing_core::money::{Currency, Money};
use farthing_core::rows::{KycLevel, Record as _, User, UserStatus, Wallet};
use farthing_engine::Select;
use serde::{Deserialize, Serialize};

use super::call::{Call, present};
use super::check;
use super::merchants::world_named;
use super::moments::moment;
use super::page::Slice;
use super::problem::{self, Problem};
use super::reply::Reply;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListQuery {
    user_id: Option<String>,
    limit: Option<u32>,
    after: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddBody {
    wallet_id: String,
    user_id: String,
    world_id: Option<String>,
    login_id: Option<String>,
    method: String,
    currency: Currency,
    kyc: Option<KycLevel>,
    amount_max_minor: Option<i64>,
    day_amount_max_minor: Option<i64>,
    day_count_max: Option<i64>,
    basic_amount_max_minor: Option<i64>,
    fund_minor: Option<i64>,
}

/// Limits to change: a number sets one, `null` takes it away, and what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeBody {
    #[serde(default, deserialize_with = "present")]
    amount_max_minor: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    day_amount_max_minor: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    day_count_max: Option<Option<i64>>,
    #[serde(default, deserialize_with = "present")]
    basic_amount_max_minor: Option<Option<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FundBody {
    amount_minor: i64,
    currency: Currency,
}

#[derive(Serialize)]
struct WalletView {
    wallet_id: WalletId,
    user_id: UserId,
    world_id: WorldId,
    method: String,
    currency: Currency,
    balance_minor: i64,
    amount_max_minor: Option<i64>,
    day_amount_max_minor: Option<i64>,
    day_count_max: Option<i64>,
    basic_amount_max_minor: Option<i64>,
    day_amount_minor: i64,
    day_count: i64,
    created_at: String,
}

/// A wallet, with the totals of today in its world.
fn view(call: &Call, wallet: Wallet) -> WalletView {
    let (day_amount_minor, day_count) = wallet.day_totals(call.engine().moment(&wallet.world_id).now);
    WalletView {
        wallet_id: wallet.wallet_id,
        user_id: wallet.user_id,
        world_id: wallet.world_id,
        method: wallet.method,
        currency: wallet.currency,
        balance_minor: wallet.balance_minor,
        amount_max_minor: wallet.amount_max_minor,
        day_amount_max_minor: wallet.day_amount_max_minor,
        day_count_max: wallet.day_count_max,
        basic_amount_max_minor: wallet.basic_amount_max_minor,
        day_amount_minor,
        day_count,
        created_at: moment(wallet.created_at),
    }
}

pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let query: ListQuery = call.query()?;
    let slice = Slice::of(query.limit, query.after)?;
    let select = slice.by_id::<Wallet>(Select::from(Wallet::TABLE));
    let select = match query.user_id {
        Some(user_id) => select.equal("user_id", &UserId::new(user_id)),
        None => select,
    };
    let shown = |wallet| view(&call, wallet);
    slice.read(call.engine(), select, |wallet: &Wallet| wallet.wallet_id.to_string(), shown).await
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let wallet = named(&call).await?;
    Ok(Reply::ok(&view(&call, wallet)))
}

pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let body: AddBody = call.body()?;
    let fund_minor = check::not_negative("fund_minor", body.fund_minor)?.unwrap_or(0);
    if call.app.second_person && fund_minor > 0 {
        let detail = "money moved by hand needs a second person: make the wallet without it, then fund it";
        return Err(Problem::field("fund_minor", detail));
    }
    let wallet_id = WalletId::new(check::id("wallet_id", body.wallet_id.clone())?);
    let known = call.engine().user(&UserId::new(body.user_id.clone())).await?;
    let is_new = known.is_none();
    let user = match known {
        Some(user) => fitting_user(user, &body)?,
        None => new_user(&call, &body)?,
    };
    let wallet = new_wallet(wallet_id, &user, &body, call.engine().real_now())?;
    call.engine().add_wallet(&call.actor(), is_new.then_some(user), wallet.clone()).await?;
    let wallet = match fund_minor {
        0 => wallet,
        _ => {
            let amount = Money::new(fund_minor, wallet.currency);
            call.engine().fund_wallet(&call.actor(), &wallet.wallet_id, amount).await?
        }
    };
    Ok(Reply::created(&view(&call, wallet)))
}

pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let body: ChangeBody = call.body()?;
    let _changing = call.app.changing.lock().await;
    let before = named(&call).await?;
    let mut wallet = before.clone();
    set_limit("amount_max_minor", &mut wallet.amount_max_minor, body.amount_max_minor)?;
    set_limit("day_amount_max_minor", &mut wallet.day_amount_max_minor, body.day_amount_max_minor)?;
    set_limit("day_count_max", &mut wallet.day_count_max, body.day_count_max)?;
    set_limit("basic_amount_max_minor", &mut wallet.basic_amount_max_minor, body.basic_amount_max_minor)?;
    call.engine().change_wallet_limits(&call.actor(), before, wallet).await?;
    // Read again: payments may have moved the balance meanwhile, and they were left as they are.
    let wallet = named(&call).await?;
    Ok(Reply::ok(&view(&call, wallet)))
}

pub(super) async fn fund(call: Call) -> Result<Reply, Problem> {
    let body: FundBody = call.body()?;
    let wallet_id = named(&call).await?.wallet_id;
    let amount = Money::new(body.amount_minor, body.currency);
    if let Some(proposed) = call.proposed("wallet.fund", Wallet::key_of(&wallet_id)).await? {
        return Ok(proposed);
    }
    let wallet = match call.confirms() {
        Some(proposal_id) => {
            call.engine().fund_wallet_confirmed(&call.actor(), proposal_id, &wallet_id, amount).await?
        }
        None => call.engine().fund_wallet(&call.actor(), &wallet_id, amount).await?,
    };
    Ok(Reply::ok(&view(&call, wallet)))
}

async fn named(call: &Call) -> Result<Wallet, Problem> {
    let wallet_id = WalletId::new(call.path("wallet_id"));
    let found = call.engine().wallet(&wallet_id).await?;
    found.ok_or_else(|| Problem::not_found(format_args!("wallet {wallet_id}")))
}

/// A user who is there already stays as they are: what the body says of them must be so.
fn fitting_user(user: User, body: &AddBody) -> Result<User, Problem> {
    let differs = |name: &str| {
        let detail =
            format!("{name}: user {} is there already and differs; change the user instead", user.user_id);
        Err(Problem::new(&problem::EXISTS, detail))
    };
    if body.world_id.as_ref().is_some_and(|world_id| world_id != user.world_id.as_str()) {
        return differs("world_id");
    }
    if body.login_id.as_ref().is_some_and(|login_id| *login_id != user.login_id) {
        return differs("login_id");
    }
    if body.kyc.is_some_and(|kyc| kyc != user.kyc) {
        return differs("kyc");
    }
    Ok(user)
}

fn new_user(call: &Call, body: &AddBody) -> Result<User, Problem> {
    let user_id = check::id("user_id", body.user_id.clone())?;
    let login_id = body.login_id.clone().unwrap_or_else(|| user_id.clone());
    Ok(User {
        user_id: UserId::new(user_id),
        world_id: world_named(call, body.world_id.clone())?,
        login_id: check::text("login_id", login_id)?,
        status: UserStatus::Active,
        kyc: body.kyc.unwrap_or(KycLevel::Full),
        created_at: call.engine().real_now(),
    })
}

fn new_wallet(
    wallet_id: WalletId,
    user: &User,
    body: &AddBody,
    created_at: farthing_core::time::Timestamp,
) -> Result<Wallet, Problem> {
    let method = check::id("method", body.method.clone())?;
    Ok(Wallet {
        amount_max_minor: check::not_negative("amount_max_minor", body.amount_max_minor)?,
        day_amount_max_minor: check::not_negative("day_amount_max_minor", body.day_amount_max_minor)?,
        day_count_max: check::not_negative("day_count_max", body.day_count_max)?,
        basic_amount_max_minor: check::not_negative("basic_amount_max_minor", body.basic_amount_max_minor)?,
        created_at,
        ..Wallet::empty(wallet_id, user, &method, body.currency)
    })
}

fn set_limit(name: &str, limit: &mut Option<i64>, wanted: Option<Option<i64>>) -> Result<(), Problem> {
    if let Some(wanted) = wanted {
        *limit = check::not_negative(name, wanted)?;
    }
    Ok(())
}
