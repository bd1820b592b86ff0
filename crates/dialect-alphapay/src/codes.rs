//! The result codes: one table for all operations.
//!
//! The vendor's own table could not be read. Three codes are certain by the vendor's tests; of AMOUNT_ERROR the message
//! is, and the code a guess. All others are our proposal in the style of the family that this API comes from, so that
//! changing one is changing a line here.
//!
//! Both directions come from the one list (`codes!`): what a code stands for, and which code a reason is told by. The
//! latter is an exhaustive match over all reasons, so that a new reason stops the build here. Beside each reason
//! stand the words that say more than the code does, because `resultMessage` is to describe the error in detail
//! (SEED-004, `resultStatus` F).
//!
//! Source: SEED-004; ALPHAPAY-FACTS §12.4.

use farthing_core::reason::Reason;

/// How a call ended.
///
/// Source: SEED-004 (`result.resultStatus`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ResultStatus {
    /// It succeeded.
    S,
    /// It failed.
    F,
    /// What became of it is not known yet; the caller inquires.
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

/// How sure the name of a code is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Authority {
    /// The vendor uses it.
    Certain,
    /// The vendor uses its message; the code is our proposal.
    MessageOnly,
    /// Our proposal.
    Proposed,
}

/// One row of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Code {
    /// The code on the wire.
    pub code: &'static str,
    /// How a call that is answered so ended.
    pub status: ResultStatus,
    /// What it says to people; words about the reason follow where there are any.
    pub message: &'static str,
    /// The reason it stands for; none for success.
    pub reason: Option<Reason>,
    /// How sure its name is.
    pub authority: Authority,
}

/// A table of codes; this API has one for everything.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Table {
    /// What every call answers.
    Result,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 1] = [Self::Result];

    /// Its rows.
    #[must_use]
    pub fn rows(self) -> &'static [Code] {
        match self {
            Self::Result => ROWS,
        }
    }

    /// The row of a code.
    #[must_use]
    pub fn find(self, code: &str) -> Option<&'static Code> {
        self.rows().iter().find(|row| row.code == code)
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
    Table::ALL.into_iter().find_map(|table| table.find(code).map(|row| (table, row)))
}

/// Declares the table: `STATUS CODE Authority "message"`, then `<- Reason "words" | ...` for the reasons that are
/// told by it, of which it stands for the first. Empty words: the message says it all.
macro_rules! codes {
    ($($status:ident $code:ident $authority:ident $message:literal $(<- $first:ident $words:literal $(| $more:ident $more_words:literal)*)?;)*) => {
        $(pub(crate) const $code: Code = Code {
            code: stringify!($code),
            status: ResultStatus::$status,
            message: $message,
            reason: codes!(@reason $($first)?),
            authority: Authority::$authority,
        };)*

        const ROWS: &[Code] = &[$($code,)*];

        /// The row by which a reason is told, and the words that say more than it does.
        pub(crate) fn row_for(reason: Reason) -> (&'static Code, &'static str) {
            match reason {
                $($(Reason::$first => (&$code, $words), $(Reason::$more => (&$code, $more_words),)*)?)*
            }
        }
    };
    (@reason) => { None };
    (@reason $reason:ident) => { Some(Reason::$reason) };
}

codes! {
    S SUCCESS Certain "success";
    U PAYMENT_IN_PROCESS Certain "payment in process"
        <- PaymentInProcess ""
        | CaptureInProcess "the capture is taken up";
    F ORDER_PAID Certain "the order is paid; refund it"
        <- PaymentAlreadyPaid ""
        | PaymentHasRefunds "it has refunds"
        | CancelWindowExceeded "the time in which it could be cancelled is over";
    F AMOUNT_ERROR MessageOnly "amount error"
        <- AmountBelowFloor "";
    F PARAM_ILLEGAL Proposed "a parameter is missing or not valid"
        <- ParameterIllegal ""
        | OperationUnknown "no operation lives at this path"
        | MethodNotSupported "the HTTP method must be POST"
        | MediaTypeNotAcceptable "the media type must be application/json"
        | OperationMismatch "the message names another operation than its path"
        | GrantTypeUnsupported "the grant type is not served";
    F INVALID_SIGNATURE Proposed "the signature is missing, malformed or wrong"
        <- SignatureInvalid "";
    F KEY_NOT_FOUND Proposed "there is no key of this version"
        <- KeyNotFound "";
    F MERCHANT_NOT_EXIST Proposed "the merchant code is not known or is disabled"
        <- ClientUnknown ""
        | ClientDisabled ""
        | MerchantNotRegistered "the merchant is not registered";
    F REQUEST_EXPIRED Proposed "the time of the request is too far from the present"
        <- RequestTimeOutside "";
    F NONCE_REPEATED Proposed "the nonce was used before"
        <- NonceRepeated "";
    F ACCESS_DENIED Proposed "the merchant may not do this"
        <- AccessDenied ""
        | OperationInactive "the operation is switched off"
        | MerchantStatusInvalid "the merchant is restricted"
        | MerchantKybNotQualified "the merchant's business is not verified"
        | ProductNotContracted "there is no contract for this scenario"
        | NoPayOptions "the contract does not cover this payment method"
        | SettlementContractMismatch "the contract does not cover this settlement"
        | RefundWindowExceeded "the time in which the contract allows a refund is over"
        | RefundNotSupported "the contract allows no refunds"
        | PartialRefundNotSupported "the contract allows refunds of the whole amount only"
        | MultipleRefundsNotSupported "the contract allows one refund per order";
    F CURRENCY_NOT_SUPPORT Proposed "the currency is not supported"
        <- CurrencyNotSupported "";
    F REPEAT_REQ_INCONSISTENT Proposed "this request id was used before for something else"
        <- RepeatInconsistent "";
    F ORDER_NOT_EXIST Proposed "there is no such order"
        <- PaymentNotFound "";
    F ORDER_NOT_PAID Proposed "the order is not paid"
        <- PaymentStateInvalid ""
        | AuthorizationMissing "nothing is authorized";
    F ORDER_IS_CLOSED Proposed "the order is closed"
        <- PaymentClosed ""
        | PaymentCancelled "it was cancelled"
        | AuthorizationCancelled "its authorization was cancelled"
        | AuthorizationExpired "its authorization has expired";
    F REFUND_NOT_EXIST Proposed "there is no such refund"
        <- RefundNotFound "";
    F REFUND_AMOUNT_EXCEED Proposed "the refunds would exceed the amount paid"
        <- RefundAmountExceeded "";
    U REFUND_IN_PROCESS Proposed "refund in process"
        <- RefundInProcess "";
    F PAYMENT_FAIL Proposed "it failed"
        <- ProcessFailed "for a business reason"
        | PaymentAmountExceedsLimit "the amount is above the maximum of the contract"
        | AuthCodeUnknown "the authorization code is not known"
        | AuthCodeUsed "the authorization code was used before"
        | AuthCodeExpired "the authorization code has expired"
        | RefreshTokenUnknown "the refresh token is not known"
        | RefreshTokenUsed "the refresh token was used before"
        | RefreshTokenExpired "the refresh token has expired"
        | AccessTokenInvalid "the token or kept card is not valid"
        | AuthorizationNotOpen "the user did not agree"
        | ContractMismatch "the request does not fit the user's agreement"
        | UserNotFound "the wallet knows no such user"
        | UserStatusAbnormal "the user's wallet is frozen"
        | UserKycNotQualified "the user's identity is not verified"
        | WalletCurrencyDiffers "the user's wallet holds another currency"
        | UserAmountExceedsLimit "the amount is above the user's limit"
        | PaymentCountExceedsLimit "the user has made too many payments"
        | BalanceNotEnough "the user's balance is not enough"
        | RiskRejected "a risk control rejected it"
        | FraudRejected "a risk control saw fraud"
        | RiskSuspected "a risk control suspects something; try again later"
        | UserVerificationFailed "the user was not verified"
        | VerificationCodeWrong "the verification code is wrong"
        | VerificationTriesExceeded "the verification code was wrong too often"
        | PaymentCodeExpired "the payment code has expired"
        | PaymentCodeInvalid "the payment code is not valid"
        | PaymentMethodDataInvalid "the data of the payment method are not valid"
        | IssuerDeclined "the issuing bank declined"
        | IssuerRejected "the issuing bank rejected the transaction"
        | CardInvalid "the card is not valid"
        | CardNumberInvalid "the card number is not valid"
        | CardNotSupported "the card is not supported"
        | CardSuspected "the card is suspected of fraud"
        | CardExpiryMalformed "the expiry date of the card is malformed"
        | CardExpiryInvalid "the expiry date of the card is not valid"
        | AuthenticationRequired "the payer must go through 3-D Secure"
        | PaymentProhibited "the goods may not be sold there"
        | MerchantBalanceNotEnough "the merchant's balance is not enough for the refund"
        | MultipleCapturesNotSupported "it was captured for the last time"
        | CaptureAmountExceeded "more than what is authorized"
        | DeclarationAmountExceeded "more than the amount of the order";
    U REQUEST_TRAFFIC_EXCEED_LIMIT Proposed "there are too many requests; try again later"
        <- TrafficLimitExceeded "";
    U SYSTEM_ERROR Proposed "a system error occurred; inquire what became of it"
        <- UnknownException ""
        | SystemError "";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use farthing_core::reason::Finality;

    use super::*;
    use crate::error::error_code;

    /// Proves: ALPHAPAY-FACTS §12.4, the codes, their status, and which of them the vendor uses.
    #[test]
    fn the_table_is_that_of_the_source() {
        let rows: Vec<String> =
            ROWS.iter().map(|row| format!("{} {}", row.status.letter(), row.code)).collect();
        assert_eq!(
            rows.join("\n"),
            "S SUCCESS\nU PAYMENT_IN_PROCESS\nF ORDER_PAID\nF AMOUNT_ERROR\nF PARAM_ILLEGAL\nF INVALID_SIGNATURE\n\
             F KEY_NOT_FOUND\nF MERCHANT_NOT_EXIST\nF REQUEST_EXPIRED\nF NONCE_REPEATED\nF ACCESS_DENIED\n\
             F CURRENCY_NOT_SUPPORT\nF REPEAT_REQ_INCONSISTENT\nF ORDER_NOT_EXIST\nF ORDER_NOT_PAID\n\
             F ORDER_IS_CLOSED\nF REFUND_NOT_EXIST\nF REFUND_AMOUNT_EXCEED\nU REFUND_IN_PROCESS\nF PAYMENT_FAIL\n\
             U REQUEST_TRAFFIC_EXCEED_LIMIT\nU SYSTEM_ERROR"
        );
        let of = |authority: Authority| -> Vec<&str> {
            ROWS.iter().filter(|row| row.authority == authority).map(|row| row.code).collect()
        };
        assert_eq!(of(Authority::Certain), ["SUCCESS", "PAYMENT_IN_PROCESS", "ORDER_PAID"]);
        assert_eq!(of(Authority::MessageOnly), ["AMOUNT_ERROR"]);
    }

    /// Proves: SEED-004, the text "amount error" stands alone in the message.
    #[test]
    fn the_amount_error_is_told_in_the_words_of_the_source() {
        let (row, words) = row_for(Reason::AmountBelowFloor);
        assert_eq!((row.message, words), ("amount error", ""));
    }

    /// A row can be sent, there is one per code, and every code but SUCCESS leads to a reason and back.
    #[test]
    fn codes_lead_to_reasons_and_back() {
        let codes: BTreeSet<&str> = ROWS.iter().map(|row| row.code).collect();
        assert_eq!(codes.len(), ROWS.len());
        for row in ROWS {
            assert!(row.code.len() <= 64 && !row.message.is_empty(), "{row:?}");
            assert_eq!(row.reason.is_none(), row.code == "SUCCESS", "{row:?}");
            assert_eq!(find_code(row.code), Some((Table::Result, row)));
            assert_eq!(reason_of(Table::Result, row.code), row.reason);
            if let Some(reason) = row.reason {
                assert_eq!(error_code(Table::Result, reason), row);
            }
        }
        assert_eq!(find_code("NO_SUCH_CODE"), None);
        assert_eq!(reason_of(Table::Result, "NO_SUCH_CODE"), None);
    }

    /// Proves: SEED-004 (U: the result is unknown or in between), what is open is told as open, and every reason by a
    /// code of the table. What failed inside the gateway is told as open, too: this API has no code that says
    /// otherwise.
    #[test]
    fn an_open_outcome_is_told_as_open() {
        for reason in Reason::ALL {
            let row = error_code(Table::Result, *reason);
            let is_open = reason.finality() == Finality::Unknown || *reason == Reason::SystemError;
            assert_eq!(row.status == ResultStatus::U, is_open, "{reason:?}");
            assert_ne!(row.status, ResultStatus::S, "{reason:?}");
        }
    }

    /// Proves: SEED-004 (F: the message describes the error in detail), two reasons of one code differ in their
    /// words; but for those of which nobody outside is to know more.
    #[test]
    fn reasons_of_one_code_are_told_apart_by_their_words() {
        let silent = [Reason::ClientDisabled, Reason::SystemError];
        let told: BTreeSet<(&str, &str)> = Reason::ALL
            .iter()
            .filter(|reason| !silent.contains(reason))
            .map(|reason| (row_for(*reason).0.code, row_for(*reason).1))
            .collect();
        assert_eq!(told.len(), Reason::ALL.len() - silent.len());
    }

    /// Proves: ALPHAPAY-FACTS §7, §8, §12.4, the reasons whose code is not a matter of course.
    #[test]
    fn reasons_are_told_as_the_source_says() {
        for (reason, code) in [
            (Reason::PaymentAlreadyPaid, "ORDER_PAID"),
            (Reason::PaymentHasRefunds, "ORDER_PAID"),
            (Reason::ClientUnknown, "MERCHANT_NOT_EXIST"),
            (Reason::ClientDisabled, "MERCHANT_NOT_EXIST"),
            (Reason::ProductNotContracted, "ACCESS_DENIED"),
            (Reason::NoPayOptions, "ACCESS_DENIED"),
            (Reason::PaymentStateInvalid, "ORDER_NOT_PAID"),
            (Reason::PaymentClosed, "ORDER_IS_CLOSED"),
            (Reason::PaymentCancelled, "ORDER_IS_CLOSED"),
            (Reason::BalanceNotEnough, "PAYMENT_FAIL"),
            (Reason::CardInvalid, "PAYMENT_FAIL"),
            (Reason::PaymentCodeInvalid, "PAYMENT_FAIL"),
        ] {
            assert_eq!(error_code(Table::Result, reason).code, code, "{reason:?}");
        }
    }
}
