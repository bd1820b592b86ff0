//! An operation of any dialect.

use farthing_core::rows::Dialect;
use farthing_dialect_alipayhk::endpoint as alipayhk;
use farthing_dialect_alphapay::endpoint as alphapay;
use farthing_dialect_antom::endpoint as antom;
use farthing_dialect_kit::fields::{Kind, ObjectSpec};

/// An operation of any dialect.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Operation {
    /// Of Antom, or of the older Alipay edition.
    Antom(antom::Operation),
    /// A function of AlipayHK.
    AlipayHk(alipayhk::Operation),
    /// Of AlphaPay.
    AlphaPay(alphapay::Operation),
}

impl Operation {
    /// The operation of a dialect by the name that its documents give it, e.g. `inquiryPayment`; for AlipayHK the function
    /// or the last part of it.
    #[must_use]
    pub fn find(dialect: Dialect, name: &str) -> Option<Self> {
        let all: Vec<Self> = match dialect {
            Dialect::Antom | Dialect::Alipay => antom::Operation::ALL.map(Self::Antom).to_vec(),
            Dialect::AlipayHk => alipayhk::Operation::ALL.map(Self::AlipayHk).to_vec(),
            Dialect::AlphaPay => alphapay::Operation::ALL.map(Self::AlphaPay).to_vec(),
        };
        let is_named = |operation: &Self| match operation {
            Self::AlipayHk(function) => function.function() == name || function.name() == name,
            other => other.name() == name,
        };
        all.into_iter().find(is_named)
    }

    /// The name by which the documents call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Antom(operation) => operation.name(),
            Self::AlipayHk(operation) => operation.name(),
            Self::AlphaPay(operation) => operation.name(),
        }
    }

    /// The fields of its requests; for AlipayHK those of the body.
    #[must_use]
    pub fn fields(self) -> &'static ObjectSpec {
        match self {
            Self::Antom(operation) => operation.fields(),
            Self::AlipayHk(operation) => body_of(operation.fields()),
            Self::AlphaPay(operation) => operation.fields(),
        }
    }

    /// Whether a client of this dialect can call it.
    #[must_use]
    pub fn is_of(self, dialect: Dialect) -> bool {
        match self {
            Self::Antom(_) => matches!(dialect, Dialect::Antom | Dialect::Alipay),
            Self::AlipayHk(_) => dialect == Dialect::AlipayHk,
            Self::AlphaPay(_) => dialect == Dialect::AlphaPay,
        }
    }
}

/// AlipayHK's tables are of the whole signed object, head and body.
fn body_of(spec: &'static ObjectSpec) -> &'static ObjectSpec {
    match spec.fields.iter().find(|field| field.name == "body").map(|field| &field.kind) {
        Some(Kind::Object(body)) => body,
        _ => spec,
    }
}

impl From<antom::Operation> for Operation {
    fn from(operation: antom::Operation) -> Self {
        Self::Antom(operation)
    }
}

impl From<alipayhk::Operation> for Operation {
    fn from(operation: alipayhk::Operation) -> Self {
        Self::AlipayHk(operation)
    }
}

impl From<alphapay::Operation> for Operation {
    fn from(operation: alphapay::Operation) -> Self {
        Self::AlphaPay(operation)
    }
}
