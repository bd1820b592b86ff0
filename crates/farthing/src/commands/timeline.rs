//! A payment's story as text: what it is, and what happened to it, in the order of time.

use serde_json::Value;

use crate::output::plain;
use crate::table::{lines, money_text, show};

/// The members of a payment that a person wants to see first.
const HEAD: [&str; 14] = [
    "payment_id",
    "request_id",
    "merchant_id",
    "client_id",
    "product",
    "method",
    "state",
    "failure",
    "agreement_id",
    "wallet_id",
    "expires_at",
    "cancel_until",
    "refund_until",
    "notify_url",
];

/// The story.
pub(crate) fn text(story: &Value) -> String {
    let rows = events(story).into_iter().map(|event| vec![event.at, event.what, event.detail]).collect();
    format!("{}\n{}", head(&story["payment"]), lines(&["time", "what happened", "details"], rows))
}

fn head(payment: &Value) -> String {
    let mut shown = serde_json::Map::new();
    for name in HEAD {
        shown.insert(name.to_owned(), payment[name].clone());
    }
    for name in ["amount_minor", "refunded_minor", "reserved_minor", "refundable_minor", "currency"] {
        shown.insert(name.to_owned(), payment[name].clone());
    }
    show(&Value::Object(shown))
}

/// Something that happened. All times are of one form, so their texts sort as the times do.
struct Event {
    at: String,
    what: String,
    detail: String,
}

fn events(story: &Value) -> Vec<Event> {
    let mut events = Vec::new();
    events.extend(items(&story["journal"]).map(|entry| entry_event(entry, &story["refunds"])));
    items(&story["attempts"]).for_each(|attempt| attempt_events(attempt, &mut events));
    items(&story["deliveries"]).for_each(|delivery| delivery_events(delivery, &mut events));
    // The sort is stable: of one moment, the journal speaks first.
    events.sort_by(|left, right| left.at.cmp(&right.at));
    events
}

fn entry_event(entry: &Value, refunds: &Value) -> Event {
    let postings: Vec<String> = items(&entry["postings"]).map(posting_text).collect();
    let about = word(&entry["detail_id"]);
    let refund = items(refunds).find(|refund| !about.is_empty() && word(&refund["refund_id"]) == about);
    let request =
        refund.map_or(String::new(), |refund| format!(" (request {})", word(&refund["request_id"])));
    let what = format!("{} {about}{request}", words(&entry["kind"]));
    Event { at: word(&entry["happened_at"]), what: what.trim_end().to_owned(), detail: postings.join(", ") }
}

fn posting_text(posting: &Value) -> String {
    let sign =
        if posting["amount_minor"].as_i64().is_some_and(|amount_minor| amount_minor > 0) { "+" } else { "" };
    format!(
        "{} {sign}{}",
        word(&posting["account"]),
        money_text(&posting["amount_minor"], &posting["currency"])
    )
}

fn attempt_events(attempt: &Value, events: &mut Vec<Event>) {
    let name = format!("attempt {} by {}", word(&attempt["attempt_id"]), word(&attempt["connector"]));
    let plan = match (word(&attempt["planned"]), word(&attempt["due_at"])) {
        (planned, due) if planned.is_empty() && due.is_empty() => String::new(),
        (planned, due) => format!("to {planned} {} at {due}", word(&attempt["planned_reason"])),
    };
    let detail = plan.split_whitespace().collect::<Vec<_>>().join(" ");
    events.push(Event { at: word(&attempt["created_at"]), what: format!("{name} begun"), detail });
    if let Some(ended) = attempt["ended_at"].as_str() {
        let what = format!("{name} {}", words(&attempt["state"]));
        events.push(Event { at: plain(ended), what, detail: String::new() });
    }
}

fn delivery_events(delivery: &Value, events: &mut Vec<Event>) {
    let name = format!("notification {}", words(&delivery["kind"]));
    let mut detail = format!("{} to {}", word(&delivery["delivery_id"]), word(&delivery["url"]));
    if let Some(next) = delivery["next_attempt_at"].as_str() {
        detail.push_str(&format!(", next try at {}", plain(next)));
    }
    events.push(Event {
        at: word(&delivery["created_at"]),
        what: format!("{name} {}", words(&delivery["state"])),
        detail,
    });
    for attempt in items(&delivery["attempts"]) {
        let status =
            attempt["http_status"].as_i64().map_or(String::new(), |status| format!("HTTP {status}, "));
        let what = format!("{name}: try {}", word(&attempt["attempt_number"]));
        let detail = format!("{} ({status}{} ms)", word(&attempt["outcome"]), word(&attempt["duration_ms"]));
        events.push(Event { at: word(&attempt["attempted_at"]), what, detail });
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// A text or number as text; nothing where there is none.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

/// A word of the API, `payment_succeeded`, as people write it.
fn words(value: &Value) -> String {
    word(value).replace('_', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Money, tries and notifications stand in one order of time, each with what a person asks about it.
    #[test]
    fn a_story_is_told_in_the_order_of_time() {
        let story = json!({
            "payment": {
                "payment_id": "P1", "request_id": "order-1", "state": "succeeded", "failure": null,
                "amount_minor": 1234, "refunded_minor": 100, "reserved_minor": 0, "refundable_minor": 1134, "currency": "HKD",
            },
            "refunds": [{"refund_id": "R1", "request_id": "back-1"}],
            "journal": [
                {"kind": "payment_succeeded", "happened_at": "2026-11-23T12:00:00.000+08:00", "detail_id": null, "postings": [
                    {"account": "wallet:W1", "currency": "HKD", "amount_minor": -1234},
                    {"account": "merchant:M1", "currency": "HKD", "amount_minor": 1234},
                ]},
                {"kind": "refund_succeeded", "happened_at": "2026-11-23T13:00:00.000+08:00", "detail_id": "R1", "postings": []},
            ],
            "attempts": [{
                "attempt_id": "T1", "connector": "sandbox", "state": "done", "planned": "succeed", "planned_reason": null,
                "due_at": "2026-11-23T12:00:00.000+08:00", "created_at": "2026-11-23T11:59:30.000+08:00",
                "ended_at": "2026-11-23T12:00:00.000+08:00",
            }],
            "deliveries": [{
                "delivery_id": "D1", "kind": "payment_result", "url": "https://shop.example/n", "state": "delivered",
                "next_attempt_at": null, "created_at": "2026-11-23T12:00:00.000+08:00",
                "attempts": [{"attempt_number": 1, "attempted_at": "2026-11-23T12:00:01.000+08:00", "http_status": 200,
                    "outcome": "acknowledged", "duration_ms": 12}],
            }],
        });
        insta::assert_snapshot!(text(&story));
    }
}
