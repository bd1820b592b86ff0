use farthing_core::reason::Reason;
use farthing_core::rows::Product;
use farthing_core::time::MINUTE_MS;
use serde_json::{Value, json};

use super::*;
use crate::codes::Table;
use crate::samples::{
    acquired, agreement, authorization, authorized, by_card, cancelled, capture_failed, captured, failed,
    in_process, noon, paid, payer, refund_failed, refunded, settings, settled_in_usd,
};

fn told(notice: &Notice, secret: Option<&str>) -> Value {
    let opened = secret.map(Secret::new);
    told_to(&settings(), notice, opened.as_ref())
}

fn told_to(settings: &ClientSettings, notice: &Notice, opened: Option<&Secret>) -> Value {
    let (payer, card_token) = (payer(), Secret::new("card-token-1"));
    let body = encode_notification(&NotificationView {
        notice,
        opened,
        payer: Some(&payer),
        details: None,
        card_token: Some(&card_token),
        settings,
    });
    Value::Object(parse_reply(&body).unwrap().body)
}

fn told_payment(payment: Payment) -> Value {
    told(&Notice::PaymentResult { payment: Box::new(payment) }, None)
}

fn result(table: Table, code: &str) -> Value {
    let row = table.find(code).unwrap();
    json!({"resultCode": row.code, "resultStatus": row.status.letter(), "resultMessage": row.message})
}

/// Proves: ANTOM-FACTS §2.12, notifyPayment of a paid payment.
#[test]
fn a_paid_payment_is_told_whole() {
    assert_eq!(
        told_payment(paid()),
        json!({
            "notifyType": "PAYMENT_RESULT",
            "result": result(Table::PaymentResult, "SUCCESS"),
            "paymentRequestId": "order-1",
            "paymentId": "20191127120101000000000000000001",
            "paymentAmount": {"currency": "HKD", "value": "10000"},
            "paymentCreateTime": "2019-11-27T12:01:01+08:00",
            "paymentTime": "2019-11-27T12:01:03+08:00",
            "pspCustomerInfo": {"pspName": "AlipayHK", "pspCustomerId": "U_1", "displayCustomerId": "a***@x.test"},
            "paymentMethodType": "ALIPAY_HK",
        })
    );
}

/// Failures, expiry and cancels are told, too, without a time of payment; user done and result open is PAYMENT_PENDING with S.
#[test]
fn every_other_end_of_a_payment_is_told() {
    let expired = in_process(Product::CashierPayment).as_of(noon().plus_ms(MINUTE_MS));
    for (payment, code) in [
        (failed(Product::AgreementPayment, Reason::BalanceNotEnough), "USER_BALANCE_NOT_ENOUGH"),
        (failed(Product::AgreementPayment, Reason::UserNotFound), "USER_STATUS_ABNORMAL"),
        (expired, "ORDER_IS_CLOSED"),
        (cancelled(paid()), "ORDER_IS_CLOSED"),
    ] {
        let told = told_payment(payment);
        assert_eq!(told["notifyType"], "PAYMENT_RESULT");
        assert_eq!(told["result"], result(Table::PaymentResult, code));
        assert!(told.get("paymentTime").is_none(), "{code}");
    }
    let told = told_payment(Payment { user_done: true, ..in_process(Product::CashierPayment) });
    assert_eq!(
        (&told["notifyType"], &told["result"]["resultStatus"]),
        (&json!("PAYMENT_PENDING"), &json!("S"))
    );
    let told = told_payment(Payment { method: "ALIPAY_CN".to_owned(), ..paid() });
    assert_eq!(told["customsDeclarationAmount"], json!({"currency": "HKD", "value": "10000"}));
}

/// Proves: ANTOM-FACTS §2.12, notifyRefund.
#[test]
fn refunds_are_told() {
    assert_eq!(
        told(&Notice::RefundResult { refund: Box::new(refunded()) }, None),
        json!({
            "notifyType": "REFUND_RESULT",
            "result": result(Table::Refund, "SUCCESS"),
            "refundStatus": "SUCCESS",
            "refundRequestId": "refund-1",
            "refundId": "20191127120105000000000000000002",
            "refundAmount": {"currency": "HKD", "value": "3000"},
            "refundTime": "2019-11-27T12:01:06+08:00",
            "metadata": "{\"a\":1}",
        })
    );
    let failure =
        told(&Notice::RefundResult { refund: Box::new(refund_failed(Reason::UserStatusAbnormal)) }, None);
    assert_eq!(failure["result"], result(Table::Refund, "USER_STATUS_ABNORMAL"));
    assert_eq!(failure["refundStatus"], "FAIL");
    assert!(failure.get("refundTime").is_none());
}

/// Proves: ANTOM-FACTS §2.12, what notifyPayment tells of cards, locked rates, authorizations and other acquirers.
#[test]
fn everything_about_a_card_is_told() {
    let payment = acquired(settled_in_usd(authorized()));
    let settings = ClientSettings { shows_acquirer: true, ..settings() };
    let notice = Notice::PaymentResult { payment: Box::new(payment) };
    let told = told_to(&settings, &notice, None);
    assert_eq!(told["authExpiryTime"], "2019-12-04T12:01:01+08:00");
    assert_eq!(told["grossSettlementAmount"], json!({"currency": "USD", "value": "1278"}));
    assert_eq!(told["settlementQuote"]["quotePrice"], json!(0.1278));
    assert_eq!(told["acquirerReferenceNo"], "ref-1");
    assert_eq!(told["acquirerInfo"]["acquirerName"], "Acquirer");
    assert_eq!(told["paymentResultInfo"]["cardToken"], "card-token-1");
    assert_eq!(told["paymentMethodType"], "CARD");
    let failure = told_payment(by_card(failed(Product::CashierPayment, Reason::CardSuspected)));
    assert_eq!(failure["result"], result(Table::PaymentResult, "SUSPECTED_CARD"));
    assert_eq!(failure["paymentResultInfo"]["refusalCodeRaw"], "SUSPECTED_CARD");
    assert!(failure.get("acquirerInfo").is_none());
}

/// Proves: ANTOM-FACTS §2.12, notifyCapture.
#[test]
fn captures_are_told() {
    let notice = Notice::CaptureResult { capture: Box::new(captured()) };
    assert_eq!(sealed_secret(&notice), None);
    assert_eq!(
        told(&notice, None),
        json!({
            "notifyType": "CAPTURE_RESULT",
            "result": result(Table::Capture, "SUCCESS"),
            "captureRequestId": "capture-1",
            "paymentId": "20191127120101000000000000000001",
            "captureId": "20191127120104000000000000000003",
            "captureAmount": {"currency": "HKD", "value": "4000"},
            "captureTime": "2019-11-27T12:01:05+08:00",
        })
    );
    let notice = Notice::CaptureResult { capture: Box::new(capture_failed(Reason::AuthorizationExpired)) };
    let failure = told(&notice, None);
    assert_eq!(failure["result"], result(Table::Capture, "AUTH_EXPIRED"));
    assert!(failure.get("captureTime").is_none());
}

/// Proves: ANTOM-FACTS §2.12, notifyAuthorization in its three kinds, each with its fields and no notifyType.
#[test]
fn authorizations_are_told_in_three_kinds() {
    let success = json!({"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": "Success."});
    let code = Notice::AuthCodeCreated { authorization: Box::new(authorization()), code_sealed: vec![9] };
    assert_eq!(sealed_secret(&code), Some(&[9][..]));
    assert_eq!(
        told(&code, Some("code-1")),
        json!({
            "authorizationNotifyType": "AUTHCODE_CREATED", "result": success,
            "authCode": "code-1", "authState": "state-1",
        })
    );
    let created = Notice::TokenCreated { agreement: Box::new(agreement()) };
    assert_eq!(sealed_secret(&created), Some(&[1, 2, 3][..]));
    assert_eq!(
        told(&created, Some("token-1")),
        json!({
            "authorizationNotifyType": "TOKEN_CREATED", "result": success, "authState": "state-1",
            "accessToken": "token-1", "authClientId": "SECONDARY_1", "userLoginId": "a***@x.test",
        })
    );
    let revoked = Notice::TokenRevoked { agreement: Box::new(agreement()), why: Some("moved".to_owned()) };
    assert_eq!(
        told(&revoked, Some("token-1")),
        json!({
            "authorizationNotifyType": "TOKEN_CANCELED", "result": success,
            "accessToken": "token-1", "authClientId": "SECONDARY_1", "reason": "moved",
        })
    );
    let silent = Notice::TokenRevoked { agreement: Box::new(agreement()), why: None };
    assert!(told(&silent, Some("token-1")).get("reason").is_none());
    assert_eq!(sealed_secret(&Notice::PaymentResult { payment: Box::new(paid()) }), None);
}

/// Proves: ANTOM-FACTS §1.8, only status 200 with SUCCESS and S counts as heard.
#[test]
fn only_the_acknowledgement_counts_as_heard() {
    assert!(is_acknowledged(200, ACKNOWLEDGEMENT.as_bytes()));
    assert!(is_acknowledged(200, br#" {"x":[], "result": {"resultStatus":"S","resultCode":"SUCCESS"}} "#));
    for status in [201, 204, 302, 400, 500, 0] {
        assert!(!is_acknowledged(status, ACKNOWLEDGEMENT.as_bytes()), "{status}");
    }
    for body in [
        "",
        "success",
        "SUCCESS",
        "{}",
        r#"{"result":"SUCCESS"}"#,
        r#"{"result":{"resultCode":"SUCCESS"}}"#,
        r#"{"result":{"resultStatus":"S"}}"#,
        r#"{"result":{"resultCode":"PROCESS_FAIL","resultStatus":"F"}}"#,
        r#"{"result":{"resultCode":"SUCCESS","resultStatus":"F"}}"#,
        r#"{"result":{"resultCode":"success","resultStatus":"S"}}"#,
        r#"{"resultCode":"SUCCESS","resultStatus":"S"}"#,
    ] {
        assert!(!is_acknowledged(200, body.as_bytes()), "{body}");
    }
}

/// Proves: ANTOM-FACTS §1.8, eight tries over 24 hours and 22 minutes.
#[test]
fn there_are_eight_tries() {
    let intervals: Vec<i64> = (0..).map_while(next_try_after_ms).collect();
    assert_eq!(intervals, TRY_INTERVALS_MS);
    assert_eq!(intervals.len(), 8);
    assert_eq!(intervals.iter().sum::<i64>(), 24 * HOUR_MS + 22 * MINUTE_MS);
    assert_eq!(next_try_after_ms(0), Some(0));
    assert_eq!(next_try_after_ms(8), None);
}
