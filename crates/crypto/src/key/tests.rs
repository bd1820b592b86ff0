use super::*;

const PKCS1: &str = include_str!("../../tests/keys/rsa2048.pkcs1.pem");
const PKCS8: &str = include_str!("../../tests/keys/rsa2048.pkcs8.pem");
const SPKI: &str = include_str!("../../tests/keys/rsa2048.spki.pem");
const PUBLIC_PKCS1: &str = include_str!("../../tests/keys/rsa2048.public.pkcs1.pem");
const ENCRYPTED: &str = include_str!("../../tests/keys/rsa2048.encrypted.pem");
const SMALL: &str = include_str!("../../tests/keys/rsa1024.pkcs8.pem");
const SMALL_PUBLIC: &str = include_str!("../../tests/keys/rsa1024.spki.pem");
const CURVE: &str = include_str!("../../tests/keys/ec.sec1.pem");
const CURVE_PUBLIC: &str = include_str!("../../tests/keys/ec.spki.pem");
const CERTIFICATE: &str = include_str!("../../tests/keys/certificate.pem");

/// The body of a PEM text with its line breaks, as people copy it.
fn bare(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("---")).collect::<Vec<_>>().join("\r\n ")
}

fn one_line(pem: &str) -> String {
    bare(pem).replace(char::is_whitespace, "")
}

/// Whatever form a key comes in, it is the same key.
#[test]
fn every_form_of_one_private_key_reads_the_same() {
    let public = PublicKey::parse(SPKI).unwrap();
    let relabelled = PKCS8.replace("PRIVATE KEY", "RSA PRIVATE KEY");
    let squeezed = PKCS8.replace('\n', " ");
    let announced = format!("Bag Attributes\n    friendlyName: shop\n{PKCS8}\n");
    let forms = [
        PKCS1.to_owned(),
        PKCS8.to_owned(),
        bare(PKCS1),
        bare(PKCS8),
        one_line(PKCS1),
        one_line(PKCS8),
        relabelled,
        squeezed,
        announced,
        PKCS8.replace('\n', "\r\n"),
        one_line(PKCS8).trim_end_matches('=').to_owned(),
    ];
    for form in forms {
        let key = PrivateKey::parse(&form).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(key.public_key(), public);
        assert_eq!(key.to_pkcs8_base64(), one_line(PKCS8));
        assert_eq!(key.to_pkcs8_pem(), PKCS8);
    }
}

#[test]
fn every_form_of_one_public_key_reads_the_same() {
    let forms = [
        SPKI.to_owned(),
        PUBLIC_PKCS1.to_owned(),
        bare(SPKI),
        bare(PUBLIC_PKCS1),
        one_line(SPKI),
        one_line(PUBLIC_PKCS1),
        PUBLIC_PKCS1.replace("RSA PUBLIC KEY", "PUBLIC KEY"),
    ];
    for form in forms {
        let key = PublicKey::parse(&form).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(key.bits(), 2048);
        assert_eq!(key.to_spki_base64(), one_line(SPKI));
        assert_eq!(key.to_spki_pem(), SPKI);
    }
}

#[test]
fn a_private_key_that_cannot_be_used_is_refused_by_name() {
    let cut_frame = PKCS8.split("-----END").next().unwrap();
    let cut_text = &one_line(PKCS8)[..100];
    let sealed_the_old_way = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\nAAAA\n-----END RSA PRIVATE KEY-----";
    let wanted = PRIVATE_FORMS;
    let table = [
        ("", KeyError::Empty),
        (" \n\t", KeyError::Empty),
        ("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----", KeyError::Empty),
        (cut_frame, KeyError::FrameCutOff),
        ("-----BEGIN PRIVATE KEY", KeyError::FrameCutOff),
        (sealed_the_old_way, KeyError::Encrypted),
        (ENCRYPTED, KeyError::Encrypted),
        (cut_text, KeyError::NotAKey { wanted }),
        ("aGVsbG8=", KeyError::NotAKey { wanted }),
        (CERTIFICATE, KeyError::NotAKey { wanted }),
        (CURVE, KeyError::NotRsa),
        (SPKI, KeyError::PublicGiven),
        (PUBLIC_PKCS1, KeyError::PublicGiven),
        (CURVE_PUBLIC, KeyError::PublicGiven),
        (SMALL, KeyError::TooSmall { bits: 1024 }),
    ];
    for (text, expected) in table {
        assert_eq!(PrivateKey::parse(text).unwrap_err(), expected, "{text}");
    }
}

#[test]
fn a_public_key_that_cannot_be_used_is_refused_by_name() {
    let wanted = PUBLIC_FORMS;
    let table = [
        ("", KeyError::Empty),
        (CERTIFICATE, KeyError::NotAKey { wanted }),
        (CURVE_PUBLIC, KeyError::NotRsa),
        (PKCS1, KeyError::PrivateGiven),
        (PKCS8, KeyError::PrivateGiven),
        (CURVE, KeyError::PrivateGiven),
        (ENCRYPTED, KeyError::PrivateGiven),
        (SMALL_PUBLIC, KeyError::TooSmall { bits: 1024 }),
    ];
    for (text, expected) in table {
        assert_eq!(PublicKey::parse(text).unwrap_err(), expected, "{text}");
    }
}

/// An error message may end in a log, so it must not repeat a piece of the key.
#[test]
fn what_is_not_base64_is_told_by_its_place_alone() {
    let mut text = one_line(PKCS8);
    text.replace_range(41..42, "*");
    let error = PrivateKey::parse(&text).unwrap_err().to_string();
    assert!(error.contains("place 42"), "{error}");
    assert!(!error.contains(&text[..8]), "{error}");
    assert!(matches!(PublicKey::parse("no key, sorry"), Err(KeyError::NotBase64 { .. })));
}

/// One flipped bit inside the numbers is noticed when the key is read, not at the first signature.
#[test]
fn a_damaged_private_key_is_refused() {
    let mut der = STANDARD.decode(one_line(PKCS8)).unwrap();
    let last = der.len() - 1;
    der[last] ^= 1;
    assert_eq!(PrivateKey::parse(&STANDARD.encode(der)).unwrap_err(), KeyError::Damaged);
}

#[test]
fn an_oversized_modulus_is_refused_before_any_arithmetic() {
    assert_eq!(check_bits(8192), Ok(()));
    assert_eq!(check_bits(8193), Err(KeyError::TooLarge { bits: 8193 }));
    assert_eq!(check_bits(2047), Err(KeyError::TooSmall { bits: 2047 }));
}

#[test]
fn a_key_shows_nothing_of_itself() {
    let key = PrivateKey::parse(PKCS8).unwrap();
    assert_eq!(format!("{key:?}"), "PrivateKey(RSA, 2048 bits)");
    assert_eq!(format!("{:?}", key.public_key()), "PublicKey(RSA, 2048 bits)");
}

#[test]
fn a_new_key_is_read_back_and_is_not_the_last_one() {
    let key = PrivateKey::generate();
    assert_eq!(key.bits(), 2048);
    assert_eq!(PrivateKey::parse(&key.to_pkcs8_pem()).unwrap().public_key(), key.public_key());
    assert_ne!(PrivateKey::generate().public_key(), key.public_key());
}
