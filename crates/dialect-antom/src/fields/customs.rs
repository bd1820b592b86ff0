//! Requests about declarations to the customs.

use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{Kind, ObjectSpec, object, optional, required, text};

use super::person::USER_NAME;

/// The request of `declare`. One SDK writes `suborderId`, another one `subOrderId`; either is taken.
///
/// Source: ANTOM-FACTS §2.11.
pub static DECLARE: ObjectSpec = ObjectSpec::of(&[
    required("declarationRequestId", REQUEST_ID),
    required("paymentId", Kind::Text { chars_max: 64 }),
    required("declarationAmount", Kind::PositiveAmount),
    required("customs", Kind::Object(&CUSTOMS)),
    required("merchantCustomsInfo", Kind::Object(&MERCHANT_CUSTOMS_INFO)),
    optional("splitOrder", Kind::Boolean),
    text("suborderId", 64),
    text("subOrderId", 64),
    object("buyerCertificate", &BUYER_CERTIFICATE),
]);

/// The request of `inquiryDeclarationRequests`.
///
/// Source: ANTOM-FACTS §2.11.
pub static INQUIRY_DECLARATION_REQUESTS: ObjectSpec = ObjectSpec::of(&[required(
    "declarationRequestIds",
    Kind::Array { items_min: 1, items_max: 10, of: &REQUEST_ID },
)]);

const REQUEST_ID: Kind = Kind::Text { chars_max: 32 };

static CUSTOMS: ObjectSpec =
    ObjectSpec::of(&[required("customsCode", Kind::Text { chars_max: 128 }), text("region", 2)]);

/// Its lengths are recollections, so they are wide here.
static MERCHANT_CUSTOMS_INFO: ObjectSpec =
    ObjectSpec::of(&[wide("merchantCustomsCode"), wide("merchantCustomsName")]);

static BUYER_CERTIFICATE: ObjectSpec = ObjectSpec::of(&[
    wide("certificateType"),
    text("certificateNo", 64),
    optional("holderName", Kind::Object(&USER_NAME)),
]);
