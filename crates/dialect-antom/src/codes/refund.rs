//! What `refund` answers. Source: ANTOM-FACTS §2.4.

super::codes! {
    S SUCCESS "The refund succeeded.";
    U REFUND_IN_PROCESS "The refund is being processed." <- RefundInProcess;
    U PAYMENT_IN_PROCESS "The payment is being processed." <- PaymentInProcess | CaptureInProcess;
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F ORDER_STATUS_INVALID "The status of the order does not allow a refund." <- PaymentStateInvalid | PaymentAlreadyPaid | AuthorizationMissing
        | AuthorizationCancelled | AuthorizationExpired;
    F ORDER_IS_CANCELED "The payment was canceled; there is nothing to refund." <- PaymentCancelled;
    F ORDER_IS_CLOSED "The payment is closed; there is nothing to refund." <- PaymentClosed;
    F REFUND_AMOUNT_EXCEED "The amount is more than what is left of the payment." <- RefundAmountExceeded;
    F REFUND_WINDOW_EXCEED "The time in which the contract allows a refund is over." <- RefundWindowExceeded;
    F REPEAT_REQ_INCONSISTENT "Amount, currency or payment differs from the earlier request with this id." <- RepeatInconsistent;
    F MULTIPLE_REFUNDS_NOT_SUPPORTED "A payment can be refunded only once here." <- MultipleRefundsNotSupported;
    F PARTIAL_REFUND_NOT_SUPPORTED "A payment can be refunded only in full here." <- PartialRefundNotSupported;
    F REFUND_NOT_SUPPORTED "Refunds are not supported here." <- RefundNotSupported;
    F MERCHANT_BALANCE_NOT_ENOUGH "The merchant's balance is not enough for the refund." <- MerchantBalanceNotEnough | BalanceNotEnough;
    F CURRENCY_NOT_SUPPORT "The currency is not the payment's." <- CurrencyNotSupported | WalletCurrencyDiffers;
    F INVALID_MERCHANT_STATUS "The merchant is restricted, so its status allows no refund." <- MerchantStatusInvalid;
    F RISK_REJECT "Risk control rejected the refund." <- RiskRejected;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F USER_NOT_EXIST "The wallet knows no such user." <- UserNotFound;
    F USER_STATUS_ABNORMAL "The user's status in the wallet does not allow it." <- UserStatusAbnormal;
    F INVALID_CONTRACT "Values of this refund do not match those of the contract." <- ContractMismatch;
    F PROCESS_FAIL "The refund failed for a business reason. Do not repeat it with this id." <- ProcessFailed
        | MerchantNotRegistered | MerchantKybNotQualified
        | ProductNotContracted | NoPayOptions | PaymentAmountExceedsLimit | SettlementContractMismatch
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | AccessTokenInvalid | AuthorizationNotOpen
        | UserKycNotQualified | UserAmountExceedsLimit | PaymentCountExceedsLimit
        | FraudRejected | RiskSuspected | UserVerificationFailed | VerificationCodeWrong
        | VerificationTriesExceeded | PaymentCodeExpired | PaymentCodeInvalid | PaymentMethodDataInvalid
        | IssuerDeclined | IssuerRejected | CardInvalid | CardNumberInvalid | CardNotSupported | CardSuspected
        | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited
        | PaymentHasRefunds | CancelWindowExceeded | AmountBelowFloor | MultipleCapturesNotSupported | CaptureAmountExceeded
        | DeclarationAmountExceeded;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "What became of the refund is not known; repeat it with the same id." <- UnknownException;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
    + INVALID_SIGNATURE <- SignatureInvalid;
}
