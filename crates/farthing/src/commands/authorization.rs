//! `farthing authorization`: the user's side of a request to agree to debits.

use clap::Subcommand;
use farthing_client::{AdminClient, escape_segment};
use serde_json::json;

use super::lists::{PartArgs, merchant_of, print_part};
use crate::admin_access::AdminArgs;
use crate::table::{column, show};

/// What to do with requests that a user agrees to debits.
#[derive(Subcommand, Debug)]
pub(crate) enum AuthorizationCommand {
    /// List requests
    List {
        /// Only those that stand so
        #[arg(long, value_parser = ["pending", "approved", "declined", "used"])]
        state: Option<String>,
        /// Only this merchant's
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Agree as the owner of a wallet; prints where the user goes, with the code in it
    Approve {
        /// The request's id
        authorization_id: String,
        /// The wallet to be debited
        #[arg(long, value_name = "ID")]
        wallet: String,
        /// The merchant whose request it is [default: looked up]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Do not agree
    Decline {
        /// The request's id
        authorization_id: String,
        /// The merchant whose request it is [default: looked up]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &AuthorizationCommand) -> anyhow::Result<()> {
    match command {
        AuthorizationCommand::List { state, merchant, part, admin } => {
            let columns = [
                column("authorization", "authorization_id"),
                column("merchant", "merchant_id"),
                column("method", "method"),
                column("auth state", "auth_state"),
                column("state", "state"),
                column("wallet", "wallet_id"),
                column("made", "created_at"),
            ];
            let filters = [("state", state.as_deref()), ("merchant_id", merchant.as_deref())];
            print_part(&admin.open().await?, admin.output, "/authorizations", &filters, part, &columns).await
        }
        AuthorizationCommand::Approve { authorization_id, wallet, merchant, admin } => {
            let client = admin.open().await?;
            let path = path_of(&client, authorization_id, merchant.as_deref()).await?;
            let approved = client.post(&format!("{path}/approve"), json!({"wallet_id": wallet})).await?;
            admin.output.print(&approved, show)
        }
        AuthorizationCommand::Decline { authorization_id, merchant, admin } => {
            let client = admin.open().await?;
            let path = path_of(&client, authorization_id, merchant.as_deref()).await?;
            let declined = client.post(&format!("{path}/decline"), json!({})).await?;
            admin.output.print(&declined, show)
        }
    }
}

async fn path_of(client: &AdminClient, id: &str, merchant: Option<&str>) -> anyhow::Result<String> {
    let merchant = merchant_of(client, merchant, "/authorizations", "authorization_id", id).await?;
    Ok(format!("/authorizations/{}/{}", escape_segment(&merchant), escape_segment(id)))
}
