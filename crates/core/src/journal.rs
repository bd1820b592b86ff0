//! Entries of the journal: what has happened, the money it moved, and the link to what happened before.
//!
//! Each payment (and each wallet, for its funding) has a chain of entries. An entry's hash covers the hash before it,
//! its postings and a digest of the row as it was left, so that a row, an entry or a posting that was changed, added
//! or removed by hand no longer fits.

use sha2::{Digest as _, Sha256};

use crate::ids::{Digest, JobId, MerchantId, PaymentId, SettlementId, WalletId, WorldId};
use crate::money::{Currency, Money};
use crate::rows::{
    Capture, Declaration, EntryKind, JournalEntry, Payment, Posting, Record, Refund, Settlement, Value,
    Wallet,
};
use crate::time::Timestamp;

#[cfg(test)]
mod tests;

/// An account of the ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Account {
    /// A wallet's money.
    Wallet(WalletId),
    /// What the gateway owes a merchant.
    Merchant(MerchantId),
    /// Where money comes from when a wallet is funded, and goes to when it is drawn down.
    OutsideFunding,
    /// Where money comes from when a card pays, and goes back to.
    OutsideCards,
    /// Where money is converted from one currency into another.
    OutsideExchange,
    /// Where money goes when a merchant is settled.
    OutsideSettlement,
    /// What the gateway keeps for its work.
    Fees,
}

impl Account {
    /// Its name in the ledger.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Wallet(id) => format!("wallet:{id}"),
            Self::Merchant(id) => format!("merchant:{id}"),
            Self::OutsideFunding => "outside:funding".to_owned(),
            Self::OutsideCards => "outside:cards".to_owned(),
            Self::OutsideExchange => "outside:exchange".to_owned(),
            Self::OutsideSettlement => "outside:settlement".to_owned(),
            Self::Fees => "fees".to_owned(),
        }
    }

    /// The wallet that an account of this name belongs to.
    #[must_use]
    pub fn wallet_of(name: &str) -> Option<WalletId> {
        name.strip_prefix("wallet:").map(WalletId::new)
    }
}

/// One line of the ledger before it has its place in a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// The account's name.
    pub account: String,
    /// The currency.
    pub currency: Currency,
    /// How much came in (or, negative, went out), smallest units.
    pub amount_minor: i64,
}

/// The two lines that move `money` from one account to another.
#[must_use]
pub fn transfer(money: Money, from: &Account, to: &Account) -> Vec<Line> {
    assert!(money.amount_minor > 0, "a transfer moves a positive amount, not {money}");
    let line = |account: &Account, amount_minor| Line {
        account: account.name(),
        currency: money.currency,
        amount_minor,
    };
    vec![line(from, -money.amount_minor), line(to, money.amount_minor)]
}

/// What an entry says, before it is linked into its chain.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub kind: EntryKind,
    /// World time.
    pub happened_at: Timestamp,
    /// Real time.
    pub recorded_at: Timestamp,
    /// The money it moved; sums to zero per currency.
    pub lines: Vec<Line>,
}

/// What an entry about a payment is about as well.
#[derive(Clone, Copy, Debug)]
pub enum Detail<'a> {
    /// A refund, as the event leaves it.
    Refund(&'a Refund),
    /// A capture, as the event leaves it.
    Capture(&'a Capture),
    /// A declaration, as the event leaves it.
    Declaration(&'a Declaration),
}

impl Detail<'_> {
    fn id_and_digest(self) -> (String, Digest) {
        match self {
            Self::Refund(refund) => (refund.refund_id.to_string(), refund_digest(refund)),
            Self::Capture(capture) => (capture.capture_id.to_string(), capture_digest(capture)),
            Self::Declaration(declaration) => {
                (declaration.request_id.to_string(), declaration_digest(declaration))
            }
        }
    }
}

/// An entry of the journal, linked into its chain, before it has its place in a batch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    subject: String,
    chain_number: i64,
    merchant_id: Option<MerchantId>,
    world_id: WorldId,
    kind: EntryKind,
    happened_at: Timestamp,
    recorded_at: Timestamp,
    state_digest: Digest,
    detail: Option<(String, Digest)>,
    previous: Digest,
    lines: Vec<Line>,
}

impl Entry {
    /// The next entry of a payment's chain; the payment's row is moved on to it.
    ///
    /// `payment` must already be as the event leaves it. `detail` is the row of the refund, capture or declaration that the
    /// event is about as well.
    pub fn for_payment(payment: &mut Payment, detail: Option<Detail<'_>>, event: Event) -> Self {
        let entry = Self {
            subject: payment_subject(&payment.payment_id),
            chain_number: payment.chain_count + 1,
            merchant_id: Some(payment.merchant_id.clone()),
            world_id: payment.world_id.clone(),
            kind: event.kind,
            happened_at: event.happened_at,
            recorded_at: event.recorded_at,
            state_digest: payment_digest(payment),
            detail: detail.map(Detail::id_and_digest),
            previous: payment.chain_head,
            lines: event.lines,
        };
        entry.assert_balanced();
        payment.chain_count = entry.chain_number;
        payment.chain_head = entry.hash();
        entry
    }

    /// The one entry of a settlement's chain; the settlement's row is moved on to it.
    pub fn for_settlement(settlement: &mut Settlement, event: Event) -> Self {
        let entry = Self {
            subject: settlement_subject(&settlement.settlement_id),
            chain_number: settlement.chain_count + 1,
            merchant_id: Some(settlement.merchant_id.clone()),
            world_id: settlement.world_id.clone(),
            kind: event.kind,
            happened_at: event.happened_at,
            recorded_at: event.recorded_at,
            state_digest: settlement_digest(settlement),
            detail: None,
            previous: settlement.chain_head,
            lines: event.lines,
        };
        entry.assert_balanced();
        settlement.chain_count = entry.chain_number;
        settlement.chain_head = entry.hash();
        entry
    }

    /// The next entry of a wallet's own chain; the wallet's row is moved on to it.
    pub fn for_wallet(wallet: &mut Wallet, event: Event) -> Self {
        let entry = Self {
            subject: wallet_subject(&wallet.wallet_id),
            chain_number: wallet.chain_count + 1,
            merchant_id: None,
            world_id: wallet.world_id.clone(),
            kind: event.kind,
            happened_at: event.happened_at,
            recorded_at: event.recorded_at,
            state_digest: Digest::ZERO,
            detail: None,
            previous: wallet.chain_head,
            lines: event.lines,
        };
        entry.assert_balanced();
        wallet.chain_count = entry.chain_number;
        wallet.chain_head = entry.hash();
        entry
    }

    /// The entry and its postings as rows of the batch `commit_id`, at `position` in it.
    #[must_use]
    pub fn into_rows(self, commit_id: &JobId, position: i64) -> (JournalEntry, Vec<Posting>) {
        let hash = self.hash();
        let (detail_id, detail_digest) = self.detail.unzip();
        let entry = JournalEntry {
            commit_id: commit_id.clone(),
            position,
            subject: self.subject,
            chain_number: self.chain_number,
            merchant_id: self.merchant_id,
            world_id: self.world_id,
            kind: self.kind,
            happened_at: self.happened_at,
            recorded_at: self.recorded_at,
            state_digest: self.state_digest,
            detail_id,
            detail_digest,
            previous: self.previous,
            hash,
        };
        let postings = (0..).zip(self.lines).map(|(line, moved)| Posting {
            commit_id: commit_id.clone(),
            position,
            line,
            account: moved.account,
            currency: moved.currency,
            amount_minor: moved.amount_minor,
        });
        (entry, postings.collect())
    }

    fn hash(&self) -> Digest {
        let (detail_id, detail_digest) = self.detail.clone().unzip();
        let facts = EntryFacts {
            subject: &self.subject,
            chain_number: self.chain_number,
            merchant_id: self.merchant_id.as_ref(),
            world_id: &self.world_id,
            kind: self.kind,
            happened_at: self.happened_at,
            recorded_at: self.recorded_at,
            state_digest: self.state_digest,
            detail_id: detail_id.as_deref(),
            detail_digest,
            previous: self.previous,
        };
        facts.hash(self.lines.iter().map(|line| (line.account.as_str(), line.currency, line.amount_minor)))
    }

    /// Only our own code makes entries, so lines that do not sum to zero are a mistake in it.
    fn assert_balanced(&self) {
        for line in &self.lines {
            let of_currency = self.lines.iter().filter(|other| other.currency == line.currency);
            let sum: i128 = of_currency.map(|other| i128::from(other.amount_minor)).sum();
            assert!(sum == 0, "the postings of {:?} {} do not sum to zero", self.kind, self.subject);
        }
    }
}

/// What an entry's hash is taken over, so that the writer and the verifier hash the same.
struct EntryFacts<'a> {
    subject: &'a str,
    chain_number: i64,
    merchant_id: Option<&'a MerchantId>,
    world_id: &'a WorldId,
    kind: EntryKind,
    happened_at: Timestamp,
    recorded_at: Timestamp,
    state_digest: Digest,
    detail_id: Option<&'a str>,
    detail_digest: Option<Digest>,
    previous: Digest,
}

impl EntryFacts<'_> {
    fn hash<'l>(&self, lines: impl Iterator<Item = (&'l str, Currency, i64)>) -> Digest {
        let mut hasher = Hasher::new("farthing journal entry 1");
        hasher.text(self.subject);
        hasher.number(self.chain_number);
        hasher.optional(self.merchant_id, |hasher, id| hasher.text(id.as_str()));
        hasher.text(self.world_id.as_str());
        hasher.text(self.kind.word());
        hasher.number(self.happened_at.ms());
        hasher.number(self.recorded_at.ms());
        hasher.bytes(&self.state_digest.0);
        hasher.optional(self.detail_id, Hasher::text);
        hasher.optional(self.detail_digest, |hasher, digest| hasher.bytes(&digest.0));
        hasher.bytes(&self.previous.0);
        for (account, currency, amount_minor) in lines {
            hasher.text(account);
            hasher.text(currency.code());
            hasher.number(amount_minor);
        }
        hasher.finish()
    }
}

/// The hash an entry read from a store must have, with the postings read beside it in their order.
#[must_use]
pub fn recompute_entry_hash(entry: &JournalEntry, postings: &[Posting]) -> Digest {
    let facts = EntryFacts {
        subject: &entry.subject,
        chain_number: entry.chain_number,
        merchant_id: entry.merchant_id.as_ref(),
        world_id: &entry.world_id,
        kind: entry.kind,
        happened_at: entry.happened_at,
        recorded_at: entry.recorded_at,
        state_digest: entry.state_digest,
        detail_id: entry.detail_id.as_deref(),
        detail_digest: entry.detail_digest,
        previous: entry.previous,
    };
    facts.hash(
        postings.iter().map(|posting| (posting.account.as_str(), posting.currency, posting.amount_minor)),
    )
}

/// The name of a payment's chain.
#[must_use]
pub fn payment_subject(payment_id: &PaymentId) -> String {
    format!("payment:{payment_id}")
}

/// The name of a wallet's own chain.
#[must_use]
pub fn wallet_subject(wallet_id: &WalletId) -> String {
    format!("wallet:{wallet_id}")
}

/// The name of a settlement's chain.
#[must_use]
pub fn settlement_subject(settlement_id: &SettlementId) -> String {
    format!("settlement:{settlement_id}")
}

/// The digest of a settlement's row, all columns but those of the chain itself.
#[must_use]
pub fn settlement_digest(settlement: &Settlement) -> Digest {
    let columns = Settlement::SPEC.columns.iter().map(|column| column.name).zip(settlement.values());
    digest_columns(Settlement::SPEC.name, columns.filter(|(name, _)| !name.starts_with("chain_")))
}

/// The digest of a capture's row.
#[must_use]
pub fn capture_digest(capture: &Capture) -> Digest {
    let columns = Capture::SPEC.columns.iter().map(|column| column.name).zip(capture.values());
    digest_columns(Capture::SPEC.name, columns)
}

/// The digest of a declaration's row.
#[must_use]
pub fn declaration_digest(declaration: &Declaration) -> Digest {
    let columns = Declaration::SPEC.columns.iter().map(|column| column.name).zip(declaration.values());
    digest_columns(Declaration::SPEC.name, columns)
}

/// The digest of a payment's row, all columns but those of the chain itself.
#[must_use]
pub fn payment_digest(payment: &Payment) -> Digest {
    let columns = Payment::SPEC.columns.iter().map(|column| column.name).zip(payment.values());
    digest_columns(Payment::SPEC.name, columns.filter(|(name, _)| !name.starts_with("chain_")))
}

/// The digest of a refund's row.
#[must_use]
pub fn refund_digest(refund: &Refund) -> Digest {
    digest_columns(
        Refund::SPEC.name,
        Refund::SPEC.columns.iter().map(|column| column.name).zip(refund.values()),
    )
}

/// The digest of a payment's details, with the random bytes in front that keep it from being guessed.
#[must_use]
pub fn details_digest(salt: &[u8], document: &str) -> Digest {
    let mut hasher = Hasher::new("farthing payment details 1");
    hasher.bytes(salt);
    hasher.text(document);
    hasher.finish()
}

/// Columns that came after data directories existed. A digest leaves them out while they hold nothing (no value, or
/// zero), so that the digests of older rows stay what they are. Such a column is named before its value, so no two rows
/// share a digest for it.
const ADDED_LATER: [(&str, &[&str]); 2] = [
    (
        "payments",
        &[
            "open_reason",
            "authorized_minor",
            "auth_expires_at",
            "captures_later",
            "capturing_minor",
            "captures_closed",
            "declared_minor",
            "approval_refusal",
            "card",
            "acquirer",
            "settlement_quote",
            "settlement_minor",
        ],
    ),
    ("refunds", &["is_named_by_nonce", "capture_id", "due_at", "planned", "planned_reason"]),
];

/// Whether a digest leaves this column out; see [`ADDED_LATER`].
fn is_left_out(table: &str, column: &str, value: &Value) -> bool {
    let was_added = |(of, columns): &(&str, &[&str])| *of == table && columns.contains(&column);
    matches!(value, Value::Null | Value::Int(0)) && ADDED_LATER.iter().any(was_added)
}

fn digest_columns(table: &str, columns: impl Iterator<Item = (&'static str, Value)>) -> Digest {
    let mut hasher = Hasher::new(table);
    for (name, value) in columns.filter(|(name, value)| !is_left_out(table, name, value)) {
        hasher.text(name);
        match value {
            Value::Null => hasher.nothing(),
            Value::Int(number) => hasher.number(number),
            Value::Text(text) => hasher.text(&text),
            Value::Blob(bytes) => hasher.bytes(&bytes),
        }
    }
    hasher.finish()
}

/// A SHA-256 over parts, each with its kind and length in front, so that no two lists of parts hash alike.
pub(crate) struct Hasher(Sha256);

impl Hasher {
    pub(crate) fn new(domain: &str) -> Self {
        let mut hasher = Self(Sha256::new());
        hasher.text(domain);
        hasher
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.part(1, text.as_bytes());
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) {
        self.part(2, bytes);
    }

    pub(crate) fn number(&mut self, number: i64) {
        self.part(3, &number.to_be_bytes());
    }

    /// Nothing is a part of its own kind, so that it is not taken for an empty text or a digest of zeros.
    fn nothing(&mut self) {
        self.0.update([0]);
    }

    fn optional<T>(&mut self, value: Option<T>, add: impl FnOnce(&mut Self, T)) {
        match value {
            Some(value) => add(self, value),
            None => self.nothing(),
        }
    }

    fn part(&mut self, kind: u8, bytes: &[u8]) {
        self.0.update([kind]);
        self.0.update((bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}
