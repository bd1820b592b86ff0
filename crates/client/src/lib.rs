//! The merchant's and the operator's side of the wire: payment calls that are signed and whose answers are verified,
//! and calls of the admin API.
//!
//! What the bytes look like is the dialect crates' business; here they are sent, by HTTP or HTTPS, without proxies and
//! without following redirects, under timeouts. The clock and all ids are handed in.
//!
//! Where to begin: [`ClientProfile`] says who one is, [`DialectClient::call`] does one call, and its [`Exchange`] keeps
//! everything that went over the wire. [`AdminClient`] speaks to the admin API.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use farthing_client::{ClientProfile, ClientSettings, DialectClient};
//! use farthing_core::time::Timestamp;
//! use farthing_dialect_antom::endpoint::Operation;
//! use serde_json::json;
//!
//! # async fn ask(now: Timestamp) -> Result<(), Box<dyn std::error::Error>> {
//! let profile = ClientProfile::read(Path::new("farthing-data/dev/antom.json"))?;
//! let client = DialectClient::new(&profile, ClientSettings::default())?;
//! let exchange =
//!     client.call(Operation::InquiryPayment, &json!({"paymentRequestId": "order-1"}), now).await?;
//! println!("{}", exchange.reply.result_code);
//! # Ok(())
//! # }
//! ```

mod admin;
mod call_error;
mod connection;
mod dialect_client;
mod exchange;
#[cfg(any(test, feature = "fake-gateway"))]
pub mod fake_gateway;
mod operation;
mod profile;

pub use admin::{
    AdminAnswer, AdminCall, AdminClient, AdminError, AdminTransport, AnswerFuture, HttpTransport, Method,
    Problem, WHY_HEADER, escape_segment,
};
pub use call_error::{ClientError, FailedCall};
pub use connection::{SetUpError, Timeouts};
pub use dialect_client::{ClientSettings, DialectClient};
pub use farthing_dialect_antom::client::Reply;
pub use farthing_dialect_antom::codes::ResultStatus;

pub use exchange::{Exchange, Response, SignatureVerdict, SignedRequest};
pub use operation::Operation;
pub use profile::{ClientProfile, ProfileError};
