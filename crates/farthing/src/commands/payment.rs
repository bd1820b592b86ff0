//! `farthing payment`.

use clap::Subcommand;
use farthing_client::{AdminClient, AdminError, escape_segment};
use serde_json::{Map, Value, json};

use super::admin::say_if_proposed;
use super::lists::{PartArgs, find_all, print_part, the_merchant};
use super::timeline;
use crate::admin_access::AdminArgs;
use crate::table::{column, money, show};

/// What to do with payments.
#[derive(Subcommand, Debug)]
pub(crate) enum PaymentCommand {
    /// List a merchant's payments, the newest first
    List {
        /// The merchant [default: the only one there is]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Show a payment and everything that happened to it
    Show {
        /// The gateway's id of the payment
        payment_id: String,
        /// The merchant [default: looked up]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Play the user: pay a payment that waits, or go through 3-D Secure with its card
    Approve {
        /// The gateway's id of the payment
        payment_id: String,
        /// The wallet that pays [default: the sandbox's user's in that currency]
        #[arg(long, value_name = "ID")]
        wallet: Option<String>,
        /// Do everything, and leave the result open
        #[arg(long, conflicts_with = "wallet")]
        pending: bool,
        /// The merchant [default: looked up]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Play the user: do not pay a payment that waits
    Decline {
        /// The gateway's id of the payment
        payment_id: String,
        /// The merchant [default: looked up]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &PaymentCommand) -> anyhow::Result<()> {
    match command {
        PaymentCommand::List { merchant, part, admin } => {
            let columns = [
                column("payment", "payment_id"),
                column("request", "request_id"),
                money("amount", "amount_minor", "currency"),
                column("state", "state"),
                column("why", "failure"),
                money("refunded", "refunded_minor", "currency"),
                column("made", "created_at"),
            ];
            let client = admin.open().await?;
            let merchant = the_merchant(&client, merchant.as_deref()).await?;
            let filters = [("merchant_id", Some(merchant.as_str()))];
            print_part(&client, admin.output, "/payments", &filters, part, &columns).await
        }
        PaymentCommand::Show { payment_id, merchant, admin } => {
            let client = admin.open().await?;
            let story = find(&client, merchant.as_deref(), payment_id).await?;
            admin.output.print(&story, timeline::text)
        }
        PaymentCommand::Approve { payment_id, wallet, pending, merchant, admin } => {
            let mut body = Map::new();
            if let Some(wallet) = wallet {
                body.insert("wallet_id".to_owned(), json!(wallet));
            }
            if *pending {
                body.insert("pending".to_owned(), json!(true));
            }
            decide(payment_id, merchant.as_deref(), "approve", Value::Object(body), admin).await
        }
        PaymentCommand::Decline { payment_id, merchant, admin } => {
            decide(payment_id, merchant.as_deref(), "decline", json!({}), admin).await
        }
    }
}

async fn decide(
    payment_id: &str,
    merchant: Option<&str>,
    verdict: &str,
    body: Value,
    admin: &AdminArgs,
) -> anyhow::Result<()> {
    let client = admin.open().await?;
    let merchant = match merchant {
        Some(merchant) => merchant.to_owned(),
        None => {
            let story = find(&client, None, payment_id).await?;
            let of_payment =
                story["payment"]["merchant_id"].as_str().or_else(|| story["merchant_id"].as_str());
            of_payment.unwrap_or_default().to_owned()
        }
    };
    let path = format!("/payments/{}/{}/{verdict}", escape_segment(&merchant), escape_segment(payment_id));
    let decided = client.post(&path, body).await?;
    admin.output.print(&decided, show)?;
    say_if_proposed(&decided);
    Ok(())
}

/// A payment's story. Where the merchant is not named, each one is asked: a gateway has few of them, and a payment one.
async fn find(client: &AdminClient, merchant: Option<&str>, payment_id: &str) -> anyhow::Result<Value> {
    let path =
        |merchant: &str| format!("/payments/{}/{}", escape_segment(merchant), escape_segment(payment_id));
    if let Some(merchant) = merchant {
        return Ok(client.read(&path(merchant)).await?);
    }
    for merchant in find_all(client, "/merchants", |_any| true).await? {
        match client.read(&path(merchant["merchant_id"].as_str().unwrap_or_default())).await {
            Err(AdminError::Refused(problem)) if problem.status == 404 => {}
            answer => return Ok(answer?),
        }
    }
    anyhow::bail!("no merchant has a payment {payment_id}; farthing payment list shows those there are")
}
