//! What a merchant is settled in, at which rate, and where the rates can be asked for.

use farthing_core::money::Currency;
use farthing_core::rows::{Contract, Product};
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Shop, TestGateway, TestReceiver, Transcript, on_every_store, pay_fields};
use insta::assert_json_snapshot;
use serde_json::{Value, json};

use crate::cards_given::{page_of, press};

on_every_store! {
    a_payment_is_told_at_the_rate_that_was_locked_for_it
    without_a_rate_nothing_is_said_of_settlement
    a_settlement_currency_must_fit_the_contract
    exchange_rates_are_told
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("an ISO 4217 currency")
}

/// Lets the demo merchant's contracts settle in these currencies.
async fn settle_in(gateway: &TestGateway, shop: &Shop, currencies: &[&str]) {
    let currencies: Vec<Currency> = currencies.iter().map(|code| currency(code)).collect();
    let change = |contract: &mut Contract| contract.settlement_currencies = currencies.clone();
    gateway.change_merchant(shop, |merchant| merchant.contracts.0.iter_mut().for_each(change)).await;
}

async fn set_rate(gateway: &TestGateway, from: &str, to: &str, price: &str) {
    let set = gateway.engine.set_rate(&gateway.narrator(), currency(from), currency(to), price).await;
    set.expect("the price is a decimal");
}

/// The rate of the moment in which it was made stays the payment's, whatever the rate becomes.
///
/// Proves: SEED-000, SEED-002 (grossSettlementAmount, settlementQuote), ANTOM-FACTS §2.2 (Quote), §4.
async fn a_payment_is_told_at_the_rate_that_was_locked_for_it(gateway: &TestGateway) {
    let (shop, payer, receiver) = (gateway.shop(), gateway.rich_payer(), TestReceiver::start([]).await);
    settle_in(gateway, &shop, &["USD"]).await;
    set_rate(gateway, "HKD", "USD", "0.1287").await;
    let mut fields = pay_fields("order-1", &payer.access_token, 10_005);
    fields["paymentNotifyUrl"] = receiver.url("/n").into();
    let mut story = Transcript::default();
    let paid = shop.call(Operation::Pay, &fields).await;
    story.note("pay", &paid);
    let gross = &paid.reply.body["grossSettlementAmount"];
    assert_eq!(gross, &json!({"currency": "USD", "value": "1288"}), "10005 * 0.1287 = 1287.6435, half up");
    assert_eq!(paid.reply.body["settlementQuote"]["quoteCurrencyPair"], "USD/HKD");
    set_rate(gateway, "HKD", "USD", "0.5").await;
    let inquired = shop.inquire("order-1").await.reply.body;
    for name in ["grossSettlementAmount", "settlementQuote"] {
        assert_eq!(inquired[name], paid.reply.body[name], "{name}");
    }
    story.notified(&receiver.wait_for(1).await[0]);
    let later = shop.pay("order-2", &payer, 10_005).await.reply.body;
    assert_eq!(later["grossSettlementAmount"]["value"], "5003");

    let asked = shop.pay_at_cashier("order-3", 10_005).await;
    assert!(asked.reply.body.get("settlementQuote").is_none(), "only what is paid has it");
    press(gateway, &page_of(&asked), "approve").await;
    let decided = shop.inquire("order-3").await.reply.body;
    assert_eq!(decided["grossSettlementAmount"]["value"], "5003");
    assert_json_snapshot!("a_payment_has_a_locked_rate", story.shown());
}

async fn without_a_rate_nothing_is_said_of_settlement(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    for (request_id, settled_in) in [("order-1", &["HKD"][..]), ("order-2", &["CHF"]), ("order-3", &[])] {
        settle_in(gateway, &shop, settled_in).await;
        let paid = shop.pay(request_id, &payer, 100).await.reply;
        assert_eq!(paid.result_code, "SUCCESS", "{settled_in:?}");
        for name in ["grossSettlementAmount", "settlementQuote"] {
            assert!(paid.body.get(name).is_none(), "{settled_in:?}: {name}");
        }
    }
}

/// The three causes: a currency is named and none is signed, another one is signed, several are signed and none is named.
///
/// Proves: SEED-002 (SETTLE_CONTRACT_NOT_MATCH, settlementStrategy).
async fn a_settlement_currency_must_fit_the_contract(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let cases: [(&[&str], Option<&str>, &str); 7] = [
        (&[], Some("USD"), "SETTLE_CONTRACT_NOT_MATCH"),
        (&["USD"], Some("HKD"), "SETTLE_CONTRACT_NOT_MATCH"),
        (&["USD", "HKD"], None, "SETTLE_CONTRACT_NOT_MATCH"),
        (&["USD", "HKD"], Some("HKD"), "SUCCESS"),
        (&["USD"], Some("USD"), "SUCCESS"),
        (&["USD"], None, "SUCCESS"),
        (&[], None, "SUCCESS"),
    ];
    for (number, (signed, named, code)) in cases.into_iter().enumerate() {
        settle_in(gateway, &shop, signed).await;
        let before = gateway.contents().await;
        for by_card in [false, true] {
            let request_id = format!("order-{number}-{by_card}");
            let mut fields = if by_card {
                Shop::cashier_fields(&request_id, 100)
            } else {
                pay_fields(&request_id, &payer.access_token, 100)
            };
            if let Some(named) = named {
                fields["settlementStrategy"] = json!({"settlementCurrency": named});
            }
            let answered = shop.call(Operation::Pay, &fields).await.reply;
            let expected = if by_card && code == "SUCCESS" { "PAYMENT_IN_PROCESS" } else { code };
            assert_eq!(answered.result_code, expected, "{signed:?} {named:?}");
        }
        if code != "SUCCESS" {
            assert_eq!(gateway.contents().await, before, "{signed:?} {named:?} stores nothing");
        }
    }
    assert!(gateway.engine.directory().merchant(&shop.merchant_id).is_some_and(|merchant| {
        merchant
            .contract(Product::AgreementPayment)
            .is_some_and(|known| known.settlement_currencies.is_empty())
    }));
}

/// Proves: ANTOM-FACTS §2.10.
async fn exchange_rates_are_told(gateway: &TestGateway) {
    let shop = gateway.shop();
    set_rate(gateway, "HKD", "USD", "0.1287").await;
    set_rate(gateway, "EUR", "JPY", "163.2").await;
    let ask = async |fields: Value| shop.call(Operation::InquireExchangeRate, &fields).await;
    let mut story = Transcript::default();
    let product = "CASHIER_PAYMENT";
    story.note(
        "one pair",
        &ask(json!({"productCode": product, "sellCurrency": "HKD", "buyCurrency": "USD"})).await,
    );
    let pairs = json!([
        {"sellCurrency": "EUR", "buyCurrency": "JPY"}, {"sellCurrency": "JPY", "buyCurrency": "EUR"},
    ]);
    story.note("two pairs, one unknown", &ask(json!({"productCode": product, "currencyPairs": pairs})).await);
    story.note(
        "a pair that is not there",
        &ask(json!({"productCode": product, "sellCurrency": "CHF", "buyCurrency": "JPY"})).await,
    );
    let all = ask(json!({"productCode": "AGREEMENT_PAYMENT"})).await.reply.body;
    let count = gateway.engine.directory().rates().iter().count();
    assert_eq!(all["quotes"].as_array().map(Vec::len), Some(count), "every rate there is");
    for (fields, named) in [
        (json!({}), "productCode"),
        (json!({"productCode": "IN_STORE"}), "productCode"),
        (json!({"productCode": product, "sellCurrency": "hkd"}), "sellCurrency"),
        (json!({"productCode": product, "currencyPairs": [{"sellCurrency": "HKD"}]}), "currencyPairs"),
    ] {
        let refused = ask(fields).await.reply;
        assert_eq!(refused.result_code, "PARAM_ILLEGAL");
        assert!(refused.result_message.contains(named), "{}", refused.result_message);
    }
    assert_json_snapshot!("exchange_rates_are_told", story.shown());
}
