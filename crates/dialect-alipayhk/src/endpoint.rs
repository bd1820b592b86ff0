//! Which functions there are, and which path names which.

use std::borrow::Cow;

use farthing_core::reason::{Reason, Refusal};
use farthing_dialect_kit::fields::ObjectSpec;
use farthing_dialect_kit::path::{collapse_slashes, path_of_target, split_query};

use crate::fields;
use crate::head::Head;

/// A function of the API.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// Ask a user to agree to debits.
    PrepareForRedirect,
    /// Turn a code or a refresh token into tokens.
    ApplyToken,
    /// Where an agreement stands.
    QueryByAuthInfo,
    /// Take an agreement back.
    CancelByAuthInfo,
    /// Take money by an agreement (auto debit).
    AgreementPay,
    /// Let the user pay in the wallet's app.
    WapPay,
    /// What became of a payment.
    PayQuery,
    /// Call a payment off.
    PayCancel,
    /// Give money back.
    Refund,
}

/// What stands in front of every function's path, in lower case.
///
/// Source: ALIPAYHK-FACTS §1, §1.1.
const ROOT: &str = "/api/alipay/intl";

/// The versions that are served: that of the source, and those that the sister sites speak.
///
/// Source: SEED-003; ALIPAYHK-FACTS §2.1.
pub const VERSIONS: [&str; 4] = ["2.0.0", "2.0.2", "2.0.3", "2.0.4"];

struct Endpoint {
    operation: Operation,
    name: &'static str,
    function: &'static str,
    /// Other names of the function, taken in `head.function` and in paths alike.
    aliases: &'static [&'static str],
    path: &'static str,
    fields: &'static ObjectSpec,
}

/// The one table of functions.
///
/// Source: SEED-003; ALIPAYHK-FACTS §1.1 (paths), §5.6 and §5.8 (aliases).
const ENDPOINTS: [Endpoint; 9] = [
    Endpoint {
        operation: Operation::PrepareForRedirect,
        name: "prepareForRedirect",
        function: "alipay.intl.oauth.auth.prepareForRedirect",
        aliases: &[],
        path: "/api/alipay/intl/oauth/auth/prepareForRedirect.htm",
        fields: &fields::PREPARE_FOR_REDIRECT,
    },
    Endpoint {
        operation: Operation::ApplyToken,
        name: "applyToken",
        function: "alipay.intl.oauth.auth.applyToken",
        aliases: &[],
        path: "/api/alipay/intl/oauth/auth/applyToken.htm",
        fields: &fields::APPLY_TOKEN,
    },
    Endpoint {
        operation: Operation::QueryByAuthInfo,
        name: "queryByAuthInfo",
        function: "alipay.intl.oauth.auth.queryByAuthInfo",
        aliases: &[],
        path: "/api/alipay/intl/oauth/auth/queryByAuthInfo.htm",
        fields: &fields::AGREEMENT_NAME,
    },
    Endpoint {
        operation: Operation::CancelByAuthInfo,
        name: "cancelByAuthInfo",
        function: "alipay.intl.oauth.auth.cancelByAuthInfo",
        aliases: &[],
        path: "/api/alipay/intl/oauth/auth/cancelByAuthInfo.htm",
        fields: &fields::AGREEMENT_NAME,
    },
    Endpoint {
        operation: Operation::AgreementPay,
        name: "agreementPay",
        function: "alipay.intl.acquiring.agreement.pay",
        aliases: &[],
        path: "/api/alipay/intl/acquiring/agreement/pay.htm",
        fields: &fields::AGREEMENT_PAY,
    },
    Endpoint {
        operation: Operation::WapPay,
        name: "wapPay",
        function: "alipay.intl.acquiring.cashier.wap.pay",
        aliases: &["alipay.intl.acquiring.wap.pay"],
        path: "/api/alipay/intl/acquiring/cashier/wap/pay.htm",
        fields: &fields::WAP_PAY,
    },
    Endpoint {
        operation: Operation::PayQuery,
        name: "payQuery",
        function: "alipay.intl.acquiring.common.payQuery",
        aliases: &[],
        path: "/api/alipay/intl/acquiring/common/payquery.htm",
        fields: &fields::PAYMENT_NAME,
    },
    Endpoint {
        operation: Operation::PayCancel,
        name: "payCancel",
        function: "alipay.intl.acquiring.common.payCancel",
        aliases: &["alipay.intl.acquiring.agreement.payCancel"],
        path: "/api/alipay/intl/acquiring/common/paycancel.htm",
        fields: &fields::PAYMENT_NAME,
    },
    Endpoint {
        operation: Operation::Refund,
        name: "refund",
        function: "alipay.intl.acquiring.common.refund",
        aliases: &[],
        // Not what the function's name would make of it; that is taken, too.
        path: "/api/alipay/intl/acquiring/common/grefund.htm",
        fields: &fields::REFUND,
    },
];

impl Operation {
    /// Every function.
    pub const ALL: [Self; 9] = [
        Self::PrepareForRedirect,
        Self::ApplyToken,
        Self::QueryByAuthInfo,
        Self::CancelByAuthInfo,
        Self::AgreementPay,
        Self::WapPay,
        Self::PayQuery,
        Self::PayCancel,
        Self::Refund,
    ];

    /// A short name that no other function has, e.g. `payQuery`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.endpoint().name
    }

    /// What `head.function` calls it, e.g. `alipay.intl.acquiring.common.payQuery`.
    #[must_use]
    pub fn function(self) -> &'static str {
        self.endpoint().function
    }

    /// The path to which a client sends it, e.g. `/api/alipay/intl/acquiring/common/payquery.htm`.
    #[must_use]
    pub fn path(self) -> &'static str {
        self.endpoint().path
    }

    /// The fields of its requests, head and body.
    #[must_use]
    pub fn fields(self) -> &'static ObjectSpec {
        self.endpoint().fields
    }

    /// The function with this full name or alias; letters count as they are written.
    #[must_use]
    pub fn parse(function: &str) -> Option<Self> {
        let is_meant =
            |endpoint: &&Endpoint| endpoint.function == function || endpoint.aliases.contains(&function);
        ENDPOINTS.iter().find(is_meant).map(|endpoint| endpoint.operation)
    }

    fn endpoint(self) -> &'static Endpoint {
        ENDPOINTS
            .iter()
            .find(|endpoint| endpoint.operation == self)
            .expect("every function has its line in the table")
    }
}

/// Whether a request target lies where this API lives, so that its body is to be read as an envelope.
///
/// Source: ALIPAYHK-FACTS §1.1 (one entry for every path under it).
#[must_use]
pub fn is_here(target: &str) -> bool {
    let path = plain_path(target);
    path.strip_prefix(ROOT).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The function that a request target names; none for a target that names no function of ours.
///
/// The case of letters and `.htm` do not matter, nor do repeated slashes.
#[must_use]
pub fn operation_at(target: &str) -> Option<Operation> {
    let path = plain_path(target);
    let bare = path.strip_suffix(".htm").unwrap_or(&path);
    let names = |endpoint: &&Endpoint| {
        let own_path = endpoint.path.trim_end_matches(".htm").to_ascii_lowercase();
        own_path == bare
            || path_of(endpoint.function) == bare
            || endpoint.aliases.iter().any(|alias| path_of(alias) == bare)
    };
    ENDPOINTS.iter().find(names).map(|endpoint| endpoint.operation)
}

/// The path that a function's name makes, in lower case and without its ending.
fn path_of(function: &str) -> String {
    format!("/api/{}", function.replace('.', "/").to_ascii_lowercase())
}

/// The path of a target in lower case, without scheme, authority and query, repeated slashes made one.
fn plain_path(target: &str) -> String {
    let collapsed: Cow<'_, str> = collapse_slashes(path_of_target(target));
    split_query(&collapsed).0.to_ascii_lowercase()
}

/// The function that a request with this head asks for at this target. The head decides; the target may not contradict.
///
/// A missing or overlong version or function is left to the check of the fields where that is reached.
///
/// # Errors
/// In order of checking: [`Reason::ParameterIllegal`] when the head names no function, [`Reason::OperationUnknown`]
/// for a function or a version that is not served, [`Reason::OperationMismatch`] for a target that names another
/// function.
///
/// Source: ALIPAYHK-FACTS §1.1, §4.3 (`INVALID_API`, `FUNCTION_NOT_MATCH`), §4.4.
pub fn find_operation(target: &str, head: &Head) -> Result<Operation, Refusal> {
    if head.function.is_empty() {
        return Err(Refusal::new(
            Reason::ParameterIllegal,
            "head.function: is required, and is missing, null or empty",
        ));
    }
    let operation = Operation::parse(&head.function)
        .ok_or_else(|| Refusal::new(Reason::OperationUnknown, "no such function"))?;
    if !head.version.is_empty() && !VERSIONS.contains(&head.version.as_str()) {
        return Err(Refusal::new(Reason::OperationUnknown, "no such version of the function"));
    }
    match operation_at(target) {
        Some(other) if other != operation => {
            let detail = format!("the path is that of {}", other.function());
            Err(Refusal::new(Reason::OperationMismatch, detail))
        }
        _same_or_none => Ok(operation),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(function: &str) -> Head {
        Head { version: "2.0.0".to_owned(), function: function.to_owned(), ..Head::default() }
    }

    /// Proves: ALIPAYHK-FACTS §1.1, every function is found at its path however it is written, and by its name alone.
    #[test]
    fn functions_are_found_however_they_are_addressed() {
        for operation in Operation::ALL {
            let path = operation.path();
            for target in [
                path.to_owned(),
                path.to_lowercase(),
                path.to_uppercase(),
                path.trim_end_matches(".htm").to_owned(),
                format!("https://open.alipay.hk{path}"),
                format!("/{path}?a=b"),
                format!("/api/{}.htm", operation.function().replace('.', "/")),
            ] {
                assert!(is_here(&target), "{target}");
                assert_eq!(operation_at(&target), Some(operation), "{target}");
                assert_eq!(find_operation(&target, &head(operation.function())), Ok(operation), "{target}");
            }
        }
        assert_eq!(operation_at("/api/alipay/intl/acquiring/common/refund.htm"), Some(Operation::Refund));
        assert_eq!(operation_at("/api/alipay/intl/acquiring/common/grefund"), Some(Operation::Refund));
        assert_eq!(operation_at("/api/alipay/intl/acquiring/wap/pay.htm"), Some(Operation::WapPay));
    }

    /// Proves: ALIPAYHK-FACTS §1.1, §4.3: the head decides at a path that names nothing; a path that names something
    /// else is refused.
    #[test]
    fn a_path_may_not_contradict_the_head() {
        for target in
            ["/api/alipay/intl", "/api/alipay/intl/", "/api/alipay/intl/gateway.htm", "/API/alipay/intl/x/y"]
        {
            assert!(is_here(target), "{target}");
            for operation in Operation::ALL {
                assert_eq!(find_operation(target, &head(operation.function())), Ok(operation));
            }
        }
        for at in Operation::ALL {
            for asked in Operation::ALL.into_iter().filter(|asked| *asked != at) {
                let refusal = find_operation(at.path(), &head(asked.function())).unwrap_err();
                assert_eq!(refusal.reason, Reason::OperationMismatch);
                assert!(refusal.detail.contains(at.function()));
            }
        }
        for target in [
            "",
            "/",
            "/api",
            "/api/alipay/international",
            "/api/alipay",
            "/v1/payments/pay",
            "/x/api/alipay/intl/",
        ] {
            assert!(!is_here(target), "{target}");
        }
    }

    /// Proves: ALIPAYHK-FACTS §5.6, §5.8: both names of a function mean it.
    #[test]
    fn aliases_mean_the_same() {
        for (alias, operation) in [
            ("alipay.intl.acquiring.wap.pay", Operation::WapPay),
            ("alipay.intl.acquiring.agreement.payCancel", Operation::PayCancel),
        ] {
            assert_eq!(find_operation(operation.path(), &head(alias)), Ok(operation));
        }
    }

    #[test]
    fn what_is_not_served_is_refused_by_name() {
        let reason = |head: &Head| find_operation("/api/alipay/intl/x", head).unwrap_err().reason;
        assert_eq!(reason(&head("")), Reason::ParameterIllegal);
        for function in
            ["payQuery", "alipay.intl.acquiring.common.PayQuery", "alipay.intl.acquiring.common.cancel"]
        {
            assert_eq!(reason(&head(function)), Reason::OperationUnknown, "{function}");
        }
        let pay_query = Operation::PayQuery.function();
        for version in ["1.0.0", "2.0", "3.0.0", "2.0.0 "] {
            assert_eq!(
                reason(&Head { version: version.to_owned(), ..head(pay_query) }),
                Reason::OperationUnknown
            );
        }
        for version in VERSIONS.into_iter().chain([""]) {
            let versioned = Head { version: version.to_owned(), ..head(pay_query) };
            assert_eq!(
                find_operation("/api/alipay/intl/x", &versioned),
                Ok(Operation::PayQuery),
                "{version}"
            );
        }
    }
}
