//! Each mistake is made with a real key, and has to be named.

mod envelopes;
mod http_strings;
mod letter;
mod texts;

use std::collections::BTreeSet;

use crate::Mistake;

/// No mistake is known that no test makes.
#[test]
fn every_mistake_is_made_by_a_test() {
    let mut made: BTreeSet<Mistake> = BTreeSet::new();
    for case in http_strings::cases().into_iter().chain(envelopes::cases()) {
        let found = case.letter.diagnose();
        assert_eq!(found.code(), case.expected, "{}: {found:?}", case.name);
        if let crate::Diagnosis::Found { findings, is_proved } = &found {
            assert_eq!(*is_proved, case.is_proved, "{}", case.name);
            made.extend(findings.iter().map(|finding| finding.mistake));
        }
        if let crate::Diagnosis::Verifies { remarks, .. } = &found {
            let remarked: Vec<Mistake> = remarks.iter().map(|finding| finding.mistake).collect();
            assert_eq!(remarked, case.remarks, "{}", case.name);
            made.extend(remarked);
        }
    }
    let missing: Vec<_> = Mistake::ALL.iter().filter(|mistake| !made.contains(mistake)).collect();
    assert!(missing.is_empty(), "no test makes {missing:?}");
}
