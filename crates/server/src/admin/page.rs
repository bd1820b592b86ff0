//! Lists: so many items, and where to go on.

use farthing_core::rows::{Record, RowKey, Value};
use farthing_engine::Engine;
use farthing_engine::Select;
use serde::Serialize;

use super::problem::{self, Problem};
use super::reply::Reply;

/// How many items a list has when the caller does not say.
const LIMIT_DEFAULT: u32 = 50;
/// How many items a list has at most.
const LIMIT_MAX: u32 = 500;

/// Which part of a list is asked for.
pub(super) struct Slice {
    limit: u32,
    after: Option<String>,
}

/// A part of a list.
#[derive(Serialize)]
struct Page<V> {
    items: Vec<V>,
    /// What to give as `after` for the next part; nothing when this is the last.
    next: Option<String>,
}

/// A whole list, where there are never many.
#[derive(Serialize)]
pub(super) struct Whole<V> {
    pub(super) items: Vec<V>,
}

impl Slice {
    pub(super) fn of(limit: Option<u32>, after: Option<String>) -> Result<Self, Problem> {
        let limit = limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::new(
                &problem::QUERY_ILLEGAL,
                format!("limit: {limit}; 1 to {LIMIT_MAX} are taken"),
            ));
        }
        Ok(Self { limit, after })
    }

    /// In the order of a key that is one text.
    pub(super) fn by_id<R: Record>(&self, select: Select) -> Select {
        match &self.after {
            Some(after) => {
                select.after_key(RowKey { table: R::TABLE, values: vec![Value::Text(after.clone())] })
            }
            None => select,
        }
    }

    /// In the order of a key that is two texts, such as a merchant and an id of its own.
    pub(super) fn by_pair<R: Record>(&self, select: Select) -> Result<Select, Problem> {
        let Some(after) = &self.after else { return Ok(select) };
        let (first, second) = after.split_once('/').ok_or_else(|| {
            Problem::new(&problem::QUERY_ILLEGAL, "after: not a value that a list gave as `next`")
        })?;
        let values = [first, second].map(|text| Value::Text(text.to_owned())).to_vec();
        Ok(select.after_key(RowKey { table: R::TABLE, values }))
    }

    /// By a text column that grows with time, the newest first.
    pub(super) fn newest_first(&self, select: Select, column: &str) -> Select {
        let select = select.descending(column);
        match &self.after {
            Some(after) => select.below(column, after),
            None => select,
        }
    }

    /// Reads one part. `cursor` names an item in the order of the list.
    pub(super) async fn read<R: Record, V: Serialize>(
        &self,
        engine: &Engine,
        select: Select,
        cursor: impl Fn(&R) -> String,
        view: impl Fn(R) -> V,
    ) -> Result<Reply, Problem> {
        let mut rows = engine.list::<R>(select.limit(self.limit + 1)).await?;
        let limit = usize::try_from(self.limit).expect("at most 500");
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(cursor);
        Ok(Reply::ok(&Page { items: rows.into_iter().map(view).collect(), next }))
    }
}
