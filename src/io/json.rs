//! JSON, typed or as a `serde_json::Value`: errors with line and column, nothing that is not finite.
//!
//! Depth is limited to 127 levels by the parser, size by [`Limits::max_text`].

use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::marker::PhantomData;
use std::path::Path;

use serde::Serialize;
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};

use super::atomic::write_atomically;
use super::finite;
use super::limits::{Limits, check_size, excerpt, read_file, shortened};
use crate::error::{Error, Result};

/// Reads the file at `path` as a `T`.
///
/// # Errors  `Error::Io`; `Error::Format` with line and column.
pub fn read<T: DeserializeOwned>(path: &Path, limits: &Limits) -> Result<T> {
    from_bytes(path, &read_file(path, limits.max_text)?, limits)
}

/// Reads `bytes`, the content of the file `path`, as a `T`.
///
/// # Errors  as [`read`].
pub fn from_bytes<T: DeserializeOwned>(path: &Path, bytes: &[u8], limits: &Limits) -> Result<T> {
    check_size(path, bytes.len() as u64, limits.max_text)?;
    serde_json::from_slice(bytes).map_err(|e| {
        let name = type_name::<T>();
        let short = name.rsplit("::").next().unwrap_or(name);
        let expected = format!("JSON for `{short}`, nested no deeper than 127 levels");
        problem(path, "", &e, &expected)
    })
}

/// Writes `value` to the file at `path`: indented, one last newline, atomically.
///
/// # Errors  `Error::Format` naming the first number that is not finite, for which JSON has no form
/// (`serde_json` would write `null`); `Error::Io`.
pub fn write<T: Serialize + ?Sized>(path: &Path, value: &T) -> Result<()> {
    let text = to_string(path, value)?;
    write_atomically(path, |writer| writer.write_all(text.as_bytes()))
}

/// The text that [`write()`] would put into the file at `path`.
///
/// # Errors  as [`write()`], without `Error::Io`.
pub fn to_string<T: Serialize + ?Sized>(path: &Path, value: &T) -> Result<String> {
    if let Some((field, number)) = finite::first_not_finite(value) {
        let found = number.to_string();
        return Err(Error::format(path, field, found, "a finite number"));
    }
    let unwritable = |e: serde_json::Error| {
        Error::format(path, "value", e.to_string(), "data that JSON can express")
    };
    let mut text = serde_json::to_string_pretty(value).map_err(unwritable)?;
    text.push('\n');
    Ok(text)
}

/// What `serde_json` says, in this crate's form: where, what was found, what was expected.
pub(super) fn problem(path: &Path, part: &str, e: &serde_json::Error, expected: &str) -> Error {
    let blank = if part.is_empty() { "" } else { ", " };
    let field = format!("{part}{blank}line {}, column {}", e.line(), e.column());
    let text = e.to_string();
    let position = format!(" at line {} column {}", e.line(), e.column());
    let text = text.strip_suffix(&position).unwrap_or(&text);
    // It quotes what it found in full, which may be the whole file.
    let (found, expected) = text.rsplit_once(", expected ").unwrap_or((text, expected));
    Error::format(path, field, shortened(found), expected)
}

/// A JSON object whose keys may not repeat (`serde_json` itself lets the last one win).
#[derive(Clone, Debug, PartialEq)]
pub struct UniqueMap<V>(pub BTreeMap<String, V>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for UniqueMap<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for UniqueVisitor<V> {
    type Value = UniqueMap<V>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with every key once")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if entries.contains_key(&key) {
                let found = format!("key {} twice, expected every key once", excerpt(&key));
                return Err(A::Error::custom(found));
            }
            let value = map.next_value()?;
            entries.insert(key, value);
        }
        Ok(UniqueMap(entries))
    }
}
