//! `verify` against books that are sound, and against every kind of row changed, removed or added by hand.

mod books;
mod cases;
mod later;

use std::path::Path;

use farthing_engine::testing::{Codes, Stage, pay_request, refund_request, verify_options};
use farthing_engine::verify::{Report, verify};
use farthing_store_sqlite::{SqliteOptions, SqliteStore};
use rusqlite::Connection;
use rusqlite::config::DbConfig;

use self::books::Books;
use self::cases::Case;
use crate::stores::{on_both_stores, open_sqlite};

on_both_stores!(the_books_are_clean_while_writers_go_on);

async fn report_on(file: &Path) -> Report {
    let store = SqliteStore::open_to_read(file, &SqliteOptions::default()).unwrap();
    verify(&store, &verify_options(), &|_, _| {}).await.unwrap()
}

/// Runs SQL on the file as somebody with an editor would, past all constraints of the schema.
fn tamper(file: &Path, sql: &str) -> u64 {
    let connection = Connection::open(file).unwrap();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, false).unwrap();
    connection.execute_batch("PRAGMA ignore_check_constraints = ON").unwrap();
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    connection.total_changes()
}

/// Payments in every state, cards, refunds, captures, declarations, a settlement, fundings and two seals: all of it fits, and all of it is counted.
#[tokio::test]
async fn populated_books_are_clean() {
    let books = Books::keep().await;
    let report = report_on(&books.file).await;
    assert_eq!(report.findings, []);
    let counted = |what| report.checked.iter().find(|(name, _)| *name == what).map(|(_, number)| *number);
    assert_eq!((counted("payments"), counted("refunds"), counted("wallets")), (Some(11), Some(5), Some(2)));
    assert_eq!((counted("captures"), counted("declarations")), (Some(2), Some(2)));
    assert_eq!((counted("settlements"), counted("entries"), counted("seals")), (Some(1), Some(28), Some(2)));
}

/// Each change by hand is found, by the name of the row or of what it was torn from.
#[tokio::test]
async fn every_change_by_hand_is_found_and_named() {
    let books = Books::keep().await;
    let mut unfound = Vec::new();
    for case in books.cases() {
        let copy = books.copy();
        let changes = tamper(&copy, &case.sql);
        assert!(changes > 0, "{}: the SQL hit no row", case.name);
        let report = report_on(&copy).await;
        unfound.extend(missing(&case, &report));
    }
    assert!(unfound.is_empty(), "{}", unfound.join("\n"));
}

/// What of a case's findings is not in the report.
fn missing(case: &Case, report: &Report) -> Vec<String> {
    let is_found = |table: &str, row: &str| {
        report.findings.iter().any(|finding| finding.table == table && finding.row.contains(row))
    };
    let absent = case.expected.iter().filter(|(table, row)| !is_found(table, row));
    absent
        .map(|(table, row)| format!("{}: {table} {row} is not named in {:?}", case.name, report.findings))
        .collect()
}

/// A row that cannot be read is one finding, and what does not rest on it is looked at all the same.
#[tokio::test]
async fn a_damaged_row_is_found_and_the_rest_is_looked_at() {
    let books = Books::keep().await;
    let copy = books.copy();
    tamper(&copy, &format!("UPDATE payments SET state = 'nonsense' WHERE payment_id = '{}'", books.paid));
    tamper(&copy, "UPDATE seals SET sealed_at = sealed_at + 1 WHERE seal_number = 1");
    let report = report_on(&copy).await;
    let found = |table: &str, row: &str| {
        report.findings.iter().any(|finding| finding.table == table && finding.row.contains(row))
    };
    assert!(found("payments", &books.paid), "{:?}", report.findings);
    assert!(found("seals", "1"), "{:?}", report.findings);
}

/// A key that is not at hand is said to be missing; nothing else is complained of.
#[tokio::test]
async fn seals_of_an_unknown_key_are_named() {
    let books = Books::keep().await;
    let store = SqliteStore::open_to_read(&books.file, &SqliteOptions::default()).unwrap();
    let options = farthing_engine::verify::VerifyOptions { seal_keys: std::collections::HashMap::new() };
    let report = verify(&store, &options, &|_, _| {}).await.unwrap();
    let tables: Vec<&str> = report.findings.iter().map(|finding| finding.table.as_str()).collect();
    assert_eq!(tables, ["seals", "seals"]);
}

/// The books of a gateway that is stopped and started again are the same books.
#[tokio::test]
async fn verified_books_go_on_after_a_restart() {
    let books = Books::keep().await;
    let copy = books.copy();
    let store = std::sync::Arc::new(open_sqlite(&copy));
    let stage = books.resume(store.clone()).await;
    let card = stage.add_card("late", 1_000).await;
    stage.engine.pay(&stage.caller(), pay_request("late-1", 400, &card.token), &Codes).await.unwrap();
    let report = stage.verify().await;
    assert_eq!(report.findings, []);
    assert!(report.checked.contains(&("seals", 3)), "{:?}", report.checked);
}

/// Four writers and a sealer work while the books are verified again and again: each look sees them whole.
async fn the_books_are_clean_while_writers_go_on(stage: Stage) {
    let mut writers = Vec::new();
    for writer in 0..4 {
        let stage = stage.clone();
        writers.push(tokio::spawn(async move {
            let card = stage.add_card(&format!("{writer}"), 1_000_000).await;
            for number in 0..25 {
                let id = format!("{writer}-{number}");
                let request = pay_request(&id, 100, &card.token);
                let paid = stage.engine.pay(&stage.caller(), request, &Codes).await.unwrap().payment;
                if number % 3 == 0 {
                    let request = refund_request(&id, &paid.payment_id, 40);
                    stage.engine.refund(&stage.caller(), request, &Codes).await.unwrap();
                }
            }
        }));
    }
    let mut looks = 0;
    while writers.iter().any(|writer| !writer.is_finished()) || looks < 3 {
        stage.elapse_ms(1);
        assert_eq!(stage.verify().await.findings, []);
        looks += 1;
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let report = stage.verify().await;
    assert_eq!(report.findings, []);
    assert!(report.checked.contains(&("payments", 100)), "{:?}", report.checked);
}
