//! The result of an evaluation: named numbers, each with its error.

use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Result};

/// A number with the bound that its computation declares for its error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The value, finite.
    pub value: f64,
    /// The largest error expected: deterministic, not a standard deviation.
    pub error: f64,
}

/// One named result: a number, or a list of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its name, as the quantity's [`Output`] declares it.
    pub name: &'static str,
    /// The numbers; exactly one unless `is_list`.
    pub readings: Vec<Reading>,
    /// Whether it is a list, even of one number.
    pub is_list: bool,
}

/// What a quantity says of one of its results.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    /// Its name.
    pub name: &'static str,
    /// Its unit; `1` for a pure number.
    pub unit: &'static str,
    /// For an angle, the period by which two equal values may differ.
    pub period: Option<f64>,
    /// What it is, how good it is, and when it is left out.
    pub meaning: &'static str,
}

/// Named numbers, none without its error.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    entries: Vec<Entry>,
}

impl Answer {
    /// No result yet.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
        }
    }

    /// The same with one more number.
    ///
    /// # Errors  `Error::Domain` unless value and error are finite and the error is not negative.
    pub fn with(mut self, name: &'static str, value: f64, error: f64) -> Result<Self> {
        let readings = vec![Reading::new(name, value, error)?];
        self.entries.push(Entry {
            name,
            readings,
            is_list: false,
        });
        Ok(self)
    }

    /// The same with a list of `(value, error)`.
    ///
    /// # Errors  as [`Answer::with`], for any of them.
    pub fn with_list(
        mut self,
        name: &'static str,
        list: impl IntoIterator<Item = (f64, f64)>,
    ) -> Result<Self> {
        let list = list.into_iter();
        let readings = list.map(|(value, error)| Reading::new(name, value, error));
        self.entries.push(Entry {
            name,
            readings: readings.collect::<Result<_>>()?,
            is_list: true,
        });
        Ok(self)
    }

    /// The results, in the order in which they are shown.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The result called `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }
}

impl Reading {
    fn new(name: &'static str, value: f64, error: f64) -> Result<Self> {
        let refuse = |value| Error::Domain {
            what: name,
            value,
            expected: "a finite result: the arguments lie too near a pole".to_owned(),
        };
        if !value.is_finite() {
            return Err(refuse(value));
        }
        if !(error.is_finite() && error >= 0.0) {
            return Err(refuse(error));
        }
        let error = two_digits_up(error);
        Ok(Self { value, error })
    }

    /// `self − other`, by the shorter way round a circle of circumference `period`.
    #[must_use]
    pub fn minus(&self, other: &Self, period: Option<f64>) -> f64 {
        let difference = self.value - other.value;
        match period {
            Some(period) => difference - period * (difference / period).round(),
            None => difference,
        }
    }
}

/// The next number of two significant digits: an error bound says no more than that.
fn two_digits_up(error: f64) -> f64 {
    // `{:e}` rounds to nearest; one unit of the last digit on top makes it a bound.
    let nearest: f64 = format!("{error:.1e}").parse().unwrap_or(error);
    if nearest >= error {
        return nearest;
    }
    let unit = 10_f64.powi(nearest.log10().floor() as i32 - 1);
    format!("{:.1e}", nearest + unit).parse().unwrap_or(error)
}

impl Entry {
    /// `{"value", "error", "unit"}`, and with a `witness` its value, the difference and whether it
    /// lies within the two errors.
    pub(super) fn to_json(&self, output: &Output, witness: Option<&Self>) -> Json {
        let values = |entry: &Self| entry.json_of(entry.readings.iter().map(|r| r.value));
        let mut members = Map::new();
        members.insert("value".to_owned(), values(self));
        let errors = self.readings.iter().map(|r| r.error);
        members.insert("error".to_owned(), self.json_of(errors));
        members.insert("unit".to_owned(), json!(output.unit));
        if let Some(witness) = witness {
            let differences = self.differences(witness, output.period);
            members.insert("witness".to_owned(), values(witness));
            members.insert("difference".to_owned(), self.json_of(differences));
            members.insert("agrees".to_owned(), json!(self.agrees(witness, output)));
        }
        Json::Object(members)
    }

    /// Whether both have as many numbers, and all lie within the sum of their errors.
    #[must_use]
    pub fn agrees(&self, witness: &Self, output: &Output) -> bool {
        let allowed = self.readings.iter().zip(&witness.readings);
        self.readings.len() == witness.readings.len()
            && self
                .differences(witness, output.period)
                .zip(allowed)
                .all(|(difference, (a, b))| difference.abs() <= a.error + b.error)
    }

    fn differences(&self, witness: &Self, period: Option<f64>) -> impl Iterator<Item = f64> {
        let pairs = self.readings.iter().zip(&witness.readings);
        pairs.map(move |(a, b)| a.minus(b, period))
    }

    fn json_of(&self, mut numbers: impl Iterator<Item = f64>) -> Json {
        if self.is_list {
            numbers.collect::<Vec<_>>().into()
        } else {
            numbers.next().into()
        }
    }
}
