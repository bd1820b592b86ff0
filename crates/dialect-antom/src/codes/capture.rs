//! What `capture` answers.
//!
//! Source: ANTOM-FACTS §2.6; LEGACY-FACTS §4 (the refusals of users and risk control, and ORDER_IS_CANCELED).

super::codes! {
    S SUCCESS "The capture succeeded.";
    U CAPTURE_IN_PROCESS "The capture is being processed." <- CaptureInProcess;
    F AUTH_CANCELLED "The authorization was canceled." <- AuthorizationCancelled;
    F AUTH_EXPIRED "The time of the authorization is over." <- AuthorizationExpired;
    F AUTH_NOT_FOUND "The payment holds no authorization." <- AuthorizationMissing;
    F CAPTURE_AMOUNT_EXCEED_AUTH_LIMIT "The amount is more than what is left of the authorization." <- CaptureAmountExceeded;
    F MULTI_CAPTURE_NOT_SUPPORTED "The authorization was captured for the last time." <- MultipleCapturesNotSupported;
    F CURRENCY_NOT_SUPPORT "The currency is not the payment's." <- CurrencyNotSupported | WalletCurrencyDiffers;
    F INVALID_CONTRACT "Values of this capture do not match those of the contract." <- ContractMismatch;
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F ORDER_STATUS_INVALID "The status of the order does not allow a capture." <- PaymentStateInvalid | PaymentClosed | PaymentAlreadyPaid;
    F ORDER_IS_CANCELED "The payment was canceled; there is nothing to capture." <- PaymentCancelled;
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F REPEAT_REQ_INCONSISTENT "Amount, currency or payment differs from the earlier request with this id." <- RepeatInconsistent;
    F PAYMENT_COUNT_EXCEED_LIMIT "There are more payments than the payment method allows." <- PaymentCountExceedsLimit;
    F RISK_REJECT "Risk control rejected the capture." <- RiskRejected;
    F USER_AMOUNT_EXCEED_LIMIT "The amount is above the user's payment limit." <- UserAmountExceedsLimit;
    F USER_BALANCE_NOT_ENOUGH "The user's balance is not enough for this capture." <- BalanceNotEnough;
    F USER_NOT_EXIST "The wallet knows no such user." <- UserNotFound;
    F USER_STATUS_ABNORMAL "The user's status does not allow it." <- UserStatusAbnormal;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PROCESS_FAIL "The capture failed for a business reason. Do not repeat it with this id." <- ProcessFailed
        | MerchantNotRegistered | MerchantStatusInvalid | MerchantKybNotQualified
        | ProductNotContracted | NoPayOptions | PaymentAmountExceedsLimit | SettlementContractMismatch
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | AccessTokenInvalid | AuthorizationNotOpen | UserKycNotQualified
        | FraudRejected | RiskSuspected | UserVerificationFailed | VerificationCodeWrong
        | VerificationTriesExceeded | PaymentCodeExpired | PaymentCodeInvalid | PaymentMethodDataInvalid
        | IssuerDeclined | IssuerRejected | CardInvalid | CardNumberInvalid | CardNotSupported | CardSuspected
        | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited
        | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | MerchantBalanceNotEnough | DeclarationAmountExceeded;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "What became of the capture is not known; repeat it with the same id." <- UnknownException
        | PaymentInProcess | RefundInProcess;
    + INVALID_API <- OperationInactive;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
    + INVALID_SIGNATURE <- SignatureInvalid;
}
