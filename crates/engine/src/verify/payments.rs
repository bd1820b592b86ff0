//! Payments against their chains, and against their refunds, captures and declarations.

use farthing_core::ids::Operation;
use farthing_core::journal::{details_digest, payment_digest, payment_subject};
use farthing_core::rows::{
    Capture, CaptureState, Declaration, DeclarationState, JournalEntry, Payment, PaymentDetails,
    PaymentState, Record, Refund, RefundState, RequestKey,
};
use farthing_store::{Select, Snapshot, StoreError};

use super::Report;
use super::accounts::Expected;
use super::chains::{Counted, chain_of, check_chain, records, state_problem};
use super::details;
use super::erasures;
use super::slices::Slices;

/// A payment with everything that must fit it.
pub(super) struct PaymentFile {
    pub(super) payment: Payment,
    pub(super) chain: Vec<JournalEntry>,
    pub(super) refunds: Vec<Refund>,
    pub(super) captures: Vec<Capture>,
    pub(super) declarations: Vec<Declaration>,
    pub(super) details: Option<PaymentDetails>,
    key: Option<RequestKey>,
}

pub(super) async fn check(
    snapshot: &mut dyn Snapshot,
    expected: &mut Expected,
    report: &mut Report,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<Counted, StoreError> {
    let mut counted = Counted::default();
    let mut payments = Slices::<Payment>::new();
    loop {
        let slice = payments.slice(snapshot).await?;
        if slice.is_empty() {
            return Ok(counted);
        }
        for file in payment_files(snapshot, slice).await? {
            counted.rows += 1;
            counted.entries += file.chain.len() as u64;
            counted.refunds += file.refunds.len() as u64;
            counted.captures += file.captures.len() as u64;
            counted.declarations += file.declarations.len() as u64;
            expected.add_payment(&file.payment);
            details::check_keys(snapshot, &file, report).await?;
            erasures::check(&file, report);
            check_payment(&file, report);
        }
        progress("payments", counted.rows);
    }
}

async fn payment_files(
    snapshot: &mut dyn Snapshot,
    payments: Vec<Payment>,
) -> Result<Vec<PaymentFile>, StoreError> {
    let selects = payments.iter().flat_map(|payment| {
        let of_payment = |table| {
            Select::from(table)
                .equal("merchant_id", &payment.merchant_id)
                .equal("payment_id", &payment.payment_id)
        };
        [
            chain_of(&payment_subject(&payment.payment_id)),
            of_payment(Refund::TABLE),
            of_payment(Capture::TABLE),
            of_payment(Declaration::TABLE),
            Select::key(PaymentDetails::key_of(&payment.merchant_id, &payment.payment_id)),
            Select::key(RequestKey::key_of(&payment.merchant_id, Operation::Pay, &payment.request_id)),
        ]
    });
    let mut answers = snapshot.read(selects.collect()).await?.into_iter();
    let mut rest = || answers.next().unwrap_or_default();
    Ok(payments
        .into_iter()
        .map(|payment| PaymentFile {
            payment,
            chain: records(rest()),
            refunds: records(rest()),
            captures: records(rest()),
            declarations: records(rest()),
            details: records(rest()).pop(),
            key: records(rest()).pop(),
        })
        .collect())
}

fn check_payment(file: &PaymentFile, report: &mut Report) {
    let payment = &file.payment;
    let mut problems: Vec<String> = Vec::new();
    problems.extend(state_problem(&file.chain, payment_digest(payment)).map(str::to_owned));
    amount_problems(payment, &mut problems);
    refund_problems(file, &mut problems);
    capture_problems(file, &mut problems);
    declaration_problems(file, &mut problems);
    details_problems(file, &mut problems);
    for problem in problems {
        report.find("payments", payment.payment_id.as_str(), problem);
    }
    check_chain(&file.chain, (payment.chain_count, payment.chain_head), report);
    details::check(file, report);
}

/// Never more back than was taken, never more taken than was held or asked for.
fn amount_problems(payment: &Payment, problems: &mut Vec<String>) {
    let given_back = payment.refunded_minor.checked_add(payment.reserved_minor);
    if given_back.is_none_or(|sum| sum > payment.captured_minor) {
        let (refunded, captured) = (payment.refunded_minor, payment.captured_minor);
        problems
            .push(format!("gave back {refunded} (and reserved {}) of {captured}", payment.reserved_minor));
    }
    if payment.captured_minor > payment.amount_minor {
        problems.push(format!("took {} of {}", payment.captured_minor, payment.amount_minor));
    }
    let is_authorized = payment.auth_expires_at.is_some();
    let taken = payment.captured_minor.checked_add(payment.capturing_minor);
    if is_authorized && taken.is_none_or(|sum| sum > payment.authorized_minor) {
        let (captured, held) = (payment.captured_minor, payment.authorized_minor);
        problems.push(format!("captured {captured} (and reserved {}) of {held}", payment.capturing_minor));
    }
    if is_authorized != (payment.authorized_minor > 0) || payment.authorized_minor > payment.amount_minor {
        problems.push(format!("holds {} of {}", payment.authorized_minor, payment.amount_minor));
    }
    if payment.declared_minor > payment.captured_minor {
        problems.push(format!("declared {} of {}", payment.declared_minor, payment.captured_minor));
    }
}

/// Refunds add up. What a cancel or a risk control gave back is in none of them: then all of the money must be back, but
/// for what a full wallet could not take.
fn refund_problems(file: &PaymentFile, problems: &mut Vec<String>) {
    let payment = &file.payment;
    let sum = |state| -> i128 {
        let of_state = file.refunds.iter().filter(|refund| refund.state == state);
        of_state.map(|refund| i128::from(refund.amount_minor)).sum()
    };
    let (made, reserved) = (sum(RefundState::Succeeded), sum(RefundState::Processing));
    if reserved != i128::from(payment.reserved_minor) {
        problems.push(format!("reserved {}, its open refunds sum to {reserved}", payment.reserved_minor));
    }
    let refunded = i128::from(payment.refunded_minor);
    let has_ended = matches!(payment.state, PaymentState::Cancelled | PaymentState::Failed);
    if has_ended && payment.was_paid() {
        let kept = i128::from(payment.captured_minor) - refunded - reserved;
        if kept > sum(RefundState::Failed) {
            problems.push(format!("has ended, and {kept} of what was paid did not go back"));
        }
    }
    let is_wrong = if has_ended { made > refunded } else { made != refunded };
    if is_wrong {
        problems.push(format!("gave back {refunded}, its refunds sum to {made}"));
    }
}

fn capture_problems(file: &PaymentFile, problems: &mut Vec<String>) {
    let payment = &file.payment;
    let sum = |state| -> i128 {
        let of_state = file.captures.iter().filter(|capture| capture.state == state);
        of_state.map(|capture| i128::from(capture.amount_minor)).sum()
    };
    let (taken, open) = (sum(CaptureState::Succeeded), sum(CaptureState::Processing));
    let captured = if payment.auth_expires_at.is_some() { payment.captured_minor } else { 0 };
    if taken != i128::from(captured) {
        problems.push(format!("captured {captured}, its captures sum to {taken}"));
    }
    if open != i128::from(payment.capturing_minor) {
        problems.push(format!("reserved {} for captures, they sum to {open}", payment.capturing_minor));
    }
}

fn declaration_problems(file: &PaymentFile, problems: &mut Vec<String>) {
    let made = file.declarations.iter().filter(|one| one.state == DeclarationState::Succeeded);
    let sum: i128 = made.map(|one| i128::from(one.amount_minor)).sum();
    let declared = file.payment.declared_minor;
    if sum != i128::from(declared) {
        problems.push(format!("declared {declared}, its declarations sum to {sum}"));
    }
}

fn details_problems(file: &PaymentFile, problems: &mut Vec<String>) {
    let payment = &file.payment;
    match &file.details {
        None => problems.push("its details are not there; they were removed by hand".to_owned()),
        Some(kept) if details_digest(&kept.salt, &kept.document) != payment.details_digest => {
            problems.push("its details are not those of its making; they were changed by hand".to_owned());
        }
        Some(_) => {}
    }
    let request_id = &payment.request_id;
    match &file.key {
        None => {
            problems.push(format!("its request id {request_id} leads nowhere; the id was removed by hand"));
        }
        Some(key) if key.target != payment.payment_id.as_str() => {
            let target = &key.target;
            problems
                .push(format!("its request id {request_id} leads to {target}; the id was changed by hand"));
        }
        Some(_) => {}
    }
}
