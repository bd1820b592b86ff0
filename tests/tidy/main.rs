//! Holds the house in order: arrows between crates, what may not be under which roof, sources that are cited, and texts
//! that have no place in the project.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace").to_owned()
}

/// What each crate of ours may import of ours. An arrow that is not here needs a decision first.
const ARROWS: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("sha1-sign", &[]),
    ("crypto", &["sha1-sign"]),
    ("dialect-kit", &["core"]),
    ("dialect-antom", &["core", "dialect-kit"]),
    ("dialect-alipayhk", &["core", "dialect-kit"]),
    ("dialect-alphapay", &["core", "dialect-kit"]),
    ("doctor", &["core", "crypto", "dialect-kit", "dialect-antom", "dialect-alipayhk", "dialect-alphapay"]),
    ("store", &["core"]),
    ("store-contract", &["core", "store"]),
    ("store-sqlite", &["core", "store"]),
    ("store-postgres", &["core", "store"]),
    ("engine", &["core", "crypto", "store"]),
    ("client", &["core", "crypto", "dialect-kit", "dialect-antom", "dialect-alipayhk", "dialect-alphapay"]),
    (
        "server",
        &[
            "core",
            "crypto",
            "dialect-kit",
            "dialect-antom",
            "dialect-alipayhk",
            "dialect-alphapay",
            "doctor",
            "engine",
        ],
    ),
];

/// What must not stand in the manifests of crates that do no IO.
const NO_IO: &[(&str, &[&str])] = &[
    ("core", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "tracing", "aws-lc-rs"]),
    ("dialect-kit", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "aws-lc-rs"]),
    ("dialect-antom", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "aws-lc-rs"]),
    ("dialect-alipayhk", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "aws-lc-rs"]),
    ("dialect-alphapay", &["tokio", "rusqlite", "reqwest", "hyper", "axum", "aws-lc-rs"]),
    ("doctor", &["tokio", "rusqlite", "reqwest", "hyper", "axum"]),
    ("sha1-sign", &["tokio", "rusqlite", "reqwest", "hyper", "axum"]),
    ("store", &["rusqlite", "tokio-postgres", "reqwest", "hyper", "axum"]),
    ("engine", &["rusqlite", "reqwest", "hyper", "axum", "http"]),
];

/// The names under `[dependencies]` of a crate.
fn dependencies(folder: &str) -> BTreeSet<String> {
    let manifest = root().join("crates").join(folder).join("Cargo.toml");
    let text =
        fs::read_to_string(&manifest).unwrap_or_else(|error| panic!("{}: {error}", manifest.display()));
    let after = text.split("\n[dependencies]").nth(1).unwrap_or_default();
    let section = after.split("\n[").next().unwrap_or_default();
    let names = section.lines().filter_map(|line| line.split(['.', '=', ' ']).next());
    names.filter(|name| !name.is_empty() && !name.starts_with('#')).map(str::to_owned).collect()
}

fn folders() -> Vec<String> {
    let listed = fs::read_dir(root().join("crates")).expect("the workspace has crates");
    let names = listed.map(|entry| {
        entry.expect("a folder can be listed").file_name().into_string().expect("names are UTF-8")
    });
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// Every file of these kinds that belongs to the project.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder can be listed") {
            let path = entry.expect("a folder can be listed").path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
            if path.is_dir() {
                if !matches!(name.as_str(), "target" | ".git" | "farthing-data") && !name.starts_with(".venv")
                {
                    open.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn arrows_between_crates_point_one_way() {
    let allowed: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    for folder in folders() {
        // The binary alone may import everything.
        if folder == "farthing" {
            continue;
        }
        let may = allowed
            .get(folder.as_str())
            .unwrap_or_else(|| panic!("crates/{folder} is not on the map of arrows"));
        for name in dependencies(&folder) {
            if let Some(ours) = name.strip_prefix("farthing-") {
                assert!(may.contains(&ours), "crates/{folder} must not import {ours}");
            }
        }
    }
}

#[test]
fn crates_without_io_name_no_driver_and_no_runtime() {
    for (folder, forbidden) in NO_IO {
        for name in dependencies(folder) {
            assert!(!forbidden.contains(&name.as_str()), "crates/{folder} must not depend on {name}");
        }
    }
}

/// Every source that the code cites by short name is listed.
#[test]
fn cited_sources_are_listed() {
    let listed = fs::read_to_string(root().join("docs/sources.md")).expect("docs/sources.md is there");
    let mut cited: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in files(&[".rs"]) {
        let text = fs::read_to_string(&path).expect("sources are UTF-8");
        for start in ["SEED-", "ANTOM-FACTS", "LEGACY-FACTS", "ALIPAYHK-FACTS", "ALPHAPAY-FACTS"] {
            for (at, _) in text.match_indices(start) {
                let rest = &text[at + start.len()..];
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                if start == "SEED-" && digits.is_empty() {
                    continue;
                }
                cited.insert(format!("{start}{digits}"), path.clone());
            }
        }
    }
    assert!(cited.len() >= 9, "the code cites its sources");
    for (name, path) in cited {
        assert!(
            listed.contains(&name),
            "{} cites {name}, which docs/sources.md does not list",
            path.display()
        );
    }
}

/// Nothing is left open, and nothing points out of the project.
#[test]
fn no_text_is_out_of_place() {
    let here = Path::new(file!()).file_name();
    let marks = [
        "TO".to_owned() + "DO",
        "FIX".to_owned() + "ME",
        "dbg".to_owned() + "!(",
        "../sha".to_owned() + "red",
    ];
    for path in files(&[".rs", ".md", ".sql", ".toml", ".py", ".sh"]) {
        if path.file_name() == here && path.starts_with(root().join("tests/tidy")) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("texts are UTF-8");
        for mark in &marks {
            assert!(!text.contains(mark.as_str()), "{} contains {mark}", path.display());
        }
    }
}

/// The modules of every dialect have the same names, so that who knows one knows them all.
#[test]
fn dialects_share_their_shape() {
    for folder in folders().into_iter().filter(|name| name.starts_with("dialect-") && name != "dialect-kit") {
        for module in [
            "client.rs",
            "codes.rs",
            "decode.rs",
            "endpoint.rs",
            "error.rs",
            "fields.rs",
            "notify.rs",
            "redact.rs",
            "reply.rs",
            "signed.rs",
        ] {
            let path = root().join("crates").join(&folder).join("src").join(module);
            assert!(path.is_file(), "crates/{folder} has no src/{module}");
        }
    }
}
