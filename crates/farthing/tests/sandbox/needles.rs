//! Secrets to be searched for in what a gateway leaves behind, in every writing that they could have got into.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// A secret that was really used, by the name of what it is.
pub(crate) struct Needle {
    pub(crate) name: String,
    writings: Vec<(&'static str, Vec<u8>)>,
}

/// The fewest bytes of a writing that are searched for: shorter ones would be found by chance.
const WRITING_BYTES_MIN: usize = 8;

impl Needle {
    /// A secret text, in every writing.
    pub(crate) fn text(name: &str, secret: &str) -> Self {
        Self { name: name.to_owned(), writings: writings_of(secret.as_bytes()) }
    }

    /// Secret bytes, in every writing.
    pub(crate) fn bytes(name: &str, secret: &[u8]) -> Self {
        Self { name: name.to_owned(), writings: writings_of(secret) }
    }
}

/// Needles, ready to be searched for all at once: thousands of writings in megabytes of files.
pub(crate) struct Search<'a> {
    /// Whether a writing begins with these two bytes; most places of a file are done with by this.
    pairs: Vec<bool>,
    /// The writings that begin with these eight bytes.
    starts: HashMap<[u8; WRITING_BYTES_MIN], Vec<Writing<'a>>>,
}

#[derive(Clone, Copy)]
struct Writing<'a> {
    name: &'a str,
    how: &'static str,
    bytes: &'a [u8],
}

impl<'a> Search<'a> {
    /// A search for these.
    pub(crate) fn of(needles: &'a [Needle]) -> Self {
        let mut search = Self { pairs: vec![false; 1 << 16], starts: HashMap::new() };
        for needle in needles {
            for (how, bytes) in &needle.writings {
                let start = start_of(bytes).expect("shorter writings are not kept");
                search.pairs[pair_of(bytes)] = true;
                search.starts.entry(start).or_default().push(Writing { name: &needle.name, how, bytes });
            }
        }
        search
    }

    /// What stands somewhere in `bytes`, as `name, how`.
    pub(crate) fn find_in(&self, bytes: &[u8]) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        for at in 0..bytes.len().saturating_sub(WRITING_BYTES_MIN - 1) {
            if !self.pairs[pair_of(&bytes[at..])] {
                continue;
            }
            let start = start_of(&bytes[at..]).expect("the loop ends before");
            let writings = self.starts.get(&start).into_iter().flatten();
            let here = writings.filter(|writing| bytes[at..].starts_with(writing.bytes));
            found.extend(here.map(|writing| format!("{}, {}", writing.name, writing.how)));
        }
        found
    }
}

fn pair_of(bytes: &[u8]) -> usize {
    usize::from(bytes[0]) << 8 | usize::from(bytes[1])
}

fn start_of(bytes: &[u8]) -> Option<[u8; WRITING_BYTES_MIN]> {
    bytes.first_chunk().copied()
}

/// How a secret could be written down.
fn writings_of(secret: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut writings = vec![("as it is", secret.to_vec())];
    for (how, alphabet) in [("base64", &STANDARD_NO_PAD), ("base64 of URLs", &URL_SAFE_NO_PAD)] {
        // Inside a longer text it may begin at any of three places of a group; the letters that its neighbours share go.
        for offset in 0..3_usize {
            let padded = [&vec![0; offset][..], secret].concat();
            let letters = alphabet.encode(&padded).into_bytes();
            let (from, until) = ((offset * 8).div_ceil(6), padded.len() * 8 / 6);
            writings.push((how, letters[from..until].to_vec()));
        }
    }
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    writings.push(("hex", hex.clone().into_bytes()));
    writings.push(("HEX", hex.to_uppercase().into_bytes()));
    let numbers: Vec<String> = secret.iter().map(u8::to_string).collect();
    writings.push(("a list of bytes", numbers.join(", ").into_bytes()));
    writings.push(("a short list of bytes", numbers.join(",").into_bytes()));
    let percent: String = secret.iter().map(|byte| format!("%{byte:02X}")).collect();
    writings.push(("percent", percent.into_bytes()));
    if let Ok(text) = std::str::from_utf8(secret) {
        writings.extend(writings_of_text(text));
    }
    writings.retain(|(_, writing)| writing.len() >= WRITING_BYTES_MIN);
    writings
}

fn writings_of_text(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let url: String = text
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    let units = |turn: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(turn).collect::<Vec<u8>>();
    let parted = |by: &str| {
        let letters: Vec<char> = text.chars().collect();
        letters
            .chunks(4)
            .map(|four| four.iter().collect::<String>())
            .collect::<Vec<_>>()
            .join(by)
            .into_bytes()
    };
    vec![
        ("in a URL", url.into_bytes()),
        ("slashes escaped", text.replace('/', "\\/").into_bytes()),
        ("escaped for JSON", escaped.into_bytes()),
        ("UTF-16, little end first", units(u16::to_le_bytes)),
        ("UTF-16, big end first", units(u16::to_be_bytes)),
        ("in groups of four", parted(" ")),
        ("in groups of four with dashes", parted("-")),
        ("in small letters", text.to_lowercase().into_bytes()),
        ("in large letters", text.to_uppercase().into_bytes()),
        ("backwards", text.chars().rev().collect::<String>().into_bytes()),
    ]
}

/// Every file under a directory.
pub(crate) fn files_under(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_under(&path)) } else { files.push(path) }
    }
    files
}

/// A search that finds nothing proves nothing unless it finds what is there: each writing, wherever it begins.
#[test]
fn a_planted_secret_is_found_in_every_writing() {
    for secret in ["20191127ABCDEF/0123+456==", "4054695723100768", "-----BEGIN\nPRIVATE"] {
        let needles = [Needle::text("planted", secret)];
        let search = Search::of(&needles);
        let hidden = vec![
            secret.as_bytes().to_vec(),
            STANDARD.encode(secret).into_bytes(),
            STANDARD.encode(format!("x{secret}y")).into_bytes(),
            URL_SAFE_NO_PAD.encode(format!("xy{secret}")).into_bytes(),
            format!("{:?}", secret.as_bytes()).into_bytes(),
            serde_json::to_vec(secret.as_bytes()).unwrap(),
            secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes(),
            secret.bytes().map(|byte| format!("{byte:02X}")).collect::<String>().into_bytes(),
            secret.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>().into_bytes(),
            secret.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            secret.encode_utf16().flat_map(u16::to_be_bytes).collect(),
            secret.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>().into_bytes(),
            secret
                .replace('/', "%2F")
                .replace('+', "%2B")
                .replace('=', "%3D")
                .replace('\n', "%0A")
                .into_bytes(),
            secret.chars().rev().collect::<String>().into_bytes(),
        ];
        for bytes in hidden {
            let around = [&b"before "[..], &bytes, b" after"].concat();
            assert!(
                !search.find_in(&around).is_empty(),
                "{secret:?} in {:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
        assert!(search.find_in(b"4054 6957 2310 0769, 20191127ABCDEF, BEGIN PRIVATE").is_empty());
    }
    let needles = [Needle::text("card", "4054695723100768")];
    let found = |text: &str| Search::of(&needles).find_in(text.as_bytes()).into_iter().collect::<Vec<_>>();
    assert_eq!(found("4054 6957 2310 0768"), ["card, in groups of four"]);
    assert_eq!(found("4054-6957-2310-0768"), ["card, in groups of four with dashes"]);
}
