//! Fresh ids and secrets.
//!
//! A payment's id is 32 digits: 17 of its time in GMT+8 (`yyyyMMddHHmmssSSS`) and 5 of a count, so that ids sort by
//! their making, and 10 random ones. That fits the shortest of the dialects (25 to 35 digits).

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use farthing_core::ids::{
    AgreementId, AttemptId, AuthorizationId, CaptureId, CardId, DeliveryId, JobId, OutcomeId, PaymentId,
    ProposalId, RefundId, SettlementId,
};
use farthing_core::time::Timestamp;
use sha2::{Digest as _, Sha256};

/// A source of random bytes.
pub trait Randomness: Send + Sync + 'static {
    /// Sixteen random bytes.
    fn draw(&self) -> [u8; 16];
}

/// Random bytes that nobody can guess.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandomness;

impl Randomness for SystemRandomness {
    fn draw(&self) -> [u8; 16] {
        farthing_crypto::random_bytes::<16>()
    }
}

/// The same bytes for the same seed, so that a run of the sandbox can be repeated. Never for production.
#[derive(Debug)]
pub struct SeededRandomness {
    seed: u64,
    run: u64,
    drawn: Mutex<u64>,
}

impl SeededRandomness {
    /// The bytes of this seed, from the start.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::of_run(seed, 0)
    }

    /// The bytes of this seed in a later run over the same store, counted from 0. Each run has bytes of its own: with
    /// those of an earlier one, and a clock that stands still, it would make ids a second time.
    #[must_use]
    pub fn of_run(seed: u64, run: u64) -> Self {
        Self { seed, run, drawn: Mutex::new(0) }
    }
}

impl Randomness for SeededRandomness {
    fn draw(&self) -> [u8; 16] {
        let mut drawn = self.drawn.lock().expect("no holder of this lock panics");
        *drawn += 1;
        let mut hasher = Sha256::new();
        hasher.update(self.seed.to_be_bytes());
        hasher.update(self.run.to_be_bytes());
        hasher.update(drawn.to_be_bytes());
        let digest = hasher.finalize();
        digest[..16].try_into().expect("a SHA-256 digest has 32 bytes")
    }
}

/// Makes ids.
pub struct IdSource {
    randomness: Box<dyn Randomness>,
    process: String,
    jobs: AtomicU64,
    numbered: AtomicU64,
}

impl IdSource {
    /// Ids from this randomness.
    #[must_use]
    pub fn new(randomness: impl Randomness) -> Self {
        // A job's id must be unique over all processes and restarts, whatever the seed.
        let process = farthing_crypto::random_token_hex(6);
        Self {
            randomness: Box::new(randomness),
            process,
            jobs: AtomicU64::new(0),
            numbered: AtomicU64::new(0),
        }
    }

    /// The name of this process among those that share a store; another one after each start.
    #[must_use]
    pub fn process(&self) -> &str {
        &self.process
    }

    /// For a payment made at `now`, world time.
    #[must_use]
    pub fn payment_id(&self, now: Timestamp) -> PaymentId {
        PaymentId::new(self.digits(now))
    }

    /// For a refund made at `now`, world time.
    #[must_use]
    pub fn refund_id(&self, now: Timestamp) -> RefundId {
        RefundId::new(self.digits(now))
    }

    /// For a capture made at `now`, world time.
    #[must_use]
    pub fn capture_id(&self, now: Timestamp) -> CaptureId {
        CaptureId::new(self.digits(now))
    }

    /// For a card that is kept.
    #[must_use]
    pub fn card_id(&self, now: Timestamp) -> CardId {
        CardId::new(self.digits(now))
    }

    /// For a settlement.
    #[must_use]
    pub fn settlement_id(&self, now: Timestamp) -> SettlementId {
        SettlementId::new(self.digits(now))
    }

    /// For a rule of the sandbox, at the real time `real_now`.
    #[must_use]
    pub fn outcome_id(&self, real_now: Timestamp) -> OutcomeId {
        OutcomeId::new(self.digits(real_now))
    }

    /// For a number that somebody else would give: a quote, a number at the customs.
    #[must_use]
    pub fn number(&self, now: Timestamp) -> String {
        self.digits(now)
    }

    /// For an attempt.
    #[must_use]
    pub fn attempt_id(&self, now: Timestamp) -> AttemptId {
        AttemptId::new(self.digits(now))
    }

    /// For an authorization.
    #[must_use]
    pub fn authorization_id(&self, now: Timestamp) -> AuthorizationId {
        AuthorizationId::new(self.digits(now))
    }

    /// For an agreement.
    #[must_use]
    pub fn agreement_id(&self, now: Timestamp) -> AgreementId {
        AgreementId::new(self.digits(now))
    }

    /// For a notification.
    #[must_use]
    pub fn delivery_id(&self, now: Timestamp) -> DeliveryId {
        DeliveryId::new(self.digits(now))
    }

    /// For what a person proposes, at the real time `real_now`.
    #[must_use]
    pub fn proposal_id(&self, real_now: Timestamp) -> ProposalId {
        ProposalId::new(self.digits(real_now))
    }

    /// For an act of a person, at the real time `real_now`.
    #[must_use]
    pub fn act_id(&self, real_now: Timestamp) -> String {
        self.digits(real_now)
    }

    /// For a piece of work; sorts by the real time and, within this process, by its making.
    #[must_use]
    pub fn job_id(&self, real_now: Timestamp) -> JobId {
        let number = self.jobs.fetch_add(1, Ordering::Relaxed);
        JobId::new(format!("{:014}-{number:010}-{}", real_now.ms(), self.process))
    }

    /// Random bytes in front of a document when its digest is taken.
    #[must_use]
    pub fn salt(&self) -> [u8; 16] {
        self.randomness.draw()
    }

    /// An authorization code: 32 upper-case hexadecimal digits.
    #[must_use]
    pub fn auth_code(&self) -> String {
        hex_upper(&self.randomness.draw())
    }

    /// An access or refresh token: the date, and 32 upper-case hexadecimal digits.
    #[must_use]
    pub fn token(&self, now: Timestamp) -> String {
        format!("{}{}", &now.digits_gmt8()[..8], hex_upper(&self.randomness.draw()))
    }

    fn digits(&self, now: Timestamp) -> String {
        let number = self.numbered.fetch_add(1, Ordering::Relaxed) % 100_000;
        let random = u128::from_be_bytes(self.randomness.draw()) % 10_000_000_000;
        format!("{}{number:05}{random:010}", now.digits_gmt8())
    }
}

impl std::fmt::Debug for IdSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdSource").field("process", &self.process).finish_non_exhaustive()
    }
}

/// These bytes in lower-case hexadecimal digits.
pub(crate) fn hex_lower(bytes: &[u8]) -> String {
    hex_upper(bytes).to_ascii_lowercase()
}

fn hex_upper(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_574_827_261_000;

    /// A seed gives the same ids again, so that a test of a merchant can be repeated to the letter.
    #[test]
    fn the_same_seed_gives_the_same_ids() {
        let first = IdSource::new(SeededRandomness::new(7));
        let again = IdSource::new(SeededRandomness::new(7));
        let other = IdSource::new(SeededRandomness::new(8));
        let now = Timestamp::from_ms(NOON);
        let id = first.payment_id(now);
        assert_eq!(id, again.payment_id(now));
        assert_ne!(id, other.payment_id(now));
        assert_ne!(id, first.payment_id(now), "and never the same id twice");
        let later = IdSource::new(SeededRandomness::of_run(7, 1));
        assert_ne!(id, later.payment_id(now), "nor in a later run over the same store");
    }

    #[test]
    fn payment_ids_are_32_digits_and_begin_with_the_time() {
        let id = IdSource::new(SystemRandomness).payment_id(Timestamp::from_ms(NOON));
        assert_eq!(id.as_str().len(), 32);
        assert!(id.as_str().bytes().all(|byte| byte.is_ascii_digit()));
        assert!(id.as_str().starts_with("20191127120101000"));
    }

    /// What is made in one millisecond keeps its order, so that a list of refunds does.
    #[test]
    fn ids_of_one_moment_sort_by_their_making() {
        let ids = IdSource::new(SystemRandomness);
        let now = Timestamp::from_ms(NOON);
        let made: Vec<_> = (0..1000).map(|_| ids.refund_id(now).to_string()).collect();
        assert!(made.is_sorted());
    }

    #[test]
    fn job_ids_sort_by_their_making_and_differ_between_processes() {
        let ids = IdSource::new(SeededRandomness::new(7));
        let now = Timestamp::from_ms(NOON);
        let first = ids.job_id(now);
        assert!(first < ids.job_id(now));
        assert_ne!(first, IdSource::new(SeededRandomness::new(7)).job_id(now));
    }
}
