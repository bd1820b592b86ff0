//! Opens what a disk kept, and holds it against the books.

use std::path::Path;
use std::sync::Arc;

use farthing_core::request::Secret;
use farthing_core::rows::PaymentState;
use farthing_core::samples;
use farthing_engine::testing::{Codes, Stage, pay_request};
use farthing_store_sqlite::{SqliteOptions, SqliteStore};

use crate::books::Books;
use crate::disk::Image;
use crate::shop::{DATABASE, open_store, prove, stage_over};

/// The run of whoever looks afterwards; those that are looked at count from 0.
const RUN_AFTERWARDS: u64 = 1_000;
/// What is paid to see that paying works again, cents.
const AFTERWARDS_MINOR: i64 = 7;

/// Writes an image into an empty directory.
pub(crate) fn write_image(image: &Image, directory: &Path) {
    for (name, bytes) in image {
        std::fs::write(directory.join(name), bytes).unwrap();
    }
}

/// Reads a directory of files.
pub(crate) fn read_image(directory: &Path) -> Image {
    let entries = std::fs::read_dir(directory).unwrap();
    let read = |entry: std::io::Result<std::fs::DirEntry>| {
        let entry = entry.unwrap();
        (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
    };
    entries.map(read).collect()
}

/// The directory opens, everything there agrees with `books`, payments go on, and the books are sound.
///
/// Reading comes first: a write to a damaged file would end this process, as it should.
pub(crate) async fn inspect(directory: &Path, books: &Books) -> Result<(), String> {
    let store = Arc::new(open_store(directory).map_err(|error| format!("opening: {error}"))?);
    let stage = stage_over(store, RUN_AFTERWARDS).await?;
    books.compare(&stage).await?;
    if let Some(token) = &books.token {
        pay_again(&stage, token).await?;
    }
    prove(&stage).await
}

/// As [`inspect`], but nothing is written, so that a damaged file does no harm.
pub(crate) async fn glance(directory: &Path, books: &Books) -> Result<(), String> {
    let path = directory.join(DATABASE);
    let store = SqliteStore::open_to_read(&path, &SqliteOptions::default());
    let store = Arc::new(store.map_err(|error| format!("opening: {error}"))?);
    books.compare(&stage_over(store, RUN_AFTERWARDS).await?).await
}

async fn pay_again(stage: &Stage, token: &str) -> Result<(), String> {
    let request = pay_request("R-afterwards", AFTERWARDS_MINOR, &Secret::new(token));
    let client = stage.engine.known_client(&samples::client_id()).ok_or("the client is gone")?;
    let caller = stage.engine.caller(client).map_err(|failure| failure.to_string())?;
    let paid = stage.engine.pay(&caller, request, &Codes).await;
    let payment = paid.map_err(|failure| format!("a payment afterwards: {failure}"))?.payment;
    match payment.state {
        PaymentState::Succeeded => Ok(()),
        state => Err(format!("a payment afterwards is {state:?}")),
    }
}
