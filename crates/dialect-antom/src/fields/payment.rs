//! Requests about payments and refunds.

use super::industry::TRANSIT;
use super::order::{GOODS, MERCHANT, ORDER, SHIPPING};
use super::terminal::ENV;
use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{
    EXTEND_INFO, FieldSpec, Kind, ObjectSpec, Rule, object, optional, required, text,
};

/// The request of `pay`, for Auto Debit and for Cashier Payment.
///
/// Source: SEED-002 (fields of Auto Debit, required ones, lengths); ANTOM-FACTS §2.1 (the others, and Cashier Payment).
pub static PAY: ObjectSpec = ObjectSpec {
    fields: &[
        // IN_STORE_PAYMENT exists, too; it is not served here.
        required("productCode", Kind::OneOf(&["AGREEMENT_PAYMENT", "CASHIER_PAYMENT"])),
        required("paymentRequestId", Kind::Text { chars_max: 64 }),
        required("order", Kind::Object(&ORDER)),
        required("paymentAmount", Kind::PositiveAmount),
        object("settlementStrategy", &SETTLEMENT_STRATEGY),
        required("paymentMethod", Kind::Object(&PAYMENT_METHOD)),
        object("creditPayPlan", &CREDIT_PAY_PLAN),
        text("appId", 32),
        optional("paymentExpiryTime", Kind::DateTime),
        optional("paymentNotifyUrl", Kind::Url { chars_max: 2048 }),
        optional("paymentRedirectUrl", Kind::Url { chars_max: 2048 }),
        object("paymentFactor", &PAYMENT_FACTOR),
        text("merchantRegion", 2),
        text("userRegion", 2),
        object("env", &ENV),
        MERCHANT_ACCOUNT_ID,
        METADATA,
        object("paymentVerificationData", &PAYMENT_VERIFICATION_DATA),
        object("agreementInfo", &AGREEMENT_INFO),
        object("merchant", &MERCHANT),
        optional("isAuthorization", Kind::Boolean),
        EXTEND_INFO,
    ],
    rules: &[
        Rule::RequiredWhen {
            field: "paymentMethod.paymentMethodId",
            other: "productCode",
            is: "AGREEMENT_PAYMENT",
        },
        Rule::RequiredWhen { field: "env", other: "productCode", is: "CASHIER_PAYMENT" },
        Rule::RequiredWhen { field: "paymentRedirectUrl", other: "productCode", is: "CASHIER_PAYMENT" },
        Rule::RequiredWhen { field: "appId", other: "env.terminalType", is: "MINI_APP" },
        Rule::RequiredWhen { field: "appId", other: "order.env.terminalType", is: "MINI_APP" },
    ],
};

/// The request of `inquiryPayment`.
///
/// Source: SEED-000.
pub static INQUIRY_PAYMENT: ObjectSpec = ObjectSpec { fields: PAYMENT_NAME, rules: PAYMENT_NAME_RULES };

/// The request of `cancel`.
///
/// Source: ANTOM-FACTS §2.3.
pub static CANCEL: ObjectSpec = ObjectSpec { fields: PAYMENT_NAME, rules: PAYMENT_NAME_RULES };

/// The request of `refund`.
///
/// Source: ANTOM-FACTS §2.4.
pub static REFUND: ObjectSpec = ObjectSpec::of(&[
    required("refundRequestId", Kind::Text { chars_max: 64 }),
    required("paymentId", Kind::Text { chars_max: 64 }),
    required("refundAmount", Kind::PositiveAmount),
    text("referenceRefundId", 64),
    text("refundReason", 256),
    optional("refundNotifyUrl", Kind::Url { chars_max: 1024 }),
    text("captureId", 64),
    optional("isAsyncRefund", Kind::Boolean),
    METADATA,
    EXTEND_INFO,
]);

/// The request of `capture`.
///
/// Source: ANTOM-FACTS §2.6.
pub static CAPTURE: ObjectSpec = ObjectSpec::of(&[
    required("captureRequestId", Kind::Text { chars_max: 64 }),
    required("paymentId", Kind::Text { chars_max: 64 }),
    required("captureAmount", Kind::PositiveAmount),
    optional("isLastCapture", Kind::Boolean),
    wide("captureType"),
    object("transit", &TRANSIT),
    optional("goods", Kind::Array { items_min: 0, items_max: 100, of: &Kind::Object(&GOODS) }),
    optional("shippings", Kind::Array { items_min: 0, items_max: 100, of: &Kind::Object(&SHIPPING) }),
]);

/// The request of `inquiryRefund`.
///
/// Source: ANTOM-FACTS §2.5.
pub static INQUIRY_REFUND: ObjectSpec = ObjectSpec {
    fields: &[text("refundRequestId", 64), text("refundId", 64), MERCHANT_ACCOUNT_ID],
    rules: &[Rule::AtLeastOne(&["refundId", "refundRequestId"])],
};

const PAYMENT_NAME: &[FieldSpec] =
    &[text("paymentRequestId", 64), text("paymentId", 64), MERCHANT_ACCOUNT_ID];
const PAYMENT_NAME_RULES: &[Rule] = &[Rule::AtLeastOne(&["paymentId", "paymentRequestId"])];

const MERCHANT_ACCOUNT_ID: FieldSpec = text("merchantAccountId", 32);
const METADATA: FieldSpec = text("metadata", 2048);

static SETTLEMENT_STRATEGY: ObjectSpec = ObjectSpec::of(&[optional("settlementCurrency", Kind::Currency)]);

/// Source: ANTOM-FACTS §2.1 (PaymentMethod).
static PAYMENT_METHOD: ObjectSpec = ObjectSpec::of(&[
    required("paymentMethodType", Kind::Text { chars_max: 64 }),
    text("paymentMethodId", 128),
    optional("paymentMethodMetaData", Kind::FreeMap),
    wide("customerId"),
    EXTEND_INFO,
    optional("funding", Kind::OneOf(&["CREDIT", "DEBIT", "PREPAID", "CHARGE", "DEFERRED_DEBIT"])),
    optional("requireIssuerAuthentication", Kind::Boolean),
]);

/// Source: ANTOM-FACTS §2.1 (CreditPayPlan).
static CREDIT_PAY_PLAN: ObjectSpec = ObjectSpec::of(&[
    optional("installmentNum", INSTALLMENTS),
    text("interval", 16),
    optional("creditPayFeeType", Kind::OneOf(&["PERCENTAGE"])),
    optional("feePercentage", Kind::Integer { min: 0, max: 100 }),
    optional("filteredInstallmentPeriods", Kind::Array { items_min: 0, items_max: 35, of: &INSTALLMENTS }),
]);

const INSTALLMENTS: Kind = Kind::Integer { min: 2, max: 36 };

/// Source: ANTOM-FACTS §2.1 (PaymentFactor).
static PAYMENT_FACTOR: ObjectSpec = ObjectSpec::of(&[
    optional("isAuthorization", Kind::Boolean),
    optional("captureMode", Kind::OneOf(&["AUTOMATIC", "MANUAL"])),
    optional("isPaymentEvaluation", Kind::Boolean),
    optional("inStorePaymentScenario", Kind::OneOf(&["PAYMENTCODE", "ORDERCODE", "ENTRYCODE"])),
    optional("presentmentMode", Kind::OneOf(&["BUNDLE", "TILE", "UNIFIED"])),
]);

static PAYMENT_VERIFICATION_DATA: ObjectSpec =
    ObjectSpec::of(&[wide("verifyRequestId"), wide("authenticationCode")]);

static AGREEMENT_INFO: ObjectSpec = ObjectSpec::of(&[
    wide("authState"),
    wide("userLoginId"),
    wide("userLoginType"),
    wide("displayUserLoginId"),
]);
