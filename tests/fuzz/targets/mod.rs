//! What has to hold for any bytes, one function per decoder: it returns, it keeps within its bounds, and what it reads it
//! reads again, and the same, from what we write of it.
//!
//! Each function is started by `cargo test` over a corpus and its mutations, and for long by libFuzzer (`fuzz/`).

mod alipayhk;
mod alphapay;
mod antom;
mod card;
mod json;
mod key_text;
mod message;
mod selector;
mod texts;

/// What is started with any bytes, under the name of its corpus.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// The name: of the corpus, and of the target for libFuzzer.
    pub(crate) name: &'static str,
    /// Panics where something does not hold.
    pub(crate) check: fn(&[u8]),
}

const fn target(name: &'static str, check: fn(&[u8])) -> Target {
    Target { name, check }
}

/// Every target.
pub(crate) const ALL: [Target; 20] = [
    target("antom_claim", antom::check_claim),
    target("antom_decode", antom::check_decode),
    target("antom_reply", antom::check_reply),
    target("alipayhk_claim", alipayhk::check_claim),
    target("alipayhk_decode", alipayhk::check_decode),
    target("alipayhk_reply", alipayhk::check_reply),
    target("alphapay_claim", alphapay::check_claim),
    target("alphapay_decode", alphapay::check_decode),
    target("alphapay_reply", alphapay::check_reply),
    target("amount_text", texts::check_amount_text),
    target("canonical", texts::check_canonical),
    target("card", card::check_card),
    target("key_text", key_text::check_key_text),
    target("path", texts::check_path),
    target("percent", texts::check_percent),
    target("selector", selector::check_selector),
    target("signature_header", texts::check_signature_header),
    target("strict_json", json::check_strict_json),
    target("time_text", texts::check_time_text),
    target("url_text", texts::check_url_text),
];
