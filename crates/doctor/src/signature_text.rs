//! From the text of a signature to its bytes, also where it was encoded in a way that it should not be.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use farthing_dialect_kit::percent::unescape;

use crate::Mistake;

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, ANY_PADDING);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);

/// The shortest signature that a key we take makes, in bytes; shorter texts are not looked at for a second encoding.
const SIGNATURE_BYTES_MIN: usize = 256;

/// A signature, and how its text differed from what it should be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct SignatureRead {
    pub(crate) bytes: Vec<u8>,
    pub(crate) mistake: Option<Mistake>,
}

/// Reads `text`, which stands in a header when `is_in_header`, and in a member of a JSON body otherwise. `None` when it
/// is no encoding that is known.
pub(crate) fn read_signature(text: &str, is_in_header: bool) -> Option<SignatureRead> {
    let (base64, mut mistake) = take_escapes_off(text.trim())?;
    if is_in_header && !text.contains('%') && base64.contains(['+', '/', '=']) {
        mistake = mistake.or(Some(Mistake::SignatureNotUrlEncoded));
    }
    if let Some(bytes) = read_hex(&base64) {
        return Some(SignatureRead { bytes, mistake: Some(Mistake::SignatureHex) });
    }
    if base64.contains(['-', '_']) {
        let bytes = URL_SAFE.decode(&base64).ok()?;
        return Some(SignatureRead { bytes, mistake: Some(Mistake::SignatureBase64Url) });
    }
    let bytes = STANDARD.decode(&base64).ok()?;
    Some(read_second_time(&bytes).unwrap_or(SignatureRead { bytes, mistake }))
}

/// The base64 under one or two layers of percent-escapes, with the blanks that a form decoder made turned back into `+`.
fn take_escapes_off(text: &str) -> Option<(String, Option<Mistake>)> {
    let once = text_of(unescape(text))?;
    let (base64, mistake) = if once.contains('%') {
        (text_of(unescape(&once))?, Some(Mistake::SignatureUrlEncodedTwice))
    } else if once.contains(' ') {
        (once, Some(Mistake::SignatureNotUrlEncoded))
    } else {
        (once, None)
    };
    Some((base64.replace(' ', "+"), mistake))
}

fn text_of(bytes: Result<Vec<u8>, usize>) -> Option<String> {
    String::from_utf8(bytes.ok()?).ok()
}

/// Bytes that are a text themselves: base64 or hexadecimal of a whole signature.
fn read_second_time(bytes: &[u8]) -> Option<SignatureRead> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    if let Some(bytes) = read_hex(text) {
        return Some(SignatureRead { bytes, mistake: Some(Mistake::SignatureHex) });
    }
    let bytes = STANDARD.decode(text).ok().filter(|bytes| bytes.len() >= SIGNATURE_BYTES_MIN)?;
    Some(SignatureRead { bytes, mistake: Some(Mistake::SignatureBase64Twice) })
}

/// A whole signature in hexadecimal. Base64 of that length without one letter above f does not happen.
fn read_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() < 2 * SIGNATURE_BYTES_MIN || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| Some(digit(*high)? * 16 + digit(*low)?)).collect())?
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose;

    fn signature() -> Vec<u8> {
        (0..=255).collect()
    }

    /// Each encoding gives back the bytes under it, and says which one it was.
    #[test]
    fn every_encoding_is_read_and_named() {
        use Mistake::*;
        let plain = general_purpose::STANDARD.encode(signature());
        let escaped = plain.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let hex: String = signature().iter().map(|byte| format!("{byte:02X}")).collect();
        for (text, in_header, mistake) in [
            (escaped.clone(), true, None),
            (escaped.clone(), false, None),
            (escaped.to_lowercase().replace(&escaped.to_lowercase(), &escaped), true, None),
            (plain.clone(), false, None),
            (plain.clone(), true, Some(SignatureNotUrlEncoded)),
            (plain.replace('+', " "), true, Some(SignatureNotUrlEncoded)),
            (escaped.replace('%', "%25"), true, Some(SignatureUrlEncodedTwice)),
            (general_purpose::URL_SAFE.encode(signature()), true, Some(SignatureBase64Url)),
            (general_purpose::URL_SAFE_NO_PAD.encode(signature()), false, Some(SignatureBase64Url)),
            (hex.clone(), true, Some(SignatureHex)),
            (hex.to_lowercase(), false, Some(SignatureHex)),
            (general_purpose::STANDARD.encode(&hex), false, Some(SignatureHex)),
            (general_purpose::STANDARD.encode(&plain), false, Some(SignatureBase64Twice)),
        ] {
            let read = read_signature(&text, in_header).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(read, SignatureRead { bytes: signature(), mistake }, "{text}");
        }
    }

    #[test]
    fn what_is_no_encoding_is_none() {
        for text in ["%", "%2", "testing_signature!", "%FF", "é", "a", "%25zz"] {
            assert_eq!(read_signature(text, true), None, "{text}");
        }
    }
}
