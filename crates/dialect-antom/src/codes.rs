//! The result codes, table by table.
//!
//! A message belongs to the table and the code: nine codes mean something else from table to table. The meaning is the
//! source's, the wording ours.
//!
//! Each table is one list (`codes!`), from which both directions come: what a code stands for, and which code a reason
//! is told by. The latter is an exhaustive match over all reasons, so that a new reason stops the build in every table.

use farthing_core::reason::Reason;

pub(crate) mod apply_token;
pub(crate) mod cancel;
pub(crate) mod capture;
pub(crate) mod consult;
pub(crate) mod declare;
pub(crate) mod gateway;
pub(crate) mod inquire_exchange_rate;
pub(crate) mod inquiry_declarations;
pub(crate) mod inquiry_payment;
pub(crate) mod inquiry_refund;
pub(crate) mod legacy_gateway;
pub(crate) mod legacy_inquiry;
pub(crate) mod pay;
pub(crate) mod payment_result;
pub(crate) mod refund;
pub(crate) mod revoke;
pub(crate) mod transaction_result;

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
    /// The code on the wire; at most 64 characters.
    pub code: &'static str,
    /// How a call that is answered so ended.
    pub status: ResultStatus,
    /// What it says to people; at most 256 characters.
    pub message: &'static str,
    /// The reason it stands for; none for success and for codes that no reason of the core means.
    pub reason: Option<Reason>,
}

/// A table of codes: one per operation, two that tell what became of something, and what the legacy edition has instead.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Table {
    /// What `pay` answers. Source: SEED-002.
    Pay,
    /// What `inquiryPayment` answers about itself. Source: SEED-000.
    InquiryPayment,
    /// What became of a payment (`paymentResultCode`). Source: SEED-000.
    PaymentResult,
    /// What became of a refund or capture inside an inquiry. Source: SEED-000.
    TransactionResult,
    /// What `cancel` answers. Source: ANTOM-FACTS §2.3.
    Cancel,
    /// What `refund` answers. Source: ANTOM-FACTS §2.4.
    Refund,
    /// What `inquiryRefund` answers. Source: ANTOM-FACTS §2.5.
    InquiryRefund,
    /// What `capture` answers. Source: ANTOM-FACTS §2.6.
    Capture,
    /// What `inquireExchangeRate` answers. Source: ANTOM-FACTS §2.10.
    ExchangeRate,
    /// What `declare` answers. Source: ANTOM-FACTS §2.11.
    Declare,
    /// What `inquiryDeclarationRequests` answers. Source: ANTOM-FACTS §2.11.
    InquiryDeclarations,
    /// What `consult` answers. Source: ANTOM-FACTS §2.7.
    Consult,
    /// What `applyToken` answers. Source: ANTOM-FACTS §2.8.
    ApplyToken,
    /// What `revoke` answers. Source: ANTOM-FACTS §2.9.
    Revoke,
    /// What the gateway answers before an operation is reached, whichever it would be. Source: ANTOM-FACTS §1.7.
    Gateway,
    /// What `inquiryPayment` answers about itself in the legacy edition. Source: SEED-001.
    LegacyInquiry,
    /// What the gateway answers in the legacy edition before an operation is reached. Source: LEGACY-FACTS §5.2.
    LegacyGateway,
}

impl Table {
    /// Every table.
    pub const ALL: [Self; 17] = [
        Self::Pay,
        Self::InquiryPayment,
        Self::PaymentResult,
        Self::TransactionResult,
        Self::Cancel,
        Self::Refund,
        Self::InquiryRefund,
        Self::Capture,
        Self::ExchangeRate,
        Self::Declare,
        Self::InquiryDeclarations,
        Self::Consult,
        Self::ApplyToken,
        Self::Revoke,
        Self::Gateway,
        Self::LegacyInquiry,
        Self::LegacyGateway,
    ];

    /// Its own rows, in the order of the source.
    #[must_use]
    pub fn rows(self) -> &'static [Code] {
        match self {
            Self::Pay => pay::ROWS,
            Self::InquiryPayment => inquiry_payment::ROWS,
            Self::PaymentResult => payment_result::ROWS,
            Self::TransactionResult => transaction_result::ROWS,
            Self::Cancel => cancel::ROWS,
            Self::Refund => refund::ROWS,
            Self::InquiryRefund => inquiry_refund::ROWS,
            Self::Capture => capture::ROWS,
            Self::ExchangeRate => inquire_exchange_rate::ROWS,
            Self::Declare => declare::ROWS,
            Self::InquiryDeclarations => inquiry_declarations::ROWS,
            Self::Consult => consult::ROWS,
            Self::ApplyToken => apply_token::ROWS,
            Self::Revoke => revoke::ROWS,
            Self::Gateway => gateway::ROWS,
            Self::LegacyInquiry => legacy_inquiry::ROWS,
            Self::LegacyGateway => legacy_gateway::ROWS,
        }
    }

    /// Whether its codes answer a call, so that the gateway's own codes may stand in their place.
    #[must_use]
    pub fn answers_a_call(self) -> bool {
        !matches!(self, Self::PaymentResult | Self::TransactionResult)
    }

    /// The table whose codes may stand in place of its own, if there is one.
    #[must_use]
    pub fn common(self) -> Option<Self> {
        match self {
            Self::PaymentResult | Self::TransactionResult | Self::Gateway | Self::LegacyGateway => None,
            Self::LegacyInquiry => Some(Self::LegacyGateway),
            _ => Some(Self::Gateway),
        }
    }

    /// The row of a code: its own, or the gateway's where the table answers a call.
    #[must_use]
    pub fn find(self, code: &str) -> Option<&'static Code> {
        let own = self.rows().iter().find(|row| row.code == code);
        own.or_else(|| self.common()?.find(code))
    }
}

/// The reason a code stands for in a table, the gateway's rows included where the table answers a call.
///
/// `None` when the code is not there, for SUCCESS, and for codes that no reason of the core means.
#[must_use]
pub fn reason_of(table: Table, code: &str) -> Option<Reason> {
    table.find(code).and_then(|row| row.reason)
}

/// The first row with this code in any table, in the order of [`Table::ALL`].
#[must_use]
pub fn find_code(code: &str) -> Option<(Table, &'static Code)> {
    Table::ALL
        .into_iter()
        .find_map(|table| table.rows().iter().find(|row| row.code == code).map(|row| (table, row)))
}

/// Declares a table: `STATUS CODE "message"`, then `<- Reason | ...` for the reasons that are told by it, of which it stands
/// for the first, or `~ Reason` where it stands for a reason that another row tells. Lines that begin with `+` name reasons that
/// a row of the gateway's table tells, or of the table that a first line `common ...;` names.
macro_rules! codes {
    (common $common:ident; $($rows:tt)*) => {
        $crate::codes::codes!(@table $common; $($rows)*);
    };
    (@reason) => { None };
    (@reason $reason:ident) => { Some(Reason::$reason) };
    (
        @table $common:ident;
        $($status:ident $code:ident $message:literal $(<- $first:ident $(| $more:ident)*)? $(~ $stands_for:ident)?;)*
        $(+ $gateway_code:ident <- $gateway_first:ident $(| $gateway_more:ident)*;)*
    ) => {
        use $crate::codes::{Code, ResultStatus};
        use farthing_core::reason::Reason;

        $(pub(crate) const $code: Code = Code {
            code: stringify!($code),
            status: ResultStatus::$status,
            message: $message,
            reason: $crate::codes::codes!(@reason $($first)? $($stands_for)?),
        };)*

        /// The rows, in the order of the source.
        pub(crate) const ROWS: &[Code] = &[$($code,)*];

        /// The row by which a reason is told.
        pub(crate) fn row_for(reason: Reason) -> &'static Code {
            match reason {
                $($(Reason::$first $(| Reason::$more)* => &$code,)?)*
                $(Reason::$gateway_first $(| Reason::$gateway_more)* => &$crate::codes::$common::$gateway_code,)*
            }
        }
    };
    ($($rows:tt)*) => {
        $crate::codes::codes!(@table gateway; $($rows)*);
    };
}
pub(crate) use codes;

#[cfg(test)]
mod tests;
