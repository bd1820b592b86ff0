//! The names of things, a type for each so that none is taken for another.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// This text as an id; nothing is checked, callers bring texts of their own making or checked ones.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self { Self(text.into()) }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str { &self.0 }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
    )*};
}

ids! {
    /// A world: a clock with its merchants, clients and users. Production has one, `main`.
    WorldId;
    /// A merchant.
    MerchantId;
    /// A client: a key pair by which a merchant speaks one dialect.
    ClientId;
    /// A person with wallets.
    UserId;
    /// A wallet: one user's balance in one currency.
    WalletId;
    /// A merchant's request that a user authorizes debits.
    AuthorizationId;
    /// What a user agreed to: a merchant may debit a wallet.
    AgreementId;
    /// A payment; 32 digits, valid in every dialect.
    PaymentId;
    /// A refund; 32 digits.
    RefundId;
    /// A capture of an authorized payment; 32 digits.
    CaptureId;
    /// A card that a payer let the merchant keep.
    CardId;
    /// What a merchant was paid for one day; 32 digits.
    SettlementId;
    /// A rule of the sandbox: what an operation shall answer.
    OutcomeId;
    /// One try to have a payment carried out by something that may not answer.
    AttemptId;
    /// A notification to be delivered.
    DeliveryId;
    /// What a merchant calls its own request; unique for ever per merchant and operation.
    RequestId;
    /// A person who may use the admin side, by the name they log in with.
    PersonId;
    /// What one person of the admin side proposes and another one confirms.
    ProposalId;
    /// A piece of work for the store; time-ordered.
    JobId;
}

/// A keyed hash of a secret text (an access token, an authorization code); the text itself is not in it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Fingerprint(pub [u8; 32]);

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// The digest of nothing: what a chain starts from.
    pub const ZERO: Self = Self([0; 32]);
}

/// The operations that carry a merchant's request id; an id is unique within one of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// A payment.
    Pay,
    /// A refund.
    Refund,
    /// A refund for which the merchant gave no id: the nonce of its request stands in.
    RefundByNonce,
    /// A capture of an authorized payment.
    Capture,
    /// A declaration to the customs.
    Declare,
    /// The settlement of a day; its id is the day and the currency.
    Settle,
}

impl Operation {
    /// The word kept in stores.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Refund => "refund",
            Self::RefundByNonce => "refund_by_nonce",
            Self::Capture => "capture",
            Self::Declare => "declare",
            Self::Settle => "settle",
        }
    }
}
