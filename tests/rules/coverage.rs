//! The tables in `docs/rules`: how many rules each seed has, and which tests prove its fields and codes.

use std::fmt::Write as _;

use crate::catalogue::{Kind, Rule, SEEDS};

/// Where the table stands in the README.
pub(crate) const BEGIN: &str = "<!-- coverage: begin -->";
/// Where it ends.
pub(crate) const END: &str = "<!-- coverage: end -->";

/// Seed by kind: how many rules, and how many of them have a proof.
pub(crate) fn summary(rules: &[Rule]) -> String {
    let mut table = "| seed |".to_owned();
    Kind::ALL.iter().for_each(|(_, name)| write!(table, " {name} |").expect("a text takes a text"));
    table += " all |\n| --- |";
    table += &" --- |".repeat(Kind::ALL.len() + 1);
    table += "\n";
    for (seed, title) in SEEDS {
        write!(table, "| {title} |").expect("a text takes a text");
        let of_seed: Vec<&Rule> = rules.iter().filter(|rule| rule.parts().0 == seed).collect();
        for (kind, _) in Kind::ALL {
            let of_kind: Vec<&Rule> = of_seed.iter().copied().filter(|rule| rule.parts().1 == kind).collect();
            write!(table, " {} |", count(&of_kind)).expect("a text takes a text");
        }
        writeln!(table, " {} |", count(&of_seed)).expect("a text takes a text");
    }
    table
}

fn count(rules: &[&Rule]) -> String {
    let proven = rules.iter().filter(|rule| !rule.proof.is_empty()).count();
    if proven == rules.len() { proven.to_string() } else { format!("{proven} of {}", rules.len()) }
}

/// The text with the table between its marks replaced.
pub(crate) fn with_summary(readme: &str, rules: &[Rule]) -> String {
    let (before, rest) = readme.split_once(BEGIN).expect("the README has a place for the table");
    let (_, after) = rest.split_once(END).expect("the README has a place for the table");
    format!("{before}{BEGIN}\n\n{}\n{END}{after}", summary(rules))
}

/// Seed by field and seed by code, each with its tests.
pub(crate) fn fields_and_codes(rules: &[Rule]) -> String {
    let mut text = "# Fields and codes, each with its tests\n\n\
                    Generated from the catalogue beside it: `UPDATE_RULES=1 cargo test -p farthing-stories --test rules`.\n"
        .to_owned();
    for (seed, title) in SEEDS {
        for (kind, name) in Kind::ALL.into_iter().skip(1) {
            write!(text, "\n## {title}: {name}\n\n| what | rule | tests |\n| --- | --- | --- |\n")
                .expect("a text takes a text");
            let wanted = |rule: &&Rule| rule.parts().0 == seed && rule.parts().1 == kind;
            for rule in rules.iter().filter(wanted) {
                let tests: Vec<String> = rule.proof.iter().map(|proof| shown(proof)).collect();
                writeln!(text, "| {} | {} | {} |", rule.parts().2, rule.text, tests.join("<br>"))
                    .expect("a text takes a text");
            }
        }
    }
    text
}

/// A proof without what its path has in common with every other.
fn shown(proof: &str) -> String {
    let (path, name) = proof.rsplit_once("::").unwrap_or((proof, ""));
    let path = path.trim_start_matches("crates/").replace("/src/", "/");
    let path = path.trim_end_matches(".rs").trim_end_matches("/tests");
    format!("`{path}` {name}")
}
