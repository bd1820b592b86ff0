//! AlphaPay's open API, version 2.0, as functions of bytes: requests read, answers and notifications written, and the
//! reverse of each, so that the server and every client of ours share one code.
//!
//! There is no IO here, no clock, no key and no state. What the core decides is told, never decided anew; what is
//! signed is said ([`signed`]), never signed. Whether a nonce was seen before is for who keeps nonces.
//!
//! Where to begin: [`endpoint`] says which operation lives where, [`signed::claim`] who claims to speak,
//! [`decode::decode_request`] what is asked for, and [`reply`] how each outcome is told. [`scenario`] holds the ten
//! ways in which a payer is met; requests are held against the tables in [`fields`], results named by the one in
//! [`codes`].
//!
//! ```
//! use farthing_core::rows::ClientSettings;
//! use farthing_dialect_alphapay::decode::{AlphaPayRequest, DecodeContext, decode_request};
//! use farthing_dialect_alphapay::endpoint::find_operation;
//! use farthing_dialect_alphapay::{client, reply};
//!
//! let operation = find_operation("/api/v2.0/payments/inquiryPayment").expect("it is served");
//! let settings = ClientSettings::default();
//! let context = DecodeContext { nonce: "b111bcf0dfb54d4e8bae68c293d85e2e", settings: &settings };
//! let request = decode_request(operation, br#"{"paymentId": "2506031505244756658153857"}"#, context);
//! assert!(matches!(request, Ok(AlphaPayRequest::InquiryPayment(_))));
//!
//! let refused = decode_request(operation, b"{}", context).expect_err("it names no payment");
//! let answer = reply::encode_error(&refused.into(), None);
//! assert_eq!(client::parse_reply(&answer).expect("we wrote it").result_code, "PARAM_ILLEGAL");
//! ```

pub mod client;
pub mod codes;
mod convert;
pub mod decode;
pub mod endpoint;
pub mod error;
pub mod fields;
pub mod notify;
pub mod qr;
mod redact;
pub mod reply;
#[cfg(test)]
mod samples;
pub mod scenario;
pub mod signed;
mod wire;

pub use farthing_dialect_kit::strict_json::JsonError;
