//! `farthing key`.

use std::path::PathBuf;

use clap::Subcommand;
use farthing_client::escape_segment;
use farthing_server::keyring::{Custody, GatewayKeys};
use farthing_store_sqlite::DirectoryLock;
use serde_json::json;

use super::text_file::read_text;
use crate::admin_access::AdminArgs;
use crate::custody;
use crate::data_directory::WhichArgs;
use crate::exit::usage;
use crate::output::print;
use crate::table::{self, column, show};

/// What to do with the gateway's own signing keys.
///
/// The oldest active key signs. A new one waits until the older ones are retired, so that merchants can be given its public half
/// first.
///
/// Private keys and the secret that encrypts tokens lie in DIR/keys, for their owner only. With a key-encryption key in
/// FARTHING_KEY_ENCRYPTION_KEY (32 random bytes in base64), or in a file that FARTHING_KEY_ENCRYPTION_KEY_FILE names, they lie there
/// encrypted; every command that opens them needs it then.
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
    /// Encrypt the files of the keys under the key-encryption key; no gateway may run meanwhile
    Wrap {
        #[command(flatten)]
        which: WhichArgs,
    },
    /// Write the files of the keys as they are again; no gateway may run meanwhile
    Unwrap {
        #[command(flatten)]
        which: WhichArgs,
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
        KeyCommand::Wrap { which } => {
            let wrapped = needed_custody()?;
            let count = move_keys(which, &Custody::Plain, &wrapped)?;
            print(&format!("{count} files of keys were encrypted"))
        }
        KeyCommand::Unwrap { which } => {
            let wrapped = needed_custody()?;
            let count = move_keys(which, &wrapped, &Custody::Plain)?;
            print(&format!(
                "{count} files of keys were decrypted; take the key-encryption key out of the environment"
            ))
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

fn needed_custody() -> anyhow::Result<Custody> {
    match custody::from_environment()? {
        Custody::Plain => Err(usage(
            "give the key-encryption key: set FARTHING_KEY_ENCRYPTION_KEY or FARTHING_KEY_ENCRYPTION_KEY_FILE; \
             a new one is made by: openssl rand -base64 32",
        )),
        wrapped => Ok(wrapped),
    }
}

/// Under the directory's lock: a gateway that runs would go on to write new keys in the former way.
fn move_keys(which: &WhichArgs, from: &Custody, to: &Custody) -> anyhow::Result<usize> {
    let data = which.directory()?;
    let _lock = DirectoryLock::take(data.root())?;
    Ok(GatewayKeys::move_custody(&data.keys(), from, to)?)
}
