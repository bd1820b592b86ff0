//! `farthing wallet`.

use clap::{Args, Subcommand};
use farthing_client::{AdminClient, escape_segment};
use farthing_core::money::Currency;
use serde_json::{Map, Value, json};

use super::admin::say_if_proposed;
use super::lists::{PartArgs, print_part};
use super::merchant::{must_change, put};
use crate::admin_access::AdminArgs;
use crate::amount::{parse_amount, parse_currency, parse_signed_amount};
use crate::exit::usage;
use crate::table::{column, money, show};

const KYC_LEVELS: [&str; 3] = ["none", "basic", "full"];

/// What to do with wallets.
#[derive(Subcommand, Debug)]
pub(crate) enum WalletCommand {
    /// Make a wallet, and its user when there is none of this id
    Add {
        /// Its id
        wallet_id: String,
        /// The user whose it is
        #[arg(long, value_name = "ID")]
        user: String,
        /// The payment method it is reached by, e.g. ALIPAY_HK
        #[arg(long)]
        method: String,
        /// Its currency
        #[arg(long, value_parser = parse_currency)]
        currency: Currency,
        /// What a new user logs in with
        #[arg(long, value_name = "LOGIN")]
        login_id: Option<String>,
        /// How well a new user is known
        #[arg(long, value_parser = KYC_LEVELS)]
        kyc: Option<String>,
        /// The world a new user lives in [default: main]
        #[arg(long, value_name = "ID")]
        world: Option<String>,
        /// What to put into it, e.g. 100.00
        #[arg(long, value_name = "AMOUNT")]
        fund: Option<String>,
        #[command(flatten)]
        limits: LimitArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List wallets
    List {
        /// Only this user's
        #[arg(long, value_name = "ID")]
        user: Option<String>,
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Show a wallet and its user
    Show {
        /// Its id
        wallet_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Change a wallet's limits, or its user's standing
    Set {
        /// Its id
        wallet_id: String,
        /// Whether its user may pay
        #[arg(long, value_parser = ["active", "frozen", "closed"])]
        user_status: Option<String>,
        /// How well its user is known
        #[arg(long, value_parser = KYC_LEVELS)]
        kyc: Option<String>,
        #[command(flatten)]
        limits: LimitArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Bring money into a wallet from outside; a negative amount takes it out
    Fund {
        /// Its id
        wallet_id: String,
        /// How much, e.g. 100.00 or -5.00
        #[arg(long, allow_hyphen_values = true)]
        amount: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// A wallet's limits; `none` takes one away.
#[derive(Args, Debug)]
pub(crate) struct LimitArgs {
    /// The largest single payment, or none
    #[arg(long, value_name = "AMOUNT")]
    amount_max: Option<String>,
    /// The largest sum of payments in a day (GMT+8), or none
    #[arg(long, value_name = "AMOUNT")]
    day_amount_max: Option<String>,
    /// The largest number of payments in a day (GMT+8), or none
    #[arg(long, value_name = "N")]
    day_count_max: Option<String>,
    /// The largest single payment of a user with basic KYC, or none
    #[arg(long, value_name = "AMOUNT")]
    basic_amount_max: Option<String>,
}

impl LimitArgs {
    fn put_into(&self, body: &mut Map<String, Value>, currency: Currency) -> anyhow::Result<()> {
        let amount = |text: &str| {
            parse_amount(text, currency)
                .map(|money| money.amount_minor)
                .map_err(|error| usage(error.to_string()))
        };
        let count = |text: &str| {
            text.parse()
                .map_err(|_error| usage(format!("--day-count-max: {text:?} is not a whole number or none")))
        };
        put_limit(body, "amount_max_minor", self.amount_max.as_deref(), amount)?;
        put_limit(body, "day_amount_max_minor", self.day_amount_max.as_deref(), amount)?;
        put_limit(body, "day_count_max", self.day_count_max.as_deref(), count)?;
        put_limit(body, "basic_amount_max_minor", self.basic_amount_max.as_deref(), amount)
    }
}

fn put_limit(
    body: &mut Map<String, Value>,
    name: &str,
    text: Option<&str>,
    read: impl Fn(&str) -> anyhow::Result<i64>,
) -> anyhow::Result<()> {
    let value = match text {
        None => return Ok(()),
        Some("none") => Value::Null,
        Some(text) => json!(read(text)?),
    };
    body.insert(name.to_owned(), value);
    Ok(())
}

/// Does it.
pub(crate) async fn run(command: &WalletCommand) -> anyhow::Result<()> {
    match command {
        WalletCommand::Add {
            wallet_id,
            user,
            method,
            currency,
            login_id,
            kyc,
            world,
            fund,
            limits,
            admin,
        } => {
            let mut body = Map::new();
            put(&mut body, "wallet_id", Some(wallet_id));
            put(&mut body, "user_id", Some(user));
            put(&mut body, "method", Some(method));
            put(&mut body, "currency", Some(currency.code()));
            put(&mut body, "login_id", login_id.as_deref());
            put(&mut body, "kyc", kyc.as_deref());
            put(&mut body, "world_id", world.as_deref());
            limits.put_into(&mut body, *currency)?;
            if let Some(fund) = fund {
                let money = parse_amount(fund, *currency).map_err(|error| usage(error.to_string()))?;
                body.insert("fund_minor".to_owned(), json!(money.amount_minor));
            }
            let added = admin.open().await?.post("/wallets", Value::Object(body)).await?;
            admin.output.print(&added, show)
        }
        WalletCommand::List { user, part, admin } => {
            let columns = [
                column("wallet", "wallet_id"),
                column("user", "user_id"),
                column("method", "method"),
                money("balance", "balance_minor", "currency"),
                column("world", "world_id"),
            ];
            let filters = [("user_id", user.as_deref())];
            print_part(&admin.open().await?, admin.output, "/wallets", &filters, part, &columns).await
        }
        WalletCommand::Show { wallet_id, admin } => show_wallet(&admin.open().await?, wallet_id, admin).await,
        WalletCommand::Set { wallet_id, user_status, kyc, limits, admin } => {
            let mut user = Map::new();
            put(&mut user, "status", user_status.as_deref());
            put(&mut user, "kyc", kyc.as_deref());
            set(wallet_id, user, limits, admin).await
        }
        WalletCommand::Fund { wallet_id, amount, admin } => {
            let client = admin.open().await?;
            let currency = currency_of(&client, wallet_id).await?;
            let money = parse_signed_amount(amount, currency).map_err(|error| usage(error.to_string()))?;
            let body = json!({"amount_minor": money.amount_minor, "currency": currency.code()});
            let funded = client.post(&format!("{}/fund", path_of(wallet_id)), body).await?;
            admin.output.print(&funded, show)?;
            say_if_proposed(&funded);
            Ok(())
        }
    }
}

async fn set(
    wallet_id: &str,
    user: Map<String, Value>,
    limits: &LimitArgs,
    admin: &AdminArgs,
) -> anyhow::Result<()> {
    let client = admin.open().await?;
    let wallet = client.read(&path_of(wallet_id)).await?;
    let mut body = Map::new();
    limits.put_into(&mut body, read_currency(&wallet)?)?;
    if user.is_empty() {
        client.patch(&path_of(wallet_id), must_change(body)?).await?;
        return show_wallet(&client, wallet_id, admin).await;
    }
    let user_id = wallet["user_id"].as_str().unwrap_or_default();
    client.patch(&format!("/users/{}", escape_segment(user_id)), Value::Object(user)).await?;
    if !body.is_empty() {
        client.patch(&path_of(wallet_id), Value::Object(body)).await?;
    }
    show_wallet(&client, wallet_id, admin).await
}

async fn show_wallet(client: &AdminClient, wallet_id: &str, admin: &AdminArgs) -> anyhow::Result<()> {
    let mut wallet = client.read(&path_of(wallet_id)).await?;
    let user_id = wallet["user_id"].as_str().unwrap_or_default();
    wallet["user"] = client.read(&format!("/users/{}", escape_segment(user_id))).await?;
    admin.output.print(&wallet, show)
}

async fn currency_of(client: &AdminClient, wallet_id: &str) -> anyhow::Result<Currency> {
    read_currency(&client.read(&path_of(wallet_id)).await?)
}

fn read_currency(wallet: &Value) -> anyhow::Result<Currency> {
    let currency = wallet["currency"].as_str().and_then(Currency::parse);
    currency.ok_or_else(|| {
        anyhow::anyhow!("the admin API told a wallet without a currency; is it of another version?")
    })
}

fn path_of(wallet_id: &str) -> String {
    format!("/wallets/{}", escape_segment(wallet_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(amount_max: &str, day_count_max: &str) -> anyhow::Result<Value> {
        let args = LimitArgs {
            amount_max: Some(amount_max.to_owned()),
            day_amount_max: None,
            day_count_max: Some(day_count_max.to_owned()),
            basic_amount_max: None,
        };
        let mut body = Map::new();
        args.put_into(&mut body, Currency::parse("HKD").unwrap())?;
        Ok(Value::Object(body))
    }

    #[test]
    fn a_limit_is_an_amount_or_none() {
        assert_eq!(limits("12.34", "3").unwrap(), json!({"amount_max_minor": 1234, "day_count_max": 3}));
        assert_eq!(limits("none", "none").unwrap(), json!({"amount_max_minor": null, "day_count_max": null}));
        for (amount_max, day_count_max) in [("-1", "1"), ("1.234", "1"), ("1", "many")] {
            let error = limits(amount_max, day_count_max).unwrap_err();
            assert!(error.is::<crate::exit::Usage>(), "{error}");
        }
    }
}
