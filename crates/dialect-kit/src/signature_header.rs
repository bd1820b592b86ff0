//! The `signature` header, read and written.
//!
//! `algorithm=RSA256,keyVersion=1,signature=<percent-escaped base64>`. The SDKs send no blanks, samples of the documents
//! have one after each comma, and some callers forget to escape; reading takes all of these. Writing is exact, because one
//! SDK counts the items and another takes everything after `signature=`.
//!
//! Source: ANTOM-FACTS §1.4 (grammar), §1.5 (the exact form of an answer).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::percent::{push_escaped, unescape};

/// What is written for RSA with SHA-256 in the item `algorithm`.
///
/// Source: ANTOM-FACTS §1.4 (`RSA256`, not `RS256`).
pub const ALGORITHM_RSA256: &str = "RSA256";

/// The standard alphabet; whether the padding came along does not matter.
const BASE64_ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signature header that was read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureHeader {
    /// The name of the algorithm as sent; whether it is one we take, the dialect decides.
    pub algorithm: String,
    /// The version of the key, `None` when the item is missing or empty; the newest key is meant then.
    pub key_version: Option<String>,
    /// The signature's bytes; at least one.
    pub signature: Vec<u8>,
}

/// What is wrong with a signature header, in order of checking: first item by item, then what is missing.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum SignatureHeaderError {
    /// A part between commas has no `=`.
    #[error(
        "part {position} of the signature header has no '='; parts look like name=value, with commas between"
    )]
    NotAnItem {
        /// Which part, counted from 1.
        position: usize,
    },
    /// An item stands there twice.
    #[error("the signature header has {name} twice")]
    Repeated {
        /// The item's name.
        name: &'static str,
    },
    /// No `algorithm`, or an empty one.
    #[error("the signature header has no algorithm; add algorithm=RSA256")]
    NoAlgorithm,
    /// No `signature`, or an empty one.
    #[error("the signature header has no signature; add signature=<percent-escaped base64>")]
    NoSignature,
    /// A `%` in the signature without two hexadecimal digits after it.
    #[error(
        "the signature has a broken percent-escape at place {position}; escape the base64 once: + as %2B, / as %2F, = as %3D"
    )]
    BadEscape {
        /// Which byte of the signature's text, counted from 1.
        position: usize,
    },
    /// What the escapes leave is not base64.
    #[error(
        "the signature is not base64 once its percent-escapes are resolved; use the standard alphabet, and escape it once"
    )]
    NotBase64,
}

/// Reads the value of a signature header. Items may stand in any order; unknown ones are passed over.
///
/// A `+` always stands for itself: base64 knows no blank that it could have been.
///
/// # Errors
/// In order of checking: [`SignatureHeaderError::NotAnItem`], [`SignatureHeaderError::Repeated`],
/// [`SignatureHeaderError::NoAlgorithm`], [`SignatureHeaderError::NoSignature`],
/// [`SignatureHeaderError::BadEscape`], [`SignatureHeaderError::NotBase64`].
///
/// Source: ANTOM-FACTS §1.4.
pub fn parse_signature_header(value: &str) -> Result<SignatureHeader, SignatureHeaderError> {
    let items = read_items(value)?;
    let algorithm = items.algorithm.ok_or(SignatureHeaderError::NoAlgorithm)?;
    let signature = items.signature.ok_or(SignatureHeaderError::NoSignature)?;
    Ok(SignatureHeader {
        algorithm: algorithm.to_owned(),
        key_version: items.key_version.map(str::to_owned),
        signature: decode_signature(signature)?,
    })
}

/// Writes the value of a signature header: exactly three items, the signature last, no blanks.
///
/// Source: ANTOM-FACTS §1.5.
#[must_use]
pub fn format_signature_header(key_version: &str, signature: &[u8]) -> String {
    format_signature_header_as(ALGORITHM_RSA256, key_version, signature)
}

/// The same for an algorithm by another name.
///
/// Source: ALPHAPAY-FACTS §3.3 (order, escapes, no blank after a comma).
#[must_use]
pub fn format_signature_header_as(algorithm: &str, key_version: &str, signature: &[u8]) -> String {
    let mut header = format!("algorithm={algorithm},keyVersion={key_version},signature=");
    push_escaped(&mut header, &STANDARD.encode(signature));
    header
}

/// The items of a signature header, where only the signature has to be there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureItems {
    /// The name of the algorithm as sent; `None` when the item is missing or empty.
    pub algorithm: Option<String>,
    /// The version of the key; `None` when the item is missing or empty.
    pub key_version: Option<String>,
    /// The signature's bytes; at least one.
    pub signature: Vec<u8>,
}

/// Reads the value of a signature header whose algorithm may be left out, and in whose signature a blank stands for the
/// `+` that a form decoder made it from.
///
/// # Errors
/// In order of checking: [`SignatureHeaderError::NotAnItem`], [`SignatureHeaderError::Repeated`],
/// [`SignatureHeaderError::NoSignature`], [`SignatureHeaderError::BadEscape`], [`SignatureHeaderError::NotBase64`].
///
/// Source: ALPHAPAY-FACTS §3.1 (the default algorithm), §3.3.
pub fn parse_signature_items(value: &str) -> Result<SignatureItems, SignatureHeaderError> {
    let items = read_items(value)?;
    let signature = items.signature.ok_or(SignatureHeaderError::NoSignature)?;
    Ok(SignatureItems {
        algorithm: items.algorithm.map(str::to_owned),
        key_version: items.key_version.map(str::to_owned),
        signature: decode_signature(&signature.replace(' ', "+").replace("%20", "+"))?,
    })
}

/// The known items, each `None` when missing or empty.
#[derive(Default)]
struct Items<'a> {
    algorithm: Option<&'a str>,
    key_version: Option<&'a str>,
    signature: Option<&'a str>,
}

fn read_items(value: &str) -> Result<Items<'_>, SignatureHeaderError> {
    let mut items = Items::default();
    for (index, part) in value.split(',').enumerate() {
        // A header without any part, and a comma too many at its end, are told by what is missing.
        if part.trim().is_empty() {
            continue;
        }
        let (name, text) =
            part.split_once('=').ok_or(SignatureHeaderError::NotAnItem { position: index + 1 })?;
        match name.trim() {
            "algorithm" => put(&mut items.algorithm, "algorithm", text)?,
            "keyVersion" => put(&mut items.key_version, "keyVersion", text)?,
            "signature" => put(&mut items.signature, "signature", text)?,
            _ => {}
        }
    }
    Ok(items)
}

fn put<'a>(
    item: &mut Option<&'a str>,
    name: &'static str,
    text: &'a str,
) -> Result<(), SignatureHeaderError> {
    if item.is_some() {
        return Err(SignatureHeaderError::Repeated { name });
    }
    *item = Some(text.trim()).filter(|text| !text.is_empty());
    Ok(())
}

fn decode_signature(text: &str) -> Result<Vec<u8>, SignatureHeaderError> {
    let base64 = unescape(text).map_err(|index| SignatureHeaderError::BadEscape { position: index + 1 })?;
    let signature =
        BASE64_ANY_PADDING.decode(base64).map_err(|_place_in_unescaped| SignatureHeaderError::NotBase64)?;
    if signature.is_empty() { Err(SignatureHeaderError::NoSignature) } else { Ok(signature) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(key_version: Option<&str>) -> SignatureHeader {
        SignatureHeader {
            algorithm: "RSA256".to_owned(),
            key_version: key_version.map(str::to_owned),
            signature: vec![0xfb, 0xff],
        }
    }

    /// Proves: ANTOM-FACTS §1.4, the tolerated ways of writing one header.
    #[test]
    fn every_tolerated_way_of_writing_reads_the_same() {
        for value in [
            "algorithm=RSA256,keyVersion=1,signature=%2B%2F8%3D",
            "algorithm=RSA256, keyVersion=1, signature=%2B%2F8%3D",
            "algorithm=RSA256,keyVersion=1,signature=%2b%2f8%3d",
            "algorithm=RSA256,keyVersion=1,signature=+/8=",
            "algorithm=RSA256,keyVersion=1,signature=+/8",
            "algorithm=RSA256,keyVersion=1,signature=+/8%3D",
            " signature = +/8= , keyVersion = 1 , algorithm = RSA256 ",
            "algorithm=RSA256,keyVersion=1,signature=+/8=,",
            "algorithm=RSA256,keyVersion=1,later=a=b,signature=+/8=",
        ] {
            assert_eq!(parse_signature_header(value), Ok(header(Some("1"))), "{value}");
        }
        for value in ["algorithm=RSA256,signature=+/8=", "algorithm=RSA256,keyVersion=,signature=+/8="] {
            assert_eq!(parse_signature_header(value), Ok(header(None)), "{value}");
        }
    }

    /// Proves: ALPHAPAY-FACTS §3.3, what else is tolerated there, and that the stricter reading refuses it.
    #[test]
    fn a_blank_may_stand_for_a_plus_and_the_algorithm_may_be_missing() {
        for value in ["signature=%2B%2F8%3D", "keyVersion=, signature=%20/8=,algorithm="] {
            assert_eq!(parse_signature_items(value).unwrap().signature, [0xfb, 0xff], "{value}");
        }
        let trimmed = parse_signature_items("signature= /8=");
        assert!(trimmed.is_err(), "a blank at the very beginning is trimmed off like one after a comma");
        let items = parse_signature_items("algorithm=RS256, signature=8/ /").unwrap();
        assert_eq!((items.algorithm.as_deref(), items.key_version), (Some("RS256"), None));
        assert_eq!(items.signature, parse_signature_items("signature=8/%2B/").unwrap().signature);
        assert!(parse_signature_header("algorithm=RSA256,signature=8/ /").is_err());
        assert_eq!(
            format_signature_header_as("RS256", "2", &[0xfb, 0xff]),
            "algorithm=RS256,keyVersion=2,signature=%2B%2F8%3D"
        );
    }

    #[test]
    fn what_is_wrong_is_named() {
        use SignatureHeaderError::*;
        for (value, expected) in [
            ("", NoAlgorithm),
            ("algorithm=RSA256,RSA256,signature=+/8=", NotAnItem { position: 2 }),
            ("abcd", NotAnItem { position: 1 }),
            ("algorithm=RSA256,algorithm=RSA256,signature=+/8=", Repeated { name: "algorithm" }),
            ("algorithm=RSA256,signature=+/8=,signature=+/8=", Repeated { name: "signature" }),
            ("signature=+/8=", NoAlgorithm),
            ("algorithm=,signature=+/8=", NoAlgorithm),
            ("algorithm=RSA256,keyVersion=1", NoSignature),
            ("algorithm=RSA256,keyVersion=1,signature=", NoSignature),
            ("algorithm=RSA256,keyVersion=1,signature=%3D", NotBase64),
            ("algorithm=RSA256,signature=ab%2", BadEscape { position: 3 }),
            ("algorithm=RSA256,signature=a b=", NotBase64),
            ("algorithm=RSA256,signature=-_8=", NotBase64),
            ("algorithm=RSA256,signature=%252B%252F8%253D", NotBase64),
            ("algorithm=RSA256,signature=ü", NotBase64),
        ] {
            assert_eq!(parse_signature_header(value), Err(expected), "{value}");
        }
    }

    /// Proves: ANTOM-FACTS §1.5. Java counts three items and splits the last one at '=' into exactly two parts.
    #[test]
    fn an_answer_has_three_items_and_one_equals_sign_in_each() {
        let header = format_signature_header("7", &[0xfb; 256]);
        let items: Vec<_> = header.split(',').collect();
        assert_eq!(items.len(), 3);
        assert_eq!(items[..2], ["algorithm=RSA256", "keyVersion=7"]);
        assert!(items[2].starts_with("signature=") && items[2].matches('=').count() == 1);
        assert!(!header.contains(' '));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(version in "[A-Za-z0-9_.-]{1,8}", signature in proptest::collection::vec(any::<u8>(), 1..300)) {
            let read = parse_signature_header(&format_signature_header(&version, &signature)).unwrap();
            prop_assert_eq!(read.algorithm, "RSA256");
            prop_assert_eq!(read.key_version, Some(version));
            prop_assert_eq!(read.signature, signature);
        }

        #[test]
        fn no_text_makes_it_panic(value in any::<String>()) {
            let _read_or_refused = parse_signature_header(&value);
        }
    }
}
