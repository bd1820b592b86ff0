//! What the sources tell a merchant to do after an answer, done: it must lead where they say.

use farthing_core::rows::{Contract, Product};
use farthing_core::time::MINUTE_MS;
use farthing_dialect_antom::codes::ResultStatus;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, Shop, TestGateway, on_every_store, pay_fields, text};
use serde_json::{Value, json};

on_every_store! {
    a_cancel_without_an_answer_is_found_by_its_payment
    an_inquiry_with_an_open_answer_is_made_again
    a_declined_card_gives_way_to_another
    what_is_unknown_at_the_cashier_is_asked_for_anew
    a_new_id_pays_where_the_old_one_is_used_up
    an_order_of_another_amount_moves_no_money
}

/// A cancel that was done, and whose answer never came, shows in the inquiry by either id; so does one that was not done.
///
/// Proves: SEED-000, SEED-001 (which id to use after a cancel that timed out), for both editions.
async fn a_cancel_without_an_answer_is_found_by_its_payment(gateway: &TestGateway) {
    let payer = gateway.rich_payer();
    for (number, shop) in [gateway.shop(), gateway.legacy_shop()].iter().enumerate() {
        for (fault, status) in [("drop-reply", "CANCELLED"), ("drop-request", "SUCCESS")] {
            let request_id = format!("order-{number}~cancel:{fault}");
            let payment_id = shop.pay_and_succeed(&request_id, &payer, 100).await;
            let fields = json!({"paymentRequestId": request_id});
            let draft = Draft::new(gateway, shop, Operation::Cancel, fields.to_string());
            assert_eq!(gateway.raw(draft.bytes()).await, None, "not a byte comes back");
            for names in [json!({"paymentRequestId": request_id}), json!({"paymentId": payment_id})] {
                let told = shop.call(Operation::InquiryPayment, &names).await.reply.body;
                assert_eq!(told["paymentStatus"], status, "{request_id}");
            }
        }
    }
}

/// U once, and then the truth, to the same request; the payment is as it was.
///
/// Proves: SEED-000, SEED-001 (Result process logic, U).
async fn an_inquiry_with_an_open_answer_is_made_again(gateway: &TestGateway) {
    let payer = gateway.rich_payer();
    for (number, shop) in [gateway.shop(), gateway.legacy_shop()].iter().enumerate() {
        for code in ["UNKNOWN_EXCEPTION", "REQUEST_TRAFFIC_EXCEED_LIMIT"] {
            let request_id = format!("order-{number}~inquiry:{code}*1");
            shop.pay_and_succeed(&request_id, &payer, 100).await;
            let before = gateway.contents().await;
            let open = shop.inquire(&request_id).await.reply;
            assert_eq!((open.result_code.as_str(), open.result_status), (code, ResultStatus::U));
            assert_eq!(open.body.len(), 1, "nothing is told of the payment");
            let told = shop.inquire(&request_id).await.reply;
            assert_eq!(
                (told.result_status, &told.body["paymentStatus"]),
                (ResultStatus::S, &json!("SUCCESS"))
            );
            assert_eq!(gateway.contents().await, before, "an inquiry changes nothing");
        }
    }
}

fn by_card(request_id: &str, number: &str) -> Value {
    let mut fields = Shop::cashier_fields(request_id, 10_000);
    fields["paymentAmount"]["currency"] = "USD".into();
    fields["order"]["orderAmount"]["currency"] = "USD".into();
    fields["paymentMethod"] = json!({
        "paymentMethodType": "CARD",
        "paymentMethodMetaData": {"cardNo": number, "cvv": "123", "expiryMonth": "12", "expiryYear": "29"},
    });
    fields
}

/// Proves: SEED-000 (DO_NOT_HONOR, INVALID_CARD_NUMBER and others: use another card).
async fn a_declined_card_gives_way_to_another(gateway: &TestGateway) {
    let shop = gateway.shop();
    for (number, code) in [("4054692760174822", "DO_NOT_HONOR"), ("4054695723100769", "INVALID_CARD_NUMBER")]
    {
        let declined = shop.call(Operation::Pay, &by_card(&format!("order-{code}"), number)).await.reply;
        assert_eq!(declined.result_code, code);
        let fields = by_card(&format!("again-{code}"), "4054695723100768");
        assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, "SUCCESS", "after {code}");
    }
}

/// Proves: SEED-000 (UNKNOWN_EXCEPTION: for a Cashier Payment, pay again with a new id); one of the two is paid.
async fn what_is_unknown_at_the_cashier_is_asked_for_anew(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let unknown = shop.pay_at_cashier("order-1~UNKNOWN_EXCEPTION", 100).await.reply;
    assert_eq!((unknown.result_code.as_str(), unknown.result_status), ("UNKNOWN_EXCEPTION", ResultStatus::U));
    let asked = shop.pay_at_cashier("order-2", 100).await;
    assert_eq!(asked.reply.result_code, "PAYMENT_IN_PROCESS");
    let page = asked.reply.body["redirectActionForm"]["redirectUrl"].as_str().expect("there is a page");
    gateway.press(page, "action=approve").await;
    assert_eq!(shop.inquire("order-2").await.reply.body["paymentStatus"], "SUCCESS");
    gateway.advance_ms(14 * MINUTE_MS).await;
    assert_ne!(shop.inquire("order-1~UNKNOWN_EXCEPTION").await.reply.body["paymentStatus"], "SUCCESS");
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 100);
}

/// Proves: SEED-002, SEED-000 (ORDER_IS_CANCELED, ORDER_IS_CLOSED: use a new paymentRequestId).
async fn a_new_id_pays_where_the_old_one_is_used_up(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let first = shop.pay_and_succeed("order-1", &payer, 100).await;
    shop.cancel("order-1").await;
    assert_eq!(shop.pay("order-1", &payer, 100).await.reply.result_code, "ORDER_IS_CANCELED");
    let second = shop.pay_and_succeed("order-2", &payer, 100).await;
    assert_ne!(second, first, "another payment has another id");
    let asked = shop.pay_at_cashier("order-3", 100).await;
    gateway.advance_ms(14 * MINUTE_MS).await;
    assert_eq!(shop.pay_at_cashier("order-3", 100).await.reply.result_code, "ORDER_IS_CLOSED");
    let anew = shop.pay_at_cashier("order-4", 100).await;
    assert_eq!(anew.reply.result_code, "PAYMENT_IN_PROCESS");
    assert_ne!(text(&anew, "paymentId"), text(&asked, "paymentId"));
}

/// What leaves the wallet, and what the merchant may give back, is the amount of the payment.
///
/// Proves: SEED-002 (order: its amount is not compared, and it is applied in no fund operation).
async fn an_order_of_another_amount_moves_no_money(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let before_minor = gateway.balance_minor(&payer).await;
    let mut fields = pay_fields("order-1", &payer.access_token, 300);
    fields["order"]["orderAmount"] = json!({"currency": "JPY", "value": "5"});
    let paid = shop.call(Operation::Pay, &fields).await;
    assert_eq!(paid.reply.result_code, "SUCCESS");
    assert_eq!(paid.reply.body["paymentAmount"], json!({"currency": "HKD", "value": "300"}));
    assert_eq!(gateway.balance_minor(&payer).await, before_minor - 300);
    let payment_id = text(&paid, "paymentId");
    assert_eq!(shop.refund("refund-1", &payment_id, 301).await.reply.result_code, "REFUND_AMOUNT_EXCEED");
    assert_eq!(shop.refund("refund-2", &payment_id, 300).await.reply.result_code, "SUCCESS");
}

/// Proves: SEED-002 (paymentExpiryTime: the usual default for Auto Debit is one minute).
#[test]
fn a_usual_contract_gives_an_auto_debit_one_minute() {
    assert_eq!(Contract::with_defaults(Product::AgreementPayment).expiry_ms, MINUTE_MS);
}
