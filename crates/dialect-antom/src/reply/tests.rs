use farthing_core::reason::Refusal;
use farthing_core::request::Secret;
use farthing_core::rows::{
    Capture, ClientSettings, Declaration, DeclarationState, Json, PaymentDetails, Product, Refund,
};
use farthing_core::time::{MINUTE_MS, SECOND_MS};
use serde_json::{Value, json};

use super::*;
use crate::client::parse_reply;
use crate::edition::Edition::{Alipay, Antom};
use crate::error::error_code;
use crate::samples::{
    acquired, agreement, authorized, by_card, cancelled, capture_failed, capture_in_process, captured, card,
    declared, details, failed, in_process, noon, paid, payer, rate, refund_failed, refund_in_process,
    refunded, settings, settled_in_usd,
};

const PAGE: &str = "https://pay.test/c/1";

/// The answer as JSON; every answer must be one that our own client reads, and have no null and no empty list in it.
fn read(body: Vec<u8>) -> Value {
    let reply = parse_reply(&body).unwrap();
    let text = String::from_utf8(body).unwrap();
    assert!(text.starts_with(r#"{"result":{"resultCode":"#), "the result comes first: {text}");
    let value = Value::Object(reply.body);
    assert_only_texts("", &value);
    value
}

/// What one SDK reads as numbers and truth values, and as nothing else.
const NO_TEXTS: [&str; 4] = ["quotePrice", "guaranteed", "installmentNum", "feePercentage"];

/// Proves: ANTOM-FACTS §1.9, every value is a text but those four, and what is absent is left out.
fn assert_only_texts(name: &str, value: &Value) {
    match value {
        Value::String(_) => assert!(!NO_TEXTS.contains(&name), "{name} is no text"),
        Value::Array(items) => {
            assert!(!items.is_empty() || name == "quotes", "{name} is empty");
            items.iter().for_each(|item| assert_only_texts(name, item));
        }
        Value::Object(object) => object.iter().for_each(|(name, value)| assert_only_texts(name, value)),
        Value::Number(_) | Value::Bool(_) if NO_TEXTS.contains(&name) => {}
        other => panic!("{name}: {other} is no text"),
    }
}

fn result(table: Table, code: &str) -> Value {
    let row = table.find(code).unwrap();
    json!({"resultCode": row.code, "resultStatus": row.status.letter(), "resultMessage": row.message})
}

fn pay_view<'a>(payment: &'a Payment, settings: &'a ClientSettings) -> PayView<'a> {
    PayView { payment, details: None, card_token: None, redirect_url: Some(PAGE), payer: None, settings }
}

fn pay(payment: &Payment) -> Value {
    let payer = payer();
    read(encode_pay(Antom, &PayView { payer: Some(&payer), ..pay_view(payment, &settings()) }))
}

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

fn told_inquiry(view: &InquiryView<'_>) -> Value {
    read(encode_inquiry_payment(Antom, view))
}

fn inquiry(payment: &Payment, refunds: &[Refund]) -> Value {
    told_inquiry(&InquiryView { refunds, ..view(payment, &settings()) })
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
    let settings = ClientSettings { ids_while_in_process: false, ..settings() };
    let told = read(encode_pay(Antom, &pay_view(&payment, &settings)));
    assert_eq!(told, json!({"result": result(Table::Pay, "PAYMENT_IN_PROCESS")}));
    // A Cashier Payment always does, and says where to go.
    let payment = in_process(Product::CashierPayment);
    let told = read(encode_pay(Antom, &pay_view(&payment, &settings)));
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
    let (payment, settings) = (paid(), settings());
    let told = told_inquiry(&InquiryView { payer: Some(&payer), ..view(&payment, &settings) });
    assert_eq!(told["pspCustomerInfo"], json!({"pspName": "AlipayHK"}));
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
    let done = read(encode_refund(Antom, &refunded()));
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
    let open = read(encode_refund(Antom, &refund_in_process()));
    assert_eq!(open["result"], result(Table::Refund, "REFUND_IN_PROCESS"));
    assert_eq!(open["refundId"], done["refundId"]);
    assert!(open.get("refundTime").is_none());
    let failure = read(encode_refund(Antom, &refund_failed(Reason::BalanceNotEnough)));
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
            let code = error_code(Antom, table, *reason).code;
            assert_eq!(read(encode_reason(Antom, table, *reason)), json!({"result": result(table, code)}));
        }
    }
}

/// An illegal parameter is named in the message, which keeps to its 256 characters; no other detail leaves the house.
#[test]
fn only_the_detail_of_an_illegal_parameter_is_told() {
    let message = |reason, detail: &str| {
        let told = read(encode_error(Antom, Table::Pay, &Refusal::new(reason, detail)));
        told["result"]["resultMessage"].as_str().unwrap().to_owned()
    };
    let told = message(Reason::ParameterIllegal, "paymentAmount.value: the amount is zero");
    assert_eq!(told, "A parameter is missing or not valid. paymentAmount.value: the amount is zero");
    assert_eq!(message(Reason::ParameterIllegal, &"é".repeat(1000)).chars().count(), 256);
    assert_eq!(message(Reason::SystemError, "disk 3 is on fire"), "A system error occurred.");
}

/// Proves: SEED-000 (`paymentResultInfo`), all that may be known of a card is told of a payment by card that ended, and
/// nothing while it is open; a pay that was paid at once tells the same.
#[test]
fn a_card_is_told_with_all_that_is_known_of_it() {
    let (settings, token) = (settings(), Secret::new("card-token-1"));
    let document = json!({"creditPayPlan": {
        "installmentNum": "3", "interval": "MONTH", "creditPayFeeType": "PERCENTAGE", "feePercentage": 1,
    }});
    let details = details(&document);
    let info = |payment: &Payment| {
        let view =
            InquiryView { details: Some(&details), card_token: Some(&token), ..view(payment, &settings) };
        told_inquiry(&view).get("paymentResultInfo").cloned()
    };
    let expected = json!({
        "cardNo": "40546957****0768", "cardBrand": "VISA", "cardToken": "card-token-1",
        "issuerName": "Farthing Test Bank", "issuingCountry": "US", "funding": "CREDIT",
        "threeDSResult": {
            "threeDSVersion": "2.2.0", "eci": "05", "cavv": "AAABBB", "dsTransactionId": "ds-1",
        },
        "avsResultRaw": "Y", "cvvResultRaw": "M", "networkTransactionId": "123456789012345",
        "creditPayPlan": {
            "installmentNum": 3, "interval": "MONTH", "creditPayFeeType": "PERCENTAGE", "feePercentage": 1,
        },
        "cardBin": "40546957", "lastFour": "0768", "expiryMonth": "12", "expiryYear": "29",
        "authorizationCode": "654321",
    });
    assert_eq!(info(&by_card(paid())), Some(expected.clone()));
    let failure = info(&by_card(failed(Product::CashierPayment, Reason::IssuerDeclined))).unwrap();
    let mut refused = expected.clone();
    refused.as_object_mut().unwrap().remove("authorizationCode");
    refused["refusalCodeRaw"] = json!("DO_NOT_HONOR");
    refused["refusalReasonRaw"] = json!(Table::PaymentResult.find("DO_NOT_HONOR").unwrap().message);
    assert_eq!(failure, refused);
    for payment in [by_card(in_process(Product::CashierPayment)), by_card(cancelled(paid())), paid()] {
        assert_eq!(info(&payment), None);
    }
    let payment = by_card(paid());
    let view = PayView { details: Some(&details), card_token: Some(&token), ..pay_view(&payment, &settings) };
    assert_eq!(read(encode_pay(Antom, &view))["paymentResultInfo"], expected);
    // What is not known is left out, and of GrabPay there is little to know.
    let bare = Payment { card: None, ..by_card(paid()) };
    assert_eq!(told_inquiry(&self::view(&bare, &settings))["paymentResultInfo"], json!({}));
    let grab = Payment { method: "GRABPAY_SG".to_owned(), ..paid() };
    let with_plan = json!({"paymentMethodRegion": "SG", "creditPayPlan": expected["creditPayPlan"]});
    assert_eq!(info(&grab), Some(with_plan));
}

/// A card that is paid at once is told so with S; one that needs 3-D Secure is sent to a page; one that is worked on is not.
#[test]
fn a_card_is_paid_at_once_or_after_three_d_secure() {
    let told = pay(&by_card(paid()));
    assert_eq!(told["result"], result(Table::Pay, "SUCCESS"));
    assert_eq!(told["paymentTime"], "2019-11-27T12:01:03+08:00");
    assert!(told.get("authExpiryTime").is_none() && told.get("normalUrl").is_none());
    let open = by_card(in_process(Product::CashierPayment));
    let told = pay(&open);
    assert_eq!(told["result"], result(Table::Pay, "PAYMENT_IN_PROCESS"));
    assert!(told.get("redirectActionForm").is_none() && told.get("normalUrl").is_none());
    let mut facts = card();
    facts.needs_authentication = true;
    let told = pay(&Payment { card: Some(Json(facts)), ..open });
    assert_eq!(told["redirectActionForm"]["redirectUrl"], PAGE);
    assert_eq!(told["normalUrl"], PAGE);
    assert!(told.get("paymentResultInfo").is_none());
}

/// Proves: ANTOM-FACTS §2.1 and §2.2, a Cashier Payment that is refused names the payment result code where pay has none.
#[test]
fn a_refused_card_is_named_at_once() {
    for (reason, cashier, debit) in [
        (Reason::IssuerDeclined, "DO_NOT_HONOR", "PROCESS_FAIL"),
        (Reason::CardInvalid, "INVALID_CARD", "PROCESS_FAIL"),
        (Reason::CardNumberInvalid, "INVALID_CARD_NUMBER", "PROCESS_FAIL"),
        (Reason::CardExpiryMalformed, "INVALID_EXPIRY_DATE_FORMAT", "PROCESS_FAIL"),
        (Reason::CardExpiryInvalid, "INVALID_EXPIRATION_DATE", "PROCESS_FAIL"),
        (
            Reason::PaymentMethodDataInvalid,
            "INVALID_PAYMENT_METHOD_META_DATA",
            "INVALID_PAYMENT_METHOD_META_DATA",
        ),
        (Reason::RiskRejected, "RISK_REJECT", "RISK_REJECT"),
        (Reason::ProcessFailed, "PROCESS_FAIL", "PROCESS_FAIL"),
    ] {
        assert_eq!(pay_code(Antom, Product::CashierPayment, reason).code, cashier, "{reason:?}");
        assert_eq!(pay_code(Antom, Product::AgreementPayment, reason).code, debit, "{reason:?}");
        let told = pay(&by_card(failed(Product::CashierPayment, reason)));
        assert_eq!(told["result"]["resultCode"], cashier);
        assert_eq!(told.as_object().unwrap().len(), 1);
    }
}

/// Proves: SEED-000, a payment that was paid and then ended by risk control is FAIL with its code and no time of payment.
#[test]
fn a_reversed_payment_is_a_failure() {
    for (reason, code) in [
        (Reason::RiskRejected, "RISK_REJECT"),
        (Reason::FraudRejected, "FRAUD_REJECT"),
        (Reason::RiskSuspected, "SUSPECTED_RISK"),
    ] {
        let reversed = Payment { paid_at: paid().paid_at, ..failed(Product::AgreementPayment, reason) };
        let told = inquiry(&reversed, &[]);
        assert_eq!((&told["paymentStatus"], &told["paymentResultCode"]), (&json!("FAIL"), &json!(code)));
        assert!(told.get("paymentTime").is_none());
    }
}

/// Proves: SEED-000 and SEED-002 (`grossSettlementAmount`, `settlementQuote`), both are there where a rate was locked, and the
/// price is a number.
#[test]
fn a_locked_rate_is_told_with_its_amount() {
    let payment = settled_in_usd(paid());
    let quote = json!({
        "quoteId": "quote-1", "quoteCurrencyPair": "USD/HKD", "quotePrice": 0.1278,
        "quoteStartTime": "2019-11-27T12:01:01+08:00", "guaranteed": true,
    });
    for told in [pay(&payment), inquiry(&payment, &[])] {
        assert_eq!(told["grossSettlementAmount"], json!({"currency": "USD", "value": "1278"}));
        assert_eq!(told["settlementQuote"], quote);
    }
    for told in [pay(&paid()), inquiry(&paid(), &[])] {
        assert!(told.get("grossSettlementAmount").is_none() && told.get("settlementQuote").is_none());
    }
    let body = encode_pay(Antom, &pay_view(&payment, &settings()));
    assert!(String::from_utf8(body).unwrap().contains(r#""quotePrice":0.1278,"#));
}

/// Proves: SEED-000 (`acquirerReferenceNo`, `acquirerInfo`), the number is told of another acquirer, the rest to those set to it.
#[test]
fn an_acquirer_is_told_to_those_who_are_set_to_it() {
    let payment = acquired(by_card(paid()));
    let told = inquiry(&payment, &[]);
    assert_eq!(told["acquirerReferenceNo"], "ref-1");
    assert!(told.get("acquirerInfo").is_none());
    let settings = ClientSettings { shows_acquirer: true, ..settings() };
    let expected = json!({
        "acquirerName": "Acquirer", "referenceRequestId": "asked-1", "acquirerTransactionId": "theirs-1",
        "acquirerMerchantId": "merchant-1", "acquirerResultCode": "00",
    });
    assert_eq!(told_inquiry(&view(&payment, &settings))["acquirerInfo"], expected);
    assert_eq!(read(encode_pay(Antom, &pay_view(&payment, &settings)))["acquirerInfo"], expected);
    assert!(inquiry(&paid(), &[]).get("acquirerReferenceNo").is_none());
}

/// An authorization is SUCCESS with the time until which it can be captured, in pay and in an inquiry.
#[test]
fn an_authorization_says_how_long_it_holds() {
    assert_eq!(pay(&authorized())["authExpiryTime"], "2019-12-04T12:01:01+08:00");
    let told = inquiry(&authorized(), &[]);
    assert_eq!(told["paymentStatus"], "SUCCESS");
    assert_eq!(told["authExpiryTime"], "2019-12-04T12:01:01+08:00");
}

/// Proves: SEED-000 (`transactions`), captures stand beside refunds in the order of their making, whatever their kind.
#[test]
fn captures_show_as_transactions() {
    let (payment, settings) = (authorized(), settings());
    let later = Capture {
        request_id: farthing_core::ids::RequestId::new("capture-2"),
        created_at: noon().plus_ms(9 * SECOND_MS),
        ..capture_failed(Reason::ProcessFailed)
    };
    let (refunds, captures) = ([refunded()], [later, captured()]);
    let view = InquiryView { refunds: &refunds, captures: &captures, ..view(&payment, &settings) };
    let told = told_inquiry(&view);
    let kinds: Vec<&str> = told["transactions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["transactionType"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["CAPTURE", "REFUND", "CAPTURE"]);
    assert_eq!(
        told["transactions"][0],
        json!({
            "transactionResult": result(Table::TransactionResult, "SUCCESS"),
            "transactionId": "20191127120104000000000000000003",
            "transactionType": "CAPTURE",
            "transactionStatus": "SUCCESS",
            "transactionAmount": {"currency": "HKD", "value": "4000"},
            "transactionRequestId": "capture-1",
            "transactionTime": "2019-11-27T12:01:05+08:00",
        })
    );
    assert_eq!(told["transactions"][2]["transactionStatus"], "FAIL");
    assert_eq!(told["transactions"][2]["transactionRequestId"], "capture-2");
}

/// Proves: SEED-000 (Transaction result codes), each of them can be told of a refund or capture, and the status follows S, F
/// or U: an open code while it is open, any other once it has failed. A failure that is only planned is not told.
#[test]
fn a_transaction_tells_its_code_when_that_is_true() {
    for row in Table::TransactionResult.rows() {
        let Some(reason) = row.reason else { continue };
        let is_open = row.status == crate::codes::ResultStatus::U;
        let refund = Refund { planned_reason: Some(reason), ..refund_in_process() };
        let capture = Capture { planned_reason: Some(reason), ..capture_in_process() };
        let planned = inquiry_of_transactions(&refund, &capture);
        for entry in planned["transactions"].as_array().unwrap() {
            let code = if is_open { row.code } else { "PAYMENT_IN_PROCESS" };
            assert_eq!(entry["transactionResult"], result(Table::TransactionResult, code));
            assert_eq!(entry["transactionStatus"], "PROCESSING", "{}", row.code);
        }
        if is_open {
            continue;
        }
        let ended = inquiry_of_transactions(&refund_failed(reason), &capture_failed(reason));
        for entry in ended["transactions"].as_array().unwrap() {
            assert_eq!(entry["transactionResult"], result(Table::TransactionResult, row.code));
            assert_eq!(entry["transactionStatus"], "FAIL", "{}", row.code);
        }
        assert_eq!(ended["paymentStatus"], "SUCCESS");
    }
}

/// The inquiry of a paid payment with these two.
fn inquiry_of_transactions(refund: &Refund, capture: &Capture) -> Value {
    let (payment, settings) = (paid(), settings());
    let (refunds, captures) = ([refund.clone()], [capture.clone()]);
    told_inquiry(&InquiryView { refunds: &refunds, captures: &captures, ..view(&payment, &settings) })
}

/// Proves: SEED-000 (Payment result codes), the two open codes can be told of a payment in process, which stays so; the form
/// goes with PAYMENT_IN_PROCESS only, and no final code can be told of what is open.
#[test]
fn a_payment_in_process_tells_the_open_code_that_was_asked_for() {
    let told = |open_reason, payment: Payment| {
        let told = inquiry(&Payment { open_reason, ..payment }, &[]);
        let code = told["paymentResultCode"].as_str().unwrap().to_owned();
        assert_eq!(told.get("redirectActionForm").is_some(), code == "PAYMENT_IN_PROCESS");
        (told["paymentStatus"].as_str().unwrap().to_owned(), code)
    };
    let expect = |status: &str, code: &str| (status.to_owned(), code.to_owned());
    let (unknown, open) = (Some(Reason::UnknownException), || in_process(Product::CashierPayment));
    assert_eq!(told(unknown, open()), expect("PROCESSING", "UNKNOWN_EXCEPTION"));
    assert_eq!(told(None, open()), expect("PROCESSING", "PAYMENT_IN_PROCESS"));
    assert_eq!(told(Some(Reason::RiskRejected), open()), expect("PROCESSING", "PAYMENT_IN_PROCESS"));
    assert_eq!(told(Some(Reason::RefundInProcess), open()), expect("PROCESSING", "PAYMENT_IN_PROCESS"));
    assert_eq!(told(unknown, paid()), expect("SUCCESS", "SUCCESS"));
}

/// A client may be set to be told when a cancelled payment was paid.
#[test]
fn the_time_of_a_cancelled_payment_is_told_by_setting() {
    let settings = ClientSettings { payment_time_after_cancel: true, ..settings() };
    let time = |payment: &Payment| told_inquiry(&view(payment, &settings)).get("paymentTime").cloned();
    assert_eq!(time(&cancelled(paid())), Some(json!("2019-11-27T12:01:03+08:00")));
    assert_eq!(time(&cancelled(in_process(Product::CashierPayment))), None);
}

#[test]
fn a_capture_is_told_by_its_state() {
    let done = read(encode_capture(Antom, &captured()));
    assert_eq!(
        done,
        json!({
            "result": result(Table::Capture, "SUCCESS"),
            "captureRequestId": "capture-1",
            "captureId": "20191127120104000000000000000003",
            "paymentId": "20191127120101000000000000000001",
            "captureAmount": {"currency": "HKD", "value": "4000"},
            "captureTime": "2019-11-27T12:01:05+08:00",
        })
    );
    let open = read(encode_capture(Antom, &capture_in_process()));
    assert_eq!(open["result"], result(Table::Capture, "CAPTURE_IN_PROCESS"));
    assert_eq!((&open["captureId"], &open["captureAmount"]), (&done["captureId"], &done["captureAmount"]));
    assert!(open.get("captureTime").is_none());
    let failure = read(encode_capture(Antom, &capture_failed(Reason::RiskRejected)));
    assert_eq!(failure, json!({"result": result(Table::Capture, "RISK_REJECT")}));
}

/// Proves: ANTOM-FACTS §2.4, a refund in process carries its ids and its amount next to REFUND_IN_PROCESS.
#[test]
fn a_refund_in_process_carries_its_ids() {
    let told = read(encode_refund(Antom, &refund_in_process()));
    for name in ["refundRequestId", "refundId", "paymentId", "refundAmount"] {
        assert!(told.get(name).is_some(), "{name}");
    }
    assert_eq!(told["result"]["resultStatus"], "U");
}

/// Proves: ANTOM-FACTS §2.10, rates as quotes of both kinds; the list is there even when it is empty.
#[test]
fn exchange_rates_are_told() {
    let (first, second) = (rate("HKD", "USD", "0.1278"), rate("USD", "JPY", "149"));
    let told = read(encode_inquire_exchange_rate(&[&first, &second]));
    assert_eq!(told["result"], result(Table::ExchangeRate, "SUCCESS"));
    assert_eq!(
        told["quotes"][0],
        json!({
            "quoteId": "HKDUSD-1", "quoteCurrencyPair": "USD/HKD", "quotePrice": 0.1278,
            "quoteStartTime": "2019-11-27T12:01:01+08:00", "guaranteed": false,
        })
    );
    assert_eq!(
        told["paymentQuotes"][1],
        json!({
            "buyCurrency": "JPY", "sellCurrency": "USD", "quoteId": "USDJPY-1",
            "exchangeRate": "149.000000000000000",
        })
    );
    let none = read(encode_inquire_exchange_rate(&[]));
    assert_eq!(none, json!({"result": result(Table::ExchangeRate, "SUCCESS"), "quotes": []}));
}

/// Proves: ANTOM-FACTS §2.11, what a declaration answers, and what an inquiry of several tells.
#[test]
fn declarations_are_told() {
    let document = json!({
        "customs": {"customsCode": "ZONGSHU", "region": "CN", "x": null}, "splitOrder": true,
        "merchantCustomsInfo": {"merchantCustomsCode": "M-1", "merchantCustomsName": "Cups"},
        "buyerCertificate": {"certificateType": "ID_CARD"},
    });
    let declaration = declared(&document);
    assert_eq!(
        read(encode_declare(&declaration)),
        json!({
            "result": result(Table::Declare, "SUCCESS"),
            "customsPaymentId": "111", "customsOrderId": "222", "identityCheckResult": "CHECK_PASSED",
            "clearingChannel": "OTHER", "clearingTransactionId": "20191127120101000000000000000001",
            "customsProviderRegistrationId": "31222699S7",
        })
    );
    let plain = Declaration { customs_code: "ELSEWHERE".to_owned(), ..declared(&json!({})) };
    let told = read(encode_declare(&plain));
    assert!(told.get("identityCheckResult").is_none());
    assert!(told.get("customsProviderRegistrationId").is_none());

    let open = Declaration { state: DeclarationState::Processing, ..declared(&json!({})) };
    let refused = Declaration {
        state: DeclarationState::Failed,
        failure: Some(Reason::ProcessFailed),
        ..declared(&json!({}))
    };
    let missing = [farthing_core::ids::RequestId::new("declare-9")];
    let told = read(encode_inquiry_declaration_requests(&[declaration, open, refused], &missing));
    assert_eq!(told["declarationRequestsNotFound"], json!(["declare-9"]));
    assert_eq!(
        told["declarationRecords"][0],
        json!({
            "declarationRequestId": "declare-1", "customsPaymentId": "111", "customsOrderId": "222",
            "customs": {"customsCode": "ZONGSHU", "region": "CN"},
            "merchantCustomsInfo": {"merchantCustomsCode": "M-1", "merchantCustomsName": "Cups"},
            "declarationAmount": {"currency": "CNY", "value": "10000"}, "splitOrder": "true",
            "declarationRequestStatus": "SUCCESS", "lastModifiedTime": "2019-11-27T12:01:02+08:00",
            "customsDeclarationResultCode": "SUCCESS",
            "customsDeclarationResultDesc": Table::Declare.find("SUCCESS").unwrap().message,
            "customsDeclarationReturnTime": "2019-11-27T12:01:02+08:00",
        })
    );
    assert_eq!(told["declarationRecords"][1]["declarationRequestStatus"], "PROCESSING");
    assert!(told["declarationRecords"][1].get("customsDeclarationResultCode").is_none());
    assert_eq!(told["declarationRecords"][2]["declarationRequestStatus"], "FAIL");
    assert_eq!(told["declarationRecords"][2]["customsDeclarationResultCode"], "PROCESS_FAIL");
}

/// A payment of another dialect, whose details have nothing that is known here, is told all the same.
#[test]
fn a_payment_of_another_dialect_is_told() {
    let settings = settings();
    let payment = Payment { product: Product::InStorePayment, method: "WECHATPAY".to_owned(), ..paid() };
    let foreign = details(&json!({"order": {"description": "Two cups"}, "creditPayPlan": "none"}));
    let broken = PaymentDetails { document: "{".to_owned(), ..foreign.clone() };
    for details in [&foreign, &broken] {
        let told = told_inquiry(&InquiryView { details: Some(details), ..view(&payment, &settings) });
        assert_eq!(told["paymentStatus"], "SUCCESS");
        let card = by_card(paid());
        let told = told_inquiry(&InquiryView { details: Some(details), ..view(&card, &settings) });
        assert!(told["paymentResultInfo"].get("creditPayPlan").is_none());
    }
    assert_eq!(tell_payment(&payment), PayTelling::Paid);
}

/// Other operations of a legacy client answer as in the current edition, but for the name of a bad signature.
#[test]
fn the_legacy_edition_answers_other_operations_alike() {
    let payment = paid();
    let settings = settings();
    let view = pay_view(&payment, &settings);
    assert_eq!(encode_pay(Alipay, &view), encode_pay(Antom, &view));
    assert_eq!(encode_refund(Alipay, &refunded()), encode_refund(Antom, &refunded()));
    assert_eq!(encode_capture(Alipay, &captured()), encode_capture(Antom, &captured()));
    let told = read(encode_reason(Alipay, Table::Refund, Reason::SignatureInvalid));
    assert_eq!(told["result"]["resultCode"], "SIGNATURE_INVALID");
    let told = read(encode_reason(Alipay, Table::Gateway, Reason::ClientUnknown));
    assert_eq!(told["result"], result(Table::LegacyGateway, "CLIENT_INVALID"));
}
