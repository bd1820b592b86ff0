//! Certificates: the local authority of `farthing dev`, and an operator's own files.
//!
//! Both end in a [`rustls::ServerConfig`] for [`Listener::with_tls`](crate::listen::Listener::with_tls).
//! The cryptography is that of aws-lc-rs, named explicitly: there is no process-wide default to forget.
//! TLS 1.2 and 1.3 are spoken, and HTTP/1.1 is the only protocol offered inside.

mod authority;
mod config;
mod files;
mod issue;
mod keep;
mod reading;
#[cfg(test)]
mod tests;

pub use authority::{AuthorityError, LocalAuthority};
pub use files::{CertificateFiles, TlsFileError};
