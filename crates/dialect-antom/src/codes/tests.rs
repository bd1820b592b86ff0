use std::collections::BTreeSet;

use farthing_core::reason::Finality;

use super::*;
use crate::error::error_code;

/// Proves: SEED-002 and SEED-000, the sizes of their tables.
#[test]
fn the_tables_of_the_seeds_are_complete() {
    assert_eq!(Table::Pay.rows().len(), 37);
    assert_eq!(Table::InquiryPayment.rows().len(), 12);
    assert_eq!(Table::PaymentResult.rows().len(), 35);
    assert_eq!(Table::TransactionResult.rows().len(), 15);
}

/// Proves: ANTOM-FACTS §2.2, thirteen codes of pay are missing among the payment result codes, and eleven the other way.
#[test]
fn the_tables_of_the_seeds_differ_as_the_source_says() {
    let codes = |table: Table| table.rows().iter().map(|row| row.code).collect::<BTreeSet<_>>();
    let (pay, payment) = (codes(Table::Pay), codes(Table::PaymentResult));
    let only_pay: Vec<&str> = pay.difference(&payment).copied().collect();
    assert_eq!(
        only_pay,
        [
            "EXPIRED_CODE",
            "INVALID_CONTRACT",
            "INVALID_PAYMENT_CODE",
            "INVALID_PAYMENT_METHOD_META_DATA",
            "MERCHANT_NOT_REGISTERED",
            "ORDER_IS_CANCELED",
            "ORDER_NOT_EXIST",
            "REPEAT_REQ_INCONSISTENT",
            "REQUEST_TRAFFIC_EXCEED_LIMIT",
            "SETTLE_CONTRACT_NOT_MATCH",
            "USER_NOT_EXIST",
            "VERIFY_TIMES_EXCEED_LIMIT",
            "VERIFY_UNMATCHED",
        ]
    );
    let only_payment: Vec<&str> = payment.difference(&pay).copied().collect();
    assert_eq!(
        only_payment,
        [
            "CARD_NOT_SUPPORTED",
            "DO_NOT_HONOR",
            "FRAUD_REJECT",
            "INVALID_API",
            "INVALID_CARD",
            "INVALID_CARD_NUMBER",
            "INVALID_EXPIRATION_DATE",
            "INVALID_EXPIRY_DATE_FORMAT",
            "ISSUER_REJECTS_TRANSACTION",
            "SUSPECTED_CARD",
            "SUSPECTED_RISK",
        ]
    );
}

/// A row can be sent: lengths, letters, one row per code, and one status per code over all tables.
#[test]
fn every_row_can_be_sent() {
    for table in Table::ALL {
        for row in table.rows() {
            let told = format!("{table:?} {}", row.code);
            assert!(row.code.len() <= 64, "{told}");
            assert!(row.code.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'), "{told}");
            assert!((1..=256).contains(&row.message.chars().count()), "{told}");
            assert!(row.message.ends_with('.') && !row.message.contains('<'), "{told}");
            assert_eq!(table.rows().iter().filter(|other| other.code == row.code).count(), 1, "{told}");
            assert_eq!(find_code(row.code).unwrap().1.status, row.status, "{told}");
            assert_eq!(row.reason.is_none(), row.code == "SUCCESS", "{told}");
        }
    }
}

/// Proves: every reason is told by a row of the table it is asked of, or by the gateway's where a call is answered.
#[test]
fn every_reason_is_told_by_a_row_of_its_table() {
    for table in Table::ALL {
        for reason in Reason::ALL {
            let row = error_code(table, *reason);
            assert_eq!(table.find(row.code), Some(row), "{table:?} {reason:?}");
            assert_ne!(row.status, ResultStatus::S, "{table:?} {reason:?}");
        }
    }
}

/// A reason that leaves the outcome open is told as open by every call, so that nobody takes it for a failure.
#[test]
fn an_open_outcome_is_told_as_open() {
    for table in Table::ALL.into_iter().filter(|table| table.answers_a_call()) {
        for reason in Reason::ALL {
            let is_open = reason.finality() == Finality::Unknown;
            assert_eq!(error_code(table, *reason).status == ResultStatus::U, is_open, "{table:?} {reason:?}");
        }
    }
}

/// A code leads to its reason and back to itself, but for those that are only ever asked for by name.
#[test]
fn codes_lead_to_reasons_and_back() {
    let asked_for_only =
        ["INVALID_CLIENT", "CLIENT_FORBIDDEN_ACCESS_API", "REFUND_IN_PROCESS", "INVALID_CODE"];
    for table in Table::ALL {
        for row in table.rows() {
            let Some(reason) = row.reason else { continue };
            assert_eq!(reason_of(table, row.code), Some(reason));
            let leads_back = error_code(table, reason).code == row.code;
            assert_eq!(leads_back, !asked_for_only.contains(&row.code), "{table:?} {}", row.code);
        }
    }
    assert_eq!(reason_of(Table::Pay, "INVALID_SIGNATURE"), Some(Reason::SignatureInvalid));
    assert_eq!(reason_of(Table::PaymentResult, "INVALID_SIGNATURE"), None);
    assert_eq!(reason_of(Table::Pay, "INVALID_CARD"), None);
    assert_eq!(find_code("INVALID_CARD").unwrap().0, Table::PaymentResult);
    assert_eq!(find_code("NO_SUCH_CODE"), None);
}

/// Proves: ANTOM-FACTS §2.2 and §3.1, the reasons whose code is not a matter of course.
#[test]
fn what_stands_in_for_a_missing_code() {
    for (table, reason, code) in [
        (Table::PaymentResult, Reason::VerificationCodeWrong, "USER_PAYMENT_VERIFICATION_FAILED"),
        (Table::PaymentResult, Reason::VerificationTriesExceeded, "USER_PAYMENT_VERIFICATION_FAILED"),
        (Table::PaymentResult, Reason::PaymentCodeExpired, "USER_PAYMENT_VERIFICATION_FAILED"),
        (Table::PaymentResult, Reason::PaymentCodeInvalid, "USER_PAYMENT_VERIFICATION_FAILED"),
        (Table::PaymentResult, Reason::ContractMismatch, "PAYMENT_NOT_QUALIFIED"),
        (Table::PaymentResult, Reason::MerchantNotRegistered, "PAYMENT_NOT_QUALIFIED"),
        (Table::PaymentResult, Reason::SettlementContractMismatch, "PAYMENT_NOT_QUALIFIED"),
        (Table::PaymentResult, Reason::UserNotFound, "USER_STATUS_ABNORMAL"),
        (Table::PaymentResult, Reason::PaymentMethodDataInvalid, "PROCESS_FAIL"),
        (Table::PaymentResult, Reason::RepeatInconsistent, "PROCESS_FAIL"),
        (Table::PaymentResult, Reason::PaymentCancelled, "ORDER_IS_CLOSED"),
        (Table::Pay, Reason::IssuerDeclined, "PROCESS_FAIL"),
        (Table::Pay, Reason::FraudRejected, "PROCESS_FAIL"),
        (Table::Pay, Reason::OperationInactive, "PROCESS_FAIL"),
        (Table::Pay, Reason::WalletCurrencyDiffers, "NO_PAY_OPTIONS"),
        (Table::Pay, Reason::ProductNotContracted, "PAYMENT_NOT_QUALIFIED"),
        (Table::Pay, Reason::ClientUnknown, "CLIENT_INVALID"),
        (Table::Cancel, Reason::PaymentHasRefunds, "PROCESS_FAIL"),
        (Table::Cancel, Reason::PaymentStateInvalid, "ORDER_STATUS_INVALID"),
        (Table::Cancel, Reason::PaymentInProcess, "UNKNOWN_EXCEPTION"),
        (Table::Refund, Reason::PaymentCancelled, "ORDER_IS_CANCELED"),
        (Table::InquiryRefund, Reason::RefundNotFound, "REFUND_NOT_EXIST"),
        (Table::ApplyToken, Reason::AuthCodeUsed, "USED_CODE"),
        (Table::Revoke, Reason::AccessTokenInvalid, "INVALID_ACCESS_TOKEN"),
        (Table::Gateway, Reason::OperationUnknown, "NO_INTERFACE_DEF"),
    ] {
        assert_eq!(error_code(table, reason).code, code, "{table:?} {reason:?}");
    }
}

/// Proves: the meaning of these codes differs between pay (SEED-002) and a payment's result (SEED-000).
#[test]
fn messages_belong_to_table_and_code() {
    for code in [
        "NO_PAY_OPTIONS",
        "PAYMENT_AMOUNT_EXCEED_LIMIT",
        "PAYMENT_COUNT_EXCEED_LIMIT",
        "RISK_REJECT",
        "USER_PAYMENT_VERIFICATION_FAILED",
        "USER_STATUS_ABNORMAL",
    ] {
        let message = |table: Table| table.find(code).unwrap().message;
        assert_ne!(message(Table::Pay), message(Table::PaymentResult), "{code}");
    }
}
