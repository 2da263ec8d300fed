//! CSV: a table of named columns of numbers.
//!
//! A header line is required; every cell is a finite decimal number. Lines that begin with `#` are
//! comments, blanks around a cell are ignored, and a cell may be quoted (the quote right behind the
//! comma). NaN, infinities, empty cells and ragged lines are errors, in both directions: what was not
//! measured does not belong in the table.

use std::collections::BTreeSet;
use std::path::Path;

use ::csv::{ErrorKind, Position, ReaderBuilder, StringRecord, Trim, WriterBuilder};

use super::atomic::write_bytes;
use super::limits::{Limits, check_size, excerpt, read_file};
use crate::error::{Error, Result};

/// Named columns of finite numbers, all of one length.
///
/// ```
/// use fieldassay::io::{Limits, Table};
/// let text = b"q2, z00\n0.1, -12.5\n# next to a pole\n0.9, 3e2\n";
/// let table = Table::from_bytes("scan.csv".as_ref(), text, &Limits::default()).unwrap();
/// assert_eq!(table.column("z00").unwrap(), [-12.5, 300.0]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Vec<f64>>,
}

impl Table {
    /// A table with the given column names and columns.
    ///
    /// # Shapes  `columns`: one per name, all of one length.
    /// # Errors  `Error::ShapeMismatch` otherwise; `Error::Argument` for a name that is empty,
    /// repeated, a number, or has blanks around it or control characters in it, and for a number that is
    /// not finite.
    pub fn new(names: Vec<String>, columns: Vec<Vec<f64>>) -> Result<Self> {
        let rows = columns.first().map_or(0, Vec::len);
        if names.len() != columns.len() || columns.iter().any(|c| c.len() != rows) {
            return Err(Error::ShapeMismatch {
                op: "the columns of a table",
                lhs: columns.iter().map(Vec::len).collect(),
                rhs: vec![rows; names.len()],
            });
        }
        if let Err((found, expected)) = check_names(names.iter().map(String::as_str)) {
            return Err(Error::argument("column names", found, expected));
        }
        for (name, column) in names.iter().zip(&columns) {
            if let Some(row) = column.iter().position(|x| !x.is_finite()) {
                let field = format!("column `{name}`, row {row}");
                return Err(Error::argument(field, column[row].to_string(), FINITE));
            }
        }
        Ok(Self { names, columns })
    }

    /// Reads the file at `path`.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming line, column and the text found.
    pub fn read(path: &Path, limits: &Limits) -> Result<Self> {
        Self::from_bytes(path, &read_file(path, limits.max_text)?, limits)
    }

    /// Reads `bytes`, the content of the file `path`.
    ///
    /// # Errors  as [`Table::read`].
    pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits) -> Result<Self> {
        check_size(path, bytes.len() as u64, limits.max_text)?;
        let mut reader = ReaderBuilder::new()
            .comment(Some(b'#'))
            .trim(Trim::All)
            .from_reader(bytes);
        let header = reader.headers().map_err(|e| problem(path, bytes, &e))?;
        check_names(header.iter())
            .map_err(|(found, expected)| Error::format(path, "header", found, expected))?;
        let names: Vec<String> = header.iter().map(str::to_owned).collect();
        let mut columns = vec![Vec::new(); names.len()];
        let mut record = StringRecord::new();
        while reader
            .read_record(&mut record)
            .map_err(|e| problem(path, bytes, &e))?
        {
            let line = line_of(bytes, record.position());
            for ((cell, name), column) in record.iter().zip(&names).zip(&mut columns) {
                column.push(number(cell).ok_or_else(|| {
                    let field = format!("line {line}, column {}", excerpt(name));
                    Error::format(path, field, excerpt(cell), FINITE)
                })?);
            }
        }
        Ok(Self { names, columns })
    }

    /// Writes the file at `path`, atomically; numbers in the shortest form that reads back to the
    /// same bits.
    ///
    /// # Errors  `Error::Io` naming the file and the step.
    pub fn write(&self, path: &Path) -> Result<()> {
        let bytes = self
            .to_bytes()
            .map_err(|e| Error::io(path, "write as CSV", e))?;
        write_bytes(path, &bytes)
    }

    fn to_bytes(&self) -> std::io::Result<Vec<u8>> {
        // A first name with a # would read back as a comment: the writer has to know the sign.
        let mut writer = WriterBuilder::new()
            .comment(Some(b'#'))
            .from_writer(Vec::new());
        writer.write_record(&self.names)?;
        for row in 0..self.rows() {
            writer.write_record(self.columns.iter().map(|c| format!("{:?}", c[row])))?;
        }
        writer
            .into_inner()
            .map_err(::csv::IntoInnerError::into_error)
    }

    /// The column `name`.
    ///
    /// # Errors  `Error::UnknownName` with the names that look like it.
    pub fn column(&self, name: &str) -> Result<&[f64]> {
        let known = || self.names.iter().map(String::as_str);
        known()
            .position(|n| n == name)
            .map(|at| self.columns[at].as_slice())
            .ok_or_else(|| Error::unknown("column", name, known()))
    }

    /// The column names, in the file's order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }
}

const FINITE: &str = "a finite decimal number";

/// Rust's parser also takes `inf`, `nan`, and turns what is too large into an infinity.
fn number(cell: &str) -> Option<f64> {
    cell.parse().ok().filter(|x: &f64| x.is_finite())
}

fn check_names<'a>(
    names: impl Iterator<Item = &'a str>,
) -> std::result::Result<(), (String, &'static str)> {
    let mut seen = BTreeSet::new();
    for name in names {
        let plain = !name.is_empty() && name.trim() == name && !name.contains(char::is_control);
        if !plain {
            return Err((
                excerpt(name),
                "names of columns, plain text without control characters",
            ));
        }
        if name.parse::<f64>().is_ok() {
            return Err((
                excerpt(name),
                "names of columns in the first line, not numbers",
            ));
        }
        if !seen.insert(name) {
            return Err((format!("{} twice", excerpt(name)), "every column name once"));
        }
    }
    if seen.is_empty() {
        return Err((
            "no header".to_owned(),
            "a first line with the names of columns",
        ));
    }
    Ok(())
}

/// The line on which a record begins; the reader's own position stands before the comments and empty
/// lines that it skips.
fn line_of(bytes: &[u8], position: Option<&Position>) -> u64 {
    let Some(position) = position else {
        return 1;
    };
    let rest = bytes.get(position.byte() as usize..).unwrap_or_default();
    let skipped = rest
        .split(|byte| *byte == b'\n')
        .take_while(|line| line.is_empty() || *line == b"\r" || line.starts_with(b"#"));
    position.line() + skipped.count() as u64
}

fn problem(path: &Path, bytes: &[u8], e: &::csv::Error) -> Error {
    let line = line_of(bytes, e.position());
    let field = format!("line {line}");
    match e.kind() {
        ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => {
            let expected = format!("{expected_len}, as in the header");
            Error::format(path, field, format!("{len} cells"), expected)
        }
        _ => Error::format(path, field, e.to_string(), "a line of CSV in UTF-8"),
    }
}
