//! Cards as they are typed.

use farthing_core::card::{CardGiven, CardTyped, brand_of};
use farthing_core::time::Timestamp;

/// Number, CVV, month and year in a line each. The middle of the number is gone, and blanks in it change nothing.
pub(super) fn check_card(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut lines = text.split('\n');
    let number = lines.next().unwrap_or_default();
    let cvv = lines.next().filter(|cvv| !cvv.is_empty());
    let expiry_month = lines.next().unwrap_or_default();
    let expiry_year = lines.next().unwrap_or_default();
    let read = |number: &str| {
        CardGiven::read(CardTyped { number, cvv, expiry_month, expiry_year, has_address: false })
    };
    let given = read(number);
    assert!(given.first_digits.len() <= 8 && given.last_digits.len() <= 4);
    assert_eq!(brand_of(&given.first_digits), given.brand());
    let is_taken = given.check(Timestamp::from_ms(1_574_827_261_000)).is_ok();
    assert!(!is_taken || given.fault.is_none());
    let shown = format!("{given:?}");
    assert!(given.first_digits.is_empty() || !shown.contains(&given.first_digits));
    let spaced: String = number.chars().flat_map(|letter| [letter, ' ', '-']).collect();
    assert_eq!(read(&spaced), given);
}
