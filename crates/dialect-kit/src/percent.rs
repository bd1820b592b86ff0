//! Percent-escapes.

use std::fmt::Write as _;

/// `text` with everything escaped but letters, digits and `-._~` (RFC 3986 §2.3), in upper-case hexadecimal.
pub(crate) fn push_escaped(target: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            target.push(char::from(byte));
        } else {
            write!(target, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
}

/// The bytes of `text` with its percent-escapes resolved; every other byte, `+` included, stands for itself.
///
/// # Errors
/// The place, counted in bytes from 0, of a `%` that two hexadecimal digits do not follow.
pub fn unescape(text: &str) -> Result<Vec<u8>, usize> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let (byte, after) = read_escape(after).ok_or(text.len() - rest.len())?;
            bytes.push(byte);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    Ok(bytes)
}

fn read_escape(after_percent: &[u8]) -> Option<(u8, &[u8])> {
    let ([high, low], rest) = after_percent.split_first_chunk()?;
    let digit = |letter: u8| char::from(letter).to_digit(16);
    let byte = u8::try_from(digit(*high)? * 16 + digit(*low)?).expect("two hexadecimal digits make one byte");
    Some((byte, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_broken_escape_is_told_by_its_place() {
        for (text, place) in [("%", 0), ("a%", 1), ("ab%4", 2), ("%41%zz", 3), ("%+1", 0), ("%é", 0)] {
            assert_eq!(unescape(text), Err(place), "{text}");
        }
        assert_eq!(unescape("%2b%2B+ "), Ok(b"+++ ".to_vec()));
    }

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(text in any::<String>()) {
            let mut escaped = String::new();
            push_escaped(&mut escaped, &text);
            prop_assert!(escaped.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(unescape(&escaped).unwrap(), text.into_bytes());
        }
    }
}
