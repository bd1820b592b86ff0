//! `farthing rates`.

use clap::Subcommand;
use farthing_core::money::Currency;
use serde_json::json;

use super::lists::{PartArgs, print_part};
use crate::admin_access::AdminArgs;
use crate::amount::parse_currency;
use crate::table::{column, show};

/// What to do with exchange rates.
#[derive(Subcommand, Debug)]
pub(crate) enum RatesCommand {
    /// List exchange rates
    List {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Set what one unit of a currency is worth in another one
    Set {
        /// What is converted, e.g. CNY
        #[arg(value_parser = parse_currency)]
        from: Currency,
        /// Into what, e.g. CAD
        #[arg(value_parser = parse_currency)]
        to: Currency,
        /// How many units of the latter one unit of the former is, e.g. 0.1912
        price: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &RatesCommand) -> anyhow::Result<()> {
    match command {
        RatesCommand::List { part, admin } => {
            let columns = [
                column("from", "from_currency"),
                column("to", "to_currency"),
                column("price", "price"),
                column("quote", "quote_id"),
                column("set", "set_at"),
            ];
            print_part(&admin.open().await?, admin.output, "/rates", &[], part, &columns).await
        }
        RatesCommand::Set { from, to, price, admin } => {
            let body = json!({"from_currency": from.code(), "to_currency": to.code(), "price": price});
            let set = admin.open().await?.post("/rates", body).await?;
            admin.output.print(&set, show)
        }
    }
}
