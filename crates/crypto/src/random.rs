//! Randomness that nobody can guess.
//!
//! This is the one place besides the engine's outer edge where randomness is not handed in: secrets must not be
//! repeatable, not even in a test.

use std::fmt::Write as _;

use aws_lc_rs::rand;

/// `N` bytes from the system's cryptographic generator.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}

/// A token of `bytes` random bytes, written as twice as many lower-case hexadecimal digits.
#[must_use]
pub fn random_token_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    fill(&mut random);
    random.iter().fold(String::with_capacity(bytes * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}

fn fill(bytes: &mut [u8]) {
    rand::fill(bytes).expect("the system's random generator answers once the program has started");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_hexadecimal_and_never_the_same() {
        let token = random_token_hex(32);
        assert_eq!(token.len(), 64);
        assert!(token.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')));
        assert_ne!(token, random_token_hex(32));
        assert_eq!(random_token_hex(0), "");
        assert_ne!(random_bytes::<16>(), random_bytes::<16>());
    }
}
