//! Where the batches of a training come from.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde_json::Value;

use crate::error::{Error, Result};
use crate::io::Array;
use crate::rng::RngState;
use crate::tensor::{Batched, Real};

/// A sequence of batches that can be saved and continued.
pub trait Source<T: Real>: Debug + Send {
    /// Samples of a batch.
    fn batch(&self) -> usize;

    /// Name and numbers of a sample of each batched input, in the order of the network's.
    fn inputs(&self) -> Vec<(String, usize)>;

    /// Makes the next batch.
    fn advance(&mut self);

    /// The numbers of batched input `i`.
    ///
    /// # Panics  if there is no such input.
    fn input(&self, i: usize) -> Batched<'_, T>;

    /// What the sequence is: with another one, a training does not continue.
    fn spec(&self) -> Value;

    /// Where it stands.
    fn position(&self) -> Position;

    /// Continues from `position`.
    ///
    /// # Errors  `Error::Argument` naming what no such source leaves. Nothing has changed then.
    fn restore(&mut self, position: &Position) -> Result<()>;
}

/// Where a source stands, in a form that a checkpoint holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Position {
    /// The named stream, if one is drawn from.
    pub stream: Option<RngState>,
    /// Counters by name.
    pub counters: BTreeMap<String, u64>,
    /// Integers by name: permutations, states of lanes.
    pub arrays: BTreeMap<String, Array>,
}

impl Position {
    /// The counter `name`.
    ///
    /// # Errors  `Error::Argument`.
    pub fn counter(&self, name: &str) -> Result<u64> {
        let found = self.counters.get(name).copied();
        found.ok_or_else(|| Error::argument(format!("counter `{name}`"), "nothing", "a number"))
    }

    /// The array `name`.
    ///
    /// # Errors  `Error::Argument`.
    pub fn array(&self, name: &str) -> Result<&[i64]> {
        let missing = || Error::argument(format!("array `{name}`"), "nothing", "integers");
        self.arrays.get(name).ok_or_else(missing)?.as_i64()
    }
}
