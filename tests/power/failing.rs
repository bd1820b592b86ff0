//! The disk refuses: writes and syncs that fail, at each point in turn, and a disk without room.
//!
//! Whatever fails, the process stops or refuses and says why; whoever had been answered before is right, also when the
//! power goes afterwards and everything is lost that a failed sync left behind; and the next start goes on.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::sync::Mutex;

use tokio::runtime::Runtime;

use crate::books::Books;
use crate::child::{REFUSED, Script, played};
use crate::cuts::replays;
use crate::disk::{DIRECTORY, Image};
use crate::inspect::inspect;
use crate::log::Event;
use crate::number_in;
use crate::replay::{Replays, say};
use crate::watch::{Ended, Watched, left_behind};

/// The signal of a process that aborts.
const SIGABRT: i32 = 6;
/// What the operating system calls an input/output error, and a full disk.
const EIO: i32 = 5;
const ENOSPC: i32 = 28;
/// How many points of each kind fail when nothing else is said.
const POINTS: usize = 12;
/// At how many moments after a failure the power is cut.
const CUTS_AFTER: usize = 12;

/// How a process ended whose disk failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    /// It ended itself, and said why.
    Stopped,
    /// The database was not opened, and it said why.
    Refused,
    /// It did all it had to: the failure came too late, or only to what can be done later.
    WentOn,
}

/// Watched processes, each with another failure.
struct Trials<'a> {
    test: &'a str,
    script: Script,
    base: &'a Image,
    /// What was asked and told before.
    books: Books,
}

impl<'a> Trials<'a> {
    fn watched(&self, fail: Option<String>) -> Watched<'_> {
        let token = self.books.token.as_deref();
        Watched { token, fail, ..Watched::new(self.test, self.script, self.base) }
    }

    /// How many changes, how many syncs, and by how many bytes files grow, when nothing fails.
    fn measure(&self) -> [usize; 3] {
        let calm = self.watched(None).run_well();
        let count = |is_meant: fn(&Event) -> bool| calm.log.events.iter().filter(|it| is_meant(it)).count();
        let changes = count(|event| {
            !matches!(event, Event::SyncEnd { .. } | Event::SyncFailed { .. }) && event.changes_the_disk()
        });
        let syncs = count(|event| matches!(event, Event::SyncBegin { .. }));
        let files = |image: &Image| image.values().map(Vec::len).sum::<usize>();
        // The log is emptied at the end, so the files grew by more than they are larger now.
        let written = calm.log.events.iter().map(|event| match event {
            Event::Write { bytes, .. } => bytes.len(),
            _ => 0,
        });
        [changes, syncs, written.sum::<usize>().min(files(&left_behind(&calm)))]
    }

    /// Lets each of these fail, on all processors; how they ended, in any order.
    fn run(&self, failures: Vec<String>) -> Vec<End> {
        let waiting = Mutex::new(failures);
        let ends = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(2, std::num::NonZero::get) {
                scope.spawn(|| {
                    let next = || waiting.lock().unwrap().pop();
                    while let Some(fail) = next() {
                        let end = self.try_one(&fail).unwrap_or_else(|problem| panic!("{fail}: {problem}"));
                        ends.lock().unwrap().push(end);
                    }
                });
            }
        });
        ends.into_inner().unwrap()
    }

    fn try_one(&self, fail: &str) -> Result<End, String> {
        let ended = self.watched(Some(fail.to_owned())).run();
        let end = how_it_ended(&ended)?;
        let look =
            |runtime: &Runtime, directory: &Path, books: &Books| runtime.block_on(inspect(directory, books));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = look(&runtime, &ended.root(), &self.books.clone().and(&ended.books));
        found.map_err(|problem| format!("after {end:?}: {problem}"))?;
        // What the disk lost when a sync failed stays lost, whatever was synced later.
        let failed = ended.log.events.iter().position(|event| matches!(event, Event::SyncFailed { .. }));
        let replays = Replays {
            books: self.books.clone(),
            from: failed.unwrap_or(ended.log.events.len()),
            cuts_max: CUTS_AFTER,
            draws_per_cut: 1,
            ..replays("failing", &ended.log, self.base)
        };
        match replays.run(&look).findings.first() {
            Some(finding) => Err(format!("after {end:?} and a power cut: {finding}")),
            None => Ok(end),
        }
    }
}

fn how_it_ended(ended: &Ended) -> Result<End, String> {
    let says = |words: &[&str]| words.iter().any(|word| ended.said.contains(word));
    if ended.status.success() {
        return Ok(End::WentOn);
    }
    let has_aborted = ended.status.signal() == Some(SIGABRT);
    if has_aborted && says(&["the process ends now"]) && says(&["the disk failed", "the disk is full"]) {
        return Ok(End::Stopped);
    }
    if ended.status.code() == Some(REFUSED) && says(&["the database"]) && says(&["farthing.db"]) {
        return Ok(End::Refused);
    }
    Err(format!("it ended with {} and said: {}", ended.status, ended.said))
}

/// So many points from 1 to `last`, evenly spread.
fn spread(last: usize) -> impl Iterator<Item = usize> {
    let points = number_in("FARTHING_POWER_REPLAYS").map_or(POINTS, |replays| replays / 50).max(1);
    (1..=last).step_by(last.div_ceil(points).max(1))
}

/// A database with payers and a few payments in it, closed, and what was asked and told until then.
pub(crate) fn grown(test: &str) -> (Image, Books) {
    let ended = Watched::new(test, Script::Birth, &Image::new()).run_well();
    (left_behind(&ended), ended.books)
}

fn tell(what: &str, ends: &[End]) {
    let count = |end: End| ends.iter().filter(|it| **it == end).count();
    say(&format!(
        "power: {what}: {} runs: {} stopped, {} refused to open, {} went on",
        ends.len(),
        count(End::Stopped),
        count(End::Refused),
        count(End::WentOn)
    ));
}

/// Proves that a failed sync ends the process before anybody is answered, and that nobody syncs again and goes on.
#[test]
fn a_failed_sync_ends_the_process() {
    if played() {
        return;
    }
    let test = "failing::a_failed_sync_ends_the_process";
    let (base, books) = grown(test);
    let trials = Trials { test, script: Script::Work, base: &base, books };
    let [_, syncs, _] = trials.measure();
    let ends = trials.run((1..=syncs).map(|at| format!("sync {at} {EIO}")).collect());
    tell("failed syncs", &ends);
    assert!(ends.iter().filter(|end| **end == End::Stopped).count() * 2 > ends.len(), "{ends:?}");
}

/// Proves that a database whose name, or its log's, may not be on disk takes no payment. SQLite goes on when a directory
/// cannot be synced: once, the log was then lost as a whole, and everything answered from it.
#[test]
fn a_directory_that_cannot_be_synced_is_refused() {
    if played() {
        return;
    }
    let test = "failing::a_directory_that_cannot_be_synced_is_refused";
    let (base, books) = grown(test);
    let trials = Trials { test, script: Script::Work, base: &base, books };
    // The first sync of a database that was closed well is that of its directory.
    let ended = trials.watched(Some(format!("sync 1 {EIO}"))).run();
    assert_eq!(how_it_ended(&ended), Ok(End::Refused));
    assert!(ended.said.contains("cannot be synced"), "{}", ended.said);
    assert!(ended.log.events.contains(&Event::SyncFailed { file: DIRECTORY }));
    assert_eq!(trials.run(vec![format!("sync 1 {EIO}"), format!("sync 3 {EIO}")]).len(), 2);
}

/// Proves that writes that fail end the process with a clear word, whether only once or from then on.
#[test]
fn a_failed_write_ends_the_process() {
    if played() {
        return;
    }
    let test = "failing::a_failed_write_ends_the_process";
    let (base, books) = grown(test);
    let trials = Trials { test, script: Script::Work, base: &base, books };
    let [changes, ..] = trials.measure();
    let once = spread(changes).map(|at| format!("once {at} {EIO}"));
    let for_ever = spread(changes).map(|at| format!("change {at} {EIO}"));
    let ends = trials.run(once.chain(for_ever).collect());
    tell("failed writes", &ends);
    assert!(ends.iter().filter(|end| **end == End::Stopped).count() * 2 > ends.len(), "{ends:?}");
}

/// Proves that a full disk ends the process with a clear word, wherever a write is cut short by it.
#[test]
fn a_full_disk_ends_the_process() {
    if played() {
        return;
    }
    let test = "failing::a_full_disk_ends_the_process";
    let (base, books) = grown(test);
    let trials = Trials { test, script: Script::Work, base: &base, books };
    let [.., bytes] = trials.measure();
    let ends = trials.run(spread(bytes).map(|room| format!("bytes {} {ENOSPC}", room - 1)).collect());
    tell("full disks", &ends);
    assert!(ends.contains(&End::Stopped), "{ends:?}");
}

/// Proves that a database that could not be made is refused with a clear word, and can be made later.
#[test]
fn a_database_that_cannot_be_made_is_refused() {
    if played() {
        return;
    }
    let test = "failing::a_database_that_cannot_be_made_is_refused";
    let base = Image::new();
    let trials = Trials { test, script: Script::Open, base: &base, books: Books::default() };
    let [changes, syncs, bytes] = trials.measure();
    let failures = spread(changes).map(|at| format!("once {at} {EIO}"));
    let failures = failures.chain(spread(syncs).map(|at| format!("sync {at} {EIO}")));
    let failures = failures.chain(spread(bytes).map(|room| format!("bytes {} {ENOSPC}", room - 1)));
    let ends = trials.run(failures.collect());
    tell("making a database", &ends);
    assert!(ends.contains(&End::Refused), "{ends:?}");
}
