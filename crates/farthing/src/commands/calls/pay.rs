//! `farthing pay`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::money::Currency;
use farthing_core::request::{CaptureMode, Secret};
use farthing_core::rows::{Dialect, Product};
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_alphapay::scenario::Scenario;
use farthing_dialect_antom::client::PayDraft;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::card::CardArgs;
use super::drafts::{AmountArgs, REDIRECT_DEFAULT, method, request_id, token};
use super::verb::{merchant_id, not_there};
use super::{CallArgs, Verb, call};
use crate::amount::parse_currency;
use crate::exit::usage;

/// Which payment.
#[derive(Args, Debug)]
pub(crate) struct PayArgs {
    #[command(flatten)]
    amount: AmountArgs,
    /// Let the user approve it on a page, instead of debiting by an access token
    #[arg(long, conflicts_with = "token", help_heading = "Request")]
    cashier: bool,
    /// The access token of the wallet to debit [default: the demo wallet's]
    #[arg(long, env = "FARTHING_TOKEN", hide_env_values = true, help_heading = "Request")]
    token: Option<String>,
    /// The payment method, e.g. ALIPAY_HK [default: the demo wallet's]
    #[arg(long, help_heading = "Request")]
    method: Option<String>,
    /// The merchant's own id for it; the same id is the same payment [default: a fresh one]
    #[arg(long, value_name = "ID", help_heading = "Request")]
    request_id: Option<String>,
    /// What the order is called
    #[arg(long, value_name = "TEXT", default_value = "An order", help_heading = "Request")]
    order: String,
    /// The currency to be settled in, where the contract has several
    #[arg(long, value_name = "CURRENCY", value_parser = parse_currency, help_heading = "Request")]
    settlement_currency: Option<Currency>,
    /// Where the result is sent [default: the client's own address]
    #[arg(long, value_name = "URL", help_heading = "Request")]
    notify_url: Option<String>,
    /// Where the user is sent afterwards; --cashier needs one, and takes a page of nobody otherwise
    #[arg(long, value_name = "URL", help_heading = "Request")]
    redirect_url: Option<String>,
    /// How the payer is met; AlphaPay only
    #[arg(long, value_name = "CODE", default_value = "ONLINE_QRCODE", help_heading = "Request")]
    scenario: String,
    /// The code in the payer's wallet, for the scenario OFFLINE; AlphaPay only
    #[arg(long, value_name = "DIGITS", default_value = "282025112312000000", help_heading = "Request")]
    payment_code: String,
    #[command(flatten)]
    card: CardArgs,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &PayArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for PayArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        if self.card.is_given() && dialect == Dialect::AlipayHk {
            return Err(not_there("cards", dialect, "leave --card away"));
        }
        if self.card.is_authorization() && dialect == Dialect::AlphaPay {
            return Err(not_there("authorizations", dialect, "what it takes is taken at once"));
        }
        Ok(match dialect {
            Dialect::Antom | Dialect::Alipay => antom::Operation::Pay.into(),
            Dialect::AlipayHk if self.cashier => alipayhk::Operation::WapPay.into(),
            Dialect::AlipayHk => alipayhk::Operation::AgreementPay.into(),
            Dialect::AlphaPay => alphapay::Operation::Pay.into(),
        })
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        match profile.dialect {
            Dialect::Antom | Dialect::Alipay => self.antom(profile),
            Dialect::AlipayHk => self.alipayhk(profile),
            Dialect::AlphaPay => self.alphapay(profile),
        }
    }

    fn access_token(&self) -> Option<&str> {
        self.token.as_deref()
    }
}

impl PayArgs {
    fn antom(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let is_cashier = self.cashier || self.card.is_given();
        let access_token = if is_cashier { None } else { Some(token(self.token.as_deref(), profile)?) };
        let redirect_default = is_cashier.then_some(REDIRECT_DEFAULT);
        let method = match self.card.is_given() {
            true => "CARD".to_owned(),
            false => method(self.method.as_deref(), profile)?,
        };
        let draft = PayDraft {
            request_id: request_id(self.request_id.as_deref(), "pay"),
            product: if is_cashier { Product::CashierPayment } else { Product::AgreementPayment },
            amount: self.amount.money(profile)?,
            method,
            access_token,
            card: self.card.antom()?,
            capture: if self.card.is_authorization() { CaptureMode::Later } else { CaptureMode::AtOnce },
            order_description: self.order.clone(),
            settlement_currency: self.settlement_currency,
            notify_url: self.notify_url.clone(),
            redirect_url: self.redirect_url.as_deref().or(redirect_default).map(str::to_owned),
        };
        Ok(draft.fields())
    }

    fn alipayhk(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let operation = match self.cashier {
            true => alipayhk::Operation::WapPay,
            false => alipayhk::Operation::AgreementPay,
        };
        let draft = farthing_dialect_alipayhk::client::PayDraft {
            operation,
            merchant_id: merchant_id(profile)?,
            merchant_trans_id: &request_id(self.request_id.as_deref(), "pay"),
            amount: self.amount.money(profile)?,
            order_title: &self.order,
            settle_contract_id: None,
            notify_url: self.notify_url.as_deref(),
        };
        Ok(draft.body())
    }

    fn alphapay(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let word = if self.card.is_given() { "CREDIT_CARD" } else { self.scenario.as_str() };
        let scenario = Scenario::parse(word).ok_or_else(|| {
            usage(format!("there is no scenario {word}; there are: {}", Scenario::WORDS.join(", ")))
        })?;
        let id = request_id(self.request_id.as_deref(), "pay");
        let mut draft = farthing_dialect_alphapay::client::PayDraft::new(
            scenario,
            id,
            self.amount.money(profile)?,
            self.order.clone(),
        );
        if scenario.needs_wallet() {
            draft.wallet = Some(method(self.method.as_deref(), profile)?);
        }
        if scenario.needs_customer() {
            draft.customer = Some(("app-1".to_owned(), "customer-1".to_owned()));
        }
        if scenario == Scenario::Offline {
            draft.payment_code = Some(Secret::new(self.payment_code.as_str()));
        }
        draft.card = self.card.alphapay()?;
        draft.notify_url.clone_from(&self.notify_url);
        draft.redirect_url.clone_from(&self.redirect_url);
        Ok(draft.fields())
    }
}

#[cfg(test)]
impl PayArgs {
    /// What it has in common with the other payment commands.
    pub(super) fn call(&self) -> &CallArgs {
        &self.call
    }
}
