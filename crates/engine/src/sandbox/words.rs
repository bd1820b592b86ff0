//! What an outcome means at its place.

use farthing_core::reason::{Check, Finality, Reason, Refusal};
use farthing_core::rows::Dialect;

use super::code_table::{CodeTable, Word};
use super::fault::{FaultKind, NotifyFault};
use super::numbers;
use super::selector::{Place, nearest};

/// What shall happen at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// What the rules say.
    Rules,
    /// Nothing is decided; of a payment, whether its user has done everything.
    Open { user_done: bool },
    /// Nothing is decided, and that is told by this code.
    Unknown(Word),
    /// It fails, and that is told by this code.
    Fails(Word),
    /// It fails, told by whatever tells this reason.
    Ends(Reason),
    /// It is cancelled, unpaid.
    Cancelled,
    /// The call breaks.
    Breaks(FaultKind),
    /// Notifications go wrong.
    Misleads(NotifyFault),
}

/// The word for the real rules: never money from nothing.
const SUCCESS: &str = "SUCCESS";

/// The statuses that can be asked for, and what they mean.
const STATUSES: [(&str, Meaning); 6] = [
    ("PROCESSING", Meaning::Open { user_done: false }),
    ("PENDING", Meaning::Open { user_done: true }),
    ("CANCELLED", Meaning::Cancelled),
    ("CLOSED", Meaning::Ends(Reason::PaymentClosed)),
    ("FAIL", Meaning::Ends(Reason::ProcessFailed)),
    ("FAILED", Meaning::Ends(Reason::ProcessFailed)),
];

/// The statuses of these that a refund or a capture can have.
const TRANSACTION_STATUSES: [&str; 3] = ["PROCESSING", "FAIL", "FAILED"];

/// The statuses that no selector makes, and what does.
const MADE_OTHERWISE: [(&str, &str); 3] = [
    ("OFFLINE_QRCODE", "is told only where a setting of the client asks for it, of any payment that waits"),
    ("PARTIAL_REFUND", "comes from a real refund of a part of a paid payment"),
    ("FULL_REFUND", "comes from real refunds of the whole of a paid payment"),
];

impl Meaning {
    /// The meaning of an outcome at a place, in the asking dialect.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`]: a status that no selector makes, a number of no code, or an unknown word, with the
    /// nearest known one.
    pub(super) fn read(outcome: &str, place: Place, codes: &dyn CodeTable) -> Result<Self, Refusal> {
        let word = spell_out(outcome)?;
        if place == Place::Notify {
            return read_notice(word);
        }
        let plain = if is_call(place) { read_call_word(word) } else { read_success(word) };
        if let Some(meaning) = plain.or_else(|| read_status(word, place)) {
            return Ok(meaning);
        }
        let known = codes.find(place, word).ok_or_else(|| unknown(outcome, place, codes))?;
        Ok(Self::of_code(known, codes.dialect()))
    }

    /// What a code means: it is told as open, or it fails.
    ///
    /// In these two dialects a system error is told as open, so the caller inquires, and there must be something to find.
    /// Source: ALIPAYHK-FACTS §4.2, ALPHAPAY-FACTS §12.4 (SYSTEM_ERROR is U).
    pub(super) fn of_code(word: Word, dialect: Dialect) -> Self {
        let is_open_there = matches!(dialect, Dialect::AlipayHk | Dialect::AlphaPay);
        match word.reason {
            Reason::SystemError if is_open_there => {
                Self::Unknown(Word { reason: Reason::UnknownException, ..word })
            }
            reason if reason.finality() == Finality::Unknown => Self::Unknown(word),
            _ => Self::Fails(word),
        }
    }

    /// Whether nothing is decided by it.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Open { .. } | Self::Unknown(_))
    }

    /// Why it fails, if it does.
    pub(super) fn failure(self) -> Option<Reason> {
        match self {
            Self::Fails(word) => Some(word.reason),
            Self::Ends(reason) => Some(reason),
            _ => None,
        }
    }

    /// The code that it names, and the reason of that.
    pub(super) fn word(self) -> Option<Word> {
        match self {
            Self::Fails(word) | Self::Unknown(word) => Some(word),
            _ => None,
        }
    }
}

/// Whether a code for this reason says that nothing was created.
///
/// It is refused before there is anything: who speaks, what is said, and a request id that belongs to something else.
/// Source: our decision (ACCESS_DENIED, KEY_NOT_FOUND, NO_INTERFACE_DEF, PARAM_ILLEGAL, REQUEST_TRAFFIC_EXCEED_LIMIT,
/// ORDER_NOT_EXIST, ORDER_IS_CLOSED, ORDER_IS_CANCELED, REPEAT_REQ_INCONSISTENT, and the like of other dialects).
pub(super) fn says_nothing_was_created(reason: Reason) -> bool {
    reason.check() <= Check::Repeat && !reason.leaves_a_record()
}

/// A refusal that tells a developer what is wrong with a selector.
pub(super) fn illegal(detail: impl Into<String>) -> Refusal {
    Refusal::new(Reason::ParameterIllegal, detail)
}

/// The words that every call knows and no dialect has: success and faults.
pub(super) fn read_call_word(word: &str) -> Option<Meaning> {
    read_success(word).or_else(|| FaultKind::parse(word).map(Meaning::Breaks))
}

fn read_success(word: &str) -> Option<Meaning> {
    (word == SUCCESS).then_some(Meaning::Rules)
}

fn read_status(word: &str, place: Place) -> Option<Meaning> {
    let served = statuses_at(place).any(|status| status == word);
    STATUSES.iter().find(|(status, _)| served && *status == word).map(|(_, meaning)| *meaning)
}

fn read_notice(word: &str) -> Result<Meaning, Refusal> {
    let read = read_success(word).or_else(|| NotifyFault::parse(word).map(Meaning::Misleads));
    read.ok_or_else(|| {
        let known = NotifyFault::WORDS.iter().map(|(_, word)| *word).chain([SUCCESS]);
        illegal(format!("the selector names the unknown outcome {word:?} for notify{}", nearest(word, known)))
    })
}

/// Whether the place is a call, which has an answer that can break or be held back.
pub(super) fn is_call(place: Place) -> bool {
    !matches!(place, Place::Payment | Place::Transaction | Place::Notify)
}

/// The statuses that can be asked for at a place: a payment's, or the fewer ones of a refund or capture.
fn statuses_at(place: Place) -> impl Iterator<Item = &'static str> {
    let is_served = move |status: &&str| match place {
        Place::Pay | Place::Payment => true,
        Place::Transaction => TRANSACTION_STATUSES.contains(status),
        _ => false,
    };
    STATUSES.iter().map(|(status, _)| *status).filter(is_served)
}

/// The word that three digits stand for; any other outcome is its own word.
///
/// # Errors
/// [`Reason::ParameterIllegal`]: a status that no selector makes, or a number of no code.
pub(super) fn spell_out(outcome: &str) -> Result<&str, Refusal> {
    if let Some((status, made_by)) = MADE_OTHERWISE.iter().find(|(status, _)| *status == outcome) {
        return Err(illegal(format!("no selector makes the status {status}: it {made_by}")));
    }
    if outcome.len() != 3 || !outcome.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(outcome);
    }
    outcome.parse().ok().and_then(numbers::code_of).ok_or_else(|| {
        illegal(format!("no code has the number {outcome}; farthing outcome list prints them all"))
    })
}

fn unknown(outcome: &str, place: Place, codes: &dyn CodeTable) -> Refusal {
    let faults = FaultKind::WORDS.iter().map(|(_, word)| *word).filter(|_| is_call(place));
    let known = codes.codes(place).into_iter().chain([SUCCESS]).chain(statuses_at(place)).chain(faults);
    let near = nearest(outcome, known);
    illegal(format!("the selector names the unknown outcome {outcome:?} for {}{near}", place.word()))
}
