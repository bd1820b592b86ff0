//! AlphaPay: the reports of a day.

use farthing_core::rows::{BankAccount, SettlementTerms};
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use farthing_dialect_alphapay::endpoint::Operation;
use farthing_stories::{TestGateway, TestKey, Transcript, alpha_pay_fields, on_every_store};
use insta::assert_json_snapshot;

on_every_store! {
    a_day_lists_payments_and_refunds_of_every_dialect
    a_day_is_told_in_pages
    a_day_begins_at_midnight_in_utc_8
    a_day_is_settled_once_it_is_over
    a_merchant_without_a_bank_account_is_not_settled
}

/// Proves: ALPHAPAY-FACTS §10.1: all channels of the merchant, also those made outside the API; only what was paid.
async fn a_day_lists_payments_and_refunds_of_every_dialect(gateway: &TestGateway) {
    let (shop, antom, payer) = (gateway.alpha_shop(), gateway.shop(), gateway.rich_payer());
    let mut yuan = alpha_pay_fields("order-1", 10_000);
    yuan["order"]["orderAmount"]["currency"] = "CNY".into();
    let asked = shop.call(Operation::Pay, &yuan).await;
    gateway.press(&asked.text("/paymentInfo/payUrl"), "action=approve").await;
    gateway.advance_ms(MINUTE_MS).await;
    let id = shop.pay_and_succeed(gateway, "order-2", 500).await;
    gateway.advance_ms(MINUTE_MS).await;
    shop.refund(&id, "refund-1", 200).await;
    gateway.advance_ms(MINUTE_MS).await;
    antom.pay_and_succeed("order-3", &payer, 700).await;
    gateway.advance_ms(MINUTE_MS).await;
    shop.pay("order-4", 900).await;
    let mut story = Transcript::default();
    for kind in ["All", "Credit", "Debit"] {
        story.note(&format!("transactions {kind}"), &shop.transactions("20191126", kind, 1).await);
    }
    story.note("transactions of another day", &shop.transactions("20191125", "All", 1).await);
    assert_json_snapshot!("alphapay_transactions", story.shown());
}

async fn a_day_is_told_in_pages(gateway: &TestGateway) {
    let (shop, antom, payer) = (gateway.alpha_shop(), gateway.shop(), gateway.rich_payer());
    for number in 0..23 {
        antom.pay_and_succeed(&format!("order-{number}"), &payer, 100).await;
        gateway.clock.advance_ms(1);
    }
    let mut told = Vec::new();
    for (page, count) in [(1, 10), (2, 10), (3, 3), (4, 0)] {
        let answer = shop.transactions("20191126", "Credit", page).await;
        let entries = answer.body["transactions"].as_array().expect("it is a list").clone();
        assert_eq!(entries.len(), count, "page {page}");
        assert_eq!(
            answer.body["pagination"],
            serde_json::json!({"page": page, "pageLimit": 10, "totalPage": 3, "total": 23})
        );
        told.extend(
            entries.iter().map(|entry| entry["requestId"].as_str().expect("each has one").to_owned()),
        );
    }
    let in_order: Vec<String> = (0..23).map(|number| format!("order-{number}")).collect();
    assert_eq!(told, in_order, "each once, the oldest first");
}

/// Proves: ALPHAPAY-FACTS §10.1 (a day in UTC-8): the story begins at 20:01:01 there.
async fn a_day_begins_at_midnight_in_utc_8(gateway: &TestGateway) {
    let (shop, antom, payer) = (gateway.alpha_shop(), gateway.shop(), gateway.rich_payer());
    let to_midnight_ms = 4 * HOUR_MS - MINUTE_MS - 1_000;
    gateway.clock.advance_ms(to_midnight_ms - 1);
    antom.pay_and_succeed("before", &payer, 100).await;
    gateway.clock.advance_ms(1);
    antom.pay_and_succeed("after", &payer, 100).await;
    for (day, request_id) in [("20191126", "before"), ("20191127", "after")] {
        let told = shop.transactions(day, "All", 1).await;
        assert_eq!(told.body["pagination"]["total"], 1, "{day}");
        assert_eq!(told.text("/transactions/0/requestId"), request_id);
    }
}

/// Proves: ALPHAPAY-FACTS §10.2: counts, sums, net, fee and what is paid, and the account it is paid to; made once.
async fn a_day_is_settled_once_it_is_over(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let ids = [
        shop.pay_and_succeed(gateway, "order-1", 10_000).await,
        shop.pay_and_succeed(gateway, "order-2", 333).await,
    ];
    shop.refund(&ids[0], "refund-1", 1_000).await;
    assert_eq!(
        shop.settlements("20191126").await.body["settlements"],
        serde_json::json!([]),
        "the day is not over"
    );
    gateway.advance_ms(DAY_MS).await;
    let mut story = Transcript::default();
    let settled = shop.settlements("20191126").await;
    story.note("settlements", &settled);
    gateway.advance_ms(DAY_MS).await;
    assert_eq!(shop.settlements("20191126").await.body, settled.body, "settled once");
    story.note("settlements of a day without payments", &shop.settlements("20191127").await);
    assert_json_snapshot!("alphapay_settlements", story.shown());
    // 1.5 percent of 103.33, half a cent up.
    assert_eq!(settled.text("/settlements/0/settleInfo/serviceFee"), "155");
    assert_eq!(settled.text("/settlements/0/settleInfo/netAmount"), "9333");
    assert_eq!(settled.text("/settlements/0/settleInfo/settleAmount"), "9178");
}

async fn a_merchant_without_a_bank_account_is_not_settled(gateway: &TestGateway) {
    gateway.add_merchant("M-OTHER", |_merchant| {}).await;
    let shop = gateway.add_alpha_client("M-OTHER", "OTHERA", TestKey::Merchant2).await;
    shop.pay_and_succeed(gateway, "order-1", 100).await;
    gateway.advance_ms(2 * DAY_MS).await;
    assert_eq!(shop.settlements("20191126").await.body["settlements"], serde_json::json!([]));
    let bank = BankAccount { account_no: "5".to_owned(), ..BankAccount::default() };
    let terms = SettlementTerms { fee_basis_points: 0, bank: Some(bank) };
    gateway.change_merchant(&shop, |merchant| merchant.settlement.0 = terms).await;
    gateway.advance_ms(DAY_MS).await;
    let settled = shop.settlements("20191126").await;
    assert_eq!(settled.text("/settlements/0/settleInfo/settleAmount"), "100", "what was owed is paid later");
}
