//! The fields of requests, as a table.
//!
//! The table says what is checked; what is not in it is accepted and kept as it came. What a scenario needs beyond it
//! stands in [`crate::scenario`]. Lengths that no source gives are wide.
//!
//! Source: SEED-004; ALPHAPAY-FACTS §4 to §10.

use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{object, optional, required, text};

pub use farthing_dialect_kit::fields::{BadField, FieldSpec, Kind, ObjectSpec, Problem, Rule};

use crate::scenario::Scenario;

/// How many digits an amount may have. Source: ALPHAPAY-FACTS §4.
pub const AMOUNT_DIGITS_MAX: usize = 7;
/// How many characters of a description are kept; the rest is cut off, not refused. Source: SEED-004; ALPHAPAY-FACTS
/// §5.1.
pub const DESCRIPTION_CHARS_MAX: usize = 128;
/// How long ids may be. Source: ALPHAPAY-FACTS §4 (our decision: the vendor names no bound).
pub const ID_CHARS_MAX: usize = 64;

const URL: Kind = Kind::Url { chars_max: 2048 };
const ID: Kind = Kind::Text { chars_max: ID_CHARS_MAX };
/// Of any length, because what is too long is cut off.
const DESCRIPTION: Kind = Kind::Text { chars_max: usize::MAX };
const AMOUNT_VALUE: Kind = Kind::MinorText { digits_max: AMOUNT_DIGITS_MAX };

/// The request of `pay`.
///
/// Source: ALPHAPAY-FACTS §5.1.
pub static PAY: ObjectSpec = ObjectSpec::of(&[
    required("scenarioCode", Kind::OneOf(&Scenario::WORDS)),
    required("paymentRequestId", ID),
    required("order", Kind::Object(&ORDER)),
    object("paymentMethod", &PAYMENT_METHOD),
    object("customer", &CUSTOMER),
    object("env", &ENV),
    object("card", &CARD),
]);

/// Source: SEED-004 (`order`); ALPHAPAY-FACTS §5.1.
static ORDER: ObjectSpec = ObjectSpec::of(&[
    required("orderAmount", Kind::Object(&AMOUNT)),
    required("description", DESCRIPTION),
    optional("notifyUrl", URL),
    optional("redirectUrl", URL),
]);

/// Source: SEED-004 (`order.orderAmount`); ALPHAPAY-FACTS §4.
static AMOUNT: ObjectSpec =
    ObjectSpec::of(&[required("value", AMOUNT_VALUE), required("currency", Kind::Currency)]);

/// Which words a wallet may have depends on the scenario, so they are not checked here.
static PAYMENT_METHOD: ObjectSpec =
    ObjectSpec::of(&[text("paymentMethodType", ID_CHARS_MAX), text("paymentCode", ID_CHARS_MAX)]);

static CUSTOMER: ObjectSpec = ObjectSpec::of(&[wide("appId"), wide("customerId")]);

static ENV: ObjectSpec = ObjectSpec::of(&[wide("osType"), wide("version")]);

static CARD: ObjectSpec = ObjectSpec::of(&[
    wide("cardId"),
    object("info", &CARD_INFO),
    optional("remember", Kind::Boolean),
    wide("customerId"),
    wide("email"),
]);

/// Whether month and year can be those of a card is for the card to say: such a payment fails, and is not refused.
static CARD_INFO: ObjectSpec = ObjectSpec::of(&[
    required("number", Kind::Text { chars_max: 64 }),
    required("cvv", Kind::Text { chars_max: 16 }),
    required("holder", Kind::Text { chars_max: 256 }),
    required("expMonth", Kind::Integer { min: 0, max: 99 }),
    required("expYear", Kind::Integer { min: 0, max: 9999 }),
    wide("address"),
    wide("city"),
    wide("state"),
    wide("country"),
    wide("postalCode"),
]);

/// The request of `inquiryPayment`.
///
/// Source: SEED-004.
pub static INQUIRY_PAYMENT: ObjectSpec = ObjectSpec::of(&[required("paymentId", ID)]);

/// The request of `cancel`.
///
/// Source: ALPHAPAY-FACTS §7.
pub static CANCEL: ObjectSpec = ObjectSpec::of(&[required("paymentId", ID)]);

/// The request of `refund`.
///
/// Source: ALPHAPAY-FACTS §8.
pub static REFUND: ObjectSpec = ObjectSpec::of(&[
    required("paymentId", ID),
    optional("refundRequestId", ID),
    required("refund", Kind::Object(&REFUND_OBJECT)),
]);

static REFUND_OBJECT: ObjectSpec = ObjectSpec::of(&[
    required("refundAmount", Kind::Object(&REFUND_AMOUNT)),
    text("description", DESCRIPTION_CHARS_MAX),
    optional("notifyUrl", URL),
]);

/// Without a currency the order's is meant.
static REFUND_AMOUNT: ObjectSpec =
    ObjectSpec::of(&[required("value", AMOUNT_VALUE), optional("currency", Kind::Currency)]);

/// The request of `inquiryRefund`.
///
/// Source: ALPHAPAY-FACTS §9.
pub static INQUIRY_REFUND: ObjectSpec =
    ObjectSpec::of(&[required("refundId", ID), optional("refundRequestId", ID)]);

/// The request of `transactions`.
///
/// Source: ALPHAPAY-FACTS §10.1.
pub static TRANSACTIONS: ObjectSpec = ObjectSpec::of(&[
    required("date", Kind::Day),
    required("page", Kind::Integer { min: 1, max: u32::MAX as i64 }),
    required("pageLimit", Kind::Integer { min: 10, max: 100 }),
    required("transactionType", Kind::OneOf(&["All", "Credit", "Debit"])),
]);

/// The request of `settlements`.
///
/// Source: ALPHAPAY-FACTS §10.2.
pub static SETTLEMENTS: ObjectSpec = ObjectSpec::of(&[required("date", Kind::Day)]);
