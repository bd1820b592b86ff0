//! The search for the mistake that explains a signature.

use std::fmt;

use farthing_crypto::{Algorithm, PublicKey};
use sha2::{Digest, Sha256};

use crate::reading::{Case, read_case, right_key, time_outside_window};
use crate::search::Search;
use crate::{Evidence, MessageKind, Mistake, NamedKey};

/// How many versions of one side's key are tried besides the right one.
const VERSIONS_MAX: usize = 3;
/// How many keys of other clients are tried.
const OTHER_CLIENTS_MAX: usize = 6;

/// The most bytes of a hint.
pub const HINT_BYTES_MAX: usize = 600;

/// A mistake that was made, and what is known of it in this message.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Finding {
    /// The mistake.
    pub mistake: Mistake,
    /// What it looks like here; empty where there is nothing to add. It never holds a key.
    pub detail: String,
}

/// What is known about a signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Diagnosis {
    /// It holds.
    Verifies {
        /// The version of the key that it holds for.
        key_version: String,
        /// What is out of order nevertheless, and taken by this gateway.
        remarks: Vec<Finding>,
    },
    /// Something is wrong, and it is known what.
    Found {
        /// Everything that is wrong.
        findings: Vec<Finding>,
        /// Whether the signature holds once these mistakes are made; otherwise there may be more.
        is_proved: bool,
    },
    /// It does not hold, and no mistake that is known explains it.
    Unknown {
        /// The mistakes that were tried, in their order. Those that change nothing in this message are not among them.
        tried: Vec<Mistake>,
    },
}

impl Finding {
    pub(crate) fn new(mistake: Mistake, detail: impl Into<String>) -> Self {
        Self { mistake, detail: detail.into() }
    }
}

impl fmt::Display for Finding {
    /// What went wrong, what it looks like here, and what to do; one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (explanation, fix) = (self.mistake.explanation(), self.mistake.fix());
        if self.detail.is_empty() {
            write!(f, "{explanation} {fix}")
        } else {
            write!(f, "{explanation} ({}) {fix}", self.detail)
        }
    }
}

impl Diagnosis {
    /// The words of what was found, with commas between; `verifies` or `unknown` where nothing was.
    #[must_use]
    pub fn code(&self) -> String {
        let words = |findings: &[Finding]| {
            findings.iter().map(|finding| finding.mistake.code()).collect::<Vec<_>>().join(",")
        };
        match self {
            Self::Verifies { .. } => "verifies".to_owned(),
            Self::Found { findings, .. } => words(findings),
            Self::Unknown { .. } => "unknown".to_owned(),
        }
    }

    /// The diagnosis in one line that can stand in a header: visible ASCII and blanks, at most
    /// [`HINT_BYTES_MAX`] bytes. What the message itself brought in is a part of it, and cannot break out.
    #[must_use]
    pub fn hint(&self) -> String {
        let text =
            |findings: &[Finding]| findings.iter().map(Finding::to_string).collect::<Vec<_>>().join(" ");
        let told = match self {
            Self::Verifies { remarks, .. } => text(remarks),
            Self::Found { findings, .. } => text(findings),
            Self::Unknown { tried } => {
                format!("No known mistake explains the signature; {} kinds were tried.", tried.len())
            }
        };
        let line = format!("{}: {told}", self.code());
        let visible = line.trim_end_matches([':', ' ']).chars();
        visible
            .map(|letter| if matches!(letter, ' '..='~') { letter } else { '?' })
            .take(HINT_BYTES_MAX)
            .collect()
    }
}

/// Says why the signature of a message does not hold, or that it does.
///
/// The signature's own text is read first, in every encoding that people use; then the message is signed in thought the
/// way each mistake would have it, and the first that the signature holds for is named. At most
/// [`VERIFICATIONS_MAX`](crate::VERIFICATIONS_MAX) verifications are made.
///
/// Source: none; our decision. The mistakes are those that the vendors' SDKs and pages invite (ANTOM-FACTS §1, §6; ALIPAYHK-FACTS §3;
/// ALPHAPAY-FACTS §3).
#[must_use]
pub fn diagnose(evidence: &Evidence<'_>) -> Diagnosis {
    let read = read_case(evidence).and_then(|case| {
        let key = right_key(evidence, case.key_version.as_deref());
        // The length can be told without knowing which version is meant.
        check_length(evidence, &case)?;
        Ok((case, key))
    });
    match read {
        Err(finding) => Diagnosis::Found { findings: vec![finding], is_proved: false },
        Ok((case, Ok(key))) => Patient { evidence, key, case }.examine(),
        Ok((case, Err(finding))) => examine_unnamed_key(evidence, case, finding),
    }
}

fn check_length(evidence: &Evidence<'_>, case: &Case) -> Result<(), Finding> {
    let keys = [evidence.client_keys, evidence.gateway_keys].concat();
    let lengths: Vec<usize> = keys.iter().map(|named| named.key.bits().div_ceil(8)).collect();
    let length = case.signature.bytes.len();
    if lengths.is_empty() || lengths.contains(&length) {
        return Ok(());
    }
    let known: Vec<String> = lengths.iter().map(usize::to_string).collect();
    let detail = format!("{length} bytes; signatures by the known keys have {}", known.join(", "));
    Err(Finding::new(Mistake::SignatureLength, detail))
}

/// The version that is named is not there: whether another one verifies is still worth knowing.
fn examine_unnamed_key(evidence: &Evidence<'_>, mut case: Case, finding: Finding) -> Diagnosis {
    let Some(newest) = evidence.right_keys().last() else {
        return Diagnosis::Found { findings: vec![finding], is_proved: false };
    };
    case.certain.push(finding);
    Patient { evidence, key: newest, case }.examine()
}

/// A message with the key that should verify it.
struct Patient<'a> {
    evidence: &'a Evidence<'a>,
    key: &'a NamedKey,
    case: Case,
}

impl Patient<'_> {
    fn examine(mut self) -> Diagnosis {
        let mut search = Search::new(std::mem::take(&mut self.case.signature.bytes));
        let encoding = self.case.signature.mistake.map(|mistake| Finding::new(mistake, ""));
        let is_tolerated = self.case.is_encoding_taken;
        let is_right = self.holds_as_it_should(&mut search);
        if is_right && self.case.certain.is_empty() && (encoding.is_none() || is_tolerated) {
            return self.verifies(encoding);
        }
        let mistake = if is_right { None } else { self.find_mistake(&mut search) };
        let is_proved = is_right || mistake.is_some();
        // What is tolerated explains nothing, unless nothing else is known.
        let encoding = encoding.filter(|_found| !is_tolerated);
        let findings: Vec<Finding> = self.case.certain.into_iter().chain(encoding).chain(mistake).collect();
        if findings.is_empty() {
            Diagnosis::Unknown { tried: search.tried() }
        } else {
            Diagnosis::Found { findings, is_proved }
        }
    }

    fn verifies(self, encoding: Option<Finding>) -> Diagnosis {
        let window = time_outside_window(self.evidence, &self.case.time);
        let remarks = encoding.into_iter().chain(window).collect();
        Diagnosis::Verifies { key_version: self.key.version.clone(), remarks }
    }

    fn holds_as_it_should(&self, search: &mut Search) -> bool {
        let Case { right, algorithm, .. } = &self.case;
        right.iter().any(|bytes| search.holds(&self.key.key, *algorithm, bytes))
    }

    fn find_mistake(&self, search: &mut Search) -> Option<Finding> {
        self.find_other_key(search)
            .or_else(|| self.find_other_hash(search))
            .or_else(|| self.find_second_hash(search))
            .or_else(|| self.find_other_bytes(search))
    }

    fn find_other_key(&self, search: &mut Search) -> Option<Finding> {
        let opposite = match self.evidence.kind {
            MessageKind::Request => Mistake::GatewayKey,
            MessageKind::Reply | MessageKind::Notification => Mistake::ClientKey,
        };
        let named = |mistake, keys: &[NamedKey]| {
            let newest_first = keys.iter().rev().filter(|named| **named != *self.key).take(VERSIONS_MAX);
            newest_first
                .map(|named| (mistake, format!("version {}", named.version), named.key.clone()))
                .collect::<Vec<_>>()
        };
        let strangers = self.evidence.other_client_keys.iter().take(OTHER_CLIENTS_MAX);
        let strangers = strangers.map(|other| {
            (Mistake::OtherClientKey, format!("of client {}", other.client_id), other.key.clone())
        });
        let mut keys = named(Mistake::OtherKeyVersion, self.evidence.right_keys());
        keys.extend(named(opposite, self.evidence.opposite_keys()));
        keys.extend(strangers);
        let bytes = self.case.right.first()?;
        keys.into_iter().find_map(|(mistake, detail, key): (Mistake, String, PublicKey)| {
            let holds = search.holds_with(mistake, &key, self.case.algorithm, bytes);
            holds.then(|| Finding::new(mistake, detail))
        })
    }

    fn find_other_hash(&self, search: &mut Search) -> Option<Finding> {
        let (mistake, algorithm) = match self.case.algorithm {
            Algorithm::RsaSha256 => (Mistake::Sha1InsteadOfSha256, Algorithm::RsaSha1),
            Algorithm::RsaSha1 => (Mistake::Sha256InsteadOfSha1, Algorithm::RsaSha256),
        };
        let bytes = self.case.right.first()?;
        let holds = search.holds_with(mistake, &self.key.key, algorithm, bytes);
        holds.then(|| Finding::new(mistake, ""))
    }

    fn find_other_bytes(&self, search: &mut Search) -> Option<Finding> {
        let found = self.case.guesses.iter().find(|guess| {
            search.holds_with(guess.mistake, &self.key.key, self.case.algorithm, &guess.bytes)
        })?;
        Some(Finding::new(found.mistake, found.detail.clone()))
    }

    fn find_second_hash(&self, search: &mut Search) -> Option<Finding> {
        let hash = Sha256::digest(self.case.right.first()?);
        let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let forms = [("the bytes of SHA-256", hash.to_vec()), ("SHA-256 in hexadecimal", hex.into_bytes())];
        let (detail, _bytes) = forms.into_iter().find(|(_detail, bytes)| {
            search.holds_with(Mistake::HashedTwice, &self.key.key, self.case.algorithm, bytes)
        })?;
        Some(Finding::new(Mistake::HashedTwice, detail))
    }
}
