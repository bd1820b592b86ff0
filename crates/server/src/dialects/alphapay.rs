//! AlphaPay: from a request's bytes over the use case to a signed answer.
//!
//! The order of the checks: path, method, media type, body, headers, client, key, signature, time, nonce, fields, rules.
//! Every outcome is told with HTTP 200; one to a client that is not known is not signed.
//!
//! Source: ALPHAPAY-FACTS §1, §2, §3.4, §3.5.

use std::sync::Arc;

use bytes::Bytes;
use farthing_core::ids::ClientId;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::request::{RefundName, Secret, TransactionsRequest};
use farthing_core::rows::{ClientStatus, Dialect, Payment};
use farthing_core::time::MINUTE_MS;
use farthing_crypto::Algorithm;
use farthing_dialect_alphapay::decode::{AlphaPayRequest, DecodeContext, decode_request};
use farthing_dialect_alphapay::endpoint::{Operation, find_operation};
use farthing_dialect_alphapay::qr::png_data_uri;
use farthing_dialect_alphapay::reply::{
    self, InquiryView, PayLinks, PayView, RefundView, SettlementView, TransactionView, TransactionsView,
};
use farthing_dialect_alphapay::scenario::scenario_of;
use farthing_dialect_alphapay::signed::{self, Claim};
use farthing_engine::{Caller, Failure, KnownClient, Paid, TransactionEntry, WithDetails};
use http::{HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value};

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
    /// The path in the bytes that verified; the answer is signed with it.
    path: String,
    nonce: String,
}

impl Api {
    /// Answers one request of an AlphaPay client.
    pub(super) async fn answer_alphapay(&self, request: RawRequest) -> RawReply {
        let head = &request.head;
        let checked = match find_operation(&head.target) {
            None => Err(Reason::OperationUnknown.into()),
            Some(operation) => check_envelope(&request).map(|body| (operation, body)),
        };
        let (operation, body) = match checked {
            Ok(checked) => checked,
            Err(refusal) => return self.refuse_alphapay(head, &refusal).await,
        };
        let verified = match self.verify_alphapay(head, &body).await {
            Ok(verified) => verified,
            Err(refusal) => {
                let reply = self.refuse_alphapay(head, &refusal).await;
                let client_id = signed::claimed_client_id(&|name| head.header(name)).unwrap_or_default();
                return self.with_hint(reply, head, (Dialect::AlphaPay, client_id), &body, &refusal);
            }
        };
        let turn = match self.turn_of(&verified.client).await {
            Ok(turn) => turn,
            Err(TooMuch::Unsigned) => return unsigned_refusal(),
            Err(TooMuch::Told(refusal)) => {
                note_refusal(head, &refusal);
                let body = reply::encode_error(&refusal, None);
                return self.send_alphapay(head, &verified.path, body.into()).await;
            }
        };
        let carried = self.carry_out_alphapay(operation, &body, head, &verified).await;
        let answer = match carried {
            Ok(answer) => answer,
            Err(failure) => {
                note_failure(head, operation.name(), &failure);
                match failure {
                    Failure::HungUp => return RawReply::hang_up(),
                    Failure::Told(told) => tell_code(operation, told.code, None).into(),
                    failure => reply::encode_error(&as_refusal(&failure), None).into(),
                }
            }
        };
        // An answer that a sandbox holds back keeps nobody else from working.
        let _turn = answer.fault.is_none().then_some(turn);
        self.send_alphapay(head, &verified.path, answer).await
    }

    /// The answer when nobody knows what became of the request.
    pub(super) async fn alphapay_unknown(&self, head: &RequestHead) -> RawReply {
        let body = reply::encode_error(&UNKNOWN.into(), None);
        self.send_alphapay(head, &head.target, body.into()).await
    }

    async fn refuse_alphapay(&self, head: &RequestHead, refusal: &Refusal) -> RawReply {
        note_refusal(head, refusal);
        if !self.signs_refusal(head) {
            return unsigned_refusal();
        }
        self.send_alphapay(head, &head.target, reply::encode_error(refusal, None).into()).await
    }

    /// Finds the client and its key, verifies the signature over the bytes as received, and looks at time and nonce.
    async fn verify_alphapay(&self, head: &RequestHead, body: &Bytes) -> Result<Verified, Refusal> {
        let claim = signed::claim(&head.method, &head.target, &|name| head.header(name), body)?;
        let engine = &self.parts.engine;
        let client_id = ClientId::new(claim.client_id.as_str());
        let client = engine.known_client(&client_id);
        let client =
            client.filter(|known| known.client.dialect == Dialect::AlphaPay).ok_or(Reason::ClientUnknown)?;
        if client.client.status == ClientStatus::Disabled {
            return Err(Reason::ClientDisabled.into());
        }
        let path = self.verify_alphapay_claim(&client, &claim).await?;
        let real_now = engine.real_now();
        let window_ms = signed::request_time_window_ms(&client.client.settings.0);
        signed::check_freshness(&claim.time, real_now, window_ms)?;
        // A nonce counts as long as the time of its request would be taken: from the earliest to the latest moment.
        let until = real_now.plus_ms(window_ms.saturating_mul(2));
        if window_ms > 0 && !self.nonces.note(&client_id, &claim.nonce, real_now, until) {
            return Err(Reason::NonceRepeated.into());
        }
        Ok(Verified { client, path, nonce: claim.nonce })
    }

    async fn verify_alphapay_claim(&self, client: &KnownClient, claim: &Claim) -> Result<String, Refusal> {
        let real_now = self.parts.engine.real_now();
        let key = client.key(Some(&claim.key_version), real_now).ok_or(Reason::KeyNotFound)?;
        for candidate in &claim.candidates {
            let verifying = self.parts.verifier.verify(
                key.clone(),
                Algorithm::RsaSha256,
                candidate.bytes.clone(),
                claim.signature.clone(),
            );
            match verifying.await {
                Ok(true) => return Ok(candidate.path.clone()),
                Ok(false) => {}
                Err(_busy) => return Err(Reason::TrafficLimitExceeded.into()),
            }
        }
        Err(Reason::SignatureInvalid.into())
    }

    async fn carry_out_alphapay(
        &self,
        operation: Operation,
        body: &[u8],
        head: &RequestHead,
        verified: &Verified,
    ) -> Result<Answer, Failure> {
        let engine = &self.parts.engine;
        let caller = engine.caller(verified.client.clone())?;
        let settings = &caller.client().settings.0;
        let context = DecodeContext { nonce: &verified.nonce, settings };
        let request = decode_request(operation, body, context).map_err(Refusal::from)?;
        let codes = code_table(Dialect::AlphaPay);
        let (told, fault) = match operation {
            Operation::Transactions | Operation::Settlements => {
                engine.told_by_rule(&caller, operation.name(), codes).await?
            }
            _ => (None, None),
        };
        if let Some(told) = told {
            return Err(Failure::Told(told));
        }
        match request {
            AlphaPayRequest::Pay(request) => {
                let payment_code = request.payment_code.clone();
                let paid = engine.pay(&caller, *request, codes).await?;
                self.tell_alphapay_pay(head, &paid, payment_code.as_ref()).await
            }
            AlphaPayRequest::InquiryPayment(name) => {
                let found = engine.inquire_payment(&caller, &name, WithDetails::Yes, codes).await?;
                let (payment, details) = (&found.outcome.payment, found.outcome.details.as_ref());
                let body = match found.told {
                    Some(told) => tell_code(operation, told.code, None),
                    None => reply::encode_inquiry_payment(&InquiryView { payment, details, settings }),
                };
                Ok(Answer { body, fault: found.fault })
            }
            AlphaPayRequest::Cancel(request) => {
                let cancelled = engine.cancel(&caller, &request, codes).await?;
                let payment = cancelled.outcome.ok_or(Reason::PaymentNotFound)?;
                Ok(Answer { body: reply::encode_cancel(&payment), fault: cancelled.fault })
            }
            AlphaPayRequest::Refund(request) => {
                let refunded = engine.refund(&caller, *request, codes).await?;
                let body = match refunded.told {
                    Some(told) => tell_code(operation, told.code, None),
                    None => reply::encode_refund(RefundView { refund: &refunded.refund }),
                };
                Ok(Answer { body, fault: refunded.fault })
            }
            AlphaPayRequest::InquiryRefund { refund_id, request_id } => {
                let found = engine.inquire_refund(&caller, &RefundName::Id(refund_id), codes).await?;
                let refund = &found.outcome;
                let is_other =
                    request_id.is_some_and(|named| refund.is_named_by_nonce || refund.request_id != named);
                if is_other {
                    return Err(Refusal::new(Reason::RefundNotFound, "the two ids name two refunds").into());
                }
                let body = match found.told {
                    Some(told) => tell_code(operation, told.code, None),
                    None => reply::encode_inquiry_refund(RefundView { refund }),
                };
                Ok(Answer { body, fault: found.fault })
            }
            AlphaPayRequest::Transactions(request) => {
                Ok(Answer { body: self.tell_transactions(&caller, &request).await?, fault })
            }
            AlphaPayRequest::Settlements { day } => {
                let settlements = engine.settlements(&caller, &day).await?;
                let bank = caller.merchant.settlement.0.bank.as_ref();
                let views: Vec<_> =
                    settlements.iter().map(|settlement| SettlementView { settlement, bank }).collect();
                Ok(Answer { body: reply::encode_settlements(&views), fault })
            }
        }
    }

    async fn tell_alphapay_pay(
        &self,
        head: &RequestHead,
        paid: &Paid,
        payment_code: Option<&Secret>,
    ) -> Result<Answer, Failure> {
        let payment = &paid.payment;
        if let Some(told) = paid.told {
            return Ok(Answer {
                body: tell_code(Operation::Pay, told.code, Some(payment)),
                fault: paid.fault,
            });
        }
        let details = self.parts.engine.payment_details(payment).await?;
        let base = self.public_url(head);
        let gives = scenario_of(payment, details.as_ref()).map(|scenario| scenario.gives());
        let payment_url = cashier::short_payment_url(&base, payment);
        let pay_url = cashier::payment_url(&base, payment);
        let image = match gives {
            Some(gives) if gives.qr => Some(png_data_uri(&payment_url).map_err(|error| {
                tracing::error!(%error, "the address of this gateway is too long for a QR code");
                Failure::from(Reason::SystemError)
            })?),
            _ => None,
        };
        let sdk_params = sdk_params(payment, &pay_url);
        let view = PayView {
            payment,
            details: details.as_ref(),
            links: Some(PayLinks {
                payment_url: &payment_url,
                payment_qr_image: image.as_deref(),
                pay_url: &pay_url,
                channel_pay_url: None,
                sdk_params: Some(&sdk_params),
            }),
            payment_code,
            card_token: paid.card_token.as_ref(),
        };
        Ok(Answer { body: reply::encode_pay(&view), fault: paid.fault })
    }

    async fn tell_transactions(
        &self,
        caller: &Caller,
        request: &TransactionsRequest,
    ) -> Result<Vec<u8>, Failure> {
        let page = self.parts.engine.transactions(caller, request).await?;
        let entries: Vec<_> = page
            .entries
            .iter()
            .map(|entry| match entry {
                TransactionEntry::Payment(payment) => TransactionView { payment, refund: None },
                TransactionEntry::Refund(refund, payment) => {
                    TransactionView { payment, refund: Some(refund) }
                }
            })
            .collect();
        let total = u64::try_from(page.total).unwrap_or(u64::MAX);
        let view =
            TransactionsView { entries: &entries, page: request.page, page_limit: request.page_limit, total };
        Ok(reply::encode_transactions(&view))
    }

    /// Signs an answer with the gateway's key, where the client is known, and puts the headers on it.
    async fn send_alphapay(&self, head: &RequestHead, path: &str, answer: Answer) -> RawReply {
        let delivery = hold_back(answer.fault).await;
        if delivery == Delivery::Dropped {
            return RawReply::hang_up();
        }
        let client_id = signed::claimed_client_id(&|name| head.header(name)).unwrap_or_default().to_owned();
        let engine = &self.parts.engine;
        let is_known = engine
            .known_client(&ClientId::new(client_id.as_str()))
            .is_some_and(|known| known.client.dialect == Dialect::AlphaPay);
        if !is_known {
            return RawReply::new(StatusCode::OK, answer.body)
                .with_text("content-type", signed::REPLY_CONTENT_TYPE);
        }
        let time = signed::format_message_time(engine.real_now());
        let nonce = farthing_crypto::random_token_hex(16);
        let bytes = signed::bytes_to_sign_reply(&head.method, path, &client_id, &time, &nonce, &answer.body);
        let (key_version, key) = self.parts.keys.current();
        match self.parts.signer.sign(key, Algorithm::RsaSha256, bytes).await {
            Err(error) => unsigned(&error),
            Ok(signature) => {
                let signature = delivery.signature(signature);
                let headers = signed::attach_to_reply(&time, &nonce, &key_version, &signature);
                let reply = RawReply::new(StatusCode::OK, answer.body);
                headers.into_iter().fold(reply, |reply, (name, value)| with_header(reply, name, &value))
            }
        }
    }
}

/// Header names are spelled as the documents spell them there, and go out in lower case.
fn with_header(reply: RawReply, name: &str, value: &str) -> RawReply {
    let name = HeaderName::from_bytes(name.as_bytes()).expect("our own header names are header names");
    let value = HeaderValue::from_str(value).expect("our own header values have no control characters");
    reply.with_header(name, value)
}

/// What the wallet's own software would be called with; here it says where the payment can be paid.
///
/// Source: ALPHAPAY-FACTS §5.3 (sdkParams: free keys).
fn sdk_params(payment: &Payment, pay_url: &str) -> Map<String, Value> {
    let expires_in_s = payment.expires_at.since_ms(payment.created_at) / (MINUTE_MS / 60);
    Map::from_iter([
        ("paymentId".to_owned(), Value::from(payment.payment_id.as_str())),
        ("payUrl".to_owned(), Value::from(pay_url)),
        ("expiresInSeconds".to_owned(), Value::from(expires_in_s.to_string())),
    ])
}

fn tell_code(operation: Operation, code: &str, order: Option<&Payment>) -> Vec<u8> {
    match operation.table().find(code) {
        Some(row) => reply::encode_code(row, order),
        None => reply::encode_error(&UNKNOWN.into(), order),
    }
}
