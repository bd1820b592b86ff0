//! The journal, the ledger and the seals over them: inserted, never edited.

use super::record::record;
use crate::ids::{Digest, JobId, MerchantId, WorldId};
use crate::money::Currency;
use crate::time::Timestamp;
use crate::word_column;

word_column! {
    /// What an entry of the journal says has happened.
    EntryKind {
        /// Money came into a wallet from outside.
        WalletFunded = "wallet_funded",
        /// A payment was taken up; its result is open.
        PaymentCreated = "payment_created",
        /// The user has done everything; the result of a payment is open.
        PaymentPending = "payment_pending",
        /// A payment was paid.
        PaymentSucceeded = "payment_succeeded",
        /// A payment failed.
        PaymentFailed = "payment_failed",
        /// A payment was not paid in time.
        PaymentExpired = "payment_expired",
        /// A payment was cancelled; what was paid went back.
        PaymentCancelled = "payment_cancelled",
        /// A payment that was paid is ended by a risk control; what was paid went back.
        PaymentReversed = "payment_reversed",
        /// A card was authorized; nothing is taken yet.
        PaymentAuthorized = "payment_authorized",
        /// An authorization that was not captured lapsed.
        AuthorizationReleased = "authorization_released",
        /// A capture is taken up; its result is open.
        CaptureCreated = "capture_created",
        /// A part or the whole of an authorization was taken.
        CaptureSucceeded = "capture_succeeded",
        /// A capture failed; nothing was taken.
        CaptureFailed = "capture_failed",
        /// A refund is reserved; its result is open.
        RefundCreated = "refund_created",
        /// A refund went back.
        RefundSucceeded = "refund_succeeded",
        /// A refund failed; what was reserved is free again.
        RefundFailed = "refund_failed",
        /// A payment was declared to the customs.
        PaymentDeclared = "payment_declared",
        /// A merchant was settled for a day.
        MerchantSettled = "merchant_settled",
        /// What a merchant told about a payment was erased.
        PaymentErased = "payment_erased",
        /// What a merchant told about a refund was erased.
        RefundErased = "refund_erased",
        /// What a merchant told about a capture was erased.
        CaptureErased = "capture_erased",
        /// What was declared of people was erased.
        DeclarationErased = "declaration_erased",
    }
}

record! {
    /// One batch that was committed. `seal_number` is the only thing here that is written later.
    Commit, "commits", key 1 {
        /// The id of the batch: that of its first job.
        commit_id: JobId,
        /// How many entries of the journal it holds.
        entry_count: i64,
        /// The seal that covers it, once there is one.
        seal_number: Option<i64>,
    }
}

record! {
    /// One entry of the journal: what happened to a payment or a wallet, linked to the entry before it.
    JournalEntry, "journal", key 2 {
        /// The batch it came with.
        commit_id: JobId,
        /// Its place in that batch, from 0.
        position: i64,
        /// The payment or wallet it is about.
        subject: String,
        /// Its place in that subject's chain, from 1.
        chain_number: i64,
        /// Whose it is, for a payment.
        merchant_id: Option<MerchantId>,
        /// The world.
        world_id: WorldId,
        /// What happened.
        kind: EntryKind,
        /// World time.
        happened_at: Timestamp,
        /// Real time.
        recorded_at: Timestamp,
        /// The digest of the payment's row after it; zero for a wallet.
        state_digest: Digest,
        /// The refund it is about as well, if any.
        detail_id: Option<String>,
        /// The digest of that refund's row.
        detail_digest: Option<Digest>,
        /// The hash of the entry before it in the chain; zero for the first.
        previous: Digest,
        /// The hash over all of the above (but commit and position) and its postings.
        hash: Digest,
    }
}

record! {
    /// One line of the ledger: so much moved into (or, negative, out of) an account.
    Posting, "postings", key 3 {
        /// The batch of its entry.
        commit_id: JobId,
        /// The entry's place in that batch.
        position: i64,
        /// Its place in the entry, from 0.
        line: i64,
        /// The account, e.g. `wallet:W1`, `merchant:M1`, `outside:funding`.
        account: String,
        /// The currency.
        currency: Currency,
        /// How much, smallest units; the lines of an entry sum to zero per currency.
        amount_minor: i64,
    }
}

record! {
    /// A signed statement about all batches committed since the one before it.
    Seal, "seals", key 1 {
        /// Counted from 1.
        seal_number: i64,
        /// Real time.
        sealed_at: Timestamp,
        /// How many batches it covers.
        commit_count: i64,
        /// How many entries they hold.
        entry_count: i64,
        /// The Merkle root over the hashes of those entries.
        root: Digest,
        /// The hash of the seal before it; zero for the first.
        previous: Digest,
        /// The hash over all of the above.
        hash: Digest,
        /// The key that signed it.
        key_id: String,
        /// The signature over the hash.
        signature: Vec<u8>,
    }
}

record! {
    /// What an account held when a seal was made. Wallets have their own row and are not here.
    AccountBalance, "account_balances", key 3 {
        /// The account.
        account: String,
        /// The currency.
        currency: Currency,
        /// The seal after which it holds.
        seal_number: i64,
        /// How much, smallest units.
        balance_minor: i64,
    }
}
