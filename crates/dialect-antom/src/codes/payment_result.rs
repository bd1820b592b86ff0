//! What became of a payment (`paymentResultCode`): 35 codes.
//!
//! This table has no code for thirteen of `pay`'s; each is told by its nearest. A cancelled payment is told by
//! ORDER_IS_CLOSED, because there is none for it either. Source: SEED-000; ANTOM-FACTS §2.2.

super::codes! {
    S SUCCESS "The payment succeeded.";
    F ACCESS_DENIED "Access is denied." <- AccessDenied | ClientUnknown | ClientDisabled;
    F CURRENCY_NOT_SUPPORT "This currency is not supported." <- CurrencyNotSupported;
    F DO_NOT_HONOR "The issuing bank declined the payment." <- IssuerDeclined;
    F FRAUD_REJECT "Risk control saw fraud and stopped the transaction. If it was paid already, the money goes back." <- FraudRejected;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F INVALID_CARD "The card is not valid: its number is malformed, or no issuer is known for it." <- CardInvalid;
    F INVALID_EXPIRY_DATE_FORMAT "expiryYear or expiryMonth has a wrong format." <- CardExpiryMalformed;
    F ISSUER_REJECTS_TRANSACTION "The issuing bank rejected the transaction." <- IssuerRejected;
    F INVALID_ACCESS_TOKEN "The access token is unknown, expired or revoked." <- AccessTokenInvalid | AuthorizationNotOpen;
    F INVALID_MERCHANT_STATUS "The merchant is restricted, so its status allows no payment." <- MerchantStatusInvalid;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F MERCHANT_KYB_NOT_QUALIFIED "The merchant's KYB is not complete, or does not allow this transaction." <- MerchantKybNotQualified;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F NO_PAY_OPTIONS "The currency is not supported for this transaction." <- NoPayOptions | WalletCurrencyDiffers;
    F ORDER_IS_CLOSED "The transaction with this paymentRequestId is closed." <- PaymentClosed | PaymentCancelled;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PAYMENT_AMOUNT_EXCEED_LIMIT "The amount is above the maximum of the contract or of the payment method." <- PaymentAmountExceedsLimit;
    F PAYMENT_COUNT_EXCEED_LIMIT "There are more payments than the payment method allows." <- PaymentCountExceedsLimit;
    F PAYMENT_NOT_QUALIFIED "The merchant may not take this payment: it is not registered, has no contract for Auto Debit, or is barred." <- ProductNotContracted
        | ContractMismatch | MerchantNotRegistered | SettlementContractMismatch;
    F PROCESS_FAIL "The payment failed for a business reason. Do not repeat it." <- ProcessFailed
        | PaymentMethodDataInvalid | PaymentNotFound | RefundNotFound | RepeatInconsistent | TrafficLimitExceeded | PaymentProhibited
        | MethodNotSupported | MediaTypeNotAcceptable | SignatureInvalid
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | PaymentStateInvalid | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    F RISK_REJECT "Risk control stopped the transaction. If it was paid already, the money goes back." <- RiskRejected;
    F SUSPECTED_CARD "The card is suspected of fraud, being stolen or restricted for example." <- CardSuspected;
    F SUSPECTED_RISK "The transaction is suspected to be unsafe. Try again after one working day. If it was paid and is found unsafe, the money goes back." <- RiskSuspected;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    F USER_AMOUNT_EXCEED_LIMIT "The amount is above the user's payment limit." <- UserAmountExceedsLimit;
    F USER_BALANCE_NOT_ENOUGH "The user's balance is not enough for this payment." <- BalanceNotEnough;
    F USER_KYC_NOT_QUALIFIED "The user's KYC is not complete, or does not allow this transaction." <- UserKycNotQualified;
    F USER_PAYMENT_VERIFICATION_FAILED "The payment method does not let this user pay." <- UserVerificationFailed
        | VerificationCodeWrong | VerificationTriesExceeded | PaymentCodeExpired | PaymentCodeInvalid | AuthenticationRequired;
    F USER_STATUS_ABNORMAL "The user's status at the payment method does not allow it." <- UserStatusAbnormal | UserNotFound;
    U PAYMENT_IN_PROCESS "The payment is being processed." <- PaymentInProcess | RefundInProcess | CaptureInProcess;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException;
    F CARD_NOT_SUPPORTED "This card is not supported for the transaction." <- CardNotSupported;
    F INVALID_EXPIRATION_DATE "expiryYear or expiryMonth of the card is not valid." <- CardExpiryInvalid;
    F INVALID_CARD_NUMBER "The number of the card is not valid." <- CardNumberInvalid;
}
