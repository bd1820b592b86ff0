//! Ready-made rows for the tests of this crate.

use farthing_core::ids::{
    ClientId, Digest, MerchantId, PaymentId, RefundId, RequestId, SettlementId, WorldId,
};
use farthing_core::money::{Currency, Money};
use farthing_core::reason::Reason;
use farthing_core::rows::{Payment, PaymentDetails, PaymentState, Product, Refund, RefundState, Settlement};
use farthing_core::time::{DAY_MS, MINUTE_MS, SECOND_MS, Timestamp};
use serde_json::{Value, json};

/// 2019-05-28T12:12:12+08:00, the moment of the source's examples.
pub(crate) fn noon() -> Timestamp {
    Timestamp::from_ms(1_559_016_732_000)
}

pub(crate) fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

pub(crate) fn cad(amount_minor: i64) -> Money {
    Money::new(amount_minor, currency("CAD"))
}

/// An order of 100.00 CAD that waits for its payer.
pub(crate) fn waiting() -> Payment {
    Payment {
        merchant_id: MerchantId::new("M_1"),
        payment_id: PaymentId::new("20190528121212000000000000000001"),
        request_id: RequestId::new("order-1"),
        client_id: ClientId::new("CXVJIU"),
        world_id: WorldId::new("main"),
        product: Product::CashierPayment,
        method: "ALIPAY_CN".to_owned(),
        payer_fingerprint: None,
        currency: currency("CAD"),
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
        settlement_currency: Some(currency("CAD")),
        settlement_quote: None,
        settlement_minor: None,
        notify_url: Some("https://shop.test/of-the-row".to_owned()),
        redirect_url: None,
        created_at: noon(),
        expires_at: noon().plus_ms(5 * MINUTE_MS),
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

/// The same, paid 20 seconds later.
pub(crate) fn paid() -> Payment {
    let paid_at = noon().plus_ms(20 * SECOND_MS);
    Payment {
        state: PaymentState::Succeeded,
        captured_minor: 10_000,
        paid_at: Some(paid_at),
        refund_until: Some(paid_at.plus_ms(365 * DAY_MS)),
        ..waiting()
    }
}

pub(crate) fn failed(reason: Reason) -> Payment {
    Payment {
        state: PaymentState::Failed,
        failure: Some(reason),
        ended_at: Some(noon().plus_ms(SECOND_MS)),
        ..waiting()
    }
}

/// `payment`, cancelled a minute after it was made.
pub(crate) fn cancelled(payment: Payment) -> Payment {
    Payment { state: PaymentState::Cancelled, ended_at: Some(noon().plus_ms(MINUTE_MS)), ..payment }
}

/// What the merchant told about it: a QR code on a web page.
pub(crate) fn details() -> PaymentDetails {
    details_of(&request("ONLINE_QRCODE"))
}

/// A request of a scenario with everything that any scenario needs but a card, as it is kept.
pub(crate) fn request(scenario: &str) -> Value {
    json!({
        "scenarioCode": scenario,
        "paymentRequestId": "order-1",
        "order": {
            "orderAmount": {"value": "10000", "currency": "CAD"},
            "description": "Two books",
            "notifyUrl": "https://shop.test/n",
            "redirectUrl": "https://shop.test/r",
        },
        "paymentMethod": {"paymentMethodType": "Alipay"},
        "customer": {"appId": "wx1", "customerId": "openid-1"},
    })
}

pub(crate) fn details_of(document: &Value) -> PaymentDetails {
    let payment = waiting();
    PaymentDetails {
        merchant_id: payment.merchant_id,
        payment_id: payment.payment_id,
        salt: vec![1, 2, 3],
        document: document.to_string(),
    }
}

/// A refund of 30.00 CAD that succeeded ten seconds after it was made.
pub(crate) fn refunded() -> Refund {
    Refund {
        state: RefundState::Succeeded,
        refunded_at: Some(noon().plus_ms(2 * MINUTE_MS + 10 * SECOND_MS)),
        ..refund_in_process()
    }
}

pub(crate) fn refund_in_process() -> Refund {
    let document = json!({
        "paymentId": waiting().payment_id,
        "refundRequestId": "refund-1",
        "refund": {
            "refundAmount": {"value": "3000"},
            "description": "One book came back",
            "notifyUrl": "https://shop.test/rn",
        },
    });
    Refund {
        merchant_id: MerchantId::new("M_1"),
        refund_id: RefundId::new("20190528121412000000000000000002"),
        payment_id: waiting().payment_id,
        request_id: RequestId::new("refund-1"),
        client_id: ClientId::new("CXVJIU"),
        world_id: WorldId::new("main"),
        currency: currency("CAD"),
        amount_minor: 3_000,
        state: RefundState::Processing,
        failure: None,
        is_named_by_nonce: false,
        capture_id: None,
        due_at: None,
        planned: None,
        planned_reason: None,
        notify_url: Some("https://shop.test/of-the-row".to_owned()),
        document: document.to_string(),
        created_at: noon().plus_ms(2 * MINUTE_MS),
        refunded_at: None,
        recorded_at: noon(),
    }
}

pub(crate) fn refund_failed(reason: Reason) -> Refund {
    Refund { state: RefundState::Failed, failure: Some(reason), ..refund_in_process() }
}

/// A day with two payments and three refunds that took more back.
pub(crate) fn settlement() -> Settlement {
    Settlement {
        merchant_id: MerchantId::new("M_1"),
        settlement_id: SettlementId::new("20190529121212000000000000000003"),
        world_id: WorldId::new("main"),
        settle_day: "20190528".to_owned(),
        currency: currency("CAD"),
        credit_count: 2,
        debit_count: 3,
        credit_minor: 10_000,
        debit_minor: 12_500,
        fee_minor: 150,
        settled_at: noon(),
        recorded_at: noon(),
        chain_count: 1,
        chain_head: Digest::ZERO,
    }
}
