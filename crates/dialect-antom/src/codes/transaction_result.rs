//! What became of a refund or capture, as an inquiry tells it (`transactions[].transactionResult`): 15 codes.
//!
//! Source: SEED-000.

super::codes! {
    S SUCCESS "The transaction was accepted; its status says what became of it.";
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F CLIENT_INVALID "The client id is not valid; it is restricted." <- ClientUnknown | ClientDisabled;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PROCESS_FAIL "The transaction failed for a business reason. Do not repeat it." <- ProcessFailed
        | MethodNotSupported | MediaTypeNotAcceptable | SignatureInvalid
        | RepeatInconsistent | PaymentCancelled | PaymentClosed
        | MerchantNotRegistered | MerchantStatusInvalid | MerchantKybNotQualified
        | ProductNotContracted | ContractMismatch | CurrencyNotSupported | NoPayOptions | PaymentAmountExceedsLimit
        | SettlementContractMismatch
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | AccessTokenInvalid | AuthorizationNotOpen
        | UserNotFound | UserStatusAbnormal | UserKycNotQualified | WalletCurrencyDiffers
        | UserAmountExceedsLimit | PaymentCountExceedsLimit | BalanceNotEnough
        | RiskRejected | FraudRejected | RiskSuspected | UserVerificationFailed | VerificationCodeWrong
        | VerificationTriesExceeded | PaymentCodeExpired | PaymentCodeInvalid | PaymentMethodDataInvalid
        | IssuerDeclined | IssuerRejected | CardInvalid | CardNumberInvalid | CardNotSupported | CardSuspected
        | CardExpiryMalformed | CardExpiryInvalid
        | PaymentStateInvalid | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException;
    U PAYMENT_IN_PROCESS "The payment is being processed." <- PaymentInProcess | RefundInProcess | CaptureInProcess;
    F AUTHENTICATION_REQUIRED "3-D Secure authentication is required." <- AuthenticationRequired;
    F PAYMENT_PROHIBITED "The goods may not be sold in this country." <- PaymentProhibited;
}
