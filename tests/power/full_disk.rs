//! A disk that is really full: a small file system in memory, mounted for this test alone.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::books::Books;
use crate::child::{REFUSED, Script, played};
use crate::failing::grown;
use crate::inspect::{inspect, write_image};
use crate::replay::say;
use crate::watch::{LATER_RUN, again, scratch};

const TEST: &str = "full_disk::a_full_file_system_stops_the_gateway_and_room_brings_it_back";
/// Tells the test that it runs where it may mount, on this directory.
const MOUNT_AT: &str = "POWER_MOUNT_AT";
/// How much room is left beside the database at first, KiB.
const ROOM_KIB: [usize; 8] = [0, 32, 64, 128, 192, 320, 512, 1024];

/// Proves with a file system that is full, not only said to be, that the gateway stops or refuses with a clear word;
/// that it does so again when it is started before there is room; and that with room everything answered is there and
/// payments go on.
#[test]
fn a_full_file_system_stops_the_gateway_and_room_brings_it_back() {
    if played() {
        return;
    }
    if let Some(directory) = std::env::var_os(MOUNT_AT) {
        fill_and_make_room(&PathBuf::from(directory));
        return;
    }
    let directory = scratch();
    let Some(namespace) = namespace_to_mount_in(directory.path()) else { return };
    let mut command = Command::new("unshare");
    command.args(namespace).arg("--").arg(std::env::current_exe().unwrap());
    command.args(["--exact", TEST, "--nocapture", "--test-threads=1"]).env(MOUNT_AT, directory.path());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", words(&output));
    let told = words(&output);
    told.lines().filter_map(|line| line.find("power: full").map(|at| &line[at..])).for_each(say);
}

/// The kind of namespace in which this user may mount, if there is one.
fn namespace_to_mount_in(directory: &Path) -> Option<&'static [&'static str]> {
    let kinds: [&[&str]; 2] = [&["-rm"], &["-m"]];
    let mut reason = "unshare is not installed".to_owned();
    for kind in kinds {
        let mut command = Command::new("unshare");
        command.args(kind).args(["--", "mount", "-t", "tmpfs", "-o", "size=64k", "none"]).arg(directory);
        match command.output() {
            Ok(output) if output.status.success() => return Some(kind),
            Ok(output) => words(&output).trim().clone_into(&mut reason),
            Err(_) => {}
        }
    }
    say(&format!("power: no full file system: skipped, because nothing may be mounted here: {reason}"));
    None
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs where mounting is allowed.
fn fill_and_make_room(directory: &Path) {
    let (base, books) = grown(TEST);
    let base_kib = base.values().map(|bytes| bytes.len().div_ceil(4096) * 4).sum::<usize>();
    let mut stopped_count = 0;
    for (number, room_kib) in ROOM_KIB.into_iter().enumerate() {
        mount(directory, &["-t", "tmpfs", "-o", &format!("size={}k", base_kib + room_kib), "none"]);
        write_image(&base, directory);
        let notes =
            directory.parent().unwrap().join(format!("farthing-notes-{}-{number}", std::process::id()));
        let mut all = books.clone();
        // The second start finds the disk as full as the first one left it.
        for start in 0..2 {
            stopped_count += usize::from(!take_payments(directory, &notes, &books, LATER_RUN * (start + 1)));
            all = all.and(&Books::of(&std::fs::read_to_string(&notes).unwrap()));
            std::fs::remove_file(&notes).unwrap();
        }
        mount(directory, &["-o", "remount,size=64m"]);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let found = runtime.block_on(inspect(directory, &all));
        found.unwrap_or_else(|problem| panic!("with {room_kib} KiB: {problem}"));
        assert!(Command::new("umount").arg(directory).status().unwrap().success());
    }
    let run_count = ROOM_KIB.len() * 2;
    say(&format!("power: full file system: {run_count} runs, {stopped_count} stopped or refused to open"));
    assert!(stopped_count >= 4, "the file systems were hardly ever full");
}

fn mount(directory: &Path, how: &[&str]) {
    let status = Command::new("mount").args(how).arg(directory).status().unwrap();
    assert!(status.success(), "mount {how:?}");
}

/// Has a gateway take payments until it has done all, or stops with a clear word; whether it did all.
fn take_payments(directory: &Path, notes: &Path, books: &Books, run: u64) -> bool {
    let mut command = again(TEST, Script::Work, run);
    command.env_remove(MOUNT_AT).env("POWER_ROOT", directory).env("POWER_NOTES", notes);
    command.env("POWER_TOKEN", books.token.as_deref().expect("there is a payer"));
    let output = command.output().unwrap();
    let said = words(&output);
    let says_why = said.contains("the disk is full") || said.contains("the disk failed");
    let is_clear = output.status.success()
        || (output.status.code() == Some(REFUSED) && said.contains("farthing.db"))
        || (says_why && said.contains("the process ends now"));
    assert!(is_clear, "it ended with {} and said: {said}", output.status);
    output.status.success()
}
