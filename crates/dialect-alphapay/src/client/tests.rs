use farthing_core::reason::Reason;
use farthing_core::rows::ClientSettings;
use serde_json::json;

use super::*;
use crate::reply::{InquiryView, encode_error, encode_inquiry_payment};
use crate::samples;

/// Proves: SEED-004 (`result`), an answer of ours is read with all its parts.
#[test]
fn an_answer_is_read_with_all_its_parts() {
    let (payment, settings) = (samples::paid(), ClientSettings::default());
    let view = InquiryView { payment: &payment, details: None, settings: &settings };
    let reply = parse_reply(&encode_inquiry_payment(&view)).unwrap();
    assert_eq!((reply.result_code.as_str(), reply.result_status), ("SUCCESS", ResultStatus::S));
    assert_eq!(reply.result_message, "success");
    assert_eq!(reply.body["paymentStatus"], json!("SUCCESS"));
    let reply = parse_reply(&encode_error(&Reason::UnknownException.into(), None)).unwrap();
    assert_eq!((reply.result_code.as_str(), reply.result_status), ("SYSTEM_ERROR", ResultStatus::U));
}

/// Proves: ALPHAPAY-FACTS §1, an answer without a usable result is an error that says which part.
#[test]
fn an_answer_without_a_result_is_an_error() {
    for (body, told) in [
        ("{}", "result.resultCode"),
        (r#"{"result":null}"#, "result.resultCode"),
        (r#"{"result":{"resultCode":1}}"#, "result.resultCode"),
        (r#"{"result":{"resultCode":"X"}}"#, "result.resultStatus"),
        (r#"{"result":{"resultCode":"X","resultStatus":"A"}}"#, "must be S, F or U"),
        ("[]", "not a JSON object"),
    ] {
        let error = parse_reply(body.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(told), "{body}: {error}");
    }
    let lean = parse_reply(br#"{"result":{"resultCode":"X","resultStatus":"F"}}"#).unwrap();
    assert_eq!(lean.result_message, "");
}

/// Proves: ALPHAPAY-FACTS §14.1, the two notifications are told apart by the refund's id.
#[test]
fn notifications_are_told_apart() {
    let payment = parse_notification(br#"{"paymentId":"1","paymentStatus":"SUCCESS"}"#).unwrap();
    assert!(matches!(payment, Notification::Payment(fields) if fields["paymentId"] == "1"));
    let refund = parse_notification(br#"{"paymentId":"1","refundId":"2"}"#).unwrap();
    assert!(matches!(refund, Notification::Refund(fields) if fields["refundId"] == "2"));
    assert!(parse_notification(b"{} {}").is_err());
}

/// A draft with nothing beyond what is required has no empty members, and one with everything has all of them.
#[test]
fn a_draft_has_the_fields_that_it_was_given() {
    let draft = PayDraft::new(Scenario::OfflineQrcode, "o-1", samples::cad(100), "d");
    assert_eq!(
        draft.fields(),
        json!({
            "scenarioCode": "OFFLINE_QRCODE",
            "paymentRequestId": "o-1",
            "order": {"orderAmount": {"value": "100", "currency": "CAD"}, "description": "d"},
        })
    );
    let whole = PayDraft {
        wallet: Some("Wechat".to_owned()),
        payment_code: Some(Secret::new("13")),
        customer: Some(("a".to_owned(), "c".to_owned())),
        card: Some(json!({"cardId": "t"})),
        notify_url: Some("n".to_owned()),
        redirect_url: Some("r".to_owned()),
        ..draft
    };
    let fields = whole.fields();
    assert_eq!(fields["paymentMethod"], json!({"paymentMethodType": "Wechat", "paymentCode": "13"}));
    assert_eq!(fields["customer"], json!({"appId": "a", "customerId": "c"}));
    assert_eq!(fields["card"], json!({"cardId": "t"}));
    assert_eq!((&fields["order"]["notifyUrl"], &fields["order"]["redirectUrl"]), (&json!("n"), &json!("r")));
    assert_eq!(payment_name_fields("1"), json!({"paymentId": "1"}));
    assert_eq!(refund_name_fields("2"), json!({"refundId": "2"}));
    assert_eq!(settlements_fields("20230516"), json!({"date": "20230516"}));
}
