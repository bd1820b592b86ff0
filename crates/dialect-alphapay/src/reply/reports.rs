//! The reports of a day: its payments and refunds, and what was paid out.

use farthing_core::money::Money;
use farthing_core::rows::{BankAccount, Payment, Refund, Settlement};
use farthing_dialect_kit::amount_text::format_minor;
use serde::Serialize;

use super::refund::request_id;
use crate::codes;
use crate::scenario::wallet_of_method;
use crate::wire::{ResultObject, date_time, to_body};

/// One entry of the report of transactions: a payment, or a refund with the payment it gives back from.
#[derive(Clone, Copy, Debug)]
pub struct TransactionView<'a> {
    /// The payment.
    pub payment: &'a Payment,
    /// The refund; the entry is about the payment where there is none.
    pub refund: Option<&'a Refund>,
}

/// A page of the report of transactions.
#[derive(Clone, Copy, Debug)]
pub struct TransactionsView<'a> {
    /// The entries of the page, in their order.
    pub entries: &'a [TransactionView<'a>],
    /// Which page it is, from 1.
    pub page: u32,
    /// How many entries a page has; at least 1.
    pub page_limit: u32,
    /// How many entries there are on all pages.
    pub total: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TransactionsReply<'a> {
    transactions: Vec<Transaction<'a>>,
    pagination: Pagination,
    result: ResultObject,
}

/// Source: ALPHAPAY-FACTS §10.1.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transaction<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    transaction_id: &'a str,
    amount: String,
    currency: String,
    transaction_type: &'static str,
    #[serde(flatten)]
    settled: Option<Settled>,
    payment_method: &'a str,
    create_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_time: Option<String>,
}

/// An amount in the currency that the merchant is settled in.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Settled {
    settle_amount: String,
    settle_currency: String,
    exchange_rate: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    page: u32,
    page_limit: u32,
    total_page: u64,
    total: u64,
}

/// The answer to `transactions`.
///
/// Source: ALPHAPAY-FACTS §10.1.
#[must_use]
pub fn encode_transactions(view: &TransactionsView<'_>) -> Vec<u8> {
    to_body(&TransactionsReply {
        transactions: view.entries.iter().map(transaction).collect(),
        pagination: Pagination {
            page: view.page,
            page_limit: view.page_limit,
            total_page: view.total.div_ceil(u64::from(view.page_limit.max(1))),
            total: view.total,
        },
        result: (&codes::SUCCESS).into(),
    })
}

fn transaction<'a>(view: &TransactionView<'a>) -> Transaction<'a> {
    match view.refund {
        Some(refund) => debit(view.payment, refund),
        None => credit(view.payment),
    }
}

fn credit(payment: &Payment) -> Transaction<'_> {
    Transaction {
        request_id: Some(payment.request_id.as_str()),
        transaction_id: payment.payment_id.as_str(),
        amount: format_minor(payment.amount_minor),
        currency: payment.currency.code().to_owned(),
        transaction_type: "Credit",
        settled: settled(payment, payment.amount()),
        payment_method: wallet_of_method(&payment.method),
        create_time: date_time(payment.created_at),
        transaction_time: payment.paid_at.map(date_time),
    }
}

fn debit<'a>(payment: &'a Payment, refund: &'a Refund) -> Transaction<'a> {
    Transaction {
        request_id: request_id(refund),
        transaction_id: refund.refund_id.as_str(),
        amount: format_minor(refund.amount_minor),
        currency: refund.currency.code().to_owned(),
        transaction_type: "Debit",
        settled: settled(payment, refund.amount()),
        payment_method: wallet_of_method(&payment.method),
        create_time: date_time(refund.created_at),
        transaction_time: refund.refunded_at.map(date_time),
    }
}

/// By the rate that was locked with the payment; one to one where it is settled in its own currency. Left out where
/// it is settled in another one and no rate is known.
fn settled(payment: &Payment, amount: Money) -> Option<Settled> {
    let told = |money: Money, exchange_rate: &str| Settled {
        settle_amount: format_minor(money.amount_minor),
        settle_currency: money.currency.code().to_owned(),
        exchange_rate: exchange_rate.to_owned(),
    };
    match &payment.settlement_quote {
        Some(quote) => quote.0.convert(amount).map(|money| told(money, &quote.0.price)),
        None => {
            let is_own = payment.settlement_currency.is_none_or(|currency| currency == amount.currency);
            is_own.then(|| told(amount, "1"))
        }
    }
}

/// What was paid out for a day in one currency, and to which account.
#[derive(Clone, Copy, Debug)]
pub struct SettlementView<'a> {
    /// The settlement.
    pub settlement: &'a Settlement,
    /// The account.
    pub bank: Option<&'a BankAccount>,
}

#[derive(Serialize)]
struct SettlementsReply<'a> {
    settlements: Vec<SettlementObject<'a>>,
    result: ResultObject,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettlementObject<'a> {
    settle_info: SettleInfo<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_info: Option<BankInfo<'a>>,
}

/// Every member is a text. Source: ALPHAPAY-FACTS §10.2, §16 (smallest units).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettleInfo<'a> {
    settle_no: &'a str,
    credit_num: String,
    debit_num: String,
    credit_amount: String,
    debit_amount: String,
    net_amount: String,
    service_fee: String,
    settle_amount: String,
}

/// Source: ALPHAPAY-FACTS §10.2.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BankInfo<'a> {
    store_code: &'a str,
    company_name: &'a str,
    transit_no: &'a str,
    institution_no: &'a str,
    account_no: &'a str,
}

/// The answer to `settlements`.
///
/// Source: ALPHAPAY-FACTS §10.2.
#[must_use]
pub fn encode_settlements(settlements: &[SettlementView<'_>]) -> Vec<u8> {
    to_body(&SettlementsReply {
        settlements: settlements.iter().map(settlement).collect(),
        result: (&codes::SUCCESS).into(),
    })
}

fn settlement<'a>(view: &SettlementView<'a>) -> SettlementObject<'a> {
    SettlementObject { settle_info: settle_info(view.settlement), bank_info: view.bank.map(bank_info) }
}

fn settle_info(settlement: &Settlement) -> SettleInfo<'_> {
    SettleInfo {
        settle_no: settlement.settlement_id.as_str(),
        credit_num: settlement.credit_count.to_string(),
        debit_num: settlement.debit_count.to_string(),
        credit_amount: format_minor(settlement.credit_minor),
        debit_amount: format_minor(settlement.debit_minor),
        net_amount: format_minor(settlement.net_minor()),
        service_fee: format_minor(settlement.fee_minor),
        settle_amount: format_minor(settlement.settle_minor()),
    }
}

fn bank_info(bank: &BankAccount) -> BankInfo<'_> {
    BankInfo {
        store_code: &bank.store_code,
        company_name: &bank.company_name,
        transit_no: &bank.transit_no,
        institution_no: &bank.institution_no,
        account_no: &bank.account_no,
    }
}
