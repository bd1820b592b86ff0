use farthing_core::rows::{
    AgreementState, AttemptState, AuthorizationState, CaptureState, ClientStatus, ColumnType,
    DeclarationState, DeliveryState, KybStatus, KycLevel, MerchantStatus, PaymentState, PlannedResult,
    ProposalState, RefundState, Role, Table, TokenKind, UserStatus,
};

use super::*;

mod older;

const NEXT: Migration =
    Migration { number: 5, name: "next", sql: "CREATE TABLE later (id INTEGER PRIMARY KEY) STRICT" };

fn bring_up_now() -> Schema {
    Schema::BringUp { applied_at: Timestamp::from_ms(5) }
}

fn migrated() -> Connection {
    let mut connection = Connection::open_in_memory().unwrap();
    bring_up(&mut connection, bring_up_now()).unwrap();
    connection
}

/// The first start makes the schema, the second finds it, and a newer program adds only what is missing.
#[test]
fn migrations_are_applied_once_and_in_order() {
    let mut connection = migrated();
    bring_up(&mut connection, bring_up_now()).unwrap();
    check(&connection).unwrap();
    let both = [MIGRATIONS, &[NEXT]].concat();
    bring_up_by(&both, &mut connection, bring_up_now()).unwrap();
    bring_up_by(&both, &mut connection, Schema::Expect).unwrap();
    let mut statement = connection.prepare("SELECT number, applied_at FROM schema_migrations").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    assert_eq!(
        rows.map(Result::unwrap).collect::<Vec<(i64, i64)>>(),
        [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]
    );
}

/// A database that a newer program has migrated is not touched.
#[test]
fn a_newer_schema_is_refused() {
    let mut connection = migrated();
    bring_up_by(&[MIGRATIONS, &[NEXT]].concat(), &mut connection, bring_up_now()).unwrap();
    let refused = bring_up(&mut connection, bring_up_now()).unwrap_err();
    assert!(matches!(refused, MigrationError::Newer { found: 5, known: 4 }), "{refused}");
    assert!(matches!(check(&connection), Err(MigrationError::Newer { .. })));
}

/// A migration that was applied and then edited is refused, and named.
#[test]
fn an_edited_migration_is_refused() {
    let mut connection = migrated();
    let edited = [Migration { sql: "SELECT 1", ..MIGRATIONS[0] }, MIGRATIONS[1], MIGRATIONS[2]];
    let refused = bring_up_by(&edited, &mut connection, bring_up_now()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "migration 1 (first) was applied in another form than this program has it"
    );
}

/// Without leave nothing is migrated, and the answer says what to run.
#[test]
fn pending_migrations_need_leave() {
    let mut connection = Connection::open_in_memory().unwrap();
    let refused = bring_up(&mut connection, Schema::Expect).unwrap_err();
    assert!(refused.to_string().contains("run `farthing migrate`"), "{refused}");
    assert!(!connection.table_exists(None, "schema_migrations").unwrap());
}

/// A migration that fails halfway leaves nothing of itself.
#[test]
fn a_failed_migration_leaves_nothing() {
    let mut connection = migrated();
    let broken =
        Migration { sql: "CREATE TABLE half (id INTEGER) STRICT; CREATE TABLE half (id INTEGER)", ..NEXT };
    let failed = bring_up_by(&[MIGRATIONS, &[broken]].concat(), &mut connection, bring_up_now());
    assert!(matches!(failed, Err(MigrationError::Database(_))));
    assert!(!connection.table_exists(None, "half").unwrap());
    check(&connection).unwrap();
}

/// The schema has every table of the core with its columns: names, order, types, what may be empty, and the key.
#[test]
fn the_schema_is_what_the_core_declares() {
    let connection = migrated();
    for table in Table::ALL {
        let spec = table.spec();
        let declared = spec.columns.iter().enumerate().map(|(at, column)| {
            let column_type = match column.column_type {
                ColumnType::Int => "INTEGER",
                ColumnType::Text => "TEXT",
                ColumnType::Blob => "BLOB",
            };
            let key_place = if at < spec.key_len { u16::try_from(at + 1).unwrap() } else { 0 };
            (column.name.to_owned(), column_type.to_owned(), !column.nullable, key_place)
        });
        let mut statement = connection.prepare(&format!("PRAGMA table_info(\"{}\")", spec.name)).unwrap();
        let live =
            statement.query_map([], |row| Ok((row.get(1)?, row.get(2)?, row.get(3)?, row.get(5)?))).unwrap();
        let live: Vec<(String, String, bool, u16)> = live.map(Result::unwrap).collect();
        assert_eq!(live, declared.collect::<Vec<_>>(), "{}", spec.name);
    }
}

/// Every table is STRICT, and there is none that the core does not know.
#[test]
fn there_are_no_other_tables() {
    let connection = migrated();
    let mut statement =
        connection.prepare("SELECT name, strict FROM pragma_table_list WHERE schema = 'main'").unwrap();
    let live = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let live: Vec<(String, bool)> = live.map(Result::unwrap).collect();
    for (name, strict) in &live {
        let known = Table::ALL.iter().any(|table| table.spec().name == name);
        assert!(known || ["schema_migrations", "sqlite_schema"].contains(&name.as_str()), "{name}");
        assert!(*strict || name == "sqlite_schema", "{name} is not STRICT");
    }
    assert_eq!(live.len(), Table::ALL.len() + 2);
}

/// What the database says its tables were made with.
fn schema_text(connection: &Connection) -> String {
    let mut statement = connection.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table'").unwrap();
    let texts = statement.query_map([], |row| row.get(0)).unwrap();
    texts.map(Result::unwrap).collect::<Vec<String>>().join("\n")
}

/// The words that the schema lets in are those of the core, neither more nor fewer.
#[test]
fn words_in_the_schema_are_those_of_the_core() {
    let schema = schema_text(&migrated());
    let mut expected = 0;
    macro_rules! words {
        ($($column:literal $name:ident)*) => {$(
            let words: Vec<String> = $name::ALL.iter().map(|value| format!("'{}'", value.word())).collect();
            let check = format!("\"{0}\" IN ({1}))", $column, words.join(", "));
            assert!(schema.contains(&check), "{check}");
            expected += 1;
        )*};
    }
    words! {
        "status" MerchantStatus "kyb" KybStatus "status" ClientStatus "status" UserStatus "kyc" KycLevel
        "state" AuthorizationState "state" AgreementState "state" PaymentState "state" AttemptState
        "state" RefundState "state" CaptureState "state" DeclarationState "state" DeliveryState
        "planned" PlannedResult "role" Role "kind" TokenKind "state" ProposalState
    }
    // Attempts, refunds and captures each have a planned result.
    expected += 2;
    let lists = schema.lines().filter(|line| line.contains("TEXT") && line.contains(" IN (")).count();
    assert_eq!(lists, expected);
}
