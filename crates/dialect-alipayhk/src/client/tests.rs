use farthing_core::ids::{PaymentId, RequestId};
use farthing_core::money::Currency;
use farthing_core::request::{AgreementName, RefundAmount};
use farthing_core::rows::{ClientSettings, Product, StatusVocabulary};
use proptest::prelude::*;

use super::*;
use crate::decode::{AlipayHkRequest, Decoded, decode_request};
use crate::endpoint::find_operation;
use crate::reply::encode_pay_query;
use crate::samples::{head, noon, waiting};
use crate::signed::{claim, wrap_reply, wrap_request};

/// What the server reads of a request as a client sends it.
fn round_trip(operation: Operation, access_token: Option<&Secret>, body: &Value) -> Decoded {
    let draft = RequestDraft {
        function: operation.function(),
        client_id: "4Q5XPV504B0A5302",
        req_msg_id: "R-1",
        sent_at: noon(),
        access_token,
        sign_type: Some("RSA2"),
    };
    let sent = wrap_request(&encode_request(&draft, body), &[1, 2, 3]);
    let claim = claim(&sent).unwrap();
    assert_eq!((claim.head.client_id.as_str(), claim.head.req_msg_id.as_str()), ("4Q5XPV504B0A5302", "R-1"));
    assert_eq!(find_operation(operation.path(), &claim.head), Ok(operation));
    decode_request(operation, claim.content, &ClientSettings::default()).unwrap()
}

fn any_text(chars_max: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>().prop_filter("not kept", |letter| *letter != '\0'), 1..=chars_max)
        .prop_map(|letters| letters.into_iter().collect())
}

fn any_money() -> impl Strategy<Value = Money> {
    (1..10_000_000_000_000_i64, prop::sample::select(Currency::all().collect::<Vec<_>>())).prop_map(
        // Rupiah are whole; every other currency takes any amount.
        |(amount, currency)| {
            Money::new(if currency.code() == "IDR" { amount * 100 } else { amount }, currency)
        },
    )
}

/// Proves: SEED-003, the order of the members of a request, and ALIPAYHK-FACTS §2.1, the place of the token.
#[test]
fn a_request_has_the_order_of_the_sample() {
    let token = Secret::new("token-1");
    let draft = RequestDraft {
        function: "f",
        client_id: "C",
        req_msg_id: "1",
        sent_at: noon(),
        access_token: Some(&token),
        sign_type: None,
    };
    let head = r#"{"version":"2.0.0","function":"f","clientId":"C","reqTime":"2018-12-11T14:42:31+08:00","reqMsgId":"1","#;
    assert_eq!(
        encode_request(&draft, &json!({})),
        format!(r#"{{"head":{head}"accessToken":"token-1","reserve":"{{}}"}},"body":{{}}}}"#)
    );
    let bare = RequestDraft { access_token: None, ..draft };
    assert_eq!(
        encode_request(&bare, &json!({})),
        format!(r#"{{"head":{head}"reserve":"{{}}"}},"body":{{}}}}"#)
    );
}

proptest! {
    /// What a client writes, the server reads: decode(encode(x)) = x for everything the core is told.
    #[test]
    fn requests_come_through(
        merchant_id in any_text(64), id in any_text(64), other_id in any_text(64), agreement_id in any_text(32),
        title in any_text(256), amount in any_money(), secret in any_text(64), state in any_text(256),
    ) {
        let token = Secret::new(secret.clone());
        for operation in [Operation::AgreementPay, Operation::WapPay] {
            let draft = PayDraft {
                operation, merchant_id: &merchant_id, merchant_trans_id: &id, amount, order_title: &title,
                settle_contract_id: Some("USD-1"), notify_url: Some("https://shop.test/notify"),
            };
            let decoded = round_trip(operation, Some(&token), &draft.body());
            prop_assert_eq!(decoded.merchant_id.as_str(), &merchant_id);
            let AlipayHkRequest::Pay(read) = decoded.request else { panic!("a pay") };
            prop_assert_eq!((read.request_id.as_str(), read.amount), (id.as_str(), amount));
            let is_debit = operation == Operation::AgreementPay;
            prop_assert_eq!(read.payer_token.as_ref().map(Secret::reveal), is_debit.then_some(secret.as_str()));
            prop_assert_eq!(read.product == Product::AgreementPayment, is_debit);
            prop_assert_eq!(read.document["order"]["orderTitle"].as_str(), Some(title.as_str()));
            prop_assert_eq!(read.notify_url.as_deref(), Some("https://shop.test/notify"));
        }
        for name in [PaymentName::Id(PaymentId::new(id.clone())), PaymentName::Request(RequestId::new(id.clone()))] {
            let body = payment_name_body(&merchant_id, &name);
            let AlipayHkRequest::PayQuery(read) = round_trip(Operation::PayQuery, None, &body).request else {
                panic!("a query")
            };
            prop_assert_eq!(&read, &name);
            let AlipayHkRequest::PayCancel(read) = round_trip(Operation::PayCancel, None, &body).request else {
                panic!("a cancel")
            };
            prop_assert_eq!(&read.payment, &name);
        }
        let draft = RefundDraft {
            merchant_id: &merchant_id, acquirement_id: &id, merchant_refund_id: &other_id, amount, refund_reason: None,
        };
        let AlipayHkRequest::Refund(read) = round_trip(Operation::Refund, None, &draft.body()).request else {
            panic!("a refund")
        };
        prop_assert_eq!((read.request_id.as_str(), read.amount), (other_id.as_str(), RefundAmount::Of(amount)));
        prop_assert_eq!(read.payment, PaymentName::Id(PaymentId::new(id)));

        let draft = ConsultDraft {
            merchant_id: &merchant_id, merchant_agreement_id: &agreement_id, state: &state,
            redirect_url: "https://shop.test/back",
        };
        let decoded = round_trip(Operation::PrepareForRedirect, None, &draft.body()).request;
        let AlipayHkRequest::PrepareForRedirect(read) = decoded else { panic!("a consult") };
        prop_assert_eq!((&read.auth_state, read.merchant_agreement_id.as_ref()), (&state, Some(&agreement_id)));
        let body = agreement_name_body(&merchant_id, &agreement_id);
        let AlipayHkRequest::CancelByAuthInfo(read) = round_trip(Operation::CancelByAuthInfo, None, &body).request else {
            panic!("a revoke")
        };
        let names_it = matches!(&read.agreement, AgreementName::Merchant(read) if *read == agreement_id);
        prop_assert!(names_it);
        for grant in [Grant::AuthorizationCode(token.clone()), Grant::RefreshToken(token.clone())] {
            let body = apply_token_body(&merchant_id, &grant);
            let AlipayHkRequest::ApplyToken(read) = round_trip(Operation::ApplyToken, None, &body).request else {
                panic!("an exchange")
            };
            match (&read.grant, &grant) {
                (Grant::AuthorizationCode(read), Grant::AuthorizationCode(_))
                | (Grant::RefreshToken(read), Grant::RefreshToken(_)) => prop_assert_eq!(read.reveal(), &secret),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn no_answer_makes_it_panic(body in any::<Vec<u8>>(), text in any::<String>()) {
        let _read_or_refused = parse_reply(&body).is_ok();
        let wrapped = wrap_reply(&text, &[1]);
        let _read_or_refused = parse_reply(&wrapped).is_ok();
    }
}

/// An answer comes back with its result, its payment, and the bytes over which its signature must verify.
#[test]
fn an_answer_is_read_with_what_was_signed() {
    let asked = head(Operation::PayQuery.function());
    let text = encode_pay_query(&asked, &waiting(Product::CashierPayment), StatusVocabulary::Modern, noon());
    let sent = wrap_reply(&text, &[7, 8]);
    let reply = parse_reply(&sent).unwrap();
    assert_eq!((reply.result_code.as_str(), reply.result_code_id.as_str()), ("SUCCESS", "00000000"));
    assert_eq!((reply.result_status, reply.result_message.as_str()), (ResultStatus::S, "Success"));
    assert_eq!(reply.body["payment"]["payStatus"], "WAIT_PAY");
    assert_eq!((reply.signed_bytes, reply.signatures), (text.as_bytes(), vec![vec![7, 8]]));
    assert_eq!(
        (reply.head.req_msg_id, reply.head.time),
        (asked.req_msg_id, "2018-12-11T14:42:31+08:00".to_owned())
    );
}

#[test]
fn an_answer_without_a_usable_result_is_refused_by_name() {
    let error = |body: &str| parse_reply(body.as_bytes()).unwrap_err();
    let with_result =
        |result: &str| format!(r#"{{"response":{{"body":{{"resultInfo":{result}}}}},"signature":"AQID"}}"#);
    for (body, expected) in [
        ("{}".to_owned(), ReplyError::Claim(ClaimError::NoContent { member: "response" })),
        (
            r#"{"response":{"body":{"resultInfo":{"resultCode":"SUCCESS","resultStatus":"S"}}}}"#.to_owned(),
            ReplyError::Claim(ClaimError::NoSignature),
        ),
        (
            r#"{"response":{},"signature":"AQID"}"#.to_owned(),
            ReplyError::NoResult { field: "resultInfo.resultCode" },
        ),
        (with_result("null"), ReplyError::NoResult { field: "resultInfo.resultCode" }),
        (with_result(r#"{"resultCode":1}"#), ReplyError::NoResult { field: "resultInfo.resultCode" }),
        (with_result(r#"{"resultCode":"A"}"#), ReplyError::NoResult { field: "resultInfo.resultStatus" }),
        (
            with_result(r#"{"resultCode":"A","resultStatus":"X"}"#),
            ReplyError::UnknownStatus { letter: "X".to_owned() },
        ),
    ] {
        assert_eq!(error(&body), expected, "{body}");
    }
    let bare = with_result(r#"{"resultCode":"A","resultStatus":"U"}"#);
    let reply = parse_reply(bare.as_bytes()).unwrap();
    assert_eq!((reply.result_code_id.as_str(), reply.result_message.as_str()), ("", ""));
}
