//! Requests about authorizations.

use super::terminal::{ENV, OS_TYPE, TERMINAL_TYPE};
use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{EXTEND_INFO, Kind, ObjectSpec, Rule, object, optional, required, text};

/// The request of `consult`.
///
/// Newer pages move `terminalType` into `env`; either is taken.
///
/// Source: ANTOM-FACTS §2.7.
pub static CONSULT: ObjectSpec = ObjectSpec {
    fields: &[
        required("customerBelongsTo", Kind::Text { chars_max: 64 }),
        required("authRedirectUrl", Kind::Url { chars_max: 1024 }),
        required("scopes", Kind::Array { items_min: 1, items_max: 4, of: &SCOPE }),
        required("authState", Kind::Text { chars_max: 256 }),
        optional("terminalType", TERMINAL_TYPE),
        optional("osType", OS_TYPE),
        text("osVersion", 16),
        text("authClientId", 64),
        optional("authNotifyUrl", Kind::Url { chars_max: 1024 }),
        text("merchantRegion", 2),
        optional("recurringPayment", Kind::Boolean),
        object("authMetaData", &AUTH_META_DATA),
        object("env", &ENV),
        MERCHANT_ACCOUNT_ID,
        EXTEND_INFO,
    ],
    rules: &[Rule::AtLeastOne(&["terminalType", "env.terminalType"])],
};

/// The request of `applyToken`.
///
/// Source: ANTOM-FACTS §2.8.
pub static APPLY_TOKEN: ObjectSpec = ObjectSpec {
    fields: &[
        required("grantType", Kind::OneOf(&["AUTHORIZATION_CODE", "REFRESH_TOKEN"])),
        required("customerBelongsTo", Kind::Text { chars_max: 64 }),
        text("authCode", 128),
        text("refreshToken", 128),
        text("merchantRegion", 2),
        MERCHANT_ACCOUNT_ID,
        EXTEND_INFO,
    ],
    rules: &[
        Rule::RequiredWhen { field: "authCode", other: "grantType", is: "AUTHORIZATION_CODE" },
        Rule::RequiredWhen { field: "refreshToken", other: "grantType", is: "REFRESH_TOKEN" },
    ],
};

/// The request of `revoke`.
///
/// Source: ANTOM-FACTS §2.9.
pub static REVOKE: ObjectSpec = ObjectSpec::of(&[
    required("accessToken", Kind::Text { chars_max: 128 }),
    MERCHANT_ACCOUNT_ID,
    EXTEND_INFO,
]);

const MERCHANT_ACCOUNT_ID: super::FieldSpec = text("merchantAccountId", 64);

const SCOPE: Kind = Kind::OneOf(&[
    "AGREEMENT_PAY",
    "BASE_USER_INFO",
    "USER_INFO",
    "USER_LOGIN_ID",
    "HASH_LOGIN_ID",
    "SEND_OTP",
    "TAOBAO_REBIND",
]);

static AUTH_META_DATA: ObjectSpec = ObjectSpec::of(&[wide("accountHolderName"), wide("accountHolderCertNo")]);
