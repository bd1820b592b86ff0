//! The few facts that are read from a stored certificate.

use rustls_pki_types::CertificateDer;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// What a stored certificate says about its time and its keys.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct CertificateFacts {
    /// Valid from, in Unix seconds.
    pub(super) not_before_s: i64,
    /// Valid until, in Unix seconds.
    pub(super) not_after_s: i64,
    /// The public key as in the certificate, without its algorithm.
    pub(super) public_key: Vec<u8>,
    /// The identifier of its own key.
    pub(super) key_id: Option<Vec<u8>>,
    /// The identifier of the key that signed it.
    pub(super) issuer_key_id: Option<Vec<u8>>,
}

/// Reads a certificate, or says in one sentence what is wrong with it.
pub(super) fn facts_of(certificate: &CertificateDer<'_>) -> Result<CertificateFacts, String> {
    let (_rest, certificate) =
        X509Certificate::from_der(certificate).map_err(|error| format!("not a certificate: {error}"))?;
    let mut facts = CertificateFacts {
        not_before_s: certificate.validity().not_before.timestamp(),
        not_after_s: certificate.validity().not_after.timestamp(),
        public_key: certificate.public_key().subject_public_key.data.to_vec(),
        key_id: None,
        issuer_key_id: None,
    };
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(id) => facts.key_id = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(id) => {
                facts.issuer_key_id = id.key_identifier.as_ref().map(|id| id.0.to_vec());
            }
            _ => {}
        }
    }
    Ok(facts)
}
