use farthing_core::reason::Reason;
use farthing_core::rows::Product;
use farthing_core::time::SECOND_MS;
use serde_json::json;

use super::*;
use crate::client::encode_acknowledgement;
use crate::codes::find_code;
use crate::samples::{agreement, authorization, cancelled, failed, noon, paid, refunded, waiting};
use crate::signed::{claim, wrap_reply, wrap_request};

fn sending() -> Sending<'static> {
    Sending { client_id: "4Q5XPV504B0A5302", req_msg_id: "N-1", sent_at: noon() }
}

fn told(notice: &Notice) -> Option<Value> {
    encode_notification(notice, sending()).map(|text| serde_json::from_str(&text).unwrap())
}

fn told_payment(payment: Payment) -> Option<Value> {
    told(&Notice::PaymentResult { payment: Box::new(payment) })
}

fn result(code: &str) -> Value {
    let row = find_code(code).unwrap().1;
    json!({
        "resultCode": row.code, "resultCodeId": row.id, "resultMsg": row.message, "resultStatus": row.status.letter(),
    })
}

fn head(function: &str) -> Value {
    json!({
        "version": "2.0.0", "function": function, "clientId": "4Q5XPV504B0A5302", "reqMsgId": "N-1",
        "reqTime": "2018-12-11T14:42:31+08:00", "reserve": "{}",
    })
}

/// Proves: ALIPAYHK-FACTS §6.1, a paid payment is told whole, in an envelope like a request's, head first.
#[test]
fn a_paid_payment_is_told_whole() {
    assert_eq!(
        told_payment(paid(Product::AgreementPayment)).unwrap(),
        json!({
            "head": head("alipay.intl.acquiring.common.notify.pay"),
            "body": {
                "resultInfo": result("SUCCESS"),
                "acquirementId": "20181210194010800100160960000444145",
                "merchantTransId": "YIDAO_20181211_0000003",
                "orderAmount": {"currency": "HKD", "value": "10000"},
                "paymentTime": "2018-12-11T14:42:33+08:00",
                "extendInfo": "{}",
            },
        })
    );
    let notice = Notice::PaymentResult { payment: Box::new(paid(Product::CashierPayment)) };
    let text = encode_notification(&notice, sending()).unwrap();
    assert!(text.starts_with(r#"{"head":{"version":"2.0.0","function":"#), "{text}");
    let envelope = wrap_request(&text, &[1]);
    assert_eq!(claim(&envelope).unwrap().signed_bytes, text.as_bytes());
}

/// Proves: ALIPAYHK-FACTS §6.1, every other end is told, too, with the merchant's id alone; what is open is not.
#[test]
fn every_other_end_of_a_payment_is_told() {
    let product = Product::CashierPayment;
    for (payment, code) in [
        (failed(product, Reason::BalanceNotEnough), "USER_BALANCE_NOT_ENOUGH"),
        (waiting(product).as_of(noon().plus_ms(3 * MINUTE_MS)), "ORDER_STATUS_INVALID"),
        (cancelled(waiting(product)), "ORDER_STATUS_INVALID"),
        (cancelled(paid(product)), "ORDER_STATUS_INVALID"),
    ] {
        assert_eq!(
            told_payment(payment).unwrap()["body"],
            json!({"resultInfo": result(code), "merchantTransId": "YIDAO_20181211_0000003", "extendInfo": "{}"})
        );
    }
    assert_eq!(told_payment(waiting(product)), None);
    assert_eq!(told_payment(Payment { user_done: true, ..waiting(product) }), None);
}

/// Proves: ALIPAYHK-FACTS §6.3, an agreement that was taken back is told; §5.9, refunds are not, nor is anything that
/// this API has no notification for.
#[test]
fn a_cancelled_agreement_is_told_and_other_news_are_not() {
    let revoked = Agreement { revoked_at: Some(noon().plus_ms(SECOND_MS)), ..agreement() };
    let notice =
        |agreement: &Agreement| Notice::TokenRevoked { agreement: Box::new(agreement.clone()), why: None };
    assert_eq!(
        told(&notice(&revoked)).unwrap(),
        json!({
            "head": head("alipay.intl.oauth.auth.notify.cancel"),
            "body": {
                "cancelTime": "2018-12-11T14:42:32+08:00", "authMerchantId": "2160400000002012",
                "merchantAgreementId": "a3419524e24941a6ba0a9c659f78752c",
            },
        })
    );
    let nameless = told(&notice(&Agreement { merchant_agreement_id: None, ..revoked })).unwrap();
    assert!(nameless["body"].get("merchantAgreementId").is_none());
    for silent in [
        Notice::RefundResult { refund: Box::new(refunded()) },
        Notice::AuthCodeCreated { authorization: Box::new(authorization()), code_sealed: vec![1] },
        Notice::TokenCreated { agreement: Box::new(agreement()) },
    ] {
        assert_eq!(told(&silent), None, "{}", silent.kind());
    }
}

/// Proves: ALIPAYHK-FACTS §6.2, only an envelope that says SUCCESS counts as heard.
#[test]
fn only_the_acknowledgement_counts_as_heard() {
    let ours = wrap_reply(&encode_acknowledgement(&crate::samples::head(NOTIFY_PAY), noon()), &[1, 2]);
    assert!(is_acknowledged(200, &ours));
    for body in [
        r#"{"response":{"body":{"resultInfo":{"resultCode":"SUCCESS"}}}}"#,
        r#" {"signature":"x", "response": {"head":{},"body":{"resultInfo":{"resultCode":"SUCCESS","resultStatus":"S"}}}} "#,
    ] {
        assert!(is_acknowledged(200, body.as_bytes()), "{body}");
    }
    for status in [201, 204, 302, 400, 500, 0] {
        assert!(!is_acknowledged(status, &ours), "{status}");
    }
    for body in [
        "",
        "success",
        "SUCCESS",
        "{}",
        r#"{"response":{}}"#,
        r#"{"response":{"body":{"resultInfo":{"resultCode":"success"}}}}"#,
        r#"{"response":{"body":{"resultInfo":{"resultCode":"PROCESS_FAIL","resultStatus":"F"}}}}"#,
        r#"{"response":{"resultInfo":{"resultCode":"SUCCESS"}}}"#,
        r#"{"response":{"body":{"resultCode":"SUCCESS"}}}"#,
        r#"{"request":{"body":{"resultInfo":{"resultCode":"SUCCESS"}}}}"#,
        r#"{"result":{"resultCode":"SUCCESS","resultStatus":"S"}}"#,
        r#"{"response":{"body":{"resultInfo":{"resultCode":"SUCCESS"}}}} x"#,
        r#"{"response":{"body":{"resultInfo":{"resultCode":"SUCCESS"}}},"response":{}}"#,
    ] {
        assert!(!is_acknowledged(200, body.as_bytes()), "{body}");
    }
}

/// Proves: ALIPAYHK-FACTS §6.2, eight tries over 24 hours and 22 minutes.
#[test]
fn there_are_eight_tries() {
    let intervals: Vec<i64> = (0..).map_while(next_try_after_ms).collect();
    let minutes: Vec<i64> = intervals.iter().map(|interval_ms| interval_ms / MINUTE_MS).collect();
    assert_eq!(minutes, [0, 2, 10, 10, 60, 120, 360, 900]);
    assert_eq!(intervals.iter().sum::<i64>(), 24 * HOUR_MS + 22 * MINUTE_MS);
    assert_eq!(next_try_after_ms(8), None);
}
