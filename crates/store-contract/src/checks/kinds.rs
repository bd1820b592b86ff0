//! Every kind of row.

use std::sync::Arc;

use farthing_core::decision::{Change, Write};
use farthing_core::rows::{Row, Table, Value};
use farthing_store::{Answer, Select, Store, sql};

use crate::Harness;
use crate::rules::writes;
use crate::samples::{self, Fill};
use crate::stage::alone;

/// Each table keeps what it is given: the largest and the smallest numbers, empty columns, empty and hard texts, bytes.
pub async fn every_kind_of_row_comes_back<H: Harness>(harness: H) {
    let store = harness.store();
    for table in Table::ALL {
        let rows: Vec<Row> = Fill::ALL.map(|fill| samples::row(*table, fill)).to_vec();
        insert_and_read_back(&store, rows).await;
    }
}

/// Each word that a row can hold is one that the store takes.
pub async fn every_word_is_accepted<H: Harness>(harness: H) {
    let store = harness.store();
    let mut row_count = 0;
    for table in Table::ALL {
        let rows = samples::rows_with_every_word(*table);
        row_count += rows.len();
        insert_and_read_back(&store, rows).await;
    }
    assert!(row_count > 100, "only {row_count} rows with words were made");
}

async fn insert_and_read_back(store: &Arc<dyn Store>, rows: Vec<Row>) {
    let inserts: Vec<Write> = rows.iter().cloned().map(Write::Insert).collect();
    write(store, inserts).await;
    for row in rows {
        let answer = store.read(vec![Select::key(row.key())]).await;
        assert_eq!(answer, Ok(vec![vec![row]]));
    }
}

/// An update writes every column, but those that are written once.
pub async fn every_kind_of_row_can_be_updated<H: Harness>(harness: H) {
    let store = harness.store();
    for table in Table::ALL {
        let [old, other, _] = Fill::ALL.map(|fill| samples::row(*table, fill));
        let new = with_columns_kept(&old, &other);
        write(&store, vec![Write::Insert(old)]).await;
        write(&store, vec![Write::Update(new.clone())]).await;
        let answer = store.read(vec![Select::key(new.key())]).await;
        assert_eq!(answer, Ok(vec![vec![new]]));
    }
}

/// `other` with the key of `row` and the columns of it that are written once.
fn with_columns_kept(row: &Row, other: &Row) -> Row {
    let (table, spec) = (row.table(), row.table().spec());
    let kept = |at: usize| at < spec.key_len || sql::WRITTEN_ONCE.contains(&(table, spec.columns[at].name));
    let columns = row.values().into_iter().zip(other.values()).enumerate();
    let values: Vec<Value> = columns.map(|(at, (old, new))| if kept(at) { old } else { new }).collect();
    Row::from_values(table, values).expect("columns of two rows of a table fit that table")
}

async fn write(store: &Arc<dyn Store>, all: Vec<Write>) {
    let keys = all.iter().map(|write| write.row().key()).collect();
    let rule = writes(keys, move || Change { writes: all.clone(), entries: Vec::new() });
    assert_eq!(alone(store, rule).await, Ok(Answer::Done(())));
}
