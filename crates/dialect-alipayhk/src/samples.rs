//! Ready-made rows for the tests of this crate, with the ids of the sources' samples.

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

use crate::head::Head;

/// 2018-12-10T22:42:31-08:00, the moment of the seed's sample answer.
pub(crate) fn noon() -> Timestamp {
    Timestamp::from_ms(1_544_510_551_000)
}

pub(crate) fn hkd(amount_minor: i64) -> Money {
    Money::new(amount_minor, Currency::parse("HKD").unwrap())
}

/// The head of the seed's sample request, under any function.
pub(crate) fn head(function: &str) -> Head {
    Head {
        version: "2.0.0".to_owned(),
        function: function.to_owned(),
        client_id: "4Q5XPV504B0A5302".to_owned(),
        req_msg_id: "1234567asdfasdf1123fda".to_owned(),
        time: "2001-07-04T12:08:56+05:30".to_owned(),
        sign_type: String::new(),
    }
}

/// The waiting payment of the seed's sample.
pub(crate) fn waiting(product: Product) -> Payment {
    Payment {
        merchant_id: MerchantId::new("2160400000002012"),
        payment_id: PaymentId::new("20181210194010800100160960000444145"),
        request_id: RequestId::new("YIDAO_20181211_0000003"),
        client_id: ClientId::new("4Q5XPV504B0A5302"),
        world_id: WorldId::new("main"),
        product,
        method: "ALIPAY_HK".to_owned(),
        payer_fingerprint: None,
        currency: hkd(0).currency,
        amount_minor: 10_000,
        state: PaymentState::Processing,
        user_done: false,
        failure: None,
        authorized_minor: 0,
        auth_expires_at: None,
        captures_later: false,
        capturing_minor: 0,
        captures_closed: false,
        captured_minor: 0,
        refunded_minor: 0,
        reserved_minor: 0,
        declared_minor: 0,
        approval_refusal: None,
        open_reason: None,
        card: None,
        acquirer: None,
        open_attempts: 0,
        agreement_id: None,
        wallet_id: None,
        settlement_currency: None,
        settlement_quote: None,
        settlement_minor: None,
        notify_url: None,
        redirect_url: None,
        created_at: noon(),
        expires_at: noon().plus_ms(3 * MINUTE_MS),
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

/// The same, paid two seconds after it was made.
pub(crate) fn paid(product: Product) -> Payment {
    Payment {
        state: PaymentState::Succeeded,
        captured_minor: 10_000,
        paid_at: Some(noon().plus_ms(2 * SECOND_MS)),
        ..waiting(product)
    }
}

pub(crate) fn failed(product: Product, reason: Reason) -> Payment {
    Payment {
        state: PaymentState::Failed,
        failure: Some(reason),
        ended_at: Some(noon().plus_ms(SECOND_MS)),
        ..waiting(product)
    }
}

/// `payment`, cancelled three seconds after it was made.
pub(crate) fn cancelled(payment: Payment) -> Payment {
    Payment { state: PaymentState::Cancelled, ended_at: Some(noon().plus_ms(3 * SECOND_MS)), ..payment }
}

/// A refund of 30.00 HKD that succeeded.
pub(crate) fn refunded() -> Refund {
    Refund {
        merchant_id: MerchantId::new("2160400000002012"),
        refund_id: RefundId::new("20181210194015800100160960000444146"),
        payment_id: waiting(Product::AgreementPayment).payment_id,
        request_id: RequestId::new("refund-1"),
        client_id: ClientId::new("4Q5XPV504B0A5302"),
        world_id: WorldId::new("main"),
        currency: hkd(0).currency,
        amount_minor: 3_000,
        state: RefundState::Succeeded,
        failure: None,
        is_named_by_nonce: false,
        capture_id: None,
        due_at: None,
        planned: None,
        planned_reason: None,
        notify_url: None,
        document: "{}".to_owned(),
        created_at: noon().plus_ms(4 * SECOND_MS),
        refunded_at: Some(noon().plus_ms(5 * SECOND_MS)),
        recorded_at: noon(),
    }
}

pub(crate) fn agreement() -> Agreement {
    Agreement {
        merchant_id: MerchantId::new("2160400000002012"),
        agreement_id: AgreementId::new("A_1"),
        authorization_id: Some(AuthorizationId::new("Z_1")),
        client_id: ClientId::new("4Q5XPV504B0A5302"),
        world_id: WorldId::new("main"),
        user_id: UserId::new("U_1"),
        wallet_id: WalletId::new("W_1"),
        method: "ALIPAY_HK".to_owned(),
        auth_state: "state 1".to_owned(),
        auth_client_id: None,
        merchant_agreement_id: Some("a3419524e24941a6ba0a9c659f78752c".to_owned()),
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
        merchant_id: MerchantId::new("2160400000002012"),
        authorization_id: AuthorizationId::new("Z_1"),
        client_id: ClientId::new("4Q5XPV504B0A5302"),
        world_id: WorldId::new("main"),
        method: "ALIPAY_HK".to_owned(),
        auth_state: "state 1".to_owned(),
        redirect_url: "https://shop.test/back?a=b".to_owned(),
        notify_url: None,
        auth_client_id: None,
        merchant_agreement_id: Some("a3419524e24941a6ba0a9c659f78752c".to_owned()),
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
