//! AlipayHK's functions (`alipay.intl.*`, version 2.0.0) as functions of bytes: requests read, answers and notifications
//! written, and the reverse of each, so that the server and every client of ours share one code.
//!
//! There is no IO here, no clock, no key and no state. What the core decides is told, never decided anew; what is
//! signed is said ([`signed`]), never signed. Unlike our other dialects, this one has who speaks, the time, the function and
//! the signature in the body: an envelope whose inner object is signed as it stands, blanks and order included.
//!
//! Where to begin: [`signed::claim`] takes an envelope apart, [`endpoint`] says which function is meant,
//! [`decode::decode_request`] what is asked for, and [`reply`] how each outcome is told. Requests are held against the
//! tables in [`fields`], results named by those in [`codes`]; [`error::error_code`] leads from a reason to its code.
//!
//! ```
//! use farthing_core::rows::ClientSettings;
//! use farthing_core::time::Timestamp;
//! use farthing_dialect_alipayhk::decode::{AlipayHkRequest, decode_request};
//! use farthing_dialect_alipayhk::{client, endpoint, reply, signed};
//!
//! let body = br#"{"request": {"head": {"version": "2.0.0", "function": "alipay.intl.acquiring.common.payQuery",
//!     "clientId": "4Q5XPV504B0A5302", "reqTime": "2001-07-04T12:08:56+05:30", "reqMsgId": "1"},
//!     "body": {"merchantId": "2160400000002012", "merchantTransId": "order-1"}}, "signature": "AQID"}"#;
//! let claim = signed::claim(body).expect("it is an envelope");
//! assert!(claim.signed_bytes.starts_with(b"{\"head\": "));
//!
//! let operation = endpoint::find_operation("/api/alipay/intl/", &claim.head).expect("it is served");
//! let decoded = decode_request(operation, claim.content, &ClientSettings::default()).expect("it is well-formed");
//! assert!(matches!(decoded.request, AlipayHkRequest::PayQuery(_)));
//!
//! let refusal = farthing_core::reason::Reason::PaymentNotFound.into();
//! let text = reply::encode_error(&claim.head, &refusal, Timestamp::from_ms(0));
//! let answer = signed::wrap_reply(&text, b"signed");
//! assert_eq!(client::parse_reply(&answer).expect("we wrote it").result_code, "ORDER_NOT_EXIST");
//! ```

pub mod client;
pub mod codes;
mod convert;
pub mod decode;
pub mod endpoint;
pub mod error;
pub mod fields;
mod head;
pub mod notify;
mod redact;
mod redirect;
pub mod reply;
#[cfg(test)]
mod samples;
mod scan;
pub mod signed;
mod wire;

pub use farthing_dialect_kit::strict_json::JsonError;
pub use head::{Head, VERSION};
pub use redirect::redirect_url;
