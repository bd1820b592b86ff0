use farthing_core::card::CardFault;
use farthing_core::ids::{PaymentId, RefundId, RequestId};
use farthing_core::request::{
    AgreementName, CancelOfPaid, CancelOfUnseen, CaptureMode, CardRequest, CardSource, Grant, RefundAmount,
    Secret,
};
use farthing_core::rows::Product;
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_kit::time_text::{format_gmt8_ms, format_gmt8_seconds};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::samples::{hkd, noon};

/// Every documented field of an Auto Debit, in its wire form: all scalars as texts.
fn pay_body() -> Value {
    json!({
        "productCode": "AGREEMENT_PAYMENT",
        "paymentRequestId": "order-1",
        "order": {
            "referenceOrderId": "R-1",
            "orderDescription": "Two cups",
            "orderAmount": {"currency": "HKD", "value": "10000"},
            "merchant": {
                "referenceMerchantId": "SECONDARY_1", "merchantMCC": "5411", "merchantName": "Cups",
                "merchantDisplayName": "Cups", "merchantAddress": {"region": "HK", "city": "Hong Kong"},
                "merchantRegisterDate": "2019-11-27T12:01:01+08:00", "merchantType": "ENTERPRISE",
                "store": {"referenceStoreId": "S-1", "storeName": "Cups 1", "storeMCC": "5411"},
            },
            "goods": [{
                "referenceGoodsId": "G-1", "goodsName": "Cup", "goodsCategory": "cups", "goodsBrand": "none",
                "goodsUnitAmount": {"currency": "HKD", "value": "5000"}, "goodsQuantity": "2",
                "goodsUrl": "https://shop.test/cup", "deliveryMethodType": "PHYSICAL",
                "crossSell": {"goodsName": "Saucer"},
            }],
            "shipping": {
                "shippingName": {"firstName": "A", "lastName": "B"},
                "shippingAddress": {"region": "HK", "address1": "1 Road", "zipCode": "00000"},
                "shippingCarrier": "Post", "shippingPhoneNo": "12345678",
            },
            "buyer": {
                "referenceBuyerId": "B-1", "buyerName": {"fullName": "A B"}, "buyerPhoneNo": "12345678",
                "buyerEmail": "a@x.test", "isAccountVerified": "true", "successfulOrderCount": "3",
            },
            "env": {
                "terminalType": "WEB", "osType": "IOS", "clientIp": "192.0.2.1", "colorDepth": "24",
                "timeZoneOffset": "-120", "browserInfo": {"javaEnabled": "false", "language": "en"},
            },
        },
        "paymentAmount": {"currency": "HKD", "value": "10000"},
        "settlementStrategy": {"settlementCurrency": "USD"},
        "paymentMethod": {
            "paymentMethodType": "ALIPAY_HK", "paymentMethodId": "token-1",
            "paymentMethodMetaData": {"anything": ["goes"], "cvv": "123"},
        },
        "creditPayPlan": {"installmentNum": "3", "creditPayFeeType": "PERCENTAGE", "feePercentage": "1"},
        "paymentExpiryTime": format_gmt8_seconds(noon().plus_ms(30 * SECOND_MS)),
        "paymentNotifyUrl": "https://shop.test/notify",
        "paymentFactor": {"isAuthorization": "false", "captureMode": "AUTOMATIC"},
        "metadata": "{\"a\":1}",
        "somethingNew": {"of": ["any", "kind"]},
    })
}

fn cashier_body() -> Value {
    let mut body = pay_body();
    body["productCode"] = json!("CASHIER_PAYMENT");
    body["paymentRedirectUrl"] = json!("https://shop.test/back");
    body["env"] = json!({"terminalType": "WAP", "osType": "ANDROID"});
    body
}

fn card_body() -> Value {
    with(
        with(
            cashier_body(),
            "/paymentMethod",
            json!({
                "paymentMethodType": "CARD", "customerId": "customer-1",
                "paymentMethodMetaData": {
                    "cardNo": "4054695723100768", "cvv": "987", "expiryYear": "29", "expiryMonth": "12",
                    "cardholderName": {"firstName": "A", "lastName": "B"},
                    "billingAddress": {"region": "HK", "zipCode": "00000"},
                    "is3DSAuthentication": "true", "tokenize": true,
                },
            }),
        ),
        "/paymentFactor",
        json!({"isAuthorization": "true", "captureMode": "MANUAL"}),
    )
}

fn capture_body() -> Value {
    json!({
        "captureRequestId": "capture-1", "paymentId": "P-1",
        "captureAmount": {"currency": "HKD", "value": "4000"}, "isLastCapture": "true",
        "transit": {"transitType": "FLIGHT"},
    })
}

fn declare_body() -> Value {
    json!({
        "declarationRequestId": "declare-1", "paymentId": "P-1",
        "declarationAmount": {"currency": "CNY", "value": "10000"},
        "customs": {"customsCode": "ZONGSHU", "region": "CN"},
        "merchantCustomsInfo": {"merchantCustomsCode": "M-1", "merchantCustomsName": "Cups"},
        "splitOrder": "true", "suborderId": "sub-1",
        "buyerCertificate": {
            "certificateType": "ID_CARD", "certificateNo": "110101199003070000", "holderName": {"fullName": "A B"},
        },
    })
}

fn exchange_rate_body() -> Value {
    json!({
        "productCode": "CASHIER_PAYMENT", "sellCurrency": "HKD", "buyCurrency": "USD", "rateType": "TRADE",
        "currencyPairs": [{"sellCurrency": "JPY", "buyCurrency": "USD"}],
    })
}

fn refund_body() -> Value {
    json!({
        "refundRequestId": "refund-1", "paymentId": "P-1", "refundAmount": {"currency": "HKD", "value": "3000"},
        "refundReason": "broken", "refundNotifyUrl": "https://shop.test/refunds", "isAsyncRefund": false,
        "metadata": "{}",
    })
}

fn consult_body() -> Value {
    json!({
        "customerBelongsTo": "ALIPAY_HK", "authRedirectUrl": "https://shop.test/back", "scopes": ["AGREEMENT_PAY"],
        "authState": "state-1", "terminalType": "WEB", "authClientId": "SECONDARY_1",
        "authNotifyUrl": "https://shop.test/auth",
    })
}

fn decode(operation: Operation, body: &Value) -> Result<AntomRequest, DecodeError> {
    decode_request(operation, body.to_string().as_bytes(), noon())
}

fn decode_pay(body: &Value) -> Result<PayRequest, DecodeError> {
    match decode(Operation::Pay, body)? {
        AntomRequest::Pay(request) => Ok(*request),
        other => panic!("{other:?}"),
    }
}

/// `body` with the value at a JSON pointer replaced, or put there where its parent is an object.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match body.pointer_mut(pointer) {
        Some(old) => *old = value,
        None => body.pointer_mut(parent).unwrap()[name] = value,
    }
    body
}

fn without(mut body: Value, pointer: &str) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap();
    body
}

/// The field that is named, or the whole error where it is none.
fn bad_field(operation: Operation, body: &Value) -> String {
    match decode(operation, body) {
        Err(DecodeError::BadField(bad)) => bad.name,
        other => format!("{other:?}"),
    }
}

/// Each row of bad values names its field, and is PARAM_ILLEGAL.
#[test]
fn a_bad_field_of_pay_is_named() {
    let long = |chars: usize| json!("é".repeat(chars));
    let rows: Vec<(&str, Vec<Value>, &str)> = vec![
        (
            "/paymentAmount/value",
            vec![
                json!("-1"),
                json!("1.5"),
                json!("0"),
                json!("000"),
                json!("1e3"),
                json!("12345678901234567"),
                json!("１"),
                json!(" 1"),
                json!("+1"),
                json!(""),
                json!(null),
                json!(-1),
                json!(1.5),
                json!(0),
                json!(1e3),
                json!(12_345_678_901_234_567_u64),
                json!(true),
                json!([1]),
                json!({"a": 1}),
            ],
            "paymentAmount.value",
        ),
        (
            "/paymentAmount/currency",
            vec![json!("hkd"), json!("HK"), json!("ZZZ"), json!("XXX"), json!(""), json!(344), json!(null)],
            "paymentAmount.currency",
        ),
        ("/paymentAmount", vec![json!("100"), json!([]), json!(null)], "paymentAmount"),
        (
            "/paymentRequestId",
            vec![long(65), json!(""), json!(null), json!(1), json!({}), json!(["x"]), json!("a\0b")],
            "paymentRequestId",
        ),
        (
            "/productCode",
            vec![json!("IN_STORE_PAYMENT"), json!("agreement_payment"), json!(1)],
            "productCode",
        ),
        ("/order", vec![json!("x"), json!([]), json!(null)], "order"),
        ("/order/referenceOrderId", vec![long(65), json!({})], "order.referenceOrderId"),
        ("/order/orderDescription", vec![long(257)], "order.orderDescription"),
        ("/order/orderAmount/value", vec![json!("-1"), json!("x"), json!("")], "order.orderAmount.value"),
        ("/order/orderAmount/currency", vec![json!("ZZZ")], "order.orderAmount.currency"),
        ("/order/goods", vec![json!({}), json!(vec![json!({}); 101])], "order.goods"),
        ("/order/goods/0", vec![json!(null), json!("x")], "order.goods[0]"),
        ("/order/goods/0/goodsName", vec![long(257), json!([])], "order.goods[0].goodsName"),
        (
            "/order/goods/0/goodsQuantity",
            vec![json!("0"), json!("1.5"), json!(0), json!(1.5), json!("+1"), json!("x"), json!(true)],
            "order.goods[0].goodsQuantity",
        ),
        (
            "/order/goods/0/goodsUrl",
            vec![json!("shop.test"), json!("ftp://shop.test")],
            "order.goods[0].goodsUrl",
        ),
        ("/order/goods/0/crossSell/goodsName", vec![long(257)], "order.goods[0].crossSell.goodsName"),
        (
            "/order/merchant/merchantAddress/region",
            vec![json!("HKG")],
            "order.merchant.merchantAddress.region",
        ),
        (
            "/order/merchant/merchantRegisterDate",
            vec![json!("2026-02-30T00:00:00Z")],
            "order.merchant.merchantRegisterDate",
        ),
        ("/order/merchant/merchantType", vec![json!("PERSON")], "order.merchant.merchantType"),
        ("/order/shipping/shippingName/firstName", vec![long(33)], "order.shipping.shippingName.firstName"),
        ("/order/buyer/buyerEmail", vec![long(65)], "order.buyer.buyerEmail"),
        (
            "/order/buyer/isAccountVerified",
            vec![json!("yes"), json!("True"), json!(1)],
            "order.buyer.isAccountVerified",
        ),
        (
            "/order/buyer/successfulOrderCount",
            vec![json!("-1"), json!(-1)],
            "order.buyer.successfulOrderCount",
        ),
        ("/order/env/terminalType", vec![json!("TABLET")], "order.env.terminalType"),
        ("/order/env/osType", vec![json!("LINUX")], "order.env.osType"),
        ("/order/env/timeZoneOffset", vec![json!("-1441"), json!("x")], "order.env.timeZoneOffset"),
        (
            "/settlementStrategy/settlementCurrency",
            vec![json!("US"), json!(1)],
            "settlementStrategy.settlementCurrency",
        ),
        ("/paymentMethod/paymentMethodType", vec![long(65), json!("")], "paymentMethod.paymentMethodType"),
        (
            "/paymentMethod/paymentMethodId",
            vec![long(129), json!(""), json!(null)],
            "paymentMethod.paymentMethodId",
        ),
        (
            "/paymentMethod/paymentMethodMetaData",
            vec![json!("{}"), json!([])],
            "paymentMethod.paymentMethodMetaData",
        ),
        ("/creditPayPlan/installmentNum", vec![json!("1"), json!(37)], "creditPayPlan.installmentNum"),
        ("/creditPayPlan/feePercentage", vec![json!("101")], "creditPayPlan.feePercentage"),
        ("/paymentFactor/captureMode", vec![json!("LATER")], "paymentFactor.captureMode"),
        (
            "/paymentExpiryTime",
            vec![
                json!("2026-02-30T00:00:00+08:00"),
                json!("2019-11-27T12:01:31"),
                json!("2019-11-27"),
                json!("tomorrow"),
                json!(1_574_827_291),
                json!("2019-11-27T24:00:00+08:00"),
                json!(format_gmt8_seconds(noon())),
                json!(format_gmt8_seconds(noon().plus_ms(-SECOND_MS))),
                json!(format_gmt8_ms(noon().plus_ms(MINUTE_MS))),
            ],
            "paymentExpiryTime",
        ),
        (
            "/paymentNotifyUrl",
            vec![
                json!("/notify"),
                json!("https://"),
                json!(format!("https://shop.test/{}", "a".repeat(2048))),
            ],
            "paymentNotifyUrl",
        ),
        ("/paymentRedirectUrl", vec![json!("x")], "paymentRedirectUrl"),
        ("/appId", vec![long(33)], "appId"),
        ("/metadata", vec![long(2049), json!({"a": 1})], "metadata"),
        ("/merchantAccountId", vec![long(33)], "merchantAccountId"),
    ];
    for (pointer, values, name) in rows {
        for value in values {
            let body = with(pay_body(), pointer, value.clone());
            assert_eq!(bad_field(Operation::Pay, &body), name, "{pointer} = {value}");
            let refusal = Refusal::from(decode(Operation::Pay, &body).unwrap_err());
            assert_eq!(refusal.reason, Reason::ParameterIllegal);
            assert!(refusal.detail.starts_with(&format!("{name}: ")), "{}", refusal.detail);
        }
    }
}

/// Proves: SEED-002, what is required of every pay; and what a product, or a terminal, requires besides.
#[test]
fn a_missing_field_is_named() {
    for (body, pointers) in [
        (
            pay_body(),
            vec![
                "/productCode",
                "/paymentRequestId",
                "/order",
                "/order/orderAmount",
                "/paymentAmount",
                "/paymentAmount/currency",
                "/paymentAmount/value",
                "/paymentMethod",
                "/paymentMethod/paymentMethodType",
                "/paymentMethod/paymentMethodId",
            ],
        ),
        (cashier_body(), vec!["/env", "/paymentRedirectUrl"]),
    ] {
        for pointer in pointers {
            let name = pointer[1..].replace('/', ".");
            assert_eq!(bad_field(Operation::Pay, &without(body.clone(), pointer)), name);
            assert_eq!(bad_field(Operation::Pay, &with(body.clone(), pointer, json!(null))), name);
        }
    }
    for pointer in ["/env", "/order/env"] {
        let mini_app = with(pay_body(), pointer, json!({"terminalType": "MINI_APP"}));
        assert_eq!(bad_field(Operation::Pay, &mini_app), "appId");
        assert!(decode_pay(&with(mini_app, "/appId", json!("app-1"))).is_ok());
    }
    for (operation, body, pointers) in [
        (Operation::Refund, refund_body(), vec!["/refundRequestId", "/paymentId", "/refundAmount"]),
        (
            Operation::Consult,
            consult_body(),
            vec!["/customerBelongsTo", "/authRedirectUrl", "/scopes", "/authState", "/terminalType"],
        ),
        (Operation::Revoke, json!({"accessToken": "t"}), vec!["/accessToken"]),
        (
            Operation::ApplyToken,
            json!({"grantType": "AUTHORIZATION_CODE", "customerBelongsTo": "ALIPAY_HK", "authCode": "c"}),
            vec!["/grantType", "/customerBelongsTo", "/authCode"],
        ),
        (
            Operation::ApplyToken,
            json!({"grantType": "REFRESH_TOKEN", "customerBelongsTo": "ALIPAY_HK", "refreshToken": "r"}),
            vec!["/refreshToken"],
        ),
        (Operation::InquiryPayment, json!({"paymentId": "P"}), vec!["/paymentId"]),
        (Operation::Cancel, json!({"paymentId": "P"}), vec!["/paymentId"]),
        (Operation::InquiryRefund, json!({"refundId": "R"}), vec!["/refundId"]),
        (Operation::Capture, capture_body(), vec!["/captureRequestId", "/paymentId", "/captureAmount"]),
        (Operation::InquireExchangeRate, exchange_rate_body(), vec!["/productCode"]),
        (
            Operation::Declare,
            declare_body(),
            vec![
                "/declarationRequestId",
                "/paymentId",
                "/declarationAmount",
                "/customs",
                "/merchantCustomsInfo",
                "/suborderId",
            ],
        ),
        (
            Operation::InquiryDeclarationRequests,
            json!({"declarationRequestIds": ["D-1"]}),
            vec!["/declarationRequestIds"],
        ),
    ] {
        assert!(decode(operation, &body).is_ok(), "{operation:?}");
        for pointer in pointers {
            assert_eq!(bad_field(operation, &without(body.clone(), pointer)), pointer[1..], "{operation:?}");
        }
    }
}

#[test]
fn a_bad_field_of_the_other_operations_is_named() {
    let long = |chars: usize| json!("x".repeat(chars));
    for (operation, body, pointer, value, name) in [
        (Operation::InquiryPayment, json!({}), "/paymentRequestId", long(65), "paymentRequestId"),
        (Operation::InquiryPayment, json!({}), "/paymentId", long(65), "paymentId"),
        (Operation::InquiryPayment, json!({}), "/paymentId", json!(7), "paymentId"),
        (Operation::Cancel, json!({"paymentId": "P"}), "/paymentRequestId", long(65), "paymentRequestId"),
        (Operation::Refund, refund_body(), "/refundRequestId", long(65), "refundRequestId"),
        (Operation::Refund, refund_body(), "/refundAmount/value", json!("0"), "refundAmount.value"),
        (Operation::Refund, refund_body(), "/refundReason", long(257), "refundReason"),
        (Operation::Refund, refund_body(), "/isAsyncRefund", json!("1"), "isAsyncRefund"),
        (Operation::Refund, refund_body(), "/refundNotifyUrl", json!("x"), "refundNotifyUrl"),
        (Operation::InquiryRefund, json!({}), "/refundId", long(65), "refundId"),
        (Operation::Consult, consult_body(), "/scopes", json!([]), "scopes"),
        (Operation::Consult, consult_body(), "/scopes", json!("AGREEMENT_PAY"), "scopes"),
        (Operation::Consult, consult_body(), "/scopes", json!(vec!["USER_INFO"; 5]), "scopes"),
        (Operation::Consult, consult_body(), "/scopes", json!(["AGREEMENT_PAY", "X"]), "scopes[1]"),
        (Operation::Consult, consult_body(), "/authState", long(257), "authState"),
        (Operation::Consult, consult_body(), "/authRedirectUrl", json!("x"), "authRedirectUrl"),
        (Operation::ApplyToken, json!({}), "/grantType", json!("PASSWORD"), "grantType"),
        (Operation::Revoke, json!({}), "/accessToken", long(129), "accessToken"),
        (Operation::Refund, refund_body(), "/captureId", long(65), "captureId"),
        (Operation::Capture, capture_body(), "/captureAmount/value", json!("0"), "captureAmount.value"),
        (Operation::Capture, capture_body(), "/isLastCapture", json!("yes"), "isLastCapture"),
        (Operation::Capture, capture_body(), "/captureRequestId", long(65), "captureRequestId"),
        (Operation::InquireExchangeRate, exchange_rate_body(), "/sellCurrency", json!("ZZZ"), "sellCurrency"),
        (Operation::InquireExchangeRate, exchange_rate_body(), "/rateType", json!("X"), "rateType"),
        (
            Operation::InquireExchangeRate,
            exchange_rate_body(),
            "/currencyPairs/0/buyCurrency",
            json!(null),
            "currencyPairs[0].buyCurrency",
        ),
        (Operation::Declare, declare_body(), "/declarationRequestId", long(33), "declarationRequestId"),
        (Operation::Declare, declare_body(), "/customs/customsCode", long(129), "customs.customsCode"),
        (Operation::Declare, declare_body(), "/splitOrder", json!("maybe"), "splitOrder"),
        (
            Operation::InquiryDeclarationRequests,
            json!({}),
            "/declarationRequestIds",
            json!(vec!["D"; 11]),
            "declarationRequestIds",
        ),
        (
            Operation::InquiryDeclarationRequests,
            json!({}),
            "/declarationRequestIds",
            json!(["D", long(33)]),
            "declarationRequestIds[1]",
        ),
    ] {
        assert_eq!(bad_field(operation, &with(body, pointer, value)), name);
    }
}

/// What the SDKs and the documents write differently is read the same: texts or native scalars, null for missing, lengths in
/// characters, and fields nobody knows.
#[test]
fn tolerated_forms_are_read() {
    for (pointer, value) in [
        ("/paymentAmount/value", json!(10_000)),
        ("/paymentAmount/value", json!("0000000000010000")),
        ("/order/goods/0/goodsQuantity", json!(2)),
        ("/order/buyer/isAccountVerified", json!(true)),
        ("/order/env/timeZoneOffset", json!(-120)),
        ("/order/orderAmount/value", json!("0")),
        ("/order/goods", json!([])),
        ("/order/goods", json!(null)),
        ("/order/merchant", json!(null)),
        ("/appId", json!("")),
        ("/paymentNotifyUrl", json!("")),
        ("/paymentFactor/captureMode", json!("")),
        ("/paymentRequestId", json!("é".repeat(64))),
        ("/order/later", json!([[{}]])),
        ("/paymentMethod/later", json!(1)),
    ] {
        let request = decode_pay(&with(pay_body(), pointer, value.clone()));
        assert_eq!(
            request.unwrap_or_else(|error| panic!("{pointer} = {value}: {error}")).amount,
            hkd(10_000)
        );
    }
    let moved = with(without(consult_body(), "/terminalType"), "/env", json!({"terminalType": "APP"}));
    assert!(decode(Operation::Consult, &moved).is_ok());
}

/// Proves: ANTOM-FACTS §4, amounts in IDR are whole rupiah; those told for the record need not be.
#[test]
fn rupiah_are_whole() {
    let idr = |value: &str| json!({"currency": "IDR", "value": value});
    let body = |value| with(pay_body(), "/paymentAmount", idr(value));
    assert_eq!(bad_field(Operation::Pay, &body("10050")), "paymentAmount.value");
    assert!(decode_pay(&with(body("10000"), "/order/orderAmount", idr("10050"))).is_ok());
}

#[test]
fn pay_is_read_into_the_cores_words() {
    let request = decode_pay(&pay_body()).unwrap();
    assert_eq!(request.request_id, RequestId::new("order-1"));
    assert_eq!(request.product, Product::AgreementPayment);
    assert_eq!(request.amount, hkd(10_000));
    assert_eq!(request.method, "ALIPAY_HK");
    assert_eq!(request.payer_token.as_ref().map(|token| token.reveal()), Some("token-1"));
    assert_eq!(request.secondary_merchant.as_deref(), Some("SECONDARY_1"));
    assert_eq!(request.settlement_currency.map(|currency| currency.to_string()).as_deref(), Some("USD"));
    assert_eq!(request.expiry_ms, Some(30 * SECOND_MS));
    assert_eq!(request.notify_url.as_deref(), Some("https://shop.test/notify"));
    assert_eq!(request.redirect_url, None);
}

/// The kept document is the request, less its secrets; what nobody knows is kept, too.
#[test]
fn the_kept_document_is_the_request_without_its_secrets() {
    let document = decode_pay(&pay_body()).unwrap().document;
    let mut expected = without(pay_body(), "/paymentMethod/paymentMethodId");
    expected = without(expected, "/paymentMethod/paymentMethodMetaData/cvv");
    assert_eq!(document, expected);
    let consult = with(consult_body(), "/accessToken", json!("token-1"));
    let AntomRequest::Consult(request) = decode(Operation::Consult, &consult).unwrap() else {
        panic!("a consult")
    };
    assert_eq!(request.document, consult_body());
}

/// For Cashier Payment the user chooses the wallet on its page; a token is not used, and expiry may be nearly ten minutes away.
#[test]
fn cashier_payments_use_no_token_and_last_longer() {
    let at = |ahead_ms| {
        with(cashier_body(), "/paymentExpiryTime", json!(format_gmt8_ms(noon().plus_ms(ahead_ms))))
    };
    let request = decode_pay(&at(10 * MINUTE_MS - 1)).unwrap();
    assert_eq!(request.product, Product::CashierPayment);
    assert!(request.payer_token.is_none());
    assert_eq!(request.redirect_url.as_deref(), Some("https://shop.test/back"));
    assert_eq!(request.expiry_ms, Some(10 * MINUTE_MS - 1));
    assert_eq!(bad_field(Operation::Pay, &at(10 * MINUTE_MS)), "paymentExpiryTime");
    assert!(decode_pay(&without(cashier_body(), "/paymentMethod/paymentMethodId")).is_ok());
}

/// Proves: SEED-000, paymentId takes precedence; an empty or null one does not count.
#[test]
fn the_gateways_id_wins() {
    for operation in [Operation::InquiryPayment, Operation::Cancel] {
        for (body, expected) in [
            (json!({"paymentId": "P", "paymentRequestId": "R"}), PaymentName::Id(PaymentId::new("P"))),
            (json!({"paymentId": null, "paymentRequestId": "R"}), PaymentName::Request(RequestId::new("R"))),
            (json!({"paymentId": "", "paymentRequestId": "R"}), PaymentName::Request(RequestId::new("R"))),
        ] {
            match decode(operation, &body).unwrap() {
                AntomRequest::InquiryPayment(name) => assert_eq!(name, expected),
                AntomRequest::Cancel(cancel) => {
                    assert_eq!(cancel.payment, expected);
                    assert_eq!(cancel.of_paid, CancelOfPaid::GiveBack);
                    assert_eq!(cancel.of_unseen, CancelOfUnseen::Refuse);
                }
                other => panic!("{other:?}"),
            }
        }
    }
    let both = json!({"refundId": "R", "refundRequestId": "Q"});
    let Ok(AntomRequest::InquiryRefund(name)) = decode(Operation::InquiryRefund, &both) else {
        panic!("a name")
    };
    assert_eq!(name, RefundName::Id(RefundId::new("R")));
}

#[test]
fn the_other_operations_are_read_into_the_cores_words() {
    let AntomRequest::Refund(refund) = decode(Operation::Refund, &refund_body()).unwrap() else {
        panic!("a refund")
    };
    assert_eq!(refund.request_id, RequestId::new("refund-1"));
    assert_eq!(refund.payment, PaymentName::Id(PaymentId::new("P-1")));
    assert_eq!(refund.amount, RefundAmount::Of(hkd(3_000)));
    assert!(!refund.is_named_by_nonce && refund.capture_id.is_none());
    assert_eq!(refund.notify_url.as_deref(), Some("https://shop.test/refunds"));
    assert_eq!(refund.document, refund_body());

    let AntomRequest::Consult(consult) = decode(Operation::Consult, &consult_body()).unwrap() else {
        panic!("a consult")
    };
    assert_eq!((consult.method.as_str(), consult.auth_state.as_str()), ("ALIPAY_HK", "state-1"));
    assert_eq!(consult.redirect_url, "https://shop.test/back");
    assert_eq!(consult.notify_url.as_deref(), Some("https://shop.test/auth"));
    assert_eq!(consult.auth_client_id.as_deref(), Some("SECONDARY_1"));
    assert_eq!(consult.scopes, ["AGREEMENT_PAY"]);
    assert_eq!(consult.merchant_agreement_id, None);

    let refresh = json!({"grantType": "REFRESH_TOKEN", "customerBelongsTo": "DANA", "refreshToken": "r"});
    let AntomRequest::ApplyToken(apply) = decode(Operation::ApplyToken, &refresh).unwrap() else {
        panic!("a grant")
    };
    assert_eq!(apply.method, "DANA");
    assert!(!apply.repeats_are_answered);
    assert!(matches!(apply.grant, Grant::RefreshToken(token) if token.reveal() == "r"));

    let AntomRequest::Revoke(revoke) = decode(Operation::Revoke, &json!({"accessToken": "t"})).unwrap()
    else {
        panic!("a revoke")
    };
    assert!(matches!(revoke.agreement, AgreementName::AccessToken(token) if token.reveal() == "t"));
}

fn decode_card(body: &Value) -> CardRequest {
    decode_pay(body).unwrap().card.unwrap()
}

/// Proves: ANTOM-FACTS §2.1, a card is read with what may be known of it; the number and the CVV are in nothing that is kept.
#[test]
fn a_card_is_read_and_forgotten() {
    let request = decode_pay(&card_body()).unwrap();
    assert_eq!(request.method, "CARD");
    assert_eq!(request.capture, CaptureMode::Later);
    assert!(request.payer_token.is_none() && request.payment_code.is_none() && request.floor.is_none());
    let card = request.card.clone().unwrap();
    let CardSource::Given(given) = &card.source else { panic!("its number was given") };
    assert_eq!((given.first_digits.as_str(), given.last_digits.as_str()), ("40546957", "0768"));
    assert_eq!((given.expiry_month.as_str(), given.expiry_year.as_str()), ("12", "29"));
    assert!(given.has_cvv && given.has_address && given.fault.is_none());
    assert!(card.asks_authentication && card.is_to_be_saved);
    assert_eq!(card.customer_id.as_deref(), Some("customer-1"));
    let kept = format!("{request:?}");
    assert!(!kept.contains("4054695723100768") && !kept.contains("987"), "{kept}");
    assert_eq!(
        request.document["paymentMethod"]["paymentMethodMetaData"]["cardNo"], "405469******0768",
        "of the number the ends are kept"
    );
    let bare = json!({"cardNo": "4054695723100768", "expiryYear": "29", "expiryMonth": "12"});
    let card = decode_card(&with(card_body(), "/paymentMethod/paymentMethodMetaData", bare));
    assert!(!card.asks_authentication && !card.is_to_be_saved);
    assert!(matches!(card.source, CardSource::Given(given) if !given.has_cvv && !given.has_address));
}

/// What is wrong with a card is left to the card's own check, so that it has the code of its own.
#[test]
fn a_bad_card_is_no_bad_request() {
    for (name, value, fault) in [
        ("cardNo", "4054695723100769", CardFault::CheckDigit),
        ("cardNo", "4054", CardFault::NumberFormat),
        ("expiryMonth", "13", CardFault::ExpiryFormat),
        ("expiryYear", "2029", CardFault::ExpiryFormat),
        ("cvv", "12", CardFault::Cvv),
    ] {
        let pointer = format!("/paymentMethod/paymentMethodMetaData/{name}");
        let card = decode_card(&with(card_body(), &pointer, json!(value)));
        let CardSource::Given(given) = card.source else { panic!("its number was given") };
        assert_eq!(given.fault, Some(fault), "{name}");
    }
}

/// A kept card is named by its token, and needs nothing else; the token is kept nowhere.
#[test]
fn a_kept_card_is_named_by_its_token() {
    let method = json!({"paymentMethodType": "CARD", "paymentMethodId": "card-token-1"});
    let request = decode_pay(&with(card_body(), "/paymentMethod", method)).unwrap();
    let card = request.card.clone().unwrap();
    assert_eq!(card.source, CardSource::Saved(Secret::new("card-token-1")));
    assert!(!format!("{request:?}").contains("card-token-1"));
    let both = with(card_body(), "/paymentMethod/paymentMethodId", json!("card-token-1"));
    assert_eq!(decode_card(&both).source, CardSource::Saved(Secret::new("card-token-1")));
}

/// A card pays Cashier Payments only, and its fields are checked in their place.
#[test]
fn a_bad_field_of_a_card_is_named() {
    let inside = "paymentMethod.paymentMethodMetaData";
    for (name, values) in [
        ("cardNo", vec![json!("1".repeat(33)), json!(4_054_695_723_100_768_u64), json!(null), json!("")]),
        ("expiryYear", vec![json!(29), json!(null)]),
        ("expiryMonth", vec![json!({}), json!("")]),
        ("cvv", vec![json!(123)]),
        ("is3DSAuthentication", vec![json!("yes")]),
        ("tokenize", vec![json!(1)]),
        ("billingAddress", vec![json!("1 Road")]),
    ] {
        for value in values {
            let pointer = format!("/paymentMethod/paymentMethodMetaData/{name}");
            let body = with(card_body(), &pointer, value.clone());
            assert_eq!(bad_field(Operation::Pay, &body), format!("{inside}.{name}"), "{value}");
        }
    }
    let no_data = without(card_body(), "/paymentMethod/paymentMethodMetaData");
    assert_eq!(bad_field(Operation::Pay, &no_data), format!("{inside}.cardNo"));
    let debit = with(pay_body(), "/paymentMethod/paymentMethodType", json!("CARD"));
    assert_eq!(bad_field(Operation::Pay, &debit), "paymentMethod.paymentMethodType");
    // Of a wallet, what stands there is nobody's business.
    assert!(decode_pay(&with(pay_body(), "/paymentMethod/paymentMethodMetaData/cardNo", json!([]))).is_ok());
}

/// Proves: ANTOM-FACTS §2.1 (PaymentFactor), money is taken later only where both are said, in either place, and by card.
#[test]
fn an_authorization_is_captured_later_only_by_hand() {
    let mode = |factor: Value, top: Value| {
        let body = with(with(card_body(), "/paymentFactor", factor), "/isAuthorization", top);
        decode_pay(&body).unwrap().capture
    };
    let none = json!(null);
    for (factor, top, expected) in [
        (json!({"isAuthorization": true, "captureMode": "MANUAL"}), none.clone(), CaptureMode::Later),
        (json!({"captureMode": "MANUAL"}), json!("true"), CaptureMode::Later),
        (json!({"isAuthorization": "true", "captureMode": "AUTOMATIC"}), none.clone(), CaptureMode::AtOnce),
        (json!({"isAuthorization": "true", "captureMode": ""}), none.clone(), CaptureMode::AtOnce),
        (json!({"isAuthorization": "true"}), none.clone(), CaptureMode::AtOnce),
        (json!({"isAuthorization": "false", "captureMode": "MANUAL"}), none.clone(), CaptureMode::AtOnce),
        (none.clone(), json!(true), CaptureMode::AtOnce),
        (none.clone(), none, CaptureMode::AtOnce),
    ] {
        assert_eq!(mode(factor.clone(), top.clone()), expected, "{factor} {top}");
    }
    let by_wallet = json!({"isAuthorization": "true", "captureMode": "MANUAL"});
    let body = with(cashier_body(), "/paymentFactor", by_wallet);
    assert_eq!(bad_field(Operation::Pay, &body), "paymentFactor.captureMode");
}

#[test]
fn captures_rates_and_declarations_are_read_into_the_cores_words() {
    let AntomRequest::Capture(capture) = decode(Operation::Capture, &capture_body()).unwrap() else {
        panic!("a capture")
    };
    assert_eq!(capture.request_id, RequestId::new("capture-1"));
    assert_eq!(capture.payment, PaymentName::Id(PaymentId::new("P-1")));
    assert_eq!((capture.amount, capture.is_last), (hkd(4_000), true));
    assert_eq!(capture.document, capture_body());
    let of_capture = with(refund_body(), "/captureId", json!("C-1"));
    let AntomRequest::Refund(refund) = decode(Operation::Refund, &of_capture).unwrap() else {
        panic!("a refund")
    };
    assert_eq!(refund.capture_id.as_ref().map(|id| id.as_str()), Some("C-1"));

    let AntomRequest::InquireExchangeRate(rates) =
        decode(Operation::InquireExchangeRate, &exchange_rate_body()).unwrap()
    else {
        panic!("rates")
    };
    assert_eq!(rates.product, Product::CashierPayment);
    let wanted = |from, to| rates.wants(&crate::samples::rate(from, to, "1"));
    assert!(wanted("HKD", "USD") && wanted("JPY", "USD"));
    assert!(!wanted("USD", "HKD") && !wanted("HKD", "JPY"));
    for (body, expected) in [
        (json!({"productCode": "CASHIER_PAYMENT"}), [true, true]),
        (json!({"productCode": "CASHIER_PAYMENT", "sellCurrency": "HKD"}), [true, false]),
        (json!({"productCode": "CASHIER_PAYMENT", "buyCurrency": "USD"}), [true, false]),
    ] {
        let AntomRequest::InquireExchangeRate(rates) = decode(Operation::InquireExchangeRate, &body).unwrap()
        else {
            panic!("rates")
        };
        let wants = [("HKD", "USD"), ("USD", "JPY")]
            .map(|(from, to)| rates.wants(&crate::samples::rate(from, to, "1")));
        assert_eq!(wants, expected, "{body}");
    }

    let names = json!({"declarationRequestIds": ["D-1", "D-2"]});
    let AntomRequest::InquiryDeclarationRequests(names) =
        decode(Operation::InquiryDeclarationRequests, &names).unwrap()
    else {
        panic!("names")
    };
    assert_eq!(names, ["D-1", "D-2"].map(RequestId::new));
}

/// A declaration's content is one text for one meaning, with the certificate in it; the kept document is without.
#[test]
fn a_declaration_is_compared_by_all_that_it_says() {
    let declare = |body: &Value| match decode(Operation::Declare, body).unwrap() {
        AntomRequest::Declare(request) => *request,
        other => panic!("{other:?}"),
    };
    let first = declare(&declare_body());
    assert_eq!(first.request_id, RequestId::new("declare-1"));
    assert_eq!(first.payment, PaymentName::Id(PaymentId::new("P-1")));
    assert_eq!(first.customs_code, "ZONGSHU");
    assert_eq!((first.amount.amount_minor, first.amount.currency.code()), (10_000, "CNY"));
    assert!(!first.document.to_string().contains("110101199003070000"));
    // The other SDK's spelling, a native truth value and leading zeros mean the same.
    let other = with(without(declare_body(), "/suborderId"), "/subOrderId", json!("sub-1"));
    let other = with(with(other, "/splitOrder", json!(true)), "/declarationAmount/value", json!("0010000"));
    assert_eq!(declare(&other).content, first.content);
    for (pointer, value) in [
        ("/paymentId", json!("P-2")),
        ("/declarationAmount/value", json!("9999")),
        ("/customs/customsCode", json!("NINGBO")),
        ("/merchantCustomsInfo/merchantCustomsCode", json!("M-2")),
        ("/suborderId", json!("sub-2")),
        ("/splitOrder", json!("false")),
        ("/buyerCertificate/certificateNo", json!("110101199003070001")),
    ] {
        assert_ne!(declare(&with(declare_body(), pointer, value)).content, first.content, "{pointer}");
    }
    assert!(
        decode(
            Operation::Declare,
            &without(with(declare_body(), "/splitOrder", json!(false)), "/suborderId")
        )
        .is_ok()
    );
}

/// The pretty-printed, escaped body that the Python SDK sends reads like any other. Proves: ANTOM-FACTS §6.1.
#[test]
fn the_measured_body_is_read() {
    let body = b"{\n   \"paymentRequestId\": \"req-\\u00e9-1\"\n}";
    let request = decode_request(Operation::InquiryPayment, body, noon()).unwrap();
    let AntomRequest::InquiryPayment(name) = request else { panic!("an inquiry") };
    assert_eq!(name, PaymentName::Request(RequestId::new("req-é-1")));
}

#[test]
fn what_is_no_json_object_is_illegal() {
    for body in ["", "{", "[]", "null", "{} {}", "{\"paymentId\":\"a\",\"paymentId\":\"b\"}"] {
        let error = decode_request(Operation::InquiryPayment, body.as_bytes(), noon()).unwrap_err();
        assert!(matches!(error, DecodeError::Json(_)), "{body}");
        assert_eq!(Refusal::from(error).reason, Reason::ParameterIllegal);
    }
}

/// Any JSON: scalars that look like ours, lists and objects a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,80}".prop_map(Value::from),
        "[0-9]{1,20}".prop_map(Value::from),
    ];
    scalar.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-zA-Z]{1,12}", inner, 0..4)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

/// Pointers to all fields of `body`, nested ones included.
fn pointers(body: &Value, here: &str, found: &mut Vec<String>) {
    if let Value::Object(object) = body {
        for (name, value) in object {
            found.push(format!("{here}/{name}"));
            pointers(value, &format!("{here}/{name}"), found);
        }
    }
}

proptest! {
    /// No bytes make a decoder panic, and no value in any place either: what the table lets pass, the conversion can read.
    #[test]
    fn nothing_makes_it_panic(body in any::<Vec<u8>>(), value in any_json(), place in any::<prop::sample::Index>()) {
        for operation in Operation::ALL {
            let _read_or_refused = decode_request(operation, &body, noon());
            let _read_or_refused = decode(operation, &value);
        }
        for (operation, body) in [
            (Operation::Pay, pay_body()),
            (Operation::Pay, cashier_body()),
            (Operation::Refund, refund_body()),
            (Operation::Consult, consult_body()),
            (Operation::Pay, card_body()),
            (Operation::Capture, capture_body()),
            (Operation::InquireExchangeRate, exchange_rate_body()),
            (Operation::Declare, declare_body()),
            (Operation::InquiryDeclarationRequests, json!({"declarationRequestIds": ["D-1"]})),
        ] {
            let mut found = Vec::new();
            pointers(&body, "", &mut found);
            let _read_or_refused = decode(operation, &with(body, place.get(&found[..]).as_str(), value.clone()));
        }
    }
}
