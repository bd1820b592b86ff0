//! Every decoder and scanner against bytes that nobody meant: the inputs that are kept, and changes of them.
//!
//! For long runs with libFuzzer see `fuzz/README.md`. What fails there is put into the corpus here, with a name.

mod dice;
mod targets;

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use dice::Dice;
use targets::{ALL, Target};

/// How many changed inputs each target gets. All targets together take a few seconds.
const MUTATIONS_PER_TARGET: usize = 600;
const SEED: u64 = 20_191_127;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace").to_owned()
}

/// The inputs that are kept for a target, in the order of their names.
fn corpus(target: Target) -> Vec<Vec<u8>> {
    let folder = root().join("tests/fuzz/corpus").join(target.name);
    let listed = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = listed.map(|entry| entry.expect("a folder can be listed").path()).collect();
    paths.sort();
    let inputs =
        paths.into_iter().map(|path| fs::read(path).expect("a file can be read")).collect::<Vec<_>>();
    assert!(inputs.len() >= 3, "{} has too small a corpus", target.name);
    inputs
}

/// Starts a target; where it panics, the input is told, so that it can be kept.
fn check(target: Target, input: &[u8]) {
    let outcome = catch_unwind(|| (target.check)(input));
    assert!(outcome.is_ok(), "{} does not hold for b\"{}\"", target.name, input.escape_ascii());
}

/// Proves that each target holds for every input that is kept: those that once failed, and the bad ones of every list.
#[test]
fn what_is_kept_holds() {
    for target in ALL {
        for input in corpus(target) {
            check(target, &input);
        }
    }
}

/// Proves that each target holds for changes of what is kept, the same in every run.
#[test]
fn what_is_changed_holds() {
    for target in ALL {
        let inputs = corpus(target);
        let mut dice = Dice::new(SEED);
        for _ in 0..MUTATIONS_PER_TARGET {
            let mut input = inputs[dice.below(inputs.len())].clone();
            if dice.below(8) == 0 {
                input.extend_from_slice(&inputs[dice.below(inputs.len())]);
            }
            input = dice.mutate(&input);
            check(target, &input);
        }
    }
}

/// Proves that depth costs neither the stack nor the memory, in whatever is read as JSON.
#[test]
fn depth_holds() {
    for target in ALL {
        for nested in ["[", "{\"a\":", "{\"request\":{\"a\":", "pay\n{\"a\":["] {
            check(target, nested.repeat(50_000).as_bytes());
        }
    }
}

/// Proves that libFuzzer is given the same targets, and that no corpus is left over.
#[test]
fn every_target_has_its_fuzzer_and_its_corpus() {
    let names: BTreeSet<String> = ALL.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names.len(), ALL.len(), "no name stands twice");
    let in_folder = |folder: &str| -> BTreeSet<String> {
        let listed = fs::read_dir(root().join(folder)).expect("the folder is there");
        let stem = |path: PathBuf| path.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        listed.filter_map(|entry| stem(entry.expect("a folder can be listed").path())).collect()
    };
    assert_eq!(in_folder("tests/fuzz/corpus"), names);
    assert_eq!(in_folder("fuzz/fuzz_targets"), names);
    let manifest = fs::read_to_string(root().join("fuzz/Cargo.toml")).expect("fuzz has a manifest");
    let binaries: BTreeSet<String> = manifest
        .split("[[bin]]")
        .skip(1)
        .filter_map(|section| section.split('"').nth(1).map(str::to_owned))
        .collect();
    assert_eq!(binaries, names);
}
