//! Looks for the tests that are named as proofs.

use std::collections::BTreeMap;
use std::fs;

use crate::root;

/// The sources that were read, by their paths.
#[derive(Default)]
pub(crate) struct Sources(BTreeMap<String, Option<String>>);

impl Sources {
    /// What is wrong with a proof; nothing when it is the name of a test that is run.
    pub(crate) fn problem_with(&mut self, proof: &str) -> Option<String> {
        let Some((path, name)) = proof.rsplit_once("::") else {
            return Some("is not file::function".to_owned());
        };
        if let Some(unlisted) = self.problem_with_story(path) {
            return Some(unlisted);
        }
        let Some(source) = self.read(path) else { return Some("names no file".to_owned()) };
        if !has_function(source, name) {
            return Some("names no function of its file".to_owned());
        }
        let is_run = is_marked(source, name) || is_story(source, name);
        (!is_run).then(|| "names a function that is no test".to_owned())
    }

    /// A story is run once `main.rs` beside it has its module.
    fn problem_with_story(&mut self, path: &str) -> Option<String> {
        let (folder, file) = path.strip_prefix("tests/")?.split_once('/')?;
        let module = file.strip_suffix(".rs")?;
        let main = self.read(&format!("tests/{folder}/main.rs"))?;
        let is_listed = main.lines().any(|line| line == format!("mod {module};"));
        (!is_listed).then(|| format!("lies in a file that tests/{folder}/main.rs does not list"))
    }

    fn read(&mut self, path: &str) -> Option<&str> {
        let read = || fs::read_to_string(root().join(path)).ok();
        self.0.entry(path.to_owned()).or_insert_with(read).as_deref()
    }
}

/// Where a function of this name is declared: the line's number.
fn lines_of(source: &str, name: &str) -> Option<usize> {
    source.lines().position(|line| {
        let line = line.trim_start();
        let after = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        let rest = after.and_then(|after| after.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with('('))
    })
}

fn has_function(source: &str, name: &str) -> bool {
    lines_of(source, name).is_some()
}

/// Whether a mark of a test stands above a function.
fn is_marked(source: &str, name: &str) -> bool {
    let Some(line) = lines_of(source, name) else { return false };
    let before: Vec<&str> = source.lines().take(line).map(str::trim).collect();
    let above = before.iter().rev().take_while(|line| line.starts_with('#') || line.starts_with("//"));
    above.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
}

/// Whether a function is in the list of stories that run on every store.
fn is_story(source: &str, name: &str) -> bool {
    let lists = source.split("on_every_store! {").skip(1);
    lists
        .filter_map(|list| list.split('}').next())
        .any(|list| list.split_whitespace().any(|word| word == name))
}

/// What counts as a test, and what does not.
#[test]
fn a_proof_is_a_test_that_is_run() {
    let source = "on_every_store! {\n    told\n}\nasync fn told(gateway: &G) {}\n#[test]\nfn marked() {}\nfn plain() {}\n\
                  #[tokio::test]\n/// Says.\nasync fn later() {}\n    fn telling(x: u8) {}\n";
    for (name, expected) in
        [("told", true), ("marked", true), ("later", true), ("plain", false), ("tell", false)]
    {
        assert_eq!(is_marked(source, name) || is_story(source, name), expected, "{name}");
    }
    assert!(!has_function(source, "tell"));
    let mut sources = Sources::default();
    let here = "tests/rules/proofs.rs::a_proof_is_a_test_that_is_run";
    assert_eq!(sources.problem_with(here), None);
    for (proof, problem) in [
        ("nothing", "is not"),
        ("tests/rules/nothing.rs::x", "does not list"),
        ("crates/nothing.rs::x", "no file"),
        ("tests/rules/proofs.rs::nothing", "no function"),
        ("tests/rules/proofs.rs::has_function", "no test"),
    ] {
        assert!(sources.problem_with(proof).is_some_and(|told| told.contains(problem)), "{proof}");
    }
}
