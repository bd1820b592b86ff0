use std::collections::BTreeSet;

use farthing_core::reason::Finality;

use super::*;
use crate::edition::Edition;
use crate::error::error_code;

/// What a table says, as `CODE S` in the order of its rows.
fn told(table: Table) -> Vec<String> {
    table.rows().iter().map(|row| format!("{} {}", row.code, row.status.letter())).collect()
}

/// Proves: SEED-002, SEED-000 and SEED-001, every code of their tables with its status, in their order, and no other.
#[test]
fn the_tables_of_the_seeds_are_complete() {
    for (table, count, codes) in [
        (
            Table::Pay,
            37,
            "SUCCESS S, ACCESS_DENIED F, CURRENCY_NOT_SUPPORT F, EXPIRED_CODE F, INVALID_ACCESS_TOKEN F, \
             INVALID_CONTRACT F, INVALID_MERCHANT_STATUS F, INVALID_PAYMENT_CODE F, \
             INVALID_PAYMENT_METHOD_META_DATA F, KEY_NOT_FOUND F, MERCHANT_KYB_NOT_QUALIFIED F, \
             MERCHANT_NOT_REGISTERED F, NO_INTERFACE_DEF F, NO_PAY_OPTIONS F, ORDER_IS_CANCELED F, ORDER_IS_CLOSED F, \
             ORDER_NOT_EXIST F, PARAM_ILLEGAL F, PAYMENT_AMOUNT_EXCEED_LIMIT F, PAYMENT_COUNT_EXCEED_LIMIT F, \
             PAYMENT_NOT_QUALIFIED F, PROCESS_FAIL F, REPEAT_REQ_INCONSISTENT F, RISK_REJECT F, \
             SETTLE_CONTRACT_NOT_MATCH F, SYSTEM_ERROR F, USER_AMOUNT_EXCEED_LIMIT F, USER_BALANCE_NOT_ENOUGH F, \
             USER_KYC_NOT_QUALIFIED F, USER_NOT_EXIST F, USER_PAYMENT_VERIFICATION_FAILED F, USER_STATUS_ABNORMAL F, \
             PAYMENT_IN_PROCESS U, REQUEST_TRAFFIC_EXCEED_LIMIT U, UNKNOWN_EXCEPTION U, VERIFY_TIMES_EXCEED_LIMIT F, \
             VERIFY_UNMATCHED F",
        ),
        (
            Table::InquiryPayment,
            12,
            "SUCCESS S, ACCESS_DENIED F, INVALID_API F, KEY_NOT_FOUND F, NO_INTERFACE_DEF F, ORDER_NOT_EXIST F, \
             PARAM_ILLEGAL F, PAYMENT_IN_PROCESS U, PROCESS_FAIL F, SYSTEM_ERROR F, REQUEST_TRAFFIC_EXCEED_LIMIT U, \
             UNKNOWN_EXCEPTION U",
        ),
        (
            Table::PaymentResult,
            35,
            "SUCCESS S, ACCESS_DENIED F, CURRENCY_NOT_SUPPORT F, DO_NOT_HONOR F, FRAUD_REJECT F, INVALID_API F, \
             INVALID_CARD F, INVALID_EXPIRY_DATE_FORMAT F, ISSUER_REJECTS_TRANSACTION F, INVALID_ACCESS_TOKEN F, \
             INVALID_MERCHANT_STATUS F, KEY_NOT_FOUND F, MERCHANT_KYB_NOT_QUALIFIED F, NO_INTERFACE_DEF F, \
             NO_PAY_OPTIONS F, ORDER_IS_CLOSED F, PARAM_ILLEGAL F, PAYMENT_AMOUNT_EXCEED_LIMIT F, \
             PAYMENT_COUNT_EXCEED_LIMIT F, PAYMENT_NOT_QUALIFIED F, PROCESS_FAIL F, RISK_REJECT F, SUSPECTED_CARD F, \
             SUSPECTED_RISK F, SYSTEM_ERROR F, USER_AMOUNT_EXCEED_LIMIT F, USER_BALANCE_NOT_ENOUGH F, \
             USER_KYC_NOT_QUALIFIED F, USER_PAYMENT_VERIFICATION_FAILED F, USER_STATUS_ABNORMAL F, \
             PAYMENT_IN_PROCESS U, UNKNOWN_EXCEPTION U, CARD_NOT_SUPPORTED F, INVALID_EXPIRATION_DATE F, \
             INVALID_CARD_NUMBER F",
        ),
        (
            Table::TransactionResult,
            15,
            "SUCCESS S, ACCESS_DENIED F, INVALID_API F, CLIENT_INVALID F, KEY_NOT_FOUND F, NO_INTERFACE_DEF F, \
             ORDER_NOT_EXIST F, PARAM_ILLEGAL F, PROCESS_FAIL F, SYSTEM_ERROR F, REQUEST_TRAFFIC_EXCEED_LIMIT U, \
             UNKNOWN_EXCEPTION U, PAYMENT_IN_PROCESS U, AUTHENTICATION_REQUIRED F, PAYMENT_PROHIBITED F",
        ),
        (
            Table::LegacyInquiry,
            6,
            "SUCCESS S, ORDER_NOT_EXIST F, CLIENT_INVALID F, METHOD_NOT_SUPPORTED F, MEDIA_TYPE_NOT_ACCEPTABLE F, \
             USER_KYC_NOT_QUALIFIED F",
        ),
    ] {
        assert_eq!(told(table).join(", "), codes, "{table:?}");
        assert_eq!(table.rows().len(), count, "{table:?}");
    }
}

/// Proves: SEED-000, SEED-001 and SEED-002, each code of their tables stands for a reason of its own, so that it can be asked
/// for by name and comes back as itself.
#[test]
fn each_code_of_the_seeds_can_be_asked_for() {
    for table in [
        Table::Pay,
        Table::InquiryPayment,
        Table::PaymentResult,
        Table::TransactionResult,
        Table::LegacyInquiry,
    ] {
        for row in table.rows().iter().filter(|row| row.status != ResultStatus::S) {
            let reason = reason_of(table, row.code).unwrap_or_else(|| panic!("{table:?} {}", row.code));
            assert_eq!(error_code(Edition::Antom, table, reason), row, "{table:?} {reason:?}");
        }
    }
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
            let row = error_code(Edition::Antom, table, *reason);
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
            assert_eq!(
                error_code(Edition::Antom, table, *reason).status == ResultStatus::U,
                is_open,
                "{table:?} {reason:?}"
            );
        }
    }
}

/// A code leads to its reason and back to itself, but for those that are only ever asked for by name.
#[test]
fn codes_lead_to_reasons_and_back() {
    let asked_for_only = ["INVALID_CLIENT", "CLIENT_FORBIDDEN_ACCESS_API", "INVALID_CODE"];
    for table in Table::ALL {
        for row in table.rows() {
            let Some(reason) = row.reason else { continue };
            assert_eq!(reason_of(table, row.code), Some(reason));
            let leads_back = error_code(Edition::Antom, table, reason).code == row.code;
            assert_eq!(leads_back, !asked_for_only.contains(&row.code), "{table:?} {}", row.code);
        }
    }
    assert_eq!(reason_of(Table::Pay, "INVALID_SIGNATURE"), Some(Reason::SignatureInvalid));
    assert_eq!(reason_of(Table::PaymentResult, "INVALID_SIGNATURE"), None);
    assert_eq!(reason_of(Table::Pay, "INVALID_CARD"), None);
    assert_eq!(find_code("INVALID_CARD").unwrap().0, Table::PaymentResult);
    assert_eq!(find_code("NO_SUCH_CODE"), None);
    assert_eq!(reason_of(Table::LegacyInquiry, "SIGNATURE_INVALID"), Some(Reason::SignatureInvalid));
    assert_eq!(reason_of(Table::LegacyInquiry, "INVALID_SIGNATURE"), None);
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
        (Table::Pay, Reason::NonceRepeated, "PARAM_ILLEGAL"),
        (Table::Pay, Reason::RequestTimeOutside, "PARAM_ILLEGAL"),
        (Table::PaymentResult, Reason::AmountBelowFloor, "PROCESS_FAIL"),
        (Table::Cancel, Reason::PaymentAlreadyPaid, "ORDER_STATUS_INVALID"),
        (Table::Refund, Reason::RefundInProcess, "REFUND_IN_PROCESS"),
        (Table::Refund, Reason::MerchantBalanceNotEnough, "MERCHANT_BALANCE_NOT_ENOUGH"),
        (Table::Refund, Reason::BalanceNotEnough, "MERCHANT_BALANCE_NOT_ENOUGH"),
        (Table::Capture, Reason::CaptureInProcess, "CAPTURE_IN_PROCESS"),
        (Table::Capture, Reason::AuthorizationMissing, "AUTH_NOT_FOUND"),
        (Table::Capture, Reason::AuthorizationCancelled, "AUTH_CANCELLED"),
        (Table::Capture, Reason::AuthorizationExpired, "AUTH_EXPIRED"),
        (Table::Capture, Reason::CaptureAmountExceeded, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"),
        (Table::Capture, Reason::MultipleCapturesNotSupported, "MULTI_CAPTURE_NOT_SUPPORTED"),
        (Table::Declare, Reason::RepeatInconsistent, "CONTEXT_INCONSISTENT"),
        (Table::Declare, Reason::DeclarationAmountExceeded, "PARAM_ILLEGAL"),
        (Table::TransactionResult, Reason::CaptureInProcess, "PAYMENT_IN_PROCESS"),
    ] {
        assert_eq!(error_code(Edition::Antom, table, reason).code, code, "{table:?} {reason:?}");
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
