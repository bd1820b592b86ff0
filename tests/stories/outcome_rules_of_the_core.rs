//! Every code that a rule of the gateway implies, brought about by that rule and by no selector.
//!
//! The codes that no rule leads to are listed by name; a selector does, and the list is compared, so that nothing is
//! missing from both.

use farthing_core::ids::AuthorizationId;
use farthing_core::money::Currency;
use farthing_core::rows::{
    Contract, Dialect, KybStatus, KycLevel, Merchant, MerchantStatus, Product, User, UserStatus, Wallet,
};
use farthing_core::time::MINUTE_MS;
use farthing_dialect_antom::codes::{Code, ResultStatus, Table};
use farthing_dialect_antom::endpoint::Operation;
use farthing_engine::sandbox::Place;
use farthing_server::dialects::code_table;
use farthing_server::outcomes::cause_in_antom;
use farthing_stories::{Draft, Payer, Shop, TestGateway, on_every_store, pay_fields, text};
use serde_json::{Value, json};

use crate::cards_given::{CardWishes, GOOD_CARD, TypedCard, card_fields, page_of, press};

on_every_store! {
    every_code_that_a_rule_implies_is_brought_about_by_it
    every_code_of_alipayhk_that_a_rule_implies
    every_status_of_alphapay_that_a_rule_implies
}

/// What only somebody outside of the gateway could say: a method, an issuer, a risk control, or what the gateway says of
/// itself when it is broken or overrun.
const BY_SELECTOR_ONLY: [(Table, &[&str]); 5] = [
    (
        Table::Pay,
        &[
            "ACCESS_DENIED",
            "EXPIRED_CODE",
            "INVALID_PAYMENT_CODE",
            "ORDER_NOT_EXIST",
            "PROCESS_FAIL",
            "SYSTEM_ERROR",
            "REQUEST_TRAFFIC_EXCEED_LIMIT",
            "UNKNOWN_EXCEPTION",
            "VERIFY_TIMES_EXCEED_LIMIT",
            "VERIFY_UNMATCHED",
        ],
    ),
    (
        Table::InquiryPayment,
        &[
            "ACCESS_DENIED",
            "INVALID_API",
            "PAYMENT_IN_PROCESS",
            "PROCESS_FAIL",
            "SYSTEM_ERROR",
            "REQUEST_TRAFFIC_EXCEED_LIMIT",
            "UNKNOWN_EXCEPTION",
        ],
    ),
    (
        Table::PaymentResult,
        &[
            "ACCESS_DENIED",
            "CURRENCY_NOT_SUPPORT",
            "FRAUD_REJECT",
            "INVALID_API",
            "ISSUER_REJECTS_TRANSACTION",
            "INVALID_ACCESS_TOKEN",
            "INVALID_MERCHANT_STATUS",
            "KEY_NOT_FOUND",
            "MERCHANT_KYB_NOT_QUALIFIED",
            "NO_INTERFACE_DEF",
            "PARAM_ILLEGAL",
            "PAYMENT_AMOUNT_EXCEED_LIMIT",
            "PAYMENT_NOT_QUALIFIED",
            "SUSPECTED_CARD",
            "SUSPECTED_RISK",
            "SYSTEM_ERROR",
            "UNKNOWN_EXCEPTION",
            "CARD_NOT_SUPPORTED",
        ],
    ),
    (
        Table::TransactionResult,
        &[
            "ACCESS_DENIED",
            "INVALID_API",
            "CLIENT_INVALID",
            "KEY_NOT_FOUND",
            "NO_INTERFACE_DEF",
            "ORDER_NOT_EXIST",
            "PARAM_ILLEGAL",
            "PROCESS_FAIL",
            "SYSTEM_ERROR",
            "REQUEST_TRAFFIC_EXCEED_LIMIT",
            "UNKNOWN_EXCEPTION",
            "PAYMENT_IN_PROCESS",
            "AUTHENTICATION_REQUIRED",
            "PAYMENT_PROHIBITED",
        ],
    ),
    (Table::LegacyInquiry, &[]),
];

/// What a rule leads to, but no story can arrange: a gateway that is overrun, or whose store fails.
const NOT_IN_A_STORY: [&str; 2] = ["REQUEST_TRAFFIC_EXCEED_LIMIT", "UNKNOWN_EXCEPTION"];

/// A merchant of its own, so that one code's ground does not lie under another's.
struct Ground<'g> {
    gateway: &'g TestGateway,
    shop: Shop,
    payer: Payer,
}

impl<'g> Ground<'g> {
    async fn new(gateway: &'g TestGateway, name: &str) -> Self {
        let shop = gateway.add_shop(name).await;
        let payer = gateway.add_payer(&shop, &name.to_lowercase(), 10_000).await;
        Self { gateway, shop, payer }
    }

    async fn merchant(&self, change: impl FnOnce(&mut Merchant)) {
        self.gateway.change_merchant(&self.shop, change).await;
    }

    async fn contract(&self, product: Product, change: impl FnOnce(&mut Contract)) {
        self.merchant(|merchant| {
            let found = merchant.contracts.0.iter_mut().find(|known| known.product == product);
            change(found.expect("a story's merchant has every contract"));
        })
        .await;
    }

    async fn user(&self, change: impl FnOnce(&mut User)) {
        self.gateway.change_user(&self.payer, change).await;
    }

    async fn wallet(&self, change: impl FnOnce(&mut Wallet)) {
        let wallet = self.gateway.engine.wallet(&self.payer.wallet_id).await.expect("the store answers");
        let mut wallet = wallet.expect("the wallet is known");
        change(&mut wallet);
        self.gateway.engine.set_wallet_limits(&self.gateway.narrator(), wallet).await.expect("it is known");
    }

    /// What pay answers to this.
    async fn asked(&self, fields: &Value) -> Told {
        let reply = self.shop.call(Operation::Pay, fields).await.reply;
        (reply.result_code, reply.result_status)
    }

    /// What pay answers to a debit of 1.00 HKD.
    async fn paid(&self) -> Told {
        self.asked(&pay_fields("order-1", &self.payer.access_token, 100)).await
    }

    /// What pay answers to this card.
    async fn paid_by_card(&self, card: TypedCard, amount_minor: i64) -> Told {
        self.asked(&card_fields("order-1", amount_minor, card, CardWishes::default())).await
    }

    /// What an inquiry tells of the order.
    async fn result(&self) -> Told {
        let told = self.shop.inquire("order-1").await.reply.body;
        let code = told["paymentResultCode"].as_str().expect("the order is there").to_owned();
        let status = match told["paymentStatus"].as_str() {
            Some("SUCCESS") => ResultStatus::S,
            Some("PROCESSING" | "PENDING") => ResultStatus::U,
            _ => ResultStatus::F,
        };
        (code, status)
    }

    /// The order as a page of the cashier, on which this button was pressed.
    async fn decided(&self, form: &str) -> Told {
        let page = page_of(&self.shop.pay_at_cashier("order-1", 100).await);
        self.gateway.press(&page, form).await;
        self.result().await
    }

    /// What a call answers that is wrong around its body.
    async fn drafted(&self, operation: Operation, change: impl FnOnce(Draft) -> Draft) -> Told {
        let fields = match operation {
            Operation::Pay => pay_fields("order-1", &self.payer.access_token, 100),
            _ => json!({"paymentRequestId": "order-1"}),
        };
        let draft = Draft::new(self.gateway, &self.shop, operation, fields.to_string());
        let answer = change(draft).send(self.gateway).await;
        let letter = answer.json()["result"]["resultStatus"].as_str().map(str::to_owned);
        let status = letter.as_deref().and_then(ResultStatus::parse).expect("every answer has a status");
        (answer.code(), status)
    }
}

/// A code and its status, as seen on the wire.
type Told = (String, ResultStatus);

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect("an ISO 4217 currency")
}

/// Brings a code of pay about by its rule; nothing where there is none.
async fn pay_by_rule(ground: &Ground<'_>, code: &str) -> Option<Told> {
    let debit = Product::AgreementPayment;
    let good = GOOD_CARD;
    match code {
        "SUCCESS" => {}
        "CURRENCY_NOT_SUPPORT" => {
            ground.contract(debit, |known| known.currencies = vec![currency("JPY")]).await
        }
        "INVALID_ACCESS_TOKEN" => drop(ground.shop.revoke(&ground.payer.access_token).await),
        "INVALID_CONTRACT" => return Some(pay_on_anothers_agreement(ground).await),
        "INVALID_MERCHANT_STATUS" => ground.merchant(|known| known.status = MerchantStatus::Suspended).await,
        "INVALID_PAYMENT_METHOD_META_DATA" => {
            return Some(ground.paid_by_card(TypedCard { cvv: "98", ..good }, 100).await);
        }
        "KEY_NOT_FOUND" | "NO_INTERFACE_DEF" => return around(ground, Operation::Pay, code).await,
        "MERCHANT_KYB_NOT_QUALIFIED" => ground.merchant(|known| known.kyb = KybStatus::NotQualified).await,
        "MERCHANT_NOT_REGISTERED" => {
            ground.merchant(|known| known.status = MerchantStatus::Unregistered).await
        }
        "NO_PAY_OPTIONS" => ground.contract(debit, |known| known.methods = vec!["GCASH".to_owned()]).await,
        "ORDER_IS_CANCELED" => {
            ground.paid().await;
            ground.shop.cancel("order-1").await;
        }
        "ORDER_IS_CLOSED" => {
            ground.shop.pay_at_cashier("order-1", 100).await;
            ground.gateway.advance_ms(14 * MINUTE_MS).await;
            return Some(ground.asked(&Shop::cashier_fields("order-1", 100)).await);
        }
        "PARAM_ILLEGAL" => return Some(ground.asked(&pay_fields("", &ground.payer.access_token, 100)).await),
        "PAYMENT_AMOUNT_EXCEED_LIMIT" => {
            let limits = std::collections::BTreeMap::from([(currency("HKD"), 99)]);
            ground.contract(debit, |known| known.amount_max_minor = limits).await;
        }
        "PAYMENT_COUNT_EXCEED_LIMIT" => ground.wallet(|known| known.day_count_max = Some(0)).await,
        "PAYMENT_NOT_QUALIFIED" => {
            ground.merchant(|merchant| merchant.contracts.0.retain(|known| known.product != debit)).await;
        }
        "REPEAT_REQ_INCONSISTENT" => {
            ground.shop.pay("order-1", &ground.payer, 101).await;
        }
        "RISK_REJECT" => return Some(ground.paid_by_card(good, 11).await),
        "SETTLE_CONTRACT_NOT_MATCH" => {
            let both = vec![currency("HKD"), currency("USD")];
            ground.contract(debit, |known| known.settlement_currencies = both).await;
        }
        "USER_AMOUNT_EXCEED_LIMIT" => ground.wallet(|known| known.amount_max_minor = Some(99)).await,
        "USER_BALANCE_NOT_ENOUGH" => {
            return Some(ground.asked(&pay_fields("order-1", &ground.payer.access_token, 10_001)).await);
        }
        "USER_KYC_NOT_QUALIFIED" => ground.user(|known| known.kyc = KycLevel::None).await,
        "USER_NOT_EXIST" => ground.user(|known| known.status = UserStatus::Closed).await,
        "USER_PAYMENT_VERIFICATION_FAILED" => {
            ground.decided("action=decline").await;
            return Some(ground.asked(&Shop::cashier_fields("order-1", 100)).await);
        }
        "USER_STATUS_ABNORMAL" => ground.user(|known| known.status = UserStatus::Frozen).await,
        "PAYMENT_IN_PROCESS" => return Some(ground.asked(&Shop::cashier_fields("order-1", 100)).await),
        _ => return None,
    }
    Some(ground.paid().await)
}

/// An agreement that a secondary merchant has asked for does not pay for the first one.
async fn pay_on_anothers_agreement(ground: &Ground<'_>) -> Told {
    let mut fields = Shop::consult_fields("state-1");
    fields["authClientId"] = "SECOND".into();
    let url = text(&ground.shop.call(Operation::Consult, &fields).await, "normalUrl");
    let id = AuthorizationId::new(url.rsplit('/').next().expect("an address has a last part"));
    let (merchant_id, payer) = (&ground.shop.merchant_id, &ground.payer);
    let engine = &ground.gateway.engine;
    let agreed = engine.approve_authorization(merchant_id, &id, &payer.wallet_id, &payer.user_id).await;
    let code = agreed.expect("the user may agree").auth_code;
    let token = text(&ground.shop.apply_code(code.reveal()).await, "accessToken");
    ground.asked(&pay_fields("order-1", &token, 100)).await
}

/// What is told before an operation is reached.
async fn around(ground: &Ground<'_>, operation: Operation, code: &str) -> Option<Told> {
    let change = |draft: Draft| match code {
        "KEY_NOT_FOUND" => draft.with(|draft| draft.key_version = "9".to_owned()),
        _ => draft.to_path("/ams/sandbox/api/v1/payments/nothing"),
    };
    Some(ground.drafted(operation, change).await)
}

/// Brings a code of an inquiry about by its rule; the same in both editions.
async fn inquiry_by_rule(ground: &Ground<'_>, code: &str) -> Option<Told> {
    let operation = Operation::InquiryPayment;
    match code {
        "SUCCESS" => drop(ground.paid().await),
        "ORDER_NOT_EXIST" => {}
        "KEY_NOT_FOUND" | "NO_INTERFACE_DEF" => return around(ground, operation, code).await,
        "PARAM_ILLEGAL" => {
            let told = ground.shop.call(operation, &json!({})).await.reply;
            return Some((told.result_code, told.result_status));
        }
        "CLIENT_INVALID" => {
            let change = |draft: &mut Draft| draft.client_id = "NOBODY".to_owned();
            return Some(ground.drafted(operation, |draft| draft.with(change)).await);
        }
        "METHOD_NOT_SUPPORTED" => {
            let change = |draft: &mut Draft| draft.method = "GET".to_owned();
            return Some(ground.drafted(operation, |draft| draft.with(change)).await);
        }
        "MEDIA_TYPE_NOT_ACCEPTABLE" => {
            return Some(ground.drafted(operation, |draft| draft.and("accept", "image/png")).await);
        }
        "USER_KYC_NOT_QUALIFIED" => {
            ground
                .gateway
                .change_client(&ground.shop, |client| client.settings.0.kyc_failure_answers_the_call = true)
                .await;
            ground.user(|known| known.kyc = KycLevel::None).await;
            ground.paid().await;
        }
        _ => return None,
    }
    let told = ground.shop.inquire("order-1").await.reply;
    Some((told.result_code, told.result_status))
}

/// Brings a payment result about by its rule.
async fn result_by_rule(ground: &Ground<'_>, code: &str) -> Option<Told> {
    let good = GOOD_CARD;
    match code {
        "DO_NOT_HONOR" => {
            drop(ground.paid_by_card(TypedCard { number: "4054692760174822", ..good }, 100).await)
        }
        "INVALID_CARD" => drop(ground.paid_by_card(TypedCard { number: "4054", ..good }, 100).await),
        "INVALID_CARD_NUMBER" => {
            ground.paid_by_card(TypedCard { number: "4054695723100769", ..good }, 100).await;
        }
        "INVALID_EXPIRY_DATE_FORMAT" => {
            drop(ground.paid_by_card(TypedCard { month: "13", ..good }, 100).await)
        }
        "INVALID_EXPIRATION_DATE" => drop(ground.paid_by_card(TypedCard { year: "18", ..good }, 100).await),
        "PROCESS_FAIL" => drop(ground.paid_by_card(TypedCard { cvv: "98", ..good }, 100).await),
        "NO_PAY_OPTIONS" => {
            // A wallet that holds another currency.
            let mut fields = pay_fields("order-1", &ground.payer.access_token, 100);
            fields["paymentAmount"]["currency"] = "USD".into();
            fields["order"]["orderAmount"]["currency"] = "USD".into();
            ground.asked(&fields).await;
        }
        "USER_PAYMENT_VERIFICATION_FAILED" => return Some(ground.decided("action=decline").await),
        "PAYMENT_IN_PROCESS" => return Some(ground.decided("action=nothing").await),
        "SUCCESS"
        | "ORDER_IS_CLOSED"
        | "PAYMENT_COUNT_EXCEED_LIMIT"
        | "RISK_REJECT"
        | "USER_AMOUNT_EXCEED_LIMIT"
        | "USER_BALANCE_NOT_ENOUGH"
        | "USER_KYC_NOT_QUALIFIED"
        | "USER_STATUS_ABNORMAL" => drop(pay_by_rule(ground, code).await),
        _ => return None,
    }
    Some(ground.result().await)
}

/// Brings the result of a refund about by its rule.
async fn transaction_by_rule(ground: &Ground<'_>, code: &str) -> Option<Told> {
    if code != "SUCCESS" {
        return None;
    }
    let payment_id = ground.shop.pay_and_succeed("order-1", &ground.payer, 100).await;
    ground.shop.refund("refund-1", &payment_id, 100).await;
    let told = ground.shop.inquire("order-1").await.reply.body;
    let result = &told["transactions"][0]["transactionResult"];
    let word = |name: &str| result[name].as_str().expect("the refund is told").to_owned();
    Some((word("resultCode"), ResultStatus::parse(&word("resultStatus")).expect("S, F or U")))
}

/// Each code with its S, F or U, by its rule; the others are those that the list names, and each has its selector.
///
/// Proves: SEED-000, SEED-001, SEED-002 (every code that a rule of theirs implies).
async fn every_code_that_a_rule_implies_is_brought_about_by_it(gateway: &TestGateway) {
    for (table, by_selector_only) in BY_SELECTOR_ONLY {
        let mut without_rule = Vec::new();
        for row in table.rows() {
            let ground = Ground::new(gateway, &format!("{table:?}-{}", row.code)).await;
            if table == Table::LegacyInquiry {
                gateway.change_client(&ground.shop, |client| client.dialect = Dialect::Alipay).await;
            }
            let told = match table {
                Table::Pay => pay_by_rule(&ground, row.code).await,
                Table::PaymentResult => result_by_rule(&ground, row.code).await,
                Table::TransactionResult => transaction_by_rule(&ground, row.code).await,
                _ => inquiry_by_rule(&ground, row.code).await,
            };
            match told {
                Some(told) => assert_eq!(told, (row.code.to_owned(), row.status), "{table:?}"),
                None => without_rule.push(row.code),
            }
        }
        assert_eq!(without_rule, by_selector_only, "{table:?}");
        let listed = |code: &str| table.find(code).and_then(|row| cause_in_antom(table, row.reason?));
        let mut untrue =
            without_rule.iter().filter(|code| listed(code).is_some() && !NOT_IN_A_STORY.contains(code));
        assert_eq!(untrue.next(), None, "{table:?}: the list of outcomes says that a rule leads there");
        let led_to = |row: &&Code| row.reason.is_some() && !without_rule.contains(&row.code);
        let mut unlisted = table.rows().iter().filter(led_to).filter(|row| listed(row.code).is_none());
        assert_eq!(
            unlisted.next(),
            None,
            "{table:?}: the list of outcomes does not say which rule leads there"
        );
        let (dialect, place) = place_of(table);
        let neither = by_selector_only
            .iter()
            .filter(|code| code_table(dialect).find(place, code).is_none_or(|word| word.code != **code));
        assert_eq!(neither.count(), 0, "{table:?}: neither rule nor selector");
    }
}

fn place_of(table: Table) -> (Dialect, Place) {
    match table {
        Table::Pay => (Dialect::Antom, Place::Pay),
        Table::InquiryPayment => (Dialect::Antom, Place::Inquiry),
        Table::PaymentResult => (Dialect::Antom, Place::Payment),
        Table::TransactionResult => (Dialect::Antom, Place::Transaction),
        Table::LegacyInquiry => (Dialect::Alipay, Place::Inquiry),
        other => panic!("{other:?} is not looked at here"),
    }
}

/// Proves: SEED-003 (Business Error code).
async fn every_code_of_alipayhk_that_a_rule_implies(gateway: &TestGateway) {
    let (shop, payer) = (gateway.hk_shop(), gateway.rich_payer());
    shop.pay_and_succeed("T-1", &payer, 100).await;
    let answers = [shop.query("T-1").await, shop.query("nobody").await, {
        let asked = shop.pay_by_wap("T-2", 100).await;
        shop.refund(&asked.text("/acquirementId"), "R-1", 100).await
    }];
    for (answer, row) in answers.iter().zip(farthing_dialect_alipayhk::codes::Table::PayQuery.rows()) {
        let told = (answer.code.as_str(), answer.code_id.as_str(), answer.status.as_str());
        assert_eq!(told, (row.code, row.id, row.status.letter()));
    }
}

/// Proves: SEED-004 (paymentStatus).
async fn every_status_of_alphapay_that_a_rule_implies(gateway: &TestGateway) {
    let shop = gateway.alpha_shop();
    let waiting = shop.pay("A-1", 1_000).await.text("/paymentId");
    assert_eq!(shop.status_of(&waiting).await, "PAYMENT_IN_PROCESS");
    shop.cancel(&waiting).await;
    assert_eq!(shop.status_of(&waiting).await, "CLOSED", "called off");
    let expired = shop.pay("A-2", 1_000).await.text("/paymentId");
    gateway.advance_ms(5 * MINUTE_MS).await;
    assert_eq!(shop.status_of(&expired).await, "CLOSED", "not paid in five minutes");
    let declined = shop.pay("A-3", 1_000).await;
    press(gateway, &declined.text("/paymentInfo/payUrl"), "decline").await;
    assert_eq!(shop.status_of(&declined.text("/paymentId")).await, "FAILED");
    let paid = shop.pay_and_succeed(gateway, "A-4", 1_000).await;
    for (refund_id, amount_minor, status) in [
        ("", 0, "SUCCESS"),
        ("R-1", 1, "PARTIAL_REFUND"),
        ("R-2", 998, "PARTIAL_REFUND"),
        ("R-3", 1, "FULL_REFUND"),
    ] {
        if amount_minor > 0 {
            assert_eq!(shop.refund(&paid, refund_id, amount_minor).await.code, "SUCCESS");
        }
        assert_eq!(shop.status_of(&paid).await, status);
    }
}
