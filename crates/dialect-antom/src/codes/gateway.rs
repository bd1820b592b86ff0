//! What the gateway answers before an operation is reached. Source: ANTOM-FACTS §1.7.

super::codes! {
    F INVALID_SIGNATURE "The signature does not verify: the body, path, time or key is not the one that was signed with." <- SignatureInvalid;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F CLIENT_INVALID "The client id is not known." <- ClientUnknown;
    F INVALID_CLIENT "The client id is not valid." ~ ClientUnknown;
    F INVALID_CLIENT_STATUS "The client is disabled." <- ClientDisabled;
    F CLIENT_FORBIDDEN_ACCESS_API "The client may not use this API." ~ AccessDenied;
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F METHOD_NOT_SUPPORTED "The HTTP method is not served here; use POST." <- MethodNotSupported;
    F MEDIA_TYPE_NOT_ACCEPTABLE "The media type is not served here; use application/json." <- MediaTypeNotAcceptable;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    F SYSTEM_ERROR "A system error occurred." <- SystemError
        | RepeatInconsistent | PaymentNotFound | RefundNotFound | PaymentCancelled | PaymentClosed
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
        | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited | ProcessFailed
        | PaymentStateInvalid | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException | PaymentInProcess | RefundInProcess | CaptureInProcess;
}
