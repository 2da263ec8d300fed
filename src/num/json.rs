//! Numbers in JSON records that may be NaN or infinite: written as words, where `serde_json` alone
//! writes `null` and cannot read it back. For `#[serde(with = "…")]`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Json {
    Number(f64),
    Word(String),
}

impl Json {
    fn of(x: f64) -> Self {
        if x.is_finite() {
            Self::Number(x)
        } else {
            Self::Word(x.to_string())
        }
    }

    fn value<E: serde::de::Error>(self) -> Result<f64, E> {
        match self {
            Self::Number(x) => Ok(x),
            Self::Word(word) => match word.as_str() {
                "NaN" => Ok(f64::NAN),
                "inf" => Ok(f64::INFINITY),
                "-inf" => Ok(f64::NEG_INFINITY),
                _ => Err(E::custom(format!(
                    "`{word}`: expected a number, NaN, inf or -inf"
                ))),
            },
        }
    }
}

/// Writes a finite number as it is, `"NaN"`, `"inf"` or `"-inf"` otherwise.
///
/// # Errors  those of the serializer.
pub fn serialize<S: Serializer>(x: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Json::of(*x).serialize(serializer)
}

/// Reads what [`serialize`] writes.
///
/// # Errors  for any other word.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Json::deserialize(deserializer)?.value()
}

/// The same for `Option<f64>`; `None` is `null`.
pub mod option {
    use super::{Deserialize, Deserializer, Json, Serialize, Serializer};

    /// Writes `null` or the number.
    ///
    /// # Errors  those of the serializer.
    pub fn serialize<S: Serializer>(x: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
        x.map(Json::of).serialize(serializer)
    }

    /// Reads what [`serialize`] writes.
    ///
    /// # Errors  for any other word.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<f64>, D::Error> {
        Option::<Json>::deserialize(deserializer)?
            .map(Json::value)
            .transpose()
    }
}
