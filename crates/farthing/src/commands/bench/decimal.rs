//! Figures with three decimals, without floating point.

use std::fmt;

use serde::{Serialize, Serializer};

/// A figure in thousandths.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Thousandths(pub(super) u64);

impl Thousandths {
    /// `dividend / divisor`, rounded down; zero when there is nothing to divide by.
    pub(super) fn quotient(dividend: u128, divisor: u128) -> Self {
        let thousandths = (dividend * 1_000).checked_div(divisor).unwrap_or(0);
        Self(u64::try_from(thousandths).unwrap_or(u64::MAX))
    }
}

impl fmt::Display for Thousandths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{:03}", self.0 / 1_000, self.0 % 1_000))
    }
}

impl Serialize for Thousandths {
    /// A plain JSON number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: serde_json::Number =
            self.to_string().parse().expect("digits around a point are a JSON number");
        number.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scripts read these figures as JSON numbers, and people as decimals.
    #[test]
    fn a_figure_reads_the_same_for_scripts_and_people() {
        let figure = Thousandths::quotient(310, 387);
        assert_eq!(figure.to_string(), "0.801");
        assert_eq!(serde_json::to_string(&figure).unwrap(), "0.801");
        assert_eq!(Thousandths::quotient(4_816_020, 1_000).to_string(), "4816.020");
        assert_eq!(Thousandths::quotient(1, 0), Thousandths(0));
    }
}
