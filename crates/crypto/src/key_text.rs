//! From the text that people paste to the bytes of a key.
//!
//! Merchants paste bare base64, often with line breaks, or a PEM text, sometimes with the wrong words in its
//! frame. So the frame is taken off without believing it: what a key is, its bytes say.
//!
//! Source: ANTOM-FACTS §6 row 14 (the forms in which the SDKs take keys).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::KeyError;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// The standard alphabet; whether the padding was copied along does not matter.
const BASE64_ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes of the key in `text`, wiped when dropped. Of several PEM frames the last one counts, because
/// parameters stand before the key that they belong to.
///
/// # Errors
/// In order of checking: [`KeyError::Empty`], [`KeyError::FrameCutOff`], [`KeyError::Encrypted`], [`KeyError::NotBase64`].
pub(crate) fn der_of_text(text: &str) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    if text.trim().is_empty() {
        return Err(KeyError::Empty);
    }
    let body = take_frame_off(text)?;
    if body.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(KeyError::Encrypted);
    }
    let letters: Zeroizing<Vec<u8>> =
        Zeroizing::new(body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect());
    if letters.is_empty() {
        return Err(KeyError::Empty);
    }
    BASE64_ANY_PADDING.decode(letters.as_slice()).map(Zeroizing::new).map_err(|error| not_base64(&error))
}

fn take_frame_off(text: &str) -> Result<&str, KeyError> {
    let Some(begin) = text.rfind(BEGIN) else { return Ok(text) };
    let after_begin = &text[begin + BEGIN.len()..];
    let (_label, after_label) = after_begin.split_once(DASHES).ok_or(KeyError::FrameCutOff)?;
    let (body, _end) = after_label.split_once(DASHES).ok_or(KeyError::FrameCutOff)?;
    Ok(body)
}

/// Tells where it broke without repeating a letter of what may be a private key.
fn not_base64(error: &base64::DecodeError) -> KeyError {
    let reason = match error {
        base64::DecodeError::InvalidByte(index, _) => {
            format!("the letter at place {} (blanks not counted) does not belong there", index + 1)
        }
        base64::DecodeError::InvalidLength(length) => {
            format!("{length} letters cannot be whole; the text was cut off")
        }
        base64::DecodeError::InvalidLastSymbol { .. } => {
            "the last letter does not fit; the text was cut off".to_owned()
        }
        base64::DecodeError::InvalidPadding => "the padding at the end is wrong".to_owned(),
    };
    KeyError::NotBase64 { reason }
}
