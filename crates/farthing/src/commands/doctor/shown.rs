//! What the doctor found, as text and as JSON.

use std::fmt::Write as _;

use farthing_doctor::{Diagnosis, Finding, KeyDiagnosis};
use serde_json::{Value, json};

use crate::output::plain;

/// What was found out about a message.
pub(super) struct Report {
    pub(super) diagnosis: Diagnosis,
    /// The bytes that should have been signed, where they are known.
    pub(super) bytes_to_sign: Option<Vec<u8>>,
}

impl Report {
    /// Whether the signature holds.
    pub(super) fn verifies(&self) -> bool {
        matches!(self.diagnosis, Diagnosis::Verifies { .. })
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        match &self.diagnosis {
            Diagnosis::Verifies { key_version, remarks } => {
                text.push_str(&format!("the signature verifies, key version {}\n", plain(key_version)));
                text.extend(remarks.iter().map(finding_text));
            }
            Diagnosis::Found { findings, is_proved } => {
                text.push_str("the signature does not verify\n");
                text.extend(findings.iter().map(finding_text));
                text.push_str(match is_proved {
                    true => "\nThis is proved: once that is done, the signature holds.\n",
                    false => "\nThere may be more that is wrong.\n",
                });
            }
            Diagnosis::Unknown { tried } => {
                let count = tried.len();
                text.push_str("the signature does not verify\n\nNo mistake that is known explains it; ");
                text.push_str(&format!(
                    "{count} kinds were tried. Compare what you signed with the bytes below,\n"
                ));
                text.push_str("and look whether the public key belongs to the private key that signs.\n");
            }
        }
        if let Some(bytes) = self.bytes_to_sign.as_deref().filter(|_bytes| !self.verifies()) {
            text.push_str(&format!("\nThese {} bytes should be signed:\n", bytes.len()));
            for line in String::from_utf8_lossy(bytes).split('\n') {
                text.push_str(&format!("  {}\n", plain(line)));
            }
        }
        text
    }

    /// For programs.
    pub(super) fn json(&self) -> Value {
        let (findings, is_proved, tried): (&[Finding], _, &[_]) = match &self.diagnosis {
            Diagnosis::Verifies { remarks, .. } => (remarks, Value::Null, &[]),
            Diagnosis::Found { findings, is_proved } => (findings, json!(is_proved), &[]),
            Diagnosis::Unknown { tried } => (&[], json!(false), tried),
        };
        let key_version = match &self.diagnosis {
            Diagnosis::Verifies { key_version, .. } => Some(key_version),
            Diagnosis::Found { .. } | Diagnosis::Unknown { .. } => None,
        };
        let findings: Vec<Value> = findings
            .iter()
            .map(|Finding { mistake, detail }| {
                json!({
                    "code": mistake.code(), "explanation": mistake.explanation(),
                    "detail": detail, "fix": mistake.fix(),
                })
            })
            .collect();
        json!({
            "verifies": self.verifies(),
            "key_version": key_version,
            "findings": findings,
            "is_proved": is_proved,
            "tried": tried.iter().map(|mistake| mistake.code()).collect::<Vec<_>>(),
            "bytes_to_sign": self.bytes_to_sign.as_deref().map(String::from_utf8_lossy),
        })
    }
}

fn finding_text(finding: &Finding) -> String {
    let Finding { mistake, detail } = finding;
    entry(mistake.code(), mistake.explanation(), detail, mistake.fix())
}

fn entry(code: &str, explanation: &str, detail: &str, fix: &str) -> String {
    let here = if detail.is_empty() { String::new() } else { format!("  here: {}\n", plain(detail)) };
    format!("\n{code}\n  {explanation}\n{here}  {fix}\n")
}

/// What was found out about a key, for people.
pub(super) fn key_text(diagnosis: &KeyDiagnosis) -> String {
    let mut text = match &diagnosis.kind {
        Some(kind) => format!("{kind}\n"),
        None => "it cannot be seen what this is\n".to_owned(),
    };
    text.push_str(match diagnosis.is_usable {
        true => "Farthing takes it\n",
        false => "Farthing does not take it for this use\n",
    });
    for mistake in &diagnosis.findings {
        let found = entry(mistake.code(), mistake.explanation(), "", mistake.fix());
        text.write_str(&found).expect("writing to a String cannot fail");
    }
    text
}

/// What was found out about a key, for programs.
pub(super) fn key_json(diagnosis: &KeyDiagnosis) -> Value {
    let findings: Vec<Value> = diagnosis
        .findings
        .iter()
        .map(|mistake| {
            json!({"code": mistake.code(), "explanation": mistake.explanation(), "fix": mistake.fix()})
        })
        .collect();
    json!({
        "kind": diagnosis.kind.map(|kind| kind.to_string()),
        "bits": diagnosis.kind.and_then(farthing_crypto::KeyKind::bits),
        "is_usable": diagnosis.is_usable,
        "findings": findings,
    })
}
