//! The fields of requests as tables, and the one function that holds a request against its table.
//!
//! A table says what is checked; what is not in it is accepted and kept as it came. Which fields there are is the
//! dialect's; what a text, an amount or a list is, stands here.

mod check;
mod problem;
mod spec;

pub use check::{
    amount_minor_in, check_nested, check_request, currency_in, find_at, integer_in, is_true, present,
};
pub use problem::{BadField, Problem};
pub use spec::{
    EXTEND_INFO, FieldSpec, Kind, ObjectSpec, Rule, object, optional, required, text, text_of_unknown_length,
};
