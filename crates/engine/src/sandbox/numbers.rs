//! A fixed number of three digits for every code of every dialect.
//!
//! Ids are short and selectors stand in them: `~p:132,y:217@30s` fits where the words would not. A number is never given
//! to another code and never changed, because tests that people keep carry it; a new code takes a free number.

/// Every number and its code, sorted by number.
///
/// Source: the code tables of SEED-000, SEED-001, SEED-002 and SEED-003; ANTOM-FACTS §2; LEGACY-FACTS §5;
/// ALIPAYHK-FACTS §4; ALPHAPAY-FACTS §12.4. The numbers are our own.
pub const NUMBERS: &[(u16, &str)] = &[
    (100, "SUCCESS"),
    // What the gateway says of a message.
    (101, "ACCESS_DENIED"),
    (102, "PARAM_ILLEGAL"),
    (103, "KEY_NOT_FOUND"),
    (104, "NO_INTERFACE_DEF"),
    (105, "INVALID_API"),
    (106, "INVALID_SIGNATURE"),
    (107, "SIGNATURE_INVALID"),
    (108, "METHOD_NOT_SUPPORTED"),
    (109, "MEDIA_TYPE_NOT_ACCEPTABLE"),
    (110, "CLIENT_INVALID"),
    (111, "INVALID_CLIENT"),
    (112, "INVALID_CLIENT_STATUS"),
    (113, "CLIENT_FORBIDDEN_ACCESS_API"),
    (114, "REQUEST_EXPIRED"),
    (115, "NONCE_REPEATED"),
    (116, "FUNCTION_NOT_MATCH"),
    (117, "MSG_PARSE_ERROR"),
    (118, "REPEAT_REQ_INCONSISTENT"),
    (119, "CONTEXT_INCONSISTENT"),
    // What fails as a whole, and what is open.
    (120, "PROCESS_FAIL"),
    (121, "SYSTEM_ERROR"),
    (122, "PAYMENT_FAIL"),
    (130, "UNKNOWN_EXCEPTION"),
    (131, "REQUEST_TRAFFIC_EXCEED_LIMIT"),
    (132, "PAYMENT_IN_PROCESS"),
    (133, "REFUND_IN_PROCESS"),
    (134, "CAPTURE_IN_PROCESS"),
    // The merchant and the contract.
    (150, "MERCHANT_NOT_EXIST"),
    (151, "MERCHANT_NOT_REGISTERED"),
    (152, "INVALID_MERCHANT_STATUS"),
    (153, "MERCHANT_KYB_NOT_QUALIFIED"),
    (154, "MERCHANT_BALANCE_NOT_ENOUGH"),
    (155, "PAYMENT_NOT_QUALIFIED"),
    (156, "INVALID_CONTRACT"),
    (157, "CURRENCY_NOT_SUPPORT"),
    (158, "NO_PAY_OPTIONS"),
    (159, "PAYMENT_AMOUNT_EXCEED_LIMIT"),
    (160, "SETTLE_CONTRACT_NOT_MATCH"),
    (161, "AMOUNT_ERROR"),
    // The payer and the payer's wallet.
    (210, "USER_NOT_EXIST"),
    (211, "USER_STATUS_ABNORMAL"),
    (212, "USER_KYC_NOT_QUALIFIED"),
    (213, "USER_PAYMENT_VERIFICATION_FAILED"),
    (214, "VERIFY_UNMATCHED"),
    (215, "VERIFY_TIMES_EXCEED_LIMIT"),
    (216, "USER_AMOUNT_EXCEED_LIMIT"),
    (217, "USER_BALANCE_NOT_ENOUGH"),
    (218, "PAYMENT_COUNT_EXCEED_LIMIT"),
    (219, "INVALID_PAYMENT_CODE"),
    (220, "EXPIRED_CODE"),
    (221, "INVALID_PAYMENT_METHOD_META_DATA"),
    // Agreements and tokens.
    (250, "INVALID_ACCESS_TOKEN"),
    (251, "INVALID_REFRESH_TOKEN"),
    (252, "EXPIRED_REFRESH_TOKEN"),
    (253, "USED_REFRESH_TOKEN"),
    (254, "INVALID_CODE"),
    (255, "USED_CODE"),
    (256, "INVALID_AUTHCODE"),
    (257, "AUTH_CODE_EXPIRED"),
    (258, "AUTH_CLIENT_UNSUPPORTED_GRANT_TYPE"),
    (259, "OAUTH_FAILED"),
    (260, "TOKEN_FORBIDDEN_ACCESS_RESOURCES"),
    // Cards and risk.
    (310, "INVALID_CARD"),
    (311, "INVALID_CARD_NUMBER"),
    (312, "INVALID_EXPIRATION_DATE"),
    (313, "INVALID_EXPIRY_DATE_FORMAT"),
    (314, "CARD_NOT_SUPPORTED"),
    (315, "SUSPECTED_CARD"),
    (316, "DO_NOT_HONOR"),
    (317, "ISSUER_REJECTS_TRANSACTION"),
    (318, "AUTHENTICATION_REQUIRED"),
    (319, "PAYMENT_PROHIBITED"),
    (330, "FRAUD_REJECT"),
    (331, "RISK_REJECT"),
    (332, "SUSPECTED_RISK"),
    // Orders.
    (410, "ORDER_NOT_EXIST"),
    (411, "ORDER_IS_CLOSED"),
    (412, "ORDER_IS_CANCELED"),
    (413, "ORDER_STATUS_INVALID"),
    (414, "ORDER_PAID"),
    (415, "ORDER_NOT_PAID"),
    (416, "CANCEL_WINDOW_EXCEED"),
    // Refunds.
    (510, "REFUND_NOT_EXIST"),
    (511, "REFUND_AMOUNT_EXCEED"),
    (512, "REFUND_WINDOW_EXCEED"),
    (513, "REFUND_NOT_SUPPORTED"),
    (514, "PARTIAL_REFUND_NOT_SUPPORTED"),
    (515, "MULTIPLE_REFUNDS_NOT_SUPPORTED"),
    // Authorizations and captures.
    (610, "AUTH_NOT_FOUND"),
    (611, "AUTH_CANCELLED"),
    (612, "AUTH_EXPIRED"),
    (613, "CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT"),
    (614, "MULTI_CAPTURE_NOT_SUPPORTED"),
];

/// The number of a code; `None` for a code of no dialect.
#[must_use]
pub fn number_of(code: &str) -> Option<u16> {
    NUMBERS.iter().find(|(_, known)| *known == code).map(|(number, _)| *number)
}

/// The code with this number.
#[must_use]
pub fn code_of(number: u16) -> Option<&'static str> {
    NUMBERS.binary_search_by_key(&number, |(known, _)| *known).ok().map(|index| NUMBERS[index].1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Three digits each, rising, so that none stands twice; and no code has two numbers.
    #[test]
    fn numbers_have_three_digits_and_stand_once() {
        assert!(NUMBERS.iter().all(|(number, _)| (100..=999).contains(number)));
        assert!(NUMBERS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        let codes: BTreeSet<&str> = NUMBERS.iter().map(|(_, code)| *code).collect();
        assert_eq!(codes.len(), NUMBERS.len());
    }

    #[test]
    fn codes_and_numbers_lead_to_one_another() {
        for (number, code) in NUMBERS {
            assert_eq!((number_of(code), code_of(*number)), (Some(*number), Some(*code)));
        }
        assert_eq!((number_of("NO_SUCH_CODE"), code_of(999)), (None, None));
    }

    /// Numbers stand in tests that people keep, so these must never change.
    #[test]
    fn numbers_that_people_use_are_never_given_away() {
        for (number, code) in [
            (100, "SUCCESS"),
            (101, "ACCESS_DENIED"),
            (121, "SYSTEM_ERROR"),
            (132, "PAYMENT_IN_PROCESS"),
            (161, "AMOUNT_ERROR"),
            (217, "USER_BALANCE_NOT_ENOUGH"),
            (310, "INVALID_CARD"),
            (332, "SUSPECTED_RISK"),
            (411, "ORDER_IS_CLOSED"),
            (515, "MULTIPLE_REFUNDS_NOT_SUPPORTED"),
            (614, "MULTI_CAPTURE_NOT_SUPPORTED"),
        ] {
            assert_eq!(code_of(number), Some(code));
        }
    }
}
