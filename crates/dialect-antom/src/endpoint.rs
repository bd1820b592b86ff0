//! Which operation lives at which path.

use farthing_dialect_kit::path::{collapse_slashes, path_of_target, split_query};

use crate::codes::Table;
use crate::fields::{self, ObjectSpec};

/// An operation of the API.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// Take money.
    Pay,
    /// What became of a payment.
    InquiryPayment,
    /// Call a payment off.
    Cancel,
    /// Give money back.
    Refund,
    /// What became of a refund.
    InquiryRefund,
    /// Take a part or the whole of an authorized payment.
    Capture,
    /// What currencies are worth in one another.
    InquireExchangeRate,
    /// Declare a payment to the customs.
    Declare,
    /// What became of declarations to the customs.
    InquiryDeclarationRequests,
    /// Ask a user to agree to debits.
    Consult,
    /// Turn a code or a refresh token into tokens.
    ApplyToken,
    /// Take an agreement back.
    Revoke,
}

/// What stands in front of an operation's path.
///
/// A client's id says which environment it means; the prefix does not, because callers mix them up.
///
/// Source: ANTOM-FACTS §1.1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Prefix {
    /// Nothing, as the sources print their paths.
    Bare,
    /// `/ams/api`.
    Production,
    /// `/ams/sandbox/api`, which the SDKs use for client ids that begin with `SANDBOX_`.
    Sandbox,
}

impl Prefix {
    /// Every prefix.
    pub const ALL: [Self; 3] = [Self::Bare, Self::Production, Self::Sandbox];

    /// The text; empty for [`Prefix::Bare`].
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Bare => "",
            Self::Production => "/ams/api",
            Self::Sandbox => "/ams/sandbox/api",
        }
    }

    /// The prefix that the SDKs would use for this client.
    ///
    /// Source: ANTOM-FACTS §1.1 (`SANDBOX_`, case-sensitive).
    #[must_use]
    pub fn of_client(client_id: &str) -> Self {
        if client_id.starts_with("SANDBOX_") { Self::Sandbox } else { Self::Production }
    }
}

/// The one table of operations: word, path, codes, request fields.
const ENDPOINTS: [(Operation, &str, &str, Table, &ObjectSpec); 12] = [
    (Operation::Pay, "pay", "/v1/payments/pay", Table::Pay, &fields::PAY),
    (
        Operation::InquiryPayment,
        "inquiryPayment",
        "/v1/payments/inquiryPayment",
        Table::InquiryPayment,
        &fields::INQUIRY_PAYMENT,
    ),
    (Operation::Cancel, "cancel", "/v1/payments/cancel", Table::Cancel, &fields::CANCEL),
    (Operation::Refund, "refund", "/v1/payments/refund", Table::Refund, &fields::REFUND),
    (
        Operation::InquiryRefund,
        "inquiryRefund",
        "/v1/payments/inquiryRefund",
        Table::InquiryRefund,
        &fields::INQUIRY_REFUND,
    ),
    (Operation::Capture, "capture", "/v1/payments/capture", Table::Capture, &fields::CAPTURE),
    (
        Operation::InquireExchangeRate,
        "inquireExchangeRate",
        "/v1/payments/inquireExchangeRate",
        Table::ExchangeRate,
        &fields::INQUIRE_EXCHANGE_RATE,
    ),
    (Operation::Declare, "declare", "/v1/customs/declare", Table::Declare, &fields::DECLARE),
    (
        Operation::InquiryDeclarationRequests,
        "inquiryDeclarationRequests",
        "/v1/customs/inquiryDeclarationRequests",
        Table::InquiryDeclarations,
        &fields::INQUIRY_DECLARATION_REQUESTS,
    ),
    (Operation::Consult, "consult", "/v1/authorizations/consult", Table::Consult, &fields::CONSULT),
    (
        Operation::ApplyToken,
        "applyToken",
        "/v1/authorizations/applyToken",
        Table::ApplyToken,
        &fields::APPLY_TOKEN,
    ),
    (Operation::Revoke, "revoke", "/v1/authorizations/revoke", Table::Revoke, &fields::REVOKE),
];

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 12] = [
        Self::Pay,
        Self::InquiryPayment,
        Self::Cancel,
        Self::Refund,
        Self::InquiryRefund,
        Self::Capture,
        Self::InquireExchangeRate,
        Self::Declare,
        Self::InquiryDeclarationRequests,
        Self::Consult,
        Self::ApplyToken,
        Self::Revoke,
    ];

    /// The name by which the documents call it, e.g. `inquiryPayment`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.endpoint().1
    }

    /// The path without prefix, e.g. `/v1/payments/pay`.
    ///
    /// Source: SEED-000, SEED-002; ANTOM-FACTS §2.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.endpoint().2
    }

    /// The path with a prefix, as a client sends it.
    #[must_use]
    pub fn path_under(self, prefix: Prefix) -> String {
        format!("{}{}", prefix.text(), self.path())
    }

    /// The table with the codes of its answers; [`crate::edition::Edition::table`] says what the legacy edition has in
    /// its place.
    #[must_use]
    pub fn table(self) -> Table {
        self.endpoint().3
    }

    /// The fields of its requests.
    #[must_use]
    pub fn fields(self) -> &'static ObjectSpec {
        self.endpoint().4
    }

    fn endpoint(self) -> &'static (Self, &'static str, &'static str, Table, &'static ObjectSpec) {
        ENDPOINTS
            .iter()
            .find(|endpoint| endpoint.0 == self)
            .expect("every operation has its line in the table")
    }
}

/// The operation at a request target: absolute or origin form, under any prefix, repeated slashes counting as one, a
/// query ignored. `None` where no operation lives (the caller answers NO_INTERFACE_DEF).
///
/// Source: ANTOM-FACTS §1.1, §1.2.
#[must_use]
pub fn find_operation(target: &str) -> Option<Operation> {
    let collapsed = collapse_slashes(path_of_target(target));
    let (path, _query) = split_query(&collapsed);
    let bare = [Prefix::Production, Prefix::Sandbox]
        .iter()
        .find_map(|prefix| path.strip_prefix(prefix.text()))
        .unwrap_or(path);
    ENDPOINTS.iter().find(|endpoint| endpoint.2 == bare).map(|endpoint| endpoint.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operation is found under every prefix, in both forms of a target, whatever its slashes.
    #[test]
    fn operations_are_found_however_they_are_addressed() {
        for operation in Operation::ALL {
            for prefix in Prefix::ALL {
                let path = operation.path_under(prefix);
                for target in [
                    path.clone(),
                    format!("/{path}"),
                    format!("https://localhost:8743{path}"),
                    format!("http://localhost/{path}?a=//b"),
                    path.replace("/v1", "//v1"),
                ] {
                    assert_eq!(find_operation(&target), Some(operation), "{target}");
                }
            }
        }
    }

    #[test]
    fn other_paths_have_no_operation() {
        for target in [
            "",
            "*",
            "/",
            "/v1",
            "/v1/payments",
            "/v1/payments/payments",
            "/v1/payments/pay/",
            "/v2/payments/pay",
            "/V1/payments/pay",
            "/ams/v1/payments/pay",
            "/ams/api/ams/api/v1/payments/pay",
            "/ams/api",
            "/x?/v1/payments/pay",
        ] {
            assert_eq!(find_operation(target), None, "{target}");
        }
    }

    /// Proves: ANTOM-FACTS §1.1, the SDKs' rule for the sandbox path.
    #[test]
    fn only_the_exact_text_makes_a_sandbox_client() {
        assert_eq!(Prefix::of_client("SANDBOX_5Y0001"), Prefix::Sandbox);
        assert_eq!(Prefix::of_client("sandbox_5Y0001"), Prefix::Production);
        assert_eq!(Prefix::of_client("T_SANDBOX_"), Prefix::Production);
    }
}
