//! The data of people is erased, a step at a time: who calls goes on with the `cursor` until there is none.

use farthing_core::ids::{MerchantId, PaymentId, UserId};
use farthing_core::rules::erase_payment::ErasedRows;
use farthing_dialect_kit::time_text::parse_date_time;
use farthing_engine::{ErasureError, ErasureReport, ErasureStep, ErasureTarget};
use serde::{Deserialize, Serialize};

use super::call::Call;
use super::problem::{self, Problem};
use super::reply::Reply;

/// Exactly one of `payment_id` (with `merchant_id`), `user_id` and `before`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepBody {
    merchant_id: Option<MerchantId>,
    payment_id: Option<PaymentId>,
    user_id: Option<UserId>,
    before: Option<String>,
    #[serde(default)]
    dry_run: bool,
    cursor: Option<String>,
}

#[derive(Serialize)]
struct StepView {
    act_id: Option<String>,
    dry_run: bool,
    erased: ErasedRows,
    still_open: u64,
    still_told: u64,
    cursor: Option<String>,
}

pub(super) async fn step(call: Call) -> Result<Reply, Problem> {
    let body: StepBody = call.body()?;
    let (is_trial, cursor) = (body.dry_run, body.cursor.clone());
    let step = ErasureStep { target: target(body)?, is_trial, cursor };
    let report = call.engine().erase(&call.actor(), step).await?;
    Ok(Reply::ok(&view(report, is_trial)))
}

fn view(report: ErasureReport, dry_run: bool) -> StepView {
    StepView {
        act_id: report.act_id,
        dry_run,
        erased: report.erased,
        still_open: report.still_open,
        still_told: report.still_told,
        cursor: report.next,
    }
}

fn target(body: StepBody) -> Result<ErasureTarget, Problem> {
    match (body.merchant_id, body.payment_id, body.user_id, body.before) {
        (Some(merchant_id), Some(payment_id), None, None) => {
            Ok(ErasureTarget::Payment { merchant_id, payment_id })
        }
        (None, None, Some(user_id), None) => Ok(ErasureTarget::User(user_id)),
        (None, None, None, Some(before)) => {
            let before = parse_date_time(&before).map_err(|error| Problem::field("before", error))?;
            Ok(ErasureTarget::Before(before))
        }
        _ => Err(Problem::field("payment_id with merchant_id, user_id, before", "give exactly one of them")),
    }
}

impl From<ErasureError> for Problem {
    fn from(error: ErasureError) -> Self {
        match error {
            ErasureError::Missing(key) => Self::not_found(key),
            ErasureError::UserHasNotLeft(_) => Self::new(&problem::WRONG_STATE, error.to_string()),
            ErasureError::BadCursor => Self::field("cursor", error),
            ErasureError::Failure(failure) => failure.into(),
        }
    }
}
