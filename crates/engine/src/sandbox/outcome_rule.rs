//! Outcomes for calls that carry no id of the merchant's: a rule that a person made says what they answer.

use farthing_core::reason::Refusal;

use super::code_table::CodeTable;
use super::fault::{Fault, FaultKind};
use super::script::{Told, hold_ms};
use super::selector::{self, nearest};
use super::words::{Meaning, illegal, read_call_word, spell_out};

/// What a rule makes of a call: `text` is an item of a selector without a place, such as `ACCESS_DENIED`, `101`,
/// `drop-reply` or `SUCCESS@2s`.
///
/// `operation` is the dialect's word for the call. How often a rule holds is kept with the rule, so the text has no count;
/// such a call makes nothing that could have a status.
///
/// # Errors
/// [`farthing_core::reason::Reason::ParameterIllegal`], naming the part that is not understood and the nearest known word.
pub fn outcome_of_rule(
    text: &str,
    operation: &str,
    codes: &dyn CodeTable,
) -> Result<(Option<Told>, Option<Fault>), Refusal> {
    let item = selector::parse_item(text).map_err(illegal)?;
    if item.place.is_some() || item.count.is_some() {
        return Err(illegal(format!(
            "the outcome {text:?} of a rule names a place or a count; both belong to the rule itself"
        )));
    }
    let hold_ms = hold_ms(item.delay)?;
    let meaning = meaning_for(operation, &item.outcome, codes)?;
    let kind = if let Meaning::Breaks(kind) = meaning { Some(kind) } else { None };
    let fault = (kind.is_some() || hold_ms > 0).then_some(Fault { hold_ms, kind });
    Ok((meaning.word().map(Told::from), fault))
}

fn meaning_for(operation: &str, outcome: &str, codes: &dyn CodeTable) -> Result<Meaning, Refusal> {
    let word = spell_out(outcome)?;
    if let Some(plain) = read_call_word(word) {
        return Ok(plain);
    }
    match codes.find_for(operation, word) {
        Some(known) => Ok(Meaning::of_code(known, codes.dialect())),
        None => Err(unknown(outcome, operation, codes)),
    }
}

fn unknown(outcome: &str, operation: &str, codes: &dyn CodeTable) -> Refusal {
    let faults = FaultKind::WORDS.iter().map(|(_, word)| *word);
    let near = nearest(outcome, codes.codes_for(operation).into_iter().chain(["SUCCESS"]).chain(faults));
    illegal(format!("the rule names the unknown outcome {outcome:?} for {operation}{near}"))
}

#[cfg(test)]
mod tests {
    use farthing_core::reason::Reason;
    use farthing_core::rows::Dialect;

    use super::super::test_codes::Codes;
    use super::*;

    const ANTOM: Codes = Codes(Dialect::Antom);

    fn consult(text: &str) -> Result<(Option<Told>, Option<Fault>), Refusal> {
        outcome_of_rule(text, "consult", &ANTOM)
    }

    /// What a rule cannot say is refused by name.
    #[test]
    fn what_a_rule_cannot_say_is_refused() {
        for (text, named) in [
            ("", "names no outcome"),
            (
                "ACCESS_DENID",
                "unknown outcome \"ACCESS_DENID\" for consult; the nearest known one is ACCESS_DENIED",
            ),
            ("drop-replay", "the nearest known one is drop-reply"),
            ("PROCESSING", "unknown outcome"),
            ("duplicate", "unknown outcome"),
            ("FULL_REFUND", "real refunds"),
            ("999", "no code has the number 999"),
            ("inquiry:ACCESS_DENIED", "names a place or a count"),
            ("ACCESS_DENIED*2", "names a place or a count"),
            ("ACCESS_DENIED@never", "for ever"),
            ("ACCESS_DENIED,SUCCESS", "names no outcome"),
        ] {
            let refusal = consult(text).expect_err(text);
            assert_eq!(refusal.reason, Reason::ParameterIllegal, "{text}");
            assert!(refusal.detail.contains(named), "{text}: {}", refusal.detail);
        }
    }

    /// A code is told, a fault breaks, a delay holds back, and success is the truth.
    #[test]
    fn a_rule_tells_a_code_or_breaks_the_call() {
        let denied = Some(Told { code: "ACCESS_DENIED", reason: Reason::AccessDenied });
        assert_eq!(consult("ACCESS_DENIED"), Ok((denied, None)));
        assert_eq!(consult("101"), Ok((denied, None)));
        assert_eq!(consult("ACCESS_DENIED@2s"), Ok((denied, Some(Fault { hold_ms: 2_000, kind: None }))));
        assert_eq!(consult("SUCCESS"), Ok((None, None)));
        let dropped = Fault { hold_ms: 500, kind: Some(FaultKind::DropRequest) };
        assert_eq!(consult("drop-request@500ms"), Ok((None, Some(dropped))));
    }

    /// The operation's own table is asked where it has one.
    #[test]
    fn the_code_is_that_of_the_operation() {
        let card = |operation| outcome_of_rule("INVALID_CARD", operation, &ANTOM).unwrap().0.unwrap().code;
        assert_eq!((card("pay"), card("consult")), ("PROCESS_FAIL", "INVALID_CARD"));
    }
}
