//! What went over the wire, kept for people to look at.

use farthing_dialect_antom::client::Reply;
use farthing_dialect_antom::codes::ResultStatus;

/// A request as it is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedRequest {
    /// The method, `POST`.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// The path and query as they were signed.
    pub path: String,
    /// The headers of the dialect, signature included.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The bytes that the signature is over.
    pub bytes_to_sign: Vec<u8>,
}

/// An answer as it was received.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers; a value that is no text is written with escapes.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// What its signature is worth.
    pub signature: SignatureVerdict,
}

/// What the signature of an answer is worth.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SignatureVerdict {
    /// It verifies with the gateway's key.
    Verified,
    /// There is none, or none that can be read.
    Missing(String),
    /// The answer is for somebody else.
    OtherClient {
        /// The client that it names.
        named: String,
    },
    /// It does not verify with the gateway's key.
    Wrong {
        /// The bytes that should have been signed.
        bytes_to_sign: Vec<u8>,
        /// The version of the key that it names.
        key_version: Option<String>,
    },
}

/// A call that was answered, by whom it should be.
#[derive(Clone, PartialEq, Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: SignedRequest,
    /// What came back.
    pub response: Response,
    /// What it says.
    pub reply: Reply,
}

impl Exchange {
    /// S, F or U.
    #[must_use]
    pub fn status(&self) -> ResultStatus {
        self.reply.result_status
    }

    /// Whether the answer's signature verified; an exchange whose answer's did not is a
    /// [`FailedCall`](crate::FailedCall) instead.
    #[must_use]
    pub fn signature_verified(&self) -> bool {
        self.response.signature == SignatureVerdict::Verified
    }
}

impl Response {
    /// The value of a header, whatever the case of its name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _value)| known.eq_ignore_ascii_case(name));
        found.map(|(_name, value)| value.as_str())
    }
}
