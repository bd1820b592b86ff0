//! What `applyToken` answers. Source: ANTOM-FACTS §2.8.

super::codes! {
    S SUCCESS "The tokens are granted.";
    F INVALID_AUTHCODE "The authorization code is not valid." <- AuthCodeUnknown | AuthorizationNotOpen;
    F INVALID_CODE "The authorization code is not valid." ~ AuthCodeUnknown;
    F USED_CODE "The authorization code was used before." <- AuthCodeUsed;
    F EXPIRED_CODE "The authorization code has expired." <- AuthCodeExpired;
    F INVALID_REFRESH_TOKEN "The refresh token is not valid." <- RefreshTokenUnknown | AccessTokenInvalid;
    F EXPIRED_REFRESH_TOKEN "The refresh token has expired." <- RefreshTokenExpired;
    F USED_REFRESH_TOKEN "The refresh token was used before." <- RefreshTokenUsed;
    F AUTH_CLIENT_UNSUPPORTED_GRANT_TYPE "The grant type is not served for this client." <- GrantTypeUnsupported;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PROCESS_FAIL "The call failed for a business reason. Do not repeat it." <- ProcessFailed
        | PaymentNotFound | RefundNotFound
        | RepeatInconsistent | PaymentCancelled | PaymentClosed
        | MerchantNotRegistered | MerchantStatusInvalid | MerchantKybNotQualified
        | ProductNotContracted | ContractMismatch | CurrencyNotSupported | NoPayOptions | PaymentAmountExceedsLimit
        | SettlementContractMismatch
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
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException | PaymentInProcess | RefundInProcess | CaptureInProcess;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
    + INVALID_SIGNATURE <- SignatureInvalid;
}
