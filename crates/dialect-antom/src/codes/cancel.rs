//! What `cancel` answers. Source: ANTOM-FACTS §2.3.

super::codes! {
    S SUCCESS "The payment is canceled.";
    F CANCEL_WINDOW_EXCEED "The time in which the contract allows a cancel is over; refund the payment instead." <- CancelWindowExceeded;
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F ORDER_STATUS_INVALID "The status of the order does not allow a cancel." <- PaymentStateInvalid | PaymentClosed | PaymentCancelled
        | PaymentAlreadyPaid | AuthorizationMissing | AuthorizationCancelled | AuthorizationExpired;
    F CLIENT_INVALID "The client id is not known." <- ClientUnknown;
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PROCESS_FAIL "The cancel failed for a business reason. Do not repeat it." <- ProcessFailed
        | PaymentHasRefunds | RepeatInconsistent
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
        | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited
        | RefundWindowExceeded | RefundNotSupported | PartialRefundNotSupported | MultipleRefundsNotSupported
        | RefundAmountExceeded | AmountBelowFloor | MerchantBalanceNotEnough | MultipleCapturesNotSupported | CaptureAmountExceeded
        | DeclarationAmountExceeded;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    F METHOD_NOT_SUPPORTED "The HTTP method is not served here; use POST." <- MethodNotSupported;
    F MEDIA_TYPE_NOT_ACCEPTABLE "The media type is not served here; use application/json." <- MediaTypeNotAcceptable;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    // The table has no code for a payment that something is still working on; the caller repeats the cancel.
    U UNKNOWN_EXCEPTION "What became of the cancel is not known; repeat it." <- UnknownException | PaymentInProcess
        | RefundInProcess | CaptureInProcess;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
    + INVALID_SIGNATURE <- SignatureInvalid;
}
