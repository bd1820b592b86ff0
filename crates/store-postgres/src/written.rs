//! Writing a batch and committing it, in one flight.
//!
//! The commit is sent behind the writes without waiting for their answer. A statement that fails makes a rollback of it,
//! and one whose updates do not hit each of their rows is made to fail: it divides by zero.

use farthing_core::decision::Write;
use farthing_core::rows::{Row, RowKey};
use farthing_store::StoreError;
use futures_util::future::join;
use tokio_postgres::Statement;
use tokio_postgres::error::SqlState;

use crate::arrays::Arrays;
use crate::failure::Failure;
use crate::session::Session;
use crate::statements::{self, Part};

/// The rows of one table that are new, or those that are written anew, in the order of their keys.
pub(crate) struct Written<'a> {
    pub(crate) part: Part,
    rows: Vec<&'a Row>,
}

/// The writes by table, and new rows apart from others; each in the order of their keys, in which all writers take the
/// places of new rows.
pub(crate) fn sorted_parts(writes: &[Write]) -> Vec<Written<'_>> {
    let split = |write| {
        let row = Write::row(write);
        (Part { table: row.table(), is_update: matches!(write, Write::Update(_)) }, row.key(), row)
    };
    let mut sorted: Vec<(Part, RowKey, &Row)> = writes.iter().map(split).collect();
    sorted.sort_unstable_by(|(part, key, _), (other_part, other_key, _)| {
        (part, key).cmp(&(other_part, other_key))
    });
    let mut parts: Vec<Written<'_>> = Vec::new();
    for (part, _, row) in sorted {
        match parts.last_mut() {
            Some(last) if last.part == part => last.rows.push(row),
            _ => parts.push(Written { part, rows: vec![row] }),
        }
    }
    parts
}

/// Writes all parts by one statement, or by one each where too many different ones are prepared already, and commits.
///
/// # Errors
/// [`Failure::Told`] when nothing has landed, [`Failure::Lost`] when that is not known.
pub(crate) async fn write_and_commit(session: &mut Session, writes: &[Write]) -> Result<(), Failure> {
    let parts = sorted_parts(writes);
    let whole = statements::write(&parts.iter().map(|written| written.part).collect::<Vec<_>>());
    let alone = if session.has_room_for(&whole) { 0 } else { parts.len() - 1 };
    let (first, last) = parts.split_at(alone);
    for one in first.chunks(1) {
        let (statement, arrays) = prepare(session, one).await?;
        let written = session.client.execute(&statement, &arrays.parameters()).await;
        explained(session, &parts, written).await?;
    }
    let (statement, arrays) = prepare(session, last).await?;
    let parameters = arrays.parameters();
    let write = session.client.execute(&statement, &parameters);
    let (written, committed) = join(write, session.client.batch_execute("COMMIT")).await;
    explained(session, &parts, written).await?;
    committed.map_err(|error| Failure::Lost(crate::failure::with_causes(&error)))
}

async fn prepare(session: &mut Session, parts: &[Written<'_>]) -> Result<(Statement, Arrays), Failure> {
    let text = statements::write(&parts.iter().map(|written| written.part).collect::<Vec<_>>());
    let mut arrays = Arrays::default();
    parts.iter().for_each(|written| arrays.add_rows(&written.rows));
    Ok((session.prepared(&text).await?, arrays))
}

/// What the answer to a write means.
async fn explained(
    session: &mut Session,
    parts: &[Written<'_>],
    written: Result<u64, tokio_postgres::Error>,
) -> Result<(), Failure> {
    match written {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some(&SqlState::DIVISION_BY_ZERO) => {
            Err(wrong_row(session, parts).await?.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Finds the first row that an update does not hit, by updating them one by one in a transaction that is to be rolled
/// back.
async fn wrong_row(session: &mut Session, parts: &[Written<'_>]) -> Result<StoreError, Failure> {
    session.client.batch_execute("ROLLBACK; BEGIN ISOLATION LEVEL READ COMMITTED").await?;
    for written in parts.iter().filter(|written| written.part.is_update) {
        let statement = session.prepared(&written.part.text(0)).await?;
        for &row in &written.rows {
            let row_count = session.client.execute(&statement, &Arrays::of_rows(&[row]).parameters()).await?;
            if row_count != 1 {
                return Ok(StoreError::WrongRowCount { key: row.key(), row_count });
            }
        }
    }
    let detail = "a row that was to be updated was gone, and is there again".to_owned();
    Ok(StoreError::Conflict { detail })
}
