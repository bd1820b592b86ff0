//! The configuration of `farthing serve`: one TOML file, read whole, in which an unknown word is an error.
//!
//! `docs/serve.md` explains every setting. Secrets are not meant for it: a database's password comes with
//! `FARTHING_DATABASE` or a password file of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use farthing_engine::Policy;
use farthing_server::delivery::{AllowedTarget, TargetPolicy};
use farthing_server::limits::GatewayLimits;
use farthing_server::tls::CertificateFiles;
use serde::Deserialize;

use crate::data_directory::DataDirectory;
use crate::database::Database;

/// The environment variable that goes before the file's `database`.
const DATABASE_VARIABLE: &str = "FARTHING_DATABASE";

/// What an operator has decided.
#[derive(Debug)]
pub(crate) struct Config {
    file: ConfigFile,
    /// Paths are meant from the file's own folder.
    folder: PathBuf,
    database: Option<Database>,
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConfigFile {
    data: PathBuf,
    keys: Option<PathBuf>,
    database: Option<String>,
    public_url: String,
    #[serde(default)]
    built_in_wallet: bool,
    #[serde(default)]
    accept_card_data: bool,
    retention_days: Option<u32>,
    api: ApiSection,
    #[serde(default)]
    admin: AdminSection,
    #[serde(default)]
    notifications: NotificationsSection,
    #[serde(default)]
    limits: GatewayLimits,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ApiSection {
    listen: Option<SocketAddr>,
    tls_listen: Option<SocketAddr>,
    certificate_chain: Option<PathBuf>,
    certificate_key: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct AdminSection {
    listen: SocketAddr,
    hosts: Vec<String>,
    second_person: bool,
}

impl Default for AdminSection {
    fn default() -> Self {
        Self { listen: SocketAddr::from(([127, 0, 0, 1], 8791)), hosts: Vec::new(), second_person: false }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct NotificationsSection {
    allow: Vec<AllowedTarget>,
}

impl Config {
    /// Reads a file, and what the environment says instead of it.
    ///
    /// # Errors
    /// In order of checking: the file cannot be read, or is not as it should be; a setting is missing or fits no other.
    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("the configuration {} cannot be read", path.display()))?;
        let connection = std::env::var(DATABASE_VARIABLE).ok();
        Self::parse(&text, path, connection)
            .with_context(|| format!("the configuration {} cannot be used", path.display()))
    }

    fn parse(text: &str, path: &Path, connection: Option<String>) -> anyhow::Result<Self> {
        let mut file: ConfigFile = toml::from_str(text)?;
        // A password may stand in it, so it is not kept as it was written.
        let written = file.database.take();
        let database = connection.or(written).map(|text| Database::on_server(&text)).transpose()?;
        let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let config = Self { file, folder, database };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        let (api, admin) = (&self.file.api, &self.file.admin);
        if api.listen.is_none() && api.tls_listen.is_none() {
            bail!(
                "api.listen and api.tls_listen are both missing: nobody could reach the API; set one of them"
            );
        }
        if api.tls_listen.is_some() != (api.certificate_chain.is_some() && api.certificate_key.is_some()) {
            bail!(
                "api.tls_listen, api.certificate_chain and api.certificate_key belong together: set all or none"
            );
        }
        if !self.file.public_url.starts_with("https://") && !self.file.public_url.starts_with("http://") {
            bail!(
                "public_url is {:?}: it begins with https:// and is where users reach this gateway",
                self.file.public_url
            );
        }
        if !admin.listen.ip().is_loopback() && api.certificate_chain.is_none() {
            bail!(
                "admin.listen is {}, which is not a loopback address, and there is no certificate: tokens would travel \
                 in the clear; listen on 127.0.0.1, or set api.certificate_chain and api.certificate_key",
                admin.listen
            );
        }
        if !self.file.built_in_wallet {
            bail!(
                "built_in_wallet is false, and nothing else in this version carries payments out; set it to true, and \
                 mind that holding other people's money needs a licence in most places"
            );
        }
        if self.file.retention_days == Some(0) {
            bail!("retention_days is 0: everything would be erased at once; leave it out, or name days");
        }
        self.file.limits.check().map_err(anyhow::Error::msg)
    }

    /// Where the parts of this gateway are.
    pub(crate) fn directory(&self) -> DataDirectory {
        let keys = self.file.keys.as_deref().map(|keys| self.folder.join(keys));
        DataDirectory::with_parts(&self.folder.join(&self.file.data), keys.as_deref(), self.database.clone())
    }

    /// Where users reach this gateway, without a slash at its end.
    pub(crate) fn public_url(&self) -> String {
        self.file.public_url.trim_end_matches('/').to_owned()
    }

    /// Where the API is served over http.
    pub(crate) fn api_listen(&self) -> Option<SocketAddr> {
        self.file.api.listen
    }

    /// Where the API is served over https.
    pub(crate) fn api_tls_listen(&self) -> Option<SocketAddr> {
        self.file.api.tls_listen
    }

    /// The certificate of the https listeners.
    pub(crate) fn certificate(&self) -> Option<CertificateFiles> {
        let api = &self.file.api;
        let (chain, key) = (api.certificate_chain.as_ref()?, api.certificate_key.as_ref()?);
        Some(CertificateFiles { chain: self.folder.join(chain), key: self.folder.join(key) })
    }

    /// Where the admin API is served.
    pub(crate) fn admin_listen(&self) -> SocketAddr {
        self.file.admin.listen
    }

    /// Whether the admin API speaks TLS: wherever it can be reached from elsewhere.
    pub(crate) fn admin_over_tls(&self) -> bool {
        !self.file.admin.listen.ip().is_loopback()
    }

    /// Names under which the admin API may be called besides the loopback ones.
    pub(crate) fn admin_hosts(&self) -> Vec<String> {
        self.file.admin.hosts.clone()
    }

    /// Whether money that is moved by hand needs a second person.
    pub(crate) fn second_person(&self) -> bool {
        self.file.admin.second_person
    }

    /// What the operator has settled for all merchants.
    pub(crate) fn policy(&self) -> Policy {
        Policy { accept_card_data: self.file.accept_card_data, retention_days: self.file.retention_days }
    }

    /// Where notifications may go.
    pub(crate) fn targets(&self) -> TargetPolicy {
        TargetPolicy::PublicAnd(self.file.notifications.allow.clone())
    }

    /// What callers and merchants' servers may use of this gateway.
    pub(crate) fn limits(&self) -> GatewayLimits {
        self.file.limits.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALLEST: &str = "data = \"data\"\npublic_url = \"https://pay.example/\"\nbuilt_in_wallet = true\n\
                            [api]\nlisten = \"127.0.0.1:0\"\n";

    fn parse(text: &str) -> anyhow::Result<Config> {
        Config::parse(text, Path::new("/etc/farthing/farthing.toml"), None)
    }

    fn refusal(text: &str) -> String {
        format!("{:#}", parse(text).unwrap_err())
    }

    #[test]
    fn the_smallest_file_leaves_everything_else_to_defaults() {
        let config = parse(SMALLEST).unwrap();
        let directory = config.directory();
        assert_eq!(directory.root(), Path::new("/etc/farthing/data"));
        assert_eq!(directory.keys(), Path::new("/etc/farthing/data/keys"));
        assert_eq!(directory.database().to_string(), "/etc/farthing/data/farthing.db");
        assert_eq!(config.public_url(), "https://pay.example");
        assert_eq!(config.admin_listen().to_string(), "127.0.0.1:8791");
        assert!(!config.admin_over_tls());
        assert!(!config.second_person());
        let asked = parse(&format!("{SMALLEST}[admin]\nsecond_person = true\n")).unwrap();
        assert!(asked.second_person());
        assert_eq!(config.limits(), GatewayLimits::default());
        assert_eq!(config.targets(), TargetPolicy::public_only());
        assert_eq!(config.policy(), Policy { accept_card_data: false, retention_days: None });
    }

    /// Each table reaches what it is about, and leaves the rest of it as it is.
    #[test]
    fn every_table_counts() {
        let tables = "[notifications]\nallow = [\"10.0.0.0/8\", \"hooks.internal.example\"]\n\
                      [limits.connections]\nconnections_max = 7\ntrusted_proxies = [\"10.1.2.3\"]\n\
                      [limits.traffic]\nrequests_per_client_per_s = 5\n\
                      [limits.refusals]\nsigned_in_all_per_s = 0\n[limits.delivery]\nrest_ms = 9\n";
        let text = format!("accept_card_data = true\nretention_days = 400\n{SMALLEST}{tables}");
        let config = parse(&text).unwrap();
        assert_eq!(config.policy(), Policy { accept_card_data: true, retention_days: Some(400) });
        assert!(matches!(config.targets(), TargetPolicy::PublicAnd(allowed) if allowed.len() == 2));
        let mut expected = GatewayLimits::default();
        expected.connections.connections_max = 7;
        expected.connections.trusted_proxies = vec!["10.1.2.3".parse().unwrap()];
        expected.traffic.requests_per_client_per_s = 5;
        expected.refusals.signed_in_all_per_s = 0;
        expected.delivery.rest_ms = 9;
        assert_eq!(config.limits(), expected);
    }

    /// A word that is not known is a setting that would silently not count.
    #[test]
    fn each_mistake_is_named() {
        for (change, named) in [
            (("listen =", "lisen ="), "unknown field `lisen`"),
            (("listen = \"127.0.0.1:0\"", ""), "api.tls_listen are both missing"),
            (("listen =", "tls_listen ="), "belong together"),
            (("https://pay.example/", "pay.example"), "public_url is"),
            (("built_in_wallet = true", ""), "nothing else in this version carries payments out"),
            (("data = \"data\"", ""), "missing field `data`"),
            (("data = \"data\"", "data = \"data\"\nretention_days = 0"), "retention_days is 0"),
        ] {
            let told = refusal(&SMALLEST.replace(change.0, change.1));
            assert!(told.contains(named), "{told}");
        }
        let told = refusal(&format!("{SMALLEST}[admin]\nlisten = \"0.0.0.0:8791\"\n"));
        assert!(told.contains("is not a loopback address"), "{told}");
        for (table, named) in [
            ("[limits.connections]\nconnections_max = 0", "limits.connections.connections_max is 0"),
            ("[limits.traffic]\nat_wrok = 1", "unknown field `at_wrok`"),
            ("[limits.connections]\ntrusted_proxies = [\"10.0.0.1/8\"]", "10.0.0.0/8"),
            ("[notifications]\nallow = [\"10.0.0.0/40\"]", "no number of bits"),
        ] {
            let told = refusal(&format!("{SMALLEST}{table}\n"));
            assert!(told.contains(named), "{told}");
        }
    }

    /// A password in a connection string is shown by nothing.
    #[test]
    fn the_environment_goes_before_the_file_and_stays_secret() {
        let text = format!("database = \"host=a user=b password=swordfish\"\n{SMALLEST}");
        for connection in [None, Some("host=b user=c password=swordfish".to_owned())] {
            let config = Config::parse(&text, Path::new("farthing.toml"), connection).unwrap();
            let shown = format!("{} {config:?}", config.directory().database());
            assert!(!shown.contains("swordfish"), "{shown}");
        }
    }
}
