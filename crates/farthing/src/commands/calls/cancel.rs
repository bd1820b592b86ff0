//! `farthing cancel`.

use std::process::ExitCode;

use clap::Args;
use farthing_client::{ClientProfile, Operation};
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_antom::endpoint as antom;
use serde_json::Value;

use super::inquire::PaymentNameArgs;
use super::{CallArgs, Verb, call};

/// Which payment is called off.
#[derive(Args, Debug)]
pub(crate) struct CancelArgs {
    #[command(flatten)]
    name: PaymentNameArgs,
    #[command(flatten)]
    call: CallArgs,
}

/// Does it.
pub(crate) async fn run(args: &CancelArgs) -> anyhow::Result<ExitCode> {
    call(&args.call, args).await
}

impl Verb for CancelArgs {
    fn operation(&self, dialect: Dialect) -> anyhow::Result<Operation> {
        Ok(match dialect {
            Dialect::Antom | Dialect::Alipay => antom::Operation::Cancel.into(),
            Dialect::AlipayHk => alipayhk::Operation::PayCancel.into(),
            Dialect::AlphaPay => alphapay::Operation::Cancel.into(),
        })
    }

    fn fields(&self, profile: &ClientProfile) -> anyhow::Result<Value> {
        self.name.fields(profile)
    }
}
