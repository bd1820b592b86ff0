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
    caught(play_all(seed, steps, tell))
}

/// What a future comes to; a panic in it is a sentence, too.
pub(crate) fn caught(playing: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let played = catch_unwind(AssertUnwindSafe(|| runtime.block_on(playing)));
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
        let stands = (row.state, row.failure);
        let amounts = [row.captured_minor, row.capturing_minor, row.refunded_minor, row.reserved_minor];
        let wanted = amounts_of(&model.payments[at]);
        if (stands, amounts) != (expected, wanted) {
            return Err(format!(
                "payment {at} is {stands:?} with {amounts:?} instead of {expected:?} with {wanted:?}"
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

/// Captured, about to be captured, refunded, about to be refunded.
fn amounts_of(payment: &crate::model::Payment) -> [i64; 4] {
    [payment.captured_minor, payment.capturing_minor, payment.refunded_minor, payment.reserved_minor]
}

fn may_become(before: Stand, now: Stand) -> bool {
    match before.0 {
        PaymentState::Processing => true,
        PaymentState::Succeeded => now.0 != PaymentState::Processing,
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
    let kept_minor = |payment: &crate::model::Payment| payment.captured_minor - payment.refunded_minor;
    let owed_minor: i64 = model.payments.iter().map(kept_minor).sum();
    let posted_minor = ground.stage.merchant_minor().await;
    if posted_minor != i128::from(owed_minor) {
        return Err(format!("the merchant is owed {posted_minor} instead of {owed_minor}"));
    }
    let by_card = model.payments.iter().filter(|payment| payment.by_card);
    let charged_minor: i64 = by_card.map(kept_minor).sum();
    let from_cards_minor = ground.stage.posted_minor(&Account::OutsideCards).await;
    if from_cards_minor != -i128::from(charged_minor) {
        return Err(format!("{from_cards_minor} came from cards instead of -{charged_minor}"));
    }
    let outside_minor = ground.stage.posted_minor(&Account::OutsideFunding).await;
    if outside_minor != -i128::from(model.funded_minor) {
        return Err(format!("{outside_minor} came from outside instead of -{}", model.funded_minor));
    }
    let postings = ground.stage.rows::<Posting>(Select::from(Posting::TABLE)).await;
    let sum: i128 = postings.iter().map(|posting| i128::from(posting.amount_minor)).sum();
    if sum == 0 { Ok(()) } else { Err(format!("all postings together sum to {sum}")) }
}

/// Each result of a payment, a refund or a capture is told once; what is open or was cancelled is not.
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
    for (kind, parts) in [("refund_result", &model.refunds), ("capture_result", &model.captures)] {
        let notices: Vec<&Delivery> = deliveries.iter().filter(|one| one.kind == kind).collect();
        let twice = notices.iter().find(|one| told(kind, &one.subject) != 1);
        let wanted = parts.iter().filter(|part| part.is_told()).count();
        if notices.len() != wanted || twice.is_some() {
            return Err(format!("{} of {kind} were told instead of {wanted}", notices.len()));
        }
    }
    Ok(())
}
