//! Antom v1: from a request's bytes over the use case to a signed answer.
//!
//! The order of the checks: path, method, media type, body, headers, client, key, signature, fields, rules.
//! Every outcome that can be told is told with HTTP 200 and a signature.
//!
//! Source: ANTOM-FACTS §1.6, §1.7.

use std::sync::Arc;

use bytes::Bytes;
use farthing_core::ids::ClientId;
use farthing_core::reason::{Reason, Refusal};
use farthing_core::rows::{ClientSettings, ClientStatus, Dialect, Payment, Product};
use farthing_crypto::Algorithm;
use farthing_dialect_antom::codes::Table;
use farthing_dialect_antom::decode::{AntomRequest, decode_request};
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::endpoint::{Operation, find_operation};
use farthing_dialect_antom::legacy::accepts_media;
use farthing_dialect_antom::reply::{self, ConsultView, GrantedTokens, InquiryView, PayView};
use farthing_dialect_antom::signed::{self, Claim};
use farthing_engine::{Caller, Failure, InquiredPayment, KnownClient, Paid, WithDetails};
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
    /// The path in the bytes that verified; the answer is signed with it.
    path: String,
    edition: Edition,
}

impl Api {
    /// Answers one request of an Antom client, or of one that speaks the older edition.
    pub(super) async fn answer_antom(&self, request: RawRequest) -> RawReply {
        let head = &request.head;
        let operation = find_operation(&head.target);
        let table = operation.map_or(Table::Gateway, Operation::table);
        let checked = self.check_antom(operation, &request);
        let (operation, body) = match checked {
            Ok(checked) => checked,
            Err(refusal) => return self.refuse_antom(head, table, &refusal).await,
        };
        let verified = match self.verify(head, &body).await {
            Ok(verified) => verified,
            Err(refusal) => return self.refuse_hinted(head, table, &refusal, &body).await,
        };
        let (edition, path) = (verified.edition, verified.path.clone());
        let turn = match self.turn_of(&verified.client).await {
            Ok(turn) => turn,
            Err(TooMuch::Unsigned) => return unsigned_refusal(),
            Err(TooMuch::Told(refusal)) => {
                note_refusal(head, &refusal);
                return self.send(head, &path, tell_refusal(edition, table, &body, &refusal).into()).await;
            }
        };
        let carried = self.carry_out(operation, &body, head, verified).await;
        let answer = match carried {
            Ok(answer) => answer,
            Err(failure) => {
                note_failure(head, operation.name(), &failure);
                match failure {
                    Failure::HungUp => return RawReply::hang_up(),
                    Failure::Told(told) => tell_code(edition, table, told.code).into(),
                    failure => tell_refusal(edition, table, &body, &as_refusal(&failure)).into(),
                }
            }
        };
        // An answer that a sandbox holds back keeps nobody else from working.
        let _turn = answer.fault.is_none().then_some(turn);
        self.send(head, &path, answer).await
    }

    /// The answer when nobody knows what became of the request.
    pub(super) async fn antom_unknown(&self, head: &RequestHead) -> RawReply {
        let table = find_operation(&head.target).map_or(Table::Gateway, Operation::table);
        let body = reply::encode_reason(self.claimed_edition(head), table, UNKNOWN);
        self.send(head, &head.target, body.into()).await
    }

    /// Path, method, media type and body, in this order.
    fn check_antom(
        &self,
        operation: Option<Operation>,
        request: &RawRequest,
    ) -> Result<(Operation, Bytes), Refusal> {
        let operation = operation.ok_or(Reason::OperationUnknown)?;
        let body = check_envelope(request)?;
        let is_legacy = self.claimed_edition(&request.head) == Edition::Alipay;
        if is_legacy && !accepts_media(request.head.header("accept")) {
            return Err(Reason::MediaTypeNotAcceptable.into());
        }
        Ok((operation, body))
    }

    /// The edition of the client that a request names, before anything is verified.
    fn claimed_edition(&self, head: &RequestHead) -> Edition {
        let claimed = signed::claimed_client_id(&|name| head.header(name));
        let known = claimed.and_then(|id| self.parts.engine.known_client(&ClientId::new(id)));
        known.and_then(|known| Edition::of(known.client.dialect)).unwrap_or(Edition::Antom)
    }

    async fn refuse_antom(&self, head: &RequestHead, table: Table, refusal: &Refusal) -> RawReply {
        note_refusal(head, refusal);
        if !self.signs_refusal(head) {
            return unsigned_refusal();
        }
        let body = reply::encode_error(self.claimed_edition(head), table, refusal);
        self.send(head, &head.target, body.into()).await
    }

    /// As [`Self::refuse_antom`]; in a sandbox, a signature that does not verify is explained in a header.
    async fn refuse_hinted(
        &self,
        head: &RequestHead,
        table: Table,
        refusal: &Refusal,
        body: &Bytes,
    ) -> RawReply {
        let reply = self.refuse_antom(head, table, refusal).await;
        let client_id = signed::claimed_client_id(&|name| head.header(name)).unwrap_or_default();
        let dialect = match self.claimed_edition(head) {
            Edition::Antom => Dialect::Antom,
            Edition::Alipay => Dialect::Alipay,
        };
        self.with_hint(reply, head, (dialect, client_id), body, refusal)
    }

    /// Finds the client and its key, and verifies the signature over the bytes as received.
    async fn verify(&self, head: &RequestHead, body: &Bytes) -> Result<Verified, Refusal> {
        let claim = signed::claim(&head.method, &head.target, &|name| head.header(name), body)?;
        let client = self.parts.engine.known_client(&ClientId::new(claim.client_id.as_str()));
        let client = client.ok_or(Reason::ClientUnknown)?;
        let edition = Edition::of(client.client.dialect).ok_or(Reason::ClientUnknown)?;
        if client.client.status == ClientStatus::Disabled {
            return Err(Reason::ClientDisabled.into());
        }
        let path = self.verify_claim(&client, claim).await?;
        Ok(Verified { client, path, edition })
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
        verified: Verified,
    ) -> Result<Answer, Failure> {
        let edition = verified.edition;
        let caller = self.parts.engine.caller(verified.client)?;
        let request = decode_request(operation, body, caller.moment.real_now).map_err(Refusal::from)?;
        let (engine, settings) = (&self.parts.engine, &caller.client().settings.0);
        let codes = code_table(caller.client().dialect);
        let table = operation.table();
        match request {
            AntomRequest::Pay(request) => {
                let paid = engine.pay(&caller, *request, codes).await?;
                let body = match paid.told {
                    Some(told) => tell_pay_code(edition, told.code),
                    None => self.tell_pay(edition, &caller, head, &paid).await?,
                };
                Ok(Answer { body, fault: paid.fault })
            }
            AntomRequest::InquiryPayment(name) => {
                let found = engine.inquire_payment(&caller, &name, WithDetails::OfResult, codes).await?;
                let body = match found.told {
                    Some(told) => tell_code(edition, table, told.code),
                    None => self.tell_inquiry(edition, settings, head, found.outcome),
                };
                Ok(Answer { body, fault: found.fault })
            }
            AntomRequest::Cancel(request) => {
                let cancelled = engine.cancel(&caller, &request, codes).await?;
                let payment = cancelled.outcome.ok_or(Reason::PaymentNotFound)?;
                Ok(Answer { body: reply::encode_cancel(&payment), fault: cancelled.fault })
            }
            AntomRequest::Refund(request) => {
                let refunded = engine.refund(&caller, *request, codes).await?;
                let body = match refunded.told {
                    Some(told) if !is_open(told.reason) => tell_code(edition, table, told.code),
                    _ => reply::encode_refund(edition, &refunded.refund),
                };
                Ok(Answer { body, fault: refunded.fault })
            }
            AntomRequest::InquiryRefund(name) => {
                let found = engine.inquire_refund(&caller, &name, codes).await?;
                let body = match found.told {
                    Some(told) => tell_code(edition, table, told.code),
                    None => reply::encode_inquiry_refund(&found.outcome),
                };
                Ok(Answer { body, fault: found.fault })
            }
            AntomRequest::Capture(request) => {
                let captured = engine.capture(&caller, *request, codes).await?;
                let body = match captured.told {
                    Some(told) if !is_open(told.reason) => tell_code(edition, table, told.code),
                    _ => reply::encode_capture(edition, &captured.capture),
                };
                Ok(Answer { body, fault: captured.fault })
            }
            AntomRequest::Declare(request) => {
                let declared = engine.declare(&caller, *request, codes).await?;
                let body = match declared.told {
                    Some(told) => tell_code(edition, table, told.code),
                    None => reply::encode_declare(&declared.outcome),
                };
                Ok(Answer { body, fault: declared.fault })
            }
            other => self.carry_out_without_id(operation, other, head, &caller).await,
        }
    }

    /// Operations that carry no id of the merchant's; in a sandbox, rules say what they answer.
    async fn carry_out_without_id(
        &self,
        operation: Operation,
        request: AntomRequest,
        head: &RequestHead,
        caller: &Caller,
    ) -> Result<Answer, Failure> {
        let engine = &self.parts.engine;
        let codes = code_table(caller.client().dialect);
        let (told, fault) = engine.told_by_rule(caller, operation.name(), codes).await?;
        if let Some(told) = told {
            return Err(Failure::Told(told));
        }
        let body = match request {
            AntomRequest::Consult(request) => {
                let made = engine.consult(caller, *request).await?;
                let page_url = cashier::authorization_url(&self.public_url(head), &made);
                reply::encode_consult(&ConsultView { page_url: &page_url, app_identifier: None })
            }
            AntomRequest::ApplyToken(request) => {
                let tokens = engine.apply_token(caller, request).await?;
                let granted =
                    GrantedTokens { access: &tokens.access_token, refresh: Some(&tokens.refresh_token) };
                let user = tokens.user.map(payer_view);
                reply::encode_apply_token(&tokens.agreement, granted, user.as_ref())
            }
            AntomRequest::Revoke(request) => {
                engine.revoke(caller, &request).await?;
                reply::encode_revoke()
            }
            AntomRequest::InquireExchangeRate(request) => {
                let rates = engine.directory().rates();
                let wanted: Vec<_> = rates.iter().filter(|rate| request.wants(rate)).collect();
                reply::encode_inquire_exchange_rate(&wanted)
            }
            AntomRequest::InquiryDeclarationRequests(ids) => {
                let found = engine.inquire_declarations(caller, &ids).await?;
                let (mut known, mut unknown) = (Vec::new(), Vec::new());
                for (id, declaration) in found {
                    match declaration {
                        Some(declaration) => known.push(declaration),
                        None => unknown.push(id),
                    }
                }
                reply::encode_inquiry_declaration_requests(&known, &unknown)
            }
            AntomRequest::Pay(_)
            | AntomRequest::InquiryPayment(_)
            | AntomRequest::Cancel(_)
            | AntomRequest::Refund(_)
            | AntomRequest::InquiryRefund(_)
            | AntomRequest::Capture(_)
            | AntomRequest::Declare(_) => unreachable!("operations with an id are carried out before"),
        };
        Ok(Answer { body, fault })
    }

    async fn tell_pay(
        &self,
        edition: Edition,
        caller: &Caller,
        head: &RequestHead,
        paid: &Paid,
    ) -> Result<Vec<u8>, Failure> {
        let redirect_url = self.payment_page(head, &paid.payment);
        let payer = paid.payer.clone().map(payer_view);
        // Only the answer about a card tells something of what the merchant said itself.
        let details = match paid.payment.card {
            Some(_) => self.parts.engine.payment_details(&paid.payment).await?,
            None => None,
        };
        Ok(reply::encode_pay(
            edition,
            &PayView {
                payment: &paid.payment,
                details: details.as_ref(),
                card_token: paid.card_token.as_ref(),
                redirect_url: redirect_url.as_deref(),
                payer: payer.as_ref(),
                settings: &caller.client().settings.0,
            },
        ))
    }

    fn tell_inquiry(
        &self,
        edition: Edition,
        settings: &ClientSettings,
        head: &RequestHead,
        found: InquiredPayment,
    ) -> Vec<u8> {
        let redirect_url = self.payment_page(head, &found.payment);
        let payer = found.payer.map(payer_view);
        let view = InquiryView {
            payment: &found.payment,
            refunds: &found.refunds,
            captures: &found.captures,
            details: found.details.as_ref(),
            card_token: found.card_token.as_ref(),
            payer: payer.as_ref(),
            redirect_url: redirect_url.as_deref(),
            settings,
        };
        reply::encode_inquiry_payment(edition, &view)
    }

    fn payment_page(&self, head: &RequestHead, payment: &Payment) -> Option<String> {
        farthing_engine::awaits_user(payment).then(|| cashier::payment_url(&self.public_url(head), payment))
    }

    /// Signs an answer with the gateway's key and puts the headers on it.
    async fn send(&self, head: &RequestHead, path: &str, answer: Answer) -> RawReply {
        let delivery = hold_back(answer.fault).await;
        if delivery == Delivery::Dropped {
            return RawReply::hang_up();
        }
        let client_id = signed::claimed_client_id(&|name| head.header(name)).unwrap_or_default().to_owned();
        let time = signed::format_message_time(self.parts.engine.real_now());
        let bytes = signed::bytes_to_sign_reply(&head.method, path, &client_id, &time, &answer.body);
        let (key_version, key) = self.parts.keys.current();
        match self.parts.signer.sign(key, Algorithm::RsaSha256, bytes).await {
            Err(error) => unsigned(&error),
            Ok(signature) => {
                let signature = delivery.signature(signature);
                let headers = signed::attach_to_reply(&client_id, &time, &key_version, &signature);
                let reply = RawReply::new(StatusCode::OK, answer.body);
                headers.into_iter().fold(reply, |reply, (name, value)| reply.with_text(name, &value))
            }
        }
    }
}

/// Whether a code leaves the matter open, so that the ids are told beside it.
fn is_open(reason: Reason) -> bool {
    matches!(reason, Reason::RefundInProcess | Reason::CaptureInProcess)
}

fn tell_code(edition: Edition, table: Table, code: &str) -> Vec<u8> {
    match edition.table(table).find(code) {
        Some(row) => reply::encode_code(row),
        None => reply::encode_reason(edition, table, UNKNOWN),
    }
}

/// A Cashier Payment names codes of the payment result table as well.
fn tell_pay_code(edition: Edition, code: &str) -> Vec<u8> {
    match Table::Pay.find(code).or_else(|| Table::PaymentResult.find(code)) {
        Some(row) => reply::encode_code(row),
        None => reply::encode_reason(edition, Table::Pay, UNKNOWN),
    }
}

/// How a refusal is told. A pay of a Cashier Payment has more codes than one of Auto Debit.
fn tell_refusal(edition: Edition, table: Table, body: &[u8], refusal: &Refusal) -> Vec<u8> {
    let is_plain = refusal.reason != Reason::ParameterIllegal;
    if table == Table::Pay && is_plain && is_cashier(body) {
        return reply::encode_pay_refusal(edition, Product::CashierPayment, refusal.reason);
    }
    reply::encode_error(edition, table, refusal)
}

fn is_cashier(body: &[u8]) -> bool {
    let request: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let product = request.as_ref().and_then(|request| request.get("productCode")?.as_str());
    product == Some("CASHIER_PAYMENT")
}

/// A payer in Antom's words.
pub(crate) fn payer_view(view: farthing_engine::PayerView) -> reply::PayerView {
    reply::PayerView {
        psp_name: Some(view.wallet),
        psp_customer_id: Some(view.user_id),
        display_customer_id: Some(view.login_masked),
    }
}
