//! What messages say of names that nobody knows and of text that somebody typed.

use crate::error::Error;

/// An error about an unknown name: the names that look like it or, if none does, all of them.
pub(super) fn unknown<'a>(
    kind: &'static str,
    name: &str,
    known: impl Iterator<Item = &'a str> + Clone,
) -> Error {
    match Error::unknown(kind, &shown(name), known.clone()) {
        Error::UnknownName { nearest, .. } if nearest.is_empty() => {
            let expected = format!("one of {}", known.collect::<Vec<_>>().join(", "));
            Error::argument(kind, shown(name), expected)
        }
        error => error,
    }
}

/// What a message shows of a user's text: no control characters, and not a page of it.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut characters = text.chars();
    let start: String = characters.by_ref().take(LONGEST).collect();
    let clean = printable(&start);
    match (text.is_empty(), characters.next()) {
        (true, _) => "nothing".to_owned(),
        (false, None) => clean,
        (false, Some(_)) => format!("{clean}… ({} bytes)", text.len()),
    }
}

/// The text with control characters, which could drive a terminal, as escapes; newlines stay.
pub(super) fn printable(text: &str) -> String {
    let escape = |c: char| match c {
        '\n' => vec![c],
        c if c.is_control() => c.escape_default().collect(),
        c => vec![c],
    };
    text.chars().flat_map(escape).collect()
}
