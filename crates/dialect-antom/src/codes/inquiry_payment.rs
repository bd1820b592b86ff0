//! What `inquiryPayment` answers about itself: 12 codes. Source: SEED-000.

super::codes! {
    S SUCCESS "The inquiry succeeded; paymentStatus says what became of the payment.";
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    U PAYMENT_IN_PROCESS "The payment is being processed." <- PaymentInProcess | RefundInProcess | CaptureInProcess;
    F PROCESS_FAIL "The call failed for a business reason. Do not repeat it." <- ProcessFailed
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
        | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited
        | PaymentStateInvalid | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
    + INVALID_SIGNATURE <- SignatureInvalid;
}
