//! Why a text is not a key we can use.

/// Why a text is not a key we can use, in the order in which the checks are made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum KeyError {
    /// There is nothing but blanks.
    #[error("the key is empty; give base64 or a PEM text")]
    Empty,
    /// A PEM frame begins and does not end.
    #[error("the PEM frame is cut off: a BEGIN line without its END line; copy the whole text")]
    FrameCutOff,
    /// The key is protected by a password.
    #[error("the key is protected by a password; take it off first (openssl pkey -in FILE -out PLAIN)")]
    Encrypted,
    /// Something that is not base64 stands where base64 is due.
    #[error("the key is not base64: {reason}")]
    NotBase64 {
        /// What was found; never a part of the key.
        reason: String,
    },
    /// It is base64, and holds something other than a key.
    #[error(
        "the text is base64 but holds no key; wanted is {wanted} (a certificate or a signature is no key)"
    )]
    NotAKey {
        /// The forms that would have done.
        wanted: &'static str,
    },
    /// It is a key of another kind, an elliptic curve for example.
    #[error("the key is not an RSA key; make one with: openssl genrsa 2048")]
    NotRsa,
    /// A private key is due, and this is a public one.
    #[error("this is a public key, and the private key is wanted here")]
    PublicGiven,
    /// A public key is due, and this is a private one.
    #[error(
        "this is a private key, and the public key is wanted here; keep the private key to yourself \
         (openssl pkey -in FILE -pubout prints the public one)"
    )]
    PrivateGiven,
    /// The modulus is shorter than 2048 bits.
    #[error("the key has {bits} bits, and at least 2048 are needed")]
    TooSmall {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// The modulus is longer than 8192 bits.
    #[error("the key has {bits} bits, and at most 8192 are taken")]
    TooLarge {
        /// Length of the modulus in bits.
        bits: usize,
    },
    /// The form is right, and the numbers in it do not make a key.
    #[error("the numbers in the key do not fit together; it was damaged on the way, copy it again")]
    Damaged,
}
