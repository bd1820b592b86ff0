//! `farthing inquire`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::ids::{PaymentId, RequestId};
use farthing_core::request::PaymentName;
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::verb::{merchant_id, not_there};
use super::{CallArgs, Verb, call};
use crate::exit::usage;

/// Which payment, by one of its two ids.
#[derive(Args, Debug)]
pub(crate) struct PaymentNameArgs {
    /// The gateway's id of the payment
    #[arg(required_unless_present_any = ["request_id", "body"])]
    payment_id: Option<String>,
    /// The merchant's own id of the payment; AlphaPay has no look-up by it
    #[arg(long, value_name = "ID", conflicts_with = "payment_id", help_heading = "Request")]
    request_id: Option<String>,
}

impl PaymentNameArgs {
    fn name(&self) -> anyhow::Result<PaymentName> {
        match (&self.payment_id, &self.request_id) {
            (Some(id), _) => Ok(PaymentName::Id(PaymentId::new(id.as_str()))),
            (None, Some(id)) => Ok(PaymentName::Request(RequestId::new(id.as_str()))),
            (None, None) => Err(usage("which payment? give its id, or --request-id")),
        }
    }

    /// The fields that name the payment in the dialect of the profile.
    ///
    /// # Errors
    /// A wrong usage when neither id is given, or AlphaPay shall look a payment up by the merchant's.
    pub(super) fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        let name = self.name()?;
        match (profile.dialect, &name) {
            (Dialect::Antom | Dialect::Alipay, _) => {
                Ok(farthing_dialect_antom::client::payment_name_fields(&name))
            }
            (Dialect::AlipayHk, _) => {
                Ok(farthing_dialect_alipayhk::client::payment_name_body(merchant_id(profile)?, &name))
            }
            (Dialect::AlphaPay, PaymentName::Id(id)) => {
                Ok(farthing_dialect_alphapay::client::payment_name_fields(id.as_str()))
            }
            (Dialect::AlphaPay, PaymentName::Request(_)) => {
                let instead = "give the gateway's id of the payment";
                Err(not_there("look-up by the merchant's id", profile.dialect, instead))
            }
        }
    }
}

/// What became of which payment.
#[derive(Args, Debug)]
pub(crate) struct InquireArgs {
    #[command(flatten)]
    name: PaymentNameArgs,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &InquireArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for InquireArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        Ok(match dialect {
            Dialect::Antom | Dialect::Alipay => antom::Operation::InquiryPayment.into(),
            Dialect::AlipayHk => alipayhk::Operation::PayQuery.into(),
            Dialect::AlphaPay => alphapay::Operation::InquiryPayment.into(),
        })
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        self.name.fields(profile)
    }
}
