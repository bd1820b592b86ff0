//! What a selector makes of one operation.

use farthing_core::reason::{Finality, Reason, Refusal};
use farthing_core::rows::Product;
use farthing_core::rules::pay::{Course, Planned};
use farthing_core::time::Timestamp;

use super::selector::{self, Delay, Item, Place, nearest};

/// What the outcome words of a dialect mean.
pub trait CodeTable: Sync {
    /// The reason that a code stands for at a place: first by the dialect's table for that place, then by any other.
    fn reason(&self, place: Place, code: &str) -> Option<Reason>;

    /// The codes of the dialect's table for a place, for messages.
    fn codes(&self, place: Place) -> Vec<&'static str>;
}

/// What is done to an answer on its way out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// The connection is closed without an answer, after everything was committed.
    pub drop_reply: bool,
    /// The answer is held back for so long, real time, milliseconds.
    pub hold_ms: u64,
}

/// What an operation was told to do. The default is to follow the rules.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Script {
    /// What the call answers.
    answer: Option<Word>,
    /// The payment's final result, and when it arrives.
    result: Option<(Word, Option<Delay>)>,
    /// What is done to the answer.
    pub fault: Option<Fault>,
}

/// What an outcome word means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Word {
    /// The real rules.
    Rules,
    /// This reason.
    Reason(Reason),
    /// Not decided yet.
    Processing,
}

const SUCCESS: &str = "SUCCESS";
const PROCESSING: [&str; 2] = ["PAYMENT_IN_PROCESS", "PROCESSING"];
const DROP_REPLY: &str = "drop-reply";

impl Script {
    /// The script in a payment's request id.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`], naming the part that is not understood and the nearest known word.
    pub fn of_pay(request_id: &str, product: Product, codes: &dyn CodeTable) -> Result<Self, Refusal> {
        let mut script = Self::default();
        for item in read(request_id)? {
            match item.place.unwrap_or(Place::Pay) {
                Place::Pay => script.answer_with(&item, Place::Pay, codes)?,
                Place::Payment => {
                    script.result = Some((word(&item.outcome, Place::Payment, codes)?, item.delay));
                }
                other => return Err(unserved(other)),
            }
        }
        if product == Product::CashierPayment && matches!(script.result, Some((Word::Rules, _))) {
            let detail = "a cashier payment succeeds when a user pays it; a selector can only fail it, or leave it open";
            return Err(illegal(detail.to_owned()));
        }
        Ok(script)
    }

    /// The script in a refund's request id.
    ///
    /// # Errors
    /// [`Reason::ParameterIllegal`], naming the part that is not understood.
    pub fn of_refund(request_id: &str, codes: &dyn CodeTable) -> Result<Self, Refusal> {
        let mut script = Self::default();
        for item in read(request_id)? {
            match item.place.unwrap_or(Place::Refund) {
                Place::Refund => script.answer_with(&item, Place::Refund, codes)?,
                other => return Err(unserved(other)),
            }
        }
        match script.answer {
            None | Some(Word::Rules) => Ok(script),
            Some(_) => Err(illegal("a refund's selector can name SUCCESS and drop-reply only".to_owned())),
        }
    }

    fn answer_with(&mut self, item: &Item, place: Place, codes: &dyn CodeTable) -> Result<(), Refusal> {
        let drop_reply = item.outcome == DROP_REPLY;
        if !drop_reply {
            self.answer = Some(word(&item.outcome, place, codes)?);
        }
        let hold_ms = match item.delay {
            None => 0,
            Some(Delay::Ms(ms)) => u64::try_from(ms).unwrap_or(0),
            Some(Delay::Never) => {
                return Err(illegal("an answer can be held back, but not for ever".to_owned()));
            }
        };
        if drop_reply || hold_ms > 0 {
            self.fault = Some(Fault { drop_reply, hold_ms });
        }
        Ok(())
    }

    /// The reason that the call answers in place of what follows from the payment: an unknown one that leaves it open.
    #[must_use]
    pub fn told(&self) -> Option<Reason> {
        match self.answer {
            Some(Word::Reason(reason)) if reason.finality() == Finality::Unknown => Some(reason),
            _ => None,
        }
    }

    /// What shall happen to a payment of this product made at `now`, world time.
    ///
    /// An answer in process without a planned result stays in process; a planned result without an answer or a delay
    /// is the answer at once, in auto debit.
    #[must_use]
    pub fn course(&self, product: Product, now: Timestamp) -> Course {
        match (self.answer, self.result) {
            (None | Some(Word::Rules), None) => Course::Rules,
            (Some(Word::Reason(reason)), _) => at_once(reason),
            (None, Some((word, None))) if product == Product::AgreementPayment => match word {
                Word::Rules => Course::Rules,
                Word::Reason(reason) => at_once(reason),
                Word::Processing => Course::Later { planned: None },
            },
            (_, result) => Course::Later { planned: result.and_then(|(word, delay)| plan(word, delay, now)) },
        }
    }
}

fn plan(word: Word, delay: Option<Delay>, now: Timestamp) -> Option<Planned> {
    let due_at = match delay {
        None => now,
        Some(Delay::Ms(ms)) => now.plus_ms(ms),
        Some(Delay::Never) => return None,
    };
    match word {
        Word::Rules => Some(Planned { due_at, failure: None }),
        Word::Reason(reason) => Some(Planned { due_at, failure: Some(reason) }),
        Word::Processing => None,
    }
}

/// A reason that says nothing was created refuses; another final one fails; an unknown one leaves it open.
fn at_once(reason: Reason) -> Course {
    match reason.finality() {
        _ if says_nothing_was_created(reason) => Course::Refuse(reason),
        Finality::Final => Course::Fail(reason),
        Finality::Unknown => Course::Later { planned: None },
    }
}

/// The codes after which a merchant may take it that no payment exists.
fn says_nothing_was_created(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::AccessDenied
            | Reason::KeyNotFound
            | Reason::OperationUnknown
            | Reason::ParameterIllegal
            | Reason::TrafficLimitExceeded
            | Reason::PaymentNotFound
            | Reason::PaymentClosed
            | Reason::PaymentCancelled
            | Reason::RepeatInconsistent
    )
}

fn read(request_id: &str) -> Result<Vec<Item>, Refusal> {
    selector::parse(request_id).map_err(illegal)
}

fn word(outcome: &str, place: Place, codes: &dyn CodeTable) -> Result<Word, Refusal> {
    if outcome == SUCCESS {
        return Ok(Word::Rules);
    }
    if PROCESSING.contains(&outcome) {
        return Ok(Word::Processing);
    }
    if let Some(reason) = codes.reason(place, outcome) {
        return Ok(Word::Reason(reason));
    }
    let known = codes.codes(place);
    let near = nearest(outcome, known.into_iter().chain([DROP_REPLY]));
    Err(illegal(format!("the selector names the unknown outcome {outcome:?} for {}{near}", place.word())))
}

fn unserved(place: Place) -> Refusal {
    illegal(format!("a selector for {} is not served here", place.word()))
}

fn illegal(detail: String) -> Refusal {
    Refusal::new(Reason::ParameterIllegal, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct TwoCodes;

    impl CodeTable for TwoCodes {
        fn reason(&self, _place: Place, code: &str) -> Option<Reason> {
            match code {
                "USER_BALANCE_NOT_ENOUGH" => Some(Reason::BalanceNotEnough),
                "ACCESS_DENIED" => Some(Reason::AccessDenied),
                "UNKNOWN_EXCEPTION" => Some(Reason::UnknownException),
                _ => None,
            }
        }

        fn codes(&self, _place: Place) -> Vec<&'static str> {
            vec!["USER_BALANCE_NOT_ENOUGH", "ACCESS_DENIED", "UNKNOWN_EXCEPTION"]
        }
    }

    fn noon() -> Timestamp {
        Timestamp::from_ms(1_574_827_261_000)
    }

    fn course(request_id: &str) -> Course {
        Script::of_pay(request_id, Product::AgreementPayment, &TwoCodes)
            .unwrap()
            .course(Product::AgreementPayment, noon())
    }

    #[test]
    fn an_id_without_selector_follows_the_rules() {
        assert_eq!(course("order-1"), Course::Rules);
        assert_eq!(course("order-1~SUCCESS"), Course::Rules);
    }

    #[test]
    fn a_code_fails_or_refuses_or_leaves_open_by_what_it_says() {
        assert_eq!(course("a~USER_BALANCE_NOT_ENOUGH"), Course::Fail(Reason::BalanceNotEnough));
        assert_eq!(course("a~ACCESS_DENIED"), Course::Refuse(Reason::AccessDenied));
        assert_eq!(course("a~UNKNOWN_EXCEPTION"), Course::Later { planned: None });
        assert_eq!(course("a~payment:USER_BALANCE_NOT_ENOUGH"), Course::Fail(Reason::BalanceNotEnough));
    }

    #[test]
    fn a_delayed_result_arrives_by_the_clock_of_the_world() {
        let planned = Planned { due_at: noon().plus_ms(30_000), failure: None };
        assert_eq!(
            course("a~PAYMENT_IN_PROCESS,payment:SUCCESS@30s"),
            Course::Later { planned: Some(planned) }
        );
        assert_eq!(course("a~payment:SUCCESS@30s"), Course::Later { planned: Some(planned) });
        assert_eq!(course("a~PAYMENT_IN_PROCESS"), Course::Later { planned: None });
        assert_eq!(course("a~payment:SUCCESS@never"), Course::Later { planned: None });
    }

    #[test]
    fn faults_are_for_the_answer_and_leave_the_rules_alone() {
        let script = Script::of_pay("a~drop-reply", Product::AgreementPayment, &TwoCodes).unwrap();
        assert_eq!(script.fault, Some(Fault { drop_reply: true, hold_ms: 0 }));
        assert_eq!(script.course(Product::AgreementPayment, noon()), Course::Rules);
        let held = Script::of_refund("a~SUCCESS@2s", &TwoCodes).unwrap();
        assert_eq!(held.fault, Some(Fault { drop_reply: false, hold_ms: 2_000 }));
    }

    /// No user pays a cashier payment by itself, so a selector must not pretend it.
    #[test]
    fn a_cashier_payment_can_be_failed_or_left_open_but_not_paid() {
        let of = |id: &str| Script::of_pay(id, Product::CashierPayment, &TwoCodes);
        assert!(of("a~payment:SUCCESS@5s").is_err());
        let failing = of("a~payment:USER_BALANCE_NOT_ENOUGH@5s").unwrap();
        let planned = Planned { due_at: noon().plus_ms(5_000), failure: Some(Reason::BalanceNotEnough) };
        assert_eq!(failing.course(Product::CashierPayment, noon()), Course::Later { planned: Some(planned) });
    }

    #[test]
    fn an_unknown_word_is_refused_with_the_nearest_known_one() {
        let refusal =
            Script::of_pay("a~USER_BALANCE_NOT_ENOUGHT", Product::AgreementPayment, &TwoCodes).unwrap_err();
        assert_eq!(refusal.reason, Reason::ParameterIllegal);
        assert!(
            refusal.detail.contains("nearest known one is USER_BALANCE_NOT_ENOUGH"),
            "{}",
            refusal.detail
        );
        assert!(Script::of_pay("a~inquiry:ACCESS_DENIED", Product::AgreementPayment, &TwoCodes).is_err());
        assert!(Script::of_refund("a~ACCESS_DENIED", &TwoCodes).is_err());
    }
}
