//! `farthing agreement`.

use clap::Subcommand;
use farthing_client::escape_segment;
use serde_json::json;

use super::lists::{PartArgs, merchant_of, print_part};
use crate::admin_access::AdminArgs;
use crate::table::{column, show};

/// What to do with what users agreed to.
#[derive(Subcommand, Debug)]
pub(crate) enum AgreementCommand {
    /// List agreements
    List {
        /// Only this merchant's
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Take an agreement back, as the user
    Revoke {
        /// Its id
        agreement_id: String,
        /// The merchant who may debit by it [default: looked up]
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        /// What the user says about it; the merchant is told
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &AgreementCommand) -> anyhow::Result<()> {
    match command {
        AgreementCommand::List { merchant, part, admin } => {
            let columns = [
                column("agreement", "agreement_id"),
                column("merchant", "merchant_id"),
                column("user", "user_id"),
                column("wallet", "wallet_id"),
                column("method", "method"),
                column("state", "state"),
                column("made", "created_at"),
                column("token until", "access_expires_at"),
            ];
            let filters = [("merchant_id", merchant.as_deref())];
            print_part(&admin.open().await?, admin.output, "/agreements", &filters, part, &columns).await
        }
        AgreementCommand::Revoke { agreement_id, merchant, reason, admin } => {
            let client = admin.open().await?;
            let merchant =
                merchant_of(&client, merchant.as_deref(), "/agreements", "agreement_id", agreement_id)
                    .await?;
            let path =
                format!("/agreements/{}/{}/revoke", escape_segment(&merchant), escape_segment(agreement_id));
            let body = reason.as_ref().map_or(json!({}), |reason| json!({"why": reason}));
            let revoked = client.post(&path, body).await?;
            admin.output.print(&revoked, show)
        }
    }
}
