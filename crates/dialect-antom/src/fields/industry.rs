//! What travel, lodging and gaming add to an order. It is kept, not interpreted.

use super::person::{ADDRESS, USER_NAME};
use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{Kind, ObjectSpec, object, optional, text};

/// Source: ANTOM-FACTS §2.1 (Transit).
pub(super) static TRANSIT: ObjectSpec = ObjectSpec::of(&[
    optional("transitType", Kind::OneOf(&["FLIGHT", "TRAIN", "CRUISE", "COACH"])),
    optional("legs", Kind::Array { items_min: 0, items_max: 10, of: &Kind::Object(&LEG) }),
    optional("passengers", Kind::Array { items_min: 0, items_max: 100, of: &Kind::Object(&PASSENGER) }),
    wide("agentCode"),
    wide("agentName"),
    wide("ticketNumber"),
]);

static LEG: ObjectSpec = ObjectSpec::of(&[
    optional("departureTime", Kind::DateTime),
    optional("arrivalTime", Kind::DateTime),
    object("departureAddress", &ADDRESS),
    object("arrivalAddress", &ADDRESS),
    text("carrierName", 128),
    text("carrierNo", 64),
    text("departureAirportCode", 8),
    text("arrivalAirportCode", 8),
]);

static PASSENGER: ObjectSpec = ObjectSpec::of(&[
    object("passengerName", &USER_NAME),
    text("passengerEmail", 64),
    text("passengerPhoneNo", 32),
]);

/// Source: ANTOM-FACTS §2.1 (Lodging).
pub(super) static LODGING: ObjectSpec = ObjectSpec::of(&[
    text("hotelName", 128),
    object("hotelAddress", &ADDRESS),
    optional("checkInDate", Kind::DateTime),
    optional("checkOutDate", Kind::DateTime),
    optional("numberOfNights", COUNT),
    optional("numberOfRooms", COUNT),
    optional("guestNames", Kind::Array { items_min: 0, items_max: 100, of: &Kind::Object(&USER_NAME) }),
]);

const COUNT: Kind = Kind::Integer { min: 0, max: i32::MAX as i64 };

/// Source: ANTOM-FACTS §2.1 (Gaming).
pub(super) static GAMING: ObjectSpec = ObjectSpec::of(&[
    text("gameName", 128),
    text("toppedUpUser", 128),
    text("toppedUpEmail", 64),
    text("toppedUpPhoneNo", 32),
]);
