//! Every code of an inquiry in its three tables, as ordinary signed requests bring it about by a selector.

use farthing_core::time::MINUTE_MS;
use farthing_dialect_antom::codes::{Code, ResultStatus, Table};
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::endpoint::Operation;
use farthing_dialect_antom::error::error_code;
use farthing_engine::sandbox::number_of;
use farthing_stories::{TestGateway, on_every_store, text};
use serde_json::{Value, json};

use crate::cards_given::{capture, hold_on_card};

on_every_store! {
    every_code_of_an_inquiry_is_answered
    every_payment_result_is_told
    every_payment_result_is_told_of_a_cashier_payment_after_a_while
    every_transaction_result_is_told_of_refunds
    every_transaction_result_is_told_of_captures
    a_transaction_result_arrives_when_it_is_due
    every_code_of_an_inquiry_is_answered_to_the_older_edition
    a_code_for_the_first_inquiries_only
}

/// The payment is made all the same; only the inquiry answers the code, and nothing beside it.
///
/// Proves: SEED-000 (Result codes), one assertion per row.
async fn every_code_of_an_inquiry_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    assert_eq!(Table::InquiryPayment.rows().len(), 12);
    for row in Table::InquiryPayment.rows() {
        let number = number_of(row.code).expect("every code has its number");
        for selector in [format!("inquiry:{}", row.code), format!("i:{number}")] {
            let request_id = format!("order~{selector}");
            let payment_id = shop.pay_and_succeed(&request_id, &payer, 1).await;
            for names in [json!({"paymentRequestId": request_id}), json!({"paymentId": payment_id})] {
                let answered = shop.call(Operation::InquiryPayment, &names).await.reply;
                assert_eq!((answered.result_code.as_str(), answered.result_status), (row.code, row.status));
                assert_eq!(answered.body.len() == 1, row.status != ResultStatus::S, "{selector}");
            }
        }
    }
}

/// What an inquiry says of the status of a payment with this code.
fn status_of(row: &Code) -> &'static str {
    match row.status {
        ResultStatus::S => "SUCCESS",
        ResultStatus::F => "FAIL",
        ResultStatus::U => "PROCESSING",
    }
}

/// Pay answers what follows from the result; the inquiry tells the code, whose S, F or U is the status of the payment.
///
/// Proves: SEED-000 (Payment result codes), one assertion per row.
async fn every_payment_result_is_told(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    assert_eq!(Table::PaymentResult.rows().len(), 35);
    for row in Table::PaymentResult.rows() {
        let request_id = format!("order~payment:{}", row.code);
        let before_minor = gateway.balance_minor(&payer).await;
        let answered = shop.pay(&request_id, &payer, 100).await.reply;
        let expected = match (row.status, row.reason) {
            (ResultStatus::S, _) => "SUCCESS",
            (ResultStatus::U, _) => "PAYMENT_IN_PROCESS",
            (ResultStatus::F, reason) => {
                error_code(Edition::Antom, Table::Pay, reason.expect("a failure has its reason")).code
            }
        };
        assert_eq!((answered.result_code.as_str(), answered.result_status), (expected, row.status));
        let inquired = shop.inquire(&request_id).await.reply;
        assert_eq!(inquired.result_code, "SUCCESS", "{}", row.code);
        assert_eq!(inquired.body["paymentResultCode"], row.code);
        assert_eq!(inquired.body["paymentResultMessage"], row.message);
        assert_eq!(inquired.body["paymentStatus"], status_of(row), "{}", row.code);
        let taken_minor = before_minor - gateway.balance_minor(&payer).await;
        assert_eq!(taken_minor, if row.status == ResultStatus::S { 100 } else { 0 }, "{}", row.code);
    }
}

/// In process first, with the page; the result comes by the clock of the world, and the same whether by word or number.
async fn every_payment_result_is_told_of_a_cashier_payment_after_a_while(gateway: &TestGateway) {
    let shop = gateway.shop();
    let settled = |row: &&Code| row.status != ResultStatus::U;
    let rows: Vec<&Code> = Table::PaymentResult.rows().iter().filter(settled).collect();
    let request_id =
        |row: &Code| format!("order~payment:{}@1m", number_of(row.code).expect("every code has its number"));
    for row in &rows {
        let asked = shop.pay_at_cashier(&request_id(row), 100).await.reply;
        assert_eq!(asked.result_code, "PAYMENT_IN_PROCESS", "{}", row.code);
        assert!(asked.body.contains_key("redirectActionForm"), "{}", row.code);
    }
    gateway.advance_ms(MINUTE_MS - 1).await;
    for row in &rows {
        let inquired = shop.inquire(&request_id(row)).await.reply.body;
        assert_eq!(inquired["paymentStatus"], "PROCESSING", "{}", row.code);
    }
    gateway.advance_ms(1).await;
    for row in &rows {
        let inquired = shop.inquire(&request_id(row)).await.reply.body;
        assert_eq!(inquired["paymentResultCode"], row.code);
        assert_eq!(inquired["paymentStatus"], status_of(row), "{}", row.code);
        let repeated = shop.pay_at_cashier(&request_id(row), 100).await.reply;
        let told = match row.status {
            // It may be paid already: the caller inquires.
            ResultStatus::S => "PAYMENT_IN_PROCESS",
            _ => row.code,
        };
        let reason = row.reason;
        let known = reason.map(|reason| error_code(Edition::Antom, Table::Pay, reason).code);
        let expected = known.filter(|code| *code != "PROCESS_FAIL").unwrap_or(told);
        assert_eq!(repeated.result_code, expected, "a repeat of {}", row.code);
    }
}

/// The entry of a refund or capture in the inquiry of its payment.
fn entry_of(inquired: &Value, request_id: &str) -> Value {
    let entries = inquired["transactions"].as_array().expect("there are transactions");
    let found = entries.iter().find(|entry| entry["transactionRequestId"] == request_id);
    found.unwrap_or_else(|| panic!("{request_id} is not told: {inquired}")).clone()
}

fn assert_entry(entry: &Value, row: &Code) {
    let result = &entry["transactionResult"];
    assert_eq!(result["resultCode"], row.code);
    assert_eq!(result["resultStatus"], row.status.letter(), "{}", row.code);
    assert_eq!(result["resultMessage"], row.message, "{}", row.code);
    assert_eq!(entry["transactionStatus"], status_of(row), "{}", row.code);
    assert_eq!(entry.get("transactionTime").is_some(), row.status == ResultStatus::S, "{entry}");
}

/// The refund answers that it is in process; the entry in the inquiry carries the code, its status follows from it.
///
/// Proves: SEED-000 (Transaction result codes), one assertion per row.
async fn every_transaction_result_is_told_of_refunds(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    assert_eq!(Table::TransactionResult.rows().len(), 15);
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    let before_minor = gateway.balance_minor(&payer).await;
    for row in Table::TransactionResult.rows() {
        let request_id = format!("refund~transaction:{}", row.code);
        let taken_up = shop.refund(&request_id, &payment_id, 100).await.reply;
        assert_eq!(
            (taken_up.result_code.as_str(), taken_up.result_status),
            ("REFUND_IN_PROCESS", ResultStatus::U)
        );
        assert!(taken_up.body.contains_key("refundId"), "{}", row.code);
    }
    let inquired = Value::Object(shop.inquire("order-1").await.reply.body);
    assert_eq!(inquired["transactions"].as_array().map(Vec::len), Some(15));
    for row in Table::TransactionResult.rows() {
        let request_id = format!("refund~transaction:{}", row.code);
        assert_entry(&entry_of(&inquired, &request_id), row);
        let refund = shop.inquire_refund(&request_id).await.reply.body;
        assert_eq!(refund["refundStatus"], status_of(row), "{}", row.code);
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor + 100, "one of them went back");
}

async fn every_transaction_result_is_told_of_captures(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    for row in Table::TransactionResult.rows() {
        let request_id = format!("capture~transaction:{}", row.code);
        let taken_up = capture(&shop, &request_id, &payment_id, 100, false).await;
        assert_eq!(taken_up.reply.result_code, "CAPTURE_IN_PROCESS", "{}", row.code);
        assert!(!text(&taken_up, "captureId").is_empty());
    }
    let inquired = Value::Object(shop.inquire("order-1").await.reply.body);
    for row in Table::TransactionResult.rows() {
        assert_entry(&entry_of(&inquired, &format!("capture~transaction:{}", row.code)), row);
    }
}

async fn a_transaction_result_arrives_when_it_is_due(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    let before_minor = gateway.balance_minor(&payer).await;
    let cases = [
        ("r1~transaction:SUCCESS@1m", "SUCCESS", "SUCCESS"),
        ("r2~transaction:SYSTEM_ERROR@1m", "SYSTEM_ERROR", "FAIL"),
        ("r3~transaction:SUCCESS@never", "PAYMENT_IN_PROCESS", "PROCESSING"),
        ("r4~transaction:PROCESSING", "PAYMENT_IN_PROCESS", "PROCESSING"),
        ("r5~REFUND_IN_PROCESS,transaction:FAIL@1m", "PROCESS_FAIL", "FAIL"),
    ];
    for (request_id, ..) in cases {
        let taken_up = shop.refund(request_id, &payment_id, 100).await.reply;
        assert_eq!(taken_up.result_code, "REFUND_IN_PROCESS", "{request_id}");
    }
    gateway.advance_ms(MINUTE_MS - 1).await;
    let early = Value::Object(shop.inquire("order-1").await.reply.body);
    gateway.advance_ms(1).await;
    let late = Value::Object(shop.inquire("order-1").await.reply.body);
    for (request_id, code, status) in cases {
        assert_eq!(entry_of(&early, request_id)["transactionStatus"], "PROCESSING", "{request_id}");
        let entry = entry_of(&late, request_id);
        assert_eq!(
            (&entry["transactionResult"]["resultCode"], &entry["transactionStatus"]),
            (&json!(code), &json!(status)),
            "{request_id}"
        );
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor + 100);
    let rest = shop.refund("rest", &payment_id, 9_800).await.reply.result_code;
    assert_eq!(rest, "REFUND_AMOUNT_EXCEED", "what is still on its way is reserved");
    assert_eq!(shop.refund("rest-2", &payment_id, 9_700).await.reply.result_code, "SUCCESS");
}

/// Proves: SEED-001 (Result codes) and LEGACY-FACTS §5.2, one assertion per row.
async fn every_code_of_an_inquiry_is_answered_to_the_older_edition(gateway: &TestGateway) {
    let (shop, payer) = (gateway.legacy_shop(), gateway.rich_payer());
    assert_eq!(Table::LegacyInquiry.rows().len(), 6);
    for table in [Table::LegacyInquiry, Table::LegacyGateway] {
        for row in table.rows() {
            let request_id = format!("{table:?}~inquiry:{}", row.code);
            shop.pay_and_succeed(&request_id, &payer, 1).await;
            let answered = shop.inquire(&request_id).await.reply;
            assert_eq!(
                (answered.result_code.as_str(), answered.result_status),
                (row.code, row.status),
                "{table:?}"
            );
        }
    }
}

/// The first calls, then the truth; each id counts for itself, and the payment is the same all along.
async fn a_code_for_the_first_inquiries_only(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for request_id in ["order-3~inquiry:SYSTEM_ERROR*2", "order-4~i:121*2"] {
        shop.pay_and_succeed(request_id, &payer, 1).await;
        for _call in 0..2 {
            assert_eq!(shop.inquire(request_id).await.reply.result_code, "SYSTEM_ERROR", "{request_id}");
        }
        let truth = shop.inquire(request_id).await.reply;
        assert_eq!(
            (truth.result_code.as_str(), &truth.body["paymentStatus"]),
            ("SUCCESS", &json!("SUCCESS"))
        );
        assert_eq!(shop.inquire(request_id).await.reply, truth, "and from then on");
    }
    let refused = "order-5~USER_BALANCE_NOT_ENOUGH*1";
    assert_eq!(shop.pay(refused, &payer, 1).await.reply.result_code, "USER_BALANCE_NOT_ENOUGH");
    assert_eq!(
        shop.pay(refused, &payer, 1).await.reply.result_code,
        "USER_BALANCE_NOT_ENOUGH",
        "a record is for good"
    );
    let traffic = "order-6~REQUEST_TRAFFIC_EXCEED_LIMIT*2";
    for code in ["REQUEST_TRAFFIC_EXCEED_LIMIT", "REQUEST_TRAFFIC_EXCEED_LIMIT", "SUCCESS"] {
        assert_eq!(shop.pay(traffic, &payer, 1).await.reply.result_code, code);
    }
    let cancelled = "order-7~cancel:SYSTEM_ERROR*1";
    shop.pay_and_succeed(cancelled, &payer, 1).await;
    for code in ["SYSTEM_ERROR", "SUCCESS"] {
        assert_eq!(shop.cancel(cancelled).await.reply.result_code, code);
    }
    let payment_id = shop.pay_and_succeed("order-8", &payer, 100).await;
    for code in ["RISK_REJECT", "SUCCESS"] {
        assert_eq!(shop.refund("refund-1~RISK_REJECT*1", &payment_id, 1).await.reply.result_code, code);
    }
    for code in ["UNKNOWN_EXCEPTION", "SUCCESS"] {
        let _refunded = shop.refund("refund-2~inquiryRefund:UNKNOWN_EXCEPTION*1", &payment_id, 1).await;
        assert_eq!(
            shop.inquire_refund("refund-2~inquiryRefund:UNKNOWN_EXCEPTION*1").await.reply.result_code,
            code
        );
    }
}
