//! `farthing inquire-refund`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::ids::{RefundId, RequestId};
use farthing_core::request::RefundName;
use farthing_core::rows::Dialect;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_antom::client::refund_name_fields;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::verb::not_there;
use super::{CallArgs, Verb, call};
use crate::exit::usage;

/// Which refund, by one of its two ids.
#[derive(Args, Debug)]
pub(crate) struct InquireRefundArgs {
    /// The gateway's id of the refund
    #[arg(required_unless_present_any = ["request_id", "body"])]
    refund_id: Option<String>,
    /// The merchant's own id of the refund
    #[arg(long, value_name = "ID", conflicts_with = "refund_id", help_heading = "Request")]
    request_id: Option<String>,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &InquireRefundArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for InquireRefundArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        match dialect {
            Dialect::Antom | Dialect::Alipay => Ok(antom::Operation::InquiryRefund.into()),
            Dialect::AlphaPay => Ok(alphapay::Operation::InquiryRefund.into()),
            Dialect::AlipayHk => {
                let instead = "refund again with the same --request-id: that tells where it stands, and has no second effect";
                Err(not_there("inquiry of refunds", dialect, instead))
            }
        }
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let name = name(self)?;
        match (profile.dialect, &name) {
            (Dialect::AlphaPay, RefundName::Id(id)) => {
                Ok(farthing_dialect_alphapay::client::refund_name_fields(id.as_str()))
            }
            (Dialect::AlphaPay, RefundName::Request(_)) => {
                let instead = "give the gateway's id of the refund";
                Err(not_there("look-up by the merchant's id", profile.dialect, instead))
            }
            _ => Ok(refund_name_fields(&name)),
        }
    }
}

fn name(args: &InquireRefundArgs) -> anyhow::Result<RefundName> {
    match (&args.refund_id, &args.request_id) {
        (Some(id), _) => Ok(RefundName::Id(RefundId::new(id.as_str()))),
        (None, Some(id)) => Ok(RefundName::Request(RequestId::new(id.as_str()))),
        (None, None) => Err(usage("which refund? give its id, or --request-id")),
    }
}
