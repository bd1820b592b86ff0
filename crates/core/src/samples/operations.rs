//! Ready-made requests and rules. They fit the rows of [`super::Shelf::stocked`]; change fields to taste.

use std::sync::Arc;

use serde_json::json;

use super::{
    METHOD, NOTIFY_URL, access_fingerprint, admin_act, agreement_id, asker, attempt_id, authorization_id,
    card_fingerprint, card_id, code_fingerprint, currency, delivery_attempt, delivery_id, fingerprint, hkd,
    merchant, merchant_id, moment, noon, outcome_id, payment_id, rate, refresh_fingerprint, settlement_id,
    user_id, wallet_id, world_id,
};
use crate::card::{CardGiven, CardTyped};
use crate::ids::{AgreementId, AttemptId, CaptureId, DeliveryId, PaymentId, RefundId, RequestId};
use crate::money::Money;
use crate::reason::Reason;
use crate::request::{
    CancelOfPaid, CaptureMode, CaptureRequest, CardRequest, CardSource, ConsultRequest, DeclareRequest,
    PayRequest, PaymentName, RefundAmount, RefundRequest, Secret,
};
use crate::rows::{Payment, PlannedEnd, Product, Rates};
use crate::rules::approve_payment::{ApprovePayment, Verdict};
use crate::rules::cancel_payment::CancelPayment;
use crate::rules::cancel_unseen::CancelUnseen;
use crate::rules::capture_payment::CapturePayment;
use crate::rules::card_issuer::{CardAtHand, FreshCard};
use crate::rules::complete_attempt::CompleteAttempt;
use crate::rules::complete_capture::CompleteCapture;
use crate::rules::complete_refund::CompleteRefund;
use crate::rules::decide_authorization::{Consent, DecideAuthorization};
use crate::rules::declare_customs::DeclareCustoms;
use crate::rules::deliver::{BeginDelivery, EndDelivery, Next};
use crate::rules::exchange_auth_code::{ExchangeAuthCode, TokenPair};
use crate::rules::expire_payment::ExpirePayment;
use crate::rules::fund_wallet::FundWallet;
use crate::rules::move_clock::{ClockMove, MoveClock};
use crate::rules::pay::{Course, FreshIds, Pay, Payer, Planned};
use crate::rules::refresh_token::RefreshToken;
use crate::rules::refund_payment::{Afterwards, LaterResult, RefundPayment};
use crate::rules::request_authorization::RequestAuthorization;
use crate::rules::revoke_agreement::RevokeAgreement;
use crate::rules::settle_merchant::{SettleMerchant, Sum};
use crate::rules::use_outcome::UseOutcome;
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
        card: None,
        payment_code: None,
        capture: CaptureMode::AtOnce,
        floor: None,
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
        card: None,
        takes_cards: true,
        rates: Arc::new(Rates::new(vec![rate()])),
        notify_url: Some(NOTIFY_URL.to_owned()),
        course: Course::Rules,
        moment: moment(noon()),
        fresh: FreshIds {
            payment_id: payment_id(),
            attempt_id: attempt_id(),
            delivery_id: delivery_id(),
            salt: [7; 16],
            card: Some(fresh_card()),
        },
    }
}

/// The sample payment with a result that is planned for `due_at`: what the rules say then.
#[must_use]
pub fn pay_later(due_at: Timestamp) -> Pay {
    Pay { course: later(Some(Planned { due_at, end: PlannedEnd::Succeed })), ..pay() }
}

/// The course of a payment whose result comes later, or never; its user has still to do something.
#[must_use]
pub fn later(planned: Option<Planned>) -> Course {
    Course::Later { planned, user_done: false, open_reason: None }
}

/// The sample payment by what the rules say; once it is paid, it is to be ended at `due_at` for `reason`.
#[must_use]
pub fn pay_reversed(due_at: Timestamp, reason: Reason) -> Pay {
    Pay { course: Course::Reversed { due_at, reason }, ..pay() }
}

/// The sample payment as a cashier payment: it waits for a user.
#[must_use]
pub fn cashier_pay() -> Pay {
    let request = PayRequest { product: Product::CashierPayment, payer_token: None, ..pay_request() };
    Pay { request, payer_fingerprint: None, payer: None, ..pay() }
}

/// The sample payment by code, in a shop, from the sample wallet.
#[must_use]
pub fn in_store_pay() -> Pay {
    let payment_code = Some(Secret::new("280000000000000001"));
    let request =
        PayRequest { product: Product::InStorePayment, payer_token: None, payment_code, ..pay_request() };
    let payer = Some(Payer { agreement_id: None, ..payer() });
    Pay { request, payer_fingerprint: None, payer, ..pay() }
}

/// The sample payment in CNY from a wallet of AlipayCN, for [`super::Shelf::stocked_in_cny`]; it can be declared.
#[must_use]
pub fn cny_pay() -> Pay {
    let amount = Money::new(super::AMOUNT_MINOR, currency("CNY"));
    let request = PayRequest { amount, method: "ALIPAY_CN".to_owned(), ..pay_request() };
    Pay { request, ..pay() }
}

/// A Visa card of the sources, good until the end of 2029, with a CVV, that no 3-D Secure is asked for.
#[must_use]
pub fn card_at_hand() -> CardAtHand {
    card_of("4054695723100768")
}

/// The sample payment by that card: it is paid at once.
#[must_use]
pub fn card_pay() -> Pay {
    let waiting = cashier_pay();
    let card = card_at_hand();
    let request =
        PayRequest { method: "CARD".to_owned(), card: Some(card.request.clone()), ..waiting.request };
    Pay { request, card: Some(card), ..waiting }
}

/// The sample payment by card, authorized to be captured later.
#[must_use]
pub fn authorize_card() -> Pay {
    let sale = card_pay();
    Pay { request: PayRequest { capture: CaptureMode::Later, ..sale.request }, ..sale }
}

/// The sample user pays the sample payment from the sample wallet at `now`.
#[must_use]
pub fn approve_payment(now: Timestamp) -> ApprovePayment {
    ApprovePayment {
        merchant: Arc::new(merchant()),
        payment_id: payment_id(),
        verdict: Verdict::PayFromWallet { wallet_id: wallet_id(), user_id: user_id() },
        fresh_card: Some(fresh_card()),
        attempt_id: attempt_id(),
        moment: moment(now),
        delivery_id: DeliveryId::new("D8"),
    }
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
        end: PlannedEnd::Succeed,
        fresh_card: Some(fresh_card()),
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
        of_paid: CancelOfPaid::GiveBack,
        moment: moment(now),
    }
}

/// A cancel at `now` of the sample payment's request id, which nobody has seen.
#[must_use]
pub fn cancel_unseen(now: Timestamp) -> CancelUnseen {
    CancelUnseen { merchant_id: merchant_id(), request_id: pay_request().request_id, moment: moment(now) }
}

/// The `number`th capture of the authorized sample payment at `now`; another number is another capture.
#[must_use]
pub fn capture_of(amount: Money, number: u32, now: Timestamp) -> CapturePayment {
    let request = CaptureRequest {
        request_id: RequestId::new(format!("capture-{number}")),
        payment: PaymentName::Id(payment_id()),
        amount,
        is_last: false,
        document: json!({"captureAmount": amount.amount_minor}),
    };
    CapturePayment {
        asker: asker(),
        merchant: Arc::new(merchant()),
        request,
        payment_id: payment_id(),
        notify_url: Some(NOTIFY_URL.to_owned()),
        course: Afterwards::Rules,
        moment: moment(now),
        capture_id: nth_capture(number),
        delivery_id: DeliveryId::new(format!("D-capture-{number}")),
    }
}

/// The result of the `number`th capture of the sample payment, at `now`: it takes the money.
#[must_use]
pub fn complete_capture(number: u32, now: Timestamp) -> CompleteCapture {
    CompleteCapture {
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        capture_id: nth_capture(number),
        failure: None,
        moment: moment(now),
        delivery_id: DeliveryId::new(format!("D-captured-{number}")),
    }
}

fn nth_capture(number: u32) -> CaptureId {
    CaptureId::new(format!("20261123120000000000003000{number:06}"))
}

/// The result of the `number`th refund of the sample payment, at `now`: the money goes back to the sample wallet.
#[must_use]
pub fn complete_refund(number: u32, now: Timestamp) -> CompleteRefund {
    CompleteRefund {
        merchant_id: merchant_id(),
        payment_id: payment_id(),
        refund_id: nth_refund(number),
        wallet_id: Some(wallet_id()),
        failure: None,
        moment: moment(now),
        delivery_id: DeliveryId::new(format!("D-refunded-{number}")),
    }
}

fn nth_refund(number: u32) -> RefundId {
    RefundId::new(format!("20261123120000000000002000{number:06}"))
}

/// The course of a refund or a capture whose result comes at `due_at`: it fails for `reason`, or succeeds.
#[must_use]
pub fn taken_up(due_at: Timestamp, reason: Option<Reason>) -> Afterwards {
    Afterwards::Later(LaterResult { due_at: Some(due_at), reason })
}

/// The `number`th declaration of the payment of [`cny_pay`] at `now`; another number is another declaration.
#[must_use]
pub fn declare(amount: Money, number: u32, now: Timestamp) -> DeclareCustoms {
    let request = DeclareRequest {
        request_id: RequestId::new(format!("declare-{number}")),
        payment: PaymentName::Id(payment_id()),
        amount,
        customs_code: "HANGZHOU".to_owned(),
        content: "everything that was declared".to_owned(),
        document: json!({"customs": {"customsCode": "HANGZHOU", "region": "CN"}}),
    };
    DeclareCustoms {
        asker: asker(),
        merchant: Arc::new(merchant()),
        request,
        payment_id: payment_id(),
        failure: None,
        moment: moment(now),
        customs_payment_id: format!("{number:022}"),
        customs_order_id: format!("{number:020}"),
    }
}

/// The sample merchant's day is settled at noon: two payments, one refund, 2.50 % kept.
#[must_use]
pub fn settle() -> SettleMerchant {
    SettleMerchant {
        merchant_id: merchant_id(),
        world_id: world_id(),
        settle_day: "20261122".to_owned(),
        currency: currency("HKD"),
        credit: Sum { count: 2, amount_minor: 2 * super::AMOUNT_MINOR },
        debit: Sum { count: 1, amount_minor: super::AMOUNT_MINOR / 4 },
        converted: Vec::new(),
        waived_minor: 0,
        fee_basis_points: 250,
        moment: moment(noon()),
        settlement_id: settlement_id(),
    }
}

/// The sample rule of the sandbox is used.
#[must_use]
pub fn use_outcome() -> UseOutcome {
    UseOutcome { outcome_id: outcome_id() }
}

/// The `number`th refund of the sample payment at `now`; another number is another refund.
#[must_use]
pub fn refund_of(amount: Money, number: u32, now: Timestamp) -> RefundPayment {
    let request = RefundRequest {
        request_id: RequestId::new(format!("refund-{number}")),
        is_named_by_nonce: false,
        payment: PaymentName::Id(payment_id()),
        capture_id: None,
        amount: RefundAmount::Of(amount),
        notify_url: Some(NOTIFY_URL.to_owned()),
        document: json!({"refundReason": "torn"}),
    };
    RefundPayment {
        asker: asker(),
        merchant: Arc::new(merchant()),
        request,
        payment_id: payment_id(),
        wallet_id: Some(wallet_id()),
        capture: None,
        notify_url: Some(NOTIFY_URL.to_owned()),
        course: Afterwards::Rules,
        moment: moment(now),
        refund_id: nth_refund(number),
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
        merchant_agreement_id: None,
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
        merchant_agreement: None,
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
        attempt_count: 0,
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
    Payer { agreement_id: Some(agreement_id()), wallet_id: wallet_id(), user_id: user_id() }
}

fn fresh_card() -> FreshCard {
    FreshCard { card_id: card_id(), token_fingerprint: card_fingerprint(), token_sealed: vec![0xf2; 4] }
}

/// A card of this number, otherwise as [`card_at_hand`] has it.
#[must_use]
pub fn card_of(number: &str) -> CardAtHand {
    let typed =
        CardTyped { number, cvv: Some("123"), expiry_month: "12", expiry_year: "29", has_address: false };
    CardAtHand {
        request: CardRequest {
            source: CardSource::Given(CardGiven::read(typed)),
            asks_authentication: false,
            is_to_be_saved: false,
            customer_id: None,
        },
        saved: None,
    }
}

/// Fresh ids for a payment, told from others by a number of at most six digits; for tests that pay more than once.
#[must_use]
pub fn fresh_ids(number: u32) -> FreshIds {
    FreshIds {
        payment_id: PaymentId::new(format!("20261123120000000000001000{number:06}")),
        attempt_id: AttemptId::new(format!("T-{number}")),
        delivery_id: DeliveryId::new(format!("D-pay-{number}")),
        salt: [7; 16],
        card: None,
    }
}
