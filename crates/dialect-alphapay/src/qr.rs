//! QR pictures that a page can show as they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qrcode::{Color, EcLevel, QrCode};

/// How many dots of the picture one module of the code is wide.
const MODULE_DOTS: usize = 8;
/// How many modules of white stand around the code.
///
/// Source: ISO/IEC 18004, which asks for four.
const QUIET_MODULES: usize = 4;
/// Black on white, so a set bit is white.
const WHITE_BYTE: u8 = 0xff;

/// The text has no room in a QR code.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("a text of {text_bytes} bytes has no room in a QR code; about 2,300 bytes have")]
pub struct TooLongForQr {
    /// How long it is.
    pub text_bytes: usize,
}

/// The QR code of a text as a `data:image/png;base64,` URI, which can be the `src` of an `img` as it is.
///
/// # Errors
/// [`TooLongForQr`].
///
/// Source: ALPHAPAY-FACTS §5.3, §13 (`paymentQRImage`).
pub fn png_data_uri(text: &str) -> Result<String, TooLongForQr> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|_no_version_fits| TooLongForQr { text_bytes: text.len() })?;
    Ok(format!("data:image/png;base64,{}", STANDARD.encode(png(&code))))
}

/// The picture: one bit per dot.
fn png(code: &QrCode) -> Vec<u8> {
    let width_dots = (code.width() + 2 * QUIET_MODULES) * MODULE_DOTS;
    let side = u32::try_from(width_dots).expect("the widest code has 177 modules");
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&dots(code, width_dots))?;
        writer.finish()
    });
    written.expect("a picture of the announced size is written to memory");
    bytes
}

/// The rows of the picture, each filled up to whole bytes. Modules are eight dots wide, so each is one byte of a row.
fn dots(code: &QrCode, width_dots: usize) -> Vec<u8> {
    let width_modules = width_dots / MODULE_DOTS;
    let is_dark = |x: usize, y: usize| {
        let inside = |at: usize| at.checked_sub(QUIET_MODULES).filter(|at| *at < code.width());
        inside(x).zip(inside(y)).is_some_and(|place| code[place] == Color::Dark)
    };
    (0..width_dots)
        .flat_map(|row| (0..width_modules).map(move |x| (x, row / MODULE_DOTS)))
        .map(|(x, y)| if is_dark(x, y) { 0 } else { WHITE_BYTE })
        .collect()
}

const _: () = assert!(MODULE_DOTS == 8, "a module is one byte of a row");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What a reader that knows nothing of the writer makes of the picture.
    fn read_back(uri: &str) -> String {
        let bytes = STANDARD.decode(uri.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut dots = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut dots).unwrap();
        let (width, height) = (frame.width as usize, frame.height as usize);
        let mut picture =
            rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| dots[y * width + x]);
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "there is one code in the picture");
        grids[0].decode().unwrap().1
    }

    /// Proves: ALPHAPAY-FACTS §13, the picture of an address says that address.
    #[test]
    fn the_picture_says_the_address() {
        let url = "https://127.0.0.1:8743/pay/q/20261123120000000000000000000001?s=abcDEF-_09";
        let uri = png_data_uri(url).unwrap();
        assert_eq!(read_back(&uri), url);
        assert!(uri.len() < 4_000, "{} bytes", uri.len());
    }

    /// What has no room is an error, and the longest that has is read back.
    #[test]
    fn a_text_without_room_is_refused() {
        assert_eq!(png_data_uri(&"x".repeat(3_000)), Err(TooLongForQr { text_bytes: 3_000 }));
        assert!(png_data_uri(&"x".repeat(2_300)).is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn every_text_is_read_back(text in "[ -~é测]{1,120}") {
            prop_assert_eq!(read_back(&png_data_uri(&text).unwrap()), text);
        }
    }
}
