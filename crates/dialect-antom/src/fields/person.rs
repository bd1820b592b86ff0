//! Names and addresses.

use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{ObjectSpec, text};

/// Source: ANTOM-FACTS §2.1 (UserName).
pub(super) static USER_NAME: ObjectSpec = ObjectSpec::of(&[
    text("firstName", 32),
    text("middleName", 32),
    text("lastName", 32),
    text("fullName", 128),
]);

/// Source: ANTOM-FACTS §2.1 (Address).
pub(super) static ADDRESS: ObjectSpec = ObjectSpec::of(&[
    text("region", 2),
    text("state", 8),
    text("city", 32),
    text("address1", 256),
    text("address2", 256),
    text("zipCode", 32),
    wide("label"),
    wide("address3"),
]);
