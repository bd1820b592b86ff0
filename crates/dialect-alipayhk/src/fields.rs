//! The fields of every request, as tables.
//!
//! A table is of the whole signed object: its head and its body. What is not in it is accepted and kept as it came.
//!
//! Source: SEED-003 (head, `payQuery`); ALIPAYHK-FACTS §2.1, §5 (the others).

use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{FieldSpec, Kind, ObjectSpec, Rule, object, optional, required, text};

use crate::head::{
    CLIENT_ID_CHARS_MAX, FUNCTION_CHARS_MAX, REQ_MSG_ID_CHARS_MAX, SIGN_TYPE_CHARS_MAX, VERSION_CHARS_MAX,
};

/// The request of `prepareForRedirect`. Source: ALIPAYHK-FACTS §5.1.
pub static PREPARE_FOR_REDIRECT: ObjectSpec = ObjectSpec::of(&[HEAD_FIELD, body(&PREPARE_FOR_REDIRECT_BODY)]);

/// The request of `applyToken`. Source: ALIPAYHK-FACTS §5.2.
pub static APPLY_TOKEN: ObjectSpec = ObjectSpec {
    fields: &[HEAD_FIELD, body(&APPLY_TOKEN_BODY)],
    rules: &[
        Rule::RequiredWhen { field: "body.authCode", other: "body.grantType", is: "AUTHORIZATION_CODE" },
        Rule::RequiredWhen { field: "body.refreshToken", other: "body.grantType", is: "REFRESH_TOKEN" },
    ],
};

/// The request of `queryByAuthInfo` and of `cancelByAuthInfo`. Source: ALIPAYHK-FACTS §5.3, §5.4.
pub static AGREEMENT_NAME: ObjectSpec = ObjectSpec::of(&[HEAD_FIELD, body(&AGREEMENT_NAME_BODY)]);

/// The request of `agreement.pay`. Source: ALIPAYHK-FACTS §5.5.
pub static AGREEMENT_PAY: ObjectSpec =
    ObjectSpec::of(&[required("head", Kind::Object(&HEAD_WITH_TOKEN)), body(&AGREEMENT_PAY_BODY)]);

/// The request of `cashier.wap.pay`. Source: ALIPAYHK-FACTS §5.6.
pub static WAP_PAY: ObjectSpec = ObjectSpec::of(&[HEAD_FIELD, body(&WAP_PAY_BODY)]);

/// The request of `payQuery` and of `payCancel`. Source: SEED-003; ALIPAYHK-FACTS §5.8.
pub static PAYMENT_NAME: ObjectSpec = ObjectSpec {
    fields: &[HEAD_FIELD, body(&PAYMENT_NAME_BODY)],
    rules: &[Rule::AtLeastOne(&["body.acquirementId", "body.merchantTransId"])],
};

/// The request of `refund`. Source: ALIPAYHK-FACTS §5.9.
pub static REFUND: ObjectSpec = ObjectSpec::of(&[HEAD_FIELD, body(&REFUND_BODY)]);

const HEAD_FIELD: FieldSpec = required("head", Kind::Object(&HEAD));

const fn body(spec: &'static ObjectSpec) -> FieldSpec {
    required("body", Kind::Object(spec))
}

const VERSION: FieldSpec = required("version", Kind::Text { chars_max: VERSION_CHARS_MAX });
const FUNCTION: FieldSpec = required("function", Kind::Text { chars_max: FUNCTION_CHARS_MAX });
const CLIENT_ID: FieldSpec = required("clientId", Kind::Text { chars_max: CLIENT_ID_CHARS_MAX });
const REQ_TIME: FieldSpec = required("reqTime", Kind::DateTime);
const REQ_MSG_ID: FieldSpec = required("reqMsgId", Kind::Text { chars_max: REQ_MSG_ID_CHARS_MAX });
/// A text that holds JSON; one revision of a page calls it an object.
const RESERVE: FieldSpec = optional("reserve", Kind::TextOrMap { chars_max: 256 });
const SIGN_TYPE: FieldSpec = text("signType", SIGN_TYPE_CHARS_MAX);
const ACCESS_TOKEN: Kind = Kind::Text { chars_max: 64 };

static HEAD: ObjectSpec = ObjectSpec::of(&[
    VERSION,
    FUNCTION,
    CLIENT_ID,
    REQ_TIME,
    REQ_MSG_ID,
    optional("accessToken", ACCESS_TOKEN),
    RESERVE,
    SIGN_TYPE,
]);

/// The head of a debit, which names the agreement by its token.
static HEAD_WITH_TOKEN: ObjectSpec = ObjectSpec::of(&[
    VERSION,
    FUNCTION,
    CLIENT_ID,
    REQ_TIME,
    REQ_MSG_ID,
    required("accessToken", ACCESS_TOKEN),
    RESERVE,
    SIGN_TYPE,
]);

const AUTH_MERCHANT_ID: FieldSpec = required("authMerchantId", ID);
const AUTH_SITE: FieldSpec = required("authSite", Kind::OneOf(&["ALIPAY_HK"]));
const MERCHANT_AGREEMENT_ID: FieldSpec = required("merchantAgreementId", Kind::Text { chars_max: 32 });
const MERCHANT_ID: FieldSpec = required("merchantId", ID);
const EXTEND_INFO: FieldSpec = text("extendInfo", 2048);
const ID: Kind = Kind::Text { chars_max: 64 };

/// The address of the user's return and the agreement's id are required: no client has an address configured for all
/// its users, and debits are the only product that is served.
static PREPARE_FOR_REDIRECT_BODY: ObjectSpec = ObjectSpec::of(&[
    AUTH_MERCHANT_ID,
    AUTH_SITE,
    required("scopes", Kind::Array { items_min: 1, items_max: 16, of: &Kind::Text { chars_max: 256 } }),
    required("terminalType", Kind::OneOf(&["WEB", "WAP", "APP"])),
    required("merchantRedirectUrl", Kind::Url { chars_max: 512 }),
    wide("state"),
    required("agreementPayAuthInfo", Kind::Object(&AGREEMENT_PAY_AUTH_INFO)),
]);

static AGREEMENT_PAY_AUTH_INFO: ObjectSpec = ObjectSpec::of(&[MERCHANT_AGREEMENT_ID]);

static APPLY_TOKEN_BODY: ObjectSpec = ObjectSpec::of(&[
    required("grantType", Kind::OneOf(&["AUTHORIZATION_CODE", "REFRESH_TOKEN"])),
    AUTH_MERCHANT_ID,
    AUTH_SITE,
    optional("authCode", ID),
    optional("refreshToken", ID),
]);

static AGREEMENT_NAME_BODY: ObjectSpec = ObjectSpec::of(&[AUTH_MERCHANT_ID, MERCHANT_AGREEMENT_ID]);

static AGREEMENT_PAY_BODY: ObjectSpec = ObjectSpec::of(&[
    MERCHANT_ID,
    required("productCode", Kind::OneOf(&["AUTO_DEBIT"])),
    required("merchantTransId", ID),
    required("order", Kind::Object(&ORDER)),
    text("settleContractId", 64),
    EXTEND_INFO,
    NOTIFY_URL,
]);

static WAP_PAY_BODY: ObjectSpec = ObjectSpec::of(&[
    MERCHANT_ID,
    required("productCode", Kind::OneOf(&["AGREEMENT_OR_CASHIER_PAY"])),
    required("merchantTransId", ID),
    required("order", Kind::Object(&ORDER)),
    text("settleContractId", 64),
    EXTEND_INFO,
    NOTIFY_URL,
]);

/// In snake case, other than every other field.
const NOTIFY_URL: FieldSpec = optional("notify_url", Kind::Url { chars_max: 512 });

static ORDER: ObjectSpec = ObjectSpec::of(&[
    required("orderAmount", Kind::PositiveAmount),
    wide("orderTitle"),
    wide("orderDetail"),
    object("seller", &SELLER),
]);

static SELLER: ObjectSpec = ObjectSpec::of(&[
    wide("sellerId"),
    wide("sellerName"),
    wide("mcc"),
    wide("sellerMCC"),
    wide("storeId"),
    wide("storeName"),
]);

static PAYMENT_NAME_BODY: ObjectSpec =
    ObjectSpec::of(&[MERCHANT_ID, optional("acquirementId", ID), optional("merchantTransId", ID)]);

static REFUND_BODY: ObjectSpec = ObjectSpec::of(&[
    MERCHANT_ID,
    required("acquirementId", ID),
    required("merchantRefundId", ID),
    required("refundAmount", Kind::PositiveAmount),
    text("refundReason", 256),
    EXTEND_INFO,
]);
