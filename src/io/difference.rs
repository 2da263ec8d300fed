//! How two JSON values differ.

use serde_json::Value;

/// The first place where two values differ: path, what stands in each.
#[must_use]
pub fn first_difference(found: &Value, expected: &Value) -> Option<[String; 3]> {
    differ("", found, expected)
}

fn differ(path: &str, found: &Value, expected: &Value) -> Option<[String; 3]> {
    match (found, expected) {
        (Value::Object(f), Value::Object(e)) => {
            let keys = e.keys().chain(f.keys().filter(|key| !e.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                entry(&path, f.get(key), e.get(key))
            })
        }
        (Value::Array(f), Value::Array(e)) => (0..f.len().max(e.len()))
            .find_map(|i| entry(&format!("{path}[{i}]"), f.get(i), e.get(i))),
        _ if found == expected => None,
        _ => Some([path.to_owned(), found.to_string(), expected.to_string()]),
    }
}

fn entry(path: &str, found: Option<&Value>, expected: Option<&Value>) -> Option<[String; 3]> {
    let text = |value: Option<&Value>| value.map_or("nothing".to_owned(), Value::to_string);
    match (found, expected) {
        (Some(found), Some(expected)) => differ(path, found, expected),
        _ => Some([path.to_owned(), text(found), text(expected)]),
    }
}
