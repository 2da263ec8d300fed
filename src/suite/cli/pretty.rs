//! JSON for reading: objects that hold objects on several lines, everything else on one.

use serde_json::Value as Json;

pub(super) fn pretty(json: &Json) -> String {
    let mut text = String::new();
    write(json, 0, &mut text);
    text
}

fn write(json: &Json, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth + 1);
    let close = "  ".repeat(depth);
    match json {
        Json::Object(members) if members.values().any(is_nested) || depth == 0 => {
            *text += "{\n";
            for (i, (key, value)) in members.iter().enumerate() {
                *text += if i > 0 { ",\n" } else { "" };
                *text += &format!("{indent}{}: ", Json::from(key.as_str()));
                write(value, depth + 1, text);
            }
            *text += &format!("\n{close}}}");
        }
        Json::Array(items) if items.iter().any(is_nested) => {
            *text += "[\n";
            for (i, item) in items.iter().enumerate() {
                *text += if i > 0 { ",\n" } else { "" };
                *text += &indent;
                write(item, depth + 1, text);
            }
            *text += &format!("\n{close}]");
        }
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| {
                format!("{}: {}", Json::from(key.as_str()), on_one_line(value))
            };
            let members: Vec<String> = members.iter().map(member).collect();
            *text += &format!("{{{}}}", members.join(", "));
        }
        other => *text += &on_one_line(other),
    }
}

fn is_nested(json: &Json) -> bool {
    match json {
        Json::Object(_) => true,
        Json::Array(items) => items.iter().any(|item| item.is_object()),
        _ => false,
    }
}

fn on_one_line(json: &Json) -> String {
    match json {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(on_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        other => other.to_string(),
    }
}
