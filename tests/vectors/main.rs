//! The published vectors under `docs/vectors`: each signature held against OpenSSL, against a string that is put together
//! here, and against the code that gateway and client run on.
//!
//! `UPDATE_VECTORS=1` writes what follows from the parts of each vector anew; the checks then run as always.

mod by_openssl;
mod by_our_code;
mod file;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use farthing_core::rows::Dialect;
use farthing_crypto::{Algorithm, PrivateKey, PublicKey};
use sha2::{Digest, Sha256};

use crate::file::{Vector, VectorFile, read_files, read_key};

/// The layouts as the fact sheets have them, written down a second time, away from the code that is tested.
fn bytes_by_the_book(dialect: Dialect, vector: &Vector) -> Vec<u8> {
    let Vector { method, client_id, time, nonce, content, .. } = vector;
    let path = match vector.target.strip_prefix("https://").map(|rest| rest.split_once('/')) {
        None => vector.target.clone(),
        Some(None) => "/".to_owned(),
        Some(Some((_host, path))) => format!("/{path}"),
    };
    match dialect {
        Dialect::Antom | Dialect::Alipay => {
            format!("{method} {path}\n{client_id}.{time}.{content}").into_bytes()
        }
        Dialect::AlphaPay => format!("{method} {path}\n{client_id}.{time}.{nonce}.{content}").into_bytes(),
        Dialect::AlipayHk => content.clone().into_bytes(),
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("what is signed here is UTF-8")
}

fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Vector {
    fn algorithm(&self) -> Algorithm {
        match self.hash.as_str() {
            "sha256" => Algorithm::RsaSha256,
            "sha1" => Algorithm::RsaSha1,
            other => panic!("{}: no such hash: {other}", self.name),
        }
    }

    fn signed_bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.signed_bytes_base64).expect("the signed bytes are base64")
    }

    fn signature(&self) -> Vec<u8> {
        STANDARD.decode(&self.signature_base64).expect("the signature is base64")
    }

    fn private_key(&self) -> PrivateKey {
        PrivateKey::parse(&read_key(&self.key, "private")).expect("the private key can be read")
    }

    fn public_key(&self) -> PublicKey {
        PublicKey::parse(&read_key(&self.key, "public")).expect("the public key can be read")
    }

    /// Writes what follows from the parts.
    fn derive(&mut self, dialect: Dialect) {
        let bytes = bytes_by_the_book(dialect, self);
        let signature = self.private_key().sign(self.algorithm(), &bytes);
        self.signed_bytes_sha256 = sha256_hex(&bytes);
        self.signed_bytes_base64 = STANDARD.encode(bytes);
        self.signature_base64 = STANDARD.encode(&signature);
        self.headers = by_our_code::headers(dialect, self, &signature);
        self.message = by_our_code::message(dialect, self, &signature);
    }
}

fn vectors() -> Vec<(Dialect, Vector)> {
    let mut all = Vec::new();
    for mut file in read_files() {
        if std::env::var_os("UPDATE_VECTORS").is_some() {
            let dialect = file.dialect();
            file.vectors.iter_mut().for_each(|vector| vector.derive(dialect));
            file.write();
        }
        let VectorFile { vectors, .. } = &file;
        all.extend(vectors.iter().map(|vector| (file.dialect(), vector.clone())));
    }
    all
}

/// One test for all, so that vectors are written before anybody reads them.
#[test]
fn every_vector_holds() {
    let all = vectors();
    for (dialect, vector) in &all {
        let bytes = vector.signed_bytes();
        let (told, due) = (shown(&bytes), shown(&bytes_by_the_book(*dialect, vector)));
        assert_eq!(told, due, "{}: the layout of the string", vector.name);
        assert_eq!(sha256_hex(&bytes), vector.signed_bytes_sha256, "{}", vector.name);
        assert_eq!(vector.private_key().public_key(), vector.public_key(), "{}: one pair", vector.name);
        assert_eq!(
            vector.private_key().sign(vector.algorithm(), &bytes),
            vector.signature(),
            "{}",
            vector.name
        );
        by_our_code::check(*dialect, vector);
    }
    by_openssl::check(&all);
    check_values_of_the_sources(&all);
    kinds_are_complete(&all);
}

/// The two hashes that ALPHAPAY-FACTS §3.6 prints.
///
/// Proves: ALPHAPAY-FACTS §3.2, §3.6.
fn check_values_of_the_sources(all: &[(Dialect, Vector)]) {
    for (name, length, sha256) in [
        ("inquiry", 146, "fa8de8b1d0daa8edd422f200753be11b9ee064fa1238eb6f3d8b96b9b08f32aa"),
        ("pay-beyond-ascii", 317, "2b886bb9f6290b254098c464b6d726a925d3fd5e2a95c1a3ebac340d26f91f06"),
    ] {
        let found = all.iter().find(|(dialect, vector)| *dialect == Dialect::AlphaPay && vector.name == name);
        let (_dialect, vector) = found.unwrap_or_else(|| panic!("alphapay.json has {name}"));
        assert_eq!(
            (vector.signed_bytes().len(), vector.signed_bytes_sha256.as_str()),
            (length, sha256),
            "{name}"
        );
    }
}

/// Each scheme is shown in each direction that it has, and names are unique in their file.
fn kinds_are_complete(all: &[(Dialect, Vector)]) {
    let has = |dialect, kind: &str, hash: &str| {
        all.iter().any(|(of, vector)| *of == dialect && vector.kind == kind && vector.hash == hash)
    };
    for kind in ["request", "reply", "notification"] {
        assert!(has(Dialect::Antom, kind, "sha256"), "antom {kind}");
        assert!(has(Dialect::AlphaPay, kind, "sha256"), "alphapay {kind}");
        assert!(has(Dialect::AlipayHk, kind, "sha1"), "alipayhk {kind}");
    }
    assert!(has(Dialect::Alipay, "request", "sha256") && has(Dialect::Alipay, "reply", "sha256"));
    assert!(has(Dialect::AlipayHk, "request", "sha256"));
    for (index, (dialect, vector)) in all.iter().enumerate() {
        let is_taken = all[..index].iter().any(|(of, other)| of == dialect && other.name == vector.name);
        assert!(!is_taken, "{} stands twice", vector.name);
    }
}
