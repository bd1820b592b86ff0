//! The common codes of the legacy edition, to which its pages refer.
//!
//! The signature's code was renamed for that edition, and an unknown client is CLIENT_INVALID whatever is wrong with it.
//! Source: LEGACY-FACTS §5.2; ANTOM-FACTS §1.7 (their meaning).

super::codes! {
    F SIGNATURE_INVALID "The signature does not verify: the body, path, time or key is not the one that was signed with." <- SignatureInvalid;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F KEY_NOT_FOUND "No public or private key of the gateway or of the merchant was found." <- KeyNotFound;
    F INVALID_API "The API is not valid or not active." <- OperationInactive;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F PROCESS_FAIL "The call failed for a business reason. Do not repeat it." <- ProcessFailed
        | PaymentNotFound | RefundNotFound
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
        | PaymentStateInvalid
        | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException | PaymentInProcess | RefundInProcess
        | CaptureInProcess;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    F CLIENT_INVALID "The client id is not known." <- ClientUnknown | ClientDisabled;
    F METHOD_NOT_SUPPORTED "The HTTP method is not served here; use POST." <- MethodNotSupported;
    F MEDIA_TYPE_NOT_ACCEPTABLE "The server cannot answer in a media type that the client accepts." <- MediaTypeNotAcceptable;
}
