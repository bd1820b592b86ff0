//! Calling a payment off, while it is allowed and after.

use farthing_core::rows::{CancelWindow, RefundPolicy, RefundWindow};
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{TestGateway, Transcript, on_every_store, text};
use insta::assert_json_snapshot;
use serde_json::json;

on_every_store! {
    a_paid_payment_is_cancelled_inside_the_window
    an_unpaid_payment_is_cancelled
    the_window_ends_at_a_quarter_past_midnight_of_the_next_day
    a_payment_just_before_midnight_has_a_quarter_of_an_hour
    a_payment_with_refunds_is_not_cancelled
    a_cancelled_payment_is_not_refunded
    contracts_have_windows_of_their_own
    the_gateways_id_wins_over_the_merchants
}

/// From the start of every story until 00:15 in GMT+8 of the next day.
const UNTIL_THE_END_MS: i64 = 12 * HOUR_MS + 13 * MINUTE_MS + 59 * SECOND_MS;

/// The money goes back, a repeat tells the first cancelTime, and pay says ORDER_IS_CANCELED from then on.
///
/// Proves: SEED-002 (ORDER_IS_CANCELED), SEED-000 (no paymentTime when CANCELLED), ANTOM-FACTS §3.4.
async fn a_paid_payment_is_cancelled_inside_the_window(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 10_000).await;
    shop.pay_and_succeed("order-1", &payer, 10_000).await;
    let mut story = Transcript::default();
    gateway.advance_ms(HOUR_MS).await;
    let first = shop.cancel("order-1").await;
    story.note("cancel", &first);
    assert_eq!(gateway.balance_minor(&payer).await, 10_000);
    gateway.advance_ms(2 * DAY_MS).await;
    assert_eq!(shop.cancel("order-1").await.reply, first.reply, "a repeat tells the same, whenever it comes");
    assert_eq!(gateway.balance_minor(&payer).await, 10_000);
    story.note("inquiryPayment", &shop.inquire("order-1").await);
    story.note("pay again", &shop.pay("order-1", &payer, 10_000).await);
    assert_json_snapshot!("a_paid_payment_is_cancelled", story.shown());
}

async fn an_unpaid_payment_is_cancelled(gateway: &TestGateway) {
    let shop = gateway.shop();
    let mut story = Transcript::default();
    shop.pay_at_cashier("order-1", 10_000).await;
    gateway.advance_ms(MINUTE_MS).await;
    let first = shop.cancel("order-1").await;
    story.note("cancel", &first);
    story.note("inquiryPayment", &shop.inquire("order-1").await);
    story.note("pay again", &shop.pay_at_cashier("order-1", 10_000).await);
    gateway.advance_ms(HOUR_MS).await;
    assert_eq!(shop.cancel("order-1").await.reply, first.reply);
    assert_eq!(
        shop.inquire("order-1").await.reply.body["paymentStatus"],
        "CANCELLED",
        "its expiry time passes without effect"
    );
    assert_json_snapshot!("an_unpaid_payment_is_cancelled", story.shown());
}

/// Proves: ANTOM-FACTS §3.4, the last moment and the one after it.
async fn the_window_ends_at_a_quarter_past_midnight_of_the_next_day(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for request_id in ["order-1", "order-2"] {
        shop.pay_and_succeed(request_id, &payer, 10_000).await;
    }
    let before_minor = gateway.balance_minor(&payer).await;
    gateway.advance_ms(UNTIL_THE_END_MS).await;
    let mut story = Transcript::default();
    story.note("cancel at 00:15:00", &shop.cancel("order-1").await);
    gateway.advance_ms(1).await;
    story.note("cancel a millisecond later", &shop.cancel("order-2").await);
    assert_eq!(gateway.balance_minor(&payer).await, before_minor + 10_000);
    story.note("inquiryPayment of the second", &shop.inquire("order-2").await);
    assert_json_snapshot!("the_window_ends_at_a_quarter_past_midnight", story.shown());
}

/// Calendar days in GMT+8 count, not 24 hours.
async fn a_payment_just_before_midnight_has_a_quarter_of_an_hour(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    gateway.advance_ms(UNTIL_THE_END_MS - 15 * MINUTE_MS - 1).await;
    shop.pay_and_succeed("before", &payer, 100).await;
    gateway.advance_ms(1).await;
    shop.pay_and_succeed("after", &payer, 100).await;
    gateway.advance_ms(15 * MINUTE_MS + 1).await;
    assert_eq!(shop.cancel("before").await.reply.result_code, "CANCEL_WINDOW_EXCEED");
    gateway.advance_ms(DAY_MS - 1).await;
    assert_eq!(shop.cancel("after").await.reply.result_code, "SUCCESS");
}

/// Proves: ANTOM-FACTS §3.4 (PROCESS_FAIL for a payment with refunds).
async fn a_payment_with_refunds_is_not_cancelled(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    shop.refund("refund-1", &payment_id, 1).await;
    let before = gateway.contents().await;
    assert_eq!(shop.cancel("order-1").await.reply.result_code, "PROCESS_FAIL");
    assert_eq!(gateway.contents().await, before);
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "SUCCESS");
}

async fn a_cancelled_payment_is_not_refunded(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let payment_id = shop.pay_and_succeed("order-1", &payer, 10_000).await;
    shop.cancel("order-1").await;
    let before = gateway.contents().await;
    assert_eq!(shop.refund("refund-1", &payment_id, 1).await.reply.result_code, "ORDER_IS_CANCELED");
    assert_eq!(gateway.contents().await, before);
}

/// Windows and what may be refunded are the contract's.
async fn contracts_have_windows_of_their_own(gateway: &TestGateway) {
    let shop = gateway.add_shop("M-STRICT").await;
    let payer = gateway.add_payer(&shop, "ann", 1_000_000).await;
    let contract = async |window, refund_window, policy| {
        gateway
            .change_merchant(&shop, |merchant| {
                for contract in &mut merchant.contracts.0 {
                    contract.cancel_window = window;
                    contract.refund_window = refund_window;
                    contract.refund_policy = policy;
                }
            })
            .await;
    };
    contract(CancelWindow::UnpaidOnly, RefundWindow::Days(1), RefundPolicy::OnceInFull).await;
    let first = shop.pay_and_succeed("order-1", &payer, 100).await;
    assert_eq!(shop.cancel("order-1").await.reply.result_code, "CANCEL_WINDOW_EXCEED");
    assert_eq!(shop.refund("r-1", &first, 99).await.reply.result_code, "PARTIAL_REFUND_NOT_SUPPORTED");
    gateway.advance_ms(DAY_MS).await;
    assert_eq!(shop.refund("r-1", &first, 100).await.reply.result_code, "SUCCESS");

    let second = shop.pay_and_succeed("order-2", &payer, 100).await;
    gateway.advance_ms(DAY_MS + 1).await;
    assert_eq!(shop.refund("r-2", &second, 100).await.reply.result_code, "REFUND_WINDOW_EXCEED");

    contract(CancelWindow::DurationMs(7 * DAY_MS), RefundWindow::Months(6), RefundPolicy::OnceInPart).await;
    let third = shop.pay_and_succeed("order-3", &payer, 100).await;
    assert_eq!(shop.refund("r-3", &third, 60).await.reply.result_code, "SUCCESS");
    assert_eq!(shop.refund("r-4", &third, 40).await.reply.result_code, "MULTIPLE_REFUNDS_NOT_SUPPORTED");
    shop.pay_and_succeed("order-4", &payer, 100).await;
    gateway.advance_ms(7 * DAY_MS).await;
    assert_eq!(shop.cancel("order-4").await.reply.result_code, "SUCCESS");

    contract(CancelWindow::UnpaidOnly, RefundWindow::Days(1), RefundPolicy::Never).await;
    let fifth = shop.pay_and_succeed("order-5", &payer, 100).await;
    assert_eq!(shop.refund("r-5", &fifth, 100).await.reply.result_code, "REFUND_NOT_SUPPORTED");
}

/// Proves: SEED-000 (paymentId wins when both are given), ANTOM-FACTS §2.3, §2.5.
async fn the_gateways_id_wins_over_the_merchants(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let first = shop.pay_and_succeed("order-1", &payer, 100).await;
    let second = shop.pay_and_succeed("order-2", &payer, 100).await;
    let both = json!({"paymentId": second, "paymentRequestId": "order-1"});
    let inquired = shop.call(Operation::InquiryPayment, &both).await;
    assert_eq!(text(&inquired, "paymentRequestId"), "order-2");
    let cancelled = shop.call(Operation::Cancel, &both).await;
    assert_eq!(text(&cancelled, "paymentRequestId"), "order-2");
    assert_eq!(shop.inquire("order-1").await.reply.body["paymentStatus"], "SUCCESS");

    let third = shop.refund("refund-1", &first, 1).await;
    shop.refund("refund-2", &first, 2).await;
    let both = json!({"refundId": text(&third, "refundId"), "refundRequestId": "refund-2"});
    let inquired = shop.call(Operation::InquiryRefund, &both).await;
    assert_eq!(text(&inquired, "refundRequestId"), "refund-1");
    let neither = shop.call(Operation::InquiryRefund, &json!({"refundRequestId": ""})).await;
    assert_eq!(neither.reply.result_code, "PARAM_ILLEGAL");
}
