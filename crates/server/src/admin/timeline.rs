//! One payment with everything that happened to it: refunds, captures, declarations, the journal with its postings, the tries to carry it
//! out, and the notifications about it.

use std::fmt::Write as _;

use farthing_core::ids::{AttemptId, CaptureId, ClientId, JobId, RefundId, RequestId};
use farthing_core::journal::payment_subject;
use farthing_core::money::Currency;
use farthing_core::rows::{
    Attempt, AttemptState, Capture, CaptureState, Declaration, DeclarationState, Delivery, EntryKind,
    JournalEntry, Payment, PlannedResult, Posting, Record, Refund, RefundState, Row,
};
use farthing_engine::Select;
use serde::Serialize;

use super::call::Call;
use super::deliveries::{self, DeliveryStory};
use super::moments::{moment, moment_if_any};
use super::payments::{self, PaymentView};
use super::problem::Problem;
use super::reply::Reply;

#[derive(Serialize)]
struct Timeline {
    payment: PaymentView,
    refunds: Vec<RefundView>,
    captures: Vec<CaptureView>,
    declarations: Vec<DeclarationView>,
    journal: Vec<EntryView>,
    attempts: Vec<AttemptView>,
    deliveries: Vec<DeliveryStory>,
}

#[derive(Serialize)]
struct RefundView {
    refund_id: RefundId,
    request_id: RequestId,
    client_id: ClientId,
    currency: Currency,
    amount_minor: i64,
    state: RefundState,
    failure: Option<&'static str>,
    notify_url: Option<String>,
    created_at: String,
    refunded_at: Option<String>,
    recorded_at: String,
}

#[derive(Serialize)]
struct CaptureView {
    capture_id: CaptureId,
    request_id: RequestId,
    client_id: ClientId,
    currency: Currency,
    amount_minor: i64,
    is_last: bool,
    state: CaptureState,
    failure: Option<&'static str>,
    due_at: Option<String>,
    notify_url: Option<String>,
    created_at: String,
    captured_at: Option<String>,
    recorded_at: String,
}

#[derive(Serialize)]
struct DeclarationView {
    request_id: RequestId,
    client_id: ClientId,
    currency: Currency,
    amount_minor: i64,
    customs_code: String,
    customs_payment_id: String,
    customs_order_id: String,
    state: DeclarationState,
    failure: Option<&'static str>,
    created_at: String,
    modified_at: String,
    recorded_at: String,
}

#[derive(Serialize)]
struct EntryView {
    commit_id: JobId,
    position: i64,
    chain_number: i64,
    kind: EntryKind,
    happened_at: String,
    recorded_at: String,
    /// The refund it is about as well, if any.
    detail_id: Option<String>,
    /// 64 hexadecimal digits; the entry after it names them.
    hash: String,
    postings: Vec<PostingView>,
}

#[derive(Serialize)]
struct PostingView {
    account: String,
    currency: Currency,
    amount_minor: i64,
}

#[derive(Serialize)]
struct AttemptView {
    attempt_id: AttemptId,
    state: AttemptState,
    connector: String,
    due_at: Option<String>,
    planned: Option<PlannedResult>,
    planned_reason: Option<&'static str>,
    created_at: String,
    ended_at: Option<String>,
}

pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let payment = payments::named(&call).await?;
    let refunds = refunds(&call, &payment).await?;
    let captures = captures(&call, &payment).await?;
    let declarations = declarations(&call, &payment).await?;
    let entries = Select::from(JournalEntry::TABLE).equal("subject", &payment_subject(&payment.payment_id));
    let entries = call.engine().list::<JournalEntry>(entries.ascending("chain_number")).await?;
    let attempts = call.engine().list::<Attempt>(of_payment::<Attempt>(&payment)).await?;
    Ok(Reply::ok(&Timeline {
        journal: with_postings(&call, entries).await?,
        attempts: attempts.into_iter().map(attempt_view).collect(),
        deliveries: notifications(&call, &payment, &refunds, &captures).await?,
        captures: captures.into_iter().map(capture_view).collect(),
        declarations: declarations.into_iter().map(declaration_view).collect(),
        refunds: refunds.into_iter().map(refund_view).collect(),
        payment: payments::view(&call, payment),
    }))
}

fn of_payment<R: Record>(payment: &Payment) -> Select {
    Select::from(R::TABLE).equal("merchant_id", &payment.merchant_id).equal("payment_id", &payment.payment_id)
}

/// Oldest first.
async fn refunds(call: &Call, payment: &Payment) -> Result<Vec<Refund>, Problem> {
    let mut refunds = call.engine().list::<Refund>(of_payment::<Refund>(payment)).await?;
    refunds.sort_by(|left, right| {
        (left.recorded_at, left.refund_id.as_str()).cmp(&(right.recorded_at, right.refund_id.as_str()))
    });
    Ok(refunds)
}

/// Oldest first.
async fn captures(call: &Call, payment: &Payment) -> Result<Vec<Capture>, Problem> {
    let mut captures = call.engine().list::<Capture>(of_payment::<Capture>(payment)).await?;
    captures.sort_by(|left, right| {
        (left.recorded_at, left.capture_id.as_str()).cmp(&(right.recorded_at, right.capture_id.as_str()))
    });
    Ok(captures)
}

/// Oldest first.
async fn declarations(call: &Call, payment: &Payment) -> Result<Vec<Declaration>, Problem> {
    let mut declarations = call.engine().list::<Declaration>(of_payment::<Declaration>(payment)).await?;
    declarations.sort_by(|left, right| {
        (left.recorded_at, left.request_id.as_str()).cmp(&(right.recorded_at, right.request_id.as_str()))
    });
    Ok(declarations)
}

async fn with_postings(call: &Call, entries: Vec<JournalEntry>) -> Result<Vec<EntryView>, Problem> {
    let postings_of = |entry: &JournalEntry| {
        Select::from(Posting::TABLE).equal("commit_id", &entry.commit_id).equal("position", &entry.position)
    };
    let rows = call.engine().look_up(entries.iter().map(postings_of).collect()).await?;
    Ok(entries.into_iter().zip(rows).map(|(entry, rows)| entry_view(entry, rows)).collect())
}

/// About the payment itself and about each of its refunds and captures, the oldest first.
async fn notifications(
    call: &Call,
    payment: &Payment,
    refunds: &[Refund],
    captures: &[Capture],
) -> Result<Vec<DeliveryStory>, Problem> {
    let subjects = std::iter::once(payment.payment_id.as_str())
        .chain(refunds.iter().map(|one| one.refund_id.as_str()))
        .chain(captures.iter().map(|one| one.capture_id.as_str()));
    let about = |subject: &str| {
        Select::from(Delivery::TABLE)
            .equal("subject", &subject.to_owned())
            .equal("merchant_id", &payment.merchant_id)
    };
    let rows = call.engine().look_up(subjects.map(about).collect()).await?;
    let mut found: Vec<Delivery> = rows.iter().flatten().filter_map(Delivery::from_row).cloned().collect();
    found.sort_by(|left, right| left.delivery_id.cmp(&right.delivery_id));
    let mut stories = Vec::with_capacity(found.len());
    for delivery in found {
        stories.push(deliveries::story(call, delivery).await?);
    }
    Ok(stories)
}

fn refund_view(refund: Refund) -> RefundView {
    RefundView {
        refund_id: refund.refund_id,
        request_id: refund.request_id,
        client_id: refund.client_id,
        currency: refund.currency,
        amount_minor: refund.amount_minor,
        state: refund.state,
        failure: refund.failure.map(farthing_core::reason::Reason::name),
        notify_url: refund.notify_url,
        created_at: moment(refund.created_at),
        refunded_at: moment_if_any(refund.refunded_at),
        recorded_at: moment(refund.recorded_at),
    }
}

fn capture_view(capture: Capture) -> CaptureView {
    CaptureView {
        capture_id: capture.capture_id,
        request_id: capture.request_id,
        client_id: capture.client_id,
        currency: capture.currency,
        amount_minor: capture.amount_minor,
        is_last: capture.is_last,
        state: capture.state,
        failure: capture.failure.map(farthing_core::reason::Reason::name),
        due_at: moment_if_any(capture.due_at),
        notify_url: capture.notify_url,
        created_at: moment(capture.created_at),
        captured_at: moment_if_any(capture.captured_at),
        recorded_at: moment(capture.recorded_at),
    }
}

fn declaration_view(declaration: Declaration) -> DeclarationView {
    DeclarationView {
        request_id: declaration.request_id,
        client_id: declaration.client_id,
        currency: declaration.currency,
        amount_minor: declaration.amount_minor,
        customs_code: declaration.customs_code,
        customs_payment_id: declaration.customs_payment_id,
        customs_order_id: declaration.customs_order_id,
        state: declaration.state,
        failure: declaration.failure.map(farthing_core::reason::Reason::name),
        created_at: moment(declaration.created_at),
        modified_at: moment(declaration.modified_at),
        recorded_at: moment(declaration.recorded_at),
    }
}

fn entry_view(entry: JournalEntry, postings: Vec<Row>) -> EntryView {
    let posting = |posting: &Posting| PostingView {
        account: posting.account.clone(),
        currency: posting.currency,
        amount_minor: posting.amount_minor,
    };
    EntryView {
        commit_id: entry.commit_id,
        position: entry.position,
        chain_number: entry.chain_number,
        kind: entry.kind,
        happened_at: moment(entry.happened_at),
        recorded_at: moment(entry.recorded_at),
        detail_id: entry.detail_id,
        hash: hex(&entry.hash.0),
        postings: postings.iter().filter_map(Posting::from_row).map(posting).collect(),
    }
}

fn attempt_view(attempt: Attempt) -> AttemptView {
    AttemptView {
        attempt_id: attempt.attempt_id,
        state: attempt.state,
        connector: attempt.connector,
        due_at: moment_if_any(attempt.due_at),
        planned: attempt.planned,
        planned_reason: attempt.planned_reason.map(farthing_core::reason::Reason::name),
        created_at: moment(attempt.created_at),
        ended_at: moment_if_any(attempt.ended_at),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String cannot fail");
        text
    })
}
