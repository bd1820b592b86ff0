//! The key ring on a real directory.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use farthing_core::time::Timestamp;
use farthing_crypto::Algorithm;

use super::*;

/// 2019-11-27T12:01:01+08:00.
fn noon() -> Timestamp {
    Timestamp::from_ms(1_574_827_261_000)
}

fn fresh() -> (tempfile::TempDir, GatewayKeys) {
    let directory = tempfile::tempdir().unwrap();
    let keys = GatewayKeys::open_or_create(&directory.path().join("keys"), noon()).unwrap();
    (directory, keys)
}

fn states(keys: &GatewayKeys) -> Vec<(String, &'static str)> {
    keys.list().iter().map(|entry| (entry.version.to_string(), entry.state.word())).collect()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn a_new_directory_gets_owner_only_files_and_the_same_keys_come_back() {
    // What was signed, sealed and encrypted before a restart must still be good after it.
    let (directory, keys) = fresh();
    assert_eq!(mode(&directory.path().join("keys")), 0o700);
    for file in ["gateway-1.pem", "seal-1.pem", "vault.key", "keyring.json"] {
        assert_eq!(mode(&directory.path().join("keys").join(file)), 0o600, "{file}");
    }
    let again = GatewayKeys::open(&directory.path().join("keys")).unwrap();
    assert_eq!(again.list(), keys.list());
    assert_eq!(again.list()[0].created_at, noon());
    assert_eq!(again.vault_secret(), keys.vault_secret());
    let seal = keys.seal_key();
    let signature = seal.key.sign(Algorithm::RsaSha256, b"seal");
    assert!(again.seal_public_keys()[&seal.key_id].verify(Algorithm::RsaSha256, b"seal", &signature));
}

#[test]
fn opening_without_making_needs_keys() {
    // What only looks must not leave keys behind in a directory given by mistake.
    let directory = tempfile::tempdir().unwrap();
    assert!(matches!(GatewayKeys::open(&directory.path().join("keys")), Err(KeyringError::Missing { .. })));
    assert!(!directory.path().join("keys").exists());
}

#[test]
fn files_open_to_others_are_refused_and_the_cure_is_named() {
    // For each file, because one forgotten check would be enough.
    let (directory, _) = fresh();
    for file in ["gateway-1.pem", "seal-1.pem", "vault.key", "keyring.json"] {
        let path = directory.path().join("keys").join(file);
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let error =
            GatewayKeys::open_or_create(&directory.path().join("keys"), noon()).unwrap_err().to_string();
        assert!(error.contains("chmod 600") && error.contains(file), "{error}");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
    let path = directory.path().join("keys");
    fs::set_permissions(&path, Permissions::from_mode(0o770)).unwrap();
    let error = GatewayKeys::open(&directory.path().join("keys")).unwrap_err().to_string();
    assert!(error.contains("chmod 700"), "{error}");
}

#[test]
fn a_lost_file_is_never_made_anew() {
    // A new vault secret would make every kept token unreadable, and nobody would notice at first.
    for file in ["gateway-1.pem", "seal-1.pem", "vault.key"] {
        let (directory, _) = fresh();
        fs::remove_file(directory.path().join("keys").join(file)).unwrap();
        let error = GatewayKeys::open_or_create(&directory.path().join("keys"), noon()).unwrap_err();
        assert!(matches!(&error, KeyringError::Missing { path } if path.ends_with(file)), "{error}");
    }
    let (directory, keys) = fresh();
    keys.generate(noon()).unwrap();
    fs::remove_file(directory.path().join("keys").join("keyring.json")).unwrap();
    let error = GatewayKeys::open_or_create(&directory.path().join("keys"), noon()).unwrap_err();
    assert!(matches!(&error, KeyringError::Missing { path } if path.ends_with("keyring.json")), "{error}");
}

#[test]
fn a_first_start_that_was_cut_off_is_finished() {
    // The ring is written last, so without it the other files may be there or not; those that are there are kept.
    let (directory, keys) = fresh();
    let keys_directory = directory.path().join("keys");
    fs::remove_file(keys_directory.join("keyring.json")).unwrap();
    fs::remove_file(keys_directory.join("seal-1.pem")).unwrap();
    let again = GatewayKeys::open_or_create(&directory.path().join("keys"), noon()).unwrap();
    assert_eq!(again.list(), keys.list());
}

#[test]
fn damaged_files_are_named() {
    let (directory, _) = fresh();
    let keys_directory = directory.path().join("keys");
    let broken = [("vault.key", "c2hvcnQ="), ("gateway-1.pem", "no key"), ("keyring.json", "{\"keys\": []}")];
    for (file, text) in broken {
        let path = keys_directory.join(file);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, text).unwrap();
        let error = GatewayKeys::open(&directory.path().join("keys")).unwrap_err().to_string();
        assert!(error.contains(file), "{error}");
        assert!(!error.contains(text), "{error}");
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn the_oldest_active_key_signs_and_newer_ones_wait() {
    // Merchants get the public half of a key before anything is signed with it.
    let (directory, keys) = fresh();
    let second = keys.generate(noon().plus_ms(5)).unwrap();
    assert_eq!((&*second.version, second.state), ("2", KeyState::Waits));
    assert_eq!(&*keys.current().0, "1");
    let old = keys.current().1;
    let retired = keys.retire("1", noon().plus_ms(9)).unwrap();
    assert_eq!((retired.state, retired.retired_at), (KeyState::Retired, Some(noon().plus_ms(9))));
    assert_eq!(&*keys.current().0, "2");
    assert_eq!(states(&keys), [("1".to_owned(), "retired"), ("2".to_owned(), "signs")]);
    assert_eq!(*keys.public("1").unwrap(), old.public_key());
    assert_eq!(GatewayKeys::open(&directory.path().join("keys")).unwrap().list(), keys.list());
}

#[test]
fn retiring_is_refused_in_order() {
    // Unknown, retired before, and above all the last key: without it nothing could be signed.
    let (_directory, keys) = fresh();
    assert!(matches!(keys.retire("7", noon()), Err(KeyringError::UnknownVersion { .. })));
    assert!(matches!(keys.retire("1", noon()), Err(KeyringError::LastActive { .. })));
    keys.generate(noon()).unwrap();
    keys.retire("2", noon()).unwrap();
    assert!(matches!(keys.retire("2", noon()), Err(KeyringError::AlreadyRetired { .. })));
    assert!(matches!(keys.retire("1", noon()), Err(KeyringError::LastActive { .. })));
    assert_eq!(&*keys.generate(noon()).unwrap().version, "3", "a version is never given twice");
}

#[test]
fn imports_take_every_form_once() {
    let (_directory, keys) = fresh();
    let own = PrivateKey::generate();
    assert!(matches!(keys.import("zzz", noon()), Err(KeyringError::NotAKey(_))));
    let public = own.public_key().to_spki_pem();
    assert!(matches!(keys.import(&public, noon()), Err(KeyringError::NotAKey(_))));
    let entry = keys.import(&own.to_pkcs8_base64(), noon()).unwrap();
    assert_eq!((&*entry.version, &*entry.public_key), ("2", &own.public_key()));
    let again = keys.import(&own.to_pkcs8_pem(), noon());
    assert!(matches!(again, Err(KeyringError::KnownKey { version }) if version == "2"));
}

#[test]
fn many_threads_may_change_and_use_the_keys() {
    // Each change gets a version of its own, and there is a key to sign with at every moment.
    let (directory, keys) = fresh();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| keys.generate(noon()).unwrap());
        }
        for _ in 0..200 {
            assert_eq!(&*keys.current().0, "1");
        }
    });
    let versions: Vec<_> = keys.list().iter().map(|entry| entry.version.to_string()).collect();
    assert_eq!(versions, ["1", "2", "3", "4", "5"]);
    assert_eq!(GatewayKeys::open(&directory.path().join("keys")).unwrap().list(), keys.list());
}

/// A key-encryption key of 32 equal bytes.
fn wrapped_by(byte: u8) -> Custody {
    Custody::of_text(&STANDARD.encode([byte; 32]), "a test").unwrap()
}

#[test]
fn under_a_key_encryption_key_no_secret_lies_there_as_it_is() {
    // Also proves that a restart finds the same secrets, and that what is generated later is wrapped, too.
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    let keys = GatewayKeys::open_or_create_in(&path, noon(), wrapped_by(1)).unwrap();
    keys.generate(noon()).unwrap();
    for file in ["gateway-1.pem", "gateway-2.pem", "seal-1.pem", "vault.key"] {
        let text = fs::read_to_string(path.join(file)).unwrap();
        assert!(text.starts_with("farthing wrapped 1 ") && !text.contains("PRIVATE KEY"), "{file}: {text}");
        assert!(!text.contains(&STANDARD.encode(keys.vault_secret())), "{file}");
        assert_eq!(mode(&path.join(file)), 0o600, "{file}");
    }
    let again = GatewayKeys::open_in(&path, wrapped_by(1)).unwrap();
    assert_eq!((again.list(), again.vault_secret()), (keys.list(), keys.vault_secret()));
}

#[test]
fn a_missing_or_wrong_key_encryption_key_is_refused_by_name() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    GatewayKeys::open_or_create_in(&path, noon(), wrapped_by(1)).unwrap();
    let (Custody::Wrapped(right), Custody::Wrapped(wrong)) = (wrapped_by(1), wrapped_by(2)) else {
        panic!("both are wrapped")
    };
    let error = GatewayKeys::open(&path).unwrap_err().to_string();
    assert!(error.contains(right.id()) && error.contains("FARTHING_KEY_ENCRYPTION_KEY"), "{error}");
    let error = GatewayKeys::open_in(&path, wrapped_by(2)).unwrap_err().to_string();
    assert!(error.contains(right.id()) && error.contains(wrong.id()), "{error}");
    let (plain, _) = fresh();
    let error = GatewayKeys::open_in(&plain.path().join("keys"), wrapped_by(1)).unwrap_err().to_string();
    assert!(error.contains("farthing key wrap"), "{error}");
}

#[test]
fn one_wrapped_file_in_the_place_of_another_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("keys");
    GatewayKeys::open_or_create_in(&path, noon(), wrapped_by(1)).unwrap();
    fs::copy(path.join("seal-1.pem"), path.join("gateway-1.pem")).unwrap();
    let error = GatewayKeys::open_in(&path, wrapped_by(1)).unwrap_err();
    assert!(
        matches!(&error, KeyringError::BadWrapping { path } if path.ends_with("gateway-1.pem")),
        "{error}"
    );
}

#[test]
fn keys_are_wrapped_unwrapped_and_wrapped_by_another_key() {
    // Also proves that a move that was cut off in the middle can be made again.
    let (directory, keys) = fresh();
    let path = directory.path().join("keys");
    keys.generate(noon()).unwrap();
    let plain = |file: &str| fs::read_to_string(path.join(file)).unwrap();
    let before = [plain("gateway-1.pem"), plain("vault.key")];
    assert_eq!(GatewayKeys::move_custody(&path, &Custody::Plain, &wrapped_by(1)).unwrap(), 4);
    assert_eq!(GatewayKeys::move_custody(&path, &Custody::Plain, &wrapped_by(1)).unwrap(), 0);
    assert_eq!(GatewayKeys::open_in(&path, wrapped_by(1)).unwrap().list(), keys.list());
    fs::write(path.join("vault.key"), &before[1]).unwrap();
    assert_eq!(GatewayKeys::move_custody(&path, &Custody::Plain, &wrapped_by(1)).unwrap(), 1);
    assert!(GatewayKeys::move_custody(&path, &wrapped_by(2), &Custody::Plain).is_err());
    assert_eq!(GatewayKeys::move_custody(&path, &wrapped_by(1), &wrapped_by(2)).unwrap(), 4);
    assert_eq!(GatewayKeys::move_custody(&path, &wrapped_by(2), &Custody::Plain).unwrap(), 4);
    assert_eq!([plain("gateway-1.pem"), plain("vault.key")], before);
}

#[test]
fn a_key_encryption_key_that_is_none_or_open_to_others_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("kek");
    fs::write(&path, STANDARD.encode([1; 32]) + "\n").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(Custody::of_file(&path), Err(KeyringError::OpenToOthers { .. })));
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    assert!(matches!(Custody::of_file(&path), Ok(Custody::Wrapped(_))));
    fs::write(&path, "short").unwrap();
    let error = Custody::of_file(&path).unwrap_err().to_string();
    assert!(error.contains("kek") && error.contains("openssl rand -base64 32"), "{error}");
}
