//! One try to deliver one notification.

use std::sync::Arc;
use std::time::Instant;

use farthing_core::rows::{ClientSettings, Delivery, Dialect, Notice};
use farthing_crypto::{Algorithm, Signer};
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;
use farthing_engine::sandbox::{NotifyPlan, Place, Script};
use farthing_engine::{Engine, TryOutcome};

use super::hosts::HostOutcome;
use super::post::{NoAnswer, Postman};
use crate::dialects::{algorithm_of, code_table, payer_view};
use crate::keyring::GatewayKeys;

/// How long a notification that another one is to overtake waits, world time.
const OVERTAKEN_AFTER_MS: i64 = 1_000;

/// What came of one try, and how long after it the next one comes.
pub(super) struct Sent {
    pub(super) outcome: TryOutcome,
    pub(super) gap_ms: Option<i64>,
    /// What it tells of the host.
    pub(super) host: HostOutcome,
}

/// What a try led to.
enum Answered {
    /// There is nothing to tell.
    Nothing,
    /// It was not sent.
    Dropped,
    /// This HTTP status, and whether the body acknowledges.
    Status(u16, bool),
}

/// A notification as it goes out.
struct Message {
    body: Vec<u8>,
    headers: Vec<(&'static str, String)>,
}

/// Encodes, signs and sends.
pub(super) struct Sender {
    engine: Arc<Engine>,
    keys: Arc<GatewayKeys>,
    signer: Arc<dyn Signer>,
    postman: Postman,
}

impl Sender {
    pub(super) fn new(
        engine: Arc<Engine>,
        keys: Arc<GatewayKeys>,
        signer: Arc<dyn Signer>,
        postman: Postman,
    ) -> Self {
        Self { engine, keys, signer, postman }
    }

    /// Sends it, or does to it what a sandbox was told to; every failure is an outcome.
    pub(super) async fn send(&self, delivery: &Delivery) -> Sent {
        let started = Instant::now();
        let plan = self.plan(delivery);
        if let Some(held) = self.held_back(delivery, plan) {
            return held;
        }
        let tries_made = usize::try_from(delivery.attempt_count).unwrap_or(usize::MAX);
        let gap_ms = self.gap_ms(delivery, tries_made);
        let tried = self.try_send(delivery, plan).await;
        let host = match &tried {
            Ok(Answered::Status(..)) => HostOutcome::Answered,
            Ok(Answered::Nothing | Answered::Dropped) | Err(NoAnswer::Forbidden(_)) => HostOutcome::NotTried,
            Err(NoAnswer::Failed(_)) => HostOutcome::Failed,
        };
        let (http_status, outcome, acknowledged) = match tried {
            Ok(Answered::Nothing) => (None, "this dialect tells nothing of it".to_owned(), true),
            Ok(Answered::Dropped) => (None, "not sent, as its id says".to_owned(), true),
            Ok(Answered::Status(status, true)) => (Some(status), "acknowledged".to_owned(), true),
            Ok(Answered::Status(status, false)) => {
                (Some(status), "the answer is no acknowledgement".to_owned(), false)
            }
            Err(NoAnswer::Forbidden(problem) | NoAnswer::Failed(problem)) => (None, problem, false),
        };
        let duration_ms = i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX);
        Sent { outcome: TryOutcome { acknowledged, http_status, outcome, duration_ms }, gap_ms, host }
    }

    /// What the merchant's own id says shall happen to this notification.
    fn plan(&self, delivery: &Delivery) -> NotifyPlan {
        let known = self.engine.known_client(&delivery.client_id);
        let is_directed = known.is_some_and(|known| known.client.settings.0.selectors);
        if !self.engine.is_sandbox() || !is_directed {
            return NotifyPlan::default();
        }
        let (place, request_id) = match &delivery.notice.0 {
            Notice::PaymentResult { payment } => (Place::Pay, payment.request_id.as_str()),
            Notice::RefundResult { refund } => (Place::Refund, refund.request_id.as_str()),
            Notice::CaptureResult { capture } => (Place::Capture, capture.request_id.as_str()),
            Notice::AuthCodeCreated { .. } | Notice::TokenCreated { .. } | Notice::TokenRevoked { .. } => {
                return NotifyPlan::default();
            }
        };
        let plan = match request_id.contains('~') {
            true => Script::read(request_id, place, code_table(self.dialect(delivery)))
                .map(|script| script.notify()),
            false => Ok(NotifyPlan::default()),
        };
        let plan = plan.unwrap_or_default();
        let is_over = plan.sends.is_some_and(|sends| delivery.attempt_count > i64::from(sends));
        if is_over { NotifyPlan::default() } else { plan }
    }

    /// A notification that is to come later, or after the next one, waits; the wait counts as a try.
    fn held_back(&self, delivery: &Delivery, plan: NotifyPlan) -> Option<Sent> {
        let now = self.engine.moment(&delivery.world_id).now;
        let wait_ms = match delivery.attempt_count {
            1 if plan.delay_ms > 0 => delivery.created_at.plus_ms(plan.delay_ms).since_ms(now),
            1 if plan.shuffle => OVERTAKEN_AFTER_MS,
            _ => 0,
        };
        (wait_ms > 0).then(|| Sent {
            outcome: TryOutcome {
                acknowledged: false,
                http_status: None,
                outcome: "held back, as its id says".to_owned(),
                duration_ms: 0,
            },
            gap_ms: Some(wait_ms),
            host: HostOutcome::NotTried,
        })
    }

    async fn try_send(&self, delivery: &Delivery, plan: NotifyPlan) -> Result<Answered, NoAnswer> {
        self.postman.check(&delivery.url)?;
        if plan.drop {
            return Ok(Answered::Dropped);
        }
        let sends = if plan.duplicate { 2 } else { 1 };
        let mut answered = Answered::Nothing;
        for _ in 0..sends {
            let message = self.message(delivery, plan).await.map_err(NoAnswer::Forbidden)?;
            let Some(Message { body, headers }) = message else { return Ok(Answered::Nothing) };
            let answer = self.postman.post(&delivery.url, headers, body).await?;
            let acknowledged = self.is_acknowledged(delivery, answer.status, &answer.body);
            answered = Answered::Status(answer.status, acknowledged);
        }
        Ok(answered)
    }

    /// The notification in the client's dialect, signed now; `None` where that dialect tells nothing of it.
    async fn message(&self, delivery: &Delivery, plan: NotifyPlan) -> Result<Option<Message>, String> {
        match self.dialect(delivery) {
            Dialect::Antom | Dialect::Alipay => self.antom_message(delivery, plan).await.map(Some),
            Dialect::AlipayHk => self.alipayhk_message(delivery, plan).await,
            Dialect::AlphaPay => self.alphapay_message(delivery, plan).await,
        }
    }

    async fn antom_message(&self, delivery: &Delivery, plan: NotifyPlan) -> Result<Message, String> {
        let body = self.antom_body(delivery).await?;
        let client_id = delivery.client_id.as_str();
        let time = antom::signed::format_message_time(self.engine.real_now());
        let bytes = antom::signed::bytes_to_sign_request(&delivery.url, client_id, &time, &body);
        let (key_version, signature) = self.sign(Algorithm::RsaSha256, bytes, plan).await?;
        let headers = antom::signed::attach_to_request(client_id, &time, &key_version, &signature);
        Ok(Message { body, headers })
    }

    async fn antom_body(&self, delivery: &Delivery) -> Result<Vec<u8>, String> {
        let notice = &delivery.notice.0;
        let unread = |error: farthing_engine::Failure| {
            format!("not sent, because what belongs to it could not be looked up: {error}")
        };
        let opened =
            antom::notify::sealed_secret(notice).map(|sealed| self.engine.unseal(sealed)).transpose();
        let opened = opened
            .map_err(|error| format!("not sent, because a secret in it could not be decrypted: {error}"))?;
        let payer = self.engine.payer_of_notice(notice).await.map_err(unread)?.map(payer_view);
        let (mut details, mut card_token) = (None, None);
        if let Notice::PaymentResult { payment } = notice
            && payment.card.is_some()
        {
            details = self.engine.payment_details(payment).await.map_err(unread)?;
            card_token = self.engine.card_token(payment).await.map_err(unread)?;
        }
        let settings = self.settings(delivery);
        Ok(antom::notify::encode_notification(&antom::notify::NotificationView {
            notice,
            opened: opened.as_ref(),
            payer: payer.as_ref(),
            details: details.as_ref(),
            card_token: card_token.as_ref(),
            settings: &settings,
        }))
    }

    async fn alipayhk_message(
        &self,
        delivery: &Delivery,
        plan: NotifyPlan,
    ) -> Result<Option<Message>, String> {
        // Each try is a message of its own.
        let req_msg_id = format!("{}-{}", delivery.delivery_id, delivery.attempt_count);
        let sending = alipayhk::notify::Sending {
            client_id: delivery.client_id.as_str(),
            req_msg_id: &req_msg_id,
            sent_at: self.engine.moment(&delivery.world_id).now,
        };
        let Some(content) = alipayhk::notify::encode_notification(&delivery.notice.0, sending) else {
            return Ok(None);
        };
        let algorithm = algorithm_of(self.settings(delivery).signature_hash);
        let bytes = alipayhk::signed::bytes_to_sign(&content).to_vec();
        let (_version, signature) = self.sign(algorithm, bytes, plan).await?;
        let body = alipayhk::signed::wrap_request(&content, &signature);
        let headers = vec![("content-type", alipayhk::signed::CONTENT_TYPE.to_owned())];
        Ok(Some(Message { body, headers }))
    }

    async fn alphapay_message(
        &self,
        delivery: &Delivery,
        plan: NotifyPlan,
    ) -> Result<Option<Message>, String> {
        let notice = &delivery.notice.0;
        let details = match notice {
            Notice::PaymentResult { payment } => {
                self.engine.payment_details(payment).await.map_err(|error| {
                    format!("not sent, because what belongs to it could not be looked up: {error}")
                })?
            }
            _ => None,
        };
        let settings = self.settings(delivery);
        let Some(body) = alphapay::notify::encode_notification(notice, details.as_ref(), &settings) else {
            return Ok(None);
        };
        let client_id = delivery.client_id.as_str();
        let time = alphapay::signed::format_message_time(self.engine.real_now());
        let nonce = farthing_crypto::random_token_hex(16);
        let bytes =
            alphapay::signed::bytes_to_sign_notification(&delivery.url, client_id, &time, &nonce, &body);
        let (key_version, signature) = self.sign(Algorithm::RsaSha256, bytes, plan).await?;
        let headers = alphapay::signed::attach_to_request(client_id, &time, &nonce, &key_version, &signature);
        Ok(Some(Message { body, headers }))
    }

    /// Signs with the gateway's key, or does with the signature what a sandbox was told to.
    async fn sign(
        &self,
        algorithm: Algorithm,
        bytes: Vec<u8>,
        plan: NotifyPlan,
    ) -> Result<(String, Vec<u8>), String> {
        let (version, key) = if plan.old_key { self.keys.previous() } else { self.keys.current() };
        let signed = self.signer.sign(key, algorithm, bytes).await;
        let mut signature =
            signed.map_err(|error| format!("not sent, because it could not be signed: {error}"))?;
        if plan.garble {
            for byte in &mut signature {
                *byte = !*byte;
            }
        }
        Ok((version.to_string(), signature))
    }

    fn is_acknowledged(&self, delivery: &Delivery, status: u16, answer: &[u8]) -> bool {
        match self.dialect(delivery) {
            Dialect::Antom | Dialect::Alipay => antom::notify::is_acknowledged(status, answer),
            Dialect::AlipayHk => alipayhk::notify::is_acknowledged(status, answer),
            Dialect::AlphaPay => {
                let is_strict = self.settings(delivery).strict_acknowledgement;
                alphapay::notify::is_acknowledged(status, answer, is_strict)
            }
        }
    }

    /// How long after this try the next one comes, milliseconds; `None` when the dialect's schedule is over.
    fn gap_ms(&self, delivery: &Delivery, tries_made: usize) -> Option<i64> {
        match self.dialect(delivery) {
            Dialect::Antom | Dialect::Alipay => antom::notify::next_try_after_ms(tries_made),
            Dialect::AlipayHk => alipayhk::notify::next_try_after_ms(tries_made),
            Dialect::AlphaPay => alphapay::notify::next_try_after_ms(&delivery.notice.0, tries_made),
        }
    }

    fn settings(&self, delivery: &Delivery) -> ClientSettings {
        let known = self.engine.known_client(&delivery.client_id);
        known.map_or_else(ClientSettings::default, |known| known.client.settings.0.clone())
    }

    /// The dialect of the client that is told; clients are never removed.
    fn dialect(&self, delivery: &Delivery) -> Dialect {
        let client = self.engine.known_client(&delivery.client_id);
        client.map_or(Dialect::Antom, |known| known.client.dialect)
    }
}
