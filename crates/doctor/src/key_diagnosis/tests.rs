use super::*;

const PKCS1: &str = include_str!("../../../crypto/tests/keys/rsa2048.pkcs1.pem");
const PKCS8: &str = include_str!("../../../crypto/tests/keys/rsa2048.pkcs8.pem");
const SPKI: &str = include_str!("../../../crypto/tests/keys/rsa2048.spki.pem");
const PUBLIC_PKCS1: &str = include_str!("../../../crypto/tests/keys/rsa2048.public.pkcs1.pem");
const ENCRYPTED: &str = include_str!("../../../crypto/tests/keys/rsa2048.encrypted.pem");
const SMALL: &str = include_str!("../../../crypto/tests/keys/rsa1024.pkcs8.pem");
const SMALL_PUBLIC: &str = include_str!("../../../crypto/tests/keys/rsa1024.spki.pem");
const CURVE: &str = include_str!("../../../crypto/tests/keys/ec.sec1.pem");
const CURVE_PUBLIC: &str = include_str!("../../../crypto/tests/keys/ec.spki.pem");
const CERTIFICATE: &str = include_str!("../../../crypto/tests/keys/certificate.pem");

fn bare(pem: &str) -> String {
    pem.lines().filter(|line| !line.starts_with("---")).collect::<Vec<_>>().join("\n")
}

fn one_line(pem: &str) -> String {
    bare(pem).replace('\n', "")
}

/// Each mistake is made with a real key, and named; the second column says whether the key can be used all the same.
#[test]
fn mistakes_with_keys_are_named() {
    use KeyMistake::*;
    use KeyUse::{Private, Public};
    let mut damaged = one_line(PKCS8);
    damaged.replace_range(1500..1501, if &damaged[1500..1501] == "A" { "B" } else { "A" });
    let openssh =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjE=\n-----END OPENSSH PRIVATE KEY-----";
    let relabelled = PKCS8.replace("PRIVATE KEY", "RSA PRIVATE KEY");
    for (text, key_use, usable, expected) in [
        (one_line(PKCS8), Private, true, vec![]),
        (one_line(SPKI), Public, true, vec![]),
        (PKCS8.to_owned(), Private, true, vec![PemFrame]),
        (bare(PKCS8), Private, true, vec![LineBreaks]),
        (PKCS1.to_owned(), Private, true, vec![Pkcs1Private, PemFrame]),
        (one_line(PKCS1), Private, true, vec![Pkcs1Private]),
        (one_line(PUBLIC_PKCS1), Public, true, vec![Pkcs1Public]),
        (relabelled, Private, true, vec![WrongLabel, PemFrame]),
        (PKCS8.to_owned(), Public, false, vec![PrivateInPlaceOfPublic, PemFrame]),
        (one_line(PKCS1), Public, false, vec![PrivateInPlaceOfPublic, Pkcs1Private]),
        (one_line(SPKI), Private, false, vec![PublicInPlaceOfPrivate]),
        (one_line(CURVE), Private, false, vec![NotRsa]),
        (one_line(CURVE_PUBLIC), Public, false, vec![NotRsa]),
        (one_line(SMALL), Private, false, vec![TooShort]),
        (one_line(SMALL_PUBLIC), Public, false, vec![TooShort]),
        (one_line(ENCRYPTED), Private, false, vec![PasswordProtected]),
        (CERTIFICATE.to_owned(), Public, false, vec![Certificate]),
        (one_line(CERTIFICATE), Public, false, vec![NotAKey]),
        ("aGVsbG8=".to_owned(), Private, false, vec![NotAKey]),
        (damaged, Private, false, vec![Damaged]),
        (String::new(), Private, false, vec![Empty]),
        (PKCS8.split("-----END").next().unwrap().to_owned(), Private, false, vec![FrameCutOff]),
        (PKCS8.trim().replace('\n', "\\n"), Private, false, vec![EscapedLineBreaks]),
        (format!("\"{}\"", one_line(PKCS8)), Private, false, vec![NotBase64]),
        (openssh.to_owned(), Private, false, vec![SshForm]),
        ("ssh-rsa AAAAB3NzaC1yc2E= me@shop".to_owned(), Public, false, vec![SshForm]),
    ] {
        let diagnosis = diagnose_key(&text, key_use);
        assert_eq!((diagnosis.findings, diagnosis.is_usable), (expected, usable), "{key_use:?} {text}");
    }
}

/// An oversized key cannot be made here in reasonable time; its finding follows from the refusal.
#[test]
fn an_oversized_key_is_named() {
    assert_eq!(of_refused(&KeyError::TooLarge { bits: 16_384 }), KeyMistake::TooLong);
}

#[test]
fn the_kind_is_told_and_the_key_is_not() {
    let diagnosis = diagnose_key(PKCS1, KeyUse::Private);
    assert_eq!(diagnosis.kind, Some(KeyKind::PrivatePkcs1 { bits: 2048 }));
    assert!(!format!("{diagnosis:?}").contains(&one_line(PKCS1)[..16]));
}
