//! The same request again: the decision table, row by row.

use farthing_core::time::{HOUR_MS, MINUTE_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, on_every_store, pay_fields};
use serde_json::{Value, json};

on_every_store! {
    every_row_of_the_table_of_repeats
    a_repeat_with_another_meaning_is_refused_by_name
    what_is_no_key_parameter_may_differ
    a_refused_request_uses_no_id_up
    a_refund_is_repeated_by_its_own_id
    two_clients_of_one_merchant_share_their_ids
    ids_of_different_operations_are_apart
}

/// Proves: ANTOM-FACTS §3.1, SEED-002, SEED-000: each stored state with the same key parameters.
async fn every_row_of_the_table_of_repeats(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 300).await;
    let rich = gateway.rich_payer();

    // Paid: the original answer, to the byte, however much later.
    let paid = shop.pay("paid", &payer, 300).await;
    gateway.advance_ms(HOUR_MS).await;
    assert_eq!(shop.pay("paid", &payer, 300).await.response.body, paid.response.body);
    assert_eq!(gateway.balance_minor(&payer).await, 0);

    // Failed for good: the same code, although the wallet could pay by now.
    let failed = shop.pay("failed", &payer, 300).await;
    assert_eq!(failed.reply.result_code, "USER_BALANCE_NOT_ENOUGH");
    gateway.fund(&payer.wallet_id, 300).await;
    assert_eq!(shop.pay("failed", &payer, 300).await.response.body, failed.response.body);

    // In progress: U, with the same ids.
    let open = shop.pay("open~PAYMENT_IN_PROCESS", &rich, 300).await;
    assert_eq!(open.reply.result_code, "PAYMENT_IN_PROCESS");
    assert_eq!(shop.pay("open~PAYMENT_IN_PROCESS", &rich, 300).await.response.body, open.response.body);

    // In progress at the cashier: U, with the same page.
    let at_cashier = shop.pay_at_cashier("cashier", 300).await;
    assert_eq!(shop.pay_at_cashier("cashier", 300).await.response.body, at_cashier.response.body);
    assert!(at_cashier.reply.body.contains_key("redirectActionForm"));

    // Cancelled while unpaid: closed. Paid, then cancelled: cancelled.
    shop.pay_at_cashier("called-off", 300).await;
    shop.cancel("called-off").await;
    assert_eq!(shop.pay_at_cashier("called-off", 300).await.reply.result_code, "ORDER_IS_CLOSED");
    shop.cancel("open~PAYMENT_IN_PROCESS").await;
    let repeated = shop.pay("open~PAYMENT_IN_PROCESS", &rich, 300).await;
    assert_eq!(repeated.reply.result_code, "ORDER_IS_CLOSED");
    shop.cancel("paid").await;
    assert_eq!(shop.pay("paid", &payer, 300).await.reply.result_code, "ORDER_IS_CANCELED");

    // Closed by its time: closed.
    gateway.advance_ms(14 * MINUTE_MS).await;
    assert_eq!(shop.pay_at_cashier("cashier", 300).await.reply.result_code, "ORDER_IS_CLOSED");
}

/// The states that a payment can be in, by its request id.
async fn one_of_each(gateway: &TestGateway, shop: &Shop) -> Vec<(&'static str, Value)> {
    let payer = gateway.add_payer(shop, "ann", 1_000).await;
    let token = &payer.access_token;
    let mut all = Vec::new();
    for (request_id, amount_minor) in [
        ("paid", 300),
        ("failed", 9_000),
        ("cancelled", 300),
        ("refunded", 300),
        ("open~PAYMENT_IN_PROCESS", 300),
    ] {
        let fields = pay_fields(request_id, token, amount_minor);
        let answered = shop.call(Operation::Pay, &fields).await;
        match request_id {
            "cancelled" => drop(shop.cancel(request_id).await),
            "refunded" => {
                drop(shop.refund("r-1", &farthing_stories::text(&answered, "paymentId"), 300).await)
            }
            _ => {}
        }
        all.push((request_id, fields));
    }
    for request_id in ["cashier", "closed"] {
        let fields = Shop::cashier_fields(request_id, 300);
        shop.call(Operation::Pay, &fields).await;
        if request_id == "closed" {
            shop.cancel(request_id).await;
        }
        all.push((request_id, fields));
    }
    all
}

/// Whatever became of the payment, another amount, currency, product, method or payer is another meaning.
async fn a_repeat_with_another_meaning_is_refused_by_name(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payments = one_of_each(gateway, &shop).await;
    let before = gateway.contents().await;
    let rich = gateway.rich_payer().access_token;
    for (request_id, fields) in payments {
        let changes: [(&str, Value); 4] = [
            ("/paymentAmount/value", json!("301")),
            ("/paymentAmount/currency", json!("USD")),
            ("/paymentMethod/paymentMethodType", json!("GCASH")),
            ("/paymentMethod/paymentMethodId", json!(rich)),
        ];
        for (pointer, value) in changes {
            let Some(place) = fields.pointer(pointer) else { continue };
            assert_ne!(*place, value);
            let mut changed = fields.clone();
            *changed.pointer_mut(pointer).expect("the place is there") = value;
            let refused = shop.call(Operation::Pay, &changed).await.reply;
            assert_eq!(refused.result_code, "REPEAT_REQ_INCONSISTENT", "{request_id} {pointer}");
            assert_eq!(refused.body.len(), 1, "only the result is told");
        }
        let mut changed = Shop::cashier_fields(request_id, 300);
        if fields["productCode"] == "CASHIER_PAYMENT" {
            changed = pay_fields(request_id, &rich, 300);
        }
        let refused = shop.call(Operation::Pay, &changed).await.reply;
        assert_eq!(refused.result_code, "REPEAT_REQ_INCONSISTENT", "{request_id} as another product");
    }
    assert_eq!(gateway.contents().await, before, "the stored payments are untouched");
}

/// Proves: ANTOM-FACTS §3.1 (order, env and notify URL are ignored).
async fn what_is_no_key_parameter_may_differ(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let fields = pay_fields("order-1", &payer.access_token, 300);
    let first = shop.call(Operation::Pay, &fields).await;
    let before = gateway.contents().await;
    let changes: [(&str, Value); 7] = [
        ("order", json!({"orderAmount": {"currency": "JPY", "value": "5"}, "referenceOrderId": "another"})),
        ("env", json!({"terminalType": "APP", "osType": "IOS"})),
        ("paymentNotifyUrl", json!("https://elsewhere.example/n")),
        ("paymentRedirectUrl", json!("https://elsewhere.example/r")),
        ("metadata", json!("{}")),
        ("somethingNew", json!([1, {"x": null}])),
        ("paymentAmount", json!({"currency": "HKD", "value": 300})),
    ];
    for (name, value) in changes {
        let mut changed = fields.clone();
        changed[name] = value;
        let repeated = shop.call(Operation::Pay, &changed).await;
        assert_eq!(repeated.response.body, first.response.body, "{name}");
    }
    assert_eq!(gateway.contents().await, before);
}

/// Proves: ANTOM-FACTS §3.1 (requests refused before a record existed do not consume the key).
async fn a_refused_request_uses_no_id_up(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let good = pay_fields("order-1", &payer.access_token, 300);
    let mut too_long = good.clone();
    too_long["order"]["orderDescription"] = "x".repeat(257).into();
    let unknown_token = pay_fields("order-1", "NOTHING", 300);
    let before = gateway.contents().await;
    assert_eq!(shop.call(Operation::Pay, &too_long).await.reply.result_code, "PARAM_ILLEGAL");
    assert_eq!(shop.call(Operation::Pay, &unknown_token).await.reply.result_code, "INVALID_ACCESS_TOKEN");
    assert_eq!(gateway.contents().await, before);
    assert_eq!(shop.call(Operation::Pay, &good).await.reply.result_code, "SUCCESS");
}

/// Proves: ANTOM-FACTS §2.4, §3.1 (refundRequestId).
async fn a_refund_is_repeated_by_its_own_id(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let first_payment = shop.pay_and_succeed("order-1", &payer, 300).await;
    let other_payment = shop.pay_and_succeed("order-2", &payer, 300).await;
    let first = shop.refund("refund-1", &first_payment, 100).await;
    let before = gateway.contents().await;
    gateway.advance_ms(HOUR_MS).await;
    assert_eq!(shop.refund("refund-1", &first_payment, 100).await.response.body, first.response.body);
    for (payment_id, amount_minor) in
        [(first_payment.as_str(), 101), (other_payment.as_str(), 100), ("1", 100)]
    {
        let refused = shop.refund("refund-1", payment_id, amount_minor).await.reply;
        assert_eq!(refused.result_code, "REPEAT_REQ_INCONSISTENT", "{payment_id} {amount_minor}");
    }
    let mut another_currency = Shop::refund_fields("refund-1", &first_payment, 100);
    another_currency["refundAmount"]["currency"] = "USD".into();
    let refused = shop.call(Operation::Refund, &another_currency).await.reply;
    assert_eq!(refused.result_code, "REPEAT_REQ_INCONSISTENT");
    let too_much = shop.refund("refund-2", &first_payment, 201).await.reply;
    assert_eq!(too_much.result_code, "REFUND_AMOUNT_EXCEED");
    assert_eq!(gateway.contents().await, before);
    let less = shop.refund("refund-2", &first_payment, 200).await.reply;
    assert_eq!(less.result_code, "SUCCESS", "a refused refund uses no id up");
}

/// Proves: ANTOM-FACTS §3.1 (keys are scoped per merchant and operation).
async fn two_clients_of_one_merchant_share_their_ids(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let other = gateway
        .add_client(shop.merchant_id.as_str(), "SANDBOX_SECOND", farthing_stories::TestKey::Merchant2)
        .await;
    let first = shop.pay("order-1", &payer, 300).await;
    let again = other.pay("order-1", &payer, 300).await;
    assert_eq!(again.response.body, first.response.body);
    let changed = other.pay("order-1", &payer, 301).await;
    assert_eq!(changed.reply.result_code, "REPEAT_REQ_INCONSISTENT");
    assert_eq!(other.cancel("order-1").await.reply.result_code, "SUCCESS");
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "CANCELLED");
}

async fn ids_of_different_operations_are_apart(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("the-same", &payer, 300).await;
    assert_eq!(shop.refund("the-same", &payment_id, 300).await.reply.result_code, "SUCCESS");
    assert_eq!(shop.inquire_refund("the-same").await.reply.body["refundStatus"], "SUCCESS");
}
