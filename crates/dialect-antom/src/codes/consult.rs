//! What `consult` answers. Source: ANTOM-FACTS §2.7.

super::codes! {
    S SUCCESS "The authorization can begin.";
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PROCESS_FAIL "The call failed for a business reason. Do not repeat it." <- ProcessFailed
        | PaymentNotFound | RefundNotFound
        | RepeatInconsistent | PaymentCancelled | PaymentClosed
        | MerchantStatusInvalid | MerchantKybNotQualified
        | ProductNotContracted | ContractMismatch | CurrencyNotSupported | PaymentAmountExceedsLimit
        | SettlementContractMismatch
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | AccessTokenInvalid | AuthorizationNotOpen
        | UserNotFound | UserStatusAbnormal | UserKycNotQualified
        | UserAmountExceedsLimit | PaymentCountExceedsLimit | BalanceNotEnough
        | RiskRejected | FraudRejected | RiskSuspected | UserVerificationFailed | VerificationCodeWrong
        | VerificationTriesExceeded | PaymentCodeExpired | PaymentCodeInvalid | PaymentMethodDataInvalid
        | IssuerDeclined | IssuerRejected | CardInvalid | CardNumberInvalid | CardNotSupported | CardSuspected
        | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited
        | PaymentStateInvalid | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    F INVALID_SIGNATURE "The signature does not verify: the body, path, time or key is not the one that was signed with." <- SignatureInvalid;
    F CLIENT_FORBIDDEN_ACCESS_API "The client may not use this API." ~ AccessDenied;
    F MERCHANT_NOT_REGISTERED "The merchant is not registered." <- MerchantNotRegistered;
    F NO_PAY_OPTIONS "There is no payment option for this authorization." <- NoPayOptions | WalletCurrencyDiffers;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException | PaymentInProcess | RefundInProcess | CaptureInProcess;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
}
