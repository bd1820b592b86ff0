//! Plays a history on both sides and compares: what each step was answered, what is kept after it, and at the end the
//! money, the notices and the books.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use farthing_core::journal::Account;
use farthing_core::rows::{Delivery, Payment, PaymentState, Posting, Record as _};
use farthing_engine::Select;

use crate::ground::{BALANCES_MINOR, Ground};
use crate::model::{Model, Stand};
use crate::step::Step;

/// Plays the steps on an engine whose ids follow from `seed`. `tell` gets a line for each step.
///
/// What goes wrong comes back as a sentence, panics too.
pub(crate) fn play(seed: u64, steps: &[Step], tell: &dyn Fn(&str)) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let played = catch_unwind(AssertUnwindSafe(|| runtime.block_on(play_all(seed, steps, tell))));
    played.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(format!("it panicked: {}", text.unwrap_or("without a word")))
    })
}

async fn play_all(seed: u64, steps: &[Step], tell: &dyn Fn(&str)) -> Result<(), String> {
    let mut ground = Ground::new(seed).await;
    let mut model = Model {
        now_ms: ground.stage.now().ms(),
        wallets: BALANCES_MINOR.map(|balance_minor| (balance_minor, false)).to_vec(),
        funded_minor: BALANCES_MINOR.iter().sum(),
        ..Model::default()
    };
    for wallet in 0..BALANCES_MINOR.len() {
        model.agree(wallet);
    }
    let mut kept = HashMap::new();
    for (number, step) in steps.iter().chain([&Step::Sweep]).enumerate() {
        let Some(step) = step.in_place(ground.counts()) else { continue };
        let expected = model.apply(&step);
        let told = ground.apply(&step, model.now_ms).await;
        tell(&format!("{number:3} {step:?}: {told:?}"));
        if told != expected {
            return Err(format!("step {number}, {step:?}, was answered {told:?} instead of {expected:?}"));
        }
        if let (Some(made), Some((_, id))) = (model.payments.last_mut(), ground.payments.last()) {
            made.id = id.to_string();
        }
        compare(&ground, &model, &mut kept)
            .await
            .map_err(|what| format!("after step {number}, {step:?}, {what}"))?;
    }
    compare_at_the_end(&ground, &model).await.map_err(|what| format!("at the end {what}"))
}

/// Every payment and wallet is as the model has it, and no payment went back to a state that it had left.
async fn compare(ground: &Ground, model: &Model, kept: &mut HashMap<String, Stand>) -> Result<(), String> {
    let stage = &ground.stage;
    let rows = stage.rows::<Payment>(Select::from(Payment::TABLE)).await;
    if rows.len() != model.payments.len() {
        return Err(format!("there are {} payments instead of {}", rows.len(), model.payments.len()));
    }
    let places: HashMap<&str, usize> =
        model.payments.iter().enumerate().map(|(at, payment)| (payment.id.as_str(), at)).collect();
    for row in rows {
        let Some(at) = places.get(row.payment_id.as_str()).copied() else {
            return Err(format!("payment {} is there for no reason", row.payment_id));
        };
        let now = (row.state, row.failure);
        let before = kept.insert(row.payment_id.to_string(), now).unwrap_or((PaymentState::Processing, None));
        if !may_become(before, now) {
            return Err(format!("payment {at} went from {before:?} to {now:?}"));
        }
        let (row, expected) = (row.as_of(stage.now()), model.stand(at));
        let (stands, refunded_minor) = ((row.state, row.failure), row.refunded_minor);
        if (stands, refunded_minor) != (expected, model.payments[at].refunded_minor) {
            return Err(format!(
                "payment {at} is {stands:?} with {refunded_minor} refunded instead of {expected:?}"
            ));
        }
    }
    for (card, (balance_minor, _)) in ground.cards.iter().zip(&model.wallets) {
        let held_minor = stage.balance_minor(&card.wallet_id).await;
        if held_minor != *balance_minor {
            return Err(format!("{} holds {held_minor} instead of {balance_minor}", card.wallet_id));
        }
    }
    Ok(())
}

fn may_become(before: Stand, now: Stand) -> bool {
    match before.0 {
        PaymentState::Processing => true,
        PaymentState::Succeeded => before == now || now.0 == PaymentState::Cancelled,
        PaymentState::Failed | PaymentState::Cancelled => before == now,
    }
}

async fn compare_at_the_end(ground: &Ground, model: &Model) -> Result<(), String> {
    compare_money(ground, model).await?;
    compare_notices(ground, model).await?;
    let report = ground.stage.verify().await;
    if report.is_clean() { Ok(()) } else { Err(format!("the books are not clean: {:?}", report.findings)) }
}

/// What the merchant is owed and what came from outside is what the model says, and all of it sums to zero.
async fn compare_money(ground: &Ground, model: &Model) -> Result<(), String> {
    let paid = model.payments.iter().filter(|payment| payment.refunded_minor > 0 || is_paid(payment.result));
    let owed_minor: i64 = paid.map(|payment| payment.amount_minor - payment.refunded_minor).sum();
    let posted_minor = ground.stage.merchant_minor().await;
    if posted_minor != i128::from(owed_minor) {
        return Err(format!("the merchant is owed {posted_minor} instead of {owed_minor}"));
    }
    let outside_minor = ground.stage.posted_minor(&Account::OutsideFunding).await;
    if outside_minor != -i128::from(model.funded_minor) {
        return Err(format!("{outside_minor} came from outside instead of -{}", model.funded_minor));
    }
    let postings = ground.stage.rows::<Posting>(Select::from(Posting::TABLE)).await;
    let sum: i128 = postings.iter().map(|posting| i128::from(posting.amount_minor)).sum();
    if sum == 0 { Ok(()) } else { Err(format!("all postings together sum to {sum}")) }
}

fn is_paid(result: Option<Stand>) -> bool {
    matches!(result, Some((PaymentState::Succeeded, _)))
}

/// Each payment's result and each refund is told once; what is open or was cancelled unpaid is not.
async fn compare_notices(ground: &Ground, model: &Model) -> Result<(), String> {
    let deliveries = ground.stage.rows::<Delivery>(Select::from(Delivery::TABLE)).await;
    let told = |kind: &str, subject: &str| {
        deliveries.iter().filter(|one| one.kind == kind && one.subject == subject).count()
    };
    for (at, payment) in model.payments.iter().enumerate() {
        let notices = told("payment_result", &payment.id);
        if notices != payment.notices {
            return Err(format!("payment {at} was told {notices} times instead of {}", payment.notices));
        }
    }
    let refunds: Vec<&Delivery> = deliveries.iter().filter(|one| one.kind == "refund_result").collect();
    let twice = refunds.iter().find(|one| told("refund_result", &one.subject) != 1);
    if refunds.len() != model.refunds.len() || twice.is_some() {
        return Err(format!("{} refunds were told instead of {}", refunds.len(), model.refunds.len()));
    }
    Ok(())
}
