//! A running gateway: listeners, schedules and the courier over one engine, started and stopped together.

use std::io;
use std::sync::Arc;

use farthing_crypto::{CryptoQueue, QueueSettings, Signer, Verifier};
use farthing_engine::Engine;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::delivery::{Courier, CourierParts, TargetPolicy};
use crate::dialects::{Api, ApiParts};
use crate::keyring::GatewayKeys;
use crate::limits::GatewayLimits;
use crate::listen::{Listener, RequestIds, Surroundings};

/// What a gateway is made of.
pub struct GatewayParts {
    /// The use cases.
    pub engine: Arc<Engine>,
    /// The gateway's own keys.
    pub keys: Arc<GatewayKeys>,
    /// Where the API is served.
    pub api: Vec<Listener>,
    /// Where the admin API is served.
    pub admin: Option<(Listener, axum::Router)>,
    /// What callers, clients and merchants' servers may use.
    pub limits: GatewayLimits,
    /// Where notifications may go.
    pub targets: TargetPolicy,
    /// The address under which users reach this gateway.
    pub public_url: Option<String>,
}

/// Why a gateway could not be started.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The system gave no thread for signing.
    #[error("the threads that sign could not be started: {0}")]
    Threads(#[from] io::Error),
    /// The HTTP client for notifications could not be made.
    #[error("the HTTP client for notifications could not be made: {0}")]
    HttpClient(#[from] reqwest::Error),
}

/// Serves until `stop` is cancelled, and then until everything that was begun is done.
///
/// # Errors
/// In order of checking: [`GatewayError::Threads`], [`GatewayError::HttpClient`]; both before anything is served.
pub async fn serve(parts: GatewayParts, stop: CancellationToken) -> Result<(), GatewayError> {
    let queue = Arc::new(CryptoQueue::start(QueueSettings::default())?);
    let (signer, verifier): (Arc<dyn Signer>, Arc<dyn Verifier>) = (queue.clone(), queue);
    let tracker = TaskTracker::new();
    let process = farthing_crypto::random_token_hex(4);
    let courier = Courier::new(
        parts.engine.clone(),
        CourierParts {
            keys: parts.keys.clone(),
            signer: signer.clone(),
            targets: parts.targets,
            limits: parts.limits.delivery,
            owner: process.clone(),
            tracker: tracker.clone(),
        },
    )?;
    let api = Arc::new(Api::new(ApiParts {
        engine: parts.engine.clone(),
        keys: parts.keys,
        signer,
        verifier,
        public_url: parts.public_url,
        traffic: parts.limits.traffic,
        refusals: parts.limits.refusals,
    }));
    let around = Surroundings {
        limits: parts.limits.connections,
        cancel: stop.clone(),
        tracker: tracker.clone(),
        request_ids: RequestIds::new(&process),
    };
    let mut tasks = JoinSet::new();
    for listener in parts.api {
        tasks.spawn(listener.serve(api.clone(), around.clone()));
    }
    if let Some((listener, router)) = parts.admin {
        tasks.spawn(listener.serve_router(router, around));
    }
    tasks.spawn(courier.run(stop.clone()));
    tasks.spawn(parts.engine.run_schedules(stop));
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a part of the gateway ended by itself");
        }
    }
    tracker.close();
    tracker.wait().await;
    Ok(())
}
