//! See `tests/fuzz/targets`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| farthing_fuzz::check("alphapay_reply", bytes));
