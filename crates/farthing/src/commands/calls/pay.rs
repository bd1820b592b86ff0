//! `farthing pay`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::ClientProfile;
use farthing_core::money::Currency;
use farthing_core::rows::Product;
use farthing_dialect_antom::client::PayDraft;
use farthing_dialect_antom::endpoint::Operation;
use serde_json::Value;

use super::drafts::{AmountArgs, REDIRECT_DEFAULT, method, request_id, token};
use super::{CallArgs, call};
use crate::amount::parse_currency;

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
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &PayArgs) -> anyhow::Result<ExitCode> {
    call(Operation::Pay, &args.call, |profile| draft(args, profile)).await
}

pub(super) fn draft(args: &PayArgs, profile: &ClientProfile) -> anyhow::Result<Value> {
    let access_token = if args.cashier { None } else { Some(token(args.token.as_deref(), profile)?) };
    let redirect_default = args.cashier.then_some(REDIRECT_DEFAULT);
    let draft = PayDraft {
        request_id: request_id(args.request_id.as_deref(), "pay"),
        product: if args.cashier { Product::CashierPayment } else { Product::AgreementPayment },
        amount: args.amount.money(profile)?,
        method: method(args.method.as_deref(), profile)?,
        access_token,
        order_description: args.order.clone(),
        settlement_currency: args.settlement_currency,
        notify_url: args.notify_url.clone(),
        redirect_url: args.redirect_url.as_deref().or(redirect_default).map(str::to_owned),
    };
    Ok(draft.fields())
}

#[cfg(test)]
impl PayArgs {
    /// What it has in common with the other payment commands.
    pub(super) fn call(&self) -> &CallArgs {
        &self.call
    }
}
