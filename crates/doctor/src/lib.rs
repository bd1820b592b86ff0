//! Says why a signature does not verify.
//!
//! A wrong signature tells nothing: the bytes were others, or the key was. But people make the same few mistakes, and each
//! can be made again on purpose: sign the message the way it goes wrong, and see whether that is what was signed.
//! [`diagnose`] does this for a message of any dialect and names the [`Mistake`] that verifies; [`diagnose_key`] looks at the
//! text of a key that was pasted.
//!
//! Nothing here has an effect, and no private key is needed. A hint helps whoever may try signatures at will, so it
//! belongs into the sandbox and on the command line of those who hold the keys, and never into an answer of a gateway that serves.
//!
//! ```
//! use farthing_doctor::{KeyUse, diagnose_key};
//!
//! let diagnosis = diagnose_key("ssh-rsa AAAAB3NzaC1yc2E= me@shop", KeyUse::Public);
//! assert_eq!(diagnosis.findings[0].code(), "ssh-form");
//! ```

mod body_forms;
mod diagnosis;
mod envelope;
mod evidence;
mod http_string;
mod json_text;
mod key_diagnosis;
mod key_mistake;
mod mistake;
mod reading;
mod search;
mod signature_text;
mod time_forms;

pub use diagnosis::{Diagnosis, Finding, HINT_BYTES_MAX, diagnose};
pub use evidence::{Evidence, MessageKind, NamedKey, OtherClientKey};
pub use key_diagnosis::{KeyDiagnosis, KeyUse, diagnose_key};
pub use key_mistake::KeyMistake;
pub use mistake::Mistake;
pub use search::VERIFICATIONS_MAX;

#[cfg(test)]
mod tests;
