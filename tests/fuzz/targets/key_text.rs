//! Keys as they are pasted.

use farthing_doctor::{KeyUse, diagnose_key};

/// Whatever was pasted for a key is looked at, and told without being repeated.
pub(super) fn check_key_text(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for kind in [KeyUse::Public, KeyUse::Private] {
        let diagnosis = diagnose_key(text, kind);
        assert!(diagnosis.findings.len() <= 16, "each mistake is named once");
    }
}
