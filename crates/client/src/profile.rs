//! Who a client is, and whom it speaks to.

use std::fmt;
use std::path::{Path, PathBuf};

use farthing_core::rows::{Dialect, SignatureHash};
use serde::{Deserialize, Serialize};

/// What a merchant's system needs to speak: the content of `DIR/dev/<dialect>.json`, which is a contract.
///
/// `Debug` shows neither the private key nor the token.
///
/// Source: our decision (the files that `farthing dev` writes).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientProfile {
    /// The dialect that the client speaks; Antom where the file does not say.
    #[serde(default = "antom")]
    pub dialect: Dialect,
    /// The client's id.
    pub client_id: String,
    /// The same, as AlphaPay calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_code: Option<String>,
    /// The hash of signatures; AlipayHK only, where SHA-1 is what is used when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_algorithm: Option<SignatureHash>,
    /// Its merchant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merchant_id: Option<String>,
    /// The client's private key: bare base64 of PKCS#8 as written by `farthing dev`; PEM and PKCS#1 are read as well.
    pub merchant_private_key: String,
    /// The gateway's public key: bare base64 of SPKI as written by `farthing dev`; PEM and PKCS#1 are read as well.
    pub gateway_public_key: String,
    /// Where the gateway answers, e.g. `http://127.0.0.1:8790`.
    pub api_url: String,
    /// Where it answers by TLS, e.g. `https://localhost:8743`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_url: Option<String>,
    /// The access token of a wallet with money in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token: Option<String>,
    /// A currency with which a payment succeeds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// A payment method with which a payment succeeds, e.g. `ALIPAY_HK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_method_type: Option<String>,
}

fn antom() -> Dialect {
    Dialect::Antom
}

/// Why a profile cannot be used, in order of checking.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// The file cannot be read.
    #[error("the client profile {path} cannot be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what `farthing dev` writes.
    #[error("the client profile {path} is not as farthing dev writes it: {source}")]
    Content {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
}

impl ClientProfile {
    /// Reads a profile from its file.
    ///
    /// # Errors
    /// In order of checking: [`ProfileError::File`], [`ProfileError::Content`].
    pub fn read(path: &Path) -> Result<Self, ProfileError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ProfileError::File { path: path.to_owned(), source })?;
        serde_json::from_str(&text).map_err(|source| ProfileError::Content { path: path.to_owned(), source })
    }
}

impl fmt::Debug for ClientProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientProfile")
            .field("dialect", &self.dialect)
            .field("client_id", &self.client_id)
            .field("merchant_id", &self.merchant_id)
            .field("api_url", &self.api_url)
            .field("tls_url", &self.tls_url)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile() -> ClientProfile {
        ClientProfile {
            dialect: Dialect::Antom,
            client_id: "SANDBOX_1".to_owned(),
            merchant_code: None,
            sign_algorithm: None,
            merchant_id: None,
            merchant_private_key: "SECRET-KEY".to_owned(),
            gateway_public_key: "PUBLIC".to_owned(),
            api_url: "http://127.0.0.1:8790".to_owned(),
            tls_url: None,
            access_token: Some("SECRET-TOKEN".to_owned()),
            currency: None,
            payment_method_type: None,
        }
    }

    /// The names in the file are a contract that scripts and SDK examples rely on.
    #[test]
    fn the_names_in_the_file_are_fixed() {
        let full = ClientProfile {
            merchant_id: Some("M".to_owned()),
            merchant_code: Some("M".to_owned()),
            sign_algorithm: Some(SignatureHash::Sha1),
            tls_url: Some("https://localhost".to_owned()),
            currency: Some("HKD".to_owned()),
            payment_method_type: Some("ALIPAY_HK".to_owned()),
            ..profile()
        };
        let written = serde_json::to_value(&full).unwrap();
        let mut names: Vec<_> = written.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        let expected = [
            "accessToken",
            "apiUrl",
            "clientId",
            "currency",
            "dialect",
            "gatewayPublicKey",
            "merchantCode",
            "merchantId",
            "merchantPrivateKey",
            "paymentMethodType",
            "signAlgorithm",
            "tlsUrl",
        ];
        assert_eq!(names, expected);
        assert_eq!(serde_json::from_value::<ClientProfile>(written).unwrap(), full);
    }

    /// A profile that lands in a log must not carry the key or the token there.
    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", profile()).contains("SECRET"));
    }

    /// Both ways for a file to be unusable name the file.
    #[test]
    fn an_unusable_file_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("antom.json");
        assert!(ClientProfile::read(&path).unwrap_err().to_string().contains("antom.json cannot be read"));
        std::fs::write(&path, r#"{"clientId": "C"}"#).unwrap();
        let refused = ClientProfile::read(&path).unwrap_err().to_string();
        assert!(refused.contains("antom.json") && refused.contains("merchantPrivateKey"), "{refused}");
    }
}
