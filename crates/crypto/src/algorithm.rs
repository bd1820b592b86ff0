//! The ways to sign that are known.

use std::fmt;

/// How a message is signed.
///
/// The list is closed on purpose: whoever adds a way is led by the compiler to each place that must know it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    ///
    /// Source: ANTOM-FACTS §1.4 (there named `RSA256`).
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-1, which is weak: whoever can make two messages of one hash has a signature for both.
    /// It is for clients that were given no better way.
    ///
    /// Source: ALIPAYHK-FACTS §3.
    RsaSha1,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaSha256 => f.write_str("RSA PKCS#1 v1.5 with SHA-256"),
            Self::RsaSha1 => f.write_str("RSA PKCS#1 v1.5 with SHA-1"),
        }
    }
}
