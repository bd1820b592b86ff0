//! The vectors held against the `openssl` command line, which shares no code with ours.

use std::fs;
use std::path::Path;
use std::process::Command;

use farthing_core::rows::Dialect;

use crate::file::{Vector, key_path};

/// OpenSSL verifies each signature, refuses it for other bytes, and makes the same one.
#[expect(clippy::print_stdout, reason = "a test that proves less must say so")]
pub(crate) fn check(all: &[(Dialect, Vector)]) {
    if !Command::new("openssl").arg("version").output().is_ok_and(|output| output.status.success()) {
        println!("OpenSSL's part is skipped: there is no openssl command here");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (_dialect, vector) in all {
        check_one(vector, folder.path());
    }
}

fn check_one(vector: &Vector, folder: &Path) {
    let write =
        |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("a file can be written");
    write("signed", &vector.signed_bytes());
    write("other", &[&vector.signed_bytes()[..], b" "].concat());
    write("signature", &vector.signature());
    let hash = format!("-{}", vector.hash);
    let public = key_path(&vector.key, "public");
    let private = key_path(&vector.key, "private");
    let (public, private) =
        (public.to_str().expect("paths are UTF-8"), private.to_str().expect("paths are UTF-8"));
    let dgst = |rest: &[&str]| {
        let mut command = Command::new("openssl");
        command.args(["dgst", &hash]).args(rest).current_dir(folder);
        command.output().expect("openssl can be run").status.success()
    };
    assert!(dgst(&["-verify", public, "-signature", "signature", "signed"]), "{}", vector.name);
    assert!(!dgst(&["-verify", public, "-signature", "signature", "other"]), "{}", vector.name);
    assert!(dgst(&["-sign", private, "-out", "theirs", "signed"]), "{}", vector.name);
    assert_eq!(
        fs::read(folder.join("theirs")).expect("openssl wrote it"),
        vector.signature(),
        "{}",
        vector.name
    );
}
