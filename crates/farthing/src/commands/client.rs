//! `farthing client`.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use farthing_client::escape_segment;
use farthing_crypto::PublicKey;
use serde_json::{Map, Value, json};

use super::lists::{PartArgs, print_part};
use super::merchant::{must_change, put};
use super::text_file::read_text;
use crate::admin_access::AdminArgs;
use crate::duration::parse_duration_ms;
use crate::exit::usage;
use crate::table::{column, show};

/// What to do with clients.
#[derive(Subcommand, Debug)]
pub(crate) enum ClientCommand {
    /// Make a client
    Add {
        /// Its id, unique over all merchants
        client_id: String,
        /// The API it speaks
        #[arg(long, value_parser = ["antom", "alipay", "alipayhk", "alphapay"])]
        dialect: String,
        /// The merchant whose it is
        #[arg(long, value_name = "ID")]
        merchant: String,
        /// A file with its public key: PEM or base64; - is standard input
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
        /// The version of that key [default: 1]
        #[arg(long, value_name = "VERSION")]
        key_version: Option<String>,
        /// A setting, e.g. selectors=false
        #[arg(long = "setting", value_name = "NAME=VALUE")]
        settings: Vec<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// List clients
    List {
        /// Only this merchant's
        #[arg(long, value_name = "ID")]
        merchant: Option<String>,
        #[command(flatten)]
        part: PartArgs,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Show a client with its public keys
    Show {
        /// Its id
        client_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Change a client's standing or settings
    Set {
        /// Its id
        client_id: String,
        /// Whether it may speak
        #[arg(long, value_parser = ["active", "disabled"])]
        status: Option<String>,
        /// A setting, e.g. status_vocabulary=trade or expiry_ms=60000; farthing client show lists them, none takes one away
        #[arg(long = "setting", value_name = "NAME=VALUE")]
        settings: Vec<String>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Give a client a new key; the others are accepted for a while longer
    Rotate {
        /// Its id
        client_id: String,
        /// A file with the new public key: PEM or base64; - is standard input
        #[arg(long, value_name = "FILE")]
        public_key: PathBuf,
        /// The version of the new key [default: the next number]
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
        /// For how long the others are still accepted, whole seconds at least
        #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = parse_duration_ms)]
        overlap: i64,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Let a client speak no more
    Disable {
        /// Its id
        client_id: String,
        #[command(flatten)]
        admin: AdminArgs,
    },
}

/// Does it.
pub(crate) async fn run(command: &ClientCommand) -> anyhow::Result<()> {
    match command {
        ClientCommand::Add { client_id, dialect, merchant, public_key, key_version, settings, admin } => {
            let mut body = Map::new();
            put(&mut body, "client_id", Some(client_id));
            put(&mut body, "merchant_id", Some(merchant));
            put(&mut body, "dialect", Some(dialect));
            put(&mut body, "public_key", Some(&read_public_key(public_key)?));
            put(&mut body, "key_version", key_version.as_deref());
            put_settings(&mut body, settings)?;
            let added = admin.open().await?.post("/clients", Value::Object(body)).await?;
            admin.output.print(&added, show)
        }
        ClientCommand::List { merchant, part, admin } => {
            let columns = [
                column("client", "client_id"),
                column("merchant", "merchant_id"),
                column("dialect", "dialect"),
                column("status", "status"),
                column("made", "created_at"),
            ];
            let filters = [("merchant_id", merchant.as_deref())];
            print_part(&admin.open().await?, admin.output, "/clients", &filters, part, &columns).await
        }
        ClientCommand::Show { client_id, admin } => {
            let client = admin.open().await?.read(&path_of(client_id)).await?;
            admin.output.print(&client, show)
        }
        ClientCommand::Set { client_id, status, settings, admin } => {
            let mut body = Map::new();
            put(&mut body, "status", status.as_deref());
            put_settings(&mut body, settings)?;
            change(client_id, must_change(body)?, admin).await
        }
        ClientCommand::Rotate { client_id, public_key, version, overlap, admin } => {
            let mut body = Map::new();
            put(&mut body, "public_key", Some(&read_public_key(public_key)?));
            put(&mut body, "version", version.as_deref());
            body.insert("overlap_s".to_owned(), json!(overlap / 1000));
            let path = format!("{}/keys", path_of(client_id));
            let rotated = admin.open().await?.post(&path, Value::Object(body)).await?;
            admin.output.print(&rotated, show)
        }
        ClientCommand::Disable { client_id, admin } => {
            change(client_id, json!({"status": "disabled"}), admin).await
        }
    }
}

async fn change(client_id: &str, body: Value, admin: &AdminArgs) -> anyhow::Result<()> {
    let changed = admin.open().await?.patch(&path_of(client_id), body).await?;
    admin.output.print(&changed, show)
}

/// The key is read here already, so that a private key given by mistake never leaves this machine.
fn read_public_key(path: &Path) -> anyhow::Result<String> {
    let key = PublicKey::parse(&read_text(path)?);
    Ok(key
        .with_context(|| format!("{} holds no public key that can be used", path.display()))?
        .to_spki_base64())
}

fn put_settings(body: &mut Map<String, Value>, settings: &[String]) -> anyhow::Result<()> {
    let mut read = Map::new();
    for setting in settings {
        let (name, value) = setting.split_once('=').ok_or_else(|| {
            usage(format!("{setting:?} is no setting; write NAME=VALUE, e.g. selectors=false"))
        })?;
        let value = match value {
            "true" => json!(true),
            "false" => json!(false),
            "none" => Value::Null,
            text => text.parse::<i64>().map_or_else(|_no_number| json!(text), |number| json!(number)),
        };
        read.insert(name.to_owned(), value);
    }
    if !read.is_empty() {
        body.insert("settings".to_owned(), Value::Object(read));
    }
    Ok(())
}

fn path_of(client_id: &str) -> String {
    format!("/clients/{}", escape_segment(client_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_texts_truths_or_none() {
        let mut body = Map::new();
        let settings = ["selectors=false", "notify_url=https://a.example/?b=c", "x=none"].map(str::to_owned);
        put_settings(&mut body, &settings).unwrap();
        let expected = json!({"selectors": false, "notify_url": "https://a.example/?b=c", "x": null});
        assert_eq!(body["settings"], expected);
        assert!(put_settings(&mut Map::new(), &["selectors".to_owned()]).is_err());
    }

    /// Somebody will give the wrong half one day; it must not travel.
    #[test]
    fn a_private_key_is_refused_before_it_is_sent() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("key.pem");
        let key = farthing_crypto::PrivateKey::generate();
        std::fs::write(&path, key.to_pkcs8_pem()).unwrap();
        let error = read_public_key(&path).unwrap_err();
        assert!(format!("{error:#}").contains("this is a private key"), "{error:#}");
        std::fs::write(&path, key.public_key().to_spki_pem()).unwrap();
        assert_eq!(read_public_key(&path).unwrap(), key.public_key().to_spki_base64());
    }
}
