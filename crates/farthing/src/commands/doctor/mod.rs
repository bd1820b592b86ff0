//! `farthing doctor`: why a signature does not verify.

mod keys;
mod message;
mod shown;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{ArgGroup, Args, ValueEnum};
use farthing_crypto::{PrivateKey, PublicKey};
use farthing_doctor::{KeyUse, MessageKind, NamedKey, diagnose_key};
use farthing_engine::{Clock as _, SystemClock};

pub(super) use self::keys::{KnownKeys, profiles_in};
pub(super) use self::message::Message;
use self::message::parse_header;
use self::shown::{Report, key_json, key_text};
use super::calls::speaker::DialectName;
use super::text_file::{read_bytes, read_text};
use crate::data_directory::{DataArgs, DataDirectory};
use crate::exit::{self, usage};
use crate::output::{OutputArgs, print};

/// A message, and who should have signed it; or a key alone.
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("subject").required(true).args(["request", "notification", "reply", "body", "key"])))]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    message: MessageArgs,
    /// A key, to be looked at alone; - is standard input
    #[arg(long, value_name = "FILE", requires = "key_use", help_heading = "The key alone")]
    key: Option<PathBuf>,
    /// What it is to be used for
    #[arg(long = "use", value_enum, value_name = "USE", requires = "key", help_heading = "The key alone")]
    key_use: Option<KeyUseName>,
    #[command(flatten)]
    signer: SignerArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What a key is to be used for.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum KeyUseName {
    /// To verify
    Public,
    /// To sign
    Private,
}

/// Which way a message goes.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum KindName {
    /// From the client to the gateway
    Request,
    /// The gateway's answer
    Reply,
    /// From the gateway to the client's address
    Notification,
}

impl From<KindName> for MessageKind {
    fn from(name: KindName) -> Self {
        match name {
            KindName::Request => Self::Request,
            KindName::Reply => Self::Reply,
            KindName::Notification => Self::Notification,
        }
    }
}

/// The message: in one file, or in parts.
#[derive(Args, Debug)]
#[command(next_help_heading = "The message")]
struct MessageArgs {
    /// A request as it was sent: request line, headers, empty line, body; or what farthing sign --json prints; - is standard input
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// A notification as it was received, in the same form
    #[arg(long, value_name = "FILE")]
    notification: Option<PathBuf>,
    /// An answer as it was received: status line, headers, empty line, body; --target says what was asked
    #[arg(long, value_name = "FILE")]
    reply: Option<PathBuf>,
    /// The body, byte for byte; the rest is said by --header, --target and --method
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// A header; can be given several times
    #[arg(long = "header", value_name = "NAME: VALUE", value_parser = parse_header, requires = "body")]
    headers: Vec<(String, String)>,
    /// The path and query, or the URL, that was called
    #[arg(long, value_name = "PATH", conflicts_with_all = ["request", "notification", "key"])]
    target: Option<String>,
    /// The method that was used
    #[arg(long, default_value = "POST")]
    method: String,
    /// Which way the message of --body goes
    #[arg(long, value_enum, default_value = "request", requires = "body")]
    kind: KindName,
}

/// Who should have signed: the demo client of a data directory and its gateway, or whoever the flags say.
#[derive(Args, Debug)]
#[command(next_help_heading = "Who should have signed")]
struct SignerArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The API that is spoken
    #[arg(long, value_enum, default_value = "antom")]
    dialect: DialectName,
    /// The client's id, for AlphaPay the merchant code [default: as the data directory says]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// A file with the client's public key: PEM or base64 [default: that of its private key]
    #[arg(long, value_name = "FILE", conflicts_with = "private_key")]
    client_public_key: Option<PathBuf>,
    /// A file with the client's private key: PEM or base64 [default: as the data directory says]
    #[arg(long, value_name = "FILE")]
    private_key: Option<PathBuf>,
    /// A file with the gateway's public key: PEM or base64 [default: as the data directory says]
    #[arg(long, value_name = "FILE")]
    gateway_key: Option<PathBuf>,
    /// The version under which the client's key is registered
    #[arg(long, value_name = "VERSION", default_value = "1")]
    key_version: String,
}

/// Looks at a message or at a key: 0 when the signature verifies or the key can be used, else 1.
///
/// # Errors
/// When a file cannot be read or holds something else; when the key of who should have signed is not known.
pub(crate) fn run(args: &DoctorArgs) -> anyhow::Result<ExitCode> {
    if let (Some(path), Some(key_use)) = (&args.key, args.key_use) {
        return look_at_key(path, key_use, args.output);
    }
    let (message, kind) = args.message.read(args.signer.dialect)?;
    let known = args.signer.known()?;
    if !known.can_judge(kind) {
        return Err(args.signer.nobody_known(kind));
    }
    let report = Report {
        diagnosis: known.diagnose(&message, kind, SystemClock.now()),
        bytes_to_sign: known.bytes_to_sign(&message, kind),
    };
    args.output.print(&report.json(), |_json| report.text())?;
    Ok(code(report.verifies()))
}

fn look_at_key(path: &Path, key_use: KeyUseName, output: OutputArgs) -> anyhow::Result<ExitCode> {
    let key_use = match key_use {
        KeyUseName::Public => KeyUse::Public,
        KeyUseName::Private => KeyUse::Private,
    };
    let diagnosis = diagnose_key(&read_text(path)?, key_use);
    if output.json {
        print(&key_json(&diagnosis).to_string())?;
    } else {
        print(key_text(&diagnosis).trim_end_matches('\n'))?;
    }
    Ok(code(diagnosis.is_usable))
}

fn code(is_well: bool) -> ExitCode {
    if is_well { ExitCode::SUCCESS } else { ExitCode::from(exit::FAILED) }
}

impl MessageArgs {
    /// The message and which way it goes.
    ///
    /// # Errors
    /// When its file cannot be read or holds something else; when it is not said what was called, and that is signed.
    fn read(&self, dialect: DialectName) -> anyhow::Result<(Message, MessageKind)> {
        let whole = [(&self.request, MessageKind::Request), (&self.notification, MessageKind::Notification)];
        for (path, kind) in whole {
            if let Some(path) = path {
                let read = Message::of_request(&read_bytes(path)?);
                return Ok((read.with_context(|| path.display().to_string())?, kind));
            }
        }
        let (mut message, kind) = match (&self.reply, &self.body) {
            (Some(path), _) => {
                let read = Message::of_reply(&read_bytes(path)?);
                (read.with_context(|| path.display().to_string())?, MessageKind::Reply)
            }
            (None, Some(path)) => {
                let (headers, body) = (self.headers.clone(), read_bytes(path)?);
                (Message { headers, body, ..Message::default() }, self.kind.into())
            }
            (None, None) => return Err(usage("which message? give --request, --reply or --body")),
        };
        message.target = self.called(dialect)?;
        message.method.clone_from(&self.method);
        Ok((message, kind))
    }

    fn called(&self, dialect: DialectName) -> anyhow::Result<String> {
        match &self.target {
            Some(target) => Ok(target.clone()),
            // AlipayHK signs nothing outside of the body.
            None if dialect == DialectName::Alipayhk => Ok("/".to_owned()),
            None => Err(usage("the path that was called is signed, too: add --target")),
        }
    }
}

impl SignerArgs {
    /// Who should have signed.
    ///
    /// # Errors
    /// When a file that says so cannot be read or used.
    fn known(&self) -> anyhow::Result<KnownKeys> {
        let dialect = self.dialect.dialect();
        let profiles = profiles_in(&DataDirectory::new(&self.data.data).dev())?;
        let mut known = match profiles.iter().find(|profile| profile.dialect == dialect) {
            Some(profile) => KnownKeys::of_profile(profile, &self.key_version)?,
            None => KnownKeys::nobody(dialect),
        };
        if let Some(client_id) = &self.client_id {
            known.client_id.clone_from(client_id);
        }
        if let Some(key) = self.client_key()? {
            known.client_keys = vec![NamedKey { version: self.key_version.clone(), key }];
        }
        if let Some(path) = &self.gateway_key {
            known.gateway_key = Some(public_key(path)?);
        }
        known.others = keys::other_clients(&profiles, &known.client_id)?;
        Ok(known)
    }

    fn client_key(&self) -> anyhow::Result<Option<PublicKey>> {
        match (&self.client_public_key, &self.private_key) {
            (Some(path), _) => Ok(Some(public_key(path)?)),
            (None, Some(path)) => {
                let key = PrivateKey::parse(&read_text(path)?);
                Ok(Some(key.with_context(|| unusable(path, "private"))?.public_key()))
            }
            (None, None) => Ok(None),
        }
    }

    fn nobody_known(&self, kind: MessageKind) -> anyhow::Error {
        let data = self.data.data.display();
        let flag = match kind {
            MessageKind::Request => "--client-public-key",
            MessageKind::Reply | MessageKind::Notification => "--gateway-key",
        };
        usage(format!(
            "there is no demo client in {data}, so it is not known who should have signed: start farthing dev \
             --data {data}, or give {flag}"
        ))
    }
}

fn public_key(path: &Path) -> anyhow::Result<PublicKey> {
    PublicKey::parse(&read_text(path)?).with_context(|| unusable(path, "public"))
}

fn unusable(path: &Path, key_use: &str) -> String {
    let path = path.display();
    format!("the key in {path} cannot be used; farthing doctor --key {path} --use {key_use} says why")
}

#[cfg(test)]
mod tests;
