//! Reads `docs/rules/*.toml`: tables named `rule`, whose values are texts on one line and lists of texts.

use std::fs;

use crate::root;

/// The seeds, in the order in which they are shown.
pub(crate) const SEEDS: [(&str, &str); 5] = [
    ("000", "SEED-000 inquiryPayment, Antom v1"),
    ("001", "SEED-001 inquiryPayment, the older Alipay edition"),
    ("002", "SEED-002 pay (Auto Debit), Antom v1"),
    ("003", "SEED-003 payQuery, AlipayHK"),
    ("004", "SEED-004 Order Inquiry, AlphaPay"),
];

/// What an entry is about, by the letter in its id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Kind {
    /// A sentence: `S000-001`.
    Sentence,
    /// A field of the request: `S000-Q-paymentId`.
    RequestField,
    /// A field of the answer: `S000-R-paymentId`.
    AnswerField,
    /// A code, or in SEED-004 a status: `S002-C-SUCCESS`.
    Code,
}

impl Kind {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Sentence, "sentences"),
        (Self::RequestField, "request fields"),
        (Self::AnswerField, "answer fields"),
        (Self::Code, "codes"),
    ];
}

/// One entry.
#[derive(Clone, Default, Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) text: String,
    pub(crate) place: String,
    /// `file::function`, each.
    pub(crate) proof: Vec<String>,
}

impl Rule {
    /// The number of the seed, the kind, and what the entry is called.
    pub(crate) fn parts(&self) -> (&str, Kind, &str) {
        let (seed, name) = self.id.split_once('-').unwrap_or_else(|| panic!("{}: no such id", self.id));
        let seed = seed.strip_prefix('S').unwrap_or_else(|| panic!("{}: ids begin with S", self.id));
        match name.split_once('-') {
            Some(("Q", field)) => (seed, Kind::RequestField, field),
            Some(("R", field)) => (seed, Kind::AnswerField, field),
            Some(("C", code)) => (seed, Kind::Code, code),
            None if name.len() == 3 && name.bytes().all(|byte| byte.is_ascii_digit()) => {
                (seed, Kind::Sentence, name)
            }
            _ => panic!("{}: an id is S000-001, S000-Q-field, S000-R-field or S000-C-CODE", self.id),
        }
    }
}

/// Every entry of every file, in their order.
pub(crate) fn read_all() -> Vec<Rule> {
    let mut rules = Vec::new();
    for (seed, _) in SEEDS {
        let path = root().join(format!("docs/rules/seed-{seed}.toml"));
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let of_file = read(&text).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        for rule in &of_file {
            assert_eq!(rule.parts().0, seed, "{} stands in the file of another seed", rule.id);
        }
        rules.extend(of_file);
    }
    rules
}

/// Reads the small part of TOML that the files are written in; anything else is told by its line.
fn read(text: &str) -> Result<Vec<Rule>, String> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut is_in_list = false;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        let wrong = |what: &str| format!("line {}: {what}: {line}", number + 1);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if line == "[[rule]]" {
            rules.push(Rule::default());
            continue;
        }
        let rule = rules.last_mut().ok_or_else(|| wrong("stands before the first [[rule]]"))?;
        if is_in_list {
            is_in_list = line != "]";
            rule.proof.extend(texts(line.trim_end_matches(']')).ok_or_else(|| wrong("no list of texts"))?);
            continue;
        }
        let (name, value) = line.split_once(" = ").ok_or_else(|| wrong("no name = value"))?;
        if name == "proof" {
            let list = value.strip_prefix('[').ok_or_else(|| wrong("proof is a list"))?;
            is_in_list = !list.ends_with(']');
            rule.proof = texts(list.trim_end_matches(']')).ok_or_else(|| wrong("no list of texts"))?;
            continue;
        }
        let value = texts(value).and_then(|mut found| found.pop()).ok_or_else(|| wrong("no text"))?;
        match name {
            "id" => rule.id = value,
            "text" => rule.text = value,
            "where" => rule.place = value,
            _ => return Err(wrong("an entry has id, text, where and proof")),
        }
    }
    Ok(rules)
}

/// The texts in a list of texts, without its brackets.
fn texts(list: &str) -> Option<Vec<String>> {
    let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
    if !list.contains("\",") {
        let one = list.trim();
        return match one {
            "" => Some(Vec::new()),
            _ => Some(vec![one.strip_prefix('"')?.strip_suffix('"')?.to_owned()]),
        };
    }
    items.map(|item| Some(item.strip_prefix('"')?.strip_suffix('"')?.to_owned())).collect()
}

/// What the reader takes, and what it refuses by its line.
#[test]
fn the_files_are_read_strictly() {
    let text = "# x\n\n[[rule]]\nid = \"S000-001\"\ntext = \"a, b\"\nwhere = \"c\"\nproof = [\n    \"d::e\",\n    \"f::g\",\n]\n\n[[rule]]\nproof = [\"h::i\"]\n";
    let rules = read(text).expect("it is what we write");
    assert_eq!(
        (rules[0].id.as_str(), rules[0].text.as_str(), rules[0].place.as_str()),
        ("S000-001", "a, b", "c")
    );
    assert_eq!(
        (rules[0].proof.join(" "), rules[1].proof.join(" ")),
        ("d::e f::g".to_owned(), "h::i".to_owned())
    );
    assert!(read("[[rule]]\nproof = []\n").is_ok_and(|rules| rules[0].proof.is_empty()));
    for (text, line) in [
        ("id = \"x\"", "line 1"),
        ("[[rule]]\nname = \"x\"", "line 2"),
        ("[[rule]]\nid = x", "line 2"),
        ("[[rule]]\nid: \"x\"", "line 2"),
        ("[[rule]]\nproof = \"x\"", "line 2"),
    ] {
        assert!(read(text).is_err_and(|problem| problem.starts_with(line)), "{text}");
    }
}
