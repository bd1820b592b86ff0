//! The local certificate authority of `farthing dev`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::KeyPair;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

use super::config::server_config;
use super::issue::{Issued, LOCAL_NAMES, issue_authority, issue_leaf};
use super::keep::{Audience, make_directory, make_private, write_whole};
use super::reading::{CertificateFacts, facts_of};

const DAY_S: u64 = 24 * 60 * 60;
/// Certificates begin a day early, for clients whose clock is behind.
const EARLY_S: u64 = DAY_S;
const AUTHORITY_LIFE_S: u64 = 3_650 * DAY_S;
/// The longest life that the strict platforms accept for a server is 398 days.
const LEAF_LIFE_S: u64 = 397 * DAY_S;
/// With less than this left, a certificate is made anew.
const RENEW_BEFORE_S: u64 = 30 * DAY_S;

/// Why the local authority could not be opened or made.
#[derive(Debug, Error)]
pub enum AuthorityError {
    /// A file or the directory cannot be read or written.
    #[error("cannot {doing} {}: {source}", path.display())]
    File {
        /// What was tried, as a verb: read, write, create, protect.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The authority's certificate cannot be read.
    #[error(
        "{} is damaged ({reason}). Remove it, and a new authority is made at the next start; whoever trusts \
         the old one must then trust the new one", path.display()
    )]
    Damaged {
        /// The certificate file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A certificate must be renewed, and the authority's key is missing, damaged or another's.
    #[error(
        "{} does not hold the key of {} ({reason}). Put the key back, or remove both, and a new authority is \
         made at the next start; whoever trusts the old one must then trust the new one",
        key.display(), certificate.display()
    )]
    NoKey {
        /// The certificate file.
        certificate: PathBuf,
        /// The key file.
        key: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A certificate could not be made.
    #[error("cannot make a certificate: {0}")]
    Issue(#[from] rcgen::Error),
    /// A certificate just made does not work.
    #[error("cannot use the certificate that was just made: {0}")]
    Tls(#[from] rustls::Error),
}

/// A certificate authority of one data directory, and a server certificate that it signed for
/// `localhost`, `127.0.0.1` and `::1`.
///
/// In its directory: `ca.pem` (which clients trust), `ca-key.pem`, `localhost.pem`, `localhost-key.pem`.
/// The keys (ECDSA P-256) can be read by the owner only.
///
/// Source: our decision; the vendor's Python SDK insists on TLS (ANTOM-FACTS §6.1).
#[derive(Debug)]
pub struct LocalAuthority {
    ca_pem: String,
    ca_path: PathBuf,
    config: Arc<ServerConfig>,
}

impl LocalAuthority {
    /// Opens the authority in `dir`, or makes it.
    ///
    /// Opening only reads. The server certificate is made anew when it has less than 30 of its 397 days
    /// left at `now_unix_s` (real time, in Unix seconds), is missing, or does not belong to the
    /// authority; the authority itself, which lives ten years, when it has less than 30 days left.
    /// One process at a time may do this in a directory.
    ///
    /// # Errors
    /// In order of checking: [`AuthorityError::File`], [`AuthorityError::Damaged`],
    /// [`AuthorityError::NoKey`] (only when the key is needed), [`AuthorityError::Issue`],
    /// [`AuthorityError::Tls`].
    pub fn open_or_create(dir: &Path, now_unix_s: u64) -> Result<LocalAuthority, AuthorityError> {
        make_directory(dir).map_err(failed("create", dir))?;
        let files = Files::in_directory(dir);
        let ca_pem = match files.stored_authority(now_unix_s)? {
            Some(pem) => pem,
            None => files.make_authority(now_unix_s)?,
        };
        let config = match files.stored_leaf(&ca_pem, now_unix_s)? {
            Some(config) => config,
            None => files.make_leaf(&ca_pem, now_unix_s)?,
        };
        Ok(LocalAuthority { ca_pem, ca_path: files.ca, config })
    }

    /// The authority's certificate, which a client has to trust, as PEM text.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Where that certificate lies, for `SSL_CERT_FILE` and the like.
    pub fn ca_path(&self) -> &Path {
        &self.ca_path
    }

    /// What a listener needs to answer as `localhost`, `127.0.0.1` and `::1`.
    pub fn server_config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

/// The four files.
struct Files {
    ca: PathBuf,
    ca_key: PathBuf,
    leaf: PathBuf,
    leaf_key: PathBuf,
}

impl Files {
    fn in_directory(dir: &Path) -> Files {
        Files {
            ca: dir.join("ca.pem"),
            ca_key: dir.join("ca-key.pem"),
            leaf: dir.join("localhost.pem"),
            leaf_key: dir.join("localhost-key.pem"),
        }
    }

    /// The stored authority, unless there is none or it lapses soon.
    fn stored_authority(&self, now_unix_s: u64) -> Result<Option<String>, AuthorityError> {
        let Some(pem) = read_if_there(&self.ca)? else { return Ok(None) };
        let facts = self.facts_of_authority(&pem)?;
        if self.ca_key.exists() {
            make_private(&self.ca_key).map_err(failed("protect", &self.ca_key))?;
        }
        if is_fresh(&facts, now_unix_s) {
            return Ok(Some(pem));
        }
        tracing::warn!(path = %self.ca.display(), "the local authority lapses; a new one takes its place");
        Ok(None)
    }

    fn facts_of_authority(&self, pem: &str) -> Result<CertificateFacts, AuthorityError> {
        facts_of_pem(pem).map_err(|reason| AuthorityError::Damaged { path: self.ca.clone(), reason })
    }

    fn make_authority(&self, now_unix_s: u64) -> Result<String, AuthorityError> {
        let issued = issue_authority(now_unix_s.saturating_sub(EARLY_S)..now_unix_s + AUTHORITY_LIFE_S)?;
        write_pair(&issued, &self.ca, &self.ca_key)?;
        Ok(issued.certificate_pem)
    }

    /// The stored server certificate, when it is fresh, signed by this authority, and fits its key.
    /// Anything else about it is no error: it is made anew.
    fn stored_leaf(
        &self,
        ca_pem: &str,
        now_unix_s: u64,
    ) -> Result<Option<Arc<ServerConfig>>, AuthorityError> {
        let Some(pem) = read_if_there(&self.leaf)? else { return Ok(None) };
        let Some(key_pem) = read_if_there(&self.leaf_key)? else { return Ok(None) };
        make_private(&self.leaf_key).map_err(failed("protect", &self.leaf_key))?;
        let ca_key_id = self.facts_of_authority(ca_pem)?.key_id;
        let is_good = facts_of_pem(&pem)
            .is_ok_and(|facts| is_fresh(&facts, now_unix_s) && facts.issuer_key_id == ca_key_id);
        Ok(is_good.then(|| config_of(&pem, &key_pem)).flatten())
    }

    fn make_leaf(&self, ca_pem: &str, now_unix_s: u64) -> Result<Arc<ServerConfig>, AuthorityError> {
        let valid_s = now_unix_s.saturating_sub(EARLY_S)..now_unix_s + LEAF_LIFE_S;
        let issued = issue_leaf(ca_pem, self.authority_key(ca_pem)?, &LOCAL_NAMES, valid_s)?;
        write_pair(&issued, &self.leaf, &self.leaf_key)?;
        Ok(issued.server_config()?)
    }

    /// The authority's private key, once it is known to be the one of its certificate.
    fn authority_key(&self, ca_pem: &str) -> Result<KeyPair, AuthorityError> {
        let refused = |reason: String| AuthorityError::NoKey {
            certificate: self.ca.clone(),
            key: self.ca_key.clone(),
            reason,
        };
        let text = read_if_there(&self.ca_key)?.ok_or_else(|| refused("there is no such file".to_owned()))?;
        let key = KeyPair::from_pem(&text).map_err(|error| refused(error.to_string()))?;
        if key.public_key_raw() != self.facts_of_authority(ca_pem)?.public_key {
            return Err(refused("it is the key of another certificate".to_owned()));
        }
        Ok(key)
    }
}

impl Issued {
    /// The configuration of a server that shows this certificate.
    pub(super) fn server_config(&self) -> Result<Arc<ServerConfig>, rustls::Error> {
        let unreadable = |error| rustls::Error::General(format!("{error}"));
        let certificate =
            CertificateDer::from_pem_slice(self.certificate_pem.as_bytes()).map_err(unreadable)?;
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).map_err(unreadable)?;
        server_config(vec![certificate], key)
    }
}

fn config_of(certificate_pem: &str, key_pem: &str) -> Option<Arc<ServerConfig>> {
    let stored = Issued { certificate_pem: certificate_pem.to_owned(), key_pem: key_pem.to_owned() };
    stored.server_config().ok()
}

fn facts_of_pem(pem: &str) -> Result<CertificateFacts, String> {
    let der = CertificateDer::from_pem_slice(pem.as_bytes()).map_err(|error| error.to_string())?;
    facts_of(&der)
}

/// Whether a certificate is valid now and for a while yet. A time that no clock shows counts as not.
fn is_fresh(facts: &CertificateFacts, now_unix_s: u64) -> bool {
    let (Ok(from), Ok(until)) = (u64::try_from(facts.not_before_s), u64::try_from(facts.not_after_s)) else {
        return false;
    };
    from <= now_unix_s && now_unix_s + RENEW_BEFORE_S <= until
}

/// Writes the key first: a certificate without its key must mean that somebody took the key away.
fn write_pair(issued: &Issued, certificate: &Path, key: &Path) -> Result<(), AuthorityError> {
    write_whole(key, &issued.key_pem, Audience::Owner).map_err(failed("write", key))?;
    write_whole(certificate, &issued.certificate_pem, Audience::Everybody)
        .map_err(failed("write", certificate))
}

fn read_if_there(path: &Path) -> Result<Option<String>, AuthorityError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

fn failed(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> AuthorityError {
    let path = path.to_owned();
    move |source| AuthorityError::File { doing, path, source }
}
