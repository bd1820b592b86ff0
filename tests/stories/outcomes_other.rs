//! Every code of the other calls: by selectors where they carry an id, by rules where they do not.

use farthing_dialect_antom::codes::{Code, ResultStatus, Table};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, on_every_store, text};
use serde_json::{Value, json};

use crate::cards_given::{capture, hold_on_card, page_of, press};

on_every_store! {
    every_code_of_a_cancel_is_answered
    every_code_of_a_refund_is_answered
    every_code_of_an_inquiry_of_a_refund_is_answered
    every_code_of_a_capture_is_answered
    every_code_of_a_declaration_is_answered
    every_code_of_calls_without_an_id_is_answered
    every_code_of_the_gateway_is_answered_by_every_call_without_an_id
}

fn assert_answered(answered: &farthing_dialect_antom::client::Reply, row: &Code, why: &str) {
    assert_eq!(
        (answered.result_code.as_str(), answered.result_status),
        (row.code, row.status),
        "{why}: {answered:?}"
    );
}

/// The payment's own id says what its cancel answers; what is not S cancels nothing.
///
/// Proves: ANTOM-FACTS §2.3, one assertion per row.
async fn every_code_of_a_cancel_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for row in Table::Cancel.rows() {
        let request_id = format!("order~cancel:{}", row.code);
        shop.pay_and_succeed(&request_id, &payer, 1).await;
        assert_answered(&shop.cancel(&request_id).await.reply, row, "cancel");
        let inquired = shop.inquire(&request_id).await.reply.body;
        let status = if row.status == ResultStatus::S { "CANCELLED" } else { "SUCCESS" };
        assert_eq!(inquired["paymentStatus"], status, "{}", row.code);
    }
}

/// What is F gives nothing back and leaves the id free; what is U takes the refund up, but where it says that it did not.
///
/// Proves: ANTOM-FACTS §2.4, one assertion per row.
async fn every_code_of_a_refund_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    let before_minor = gateway.balance_minor(&payer).await;
    for row in Table::Refund.rows() {
        let request_id = format!("refund~{}", row.code);
        let before = gateway.contents().await;
        assert_answered(&shop.refund(&request_id, &payment_id, 1).await.reply, row, "refund");
        let is_taken_up = row.status != ResultStatus::F && row.code != "REQUEST_TRAFFIC_EXCEED_LIMIT";
        assert_eq!(gateway.contents().await == before, !is_taken_up, "{}", row.code);
        let inquired = shop.inquire_refund(&request_id).await.reply;
        let expected = if is_taken_up { "SUCCESS" } else { "REFUND_NOT_EXIST" };
        assert_eq!(inquired.result_code, expected, "{}", row.code);
    }
    assert_eq!(gateway.balance_minor(&payer).await, before_minor + 1, "one of them went back");
}

/// Proves: ANTOM-FACTS §2.5, one assertion per row.
async fn every_code_of_an_inquiry_of_a_refund_is_answered(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    for row in Table::InquiryRefund.rows() {
        let request_id = format!("refund~inquiryRefund:{}", row.code);
        let refunded = shop.refund(&request_id, &payment_id, 1).await;
        assert_eq!(refunded.reply.result_code, "SUCCESS", "{}", row.code);
        assert_answered(&shop.inquire_refund(&request_id).await.reply, row, "by the merchant's id");
        let by_id = json!({"refundId": text(&refunded, "refundId")});
        assert_answered(&shop.call(Operation::InquiryRefund, &by_id).await.reply, row, "by the gateway's id");
    }
}

/// Proves: ANTOM-FACTS §2.6, one assertion per row.
async fn every_code_of_a_capture_is_answered(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = hold_on_card(&shop, "order-1", 10_000).await;
    for row in Table::Capture.rows() {
        let request_id = format!("capture~{}", row.code);
        let before = gateway.contents().await;
        assert_answered(&capture(&shop, &request_id, &payment_id, 1, false).await.reply, row, "capture");
        let is_taken_up = row.status != ResultStatus::F && row.code != "REQUEST_TRAFFIC_EXCEED_LIMIT";
        assert_eq!(gateway.contents().await == before, !is_taken_up, "{}", row.code);
    }
}

/// Ids of declarations are short, so the place is left out; the call's own id means the call.
///
/// Proves: ANTOM-FACTS §2.11, one assertion per row.
async fn every_code_of_a_declaration_is_answered(gateway: &TestGateway) {
    let shop = gateway.shop();
    let mut fields = Shop::cashier_fields("order-1", 10_000);
    fields["paymentMethod"]["paymentMethodType"] = "ALIPAY_CN".into();
    fields["paymentAmount"]["currency"] = "CNY".into();
    fields["order"]["orderAmount"]["currency"] = "CNY".into();
    let asked = shop.call(Operation::Pay, &fields).await;
    press(gateway, &page_of(&asked), "approve").await;
    for row in Table::Declare.rows() {
        let request_id = format!("d~{}", row.code);
        assert!(request_id.len() <= 32, "{request_id}");
        let fields = json!({
            "declarationRequestId": request_id,
            "paymentId": text(&asked, "paymentId"),
            "declarationAmount": {"currency": "CNY", "value": "1"},
            "customs": {"customsCode": "ZHENGZHOU"},
            "merchantCustomsInfo": {"merchantCustomsCode": "4101"},
            "splitOrder": "false",
        });
        assert_answered(&shop.call(Operation::Declare, &fields).await.reply, row, "declare");
    }
}

/// A call without an id of the merchant's that succeeds by itself, again and again.
async fn call_without_id(
    gateway: &TestGateway,
    shop: &Shop,
    operation: Operation,
) -> farthing_dialect_antom::client::Reply {
    let fields = match operation {
        Operation::Consult => Shop::consult_fields("state-1"),
        Operation::ApplyToken => {
            let agreed = shop.consult_and_agree(gateway, &gateway.rich_payer(), "state-1").await;
            return shop.apply_code(agreed.auth_code.reveal()).await.reply;
        }
        Operation::Revoke => json!({"accessToken": gateway.rich_payer().access_token}),
        Operation::InquireExchangeRate => json!({"productCode": "CASHIER_PAYMENT"}),
        Operation::InquiryDeclarationRequests => json!({"declarationRequestIds": ["nobody"]}),
        other => panic!("{other:?} carries an id"),
    };
    shop.call(operation, &fields).await.reply
}

const WITHOUT_ID: [Operation; 5] = [
    Operation::InquireExchangeRate,
    Operation::InquiryDeclarationRequests,
    Operation::Consult,
    Operation::ApplyToken,
    Operation::Revoke,
];

async fn add_rule(
    gateway: &TestGateway,
    shop: &Shop,
    operation: Operation,
    outcome: &str,
    calls: Option<i64>,
) {
    let (client_id, name) = (shop.client_id.clone(), operation.name().to_owned());
    let narrator = gateway.narrator();
    let added = gateway.engine.add_outcome(&narrator, client_id, name, outcome.to_owned(), calls).await;
    added.expect("this is a sandbox");
}

/// A rule for one call: that answers the code, and the next one the truth.
///
/// Proves: ANTOM-FACTS §2.7 to §2.11, one assertion per row.
async fn every_code_of_calls_without_an_id_is_answered(gateway: &TestGateway) {
    let shop = gateway.shop();
    for operation in WITHOUT_ID {
        // An agreement is taken back once; the truth of a second time is another one.
        let ever = operation != Operation::Revoke;
        for row in operation.table().rows().iter().filter(|row| ever || row.status != ResultStatus::S) {
            if operation == Operation::ApplyToken {
                // The rule is for applyToken alone; the consult before it is told the truth.
                let agreed = shop.consult_and_agree(gateway, &gateway.rich_payer(), "state-1").await;
                add_rule(gateway, &shop, operation, row.code, Some(1)).await;
                assert_answered(&shop.apply_code(agreed.auth_code.reveal()).await.reply, row, "applyToken");
                if row.status != ResultStatus::S {
                    let truth = shop.apply_code(agreed.auth_code.reveal()).await.reply.result_code;
                    assert_eq!(truth, "SUCCESS", "{}: the code was not used", row.code);
                }
                continue;
            }
            add_rule(gateway, &shop, operation, row.code, Some(1)).await;
            assert_answered(&call_without_id(gateway, &shop, operation).await, row, operation.name());
            if ever {
                assert_eq!(call_without_id(gateway, &shop, operation).await.result_code, "SUCCESS");
            }
        }
    }
    assert_eq!(call_without_id(gateway, &shop, Operation::Revoke).await.result_code, "SUCCESS");
}

async fn every_code_of_the_gateway_is_answered_by_every_call_without_an_id(gateway: &TestGateway) {
    let shop = gateway.shop();
    for operation in WITHOUT_ID {
        for row in Table::Gateway.rows() {
            add_rule(gateway, &shop, operation, row.code, Some(1)).await;
            let answered = call_without_id(gateway, &shop, operation).await;
            assert_eq!(answered.result_code, row.code, "{}", operation.name());
        }
    }
    let fields: Value = json!({"productCode": "CASHIER_PAYMENT"});
    assert_eq!(shop.call(Operation::InquireExchangeRate, &fields).await.reply.result_code, "SUCCESS");
}
