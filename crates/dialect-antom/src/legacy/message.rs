//! The short messages of the legacy edition.

use crate::codes::Code;

/// What a code says in at most 64 characters, where its message of the current edition is longer, or was worded otherwise.
///
/// Source: SEED-001 (64 characters); LEGACY-FACTS §6.3 and §7 (the texts), and our decision for those whose wording is ours.
const SHORT: [(&str, &str); 21] = [
    ("SUCCESS", "success."),
    ("PAYMENT_IN_PROCESS", "payment in process"),
    ("FRAUD_REJECT", "Rejected by fraud control."),
    ("INVALID_CARD", "The card is invalid."),
    ("INVALID_EXPIRATION_DATE", "The card expiry date is invalid."),
    ("INVALID_MERCHANT_STATUS", "The merchant status is abnormal."),
    ("KEY_NOT_FOUND", "The key is not found."),
    ("MERCHANT_KYB_NOT_QUALIFIED", "The merchant KYB status is not qualified."),
    ("ORDER_IS_CLOSED", "The order is closed."),
    ("PARAM_ILLEGAL", "Illegal parameters."),
    ("PAYMENT_AMOUNT_EXCEED_LIMIT", "The payment amount exceeds the limit."),
    ("PAYMENT_COUNT_EXCEED_LIMIT", "The number of payments exceeds the limit."),
    ("PAYMENT_NOT_QUALIFIED", "The merchant is not qualified to pay."),
    ("RISK_REJECT", "Rejected by risk control."),
    ("SUSPECTED_CARD", "The card is suspected of fraud."),
    ("SUSPECTED_RISK", "Suspected security risk."),
    ("USER_AMOUNT_EXCEED_LIMIT", "The payment amount exceeds the user payment limit."),
    ("USER_BALANCE_NOT_ENOUGH", "The user balance is not enough."),
    ("USER_KYC_NOT_QUALIFIED", "The user KYC status is not qualified."),
    ("USER_PAYMENT_VERIFICATION_FAILED", "The user is restricted from payment."),
    ("USER_STATUS_ABNORMAL", "The user status is abnormal."),
];

/// What a payment result code says in the legacy edition.
pub(super) fn short_message(code: &'static Code) -> &'static str {
    SHORT.iter().find(|(name, _)| *name == code.code).map_or(code.message, |(_, message)| message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Table;

    /// Proves: SEED-001 (`paymentResultMessage`), no code says more than 64 characters; and each text belongs to a code.
    #[test]
    fn every_code_is_short() {
        for row in Table::PaymentResult.rows() {
            let message = short_message(row);
            assert!((1..=64).contains(&message.chars().count()), "{}: {message}", row.code);
        }
        for (name, _) in SHORT {
            assert!(Table::PaymentResult.rows().iter().any(|row| row.code == name), "{name}");
        }
    }
}
