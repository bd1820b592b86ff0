//! Cuts the power at many moments of a log, and looks at what each kind of disk would have kept.

use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::books::Books;
use crate::dice::Dice;
use crate::disk::{Disk, Image};
use crate::fate::{Fate, Way};
use crate::inspect::write_image;
use crate::log::{Event, Log};
use crate::watch::scratch;

/// After how many replays a line says how far it is.
const PROGRESS_REPLAYS: usize = 500;

/// What looks at what a disk kept; it is given an open runtime.
pub(crate) type Inspect<'a> =
    &'a (dyn Fn(&tokio::runtime::Runtime, &Path, &Books) -> Result<(), String> + Sync);

/// What is replayed, and how much of it.
pub(crate) struct Replays<'a> {
    pub(crate) name: &'a str,
    pub(crate) log: &'a Log,
    /// What was on the disk before.
    pub(crate) base: &'a Image,
    /// What was asked and told before.
    pub(crate) books: Books,
    /// From which event on.
    pub(crate) from: usize,
    /// How many moments; all of them where the log has no more.
    pub(crate) cuts_max: usize,
    /// In how many ways chance treats what is pending at a moment, beside all of it and none of it.
    pub(crate) draws_per_cut: usize,
    pub(crate) seed: u64,
    /// After so many findings it ends.
    pub(crate) findings_max: usize,
}

/// A power cut after which something was wrong.
pub(crate) struct Finding {
    /// Before which event of the log.
    cut: usize,
    way: Way,
    pub(crate) problem: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cut, way, problem } = self;
        write!(f, "cut before event {cut}, {way:?}: {problem}")
    }
}

/// What came of the replays.
pub(crate) struct Outcome {
    pub(crate) cut_count: usize,
    pub(crate) replay_count: usize,
    pub(crate) findings: Vec<Finding>,
}

impl Outcome {
    /// Says how much was done.
    pub(crate) fn tell(&self, name: &str) {
        let Self { cut_count, replay_count, findings } = self;
        let found = findings.len();
        say(&format!("power: {name}: {replay_count} replays of {cut_count} moments, {found} findings"));
    }

    /// Fails where something was found.
    pub(crate) fn expect_none(&self) {
        let found: Vec<String> = self.findings.iter().map(Finding::to_string).collect();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

impl Replays<'_> {
    /// Replays on all processors.
    pub(crate) fn run(&self, inspect: Inspect<'_>) -> Outcome {
        let cuts = self.cuts();
        let replay_count = AtomicUsize::new(0);
        let findings = Mutex::new(Vec::new());
        let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        std::thread::scope(|scope| {
            for worker in 0..workers {
                let own: Vec<usize> = cuts.iter().copied().skip(worker).step_by(workers).collect();
                let (replay_count, findings) = (&replay_count, &findings);
                scope.spawn(move || self.walk(&own, inspect, replay_count, findings));
            }
        });
        Outcome {
            cut_count: cuts.len(),
            replay_count: replay_count.into_inner(),
            findings: findings.into_inner().unwrap(),
        }
    }

    /// The moments: before each event that changes the disk, and the end. Notes in between are there already, so that
    /// whatever was answered by then must be there with the least that is on disk.
    fn cuts(&self) -> Vec<usize> {
        let events = &self.log.events;
        let mut cuts: Vec<usize> =
            (self.from..events.len()).filter(|at| events[*at].changes_the_disk()).collect();
        cuts.push(events.len());
        let mut dice = Dice::new(self.seed);
        while cuts.len() > self.cuts_max {
            cuts.swap_remove(dice.below(cuts.len()));
        }
        cuts.sort_unstable();
        cuts
    }

    fn walk(&self, cuts: &[usize], inspect: Inspect<'_>, done: &AtomicUsize, findings: &Mutex<Vec<Finding>>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut disk = Disk::over(self.base, self.log);
        let mut books = self.books.clone();
        let mut next = 0;
        for &cut in cuts {
            for number in next..cut {
                disk.apply(number);
                if let Event::Note(lines) = &self.log.events[number] {
                    lines.lines().for_each(|line| books.note(line));
                }
            }
            next = cut;
            for (number, way) in self.ways(cut, disk.pending_count()).into_iter().enumerate() {
                if findings.lock().unwrap().len() >= self.findings_max {
                    return;
                }
                let mut fate = Fate::new(way, self.dice(cut).fork(number + 1));
                let directory = scratch();
                let mut image = disk.image(&mut fate);
                spoil_index(&mut image, &mut self.dice(cut).fork(number));
                write_image(&image, directory.path());
                if let Err(problem) = inspect(&runtime, directory.path(), &books) {
                    findings.lock().unwrap().push(Finding { cut, way, problem });
                }
                self.progress(done.fetch_add(1, Ordering::Relaxed) + 1);
            }
        }
    }

    fn dice(&self, cut: usize) -> Dice {
        Dice::new(self.seed).fork(cut + 1)
    }

    fn ways(&self, cut: usize, pending_count: usize) -> Vec<Way> {
        let mut ways = vec![Way::Nothing];
        if pending_count > 0 {
            let mut dice = self.dice(cut);
            ways.push(Way::Everything);
            ways.extend((0..self.draws_per_cut).map(|_| Way::draw(&mut dice, pending_count)));
        }
        ways
    }

    fn progress(&self, done: usize) {
        if done.is_multiple_of(PROGRESS_REPLAYS) {
            say(&format!("power: {}: {done} replays so far", self.name));
        }
    }
}

/// The index beside the log is never synced, so anything may stand in it.
fn spoil_index(image: &mut Image, dice: &mut Dice) {
    if let Some(index) = image.iter_mut().find_map(|(name, bytes)| name.ends_with("-shm").then_some(bytes))
        && dice.coin()
    {
        dice.fill(index);
    }
}

/// Prints past the harness, which keeps what a passing test prints to itself.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").unwrap();
}
