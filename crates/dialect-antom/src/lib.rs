//! Antom's payment API, version 1, as functions of bytes: requests read, answers and notifications written, and the
//! reverse of each, so that the server and every client of ours share one code.
//!
//! There is no IO here, no clock, no key and no state. What the core decides is told, never decided anew; what is
//! signed is said ([`signed`]), never signed.
//!
//! Where to begin: [`endpoint`] says which operation lives where, [`signed::claim`] who claims to speak,
//! [`decode::decode_request`] what is asked for, and [`reply`] how each outcome is told. Requests are held against the tables in
//! [`fields`], results named by those in [`codes`]; [`error::error_code`] leads from a reason to its code.
//!
//! The older edition of the same API shares path, headers and signature. Which [`edition`] a client speaks is its
//! dialect; what differs is [`legacy`]'s inquiry of a payment and a few codes.
//!
//! ```
//! use farthing_core::time::Timestamp;
//! use farthing_dialect_antom::decode::{AntomRequest, decode_request};
//! use farthing_dialect_antom::edition::Edition;
//! use farthing_dialect_antom::endpoint::find_operation;
//! use farthing_dialect_antom::{client, reply};
//!
//! let operation = find_operation("/ams/api/v1/payments/inquiryPayment").expect("it is served");
//! let body = br#"{"paymentRequestId": "order-1", "paymentId": null}"#;
//! let request = decode_request(operation, body, Timestamp::from_ms(0)).expect("it is well-formed");
//! assert!(matches!(request, AntomRequest::InquiryPayment(_)));
//!
//! let refused = decode_request(operation, b"{}", Timestamp::from_ms(0)).expect_err("it names no payment");
//! let answer = reply::encode_error(Edition::Antom, operation.table(), &refused.into());
//! assert_eq!(client::parse_reply(&answer).expect("we wrote it").result_code, "PARAM_ILLEGAL");
//! ```

pub mod client;
pub mod codes;
mod convert;
pub mod decode;
pub mod edition;
pub mod endpoint;
pub mod error;
pub mod fields;
pub mod legacy;
pub mod notify;
mod redact;
pub mod reply;
#[cfg(test)]
mod samples;
pub mod signed;
mod wire;

pub use farthing_dialect_kit::strict_json::JsonError;
