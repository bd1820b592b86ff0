//! Payments that are declared to the customs.

use farthing_core::rows::EntryKind;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::cards_given::{journal_of, page_of, press};

on_every_store! {
    a_payment_is_declared_in_parts
    a_declaration_is_of_a_paid_payment_by_alipay_cn
    a_declaration_of_another_merchants_payment_looks_like_none
    the_fields_of_a_declaration_are_checked
}

/// Pays from AlipayCN on a page, and returns the payment's id.
async fn pay_in_cny(gateway: &TestGateway, shop: &Shop, request_id: &str, amount_minor: i64) -> String {
    let mut fields = Shop::cashier_fields(request_id, amount_minor);
    fields["paymentMethod"]["paymentMethodType"] = "ALIPAY_CN".into();
    fields["paymentAmount"]["currency"] = "CNY".into();
    fields["order"]["orderAmount"]["currency"] = "CNY".into();
    let asked = shop.call(Operation::Pay, &fields).await;
    press(gateway, &page_of(&asked), "approve").await;
    text(&asked, "paymentId")
}

fn declaration(request_id: &str, payment_id: &str, amount_minor: i64) -> Value {
    json!({
        "declarationRequestId": request_id,
        "paymentId": payment_id,
        "declarationAmount": {"currency": "CNY", "value": amount_minor.to_string()},
        "customs": {"customsCode": "ZHENGZHOU", "region": "CN"},
        "merchantCustomsInfo": {"merchantCustomsCode": "4101", "merchantCustomsName": "The demo shop"},
        "splitOrder": "true",
        "subOrderId": format!("part-{request_id}"),
        "buyerCertificate": {
            "certificateType": "ID_CARD", "certificateNo": "110101199003070000",
            "holderName": {"fullName": "Ada Byron"},
        },
    })
}

/// Declared in parts up to the whole; the same again tells the same, anything else under the id is refused; the inquiry
/// tells what is known and names what is not. The number of the buyer's paper is nowhere kept.
///
/// Proves: SEED-000 (customsDeclarationAmount), ANTOM-FACTS §2.11.
async fn a_payment_is_declared_in_parts(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = pay_in_cny(gateway, &shop, "order-1", 10_000).await;
    let declare = async |fields: &Value| shop.call(Operation::Declare, fields).await;
    let mut story = Transcript::default();
    let inquired = shop.inquire("order-1").await.reply.body;
    assert_eq!(inquired["customsDeclarationAmount"], json!({"currency": "CNY", "value": "10000"}));
    let first = declare(&declaration("declare-1", &payment_id, 6_000)).await;
    story.note("declare a part", &first);
    let before = gateway.contents().await;
    assert_eq!(declare(&declaration("declare-1", &payment_id, 6_000)).await.reply, first.reply);
    let mut other_customs = declaration("declare-1", &payment_id, 6_000);
    other_customs["customs"]["customsCode"] = "NINGBO".into();
    let mut other_paper = declaration("declare-1", &payment_id, 6_000);
    other_paper["buyerCertificate"]["certificateNo"] = "110101199003070001".into();
    for changed in [declaration("declare-1", &payment_id, 6_001), other_customs, other_paper] {
        let refused = declare(&changed).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), ("CONTEXT_INCONSISTENT", 1));
    }
    story.note("declare too much", &declare(&declaration("declare-2", &payment_id, 4_001)).await);
    assert_eq!(gateway.contents().await, before, "what is refused stores nothing");
    let rest = declare(&declaration("declare-2", &payment_id, 4_000)).await;
    assert_eq!(rest.reply.result_code, "SUCCESS");
    let ids = json!({"declarationRequestIds": ["declare-1", "nobody", "declare-2", "nothing"]});
    story.note("inquiryDeclarationRequests", &shop.call(Operation::InquiryDeclarationRequests, &ids).await);
    let unknown = json!({"declarationRequestIds": ["nobody"]});
    story.note("inquiry of none", &shop.call(Operation::InquiryDeclarationRequests, &unknown).await);
    let kinds = [
        EntryKind::PaymentCreated,
        EntryKind::PaymentSucceeded,
        EntryKind::PaymentDeclared,
        EntryKind::PaymentDeclared,
    ];
    assert_eq!(journal_of(gateway, &payment_id).await, kinds);
    assert!(!gateway.contents().await.text().contains("110101199003070000"), "a paper's number is stored");
    assert_json_snapshot!("a_payment_is_declared", story.shown());
}

/// Proves: ANTOM-FACTS §2.11 (ORDER_NOT_EXIST, ORDER_STATUS_INVALID, CURRENCY_NOT_SUPPORT).
async fn a_declaration_is_of_a_paid_payment_by_alipay_cn(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let by_hk = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    let unpaid = text(&shop.pay_at_cashier("order-2", 10_000).await, "paymentId");
    let cancelled = pay_in_cny(gateway, &shop, "order-3", 10_000).await;
    shop.cancel("order-3").await;
    let paid = pay_in_cny(gateway, &shop, "order-4", 10_000).await;
    let mut in_hkd = declaration("declare-1", &paid, 100);
    in_hkd["declarationAmount"]["currency"] = "HKD".into();
    let before = gateway.contents().await;
    for (code, fields) in [
        ("ORDER_NOT_EXIST", declaration("declare-1", "20191127999999999999999999999999", 100)),
        ("PROCESS_FAIL", declaration("declare-1", &by_hk, 100)),
        ("ORDER_STATUS_INVALID", declaration("declare-1", &unpaid, 100)),
        ("ORDER_STATUS_INVALID", declaration("declare-1", &cancelled, 100)),
        ("CURRENCY_NOT_SUPPORT", in_hkd),
        ("PARAM_ILLEGAL", declaration("declare-1", &paid, 10_001)),
    ] {
        let refused = shop.call(Operation::Declare, &fields).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), (code, 1), "{fields}");
    }
    assert_eq!(gateway.contents().await, before);
    for request_id in ["order-1", "order-2", "order-3"] {
        let inquired = shop.inquire(request_id).await.reply.body;
        assert!(inquired.get("customsDeclarationAmount").is_none(), "{request_id}");
    }
}

async fn a_declaration_of_another_merchants_payment_looks_like_none(gateway: &TestGateway) {
    let shop = gateway.shop();
    let other = gateway.add_shop("OTHER").await;
    let payment_id = pay_in_cny(gateway, &shop, "order-1", 10_000).await;
    shop.call(Operation::Declare, &declaration("declare-1", &payment_id, 100)).await;
    let foreign = other.call(Operation::Declare, &declaration("declare-1", &payment_id, 100)).await.reply;
    let unknown = declaration("declare-1", "20191127999999999999999999999999", 100);
    assert_eq!(other.call(Operation::Declare, &unknown).await.reply, foreign);
    let ids = json!({"declarationRequestIds": ["declare-1"]});
    let inquired = other.call(Operation::InquiryDeclarationRequests, &ids).await.reply.body;
    assert_eq!(inquired["declarationRequestsNotFound"], json!(["declare-1"]));
    assert!(inquired.get("declarationRecords").is_none());
}

/// Proves: ANTOM-FACTS §2.11 (lengths, at most ten ids).
async fn the_fields_of_a_declaration_are_checked(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 100).await;
    let before = gateway.contents().await;
    for (name, value) in [
        ("declarationRequestId", Value::Null),
        ("declarationRequestId", json!("d".repeat(33))),
        ("declarationAmount", json!({"currency": "CNY", "value": "0"})),
        ("customs", json!({})),
        ("merchantCustomsInfo", Value::Null),
        ("splitOrder", json!("perhaps")),
    ] {
        let mut fields = declaration("declare-1", &payment_id, 100);
        fields[name] = value;
        let refused = shop.call(Operation::Declare, &fields).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{name}");
        assert!(refused.result_message.contains(name), "{}", refused.result_message);
    }
    let ids = |count: usize| (0..count).map(|number| format!("d{number}")).collect::<Vec<_>>();
    for count in [0, 11] {
        let fields = json!({"declarationRequestIds": ids(count)});
        let refused = shop.call(Operation::InquiryDeclarationRequests, &fields).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL", "{count}");
    }
    assert_eq!(gateway.contents().await, before);
}
