//! `farthing delivery`.

use clap::Subcommand;
use farthing_client::escape_segment;
use serde_json::json;

use super::lists::{PartArgs, print_part};
use crate::admin_access::AdminArgs;
use crate::table::{column, show};

/// What to do with notifications on their way.
#[derive(Subcommand, Debug)]
pub(crate) enum DeliveryCommand {
    /// List notifications, the newest first
    List {
        /// Only those that stand so
        #[arg(long, value_parser = ["pending", "delivered", "given_up"])]
        state: Option<String>,
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Show a notification and every try to deliver it
    Show {
        /// Its id
        delivery_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Send a notification once more, now
    Resend {
        /// Its id
        delivery_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &DeliveryCommand) -> anyhow::Result<()> {
    match command {
        DeliveryCommand::List { state, part, admin } => {
            let columns = [
                column("delivery", "delivery_id"),
                column("kind", "kind"),
                column("about", "subject"),
                column("client", "client_id"),
                column("state", "state"),
                column("tries", "attempt_count"),
                column("next try", "next_attempt_at"),
            ];
            let filters = [("state", state.as_deref())];
            print_part(&admin.open().await?, admin.output, "/deliveries", &filters, part, &columns).await
        }
        DeliveryCommand::Show { delivery_id, admin } => {
            let delivery = admin.open().await?.read(&path_of(delivery_id)).await?;
            admin.output.print(&delivery, show)
        }
        DeliveryCommand::Resend { delivery_id, admin } => {
            let path = format!("{}/resend", path_of(delivery_id));
            let delivery = admin.open().await?.post(&path, json!({})).await?;
            admin.output.print(&delivery, show)
        }
    }
}

fn path_of(delivery_id: &str) -> String {
    format!("/deliveries/{}", escape_segment(delivery_id))
}
