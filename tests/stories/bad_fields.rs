//! Bodies that are well signed and not what a request must be.

use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, Shop, TestGateway, on_every_store, pay_fields};
use insta::assert_json_snapshot;
use serde_json::{Map, Value, json};

on_every_store! {
    amounts_are_whole_digits_and_nothing_else
    a_field_of_pay_that_is_wrong_is_named
    fields_of_the_other_operations_are_checked
    lengths_are_counted_in_characters
    scalars_may_be_native_or_text
}

/// A JSON text with one value replaced by a raw piece of JSON, right or wrong.
fn with_raw(fields: &Value, pointer: &str, raw: &str) -> String {
    let mut marked = fields.clone();
    *marked.pointer_mut(pointer).unwrap_or_else(|| panic!("there is no {pointer}")) = json!("@@HERE@@");
    marked.to_string().replace("\"@@HERE@@\"", raw)
}

fn pay(gateway: &TestGateway) -> Value {
    pay_fields("order-1", &gateway.rich_payer().access_token, 100)
}

async fn refused(gateway: &TestGateway, shop: &Shop, operation: Operation, body: String) -> Value {
    let answer = Draft::new(gateway, shop, operation, body).send(gateway).await;
    assert_eq!(answer.code(), "PARAM_ILLEGAL", "{:?}", answer.json());
    assert_eq!(answer.json().as_object().map(Map::len), Some(1), "only the result is told");
    answer.message().into()
}

/// Proves: ANTOM-FACTS §4 (ASCII digits, at most 16, at least 1), for payments and refunds alike.
async fn amounts_are_whole_digits_and_nothing_else(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payment_id = shop.pay_and_succeed("paid", &gateway.rich_payer(), 100).await;
    let requests = [
        (Operation::Pay, pay(gateway), "/paymentAmount/value"),
        (Operation::Refund, Shop::refund_fields("refund-1", &payment_id, 1), "/refundAmount/value"),
    ];
    let before = gateway.contents().await;
    let mut told = Map::new();
    for raw in [
        "\"-1\"",
        "\"1.5\"",
        "\"0\"",
        "\"000\"",
        "\"1e3\"",
        "\"+1\"",
        "\" 1\"",
        "\"1 \"",
        "\"1,000\"",
        "\"\"",
        "null",
        "\"12345678901234567\"",
        "\"0x10\"",
        "\"\u{ff11}\"",
        "\"\u{661}\"",
        "\"1\\u0000\"",
        "-1",
        "1.5",
        "1.0",
        "0",
        "1e3",
        "12345678901234567",
        "100000000000000000000",
        "true",
        "[]",
        "{}",
        "[100]",
    ] {
        for (operation, fields, pointer) in &requests {
            let message = refused(gateway, &shop, *operation, with_raw(fields, pointer, raw)).await;
            told.insert(format!("{} {raw}", operation.name()), message);
        }
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    assert_json_snapshot!("amounts_that_are_none", Value::Object(told));
}

async fn a_field_of_pay_that_is_wrong_is_named(gateway: &TestGateway) {
    let shop = gateway.shop();
    let mut fields = pay(gateway);
    fields["order"]["buyer"] =
        json!({"buyerRegistrationTime": "2019-01-01T00:00:00+08:00", "isAccountVerified": true});
    fields["order"]["goods"] = json!([{"goodsName": "A kettle"}, {"goodsQuantity": "1"}]);
    fields["paymentNotifyUrl"] = "https://shop.example/n".into();
    let long = |count: usize| format!("\"{}\"", "x".repeat(count));
    let before = gateway.contents().await;
    let mut told = Map::new();
    for (pointer, raw) in [
        ("/productCode", "null".to_owned()),
        ("/productCode", "\"GIFT\"".to_owned()),
        ("/paymentRequestId", "\"\"".to_owned()),
        ("/paymentRequestId", "5".to_owned()),
        ("/paymentRequestId", long(65)),
        ("/paymentRequestId", "\"a\\u0000b\"".to_owned()),
        ("/paymentAmount", "\"100 HKD\"".to_owned()),
        ("/paymentAmount", "null".to_owned()),
        ("/paymentAmount/currency", "\"XXX\"".to_owned()),
        ("/paymentAmount/currency", "\"hkd\"".to_owned()),
        ("/paymentAmount/currency", "\"HKDD\"".to_owned()),
        ("/paymentAmount/currency", "344".to_owned()),
        ("/paymentMethod", "[]".to_owned()),
        ("/paymentMethod/paymentMethodType", long(65)),
        ("/paymentMethod/paymentMethodId", "null".to_owned()),
        ("/paymentMethod/paymentMethodId", long(129)),
        ("/paymentMethod/paymentMethodId", "{\"a\": 1}".to_owned()),
        ("/order", "null".to_owned()),
        ("/order", "\"a kettle\"".to_owned()),
        ("/order/referenceOrderId", long(65)),
        ("/order/orderDescription", long(257)),
        ("/order/orderAmount/value", "\"-1\"".to_owned()),
        ("/order/buyer/buyerRegistrationTime", "\"2019-02-30T00:00:00+08:00\"".to_owned()),
        ("/order/buyer/buyerRegistrationTime", "\"2019-02-28\"".to_owned()),
        ("/order/buyer/buyerRegistrationTime", "\"2019-02-28T24:00:00+08:00\"".to_owned()),
        ("/order/buyer/isAccountVerified", "\"yes\"".to_owned()),
        ("/order/goods", "{}".to_owned()),
        ("/order/goods/1/goodsQuantity", "\"0\"".to_owned()),
        ("/order/goods/1/goodsQuantity", "1.5".to_owned()),
        ("/order/goods/0/goodsName", long(257)),
        ("/paymentNotifyUrl", "\"ftp://shop.example/n\"".to_owned()),
        ("/paymentNotifyUrl", "\"shop.example/n\"".to_owned()),
        ("/paymentNotifyUrl", format!("\"https://shop.example/{}\"", "n".repeat(2048))),
    ] {
        let message = refused(gateway, &shop, Operation::Pay, with_raw(&fields, pointer, &raw)).await;
        let shown = if raw.len() > 60 { format!("{} letters", raw.len() - 2) } else { raw };
        told.insert(format!("{pointer} {shown}"), message);
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    assert_json_snapshot!("fields_of_pay_that_are_wrong", Value::Object(told));
    assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "SUCCESS", "else all is well");
}

async fn fields_of_the_other_operations_are_checked(gateway: &TestGateway) {
    let shop = gateway.shop();
    let before = gateway.contents().await;
    let cashier = |change: fn(&mut Value)| {
        let mut fields = Shop::cashier_fields("order-1", 100);
        change(&mut fields);
        fields
    };
    let consult = |change: fn(&mut Value)| {
        let mut fields = Shop::consult_fields("state-1");
        change(&mut fields);
        fields
    };
    let long = "x".repeat(65);
    let mut told = Map::new();
    for (name, operation, fields) in [
        (
            "a cashier payment without a way back",
            Operation::Pay,
            cashier(|it| it["paymentRedirectUrl"] = Value::Null),
        ),
        ("a cashier payment without a terminal", Operation::Pay, cashier(|it| it["env"] = Value::Null)),
        (
            "a mini app without its id",
            Operation::Pay,
            cashier(|it| it["env"]["terminalType"] = "MINI_APP".into()),
        ),
        (
            "a terminal of another kind",
            Operation::Pay,
            cashier(|it| it["env"]["terminalType"] = "FAX".into()),
        ),
        ("an inquiry of nothing", Operation::InquiryPayment, json!({})),
        (
            "an inquiry of nulls",
            Operation::InquiryPayment,
            json!({"paymentId": null, "paymentRequestId": null}),
        ),
        ("an inquiry of 65 characters", Operation::InquiryPayment, json!({"paymentRequestId": long})),
        ("an inquiry by a number", Operation::InquiryPayment, json!({"paymentRequestId": 5})),
        ("a cancel of nothing", Operation::Cancel, json!({"paymentRequestId": ""})),
        ("a refund of no payment", Operation::Refund, json!({"refundRequestId": "r"})),
        ("a refund of nothing", Operation::Refund, Shop::refund_fields("r", "1", 0)),
        ("a refund's id of 65 characters", Operation::Refund, Shop::refund_fields(&long, "1", 1)),
        ("an inquiry of no refund", Operation::InquiryRefund, json!({"refundId": ""})),
        ("a consult without a scope", Operation::Consult, consult(|it| it["scopes"] = json!([]))),
        (
            "a consult with five scopes",
            Operation::Consult,
            consult(|it| it["scopes"] = vec!["USER_INFO"; 5].into()),
        ),
        ("a scope that is none", Operation::Consult, consult(|it| it["scopes"] = json!(["AGREEEMENT_PAY"]))),
        (
            "a consult without a way back",
            Operation::Consult,
            consult(|it| it["authRedirectUrl"] = Value::Null),
        ),
        ("a consult without its state", Operation::Consult, consult(|it| it["authState"] = "".into())),
        ("a consult without a terminal", Operation::Consult, consult(|it| it["terminalType"] = Value::Null)),
        (
            "a grant of another kind",
            Operation::ApplyToken,
            json!({"grantType": "GIFT", "customerBelongsTo": "X"}),
        ),
        (
            "a grant without its code",
            Operation::ApplyToken,
            json!({"grantType": "AUTHORIZATION_CODE", "customerBelongsTo": "X"}),
        ),
        (
            "a grant without its token",
            Operation::ApplyToken,
            json!({"grantType": "REFRESH_TOKEN", "customerBelongsTo": "X", "authCode": "Y"}),
        ),
        ("a revoke of nothing", Operation::Revoke, json!({})),
    ] {
        told.insert(name.to_owned(), refused(gateway, &shop, operation, fields.to_string()).await);
    }
    assert_eq!(gateway.contents().await, before, "nothing of it is stored");
    assert_json_snapshot!("fields_of_others_that_are_wrong", Value::Object(told));
}

/// Proves: ANTOM-FACTS §1.9 (lengths are in characters).
async fn lengths_are_counted_in_characters(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let request_id = "\u{7ca5}".repeat(63) + "\u{1f375}";
    assert_eq!(request_id.chars().count(), 64);
    shop.pay_and_succeed(&request_id, &payer, 100).await;
    let inquired = shop.inquire(&request_id).await.reply.body;
    assert_eq!(inquired["paymentRequestId"], request_id.as_str());
    let one_more = request_id + "x";
    assert_eq!(shop.pay(&one_more, &payer, 100).await.reply.result_code, "PARAM_ILLEGAL");
}

/// Proves: ANTOM-FACTS §1.9 (requests: text or native form for every scalar; unknown fields pass; null is not there).
async fn scalars_may_be_native_or_text(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for (number, (flag, count, value)) in
        [(json!("true"), json!("20"), json!("100")), (json!(true), json!(20), json!(100))]
            .into_iter()
            .enumerate()
    {
        let mut fields = pay_fields(&format!("order-{number}"), &payer.access_token, 100);
        fields["paymentAmount"]["value"] = value;
        fields["order"]["buyer"] =
            json!({"isAccountVerified": flag, "successfulOrderCount": count, "x": null});
        fields["settlementStrategy"] = Value::Null;
        fields["aFieldOfTomorrow"] = json!({"a": [1, 2]});
        let paid = shop.call(Operation::Pay, &fields).await.reply;
        assert_eq!(paid.result_code, "SUCCESS");
        assert_eq!(paid.body["paymentAmount"], json!({"currency": "HKD", "value": "100"}));
    }
}
