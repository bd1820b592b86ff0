//! The order and what it is made of: merchant, goods, shipping, buyer.

use super::industry::{GAMING, LODGING, TRANSIT};
use super::person::{ADDRESS, USER_NAME};
use super::terminal::ENV;
use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{EXTEND_INFO, Kind, ObjectSpec, object, optional, required, text};

/// Source: SEED-002 (`order`); ANTOM-FACTS §2.1 (Order). Its amounts are for the record: they may be zero and are not held
/// against the payment's.
pub(super) static ORDER: ObjectSpec = ObjectSpec::of(&[
    text("referenceOrderId", 64),
    text("orderDescription", 256),
    required("orderAmount", Kind::Amount),
    object("merchant", &MERCHANT),
    optional("goods", Kind::Array { items_min: 0, items_max: 100, of: &Kind::Object(&GOODS) }),
    object("shipping", &SHIPPING),
    object("buyer", &BUYER),
    object("env", &ENV),
    optional("orderDiscountAmount", Kind::Amount),
    optional("subTotalOrderAmount", Kind::Amount),
    EXTEND_INFO,
    object("transit", &TRANSIT),
    object("lodging", &LODGING),
    object("gaming", &GAMING),
    optional("needDeclaration", Kind::Boolean),
    object("declaration", &DECLARATION),
    wide("orderType"),
]);

static DECLARATION: ObjectSpec =
    ObjectSpec::of(&[wide("declarationBizScene"), wide("declarationBeneficiaryId")]);

/// Source: ANTOM-FACTS §2.1 (Merchant; its lengths are recollections, so they are wide here).
pub(super) static MERCHANT: ObjectSpec = ObjectSpec::of(&[
    text("referenceMerchantId", 64),
    wide("merchantMCC"),
    wide("merchantName"),
    wide("merchantDisplayName"),
    object("merchantAddress", &ADDRESS),
    optional("merchantRegisterDate", Kind::DateTime),
    object("store", &STORE),
    optional("merchantType", Kind::OneOf(&["INDIVIDUAL", "ENTERPRISE"])),
]);

/// Source: ANTOM-FACTS §2.1 (Store; its lengths are recollections, so they are wide here).
static STORE: ObjectSpec = ObjectSpec::of(&[
    wide("referenceStoreId"),
    wide("storeName"),
    wide("storeMCC"),
    wide("storeDisplayName"),
    wide("storeTerminalId"),
    wide("storeOperatorId"),
    object("storeAddress", &ADDRESS),
    wide("storePhoneNo"),
]);

/// Source: ANTOM-FACTS §2.1 (Goods).
pub(super) static GOODS: ObjectSpec = ObjectSpec::of(&[
    text("referenceGoodsId", 64),
    text("goodsName", 256),
    wide("goodsCategory"),
    wide("goodsBrand"),
    optional("goodsUnitAmount", Kind::Amount),
    optional("goodsQuantity", Kind::Integer { min: 1, max: i64::MAX }),
    wide("goodsSkuName"),
    optional("goodsUrl", Kind::Url { chars_max: 2048 }),
    optional("deliveryMethodType", Kind::OneOf(&["PHYSICAL", "DIGITAL"])),
    optional("goodsImageUrl", Kind::Url { chars_max: 2048 }),
    text("priceId", 64),
    optional("goodsDiscountAmount", Kind::Amount),
    optional("goodsEndsOnTime", Kind::DateTime),
    object("crossSell", &GOODS),
]);

/// Source: ANTOM-FACTS §2.1 (Shipping).
pub(super) static SHIPPING: ObjectSpec = ObjectSpec::of(&[
    object("shippingName", &USER_NAME),
    object("shippingAddress", &ADDRESS),
    text("shippingCarrier", 128),
    text("shippingPhoneNo", 16),
    text("shipToEmail", 64),
    text("shippingFeeId", 64),
    optional("shippingFee", Kind::Amount),
    text("shippingDescription", 64),
    object("deliveryEstimate", &DELIVERY_ESTIMATE),
    wide("shippingNumber"),
    wide("notes"),
]);

static DELIVERY_ESTIMATE: ObjectSpec =
    ObjectSpec::of(&[optional("minimum", Kind::FreeMap), optional("maximum", Kind::FreeMap)]);

/// Source: ANTOM-FACTS §2.1 (Buyer; `buyerPhoneNoContryCode` is spelled so on the wire).
static BUYER: ObjectSpec = ObjectSpec::of(&[
    text("referenceBuyerId", 64),
    object("buyerName", &USER_NAME),
    text("buyerPhoneNo", 24),
    text("buyerEmail", 64),
    optional("buyerRegistrationTime", Kind::DateTime),
    optional("isAccountVerified", Kind::Boolean),
    optional("successfulOrderCount", Kind::Integer { min: 0, max: i64::MAX }),
    wide("buyerPhoneNoContryCode"),
]);
