//! Golden files: reference values with their error, origin, method and the command that made them.
//!
//! The JSON schema, every field required unless marked optional, no other field allowed:
//!
//! ```text
//! { "id", "kind": "exact" | "highprec" | "literature" | "stability", "quantity", "unit",
//!   "provenance": { "made_by", "method", "source", "date": "YYYY-MM-DD", "checks" },
//!       (method, source and checks: one text, or a list of them)
//!   "records": [ { "id", "parameters": { name: number, string, … },
//!                  "value": decimal string | { name: decimal string or list of them },
//!                  "error": absolute error of every number in value,
//!                  "trusted_digits" (optional), "definition" (optional) } ] }
//! ```
//!
//! The first three kinds are truths; `stability` only says that something changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::golden_value::{Decimal, Entry, Lines, Value};
use super::json::{self, UniqueMap};
use super::limits::{Limits, excerpt, read_file, shortened};
use crate::error::{Error, Result};

/// What a golden file is worth, and the folder that it lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A closed form.
    Exact,
    /// Computed with more digits than a double, by independent code.
    Highprec,
    /// Averages of another program's Monte Carlo runs; an error is one standard deviation.
    Imported,
    /// Printed in a publication.
    Literature,
    /// What this code gave on a certain day: a snapshot, not a truth.
    Stability,
}

/// Where the values of a file come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// A command that runs today, or what program it was.
    pub made_by: String,
    /// How it computes them.
    pub method: Lines,
    /// Paper and equation, or table and page.
    pub source: Lines,
    /// When, as `YYYY-MM-DD`.
    pub date: String,
    /// What they were checked against.
    pub checks: Lines,
}

/// One reference value.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    id: String,
    parameters: UniqueMap<Json>,
    value: Value,
    error: f64,
    trusted_digits: Option<u32>,
    definition: Option<String>,
    #[serde(skip)]
    path: PathBuf,
}

/// A golden file that keeps its schema.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Golden {
    id: String,
    kind: Kind,
    quantity: String,
    unit: String,
    provenance: Provenance,
    records: Vec<Record>,
    #[serde(skip)]
    path: PathBuf,
}

impl Golden {
    /// Reads and checks the file at `path`.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the field: a missing, unknown or empty one, a
    /// record's id that comes twice, a value that is no finite decimal string, an error that is not
    /// positive (zero is allowed where the kind is `exact`), a date that is none, no records.
    pub fn load(path: &Path) -> Result<Self> {
        let limits = Limits::default();
        Self::from_bytes(path, &read_file(path, limits.max_text)?, &limits)
    }

    /// Reads and checks `bytes`, the content of the file `path`.
    ///
    /// # Errors  as [`Golden::load`].
    pub fn from_bytes(path: &Path, bytes: &[u8], limits: &Limits) -> Result<Self> {
        let mut golden: Self = json::from_bytes(path, bytes, limits)?;
        path.clone_into(&mut golden.path);
        for record in &mut golden.records {
            path.clone_into(&mut record.path);
        }
        golden.check_texts()?;
        golden.check_records()?;
        Ok(golden)
    }

    fn check_texts(&self) -> Result<()> {
        let provenance = &self.provenance;
        let texts = [
            ("id", std::slice::from_ref(&self.id)),
            ("quantity", std::slice::from_ref(&self.quantity)),
            ("unit", std::slice::from_ref(&self.unit)),
            (
                "provenance.made_by",
                std::slice::from_ref(&provenance.made_by),
            ),
            ("provenance.method", &provenance.method.0),
            ("provenance.source", &provenance.source.0),
            ("provenance.checks", &provenance.checks.0),
        ];
        let wordless = |lines: &[String]| lines.iter().any(|line| line.trim().is_empty());
        for (field, lines) in texts {
            if lines.is_empty() || wordless(lines) {
                let expected = "words (for a unit: `1` if it has none)";
                return Err(Error::format(&self.path, field, "nothing", expected));
            }
        }
        if !is_date(&provenance.date) {
            let found = excerpt(&provenance.date);
            let expected = "a date as YYYY-MM-DD";
            return Err(Error::format(
                &self.path,
                "provenance.date",
                found,
                expected,
            ));
        }
        Ok(())
    }

    fn check_records(&self) -> Result<()> {
        if self.records.is_empty() {
            return Err(Error::format(&self.path, "records", "none", "at least one"));
        }
        let mut seen = BTreeSet::new();
        for record in &self.records {
            if record.id.trim().is_empty() || !seen.insert(&record.id) {
                let found = excerpt(&record.id);
                let expected = "an id that is not empty and comes once";
                return Err(Error::format(&self.path, "records: id", found, expected));
            }
            let exact = self.kind == Kind::Exact && record.error == 0.0;
            if !(exact || (record.error.is_finite() && record.error > 0.0)) {
                let expected = "a positive absolute error (zero only where the kind is exact)";
                return Err(record.wrong("error", record.error.to_string(), expected));
            }
        }
        Ok(())
    }

    /// The file's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the file is worth.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The quantity, in words.
    #[must_use]
    pub fn quantity(&self) -> &str {
        &self.quantity
    }

    /// The unit of values and errors.
    #[must_use]
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// Where the values come from.
    #[must_use]
    pub const fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// The records, in the file's order.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The record `id`.
    ///
    /// # Errors  `Error::UnknownName` with the ids that look like it.
    pub fn record(&self, id: &str) -> Result<&Record> {
        let ids = self.records.iter().map(Record::id);
        self.records
            .iter()
            .find(|record| record.id == id)
            .ok_or_else(|| Error::unknown("golden record", id, ids))
    }
}

impl Record {
    /// The record's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The value, whatever its form.
    #[must_use]
    pub const fn value(&self) -> &Value {
        &self.value
    }

    /// The absolute error of every number in the value; for [`Kind::Imported`] its standard deviation.
    #[must_use]
    pub const fn error(&self) -> f64 {
        self.error
    }

    /// How many digits are vouched for, if the file says.
    #[must_use]
    pub const fn trusted_digits(&self) -> Option<u32> {
        self.trusted_digits
    }

    /// The definition, if the file gives one.
    #[must_use]
    pub fn definition(&self) -> Option<&str> {
        self.definition.as_deref()
    }

    /// The value, where it is a single number.
    ///
    /// # Errors  `Error::Format` naming file and record.
    pub fn number(&self) -> Result<&Decimal> {
        match &self.value {
            Value::One(number) => Ok(number),
            Value::Named(_) => Err(self.wrong("value", "an object", "one decimal string")),
        }
    }

    /// The number called `name` in the value.
    ///
    /// # Errors  `Error::Format` naming file, record and name.
    pub fn named_number(&self, name: &str) -> Result<&Decimal> {
        match self.entry(name)? {
            Entry::One(number) => Ok(number),
            Entry::List(_) => Err(self.wrong(&format!("value.{name}"), "a list", "one number")),
        }
    }

    /// The list called `name` in the value.
    ///
    /// # Errors  `Error::Format` naming file, record and name.
    pub fn named_list(&self, name: &str) -> Result<&[Decimal]> {
        match self.entry(name)? {
            Entry::List(numbers) => Ok(numbers),
            Entry::One(_) => Err(self.wrong(&format!("value.{name}"), "one number", "a list")),
        }
    }

    fn entry(&self, name: &str) -> Result<&Entry> {
        let Value::Named(entries) = &self.value else {
            return Err(self.wrong("value", "one decimal string", "an object"));
        };
        entries
            .get(name)
            .ok_or_else(|| self.missing("value", name, entries.keys()))
    }

    /// The names of the parameters, alphabetically.
    pub fn parameter_names(&self) -> impl Iterator<Item = &str> {
        self.parameters.0.keys().map(String::as_str)
    }

    /// The parameter `name` as it stands.
    ///
    /// # Errors  `Error::Format` naming file, record and the parameters that there are.
    pub fn parameter(&self, name: &str) -> Result<&Json> {
        let parameters = &self.parameters.0;
        parameters
            .get(name)
            .ok_or_else(|| self.missing("parameters", name, parameters.keys()))
    }

    /// The parameter `name` as a double: a JSON number or a decimal string.
    ///
    /// # Errors  `Error::Format` naming file, record and parameter.
    pub fn parameter_f64(&self, name: &str) -> Result<f64> {
        let json = self.parameter(name)?;
        json.as_f64()
            .or_else(|| Some(Decimal::parse(json.as_str()?)?.to_f64()))
            .filter(|x| x.is_finite())
            .ok_or_else(|| self.wrong_parameter(name, json, "a number or a decimal string"))
    }

    /// The parameter `name` as an integer.
    ///
    /// # Errors  `Error::Format` naming file, record and parameter.
    pub fn parameter_i64(&self, name: &str) -> Result<i64> {
        let json = self.parameter(name)?;
        json.as_i64()
            .ok_or_else(|| self.wrong_parameter(name, json, "an integer"))
    }

    /// The parameter `name` as text.
    ///
    /// # Errors  `Error::Format` naming file, record and parameter.
    pub fn parameter_str(&self, name: &str) -> Result<&str> {
        let json = self.parameter(name)?;
        json.as_str()
            .ok_or_else(|| self.wrong_parameter(name, json, "a string"))
    }

    fn wrong_parameter(&self, name: &str, json: &Json, expected: &str) -> Error {
        let found = shortened(&json.to_string());
        self.wrong(&format!("parameters.{name}"), found, expected)
    }

    fn missing<'a>(
        &self,
        part: &str,
        name: &str,
        known: impl Iterator<Item = &'a String>,
    ) -> Error {
        let known: Vec<&str> = known.map(String::as_str).collect();
        let expected = format!("one of `{}`", known.join("`, `"));
        self.wrong(part, format!("no `{name}`"), expected)
    }

    fn wrong(&self, field: &str, found: impl Into<String>, expected: impl Into<String>) -> Error {
        let field = format!("record {}: {field}", excerpt(&self.id));
        Error::format(&self.path, field, found, expected)
    }
}

/// Whether `text` is `YYYY-MM-DD` with a month and a day that exist in some year.
fn is_date(text: &str) -> bool {
    let digits = |part: &str, count| {
        let plain = part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| part.parse::<u32>().ok()).flatten()
    };
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else {
        return false;
    };
    digits(year, 4).is_some()
        && digits(month, 2).is_some_and(|m| (1..=12).contains(&m))
        && digits(day, 2).is_some_and(|d| (1..=31).contains(&d))
}
