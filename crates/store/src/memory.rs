//! A store that keeps its rows in memory, and loses them when it is dropped.
//!
//! It is the plain reading of what a store does, which the others are compared with. Constraints that only guard
//! against mistakes of our own (CHECK in a database) are not repeated here.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use farthing_core::decision::{Rows, Write};
use farthing_core::ids::JobId;
use farthing_core::rows::{JournalEntry, Record as _, Row, RowKey, Table, Value};
use farthing_core::time::Timestamp;

#[cfg(feature = "faults")]
use crate::FaultPoint;
use crate::batch::WrittenBatch;
use crate::{
    Backend, BoxFuture, Condition, Job, Order, Select, Snapshot, Store, StoreError, Writer, WriterCounters,
    WriterLimits, sql,
};

/// A store in memory. It begins empty.
#[derive(Debug)]
pub struct MemoryStore {
    writer: Writer,
    rows: MemoryBackend,
    clock: Option<SharedClock>,
}

/// A clock that several users of one store in memory go by, as processes go by that of a database.
struct SharedClock(Box<dyn Fn() -> Timestamp + Send + Sync>);

impl std::fmt::Debug for SharedClock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SharedClock")
    }
}

impl MemoryStore {
    /// An empty store.
    ///
    /// # Errors
    /// The operating system's when it grants no thread for the writer.
    pub fn new(limits: WriterLimits) -> std::io::Result<Self> {
        let backend = MemoryBackend::default();
        Self::over(backend, limits)
    }

    /// An empty store whose commits fail where `faults` says so.
    ///
    /// # Errors
    /// The operating system's when it grants no thread for the writer.
    #[cfg(feature = "faults")]
    pub fn with_faults(limits: WriterLimits, faults: FaultPoint) -> std::io::Result<Self> {
        Self::over(MemoryBackend { faults, ..MemoryBackend::default() }, limits)
    }

    /// The same store with a clock of its own, so that it stands for a database that several processes share.
    #[must_use]
    pub fn with_clock(self, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Some(SharedClock(Box::new(now))), ..self }
    }

    /// What its writer has done so far.
    #[must_use]
    pub fn counters(&self) -> WriterCounters {
        self.writer.counters()
    }

    fn over(backend: MemoryBackend, limits: WriterLimits) -> std::io::Result<Self> {
        let rows = backend.clone();
        Ok(Self { writer: Writer::start(backend, limits)?, rows, clock: None })
    }
}

impl Store for MemoryStore {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        Box::pin(std::future::ready(Ok(self.rows.read(&selects))))
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        self.writer.submit(job)
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        Box::pin(std::future::ready(Ok(self.rows.snapshot())))
    }

    fn shared_now(&self) -> BoxFuture<'_, Result<Option<Timestamp>, StoreError>> {
        let now = self.clock.as_ref().map(|clock| (clock.0)());
        Box::pin(std::future::ready(Ok(now)))
    }
}

struct MemorySnapshot(Tables);

impl Snapshot for MemorySnapshot {
    fn read(&mut self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        let answers = selects.iter().map(|select| self.0.select(select)).collect();
        Box::pin(std::future::ready(Ok(answers)))
    }
}

/// The state is whole even when a thread panicked while it held the lock: a commit undoes itself before it may fail.
fn look(tables: &RwLock<Tables>) -> RwLockReadGuard<'_, Tables> {
    tables.read().unwrap_or_else(PoisonError::into_inner)
}

/// A row with its columns beside it, so that reads need not make them anew.
#[derive(Clone, Debug)]
struct Kept {
    row: Row,
    columns: Vec<Value>,
}

impl Kept {
    /// Whether the columns that are written once stay as they are.
    fn may_become(&self, row: &Row) -> bool {
        let (table, columns) = (row.table(), row.values());
        let changed = |at: usize| self.columns[at] != columns[at];
        let once = |at: usize| sql::WRITTEN_ONCE.contains(&(table, table.spec().columns[at].name));
        !(0..columns.len()).any(|at| once(at) && changed(at))
    }
}

type Rowset = BTreeMap<Vec<Value>, Kept>;

/// Every table. A clone shares them; a write copies a table only while a clone of it is alive.
#[derive(Clone, Debug)]
struct Tables {
    by_table: Vec<Arc<Rowset>>,
    /// The links of the journal's chains, each of which may be there once.
    links: Arc<BTreeMap<(String, i64), ()>>,
}

impl Default for Tables {
    fn default() -> Self {
        let by_table = Table::ALL.iter().map(|_| Arc::new(Rowset::new())).collect();
        Self { by_table, links: Arc::default() }
    }
}

/// Where a scan of the table may begin.
fn first_key(select: &Select, prefix: &[Value]) -> Bound<Vec<Value>> {
    let after = select.conditions().iter().find_map(|condition| match condition {
        Condition::AfterKey(key) if key.as_slice() > prefix => Some(key.clone()),
        _ => None,
    });
    after.map_or_else(|| Bound::Included(prefix.to_vec()), Bound::Excluded)
}

/// Whether rows already come in this order when they come in the order of their keys.
fn is_key_order(table: Table, order: &[Order]) -> bool {
    let of_key = |order: &Order| !order.descending && order.column < table.spec().key_len;
    order.iter().all(of_key) && order.is_sorted_by_key(|order| order.column)
}

fn compare(order: &[Order], left: &[Value], right: &[Value]) -> Ordering {
    let sides = order.iter().map(|order| {
        let ascending = left[order.column].cmp(&right[order.column]);
        if order.descending { ascending.reverse() } else { ascending }
    });
    sides.fold(Ordering::Equal, Ordering::then)
}

/// What a write replaced, to be put back when a later one of the same commit fails.
struct Undo {
    table: Table,
    key: Vec<Value>,
    before: Option<Kept>,
    link: Option<(String, i64)>,
}

impl Tables {
    fn table(&self, table: Table) -> &Rowset {
        &self.by_table[table as usize]
    }

    fn table_mut(&mut self, table: Table) -> &mut Rowset {
        Arc::make_mut(&mut self.by_table[table as usize])
    }

    fn select(&self, select: &Select) -> Vec<Row> {
        let row_count_max = select.row_count_max().map_or(usize::MAX, |max| max as usize);
        let prefix: Vec<Value> = select.fixed_prefix().into_iter().cloned().collect();
        let range = (first_key(select, &prefix), Bound::Unbounded);
        let in_prefix =
            self.table(select.table()).range(range).take_while(|(key, _)| key.starts_with(&prefix));
        let found = in_prefix.map(|(_, kept)| kept).filter(|kept| select.matches(&kept.columns));
        let order = select.order();
        if is_key_order(select.table(), &order) {
            return found.take(row_count_max).map(|kept| kept.row.clone()).collect();
        }
        let mut found: Vec<&Kept> = found.collect();
        found.sort_by(|left, right| compare(&order, &left.columns, &right.columns));
        found.into_iter().take(row_count_max).map(|kept| kept.row.clone()).collect()
    }

    fn write(&mut self, write: &Write) -> Result<Undo, StoreError> {
        let row = write.row();
        let key = row.key();
        let exists = match self.table(key.table).get(&key.values) {
            Some(kept) => matches!(write, Write::Insert(_)) || kept.may_become(row),
            None => false,
        };
        match write {
            Write::Insert(_) if exists => {
                return Err(StoreError::Conflict { detail: format!("{key} exists") });
            }
            Write::Update(_) if !exists => return Err(StoreError::WrongRowCount { key, row_count: 0 }),
            Write::Insert(_) | Write::Update(_) => {}
        }
        let link = self.link(row)?;
        let kept = Kept { row: row.clone(), columns: row.values() };
        let before = self.table_mut(key.table).insert(key.values.clone(), kept);
        Ok(Undo { table: key.table, key: key.values, before, link })
    }

    /// A chain of the journal must not fork.
    fn link(&mut self, row: &Row) -> Result<Option<(String, i64)>, StoreError> {
        let Some(entry) = JournalEntry::from_row(row) else { return Ok(None) };
        let link = (entry.subject.clone(), entry.chain_number);
        if Arc::make_mut(&mut self.links).insert(link.clone(), ()).is_some() {
            return Err(StoreError::Conflict { detail: format!("{} has an entry {}", link.0, link.1) });
        }
        Ok(Some(link))
    }

    fn undo(&mut self, undo: Undo) {
        match undo.before {
            Some(before) => self.table_mut(undo.table).insert(undo.key, before),
            None => self.table_mut(undo.table).remove(&undo.key),
        };
        if let Some(link) = undo.link {
            Arc::make_mut(&mut self.links).remove(&link);
        }
    }
}

/// The rows of a store in memory, for whoever writes to them: the thread of a [`MemoryStore`], or a test that says itself
/// when [`settle`](crate::writer::settle) carries out which jobs. Clones share the rows.
#[derive(Clone, Debug, Default)]
pub struct MemoryBackend {
    tables: Arc<RwLock<Tables>>,
    #[cfg(feature = "faults")]
    faults: FaultPoint,
}

impl MemoryBackend {
    /// Answers all `selects`, in their order, from what is committed.
    #[must_use]
    pub fn read(&self, selects: &[Select]) -> Vec<Vec<Row>> {
        let tables = look(&self.tables);
        selects.iter().map(|select| tables.select(select)).collect()
    }

    /// What is committed, kept as it is now.
    #[must_use]
    pub fn snapshot(&self) -> Box<dyn Snapshot> {
        Box::new(MemorySnapshot(look(&self.tables).clone()))
    }

    fn step(&self) -> Result<(), StoreError> {
        #[cfg(feature = "faults")]
        self.faults.step()?;
        Ok(())
    }

    fn write_all(
        &self,
        tables: &mut Tables,
        writes: &[Write],
        done: &mut Vec<Undo>,
    ) -> Result<(), StoreError> {
        for write in writes {
            self.step()?;
            done.push(tables.write(write)?);
        }
        self.step()
    }
}

impl Backend for MemoryBackend {
    fn load(&mut self, keys: Vec<RowKey>) -> Result<Rows, StoreError> {
        let tables = look(&self.tables);
        let mut rows = Rows::default();
        for key in keys {
            let row = tables.table(key.table).get(&key.values).map(|kept| kept.row.clone());
            rows.put(key, row);
        }
        Ok(rows)
    }

    fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let mut done = Vec::with_capacity(batch.writes.len());
        let written = self.write_all(&mut tables, &batch.writes, &mut done);
        if written.is_err() {
            done.into_iter().rev().for_each(|undo| tables.undo(undo));
        }
        written
    }

    fn release(&mut self) {}

    fn committed(&mut self, commit_id: &JobId) -> Result<bool, StoreError> {
        let key = vec![Value::Text(commit_id.to_string())];
        Ok(look(&self.tables).table(Table::Commit).contains_key(&key))
    }
}
