//! JSON for reading: what fits into one line stands on one, lists of numbers always do.

use serde_json::Value as Json;

/// The longest line that an object is put on.
const WIDTH: usize = 100;

/// `json`, broken where lines would grow long; the outermost object always.
pub(super) fn pretty(json: &Json) -> String {
    let mut text = String::new();
    write(json, 0, &mut text);
    text
}

fn write(json: &Json, depth: usize, text: &mut String) {
    let line = on_one_line(json);
    let column = text.lines().last().map_or(0, |last| last.chars().count());
    let fits = depth > 0 && column + line.chars().count() < WIDTH;
    match json {
        Json::Object(members) if !fits => {
            let member = |(key, value)| (format!("{}: ", Json::from(String::as_str(key))), value);
            block(["{", "}"], members.iter().map(member), depth, text);
        }
        Json::Array(items) if !fits && items.iter().any(Json::is_object) => {
            let item = |value| (String::new(), value);
            block(["[", "]"], items.iter().map(item), depth, text);
        }
        _ => *text += &line,
    }
}

fn block<'a>(
    [open, close]: [&str; 2],
    items: impl Iterator<Item = (String, &'a Json)>,
    depth: usize,
    text: &mut String,
) {
    *text += open;
    for (i, (head, value)) in items.enumerate() {
        *text += if i > 0 { ",\n" } else { "\n" };
        *text += &"  ".repeat(depth + 1);
        *text += &head;
        write(value, depth + 1, text);
    }
    *text += &format!("\n{}{close}", "  ".repeat(depth));
}

fn on_one_line(json: &Json) -> String {
    match json {
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(on_one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(members) => {
            let member = |(key, value): (&String, &Json)| {
                format!("{}: {}", Json::from(key.as_str()), on_one_line(value))
            };
            let members: Vec<String> = members.iter().map(member).collect();
            format!("{{{}}}", members.join(", "))
        }
        other => other.to_string(),
    }
}
