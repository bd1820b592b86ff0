//! The same selectors in AlipayHK and AlphaPay: their own codes, and where those stand.

use farthing_core::time::{MINUTE_MS, SECOND_MS};
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_stories::{AlphaShop, TestGateway, alpha_pay_fields, hk_pay_body, on_every_store};
use serde_json::json;

on_every_store! {
    every_code_of_alipayhk_is_answered
    alipayhk_tells_results_that_come_later
    alipayhk_counts_and_breaks_calls
    every_code_of_alphapay_is_answered
    every_status_of_alphapay_is_told
    alphapay_tells_results_that_come_later
    alphapay_counts_and_breaks_calls
}

/// On payQuery and on a debit: code, number, status and message of the row.
///
/// Proves: SEED-003 (Business Error code), ALIPAYHK-FACTS §4, one assertion per row.
async fn every_code_of_alipayhk_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    assert_eq!(alipayhk::codes::Table::PayQuery.rows().len(), 3);
    for table in alipayhk::codes::Table::ALL {
        for row in table.rows() {
            let trans_id = format!("T~inquiry:{}", row.code);
            shop.pay_and_succeed(&trans_id, &payer, 1).await;
            let queried = shop.query(&trans_id).await;
            let told = (queried.code.as_str(), queried.code_id.as_str(), queried.status.as_str());
            assert_eq!(told, (row.code, row.id, row.status.letter()));
            assert_eq!(queried.body.get("payment").is_some(), row.code == "SUCCESS", "{}", queried.body);

            let trans_id = format!("T~{}", row.code);
            let before_minor = gateway.balance_minor(&payer).await;
            let debited = shop.pay(&trans_id, &payer, 1).await;
            let told = (debited.code.as_str(), debited.code_id.as_str(), debited.status.as_str());
            assert_eq!(told, (row.code, row.id, row.status.letter()));
            let taken_minor = before_minor - gateway.balance_minor(&payer).await;
            assert_eq!(taken_minor, i64::from(row.code == "SUCCESS"), "{}", row.code);
        }
    }
}

async fn alipayhk_tells_results_that_come_later(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    for (trans_id, pay_status) in [
        ("T-1~SYSTEM_ERROR,payment:SUCCESS@30s", "SUCCESS"),
        ("T-2~PAYMENT_IN_PROCESS,payment:USER_BALANCE_NOT_ENOUGH@30s", "CLOSED"),
        ("T-3~payment:RISK_REJECT@30s", "CLOSED"),
    ] {
        let debited = shop.pay(trans_id, &payer, 100).await;
        assert_eq!((debited.code.as_str(), debited.status.as_str()), ("SYSTEM_ERROR", "U"), "{trans_id}");
        assert_eq!(shop.query(trans_id).await.text("/payment/payStatus"), "WAIT_PAY", "{trans_id}");
        gateway.advance_ms(30 * SECOND_MS).await;
        assert_eq!(shop.query(trans_id).await.text("/payment/payStatus"), pay_status, "{trans_id}");
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
    let asked = shop.pay_by_wap("T-4~payment:SUCCESS@1m", 100).await;
    assert_ne!(asked.status, "F", "{}", asked.body);
    assert_eq!(shop.query("T-4~payment:SUCCESS@1m").await.text("/payment/payStatus"), "WAIT_PAY");
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(shop.query("T-4~payment:SUCCESS@1m").await.text("/payment/payStatus"), "SUCCESS");

    let refused = shop.pay("T-5~USER_BALANCE_NOT_ENOUGH", &payer, 100).await;
    assert_eq!((refused.code.as_str(), refused.status.as_str()), ("USER_BALANCE_NOT_ENOUGH", "F"));
    let acquirement_id = shop.pay_and_succeed("T-6", &payer, 100).await;
    let refund = shop.refund(&acquirement_id, "R-1~transaction:SUCCESS@1m", 100).await;
    assert_eq!(refund.status, "U", "{}", refund.body);
    gateway.advance_ms(MINUTE_MS).await;
    let repeated = shop.refund(&acquirement_id, "R-1~transaction:SUCCESS@1m", 100).await;
    assert_eq!((repeated.code.as_str(), repeated.status.as_str()), ("SUCCESS", "S"), "a repeat is the query");
}

async fn alipayhk_counts_and_breaks_calls(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    shop.pay_and_succeed("T-1~inquiry:SYSTEM_ERROR*2", &payer, 1).await;
    for code in ["SYSTEM_ERROR", "SYSTEM_ERROR", "SUCCESS", "SUCCESS"] {
        assert_eq!(shop.query("T-1~inquiry:SYSTEM_ERROR*2").await.code, code);
    }
    let body = hk_pay_body(&shop.merchant_id, "T-2~drop-reply", 100);
    let operation = alipayhk::endpoint::Operation::AgreementPay;
    let content = shop.content(operation, Some(&payer.access_token), &body);
    let before_minor = gateway.balance_minor(&payer).await;
    assert!(shop.post(operation.path(), &shop.envelope(&content)).await.is_none(), "not a byte comes back");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
    assert_eq!(shop.query("T-2~drop-reply").await.text("/payment/payStatus"), "SUCCESS");
    assert_eq!(shop.pay("T-2~drop-reply", &payer, 100).await.code, "SUCCESS");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);

    let before = gateway.contents().await;
    let refused = shop.pay("T-3~USER_BALANCE_NOT_ENOUGHT", &payer, 100).await;
    assert_eq!(refused.code, "PARAM_ILLEGAL");
    assert!(refused.message.contains("USER_BALANCE_NOT_ENOUGH"), "{}", refused.message);
    assert_eq!(gateway.contents().await, before);
    gateway.change_client(&shop, |client| client.settings.0.selectors = false).await;
    assert_eq!(shop.pay("T-3~USER_BALANCE_NOT_ENOUGHT", &payer, 100).await.code, "SUCCESS");
}

/// On pay and on its inquiry: code, status, and a message that begins as the row's.
///
/// Proves: ALPHAPAY-FACTS §12.4, one assertion per row.
async fn every_code_of_alphapay_is_answered(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    for row in alphapay::codes::Table::Result.rows() {
        let request_id = format!("A~{}", row.code);
        let asked = shop.pay(&request_id, 100).await;
        let expected = match row.code {
            // The real rules: the payer has not paid yet.
            "SUCCESS" => ("PAYMENT_IN_PROCESS", "U"),
            code => (code, row.status.letter()),
        };
        assert_eq!(asked.result(), expected, "{}", asked.body);

        let request_id = format!("A~inquiry:{}", row.code);
        let asked = shop.pay(&request_id, 100).await;
        let inquired = shop.inquire(&asked.text("/paymentId")).await;
        assert_eq!(inquired.result(), (row.code, row.status.letter()), "{}", inquired.body);
        assert_eq!(inquired.body.get("paymentStatus").is_some(), row.code == "SUCCESS", "{}", inquired.body);
    }
}

/// By a selector where one makes it, by real refunds and the client's setting where only they do.
///
/// Proves: SEED-004 (paymentStatus), each of its values.
async fn every_status_of_alphapay_is_told(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let ask = async |request_id: &str| {
        let asked = shop.pay(request_id, 1_000).await;
        assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"), "{}", asked.body);
        asked.text("/paymentId")
    };
    for (outcome, status) in [
        ("SUCCESS", "SUCCESS"),
        ("CLOSED", "CLOSED"),
        ("CANCELLED", "CLOSED"),
        ("FAIL", "FAILED"),
        ("FAILED", "FAILED"),
        ("PAYMENT_FAIL", "FAILED"),
        ("AMOUNT_ERROR", "FAILED"),
        ("USER_BALANCE_NOT_ENOUGH", "FAILED"),
    ] {
        let payment_id = ask(&format!("A~payment:{outcome}@30s")).await;
        assert_eq!(shop.status_of(&payment_id).await, "PAYMENT_IN_PROCESS", "{outcome}");
        gateway.advance_ms(30 * SECOND_MS).await;
        assert_eq!(shop.status_of(&payment_id).await, status, "{outcome}");
    }
    let waiting = ask("waiting").await;
    gateway.change_client(&shop, |client| client.settings.0.waiting_as_offline_qrcode = true).await;
    assert_eq!(shop.status_of(&waiting).await, "OFFLINE_QRCODE");
    gateway.change_client(&shop, |client| client.settings.0.waiting_as_offline_qrcode = false).await;
    assert_eq!(shop.status_of(&waiting).await, "PAYMENT_IN_PROCESS");
    let payment_id = shop.pay_and_succeed(gateway, "refunded", 1_000).await;
    shop.refund(&payment_id, "R-1", 400).await;
    assert_eq!(shop.status_of(&payment_id).await, "PARTIAL_REFUND");
    shop.refund(&payment_id, "R-2", 600).await;
    assert_eq!(shop.status_of(&payment_id).await, "FULL_REFUND");
    let before = gateway.contents().await;
    for (status, why) in [
        ("PARTIAL_REFUND", "real refund"),
        ("FULL_REFUND", "real refund"),
        ("OFFLINE_QRCODE", "setting of the client"),
    ] {
        let refused = shop.pay(&format!("A~payment:{status}"), 1_000).await;
        assert_eq!(refused.code, "PARAM_ILLEGAL", "{status}");
        assert!(refused.message.contains(why), "{status}: {}", refused.message);
    }
    assert_eq!(gateway.contents().await, before);
}

async fn alphapay_tells_results_that_come_later(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let asked = shop.pay("A-1~PAYMENT_IN_PROCESS,payment:SUCCESS@30s", 1_000).await;
    assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"));
    let payment_id = asked.text("/paymentId");
    gateway.advance_ms(30 * SECOND_MS - 1).await;
    assert_eq!(shop.status_of(&payment_id).await, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(1).await;
    assert_eq!(shop.status_of(&payment_id).await, "SUCCESS");
    let refund = shop.refund(&payment_id, "R-1~transaction:SUCCESS@1m", 1_000).await;
    assert_eq!(refund.result(), ("REFUND_IN_PROCESS", "U"), "{}", refund.body);
    assert_eq!(shop.status_of(&payment_id).await, "SUCCESS", "it has not gone back yet");
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(shop.status_of(&payment_id).await, "FULL_REFUND");

    let other_id = shop.pay_and_succeed(gateway, "A-2", 1_000).await;
    let failing = shop.refund(&other_id, "R-2~transaction:PAYMENT_FAIL@1m", 1_000).await;
    assert_eq!(failing.result(), ("REFUND_IN_PROCESS", "U"));
    gateway.advance_ms(MINUTE_MS).await;
    assert_eq!(shop.status_of(&other_id).await, "SUCCESS");
    let refused = shop.pay("A-3~USER_BALANCE_NOT_ENOUGH", 1_000).await;
    assert_eq!(refused.result(), ("PAYMENT_FAIL", "F"), "its nearest code here");
}

async fn alphapay_counts_and_breaks_calls(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let payment_id = shop.pay_and_succeed(gateway, "A-1~inquiry:SYSTEM_ERROR*2", 1_000).await;
    for result in [("SYSTEM_ERROR", "U"), ("SYSTEM_ERROR", "U"), ("SUCCESS", "S"), ("SUCCESS", "S")] {
        assert_eq!(shop.inquire(&payment_id).await.result(), result);
    }
    let operation = alphapay::endpoint::Operation::Pay;
    let fields = alpha_pay_fields("A-2~drop-reply", 1_000);
    assert!(shop.post(&shop.draft(operation, &fields)).await.is_none(), "not a byte comes back");
    let repeated = shop.call(operation, &fields).await;
    assert_eq!(repeated.result(), ("PAYMENT_IN_PROCESS", "U"), "the repeat tells what was done");
    let refund = AlphaShop::refund_fields(&payment_id, 400);
    let mut dropped = refund.clone();
    dropped["refundRequestId"] = "R-1~drop-reply".into();
    assert!(shop.post(&shop.draft(alphapay::endpoint::Operation::Refund, &dropped)).await.is_none());
    assert_eq!(shop.status_of(&payment_id).await, "PARTIAL_REFUND");
    assert_eq!(shop.refund(&payment_id, "R-1~drop-reply", 400).await.code, "SUCCESS");

    let before = gateway.contents().await;
    let refused = shop.pay("A-3~PAYMENT_FAILE", 1_000).await;
    assert_eq!(refused.code, "PARAM_ILLEGAL");
    assert!(refused.message.contains("PAYMENT_FAIL"), "{}", refused.message);
    assert_eq!(gateway.contents().await, before);
    gateway.change_client(&shop, |client| client.settings.0.selectors = false).await;
    let asked = shop.call(operation, &alpha_pay_fields("A-3~PAYMENT_FAILE", 1_000)).await;
    assert_eq!(asked.result(), ("PAYMENT_IN_PROCESS", "U"));
    assert_eq!(asked.body["paymentRequestId"], json!("A-3~PAYMENT_FAILE"));
}
