use std::time::Instant;

use super::*;

const PATIENCE: Duration = Duration::from_secs(20);

struct Stage {
    writer: Connection,
    pressure: Arc<Pressure>,
    directory: tempfile::TempDir,
}

fn stage(limits: CheckpointLimits) -> Stage {
    let directory = tempfile::tempdir().unwrap();
    let mut writer = connection::writer(&directory.path().join("test.db"), 1000).unwrap();
    writer.execute_batch("CREATE TABLE kept (text TEXT) STRICT").unwrap();
    let pressure = Arc::new(Pressure::new(limits));
    Pressure::watch(&pressure, &mut writer).unwrap();
    Stage { writer, pressure, directory }
}

impl Stage {
    /// One commit of at least two pages.
    fn write(&self) {
        self.writer.execute("INSERT INTO kept VALUES (?1)", [&"x".repeat(10_000)]).unwrap();
    }

    fn start(&self) -> Checkpointer {
        let path = self.directory.path().join("test.db");
        Checkpointer::start(&path, Arc::clone(&self.pressure)).unwrap_or_else(|error| panic!("{error}"))
    }

    fn log_bytes(&self) -> u64 {
        std::fs::metadata(self.directory.path().join("test.db-wal")).map_or(0, |log| log.len())
    }
}

fn wait_until(what: &str, fact: impl Fn() -> bool) {
    let begin = Instant::now();
    while !fact() {
        assert!(begin.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Under unbroken writing the log stays near its bound, although no commit ever carries it over itself.
#[test]
fn the_log_stays_bounded_while_writing_goes_on() {
    let stage = stage(CheckpointLimits { begin_frame_count: 20, finish_frame_count: 60 });
    let checkpointer = stage.start();
    let mut largest = 0;
    for _ in 0..2000 {
        stage.pressure.finish_if_asked(&stage.writer);
        stage.write();
        largest = largest.max(stage.pressure.lock().frame_count);
    }
    assert!(largest < 4000, "the log grew to {largest} of more than 4000 frames");
    checkpointer.close();
    assert_eq!(stage.log_bytes(), 0);
}

/// A short log is carried over when nothing has happened for a while.
#[test]
fn a_quiet_log_is_carried_over() {
    let stage = stage(CheckpointLimits::default());
    let checkpointer = stage.start();
    stage.write();
    wait_until("the quiet log was not carried over", || stage.pressure.lock().new_frame_count() == 0);
    checkpointer.close();
}

/// A log that begins anew counts from its beginning.
#[test]
fn a_new_log_counts_anew() {
    let pressure = Pressure::new(CheckpointLimits::default());
    pressure.note(30);
    pressure.passed(Log { frame_count: 30 });
    assert_eq!(pressure.lock().new_frame_count(), 0);
    pressure.note(4);
    assert_eq!(pressure.lock().new_frame_count(), 4);
}

/// The writer is asked to do the rest of a long log, once, and not of a short one.
#[test]
fn only_a_long_log_is_the_writers() {
    let pressure = Pressure::new(CheckpointLimits { begin_frame_count: 1, finish_frame_count: 10 });
    pressure.passed(Log { frame_count: 9 });
    assert!(!pressure.finish.load(Ordering::Relaxed));
    pressure.passed(Log { frame_count: 10 });
    assert!(pressure.finish.swap(false, Ordering::Relaxed));
}
