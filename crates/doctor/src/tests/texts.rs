//! What is told to people and programs.

use std::collections::BTreeSet;

use farthing_core::rows::Dialect;
use proptest::prelude::*;

use super::letter::Letter;
use crate::{Diagnosis, Finding, HINT_BYTES_MAX, KeyMistake, MessageKind, Mistake};

/// Words are kebab case and unlike each other; explanations and fixes are one sentence each.
#[test]
fn every_mistake_has_its_word_and_its_sentences() {
    let mut words = BTreeSet::new();
    let mistakes = Mistake::ALL.iter().map(|mistake| (mistake.code(), mistake.explanation(), mistake.fix()));
    let keys = KeyMistake::ALL.iter().map(|mistake| (mistake.code(), mistake.explanation(), mistake.fix()));
    for (word, explanation, fix) in mistakes.chain(keys) {
        assert!(
            word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
            "{word}"
        );
        assert!(words.insert(word), "{word} stands for two mistakes");
        for sentence in [explanation, fix] {
            assert!(
                sentence.ends_with('.') && sentence.len() > 15 && !sentence.contains('\n'),
                "{word}: {sentence}"
            );
            assert!(sentence.starts_with(char::is_uppercase), "{word}: {sentence}");
        }
    }
}

#[test]
fn a_finding_is_one_line() {
    let plain = Finding { mistake: Mistake::BodyEmpty, detail: String::new() };
    assert!(
        plain.to_string().starts_with("The signature is over an empty body, and another was sent. Sign when")
    );
    let detailed = Finding { mistake: Mistake::OtherKeyVersion, detail: "version 1".to_owned() };
    assert!(detailed.to_string().contains("(version 1)"));
}

/// A hint goes into a header, so nothing that the sender wrote may break the line or go beyond ASCII.
#[test]
fn a_hint_is_fit_for_a_header() {
    let found = |detail: String| Diagnosis::Found {
        findings: vec![Finding { mistake: Mistake::PathSlashes, detail }],
        is_proved: true,
    };
    let hint = found("signed was /é\r\nSet-Cookie: x=1".to_owned()).hint();
    assert!(hint.starts_with("path-slashes: The signed path has other slashes"), "{hint}");
    assert!(hint.contains("(signed was /???Set-Cookie: x=1)"), "{hint}");
    assert_eq!(found("x".repeat(10_000)).hint().len(), HINT_BYTES_MAX);
    let verifies = Diagnosis::Verifies { key_version: "1".to_owned(), remarks: Vec::new() };
    assert_eq!(verifies.hint(), "verifies");
    let unknown = Diagnosis::Unknown { tried: vec![Mistake::BodyEmpty] };
    assert_eq!(unknown.hint(), "unknown: No known mistake explains the signature; 1 kinds were tried.");
}

proptest! {
    /// Whatever is sent, a diagnosis ends without a panic, and a signature that nobody made never verifies.
    #[test]
    fn no_message_makes_it_panic(
        dialect in 0..4_usize,
        signature in "[a-zA-Z0-9+/=% _-]{0,400}",
        target in "\\PC{0,40}",
        time in "\\PC{0,30}",
        body in prop_oneof![any::<Vec<u8>>(), "\\PC{0,60}".prop_map(String::into_bytes)],
    ) {
        let dialect = [Dialect::Antom, Dialect::Alipay, Dialect::AlipayHk, Dialect::AlphaPay][dialect];
        for kind in [MessageKind::Request, MessageKind::Reply, MessageKind::Notification] {
            let letter = Letter { target: target.clone(), body: body.clone(), ..Letter::new(dialect, kind) };
            let letter = letter.with("Request-Time", &time).signed_as(&signature);
            prop_assert_ne!(letter.diagnose().code(), "verifies");
        }
    }
}
