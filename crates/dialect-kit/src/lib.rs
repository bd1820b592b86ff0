//! Small pieces of wire grammar that more than one dialect needs: canonical strings, the signature header, paths,
//! the texts of amounts, times and URLs, JSON that has one meaning only, and requests held against tables of fields.
//!
//! Everything here is a pure function of its arguments. No dialect is known by name, no key is touched and no clock
//! is read; what a piece *means* (which algorithm is allowed, which error code a bad amount has) is the dialect's.
//!
//! ```
//! use farthing_dialect_kit::{canonical, path, signature_header};
//!
//! let target = path::path_of_target("https://localhost:8743/ams/api/v1/payments/pay");
//! let bytes = canonical::string_to_sign("POST", target, "CLIENT_1", "1685599933871", b"{}");
//! assert_eq!(bytes, b"POST /ams/api/v1/payments/pay\nCLIENT_1.1685599933871.{}");
//!
//! let header = signature_header::format_signature_header("1", &[0xfb, 0xff]);
//! assert_eq!(header, "algorithm=RSA256,keyVersion=1,signature=%2B%2F8%3D");
//! ```

pub mod amount_text;
pub mod canonical;
pub mod fields;
pub mod path;
pub mod percent;
pub mod signature_header;
pub mod strict_json;
pub mod time_text;
pub mod url_text;
