//! Every code of pay, as an ordinary signed request brings it about by a selector.

use farthing_core::reason::Reason;
use farthing_dialect_antom::codes::{Code, ResultStatus, Table};
use farthing_dialect_antom::edition::Edition;
use farthing_dialect_antom::endpoint::Operation;
use farthing_dialect_antom::error::error_code;
use farthing_engine::sandbox::number_of;
use farthing_stories::{Shop, TestGateway, TestReceiver, on_every_store, pay_fields};

on_every_store! {
    every_code_of_pay_is_answered
    every_code_of_pay_is_answered_at_the_cashier
    every_code_of_pay_has_a_number
    every_code_of_the_gateway_is_answered
    a_payment_result_that_pay_does_not_know_is_told_by_its_nearest
    a_status_may_be_asked_for
}

/// What these codes say was never created: the id is free, and the inquiry knows no such payment.
const NOTHING_CREATED: [&str; 9] = [
    "ACCESS_DENIED",
    "KEY_NOT_FOUND",
    "NO_INTERFACE_DEF",
    "PARAM_ILLEGAL",
    "REQUEST_TRAFFIC_EXCEED_LIMIT",
    "ORDER_NOT_EXIST",
    "ORDER_IS_CLOSED",
    "ORDER_IS_CANCELED",
    "REPEAT_REQ_INCONSISTENT",
];

/// What an inquiry tells of a payment whose pay answered this row: its status and its code; nothing of none.
fn inquired_as(row: &Code) -> Option<(&'static str, &'static str)> {
    let told = |reason| error_code(Edition::Antom, Table::PaymentResult, reason).code;
    match (row.status, row.reason) {
        _ if NOTHING_CREATED.contains(&row.code) => None,
        (ResultStatus::S, _) => Some(("SUCCESS", "SUCCESS")),
        (ResultStatus::U, _) => Some(("PROCESSING", "PAYMENT_IN_PROCESS")),
        (ResultStatus::F, reason) => Some(("FAIL", told(reason.expect("every failure has its reason")))),
    }
}

async fn assert_inquired(shop: &Shop, request_id: &str, expected: Option<(&str, &str)>) {
    let inquired = shop.inquire(request_id).await.reply;
    match expected {
        None => assert_eq!(inquired.result_code, "ORDER_NOT_EXIST", "{request_id}"),
        Some((status, code)) => {
            assert_eq!(inquired.body["paymentStatus"], status, "{request_id}");
            assert_eq!(inquired.body["paymentResultCode"], code, "{request_id}");
        }
    }
}

/// Each of the 37 codes with its status, on the wire; F takes no money and is the same on a repeat, U leaves the payment
/// open, and what says that nothing was created creates nothing.
///
/// Proves: SEED-002 (Result codes), one assertion per row.
async fn every_code_of_pay_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    assert_eq!(Table::Pay.rows().len(), 37);
    for row in Table::Pay.rows() {
        let request_id = format!("order~{}", row.code);
        let before = gateway.contents().await;
        let before_minor = gateway.balance_minor(&payer).await;
        let answered = shop.pay(&request_id, &payer, 100).await.reply;
        assert_eq!((answered.result_code.as_str(), answered.result_status), (row.code, row.status));
        assert_eq!(
            answered.body.len() == 1,
            row.status == ResultStatus::F || is_unknown(row),
            "{}",
            row.code
        );
        let taken_minor = before_minor - gateway.balance_minor(&payer).await;
        assert_eq!(taken_minor, if row.status == ResultStatus::S { 100 } else { 0 }, "{}", row.code);
        let expected = inquired_as(row);
        if expected.is_none() {
            assert_eq!(gateway.contents().await, before, "{} creates nothing", row.code);
        }
        assert_inquired(&shop, &request_id, expected).await;
        if row.status != ResultStatus::U {
            assert_eq!(shop.pay(&request_id, &payer, 100).await.reply, answered, "a repeat of {}", row.code);
        }
    }
}

/// Whether the answer is the code and nothing else, though the matter is open.
fn is_unknown(row: &Code) -> bool {
    row.reason.is_some_and(|reason| matches!(reason, Reason::UnknownException | Reason::TrafficLimitExceeded))
}

/// The same where a user would decide on a page; SUCCESS there is the page, because no money comes from nothing.
async fn every_code_of_pay_is_answered_at_the_cashier(gateway: &TestGateway) {
    let shop = gateway.shop();
    for row in Table::Pay.rows() {
        let request_id = format!("order~{}", row.code);
        let answered = shop.pay_at_cashier(&request_id, 100).await.reply;
        if row.status == ResultStatus::S {
            assert_eq!(answered.result_code, "PAYMENT_IN_PROCESS");
            assert!(answered.body.contains_key("redirectActionForm"));
            continue;
        }
        assert_eq!((answered.result_code.as_str(), answered.result_status), (row.code, row.status));
        assert_inquired(&shop, &request_id, inquired_as(row)).await;
    }
}

/// Three digits stand for a code, in a place named by a letter; the longest selector of both leaves most of an id free.
async fn every_code_of_pay_has_a_number(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for row in Table::Pay.rows() {
        let number = number_of(row.code).unwrap_or_else(|| panic!("{} has no number", row.code));
        let request_id = format!("order~p:{number}");
        let answered = shop.pay(&request_id, &payer, 100).await.reply;
        assert_eq!((answered.result_code.as_str(), answered.result_status), (row.code, row.status));
    }
    for table in Table::ALL {
        for row in table.rows() {
            assert!(number_of(row.code).is_some(), "{} has no number", row.code);
        }
    }
    let full = "b0c2f1de-7a11-4b0d-9d6f-0a1b2c3d4e5f-12345678901~p:132,y:217@30s";
    assert_eq!(full.len(), 64);
    assert_eq!(shop.pay(full, &payer, 100).await.reply.result_code, "PAYMENT_IN_PROCESS");
    gateway.advance_ms(30_000).await;
    assert_inquired(&shop, full, Some(("FAIL", "USER_BALANCE_NOT_ENOUGH"))).await;
}

/// What the gateway answers before an operation is reached can be asked for as well.
///
/// Proves: ANTOM-FACTS §1.7, one assertion per row.
async fn every_code_of_the_gateway_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    for row in Table::Gateway.rows() {
        let answered = shop.pay(&format!("order~{}", row.code), &payer, 100).await.reply;
        let expected = Table::Pay.find(row.code).expect("the gateway's codes stand in every table of a call");
        assert_eq!((answered.result_code.as_str(), answered.result_status), (row.code, expected.status));
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
}

/// Auto Debit says PROCESS_FAIL of a code that only an inquiry has, and the inquiry tells it; the cashier tells it at once.
///
/// Proves: SEED-002, SEED-000 (the two tables), ANTOM-FACTS §2.1.
async fn a_payment_result_that_pay_does_not_know_is_told_by_its_nearest(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let unknown = Table::PaymentResult.rows().iter().filter(|row| Table::Pay.find(row.code).is_none());
    let mut count = 0;
    for row in unknown {
        count += 1;
        let reason = row.reason.expect("every failure has its reason");
        let request_id = format!("debit~{}", row.code);
        let answered = shop.pay(&request_id, &payer, 100).await.reply;
        assert_eq!(answered.result_code, error_code(Edition::Antom, Table::Pay, reason).code, "{}", row.code);
        assert_eq!(answered.result_status, ResultStatus::F, "{}", row.code);
        assert_inquired(&shop, &request_id, Some(("FAIL", row.code))).await;
        let request_id = format!("cashier~{}", row.code);
        let answered = shop.pay_at_cashier(&request_id, 100).await.reply;
        assert_eq!((answered.result_code.as_str(), answered.result_status), (row.code, row.status));
        assert_inquired(&shop, &request_id, Some(("FAIL", row.code))).await;
    }
    assert_eq!(
        count, 10,
        "cards and risk; INVALID_API is the gateway's own, which stands in every table of a call"
    );
}

/// A status stands for what it says, on pay and on the result; money moves only where the rules move it.
async fn a_status_may_be_asked_for(gateway: &TestGateway) {
    let (shop, payer, receiver) = (gateway.shop(), gateway.rich_payer(), TestReceiver::start([]).await);
    let before_minor = gateway.balance_minor(&payer).await;
    for (outcome, code, status, inquired_code) in [
        ("PROCESSING", "PAYMENT_IN_PROCESS", "PROCESSING", "PAYMENT_IN_PROCESS"),
        ("PENDING", "PAYMENT_IN_PROCESS", "PENDING", "PAYMENT_IN_PROCESS"),
        ("CANCELLED", "ORDER_IS_CLOSED", "CANCELLED", "ORDER_IS_CLOSED"),
        ("CLOSED", "ORDER_IS_CLOSED", "FAIL", "ORDER_IS_CLOSED"),
        ("FAIL", "PROCESS_FAIL", "FAIL", "PROCESS_FAIL"),
        ("FAILED", "PROCESS_FAIL", "FAIL", "PROCESS_FAIL"),
    ] {
        for place in ["", "payment:"] {
            let request_id = format!("order~{place}{outcome}");
            let mut fields = pay_fields(&request_id, &payer.access_token, 100);
            fields["paymentNotifyUrl"] = receiver.url("/n").into();
            let answered = shop.call(Operation::Pay, &fields).await.reply;
            assert_eq!(answered.result_code, code, "{request_id}");
            assert_inquired(&shop, &request_id, Some((status, inquired_code))).await;
        }
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor);
    gateway.deliveries_tried().await;
    assert_eq!(receiver.received().len(), 10, "what is still processing is not notified, all others are");
}
