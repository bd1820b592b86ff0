use farthing_core::reason::Refusal;
use farthing_core::request::Secret;
use farthing_core::rows::{Product, Refund};
use farthing_core::time::MINUTE_MS;
use serde_json::{Value, json};

use super::*;
use crate::client::parse_reply;
use crate::error::error_code;
use crate::samples::{
    agreement, cancelled, failed, in_process, noon, paid, payer, refund_failed, refund_in_process, refunded,
};

const PAGE: &str = "https://pay.test/c/1";

/// The answer as JSON; every answer must be one that our own client reads, and have no null and no empty list in it.
fn read(body: Vec<u8>) -> Value {
    let reply = parse_reply(&body).unwrap();
    let text = String::from_utf8(body).unwrap();
    assert!(text.starts_with(r#"{"result":{"resultCode":"#), "the result comes first: {text}");
    let value = Value::Object(reply.fields);
    assert_only_texts(&value);
    value
}

/// Proves: ANTOM-FACTS §1.9, every value is a text and what is absent is left out.
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

fn result(table: Table, code: &str) -> Value {
    let row = table.find(code).unwrap();
    json!({"resultCode": row.code, "resultStatus": row.status.letter(), "resultMessage": row.message})
}

fn pay(payment: &Payment) -> Value {
    let payer = payer();
    read(encode_pay(&PayView {
        payment,
        redirect_url: Some(PAGE),
        payer: Some(&payer),
        ids_while_in_process: true,
    }))
}

fn inquiry(payment: &Payment, refunds: &[Refund]) -> Value {
    read(encode_inquiry_payment(&InquiryView { payment, refunds, payer: None, redirect_url: Some(PAGE) }))
}

/// Proves: SEED-002, all fields of a paid Auto Debit; times in GMT+8 to the second.
#[test]
fn a_paid_auto_debit_is_told_whole() {
    assert_eq!(
        pay(&paid()),
        json!({
            "result": result(Table::Pay, "SUCCESS"),
            "paymentRequestId": "order-1",
            "paymentId": "20191127120101000000000000000001",
            "paymentAmount": {"currency": "HKD", "value": "10000"},
            "paymentTime": "2019-11-27T12:01:03+08:00",
            "paymentCreateTime": "2019-11-27T12:01:01+08:00",
            "pspCustomerInfo": {"pspName": "AlipayHK", "pspCustomerId": "U_1", "displayCustomerId": "a***@x.test"},
        })
    );
}

/// An Auto Debit in process carries its ids or not, as the client is set; it has no time of payment and no page.
#[test]
fn an_auto_debit_in_process_carries_its_ids_by_setting() {
    let payment = in_process(Product::AgreementPayment);
    let ids = json!({
        "result": result(Table::Pay, "PAYMENT_IN_PROCESS"),
        "paymentRequestId": "order-1",
        "paymentId": "20191127120101000000000000000001",
        "paymentAmount": {"currency": "HKD", "value": "10000"},
        "paymentCreateTime": "2019-11-27T12:01:01+08:00",
    });
    assert_eq!(pay(&payment), ids);
    let view =
        PayView { payment: &payment, redirect_url: Some(PAGE), payer: None, ids_while_in_process: false };
    assert_eq!(read(encode_pay(&view)), json!({"result": result(Table::Pay, "PAYMENT_IN_PROCESS")}));
    // A Cashier Payment always does, and says where to go.
    let payment = in_process(Product::CashierPayment);
    let told = read(encode_pay(&PayView { payment: &payment, ..view }));
    let mut expected = ids;
    expected["normalUrl"] = json!(PAGE);
    expected["redirectActionForm"] =
        json!({"method": "GET", "redirectUrl": PAGE, "actionFormType": "RedirectActionForm"});
    assert_eq!(told, expected);
}

/// Proves: ANTOM-FACTS §3.1, the repeat table, row by row, for both products.
#[test]
fn a_repeat_is_told_by_the_state() {
    use PayTelling::{InProcess, Paid, Refused};
    use Product::{AgreementPayment as Debit, CashierPayment as Cashier};
    let cashier = |payment: Payment| Payment { product: Cashier, ..payment };
    let expired = |product| in_process(product).as_of(noon().plus_ms(MINUTE_MS));
    for (payment, telling, code) in [
        (paid(), Paid, "SUCCESS"),
        (cashier(paid()), InProcess { has_redirect: false }, "PAYMENT_IN_PROCESS"),
        (
            failed(Debit, Reason::BalanceNotEnough),
            Refused(Reason::BalanceNotEnough),
            "USER_BALANCE_NOT_ENOUGH",
        ),
        (failed(Debit, Reason::IssuerDeclined), Refused(Reason::IssuerDeclined), "PROCESS_FAIL"),
        (in_process(Debit), InProcess { has_redirect: false }, "PAYMENT_IN_PROCESS"),
        (in_process(Cashier), InProcess { has_redirect: true }, "PAYMENT_IN_PROCESS"),
        (expired(Debit), Refused(Reason::PaymentClosed), "ORDER_IS_CLOSED"),
        (expired(Cashier), Refused(Reason::PaymentClosed), "ORDER_IS_CLOSED"),
        (cancelled(paid()), Refused(Reason::PaymentCancelled), "ORDER_IS_CANCELED"),
        (cancelled(in_process(Cashier)), Refused(Reason::PaymentClosed), "ORDER_IS_CLOSED"),
    ] {
        assert_eq!(tell_payment(&payment), telling);
        let told = pay(&payment);
        assert_eq!(told["result"], result(Table::Pay, code));
        if matches!(telling, Refused(_)) {
            assert_eq!(told.as_object().unwrap().len(), 1, "a refusal carries the result alone");
        }
        assert_eq!(told.get("redirectActionForm").is_some(), telling == InProcess { has_redirect: true });
        assert_eq!(told.get("normalUrl").is_some(), telling == InProcess { has_redirect: true });
    }
}

/// Proves: ANTOM-FACTS §3.6 and SEED-000, status, code, time and form of every situation.
#[test]
fn an_inquiry_is_told_by_the_situation() {
    use Product::{AgreementPayment as Debit, CashierPayment as Cashier};
    let pending = Payment { user_done: true, ..in_process(Cashier) };
    let expired = in_process(Cashier).as_of(noon().plus_ms(MINUTE_MS));
    for (payment, status, code, has_time, has_form) in [
        (paid(), "SUCCESS", "SUCCESS", true, false),
        (Payment { product: Cashier, ..paid() }, "SUCCESS", "SUCCESS", true, false),
        (in_process(Cashier), "PROCESSING", "PAYMENT_IN_PROCESS", false, true),
        (pending, "PENDING", "PAYMENT_IN_PROCESS", false, true),
        (in_process(Debit), "PROCESSING", "PAYMENT_IN_PROCESS", false, false),
        (expired, "FAIL", "ORDER_IS_CLOSED", false, false),
        (cancelled(in_process(Cashier)), "CANCELLED", "ORDER_IS_CLOSED", false, false),
        (cancelled(paid()), "CANCELLED", "ORDER_IS_CLOSED", false, false),
        (failed(Debit, Reason::BalanceNotEnough), "FAIL", "USER_BALANCE_NOT_ENOUGH", false, false),
        (failed(Debit, Reason::UserAmountExceedsLimit), "FAIL", "USER_AMOUNT_EXCEED_LIMIT", false, false),
        (failed(Debit, Reason::IssuerDeclined), "FAIL", "DO_NOT_HONOR", false, false),
    ] {
        let told = inquiry(&payment, &[]);
        let row = Table::PaymentResult.find(code).unwrap();
        let mut expected = json!({
            "result": result(Table::InquiryPayment, "SUCCESS"),
            "paymentStatus": status,
            "paymentResultCode": code,
            "paymentResultMessage": row.message,
            "paymentRequestId": "order-1",
            "paymentId": "20191127120101000000000000000001",
            "paymentAmount": {"currency": "HKD", "value": "10000"},
            "paymentCreateTime": "2019-11-27T12:01:01+08:00",
        });
        if has_time {
            expected["paymentTime"] = json!("2019-11-27T12:01:03+08:00");
        }
        if has_form {
            expected["redirectActionForm"] =
                json!({"method": "GET", "redirectUrl": PAGE, "actionFormType": "RedirectActionForm"});
        }
        assert_eq!(told, expected, "{status} {code}");
    }
}

/// Proves: SEED-000 (`transactions`), one entry per refund, the oldest first; a refund changes nothing else.
#[test]
fn refunds_show_as_transactions() {
    let later = Refund { created_at: noon().plus_ms(MINUTE_MS), ..refund_failed(Reason::ProcessFailed) };
    let between = Refund { created_at: noon().plus_ms(MINUTE_MS - 1), ..refund_in_process() };
    let told = inquiry(&paid(), &[later, refunded(), between]);
    let entry = |code: &str, status: &str| {
        json!({
            "transactionResult": result(Table::TransactionResult, code),
            "transactionId": "20191127120105000000000000000002",
            "transactionType": "REFUND",
            "transactionStatus": status,
            "transactionAmount": {"currency": "HKD", "value": "3000"},
            "transactionRequestId": "refund-1",
        })
    };
    let mut done = entry("SUCCESS", "SUCCESS");
    done["transactionTime"] = json!("2019-11-27T12:01:06+08:00");
    let expected = json!([done, entry("PAYMENT_IN_PROCESS", "PROCESSING"), entry("PROCESS_FAIL", "FAIL")]);
    assert_eq!(told["transactions"], expected);
    assert_eq!(told["paymentStatus"], "SUCCESS");
    assert!(inquiry(&paid(), &[]).get("transactions").is_none());
}

/// Proves: SEED-000, the objects that only certain wallets and states have.
#[test]
fn some_objects_belong_to_some_wallets() {
    let of = |payment: Payment, method: &str| inquiry(&Payment { method: method.to_owned(), ..payment }, &[]);
    let amount = json!({"currency": "HKD", "value": "10000"});
    assert_eq!(of(paid(), "ALIPAY_CN")["customsDeclarationAmount"], amount);
    let failure = failed(Product::AgreementPayment, Reason::BalanceNotEnough);
    for payment in [failure.clone(), in_process(Product::AgreementPayment), cancelled(paid())] {
        assert!(of(payment, "ALIPAY_CN").get("customsDeclarationAmount").is_none());
    }
    assert_eq!(of(paid(), "GRABPAY_SG")["paymentResultInfo"], json!({"paymentMethodRegion": "SG"}));
    let told = of(failure, "GRABPAY_MY");
    assert_eq!(told["paymentResultInfo"]["refusalCodeRaw"], "USER_BALANCE_NOT_ENOUGH");
    assert!(of(cancelled(paid()), "GRABPAY_MY").get("paymentResultInfo").is_none());
    assert!(of(in_process(Product::AgreementPayment), "GRABPAY_MY").get("paymentResultInfo").is_none());
    let payer = PayerView { psp_name: Some("AlipayHK".to_owned()), ..PayerView::default() };
    let view = InquiryView { payment: &paid(), refunds: &[], payer: Some(&payer), redirect_url: None };
    assert_eq!(read(encode_inquiry_payment(&view))["pspCustomerInfo"], json!({"pspName": "AlipayHK"}));
}

/// A cancel tells when the payment ended, so that a repeat tells the same; of a failed payment, too.
#[test]
fn a_cancel_tells_when_the_payment_ended() {
    let told = |payment: &Payment, time: &str| {
        let expected = json!({
            "result": result(Table::Cancel, "SUCCESS"),
            "paymentId": "20191127120101000000000000000001",
            "paymentRequestId": "order-1",
            "cancelTime": time,
        });
        assert_eq!(read(encode_cancel(payment)), expected);
    };
    told(&cancelled(paid()), "2019-11-27T12:01:04+08:00");
    told(&failed(Product::CashierPayment, Reason::PaymentClosed), "2019-11-27T12:01:02+08:00");
}

#[test]
fn a_refund_is_told_by_its_state() {
    let done = read(encode_refund(&refunded()));
    assert_eq!(
        done,
        json!({
            "result": result(Table::Refund, "SUCCESS"),
            "refundRequestId": "refund-1",
            "refundId": "20191127120105000000000000000002",
            "paymentId": "20191127120101000000000000000001",
            "refundAmount": {"currency": "HKD", "value": "3000"},
            "refundTime": "2019-11-27T12:01:06+08:00",
        })
    );
    let open = read(encode_refund(&refund_in_process()));
    assert_eq!(open["result"], result(Table::Refund, "REFUND_IN_PROCESS"));
    assert_eq!(open["refundId"], done["refundId"]);
    assert!(open.get("refundTime").is_none());
    let failure = read(encode_refund(&refund_failed(Reason::BalanceNotEnough)));
    assert_eq!(failure, json!({"result": result(Table::Refund, "MERCHANT_BALANCE_NOT_ENOUGH")}));
}

#[test]
fn an_inquiry_of_a_refund_tells_its_status_and_metadata() {
    let told = read(encode_inquiry_refund(&refunded()));
    assert_eq!(
        told,
        json!({
            "result": result(Table::InquiryRefund, "SUCCESS"),
            "refundId": "20191127120105000000000000000002",
            "refundRequestId": "refund-1",
            "refundAmount": {"currency": "HKD", "value": "3000"},
            "refundStatus": "SUCCESS",
            "refundTime": "2019-11-27T12:01:06+08:00",
            "metadata": "{\"a\":1}",
        })
    );
    for (refund, status) in
        [(refund_in_process(), "PROCESSING"), (refund_failed(Reason::ProcessFailed), "FAIL")]
    {
        let told = read(encode_inquiry_refund(&Refund { document: "{}".to_owned(), ..refund }));
        assert_eq!(told["refundStatus"], status);
        assert_eq!(told["result"]["resultStatus"], "S");
        assert!(told.get("refundTime").is_none() && told.get("metadata").is_none());
    }
}

#[test]
fn consents_and_tokens_are_told() {
    let view = ConsultView { page_url: PAGE, app_identifier: None };
    let expected = json!({"result": result(Table::Consult, "SUCCESS"), "normalUrl": PAGE, "authUrl": PAGE});
    assert_eq!(read(encode_consult(&view)), expected);
    let on_phone = ConsultView { app_identifier: Some("hk.alipay.wallet"), ..view };
    assert_eq!(read(encode_consult(&on_phone))["appIdentifier"], "hk.alipay.wallet");

    let (access, refresh) = (Secret::new("access-1"), Secret::new("refresh-1"));
    let tokens = GrantedTokens { access: &access, refresh: Some(&refresh) };
    assert_eq!(
        read(encode_apply_token(&agreement(), tokens, Some(&payer()))),
        json!({
            "result": result(Table::ApplyToken, "SUCCESS"),
            "accessToken": "access-1",
            "accessTokenExpiryTime": "2019-11-27T12:02:01+08:00",
            "refreshToken": "refresh-1",
            "refreshTokenExpiryTime": "2019-11-27T12:03:01+08:00",
            "userLoginId": "a***@x.test",
            "pspCustomerInfo": {"pspName": "AlipayHK", "pspCustomerId": "U_1", "displayCustomerId": "a***@x.test"},
        })
    );
    let mut other_scope = agreement();
    other_scope.scopes.0 = vec!["USER_INFO".to_owned()];
    let told =
        read(encode_apply_token(&other_scope, GrantedTokens { refresh: None, ..tokens }, Some(&payer())));
    for name in ["userLoginId", "refreshToken", "refreshTokenExpiryTime"] {
        assert!(told.get(name).is_none(), "{name}");
    }
    assert_eq!(read(encode_revoke()), json!({"result": result(Table::Revoke, "SUCCESS")}));
}

/// Every reason is an answer in every table that answers a call, and carries the result alone.
#[test]
fn every_refusal_is_an_answer() {
    for table in Table::ALL.into_iter().filter(|table| table.answers_a_call()) {
        for reason in Reason::ALL {
            let code = error_code(table, *reason).code;
            assert_eq!(read(encode_reason(table, *reason)), json!({"result": result(table, code)}));
        }
    }
}

/// An illegal parameter is named in the message, which keeps to its 256 characters; no other detail leaves the house.
#[test]
fn only_the_detail_of_an_illegal_parameter_is_told() {
    let message = |reason, detail: &str| {
        let told = read(encode_error(Table::Pay, &Refusal::new(reason, detail)));
        told["result"]["resultMessage"].as_str().unwrap().to_owned()
    };
    let told = message(Reason::ParameterIllegal, "paymentAmount.value: the amount is zero");
    assert_eq!(told, "A parameter is missing or not valid. paymentAmount.value: the amount is zero");
    assert_eq!(message(Reason::ParameterIllegal, &"é".repeat(1000)).chars().count(), 256);
    assert_eq!(message(Reason::SystemError, "disk 3 is on fire"), "A system error occurred.");
}
