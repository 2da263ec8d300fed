//! The optimiser of a training, as data.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::optimize::{Adam, AdamOptions, FirstOrder, Sgd, SgdOptions};
use crate::tensor::Real;

/// A first-order method and its constants.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Gradient descent, with momentum or without.
    Sgd(SgdOptions),
    /// Adam, or AdamW.
    Adam(AdamOptions),
}

impl Method {
    /// The method at its first step.
    ///
    /// # Errors  `Error::Domain` naming the constant.
    pub fn start<T: Real>(self, parameters: usize) -> Result<Box<dyn FirstOrder<T>>> {
        Ok(match self {
            Self::Sgd(options) => Box::new(Sgd::new(parameters, options)?),
            Self::Adam(options) => Box::new(Adam::new(parameters, options)?),
        })
    }
}
