//! The one error type of the crate.
//!
//! A variant carries the operation and the offending values, so that a message names the file,
//! the field and what was expected, and a test can match the variant instead of a string.

use std::path::Path;

/// `Result` with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

/// Everything a caller can have done wrong, or the outside world can refuse.
///
/// Outcomes of a computation (a rejected proposal, a fit that did not converge) are data, not errors.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside the domain of a function, such as `q²` on a pole of the zeta function.
    #[error("{what} = {value:?}: expected {expected}")]
    Domain {
        /// The quantity, in the field's spelling (`q²`, `gamma`).
        what: &'static str,
        /// Its value.
        value: f64,
        /// The domain, in words.
        expected: String,
    },
    /// Two operands whose shapes do not fit the operation.
    #[error("{op}: shapes {lhs:?} and {rhs:?} do not fit")]
    ShapeMismatch {
        /// The operation.
        op: &'static str,
        /// Shape of the left operand.
        lhs: Vec<usize>,
        /// Shape of the right operand, or the shape that was expected.
        rhs: Vec<usize>,
    },
    /// Operands of a graph operation whose shapes do not fit it.
    #[error("{op}: found {}, expected {expected}", found.join(" and "))]
    Operands {
        /// The operation.
        op: &'static str,
        /// The operands' shapes; `; batch` marks a value that exists per sample.
        found: Vec<String>,
        /// The shapes that would have fitted.
        expected: String,
    },
    /// A matrix without the property that the operation needs (positive definite, non-singular, finite).
    #[error("{op}: the matrix is not {expected} ({detail})")]
    Matrix {
        /// The operation.
        op: &'static str,
        /// The property that is missing.
        expected: &'static str,
        /// Where it failed.
        detail: String,
    },
    /// A named argument of the command line or of a batch record with an unusable value.
    #[error("argument `{field}`: found {found}, expected {expected}")]
    Argument {
        /// The argument's name.
        field: String,
        /// What was given.
        found: String,
        /// What would have been accepted.
        expected: String,
    },
    /// A file whose content is not what its format, header or schema promises.
    #[error("{path}: {field}: found {found}, expected {expected}")]
    Format {
        /// The file.
        path: String,
        /// The field, header entry or line.
        field: String,
        /// What stands there.
        found: String,
        /// What would have been accepted.
        expected: String,
    },
    /// The operating system refused a file.
    #[error("{path}: {action}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What was tried (`read`, `write`, `create the folder`).
        action: &'static str,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A name that no registry row has.
    #[error("unknown {kind} `{name}`: {}", suggestion(.nearest, .known))]
    UnknownName {
        /// What kind of name (`quantity`, `claim`).
        kind: &'static str,
        /// The name given.
        name: String,
        /// Known names that look like it, nearest first.
        nearest: Vec<String>,
        /// All known names.
        known: Vec<String>,
    },
    /// A feature that exists for other inputs but not for this one.
    #[error("{what} is not supported: {expected}")]
    Unsupported {
        /// The request.
        what: String,
        /// What is supported.
        expected: String,
    },
}

impl Error {
    /// An [`Error::Format`] about `field` of the file at `path`.
    pub fn format(
        path: &Path,
        field: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Format {
            path: path.display().to_string(),
            field: field.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// An [`Error::Io`] about the file at `path`.
    pub fn io(path: &Path, action: &'static str, source: std::io::Error) -> Self {
        Self::Io {
            path: path.display().to_string(),
            action,
            source,
        }
    }

    /// An [`Error::Argument`] about the argument `field`.
    pub fn argument(
        field: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self::Argument {
            field: field.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }

    /// An [`Error::UnknownName`] with the names of `known` that look most like `name`.
    pub fn unknown<'a>(
        kind: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        /// Jaro–Winkler similarity from which two names look like a slip of the keyboard.
        const ALIKE: f64 = 0.8;
        let known: Vec<String> = known.into_iter().map(str::to_owned).collect();
        let mut scored: Vec<(f64, &String)> = known
            .iter()
            .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
            .filter(|(score, _)| *score >= ALIKE)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
        let nearest = scored
            .into_iter()
            .take(3)
            .map(|(_, name)| name.clone())
            .collect();
        Self::UnknownName {
            kind,
            name: if name.is_empty() {
                String::new()
            } else {
                shown(name)
            },
            nearest,
            known,
        }
    }
}

/// The names that look alike or, if none does, the known ones: all of a few, the first of many.
fn suggestion(nearest: &[String], known: &[String]) -> String {
    const FEW: usize = 12;
    if !nearest.is_empty() {
        return format!("did you mean `{}`?", nearest.join("` or `"));
    }
    let shown = known[..known.len().min(FEW)].join(", ");
    match known.len() {
        0 => "expected nothing here".to_owned(),
        n if n <= FEW => format!("expected one of {shown}"),
        n => format!("expected one of {n} names: {shown}, …"),
    }
}

/// What a message shows of a user's text: no control characters, and not a page of it.
#[must_use]
pub fn shown(text: &str) -> String {
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
#[must_use]
pub fn printable(text: &str) -> String {
    let escape = |c: char| match c {
        '\n' => vec![c],
        c if c.is_control() => c.escape_default().collect(),
        c => vec![c],
    };
    text.chars().flat_map(escape).collect()
}
