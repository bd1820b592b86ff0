//! The two editions of the API: the current one, and the older one under the Alipay name.
//!
//! Nothing in a request tells them apart: path, headers, signature and fields are the same. The edition is what the
//! client's dialect says. It differs in the inquiry of a payment ([`crate::legacy`]) and in a few codes; everything
//! else of a legacy client is answered as in the current edition.
//!
//! Source: SEED-000, SEED-001; LEGACY-FACTS §7, §8.

use farthing_core::rows::Dialect;

use crate::codes::Table;

/// An edition of the API.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Edition {
    /// The current one, Antom v1.
    Antom,
    /// The legacy one.
    Alipay,
}

impl Edition {
    /// The edition that clients of a dialect speak; `None` for the dialects of other crates.
    #[must_use]
    pub fn of(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Antom => Some(Self::Antom),
            Dialect::Alipay => Some(Self::Alipay),
            Dialect::AlipayHk | Dialect::AlphaPay => None,
        }
    }

    /// What stands in place of a table in this edition; the table itself where it has nothing of its own.
    #[must_use]
    pub fn table(self, table: Table) -> Table {
        match (self, table) {
            (Self::Alipay, Table::InquiryPayment) => Table::LegacyInquiry,
            (Self::Alipay, Table::Gateway) => Table::LegacyGateway,
            _ => table,
        }
    }
}

#[cfg(test)]
mod tests {
    use farthing_core::reason::Reason;

    use super::*;
    use crate::error::error_code;

    /// The dialect of a client decides on the edition, and two dialects have none here.
    #[test]
    fn the_dialect_decides() {
        assert_eq!(Edition::of(Dialect::Antom), Some(Edition::Antom));
        assert_eq!(Edition::of(Dialect::Alipay), Some(Edition::Alipay));
        assert_eq!(Edition::of(Dialect::AlipayHk), None);
        assert_eq!(Edition::of(Dialect::AlphaPay), None);
    }

    /// Proves: LEGACY-FACTS §5, the codes that the legacy edition names differently, whatever the operation.
    #[test]
    fn the_legacy_edition_names_signature_and_client_its_own_way() {
        for table in Table::ALL.into_iter().filter(|table| table.answers_a_call()) {
            let code = |edition, reason| error_code(edition, table, reason).code;
            assert_eq!(code(Edition::Alipay, Reason::SignatureInvalid), "SIGNATURE_INVALID", "{table:?}");
            assert_eq!(code(Edition::Alipay, Reason::ClientUnknown), "CLIENT_INVALID", "{table:?}");
            if !matches!(table, Table::LegacyInquiry | Table::LegacyGateway) {
                assert_eq!(code(Edition::Antom, Reason::SignatureInvalid), "INVALID_SIGNATURE", "{table:?}");
            }
        }
        let inquiry = |reason| error_code(Edition::Alipay, Table::InquiryPayment, reason).code;
        assert_eq!(inquiry(Reason::UserKycNotQualified), "USER_KYC_NOT_QUALIFIED");
        assert_eq!(inquiry(Reason::MediaTypeNotAcceptable), "MEDIA_TYPE_NOT_ACCEPTABLE");
        assert_eq!(inquiry(Reason::MethodNotSupported), "METHOD_NOT_SUPPORTED");
        assert_eq!(inquiry(Reason::ParameterIllegal), "PARAM_ILLEGAL");
    }
}
