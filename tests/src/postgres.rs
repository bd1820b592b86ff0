//! A PostgreSQL database for each test, copied from a template that has the schema already, and dropped afterwards.
//!
//! The server is found by the connection string in `FARTHING_TEST_POSTGRES`, which must let us make databases;
//! `scripts/postgres.sh start DIR` prints one.

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use farthing_core::rows::Row;
use farthing_core::time::Timestamp;
use farthing_engine::{Clock as _, FixedClock};
use farthing_store::{BoxFuture, Job, Select, Snapshot, Store, StoreError};
use farthing_store_postgres::{PostgresOptions, PostgresStore, Schema};
use tokio_postgres::{Client, NoTls};

/// Where a test finds the server.
const VARIABLE: &str = "FARTHING_TEST_POSTGRES";
/// The advisory lock under which the template is made.
const TEMPLATE_LOCK: i64 = 0x7465_6d70_6c61_7465;
/// What the name of the template begins with; the rest says which schema it has, so that a server which has seen an
/// older one still serves.
const TEMPLATE: &str = "farthing_stories_template";

/// The name of the template with today's schema.
fn template() -> String {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    farthing_store_postgres::schema_text().hash(&mut hasher);
    format!("{TEMPLATE}_{:016x}", hasher.finish())
}

/// The connection string of the server; `None` where there is none, which is said on standard error.
#[must_use]
pub fn postgres_server() -> Option<String> {
    let found = std::env::var(VARIABLE).ok().filter(|text| !text.is_empty());
    if found.is_none() {
        // Written past the test runner, which shows what it has caught only where a test fails.
        let _ = writeln!(std::io::stderr(), "skipped: no PostgreSQL; {VARIABLE} holds no connection string");
    }
    found
}

/// A database of one test's own.
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
}

impl TestDatabase {
    /// One with the schema.
    pub async fn fresh(server: String) -> Self {
        make_template(&server).await;
        Self::make(server, &format!("TEMPLATE {}", template())).await
    }

    /// One with nothing in it.
    pub async fn empty(server: String) -> Self {
        Self::make(server, "").await
    }

    async fn make(server: String, with: &str) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let name = format!("farthing_story_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let client = connect(&server).await;
        run(&client, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        run(&client, &format!("CREATE DATABASE {name} {with}")).await;
        Self { server, name }
    }

    /// Its connection string.
    #[must_use]
    pub fn connection(&self) -> String {
        format!("{} dbname={}", self.server, self.name)
    }

    /// Drops it, whoever is connected to it.
    pub async fn drop_now(self) {
        let client = connect(&self.server).await;
        run(&client, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)).await;
    }
}

/// A connection of its own, driven by a task.
async fn connect(connection: &str) -> Client {
    let (client, driver) =
        tokio_postgres::connect(connection, NoTls).await.expect("the PostgreSQL server for tests answers");
    tokio::spawn(driver);
    client
}

async fn run(client: &Client, text: &str) {
    client.batch_execute(text).await.unwrap_or_else(|error| panic!("{text}: {error:?}"));
}

/// Many tests begin at once, each a process of its own; the first makes the template.
async fn make_template(server: &str) {
    let template = template();
    let client = connect(server).await;
    let lock = client.execute("SELECT pg_advisory_lock($1)", &[&TEMPLATE_LOCK]).await;
    lock.expect("the PostgreSQL server for tests grants an advisory lock");
    let is_there = "SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate";
    let found = client.query(is_there, &[&template]).await.expect("the list of databases can be read");
    if !found.is_empty() {
        return;
    }
    run(&client, &format!("DROP DATABASE IF EXISTS {template} WITH (FORCE)")).await;
    run(&client, &format!("CREATE DATABASE {template}")).await;
    let connection = format!("{server} dbname={template}");
    let opened = tokio::task::spawn_blocking(move || drop(open_postgres(&connection))).await;
    opened.expect("the template takes the schema");
    // A template must have no connections when it is copied, and the store's may take a moment to end.
    run(&client, &format!("ALTER DATABASE {template} IS_TEMPLATE true ALLOW_CONNECTIONS false")).await;
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{template}'");
    run(&client, &end).await;
}

/// Opens the store of a database, bringing its schema up. Blocks.
#[must_use]
pub fn open_postgres(connection: &str) -> PostgresStore {
    let options = PostgresOptions::new(connection).expect("the server's connection string is sound");
    let schema = Schema::BringUp { applied_at: Timestamp::from_ms(0) };
    PostgresStore::open(options, schema).expect("a database of a test's own opens")
}

/// A shared store whose clock is the story's: the gateway would go by the server's, which runs.
pub(crate) struct OnOneClock {
    pub(crate) store: PostgresStore,
    pub(crate) clock: Arc<FixedClock>,
}

impl Store for OnOneClock {
    fn read(&self, selects: Vec<Select>) -> BoxFuture<'_, Result<Vec<Vec<Row>>, StoreError>> {
        self.store.read(selects)
    }

    fn submit(&self, job: Job) -> BoxFuture<'_, Result<(), StoreError>> {
        self.store.submit(job)
    }

    fn snapshot(&self) -> BoxFuture<'_, Result<Box<dyn Snapshot>, StoreError>> {
        self.store.snapshot()
    }

    fn shared_now(&self) -> BoxFuture<'_, Result<Option<Timestamp>, StoreError>> {
        Box::pin(std::future::ready(Ok(Some(self.clock.now()))))
    }
}
