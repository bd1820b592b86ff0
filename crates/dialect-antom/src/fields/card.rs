//! What is told of a card that is to pay.

use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{Kind, ObjectSpec, object, optional, text};

use super::person::{ADDRESS, USER_NAME};

/// `paymentMethod.paymentMethodMetaData` of the method `CARD`.
///
/// The texts that a card's own check judges (date and CVV) are wide here, because a wrong form of theirs has a code of its
/// own; so has a number that is none, but not one that is too long.
///
/// Source: ANTOM-FACTS §2.1 (paymentMethodMetaData for CARD).
pub(crate) static CARD_META_DATA: ObjectSpec = ObjectSpec::of(&[
    text("cardNo", 32),
    wide("cvv"),
    wide("expiryYear"),
    wide("expiryMonth"),
    object("cardholderName", &USER_NAME),
    object("billingAddress", &ADDRESS),
    optional("is3DSAuthentication", Kind::Boolean),
    optional("tokenize", Kind::Boolean),
    optional("isCardOnFile", Kind::Boolean),
    wide("cardPasswordDigest"),
    wide("businessNo"),
    wide("dateOfBirth"),
    wide("cpf"),
    text("payerEmail", 64),
    text("networkTransactionId", 256),
    wide("recurringType"),
    wide("selectedCardBrand"),
    optional("enableAuthenticationUpgrade", Kind::Boolean),
]);
