//! Antom v1: from a request's bytes over the use case to a signed answer.
//!
//! The order of the checks: path, method, media type, body, headers, client, key, signature, fields, rules.
//! Every outcome that can be told is told with HTTP 200 and a signature.
//!
//! Source: ANTOM-FACTS §1.6, §1.7.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use farthing_core::ids::ClientId;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{ClientStatus, Dialect, Payment};
use farthing_crypto::Algorithm;
use farthing_dialect_antom::codes::Table;
use farthing_dialect_antom::decode::{AntomRequest, decode_request};
use farthing_dialect_antom::endpoint::{Operation, find_operation};
use farthing_dialect_antom::reply::{self, ConsultView, GrantedTokens, InquiryView, PayView};
use farthing_dialect_antom::signed::{self, Claim};
use farthing_engine::sandbox::Fault;
use farthing_engine::{Caller, Failure, KnownClient};
use http::StatusCode;

use super::antom_codes::AntomCodes;
use super::{Api, unsigned};
use crate::cashier;
use crate::listen::{Body, RawReply, RawRequest, RequestHead};

/// An answer before it is signed.
struct Told {
    body: Vec<u8>,
    fault: Option<Fault>,
}

impl From<Vec<u8>> for Told {
    fn from(body: Vec<u8>) -> Self {
        Self { body, fault: None }
    }
}

/// A request whose signature was verified.
struct Verified {
    client: Arc<KnownClient>,
    /// The path in the bytes that verified; the answer is signed with it.
    path: String,
}

impl Api {
    /// Answers one request of an Antom client.
    pub(super) async fn answer_antom(&self, request: RawRequest) -> RawReply {
        let head = &request.head;
        let operation = find_operation(&head.target);
        let table = operation.map_or(Table::Gateway, Operation::table);
        let received = match check_envelope(operation, &request) {
            Ok(received) => received,
            Err(refusal) => return self.refuse(head, table, &refusal).await,
        };
        let (operation, body) = received;
        let verified = match self.verify(head, &body).await {
            Ok(verified) => verified,
            Err(refusal) => return self.refuse(head, table, &refusal).await,
        };
        let told = self.carry_out(operation, &body, head, verified.client).await.unwrap_or_else(|failure| {
            note_failure(head, operation, &failure);
            reply::encode_error(table, &as_refusal(&failure)).into()
        });
        self.send(head, &verified.path, told).await
    }

    /// The answer when nobody knows what became of the request.
    pub(super) async fn antom_unknown(&self, head: &RequestHead) -> RawReply {
        let table = find_operation(&head.target).map_or(Table::Gateway, Operation::table);
        let body = reply::encode_reason(table, Reason::UnknownException);
        self.send(head, &head.target, body.into()).await
    }

    async fn refuse(&self, head: &RequestHead, table: Table, refusal: &Refusal) -> RawReply {
        tracing::debug!(
            request_id = %head.request_id,
            path = head.path(),
            reason = refusal.reason.name(),
            detail = refusal.detail,
            "a request was refused before its operation"
        );
        self.send(head, &head.target, reply::encode_error(table, refusal).into()).await
    }

    /// Finds the client and its key, and verifies the signature over the bytes as received.
    async fn verify(&self, head: &RequestHead, body: &Bytes) -> Result<Verified, Refusal> {
        let claim = signed::claim(&head.method, &head.target, &|name| head.header(name), body)?;
        let client = self.parts.engine.known_client(&ClientId::new(claim.client_id.as_str()));
        let client =
            client.filter(|known| known.client.dialect == Dialect::Antom).ok_or(Reason::ClientUnknown)?;
        if client.client.status == ClientStatus::Disabled {
            return Err(Reason::ClientDisabled.into());
        }
        let path = self.verify_claim(&client, claim).await?;
        Ok(Verified { client, path })
    }

    async fn verify_claim(&self, client: &KnownClient, claim: Claim) -> Result<String, Refusal> {
        let real_now = self.parts.engine.real_now();
        let key = client.key(claim.key_version.as_deref(), real_now).ok_or(Reason::KeyNotFound)?;
        for candidate in claim.candidates {
            let verifying = self.parts.verifier.verify(
                key.clone(),
                Algorithm::RsaSha256,
                candidate.bytes,
                claim.signature.clone(),
            );
            match verifying.await {
                Ok(true) => return Ok(candidate.path),
                Ok(false) => {}
                Err(_busy) => return Err(Reason::TrafficLimitExceeded.into()),
            }
        }
        Err(Reason::SignatureInvalid.into())
    }

    async fn carry_out(
        &self,
        operation: Operation,
        body: &[u8],
        head: &RequestHead,
        client: Arc<KnownClient>,
    ) -> Result<Told, Failure> {
        let caller = self.parts.engine.caller(client)?;
        let request = decode_request(operation, body, caller.moment.real_now).map_err(Refusal::from)?;
        let engine = &self.parts.engine;
        match request {
            AntomRequest::Pay(request) => {
                let paid = engine.pay(&caller, *request, &AntomCodes).await?;
                let body = match paid.told {
                    Some(reason) => reply::encode_reason(Table::Pay, reason),
                    None => self.tell_pay(&caller, head, &paid),
                };
                Ok(Told { body, fault: paid.fault })
            }
            AntomRequest::InquiryPayment(name) => {
                let found = engine.inquire_payment(&caller, &name).await?;
                let redirect_url = self.payment_page(head, &found.payment);
                let payer = found.payer.map(payer_view);
                let view = InquiryView {
                    payment: &found.payment,
                    refunds: &found.refunds,
                    payer: payer.as_ref(),
                    redirect_url: redirect_url.as_deref(),
                };
                Ok(reply::encode_inquiry_payment(&view).into())
            }
            AntomRequest::Cancel(name) => {
                Ok(reply::encode_cancel(&engine.cancel(&caller, &name).await?).into())
            }
            AntomRequest::Refund(request) => {
                let refunded = engine.refund(&caller, *request, &AntomCodes).await?;
                Ok(Told { body: reply::encode_refund(&refunded.refund), fault: refunded.fault })
            }
            AntomRequest::InquiryRefund(name) => {
                Ok(reply::encode_inquiry_refund(&engine.inquire_refund(&caller, &name).await?).into())
            }
            AntomRequest::Consult(request) => {
                let made = engine.consult(&caller, *request).await?;
                let page_url = cashier::authorization_url(&self.public_url(head), &made);
                Ok(reply::encode_consult(&ConsultView { page_url: &page_url, app_identifier: None }).into())
            }
            AntomRequest::ApplyToken(request) => {
                let tokens = engine.apply_token(&caller, request).await?;
                let granted =
                    GrantedTokens { access: &tokens.access_token, refresh: Some(&tokens.refresh_token) };
                let user = tokens.user.map(payer_view);
                Ok(reply::encode_apply_token(&tokens.agreement, granted, user.as_ref()).into())
            }
            AntomRequest::Revoke(request) => {
                engine.revoke(&caller, &request).await?;
                Ok(reply::encode_revoke().into())
            }
        }
    }

    fn tell_pay(&self, caller: &Caller, head: &RequestHead, paid: &farthing_engine::Paid) -> Vec<u8> {
        let redirect_url = self.payment_page(head, &paid.payment);
        let payer = paid.payer.clone().map(payer_view);
        reply::encode_pay(&PayView {
            payment: &paid.payment,
            redirect_url: redirect_url.as_deref(),
            payer: payer.as_ref(),
            ids_while_in_process: caller.client().settings.0.ids_while_in_process,
        })
    }

    fn payment_page(&self, head: &RequestHead, payment: &Payment) -> Option<String> {
        farthing_engine::awaits_user(payment).then(|| cashier::payment_url(&self.public_url(head), payment))
    }

    /// Signs an answer with the gateway's key and puts the headers on it.
    async fn send(&self, head: &RequestHead, path: &str, told: Told) -> RawReply {
        if let Some(fault) = told.fault {
            tokio::time::sleep(Duration::from_millis(fault.hold_ms)).await;
            if fault.drop_reply {
                return RawReply::hang_up();
            }
        }
        let client_id = signed::claimed_client_id(&|name| head.header(name)).unwrap_or_default().to_owned();
        let time = signed::format_message_time(self.parts.engine.real_now());
        let bytes = signed::bytes_to_sign_reply(&head.method, path, &client_id, &time, &told.body);
        let (key_version, key) = self.parts.keys.current();
        match self.parts.signer.sign(key, Algorithm::RsaSha256, bytes).await {
            Err(error) => unsigned(&error),
            Ok(signature) => {
                let headers = signed::attach_to_reply(&client_id, &time, &key_version, &signature);
                let reply = RawReply::new(StatusCode::OK, told.body);
                headers.into_iter().fold(reply, |reply, (name, value)| reply.with_text(name, &value))
            }
        }
    }
}

/// Path, method, media type and body, in this order.
fn check_envelope(operation: Option<Operation>, request: &RawRequest) -> Result<(Operation, Bytes), Refusal> {
    let head = &request.head;
    let operation = operation.ok_or(Reason::OperationUnknown)?;
    if head.method != signed::METHOD {
        return Err(Reason::MethodNotSupported.into());
    }
    if !speaks_json(head) {
        return Err(Reason::MediaTypeNotAcceptable.into());
    }
    let illegal = |detail: String| Err(Refusal::new(Reason::ParameterIllegal, detail));
    match &request.body {
        Body::Whole(bytes) => Ok((operation, bytes.clone())),
        Body::TooLarge { limit_bytes } => illegal(format!("the body is larger than {limit_bytes} bytes")),
        Body::TimedOut => illegal("the body did not arrive in time".to_owned()),
        Body::Broken => illegal("the body ended early, or its framing is damaged".to_owned()),
    }
}

/// Whether the body says it is JSON; one SDK sends two content types, and none at all is let pass.
fn speaks_json(head: &RequestHead) -> bool {
    let mut types = head.headers.get_all(http::header::CONTENT_TYPE).iter().peekable();
    let is_json = |value: &http::HeaderValue| {
        value.to_str().is_ok_and(|text| text.to_ascii_lowercase().contains("json"))
    };
    types.peek().is_none() || types.any(is_json)
}

fn as_refusal(failure: &Failure) -> Refusal {
    Refusal::new(failure.reason(), failure.detail())
}

fn note_failure(head: &RequestHead, operation: Operation, failure: &Failure) {
    let (request_id, operation) = (&head.request_id, operation.name());
    match failure {
        Failure::Refused(refusal) => {
            tracing::debug!(%request_id, operation, reason = refusal.reason.name(), detail = refusal.detail, "refused");
        }
        Failure::Store(error) => tracing::error!(%request_id, operation, %error, "the store failed"),
    }
}

/// A payer in Antom's words.
pub(crate) fn payer_view(view: farthing_engine::PayerView) -> reply::PayerView {
    reply::PayerView {
        psp_name: Some(view.wallet),
        psp_customer_id: Some(view.user_id),
        display_customer_id: Some(view.login_masked),
    }
}
