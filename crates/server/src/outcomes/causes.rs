//! What leads to a reason by the rules themselves.

use farthing_core::reason::Reason;
use farthing_dialect_antom::codes::Table;

/// What leads to a reason by the rules, as a sentence; `None` where only somebody outside the gateway could say so, and
/// therefore only a selector does.
#[must_use]
pub fn cause(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::OperationUnknown => "The path, function or version is not served.",
        Reason::MethodNotSupported => "The HTTP method is not POST.",
        Reason::MediaTypeNotAcceptable => {
            "The body does not say that it is JSON, or the Accept header takes no JSON (legacy)."
        }
        Reason::ClientUnknown => "The request names a client that does not exist.",
        Reason::ClientDisabled => "The client is switched off (`farthing client disable`).",
        Reason::KeyNotFound => "The client has no key of the version that the request names.",
        Reason::SignatureInvalid => "The signature does not verify.",
        Reason::OperationMismatch => "The path names another function than the message.",
        Reason::RequestTimeOutside => "The time of the request is too far from the gateway's.",
        Reason::NonceRepeated => "The nonce of the request was seen before.",
        Reason::AccessDenied => "The body names a merchant that is not the client's.",
        Reason::TrafficLimitExceeded => {
            "More requests wait than the gateway takes at all, or from one client."
        }
        Reason::UnknownException => "The store failed, or an answer took too long.",
        Reason::ParameterIllegal => "A field is missing, or its type, length, date or number is wrong.",
        Reason::RepeatInconsistent => "The request id was used before for something else.",
        Reason::PaymentNotFound => "The merchant has no such payment.",
        Reason::RefundNotFound => "The merchant has no such refund.",
        Reason::PaymentCancelled => "The payment was cancelled after it was paid.",
        Reason::PaymentClosed => "The payment expired, or was cancelled before it was paid.",
        Reason::PaymentInProcess => "A user has not paid yet, or the result is open.",
        Reason::MerchantNotRegistered => "The merchant's status is `unregistered`.",
        Reason::MerchantStatusInvalid => "The merchant's status is `suspended` or `closed`.",
        Reason::MerchantKybNotQualified => "The merchant's KYB is `not_qualified`.",
        Reason::ProductNotContracted => "The merchant has no contract for the product.",
        Reason::CurrencyNotSupported => {
            "The contract does not cover the currency, or an amount is in another one than its payment."
        }
        Reason::NoPayOptions => "The contract does not cover the method.",
        Reason::PaymentAmountExceedsLimit => "The amount is above the contract's maximum.",
        Reason::SettlementContractMismatch => {
            "The settlement currency is not among the contract's, or none is named and there are several."
        }
        Reason::AuthCodeUnknown => "Nobody gave out this code.",
        Reason::AuthCodeUsed => "The code was turned in before.",
        Reason::AuthCodeExpired => "The code is older than ten minutes.",
        Reason::RefreshTokenUnknown => "Nobody gave out this refresh token.",
        Reason::RefreshTokenUsed => "The refresh token was turned in before.",
        Reason::RefreshTokenExpired => "The refresh token is too old.",
        Reason::GrantTypeUnsupported => return None,
        Reason::AccessTokenInvalid => "The access token is unknown, expired or revoked.",
        Reason::AuthorizationNotOpen => {
            "Nothing was asked for under this id, or the user has decided already."
        }
        Reason::ContractMismatch => {
            "The agreement is with another secondary merchant, or the code for another wallet."
        }
        Reason::UserNotFound => "The wallet's user is closed.",
        Reason::UserStatusAbnormal => "The user is frozen.",
        Reason::UserKycNotQualified => "The user's KYC is `none`, or `basic` and the amount above its limit.",
        Reason::WalletCurrencyDiffers => "The wallet holds another currency.",
        Reason::UserAmountExceedsLimit => {
            "The amount is above the wallet's limit for one payment or one day."
        }
        Reason::PaymentCountExceedsLimit => "The wallet has made as many payments today as it may.",
        Reason::BalanceNotEnough => "The wallet does not hold enough.",
        Reason::RiskRejected => "A card payment of 11 or 1111001111 smallest units.",
        Reason::PaymentMethodDataInvalid => {
            "The CVV is not three or four digits, or the card token is unknown."
        }
        Reason::UserVerificationFailed => "The user declines on the cashier page.",
        Reason::PaymentCodeInvalid => "The payment code is not 16 to 24 digits.",
        Reason::IssuerDeclined => "One of the vendor's cards that fail.",
        Reason::CardInvalid => "The card's number has a wrong form, or no issuer's numbers begin so.",
        Reason::CardNumberInvalid => "The check digit of the card's number is wrong.",
        Reason::CardExpiryMalformed => {
            "Month or year of the card are not two digits, or the month is not 01 to 12."
        }
        Reason::CardExpiryInvalid => "The card is over.",
        Reason::AmountBelowFloor => {
            "An order in CNY that is not worth more than 0.01 of the platform's currency."
        }
        Reason::ProcessFailed => "A business failure without a code of its own in the table.",
        Reason::PaymentStateInvalid => "The payment's state does not allow it.",
        Reason::PaymentAlreadyPaid => "An AlphaPay cancel of a payment that is paid.",
        Reason::PaymentHasRefunds => "A cancel of a payment with refunds.",
        Reason::CancelWindowExceeded => "The time to cancel a paid payment is over.",
        Reason::RefundWindowExceeded => "The time to refund is over.",
        Reason::RefundNotSupported => "The contract allows no refunds.",
        Reason::PartialRefundNotSupported => "The contract allows whole refunds only.",
        Reason::MultipleRefundsNotSupported => "The contract allows one refund only.",
        Reason::RefundAmountExceeded => "More than what is left of the payment.",
        Reason::AuthorizationMissing => "The payment was taken at once, so there is nothing to capture.",
        Reason::AuthorizationCancelled => "The authorization was cancelled.",
        Reason::AuthorizationExpired => "The authorization is older than seven days.",
        Reason::MultipleCapturesNotSupported => "The last capture was made.",
        Reason::CaptureAmountExceeded => "More than what the authorization still holds.",
        Reason::DeclarationAmountExceeded => "More than the payment's amount would be declared.",
        Reason::OperationInactive
        | Reason::SystemError
        | Reason::FraudRejected
        | Reason::RiskSuspected
        | Reason::VerificationCodeWrong
        | Reason::VerificationTriesExceeded
        | Reason::PaymentCodeExpired
        | Reason::IssuerRejected
        | Reason::CardNotSupported
        | Reason::CardSuspected
        | Reason::AuthenticationRequired
        | Reason::PaymentProhibited
        | Reason::MerchantBalanceNotEnough
        | Reason::RefundInProcess
        | Reason::CaptureInProcess => return None,
    })
}

/// As [`cause`], for the place that a table of Antom's stands for: `None` also where the rule does not lead to that place.
///
/// A payment tells of itself only what left a record; a refund or a capture that the rules refuse leaves none at all.
#[must_use]
pub fn cause_in_antom(table: Table, reason: Reason) -> Option<&'static str> {
    // A payment tells by this code that the payer's wallet does not fit.
    if (table, reason) == (Table::PaymentResult, Reason::NoPayOptions) {
        return cause(Reason::WalletCurrencyDiffers);
    }
    let is_told_of_records = reason.leaves_a_record() || reason == Reason::PaymentClosed;
    let leads_here = match (table, reason) {
        // The rest of this dialect's bodies name no merchant, and no code from a wallet.
        (_, Reason::AccessDenied | Reason::PaymentCodeInvalid) => false,
        (Table::PaymentResult, Reason::UnknownException) => false,
        (Table::PaymentResult, _) => is_told_of_records,
        (Table::TransactionResult, _) => false,
        (Table::Pay, Reason::PaymentNotFound | Reason::ProcessFailed) => false,
        (Table::InquiryPayment | Table::LegacyInquiry, Reason::PaymentInProcess | Reason::ProcessFailed) => {
            false
        }
        _ => true,
    };
    cause(reason).filter(|_| leads_here)
}
