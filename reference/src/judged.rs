//! What the judges of golden records share: reading fields by name, and the worst difference in units of its bar.

use serde_json::Value;

/// The largest difference in units of its bar, where it was, and how many were seen.
#[derive(Default)]
pub struct Worst {
    ratio: f64,
    at: String,
    seen: usize,
}

impl Worst {
    /// Compares a number with the golden one, relative to the golden one.
    pub fn relative(&mut self, name: &str, found: f64, golden: f64, bar: f64) {
        self.absolute(name, (found - golden) / golden.abs(), bar);
    }

    /// Takes a difference that should be zero.
    pub fn absolute(&mut self, name: &str, difference: f64, bar: f64) {
        self.seen += 1;
        let ratio = difference.abs() / bar;
        // Written so that NaN is taken, and stays.
        if !(ratio < self.ratio) && !self.ratio.is_nan() {
            self.ratio = ratio;
            name.clone_into(&mut self.at);
        }
    }

    /// Compares with the numbers called `name` in the value of a record.
    ///
    /// # Errors  a sentence that names what is missing or has another length.
    pub fn against(
        &mut self,
        record: &Value,
        name: &str,
        found: &[f64],
        bar: f64,
    ) -> Result<(), String> {
        let golden = values(record, name)?;
        if golden.len() != found.len() {
            return Err(format!(
                "{name}: {} numbers, {} found",
                golden.len(),
                found.len()
            ));
        }
        for (found, golden) in found.iter().zip(golden) {
            self.relative(name, *found, golden, bar);
        }
        Ok(())
    }

    /// The worst ratio, and a sentence.
    ///
    /// # Errors  if fewer than `fewest` numbers were compared.
    pub fn told(self, fewest: usize) -> Result<(f64, String), String> {
        if self.seen < fewest {
            return Err(format!("{} compared, at least {fewest} meant", self.seen));
        }
        Ok((
            self.ratio,
            format!("{} compared, worst {}", self.seen, self.at),
        ))
    }
}

/// Whether the record has `name` in its value.
#[must_use]
pub fn has(record: &Value, name: &str) -> bool {
    record["value"].get(name).is_some()
}

/// The number, or the numbers, called `name` in the value.
///
/// # Errors  a sentence that names the field.
pub fn values(record: &Value, name: &str) -> Result<Vec<f64>, String> {
    let one = |text: &Value| text.as_str()?.parse().ok();
    let numbers = match &record["value"][name] {
        Value::Array(list) => list.iter().map(one).collect(),
        text => one(text).map(|number| vec![number]),
    };
    numbers.ok_or_else(|| format!("{name}: expected decimal strings"))
}

/// The parameter `name`.
///
/// # Errors  a sentence that names it.
pub fn number(record: &Value, name: &str) -> Result<f64, String> {
    let value = record["parameters"][name].as_f64();
    value.ok_or_else(|| format!("{name}: expected a number"))
}

/// The parameter `name`, a number that counts something.
///
/// # Errors  a sentence that names it.
pub fn count(record: &Value, name: &str) -> Result<u32, String> {
    let value = record["parameters"][name].as_u64();
    let value = value.and_then(|value| u32::try_from(value).ok());
    value.ok_or_else(|| format!("{name}: expected a whole number"))
}

/// The parameter `name`, a list of numbers.
///
/// # Errors  a sentence that names it.
pub fn list(record: &Value, name: &str) -> Result<Vec<f64>, String> {
    let items = record["parameters"][name].as_array();
    let items = items.and_then(|items| items.iter().map(Value::as_f64).collect());
    items.ok_or_else(|| format!("{name}: expected a list of numbers"))
}

/// Whether the record is one of `model`.
#[must_use]
pub fn is_model(record: &Value, model: &str) -> bool {
    record["parameters"]["model"].as_str() == Some(model)
}
