use farthing_core::reason::Reason;
use farthing_core::rows::{Capture, Payment, Product, Refund};
use farthing_core::time::{DAY_MS, MINUTE_MS};
use serde_json::{Value, json};

use super::*;
use crate::client::parse_reply;
use crate::reply::{PayerView, encode_inquiry_payment};
use crate::samples::{
    acquired, authorized, by_card, cancelled, captured, failed, in_process, noon, paid, payer,
    refund_in_process, refunded, settings, settled_in_usd,
};

const PAGE: &str = "https://pay.test/c/1";
const BOTH: [Product; 2] = [Product::AgreementPayment, Product::CashierPayment];
/// Every field of SEED-001, and no other.
const FIELDS: [&str; 14] = [
    "result",
    "paymentStatus",
    "paymentResultCode",
    "paymentResultMessage",
    "paymentRequestId",
    "paymentId",
    "paymentAmount",
    "authExpiryTime",
    "paymentCreateTime",
    "paymentTime",
    "pspCustomerInfo",
    "redirectActionForm",
    "transactions",
    "customsDeclarationAmount",
];

fn view<'a>(payment: &'a Payment, settings: &'a ClientSettings) -> InquiryView<'a> {
    InquiryView {
        payment,
        refunds: &[],
        captures: &[],
        details: None,
        card_token: None,
        payer: None,
        redirect_url: Some(PAGE),
        settings,
    }
}

/// The answer as JSON; every answer has fields of the source only, texts only, and a short message.
fn read(body: Vec<u8>) -> Value {
    let told = Value::Object(parse_reply(&body).unwrap().body);
    assert_only_texts(&told);
    for name in told.as_object().unwrap().keys() {
        assert!(FIELDS.contains(&name.as_str()), "{name} is no field of the legacy edition");
    }
    let message = told["paymentResultMessage"].as_str().unwrap_or_default();
    assert!(message.chars().count() <= 64, "{message}");
    told
}

fn assert_only_texts(value: &Value) {
    match value {
        Value::String(_) => {}
        Value::Array(items) => {
            assert!(!items.is_empty());
            items.iter().for_each(assert_only_texts);
        }
        Value::Object(object) => object.values().for_each(assert_only_texts),
        other => panic!("{other} is no text"),
    }
}

fn told(view: &InquiryView<'_>) -> Value {
    read(encode_inquiry_payment(Edition::Alipay, view))
}

fn inquiry(payment: &Payment, refunds: &[Refund]) -> Value {
    told(&InquiryView { refunds, ..view(payment, &settings()) })
}

/// What the answer to every inquiry of the sample payment has.
fn answer(status: &str, code: &str, message: &str) -> Value {
    let success = Table::LegacyInquiry.find("SUCCESS").unwrap();
    json!({
        "result": {"resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": success.message},
        "paymentStatus": status,
        "paymentResultCode": code,
        "paymentResultMessage": message,
        "paymentRequestId": "order-1",
        "paymentId": "20191127120101000000000000000001",
        "paymentAmount": {"currency": "HKD", "value": "10000"},
        "paymentCreateTime": "2019-11-27T12:01:01+08:00",
    })
}

fn with(mut answer: Value, name: &str, value: Value) -> Value {
    answer[name] = value;
    answer
}

/// `payment` as a payment of this product.
fn of(product: Product, payment: Payment) -> Payment {
    Payment { product, ..payment }
}

/// Proves: SEED-001 case 1, cancelled after being paid: the time of payment is told, alike for both products.
#[test]
fn case_1_cancelled_after_being_paid() {
    let expected = answer("CANCELLED", "ORDER_IS_CLOSED", "The order is closed.");
    let expected = with(expected, "paymentTime", json!("2019-11-27T12:01:03+08:00"));
    for product in BOTH {
        assert_eq!(inquiry(&of(product, cancelled(paid())), &[]), expected, "{product:?}");
    }
}

/// Proves: SEED-001 case 2, refunded in part and wholly: the refunds are told, alike for both products.
#[test]
fn case_2_refunded_in_part_and_wholly() {
    let rest = Refund {
        refund_id: farthing_core::ids::RefundId::new("20191127120205000000000000000003"),
        request_id: farthing_core::ids::RequestId::new("refund-2"),
        amount_minor: 7_000,
        created_at: noon().plus_ms(MINUTE_MS),
        refunded_at: Some(noon().plus_ms(MINUTE_MS)),
        ..refunded()
    };
    let entry = |id: &str, request_id: &str, value: &str, time: &str| {
        let success = Table::TransactionResult.find("SUCCESS").unwrap();
        json!({
            "transactionResult": {
                "resultCode": "SUCCESS", "resultStatus": "S", "resultMessage": success.message,
            },
            "transactionId": id,
            "transactionType": "REFUND",
            "transactionStatus": "SUCCESS",
            "transactionAmount": {"currency": "HKD", "value": value},
            "transactionRequestId": request_id,
            "transactionTime": time,
        })
    };
    let first = entry("20191127120105000000000000000002", "refund-1", "3000", "2019-11-27T12:01:06+08:00");
    let second = entry("20191127120205000000000000000003", "refund-2", "7000", "2019-11-27T12:02:01+08:00");
    let success =
        with(answer("SUCCESS", "SUCCESS", "success."), "paymentTime", json!("2019-11-27T12:01:03+08:00"));
    for product in BOTH {
        let payment = of(product, paid());
        let partly = inquiry(&payment, &[refunded()]);
        assert_eq!(partly, with(success.clone(), "transactions", json!([first])), "{product:?}");
        let wholly = inquiry(&payment, &[rest.clone(), refunded()]);
        assert_eq!(wholly, with(success.clone(), "transactions", json!([first, second])), "{product:?}");
    }
}

/// Proves: SEED-001 case 3, the order does not exist: the result alone.
#[test]
fn case_3_the_order_does_not_exist() {
    let told = read(encode_reason(Edition::Alipay, Table::InquiryPayment, Reason::PaymentNotFound));
    let row = Table::LegacyInquiry.find("ORDER_NOT_EXIST").unwrap();
    let result = json!({"resultCode": "ORDER_NOT_EXIST", "resultStatus": "F", "resultMessage": row.message});
    assert_eq!(told, json!({"result": result}));
}

/// Proves: SEED-001 case 4, not paid: in process, with the page while there is one; an Auto Debit has none.
#[test]
fn case_4_not_paid() {
    let expected = answer("PROCESSING", "PAYMENT_IN_PROCESS", "payment in process");
    let form = json!({"method": "GET", "redirectUrl": PAGE});
    let cashier = in_process(Product::CashierPayment);
    assert_eq!(inquiry(&cashier, &[]), with(expected.clone(), "redirectActionForm", form.clone()));
    assert_eq!(inquiry(&in_process(Product::AgreementPayment), &[]), expected);
    // There is no PENDING: a payment whose user has done everything is still in process.
    let pending = Payment { user_done: true, ..cashier.clone() };
    assert_eq!(inquiry(&pending, &[]), with(expected.clone(), "redirectActionForm", form));
    // A page whose address is longer than the edition has room for is not told.
    let settings = settings();
    for (length, has_form) in [(1024, true), (1025, false)] {
        let url = format!("https://pay.test/{}", "a".repeat(length - "https://pay.test/".len()));
        let told = told(&InquiryView { redirect_url: Some(&url), ..view(&cashier, &settings) });
        assert_eq!(told.get("redirectActionForm").is_some(), has_form, "{length}");
    }
}

/// Proves: SEED-001 case 5, cancelled and not paid: no time of payment.
#[test]
fn case_5_cancelled_and_not_paid() {
    for product in BOTH {
        let told = inquiry(&cancelled(in_process(product)), &[]);
        assert_eq!(told, answer("CANCELLED", "ORDER_IS_CLOSED", "The order is closed."), "{product:?}");
    }
}

/// Proves: SEED-001 case 6, closed for time-out: FAIL, with the time of closing unless the client is set otherwise.
#[test]
fn case_6_closed_for_timeout() {
    let expected = answer("FAIL", "ORDER_IS_CLOSED", "The order is closed.");
    for product in BOTH {
        let payment = in_process(product).as_of(noon().plus_ms(MINUTE_MS));
        let with_time = with(expected.clone(), "paymentTime", json!("2019-11-27T12:02:01+08:00"));
        assert_eq!(inquiry(&payment, &[]), with_time, "{product:?}");
        let settings = ClientSettings { payment_time_on_fail: false, ..settings() };
        assert_eq!(told(&view(&payment, &settings)), expected, "{product:?}");
    }
}

/// Proves: SEED-001 cases 7 and 8, not enough money and above the user's limit: FAIL with the code and the time of failing.
#[test]
fn cases_7_and_8_refused_by_the_wallet() {
    for (reason, code, message) in [
        (Reason::BalanceNotEnough, "USER_BALANCE_NOT_ENOUGH", "The user balance is not enough."),
        (
            Reason::UserAmountExceedsLimit,
            "USER_AMOUNT_EXCEED_LIMIT",
            "The payment amount exceeds the user payment limit.",
        ),
    ] {
        for product in BOTH {
            let payment = failed(product, reason);
            let expected = answer("FAIL", code, message);
            let with_time = with(expected.clone(), "paymentTime", json!("2019-11-27T12:01:02+08:00"));
            assert_eq!(inquiry(&payment, &[]), with_time, "{product:?}");
            let settings = ClientSettings { payment_time_on_fail: false, ..settings() };
            assert_eq!(told(&view(&payment, &settings)), expected, "{product:?}");
        }
    }
}

/// Proves: SEED-001 (USER_KYC_NOT_QUALIFIED among the codes of the call), by setting; without it the payment tells it.
#[test]
fn a_kyc_failure_answers_the_call_by_setting() {
    let payment = failed(Product::AgreementPayment, Reason::UserKycNotQualified);
    let told_payment = inquiry(&payment, &[]);
    assert_eq!(told_payment["result"]["resultStatus"], "S");
    assert_eq!(told_payment["paymentResultCode"], "USER_KYC_NOT_QUALIFIED");
    let settings = ClientSettings { kyc_failure_answers_the_call: true, ..settings() };
    let told_call = told(&view(&payment, &settings));
    let row = Table::LegacyInquiry.find("USER_KYC_NOT_QUALIFIED").unwrap();
    let result =
        json!({"resultCode": "USER_KYC_NOT_QUALIFIED", "resultStatus": "F", "resultMessage": row.message});
    assert_eq!(told_call, json!({"result": result}));
    let other = failed(Product::AgreementPayment, Reason::BalanceNotEnough);
    assert_eq!(told(&view(&other, &settings))["result"]["resultStatus"], "S");
}

/// Nothing of the newer edition is told, whatever is known of the payment; the payer and the amount for customs are.
#[test]
fn newer_fields_are_not_told() {
    let settings = ClientSettings { shows_acquirer: true, payment_time_after_cancel: true, ..settings() };
    let payment = Payment { method: "ALIPAY_CN".to_owned(), ..acquired(settled_in_usd(paid())) };
    let payer = payer();
    let told_all = told(&InquiryView { payer: Some(&payer), ..view(&payment, &settings) });
    assert_eq!(told_all["customsDeclarationAmount"], json!({"currency": "HKD", "value": "10000"}));
    assert_eq!(
        told_all["pspCustomerInfo"],
        json!({"pspName": "AlipayHK", "pspCustomerId": "U_1", "displayCustomerId": "a***@x.test"})
    );
    let card = by_card(acquired(settled_in_usd(paid())));
    let told_card = told(&InquiryView { payer: Some(&PayerView::default()), ..view(&card, &settings) });
    assert!(told_card.get("paymentResultInfo").is_none() && told_card.get("settlementQuote").is_none());
}

fn kinds(told: &Value) -> Vec<(String, String)> {
    let entries = told.get("transactions").and_then(Value::as_array).cloned().unwrap_or_default();
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries.iter().map(|entry| (word(entry, "transactionType"), word(entry, "transactionStatus"))).collect()
}

/// Proves: LEGACY-FACTS §4, authorized, captured in part, voided before capture, and expired uncaptured.
#[test]
fn authorizations_captures_and_voids_are_told() {
    let settings = settings();
    let payment = authorized();
    let held = told(&view(&payment, &settings));
    assert_eq!(held["paymentStatus"], "SUCCESS");
    assert_eq!(held["authExpiryTime"], "2019-12-04T12:01:01+08:00");
    assert!(held.get("transactions").is_none());

    let captures = [captured()];
    let partly = Payment { captured_minor: 4_000, ..authorized() };
    let told_partly = told(&InquiryView { captures: &captures, ..view(&partly, &settings) });
    assert_eq!(kinds(&told_partly), [("CAPTURE".to_owned(), "SUCCESS".to_owned())]);
    let closed = Payment { captures_closed: true, ..partly };
    let told_closed = told(&InquiryView { captures: &captures, ..view(&closed, &settings) });
    assert_eq!(told_closed["transactions"][1]["transactionType"], "VOID");
    assert_eq!(told_closed["transactions"][1]["transactionAmount"]["value"], "6000", "what was given up");

    for released in [cancelled(authorized()), authorized().as_of(noon().plus_ms(7 * DAY_MS))] {
        let told_released = told(&view(&released, &settings));
        assert_eq!(told_released["paymentStatus"], "CANCELLED");
        assert_eq!(kinds(&told_released), [("VOID".to_owned(), "SUCCESS".to_owned())]);
        let void = &told_released["transactions"][0];
        assert_eq!(void["transactionAmount"]["value"], "10000");
        assert_eq!(void["transactionRequestId"], "order-1");
        assert!(void.get("transactionId").is_none() && void.get("transactionTime").is_some());
    }
}

/// Proves: SEED-001 (`transactionType`, `transactionStatus`), all six types and all four statuses can be told.
#[test]
fn every_type_and_every_status_can_be_told() {
    let settings = settings();
    let all = TransactionTypes { payment: true, authorization: true, cancel: true };
    let list = |payment: &Payment, refunds: &[Refund], captures: &[Capture]| {
        let view = InquiryView { refunds, captures, ..view(payment, &settings) };
        let told = read(encode_inquiry_payment_legacy(&view, all));
        kinds(&told)
            .into_iter()
            .map(|(kind, status)| format!("{kind} {status}"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    assert_eq!(list(&paid(), &[refund_in_process()], &[]), "PAYMENT SUCCESS, REFUND PROCESSING");
    assert_eq!(list(&cancelled(paid()), &[], &[]), "PAYMENT CANCELLED, CANCEL SUCCESS");
    assert_eq!(list(&failed(Product::AgreementPayment, Reason::BalanceNotEnough), &[], &[]), "PAYMENT FAIL");
    assert_eq!(list(&in_process(Product::CashierPayment), &[], &[]), "PAYMENT PROCESSING");
    assert_eq!(list(&authorized(), &[], &[captured()]), "AUTHORIZATION SUCCESS, CAPTURE SUCCESS");
    assert_eq!(list(&cancelled(authorized()), &[], &[]), "AUTHORIZATION CANCELLED, VOID SUCCESS");
    let payment = cancelled(paid());
    let view = view(&payment, &settings);
    let told = read(encode_inquiry_payment_legacy(&view, TransactionTypes::default()));
    assert!(told.get("transactions").is_none(), "none of the three is listed by default");
}
