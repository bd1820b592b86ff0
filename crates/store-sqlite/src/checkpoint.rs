//! Carrying the write-ahead log over into the database file, off the way of the commits.
//!
//! A thread with a connection of its own does it in passive passes, which nobody waits for. Under unbroken writing a
//! pass never catches up wholly, and the log could grow without end. When it is long, the writer is therefore asked to
//! do the small rest itself between two batches: nobody writes then, so the log is carried over wholly and the next
//! commit begins it anew.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::wal::CheckpointMode;
use rusqlite::{Connection, ErrorCode};

use crate::failure::StartError;
use crate::{connection, failure};

/// How long a log may lie there unchanged before it is carried over although it is short.
const IDLE: Duration = Duration::from_secs(1);
/// How long the last pass waits for readers before it leaves the log to the next start, milliseconds.
const LOCK_WAIT_MS: u64 = 500;

/// When the log is carried over, in frames; a frame is one page of the file, 8 KiB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CheckpointLimits {
    /// After so many new frames a pass begins.
    pub begin_frame_count: i32,
    /// When the log holds so many frames after a pass, the writer does the rest.
    pub finish_frame_count: i32,
}

impl Default for CheckpointLimits {
    fn default() -> Self {
        Self { begin_frame_count: 1024, finish_frame_count: 4096 }
    }
}

/// What the writer tells the checkpointer, and the other way round.
#[derive(Debug)]
pub(crate) struct Pressure {
    limits: CheckpointLimits,
    state: Mutex<State>,
    changed: Condvar,
    finish: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    /// How many frames the log holds.
    frame_count: i32,
    /// How many of them were there when the last pass ended.
    seen_frame_count: i32,
    closing: bool,
}

impl State {
    fn new_frame_count(&self) -> i32 {
        self.frame_count - self.seen_frame_count
    }
}

impl Pressure {
    pub(crate) fn new(limits: CheckpointLimits) -> Self {
        Self { limits, state: Mutex::default(), changed: Condvar::new(), finish: AtomicBool::new(false) }
    }

    /// Has the writer's connection report how long the log is after each commit.
    pub(crate) fn watch(pressure: &Arc<Self>, writer: &mut Connection) -> rusqlite::Result<()> {
        let pressure = Arc::clone(pressure);
        writer.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, frame_count| {
            pressure.note(frame_count);
            Ok(())
        }))
    }

    /// Carries the rest of a long log over, on the writer's own connection, between two batches.
    pub(crate) fn finish_if_asked(&self, writer: &Connection) {
        if self.finish.swap(false, Ordering::Relaxed) {
            let _ = pass(writer);
        }
    }

    fn note(&self, frame_count: i32) {
        let mut state = self.lock();
        // A shorter log than before is a new one.
        if frame_count < state.frame_count {
            state.seen_frame_count = 0;
        }
        let was_quiet = state.new_frame_count() == 0;
        state.frame_count = frame_count;
        let wake = was_quiet || state.new_frame_count() >= self.limits.begin_frame_count;
        drop(state);
        if wake {
            self.changed.notify_one();
        }
    }

    /// Sleeps until a pass is due; false when it is the last.
    fn wait(&self) -> bool {
        let mut state = self.lock();
        loop {
            if state.closing {
                return false;
            }
            if state.new_frame_count() >= self.limits.begin_frame_count {
                return true;
            }
            let quiet_at = state.frame_count;
            if state.new_frame_count() == 0 {
                state = self.changed.wait(state).expect("nobody panics while holding this lock");
            } else {
                let (now, slept) =
                    self.changed.wait_timeout(state, IDLE).expect("nobody panics while holding this lock");
                state = now;
                if slept.timed_out() && state.frame_count == quiet_at {
                    return true;
                }
            }
        }
    }

    fn passed(&self, log: Log) {
        self.lock().seen_frame_count = log.frame_count;
        if log.frame_count >= self.limits.finish_frame_count {
            self.finish.store(true, Ordering::Relaxed);
        }
    }

    fn close(&self) {
        self.lock().closing = true;
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nobody panics while holding this lock")
    }
}

/// The thread that carries the log over. It ends with the log emptied, if nobody reads it then.
#[derive(Debug)]
pub(crate) struct Checkpointer {
    pressure: Arc<Pressure>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Checkpointer {
    pub(crate) fn start(path: &Path, pressure: Arc<Pressure>) -> Result<Self, StartError> {
        let connection = connection::checkpointer(path, LOCK_WAIT_MS)?;
        let shared = Arc::clone(&pressure);
        let thread = std::thread::Builder::new().name("store-checkpoint".to_owned()).spawn(move || {
            while shared.wait() {
                if let Some(log) = pass(&connection) {
                    shared.passed(log);
                }
            }
            empty(&connection);
        })?;
        Ok(Self { pressure, thread: Mutex::new(Some(thread)) })
    }

    /// Empties the log and waits for the end. To be called when the writer has ended.
    pub(crate) fn close(&self) {
        self.pressure.close();
        let thread = self.thread.lock().expect("nobody panics while holding this lock").take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the checkpointer of the store panicked");
        }
    }
}

/// The log after a pass.
#[derive(Clone, Copy, Debug)]
struct Log {
    frame_count: i32,
}

/// One passive pass: carries over what it can without waiting for anybody. `None` where somebody else is at it.
fn pass(connection: &Connection) -> Option<Log> {
    match connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::PASSIVE) {
        Ok((frame_count, _)) => Some(Log { frame_count }),
        Err(error) => {
            report(&error);
            None
        }
    }
}

fn empty(connection: &Connection) {
    if let Err(error) = connection.wal_checkpoint_v2(None::<&str>, CheckpointMode::TRUNCATE) {
        report(&error);
    }
}

fn report(error: &rusqlite::Error) {
    failure::stop_if_disk_failed(error);
    if !matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)) {
        tracing::error!(%error, "the write-ahead log could not be carried over");
    }
}

#[cfg(test)]
mod tests;
