//! A table whose columns carry their unit in the header, `delta [deg]`: lookups and refusals by name.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result, shown};
use crate::io::{Limits, Table};

/// A table and the file it came from.
#[derive(Debug)]
pub(super) struct Sheet {
    path: PathBuf,
    table: Table,
    heads: Vec<(String, String)>,
}

/// One column: its place, name and unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column<'a> {
    pub index: usize,
    pub name: &'a str,
    pub unit: &'a str,
}

impl Sheet {
    /// Reads `bytes`, the content of the file `path`, whose columns may be called as `known` says.
    pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits, known: &[&str]) -> Result<Self> {
        let table = Table::from_bytes(path, bytes, limits)?;
        let heads: Vec<_> = table.names().iter().map(|name| split_head(name)).collect();
        let sheet = Self {
            path: path.to_owned(),
            table,
            heads,
        };
        for (i, (name, _)) in sheet.heads.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let expected = format!(
                    "columns called {}, with units in brackets",
                    known.join(", ")
                );
                return Err(sheet.header(shown(name), expected));
            }
            if sheet.heads[..i].iter().any(|(other, _)| other == name) {
                return Err(sheet.header(format!("`{name}` twice"), "every column once"));
            }
        }
        if sheet.table.rows() == 0 {
            return Err(sheet.wrong("rows", "none", "at least one row of numbers"));
        }
        Ok(sheet)
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.table.rows()
    }

    /// The column called `name`.
    pub fn find(&self, name: &str) -> Option<Column<'_>> {
        let index = self.heads.iter().position(|(known, _)| known == name)?;
        let (name, unit) = &self.heads[index];
        Some(Column { index, name, unit })
    }

    /// The one column of those called `names` that is there.
    pub fn exactly_one(&self, names: &[&str]) -> Result<Column<'_>> {
        let mut found = names.iter().filter_map(|name| self.find(name));
        match (found.next(), found.next()) {
            (Some(only), None) => Ok(only),
            (None, _) => {
                let expected = format!("one column of {}", names.join(", "));
                Err(self.header("none of them", expected))
            }
            (Some(first), Some(second)) => {
                let found = format!("`{}` and `{}`", first.name, second.name);
                Err(self.header(found, format!("only one of {}", names.join(", "))))
            }
        }
    }

    /// The numbers of `column` times `factor`, which the unit has to give.
    pub fn values(&self, column: Column<'_>, factor: Option<f64>, units: &str) -> Result<Vec<f64>> {
        let Some(factor) = factor else {
            let found = match column.unit {
                "" => format!("`{}` without a unit", column.name),
                unit => format!("`{} [{}]`", column.name, shown(unit)),
            };
            return Err(self.header(found, format!("`{} [unit]` in {units}", column.name)));
        };
        let numbers = self.table.column(&self.table.names()[column.index])?;
        let scaled: Vec<f64> = numbers.iter().map(|x| x * factor).collect();
        match scaled.iter().position(|x| !x.is_finite()) {
            None => Ok(scaled),
            Some(row) => Err(self.cell(column.name, row, numbers[row], "a number in range")),
        }
    }

    /// The errors in `column`, finite and not negative.
    pub fn errors(&self, column: Column<'_>, factor: Option<f64>, units: &str) -> Result<Vec<f64>> {
        let errors = self.values(column, factor, units)?;
        match errors.iter().position(|e| !(*e >= 0.0)) {
            None => Ok(errors),
            Some(row) => Err(self.cell(column.name, row, errors[row], "an error, not negative")),
        }
    }

    /// A refusal of the number in `row`, counted from 0 behind the header; messages count from 1.
    pub fn cell(&self, column: &str, row: usize, found: f64, expected: impl Into<String>) -> Error {
        let field = format!("column `{column}`, row {}", row + 1);
        self.wrong(field, format!("{found:?}"), expected)
    }

    /// A refusal by the physics of what stands in `row`.
    pub fn of_row(&self, column: &str, row: usize, error: Error) -> Error {
        match error {
            Error::Domain {
                value, expected, ..
            } => self.cell(column, row, value, expected),
            Error::Unsupported { what, expected } => self.wrong(
                format!("column `{column}`, row {}", row + 1),
                what,
                expected,
            ),
            other => other,
        }
    }

    /// A refusal of the header.
    pub fn header(&self, found: impl Into<String>, expected: impl Into<String>) -> Error {
        self.wrong("header", found, expected)
    }

    /// A refusal of `field`.
    pub fn wrong(
        &self,
        field: impl Into<String>,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Error {
        Error::format(&self.path, field, found, expected)
    }
}

/// Name and unit of `delta [deg]`, `delta[deg]` or `delta (deg)`.
fn split_head(head: &str) -> (String, String) {
    for (open, close) in [('[', ']'), ('(', ')')] {
        if let Some(inner) = head.strip_suffix(close)
            && let Some((name, unit)) = inner.split_once(open)
        {
            return (name.trim().to_owned(), unit.trim().to_owned());
        }
    }
    (head.to_owned(), String::new())
}
