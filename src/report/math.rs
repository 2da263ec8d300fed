//! Plain-text formulas as HTML: `π^{3/2}` and `Z_{lm}` with raised and lowered parts.

use std::fmt::Write;

/// Escapes `text` for HTML and sets `^{…}`, `_{…}` and one-character `^x`, `_x` as sup and sub.
///
/// Without braces only one character (`Σ_n`) or initials (`D_KL`) count: `n_eff` stays as it is.
///
/// ```
/// use fieldassay::report::math;
/// assert_eq!(math("Σ_n π^{3/2} < n_eff"), "Σ<sub>n</sub> π<sup>3/2</sup> &lt; n_eff");
/// assert_eq!(math("D_KL(p_)"), "D<sub>KL</sub>(p_)");
/// ```
#[must_use]
pub fn math(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        let tag = match c {
            '^' => "sup",
            '_' => "sub",
            _ => "",
        };
        if !tag.is_empty()
            && !html.is_empty()
            && let Some((part, tail)) = script(after)
        {
            // A part may hold scripts of its own: Σ_{x_i}.
            let _ = write!(html, "<{tag}>{}</{tag}>", math(part));
            rest = tail;
            continue;
        }
        match c {
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#x27;"),
            c => html.push(c),
        }
        rest = after;
    }
    html
}

/// The raised or lowered part at the head of `text`, and what follows it.
fn script(text: &str) -> Option<(&str, &str)> {
    if let Some(inner) = text.strip_prefix('{') {
        let mut depth = 1;
        for (at, c) in inner.char_indices() {
            depth += i32::from(c == '{') - i32::from(c == '}');
            if depth == 0 {
                return Some((&inner[..at], &inner[at + 1..]));
            }
        }
        return None;
    }
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    let name = &text[..end.unwrap_or(text.len())];
    let initials = name.len() <= 3 && name.chars().all(|c| c.is_ascii_uppercase());
    let short = name.chars().count() == 1 || (!name.is_empty() && initials);
    short.then(|| text.split_at(name.len()))
}
