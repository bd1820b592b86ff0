//! Calls of the admin API, over whichever way leads to it.

mod http;
mod problem;

use std::future::Future;
use std::pin::Pin;

use serde_json::Value;

pub use http::HttpTransport;
pub use problem::Problem;

/// A method of the admin API.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    /// Read.
    Get,
    /// Make, or do.
    Post,
    /// Change parts of.
    Patch,
}

impl Method {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
        }
    }
}

/// One call of the admin API.
#[derive(Clone, PartialEq, Debug)]
pub struct AdminCall {
    /// The method.
    pub method: Method,
    /// Path and query under `/admin/v1`, with a leading slash, escaped.
    pub path: String,
    /// What is sent along, as JSON.
    pub body: Option<Value>,
    /// Why it is done, for the record of acts.
    pub why: Option<String>,
}

/// The header in which a caller says why it acts.
pub const WHY_HEADER: &str = "farthing-why";

/// What came back, not read yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AdminAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// Why the admin API did not do as asked, in order of checking.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// No connection came to be.
    #[error("the admin API at {url} cannot be reached ({reason}); is the gateway running?")]
    Unreachable {
        /// Where.
        url: String,
        /// Why.
        reason: String,
    },
    /// There is no whole answer. What was asked for may have been done.
    #[error(
        "the admin API did not answer ({reason}); what was asked for may have been done, so look before you repeat it"
    )]
    NoAnswer {
        /// What happened instead.
        reason: String,
    },
    /// It says no, and why.
    #[error("{0}")]
    Refused(Problem),
    /// The answer is not what an answer of the admin API looks like.
    #[error(
        "the admin API gave an answer that cannot be read (HTTP {status}: {reason}); is it another program's address?"
    )]
    NotReadable {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
    },
}

/// The future of an answer.
pub type AnswerFuture<'a> = Pin<Box<dyn Future<Output = Result<AdminAnswer, AdminError>> + Send + 'a>>;

/// A way to the admin API: over HTTP to a running gateway, or straight to its router in this process.
pub trait AdminTransport: Send + Sync {
    /// Carries a call there and its answer back.
    fn carry(&self, call: AdminCall) -> AnswerFuture<'_>;
}

/// A client of the admin API.
pub struct AdminClient {
    transport: Box<dyn AdminTransport>,
    why: Option<String>,
}

impl std::fmt::Debug for AdminClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AdminClient").finish_non_exhaustive()
    }
}

impl AdminClient {
    /// A client that speaks this way, and says with each call why it is made.
    #[must_use]
    pub fn new(transport: impl AdminTransport + 'static, why: Option<String>) -> Self {
        Self { transport: Box::new(transport), why }
    }

    /// Reads what is at `path` (under `/admin/v1`).
    ///
    /// # Errors
    /// In order of checking: [`AdminError::Unreachable`], [`AdminError::NoAnswer`], [`AdminError::Refused`],
    /// [`AdminError::NotReadable`].
    pub async fn read(&self, path: &str) -> Result<Value, AdminError> {
        self.call(Method::Get, path, None).await
    }

    /// Makes something at `path`, or does what it stands for.
    ///
    /// # Errors
    /// As [`AdminClient::read`].
    pub async fn post(&self, path: &str, body: Value) -> Result<Value, AdminError> {
        self.call(Method::Post, path, Some(body)).await
    }

    /// Changes parts of what is at `path`.
    ///
    /// # Errors
    /// As [`AdminClient::read`].
    pub async fn patch(&self, path: &str, body: Value) -> Result<Value, AdminError> {
        self.call(Method::Patch, path, Some(body)).await
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Result<Value, AdminError> {
        let call = AdminCall { method, path: path.to_owned(), body, why: self.why.clone() };
        let answer = self.transport.carry(call).await?;
        if !(200..300).contains(&answer.status) {
            return Err(Problem::read(&answer));
        }
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer.body)
            .map_err(|error| AdminError::NotReadable { status: answer.status, reason: error.to_string() })
    }
}

/// `text` as one segment of a path, or one value of a query: everything but letters, digits and `-._~` is escaped.
#[must_use]
pub fn escape_segment(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

#[cfg(test)]
mod tests;
