//! Outcomes that a person chooses for calls to come: for how many, for whom, and until when.

use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::AdminError;
use farthing_stories::{Draft, Shop, TestGateway, on_every_store};
use serde_json::json;

on_every_store! {
    a_rule_holds_for_so_many_calls
    a_rule_holds_for_ever_until_it_is_cleared
    a_rule_is_for_one_client_and_one_operation
    the_oldest_rule_comes_first
    a_rule_may_break_a_call
    a_rule_that_is_not_understood_is_told_to_the_caller
    an_id_that_says_something_itself_beats_a_rule
}

async fn add_rule(gateway: &TestGateway, shop: &Shop, operation: &str, outcome: &str, calls: Option<i64>) {
    let added = try_add_rule(gateway, shop, operation, outcome, calls).await;
    added.expect("this is a sandbox");
}

async fn try_add_rule(
    gateway: &TestGateway,
    shop: &Shop,
    operation: &str,
    outcome: &str,
    calls: Option<i64>,
) -> Result<(), AdminError> {
    let client_id = shop.client_id.clone();
    let (operation, outcome) = (operation.to_owned(), outcome.to_owned());
    gateway.engine.add_outcome(&gateway.narrator(), client_id, operation, outcome, calls).await.map(drop)
}

async fn clear(gateway: &TestGateway) -> usize {
    gateway.engine.clear_outcomes(&gateway.narrator(), None).await.expect("the store answers")
}

async fn a_rule_holds_for_so_many_calls(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    add_rule(gateway, &shop, "consult", "SYSTEM_ERROR", Some(2)).await;
    for code in ["SYSTEM_ERROR", "SYSTEM_ERROR", "SUCCESS", "SUCCESS"] {
        assert_eq!(shop.consult("state-1").await.reply.result_code, code);
    }
    add_rule(gateway, &shop, "pay", "USER_STATUS_ABNORMAL", Some(1)).await;
    for (request_id, code) in
        [("order-1", "USER_STATUS_ABNORMAL"), ("order-1", "USER_STATUS_ABNORMAL"), ("order-2", "SUCCESS")]
    {
        assert_eq!(shop.pay(request_id, &payer, 1).await.reply.result_code, code, "{request_id}");
    }
    let payment_id = shop.pay_and_succeed("order-3", &payer, 100).await;
    for (operation, code) in
        [("inquiryPayment", "PROCESS_FAIL"), ("refund", "RISK_REJECT"), ("cancel", "SYSTEM_ERROR")]
    {
        add_rule(gateway, &shop, operation, code, Some(1)).await;
    }
    for code in ["PROCESS_FAIL", "SUCCESS"] {
        assert_eq!(shop.inquire("order-3").await.reply.result_code, code);
    }
    for (number, code) in ["RISK_REJECT", "SUCCESS"].into_iter().enumerate() {
        assert_eq!(shop.refund(&format!("refund-{number}"), &payment_id, 1).await.reply.result_code, code);
    }
    for code in ["SYSTEM_ERROR", "PROCESS_FAIL"] {
        assert_eq!(
            shop.cancel("order-3").await.reply.result_code,
            code,
            "a refunded payment is not cancelled"
        );
    }
}

async fn a_rule_holds_for_ever_until_it_is_cleared(gateway: &TestGateway) {
    let shop = gateway.shop();
    add_rule(gateway, &shop, "consult", "ACCESS_DENIED", None).await;
    for _call in 0..5 {
        assert_eq!(shop.consult("state-1").await.reply.result_code, "ACCESS_DENIED");
    }
    assert_eq!(clear(gateway).await, 1);
    assert_eq!(shop.consult("state-1").await.reply.result_code, "SUCCESS");
    assert_eq!(clear(gateway).await, 0);
}

async fn a_rule_is_for_one_client_and_one_operation(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let other = gateway.add_shop("OTHER").await;
    add_rule(gateway, &shop, "consult", "ACCESS_DENIED", None).await;
    assert_eq!(other.consult("state-1").await.reply.result_code, "SUCCESS");
    assert_eq!(shop.revoke(&payer.access_token).await.reply.result_code, "SUCCESS");
    gateway.change_client(&shop, |client| client.settings.0.selectors = false).await;
    assert_eq!(shop.consult("state-1").await.reply.result_code, "SUCCESS", "a client may have none of this");
    gateway.change_client(&shop, |client| client.settings.0.selectors = true).await;
    assert_eq!(shop.consult("state-1").await.reply.result_code, "ACCESS_DENIED");
}

async fn the_oldest_rule_comes_first(gateway: &TestGateway) {
    let shop = gateway.shop();
    add_rule(gateway, &shop, "consult", "SYSTEM_ERROR", Some(1)).await;
    gateway.advance_ms(1).await;
    add_rule(gateway, &shop, "consult", "ACCESS_DENIED", Some(1)).await;
    for code in ["SYSTEM_ERROR", "ACCESS_DENIED", "SUCCESS"] {
        assert_eq!(shop.consult("state-1").await.reply.result_code, code);
    }
}

async fn a_rule_may_break_a_call(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let revoke = json!({"accessToken": payer.access_token}).to_string();
    let draft = Draft::new(gateway, &shop, Operation::Revoke, revoke);
    add_rule(gateway, &shop, "revoke", "drop-request", Some(1)).await;
    assert_eq!(gateway.raw(draft.bytes()).await, None);
    shop.pay_and_succeed("order-1", &payer, 1).await;
    add_rule(gateway, &shop, "revoke", "drop-reply", Some(1)).await;
    assert_eq!(gateway.raw(draft.bytes()).await, None);
    let refused = shop.pay("order-2", &payer, 1).await.reply;
    assert_eq!(refused.result_code, "INVALID_ACCESS_TOKEN", "it was done before the connection closed");
}

/// A rule can be for any dialect, so its word is read when it is used; a wrong one is told by name, once.
async fn a_rule_that_is_not_understood_is_told_to_the_caller(gateway: &TestGateway) {
    let shop = gateway.shop();
    match try_add_rule(gateway, &shop, "consult", "NO_SUCH_CODE", Some(1)).await {
        Err(refused) => assert!(refused.to_string().contains("NO_SUCH_CODE"), "{refused}"),
        Ok(()) => {
            let refused = shop.consult("state-1").await.reply;
            assert_eq!(refused.result_code, "PARAM_ILLEGAL");
            assert!(refused.result_message.contains("NO_SUCH_CODE"), "{}", refused.result_message);
            assert_eq!(shop.consult("state-1").await.reply.result_code, "SUCCESS");
        }
    }
}

async fn an_id_that_says_something_itself_beats_a_rule(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    add_rule(gateway, &shop, "pay", "RISK_REJECT", Some(1)).await;
    let by_id = shop.pay("order-1~VERIFY_UNMATCHED", &payer, 1).await.reply.result_code;
    assert_eq!(by_id, "VERIFY_UNMATCHED");
    assert_eq!(
        shop.pay("order-2", &payer, 1).await.reply.result_code,
        "RISK_REJECT",
        "the rule was not used up"
    );
}
