//! The fixed keys.

use std::sync::Arc;

use farthing_crypto::{PrivateKey, PublicKey};

/// One of the keys in `keys/`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TestKey {
    /// The gateway's first signing key.
    Gateway1,
    /// The gateway's second signing key.
    Gateway2,
    /// The gateway's, for seals.
    Seal1,
    /// The first merchant's.
    Merchant1,
    /// The second merchant's, and the first one's next.
    Merchant2,
    /// Nobody's whom the gateway knows.
    Stranger,
}

impl TestKey {
    /// The private key as PEM.
    #[must_use]
    pub fn pem(self) -> &'static str {
        match self {
            Self::Gateway1 => include_str!("../keys/gateway-1.pem"),
            Self::Gateway2 => include_str!("../keys/gateway-2.pem"),
            Self::Seal1 => include_str!("../keys/seal-1.pem"),
            Self::Merchant1 => include_str!("../keys/merchant-1.pem"),
            Self::Merchant2 => include_str!("../keys/merchant-2.pem"),
            Self::Stranger => include_str!("../keys/stranger.pem"),
        }
    }

    /// The private key.
    #[must_use]
    pub fn private(self) -> Arc<PrivateKey> {
        Arc::new(PrivateKey::parse(self.pem()).expect("the committed keys are keys"))
    }

    /// The public half.
    #[must_use]
    pub fn public(self) -> PublicKey {
        self.private().public_key()
    }

    /// The public half as one line of base64.
    #[must_use]
    pub fn public_text(self) -> String {
        self.public().to_spki_base64()
    }
}
