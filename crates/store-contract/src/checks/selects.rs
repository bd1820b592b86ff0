//! Selects, held against the plain reading of them.

use std::sync::Arc;

use farthing_core::decision::{Change, Write};
use farthing_core::ids::{AttemptId, JobId, MerchantId, PaymentId, WorldId};
use farthing_core::rows::{Attempt, AttemptState, PlannedResult, Record as _, Row, Table, Value};
use farthing_core::time::Timestamp;
use farthing_store::{Answer, MemoryStore, Select, Store, WriterLimits, run};

use crate::Harness;
use crate::dice::Dice;
use crate::rules::writes;
use crate::samples::{self, Fill};

const SELECT_COUNT: usize = 600;

/// Read in slices of any size, with or without a fixed beginning of the key, a table gives every row once, in order.
pub async fn slices_cover_every_row_once<H: Harness>(harness: H) {
    let store = harness.store();
    let rows = attempts(&mut Dice::new(1));
    insert(&*store, &JobId::new("rows"), &rows).await;
    let of_one = Select::from(Table::Attempt).equal("merchant_id", &MerchantId::new("B"));
    for whole in [Select::from(Table::Attempt), of_one] {
        let expected = answer(&*store, whole.clone()).await;
        assert!(expected.len() > 5 && expected.is_sorted_by_key(Row::key));
        for size in [1, 3, 7, 1000] {
            assert_eq!(slices(&*store, &whole, size).await, expected, "slices of {size}");
        }
    }
}

async fn slices(store: &dyn Store, whole: &Select, size: u32) -> Vec<Row> {
    let mut all: Vec<Row> = Vec::new();
    loop {
        let rest = all.last().map_or(whole.clone(), |last| whole.clone().after_key(last.key()));
        let slice = answer(store, rest.limit(size)).await;
        if slice.is_empty() {
            return all;
        }
        all.extend(slice);
    }
}

/// Random selects over rows of every kind get the same answer from this store and from the one in memory.
pub async fn selects_agree_with_the_memory_store<H: Harness>(harness: H) {
    let memory = MemoryStore::new(WriterLimits::default()).expect("a thread can be had");
    let stores: [Arc<dyn Store>; 2] = [Arc::new(memory), harness.store()];
    let mut dice = Dice::new(2);
    let mut rows = attempts(&mut dice);
    for table in Table::ALL {
        rows.extend(Fill::ALL.map(|fill| samples::row(*table, fill)));
    }
    for store in &stores {
        insert(&**store, &JobId::new("rows"), &rows).await;
    }
    let mut found_count = 0;
    for n in 0..SELECT_COUNT {
        // Half of them over the table with the many rows.
        let table = if n % 2 == 0 { Table::Attempt } else { *dice.pick(Table::ALL) };
        let select = random_select(table, &rows, &mut dice);
        let expected = answer(&*stores[0], select.clone()).await;
        assert_eq!(answer(&*stores[1], select.clone()).await, expected, "{select:?}");
        found_count += usize::from(!expected.is_empty());
    }
    assert!(found_count > SELECT_COUNT / 4, "only {found_count} selects found anything");
}

fn random_select(table: Table, rows: &[Row], dice: &mut Dice) -> Select {
    let rows: Vec<&Row> = rows.iter().filter(|row| row.table() == table).collect();
    let mut select = Select::from(table);
    for _ in 0..dice.roll(3) {
        let row: &Row = dice.pick::<&Row>(&rows);
        select = random_condition(select, row, dice);
    }
    for _ in 0..dice.roll(3) {
        let column = dice.pick(table.spec().columns).name;
        select = if dice.roll(2) == 0 { select.ascending(column) } else { select.descending(column) };
    }
    let limit = u32::try_from(dice.roll(12)).expect("a small number is a u32");
    if dice.roll(2) == 0 { select.limit(limit) } else { select }
}

/// A condition on one column, with the value that `row` has there.
fn random_condition(select: Select, row: &Row, dice: &mut Dice) -> Select {
    let at = dice.roll(row.values().len());
    let column = row.table().spec().columns[at].name;
    macro_rules! compare {
        ($value:expr) => {
            match dice.roll(6) {
                0 => select.at_most(column, $value),
                1 => select.below(column, $value),
                2 => select.above(column, $value),
                3 => select.after_key(row.key()),
                _ => select.equal(column, $value),
            }
        };
    }
    match &row.values()[at] {
        Value::Null => select.is_null(column),
        Value::Int(number) => compare!(number),
        Value::Text(text) => compare!(text),
        Value::Blob(bytes) => compare!(bytes),
    }
}

/// Rows with few different values, so that selects find several and order has ties to break.
fn attempts(dice: &mut Dice) -> Vec<Row> {
    let texts = ["", "a", "A", "b", "ä", "𝄞", "~"];
    let mut rows = Vec::new();
    for merchant in ["A", "B", "a"] {
        for payment in ["1", "10", "2", "ü"] {
            for attempt in ["x", "y", "Z"] {
                let due = [None, Some(-5), Some(0), Some(7)];
                rows.push(Attempt {
                    merchant_id: MerchantId::new(merchant),
                    payment_id: PaymentId::new(payment),
                    attempt_id: AttemptId::new(attempt),
                    world_id: WorldId::new(*dice.pick(&texts)),
                    state: *dice.pick(AttemptState::ALL),
                    connector: (*dice.pick(&texts)).to_owned(),
                    due_at: dice.pick(&due).map(Timestamp::from_ms),
                    planned: PlannedResult::ALL.get(dice.roll(PlannedResult::ALL.len() + 1)).copied(),
                    planned_reason: None,
                    created_at: Timestamp::from_ms(1),
                    ended_at: dice.pick(&due).map(Timestamp::from_ms),
                });
            }
        }
    }
    rows.into_iter().map(Attempt::into_row).collect()
}

async fn insert(store: &dyn Store, id: &JobId, rows: &[Row]) {
    let rows = rows.to_vec();
    let inserts =
        move || Change { writes: rows.iter().cloned().map(Write::Insert).collect(), entries: vec![] };
    assert_eq!(run(store, id.clone(), writes(vec![], inserts)).await, Ok(Answer::Done(())));
}

async fn answer(store: &dyn Store, select: Select) -> Vec<Row> {
    store.read(vec![select]).await.expect("the store can be read").remove(0)
}
