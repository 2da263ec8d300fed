//! Standard normals, new ones for every batch: what a generative model is trained on.

use serde_json::{Value, json};

use super::source::{Position, Source};
use crate::error::{Error, Result};
use crate::io::Array;
use crate::rng::{Lanes, Seed};
use crate::tensor::{Batched, Real};

/// One batched input of independent standard normals, one lane generator per sample.
#[derive(Clone, Debug)]
pub struct Noise<T> {
    name: String,
    size: usize,
    seed: Seed,
    lanes: Lanes,
    normals: Vec<f64>,
    numbers: Vec<T>,
}

impl<T: Real> Noise<T> {
    /// For the batched input `name` of `size` numbers a sample; lanes `nn/noise/<name>` of `seed`.
    ///
    /// # Errors  `Error::Argument` for an empty batch.
    pub fn new(name: &str, size: usize, batch: usize, seed: Seed) -> Result<Self> {
        if batch == 0 {
            return Err(Error::argument("batch", "0", "at least one sample"));
        }
        Ok(Self {
            name: name.to_owned(),
            size,
            seed,
            lanes: seed.lanes(&format!("nn/noise/{name}"), batch),
            normals: vec![0.0; size * batch],
            numbers: vec![T::ZERO; size * batch],
        })
    }
}

impl<T: Real> Source<T> for Noise<T> {
    fn batch(&self) -> usize {
        self.lanes.count()
    }

    fn inputs(&self) -> Vec<(String, usize)> {
        vec![(self.name.clone(), self.size)]
    }

    fn advance(&mut self) {
        self.lanes.normal(&mut self.normals);
        for (number, normal) in self.numbers.iter_mut().zip(&self.normals) {
            *number = T::of(*normal);
        }
    }

    fn input(&self, i: usize) -> Batched<'_, T> {
        assert_eq!(i, 0, "noise is one input");
        Batched::Lanes(&self.numbers)
    }

    fn spec(&self) -> Value {
        json!({
            "source": "noise",
            "input": self.name,
            "size": self.size,
            "batch": self.lanes.count(),
            "seed": self.seed,
        })
    }

    fn position(&self) -> Position {
        let count = self.lanes.count();
        let words = (0..count).flat_map(|lane| self.lanes.state_of(lane));
        let words: Vec<i64> = words.map(u64::cast_signed).collect();
        let lanes = Array::new(vec![count, 4], words).expect("four words a lane");
        Position {
            arrays: [("lanes".to_owned(), lanes)].into(),
            ..Position::default()
        }
    }

    fn restore(&mut self, position: &Position) -> Result<()> {
        let words = position.array("lanes")?;
        let (states, rest) = words.as_chunks::<4>();
        let dead = states.contains(&[0; 4]);
        if states.len() != self.lanes.count() || !rest.is_empty() || dead {
            let found = format!("{} words", words.len());
            let expected = format!("4 for each of {} lanes, not all zero", self.lanes.count());
            return Err(Error::argument("array `lanes`", found, expected));
        }
        self.lanes = Lanes::from_states(states.iter().map(|state| state.map(i64::cast_unsigned)));
        Ok(())
    }
}
