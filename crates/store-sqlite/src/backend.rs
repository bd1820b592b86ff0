//! Batches as transactions of the one connection that writes.

use std::sync::Arc;

use farthing_core::decision::Rows;
use farthing_core::ids::JobId;
use farthing_core::rows::{RowKey, Table, Value};
#[cfg(feature = "faults")]
use farthing_store::FaultPoint;
use farthing_store::batch::WrittenBatch;
use farthing_store::{Backend, StoreError};
use rusqlite::Connection;

use crate::checkpoint::Pressure;
use crate::failure;
use crate::statements::{Failure, Statements, execute};

/// The connection that writes, on the writer's thread.
pub(crate) struct SqliteBackend {
    connection: Connection,
    statements: Statements,
    pressure: Arc<Pressure>,
    #[cfg(feature = "faults")]
    faults: FaultPoint,
}

impl SqliteBackend {
    pub(crate) fn new(connection: Connection, pressure: Arc<Pressure>) -> Self {
        Self {
            connection,
            statements: Statements::new(),
            pressure,
            #[cfg(feature = "faults")]
            faults: FaultPoint::default(),
        }
    }

    #[cfg(feature = "faults")]
    pub(crate) fn with_faults(self, faults: FaultPoint) -> Self {
        Self { faults, ..self }
    }

    fn step(&self) -> Result<(), StoreError> {
        #[cfg(feature = "faults")]
        self.faults.step()?;
        Ok(())
    }

    fn load_all(&self, keys: Vec<RowKey>) -> Result<Rows, Failure> {
        execute(&self.connection, "BEGIN IMMEDIATE")?;
        let mut rows = Rows::default();
        for key in keys {
            let row = self.statements.load(&self.connection, &key)?;
            rows.put(key, row);
        }
        Ok(rows)
    }

    fn write_all(&self, batch: &WrittenBatch) -> Result<(), Failure> {
        self.statements.write(&self.connection, &batch.writes, || self.step())?;
        self.step()?;
        Ok(execute(&self.connection, "COMMIT")?)
    }

    fn roll_back(&self) {
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = execute(&self.connection, "ROLLBACK") {
            failure::stop_if_disk_failed(&error);
            tracing::error!(%error, "a transaction could not be rolled back");
        }
    }
}

impl Backend for SqliteBackend {
    fn load(&mut self, keys: Vec<RowKey>) -> Result<Rows, StoreError> {
        self.pressure.finish_if_asked(&self.connection);
        self.load_all(keys).map_err(|failure| {
            self.roll_back();
            match failure {
                Failure::Database(error) => failure::explain(&error),
                Failure::Meaning(error) => error,
            }
        })
    }

    fn commit(&mut self, batch: &WrittenBatch) -> Result<(), StoreError> {
        self.write_all(batch).map_err(|failure| match failure {
            Failure::Database(error) => {
                failure::stop_if_disk_failed(&error);
                self.roll_back();
                failure::explain(&error)
            }
            Failure::Meaning(error) => {
                self.roll_back();
                error
            }
        })
    }

    fn release(&mut self) {
        self.roll_back();
    }

    fn committed(&mut self, commit_id: &JobId) -> Result<bool, StoreError> {
        let key = RowKey { table: Table::Commit, values: vec![Value::Text(commit_id.to_string())] };
        match self.statements.load(&self.connection, &key) {
            Ok(row) => Ok(row.is_some()),
            Err(Failure::Database(error)) => Err(failure::explain(&error)),
            Err(Failure::Meaning(error)) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests;
