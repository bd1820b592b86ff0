//! Every code that this gateway can answer, in which dialect and place, and what brings it about: by a selector in a
//! sandbox, and by the rules themselves wherever a rule leads to it.
//!
//! `farthing outcome list` prints this table, and `docs/outcomes.md` is made from it.

mod causes;

use std::fmt::Write as _;

use farthing_core::reason::Reason;
use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk as alipayhk;
use farthing_dialect_alphapay as alphapay;
use farthing_dialect_antom as antom;
use farthing_engine::demo::demo_client_id;
use farthing_engine::sandbox::number_of;
use serde::Serialize;

pub use self::causes::{cause, cause_in_antom};

/// One code in one place of one dialect.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outcome {
    /// The dialect, by its word.
    pub dialect: &'static str,
    /// What answers it: an operation, or what an inquiry tells.
    pub place: &'static str,
    /// Its three digits, which a selector may use in its place.
    pub number: u16,
    /// The code on the wire.
    pub code: &'static str,
    /// `S`, `F` or `U`.
    pub status: &'static str,
    /// What it says to people.
    pub message: &'static str,
    /// What brings it about in a sandbox.
    pub selector: String,
    /// What brings it about by the rules themselves, in a sandbox or not; nothing where no rule of the gateway leads to it.
    pub rule: Option<&'static str>,
}

/// Every outcome, dialect by dialect, in the order of the dialects' tables.
#[must_use]
pub fn all() -> Vec<Outcome> {
    let mut outcomes = antom_outcomes();
    for table in alipayhk::codes::Table::ALL {
        let place = match table {
            alipayhk::codes::Table::PayQuery => "payQuery and other functions about an order",
            alipayhk::codes::Table::Gateway => "every function",
        };
        outcomes.extend(table.rows().iter().map(|row| {
            let row =
                Row { code: row.code, status: row.status.letter(), message: row.message, reason: row.reason };
            row.outcome(Dialect::AlipayHk, place, Told::Anywhere)
        }));
    }
    for table in alphapay::codes::Table::ALL {
        outcomes.extend(table.rows().iter().map(|row| {
            let row =
                Row { code: row.code, status: row.status.letter(), message: row.message, reason: row.reason };
            row.outcome(Dialect::AlphaPay, "every operation", Told::Anywhere)
        }));
    }
    outcomes
}

fn antom_outcomes() -> Vec<Outcome> {
    let tables = antom::codes::Table::ALL.into_iter();
    tables
        .flat_map(|table| {
            let (dialect, place, told) = describe(table);
            table.rows().iter().map(move |row| {
                let rule = row.reason.map_or(Some(SUCCEEDED), |reason| cause_in_antom(table, reason));
                let row = Row {
                    code: row.code,
                    status: row.status.letter(),
                    message: row.message,
                    reason: row.reason,
                };
                Outcome { rule, ..row.outcome(dialect, place, told) }
            })
        })
        .collect()
}

/// Where a table's codes are told, and how a sandbox is told to tell them.
fn describe(table: antom::codes::Table) -> (Dialect, &'static str, Told) {
    use antom::codes::Table;
    let antom = |place, told| (Dialect::Antom, place, told);
    match table {
        Table::Pay => antom("pay", Told::Place("pay")),
        Table::InquiryPayment => antom("inquiryPayment", Told::Place("inquiry")),
        Table::PaymentResult => antom("paymentResultCode", Told::Place("payment")),
        Table::TransactionResult => antom("transactionResult", Told::Place("transaction")),
        Table::Cancel => antom("cancel", Told::Place("cancel")),
        Table::Refund => antom("refund", Told::Place("refund")),
        Table::InquiryRefund => antom("inquiryRefund", Told::Place("inquiryRefund")),
        Table::Capture => antom("capture", Told::Place("capture")),
        Table::Declare => antom("declare", Told::Place("declare")),
        Table::ExchangeRate => antom("inquireExchangeRate", Told::Operation("inquireExchangeRate")),
        Table::InquiryDeclarations => {
            antom("inquiryDeclarationRequests", Told::Operation("inquiryDeclarationRequests"))
        }
        Table::Consult => antom("consult", Told::Operation("consult")),
        Table::ApplyToken => antom("applyToken", Told::Operation("applyToken")),
        Table::Revoke => antom("revoke", Told::Operation("revoke")),
        Table::Gateway => antom("every operation", Told::Anywhere),
        Table::LegacyInquiry => (Dialect::Alipay, "inquiryPayment", Told::Place("inquiry")),
        Table::LegacyGateway => (Dialect::Alipay, "every operation", Told::Anywhere),
    }
}

/// What leads to success.
const SUCCEEDED: &str = "The call does what was asked for.";

/// How a sandbox is told to tell a code.
#[derive(Clone, Copy)]
enum Told {
    /// By the merchant's own id, at a place.
    Place(&'static str),
    /// By the merchant's own id, in whichever call carries one.
    Anywhere,
    /// By a rule, because the operation carries no id.
    Operation(&'static str),
}

/// A row of any dialect's table.
struct Row {
    code: &'static str,
    status: &'static str,
    message: &'static str,
    reason: Option<Reason>,
}

impl Row {
    fn outcome(self, dialect: Dialect, place: &'static str, told: Told) -> Outcome {
        let code = self.code;
        let selector = match told {
            Told::Place(place) => format!("~{place}:{code}"),
            Told::Anywhere => format!("~{code}"),
            Told::Operation(operation) => {
                let client_id = demo_client_id(dialect);
                format!("farthing outcome add --client {client_id} --operation {operation} --outcome {code}")
            }
        };
        Outcome {
            dialect: dialect.word(),
            place,
            number: number_of(code).expect("every code has its number, as a test holds"),
            code,
            status: self.status,
            message: self.message,
            selector,
            rule: match self.reason {
                Some(reason) => cause(reason),
                None => Some(SUCCEEDED),
            },
        }
    }
}

/// The table as a document.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(INTRODUCTION);
    let mut heading = String::new();
    for outcome in all() {
        let here = format!("{}: {}", outcome.dialect, outcome.place);
        if here != heading {
            let _ = write!(
                text,
                "\n## {here}\n\n| number | code | | in a sandbox | by the rules |\n| --- | --- | --- | --- | --- |\n"
            );
            heading = here;
        }
        let Outcome { number, code, status, selector, rule, .. } = outcome;
        let rule = rule.unwrap_or("");
        let _ = writeln!(text, "| {number} | {code} | {status} | `{selector}` | {rule} |");
    }
    text
}

const INTRODUCTION: &str = "# Outcomes

Every code that Farthing can answer: where, with S, F or U, and what brings it about. Made from the code tables by
`farthing outcome list --markdown`; a test compares the two.

In a sandbox (`farthing dev`) the merchant's own request id says what shall happen, after its last `~`:
`order-1042~USER_BALANCE_NOT_ENOUGH`, `order-7~PAYMENT_IN_PROCESS,payment:SUCCESS@30s`, `order-3~inquiry:SYSTEM_ERROR*2`,
`order-9~drop-reply`. The number stands for the code where an id is nearly full. For calls that carry no id of the merchant's,
`farthing outcome add` makes a rule. The last column says which rule of the gateway leads to the code without any of that.

Statuses may stand in place of a code at `pay`, `payment` and `transaction`: `PROCESSING`, `PENDING` (the user has done everything),
`CANCELLED`, `CLOSED`, `FAIL`, `FAILED`. What happens to answers: `drop-request`, `drop-reply`, `garble-reply`, and `@2s` behind any of
them. What happens to notifications: `notify:duplicate`, `notify:drop`, `notify:garble`, `notify:old-key`, `notify:early`, `notify:shuffle`,
`notify:SUCCESS@30s` (late).
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Proves that every code of every dialect has its own three digits, which are never given twice.
    #[test]
    fn every_code_has_its_number() {
        let codes = antom::codes::Table::ALL.into_iter().flat_map(|table| table.rows()).map(|row| row.code);
        let hk = alipayhk::codes::Table::ALL.into_iter().flat_map(|table| table.rows()).map(|row| row.code);
        let alphapay =
            alphapay::codes::Table::ALL.into_iter().flat_map(|table| table.rows()).map(|row| row.code);
        let without: Vec<_> =
            codes.chain(hk).chain(alphapay).filter(|code| number_of(code).is_none()).collect();
        assert_eq!(without, Vec::<&str>::new());
    }

    /// Proves that the document in the docs is this table. `UPDATE_DOCS=1` writes it.
    #[test]
    fn the_document_is_this_table() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/outcomes.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            written == markdown(),
            "docs/outcomes.md is not up to date; UPDATE_DOCS=1 cargo test -p farthing-server writes it"
        );
    }

    /// Proves that no line of the table is broken by what stands in it.
    #[test]
    fn no_text_breaks_the_table() {
        for outcome in all() {
            for text in [&outcome.selector, outcome.rule.unwrap_or_default()] {
                assert!(!text.contains('|') && !text.contains('\n'), "{text}");
            }
        }
    }
}
