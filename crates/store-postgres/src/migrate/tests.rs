use farthing_core::rows::{
    AgreementState, AttemptState, AuthorizationState, CaptureState, ClientStatus, ColumnType,
    DeclarationState, DeliveryState, KybStatus, KycLevel, MerchantStatus, PaymentState, PlannedResult,
    ProposalState, RefundState, Role, Table, TokenKind, UserStatus,
};

use super::*;
use crate::ground::{self, Database, runtime};

const NEXT: Migration =
    Migration { number: 2, name: "next", sql: "CREATE TABLE later (id bigint PRIMARY KEY)" };

fn bring_up_now() -> Schema {
    Schema::BringUp { applied_at: Timestamp::from_ms(5) }
}

/// Runs a check over a connection to an empty database.
fn with_client(check: impl AsyncFnOnce(&mut Client, &Database)) {
    let Some(database) = Database::empty("") else { return };
    runtime().block_on(async {
        let mut client = ground::connect(&database.connection()).await;
        check(&mut client, &database).await;
    });
}

/// The first start makes the schema, the second finds it, and a newer program adds only what is missing.
#[test]
fn migrations_are_applied_once_and_in_order() {
    with_client(async |client, database| {
        bring_up(client, bring_up_now()).await.unwrap();
        bring_up(client, bring_up_now()).await.unwrap();
        bring_up(client, Schema::Check).await.unwrap();
        let both = [MIGRATIONS, &[NEXT]].concat();
        bring_up_by(&both, client, bring_up_now()).await.unwrap();
        bring_up_by(&both, client, Schema::Check).await.unwrap();
        let applied =
            database.ask("SELECT number || ' ' || applied_at FROM schema_migrations ORDER BY number");
        assert_eq!(applied, ["1 5", "2 5"].map(|text| Some(text.to_owned())));
    });
}

/// Processes that start at the same time over an empty database wait for each other; each finds the schema afterwards.
#[test]
fn processes_that_start_together_migrate_once() {
    let Some(database) = Database::empty("") else { return };
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                runtime().block_on(async {
                    let mut client = ground::connect(&database.connection()).await;
                    bring_up(&mut client, bring_up_now()).await.unwrap();
                });
            });
        }
    });
    assert_eq!(database.ask("SELECT count(*) FROM schema_migrations"), [Some("1".to_owned())]);
}

/// A database that a newer program has migrated is not touched.
#[test]
fn a_newer_schema_is_refused() {
    with_client(async |client, _| {
        bring_up_by(&[MIGRATIONS, &[NEXT]].concat(), client, bring_up_now()).await.unwrap();
        for schema in [bring_up_now(), Schema::Check] {
            let refused = bring_up(client, schema).await.unwrap_err();
            assert!(matches!(refused, MigrationError::Newer { found: 2, known: 1 }), "{refused}");
        }
    });
}

/// A migration that was applied and then edited is refused, and named.
#[test]
fn an_edited_migration_is_refused() {
    with_client(async |client, _| {
        bring_up(client, bring_up_now()).await.unwrap();
        let edited = [Migration { sql: "SELECT 1", ..MIGRATIONS[0] }];
        let refused = bring_up_by(&edited, client, bring_up_now()).await.unwrap_err();
        let expected = "migration 1 (first) was applied in another form than this program has it";
        assert_eq!(refused.to_string(), expected);
    });
}

/// Without leave nothing is migrated, and the answer says what to run.
#[test]
fn pending_migrations_need_leave() {
    with_client(async |client, database| {
        let refused = bring_up(client, Schema::Check).await.unwrap_err();
        assert!(refused.to_string().contains("run `farthing migrate`"), "{refused}");
        assert_eq!(database.ask("SELECT to_regclass('schema_migrations')"), [None]);
    });
}

/// A migration that fails halfway leaves nothing of itself, and the failure says what the server said.
#[test]
fn a_failed_migration_leaves_nothing() {
    with_client(async |client, database| {
        bring_up(client, bring_up_now()).await.unwrap();
        let broken =
            Migration { sql: "CREATE TABLE half (id bigint); CREATE TABLE half (id bigint)", ..NEXT };
        let failed = bring_up_by(&[MIGRATIONS, &[broken]].concat(), client, bring_up_now()).await;
        let failed = failed.unwrap_err().to_string();
        assert!(failed.contains("relation \"half\" already exists (42P07)"), "{failed}");
        assert_eq!(database.ask("SELECT to_regclass('half')"), [None]);
        bring_up(client, Schema::Check).await.unwrap();
    });
}

/// The schema has every table of the core with its columns: names, order, types, what may be empty, and the key. Texts
/// sort by their bytes.
#[test]
fn the_schema_is_what_the_core_declares() {
    let Some(database) = Database::fresh() else { return };
    for table in Table::ALL {
        let spec = table.spec();
        let declared = spec.columns.iter().enumerate().map(|(at, column)| {
            let column_type = match column.column_type {
                ColumnType::Int => "bigint",
                ColumnType::Text => "text C",
                ColumnType::Blob => "bytea",
            };
            let key_place = if at < spec.key_len { (at + 1).to_string() } else { String::new() };
            let nullable = if column.nullable { "t" } else { "f" };
            Some(format!("{} {column_type} {nullable} {key_place}", column.name))
        });
        let live = database.ask(&format!(
            "SELECT format('%s %s%s %s %s', attname, format_type(atttypid, atttypmod), \
                (SELECT ' ' || collname FROM pg_collation c WHERE c.oid = attcollation), NOT attnotnull, \
                array_position(string_to_array(indkey::text, ' '), attnum::text)) \
             FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisprimary \
             WHERE attrelid = '\"{}\"'::regclass AND attnum > 0 ORDER BY attnum",
            spec.name
        ));
        assert_eq!(live, declared.collect::<Vec<_>>(), "{}", spec.name);
    }
}

/// There is no table that the core does not know, and no sequence.
#[test]
fn there_are_no_other_tables() {
    let Some(database) = Database::fresh() else { return };
    let live = database.ask(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'S') AND relnamespace = 'public'::regnamespace",
    );
    for name in live.iter().flatten() {
        let known = Table::ALL.iter().any(|table| table.spec().name == name);
        assert!(known || name == "schema_migrations", "{name}");
    }
    assert_eq!(live.len(), Table::ALL.len() + 1);
}

/// The words that the schema lets in are those of the core, neither more nor fewer.
#[test]
fn words_in_the_schema_are_those_of_the_core() {
    let schema = MIGRATIONS[0].sql;
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
    let lists = schema.lines().filter(|line| line.contains(" text ") && line.contains(" IN (")).count();
    assert_eq!(lists, expected);
}

/// A payment whose money, authorization or state cannot be is refused by the database itself, whatever the program does.
#[test]
fn the_database_keeps_to_the_sums_of_a_payment() {
    let Some(database) = Database::fresh() else { return };
    let names: Vec<&str> = Table::Payment.spec().columns.iter().map(|column| column.name).collect();
    let mut values: Vec<String> = Table::Payment.spec().columns.iter().map(value_of).collect();
    let mut set = |name: &str, value: &str| {
        values[names.iter().position(|known| *known == name).unwrap()] = value.to_owned();
    };
    for (name, value) in [
        ("amount_minor", "100"),
        ("captured_minor", "80"),
        ("refunded_minor", "30"),
        ("reserved_minor", "50"),
    ] {
        set(name, value);
    }
    set("state", "'succeeded'");
    set("paid_at", "1");
    database.ask(&format!("INSERT INTO payments VALUES ({})", values.join(", ")));
    for fine in [
        "captured_minor = 100",
        "reserved_minor = 0",
        "auth_expires_at = 9, authorized_minor = 100, capturing_minor = 20",
        "state = 'failed', failure = 'x', ended_at = 2",
        "state = 'cancelled', ended_at = 2",
    ] {
        database.ask(&format!("BEGIN; UPDATE payments SET {fine}; ROLLBACK"));
    }
    for wrong in [
        "amount_minor = 0, captured_minor = 0, refunded_minor = 0, reserved_minor = 0",
        "captured_minor = 101",
        "reserved_minor = 51",
        "refunded_minor = -1",
        "reserved_minor = -1",
        "capturing_minor = -1",
        "declared_minor = -1",
        "open_attempts = -1",
        "refunded_minor = 9223372036854775807",
        "authorized_minor = 100",
        "capturing_minor = 1",
        "auth_expires_at = 9",
        "auth_expires_at = 9, authorized_minor = 100, capturing_minor = 21",
        "state = 'processing'",
        "state = 'failed', ended_at = 2",
        "state = 'failed', failure = 'x'",
        "state = 'cancelled'",
        "state = 'cancelled', failure = 'x', ended_at = 2",
        "state = 'lost', ended_at = 2",
        "failure = 'x'",
        "paid_at = NULL",
        "state = 'cancelled', ended_at = 2, paid_at = NULL",
        "ended_at = 2",
    ] {
        let refused = format!(
            "DO $$ BEGIN UPDATE payments SET {wrong}; RAISE EXCEPTION 'done'; EXCEPTION
                WHEN check_violation OR numeric_value_out_of_range THEN NULL; END $$"
        );
        database.ask(&refused);
    }
    assert_eq!(database.ask("SELECT captured_minor FROM payments"), [Some("80".to_owned())]);
}

/// Something for a column: nothing where that may be, else an empty text or a zero.
fn value_of(column: &farthing_core::rows::ColumnSpec) -> String {
    match (column.nullable, column.column_type) {
        (true, _) => "NULL".to_owned(),
        (false, ColumnType::Int) => "0".to_owned(),
        (false, ColumnType::Text | ColumnType::Blob) => "''".to_owned(),
    }
}
