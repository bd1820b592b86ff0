//! What the outcome words of each dialect mean, for the sandbox's selectors.

use farthing_core::reason::Reason;
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;
use farthing_dialect_antom::edition::Edition;
use farthing_engine::sandbox::{CodeTable, Place, Word};

/// The code tables of every dialect.
#[must_use]
pub fn code_table(dialect: Dialect) -> &'static dyn CodeTable {
    match dialect {
        Dialect::Antom => &AntomCodes(Edition::Antom),
        Dialect::Alipay => &AntomCodes(Edition::Alipay),
        Dialect::AlipayHk => &AlipayHkCodes,
        Dialect::AlphaPay => &AlphaPayCodes,
    }
}

/// A reason that a word stands for anywhere: a code of any dialect, or the core's own name in upper case.
fn reason_anywhere(word: &str) -> Option<Reason> {
    let antom = antom::codes::find_code(word).and_then(|(_, row)| row.reason);
    let alipayhk = || alipayhk::codes::find_code(word).and_then(|(_, row)| row.reason);
    let alphapay = || alphapay::codes::find_code(word).and_then(|(_, row)| row.reason);
    let core = || Reason::parse(&word.to_ascii_lowercase());
    antom.or_else(alipayhk).or_else(alphapay).or_else(core)
}

struct AntomCodes(Edition);

impl AntomCodes {
    fn table(&self, place: Place) -> antom::codes::Table {
        use antom::codes::Table;
        self.0.table(match place {
            Place::Pay => Table::Pay,
            Place::Payment => Table::PaymentResult,
            Place::Inquiry => Table::InquiryPayment,
            Place::Transaction => Table::TransactionResult,
            Place::Cancel => Table::Cancel,
            Place::Refund => Table::Refund,
            Place::InquiryRefund => Table::InquiryRefund,
            Place::Capture => Table::Capture,
            Place::Declare => Table::Declare,
            Place::Notify => Table::Gateway,
        })
    }

    fn find_in(&self, table: antom::codes::Table, word: &str) -> Option<Word> {
        let own = table.find(word).and_then(|row| Some(Word { code: row.code, reason: row.reason? }));
        own.or_else(|| {
            let reason = reason_anywhere(word)?;
            Some(Word { code: antom::error::error_code(self.0, table, reason).code, reason })
        })
    }

    /// The table of an operation, by the word of its place or by its own.
    fn table_of_operation(&self, operation: &str) -> Option<antom::codes::Table> {
        if let Some(place) = place_named(operation) {
            return Some(self.table(place));
        }
        let known = antom::endpoint::Operation::ALL.into_iter().find(|known| known.name() == operation)?;
        Some(self.0.table(known.table()))
    }
}

impl CodeTable for AntomCodes {
    fn dialect(&self) -> Dialect {
        match self.0 {
            Edition::Antom => Dialect::Antom,
            Edition::Alipay => Dialect::Alipay,
        }
    }

    fn find(&self, place: Place, word: &str) -> Option<Word> {
        self.find_in(self.table(place), word)
    }

    fn codes(&self, place: Place) -> Vec<&'static str> {
        codes_of(self.table(place))
    }

    fn place_of(&self, operation: &str) -> Option<Place> {
        place_named(operation)
    }

    fn find_for(&self, operation: &str, word: &str) -> Option<Word> {
        self.find_in(self.table_of_operation(operation)?, word)
    }

    fn codes_for(&self, operation: &str) -> Vec<&'static str> {
        self.table_of_operation(operation).map(codes_of).unwrap_or_default()
    }
}

/// The place with this word; the inquiry of a payment has a longer word in two dialects.
fn place_named(operation: &str) -> Option<Place> {
    if operation == "inquiryPayment" { Some(Place::Inquiry) } else { Place::named(operation) }
}

fn codes_of(table: antom::codes::Table) -> Vec<&'static str> {
    table.rows().iter().map(|row| row.code).collect()
}

struct AlipayHkCodes;

impl CodeTable for AlipayHkCodes {
    fn dialect(&self) -> Dialect {
        Dialect::AlipayHk
    }

    fn find(&self, _place: Place, word: &str) -> Option<Word> {
        let own = alipayhk::codes::find_code(word);
        let own = own.and_then(|(_, row)| Some(Word { code: row.code, reason: row.reason? }));
        own.or_else(|| {
            let reason = reason_anywhere(word)?;
            Some(Word { code: alipayhk::error::error_code(reason).code, reason })
        })
    }

    fn codes(&self, _place: Place) -> Vec<&'static str> {
        let tables = alipayhk::codes::Table::ALL.into_iter();
        tables.flat_map(|table| table.rows()).map(|row| row.code).collect()
    }
}

struct AlphaPayCodes;

impl AlphaPayCodes {
    fn table(place: Place) -> alphapay::codes::Table {
        use alphapay::endpoint::Operation;
        match place {
            Place::Pay | Place::Payment => Operation::Pay.table(),
            Place::Inquiry => Operation::InquiryPayment.table(),
            Place::Cancel => Operation::Cancel.table(),
            Place::Refund | Place::Transaction => Operation::Refund.table(),
            Place::InquiryRefund => Operation::InquiryRefund.table(),
            Place::Capture | Place::Declare | Place::Notify => Operation::Pay.table(),
        }
    }

    fn find_in(table: alphapay::codes::Table, word: &str) -> Option<Word> {
        let own = table.find(word).and_then(|row| Some(Word { code: row.code, reason: row.reason? }));
        own.or_else(|| {
            let reason = reason_anywhere(word)?;
            Some(Word { code: alphapay::error::error_code(table, reason).code, reason })
        })
    }
}

impl CodeTable for AlphaPayCodes {
    fn dialect(&self) -> Dialect {
        Dialect::AlphaPay
    }

    fn find(&self, place: Place, word: &str) -> Option<Word> {
        Self::find_in(Self::table(place), word)
    }

    fn place_of(&self, operation: &str) -> Option<Place> {
        place_named(operation)
    }

    fn codes(&self, place: Place) -> Vec<&'static str> {
        Self::table(place).rows().iter().map(|row| row.code).collect()
    }
}
