use farthing_core::ids::{PaymentId, RequestId};
use farthing_core::request::{
    AgreementName, CancelOfPaid, CancelOfUnseen, CaptureMode, Grant, RefundAmount, Secret,
};
use farthing_core::rows::Product;
use farthing_core::time::MINUTE_MS;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::samples::hkd;
use crate::signed::claim;
use crate::signed::tests::SEED_REQUEST;

const TOKEN: &str = "M9WkKnmRGFflrgEp2ORH5sMIkH9L59AXK6SFkdzAi5000969";

/// A request of a function with every documented field, in its wire form.
fn sample(operation: Operation) -> Value {
    let body = match operation {
        Operation::PrepareForRedirect => json!({
            "authMerchantId": "2160400000002012", "authSite": "ALIPAY_HK", "scopes": ["AUTH_AGREEMENTPAY", "USER_POINTS"],
            "terminalType": "WEB", "merchantRedirectUrl": "https://shop.test/back", "state": "state-1",
            "agreementPayAuthInfo": {"merchantAgreementId": "a3419524e24941a6ba0a9c659f78752c"},
        }),
        Operation::ApplyToken => json!({
            "grantType": "AUTHORIZATION_CODE", "authMerchantId": "2160400000002012", "authSite": "ALIPAY_HK",
            "authCode": "code-1",
        }),
        Operation::QueryByAuthInfo | Operation::CancelByAuthInfo => json!({
            "authMerchantId": "2160400000002012", "merchantAgreementId": "a3419524e24941a6ba0a9c659f78752c",
        }),
        Operation::AgreementPay => pay_body("AUTO_DEBIT"),
        Operation::WapPay => pay_body("AGREEMENT_OR_CASHIER_PAY"),
        Operation::PayQuery | Operation::PayCancel => json!({
            "merchantId": "2160400000002012", "merchantTransId": "YIDAO_20181211_0000003",
        }),
        Operation::Refund => json!({
            "merchantId": "2160400000002012", "acquirementId": "20181210194010800100160960000444145",
            "merchantRefundId": "refund-1", "refundAmount": {"currency": "HKD", "value": "3000"},
            "refundReason": "broken", "extendInfo": "{}",
        }),
    };
    json!({
        "head": {
            "version": "2.0.0", "function": operation.function(), "clientId": "4Q5XPV504B0A5302",
            "reqTime": "2001-07-04T12:08:56+05:30", "reqMsgId": "1234567asdfasdf1123fda", "accessToken": TOKEN,
            "reserve": "{}",
        },
        "body": body,
    })
}

fn pay_body(product_code: &str) -> Value {
    json!({
        "merchantId": "2160400000002012", "productCode": product_code, "merchantTransId": "order-1",
        "order": {
            "orderAmount": {"currency": "HKD", "value": "10000"}, "orderTitle": "Two cups", "orderDetail": "Blue",
            "seller": {"sellerId": "S_1", "sellerName": "Cups", "mcc": "5411"},
        },
        "settleContractId": "USD-1", "extendInfo": "{}", "notify_url": "https://shop.test/notify",
        "somethingNew": {"of": ["any", "kind"], "accessToken": "token-in-the-wrong-place"},
    })
}

fn decode_with(
    operation: Operation,
    content: &Value,
    settings: &ClientSettings,
) -> Result<Decoded, DecodeError> {
    let Value::Object(content) = content.clone() else { panic!("an object") };
    decode_request(operation, content, settings)
}

fn decode(operation: Operation, content: &Value) -> Result<Decoded, DecodeError> {
    decode_with(operation, content, &ClientSettings::default())
}

/// `content` with the value at a JSON pointer replaced, or put there where its parent is an object.
fn with(mut content: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match content.pointer_mut(pointer) {
        Some(old) => *old = value,
        None => content.pointer_mut(parent).unwrap()[name] = value,
    }
    content
}

fn without(mut content: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    content.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    content
}

/// The field that is named, or what was read where none is.
fn bad_field(operation: Operation, content: &Value) -> String {
    match decode(operation, content) {
        Err(DecodeError(bad)) => bad.name,
        Ok(read) => format!("{read:?}"),
    }
}

fn named(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

/// Each field that must be there is named when it is missing, null or empty.
#[test]
fn a_missing_field_is_named() {
    let head = [
        "/head",
        "/head/version",
        "/head/function",
        "/head/clientId",
        "/head/reqTime",
        "/head/reqMsgId",
        "/body",
    ];
    for operation in Operation::ALL {
        let of_body: &[&str] = match operation {
            Operation::PrepareForRedirect => &[
                "/body/authMerchantId",
                "/body/authSite",
                "/body/scopes",
                "/body/terminalType",
                "/body/merchantRedirectUrl",
                "/body/agreementPayAuthInfo",
                "/body/agreementPayAuthInfo/merchantAgreementId",
            ],
            Operation::ApplyToken => {
                &["/body/grantType", "/body/authMerchantId", "/body/authSite", "/body/authCode"]
            }
            Operation::QueryByAuthInfo | Operation::CancelByAuthInfo => {
                &["/body/authMerchantId", "/body/merchantAgreementId"]
            }
            Operation::AgreementPay => &[
                "/head/accessToken",
                "/body/merchantId",
                "/body/productCode",
                "/body/merchantTransId",
                "/body/order",
                "/body/order/orderAmount",
                "/body/order/orderAmount/currency",
                "/body/order/orderAmount/value",
            ],
            Operation::WapPay => {
                &["/body/merchantId", "/body/productCode", "/body/merchantTransId", "/body/order"]
            }
            Operation::PayQuery | Operation::PayCancel => &["/body/merchantId"],
            Operation::Refund => &[
                "/body/merchantId",
                "/body/acquirementId",
                "/body/merchantRefundId",
                "/body/refundAmount",
                "/body/refundAmount/value",
            ],
        };
        for pointer in head.iter().chain(of_body) {
            let sample = sample(operation);
            for broken in [
                without(sample.clone(), pointer),
                with(sample.clone(), pointer, json!(null)),
                with(sample.clone(), pointer, json!("")),
            ] {
                assert_eq!(bad_field(operation, &broken), named(pointer), "{operation:?}");
                assert_eq!(
                    Refusal::from(decode(operation, &broken).unwrap_err()).reason,
                    Reason::ParameterIllegal
                );
            }
        }
    }
}

/// Lengths are those of the sources, in characters: the longest that is allowed is taken, one more is refused by name.
#[test]
fn lengths_are_those_of_the_sources() {
    let rows: &[(Operation, &str, usize)] = &[
        (Operation::PayQuery, "/head/version", 8),
        (Operation::PayQuery, "/head/function", 128),
        (Operation::PayQuery, "/head/clientId", 32),
        (Operation::PayQuery, "/head/reqMsgId", 64),
        (Operation::PayQuery, "/head/reserve", 256),
        (Operation::PayQuery, "/head/signType", 64),
        (Operation::AgreementPay, "/head/accessToken", 64),
        (Operation::PayQuery, "/body/merchantId", 64),
        (Operation::PayQuery, "/body/acquirementId", 64),
        (Operation::PayQuery, "/body/merchantTransId", 64),
        (Operation::AgreementPay, "/body/merchantTransId", 64),
        (Operation::AgreementPay, "/body/settleContractId", 64),
        (Operation::AgreementPay, "/body/extendInfo", 2048),
        (Operation::ApplyToken, "/body/authCode", 64),
        (Operation::ApplyToken, "/body/refreshToken", 64),
        (Operation::QueryByAuthInfo, "/body/authMerchantId", 64),
        (Operation::QueryByAuthInfo, "/body/merchantAgreementId", 32),
        (Operation::PrepareForRedirect, "/body/agreementPayAuthInfo/merchantAgreementId", 32),
        (Operation::Refund, "/body/merchantRefundId", 64),
        (Operation::Refund, "/body/refundReason", 256),
    ];
    for (operation, pointer, chars_max) in rows {
        let of_length = |chars: usize| with(sample(*operation), pointer, json!("é".repeat(chars)));
        assert!(decode(*operation, &of_length(*chars_max)).is_ok(), "{pointer}");
        assert_eq!(bad_field(*operation, &of_length(chars_max + 1)), named(pointer));
        assert_eq!(bad_field(*operation, &with(sample(*operation), pointer, json!(7))), named(pointer));
        assert_eq!(bad_field(*operation, &with(sample(*operation), pointer, json!("a\0"))), named(pointer));
    }
    let url = |chars: usize| json!(format!("https://shop.test/{}", "a".repeat(chars - 18)));
    for (operation, pointer) in [
        (Operation::WapPay, "/body/notify_url"),
        (Operation::PrepareForRedirect, "/body/merchantRedirectUrl"),
    ] {
        assert!(decode(operation, &with(sample(operation), pointer, url(512))).is_ok());
        for bad in [url(513), json!("shop.test"), json!("ftp://shop.test/"), json!("https:///x")] {
            assert_eq!(bad_field(operation, &with(sample(operation), pointer, bad)), named(pointer));
        }
    }
}

/// Values of the wrong type or outside what is served are refused by name.
#[test]
fn a_bad_value_is_named() {
    let rows: Vec<(Operation, &str, Vec<Value>)> = vec![
        (
            Operation::PayQuery,
            "/head/reqTime",
            vec![
                json!("2001-07-04 12:08:56"),
                json!("2001-07-04T12:08:56"),
                json!("2001-02-30T12:08:56Z"),
                json!("2001-07-04T24:08:56Z"),
                json!(994_228_736),
            ],
        ),
        (Operation::PayQuery, "/head/reserve", vec![json!(7), json!([]), json!(true)]),
        (Operation::PayQuery, "/head", vec![json!([]), json!("head")]),
        (Operation::PayQuery, "/body", vec![json!([]), json!(7)]),
        (
            Operation::AgreementPay,
            "/body/order/orderAmount/value",
            vec![
                json!("0"),
                json!("-1"),
                json!("1.5"),
                json!("1e3"),
                json!(" 1"),
                json!("１"),
                json!("12345678901234567"),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(true),
            ],
        ),
        (
            Operation::AgreementPay,
            "/body/order/orderAmount/currency",
            vec![json!("hkd"), json!("HK"), json!("XXY"), json!(344)],
        ),
        (Operation::AgreementPay, "/body/order/orderAmount", vec![json!("100"), json!(100)]),
        (Operation::AgreementPay, "/body/order", vec![json!([]), json!("order")]),
        (
            Operation::AgreementPay,
            "/body/productCode",
            vec![json!("AGREEMENT_OR_CASHIER_PAY"), json!("auto_debit"), json!(1)],
        ),
        (Operation::WapPay, "/body/productCode", vec![json!("AUTO_DEBIT"), json!("CASHIER_PAYMENT")]),
        (Operation::PrepareForRedirect, "/body/authSite", vec![json!("ALIPAY_CN"), json!("alipay_hk")]),
        (Operation::PrepareForRedirect, "/body/terminalType", vec![json!("TV"), json!("web")]),
        (
            Operation::PrepareForRedirect,
            "/body/scopes",
            vec![json!([]), json!("AUTH_AGREEMENTPAY"), json!({})],
        ),
        (Operation::ApplyToken, "/body/grantType", vec![json!("authorization_code"), json!("PASSWORD")]),
        (Operation::Refund, "/body/refundAmount/value", vec![json!("0"), json!("-3000"), json!("30.00")]),
    ];
    for (operation, pointer, values) in rows {
        for value in values {
            let broken = with(sample(operation), pointer, value);
            assert_eq!(bad_field(operation, &broken), named(pointer), "{broken}");
        }
    }
    let scopes = with(sample(Operation::PrepareForRedirect), "/body/scopes", json!(["AUTH_AGREEMENTPAY", 7]));
    assert_eq!(bad_field(Operation::PrepareForRedirect, &scopes), "body.scopes[1]");
}

/// Proves: SEED-003, its sample request asks for the payment with that id of that merchant.
#[test]
fn the_sample_of_the_seed_is_a_query() {
    let claim = claim(SEED_REQUEST.as_bytes()).unwrap();
    let decoded = decode_request(Operation::PayQuery, claim.content, &ClientSettings::default()).unwrap();
    assert_eq!(decoded.merchant_id.as_str(), "2160400000002012");
    let AlipayHkRequest::PayQuery(name) = decoded.request else { panic!("{decoded:?}") };
    assert_eq!(name, PaymentName::Request(RequestId::new("YIDAO_20181211_0000003")));
}

/// Proves: SEED-003, `acquirementId` is favoured over `merchantTransId`, and one of the two is required.
#[test]
fn the_gateways_id_wins_and_one_id_is_required() {
    for operation in [Operation::PayQuery, Operation::PayCancel] {
        let name = |content: &Value| match decode(operation, content).unwrap().request {
            AlipayHkRequest::PayQuery(name)
            | AlipayHkRequest::PayCancel(CancelRequest { payment: name, .. }) => name,
            other => panic!("{other:?}"),
        };
        let ours = || PaymentName::Id(PaymentId::new("P_1"));
        let both = with(sample(operation), "/body/acquirementId", json!("P_1"));
        assert_eq!(name(&both), ours());
        assert_eq!(name(&with(both.clone(), "/body/merchantTransId", json!(null))), ours());
        assert_eq!(name(&without(both.clone(), "/body/merchantTransId")), ours());
        for nothing in [json!(null), json!("")] {
            let theirs = PaymentName::Request(RequestId::new("YIDAO_20181211_0000003"));
            assert_eq!(name(&with(both.clone(), "/body/acquirementId", nothing.clone())), theirs);
            let neither =
                with(without(both.clone(), "/body/acquirementId"), "/body/merchantTransId", nothing);
            assert_eq!(bad_field(operation, &neither), "body.acquirementId");
        }
    }
}

/// Proves: ALIPAYHK-FACTS §2.1, `reserve` is a text, an object, or not there.
#[test]
fn reserve_comes_in_three_forms() {
    let sample = sample(Operation::PayQuery);
    for content in [
        with(sample.clone(), "/head/reserve", json!({"isvAccesstoken": "x"})),
        with(sample.clone(), "/head/reserve", json!({})),
        with(sample.clone(), "/head/reserve", json!(null)),
        without(sample.clone(), "/head/reserve"),
        sample,
    ] {
        assert!(decode(Operation::PayQuery, &content).is_ok(), "{content}");
    }
}

fn decode_pay(operation: Operation, settings: &ClientSettings) -> PayRequest {
    match decode_with(operation, &sample(operation), settings).unwrap().request {
        AlipayHkRequest::Pay(request) => *request,
        other => panic!("{other:?}"),
    }
}

/// Proves: ALIPAYHK-FACTS §5.5, what the core is told of a debit; of what is kept no token is a part.
#[test]
fn a_debit_is_told_to_the_core() {
    let request = decode_pay(Operation::AgreementPay, &ClientSettings::default());
    assert_eq!(request.request_id.as_str(), "order-1");
    assert_eq!((request.product, request.amount), (Product::AgreementPayment, hkd(10_000)));
    assert_eq!(request.method, "ALIPAY_HK");
    assert_eq!(request.payer_token.as_ref().map(Secret::reveal), Some(TOKEN));
    assert_eq!((request.capture, request.expiry_ms), (CaptureMode::AtOnce, None));
    assert_eq!(request.secondary_merchant.as_deref(), Some("S_1"));
    assert_eq!(
        request.settlement_currency.map(|currency| currency.code().to_owned()).as_deref(),
        Some("USD")
    );
    assert_eq!(request.notify_url.as_deref(), Some("https://shop.test/notify"));
    assert!(request.card.is_none() && request.payment_code.is_none() && request.floor.is_none());
    assert_eq!(request.document["order"]["orderTitle"], "Two cups");
    assert_eq!(request.document["somethingNew"], json!({"of": ["any", "kind"]}));
    let kept = request.document.to_string();
    assert!(!kept.contains(TOKEN) && !kept.contains("wrong-place"), "{kept}");
}

/// Proves: SEED-003, a WAP payment waits three minutes by default; ALIPAYHK-FACTS §5.6.
#[test]
fn a_wap_payment_waits_three_minutes() {
    let request = decode_pay(Operation::WapPay, &ClientSettings::default());
    assert_eq!((request.product, request.amount), (Product::CashierPayment, hkd(10_000)));
    assert_eq!(request.expiry_ms, Some(3 * MINUTE_MS));
    assert!(request.payer_token.is_none());
    let settings = ClientSettings { expiry_ms: Some(7), ..ClientSettings::default() };
    assert_eq!(decode_pay(Operation::WapPay, &settings).expiry_ms, Some(7));
    assert_eq!(decode_pay(Operation::AgreementPay, &settings).expiry_ms, None);
}

/// Proves: ALIPAYHK-FACTS §2.3, an amount's value is a text of digits or a whole number.
#[test]
fn an_amount_is_a_text_or_a_number() {
    for value in [json!("10000"), json!("0010000"), json!(10_000)] {
        let content = with(sample(Operation::AgreementPay), "/body/order/orderAmount/value", value);
        let AlipayHkRequest::Pay(request) = decode(Operation::AgreementPay, &content).unwrap().request else {
            panic!("a pay")
        };
        assert_eq!(request.amount, hkd(10_000));
    }
}

/// What the id of a settlement contract says of the currency: its beginning, as in the source's sample, or nothing.
#[test]
fn a_settlement_contract_may_name_a_currency() {
    for (contract, currency) in [("USD-1", Some("USD")), ("HKD", Some("HKD")), ("C-7", None), ("usd-1", None)]
    {
        let content = with(sample(Operation::WapPay), "/body/settleContractId", json!(contract));
        let AlipayHkRequest::Pay(request) = decode(Operation::WapPay, &content).unwrap().request else {
            panic!("a pay")
        };
        assert_eq!(
            request.settlement_currency.map(|known| known.code().to_owned()).as_deref(),
            currency,
            "{contract}"
        );
    }
}

/// Proves: ALIPAYHK-FACTS §5.8, a paid one is given back, and an unseen one remembered by the merchant's own id.
#[test]
fn a_cancel_gives_back_and_remembers() {
    let cancel = |content: &Value| match decode(Operation::PayCancel, content).unwrap().request {
        AlipayHkRequest::PayCancel(cancel) => cancel,
        other => panic!("{other:?}"),
    };
    let by_request = cancel(&sample(Operation::PayCancel));
    assert_eq!(
        (by_request.of_paid, by_request.of_unseen),
        (CancelOfPaid::GiveBack, CancelOfUnseen::Remember)
    );
    let by_id = cancel(&with(sample(Operation::PayCancel), "/body/acquirementId", json!("P_1")));
    assert_eq!((by_id.of_paid, by_id.of_unseen), (CancelOfPaid::GiveBack, CancelOfUnseen::Refuse));
}

/// Proves: ALIPAYHK-FACTS §5.9, what the core is told of a refund; its result is not notified.
#[test]
fn a_refund_is_told_to_the_core() {
    let decoded = decode(Operation::Refund, &sample(Operation::Refund)).unwrap();
    let AlipayHkRequest::Refund(request) = decoded.request else { panic!("{decoded:?}") };
    assert_eq!(request.request_id.as_str(), "refund-1");
    assert_eq!(request.payment, PaymentName::Id(PaymentId::new("20181210194010800100160960000444145")));
    assert_eq!(request.amount, RefundAmount::Of(hkd(3_000)));
    assert!(!request.is_named_by_nonce && request.capture_id.is_none() && request.notify_url.is_none());
    assert_eq!(request.document["refundReason"], "broken");
    assert!(request.document.get("head").is_none());
}

/// Proves: ALIPAYHK-FACTS §5.1 to §5.4, what the core is told of agreements, and which merchant each call names.
#[test]
fn agreements_are_told_to_the_core() {
    let decoded = |content: &Value, operation| {
        let decoded = decode(operation, content).unwrap();
        assert_eq!(decoded.merchant_id.as_str(), "2160400000002012");
        decoded.request
    };
    let asked = decoded(&sample(Operation::PrepareForRedirect), Operation::PrepareForRedirect);
    let AlipayHkRequest::PrepareForRedirect(consult) = asked else { panic!("{asked:?}") };
    assert_eq!((consult.method.as_str(), consult.auth_state.as_str()), ("ALIPAY_HK", "state-1"));
    assert_eq!(consult.merchant_agreement_id.as_deref(), Some("a3419524e24941a6ba0a9c659f78752c"));
    assert_eq!(consult.redirect_url, "https://shop.test/back");
    assert_eq!(consult.scopes, ["AGREEMENT_PAY", "USER_POINTS"]);
    assert!(consult.auth_client_id.is_none() && consult.notify_url.is_none());
    let stateless = without(sample(Operation::PrepareForRedirect), "/body/state");
    let AlipayHkRequest::PrepareForRedirect(consult) = decoded(&stateless, Operation::PrepareForRedirect)
    else {
        panic!("a consult")
    };
    assert_eq!(consult.auth_state, "");

    let AlipayHkRequest::ApplyToken(apply) = decoded(&sample(Operation::ApplyToken), Operation::ApplyToken)
    else {
        panic!("an exchange")
    };
    assert_eq!((apply.method.as_str(), apply.repeats_are_answered), ("ALIPAY_HK", true));
    assert!(matches!(&apply.grant, Grant::AuthorizationCode(code) if code.reveal() == "code-1"));
    let refresh = with(sample(Operation::ApplyToken), "/body/grantType", json!("REFRESH_TOKEN"));
    assert_eq!(bad_field(Operation::ApplyToken, &refresh), "body.refreshToken");
    let refresh = with(refresh, "/body/refreshToken", json!("refresh-1"));
    let AlipayHkRequest::ApplyToken(apply) = decoded(&refresh, Operation::ApplyToken) else {
        panic!("a refresh")
    };
    assert!(matches!(&apply.grant, Grant::RefreshToken(token) if token.reveal() == "refresh-1"));

    let asked = decoded(&sample(Operation::QueryByAuthInfo), Operation::QueryByAuthInfo);
    let AlipayHkRequest::QueryByAuthInfo { merchant_agreement_id } = asked else { panic!("{asked:?}") };
    assert_eq!(merchant_agreement_id, "a3419524e24941a6ba0a9c659f78752c");
    let asked = decoded(&sample(Operation::CancelByAuthInfo), Operation::CancelByAuthInfo);
    let AlipayHkRequest::CancelByAuthInfo(revoke) = asked else { panic!("{asked:?}") };
    assert!(
        matches!(&revoke.agreement, AgreementName::Merchant(id) if id == "a3419524e24941a6ba0a9c659f78752c")
    );
}

proptest! {
    /// Whatever stands where, it is read or refused.
    #[test]
    fn no_request_makes_it_panic(pointer in prop::sample::select(vec![
        "/head", "/body", "/head/reserve", "/body/order", "/body/merchantId", "/body/scopes", "/body/order/orderAmount/value",
    ]), value in prop_oneof![
        Just(json!(null)), any::<String>().prop_map(Value::from), any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from), Just(json!([])), Just(json!({})), Just(json!([{"a": [1]}])),
    ]) {
        for operation in Operation::ALL {
            let mut content = sample(operation);
            if let Some(place) = content.pointer_mut(pointer) {
                *place = value.clone();
            }
            let _read_or_refused = decode(operation, &content);
        }
    }
}
