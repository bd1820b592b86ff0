//! `farthing key`.

use std::path::PathBuf;

use clap::Subcommand;
use farthing_client::escape_segment;
use serde_json::json;

use super::text_file::read_text;
use crate::admin_access::AdminArgs;
use crate::table::{self, column, show};

/// What to do with the gateway's own signing keys.
///
/// The oldest active key signs. A new one waits until the older ones are retired, so that merchants can be given its public half
/// first.
#[derive(Subcommand, Debug)]
pub(crate) enum KeyCommand {
    /// Make a new key, which waits until the older ones are retired
    Generate {
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Take over a private key, which waits until the older ones are retired
    Import {
        /// A file with the private key: PEM or base64; - is standard input
        file: PathBuf,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List the keys, and which one signs
    List {
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Sign with a key no more; the oldest of the others signs from now on
    Retire {
        /// Its version
        version: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &KeyCommand) -> anyhow::Result<()> {
    match command {
        KeyCommand::Generate { admin } => {
            if admin.make_first_keys()? {
                let keys = admin.open().await?.read("/keys").await?;
                return admin.output.print(&keys, |keys| table::list(keys, &columns()));
            }
            let made = admin.open().await?.post("/keys/generate", json!({})).await?;
            admin.output.print(&made, show)
        }
        KeyCommand::Import { file, admin } => {
            let body = json!({"private_key": read_text(file)?});
            let imported = admin.open().await?.post("/keys/import", body).await?;
            admin.output.print(&imported, show)
        }
        KeyCommand::List { admin } => {
            let keys = admin.open().await?.read("/keys").await?;
            admin.output.print(&keys, |keys| table::list(keys, &columns()))
        }
        KeyCommand::Retire { version, admin } => {
            let path = format!("/keys/{}/retire", escape_segment(version));
            let retired = admin.open().await?.post(&path, json!({})).await?;
            admin.output.print(&retired, show)
        }
    }
}

fn columns() -> [table::Column; 5] {
    [
        column("version", "version"),
        column("state", "state"),
        column("bits", "bits"),
        column("made", "created_at"),
        column("retired", "retired_at"),
    ]
}
