//! The terminal a user sits at.

use farthing_dialect_kit::fields::text_of_unknown_length as wide;
use farthing_dialect_kit::fields::{Kind, ObjectSpec, object, optional, text};

/// The kinds of terminals. Source: ANTOM-FACTS §2.1 (Env).
pub(super) const TERMINAL_TYPE: Kind = Kind::OneOf(&["WEB", "WAP", "APP", "MINI_APP"]);
/// The kinds of operating systems. Source: ANTOM-FACTS §2.1 (Env).
pub(super) const OS_TYPE: Kind = Kind::OneOf(&["IOS", "ANDROID"]);

/// Source: ANTOM-FACTS §2.1 (Env).
pub(super) static ENV: ObjectSpec = ObjectSpec::of(&[
    optional("terminalType", TERMINAL_TYPE),
    optional("osType", OS_TYPE),
    text("userAgent", 4096),
    text("deviceTokenId", 64),
    wide("clientIp"),
    text("cookieId", 4096),
    text("extendInfo", 2048),
    wide("storeTerminalId"),
    wide("storeTerminalRequestTime"),
    object("browserInfo", &BROWSER_INFO),
    optional("colorDepth", Kind::Integer { min: 1, max: 48 }),
    optional("screenHeight", PIXELS),
    optional("screenWidth", PIXELS),
    // Minutes; the calendar's extremes are 14 hours to either side.
    optional("timeZoneOffset", Kind::Integer { min: -24 * 60, max: 24 * 60 }),
    text("deviceBrand", 64),
    text("deviceModel", 128),
    wide("deviceLanguage"),
    wide("deviceId"),
    text("osVersion", 16),
]);

const PIXELS: Kind = Kind::Integer { min: 0, max: i32::MAX as i64 };

static BROWSER_INFO: ObjectSpec = ObjectSpec::of(&[
    text("acceptHeader", 4096),
    optional("javaEnabled", Kind::Boolean),
    optional("javaScriptEnabled", Kind::Boolean),
    wide("language"),
    text("userAgent", 4096),
]);
