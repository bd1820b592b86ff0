//! AlipayHK: from an envelope's bytes over the use case to a signed envelope.
//!
//! The order of the checks: method, media type, body, envelope, client, key, signature, function, time, fields, rules.
//! Every outcome that can be told is told with HTTP 200 and a signature.
//!
//! Source: ALIPAYHK-FACTS §1, §3, §4.4.

use std::sync::Arc;

use bytes::Bytes;
use farthing_core::ids::{ClientId, MerchantId};
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{AuthorizationState, ClientSettings, ClientStatus, Dialect, SignatureHash};
use farthing_core::time::Timestamp;
use farthing_crypto::Algorithm;
use farthing_dialect_alipayhk::Head;
use farthing_dialect_alipayhk::codes::find_code;
use farthing_dialect_alipayhk::decode::{AlipayHkRequest, decode_request};
use farthing_dialect_alipayhk::endpoint::{Operation, find_operation};
use farthing_dialect_alipayhk::reply::{self, AgreementStanding, GrantedTokens, PayView};
use farthing_dialect_alipayhk::signed::{self, Claim};
use farthing_dialect_kit::time_text::parse_date_time;
use farthing_engine::{Caller, Failure, KnownClient, WithDetails};
use http::StatusCode;

use super::answer::{Answer, Delivery, UNKNOWN, as_refusal, hold_back, note_failure, note_refusal};
use super::codes::code_table;
use super::envelope::check_envelope;
use super::refusals::unsigned_refusal;
use super::{Api, TooMuch, unsigned};
use crate::cashier;
use crate::listen::{RawReply, RawRequest, RequestHead};

/// A request whose signature was verified.
struct Verified {
    client: Arc<KnownClient>,
    operation: Operation,
}

/// How an answer is told: in which head it stands, when it is made, and with which hash it is signed.
struct Telling {
    head: Head,
    answered_at: Timestamp,
    hash: SignatureHash,
}

impl Api {
    /// Answers one request of an AlipayHK client.
    pub(super) async fn answer_alipayhk(&self, request: RawRequest) -> RawReply {
        let body = match check_envelope(&request) {
            Ok(body) => body,
            Err(refusal) => {
                return self.refuse_alipayhk(&request.head, self.telling(Head::default()), &refusal).await;
            }
        };
        let claim = match signed::claim(&body) {
            Ok(claim) => claim,
            Err(error) => {
                let telling = self.telling(signed::readable_head(&body));
                note_refusal(&request.head, &error.clone().into());
                if !self.signs_refusal(&request.head) {
                    return unsigned_refusal();
                }
                let told = reply::encode_claim_error(&telling.head, &error, telling.answered_at);
                return self.send_alipayhk(telling.hash, told.into()).await;
            }
        };
        let mut telling = self.telling(claim.head.clone());
        let verified = match self.verify_alipayhk(&request.head, &claim).await {
            Ok(verified) => verified,
            Err(refusal) => {
                let reply = self.refuse_alipayhk(&request.head, telling, &refusal).await;
                let client = (Dialect::AlipayHk, claim.head.client_id.as_str());
                return self.with_hint(reply, &request.head, client, &body, &refusal);
            }
        };
        let turn = match self.turn_of(&verified.client).await {
            Ok(turn) => turn,
            Err(TooMuch::Unsigned) => return unsigned_refusal(),
            Err(TooMuch::Told(refusal)) => {
                note_refusal(&request.head, &refusal);
                let told = reply::encode_error(&telling.head, &refusal, telling.answered_at);
                return self.send_alipayhk(telling.hash, told.into()).await;
            }
        };
        let operation = verified.operation;
        let carried = match self.parts.engine.caller(verified.client) {
            Ok(caller) => {
                telling.answered_at = caller.moment.now;
                self.carry_out_alipayhk(operation, &claim, &request.head, &caller, &telling).await
            }
            Err(failure) => Err(failure),
        };
        let answer = match carried {
            Ok(answer) => answer,
            Err(failure) => {
                note_failure(&request.head, operation.function(), &failure);
                match failure {
                    Failure::HungUp => return RawReply::hang_up(),
                    failure => tell_failure(&telling, &failure).into(),
                }
            }
        };
        // An answer that a sandbox holds back keeps nobody else from working.
        let _turn = answer.fault.is_none().then_some(turn);
        self.send_alipayhk(telling.hash, answer).await
    }

    /// The answer when nobody knows what became of the request.
    pub(super) async fn alipayhk_unknown(&self) -> RawReply {
        let telling = self.telling(Head::default());
        let told = reply::encode_error(&telling.head, &UNKNOWN.into(), telling.answered_at);
        self.send_alipayhk(telling.hash, told.into()).await
    }

    /// How to tell an answer to a request with this head: as its client is set, as far as that is known.
    fn telling(&self, head: Head) -> Telling {
        let engine = &self.parts.engine;
        let known = engine.known_client(&ClientId::new(head.client_id.as_str()));
        let known = known.filter(|known| known.client.dialect == Dialect::AlipayHk);
        let settings = known.map_or_else(ClientSettings::default, |known| known.client.settings.0.clone());
        let hash = signed::hash_of(&head, &settings).unwrap_or(settings.signature_hash);
        Telling { head, answered_at: engine.real_now(), hash }
    }

    async fn refuse_alipayhk(&self, head: &RequestHead, telling: Telling, refusal: &Refusal) -> RawReply {
        note_refusal(head, refusal);
        if !self.signs_refusal(head) {
            return unsigned_refusal();
        }
        let told = reply::encode_error(&telling.head, refusal, telling.answered_at);
        self.send_alipayhk(telling.hash, told.into()).await
    }

    /// Finds the client and its keys, verifies the signature over the text as received, and finds the function.
    async fn verify_alipayhk(&self, head: &RequestHead, claim: &Claim<'_>) -> Result<Verified, Refusal> {
        let engine = &self.parts.engine;
        let client = engine.known_client(&ClientId::new(claim.head.client_id.as_str()));
        let client =
            client.filter(|known| known.client.dialect == Dialect::AlipayHk).ok_or(Reason::ClientUnknown)?;
        if client.client.status == ClientStatus::Disabled {
            return Err(Reason::ClientDisabled.into());
        }
        let settings = &client.client.settings.0;
        let algorithm = algorithm_of(signed::hash_of(&claim.head, settings)?);
        let real_now = engine.real_now();
        self.verify_any(&client, claim, algorithm, real_now).await?;
        let operation = find_operation(&head.target, &claim.head)?;
        check_time(&claim.head, settings, real_now)?;
        Ok(Verified { client, operation })
    }

    /// A message names no key, so any that is accepted may have signed it.
    async fn verify_any(
        &self,
        client: &KnownClient,
        claim: &Claim<'_>,
        algorithm: Algorithm,
        real_now: Timestamp,
    ) -> Result<(), Refusal> {
        let keys = client.accepted_keys(real_now);
        if keys.is_empty() {
            return Err(Reason::KeyNotFound.into());
        }
        for key in keys {
            for signature in &claim.signatures {
                let signed_bytes = claim.signed_bytes.to_vec();
                let verifying =
                    self.parts.verifier.verify(key.clone(), algorithm, signed_bytes, signature.clone());
                match verifying.await {
                    Ok(true) => return Ok(()),
                    Ok(false) => {}
                    Err(_busy) => return Err(Reason::TrafficLimitExceeded.into()),
                }
            }
        }
        Err(Reason::SignatureInvalid.into())
    }

    async fn carry_out_alipayhk(
        &self,
        operation: Operation,
        claim: &Claim<'_>,
        request_head: &RequestHead,
        caller: &Caller,
        telling: &Telling,
    ) -> Result<Answer, Failure> {
        let engine = &self.parts.engine;
        let settings = &caller.client().settings.0;
        let decoded = decode_request(operation, claim.content.clone(), settings).map_err(Refusal::from)?;
        check_merchant(caller, &decoded.merchant_id)?;
        let codes = code_table(Dialect::AlipayHk);
        let (told, fault) = engine.told_by_rule(caller, operation.function(), codes).await?;
        if let Some(told) = told {
            return Err(Failure::Told(told));
        }
        let (head, at) = (&telling.head, telling.answered_at);
        let body = match decoded.request {
            AlipayHkRequest::PrepareForRedirect(request) => {
                let made = engine.consult(caller, *request).await?;
                let url = cashier::authorization_url(&self.public_url(request_head), &made);
                reply::encode_prepare_for_redirect(head, &url, at)
            }
            AlipayHkRequest::ApplyToken(request) => {
                let tokens = engine.apply_token(caller, request).await?;
                let granted =
                    GrantedTokens { access: &tokens.access_token, refresh: Some(&tokens.refresh_token) };
                reply::encode_apply_token(head, &tokens.agreement, granted, caller.moment.now, at)
            }
            AlipayHkRequest::QueryByAuthInfo { merchant_agreement_id } => {
                let standing = engine.agreement_standing(caller, &merchant_agreement_id).await?;
                let told = match &standing.agreement {
                    Some(agreement) => AgreementStanding::Signed(agreement),
                    None if standing.authorization.state == AuthorizationState::Declined => {
                        AgreementStanding::Declined
                    }
                    None => AgreementStanding::NotSigned,
                };
                reply::encode_query_by_auth_info(head, told, caller.moment.now, at)
            }
            AlipayHkRequest::CancelByAuthInfo(request) => {
                engine.revoke(caller, &request).await?;
                reply::encode_cancel_by_auth_info(head, at)
            }
            AlipayHkRequest::Pay(request) => {
                let paid = engine.pay(caller, *request, codes).await?;
                if let Some(told) = paid.told {
                    return Ok(Answer { fault: paid.fault, ..tell_code(telling, told.code).into() });
                }
                let awaits_user = farthing_engine::awaits_user(&paid.payment);
                let url =
                    awaits_user.then(|| cashier::payment_url(&self.public_url(request_head), &paid.payment));
                let vocabulary = settings.status_vocabulary;
                let view = PayView { payment: &paid.payment, cashier_url: url.as_deref(), vocabulary };
                return Ok(Answer { fault: paid.fault, ..reply::encode_pay(head, &view, at).into() });
            }
            AlipayHkRequest::PayQuery(name) => {
                let found = engine.inquire_payment(caller, &name, WithDetails::No, codes).await?;
                let body = match found.told {
                    Some(told) => tell_code(telling, told.code),
                    None => {
                        reply::encode_pay_query(head, &found.outcome.payment, settings.status_vocabulary, at)
                    }
                };
                return Ok(Answer { fault: found.fault, ..body.into() });
            }
            AlipayHkRequest::PayCancel(request) => {
                let cancelled = engine.cancel(caller, &request, codes).await?;
                let body = reply::encode_pay_cancel(head, cancelled.outcome.as_ref(), at);
                return Ok(Answer { fault: cancelled.fault, ..body.into() });
            }
            AlipayHkRequest::Refund(request) => {
                let refunded = engine.refund(caller, *request, codes).await?;
                let body = match refunded.told {
                    Some(told) => tell_code(telling, told.code),
                    None => reply::encode_refund(head, &refunded.refund, at),
                };
                return Ok(Answer { fault: refunded.fault, ..body.into() });
            }
        };
        Ok(Answer { fault, ..body.into() })
    }

    /// Signs the text of a `response` and puts both into the envelope.
    async fn send_alipayhk(&self, hash: SignatureHash, answer: Answer) -> RawReply {
        let delivery = hold_back(answer.fault).await;
        if delivery == Delivery::Dropped {
            return RawReply::hang_up();
        }
        let content = String::from_utf8(answer.body).expect("our own answers are UTF-8");
        let bytes = signed::bytes_to_sign(&content).to_vec();
        let (_version, key) = self.parts.keys.current();
        match self.parts.signer.sign(key, algorithm_of(hash), bytes).await {
            Err(error) => unsigned(&error),
            Ok(signature) => {
                let envelope = signed::wrap_reply(&content, &delivery.signature(signature));
                RawReply::new(StatusCode::OK, Bytes::from(envelope))
                    .with_text("content-type", signed::CONTENT_TYPE)
            }
        }
    }
}

/// The algorithm of a client's setting.
pub(crate) fn algorithm_of(hash: SignatureHash) -> Algorithm {
    match hash {
        SignatureHash::Sha1 => Algorithm::RsaSha1,
        SignatureHash::Sha256 => Algorithm::RsaSha256,
    }
}

/// A body names the merchant; it must be the client's own.
///
/// Source: ALIPAYHK-FACTS §5 (merchantId, authMerchantId); what follows from another one is our decision.
fn check_merchant(caller: &Caller, named: &MerchantId) -> Result<(), Failure> {
    if *named == caller.merchant.merchant_id {
        return Ok(());
    }
    Err(Refusal::new(Reason::AccessDenied, format!("the client does not speak for merchant {named}")).into())
}

/// Looks at the time of a request where the client's settings say how far off it may be.
///
/// Source: ALIPAYHK-FACTS §9 (off by default: the sample of SEED-003 is dated 2001 and must be answered).
fn check_time(head: &Head, settings: &ClientSettings, real_now: Timestamp) -> Result<(), Refusal> {
    let Some(window_ms) = settings.request_time_window_ms.filter(|window_ms| *window_ms > 0) else {
        return Ok(());
    };
    let sent_at = parse_date_time(&head.time)
        .map_err(|error| Refusal::new(Reason::ParameterIllegal, format!("head.reqTime: {error}")))?;
    if sent_at.since_ms(real_now).abs() <= window_ms {
        return Ok(());
    }
    let detail = format!("head.reqTime is more than {window_ms} ms from the gateway's time");
    Err(Refusal::new(Reason::RequestTimeOutside, detail))
}

fn tell_failure(telling: &Telling, failure: &Failure) -> String {
    match failure {
        Failure::Told(told) => tell_code(telling, told.code),
        failure => reply::encode_error(&telling.head, &as_refusal(failure), telling.answered_at),
    }
}

fn tell_code(telling: &Telling, code: &str) -> String {
    match find_code(code) {
        Some((_, row)) => reply::encode_code(&telling.head, row, telling.answered_at),
        None => reply::encode_error(&telling.head, &UNKNOWN.into(), telling.answered_at),
    }
}
