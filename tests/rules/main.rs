//! Holds the catalogue of rules (`docs/rules`) against the code: every rule of the seeds has its proof, every proof is a test
//! that is run, no code and no field is missing, and the tables that are generated from it are up to date.
//!
//! `UPDATE_RULES=1` writes the tables anew.

mod catalogue;
mod coverage;
mod further_actions;
mod proofs;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use catalogue::{Kind, Rule, read_all};
use farthing_dialect_kit::fields::{Kind as FieldKind, ObjectSpec};
use proofs::Sources;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package lies in the workspace").to_owned()
}

/// Proves that each entry is whole, and that no id stands twice.
#[test]
fn every_rule_has_an_id_of_its_own() {
    let rules = read_all();
    let mut ids = BTreeSet::new();
    for rule in &rules {
        assert!(ids.insert(rule.id.as_str()), "{} stands twice", rule.id);
        assert!(!rule.text.is_empty() && !rule.place.is_empty(), "{} says nothing", rule.id);
    }
    assert!(rules.len() > 450, "the catalogue has {} rules", rules.len());
}

/// Proves that no rule is without a proof, and that each proof is a test that is run.
#[test]
fn every_rule_has_its_proof() {
    let rules = read_all();
    let mut sources = Sources::default();
    let mut problems = Vec::new();
    for rule in &rules {
        if rule.proof.is_empty() {
            problems.push(format!("{} has no proof: {}", rule.id, rule.text));
        }
        for proof in &rule.proof {
            if let Some(problem) = sources.problem_with(proof) {
                problems.push(format!("{}: {proof} {problem}", rule.id));
            }
        }
    }
    assert!(problems.is_empty(), "{} of {} rules:\n{}", problems.len(), rules.len(), problems.join("\n"));
}

fn names<'r>(rules: &'r [Rule], seed: &str, kind: Kind, prefix: &str) -> BTreeSet<&'r str> {
    let of_kind = rules.iter().map(Rule::parts).filter(|(of, what, _)| *of == seed && *what == kind);
    of_kind.filter_map(|(_, _, name)| name.strip_prefix(prefix)).collect()
}

/// Proves that the catalogue has the codes of each table, and no other.
#[test]
fn every_code_is_in_the_catalogue() {
    use farthing_dialect_alipayhk::codes::Table as HkTable;
    use farthing_dialect_antom::codes::Table;
    let rules = read_all();
    for (seed, prefix, table) in [
        ("000", "RESULT-", Table::InquiryPayment),
        ("000", "PAYMENT-", Table::PaymentResult),
        ("000", "TRANSACTION-", Table::TransactionResult),
        ("001", "", Table::LegacyInquiry),
        ("002", "", Table::Pay),
    ] {
        let of_table: BTreeSet<&str> = table.rows().iter().map(|row| row.code).collect();
        assert_eq!(names(&rules, seed, Kind::Code, prefix), of_table, "{table:?}");
    }
    let of_table: BTreeSet<&str> = HkTable::PayQuery.rows().iter().map(|row| row.code).collect();
    assert_eq!(names(&rules, "003", Kind::Code, ""), of_table);
}

/// How many characters the table lets a field have; `None` when it has no such field, 0 when it counts none.
fn length_of(spec: &'static ObjectSpec, path: &str) -> Option<usize> {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let field = spec.fields.iter().find(|field| field.name == name)?;
    match &field.kind {
        FieldKind::Object(inner) if !rest.is_empty() => length_of(inner, rest),
        _ if !rest.is_empty() => None,
        FieldKind::Text { chars_max } | FieldKind::Url { chars_max } => Some(*chars_max),
        _ => Some(0),
    }
}

/// Proves that each field of a request that the catalogue names is checked, with the length that it names.
#[test]
fn every_request_field_is_checked() {
    use farthing_dialect_alipayhk::endpoint::Operation as HkOperation;
    use farthing_dialect_alphapay::endpoint::Operation as AlphaOperation;
    use farthing_dialect_antom::endpoint::Operation;
    let tables = [
        ("000", Operation::InquiryPayment.fields()),
        ("001", Operation::InquiryPayment.fields()),
        ("002", Operation::Pay.fields()),
        ("003", HkOperation::PayQuery.fields()),
        ("004", AlphaOperation::InquiryPayment.fields()),
    ];
    for rule in read_all().iter().filter(|rule| rule.parts().1 == Kind::RequestField) {
        let (seed, _, path) = rule.parts();
        let table = tables.iter().find(|(of, _)| *of == seed).expect("every seed has a request").1;
        let length =
            length_of(table, path).unwrap_or_else(|| panic!("{}: no such field is checked", rule.id));
        let named = rule.text.split("at most ").nth(1).and_then(|rest| rest.split(' ').next());
        if let Some(named) = named.filter(|_| length > 0) {
            assert_eq!(length.to_string(), named, "{}", rule.id);
        }
    }
}

/// Proves that the tables in `docs/rules` are those that follow from the catalogue.
#[test]
fn the_tables_are_up_to_date() {
    let rules = read_all();
    let folder = root().join("docs/rules");
    let readme = fs::read_to_string(folder.join("README.md")).expect("docs/rules has a README");
    let files = [
        ("README.md", coverage::with_summary(&readme, &rules)),
        ("coverage.md", coverage::fields_and_codes(&rules)),
    ];
    for (name, expected) in files {
        let path = folder.join(name);
        if std::env::var_os("UPDATE_RULES").is_some() {
            fs::write(&path, &expected).expect("the tables can be written");
        }
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert!(found == expected, "{} is out of date; UPDATE_RULES=1 writes it anew", path.display());
    }
}
