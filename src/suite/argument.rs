//! Typed, named arguments of a quantity, read from `key=value` words or from a JSON object.
//!
//! Both forms pass the same domain check, so a batch record is refused exactly where the command line
//! is, with the same words. After [`Arguments::from_words`] or [`Arguments::from_json`] every value is
//! finite and inside its domain, and defaults are filled in.

use serde_json::{Map, Number, Value as Json};

use crate::error::{Error, Result, shown};

/// The type of an argument, with its domain.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A finite real number in the closed interval.
    Real {
        /// The smallest value accepted.
        min: f64,
        /// The largest value accepted.
        max: f64,
    },
    /// An integer in the closed interval.
    Integer {
        /// The smallest value accepted.
        min: i64,
        /// The largest value accepted.
        max: i64,
    },
    /// One of a few integers.
    Choice(&'static [i64]),
    /// One of a few integer vectors, written `0,0,1` (in JSON `[0, 0, 1]`).
    Vector(&'static [[i64; 3]]),
}

/// Whether an argument may be left out, and what then.
#[derive(Clone, Copy, Debug)]
pub enum Presence {
    /// It must be given.
    Required,
    /// It may be left out; results that need it are then left out too.
    Optional,
    /// It may be left out, and then has this value.
    Default(&'static str),
}

/// One argument that a quantity takes.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its key.
    pub name: &'static str,
    /// Its type and domain.
    pub kind: Kind,
    /// Its unit; `1` for a pure number.
    pub unit: &'static str,
    /// Whether it may be left out.
    pub presence: Presence,
    /// What it means.
    pub meaning: &'static str,
}

/// The value of an argument.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A real number, finite.
    Real(f64),
    /// An integer.
    Integer(i64),
    /// An integer vector.
    Vector([i64; 3]),
}

/// The complete, checked arguments of one evaluation.
#[derive(Clone, Debug, PartialEq)]
pub struct Arguments {
    values: Vec<(&'static str, Value)>,
}

impl Kind {
    /// The domain in words, as an error message says it.
    #[must_use]
    pub fn expected(&self) -> String {
        let listed = |items: Vec<String>| match items.as_slice() {
            [only] => only.clone(),
            many => format!("one of {}", many.join(" | ")),
        };
        match self {
            Self::Real { min, max } => format!("a real number from {min} to {max}"),
            Self::Integer { min, max } => format!("an integer from {min} to {max}"),
            Self::Choice(allowed) => {
                let items = allowed.iter().map(i64::to_string).collect();
                format!("an integer, {}", listed(items))
            }
            Self::Vector(allowed) => {
                let items = allowed.iter().map(|v| Value::Vector(*v).to_string());
                format!("an integer vector, {}", listed(items.collect()))
            }
        }
    }

    /// The name of the type.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Real { .. } => "real",
            Self::Integer { .. } => "integer",
            Self::Choice(_) => "choice of integer",
            Self::Vector(_) => "integer vector",
        }
    }

    fn read_word(&self, word: &str) -> Option<Value> {
        let integer = |word: &str| word.parse::<i64>().ok();
        match self {
            Self::Real { .. } => word.parse().ok().map(Value::Real),
            Self::Integer { .. } | Self::Choice(_) => integer(word).map(Value::Integer),
            Self::Vector(_) => {
                let items: Option<Vec<i64>> = word.splitn(4, ',').map(integer).collect();
                items?.try_into().ok().map(Value::Vector)
            }
        }
    }

    fn read_json(&self, json: &Json) -> Option<Value> {
        match self {
            Self::Real { .. } => json.as_f64().map(Value::Real),
            Self::Integer { .. } | Self::Choice(_) => json.as_i64().map(Value::Integer),
            Self::Vector(_) => {
                let items: Option<Vec<i64>> = json.as_array()?.iter().map(Json::as_i64).collect();
                items?.try_into().ok().map(Value::Vector)
            }
        }
    }

    /// Whether `value` lies in the domain; NaN and infinities never do.
    fn contains(&self, value: Value) -> bool {
        match (self, value) {
            (Self::Real { min, max }, Value::Real(x)) => (*min..=*max).contains(&x),
            (Self::Integer { min, max }, Value::Integer(n)) => (*min..=*max).contains(&n),
            (Self::Choice(allowed), Value::Integer(n)) => allowed.contains(&n),
            (Self::Vector(allowed), Value::Vector(v)) => allowed.contains(&v),
            _ => false,
        }
    }
}

impl Parameter {
    fn accept(&self, value: Option<Value>, found: &str) -> Result<Value> {
        match value {
            Some(value) if self.kind.contains(value) => Ok(value),
            _ => Err(self.refuse(shown(found))),
        }
    }

    fn refuse(&self, found: impl Into<String>) -> Error {
        let unit = match self.unit {
            "1" => String::new(),
            unit => format!(" in {unit}"),
        };
        Error::argument(self.name, found, self.kind.expected() + &unit)
    }

    /// The value when the argument is left out.
    fn absent(&self) -> Result<Option<Value>> {
        match self.presence {
            Presence::Required => Err(self.refuse("nothing")),
            Presence::Optional => Ok(None),
            Presence::Default(word) => self.accept(self.kind.read_word(word), word).map(Some),
        }
    }
}

impl Arguments {
    /// Reads words of the form `key=value`.
    ///
    /// # Errors  `Error::Argument` for a word without `=`, a key given twice, a missing required key,
    /// or a value that is not a finite number in the domain; `Error::UnknownName` for an
    /// unknown key.
    pub fn from_words(parameters: &[Parameter], words: &[String]) -> Result<Self> {
        let mut given = Vec::with_capacity(words.len());
        for word in words {
            let Some((key, text)) = word.split_once('=') else {
                let keys: Vec<_> = parameters.iter().map(|p| p.name).collect();
                let expected = format!("key=value with a key of {}", keys.join(", "));
                return Err(Error::argument(shown(word), "no `=`", expected));
            };
            let parameter = find(parameters, key)?;
            let value = parameter.accept(parameter.kind.read_word(text), text)?;
            given.push((parameter.name, value));
        }
        Self::complete(parameters, given)
    }

    /// Reads the members of a JSON object, in which a key may occur twice (and is then refused).
    ///
    /// # Errors  as [`Arguments::from_words`].
    pub fn from_json(parameters: &[Parameter], members: &[(String, Json)]) -> Result<Self> {
        let mut given = Vec::with_capacity(members.len());
        for (key, json) in members {
            let parameter = find(parameters, key)?;
            let value = parameter.kind.read_json(json);
            if value.is_some_and(|value| parameter.kind.contains(value)) {
                given.extend(value.map(|value| (parameter.name, value)));
            } else {
                return Err(parameter.refuse(shown(&json.to_string())));
            }
        }
        Self::complete(parameters, given)
    }

    fn complete(parameters: &[Parameter], given: Vec<(&'static str, Value)>) -> Result<Self> {
        let mut values = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let mut matching = given.iter().filter(|(name, _)| *name == parameter.name);
            let value = matching.next().map(|(_, value)| *value);
            if matching.next().is_some() {
                return Err(Error::argument(
                    parameter.name,
                    "it twice",
                    "each key at most once",
                ));
            }
            let value = match value {
                Some(value) => Some(value),
                None => parameter.absent()?,
            };
            values.extend(value.map(|value| (parameter.name, value)));
        }
        Ok(Self { values })
    }

    fn get(&self, name: &str) -> Option<Value> {
        let found = self.values.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| *value)
    }

    /// The real argument `name`.
    ///
    /// # Panics  if the quantity does not declare `name` as a real with a value.
    #[must_use]
    pub fn real(&self, name: &str) -> f64 {
        match self.get(name) {
            Some(Value::Real(x)) => x,
            other => unreachable!("`{name}` is not declared as a real: {other:?}"),
        }
    }

    /// The real argument `name`, if it was given.
    ///
    /// # Panics  if the quantity declares `name` with another type.
    #[must_use]
    pub fn optional_real(&self, name: &str) -> Option<f64> {
        self.get(name).map(|_| self.real(name))
    }

    /// The integer argument `name`.
    ///
    /// # Panics  if the quantity does not declare `name` as an integer with a value.
    #[must_use]
    pub fn integer(&self, name: &str) -> i64 {
        match self.get(name) {
            Some(Value::Integer(n)) => n,
            other => unreachable!("`{name}` is not declared as an integer: {other:?}"),
        }
    }

    /// The integer vector `name`, whose domain must fit into `i32`.
    ///
    /// # Panics  if the quantity does not declare `name` as a vector with a value.
    #[must_use]
    pub fn vector(&self, name: &str) -> [i32; 3] {
        match self.get(name) {
            Some(Value::Vector(v)) => v.map(|n| n as i32),
            other => unreachable!("`{name}` is not declared as a vector: {other:?}"),
        }
    }

    /// An [`Error::Argument`] about the argument `name` with its present value.
    #[must_use]
    pub fn refuse(&self, name: &str, expected: impl Into<String>) -> Error {
        let found = self
            .get(name)
            .map_or_else(|| "nothing".to_owned(), |v| v.to_string());
        Error::argument(name, found, expected)
    }

    /// The same as a JSON object, defaults included.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let members = self.values.iter();
        Json::Object(
            members
                .map(|(name, value)| ((*name).to_owned(), value.to_json()))
                .collect::<Map<_, _>>(),
        )
    }
}

impl Value {
    fn to_json(self) -> Json {
        match self {
            Self::Real(x) => Number::from_f64(x).map_or(Json::Null, Json::Number),
            Self::Integer(n) => n.into(),
            Self::Vector(v) => v.to_vec().into(),
        }
    }
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Real(x) => write!(f, "{x:?}"),
            Self::Integer(n) => write!(f, "{n}"),
            Self::Vector([x, y, z]) => write!(f, "{x},{y},{z}"),
        }
    }
}

fn find<'a>(parameters: &'a [Parameter], key: &str) -> Result<&'a Parameter> {
    parameters.iter().find(|p| p.name == key).ok_or_else(|| {
        let names = parameters.iter().map(|p| p.name);
        Error::unknown("argument", key, names)
    })
}
