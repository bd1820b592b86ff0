//! What the outcome words of a dialect mean, as the dialect tells the sandbox.

use farthing_core::reason::Reason;
use farthing_core::rows::Dialect;

use super::selector::Place;

/// What a word means at a place in the asking dialect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Word {
    /// The code, exactly as on the wire of that dialect's table for the place.
    pub code: &'static str,
    /// The reason that it stands for.
    pub reason: Reason,
}

/// The codes of one dialect.
pub trait CodeTable: Sync {
    /// Which dialect.
    fn dialect(&self) -> Dialect;

    /// The code at that place in the dialect's own table; else, where the word is a code of any table or a core reason,
    /// the code by which this dialect tells that reason there.
    fn find(&self, place: Place, word: &str) -> Option<Word>;

    /// The codes of the dialect's table for a place, for messages and lists.
    fn codes(&self, place: Place) -> Vec<&'static str>;

    /// The place that this dialect's word for an operation stands for, or the place's own word; `None` for an operation
    /// that is no place of a selector.
    fn place_of(&self, operation: &str) -> Option<Place> {
        Place::named(operation)
    }

    /// As [`CodeTable::find`], for an operation that carries no id of the merchant's, by the dialect's word for it.
    ///
    /// Such an operation is no place of a selector. A dialect that has tables of its own for them answers here; one that
    /// has not is asked place by place, and a place whose own table has the code comes first.
    fn find_for(&self, operation: &str, word: &str) -> Option<Word> {
        if let Some(place) = self.place_of(operation) {
            return self.find(place, word);
        }
        let found = || Place::ALL.into_iter().filter_map(|place| self.find(place, word));
        found().find(|known| known.code == word).or_else(|| found().next())
    }

    /// As [`CodeTable::codes`], for an operation that carries no id of the merchant's.
    fn codes_for(&self, operation: &str) -> Vec<&'static str> {
        let places = self.place_of(operation).map_or(Place::ALL.to_vec(), |place| vec![place]);
        let mut codes: Vec<_> = places.into_iter().flat_map(|place| self.codes(place)).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_codes::Codes;
    use super::*;

    /// An operation that is a place is asked there; any other finds a code where it stands, else its nearest.
    #[test]
    fn operations_without_a_place_find_a_code_where_it_stands() {
        let codes = Codes(Dialect::Antom);
        assert_eq!(codes.find_for("pay", "INVALID_CARD").map(|word| word.code), Some("PROCESS_FAIL"));
        assert_eq!(codes.find_for("consult", "INVALID_CARD").map(|word| word.code), Some("INVALID_CARD"));
        assert_eq!(codes.find_for("consult", "NO_SUCH_CODE"), None);
        assert!(codes.codes_for("consult").contains(&"INVALID_CARD"));
        assert!(!codes.codes_for("pay").contains(&"INVALID_CARD"));
    }
}
