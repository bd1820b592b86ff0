//! Which operation lives at which path.

use farthing_dialect_kit::path::{collapse_slashes, path_of_target, split_query};

use crate::codes::Table;
use crate::fields::{self, ObjectSpec};

/// An operation of the API.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// Take money, in any of the ten scenarios.
    Pay,
    /// What became of a payment.
    InquiryPayment,
    /// Call an unpaid payment off.
    Cancel,
    /// Give money back.
    Refund,
    /// What became of a refund.
    InquiryRefund,
    /// The payments and refunds of a day.
    Transactions,
    /// What was paid out on a day.
    Settlements,
}

/// The one table of operations: word, path, request fields.
const ENDPOINTS: [(Operation, &str, &str, &ObjectSpec); 7] = [
    (Operation::Pay, "pay", "/api/v2.0/payments/pay", &fields::PAY),
    (
        Operation::InquiryPayment,
        "inquiryPayment",
        "/api/v2.0/payments/inquiryPayment",
        &fields::INQUIRY_PAYMENT,
    ),
    (Operation::Cancel, "cancel", "/api/v2.0/payments/cancel", &fields::CANCEL),
    (Operation::Refund, "refund", "/api/v2.0/payments/refund", &fields::REFUND),
    (Operation::InquiryRefund, "inquiryRefund", "/api/v2.0/payments/inquiryRefund", &fields::INQUIRY_REFUND),
    (Operation::Transactions, "transactions", "/api/v2.0/payments/transactions", &fields::TRANSACTIONS),
    (Operation::Settlements, "settlements", "/api/v2.0/payments/settlements", &fields::SETTLEMENTS),
];

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 7] = [
        Self::Pay,
        Self::InquiryPayment,
        Self::Cancel,
        Self::Refund,
        Self::InquiryRefund,
        Self::Transactions,
        Self::Settlements,
    ];

    /// The name by which the documents call it, e.g. `inquiryPayment`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.endpoint().1
    }

    /// The path, e.g. `/api/v2.0/payments/pay`.
    ///
    /// Source: SEED-004 (inquiryPayment); ALPHAPAY-FACTS §1.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.endpoint().2
    }

    /// The table with the codes of its answers; all operations share one.
    #[must_use]
    pub fn table(self) -> Table {
        Table::Result
    }

    /// The fields of its requests.
    #[must_use]
    pub fn fields(self) -> &'static ObjectSpec {
        self.endpoint().3
    }

    fn endpoint(self) -> &'static (Self, &'static str, &'static str, &'static ObjectSpec) {
        ENDPOINTS
            .iter()
            .find(|endpoint| endpoint.0 == self)
            .expect("every operation has its line in the table")
    }
}

/// The operation at a request target: absolute or origin form, repeated slashes counting as one, a query ignored.
/// `None` where no operation lives; the same name under another version is another API.
///
/// Source: ALPHAPAY-FACTS §1.
#[must_use]
pub fn find_operation(target: &str) -> Option<Operation> {
    let collapsed = collapse_slashes(path_of_target(target));
    let (path, _query) = split_query(&collapsed);
    ENDPOINTS.iter().find(|endpoint| endpoint.2 == path).map(|endpoint| endpoint.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves: SEED-004 and ALPHAPAY-FACTS §1, every operation is found at its path, however it is addressed.
    #[test]
    fn operations_are_found_however_they_are_addressed() {
        for operation in Operation::ALL {
            let path = operation.path();
            assert_eq!(path, format!("/api/v2.0/payments/{}", operation.name()));
            for target in [path.to_owned(), format!("/{path}"), format!("https://localhost:8743{path}?a=//b")]
            {
                assert_eq!(find_operation(&target), Some(operation), "{target}");
            }
        }
    }

    /// Other versions, other cases and other prefixes are other APIs.
    #[test]
    fn other_paths_have_no_operation() {
        for target in [
            "",
            "*",
            "/",
            "/v1/payments/pay",
            "/api/v1.0/payments/pay",
            "/api/v2.0/payments/Pay",
            "/api/v2.0/payments/pay/",
            "/api/v2/payments/pay",
            "/api/v2.0/payments",
            "/x?/api/v2.0/payments/pay",
        ] {
            assert_eq!(find_operation(target), None, "{target}");
        }
    }
}
