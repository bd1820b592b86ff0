//! JSON as people read it: what fits stands on one line.

use std::fmt::Write as _;

use serde_json::Value;

/// The most letters of a line; longer texts stand alone.
const LINE_CHARS_MAX: usize = 109;
const INDENT: usize = 2;

/// The text of a document, with a line break at its end.
pub(crate) fn lay_out(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0, 0);
    text.push('\n');
    text
}

/// Writes `value` where `column` letters of the line are taken already.
fn write(text: &mut String, value: &Value, depth: usize, column: usize) {
    let line = on_one_line(value);
    if column + line.chars().count() < LINE_CHARS_MAX {
        return text.push_str(&line);
    }
    match value {
        Value::Array(items) => write_items(text, items, depth + 1),
        Value::Object(members) => {
            let last = members.len() - 1;
            text.push_str("{\n");
            for (index, (name, member)) in members.iter().enumerate() {
                let start = format!("{:1$}{2}: ", "", (depth + 1) * INDENT, Value::from(name.as_str()));
                text.push_str(&start);
                write(text, member, depth + 1, start.chars().count());
                text.push_str(if index == last { "\n" } else { ",\n" });
            }
            let _ = write!(text, "{:1$}}}", "", depth * INDENT);
        }
        _ => text.push_str(&line),
    }
}

/// Words fill their lines; everything else has a line of its own.
fn write_items(text: &mut String, items: &[Value], depth: usize) {
    text.push('[');
    let mut column = LINE_CHARS_MAX;
    for (index, item) in items.iter().enumerate() {
        let word = on_one_line(item);
        let width = word.chars().count() + 2;
        if item.is_string() && column + width < LINE_CHARS_MAX {
            text.push(' ');
        } else {
            let _ = write!(text, "\n{:1$}", "", depth * INDENT);
            column = depth * INDENT;
        }
        if item.is_string() {
            text.push_str(&word);
            column += width;
        } else {
            write(text, item, depth, column);
            column = LINE_CHARS_MAX;
        }
        text.push_str(if index + 1 == items.len() { "" } else { "," });
    }
    let _ = write!(text, "\n{:1$}]", "", (depth - 1) * INDENT);
}

fn on_one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(on_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let line = |(name, member): (&String, &Value)| {
                format!("{}: {}", Value::from(name.as_str()), on_one_line(member))
            };
            let members: Vec<_> = members.iter().map(line).collect();
            format!("{{{}}}", members.join(", "))
        }
        scalar => scalar.to_string(),
    }
}
