//! Signatures and keys held against the `openssl` command line, an implementation that shares no code with ours.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use farthing_crypto::{Algorithm, PrivateKey, PublicKey, random_token_hex};

const MESSAGE: &[u8] =
    "POST /ams/api/v1/payments/pay\nSANDBOX_1.2026-11-22T08:51:56+00:00.{\"é\":1}".as_bytes();

/// Each way to sign, with its name on OpenSSL's command line.
const WAYS: [(Algorithm, &str); 2] = [(Algorithm::RsaSha256, "-sha256"), (Algorithm::RsaSha1, "-sha1")];

/// A directory of its own for each test, removed when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("farthing-crypto-{}", random_token_hex(8)));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _left_behind = fs::remove_dir_all(&self.0);
    }
}

fn openssl(arguments: &[&str], folder: &Path) -> bool {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    output.status.success()
}

/// Says so, and why, when there is nothing to compare with.
#[expect(clippy::print_stdout, reason = "a test that proves nothing must say so")]
fn is_openssl_missing() -> bool {
    let is_missing =
        !Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success());
    if is_missing {
        println!("skipped: there is no openssl command here");
    }
    is_missing
}

#[test]
fn openssl_verifies_what_we_sign() {
    if is_openssl_missing() {
        return;
    }
    let folder = Folder::new();
    let key = PrivateKey::generate();
    folder.write("public.pem", key.public_key().to_spki_pem());
    folder.write("message", MESSAGE);
    folder.write("other", b"other");
    for (algorithm, hash) in WAYS {
        folder.write("signature", key.sign(algorithm, MESSAGE));
        let verify = ["dgst", hash, "-verify", "public.pem", "-signature", "signature"];
        assert!(openssl(&[&verify[..], &["message"]].concat(), &folder.0), "{algorithm}");
        assert!(!openssl(&[&verify[..], &["other"]].concat(), &folder.0), "{algorithm}");
    }
}

#[test]
fn we_verify_what_openssl_signs_with_keys_it_made() {
    if is_openssl_missing() {
        return;
    }
    let folder = Folder::new();
    folder.write("message", MESSAGE);
    let make = "openssl genrsa -traditional -out key.pem 3072 && openssl rsa -in key.pem -RSAPublicKey_out -out public.pem \
                && openssl dgst -sha256 -sign key.pem -out signature-sha256 message \
                && openssl dgst -sha1 -sign key.pem -out signature-sha1 message";
    let made = Command::new("sh").args(["-c", make]).current_dir(&folder.0).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let read = |name: &str| fs::read(folder.0.join(name)).unwrap();
    let public = PublicKey::parse(&String::from_utf8(read("public.pem")).unwrap()).unwrap();
    let private = PrivateKey::parse(&String::from_utf8(read("key.pem")).unwrap()).unwrap();
    assert_eq!((public.bits(), private.public_key()), (3072, public.clone()));
    for (algorithm, hash) in WAYS {
        let signature = read(&format!("signature{hash}"));
        assert!(public.verify(algorithm, MESSAGE, &signature), "{algorithm}");
        assert_eq!(private.sign(algorithm, MESSAGE), signature, "{algorithm}");
    }
}

#[test]
fn openssl_reads_the_private_key_we_write() {
    if is_openssl_missing() {
        return;
    }
    let folder = Folder::new();
    folder.write("key.pem", PrivateKey::generate().to_pkcs8_pem());
    assert!(openssl(&["pkey", "-in", "key.pem", "-check", "-noout"], &folder.0));
}
