//! TLS from an operator's own certificate files.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::{Error as RustlsError, ServerConfig};
use rustls_pki_types::pem::{Error as PemError, PemObject as _};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

use super::config::server_config;

/// Where the certificate chain and its private key lie, both as PEM text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The server's own certificate first, then those that lead to its authority.
    pub chain: PathBuf,
    /// The private key of the first certificate: PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: PathBuf,
}

/// Why certificate files cannot be used.
#[derive(Debug, Error)]
pub enum TlsFileError {
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is not PEM text, or is cut off.
    #[error("{} is not sound PEM text: {reason}", path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: PemError,
    },
    /// The chain file has no certificate.
    #[error("{} holds no certificate: it needs a `-----BEGIN CERTIFICATE-----` block", path.display())]
    NoCertificate {
        /// The chain file.
        path: PathBuf,
    },
    /// The key is encrypted, and a server that starts by itself has nobody to ask for the password.
    #[error(
        "the key in {} is encrypted. Write it without a password, readable by the gateway's user only: \
         `openssl pkey -in {} -out key.pem`", path.display(), path.display()
    )]
    KeyEncrypted {
        /// The key file.
        path: PathBuf,
    },
    /// The key file has no private key.
    #[error(
        "{} holds no private key: it needs a `-----BEGIN PRIVATE KEY-----` block (also `RSA PRIVATE KEY` \
         or `EC PRIVATE KEY`)", path.display()
    )]
    NoKey {
        /// The key file.
        path: PathBuf,
    },
    /// Both were read and do not fit.
    #[error(
        "the key in {} does not belong to the first certificate in {}. The server's own certificate \
         comes first, then its authorities", files.key.display(), files.chain.display()
    )]
    Mismatch {
        /// Both files.
        files: CertificateFiles,
    },
    /// Both were read, and TLS cannot work with them.
    #[error("cannot use {} with {}: {source}", files.chain.display(), files.key.display())]
    Unusable {
        /// Both files.
        files: CertificateFiles,
        /// What the TLS library says.
        source: RustlsError,
    },
}

impl CertificateFiles {
    /// Reads both files into a configuration. The files are not looked at again afterwards.
    ///
    /// # Errors
    /// In order of checking, first for the chain and then for the key: [`TlsFileError::Unreadable`],
    /// [`TlsFileError::NotPem`], [`TlsFileError::NoCertificate`], [`TlsFileError::KeyEncrypted`],
    /// [`TlsFileError::NoKey`]; then [`TlsFileError::Mismatch`] and [`TlsFileError::Unusable`].
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, TlsFileError> {
        let chain = read_chain(&self.chain)?;
        let key = read_key(&self.key)?;
        server_config(chain, key).map_err(|source| match source {
            RustlsError::InconsistentKeys(_) => TlsFileError::Mismatch { files: self.clone() },
            source => TlsFileError::Unusable { files: self.clone(), source },
        })
    }
}

fn read_chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFileError> {
    let text = read(path)?;
    let chain = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|reason| TlsFileError::NotPem { path: path.to_owned(), reason })?;
    if chain.is_empty() {
        return Err(TlsFileError::NoCertificate { path: path.to_owned() });
    }
    Ok(chain)
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFileError> {
    let text = read(path)?;
    PrivateKeyDer::from_pem_slice(&text).map_err(|reason| match reason {
        PemError::NoItemsFound if is_encrypted(&text) => TlsFileError::KeyEncrypted { path: path.to_owned() },
        PemError::NoItemsFound => TlsFileError::NoKey { path: path.to_owned() },
        // The old form keeps the plain block name and says so in a header line, which breaks the base64.
        _ if is_encrypted(&text) => TlsFileError::KeyEncrypted { path: path.to_owned() },
        reason => TlsFileError::NotPem { path: path.to_owned(), reason },
    })
}

fn is_encrypted(pem: &[u8]) -> bool {
    let text = String::from_utf8_lossy(pem);
    text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")
}

fn read(path: &Path) -> Result<Vec<u8>, TlsFileError> {
    std::fs::read(path).map_err(|source| TlsFileError::Unreadable { path: path.to_owned(), source })
}
