//! `farthing world`.

use clap::Subcommand;
use serde_json::json;

use super::lists::{PartArgs, print_part};
use crate::admin_access::AdminArgs;
use crate::table::{column, show};

/// What to do with the worlds of a sandbox.
#[derive(Subcommand, Debug)]
pub(crate) enum WorldCommand {
    /// List worlds
    List {
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Make a world; its clock shows real time until it is moved
    Add {
        /// Its id
        world_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &WorldCommand) -> anyhow::Result<()> {
    match command {
        WorldCommand::List { part, admin } => {
            let columns = [column("world", "world_id"), column("made", "created_at")];
            print_part(&admin.open().await?, admin.output, "/worlds", &[], part, &columns).await
        }
        WorldCommand::Add { world_id, admin } => {
            let added = admin.open().await?.post("/worlds", json!({"world_id": world_id})).await?;
            admin.output.print(&added, show)
        }
    }
}
