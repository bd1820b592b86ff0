//! A whole gateway in this process.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use farthing_core::rows::{Delivery, DeliveryState};
use farthing_core::time::Timestamp;
use farthing_crypto::Vault;
use farthing_engine::verify::{Report, VerifyOptions, verify};
use farthing_engine::{Clock, Engine, EngineParts, FixedClock, IdSource, SealKey, SeededRandomness, Select};
use farthing_server::admin::{AdminParts, admin_router};
use farthing_server::delivery::TargetPolicy;
use farthing_server::gateway::{GatewayParts, serve};
use farthing_server::keyring::GatewayKeys;
use farthing_server::limits::GatewayLimits;
use farthing_server::listen::Listener;
use farthing_store::{MemoryStore, Store, WriterLimits};
use farthing_store_sqlite::{Schema, SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::keys::TestKey;
use crate::postgres::{OnOneClock, TestDatabase, open_postgres, postgres_server};

/// When every story begins, milliseconds since 1970: 2019-11-27T12:01:01+08:00, the moment of the sources' examples.
pub const START_MS: i64 = 1_574_827_261_000;

fn start() -> Timestamp {
    Timestamp::from_ms(START_MS)
}

/// What a gateway remembers with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoreKind {
    /// In memory.
    Memory,
    /// In a SQLite file of its own.
    Sqlite,
    /// In a PostgreSQL database of its own.
    Postgres,
}

impl StoreKind {
    /// Whether this machine has one; PostgreSQL must be started for the tests.
    #[must_use]
    pub fn is_at_hand(self) -> bool {
        self != Self::Postgres || postgres_server().is_some()
    }
}

/// The address that users would be sent to, so that answers do not depend on the port.
pub(crate) const PUBLIC_URL: &str = "https://pay.example";
/// The token of the admin API.
const ADMIN_TOKEN: &str = "an-admin-token-that-only-stories-know";
/// How long a story waits for what must come by itself.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);
const LOOK_AGAIN_AFTER: Duration = Duration::from_millis(5);

/// Puts something before a store.
pub type Wrap = Box<dyn FnOnce(Arc<dyn Store>) -> Arc<dyn Store> + Send>;

/// How a gateway differs from the usual one.
pub struct Setup {
    /// What callers, clients and merchants' servers may use.
    pub limits: GatewayLimits,
    /// Where notifications may go.
    pub targets: TargetPolicy,
    /// Puts something before the store.
    pub wrap: Wrap,
}

impl Default for Setup {
    fn default() -> Self {
        let wrap = Box::new(|store| store);
        Self { limits: GatewayLimits::default(), targets: TargetPolicy::Anywhere, wrap }
    }
}

/// A running gateway with the demo world in it.
pub struct TestGateway {
    /// Its use cases, for what a story arranges behind the scenes.
    pub engine: Arc<Engine>,
    /// Its clock; stands still.
    pub clock: Arc<FixedClock>,
    /// Its signing keys.
    pub keys: Arc<GatewayKeys>,
    /// What it remembers with.
    pub kind: StoreKind,
    pub(crate) demo_token: String,
    store: Arc<dyn Store>,
    api: SocketAddr,
    admin: SocketAddr,
    stop: CancellationToken,
    serving: JoinHandle<()>,
    directory: TempDir,
    database: Option<TestDatabase>,
}

impl TestGateway {
    /// Starts one with the usual limits.
    pub async fn start(kind: StoreKind) -> Self {
        Self::start_with(kind, GatewayLimits::default()).await
    }

    /// Starts one with these limits.
    pub async fn start_with(kind: StoreKind, limits: impl Into<GatewayLimits>) -> Self {
        Self::start_as(kind, Setup { limits: limits.into(), ..Setup::default() }).await
    }

    /// Starts one that differs from the usual.
    pub async fn start_as(kind: StoreKind, setup: Setup) -> Self {
        let directory = TempDir::new().expect("the system has a directory for temporary files");
        let clock = Arc::new(FixedClock::new(start()));
        let (store, database) = open_store(kind, directory.path(), clock.clone()).await;
        let store = (setup.wrap)(store);
        let keys = Arc::new(open_keys(&directory.path().join("keys")));
        let engine = open_engine(store.clone(), clock.clone()).await;
        let token = engine.ensure_demo(None, |_dialect| TestKey::Merchant1.public_text()).await;
        let demo_token = token.expect("the demo world can be made").reveal().to_owned();
        let (api, admin) = (bind().await, bind().await);
        let (api_addr, admin_addr) = (api.local_addr(), admin.local_addr());
        let router = admin_router(AdminParts {
            engine: engine.clone(),
            keys: keys.clone(),
            token: ADMIN_TOKEN.to_owned(),
            hosts: Vec::new(),
            second_person: false,
            sandbox: true,
        });
        let parts = GatewayParts {
            engine: engine.clone(),
            keys: keys.clone(),
            api: vec![api],
            admin: Some((admin, router)),
            limits: setup.limits,
            targets: setup.targets,
            public_url: Some(PUBLIC_URL.to_owned()),
        };
        let stop = CancellationToken::new();
        let stopping = stop.clone();
        let serving =
            tokio::spawn(async move { serve(parts, stopping).await.expect("a gateway can be started") });
        Self {
            engine,
            clock,
            keys,
            kind,
            demo_token,
            store,
            api: api_addr,
            admin: admin_addr,
            stop,
            serving,
            directory,
            database,
        }
    }

    /// Where the API is, e.g. `http://127.0.0.1:40123`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("http://{}", self.api)
    }

    /// Where the API is, for a socket.
    #[must_use]
    pub fn api_addr(&self) -> SocketAddr {
        self.api
    }

    /// Where the admin API is, and its token.
    #[must_use]
    pub fn admin(&self) -> (String, &'static str) {
        (format!("http://{}", self.admin), ADMIN_TOKEN)
    }

    /// What it remembers with.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The time on its clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Moves the clock, does what has become due by that, and waits until every notification that is due has been
    /// tried. What was due before is tried before the clock moves.
    pub async fn advance_ms(&self, by_ms: i64) {
        self.deliveries_tried().await;
        self.clock.advance_ms(by_ms);
        self.engine.do_what_is_due().await.expect("the store answers");
        self.engine.wake_delivery();
        self.deliveries_tried().await;
    }

    /// Waits until no notification is due and none is on its way.
    pub async fn deliveries_tried(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let due = self.engine.due_deliveries(1).await.expect("the store answers");
            let pending = self.deliveries().await;
            let on_their_way = pending.iter().filter(|one| one.lease_owner.is_some()).count();
            if due.is_empty() && on_their_way == 0 {
                return;
            }
            assert!(Instant::now() < deadline, "notifications are still on their way: {pending:?}");
            sleep(LOOK_AGAIN_AFTER).await;
        }
    }

    /// Everything in the outbox, delivered or not.
    pub async fn deliveries(&self) -> Vec<Delivery> {
        let all = self.engine.list(Select::from(farthing_core::rows::Table::Delivery)).await;
        all.expect("the store answers")
    }

    /// How many notifications stand in this state.
    pub async fn deliveries_in(&self, state: DeliveryState) -> usize {
        self.deliveries().await.into_iter().filter(|delivery| delivery.state == state).count()
    }

    /// Stops it as SIGTERM would, waits until everything that was begun is done, and proves the books.
    pub async fn stop(self) {
        self.stop.cancel();
        let drained = timeout(PATIENCE, self.serving).await.expect("a gateway drains in time");
        drained.expect("a gateway does not panic");
        self.engine.seal_pending().await.expect("the store answers");
        let report = prove(&*self.store).await;
        assert!(report.is_clean(), "the books do not fit: {:#?}", report.findings);
        drop(self.directory);
        if let Some(database) = self.database {
            drop((self.engine, self.store));
            database.drop_now().await;
        }
    }

    /// Proves the books of the running gateway.
    pub async fn verify(&self) -> Report {
        prove(&*self.store).await
    }
}

async fn prove(store: &dyn Store) -> Report {
    let public = Arc::new(TestKey::Seal1.public());
    let options = VerifyOptions { seal_keys: HashMap::from([("seal-1".to_owned(), public)]) };
    verify(store, &options, &|_part, _count| {}).await.expect("the store answers")
}

async fn open_store(
    kind: StoreKind,
    directory: &Path,
    clock: Arc<FixedClock>,
) -> (Arc<dyn Store>, Option<TestDatabase>) {
    match kind {
        StoreKind::Memory => {
            let store = MemoryStore::new(WriterLimits::default()).expect("the system has a thread to spare");
            (Arc::new(store), None)
        }
        StoreKind::Sqlite => {
            let schema = Schema::BringUp { applied_at: start() };
            let path = directory.join("farthing.db");
            let store = SqliteStore::open(&path, schema, SqliteOptions::default());
            (Arc::new(store.expect("a fresh file opens")), None)
        }
        StoreKind::Postgres => {
            let server = postgres_server().expect("a story asks first whether there is a server");
            let database = TestDatabase::fresh(server).await;
            let connection = database.connection();
            let opened = tokio::task::spawn_blocking(move || open_postgres(&connection)).await;
            let store = OnOneClock { store: opened.expect("a fresh database opens"), clock };
            (Arc::new(store), Some(database))
        }
    }
}

/// Puts the fixed keys where the keyring would make its own.
fn open_keys(directory: &Path) -> GatewayKeys {
    use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
    std::fs::DirBuilder::new().mode(0o700).create(directory).expect("a fresh directory takes a folder");
    for (name, key) in [("gateway-1.pem", TestKey::Gateway1), ("seal-1.pem", TestKey::Seal1)] {
        let path = directory.join(name);
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        std::io::Write::write_all(&mut file.expect("a fresh folder takes a file"), key.pem().as_bytes())
            .expect("a fresh file takes a key");
    }
    GatewayKeys::open_or_create(directory, start()).expect("the fixed keys are a keyring")
}

async fn open_engine(store: Arc<dyn Store>, clock: Arc<FixedClock>) -> Arc<Engine> {
    let parts = EngineParts {
        store,
        clock,
        ids: IdSource::new(SeededRandomness::new(7)),
        vault: Vault::new(&[7; 32]),
        seal_key: SealKey { key_id: "seal-1".to_owned(), key: TestKey::Seal1.private() },
        sandbox: true,
    };
    Engine::open(parts).await.expect("an empty store opens")
}

async fn bind() -> Listener {
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    Listener::bind(any_port).await.expect("the system has a free port")
}
