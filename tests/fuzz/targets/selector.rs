//! The selectors in request ids.

use farthing_engine::sandbox::selector::{Delay, Item, parse};

/// What is read is read again from the same items, written in full.
pub(super) fn check_selector(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(items) = parse(text) else { return };
    if items.is_empty() {
        assert!(!text.contains('~'), "a selector has an item");
        return;
    }
    let written: Vec<String> = items.iter().map(write).collect();
    assert_eq!(parse(&format!("order-1~{}", written.join(","))), Ok(items));
}

fn write(item: &Item) -> String {
    let place = item.place.map(|place| format!("{}:", place.word())).unwrap_or_default();
    let count = item.count.map(|count| format!("*{count}")).unwrap_or_default();
    let delay = match item.delay {
        Some(Delay::Ms(ms)) => format!("@{ms}ms"),
        Some(Delay::Never) => "@never".to_owned(),
        None => String::new(),
    };
    format!("{place}{}{count}{delay}", item.outcome)
}
