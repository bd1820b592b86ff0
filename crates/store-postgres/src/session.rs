//! One connection with its settings and its prepared statements.

use std::collections::HashMap;
use std::time::Duration;

use tokio_postgres::{Client, Statement};

use crate::failure::Failure;
use crate::target::Target;

/// How many statements a connection keeps prepared: the loads and writes of every table, or the selects in use.
const STATEMENTS_KEPT: usize = 256;
/// How long a transaction may stand still between two flights before the server ends its session, milliseconds.
///
/// The rules decide in far less. A gateway that was frozen, or cut off, would otherwise keep its rows locked.
const STANDSTILL_MS: u64 = 2_000;

/// What a connection is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Use {
    /// Batches.
    Writing {
        /// How long a statement waits for a lock, milliseconds.
        lock_timeout_ms: u64,
    },
    /// Reads.
    Reading {
        /// How long one statement may take, milliseconds.
        statement_timeout_ms: u64,
    },
    /// Anything else.
    Plain,
}

impl Use {
    /// The settings of the session.
    ///
    /// The writer's statements go to rows by their keys. Planned once, for tables however small, they keep that plan
    /// when the tables have grown. It has no timeout for statements: one that struck during a commit would end the wait
    /// for a synchronous standby, and the commit would count without it.
    pub(crate) fn settings(self) -> String {
        // Whoever turned synchronous commits off for the whole database did not think of payments.
        const DURABLE: &str = "SELECT set_config('synchronous_commit', 'on', false)
            WHERE current_setting('synchronous_commit') = 'off'; SET jit = off; ";
        DURABLE.to_owned()
            + &match self {
                Self::Writing { lock_timeout_ms } => format!(
                    "SET lock_timeout = {lock_timeout_ms}; SET statement_timeout = 0; \
                     SET idle_in_transaction_session_timeout = {STANDSTILL_MS}; \
                     SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; \
                     SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
                     SET enable_material = off; SET enable_memoize = off"
                ),
                Self::Reading { statement_timeout_ms } => format!(
                    "SET statement_timeout = {statement_timeout_ms}; \
                     SET idle_in_transaction_session_timeout = 0; SET default_transaction_read_only = on"
                ),
                Self::Plain => "SET statement_timeout = 0".to_owned(),
            }
    }
}

/// A connection. It is driven by the runtime that it was opened on.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) client: Client,
    statements: HashMap<String, Statement>,
}

impl Session {
    /// Connects and sets the session up, all of it within `connect_timeout_ms`.
    pub(crate) async fn open(
        target: &Target,
        connect_timeout_ms: u64,
        used_for: Use,
    ) -> Result<Self, Failure> {
        within(connect_timeout_ms, async {
            let (client, connection) = target.config.connect(target.tls.clone()).await?;
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::warn!(
                        error = crate::failure::with_causes(&error),
                        "a connection to the database ended"
                    );
                }
            });
            client.batch_execute(&used_for.settings()).await?;
            Ok(Self { client, statements: HashMap::new() })
        })
        .await
    }

    /// Whether this statement is prepared, or may be without another one being given up for it.
    pub(crate) fn has_room_for(&self, text: &str) -> bool {
        self.statements.contains_key(text) || self.statements.len() < STATEMENTS_KEPT / 2
    }

    /// The prepared statement of this text.
    pub(crate) async fn prepared(&mut self, text: &str) -> Result<Statement, Failure> {
        if let Some(statement) = self.statements.get(text) {
            return Ok(statement.clone());
        }
        if self.statements.len() >= STATEMENTS_KEPT {
            self.statements.clear();
        }
        let statement = self.client.prepare(text).await?;
        self.statements.insert(text.to_owned(), statement.clone());
        Ok(statement)
    }
}

/// Waits so long at most. Whoever gets no answer in time must drop the connection, on which it may still come.
pub(crate) async fn within<T>(
    timeout_ms: u64,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(Duration::from_millis(timeout_ms), work).await {
        Ok(done) => done,
        Err(_) => Err(Failure::Lost(format!("the database gave no answer for {timeout_ms} ms"))),
    }
}

/// A runtime for the connections of one thread.
pub(crate) fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()
}
