//! Ready-made requests and rules. They fit the rows of [`super::Shelf::stocked`]; change fields to taste.

use std::sync::Arc;

use serde_json::json;

use super::{
    METHOD, NOTIFY_URL, access_fingerprint, admin_act, agreement_id, asker, attempt_id, authorization_id,
    code_fingerprint, currency, delivery_attempt, delivery_id, fingerprint, hkd, merchant, merchant_id,
    moment, noon, payment_id, refresh_fingerprint, user_id, wallet_id, world_id,
};
use crate::ids::{AgreementId, AttemptId, DeliveryId, PaymentId, RefundId, RequestId};
use crate::money::Money;
use crate::request::{ConsultRequest, PayRequest, PaymentName, RefundRequest, Secret};
use crate::rows::{Payment, Product};
use crate::rules::cancel_payment::CancelPayment;
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::decide_authorization::{Consent, DecideAuthorization};
use crate::rules::deliver::{BeginDelivery, EndDelivery, Next};
use crate::rules::exchange_auth_code::{ExchangeAuthCode, TokenPair};
use crate::rules::expire_payment::ExpirePayment;
use crate::rules::fund_wallet::FundWallet;
use crate::rules::move_clock::{ClockMove, MoveClock};
use crate::rules::pay::{Course, FreshIds, Pay, Payer, Planned};
use crate::rules::refresh_token::RefreshToken;
use crate::rules::refund_payment::RefundPayment;
use crate::rules::request_authorization::RequestAuthorization;
use crate::rules::revoke_agreement::RevokeAgreement;
use crate::time::{MINUTE_MS, Timestamp};

/// A request to take 100.00 HKD on the sample agreement.
#[must_use]
pub fn pay_request() -> PayRequest {
    PayRequest {
        request_id: RequestId::new("pay-1"),
        product: Product::AgreementPayment,
        amount: hkd(super::AMOUNT_MINOR),
        method: METHOD.to_owned(),
        payer_token: Some(Secret::new("access token")),
        secondary_merchant: None,
        settlement_currency: Some(currency("USD")),
        expiry_ms: None,
        notify_url: Some(NOTIFY_URL.to_owned()),
        redirect_url: Some("https://merchant.example/back".to_owned()),
        document: json!({"order": {"orderDescription": "a book"}}),
    }
}

/// The sample payment being asked for at noon: it succeeds on the sample wallet.
#[must_use]
pub fn pay() -> Pay {
    Pay {
        asker: asker(),
        merchant: Arc::new(merchant()),
        config_version: 1,
        request: pay_request(),
        payer_fingerprint: Some(access_fingerprint()),
        payer: Some(payer()),
        notify_url: Some(NOTIFY_URL.to_owned()),
        course: Course::Rules,
        moment: moment(noon()),
        fresh: FreshIds {
            payment_id: payment_id(),
            attempt_id: attempt_id(),
            delivery_id: delivery_id(),
            salt: [7; 16],
        },
    }
}

/// The sample payment with a result that is planned for `due_at`: what the rules say then.
#[must_use]
pub fn pay_later(due_at: Timestamp) -> Pay {
    Pay { course: Course::Later { planned: Some(Planned { due_at, failure: None }) }, ..pay() }
}

/// The sample payment as a cashier payment: it waits for a user.
#[must_use]
pub fn cashier_pay() -> Pay {
    let request = PayRequest { product: Product::CashierPayment, payer_token: None, ..pay_request() };
    Pay { request, payer_fingerprint: None, payer: None, ..pay() }
}

/// The result of the sample payment's attempt: what the rules say.
#[must_use]
pub fn complete_attempt(now: Timestamp) -> CompleteAttempt {
    CompleteAttempt {
        merchant: Arc::new(merchant()),
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        attempt_id: attempt_id(),
        payer: Some(payer()),
        failure: None,
        moment: moment(now),
        delivery_id: DeliveryId::new("D2"),
    }
}

/// The sweep at `now`, for the sample payment.
#[must_use]
pub fn expire(now: Timestamp) -> ExpirePayment {
    ExpirePayment {
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        moment: moment(now),
        delivery_id: DeliveryId::new("D3"),
    }
}

/// A cancel of `payment` at `now`, which names its wallet and the sample attempt if one is open.
#[must_use]
pub fn cancel(payment: &Payment, now: Timestamp) -> CancelPayment {
    let attempt_ids: Vec<AttemptId> = if payment.open_attempts > 0 { vec![attempt_id()] } else { Vec::new() };
    CancelPayment {
        merchant_id: payment.merchant_id.clone(),
        payment_id: payment.payment_id.clone(),
        wallet_id: payment.wallet_id.clone(),
        attempt_ids,
        moment: moment(now),
    }
}

/// The `number`th refund of the sample payment at `now`; another number is another refund.
#[must_use]
pub fn refund_of(amount: Money, number: u32, now: Timestamp) -> RefundPayment {
    let request = RefundRequest {
        request_id: RequestId::new(format!("refund-{number}")),
        payment: PaymentName::Id(payment_id()),
        amount,
        notify_url: Some(NOTIFY_URL.to_owned()),
        document: json!({"refundReason": "torn"}),
    };
    RefundPayment {
        asker: asker(),
        merchant: Arc::new(merchant()),
        request,
        payment_id: payment_id(),
        wallet_id: Some(wallet_id()),
        notify_url: Some(NOTIFY_URL.to_owned()),
        moment: moment(now),
        refund_id: RefundId::new(format!("20261123120000000000002000{number:06}")),
        delivery_id: DeliveryId::new(format!("D-refund-{number}")),
    }
}

/// A request that a user agrees to debits.
#[must_use]
pub fn consult_request() -> ConsultRequest {
    ConsultRequest {
        method: METHOD.to_owned(),
        auth_state: "state-1".to_owned(),
        redirect_url: "https://merchant.example/back".to_owned(),
        notify_url: Some(NOTIFY_URL.to_owned()),
        auth_client_id: None,
        scopes: vec!["AGREEMENT_PAY".to_owned()],
        document: json!({"osType": "IOS"}),
    }
}

/// The sample authorization being asked for at noon.
#[must_use]
pub fn request_authorization() -> RequestAuthorization {
    RequestAuthorization {
        asker: asker(),
        merchant: Arc::new(merchant()),
        request: consult_request(),
        notify_url: Some(NOTIFY_URL.to_owned()),
        moment: moment(noon()),
        authorization_id: authorization_id(),
    }
}

/// The sample user agrees to the sample authorization at noon.
#[must_use]
pub fn approve() -> DecideAuthorization {
    let consent = Consent {
        user_id: user_id(),
        wallet_id: wallet_id(),
        code_fingerprint: code_fingerprint(),
        code_sealed: vec![0xc2; 4],
        delivery_id: DeliveryId::new("D4"),
    };
    DecideAuthorization { consent: Some(consent), ..decline() }
}

/// The sample user does not agree.
#[must_use]
pub fn decline() -> DecideAuthorization {
    DecideAuthorization {
        merchant_id: merchant_id(),
        authorization_id: authorization_id(),
        consent: None,
        moment: moment(noon()),
    }
}

/// A fresh pair of tokens, told from other pairs by one byte; `byte` and the one after it are used.
#[must_use]
pub fn token_pair(byte: u8) -> TokenPair {
    TokenPair {
        access_fingerprint: fingerprint(byte),
        access_sealed: vec![byte; 4],
        refresh_fingerprint: fingerprint(byte + 1),
        refresh_sealed: vec![byte + 1; 4],
    }
}

/// The code of the approved sample authorization is turned in at `now`, for agreement `A2`.
#[must_use]
pub fn exchange_auth_code(now: Timestamp) -> ExchangeAuthCode {
    ExchangeAuthCode {
        merchant_id: merchant_id(),
        authorization_id: authorization_id(),
        code_fingerprint: code_fingerprint(),
        method: METHOD.to_owned(),
        agreement_id: AgreementId::new("A2"),
        tokens: token_pair(0xd1),
        moment: moment(now),
        delivery_id: DeliveryId::new("D5"),
    }
}

/// The refresh token of the sample agreement is turned in at `now`.
#[must_use]
pub fn refresh_token(now: Timestamp) -> RefreshToken {
    RefreshToken {
        merchant_id: merchant_id(),
        agreement_id: agreement_id(),
        refresh_fingerprint: refresh_fingerprint(),
        method: METHOD.to_owned(),
        tokens: token_pair(0xe1),
        moment: moment(now),
        delivery_id: DeliveryId::new("D6"),
    }
}

/// The merchant takes the sample agreement back at `now`, by its access token.
#[must_use]
pub fn revoke_agreement(now: Timestamp) -> RevokeAgreement {
    RevokeAgreement {
        merchant_id: merchant_id(),
        agreement_id: agreement_id(),
        access_fingerprint: Some(access_fingerprint()),
        why: None,
        moment: moment(now),
        delivery_id: DeliveryId::new("D7"),
    }
}

/// The sample wallet is funded at noon (drawn down, when `amount` is negative).
#[must_use]
pub fn fund_wallet(amount: Money) -> FundWallet {
    FundWallet { wallet_id: wallet_id(), amount, moment: moment(noon()), act: admin_act("act-fund") }
}

/// The sample world's clock is moved.
#[must_use]
pub fn move_clock(by: ClockMove, real_now: Timestamp) -> MoveClock {
    MoveClock { world_id: world_id(), by, real_now, act: admin_act(&format!("act-clock-{}", real_now.ms())) }
}

/// A try of the sample delivery is begun at `now`, under a lease of one minute.
#[must_use]
pub fn begin_delivery(now: Timestamp) -> BeginDelivery {
    let moment = moment(now);
    BeginDelivery {
        delivery_id: delivery_id(),
        owner: "worker-1".to_owned(),
        lease_until: moment.real_now.plus_ms(MINUTE_MS),
        moment,
    }
}

/// The `attempt_number`th try of the sample delivery ends at `now`.
#[must_use]
pub fn end_delivery(attempt_number: i64, next: Next, now: Timestamp) -> EndDelivery {
    EndDelivery { attempt: delivery_attempt(attempt_number, moment(now)), next, moment: moment(now) }
}

fn payer() -> Payer {
    Payer { agreement_id: agreement_id(), wallet_id: wallet_id(), user_id: user_id() }
}

/// Fresh ids for a payment, told from others by a number of at most six digits; for tests that pay more than once.
#[must_use]
pub fn fresh_ids(number: u32) -> FreshIds {
    FreshIds {
        payment_id: PaymentId::new(format!("20261123120000000000001000{number:06}")),
        attempt_id: AttemptId::new(format!("T-{number}")),
        delivery_id: DeliveryId::new(format!("D-pay-{number}")),
        salt: [7; 16],
    }
}
