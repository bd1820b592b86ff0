//! The files with the vectors.

use std::fs;
use std::path::{Path, PathBuf};

use farthing_core::rows::Dialect;
use serde::{Deserialize, Serialize};

const FILES: [&str; 4] = ["antom", "alipay", "alipayhk", "alphapay"];

/// A file; what its fields mean, `docs/vectors/README.md` says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VectorFile {
    dialect: String,
    pub(crate) vectors: Vec<Vector>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) note: String,
    pub(crate) kind: String,
    pub(crate) key: String,
    pub(crate) hash: String,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) client_id: String,
    pub(crate) key_version: String,
    pub(crate) time: String,
    pub(crate) nonce: String,
    pub(crate) content: String,
    #[serde(default)]
    pub(crate) signed_bytes_base64: String,
    #[serde(default)]
    pub(crate) signed_bytes_sha256: String,
    #[serde(default)]
    pub(crate) signature_base64: String,
    #[serde(default)]
    pub(crate) headers: Vec<(String, String)>,
    #[serde(default)]
    pub(crate) message: String,
}

impl VectorFile {
    pub(crate) fn dialect(&self) -> Dialect {
        match self.dialect.as_str() {
            "antom" => Dialect::Antom,
            "alipay" => Dialect::Alipay,
            "alipayhk" => Dialect::AlipayHk,
            "alphapay" => Dialect::AlphaPay,
            other => panic!("no such dialect: {other}"),
        }
    }

    pub(crate) fn write(&self) {
        let text = serde_json::to_string_pretty(self).expect("vectors can be written as JSON");
        let path = folder().join(format!("{}.json", self.dialect));
        fs::write(path, text + "\n").expect("the vectors can be written");
    }
}

pub(crate) fn read_files() -> Vec<VectorFile> {
    let read = |name: &&str| {
        let path = folder().join(format!("{name}.json"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    FILES.iter().map(read).collect()
}

/// The file of a key; `half` is `private` or `public`.
pub(crate) fn key_path(key: &str, half: &str) -> PathBuf {
    folder().join(format!("keys/{key}.{half}.pem"))
}

pub(crate) fn read_key(key: &str, half: &str) -> String {
    let path = key_path(key, half);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = package.ancestors().map(|above| above.join("docs/vectors")).find(|folder| folder.is_dir());
    found.expect("the package lies in the workspace")
}
