//! What `revoke` answers. Source: ANTOM-FACTS §2.9.

super::codes! {
    S SUCCESS "The agreement is taken back.";
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F CLIENT_FORBIDDEN_ACCESS_API "The client may not use this API." ~ AccessDenied;
    F INVALID_ACCESS_TOKEN "The access token is unknown, expired or revoked." <- AccessTokenInvalid;
    F INVALID_CLIENT_STATUS "The client is disabled." <- ClientDisabled;
    F INVALID_SIGNATURE "The signature does not verify: the body, path, time or key is not the one that was signed with." <- SignatureInvalid;
    F OAUTH_FAILED "The wallet refused to take the authorization back." <- AuthorizationNotOpen;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PROCESS_FAIL "The call failed for a business reason. Do not repeat it." <- ProcessFailed
        | PaymentNotFound | RefundNotFound
        | RepeatInconsistent | PaymentCancelled | PaymentClosed
        | MerchantNotRegistered | MerchantStatusInvalid | MerchantKybNotQualified
        | ProductNotContracted | ContractMismatch | CurrencyNotSupported | NoPayOptions | PaymentAmountExceedsLimit
        | SettlementContractMismatch
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
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
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException | PaymentInProcess | RefundInProcess | CaptureInProcess;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
}
