//! What a column holds, and how each of our types becomes a column and is read back.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ids::{
    AgreementId, AttemptId, AuthorizationId, CaptureId, CardId, ClientId, DeliveryId, Digest, Fingerprint,
    JobId, MerchantId, OutcomeId, PaymentId, PersonId, ProposalId, RefundId, RequestId, SettlementId, UserId,
    WalletId, WorldId,
};
use crate::money::Currency;
use crate::reason::Reason;
use crate::time::Timestamp;

/// What a column holds. Every store can keep these four.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// Nothing.
    Null,
    /// A whole number.
    Int(i64),
    /// A text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// The type of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ColumnType {
    /// 64-bit whole numbers; moments are milliseconds since 1970.
    Int,
    /// Text.
    Text,
    /// Bytes.
    Blob,
}

/// A type that one column can hold.
pub trait Column: Sized {
    /// The type of the column.
    const TYPE: ColumnType;
    /// Whether the column may be empty.
    const NULLABLE: bool = false;
    /// What the column holds for this value.
    fn to_value(&self) -> Value;
    /// Reads the value back; `None` when the column holds something that was never written by us.
    fn from_value(value: Value) -> Option<Self>;
}

impl Column for i64 {
    const TYPE: ColumnType = ColumnType::Int;
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Int(number) = value { Some(number) } else { None }
    }
}

impl Column for bool {
    const TYPE: ColumnType = ColumnType::Int;
    fn to_value(&self) -> Value {
        Value::Int(i64::from(*self))
    }
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl Column for String {
    const TYPE: ColumnType = ColumnType::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Text(text) = value { Some(text) } else { None }
    }
}

impl Column for Vec<u8> {
    const TYPE: ColumnType = ColumnType::Blob;
    fn to_value(&self) -> Value {
        Value::Blob(self.clone())
    }
    fn from_value(value: Value) -> Option<Self> {
        if let Value::Blob(bytes) = value { Some(bytes) } else { None }
    }
}

impl Column for Timestamp {
    const TYPE: ColumnType = ColumnType::Int;
    fn to_value(&self) -> Value {
        Value::Int(self.ms())
    }
    fn from_value(value: Value) -> Option<Self> {
        i64::from_value(value).map(Self::from_ms)
    }
}

impl Column for Currency {
    const TYPE: ColumnType = ColumnType::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.code().to_owned())
    }
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value).and_then(|code| Self::parse(&code))
    }
}

impl Column for Reason {
    const TYPE: ColumnType = ColumnType::Text;
    fn to_value(&self) -> Value {
        Value::Text(self.name().to_owned())
    }
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value).and_then(|name| Self::parse(&name))
    }
}

impl<T: Column> Column for Option<T> {
    const TYPE: ColumnType = T::TYPE;
    const NULLABLE: bool = true;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, Column::to_value)
    }
    fn from_value(value: Value) -> Option<Self> {
        if value == Value::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! byte_columns {
    ($($name:ident),*) => {$(
        impl Column for $name {
            const TYPE: ColumnType = ColumnType::Blob;
            fn to_value(&self) -> Value { Value::Blob(self.0.to_vec()) }
            fn from_value(value: Value) -> Option<Self> {
                Vec::<u8>::from_value(value).and_then(|bytes| bytes.try_into().ok()).map(Self)
            }
        }
    )*};
}
byte_columns!(Fingerprint, Digest);

macro_rules! id_columns {
    ($($name:ident),*) => {$(
        impl Column for $name {
            const TYPE: ColumnType = ColumnType::Text;
            fn to_value(&self) -> Value { Value::Text(self.as_str().to_owned()) }
            fn from_value(value: Value) -> Option<Self> { String::from_value(value).map(Self::new) }
        }
    )*};
}
id_columns!(
    WorldId,
    MerchantId,
    ClientId,
    UserId,
    WalletId,
    AuthorizationId,
    AgreementId,
    PaymentId,
    RefundId,
    CaptureId,
    CardId,
    SettlementId,
    OutcomeId,
    AttemptId,
    DeliveryId,
    RequestId,
    PersonId,
    ProposalId,
    JobId
);

/// A value kept as one JSON text in a column; for lists and settings that no query looks into.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

impl<T: Serialize + DeserializeOwned> Column for Json<T> {
    const TYPE: ColumnType = ColumnType::Text;
    fn to_value(&self) -> Value {
        Value::Text(
            serde_json::to_string(&self.0).expect("our own types have text keys and no failing parts"),
        )
    }
    fn from_value(value: Value) -> Option<Self> {
        let text = String::from_value(value)?;
        serde_json::from_str(&text).ok().map(Self)
    }
}

/// Declares an enum without data that is kept as a word in a text column.
#[macro_export]
macro_rules! word_column {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word kept in stores and told on the admin API.
            #[must_use]
            pub fn word(self) -> &'static str { match self { $(Self::$variant => $word,)* } }

            /// The value with this word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.word() == word)
            }
        }

        impl $crate::rows::Column for $name {
            const TYPE: $crate::rows::ColumnType = $crate::rows::ColumnType::Text;
            fn to_value(&self) -> $crate::rows::Value { $crate::rows::Value::Text(self.word().to_owned()) }
            fn from_value(value: $crate::rows::Value) -> Option<Self> {
                String::from_value(value).and_then(|word| Self::parse(&word))
            }
        }
    };
}
