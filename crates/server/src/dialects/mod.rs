//! The API: which dialect a request is in, and the way from its bytes to an answer.
//!
//! Each dialect has a thin adapter here; what it reads and writes lives in its own crate.

mod antom;
mod antom_codes;

use std::sync::Arc;

use farthing_crypto::{Signer, Verifier};
use farthing_engine::Engine;
use http::StatusCode;

pub(crate) use antom::payer_view;

use crate::cashier;
use crate::keyring::GatewayKeys;
use crate::listen::{BoxFuture, Handler, RawReply, RawRequest, RequestHead};

/// What the API is made of.
pub struct ApiParts {
    /// The use cases.
    pub engine: Arc<Engine>,
    /// The gateway's own keys.
    pub keys: Arc<GatewayKeys>,
    /// Signs answers.
    pub signer: Arc<dyn Signer>,
    /// Verifies requests.
    pub verifier: Arc<dyn Verifier>,
    /// The address under which users reach this gateway; where it is missing, the address each request was sent to.
    pub public_url: Option<String>,
}

/// Answers every request on the API listeners.
pub struct Api {
    parts: ApiParts,
}

impl Api {
    /// The API over these parts.
    #[must_use]
    pub fn new(parts: ApiParts) -> Self {
        Self { parts }
    }

    /// The address that a user's browser is sent to, without a slash at its end.
    fn public_url(&self, head: &RequestHead) -> String {
        let scheme = if head.over_tls { "https" } else { "http" };
        let asked = || format!("{scheme}://{}", head.host.as_deref().unwrap_or("localhost"));
        self.parts.public_url.clone().unwrap_or_else(asked)
    }
}

impl Handler for Api {
    fn handle(self: Arc<Self>, request: RawRequest) -> BoxFuture<RawReply> {
        Box::pin(async move {
            if let Some(page) = cashier::page_of(request.head.path()) {
                return cashier::show(&self.parts.engine, &page).await;
            }
            self.answer_antom(request).await
        })
    }

    fn late(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async move {
            tracing::warn!(request_id = %head.request_id, path = head.path(), "the answer took too long and goes out as unknown");
            self.antom_unknown(&head).await
        })
    }

    fn panicked(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async move {
            tracing::error!(request_id = %head.request_id, path = head.path(), "a handler panicked; the answer goes out as unknown");
            self.antom_unknown(&head).await
        })
    }
}

/// An answer that could not be signed is no answer: the caller must not take an unsigned one for ours.
fn unsigned(error: &dyn std::fmt::Display) -> RawReply {
    tracing::error!(%error, "an answer could not be signed; the connection is answered with 503");
    RawReply::new(StatusCode::SERVICE_UNAVAILABLE, bytes::Bytes::new())
}
