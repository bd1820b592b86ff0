//! Every reason why something was not done, and the one table that says where each is checked.
//!
//! The variants stand in the order of the checks. A dialect translates each of them, exhaustively, so that a new
//! reason stops the build there.

/// The step of a request's way at which a reason is found, in the order of the steps.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Check {
    /// Before the core: who speaks, the signature, the path, the limits.
    Gateway,
    /// The fields of the request.
    Request,
    /// The same request id was seen before.
    Repeat,
    /// The merchant's standing.
    Merchant,
    /// What the merchant's contract covers.
    Contract,
    /// The token or code that was presented.
    Token,
    /// The person who pays.
    Payer,
    /// The limits of the wallet.
    Limits,
    /// The money in the wallet.
    Balance,
    /// What a method, an issuer or a risk control said; no rule of the built-in wallet leads here.
    Provider,
    /// The state and the windows of the payment that is to be refunded, cancelled or captured.
    Afterwards,
}

/// Whether a reason settles the matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Finality {
    /// It did not happen and will not.
    Final,
    /// What happened is not known yet.
    Unknown,
}

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $check:ident, $finality:ident, $record:ident;)*) => {
        /// Why something was not done. One variant per reason, in the order of the checks.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum Reason { $($(#[$doc])* $variant,)* }

        impl Reason {
            /// Every reason, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word kept in stores.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $name,)* } }

            /// The step at which it is found.
            #[must_use]
            pub fn check(self) -> Check { match self { $(Self::$variant => Check::$check,)* } }

            /// Whether it settles the matter.
            #[must_use]
            pub fn finality(self) -> Finality { match self { $(Self::$variant => Finality::$finality,)* } }

            /// Whether a payment refused for it leaves a failed record, which uses up the request id.
            #[must_use]
            pub fn leaves_a_record(self) -> bool { match self { $(Self::$variant => reasons!(@$record),)* } }
        }
    };
    (@record) => { true };
    (@nothing) => { false };
}

reasons! {
    // Before the core.
    /// No operation lives at this path.
    OperationUnknown = "operation_unknown", Gateway, Final, nothing;
    /// The operation exists and is switched off.
    OperationInactive = "operation_inactive", Gateway, Final, nothing;
    /// The operation is reached by another HTTP method.
    MethodNotSupported = "method_not_supported", Gateway, Final, nothing;
    /// The media type is not one the gateway reads or writes.
    MediaTypeNotAcceptable = "media_type_not_acceptable", Gateway, Final, nothing;
    /// The client is not known.
    ClientUnknown = "client_unknown", Gateway, Final, nothing;
    /// The client is known and switched off.
    ClientDisabled = "client_disabled", Gateway, Final, nothing;
    /// The client has no key of the version that was named.
    KeyNotFound = "key_not_found", Gateway, Final, nothing;
    /// The signature does not verify.
    SignatureInvalid = "signature_invalid", Gateway, Final, nothing;
    /// The function that the message names is not the one that its path names.
    OperationMismatch = "operation_mismatch", Gateway, Final, nothing;
    /// The time of the request is too far from the real time.
    RequestTimeOutside = "request_time_outside", Gateway, Final, nothing;
    /// The nonce of the request was seen before.
    NonceRepeated = "nonce_repeated", Gateway, Final, nothing;
    /// The caller may not do this.
    AccessDenied = "access_denied", Gateway, Final, nothing;
    /// The caller asks too often.
    TrafficLimitExceeded = "traffic_limit_exceeded", Gateway, Unknown, nothing;
    /// Something failed inside the gateway; nothing happened.
    SystemError = "system_error", Gateway, Final, record;
    /// Something failed inside the gateway; what happened is not known.
    UnknownException = "unknown_exception", Gateway, Unknown, record;
    // The request itself.
    /// A field is missing, or its type, length, date or number is wrong.
    ParameterIllegal = "parameter_illegal", Request, Final, nothing;
    // Repeats.
    /// The request id was used before for something else.
    RepeatInconsistent = "repeat_inconsistent", Repeat, Final, nothing;
    /// No payment has this id.
    PaymentNotFound = "payment_not_found", Repeat, Final, nothing;
    /// No refund has this id.
    RefundNotFound = "refund_not_found", Repeat, Final, nothing;
    /// The payment was cancelled after it was paid.
    PaymentCancelled = "payment_cancelled", Repeat, Final, nothing;
    /// The payment ended unpaid: it expired, or was cancelled before it was paid.
    PaymentClosed = "payment_closed", Repeat, Final, nothing;
    /// The payment is being processed.
    PaymentInProcess = "payment_in_process", Repeat, Unknown, record;
    // The merchant.
    /// The merchant is not registered.
    MerchantNotRegistered = "merchant_not_registered", Merchant, Final, nothing;
    /// The merchant is suspended or closed.
    MerchantStatusInvalid = "merchant_status_invalid", Merchant, Final, nothing;
    /// The merchant's KYB does not allow it.
    MerchantKybNotQualified = "merchant_kyb_not_qualified", Merchant, Final, nothing;
    // The contract.
    /// The merchant has no contract for the product.
    ProductNotContracted = "product_not_contracted", Contract, Final, nothing;
    /// The contract does not cover the currency.
    CurrencyNotSupported = "currency_not_supported", Contract, Final, nothing;
    /// The contract does not cover the method, or the method not this currency.
    NoPayOptions = "no_pay_options", Contract, Final, nothing;
    /// The amount is above the maximum of the contract or method.
    PaymentAmountExceedsLimit = "payment_amount_exceeds_limit", Contract, Final, nothing;
    /// No settlement contract matches.
    SettlementContractMismatch = "settlement_contract_mismatch", Contract, Final, nothing;
    // Tokens and codes.
    /// The authorization code is not known.
    AuthCodeUnknown = "auth_code_unknown", Token, Final, nothing;
    /// The authorization code was used.
    AuthCodeUsed = "auth_code_used", Token, Final, nothing;
    /// The authorization code has expired.
    AuthCodeExpired = "auth_code_expired", Token, Final, nothing;
    /// The refresh token is not known.
    RefreshTokenUnknown = "refresh_token_unknown", Token, Final, nothing;
    /// The refresh token was used.
    RefreshTokenUsed = "refresh_token_used", Token, Final, nothing;
    /// The refresh token has expired.
    RefreshTokenExpired = "refresh_token_expired", Token, Final, nothing;
    /// The grant type is not served.
    GrantTypeUnsupported = "grant_type_unsupported", Token, Final, nothing;
    /// The access token is unknown, expired or revoked.
    AccessTokenInvalid = "access_token_invalid", Token, Final, nothing;
    /// The user did not agree, or took the agreement back.
    AuthorizationNotOpen = "authorization_not_open", Token, Final, nothing;
    /// Values of the request do not match those of the agreement or authorization.
    ContractMismatch = "contract_mismatch", Token, Final, nothing;
    // The payer.
    /// The wallet knows no such user.
    UserNotFound = "user_not_found", Payer, Final, record;
    /// The user is frozen.
    UserStatusAbnormal = "user_status_abnormal", Payer, Final, record;
    /// The user's KYC does not allow it.
    UserKycNotQualified = "user_kyc_not_qualified", Payer, Final, record;
    /// The user's wallet holds another currency.
    WalletCurrencyDiffers = "wallet_currency_differs", Payer, Final, record;
    // The wallet's limits.
    /// The amount is above what the user may pay at once or in a day.
    UserAmountExceedsLimit = "user_amount_exceeds_limit", Limits, Final, record;
    /// The user has made as many payments as a day allows.
    PaymentCountExceedsLimit = "payment_count_exceeds_limit", Limits, Final, record;
    // The money.
    /// The wallet does not hold enough.
    BalanceNotEnough = "balance_not_enough", Balance, Final, record;
    // What others say.
    /// A risk control refused the payment.
    RiskRejected = "risk_rejected", Provider, Final, record;
    /// A risk control saw fraud.
    FraudRejected = "fraud_rejected", Provider, Final, record;
    /// A risk control suspects something; a later try may pass.
    RiskSuspected = "risk_suspected", Provider, Final, record;
    /// The user failed the verification of the payment.
    UserVerificationFailed = "user_verification_failed", Provider, Final, record;
    /// The verification code is wrong.
    VerificationCodeWrong = "verification_code_wrong", Provider, Final, record;
    /// A verification code was wrong too often.
    VerificationTriesExceeded = "verification_tries_exceeded", Provider, Final, record;
    /// The payment code has expired.
    PaymentCodeExpired = "payment_code_expired", Provider, Final, record;
    /// The payment code is not accepted.
    PaymentCodeInvalid = "payment_code_invalid", Provider, Final, record;
    /// The data of the payment method are not valid.
    PaymentMethodDataInvalid = "payment_method_data_invalid", Provider, Final, record;
    /// The issuing bank declined.
    IssuerDeclined = "issuer_declined", Provider, Final, record;
    /// The issuing bank rejected the transaction.
    IssuerRejected = "issuer_rejected", Provider, Final, record;
    /// The card is not valid.
    CardInvalid = "card_invalid", Provider, Final, record;
    /// The number of the card is not valid.
    CardNumberInvalid = "card_number_invalid", Provider, Final, record;
    /// The card is not supported.
    CardNotSupported = "card_not_supported", Provider, Final, record;
    /// The card is suspected of fraud.
    CardSuspected = "card_suspected", Provider, Final, record;
    /// The expiry date of the card is malformed.
    CardExpiryMalformed = "card_expiry_malformed", Provider, Final, record;
    /// The expiry date of the card is not valid.
    CardExpiryInvalid = "card_expiry_invalid", Provider, Final, record;
    /// 3-D Secure is needed.
    AuthenticationRequired = "authentication_required", Provider, Final, record;
    /// The goods may not be sold there.
    PaymentProhibited = "payment_prohibited", Provider, Final, record;
    /// The amount, converted into the merchant's own currency, is not above the least that can be paid.
    AmountBelowFloor = "amount_below_floor", Provider, Final, record;
    /// A business failure without a better name.
    ProcessFailed = "process_failed", Provider, Final, record;
    // After the payment.
    /// The payment's state does not allow it.
    PaymentStateInvalid = "payment_state_invalid", Afterwards, Final, nothing;
    /// The payment is paid, and the asker's cancel is for unpaid payments only.
    PaymentAlreadyPaid = "payment_already_paid", Afterwards, Final, nothing;
    /// The payment has refunds, so it can no longer be cancelled.
    PaymentHasRefunds = "payment_has_refunds", Afterwards, Final, nothing;
    /// The contract allows no cancel of a paid payment any more.
    CancelWindowExceeded = "cancel_window_exceeded", Afterwards, Final, nothing;
    /// The contract allows no refund any more.
    RefundWindowExceeded = "refund_window_exceeded", Afterwards, Final, nothing;
    /// The contract allows no refunds.
    RefundNotSupported = "refund_not_supported", Afterwards, Final, nothing;
    /// The contract allows no partial refunds.
    PartialRefundNotSupported = "partial_refund_not_supported", Afterwards, Final, nothing;
    /// The contract allows one refund only.
    MultipleRefundsNotSupported = "multiple_refunds_not_supported", Afterwards, Final, nothing;
    /// More than what is left.
    RefundAmountExceeded = "refund_amount_exceeded", Afterwards, Final, nothing;
    /// The merchant cannot fund the refund.
    MerchantBalanceNotEnough = "merchant_balance_not_enough", Afterwards, Final, nothing;
    /// The refund is taken up; its result comes later.
    RefundInProcess = "refund_in_process", Afterwards, Unknown, nothing;
    /// The payment holds no authorization.
    AuthorizationMissing = "authorization_missing", Afterwards, Final, nothing;
    /// The authorization was cancelled.
    AuthorizationCancelled = "authorization_cancelled", Afterwards, Final, nothing;
    /// The time of the authorization is over.
    AuthorizationExpired = "authorization_expired", Afterwards, Final, nothing;
    /// The authorization was captured for the last time.
    MultipleCapturesNotSupported = "multiple_captures_not_supported", Afterwards, Final, nothing;
    /// More than what the authorization still holds.
    CaptureAmountExceeded = "capture_amount_exceeded", Afterwards, Final, nothing;
    /// The capture is taken up; its result comes later.
    CaptureInProcess = "capture_in_process", Afterwards, Unknown, nothing;
    /// More than the payment's amount would be declared to the customs.
    DeclarationAmountExceeded = "declaration_amount_exceeded", Afterwards, Final, nothing;
}

impl Reason {
    /// The reason with this stored word.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.name() == name)
    }
}

impl serde::Serialize for Reason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Reason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| serde::de::Error::custom(format!("{name:?} is no reason")))
    }
}

/// A reason together with what it is about, for the people who read it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// What exactly was wrong, as a sentence for a developer; empty where the reason says it all.
    pub detail: String,
}

impl Refusal {
    /// A refusal with a sentence about what exactly was wrong.
    #[must_use]
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, detail: String::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of the enum is the order of the checks, so that precedence can be read off the table.
    #[test]
    fn reasons_stand_in_the_order_of_their_checks() {
        assert!(Reason::ALL.windows(2).all(|pair| pair[0].check() <= pair[1].check()));
    }

    #[test]
    fn names_are_unique_and_read_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::parse(reason.name()), Some(*reason));
        }
        assert_eq!(Reason::parse("no_such_reason"), None);
    }

    /// What is found before the payer is known leaves nothing behind; what the payer's side says leaves a record.
    #[test]
    fn records_begin_with_the_payer() {
        for reason in Reason::ALL {
            match reason.check() {
                Check::Merchant | Check::Contract | Check::Token => {
                    assert!(!reason.leaves_a_record(), "{reason:?}")
                }
                Check::Payer | Check::Limits | Check::Balance => {
                    assert!(reason.leaves_a_record(), "{reason:?}")
                }
                _ => {}
            }
        }
    }
}
