//! Who speaks, and to whom.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use farthing_client::{ClientError, ClientProfile, ClientSettings, DialectClient, Timeouts};
use farthing_core::rows::Dialect;

use super::super::text_file::read_text;
use crate::data_directory::{DataArgs, DataDirectory, Running};
use crate::duration::parse_duration_ms;
use crate::exit::usage;

/// The API that is spoken.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum DialectName {
    /// Antom v1
    Antom,
    /// The older Alipay edition of the same API
    Alipay,
    /// AlipayHK's functions
    Alipayhk,
    /// AlphaPay v2.0
    Alphapay,
}

impl DialectName {
    /// The dialect.
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Antom => Dialect::Antom,
            Self::Alipay => Dialect::Alipay,
            Self::Alipayhk => Dialect::AlipayHk,
            Self::Alphapay => Dialect::AlphaPay,
        }
    }
}

/// Who speaks, and to whom: the demo client of a data directory, or whoever the flags say.
#[derive(Args, Debug)]
#[command(next_help_heading = "Who speaks, and to whom")]
pub(crate) struct SpeakerArgs {
    #[command(flatten)]
    data: DataArgs,
    /// The API to speak
    #[arg(long, value_enum, default_value = "antom")]
    dialect: DialectName,
    /// Speak by TLS, trusting the local authority of the data directory
    #[arg(long)]
    tls: bool,
    /// Where the gateway answers [default: as the data directory says]
    #[arg(long, value_name = "URL", conflicts_with = "tls")]
    url: Option<String>,
    /// The client's id, for AlphaPay the merchant code [default: as the data directory says]
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// The merchant's id, which AlipayHK names in every request [default: as the data directory says]
    #[arg(long, value_name = "ID")]
    merchant_id: Option<String>,
    /// A file with the client's private key: PEM or base64 [default: as the data directory says]
    #[arg(long, value_name = "FILE")]
    private_key: Option<PathBuf>,
    /// A file with the gateway's public key: PEM or base64 [default: as the data directory says]
    #[arg(long, value_name = "FILE")]
    gateway_key: Option<PathBuf>,
    /// The version of the client's key
    #[arg(long, value_name = "VERSION", default_value = "1", value_parser = parse_key_version)]
    key_version: String,
    /// How long to wait for the answer
    #[arg(long, value_name = "DURATION", default_value = "15s", value_parser = parse_timeout_ms)]
    timeout: u64,
}

/// The version travels inside a header, between commas.
fn parse_key_version(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_ascii_graphic() && !matches!(letter, ',' | '=');
    if !text.is_empty() && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("write a number, e.g. 2".to_owned())
    }
}

fn parse_timeout_ms(text: &str) -> Result<u64, String> {
    let timeout_ms = parse_duration_ms(text).map_err(|error| error.to_string())?;
    u64::try_from(timeout_ms)
        .ok()
        .filter(|timeout_ms| *timeout_ms > 0)
        .ok_or_else(|| "it must be more than nothing".to_owned())
}

impl SpeakerArgs {
    /// The error for a call that failed, with what to do where nobody answers.
    pub(super) fn explain(&self, error: ClientError) -> anyhow::Error {
        let nobody = matches!(error, ClientError::Unreachable { .. }) && self.url.is_none();
        let error = anyhow::Error::from(error);
        if !nobody {
            return error;
        }
        let told = format!("{error} Start it with: farthing dev --data {}", self.data.data.display());
        anyhow::anyhow!(told)
    }

    /// Who speaks, and to whom.
    ///
    /// # Errors
    /// When it is not known, or a file that says so cannot be read.
    pub(crate) fn profile(&self) -> anyhow::Result<ClientProfile> {
        let directory = DataDirectory::new(&self.data.data);
        let path = directory.dev().join(format!("{}.json", self.dialect.dialect().word()));
        let mut profile = match self.given_profile()? {
            Some(given) => given,
            None if path.is_file() => ClientProfile::read(&path)?,
            None => return Err(self.nobody_to_speak_as()),
        };
        self.override_identity(&mut profile)?;
        profile.api_url = self.address(&profile)?;
        Ok(profile)
    }

    /// The profile that the flags alone make, when they say everything.
    fn given_profile(&self) -> anyhow::Result<Option<ClientProfile>> {
        let (Some(url), Some(client_id), Some(private_key), Some(gateway_key)) =
            (&self.url, &self.client_id, &self.private_key, &self.gateway_key)
        else {
            return Ok(None);
        };
        Ok(Some(ClientProfile {
            dialect: self.dialect.dialect(),
            client_id: client_id.clone(),
            merchant_code: None,
            sign_algorithm: None,
            merchant_id: None,
            merchant_private_key: read_text(private_key)?,
            gateway_public_key: read_text(gateway_key)?,
            api_url: url.clone(),
            tls_url: None,
            access_token: None,
            currency: None,
            payment_method_type: None,
        }))
    }

    fn nobody_to_speak_as(&self) -> anyhow::Error {
        let data = self.data.data.display();
        usage(format!(
            "there is no demo client in {data}: start farthing dev --data {data}, or say who speaks to whom with \
             --url, --client-id, --private-key and --gateway-key"
        ))
    }

    fn override_identity(&self, profile: &mut ClientProfile) -> anyhow::Result<()> {
        if let Some(client_id) = &self.client_id {
            profile.client_id.clone_from(client_id);
        }
        if self.merchant_id.is_some() {
            profile.merchant_id.clone_from(&self.merchant_id);
        }
        if let Some(path) = &self.private_key {
            profile.merchant_private_key = read_text(path)?;
        }
        if let Some(path) = &self.gateway_key {
            profile.gateway_public_key = read_text(path)?;
        }
        Ok(())
    }

    fn address(&self, profile: &ClientProfile) -> anyhow::Result<String> {
        if let Some(url) = &self.url {
            return Ok(url.clone());
        }
        let running = Running::read(&self.data.data)?;
        if !self.tls {
            return Ok(running.map_or_else(|| profile.api_url.clone(), |running| running.api));
        }
        let told = running.and_then(|running| running.tls).or_else(|| profile.tls_url.clone());
        told.ok_or_else(|| {
            usage("the gateway does not say where it answers by TLS; give --url instead of --tls")
        })
    }

    /// The local authority stands behind the addresses of the data directory only; other ones use the system's.
    fn root_pem(&self) -> anyhow::Result<Option<Vec<u8>>> {
        if !self.tls {
            return Ok(None);
        }
        let path = DataDirectory::new(&self.data.data).dev().join("ca.pem");
        let pem = std::fs::read(&path);
        pem.map(Some)
            .with_context(|| format!("the local authority's certificate {} cannot be read", path.display()))
    }

    /// Who speaks, ready to do so.
    ///
    /// # Errors
    /// When a key or certificate cannot be used.
    pub(crate) fn open(&self, profile: &ClientProfile) -> anyhow::Result<DialectClient> {
        let timeouts = Timeouts {
            connect_ms: self.timeout.min(Timeouts::default().connect_ms),
            read_ms: self.timeout,
            total_ms: self.timeout,
        };
        let settings =
            ClientSettings { timeouts, root_pem: self.root_pem()?, key_version: self.key_version.clone() };
        Ok(DialectClient::new(profile, settings)?)
    }
}
