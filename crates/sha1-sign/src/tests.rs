use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::thread;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};

use super::*;

const MESSAGE: &[u8] = r#"{"head":{"version":"2.0.0"},"body":{"orderTitle":"燒賣"}}"#.as_bytes();

/// A key of OpenSSL's making, in PKCS#8.
fn key_of_openssl(folder: &Path, arguments: &str) -> Vec<u8> {
    let make = format!("openssl {arguments} | openssl pkcs8 -topk8 -nocrypt -outform DER -out key.der");
    run(folder, &make);
    fs::read(folder.join("key.der")).unwrap()
}

fn run(folder: &Path, script: &str) {
    let output = Command::new("sh").args(["-ec", script]).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A new key of 2048 bits, in PKCS#8 and as the library beside this one holds it.
fn key_of_ours() -> (Vec<u8>, KeyPair) {
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    (pair.as_der().unwrap().as_ref().to_vec(), pair)
}

/// An implementation that shares no code with the library takes the signatures, and makes the same ones.
#[test]
fn openssl_takes_and_repeats_our_signatures() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for bits in ["2048", "3072"] {
        let key = key_of_openssl(at, &format!("genrsa {bits}"));
        let signature = sign(&key, MESSAGE).unwrap();
        fs::write(at.join("message"), MESSAGE).unwrap();
        fs::write(at.join("signature"), &signature).unwrap();
        run(at, "openssl pkey -inform DER -in key.der -pubout -out public.pem");
        run(at, "openssl dgst -sha1 -verify public.pem -signature signature message");
        run(at, "openssl dgst -sha1 -sign key.der -keyform DER -out theirs message && cmp theirs signature");
    }
}

/// What the crate beside it verifies is what this one signs: SHA-1, and nothing else under that name.
#[test]
fn a_signature_is_over_sha1_and_its_message_alone() {
    let (der, pair) = key_of_ours();
    let signature = sign(&der, MESSAGE).unwrap();
    assert_eq!(signature.len(), 256);
    let public = pair.public_key().as_ref();
    let sha1 = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public);
    let sha256 = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    assert!(sha1.verify(MESSAGE, &signature).is_ok());
    assert!(sha1.verify(b"another message", &signature).is_err());
    assert!(sha256.verify(MESSAGE, &signature).is_err());
    assert_eq!(sign(&der, MESSAGE).unwrap(), signature);
    assert!(sha1.verify(b"", &sign(&der, b"").unwrap()).is_ok());
}

#[test]
fn what_is_no_rsa_key_of_a_fit_size_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (der, _pair) = key_of_ours();
    let curve = key_of_openssl(folder.path(), "ecparam -name prime256v1 -genkey");
    let small = key_of_openssl(folder.path(), "genrsa 1024");
    let two = [der.as_slice(), &[0]].concat();
    let cut = &der[..der.len() - 1];
    let mut damaged = der.clone();
    *damaged.last_mut().unwrap() ^= 1;
    for (bytes, expected) in [
        (&b""[..], SignError::NotAKey),
        (b"no key at all", SignError::NotAKey),
        (cut, SignError::NotAKey),
        (&two, SignError::NotAKey),
        (&damaged, SignError::NotAKey),
        (&curve, SignError::NotRsa),
        (&small, SignError::BadSize { bits: 1024 }),
    ] {
        assert_eq!(sign(bytes, MESSAGE), Err(expected), "{} bytes", bytes.len());
    }
}

/// Cut and bent keys come from files of strangers: they end in a refusal, never in a crash.
#[test]
fn no_damaged_key_does_harm() {
    let (der, _pair) = key_of_ours();
    for end in (0..der.len()).step_by(7) {
        assert_eq!(sign(&der[..end], MESSAGE), Err(SignError::NotAKey), "cut at {end}");
    }
    for place in (0..der.len()).step_by(11) {
        let mut bent = der.clone();
        bent[place] ^= 0x41;
        let _refused_or_signed = sign(&bent, MESSAGE);
    }
}

/// One key serves many threads at once, and goes to another thread to be freed.
#[test]
fn threads_share_a_key() {
    let (der, _pair) = key_of_ours();
    let expected = sign(&der, MESSAGE).unwrap();
    let key = Arc::new(SigningKey::from_pkcs8(&der).unwrap());
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let key = Arc::clone(&key);
            thread::spawn(move || (0..25).map(|_| key.sign(MESSAGE).unwrap()).collect::<Vec<_>>())
        })
        .collect();
    drop(key);
    for thread in threads {
        assert!(thread.join().unwrap().iter().all(|signature| *signature == expected));
    }
}

/// Every key that is parsed is freed, whether it signs, is refused for its size, or is refused for what follows it: the
/// process does not grow. A parsed key takes several kilobytes, so 1,500 lost ones would be seen at once.
#[cfg(target_os = "linux")]
#[test]
fn keys_do_not_leak() {
    let folder = tempfile::tempdir().unwrap();
    let (der, _pair) = key_of_ours();
    let small = key_of_openssl(folder.path(), "genrsa 1024");
    let two = [der.as_slice(), &[0]].concat();
    let turn = || {
        assert!(sign(&der, MESSAGE).is_ok());
        assert_eq!(sign(&two, MESSAGE), Err(SignError::NotAKey));
        assert!(matches!(sign(&small, MESSAGE), Err(SignError::BadSize { .. })));
        assert_eq!(sign(&der[..900], MESSAGE), Err(SignError::NotAKey));
    };
    (0..100).for_each(|_| turn());
    let before = resident_pages();
    (0..1_500).for_each(|_| turn());
    let grown_pages = resident_pages().saturating_sub(before);
    assert!(grown_pages < 512, "the process grew by {grown_pages} pages");
}

#[cfg(target_os = "linux")]
fn resident_pages() -> usize {
    let text = fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse().unwrap()
}
