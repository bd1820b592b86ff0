//! Tries signatures against keys, within a budget, and remembers what was tried.

use std::collections::HashSet;

use farthing_crypto::{Algorithm, PublicKey};
use sha2::{Digest, Sha256};

use crate::Mistake;

/// How many verifications a diagnosis makes at most; about a millisecond of one core.
pub const VERIFICATIONS_MAX: usize = 72;

/// A signature, and what it was held against so far.
pub(crate) struct Search {
    signature: Vec<u8>,
    seen: HashSet<[u8; 32]>,
    tried: Vec<Mistake>,
}

impl Search {
    pub(crate) fn new(signature: Vec<u8>) -> Self {
        Self { signature, seen: HashSet::new(), tried: Vec::new() }
    }

    /// Whether the signature holds as things should be.
    pub(crate) fn holds(&mut self, key: &PublicKey, algorithm: Algorithm, message: &[u8]) -> bool {
        self.is_new(key, algorithm, message) && key.verify(algorithm, message, &self.signature)
    }

    /// Whether the signature holds once this mistake is made. What was tried before, or is beyond the budget, does not.
    pub(crate) fn holds_with(
        &mut self,
        mistake: Mistake,
        key: &PublicKey,
        algorithm: Algorithm,
        message: &[u8],
    ) -> bool {
        if self.seen.len() >= VERIFICATIONS_MAX || !self.is_new(key, algorithm, message) {
            return false;
        }
        if !self.tried.contains(&mistake) {
            self.tried.push(mistake);
        }
        key.verify(algorithm, message, &self.signature)
    }

    /// The mistakes that were tried, in their order.
    pub(crate) fn tried(self) -> Vec<Mistake> {
        self.tried
    }

    /// Many a mistake changes nothing in a given message; what comes out the same is not tried again.
    fn is_new(&mut self, key: &PublicKey, algorithm: Algorithm, message: &[u8]) -> bool {
        let mut hash = Sha256::new();
        hash.update(key.to_spki_base64());
        hash.update(algorithm.to_string());
        hash.update(message);
        self.seen.insert(hash.finalize().into())
    }
}
