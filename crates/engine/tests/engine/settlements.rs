//! Merchants are paid day by day, at the rates that were locked when each payment was made.

use farthing_core::ids::SettlementId;
use farthing_core::journal::Account;
use farthing_core::money::{Currency, Money};
use farthing_core::reason::Reason;
use farthing_core::request::{PayRequest, PaymentName};
use farthing_core::rows::{
    AdminAct, Json, Merchant, Payment, PaymentState, Posting, Record as _, Settlement, SettlementTerms,
};
use farthing_core::rules::settle_merchant::{SettleMerchant, Sum};
use farthing_core::samples;
use farthing_core::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use farthing_engine::testing::{
    Card, Codes, Stage, actor, cancel_request, cashier_request, pay_request, refund_request,
};
use farthing_engine::{AdminError, Select, UserAct};

use crate::stores::on_both_stores;

on_both_stores! {
    each_day_is_settled_once_when_it_is_over,
    outside_a_sandbox_a_day_is_settled_ten_minutes_after_its_end,
    a_restart_settles_no_day_twice,
    a_day_that_was_left_halfway_is_finished_after_a_restart,
    other_currencies_are_converted_at_locked_rates,
    what_ended_on_its_day_costs_no_fee_and_what_ended_later_is_taken_back,
    a_merchant_without_a_bank_account_is_not_settled,
    a_rate_is_a_positive_decimal_between_two_currencies,
}

/// Noon of the samples is 20:00 of this day in UTC-8.
const FIRST_DAY: &str = "20261122";
const SECOND_DAY: &str = "20261123";
/// How long that day still is then.
const REST_OF_DAY_MS: i64 = 4 * HOUR_MS;

/// Gives the sample merchant a bank account; 2.50 % is kept of its payments.
async fn open_account(stage: &Stage) {
    let terms = SettlementTerms { fee_basis_points: 250, bank: Some(samples::bank_account()) };
    let merchant = Merchant { settlement: Json(terms), ..samples::merchant() };
    stage.engine.set_merchant(&actor(), merchant).await.unwrap();
}

async fn pay(stage: &Stage, id: &str, amount_minor: i64, card: &Card) -> Payment {
    let request = pay_request(id, amount_minor, &card.token);
    stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment
}

async fn refund(stage: &Stage, id: &str, payment: &Payment, amount_minor: i64) {
    let request = refund_request(id, &payment.payment_id, amount_minor);
    stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap();
}

async fn settlements(stage: &Stage) -> Vec<Settlement> {
    let mut all = stage.rows::<Settlement>(Select::from(Settlement::TABLE)).await;
    all.sort_by(|left, right| {
        (&left.settle_day, left.currency.code()).cmp(&(&right.settle_day, right.currency.code()))
    });
    all
}

/// Day and currency; payments and refunds, each their number and sum; the fee.
type Line = (String, String, (i64, i64), (i64, i64), i64);

fn line(settlement: &Settlement) -> Line {
    (
        settlement.settle_day.clone(),
        settlement.currency.code().to_owned(),
        (settlement.credit_count, settlement.credit_minor),
        (settlement.debit_count, settlement.debit_minor),
        settlement.fee_minor,
    )
}

fn expected(day: &str, code: &str, credit: (i64, i64), debit: (i64, i64), fee_minor: i64) -> Line {
    (day.to_owned(), code.to_owned(), credit, debit, fee_minor)
}

async fn lines(stage: &Stage) -> Vec<Line> {
    settlements(stage).await.iter().map(line).collect()
}

/// What an account holds in a currency, smallest units.
async fn held(stage: &Stage, account: &Account, currency: Currency) -> i64 {
    let select = Select::from(Posting::TABLE).equal("account", &account.name());
    let postings = stage.rows::<Posting>(select.equal("currency", &currency)).await;
    postings.iter().map(|posting| posting.amount_minor).sum()
}

fn currency(code: &str) -> Currency {
    samples::currency(code)
}

/// A moment before its end nothing is settled; afterwards the merchant is owed nothing. A day without money has none.
async fn each_day_is_settled_once_when_it_is_over(stage: Stage) {
    open_account(&stage).await;
    let card = stage.add_card("1", 100_000).await;
    let first = pay(&stage, "order-1", 10_000, &card).await;
    pay(&stage, "order-2", 5_000, &card).await;
    refund(&stage, "back-1", &first, 4_000).await;
    stage.advance_ms(REST_OF_DAY_MS - 1).await;
    assert_eq!(lines(&stage).await, []);
    stage.advance_ms(1).await;
    let first_day = expected(FIRST_DAY, "HKD", (2, 15_000), (1, 4_000), 375);
    assert_eq!(lines(&stage).await, std::slice::from_ref(&first_day));
    assert_eq!(stage.merchant_minor().await, 0);
    let paid = held(&stage, &Account::OutsideSettlement, currency("HKD")).await;
    assert_eq!((paid, held(&stage, &Account::Fees, currency("HKD")).await), (10_625, 375));
    refund(&stage, "back-2", &first, 1_000).await;
    stage.advance_ms(DAY_MS).await;
    let second_day = expected(SECOND_DAY, "HKD", (0, 0), (1, 1_000), 0);
    assert_eq!(lines(&stage).await, [first_day.clone(), second_day.clone()]);
    stage.advance_ms(3 * DAY_MS).await;
    assert_eq!(lines(&stage).await, [first_day.clone(), second_day.clone()]);
    pay(&stage, "order-3", 1_000, &card).await;
    stage.advance_ms(DAY_MS).await;
    assert_eq!(lines(&stage).await[2], expected("20261127", "HKD", (1, 1_000), (0, 0), 25));
    assert_eq!(stage.engine.settlements(&stage.caller(), FIRST_DAY).await.unwrap().len(), 1);
    assert_eq!(stage.engine.settlements(&stage.caller(), "20261124").await.unwrap(), []);
    assert_eq!(stage.verify().await.findings, []);
}

/// A payment whose request came before midnight may be committed after it, and belongs to the day before all the same.
async fn outside_a_sandbox_a_day_is_settled_ten_minutes_after_its_end(stage: Stage) {
    open_account(&stage).await;
    let card = stage.add_card("1", 100_000).await;
    pay(&stage, "order-0", 4_000, &card).await;
    let plain = stage.beside(2, false).await;
    let before_midnight = stage.caller();
    stage.elapse_ms(REST_OF_DAY_MS + 10 * MINUTE_MS - 1);
    assert_eq!(plain.engine.do_what_is_due().await.unwrap(), 0);
    let late = pay_request("order-1", 10_000, &card.token);
    stage.engine.pay(&before_midnight, late, &Codes).await.unwrap();
    stage.elapse_ms(1);
    assert_eq!(plain.engine.do_what_is_due().await.unwrap(), 1);
    assert_eq!(lines(&stage).await, [expected(FIRST_DAY, "HKD", (2, 14_000), (0, 0), 350)]);
}

/// Another engine over the same rows finds the days settled, and two of them together settle the next one once.
async fn a_restart_settles_no_day_twice(stage: Stage) {
    open_account(&stage).await;
    let card = stage.add_card("1", 100_000).await;
    pay(&stage, "order-1", 10_000, &card).await;
    stage.advance_ms(REST_OF_DAY_MS).await;
    assert_eq!(settlements(&stage).await.len(), 1);
    let restarted = stage.beside(2, true).await;
    assert_eq!(restarted.engine.do_what_is_due().await.unwrap(), 0);
    pay(&restarted, "order-2", 10_000, &card).await;
    stage.elapse_ms(DAY_MS);
    let (left, right) = tokio::join!(stage.engine.do_what_is_due(), restarted.engine.do_what_is_due());
    assert_eq!(left.unwrap() + right.unwrap(), 1);
    let days: Vec<_> = settlements(&stage).await.into_iter().map(|one| one.settle_day).collect();
    assert_eq!(days, [FIRST_DAY, SECOND_DAY]);
    assert_eq!(stage.merchant_minor().await, 0);
    assert_eq!(stage.verify().await.findings, []);
}

async fn a_day_that_was_left_halfway_is_finished_after_a_restart(stage: Stage) {
    // Proves that a day is not taken for settled because one of its currencies is.
    open_account(&stage).await;
    let card = stage.add_card("1", 100_000).await;
    pay(&stage, "order-1", 10_000, &card).await;
    pay_in(&stage, "order-2", Money::new(500, currency("JPY")), None).await;
    stage.elapse_ms(REST_OF_DAY_MS);
    let half = SettleMerchant {
        merchant_id: samples::merchant_id(),
        world_id: samples::world_id(),
        settle_day: FIRST_DAY.to_owned(),
        currency: currency("HKD"),
        credit: Sum { count: 1, amount_minor: 10_000 },
        debit: Sum::default(),
        converted: Vec::new(),
        waived_minor: 0,
        fee_basis_points: 250,
        moment: stage.engine.moment(&samples::world_id()),
        settlement_id: SettlementId::new("20261123160000000000000000000001"),
    };
    farthing_store::run(&*stage.store, farthing_core::ids::JobId::new("halfway"), half).await.unwrap();
    let restarted = stage.beside(2, true).await;
    assert_eq!(restarted.engine.do_what_is_due().await.unwrap(), 1);
    let settled = lines(&stage).await;
    assert_eq!(settled[0], expected(FIRST_DAY, "HKD", (1, 10_000), (0, 0), 250));
    assert_eq!(settled[1], expected(FIRST_DAY, "JPY", (1, 500), (0, 0), 13));
    assert_eq!((settled.len(), stage.merchant_minor().await), (2, 0));
    assert_eq!(stage.verify().await.findings, []);
}

/// A payment of a wallet in this currency, made for it, settled in another one where that is named.
async fn pay_in(stage: &Stage, id: &str, amount: Money, settled_in: Option<&str>) -> Payment {
    let wallet_id = stage.add_wallet(id, "ALIPAY_CN", amount).await;
    let request = PayRequest {
        amount,
        method: "ALIPAY_CN".to_owned(),
        settlement_currency: settled_in.map(currency),
        floor: settled_in.map(|code| Money::new(1, currency(code))),
        ..cashier_request(id, 1)
    };
    let asked = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
    let act = UserAct::Pay(Some(wallet_id));
    let paid = stage.engine.decide_payment(&asked.merchant_id, &asked.payment_id, act).await.unwrap();
    assert_eq!(paid.state, PaymentState::Succeeded);
    paid
}

/// CNY becomes CAD at 0.1912 for the payment and for its refund, though the rate has changed since; what the exchange took
/// and gave is posted.
async fn other_currencies_are_converted_at_locked_rates(stage: Stage) {
    open_account(&stage).await;
    let (cny, cad) = (currency("CNY"), currency("CAD"));
    stage.engine.set_rate(&actor(), cny, cad, "0.1912").await.unwrap();
    let first = pay_in(&stage, "order-1", Money::new(10_000, cny), Some("CAD")).await;
    let quote = first.settlement_quote.clone().expect("the rate was locked").0;
    assert_eq!((quote.price.as_str(), first.settlement_minor), ("0.1912", Some(1_912)));
    let dearer = stage.engine.set_rate(&actor(), cny, cad, "0.2").await.unwrap();
    assert_ne!(dearer.quote_id, quote.quote_id, "a new price has a new id");
    pay_in(&stage, "order-2", Money::new(10_000, cny), Some("CAD")).await;
    pay_in(&stage, "order-3", Money::new(700, cad), Some("CAD")).await;
    stage.advance_ms(REST_OF_DAY_MS).await;
    let day = expected(FIRST_DAY, "CAD", (3, 1_912 + 2_000 + 700), (0, 0), 115);
    assert_eq!(lines(&stage).await, [day]);
    let exchange = Account::OutsideExchange;
    assert_eq!((held(&stage, &exchange, cny).await, held(&stage, &exchange, cad).await), (20_000, -3_912));
    let back = refund_request("back-1", &first.payment_id, 0);
    let amount = farthing_core::request::RefundAmount::InPaymentCurrency { amount_minor: 2_500 };
    let back = farthing_core::request::RefundRequest { amount, ..back };
    stage.engine.refund(&stage.caller(), back, &Codes).await.unwrap();
    stage.advance_ms(DAY_MS).await;
    assert_eq!(lines(&stage).await[1], expected(SECOND_DAY, "CAD", (0, 0), (1, 478), 0));
    let merchant = Account::Merchant(samples::merchant_id());
    assert_eq!((held(&stage, &merchant, cny).await, held(&stage, &merchant, cad).await), (0, 0));
    assert_eq!(stage.verify().await.findings, []);
}

/// A payment that was cancelled within its day comes and goes without a fee; one that ends on a later day is a debit there.
async fn what_ended_on_its_day_costs_no_fee_and_what_ended_later_is_taken_back(stage: Stage) {
    open_account(&stage).await;
    let card = stage.add_card("1", 100_000).await;
    let cancelled = pay(&stage, "order-1", 10_000, &card).await;
    let name = PaymentName::Id(cancelled.payment_id);
    stage.engine.cancel(&stage.caller(), &cancel_request(&name), &Codes).await.unwrap();
    let reversed = pay(&stage, "order-2~pay:SUCCESS,payment:RISK_REJECT@20h", 3_000, &card).await;
    refund(&stage, "back-1", &reversed, 1_000).await;
    stage.advance_ms(REST_OF_DAY_MS).await;
    assert_eq!(lines(&stage).await, [expected(FIRST_DAY, "HKD", (2, 13_000), (2, 11_000), 75)]);
    stage.advance_ms(DAY_MS - REST_OF_DAY_MS).await;
    stage.advance_ms(REST_OF_DAY_MS).await;
    assert_eq!(lines(&stage).await[1], expected(SECOND_DAY, "HKD", (0, 0), (1, 2_000), 0));
    assert_eq!(stage.merchant_minor().await, 0);
    assert_eq!(stage.balance_minor(&card.wallet_id).await, 100_000);
    assert_eq!(stage.verify().await.findings, []);
}

async fn a_merchant_without_a_bank_account_is_not_settled(stage: Stage) {
    // Proves that what it is owed stays owed, until there is somewhere to pay it to; then every day is made up for.
    let card = stage.add_card("1", 100_000).await;
    pay(&stage, "order-1", 10_000, &card).await;
    stage.advance_ms(DAY_MS).await;
    pay(&stage, "order-2", 5_000, &card).await;
    stage.advance_ms(DAY_MS).await;
    assert_eq!((lines(&stage).await, stage.merchant_minor().await), (vec![], 15_000));
    open_account(&stage).await;
    assert_eq!(stage.engine.do_what_is_due().await.unwrap(), 2);
    assert_eq!(stage.merchant_minor().await, 0);
    assert_eq!(stage.verify().await.findings, []);
}

/// What is none is refused by name and changes nothing; each change is kept with what was before.
async fn a_rate_is_a_positive_decimal_between_two_currencies(stage: Stage) {
    let (hkd, usd) = (currency("HKD"), currency("USD"));
    for (from, to, price) in [(hkd, usd, "0"), (hkd, usd, "-1"), (hkd, usd, "1e3"), (hkd, hkd, "1")] {
        let refused = stage.engine.set_rate(&actor(), from, to, price).await;
        let is_illegal = matches!(&refused, Err(AdminError::Failure(failure)) if failure.reason() == Reason::ParameterIllegal);
        assert!(is_illegal, "{from}/{to} {price}: {refused:?}");
    }
    assert_eq!(stage.engine.directory().rates().iter().count(), 0);
    stage.engine.set_rate(&actor(), hkd, usd, "0.1284").await.unwrap();
    stage.engine.set_rate(&actor(), hkd, usd, "0.1290").await.unwrap();
    let rates = stage.engine.directory().rates();
    assert_eq!(rates.find(hkd, usd).map(|rate| rate.price.as_str()), Some("0.1290"));
    assert_eq!(rates.find(usd, hkd), None, "the other way is a rate of its own");
    let acts = stage.rows::<AdminAct>(Select::from(AdminAct::TABLE).equal("action", &"rate.set".to_owned()));
    let acts = acts.await;
    assert_eq!(acts.len(), 2);
    assert!(acts.iter().any(|act| act.before.0["price"] == "0.1284" && act.after.0["price"] == "0.1290"));
}
