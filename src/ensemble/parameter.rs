//! Typed, named parameters of targets and samplers, read from words.

use serde_json::{Map, Number, Value as Json};

use crate::error::{Error, Result, shown};

/// The type of a parameter, with its domain.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A finite number.
    Real,
    /// A finite number above zero.
    Positive,
    /// An integer.
    Count {
        /// The smallest one.
        least: usize,
    },
    /// Numbers of sites, one a direction, such as `8,8`.
    Extents,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
}

/// Whether a parameter may be left out, and what then.
#[derive(Clone, Copy, Debug)]
pub enum Presence {
    /// It must be given.
    Required,
    /// It may be left out.
    Optional,
    /// It may be left out, and then has this value.
    Default(&'static str),
}

/// A parameter of a target or of a sampler.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name: `--name` on the command line.
    pub name: &'static str,
    /// Its type and domain.
    pub kind: Kind,
    /// Whether it may be left out.
    pub presence: Presence,
    /// What it means.
    pub meaning: &'static str,
}

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Of [`Kind::Real`] and [`Kind::Positive`].
    Real(f64),
    /// Of [`Kind::Count`].
    Count(usize),
    /// Of [`Kind::Extents`].
    Extents(Vec<usize>),
    /// Of [`Kind::Word`].
    Word(&'static str),
}

impl Kind {
    /// The domain in words.
    #[must_use]
    pub fn expected(&self) -> String {
        match self {
            Self::Real => "a finite number".to_owned(),
            Self::Positive => "a finite number above zero".to_owned(),
            Self::Count { least } => format!("an integer, {least} or more"),
            Self::Extents => "a positive number of sites a direction, such as 8,8".to_owned(),
            Self::Word(words) => format!("one of {}", words().join(", ")),
        }
    }

    fn read(&self, text: &str) -> Option<Value> {
        let real = |text: &str| text.parse::<f64>().ok().filter(|x| x.is_finite());
        match self {
            Self::Real => real(text).map(Value::Real),
            Self::Positive => real(text).filter(|x| *x > 0.0).map(Value::Real),
            Self::Count { least } => {
                let count = text.parse().ok().filter(|count| count >= least);
                count.map(Value::Count)
            }
            Self::Extents => {
                let positive = |extent: &str| extent.parse().ok().filter(|extent| *extent > 0);
                let extents: Option<Vec<usize>> = text.split(',').map(positive).collect();
                extents.map(Value::Extents)
            }
            Self::Word(words) => words().into_iter().find(|w| *w == text).map(Value::Word),
        }
    }
}

impl Parameter {
    /// Its value as written in `text`.
    ///
    /// # Errors  `Error::Argument` for a text that its kind does not take; `Error::UnknownName` for an unknown word.
    pub fn read(&self, text: &str) -> Result<Value> {
        match (self.kind.read(text), self.kind) {
            (Some(value), _) => Ok(value),
            (None, Kind::Word(words)) => Err(Error::unknown(self.name, text, words())),
            (None, kind) => Err(Error::argument(self.name, shown(text), kind.expected())),
        }
    }

    fn absent(&self) -> Result<Option<Value>> {
        match self.presence {
            Presence::Required => Err(Error::argument(self.name, "nothing", self.kind.expected())),
            Presence::Optional => Ok(None),
            Presence::Default(text) => self.read(text).map(Some),
        }
    }
}

/// The checked values of a list of parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Values(Vec<(&'static str, Value)>);

impl Values {
    /// The values that are given, and the defaults of those that are not.
    ///
    /// # Errors  `Error::UnknownName` for a name that no parameter has; `Error::Argument` for one that comes twice, for
    /// one that is missing, and for a value of another kind than its parameter's.
    pub fn new(parameters: &[Parameter], given: &[(&str, Value)]) -> Result<Self> {
        for (place, (name, _)) in given.iter().enumerate() {
            if !parameters.iter().any(|p| p.name == *name) {
                let known = parameters.iter().map(|p| p.name);
                return Err(Error::unknown("parameter", name, known));
            }
            if given[..place].iter().any(|(before, _)| before == name) {
                return Err(Error::argument(*name, "it twice", "each name once"));
            }
        }
        let mut values = Vec::with_capacity(parameters.len());
        for parameter in parameters {
            let found = given.iter().find(|(name, _)| *name == parameter.name);
            let value = match found {
                // Through its text, so that a value made by hand passes the same check.
                Some((_, value)) => Some(parameter.read(&value.to_string())?),
                None => parameter.absent()?,
            };
            values.extend(value.map(|value| (parameter.name, value)));
        }
        Ok(Self(values))
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }

    /// The number `name`, if it was given.
    ///
    /// # Panics  if it is declared with another kind.
    #[must_use]
    pub fn optional_real(&self, name: &str) -> Option<f64> {
        self.get(name).map(|value| match value {
            Value::Real(x) => *x,
            other => unreachable!("`{name}` is not declared as a number: {other:?}"),
        })
    }

    /// The number `name`.
    ///
    /// # Panics  if it is not declared so, with a value.
    #[must_use]
    pub fn real(&self, name: &str) -> f64 {
        let value = self.optional_real(name);
        value.unwrap_or_else(|| unreachable!("`{name}` has no value"))
    }

    /// The count `name`.
    ///
    /// # Panics  if it is not declared so, with a value.
    #[must_use]
    pub fn count(&self, name: &str) -> usize {
        match self.get(name) {
            Some(Value::Count(n)) => *n,
            other => unreachable!("`{name}` is not declared as a count: {other:?}"),
        }
    }

    /// The extents `name`.
    ///
    /// # Panics  if it is not declared so, with a value.
    #[must_use]
    pub fn extents(&self, name: &str) -> &[usize] {
        match self.get(name) {
            Some(Value::Extents(extents)) => extents,
            other => unreachable!("`{name}` is not declared as extents: {other:?}"),
        }
    }

    /// The word `name`.
    ///
    /// # Panics  if it is not declared so, with a value.
    #[must_use]
    pub fn word(&self, name: &str) -> &'static str {
        match self.get(name) {
            Some(Value::Word(word)) => word,
            other => unreachable!("`{name}` is not declared as a word: {other:?}"),
        }
    }

    /// Names and values as a JSON object.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        let members = self.0.iter();
        members
            .map(|(name, value)| ((*name).to_owned(), value.to_json()))
            .collect()
    }
}

impl Value {
    fn to_json(&self) -> Json {
        match self {
            Self::Real(x) => Number::from_f64(*x).map_or(Json::Null, Json::Number),
            Self::Count(n) => (*n).into(),
            Self::Extents(extents) => extents.clone().into(),
            Self::Word(word) => (*word).into(),
        }
    }
}

/// As [`Parameter::read`] reads it.
impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Real(x) => write!(f, "{x:?}"),
            Self::Count(n) => write!(f, "{n}"),
            Self::Extents(extents) => {
                let extents: Vec<String> = extents.iter().map(usize::to_string).collect();
                f.write_str(&extents.join(","))
            }
            Self::Word(word) => f.write_str(word),
        }
    }
}
