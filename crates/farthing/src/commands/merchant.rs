//! `farthing merchant`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use farthing_client::escape_segment;
use serde_json::{Map, Value, json};

use super::lists::{PartArgs, print_part};
use super::text_file::read_text;
use crate::admin_access::AdminArgs;
use crate::exit::usage;
use crate::table::{column, show};

/// What to do with merchants.
#[derive(Subcommand, Debug)]
pub(crate) enum MerchantCommand {
    /// Make a merchant
    Add {
        /// Its id
        merchant_id: String,
        /// Its name, for people
        #[arg(long)]
        name: String,
        /// The world it lives in [default: main]
        #[arg(long, value_name = "ID")]
        world: Option<String>,
        #[command(flatten)]
        standing: StandingArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List merchants
    List {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Show a merchant, with its balances as of the last seal
    Show {
        /// Its id
        merchant_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Change a merchant
    Set {
        /// Its id
        merchant_id: String,
        /// Its name, for people
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        standing: StandingArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// A merchant's standing and contracts.
#[derive(Args, Debug)]
pub(crate) struct StandingArgs {
    /// Its standing
    #[arg(long, value_parser = ["active", "unregistered", "suspended", "closed"])]
    status: Option<String>,
    /// What is known of its business
    #[arg(long, value_parser = ["qualified", "not_qualified"])]
    kyb: Option<String>,
    /// A JSON file with its contracts, all of them; - is standard input
    #[arg(long, value_name = "FILE")]
    contracts: Option<PathBuf>,
    /// A JSON file that says how it is settled: fee_basis_points and bank; - is standard input
    #[arg(long, value_name = "FILE")]
    settlement: Option<PathBuf>,
}

impl StandingArgs {
    fn put_into(&self, body: &mut Map<String, Value>) -> anyhow::Result<()> {
        put(body, "status", self.status.as_deref());
        put(body, "kyb", self.kyb.as_deref());
        if let Some(path) = &self.contracts {
            let contracts: Value = serde_json::from_str(&read_text(path)?)
                .with_context(|| format!("the contracts in {} are no JSON", path.display()))?;
            body.insert("contracts".to_owned(), contracts);
        }
        if let Some(path) = &self.settlement {
            let settlement: Value = serde_json::from_str(&read_text(path)?)
                .with_context(|| format!("the settlement in {} is no JSON", path.display()))?;
            body.insert("settlement".to_owned(), settlement);
        }
        Ok(())
    }
}

/// Puts a text into a body where there is one.
pub(super) fn put(body: &mut Map<String, Value>, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        body.insert(name.to_owned(), json!(text));
    }
}

/// A change has to change something.
///
/// # Errors
/// A wrong usage when the body is empty.
pub(super) fn must_change(body: Map<String, Value>) -> anyhow::Result<Value> {
    if body.is_empty() {
        return Err(usage("nothing is to be changed; --help tells what can be"));
    }
    Ok(Value::Object(body))
}

/// Does it.
pub(crate) async fn run(command: &MerchantCommand) -> anyhow::Result<()> {
    match command {
        MerchantCommand::Add { merchant_id, name, world, standing, admin } => {
            let mut body = Map::new();
            put(&mut body, "merchant_id", Some(merchant_id));
            put(&mut body, "name", Some(name));
            put(&mut body, "world_id", world.as_deref());
            standing.put_into(&mut body)?;
            let added = admin.open().await?.post("/merchants", Value::Object(body)).await?;
            admin.output.print(&added, show)
        }
        MerchantCommand::List { part, admin } => {
            let columns = [
                column("merchant", "merchant_id"),
                column("name", "name"),
                column("world", "world_id"),
                column("status", "status"),
                column("kyb", "kyb"),
                column("made", "created_at"),
            ];
            print_part(&admin.open().await?, admin.output, "/merchants", &[], part, &columns).await
        }
        MerchantCommand::Show { merchant_id, admin } => show_merchant(merchant_id, admin).await,
        MerchantCommand::Set { merchant_id, name, standing, admin } => {
            let mut body = Map::new();
            put(&mut body, "name", name.as_deref());
            standing.put_into(&mut body)?;
            let body = must_change(body)?;
            let path = format!("/merchants/{}", escape_segment(merchant_id));
            let changed = admin.open().await?.patch(&path, body).await?;
            admin.output.print(&changed, show)
        }
    }
}

async fn show_merchant(merchant_id: &str, admin: &AdminArgs) -> anyhow::Result<()> {
    let client = admin.open().await?;
    let path = format!("/merchants/{}", escape_segment(merchant_id));
    let mut merchant = client.read(&path).await?;
    let mut balances = client.read(&format!("{path}/balances")).await?;
    merchant["balances"] = balances["items"].take();
    admin.output.print(&merchant, show)
}
