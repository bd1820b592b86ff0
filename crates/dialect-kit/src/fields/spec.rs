//! What a table of fields is made of.

/// An object: its fields, and the rules between them.
#[derive(Debug)]
pub struct ObjectSpec {
    /// The fields that are checked, in the order of checking.
    pub fields: &'static [FieldSpec],
    /// What holds between fields; checked after all of them. Only a whole request has any.
    pub rules: &'static [Rule],
}

/// One field.
#[derive(Debug)]
pub struct FieldSpec {
    /// Its name on the wire.
    pub name: &'static str,
    /// What it must be.
    pub kind: Kind,
    /// Whether it must be there whatever the others say.
    pub is_required: bool,
}

/// What a field must be.
#[derive(Debug)]
pub enum Kind {
    /// A text of at most so many characters.
    Text {
        /// Unicode characters.
        chars_max: usize,
    },
    /// An absolute http or https URL of at most so many characters.
    Url {
        /// Unicode characters.
        chars_max: usize,
    },
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// An ISO 4217 currency code.
    Currency,
    /// An object of `currency` and `value`, zero allowed: what is told for the record.
    Amount,
    /// The same with a value of at least 1, and whole rupiah: what is to be moved.
    PositiveAmount,
    /// A text of digits, at least 1: an amount whose currency stands elsewhere, or may be missing. No bare number.
    MinorText {
        /// How many digits.
        digits_max: usize,
    },
    /// ISO 8601 with an offset.
    DateTime,
    /// A day of the years 1900 to 2099 as eight digits, `yyyyMMdd`.
    Day,
    /// `true` or `false`, also as text.
    Boolean,
    /// A whole number, also as text.
    Integer {
        /// The smallest.
        min: i64,
        /// The largest.
        max: i64,
    },
    /// An object whose fields are checked.
    Object(&'static ObjectSpec),
    /// A list of so many of the same.
    Array {
        /// How few.
        items_min: usize,
        /// How many.
        items_max: usize,
        /// Of what.
        of: &'static Kind,
    },
    /// An object with any content.
    FreeMap,
    /// A text of at most so many characters, or an object with any content in its place.
    TextOrMap {
        /// Unicode characters of a text.
        chars_max: usize,
    },
}

/// What holds between fields. Names are paths from the root, joined by points.
#[derive(Debug)]
pub enum Rule {
    /// A field is required when another one has this value.
    RequiredWhen {
        /// What is required.
        field: &'static str,
        /// Which field decides.
        other: &'static str,
        /// Its value.
        is: &'static str,
    },
    /// At least one of these is required.
    AtLeastOne(&'static [&'static str]),
}

impl ObjectSpec {
    /// An object without rules between its fields.
    pub const fn of(fields: &'static [FieldSpec]) -> Self {
        Self { fields, rules: &[] }
    }
}

/// A field that must be there.
pub const fn required(name: &'static str, kind: Kind) -> FieldSpec {
    FieldSpec { name, kind, is_required: true }
}

/// A field that may be there.
pub const fn optional(name: &'static str, kind: Kind) -> FieldSpec {
    FieldSpec { name, kind, is_required: false }
}

/// A text that may be there.
pub const fn text(name: &'static str, chars_max: usize) -> FieldSpec {
    optional(name, Kind::Text { chars_max })
}

/// An object that may be there.
pub const fn object(name: &'static str, spec: &'static ObjectSpec) -> FieldSpec {
    optional(name, Kind::Object(spec))
}

/// A short text whose exact bound no source at hand gives; wide enough for any that could be meant.
pub const fn text_of_unknown_length(name: &'static str) -> FieldSpec {
    text(name, 1024)
}

/// The free text in which other data travel.
pub const EXTEND_INFO: FieldSpec = text("extendInfo", 4096);
