use farthing_core::reason::Reason;
use farthing_core::request::Secret;
use farthing_core::rows::{
    Agreement, AgreementState, Payment, Product, Refund, RefundState, StatusVocabulary,
};
use farthing_core::time::MINUTE_MS;
use serde_json::{Value, json};

use super::*;
use crate::codes::find_code;
use crate::endpoint::Operation;
use crate::samples::{agreement, cancelled, failed, head, noon, paid, refunded, waiting};
use crate::signed::claim;

/// The `response` member of the sample answer of SEED-003, as it is printed there.
const SEED_RESPONSE: &str = r#"{
        "body": {
            "payment": {
                "acquirementId": "20181210194010800100160960000444145",
                "merchantTransId": "YIDAO_20181211_0000003",
                "orderAmount": {
                    "currency": "HKD",
                    "value": "10000"
                },
                "payStatus": "WAIT_PAY"
            },
            "resultInfo": {
                "resultCode": "SUCCESS",
                "resultCodeId": "00000000",
                "resultMsg": "Success",
                "resultStatus": "S"
            }
        },
        "head": {
            "clientId": "4Q5XPV504B0A5302",
            "function": "alipay.intl.acquiring.common.payQuery",
            "reqMsgId": "1234567asdfasdf1123fda",
            "respTime": "2018-12-10T22:42:31-08:00",
            "version": "2.0.0"
        }
    }"#;

const MODERN: StatusVocabulary = StatusVocabulary::Modern;

fn query_head() -> Head {
    head(Operation::PayQuery.function())
}

fn body(text: &str) -> Value {
    serde_json::from_str::<Value>(text).unwrap()["body"].take()
}

fn result(code: &str) -> Value {
    let row = find_code(code).unwrap().1;
    json!({
        "resultCode": row.code, "resultCodeId": row.id, "resultMsg": row.message, "resultStatus": row.status.letter(),
    })
}

fn success(mut members: Value) -> Value {
    members["resultInfo"] = result("SUCCESS");
    members
}

fn query(payment: &Payment, vocabulary: StatusVocabulary) -> Value {
    body(&encode_pay_query(&query_head(), payment, vocabulary, noon()))["payment"].take()
}

/// Proves: SEED-003, its sample answer member by member and in its order; the time is the same moment in GMT+8.
#[test]
fn the_sample_answer_of_the_seed_is_told() {
    let payment = waiting(Product::CashierPayment);
    let told = encode_pay_query(&query_head(), &payment, MODERN, noon());
    let printed: String = SEED_RESPONSE.split_whitespace().collect();
    assert_eq!(told, printed.replace("2018-12-10T22:42:31-08:00", "2018-12-11T14:42:31+08:00"));
}

/// Proves: ALIPAYHK-FACTS §7, §7.1: where a payment stands, in both vocabularies, and `paymentTime` once paid.
#[test]
fn every_standing_of_a_payment_is_told() {
    let product = Product::AgreementPayment;
    let expired = waiting(product).as_of(noon().plus_ms(3 * MINUTE_MS));
    let refunded_in_part = Payment { refunded_minor: 3_000, ..paid(product) };
    let refunded_in_full = Payment { refunded_minor: 10_000, ..paid(product) };
    let user_done = Payment { user_done: true, ..waiting(product) };
    for (payment, modern, trade, has_time) in [
        (waiting(product), "WAIT_PAY", "WAIT_BUYER_PAY", false),
        (user_done, "WAIT_PAY", "WAIT_BUYER_PAY", false),
        (paid(product), "SUCCESS", "TRADE_SUCCESS", true),
        (refunded_in_part, "SUCCESS", "TRADE_SUCCESS", true),
        (refunded_in_full, "SUCCESS", "TRADE_SUCCESS", true),
        (expired, "CLOSED", "TRADE_CLOSED", false),
        (failed(product, Reason::BalanceNotEnough), "CLOSED", "TRADE_CLOSED", false),
        (cancelled(waiting(product)), "CLOSED", "TRADE_CLOSED", false),
        (cancelled(paid(product)), "CLOSED", "TRADE_CLOSED", true),
    ] {
        assert_eq!(query(&payment, MODERN)["payStatus"], modern);
        assert_eq!(query(&payment, StatusVocabulary::Trade)["payStatus"], trade);
        let time = query(&payment, MODERN).get("paymentTime").cloned();
        assert_eq!(time, has_time.then(|| json!("2018-12-11T14:42:33+08:00")), "{modern}");
    }
}

fn pay(payment: &Payment) -> Value {
    let view = PayView { payment, cashier_url: Some("https://cashier.test/1"), vocabulary: MODERN };
    body(&encode_pay(&query_head(), &view, noon()))
}

/// Proves: ALIPAYHK-FACTS §5.5, the outcomes of a debit; what is open is told with U, and the rest stands alone.
#[test]
fn every_outcome_of_a_debit_is_told() {
    let product = Product::AgreementPayment;
    let ids = json!({
        "acquirementId": "20181210194010800100160960000444145", "merchantTransId": "YIDAO_20181211_0000003",
        "orderAmount": {"currency": "HKD", "value": "10000"}, "paymentTime": "2018-12-11T14:42:33+08:00",
    });
    assert_eq!(pay(&paid(product)), success(ids));
    let unknown = |product| Payment { open_reason: Some(Reason::UnknownException), ..waiting(product) };
    for (payment, code) in [
        (waiting(product), "SYSTEM_ERROR"),
        (unknown(product), "UNKNOWN_EXCEPTION"),
        (unknown(Product::CashierPayment), "UNKNOWN_EXCEPTION"),
        (failed(product, Reason::BalanceNotEnough), "USER_BALANCE_NOT_ENOUGH"),
        (failed(product, Reason::RiskSuspected), "RISK_REJECT"),
        (waiting(product).as_of(noon().plus_ms(3 * MINUTE_MS)), "ORDER_STATUS_INVALID"),
        (cancelled(waiting(product)), "ORDER_STATUS_INVALID"),
        (cancelled(paid(product)), "ORDER_STATUS_INVALID"),
    ] {
        assert_eq!(pay(&payment), json!({"resultInfo": result(code)}));
    }
}

/// Proves: ALIPAYHK-FACTS §5.6, a WAP order that was taken is told with its status, so that nobody takes it for paid.
#[test]
fn every_outcome_of_a_wap_payment_is_told() {
    let product = Product::CashierPayment;
    let ids = |status: &str| {
        success(json!({
            "acquirementId": "20181210194010800100160960000444145", "merchantTransId": "YIDAO_20181211_0000003",
            "orderAmount": {"currency": "HKD", "value": "10000"}, "payStatus": status,
        }))
    };
    let mut waiting_told = ids("WAIT_PAY");
    waiting_told["cashierUrl"] = json!("https://cashier.test/1");
    assert_eq!(pay(&waiting(product)), waiting_told);
    let mut paid_told = ids("SUCCESS");
    paid_told["paymentTime"] = json!("2018-12-11T14:42:33+08:00");
    assert_eq!(pay(&paid(product)), paid_told);
    let expired = waiting(product).as_of(noon().plus_ms(3 * MINUTE_MS));
    assert_eq!(pay(&expired), json!({"resultInfo": result("ORDER_STATUS_INVALID")}));
}

/// Proves: ALIPAYHK-FACTS §5.8, SUCCESS for a payment that was called off and for one that was never seen.
#[test]
fn a_cancel_is_told() {
    let payment = cancelled(paid(Product::AgreementPayment));
    assert_eq!(
        body(&encode_pay_cancel(&query_head(), Some(&payment), noon())),
        success(json!({
            "acquirementId": "20181210194010800100160960000444145", "merchantTransId": "YIDAO_20181211_0000003",
        }))
    );
    assert_eq!(body(&encode_pay_cancel(&query_head(), None, noon())), success(json!({})));
}

/// Proves: ALIPAYHK-FACTS §5.9, §5.10, a refund is told the same way the first time and on every repeat.
#[test]
fn every_outcome_of_a_refund_is_told() {
    let told = |refund: &Refund| body(&encode_refund(&query_head(), refund, noon()));
    assert_eq!(
        told(&refunded()),
        success(json!({
            "acquirementId": "20181210194010800100160960000444145", "merchantRefundId": "refund-1",
            "refundAmount": {"currency": "HKD", "value": "3000"}, "refundId": "20181210194015800100160960000444146",
            "refundTime": "2018-12-11T14:42:36+08:00",
        }))
    );
    let open = Refund { state: RefundState::Processing, refunded_at: None, ..refunded() };
    assert_eq!(told(&open), json!({"resultInfo": result("SYSTEM_ERROR")}));
    let failure = Some(Reason::UserStatusAbnormal);
    let failed = Refund { state: RefundState::Failed, failure, refunded_at: None, ..refunded() };
    assert_eq!(told(&failed), json!({"resultInfo": result("USER_STATUS_ABNORMAL")}));
}

/// Proves: ALIPAYHK-FACTS §5.1 to §5.4, answers about agreements; the expiries are moments, and only `applyToken` tells
/// tokens.
#[test]
fn agreements_are_told() {
    let head = query_head();
    assert_eq!(
        body(&encode_prepare_for_redirect(&head, "https://wallet.test/1", noon())),
        success(json!({"authSiteUrl": "https://wallet.test/1"}))
    );
    let (access, refresh) = (Secret::new("access-1"), Secret::new("refresh-1"));
    let tokens = GrantedTokens { access: &access, refresh: Some(&refresh) };
    let mut info = json!({
        "accessToken": "access-1", "expiresIn": "2018-12-11T14:43:31+08:00", "refreshToken": "refresh-1",
        "reExpiresIn": "2018-12-11T14:44:31+08:00", "tokenStatus": "ACTIVE",
    });
    let applied = |tokens, now| body(&encode_apply_token(&head, &agreement(), tokens, now, noon()));
    assert_eq!(applied(tokens, noon()), success(json!({"accessTokenInfo": info})));
    let access_only = GrantedTokens { refresh: None, ..tokens };
    let told = applied(access_only, noon());
    assert!(told["accessTokenInfo"].get("refreshToken").is_none());
    assert!(told["accessTokenInfo"].get("reExpiresIn").is_none());

    let queried = |standing, now| body(&encode_query_by_auth_info(&head, standing, now, noon()));
    info.as_object_mut().unwrap().retain(|name, _| !matches!(name.as_str(), "accessToken" | "refreshToken"));
    let agreement = agreement();
    let signed = AgreementStanding::Signed(&agreement);
    assert_eq!(queried(signed, noon()), success(json!({"accessTokenInfo": info})));
    let status = |standing, now| queried(standing, now)["accessTokenInfo"]["tokenStatus"].take();
    assert_eq!(status(signed, noon().plus_ms(MINUTE_MS - 1)), "ACTIVE");
    assert_eq!(status(signed, noon().plus_ms(MINUTE_MS)), "EXPIRED");
    let revoked = Agreement { state: AgreementState::Revoked, ..agreement.clone() };
    assert_eq!(status(AgreementStanding::Signed(&revoked), noon()), "CANCELLED");
    assert_eq!(
        queried(AgreementStanding::NotSigned, noon()),
        success(json!({"accessTokenInfo": {"tokenStatus": "WAIT_AUTH"}}))
    );
    assert_eq!(status(AgreementStanding::Declined, noon()), "CANCELLED");
    assert_eq!(body(&encode_cancel_by_auth_info(&head, noon())), success(json!({})));
}

/// Only what the caller sent is explained to the caller, and never at a greater length than a message may have.
#[test]
fn a_refusal_is_told_with_its_code() {
    let told = |refusal: &Refusal| body(&encode_error(&query_head(), refusal, noon()));
    assert_eq!(told(&Reason::PaymentNotFound.into()), json!({"resultInfo": result("ORDER_NOT_EXIST")}));
    let detail = "body.merchantId: is required";
    let message = told(&Refusal::new(Reason::ParameterIllegal, detail))["resultInfo"]["resultMsg"].take();
    assert_eq!(message, "A parameter is missing or not valid. body.merchantId: is required");
    let secret = told(&Refusal::new(Reason::AccessDenied, "internal"));
    assert_eq!(secret, json!({"resultInfo": result("ACCESS_DENIED")}));
    let long = told(&Refusal::new(Reason::ParameterIllegal, "é".repeat(999)));
    assert_eq!(long["resultInfo"]["resultMsg"].as_str().unwrap().chars().count(), 256);
    let asked_for = find_code("MSG_PARSE_ERROR").unwrap().1;
    assert_eq!(
        body(&encode_code(&query_head(), asked_for, noon())),
        json!({"resultInfo": result("MSG_PARSE_ERROR")})
    );
}

/// Proves: ALIPAYHK-FACTS §4.3, §4.4: a body that cannot be parsed, and one that lacks something, each have their code.
#[test]
fn a_message_that_cannot_be_believed_is_told_apart() {
    for (sent, code) in [
        ("x", "MSG_PARSE_ERROR"),
        (r#"{"request":{},"request":{},"signature":"AQID"}"#, "MSG_PARSE_ERROR"),
        (r#"{"request":{"a":1,"a":2},"signature":"AQID"}"#, "MSG_PARSE_ERROR"),
        (r#"{"signature":"AQID"}"#, "PARAM_ILLEGAL"),
        (r#"{"request":{"head":{"clientId":"C"}}}"#, "PARAM_ILLEGAL"),
        (r#"{"request":{},"signature":"AQID"}"#, "PARAM_ILLEGAL"),
    ] {
        let error = claim(sent.as_bytes()).unwrap_err();
        let told = body(&encode_claim_error(&Head::default(), &error, noon()));
        assert_eq!(told["resultInfo"]["resultCode"], code, "{sent}");
        let message = told["resultInfo"]["resultMsg"].as_str().unwrap();
        assert!(message.ends_with(&error.to_string()), "{message}");
    }
}

/// Proves: ALIPAYHK-FACTS §2.2, §4.4: the head echoes what could be read, and nothing that is longer than its field.
#[test]
fn the_head_echoes_what_fits() {
    let told = |head: &Head| {
        let text = encode_error(head, &Reason::SignatureInvalid.into(), noon());
        serde_json::from_str::<Value>(&text).unwrap()["head"].take()
    };
    let empty = json!({"clientId": "", "function": "", "reqMsgId": "", "version": "", "respTime": "2018-12-11T14:42:31+08:00"});
    assert_eq!(told(&Head::default()), empty);
    let long = |chars: usize| "é".repeat(chars);
    let fits = Head {
        client_id: long(32),
        function: long(128),
        req_msg_id: long(64),
        version: long(8),
        ..Head::default()
    };
    assert_eq!(told(&fits)["reqMsgId"], long(64));
    let too_long = Head {
        client_id: long(33),
        function: long(129),
        req_msg_id: long(65),
        version: long(9),
        ..Head::default()
    };
    assert_eq!(told(&too_long), empty);
}
