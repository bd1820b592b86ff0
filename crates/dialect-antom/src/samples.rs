//! Ready-made rows for the tests of this crate.

use farthing_core::ids::{
    AgreementId, AuthorizationId, CaptureId, ClientId, Digest, Fingerprint, MerchantId, PaymentId, RefundId,
    RequestId, UserId, WalletId, WorldId,
};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::Reason;
use farthing_core::rows::{
    AcquirerFacts, Agreement, AgreementState, Authorization, AuthorizationState, Capture, CaptureState,
    CardFacts, ClientSettings, Declaration, DeclarationState, Json, Payment, PaymentDetails, PaymentState,
    Product, Quote, Rate, Refund, RefundState, ThreeDsFacts,
};
use farthing_core::time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp};

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
        open_reason: None,
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
        is_named_by_nonce: false,
        capture_id: None,
        due_at: None,
        planned: None,
        planned_reason: None,
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
        merchant_agreement_id: None,
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
        merchant_agreement_id: None,
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

/// What the card of the samples is.
pub(crate) fn card() -> CardFacts {
    CardFacts {
        first_digits: "40546957".to_owned(),
        last_digits: "0768".to_owned(),
        brand: "VISA".to_owned(),
        expiry_month: "12".to_owned(),
        expiry_year: "29".to_owned(),
        issuer: "Farthing Test Bank".to_owned(),
        issuing_country: "US".to_owned(),
        funding: "CREDIT".to_owned(),
        three_ds: Some(ThreeDsFacts {
            version: "2.2.0".to_owned(),
            eci: "05".to_owned(),
            cavv: "AAABBB".to_owned(),
            ds_transaction_id: "ds-1".to_owned(),
        }),
        cvv_result: Some("M".to_owned()),
        avs_result: Some("Y".to_owned()),
        network_transaction_id: Some("123456789012345".to_owned()),
        authorization_code: Some("654321".to_owned()),
        needs_authentication: false,
        is_to_be_saved: false,
        customer_id: None,
        card_id: None,
    }
}

/// `payment`, made by card as a Cashier Payment.
pub(crate) fn by_card(payment: Payment) -> Payment {
    Payment {
        product: Product::CashierPayment,
        method: "CARD".to_owned(),
        payer_fingerprint: None,
        card: Some(Json(card())),
        ..payment
    }
}

/// 100.00 HKD held on a card for seven days, and nothing captured.
pub(crate) fn authorized() -> Payment {
    Payment {
        captured_minor: 0,
        captures_later: true,
        authorized_minor: 10_000,
        auth_expires_at: Some(noon().plus_ms(7 * DAY_MS)),
        ..by_card(paid())
    }
}

/// `payment`, to be settled in US dollars at a rate that was locked.
pub(crate) fn settled_in_usd(payment: Payment) -> Payment {
    let usd = Currency::parse("USD").unwrap();
    Payment {
        settlement_currency: Some(usd),
        settlement_quote: Some(Json(Quote {
            quote_id: "quote-1".to_owned(),
            from_currency: payment.currency,
            to_currency: usd,
            price: "0.1278".to_owned(),
            locked_at: noon(),
        })),
        settlement_minor: Some(1_278),
        ..payment
    }
}

/// `payment`, carried out by somebody else.
pub(crate) fn acquired(payment: Payment) -> Payment {
    let acquirer = AcquirerFacts {
        name: "Acquirer".to_owned(),
        reference_no: "ref-1".to_owned(),
        request_id: "asked-1".to_owned(),
        transaction_id: "theirs-1".to_owned(),
        merchant_id: "merchant-1".to_owned(),
        result_code: "00".to_owned(),
        result_message: String::new(),
    };
    Payment { acquirer: Some(Json(acquirer)), ..payment }
}

/// What the merchant told about the sample payments.
pub(crate) fn details(document: &serde_json::Value) -> PaymentDetails {
    PaymentDetails {
        merchant_id: MerchantId::new("M_1"),
        payment_id: in_process(Product::CashierPayment).payment_id,
        salt: vec![0; 16],
        document: document.to_string(),
    }
}

/// A capture of 40.00 HKD that succeeded.
pub(crate) fn captured() -> Capture {
    Capture {
        state: CaptureState::Succeeded,
        captured_at: Some(noon().plus_ms(4 * SECOND_MS)),
        ..capture_in_process()
    }
}

pub(crate) fn capture_in_process() -> Capture {
    Capture {
        merchant_id: MerchantId::new("M_1"),
        capture_id: CaptureId::new("20191127120104000000000000000003"),
        payment_id: authorized().payment_id,
        request_id: RequestId::new("capture-1"),
        client_id: ClientId::new("SANDBOX_1"),
        world_id: WorldId::new("main"),
        currency: hkd(0).currency,
        amount_minor: 4_000,
        is_last: false,
        state: CaptureState::Processing,
        failure: None,
        due_at: None,
        planned: None,
        planned_reason: None,
        notify_url: None,
        document: "{}".to_owned(),
        created_at: noon().plus_ms(3 * SECOND_MS),
        captured_at: None,
        recorded_at: noon(),
    }
}

pub(crate) fn capture_failed(reason: Reason) -> Capture {
    Capture { state: CaptureState::Failed, failure: Some(reason), ..capture_in_process() }
}

/// A declaration of 100.00 CNY that the customs took.
pub(crate) fn declared(document: &serde_json::Value) -> Declaration {
    Declaration {
        merchant_id: MerchantId::new("M_1"),
        request_id: RequestId::new("declare-1"),
        payment_id: in_process(Product::CashierPayment).payment_id,
        client_id: ClientId::new("SANDBOX_1"),
        world_id: WorldId::new("main"),
        currency: Currency::parse("CNY").unwrap(),
        amount_minor: 10_000,
        customs_code: "ZONGSHU".to_owned(),
        content_digest: Digest::ZERO,
        customs_payment_id: "111".to_owned(),
        customs_order_id: "222".to_owned(),
        state: DeclarationState::Succeeded,
        failure: None,
        document: document.to_string(),
        created_at: noon(),
        modified_at: noon().plus_ms(SECOND_MS),
        recorded_at: noon(),
    }
}

pub(crate) fn rate(from: &str, to: &str, price: &str) -> Rate {
    Rate {
        from_currency: Currency::parse(from).unwrap(),
        to_currency: Currency::parse(to).unwrap(),
        price: price.to_owned(),
        quote_id: format!("{from}{to}-1"),
        set_at: noon(),
    }
}

pub(crate) fn settings() -> ClientSettings {
    ClientSettings::default()
}
