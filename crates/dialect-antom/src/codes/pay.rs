//! What `pay` answers: 37 codes.
//!
//! The eleven payment result codes that this table lacks (cards and risk) are told by PROCESS_FAIL here, and by name in
//! an inquiry. Source: SEED-002; ANTOM-FACTS §2.1, §2.2.

super::codes! {
    S SUCCESS "The payment succeeded.";
    F ACCESS_DENIED "Access is denied." <- AccessDenied;
    F CURRENCY_NOT_SUPPORT "This currency is not supported." <- CurrencyNotSupported;
    F EXPIRED_CODE "The payment code has expired." <- PaymentCodeExpired;
    F INVALID_ACCESS_TOKEN "The access token is unknown, expired or revoked." <- AccessTokenInvalid | AuthorizationNotOpen;
    F INVALID_CONTRACT "Values of this transaction do not match those of the contract." <- ContractMismatch;
    F INVALID_MERCHANT_STATUS "The merchant is restricted, so its status allows no payment." <- MerchantStatusInvalid;
    F INVALID_PAYMENT_CODE "Alipay+ does not accept this payment code." <- PaymentCodeInvalid;
    F INVALID_PAYMENT_METHOD_META_DATA "The metadata of the payment method is not valid." <- PaymentMethodDataInvalid;
    F KEY_NOT_FOUND "The public or private key of the gateway or of the merchant was not found." <- KeyNotFound;
    F MERCHANT_KYB_NOT_QUALIFIED "The merchant's KYB is not complete, or does not allow this transaction." <- MerchantKybNotQualified;
    F MERCHANT_NOT_REGISTERED "The merchant is not registered." <- MerchantNotRegistered;
    F NO_INTERFACE_DEF "No such API is defined." <- OperationUnknown;
    F NO_PAY_OPTIONS "There is no payment option for this payment." <- NoPayOptions | WalletCurrencyDiffers;
    F ORDER_IS_CANCELED "This paymentRequestId belongs to a transaction that was paid and then canceled." <- PaymentCancelled;
    F ORDER_IS_CLOSED "This paymentRequestId belongs to a transaction that is closed." <- PaymentClosed;
    F ORDER_NOT_EXIST "There is no such order." <- PaymentNotFound | RefundNotFound;
    F PARAM_ILLEGAL "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
        | OperationMismatch | RequestTimeOutside | NonceRepeated;
    F PAYMENT_AMOUNT_EXCEED_LIMIT "The amount is above the maximum of the contract or of the wallet." <- PaymentAmountExceedsLimit;
    F PAYMENT_COUNT_EXCEED_LIMIT "There are more payments than the wallet allows." <- PaymentCountExceedsLimit;
    F PAYMENT_NOT_QUALIFIED "The merchant may not take this payment: it is not registered, has no contract for Auto Debit, or is barred." <- ProductNotContracted;
    F PROCESS_FAIL "The payment failed for a business reason. Do not repeat it." <- ProcessFailed
        | OperationInactive | FraudRejected | RiskSuspected | IssuerDeclined | IssuerRejected | CardInvalid | CardNumberInvalid
        | CardNotSupported | CardSuspected | CardExpiryMalformed | CardExpiryInvalid | AuthenticationRequired | PaymentProhibited
        | AuthCodeUnknown | AuthCodeUsed | AuthCodeExpired | RefreshTokenUnknown | RefreshTokenUsed | RefreshTokenExpired
        | PaymentStateInvalid | PaymentHasRefunds | CancelWindowExceeded | RefundWindowExceeded | RefundNotSupported
        | PartialRefundNotSupported | MultipleRefundsNotSupported | RefundAmountExceeded
        | AmountBelowFloor | PaymentAlreadyPaid | MerchantBalanceNotEnough | AuthorizationMissing | AuthorizationCancelled
        | AuthorizationExpired | MultipleCapturesNotSupported | CaptureAmountExceeded | DeclarationAmountExceeded;
    F REPEAT_REQ_INCONSISTENT "Amount, currency or another key field differs from the earlier request with this id." <- RepeatInconsistent;
    F RISK_REJECT "Risk control rejected the request." <- RiskRejected;
    F SETTLE_CONTRACT_NOT_MATCH "No settlement contract matches." <- SettlementContractMismatch;
    F SYSTEM_ERROR "A system error occurred." <- SystemError;
    F USER_AMOUNT_EXCEED_LIMIT "The amount is above the user's payment limit." <- UserAmountExceedsLimit;
    F USER_BALANCE_NOT_ENOUGH "The user's balance is not enough for this payment." <- BalanceNotEnough;
    F USER_KYC_NOT_QUALIFIED "The user's KYC is not complete, or does not allow this transaction." <- UserKycNotQualified;
    F USER_NOT_EXIST "The wallet knows no such user." <- UserNotFound;
    F USER_PAYMENT_VERIFICATION_FAILED "The user did not pass the verification of the payment, by OTP, PIN or the like." <- UserVerificationFailed;
    F USER_STATUS_ABNORMAL "The user's status in the wallet does not allow it." <- UserStatusAbnormal;
    U PAYMENT_IN_PROCESS "The payment is being processed." <- PaymentInProcess | RefundInProcess | CaptureInProcess;
    U REQUEST_TRAFFIC_EXCEED_LIMIT "There are more requests than the limit allows." <- TrafficLimitExceeded;
    U UNKNOWN_EXCEPTION "The call failed for an unknown reason." <- UnknownException;
    F VERIFY_TIMES_EXCEED_LIMIT "This verification code failed too many times." <- VerificationTriesExceeded;
    F VERIFY_UNMATCHED "The verification code is wrong." <- VerificationCodeWrong;
    + METHOD_NOT_SUPPORTED <- MethodNotSupported;
    + MEDIA_TYPE_NOT_ACCEPTABLE <- MediaTypeNotAcceptable;
    + CLIENT_INVALID <- ClientUnknown;
    + INVALID_CLIENT_STATUS <- ClientDisabled;
    + INVALID_SIGNATURE <- SignatureInvalid;
}
