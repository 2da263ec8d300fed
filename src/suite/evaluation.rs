//! One evaluation of a quantity: by the fast path, by its witness, or by both side by side.

use serde_json::{Map, Value as Json, json};

use super::answer::Answer;
use super::argument::Arguments;
use super::quantity::Quantity;
use crate::error::Result;

/// Who computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Method {
    /// The library's own method
    #[default]
    Fast,
    /// The slow, independent reference
    Witness,
    /// The library, with the reference beside it
    #[value(skip)]
    Both,
}

/// A finished evaluation.
#[derive(Clone, Debug)]
pub struct Evaluation {
    quantity: &'static Quantity,
    arguments: Arguments,
    answer: Answer,
    witness: Option<Answer>,
    method: &'static str,
}

impl Evaluation {
    /// Evaluates `quantity` at `arguments`.
    ///
    /// # Errors  whatever the quantity refuses, named by its argument.
    pub fn new(quantity: &'static Quantity, arguments: Arguments, method: Method) -> Result<Self> {
        let (answer, witness, method) = match method {
            Method::Fast => ((quantity.compute)(&arguments)?, None, quantity.method),
            Method::Witness => {
                let answer = (quantity.witness)(&arguments)?;
                (answer, None, quantity.witness_method)
            }
            Method::Both => {
                let answer = (quantity.compute)(&arguments)?;
                let witness = (quantity.witness)(&arguments)?;
                (answer, Some(witness), quantity.method)
            }
        };
        Ok(Self {
            quantity,
            arguments,
            answer,
            witness,
            method,
        })
    }

    /// `{"quantity", "arguments", "values", "method"}`, and `"witness_method"` where both computed.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Json> {
        let values = self.answer.entries().iter().map(|entry| {
            let witness = self.witness.as_ref().and_then(|w| w.get(entry.name));
            let output = self.quantity.output(entry.name);
            (entry.name.to_owned(), entry.to_json(output, witness))
        });
        let mut object = Map::new();
        object.insert("quantity".to_owned(), json!(self.quantity.id));
        object.insert("arguments".to_owned(), self.arguments.to_json());
        object.insert("values".to_owned(), Json::Object(values.collect()));
        object.insert("method".to_owned(), json!(self.method));
        if self.witness.is_some() {
            let method = json!(self.quantity.witness_method);
            object.insert("witness_method".to_owned(), method);
        }
        object
    }
}
