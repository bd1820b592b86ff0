//! Messages to diagnose, right ones to begin with.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farthing_core::rows::{ClientSettings, Dialect};
use farthing_core::time::Timestamp;
use farthing_crypto::{Algorithm, PrivateKey};

use crate::{Diagnosis, Evidence, MessageKind, Mistake, NamedKey, OtherClientKey, diagnose};

pub(super) static CLIENT_OLD: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_str!("../../../../tests/keys/merchant-2.pem")));
pub(super) static CLIENT: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_str!("../../../../tests/keys/merchant-1.pem")));
pub(super) static GATEWAY: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_str!("../../../../tests/keys/gateway-1.pem")));
pub(super) static OTHER_CLIENT: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_str!("../../../../tests/keys/gateway-2.pem")));
pub(super) static STRANGER: LazyLock<PrivateKey> =
    LazyLock::new(|| key(include_str!("../../../../tests/keys/stranger.pem")));

/// 2026-11-22T08:51:56Z.
pub(super) const NOW_MS: i64 = 1_795_337_516_000;
pub(super) const TIME: &str = "2026-11-22T08:51:56+00:00";
pub(super) const NONCE: &str = "b111bcf0dfb54d4e8bae68c293d85e2e";
pub(super) const ID: &str = "Shop_1";
pub(super) const ANTOM_PATH: &str = "/ams/api/v1/payments/pay";
pub(super) const ALPHAPAY_PATH: &str = "/api/v2.0/payments/pay";
/// Spaced otherwise than any library does, keys not sorted, with a slash, a letter beyond ASCII and a line break.
pub(super) const BODY: &str = "{ \"z\":\"caf\u{e9} / 1\",\n \"a\":{\"value\":\"100\",\"n\":1.0}}";

fn key(text: &str) -> PrivateKey {
    PrivateKey::parse(text).unwrap()
}

/// A message with everything that is known about it.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) dialect: Dialect,
    pub(super) kind: MessageKind,
    pub(super) method: String,
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) client_id: String,
    pub(super) client_keys: Vec<NamedKey>,
    pub(super) gateway_keys: Vec<NamedKey>,
    pub(super) settings: ClientSettings,
    pub(super) now_ms: i64,
}

/// A letter, and what has to be found in it.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) letter: Letter,
    /// The words of the findings.
    pub(super) expected: String,
    pub(super) is_proved: bool,
    pub(super) remarks: Vec<Mistake>,
}

pub(super) fn named(version: &str, key: &PrivateKey) -> NamedKey {
    NamedKey { version: version.to_owned(), key: key.public_key() }
}

/// Base64 as it stands in a header.
pub(super) fn escaped(signature: &[u8]) -> String {
    STANDARD.encode(signature).replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

impl Letter {
    /// A message without a signature.
    pub(super) fn new(dialect: Dialect, kind: MessageKind) -> Self {
        let is_alphapay = dialect == Dialect::AlphaPay;
        let mut letter = Self {
            dialect,
            kind,
            method: "POST".to_owned(),
            target: if is_alphapay { ALPHAPAY_PATH } else { ANTOM_PATH }.to_owned(),
            headers: Vec::new(),
            body: BODY.as_bytes().to_vec(),
            client_id: ID.to_owned(),
            client_keys: vec![named("1", &CLIENT_OLD), named("2", &CLIENT)],
            gateway_keys: vec![named("1", &GATEWAY)],
            settings: ClientSettings::default(),
            now_ms: NOW_MS,
        };
        letter = letter.with("Host", "gateway.test");
        letter = letter.with(if kind == MessageKind::Reply { "Response-Time" } else { "Request-Time" }, TIME);
        if is_alphapay {
            letter = letter.with("Nonce", NONCE);
        }
        match (is_alphapay, kind) {
            (true, MessageKind::Reply) => letter,
            (true, _) => letter.with("Merchant-Code", ID),
            (false, _) => letter.with("Client-Id", ID),
        }
    }

    /// With a header in place of the one of this name.
    pub(super) fn with(self, name: &str, value: &str) -> Self {
        let mut letter = self.without(name);
        letter.headers.push((name.to_owned(), value.to_owned()));
        letter
    }

    pub(super) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(named, _value)| !named.eq_ignore_ascii_case(name));
        self
    }

    /// With the signature that the client's newest key makes over these bytes.
    pub(super) fn signing(self, bytes: impl AsRef<[u8]>) -> Self {
        let signature = CLIENT.sign(Algorithm::RsaSha256, bytes.as_ref());
        self.signed_as(&escaped(&signature))
    }

    /// With this text as the signature, by version 2 of the key.
    pub(super) fn signed_as(self, text: &str) -> Self {
        let algorithm = if self.dialect == Dialect::AlphaPay { "RS256" } else { "RSA256" };
        self.with("Signature", &format!("algorithm={algorithm},keyVersion=2,signature={text}"))
    }

    pub(super) fn diagnose(&self) -> Diagnosis {
        let other = OtherClientKey { client_id: "Shop_2".to_owned(), key: OTHER_CLIENT.public_key() };
        diagnose(&Evidence {
            dialect: self.dialect,
            kind: self.kind,
            method: &self.method,
            target: &self.target,
            headers: &self.headers,
            body: &self.body,
            client_id: &self.client_id,
            client_keys: &self.client_keys,
            gateway_keys: &self.gateway_keys,
            other_client_keys: &[other],
            settings: &self.settings,
            real_now: Timestamp::from_ms(self.now_ms),
        })
    }

    /// This letter in which these mistakes have to be found, so that the signature holds with them.
    pub(super) fn expects(self, name: impl Into<String>, mistakes: &[Mistake]) -> Case {
        let words: Vec<_> = mistakes.iter().map(|mistake| mistake.code()).collect();
        Case {
            name: name.into(),
            letter: self,
            expected: words.join(","),
            is_proved: true,
            remarks: Vec::new(),
        }
    }

    /// This letter in which these mistakes can be seen without a signature that holds.
    pub(super) fn shows(self, name: impl Into<String>, mistakes: &[Mistake]) -> Case {
        Case { is_proved: false, ..self.expects(name, mistakes) }
    }

    /// This letter, whose signature holds, with these remarks.
    pub(super) fn verifies(self, name: impl Into<String>, remarks: &[Mistake]) -> Case {
        let case = self.expects(name, &[]);
        Case { expected: "verifies".to_owned(), remarks: remarks.to_vec(), ..case }
    }
}
