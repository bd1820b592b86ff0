//! What kind of key some DER bytes hold.
//!
//! The library that signs says only "rejected". A person who pasted the wrong file is helped by being told which
//! file it was, so the outline of the bytes is read here; the numbers themselves are checked by the library.

/// A key's form, with what is needed to load it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum KeyForm<'a> {
    /// PKCS#8 private key of the RSA kind.
    PrivatePkcs8 { bits: usize },
    /// PKCS#1 `RSAPrivateKey`.
    PrivatePkcs1 { bits: usize },
    /// A public key; `pkcs1` is its `RSAPublicKey`, taken out of the SPKI frame if there was one.
    Public { bits: usize, pkcs1: &'a [u8] },
    /// A PKCS#8 key under a password.
    Encrypted,
    /// A private key of another kind than RSA.
    OtherPrivate,
    /// A public key of another kind than RSA.
    OtherPublic,
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_ID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;

/// 1.2.840.113549.1.1.1, `rsaEncryption`.
const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];

/// The form of the key in `der`, `None` when it is no key at all.
pub(crate) fn key_form(der: &[u8]) -> Option<KeyForm<'_>> {
    let mut items = whole_sequence(der)?;
    let (first_tag, first) = items.next()?;
    let (second_tag, second) = items.next()?;
    match (first_tag, second_tag) {
        (INTEGER, SEQUENCE) => private_pkcs8(second, &mut items),
        (INTEGER, INTEGER) if items.is_at_end() => Some(KeyForm::Public { bits: bits_of(first), pkcs1: der }),
        (INTEGER, INTEGER) => Some(KeyForm::PrivatePkcs1 { bits: bits_of(second) }),
        // SEC 1: version, then the secret number of an elliptic curve.
        (INTEGER, OCTET_STRING) => Some(KeyForm::OtherPrivate),
        (SEQUENCE, BIT_STRING) => public_spki(first, second),
        (SEQUENCE, OCTET_STRING) => Some(KeyForm::Encrypted),
        _ => None,
    }
}

fn private_pkcs8<'a>(algorithm: &[u8], rest: &mut Items<'a>) -> Option<KeyForm<'a>> {
    let (OCTET_STRING, key) = rest.next()? else { return None };
    if !is_rsa(algorithm) {
        return Some(KeyForm::OtherPrivate);
    }
    match key_form(key)? {
        KeyForm::PrivatePkcs1 { bits } => Some(KeyForm::PrivatePkcs8 { bits }),
        _ => None,
    }
}

fn public_spki<'a>(algorithm: &[u8], key: &'a [u8]) -> Option<KeyForm<'a>> {
    if !is_rsa(algorithm) {
        return Some(KeyForm::OtherPublic);
    }
    // The first byte of a bit string counts the unused bits of its last byte.
    let pkcs1 = key.strip_prefix(&[0])?;
    key_form(pkcs1).filter(|form| matches!(form, KeyForm::Public { .. }))
}

fn is_rsa(algorithm: &[u8]) -> bool {
    Items { rest: algorithm }.next() == Some((OBJECT_ID, &RSA_ENCRYPTION))
}

fn bits_of(integer: &[u8]) -> usize {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    let digits = &integer[zeros..];
    digits.first().map_or(0, |first| digits.len() * 8 - first.leading_zeros() as usize)
}

fn whole_sequence(der: &[u8]) -> Option<Items<'_>> {
    let mut outer = Items { rest: der };
    let (SEQUENCE, content) = outer.next()? else { return None };
    outer.is_at_end().then_some(Items { rest: content })
}

/// Reads tag, length and content one after another.
struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.rest.split_first()?;
        let (length, rest) = read_length(rest)?;
        let (content, rest) = rest.split_at_checked(length)?;
        self.rest = rest;
        Some((*tag, content))
    }

    fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }
}

/// Lengths up to four bytes are read; a key needs two.
fn read_length(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let count = match first {
        0..=0x7f => return Some((usize::from(*first), rest)),
        0x81..=0x84 => usize::from(first & 0x7f),
        _ => return None,
    };
    let (digits, rest) = rest.split_at_checked(count)?;
    let length = digits.iter().fold(0_usize, |sum, digit| (sum << 8) | usize::from(*digit));
    Some((length, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes from strangers reach this reader: it must end with `None` and never panic.
    #[test]
    fn cut_and_bent_bytes_are_no_key() {
        let pem = include_str!("../tests/keys/rsa2048.pkcs8.pem");
        let der = crate::key_text::der_of_text(pem).unwrap();
        assert_eq!(key_form(&der), Some(KeyForm::PrivatePkcs8 { bits: 2048 }));
        for end in 0..der.len() {
            assert_eq!(key_form(&der[..end]), None, "cut at {end}");
        }
        for place in 0..64 {
            for bit in 0..8 {
                let mut bent = der.to_vec();
                bent[place] ^= 1 << bit;
                let _any_form_or_none = key_form(&bent);
            }
        }
        assert_eq!(key_form(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(key_form(&[0x30, 0x80]), None);
        assert_eq!(key_form(&[0x30, 0x04, 0x02, 0x00, 0x02, 0x00]).map(|_| ()), Some(()));
    }

    #[test]
    fn bits_are_counted_without_leading_zeros() {
        assert_eq!(bits_of(&[]), 0);
        assert_eq!(bits_of(&[0, 0]), 0);
        assert_eq!(bits_of(&[0, 0x80, 0]), 16);
        assert_eq!(bits_of(&[0x01, 0]), 9);
    }
}
