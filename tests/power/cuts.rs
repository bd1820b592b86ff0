//! The power is cut.

use crate::books::Books;
use crate::child::{Script, played};
use crate::disk::{Disk, Image};
use crate::fate::{Fate, Way};
use crate::inspect::{glance, inspect};
use crate::log::Log;
use crate::replay::{Outcome, Replays};
use crate::watch::{Watched, left_behind};
use crate::{dice::Dice, number_in};

/// In how many ways chance treats what is pending at a moment.
const DRAWS_PER_CUT: usize = 3;
/// How many moments of a long log are looked at when nothing else is said.
const CUTS: usize = 150;

/// How many moments a test looks at, `usual` when nothing else is said.
pub(crate) fn cuts_max(usual: usize) -> usize {
    number_in("FARTHING_POWER_REPLAYS").map_or(usual, |replays| replays.div_ceil(DRAWS_PER_CUT + 2))
}

/// Replays of a log over what was on the disk before.
pub(crate) fn replays<'a>(name: &'a str, log: &'a Log, base: &'a Image) -> Replays<'a> {
    Replays {
        name,
        log,
        base,
        books: Books::default(),
        from: 0,
        cuts_max: cuts_max(CUTS),
        draws_per_cut: DRAWS_PER_CUT,
        seed: number_in("FARTHING_POWER_SEED").unwrap_or(1) as u64,
        findings_max: 5,
    }
}

fn inspected(replays: &Replays<'_>) -> Outcome {
    let outcome = replays.run(&|runtime, directory, books| runtime.block_on(inspect(directory, books)));
    outcome.tell(replays.name);
    outcome
}

/// Proves that the shim sees everything: what it wrote down is what is in the directory at the end. The index beside
/// the log is left out; it lives in memory that is shared, and never outlives its users.
#[test]
fn the_log_tells_all_that_happened() {
    if played() {
        return;
    }
    let base = Image::new();
    let ended = Watched::new("cuts::the_log_tells_all_that_happened", Script::Busy, &base).run_well();
    let mut disk = Disk::over(&base, &ended.log);
    (0..ended.log.events.len()).for_each(|number| disk.apply(number));
    let told = disk.image(&mut Fate::new(Way::Everything, Dice::new(1)));
    assert!(ended.books.told_count() > 60, "{:?}", ended.books);
    assert!(told == left_behind(&ended), "the files differ from what the shim wrote down");
}

/// Proves that a database that is just being made, its first payments among it, survives a power cut at any moment.
#[test]
fn a_new_database_survives_every_cut() {
    if played() {
        return;
    }
    let base = Image::new();
    let ended = Watched::new("cuts::a_new_database_survives_every_cut", Script::Birth, &base).run_well();
    let outcome = inspected(&Replays { cuts_max: cuts_max(250), ..replays("birth", &ended.log, &base) });
    outcome.expect_none();
}

/// Proves that nothing answered is lost, and nothing is invented, when the power is cut while many pay at once, the log
/// is carried over, and the database is closed and opened.
#[test]
fn a_busy_database_survives_cuts() {
    if played() {
        return;
    }
    let base = Image::new();
    let ended = Watched::new("cuts::a_busy_database_survives_cuts", Script::Busy, &base).run_well();
    let outcome = inspected(&replays("busy", &ended.log, &base));
    outcome.expect_none();
}

/// Proves that the replays bite: with a disk that lies about the syncs of the log, answered payments are found to be
/// lost. That is what a database with `synchronous=NORMAL` would do.
#[test]
fn a_disk_that_lies_is_found_out() {
    if played() {
        return;
    }
    let base = Image::new();
    let mut watched = Watched::new("cuts::a_disk_that_lies_is_found_out", Script::Busy, &base);
    watched.swallow = Some("-wal");
    let ended = watched.run_well();
    let all = Replays { cuts_max: 40, findings_max: usize::MAX, ..replays("lying disk", &ended.log, &base) };
    let outcome = all.run(&|runtime, directory, books| runtime.block_on(glance(directory, books)));
    outcome.tell(all.name);
    let lost = outcome.findings.iter().filter(|finding| finding.problem.contains("is lost")).count();
    assert!(lost > 10, "only {lost} of {} replays lost anything", outcome.replay_count);
}
