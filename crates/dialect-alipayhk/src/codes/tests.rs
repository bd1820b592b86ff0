use std::collections::BTreeSet;

use farthing_core::reason::Finality;

use super::*;
use crate::error::error_code;

/// Proves: SEED-003, its codes with their numbers and statuses; and ALIPAYHK-FACTS §4.2, the other numbers that are known.
#[test]
fn the_codes_of_the_sources_are_exact() {
    let told = |table: Table| -> Vec<_> {
        table.rows().iter().map(|row| (row.id, row.code, row.status.letter())).collect()
    };
    assert_eq!(
        told(Table::PayQuery),
        [
            ("00000000", "SUCCESS", "S"),
            ("12005004", "ORDER_NOT_EXIST", "F"),
            ("12005003", "ORDER_STATUS_INVALID", "F"),
        ]
    );
    assert_eq!(
        told(Table::Gateway)[..5],
        [
            ("00000004", "PARAM_ILLEGAL", "F"),
            ("00000900", "SYSTEM_ERROR", "U"),
            ("12002005", "USER_NOT_EXIST", "F"),
            ("12002006", "USER_STATUS_ABNORMAL", "F"),
            ("12014201", "TOKEN_FORBIDDEN_ACCESS_RESOURCES", "F"),
        ]
    );
    let proven = |table: Table| table.rows().iter().filter(|row| row.proven).count();
    assert_eq!((proven(Table::PayQuery), proven(Table::Gateway)), (3, 5));
    assert_eq!(SUCCESS.message, "Success");
}

/// Proves: ALIPAYHK-FACTS §4.3, every name that is attested has a row with its status.
#[test]
fn every_attested_name_has_a_row() {
    for (names, status) in [
        (
            "INVALID_SIGNATURE ACCESS_DENIED INVALID_CLIENT KEY_NOT_FOUND INVALID_API METHOD_NOT_SUPPORTED",
            "F",
        ),
        ("MEDIA_TYPE_NOT_ACCEPTABLE PROCESS_FAIL OAUTH_FAILED AUTH_CODE_EXPIRED INVALID_AUTHCODE", "F"),
        ("FUNCTION_NOT_MATCH MSG_PARSE_ERROR REPEAT_REQ_INCONSISTENT INVALID_ACCESS_TOKEN", "F"),
        ("USER_BALANCE_NOT_ENOUGH USER_AMOUNT_EXCEED_LIMIT", "F"),
        ("REQUEST_TRAFFIC_EXCEED_LIMIT UNKNOWN_EXCEPTION SYSTEM_ERROR", "U"),
    ] {
        for name in names.split(' ') {
            assert_eq!(find_code(name).unwrap().1.status.letter(), status, "{name}");
        }
    }
}

/// A row can be sent: lengths and letters; no name and no number stands twice; a placeholder is seen to be one.
#[test]
fn every_row_can_be_sent() {
    let rows: Vec<&Code> = Table::ALL.into_iter().flat_map(Table::rows).collect();
    for row in &rows {
        let told = row.code;
        assert!(row.code.len() <= 64 && row.id.len() == 8, "{told}");
        assert!(row.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{told}");
        assert!(row.id.bytes().all(|byte| byte.is_ascii_digit()), "{told}");
        assert!((1..=256).contains(&row.message.chars().count()), "{told}");
        assert_eq!(row.id.starts_with("99"), !row.proven, "{told}");
        assert_eq!(row.reason.is_none(), row.code == "SUCCESS", "{told}");
    }
    assert_eq!(rows.iter().map(|row| row.code).collect::<BTreeSet<_>>().len(), rows.len());
    assert_eq!(rows.iter().map(|row| row.id).collect::<BTreeSet<_>>().len(), rows.len());
}

/// A code leads to its reason and back to itself, but for the one that is only asked for by name; and what is open is
/// told as open, so that nobody takes it for a failure.
#[test]
fn codes_lead_to_reasons_and_back() {
    for table in Table::ALL {
        for row in table.rows() {
            assert_eq!(table.find(row.code), Some(row));
            let Some(reason) = row.reason else { continue };
            assert_eq!(reason_of(table, row.code), Some(reason));
            assert_eq!(error_code(reason) == row, row.code != "MSG_PARSE_ERROR", "{}", row.code);
        }
    }
    for reason in Reason::ALL {
        let row = error_code(*reason);
        assert_ne!(row.status, ResultStatus::S, "{reason:?}");
        // The source has clients query after a system error, whatever it was.
        let is_open = reason.finality() == Finality::Unknown || *reason == Reason::SystemError;
        assert_eq!(row.status == ResultStatus::U, is_open, "{reason:?}");
    }
    assert_eq!(reason_of(Table::PayQuery, "INVALID_SIGNATURE"), Some(Reason::SignatureInvalid));
    assert_eq!(reason_of(Table::Gateway, "NO_SUCH_CODE"), None);
}

/// The reasons whose code is not a matter of course.
#[test]
fn what_stands_in_for_a_missing_code() {
    for (reason, code) in [
        (Reason::PaymentInProcess, "SYSTEM_ERROR"),
        (Reason::PaymentClosed, "ORDER_STATUS_INVALID"),
        (Reason::CancelWindowExceeded, "ORDER_STATUS_INVALID"),
        (Reason::RefundNotFound, "ORDER_NOT_EXIST"),
        (Reason::OperationMismatch, "FUNCTION_NOT_MATCH"),
        (Reason::ClientDisabled, "ACCESS_DENIED"),
        (Reason::AuthCodeUsed, "INVALID_AUTHCODE"),
        (Reason::ContractMismatch, "TOKEN_FORBIDDEN_ACCESS_RESOURCES"),
        (Reason::IssuerDeclined, "PROCESS_FAIL"),
        (Reason::FraudRejected, "RISK_REJECT"),
    ] {
        assert_eq!(error_code(reason).code, code, "{reason:?}");
    }
}
