//! Rows of every kind, made from the declarations of their tables, so that a new column is tried without being
//! named here.
//!
//! For each column a list of values is tried until the row's own type accepts one.

use farthing_core::reason::Reason;
use farthing_core::rows::{
    Agreement, AgreementState, AttemptState, AuthorizationState, CaptureState, ClientStatus, ColumnSpec,
    ColumnType, DeclarationState, DeliveryState, Dialect, EntryKind, KybStatus, KycLevel, MerchantStatus,
    Notice, Payment, PaymentState, PlannedResult, Product, ProposalState, Record as _, RefundState, Role,
    Row, SecretKind, Table, TokenKind, UserStatus, Value,
};

/// A text with everything that is hard to keep: letters of one to four bytes, quotes, percent signs, line breaks.
const HARD_TEXT: &str = "Ünïcode \u{10FFFF} 𝄞 '\"\\ %_ \r\n\t?1 $1";

/// A locked rate as JSON; the one column of that kind takes nothing emptier.
const QUOTE: &str =
    r#"{"quote_id":"Q","from_currency":"HKD","to_currency":"JPY","price":"19.5","locked_at":1}"#;

/// How a sample is filled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fill {
    /// The largest numbers, hard texts, every column filled.
    Large,
    /// The smallest numbers, empty texts, every column empty that may be.
    Small,
    /// Plain values.
    Plain,
}

impl Fill {
    pub(crate) const ALL: [Self; 3] = [Self::Large, Self::Small, Self::Plain];
}

/// A row of this table.
pub(crate) fn row(table: Table, fill: Fill) -> Row {
    let columns = table.spec().columns;
    let candidates: Vec<Vec<Value>> = columns.iter().map(|column| candidates(column, fill)).collect();
    let mut chosen = vec![0; columns.len()];
    loop {
        let values = candidates.iter().zip(&chosen).map(|(of, at)| of[*at].clone()).collect();
        match Row::from_values(table, values) {
            Ok(row) => return made_consistent(row),
            Err(damaged) => {
                let at = columns.iter().position(|column| column.name == damaged.column);
                let at = at.expect("a damaged row names a column of its table");
                chosen[at] += 1;
                assert!(chosen[at] < candidates[at].len(), "no sample value fits {damaged}");
            }
        }
    }
}

/// For every column that takes only certain words: a row with each of them.
pub(crate) fn rows_with_every_word(table: Table) -> Vec<Row> {
    let plain = row(table, Fill::Plain).values();
    let with = |at: usize, value: Value| {
        let mut values = plain.clone();
        values[at] = value;
        values
    };
    let mut rows = Vec::new();
    for (at, column) in table.spec().columns.iter().enumerate() {
        let text = Value::Text(HARD_TEXT.to_owned());
        if column.column_type != ColumnType::Text || Row::from_values(table, with(at, text)).is_ok() {
            continue;
        }
        for word in words() {
            let mut values = with(at, Value::Text(word.to_owned()));
            values[0] = Value::Text(format!("{} {word}", column.name));
            rows.extend(Row::from_values(table, values).ok().map(made_consistent));
        }
    }
    rows
}

fn candidates(column: &ColumnSpec, fill: Fill) -> Vec<Value> {
    let numbers = |first: i64| [first, 0, 1].map(Value::Int).to_vec();
    // Another currency for each fill, because a key may be made of currencies alone.
    let texts = |first: &str, currency| {
        let rest = std::iter::once(currency)
            .chain(words())
            .chain(["[]", "{}", QUOTE])
            .map(str::to_owned)
            .chain(notice());
        std::iter::once(first.to_owned()).chain(rest).map(Value::Text).collect()
    };
    let blobs = |first: Vec<u8>, byte| vec![Value::Blob(first), Value::Blob(vec![byte; 32])];
    match (fill, column.column_type) {
        (Fill::Small, _) if column.nullable => vec![Value::Null],
        (Fill::Large, ColumnType::Int) => numbers(i64::MAX),
        (Fill::Small, ColumnType::Int) => numbers(i64::MIN),
        (Fill::Plain, ColumnType::Int) => numbers(7),
        (Fill::Large, ColumnType::Text) => texts(HARD_TEXT, "JPY"),
        (Fill::Small, ColumnType::Text) => texts("", "HKD"),
        (Fill::Plain, ColumnType::Text) => texts("plain", "KWD"),
        (Fill::Large, ColumnType::Blob) => blobs((0..=255).collect(), 255),
        (Fill::Small, ColumnType::Blob) => blobs(Vec::new(), 0),
        (Fill::Plain, ColumnType::Blob) => blobs(vec![1], 0x5a),
    }
}

fn words() -> Vec<&'static str> {
    let mut words = vec!["HKD", "JPY"];
    macro_rules! all { ($($name:ident)*) => { $(words.extend($name::ALL.iter().map(|value| value.word()));)* } }
    all! {
        AgreementState AttemptState AuthorizationState CaptureState ClientStatus DeclarationState DeliveryState
        Dialect EntryKind KybStatus KycLevel MerchantStatus PaymentState PlannedResult Product ProposalState RefundState
        Role SecretKind TokenKind UserStatus
    }
    words.extend(Reason::ALL.iter().map(|reason| reason.name()));
    words.sort_unstable();
    words.dedup();
    words
}

/// The one column that holds a row of another kind.
fn notice() -> Option<String> {
    // An agreement holds no notice, so this ends.
    let agreement = Agreement::from_values(Agreement::SPEC.columns.iter().map(agreement_value).collect());
    let agreement = Box::new(agreement.ok()?);
    serde_json::to_string(&Notice::TokenRevoked { agreement, why: Some(HARD_TEXT.to_owned()) }).ok()
}

fn agreement_value(column: &ColumnSpec) -> Value {
    match (column.name, column.column_type) {
        ("state", _) => Value::Text(AgreementState::Active.word().to_owned()),
        ("scopes", _) => Value::Text("[]".to_owned()),
        (_, ColumnType::Int) => Value::Int(1),
        (_, ColumnType::Text) => Value::Text(HARD_TEXT.to_owned()),
        (_, ColumnType::Blob) => Value::Blob(vec![9; 32]),
    }
}

/// Some columns depend on each other; a store may refuse rows that break that.
fn made_consistent(mut row: Row) -> Row {
    match &mut row {
        Row::Wallet(wallet) => wallet.balance_minor = wallet.balance_minor.max(0),
        Row::Commit(commit) => commit.entry_count = commit.entry_count.max(0),
        Row::JournalEntry(entry) => entry.subject = format!("payment:{}", entry.commit_id),
        Row::Refund(refund) => {
            refund.amount_minor = refund.amount_minor.max(1);
            let failure = refund.failure.or(Some(Reason::ProcessFailed));
            refund.failure = failure.filter(|_| refund.state == RefundState::Failed);
            let refunded_at = refund.refunded_at.or(Some(refund.created_at));
            refund.refunded_at = refunded_at.filter(|_| refund.state == RefundState::Succeeded);
        }
        Row::Capture(capture) => {
            capture.amount_minor = capture.amount_minor.max(1);
            let failure = capture.failure.or(Some(Reason::ProcessFailed));
            capture.failure = failure.filter(|_| capture.state == CaptureState::Failed);
            let captured_at = capture.captured_at.or(Some(capture.created_at));
            capture.captured_at = captured_at.filter(|_| capture.state == CaptureState::Succeeded);
        }
        Row::Declaration(declaration) => {
            declaration.amount_minor = declaration.amount_minor.max(1);
            let failure = declaration.failure.or(Some(Reason::ProcessFailed));
            declaration.failure = failure.filter(|_| declaration.state == DeclarationState::Failed);
        }
        Row::Payment(payment) => make_payment_consistent(payment),
        _ => {}
    }
    row
}

fn make_payment_consistent(payment: &mut Payment) {
    let paid = payment.state == PaymentState::Succeeded;
    let ended = matches!(payment.state, PaymentState::Failed | PaymentState::Cancelled);
    let failed = payment.state == PaymentState::Failed;
    payment.amount_minor = payment.amount_minor.max(1);
    payment.open_attempts = payment.open_attempts.max(0);
    payment.declared_minor = payment.declared_minor.max(0);
    payment.captured_minor = if paid { payment.amount_minor } else { 0 };
    payment.refunded_minor = if paid { payment.amount_minor - 1 } else { 0 };
    payment.reserved_minor = i64::from(paid);
    let held_minor = if payment.auth_expires_at.is_some() { payment.amount_minor } else { 0 };
    payment.authorized_minor = held_minor;
    payment.capturing_minor = held_minor - payment.captured_minor.min(held_minor);
    payment.paid_at = payment.paid_at.or(Some(payment.created_at)).filter(|_| paid);
    payment.ended_at = payment.ended_at.or(Some(payment.created_at)).filter(|_| ended);
    payment.failure = payment.failure.or(Some(Reason::BalanceNotEnough)).filter(|_| failed);
}
