//! Values of golden records: decimal strings, so that no digit is lost, alone, named, or in lists;
//! and the texts of their provenance.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::json::UniqueMap;
use super::limits::excerpt;

/// A finite number as it is written, with all its digits.
#[derive(Clone, Debug, PartialEq)]
pub struct Decimal {
    text: String,
    value: f64,
}

impl Decimal {
    /// Takes `[+-]digits[.digits][e[+-]digits]`, if a double can hold its size.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        // The parser of `f64` also takes words (`inf`, `nan`), which hold other letters.
        let plain = text
            .bytes()
            .all(|b| b.is_ascii_digit() || b"+-.eE".contains(&b));
        let value: f64 = text.parse().ok().filter(|x: &f64| plain && x.is_finite())?;
        Some(Self {
            text: text.to_owned(),
            value,
        })
    }

    /// The text, every digit of it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The nearest double.
    #[must_use]
    pub const fn to_f64(&self) -> f64 {
        self.value
    }
}

/// One text or a list of them, as provenance is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Lines(pub Vec<String>);

/// One named part of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// A number.
    One(Decimal),
    /// Numbers in order.
    List(Vec<Decimal>),
}

/// The value of a golden record.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number.
    One(Decimal),
    /// Numbers, or lists of them, by name.
    Named(BTreeMap<String, Entry>),
}

impl Value {
    /// Every number in it, in order of the names.
    pub fn numbers(&self) -> impl Iterator<Item = &Decimal> {
        let (one, named) = match self {
            Self::One(number) => (Some(number), None),
            Self::Named(entries) => (None, Some(entries)),
        };
        let lists = named
            .into_iter()
            .flatten()
            .flat_map(|(_, entry)| match entry {
                Entry::One(number) => std::slice::from_ref(number),
                Entry::List(numbers) => numbers,
            });
        one.into_iter().chain(lists)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DecimalVisitor;
        impl Visitor<'_> for DecimalVisitor {
            type Value = Decimal;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a finite decimal number in a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Decimal, E> {
                decimal(text)
            }
        }
        deserializer.deserialize_str(DecimalVisitor)
    }
}

fn decimal<E: serde::de::Error>(text: &str) -> Result<Decimal, E> {
    Decimal::parse(text).ok_or_else(|| {
        let found = excerpt(text);
        E::custom(format!(
            "{found}, expected a finite decimal number in a string"
        ))
    })
}

impl<'de> Deserialize<'de> for Lines {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct LinesVisitor;
        impl<'de> Visitor<'de> for LinesVisitor {
            type Value = Lines;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text or a list of them")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Lines, E> {
                Ok(Lines(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Lines, A::Error> {
                let mut lines = Vec::new();
                while let Some(line) = list.next_element()? {
                    lines.push(line);
                }
                Ok(Lines(lines))
            }
        }
        deserializer.deserialize_any(LinesVisitor)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct EntryVisitor;
        impl<'de> Visitor<'de> for EntryVisitor {
            type Value = Entry;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal string or a list of them")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Entry, E> {
                decimal(text).map(Entry::One)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Entry, A::Error> {
                let mut numbers = Vec::new();
                while let Some(number) = list.next_element()? {
                    numbers.push(number);
                }
                if numbers.is_empty() {
                    return Err(A::Error::custom("an empty list, expected numbers"));
                }
                Ok(Entry::List(numbers))
            }
        }
        deserializer.deserialize_any(EntryVisitor)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a decimal string or an object of them")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
                decimal(text).map(Value::One)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                let map = serde::de::value::MapAccessDeserializer::new(map);
                let UniqueMap(entries) = UniqueMap::deserialize(map)?;
                if entries.is_empty() {
                    return Err(A::Error::custom(
                        "an empty object, expected numbers by name",
                    ));
                }
                Ok(Value::Named(entries))
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}
