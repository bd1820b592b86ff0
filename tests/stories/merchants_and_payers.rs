//! Who may take money, and who may pay: each rule with its code.

use farthing_core::money::Currency;
use farthing_core::rows::{
    ClientStatus, Contract, KybStatus, KycLevel, Merchant, MerchantStatus, Product, UserStatus, Wallet,
};
use farthing_core::time::DAY_MS;
use farthing_dialect_antom::endpoint::Operation;
use farthing_stories::{Draft, Payer, TestGateway, on_every_store, pay_fields};
use serde_json::json;

on_every_store! {
    a_merchants_standing_and_contract_decide_before_anything_is_stored
    a_contract_that_settles_in_several_currencies_wants_one_named
    a_payers_standing_leaves_a_failed_payment
    a_wallets_limits_hold_per_payment_day_and_count
    a_disabled_client_is_not_heard
}

fn contract(merchant: &mut Merchant) -> &mut Contract {
    let found = merchant.contracts.0.iter_mut().find(|known| known.product == Product::AgreementPayment);
    found.expect("a story's merchant has every contract")
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("an ISO 4217 currency")
}

/// Proves: SEED-002, the codes that follow from standing and contract; none of them uses the request id up.
async fn a_merchants_standing_and_contract_decide_before_anything_is_stored(gateway: &TestGateway) {
    type Change = fn(&mut Merchant);
    let cases: [(&str, Change); 9] = [
        ("MERCHANT_NOT_REGISTERED", |merchant| merchant.status = MerchantStatus::Unregistered),
        ("INVALID_MERCHANT_STATUS", |merchant| merchant.status = MerchantStatus::Suspended),
        ("INVALID_MERCHANT_STATUS", |merchant| merchant.status = MerchantStatus::Closed),
        ("MERCHANT_KYB_NOT_QUALIFIED", |merchant| merchant.kyb = KybStatus::NotQualified),
        ("PAYMENT_NOT_QUALIFIED", |merchant| {
            merchant.contracts.0.retain(|known| known.product != Product::AgreementPayment);
        }),
        ("CURRENCY_NOT_SUPPORT", |merchant| contract(merchant).currencies = vec![currency("JPY")]),
        ("NO_PAY_OPTIONS", |merchant| contract(merchant).methods = vec!["GCASH".to_owned()]),
        ("PAYMENT_AMOUNT_EXCEED_LIMIT", |merchant| {
            contract(merchant).amount_max_minor.insert(currency("HKD"), 99);
        }),
        ("SETTLE_CONTRACT_NOT_MATCH", |merchant| {
            contract(merchant).settlement_currencies = vec![currency("HKD"), currency("USD")];
        }),
    ];
    for (number, (code, change)) in cases.into_iter().enumerate() {
        let shop = gateway.add_shop(&format!("M-{number}")).await;
        let payer = gateway.add_payer(&shop, &format!("user-{number}"), 1_000).await;
        let known = gateway.engine.directory().merchant(&shop.merchant_id).expect("it was just made");
        gateway.change_merchant(&shop, change).await;
        let before = gateway.contents().await;
        let refused = shop.pay("order-1", &payer, 100).await.reply;
        assert_eq!((refused.result_code.as_str(), refused.body.len()), (code, 1));
        assert_eq!(gateway.contents().await, before, "{code} stores nothing");
        gateway.change_merchant(&shop, |merchant| *merchant = (*known).clone()).await;
        assert_eq!(shop.pay("order-1", &payer, 100).await.reply.result_code, "SUCCESS");
    }
}

async fn a_contract_that_settles_in_several_currencies_wants_one_named(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    let both = vec![currency("HKD"), currency("USD")];
    gateway.change_merchant(&shop, |merchant| contract(merchant).settlement_currencies = both).await;
    for (named, code) in [
        (None, "SETTLE_CONTRACT_NOT_MATCH"),
        (Some("JPY"), "SETTLE_CONTRACT_NOT_MATCH"),
        (Some("USD"), "SUCCESS"),
    ] {
        let mut fields = pay_fields("order-1", &payer.access_token, 100);
        if let Some(named) = named {
            fields["settlementStrategy"] = json!({"settlementCurrency": named});
        }
        assert_eq!(shop.call(Operation::Pay, &fields).await.reply.result_code, code, "{named:?}");
    }
}

/// These are found when the payment exists already, so it stays failed for good, and the inquiry says why.
async fn a_payers_standing_leaves_a_failed_payment(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000).await;
    let cases = [
        ("frozen", UserStatus::Frozen, KycLevel::Full, "USER_STATUS_ABNORMAL", "USER_STATUS_ABNORMAL"),
        ("gone", UserStatus::Closed, KycLevel::Full, "USER_NOT_EXIST", "USER_STATUS_ABNORMAL"),
        ("unknown", UserStatus::Active, KycLevel::None, "USER_KYC_NOT_QUALIFIED", "USER_KYC_NOT_QUALIFIED"),
    ];
    for (request_id, status, kyc, code, inquired_code) in cases {
        gateway.change_user(&payer, |user| (user.status, user.kyc) = (status, kyc)).await;
        assert_eq!(shop.pay(request_id, &payer, 100).await.reply.result_code, code);
        gateway
            .change_user(&payer, |user| (user.status, user.kyc) = (UserStatus::Active, KycLevel::Full))
            .await;
        assert_eq!(shop.pay(request_id, &payer, 100).await.reply.result_code, code, "for good");
        let inquired = shop.inquire(request_id).await.reply.body;
        assert_eq!(
            (&inquired["paymentStatus"], &inquired["paymentResultCode"]),
            (&json!("FAIL"), &json!(inquired_code))
        );
    }
    assert_eq!(gateway.balance_minor(&payer).await, 1_000);
}

async fn limit(gateway: &TestGateway, payer: &Payer, change: impl FnOnce(&mut Wallet)) {
    let wallet = gateway.engine.wallet(&payer.wallet_id).await.expect("the store answers");
    let mut wallet = wallet.expect("the wallet is known");
    change(&mut wallet);
    gateway.engine.set_wallet_limits(&gateway.narrator(), wallet).await.expect("the wallet is known");
}

async fn a_wallets_limits_hold_per_payment_day_and_count(gateway: &TestGateway) {
    let shop = gateway.shop();
    let payer = gateway.add_payer(&shop, "ann", 1_000_000).await;
    limit(gateway, &payer, |wallet| wallet.amount_max_minor = Some(500)).await;
    assert_eq!(shop.pay("a", &payer, 501).await.reply.result_code, "USER_AMOUNT_EXCEED_LIMIT");
    assert_eq!(shop.pay("b", &payer, 500).await.reply.result_code, "SUCCESS");
    limit(gateway, &payer, |wallet| wallet.day_amount_max_minor = Some(700)).await;
    assert_eq!(shop.pay("c", &payer, 201).await.reply.result_code, "USER_AMOUNT_EXCEED_LIMIT");
    assert_eq!(shop.pay("d", &payer, 200).await.reply.result_code, "SUCCESS");
    gateway.advance_ms(DAY_MS).await;
    assert_eq!(shop.pay("e", &payer, 201).await.reply.result_code, "SUCCESS", "the next day counts anew");
    limit(gateway, &payer, |wallet| wallet.day_count_max = Some(2)).await;
    assert_eq!(shop.pay("f", &payer, 1).await.reply.result_code, "SUCCESS");
    assert_eq!(shop.pay("g", &payer, 1).await.reply.result_code, "PAYMENT_COUNT_EXCEED_LIMIT");
    let inquired = shop.inquire("g").await.reply.body;
    assert_eq!(inquired["paymentResultCode"], "PAYMENT_COUNT_EXCEED_LIMIT");
}

/// A disabled client is told so before its signature is looked at, and by the default key.
async fn a_disabled_client_is_not_heard(gateway: &TestGateway) {
    let (shop, payer) = (gateway.shop(), gateway.rich_payer());
    gateway.change_client(&shop, |client| client.status = ClientStatus::Disabled).await;
    let before = gateway.contents().await;
    for operation in Operation::ALL {
        let fields = pay_fields("order-1", &payer.access_token, 100);
        let answer = Draft::new(gateway, &shop, operation, fields.to_string()).send(gateway).await;
        assert_eq!(answer.code(), "INVALID_CLIENT_STATUS", "{}", operation.name());
    }
    assert_eq!(gateway.contents().await, before);
    gateway.change_client(&shop, |client| client.status = ClientStatus::Active).await;
    shop.pay_and_succeed("order-1", &payer, 100).await;
}
