use farthing_core::reason::Reason;
use farthing_core::rows::{Payment, Refund};
use farthing_core::time::{DAY_MS, SECOND_MS};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::reply::{RefundView, encode_inquiry_payment, encode_inquiry_refund};
use crate::samples;

fn of_payment(payment: Payment) -> Notice {
    Notice::PaymentResult { payment: Box::new(payment) }
}

fn of_refund(refund: Refund) -> Notice {
    Notice::RefundResult { refund: Box::new(refund) }
}

fn without_result(body: &[u8]) -> Value {
    let mut body: Value = serde_json::from_slice(body).unwrap();
    body.as_object_mut().unwrap().remove("result").expect("an inquiry has a result");
    body
}

/// Proves: ALPHAPAY-FACTS §14.1, the body is the inquiry's without `result`, of a payment as of a refund.
#[test]
fn a_notification_is_an_inquiry_without_its_result() {
    let (payment, details, settings) = (samples::paid(), samples::details(), ClientSettings::default());
    let view = InquiryView { payment: &payment, details: Some(&details), settings: &settings };
    let body = encode_notification(&of_payment(payment.clone()), Some(&details), &settings).unwrap();
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told, without_result(&encode_inquiry_payment(&view)));
    assert_eq!(told["paymentStatus"], json!("SUCCESS"));
    assert_eq!(told["paymentTime"], json!("2019-05-28T04:12:32+00:00"));

    let refund = samples::refunded();
    let body = encode_notification(&of_refund(refund.clone()), None, &settings).unwrap();
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(told, without_result(&encode_inquiry_refund(RefundView { refund: &refund })));
    assert_eq!(told["refundStatus"], json!("SUCCESS"));
}

/// Proves: ALPHAPAY-FACTS §14.1, nothing but success is told.
#[test]
fn only_success_is_told() {
    for notice in [
        of_payment(samples::waiting()),
        of_payment(samples::failed(Reason::BalanceNotEnough)),
        of_payment(samples::failed(Reason::PaymentClosed)),
        of_payment(samples::cancelled(samples::waiting())),
        of_payment(samples::cancelled(samples::paid())),
        of_refund(samples::refund_in_process()),
        of_refund(samples::refund_failed(Reason::ProcessFailed)),
    ] {
        assert_eq!(encode_notification(&notice, None, &ClientSettings::default()), None, "{notice:?}");
    }
}

/// Proves: ALPHAPAY-FACTS §14.1, three tries at once, then one every 30 minutes until 24 hours after the first, 51 in
/// all; a refund is told once.
#[test]
fn payments_are_told_for_a_day_and_refunds_once() {
    let notice = of_payment(samples::paid());
    let mut at_ms = 0;
    let times_ms: Vec<i64> = (0..)
        .map_while(|tries_made| next_try_after_ms(&notice, tries_made))
        .map(|gap_ms| {
            at_ms += gap_ms;
            at_ms
        })
        .collect();
    assert_eq!(times_ms.len(), 51);
    assert_eq!(times_ms[..3], [0, 5 * SECOND_MS, 20 * SECOND_MS]);
    for (index, time_ms) in times_ms[3..].iter().enumerate() {
        assert_eq!(*time_ms, (i64::try_from(index).unwrap() + 1) * 30 * MINUTE_MS);
    }
    assert_eq!(times_ms.last(), Some(&DAY_MS));

    let refund = of_refund(samples::refunded());
    assert_eq!((next_try_after_ms(&refund, 0), next_try_after_ms(&refund, 1)), (Some(0), None));
}

/// Proves: ALPHAPAY-FACTS §14.2, line by line.
#[test]
fn an_answer_counts_by_its_words() {
    let heard = [
        ACKNOWLEDGEMENT,
        r#"{"result":{"resultStatus":"S"}}"#,
        r#"{"result":{"resultCode":"SUCCESS"}}"#,
        r#"{"resultCode":"SUCCESS"}"#,
        r#"{"return_code":"SUCCESS"}"#,
        r#"{"code":"SUCCESS"}"#,
        "SUCCESS",
        "success",
        " success\n",
        "\"SUCCESS\"",
    ];
    let not_heard = [
        r#"{"result":{"resultStatus":"F"}}"#,
        r#"{"result":{"resultStatus":"U","resultCode":"SUCCESS"}}"#,
        r#"{"return_code":"FAIL"}"#,
        "FAIL",
        "fail",
    ];
    let nothing =
        ["", "ok", "{}", "[]", "null", r#"{"code":0}"#, r#"{"result":"S"}"#, "<html>success</html>"];
    for is_strict in [false, true] {
        for body in heard {
            assert!(is_acknowledged(200, body.as_bytes(), is_strict), "{body}");
            assert!(is_acknowledged(204, body.as_bytes(), is_strict), "{body}");
            for status in [199, 301, 302, 400, 404, 500, 503] {
                assert!(!is_acknowledged(status, body.as_bytes(), is_strict), "{status} {body}");
            }
        }
        for body in not_heard {
            assert!(!is_acknowledged(200, body.as_bytes(), is_strict), "{body}");
        }
        for body in nothing {
            assert_eq!(is_acknowledged(200, body.as_bytes(), is_strict), !is_strict, "{body}");
        }
        assert_eq!(is_acknowledged(200, b"\xff\xfe", is_strict), !is_strict);
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(status in any::<u16>(), body in any::<Vec<u8>>(), is_strict in any::<bool>()) {
        let _heard_or_not = is_acknowledged(status, &body, is_strict);
    }
}
