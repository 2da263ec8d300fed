//! Samples in memory, and minibatches of them.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::network::Network;
use super::sampler::{Sampler, SamplerState, Sampling};
use super::source::{Position, Source};
use crate::error::{Error, Result};
use crate::io::Array;
use crate::rng::Seed;
use crate::tensor::{Batched, Real};

/// The samples of every batched input of a network, as rows.
#[derive(Clone, Debug)]
pub struct Data<T> {
    columns: Vec<Column<T>>,
    samples: usize,
}

#[derive(Clone, Debug)]
struct Column<T> {
    name: String,
    size: usize,
    rows: Vec<T>,
}

impl<T: Real> Data<T> {
    /// Rows for every batched input of `network`, by name, in any order.
    ///
    /// # Shapes  `rows: (samples, numbers of a sample)`, as Python stores data.
    /// # Errors  `Error::Argument` naming the input: missing, unknown, or with another number of samples.
    pub fn new(network: &Network, rows: &[(&str, &[T])]) -> Result<Self> {
        let inputs = network.batched_inputs();
        if let Some((name, _)) = rows
            .iter()
            .find(|(name, _)| inputs.iter().all(|i| i.0 != *name))
        {
            let known = inputs.iter().map(|(name, _)| name.as_str());
            return Err(Error::unknown("batched input", name, known));
        }
        let mut columns = Vec::new();
        for (name, size) in inputs {
            let Some((_, rows)) = rows.iter().find(|(given, _)| *given == name) else {
                return Err(Error::argument(name, "nothing", "its samples"));
            };
            let rows = rows.to_vec();
            columns.push(Column { name, size, rows });
        }
        let samples = columns
            .first()
            .map_or(0, |first| first.rows.len() / first.size.max(1));
        for Column { name, size, rows } in &columns {
            if samples == 0 || rows.len() != size * samples {
                let found = format!("{} numbers", rows.len());
                let expected = format!("{size} for each of {} samples", samples.max(1));
                return Err(Error::argument(name, found, expected));
            }
        }
        Ok(Self { columns, samples })
    }

    /// How many samples there are.
    #[must_use]
    pub const fn samples(&self) -> usize {
        self.samples
    }

    /// SHA-256 of the numbers, in hexadecimal: a training continues with the same data only.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        for column in &self.columns {
            hash.update(column.name.as_bytes());
            for x in &column.rows {
                hash.update(x.to_f64().to_le_bytes());
            }
        }
        hexadecimal(&hash.finalize())
    }
}

/// Two digits a byte.
fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Minibatches of a [`Data`].
#[derive(Clone, Debug)]
pub struct Dataset<T> {
    data: Data<T>,
    digest: String,
    sampling: Sampling,
    seed: Seed,
    sampler: Sampler,
    pick: Vec<usize>,
}

impl<T: Real> Dataset<T> {
    /// Batches of `batch` samples.
    ///
    /// # Errors  `Error::Argument` for an empty batch.
    pub fn new(data: Data<T>, sampling: Sampling, batch: usize, seed: Seed) -> Result<Self> {
        if batch == 0 {
            return Err(Error::argument("batch", "0", "at least one sample"));
        }
        Ok(Self {
            sampler: Sampler::new(sampling, data.samples, seed)?,
            digest: data.digest(),
            pick: vec![0; batch],
            data,
            sampling,
            seed,
        })
    }

    /// The samples of the current batch.
    #[must_use]
    pub fn picked(&self) -> &[usize] {
        &self.pick
    }
}

impl<T: Real> Source<T> for Dataset<T> {
    fn batch(&self) -> usize {
        self.pick.len()
    }

    fn inputs(&self) -> Vec<(String, usize)> {
        let columns = self.data.columns.iter();
        columns
            .map(|column| (column.name.clone(), column.size))
            .collect()
    }

    fn advance(&mut self) {
        self.sampler.pick(&mut self.pick);
    }

    fn input(&self, i: usize) -> Batched<'_, T> {
        Batched::Picked {
            rows: &self.data.columns[i].rows,
            pick: &self.pick,
        }
    }

    fn spec(&self) -> Value {
        json!({
            "source": "dataset",
            "samples": self.data.samples,
            "sha256": self.digest,
            "sampling": self.sampling,
            "batch": self.pick.len(),
            "seed": self.seed,
        })
    }

    fn position(&self) -> Position {
        let state = self.sampler.state();
        let order: Vec<i64> = state.order.iter().map(|&i| i as i64).collect();
        let order = Array::new(vec![order.len()], order).expect("a vector has its own length");
        Position {
            stream: Some(state.stream),
            counters: [("next", state.next as u64), ("epoch", state.epoch)]
                .map(|(name, count)| (name.to_owned(), count))
                .into(),
            arrays: [("order".to_owned(), order)].into(),
        }
    }

    fn restore(&mut self, position: &Position) -> Result<()> {
        let Some(stream) = position.stream.clone() else {
            return Err(Error::argument("stream", "nothing", "the sampler's"));
        };
        let order = position.array("order")?.iter();
        self.sampler.restore(&SamplerState {
            stream,
            // What is not a number of a sample is none afterwards either.
            order: order
                .map(|&i| usize::try_from(i).unwrap_or(usize::MAX))
                .collect(),
            next: usize::try_from(position.counter("next")?).unwrap_or(usize::MAX),
            epoch: position.counter("epoch")?,
        })
    }
}
