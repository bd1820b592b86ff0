//! What `inquiryPayment` answers about itself in the legacy edition: 6 codes of its own, and the common ones.
//!
//! Source: SEED-001; LEGACY-FACTS §5.

super::codes! {
    common legacy_gateway;
    S SUCCESS "The inquiry succeeded; paymentStatus says what became of the payment.";
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F CLIENT_INVALID "The client id is not known." <- ClientUnknown | ClientDisabled;
    F METHOD_NOT_SUPPORTED "The HTTP method is not served here; use POST." <- MethodNotSupported;
    F MEDIA_TYPE_NOT_ACCEPTABLE "The server cannot answer in a media type that the client accepts." <- MediaTypeNotAcceptable;
    F USER_KYC_NOT_QUALIFIED "The payment failed on the user's KYC: it is not complete, or does not allow this transaction." <- UserKycNotQualified;
    + SIGNATURE_INVALID <- SignatureInvalid;
    + PARAM_ILLEGAL <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    + ACCESS_DENIED <- AccessDenied;
    + KEY_NOT_FOUND <- KeyNotFound;
    + INVALID_API <- OperationInactive;
    + NO_INTERFACE_DEF <- OperationUnknown;
    + PROCESS_FAIL <- ProcessFailed
        | RepeatInconsistent | PaymentCancelled | PaymentClosed
        | MerchantNotRegistered | MerchantStatusInvalid | MerchantKybNotQualified
        | ProductNotContracted | ContractMismatch | CurrencyNotSupported | NoPayOptions | PaymentAmountExceedsLimit
        | SettlementContractMismatch
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | AccessTokenInvalid | AuthorizationNotOpen
        | UserNotFound | UserStatusAbnormal | WalletCurrencyDiffers
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
    + REQUEST_TRAFFIC_EXCEED_LIMIT <- TrafficLimitExceeded;
    + UNKNOWN_EXCEPTION <- UnknownException | PaymentInProcess | RefundInProcess | CaptureInProcess;
    + SYSTEM_ERROR <- SystemError;
}
