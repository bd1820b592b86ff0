//! What the selector of one request id says, item by item, and what a call is told by it.
//!
//! What it makes of a payment is in `course`, what of a refund or a capture in `afterwards`.
//!
//! | place | what it decides |
//! | --- | --- |
//! | `pay` | what the pay call answers, and so what is recorded |
//! | `payment` | the payment's final result, as an inquiry reports it |
//! | `inquiry` | what an inquiry call answers |
//! | `transaction` | a refund's or capture's result inside an inquiry |
//! | `cancel`, `refund`, `capture`, `inquiryRefund`, `declare` | what that call answers |
//! | `notify` | what goes wrong with notifications |
//! | none | the operation whose request id carries it |
//!
//! `@` holds the answer of a call back, real time; on `payment` and `transaction` it says when the result arrives, by
//! the clock of the world; on `notify`, how much later is sent. `*` limits an item to the first so many calls or sends.
//!
//! Whoever reads an id should know what it will do, so an id that contradicts itself is refused: nothing can follow a
//! call that created nothing, and what a call says has succeeded cannot be open.
//!
//! Source: our decision.

use farthing_core::reason::{Reason, Refusal};
use farthing_core::time::HOUR_MS;

use super::code_table::{CodeTable, Word};
use super::fault::{Fault, NotifyPlan};
use super::selector::{self, Delay, Place};
use super::words::{Meaning, illegal, is_call, says_nothing_was_created};

/// The longest that an answer is held back, milliseconds. Whoever waits longer wants an answer that never comes.
const HOLD_MS_MAX: i64 = HOUR_MS;

/// Answer this code in place of the truth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Told {
    /// The code, exactly as on the wire.
    pub code: &'static str,
    /// The reason that it stands for.
    pub reason: Reason,
}

impl From<Word> for Told {
    fn from(word: Word) -> Self {
        Self { code: word.code, reason: word.reason }
    }
}

/// What a request id was told to do. The default is to follow the rules.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Script {
    /// The operation whose id it is; unknown without an item.
    own_place: Option<Place>,
    /// At most one per place.
    items: Vec<Item>,
}

/// What one item says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) meaning: Meaning,
    pub(super) count: Option<u32>,
    pub(super) delay: Option<Delay>,
}

impl Script {
    /// Reads the selector of the request id of an operation, and checks every item; an id without one follows the rules.
    ///
    /// `own_place` is the operation's place, which an item without a place means. The id of a payment may speak of
    /// everything that follows it; other ids only of what they made.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`], with a sentence that names the part and the nearest known word: what is not the
    /// grammar, a place that this id does not decide about, a second item for a place, an unknown word, a delay or count
    /// where there can be none, and items that contradict one another.
    pub fn read(request_id: &str, own_place: Place, codes: &dyn CodeTable) -> Result<Self, Refusal> {
        let mut script = Self { own_place: Some(own_place), items: Vec::new() };
        for item in selector::parse(request_id).map_err(illegal)? {
            let place = item.place.unwrap_or(own_place);
            check_place(own_place, place)?;
            if script.item(place).is_some() {
                return Err(illegal(format!("the selector has two items for {}", place.word())));
            }
            script.items.push(Item::read(&item, place, codes)?);
        }
        script.check_payment()?;
        script.check_transaction()?;
        Ok(script)
    }

    /// The code that a call at this place answers in place of the truth: one that refuses, or one that leaves open what
    /// came of it.
    ///
    /// `None` where the truth is told, and where the record that the script makes tells that code by itself: a failed
    /// payment its reason, an open payment, refund or capture that it is in process.
    #[must_use]
    pub fn answer(&self, place: Place) -> Option<Told> {
        let word = self.item(place).filter(|_| is_call(place))?.meaning.word()?;
        let is_told_anyway = match place {
            Place::Pay if says_nothing_was_created(word.reason) => false,
            Place::Pay => word.reason == self.recorded_reason(word.reason),
            Place::Refund => word.reason == Reason::RefundInProcess,
            Place::Capture => word.reason == Reason::CaptureInProcess,
            _ => false,
        };
        (!is_told_anyway).then_some(word.into())
    }

    /// For how many calls, from the first, the item at this place holds; for all when missing.
    #[must_use]
    pub fn calls(&self, place: Place) -> Option<u32> {
        self.item(place)?.count
    }

    /// The same without its item at this place, for the calls after those for which that holds.
    #[must_use]
    pub fn without(mut self, place: Place) -> Self {
        self.items.retain(|item| item.place != place);
        self
    }

    /// What is done to a call at this place and to its answer.
    #[must_use]
    pub fn fault(&self, place: Place) -> Option<Fault> {
        let item = self.item(place).filter(|_| is_call(place))?;
        let hold_ms = hold_ms(item.delay).unwrap_or_default();
        let kind = if let Meaning::Breaks(kind) = item.meaning { Some(kind) } else { None };
        (kind.is_some() || hold_ms > 0).then_some(Fault { hold_ms, kind })
    }

    /// What is done to the notifications of what this id made.
    #[must_use]
    pub fn notify(&self) -> NotifyPlan {
        let Some(item) = self.item(Place::Notify) else { return NotifyPlan::default() };
        let plan =
            if let Meaning::Misleads(fault) = item.meaning { fault.plan() } else { NotifyPlan::default() };
        let delay_ms = if let Some(Delay::Ms(ms)) = item.delay { ms } else { 0 };
        NotifyPlan { delay_ms, sends: item.count, ..plan }
    }

    /// The item at a place.
    pub(super) fn item(&self, place: Place) -> Option<&Item> {
        self.items.iter().find(|item| item.place == place)
    }

    /// What a call at a place answers; a call that only breaks answers what is true.
    pub(super) fn answered(&self, place: Place) -> Option<Meaning> {
        self.item(place).map(|item| item.meaning).filter(|meaning| !matches!(meaning, Meaning::Breaks(_)))
    }

    /// What the operation whose id this is answers.
    pub(super) fn own_answer(&self) -> Option<Meaning> {
        self.answered(self.own_place?)
    }

    /// What pay tells of the payment that it recorded, when it answers a code for `reason`.
    fn recorded_reason(&self, reason: Reason) -> Reason {
        let is_open = self.answered(Place::Pay).is_some_and(Meaning::is_open);
        if is_open { Reason::PaymentInProcess } else { self.result_failure().unwrap_or(reason) }
    }

    /// `payment` must fit to what `pay` answers.
    fn check_payment(&self) -> Result<(), Refusal> {
        let (Some(pay), Some(result)) = (self.answered(Place::Pay), self.item(Place::Payment)) else {
            return Ok(());
        };
        let is_result = !result.meaning.is_open();
        let fits = match pay {
            Meaning::Rules => is_result && result.meaning != Meaning::Cancelled,
            Meaning::Open { .. } => true,
            Meaning::Unknown(word) => !says_nothing_was_created(word.reason),
            Meaning::Fails(word) if says_nothing_was_created(word.reason) => false,
            _ => result.meaning.failure().is_some() && result.delay.is_none() && pay != Meaning::Cancelled,
        };
        if fits { Ok(()) } else { Err(contradiction(Place::Pay, Place::Payment)) }
    }

    /// `transaction` must fit to what the refund or capture answers whose id this is.
    fn check_transaction(&self) -> Result<(), Refusal> {
        let own_place = self.own_place.filter(|own| *own != Place::Pay);
        let (Some(own_place), Some(result)) = (own_place, self.item(Place::Transaction)) else {
            return Ok(());
        };
        let fits = match self.own_answer() {
            None => true,
            Some(Meaning::Rules) => result.meaning == Meaning::Rules && result.delay.is_none(),
            Some(Meaning::Unknown(word)) => !says_nothing_was_created(word.reason),
            Some(_) => false,
        };
        if fits { Ok(()) } else { Err(contradiction(own_place, Place::Transaction)) }
    }
}

impl Item {
    fn read(item: &selector::Item, place: Place, codes: &dyn CodeTable) -> Result<Self, Refusal> {
        let meaning = Meaning::read(&item.outcome, place, codes)?;
        let read = Self { place, meaning, count: item.count, delay: item.delay };
        match place {
            Place::Payment | Place::Transaction => read.check_result(&item.outcome)?,
            Place::Notify => read.check_notice(&item.outcome)?,
            _ => drop(hold_ms(item.delay)?),
        }
        Ok(read)
    }

    /// A result arrives once, and an open one not at all.
    fn check_result(&self, outcome: &str) -> Result<(), Refusal> {
        let place = self.place.word();
        if self.count.is_some() {
            return Err(illegal(format!("a count is for calls, and {place} is none")));
        }
        let is_about_calls =
            self.meaning.word().is_some_and(|word| word.reason == Reason::TrafficLimitExceeded);
        // Of a refund or a capture it can be told: it stands among the codes of their results. Source: SEED-000.
        if is_about_calls && self.place == Place::Payment {
            return Err(illegal(format!("{outcome} is about calls, and {place} is none")));
        }
        if self.meaning.is_open() && matches!(self.delay, Some(Delay::Ms(_))) {
            let detail = format!("{outcome} for {place} leaves it open, so it does not arrive after a delay");
            return Err(illegal(detail));
        }
        Ok(())
    }

    fn check_notice(&self, outcome: &str) -> Result<(), Refusal> {
        if self.delay == Some(Delay::Never) {
            return Err(illegal("a notification that is never sent is notify:drop"));
        }
        let is_late = self.delay.is_some() && outcome != "drop" && outcome != "early";
        if self.delay.is_none() || is_late {
            return Ok(());
        }
        Err(illegal(format!("notify:{outcome} has no delay")))
    }
}

/// For how long a delay holds an answer back, milliseconds.
///
/// # Errors
/// [`Reason::ParameterIllegal`] for more than an hour, and for ever.
pub(super) fn hold_ms(delay: Option<Delay>) -> Result<u64, Refusal> {
    match delay {
        None => Ok(0),
        Some(Delay::Ms(ms @ 0..=HOLD_MS_MAX)) => Ok(ms.unsigned_abs()),
        Some(Delay::Ms(_)) => Err(illegal("an answer can be held back for an hour at most")),
        Some(Delay::Never) => {
            Err(illegal("an answer cannot be held back for ever; drop-reply breaks the connection instead"))
        }
    }
}

/// Whether an id of this operation decides about a place.
fn check_place(own_place: Place, place: Place) -> Result<(), Refusal> {
    let others: &[Place] = match own_place {
        Place::Pay => &Place::ALL,
        Place::Refund => &[Place::Transaction, Place::InquiryRefund, Place::Notify],
        Place::Capture => &[Place::Transaction, Place::Notify],
        _ => &[],
    };
    if place == own_place || others.contains(&place) {
        return Ok(());
    }
    let detail = format!("the request id of {} decides nothing about {}", own_place.word(), place.word());
    Err(illegal(detail))
}

fn contradiction(call: Place, result: Place) -> Refusal {
    let (call, result) = (call.word(), result.word());
    illegal(format!("what the selector says of {result} cannot follow what it says {call} answers"))
}

#[cfg(test)]
mod tests;
