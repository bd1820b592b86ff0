//! A gateway over one directory, as the replaying process and the replayed one open it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use farthing_core::samples;
use farthing_core::time::Timestamp;
use farthing_crypto::{PrivateKey, PublicKey, Vault};
use farthing_engine::testing::{SEAL_KEY_ID, Stage};
use farthing_engine::verify::{VerifyOptions, verify};
use farthing_engine::{Engine, EngineParts, FixedClock, IdSource, SealKey, SeededRandomness};
use farthing_store::Store;
use farthing_store_sqlite::{CheckpointLimits, OpenError, Schema, SqliteOptions, SqliteStore};
use farthing_stories::TestKey;

/// The name of the database in its directory.
pub(crate) const DATABASE: &str = "farthing.db";

/// What seals are signed with; reading a key takes longer than anything else here.
static SEAL_KEY: LazyLock<(Arc<PrivateKey>, Arc<PublicKey>)> = LazyLock::new(|| {
    let key = TestKey::Seal1.private();
    let public = Arc::new(key.public_key());
    (key, public)
});

/// Opens the store, or makes it. The log is carried over after few frames, so that a short run sees it often.
pub(crate) fn open_store(root: &Path) -> Result<SqliteStore, OpenError> {
    let checkpoint = CheckpointLimits { begin_frame_count: 40, finish_frame_count: 160 };
    let options = SqliteOptions { checkpoint, reader_count: 1, ..SqliteOptions::default() };
    SqliteStore::open(&root.join(DATABASE), Schema::BringUp { applied_at: Timestamp::from_ms(0) }, options)
}

/// A stage over what is in a store. `run` must differ between all that open one directory, since ids follow from it.
pub(crate) async fn stage_over(store: Arc<dyn Store>, run: u64) -> Result<Stage, String> {
    let clock = Arc::new(FixedClock::new(samples::noon()));
    let parts = EngineParts {
        store: store.clone(),
        clock: clock.clone(),
        ids: IdSource::new(SeededRandomness::of_run(1, run)),
        vault: Vault::new(&[7; 32]),
        seal_key: SealKey { key_id: SEAL_KEY_ID.to_owned(), key: SEAL_KEY.0.clone() },
        sandbox: true,
    };
    let engine = Engine::open(parts).await.map_err(|failure| failure.to_string())?;
    Ok(Stage { engine, clock, store })
}

/// Seals what is not sealed, and proves the books.
pub(crate) async fn prove(stage: &Stage) -> Result<(), String> {
    stage.engine.seal_pending().await.map_err(|failure| format!("sealing: {failure}"))?;
    let seal_keys = HashMap::from([(SEAL_KEY_ID.to_owned(), SEAL_KEY.1.clone())]);
    let report = verify(&*stage.store, &VerifyOptions { seal_keys }, &|_, _| {}).await;
    match report.map_err(|error| format!("verifying: {error}"))?.findings.first() {
        Some(finding) => Err(format!("the books are not sound: {finding}")),
        None => Ok(()),
    }
}
