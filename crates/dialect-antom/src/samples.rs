//! Ready-made rows for the tests of this crate.

use farthing_core::ids::{
    AgreementId, AuthorizationId, ClientId, Digest, Fingerprint, MerchantId, PaymentId, RefundId, RequestId,
    UserId, WalletId, WorldId,
};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::Reason;
use farthing_core::rows::{
    Agreement, AgreementState, Authorization, AuthorizationState, Json, Payment, PaymentState, Product,
    Refund, RefundState,
};
use farthing_core::time::{MINUTE_MS, SECOND_MS, Timestamp};

use crate::reply::PayerView;

/// 2019-11-27T12:01:01+08:00, the moment of the sources' examples.
pub(crate) fn noon() -> Timestamp {
    Timestamp::from_ms(1_574_827_261_000)
}

pub(crate) fn hkd(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::parse("HKD").unwrap())
}

/// An Auto Debit of 100.00 HKD, paid two seconds after it was made.
pub(crate) fn paid() -> Payment {
    let paid_at = noon().plus_ms(2 * SECOND_MS);
    Payment {
        state: PaymentState::Succeeded,
        captured_minor: 10_000,
        paid_at: Some(paid_at),
        cancel_until: Some(paid_at.plus_ms(MINUTE_MS)),
        refund_until: Some(paid_at.plus_ms(MINUTE_MS)),
        ..in_process(Product::AgreementPayment)
    }
}

pub(crate) fn in_process(product: Product) -> Payment {
    Payment {
        merchant_id: MerchantId::new("M_1"),
        payment_id: PaymentId::new("20191127120101000000000000000001"),
        request_id: RequestId::new("order-1"),
        client_id: ClientId::new("SANDBOX_1"),
        world_id: WorldId::new("main"),
        product,
        method: "ALIPAY_HK".to_owned(),
        payer_fingerprint: Some(Fingerprint([7; 32])),
        currency: hkd(0).currency,
        amount_minor: 10_000,
        state: PaymentState::Processing,
        user_done: false,
        failure: None,
        captured_minor: 0,
        refunded_minor: 0,
        reserved_minor: 0,
        open_attempts: 0,
        agreement_id: None,
        wallet_id: None,
        settlement_currency: None,
        notify_url: None,
        redirect_url: None,
        created_at: noon(),
        expires_at: noon().plus_ms(MINUTE_MS),
        paid_at: None,
        ended_at: None,
        cancel_until: None,
        refund_until: None,
        config_version: 1,
        details_digest: Digest::ZERO,
        recorded_at: noon(),
        chain_count: 1,
        chain_head: Digest::ZERO,
    }
}

pub(crate) fn failed(product: Product, reason: Reason) -> Payment {
    Payment {
        state: PaymentState::Failed,
        failure: Some(reason),
        ended_at: Some(noon().plus_ms(SECOND_MS)),
        ..in_process(product)
    }
}

/// `payment`, cancelled three seconds after noon.
pub(crate) fn cancelled(payment: Payment) -> Payment {
    Payment { state: PaymentState::Cancelled, ended_at: Some(noon().plus_ms(3 * SECOND_MS)), ..payment }
}

/// A refund of 30.00 HKD that succeeded.
pub(crate) fn refunded() -> Refund {
    Refund {
        state: RefundState::Succeeded,
        refunded_at: Some(noon().plus_ms(5 * SECOND_MS)),
        ..refund_in_process()
    }
}

pub(crate) fn refund_in_process() -> Refund {
    Refund {
        merchant_id: MerchantId::new("M_1"),
        refund_id: RefundId::new("20191127120105000000000000000002"),
        payment_id: in_process(Product::AgreementPayment).payment_id,
        request_id: RequestId::new("refund-1"),
        client_id: ClientId::new("SANDBOX_1"),
        world_id: WorldId::new("main"),
        currency: hkd(0).currency,
        amount_minor: 3_000,
        state: RefundState::Processing,
        failure: None,
        notify_url: None,
        document: r#"{"metadata":"{\"a\":1}"}"#.to_owned(),
        created_at: noon().plus_ms(4 * SECOND_MS),
        refunded_at: None,
        recorded_at: noon(),
    }
}

pub(crate) fn refund_failed(reason: Reason) -> Refund {
    Refund { state: RefundState::Failed, failure: Some(reason), ..refund_in_process() }
}

pub(crate) fn agreement() -> Agreement {
    Agreement {
        merchant_id: MerchantId::new("M_1"),
        agreement_id: AgreementId::new("A_1"),
        authorization_id: Some(AuthorizationId::new("Z_1")),
        client_id: ClientId::new("SANDBOX_1"),
        world_id: WorldId::new("main"),
        user_id: UserId::new("U_1"),
        wallet_id: WalletId::new("W_1"),
        method: "ALIPAY_HK".to_owned(),
        auth_state: "state-1".to_owned(),
        auth_client_id: Some("SECONDARY_1".to_owned()),
        notify_url: None,
        scopes: Json(vec!["AGREEMENT_PAY".to_owned()]),
        state: AgreementState::Active,
        access_fingerprint: Fingerprint([1; 32]),
        access_sealed: vec![1, 2, 3],
        access_expires_at: noon().plus_ms(MINUTE_MS),
        refresh_fingerprint: Fingerprint([2; 32]),
        refresh_sealed: vec![4, 5, 6],
        refresh_expires_at: noon().plus_ms(2 * MINUTE_MS),
        created_at: noon(),
        revoked_at: None,
        recorded_at: noon(),
    }
}

pub(crate) fn authorization() -> Authorization {
    Authorization {
        merchant_id: MerchantId::new("M_1"),
        authorization_id: AuthorizationId::new("Z_1"),
        client_id: ClientId::new("SANDBOX_1"),
        world_id: WorldId::new("main"),
        method: "ALIPAY_HK".to_owned(),
        auth_state: "state-1".to_owned(),
        redirect_url: "https://shop.test/back".to_owned(),
        notify_url: None,
        auth_client_id: None,
        scopes: Json(vec!["AGREEMENT_PAY".to_owned()]),
        state: AuthorizationState::Approved,
        user_id: Some(UserId::new("U_1")),
        wallet_id: Some(WalletId::new("W_1")),
        code_fingerprint: Some(Fingerprint([3; 32])),
        code_expires_at: Some(noon().plus_ms(MINUTE_MS)),
        agreement_id: None,
        request: Json(serde_json::json!({})),
        created_at: noon(),
        recorded_at: noon(),
    }
}

pub(crate) fn payer() -> PayerView {
    PayerView {
        psp_name: Some("AlipayHK".to_owned()),
        psp_customer_id: Some("U_1".to_owned()),
        display_customer_id: Some("a***@x.test".to_owned()),
    }
}
