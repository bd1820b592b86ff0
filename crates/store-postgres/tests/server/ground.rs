//! A database for each test, made from a template that has the schema already, and dropped afterwards.
//!
//! The server is found by the connection string in `FARTHING_TEST_POSTGRES`, which must let us make databases;
//! `scripts/postgres.sh start DIR` prints one. Without it, tests that need a server say so and pass.

use std::io::Write as _;

use farthing_core::time::Timestamp;
use farthing_store_postgres::{PostgresOptions, PostgresStore, Schema};

/// Where a test finds the server.
const VARIABLE: &str = "FARTHING_TEST_POSTGRES";
/// The advisory lock under which the template is made.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;

/// Brings the schema up where it is missing.
pub(crate) fn bring_up() -> Schema {
    Schema::BringUp { applied_at: Timestamp::from_ms(5) }
}

/// A database of one test's own.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A database with the schema; `None` where there is no server, which is said on standard error.
    pub(crate) fn fresh() -> Option<Self> {
        let server = server()?;
        let template = template(&server);
        Some(Self::make(server, &format!("TEMPLATE {template}")))
    }

    /// A database with nothing in it, with these words at the end of `CREATE DATABASE`.
    pub(crate) fn empty(with: &str) -> Option<Self> {
        Some(Self::make(server()?, with))
    }

    /// A database on the server of this connection string, with these words at the end of `CREATE DATABASE`.
    pub(crate) fn make(server: String, with: &str) -> Self {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("farthing_test_{}_{number}", std::process::id());
        ask(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        ask(&server, &format!("CREATE DATABASE {name} {with}"));
        Self { server, name }
    }

    /// Its connection string.
    pub(crate) fn connection(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    /// Carries out a statement on a connection of its own, and tells the first column of what it answers.
    pub(crate) fn ask(&self, text: &str) -> Vec<Option<String>> {
        ask(&self.connection(), text)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            ask(&self.server, &format!("DROP DATABASE {} WITH (FORCE)", self.name));
        }
    }
}

/// Options for a store, with timeouts that a test can wait for.
pub(crate) fn options(connection: &str) -> PostgresOptions {
    PostgresOptions {
        connect_timeout_ms: 3_000,
        answer_timeout_ms: 4_000,
        reconnect_ms_max: 1_000,
        lock_timeout_ms: 2_500,
        ..PostgresOptions::new(connection).unwrap()
    }
}

/// The connection string of the server.
pub(crate) fn server() -> Option<String> {
    let found = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    if found.is_none() {
        // Written past the test runner, which shows what it has caught only where a test fails.
        let _ = writeln!(std::io::stderr(), "skipped: no PostgreSQL; {VARIABLE} holds no connection string");
    }
    found
}

/// A new connection, driven by a task on the runtime of the caller.
pub(crate) async fn connect(connection: &str) -> tokio_postgres::Client {
    let (client, driver) = tokio_postgres::connect(connection, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(driver);
    client
}

/// Carries out statements on a connection of their own, and tells the first column of what they answer.
pub(crate) fn ask(connection: &str, text: &str) -> Vec<Option<String>> {
    let work = async {
        let answers = connect(connection).await.simple_query(text).await;
        let rows = answers.unwrap_or_else(|error| panic!("{text}: {error:?}")).into_iter();
        rows.filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
            _ => None,
        })
        .collect()
    };
    // The caller may be inside a runtime already.
    std::thread::scope(|scope| scope.spawn(|| runtime().block_on(work)).join().unwrap())
}

/// A runtime with sockets and timers.
pub(crate) fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// The name of a database with the schema, which is made when it is first asked for.
///
/// It is called after its schema, so that an older one is never taken.
fn template(server: &str) -> String {
    let schema = std::hash::BuildHasher::hash_one(
        &std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default(),
        include_str!("../../migrations/0001_first.sql"),
    );
    let name = format!("farthing_template_{schema:016x}");
    let make = async {
        let client = connect(server).await;
        client.execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK]).await.unwrap();
        let is_there = "SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate";
        if client.query(is_there, &[&name]).await.unwrap().is_empty() {
            client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
            client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
            drop(PostgresStore::open(options(&format!("{server} dbname={name}")), bring_up()).unwrap());
            // A template must have no connections when it is copied, and the store's may take a moment to end.
            let lock_up = format!(
                "ALTER DATABASE {name} IS_TEMPLATE true ALLOW_CONNECTIONS false; \
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            );
            client.batch_execute(&lock_up).await.unwrap();
        }
    };
    std::thread::scope(|scope| scope.spawn(|| runtime().block_on(make)).join().unwrap());
    name
}
