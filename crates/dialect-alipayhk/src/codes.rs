//! The result codes, as one table of data.
//!
//! Of most codes the sources give the name and not the number (`resultCodeId`). Those numbers are placeholders of our
//! own, in a range that no source uses (`99......`), and the row says so: a client must go by `resultCode` and
//! `resultStatus`. To correct a number, correct its row.
//!
//! Source: ALIPAYHK-FACTS §4.

use farthing_core::reason::Reason;

/// How a call ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ResultStatus {
    /// It succeeded.
    S,
    /// It failed.
    F,
    /// What became of it is not known yet.
    U,
}

impl ResultStatus {
    /// The letter on the wire.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::F => "F",
            Self::U => "U",
        }
    }

    /// The status with this letter.
    #[must_use]
    pub fn parse(letter: &str) -> Option<Self> {
        [Self::S, Self::F, Self::U].into_iter().find(|status| status.letter() == letter)
    }
}

/// One row of a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    /// The code on the wire (`resultCode`); at most 64 characters.
    pub code: &'static str,
    /// Its number (`resultCodeId`); eight digits.
    pub id: &'static str,
    /// How a call that is answered so ended.
    pub status: ResultStatus,
    /// What it says to people (`resultMsg`); at most 256 characters.
    pub message: &'static str,
    /// The reason it stands for; none for success.
    pub reason: Option<Reason>,
    /// Whether a source gives the number; if not, it is a placeholder.
    pub proven: bool,
}

/// A table of codes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Table {
    /// What `payQuery` answers about itself, and any other function about an order. Source: SEED-003.
    PayQuery,
    /// What every function answers besides, `payQuery` among them. Source: ALIPAYHK-FACTS §4.2, §4.3, §5.5.
    Gateway,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 2] = [Self::PayQuery, Self::Gateway];

    /// Its own rows.
    #[must_use]
    pub fn rows(self) -> &'static [Code] {
        match self {
            Self::PayQuery => PAY_QUERY_ROWS,
            Self::Gateway => GATEWAY_ROWS,
        }
    }

    /// The row of a code: its own, or one of another table, since every function answers with both.
    #[must_use]
    pub fn find(self, code: &str) -> Option<&'static Code> {
        let in_rows = |rows: &'static [Code]| rows.iter().find(|row| row.code == code);
        in_rows(self.rows()).or_else(|| find_code(code).map(|(_table, row)| row))
    }
}

/// The reason a code stands for; `None` when there is no such code, and for SUCCESS.
#[must_use]
pub fn reason_of(table: Table, code: &str) -> Option<Reason> {
    table.find(code).and_then(|row| row.reason)
}

/// The row with this code, and its table.
#[must_use]
pub fn find_code(code: &str) -> Option<(Table, &'static Code)> {
    Table::ALL
        .into_iter()
        .find_map(|table| table.rows().iter().find(|row| row.code == code).map(|row| (table, row)))
}

/// Declares the tables: `STATUS CODE id "message"`, where `?` before the id says that no source gives it; then
/// `<- Reason | ...` for the reasons that are told by it, of which it stands for the first, or `~ Reason` where it
/// stands for a reason that another row tells.
macro_rules! codes {
    ($(
        $(#[$doc:meta])*
        $table:ident {$(
            $status:ident $code:ident $(? $placeholder:literal)? $($id:literal)? = $message:literal
                $(<- $first:ident $(| $more:ident)*)? $(~ $stands_for:ident)?;
        )*}
    )*) => {
        $($(pub(crate) const $code: Code = Code {
            code: stringify!($code),
            id: codes!(@id $($placeholder)? $($id)?),
            status: ResultStatus::$status,
            message: $message,
            reason: codes!(@reason $($first)? $($stands_for)?),
            proven: codes!(@proven $($placeholder)?),
        };)*)*

        $($(#[$doc])* const $table: &[Code] = &[$($code,)*];)*

        /// The row by which a reason is told. Exhaustive, so that a new reason stops the build here.
        pub(crate) fn row_for(reason: Reason) -> &'static Code {
            match reason {
                $($($(Reason::$first $(| Reason::$more)* => &$code,)?)*)*
            }
        }
    };
    (@id $id:literal) => { $id };
    (@proven) => { true };
    (@proven $placeholder:literal) => { false };
    (@reason) => { None };
    (@reason $reason:ident) => { Some(Reason::$reason) };
}

codes! {
    /// The three of the seed.
    PAY_QUERY_ROWS {
        S SUCCESS "00000000" = "Success";
        F ORDER_NOT_EXIST "12005004" = "Order does not exist" <- PaymentNotFound | RefundNotFound;
        F ORDER_STATUS_INVALID "12005003" = "Invalid order status" <- PaymentStateInvalid | PaymentCancelled | PaymentClosed
            | PaymentAlreadyPaid | PaymentHasRefunds | CancelWindowExceeded | AuthorizationMissing | AuthorizationCancelled
            | AuthorizationExpired | MultipleCapturesNotSupported;
    }
    /// First those whose number is known, then those of which the name is known, then those we have named ourselves
    /// after the sister API.
    GATEWAY_ROWS {
        F PARAM_ILLEGAL "00000004" = "A parameter is missing or not valid." <- ParameterIllegal | GrantTypeUnsupported
            | RequestTimeOutside | NonceRepeated;
        U SYSTEM_ERROR "00000900" = "A system error occurred, or the result is not known yet; query it." <- SystemError
            | PaymentInProcess | RefundInProcess | CaptureInProcess;
        F USER_NOT_EXIST "12002005" = "The wallet knows no such user." <- UserNotFound;
        F USER_STATUS_ABNORMAL "12002006" = "The user's status does not allow it." <- UserStatusAbnormal;
        F TOKEN_FORBIDDEN_ACCESS_RESOURCES "12014201" = "The agreement does not cover this." <- ContractMismatch;

        F INVALID_SIGNATURE ?"99000001" = "The signature does not verify." <- SignatureInvalid;
        F ACCESS_DENIED ?"99000002" = "The client may not call this function." <- AccessDenied | ClientDisabled;
        F INVALID_CLIENT ?"99000003" = "The client is not known." <- ClientUnknown;
        F KEY_NOT_FOUND ?"99000004" = "The client has no key." <- KeyNotFound;
        F INVALID_API ?"99000005" = "The function or its version is not known or not active." <- OperationUnknown
            | OperationInactive;
        F METHOD_NOT_SUPPORTED ?"99000006" = "Only POST is served." <- MethodNotSupported;
        F MEDIA_TYPE_NOT_ACCEPTABLE ?"99000007" = "Only application/json is read and written." <- MediaTypeNotAcceptable;
        U REQUEST_TRAFFIC_EXCEED_LIMIT ?"99000008" = "There are more requests than the limit allows." <- TrafficLimitExceeded;
        F PROCESS_FAIL ?"99000009" = "It failed for a business reason. Do not repeat it." <- ProcessFailed
            | PaymentCodeExpired | PaymentCodeInvalid | PaymentMethodDataInvalid | IssuerDeclined | IssuerRejected
            | CardInvalid | CardNumberInvalid | CardNotSupported | CardSuspected | CardExpiryMalformed | CardExpiryInvalid
            | AuthenticationRequired | PaymentProhibited | AmountBelowFloor | CaptureAmountExceeded
            | DeclarationAmountExceeded;
        U UNKNOWN_EXCEPTION ?"99000010" = "It failed for an unknown reason; query the result." <- UnknownException;
        F OAUTH_FAILED ?"99000011" = "The user did not agree, or there is no such agreement." <- AuthorizationNotOpen;
        F AUTH_CODE_EXPIRED ?"99000012" = "The authorization code has expired." <- AuthCodeExpired;
        F INVALID_AUTHCODE ?"99000013" = "The authorization code is not known, or was used." <- AuthCodeUnknown | AuthCodeUsed;
        F FUNCTION_NOT_MATCH ?"99000014" = "The function is not the one that the path names." <- OperationMismatch;
        F MSG_PARSE_ERROR ?"99000015" = "The message cannot be parsed." ~ ParameterIllegal;
        F REPEAT_REQ_INCONSISTENT ?"99000016" = "The id was used before with another content." <- RepeatInconsistent;

        F INVALID_ACCESS_TOKEN ?"99000101" = "The access token is unknown, expired or cancelled." <- AccessTokenInvalid;
        F INVALID_REFRESH_TOKEN ?"99000102" = "The refresh token is unknown, or was used." <- RefreshTokenUnknown
            | RefreshTokenUsed;
        F EXPIRED_REFRESH_TOKEN ?"99000103" = "The refresh token has expired." <- RefreshTokenExpired;
        F USER_BALANCE_NOT_ENOUGH ?"99000104" = "The user's balance is not enough." <- BalanceNotEnough;
        F USER_AMOUNT_EXCEED_LIMIT ?"99000105" = "The amount is above the user's limit." <- UserAmountExceedsLimit;
        F PAYMENT_COUNT_EXCEED_LIMIT ?"99000106" = "There are more payments than the wallet allows." <- PaymentCountExceedsLimit;
        F USER_KYC_NOT_QUALIFIED ?"99000107" = "The user's KYC does not allow it." <- UserKycNotQualified;
        F USER_PAYMENT_VERIFICATION_FAILED ?"99000108" = "The user did not pass the verification of the payment."
            <- UserVerificationFailed | VerificationCodeWrong | VerificationTriesExceeded;
        F RISK_REJECT ?"99000109" = "Risk control rejected it." <- RiskRejected | FraudRejected | RiskSuspected;
        F MERCHANT_NOT_REGISTERED ?"99000110" = "The merchant is not registered." <- MerchantNotRegistered;
        F INVALID_MERCHANT_STATUS ?"99000111" = "The merchant's status does not allow it." <- MerchantStatusInvalid;
        F MERCHANT_KYB_NOT_QUALIFIED ?"99000112" = "The merchant's KYB does not allow it." <- MerchantKybNotQualified;
        F PAYMENT_NOT_QUALIFIED ?"99000113" = "The merchant has no contract for this product." <- ProductNotContracted;
        F CURRENCY_NOT_SUPPORT ?"99000114" = "The currency is not supported here." <- CurrencyNotSupported;
        F NO_PAY_OPTIONS ?"99000115" = "There is no way to pay this." <- NoPayOptions | WalletCurrencyDiffers;
        F PAYMENT_AMOUNT_EXCEED_LIMIT ?"99000116" = "The amount is above the maximum of the contract." <- PaymentAmountExceedsLimit;
        F SETTLE_CONTRACT_NOT_MATCH ?"99000117" = "No settlement contract matches." <- SettlementContractMismatch;
        F REFUND_AMOUNT_EXCEED ?"99000118" = "The amount is more than what is left of the payment." <- RefundAmountExceeded;
        F REFUND_WINDOW_EXCEED ?"99000119" = "The time in which the contract allows a refund is over." <- RefundWindowExceeded;
        F REFUND_NOT_SUPPORTED ?"99000120" = "The contract allows no refunds." <- RefundNotSupported;
        F PARTIAL_REFUND_NOT_SUPPORTED ?"99000121" = "The contract allows no partial refunds." <- PartialRefundNotSupported;
        F MULTIPLE_REFUNDS_NOT_SUPPORTED ?"99000122" = "The contract allows one refund only." <- MultipleRefundsNotSupported;
        F MERCHANT_BALANCE_NOT_ENOUGH ?"99000123" = "The merchant's balance is not enough for the refund."
            <- MerchantBalanceNotEnough;
    }
}

#[cfg(test)]
mod tests;
