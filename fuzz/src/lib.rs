//! The targets of `tests/fuzz`, for libFuzzer.

#[path = "../../tests/fuzz/targets/mod.rs"]
mod targets;

/// Starts a target by its name.
///
/// # Panics
/// When something does not hold for these bytes; and when there is no such target.
pub fn check(name: &str, bytes: &[u8]) {
    let target = targets::ALL.into_iter().find(|target| target.name == name);
    (target.expect("the target is in the list").check)(bytes);
}
