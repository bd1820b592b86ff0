//! One try to deliver one notification.

use std::sync::Arc;
use std::time::{Duration, Instant};

use farthing_core::request::Secret;
use farthing_core::rows::{Delivery, Dialect, Notice};
use farthing_crypto::{Algorithm, Signer};
use farthing_dialect_antom::{notify, signed};
use farthing_engine::{Engine, TryOutcome};

use super::target::{self, TargetPolicy};
use crate::dialects::payer_view;
use crate::keyring::GatewayKeys;

/// How long a merchant may take to connect, and to answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// An acknowledgement is short; what is longer than this is none.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Encodes, signs and sends.
pub(super) struct Sender {
    engine: Arc<Engine>,
    keys: Arc<GatewayKeys>,
    signer: Arc<dyn Signer>,
    targets: TargetPolicy,
    http: reqwest::Client,
}

impl Sender {
    pub(super) fn new(
        engine: Arc<Engine>,
        keys: Arc<GatewayKeys>,
        signer: Arc<dyn Signer>,
        targets: TargetPolicy,
    ) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(target::CheckedResolver::new(targets)))
            .build()?;
        Ok(Self { engine, keys, signer, targets, http })
    }

    /// Sends it; every failure is an outcome.
    pub(super) async fn send(&self, delivery: &Delivery) -> TryOutcome {
        let started = Instant::now();
        let (http_status, outcome, acknowledged) = match self.try_send(delivery).await {
            Ok((status, true)) => (Some(status), "acknowledged".to_owned(), true),
            Ok((status, false)) => (Some(status), "the answer is no acknowledgement".to_owned(), false),
            Err(problem) => (None, problem, false),
        };
        let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        TryOutcome { acknowledged, http_status, outcome, duration_ms }
    }

    async fn try_send(&self, delivery: &Delivery) -> Result<(u16, bool), String> {
        self.targets.check_url(&delivery.url)?;
        let body = self.encode(delivery).await?;
        let client_id = delivery.client_id.as_str();
        let time = signed::format_message_time(self.engine.real_now());
        let bytes = signed::bytes_to_sign_request(&delivery.url, client_id, &time, &body);
        let (key_version, key) = self.keys.current();
        let signature = self.signer.sign(key, Algorithm::RsaSha256, bytes).await;
        let signature =
            signature.map_err(|error| format!("not sent, because it could not be signed: {error}"))?;
        let mut request = self.http.post(&delivery.url).body(body);
        for (name, value) in signed::attach_to_request(client_id, &time, &key_version, &signature) {
            request = request.header(name, value);
        }
        let mut response = request.send().await.map_err(|error| describe(&error))?;
        let status = response.status().as_u16();
        let answer = read_limited(&mut response).await?;
        Ok((status, notify::is_acknowledged(status, &answer)))
    }

    async fn encode(&self, delivery: &Delivery) -> Result<Vec<u8>, String> {
        let notice = &delivery.notice.0;
        match self.dialect(delivery) {
            Dialect::Antom => {
                let opened = self.open(notice)?;
                let payer = self.engine.payer_of_notice(notice).await;
                let payer = payer.map_err(|error| {
                    format!("not sent, because its payer could not be looked up: {error}")
                })?;
                Ok(notify::encode_notification(notice, opened.as_ref(), payer.map(payer_view).as_ref()))
            }
        }
    }

    /// How long after this try the next one comes, milliseconds; `None` when the dialect's schedule is over.
    pub(super) fn gap_ms(&self, delivery: &Delivery) -> Option<i64> {
        let tries_made = usize::try_from(delivery.attempt_count).unwrap_or(usize::MAX);
        match self.dialect(delivery) {
            Dialect::Antom => notify::next_try_after_ms(tries_made),
        }
    }

    /// The dialect of the client that is told; clients are never removed.
    fn dialect(&self, delivery: &Delivery) -> Dialect {
        let client = self.engine.known_client(&delivery.client_id);
        client.map_or(Dialect::Antom, |known| known.client.dialect)
    }

    fn open(&self, notice: &Notice) -> Result<Option<Secret>, String> {
        let sealed = notify::sealed_secret(notice);
        let opened = sealed.map(|sealed| self.engine.unseal(sealed)).transpose();
        opened.map_err(|error| format!("not sent, because a secret in it could not be decrypted: {error}"))
    }
}

async fn read_limited(response: &mut reqwest::Response) -> Result<Vec<u8>, String> {
    let mut answer = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| describe(&error))? {
        answer.extend_from_slice(&chunk);
        if answer.len() > ANSWER_BYTES_MAX {
            return Err(format!("the answer is longer than {ANSWER_BYTES_MAX} bytes"));
        }
    }
    Ok(answer)
}

/// What went wrong, with its cause, and without the address, which stands in the delivery.
fn describe(error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the exchange failed"
    };
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    format!("{what}: {cause}")
}
