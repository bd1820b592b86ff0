//! `farthing refund`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_antom::client::RefundDraft;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::drafts::{AmountArgs, request_id};
use super::verb::merchant_id;
use super::{CallArgs, Verb, call};
use crate::exit::usage;

/// How much of which payment goes back.
#[derive(Args, Debug)]
pub(crate) struct RefundArgs {
    /// The gateway's id of the payment
    #[arg(required_unless_present = "body")]
    payment_id: Option<String>,
    #[command(flatten)]
    amount: AmountArgs,
    /// The merchant's own id for it; the same id is the same refund [default: a fresh one]
    #[arg(long, value_name = "ID", help_heading = "Request")]
    request_id: Option<String>,
    /// The capture that it goes back from, where there are several; Antom only
    #[arg(long, value_name = "ID", help_heading = "Request")]
    capture_id: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT", help_heading = "Request")]
    reason: Option<String>,
    /// Where the result is sent [default: the client's own address]
    #[arg(long, value_name = "URL", help_heading = "Request")]
    notify_url: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &RefundArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for RefundArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        Ok(match dialect {
            Dialect::Antom | Dialect::Alipay => antom::Operation::Refund.into(),
            Dialect::AlipayHk => alipayhk::Operation::Refund.into(),
            Dialect::AlphaPay => alphapay::Operation::Refund.into(),
        })
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let payment_id =
            self.payment_id.clone().ok_or_else(|| usage("which payment? give the gateway's id of it"))?;
        let request_id = request_id(self.request_id.as_deref(), "refund");
        let amount = self.amount.money(profile)?;
        let (reason, notify_url) = (self.reason.clone(), self.notify_url.clone());
        Ok(match profile.dialect {
            Dialect::Antom | Dialect::Alipay => {
                let (refund_reason, capture_id) = (reason, self.capture_id.clone());
                RefundDraft { request_id, payment_id, amount, capture_id, refund_reason, notify_url }.fields()
            }
            Dialect::AlipayHk => farthing_dialect_alipayhk::client::RefundDraft {
                merchant_id: merchant_id(profile)?,
                acquirement_id: &payment_id,
                merchant_refund_id: &request_id,
                amount,
                refund_reason: reason.as_deref(),
            }
            .body(),
            Dialect::AlphaPay => farthing_dialect_alphapay::client::RefundDraft {
                request_id: Some(request_id),
                payment_id,
                amount,
                description: reason,
                notify_url,
            }
            .fields(),
        })
    }
}
