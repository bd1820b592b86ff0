//! Every kind of row as columns and back.

use super::*;
use crate::ids::{AgreementId, Operation};
use crate::samples::{
    admin_token, agreement, approved_authorization, attempt, authorization, authorized_payment,
    cancelled_payment, capture, card_payment, client, commit, config_version, declaration, delivery,
    every_row, failed_payment, merchant, outcome_rule, paid_payment, payment_details, person,
    processing_payment, proposal, rate, refund, request_key, reversed_payment, saved_card, secret_ref,
    settlement, user, waiting_payment, wallet, world,
};

/// Rows of every table, some in more than one shape.
fn rows() -> Vec<Row> {
    let mut rows = every_row();
    let unpaid = [failed_payment(), processing_payment(), waiting_payment(), cancelled_payment()];
    let by_card = [card_payment(), authorized_payment(), reversed_payment()];
    rows.extend(unpaid.into_iter().chain(by_card).map(Payment::into_row));
    rows.push(authorization().into_row());
    rows
}

/// Proves that there is a sample of every table, and that it is read back as it was written.
#[test]
fn every_row_is_read_back_as_it_was_written() {
    let tables: Vec<Table> = every_row().iter().map(Row::table).collect();
    assert_eq!(tables, Table::ALL);
    for row in rows() {
        let spec = row.table().spec();
        assert_eq!(row.values().len(), spec.columns.len(), "{}", spec.name);
        assert_eq!(Row::from_values(row.table(), row.values()), Ok(row));
    }
}

/// Proves that a value has the type of its column, and is missing only where it may be.
#[test]
fn values_fit_their_columns() {
    for row in rows() {
        for (column, value) in row.table().spec().columns.iter().zip(row.values()) {
            let fits = match value {
                Value::Null => column.nullable,
                Value::Int(_) => column.column_type == ColumnType::Int,
                Value::Text(_) => column.column_type == ColumnType::Text,
                Value::Blob(_) => column.column_type == ColumnType::Blob,
            };
            assert!(fits, "{} of {}", column.name, row.table().spec().name);
        }
    }
}

/// A value that no column of this kind ever holds.
fn wrong_values(column: &ColumnSpec) -> Vec<Value> {
    let (int, text, blob) = (Value::Int(7), Value::Text("seven".to_owned()), Value::Blob(vec![7; 32]));
    let mut wrong = match column.column_type {
        ColumnType::Int => vec![text, blob],
        ColumnType::Text => vec![int, blob],
        ColumnType::Blob => vec![int, text],
    };
    if !column.nullable {
        wrong.push(Value::Null);
    }
    wrong
}

/// Proves that a value of a wrong type is named: the table, the column and the row, wherever it stands.
#[test]
fn a_wrong_type_is_a_damaged_row_with_its_place() {
    for row in every_row() {
        let spec = row.table().spec();
        for (place, column) in spec.columns.iter().enumerate() {
            for wrong in wrong_values(column) {
                let mut values = row.values();
                values[place] = wrong.clone();
                let id = record::key_text(&values[..spec.key_len]);
                let damaged = DamagedRow { table: spec.name, column: column.name, id };
                assert_eq!(Row::from_values(row.table(), values), Err(damaged), "{wrong:?}");
            }
        }
    }
}

/// Proves that a row with too few values is damaged at the first column that is missing.
#[test]
fn a_short_row_is_damaged_where_it_ends() {
    for row in every_row() {
        let mut values = row.values();
        let last = row.table().spec().columns.last().unwrap();
        values.pop();
        let damaged = Row::from_values(row.table(), values).unwrap_err();
        assert_eq!((damaged.table, damaged.column), (row.table().spec().name, last.name));
    }
}

/// A row's values with one column changed.
fn with(row: impl Record, column: &str, value: Value) -> Result<Row, DamagedRow> {
    let row = row.into_row();
    let place = row.table().spec().columns.iter().position(|it| it.name == column).unwrap();
    let mut values = row.values();
    values[place] = value;
    Row::from_values(row.table(), values)
}

/// Proves that a value of the right type that we never write is damage, too.
#[test]
fn a_value_we_never_write_is_damage() {
    let text = |text: &str| Value::Text(text.to_owned());
    let damaged = [
        with(paid_payment(), "state", text("paid")),
        with(paid_payment(), "currency", text("hkd")),
        with(paid_payment(), "failure", text("no_such_reason")),
        with(paid_payment(), "user_done", Value::Int(2)),
        with(paid_payment(), "details_digest", Value::Blob(vec![1; 31])),
        with(paid_payment(), "payer_fingerprint", Value::Blob(vec![1; 33])),
        with(card_payment(), "card", text("a card")),
        with(paid_payment(), "settlement_quote", text("{}")),
        with(paid_payment(), "captures_later", Value::Int(-1)),
        with(rate(), "to_currency", text("usd")),
        with(merchant(), "contracts", text("[{]")),
        with(merchant(), "contracts", text(r#"[{"product": "lottery"}]"#)),
        with(delivery(), "notice", text("{}")),
    ];
    for result in damaged {
        assert!(result.is_err(), "{result:?}");
    }
    let error = with(paid_payment(), "state", text("paid")).unwrap_err().to_string();
    let place = "payments: column state of M1, 20261123120000000000000000000001";
    assert!(error.contains(place), "{error}");
}

/// Proves that the key comes first in every table, and that two samples never share a name.
#[test]
fn keys_are_the_first_columns() {
    let mut keys: Vec<RowKey> = every_row().iter().map(Row::key).collect();
    for (key, row) in keys.iter().zip(every_row()) {
        let spec = row.table().spec();
        assert!(spec.key_len > 0 && spec.key_len <= spec.columns.len(), "{}", spec.name);
        assert_eq!(key.values, row.values()[..spec.key_len]);
        assert!(spec.columns[..spec.key_len].iter().all(|column| !column.nullable), "{}", spec.name);
    }
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), Table::ALL.len());
}

/// Proves that names and columns of tables are not used twice, and that `chain_` begins only what digests leave out.
#[test]
fn names_of_tables_and_columns_are_unique() {
    let mut names: Vec<&str> = Table::ALL.iter().map(|table| table.spec().name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Table::ALL.len());
    for table in Table::ALL {
        let mut columns: Vec<&str> = table.spec().columns.iter().map(|column| column.name).collect();
        let count = columns.len();
        columns.sort_unstable();
        columns.dedup();
        assert_eq!(columns.len(), count, "{table:?}");
    }
    let of_the_chain = Payment::SPEC.columns.iter().filter(|it| it.name.starts_with("chain_"));
    assert_eq!(of_the_chain.count(), 2);
}

/// Proves that a name made from ids is the name of the row.
#[test]
fn names_made_from_ids_are_those_of_the_rows() {
    let (payment, refund, agreement) = (paid_payment(), refund(), agreement());
    let (merchant_id, payment_id) = (&payment.merchant_id, &payment.payment_id);
    let authorization = approved_authorization();
    let pairs = [
        (ConfigVersion::key_of_row(), config_version().key()),
        (World::key_of(&world().world_id), world().key()),
        (Merchant::key_of(merchant_id), merchant().key()),
        (Client::key_of(&client().client_id), client().key()),
        (User::key_of(&user().user_id), user().key()),
        (Wallet::key_of(&wallet().wallet_id), wallet().key()),
        (Authorization::key_of(merchant_id, &authorization.authorization_id), authorization.key()),
        (Agreement::key_of(merchant_id, &agreement.agreement_id), agreement.key()),
        (SecretRef::key_of(merchant_id, secret_ref().fingerprint), secret_ref().key()),
        (RequestKey::key_of(merchant_id, Operation::Pay, &payment.request_id), request_key().key()),
        (Payment::key_of(merchant_id, payment_id), payment.key()),
        (PaymentDetails::key_of(merchant_id, payment_id), payment_details().key()),
        (Attempt::key_of(merchant_id, payment_id, &attempt().attempt_id), attempt().key()),
        (Refund::key_of(merchant_id, &refund.refund_id), refund.key()),
        (Capture::key_of(merchant_id, &capture().capture_id), capture().key()),
        (SavedCard::key_of(merchant_id, &saved_card().card_id), saved_card().key()),
        (Declaration::key_of(merchant_id, &declaration().request_id), declaration().key()),
        (Settlement::key_of(merchant_id, &settlement().settlement_id), settlement().key()),
        (Rate::key_of(&rate().from_currency, &rate().to_currency), rate().key()),
        (OutcomeRule::key_of(&outcome_rule().outcome_id), outcome_rule().key()),
        (Person::key_of(&person().person_id), person().key()),
        (Proposal::key_of(&proposal().proposal_id), proposal().key()),
        (AdminToken::key_of(admin_token().token_digest), admin_token().key()),
        (Delivery::key_of(&delivery().delivery_id), delivery().key()),
        (Commit::key_of(&commit().commit_id), commit().key()),
    ];
    for (made, own) in pairs {
        assert_eq!(made, own);
    }
    let other = Agreement::key_of(merchant_id, &AgreementId::new("A9"));
    assert_eq!(other.to_string(), "agreements(M1, A9)");
}

/// Proves that every word of every enum is read back, and that no two words of one are alike.
#[test]
fn words_are_read_back() {
    macro_rules! check {
        ($($name:ident),*) => {$(
            for value in $name::ALL {
                assert_eq!($name::parse(value.word()), Some(*value));
                assert_eq!($name::from_value(value.to_value()), Some(*value));
            }
            assert_eq!($name::parse("no such word"), None);
        )*};
    }
    check!(
        AgreementState,
        AttemptState,
        AuthorizationState,
        CaptureState,
        ClientStatus,
        DeclarationState,
        DeliveryState,
        Dialect,
        EntryKind,
        KybStatus,
        KycLevel,
        MerchantStatus,
        PaymentState,
        PlannedResult,
        Product,
        ProposalState,
        RefundState,
        Role,
        SecretKind,
        SignatureHash,
        StatusVocabulary,
        TokenKind,
        UserStatus
    );
}
