//! The API: which dialect a request is in, and the way from its bytes to an answer.
//!
//! Each dialect has a thin adapter here; what it reads and writes lives in its own crate.

mod alipayhk;
mod allowance;
mod alphapay;
mod answer;
mod antom;
mod codes;
mod envelope;
mod hint;
mod nonces;
mod refusals;
mod traffic;

use std::sync::Arc;
use std::time::Instant;

use farthing_core::reason::Refusal;
use farthing_crypto::{Signer, Verifier};
use farthing_dialect_kit::path::{collapse_slashes, path_of_target};
use farthing_engine::{Engine, KnownClient};
use http::StatusCode;

pub(crate) use alipayhk::algorithm_of;
pub(crate) use antom::payer_view;
pub use codes::code_table;
pub use refusals::RefusalLimits;
pub use traffic::TrafficLimits;

use self::nonces::Nonces;
use self::refusals::SigningBudget;
use self::traffic::{Traffic, Turn};

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
    /// What one client may use.
    pub traffic: TrafficLimits,
    /// How many refusals are signed.
    pub refusals: RefusalLimits,
}

/// Answers every request on the API listeners.
pub struct Api {
    parts: ApiParts,
    nonces: Nonces,
    traffic: Traffic,
    budget: SigningBudget,
}

/// Why a request whose signature was verified is not worked on.
enum TooMuch {
    /// The client is told, signed.
    Told(Refusal),
    /// It was told often enough, and gets a refusal without a signature.
    Unsigned,
}

/// The dialects that paths lead to. Which edition an Antom path is answered in, the client's dialect says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    Antom,
    AlipayHk,
    AlphaPay,
}

/// The dialect that a request target belongs to.
///
/// Source: ALIPAYHK-FACTS §1.1, ALPHAPAY-FACTS §1; everything else is Antom's to answer.
fn family_of(target: &str) -> Family {
    if farthing_dialect_alipayhk::endpoint::is_here(target) {
        return Family::AlipayHk;
    }
    let path = collapse_slashes(path_of_target(target));
    if path.starts_with("/api/v") { Family::AlphaPay } else { Family::Antom }
}

impl Api {
    /// The API over these parts.
    #[must_use]
    pub fn new(parts: ApiParts) -> Self {
        let (traffic, budget) = (Traffic::new(parts.traffic), SigningBudget::new(parts.refusals));
        Self { parts, nonces: Nonces::default(), traffic, budget }
    }

    /// The address that a user's browser is sent to, without a slash at its end.
    fn public_url(&self, head: &RequestHead) -> String {
        let scheme = if head.over_tls { "https" } else { "http" };
        let asked = || format!("{scheme}://{}", head.host.as_deref().unwrap_or("localhost"));
        self.parts.public_url.clone().unwrap_or_else(asked)
    }

    /// Waits until it is this client's turn. Only ever for a request whose signature was verified.
    async fn turn_of(&self, client: &KnownClient) -> Result<Turn, TooMuch> {
        let (client_id, now) = (&client.client.client_id, Instant::now());
        self.traffic.turn(client_id, now).await.map_err(|refusal| {
            if self.budget.signs_for_client(client_id, now) {
                TooMuch::Told(refusal)
            } else {
                TooMuch::Unsigned
            }
        })
    }

    /// Whether the refusal of a request that proved nothing is signed.
    fn signs_refusal(&self, head: &RequestHead) -> bool {
        self.budget.signs_for_address(head, Instant::now())
    }
}

impl Api {
    async fn unknown(&self, head: &RequestHead) -> RawReply {
        match family_of(&head.target) {
            Family::Antom => self.antom_unknown(head).await,
            Family::AlipayHk => self.alipayhk_unknown().await,
            Family::AlphaPay => self.alphapay_unknown(head).await,
        }
    }
}

impl Handler for Api {
    fn handle(self: Arc<Self>, request: RawRequest) -> BoxFuture<RawReply> {
        Box::pin(async move {
            if let Some(page) = cashier::page_of(request.head.path()) {
                let base = self.public_url(&request.head);
                return cashier::answer(&self.parts.engine, &base, &page, &request).await;
            }
            match family_of(&request.head.target) {
                Family::Antom => self.answer_antom(request).await,
                Family::AlipayHk => self.answer_alipayhk(request).await,
                Family::AlphaPay => self.answer_alphapay(request).await,
            }
        })
    }

    fn late(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async move {
            tracing::warn!(request_id = %head.request_id, path = head.path(), "the answer took too long and goes out as unknown");
            self.unknown(&head).await
        })
    }

    fn panicked(self: Arc<Self>, head: Arc<RequestHead>) -> BoxFuture<RawReply> {
        Box::pin(async move {
            tracing::error!(request_id = %head.request_id, path = head.path(), "a handler panicked; the answer goes out as unknown");
            self.unknown(&head).await
        })
    }
}

/// An answer that could not be signed is no answer: the caller must not take an unsigned one for ours.
fn unsigned(error: &dyn std::fmt::Display) -> RawReply {
    tracing::error!(%error, "an answer could not be signed; the connection is answered with 503");
    RawReply::new(StatusCode::SERVICE_UNAVAILABLE, bytes::Bytes::new())
}
