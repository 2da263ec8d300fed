//! A trained network on as many samples as there are.

use super::checkpoint::Element;
use super::network::Network;
use crate::autodiff::{Plan, PlanOptions};
use crate::error::{Error, Result};
use crate::tensor::{Batched, Feed, Var};

/// A plan of one chunk of samples, run over any number of them; an incomplete last chunk is filled up.
#[derive(Debug)]
pub struct Inference<T> {
    plan: Plan<T>,
    inputs: Vec<(String, usize)>,
    sizes: Vec<usize>,
    pick: Vec<usize>,
    results: Vec<Vec<T>>,
}

impl<T: Element> Inference<T> {
    /// Plans `outputs`, which are batched, for chunks of `chunk` samples.
    ///
    /// # Errors  `Error::Operands` for a shared output; `Error::Argument` for an empty chunk or a shared input that is no
    /// parameter; those of the plan.
    pub fn new(
        network: &Network,
        outputs: &[Var],
        chunk: usize,
        options: PlanOptions,
    ) -> Result<Self> {
        network.check_fed_by_parameters()?;
        if chunk == 0 {
            return Err(Error::argument("chunk", "0", "at least one sample"));
        }
        let shapes: Vec<_> = outputs.iter().map(|&v| network.graph.shape(v)).collect();
        if let Some(shared) = shapes.iter().find(|shape| !shape.is_batched()) {
            return Err(Error::Operands {
                op: "Inference",
                found: vec![shared.to_string()],
                expected: "batched outputs".to_owned(),
            });
        }
        Ok(Self {
            plan: Plan::with_options(&network.graph, outputs, chunk, options)?,
            inputs: network.batched_inputs(),
            sizes: shapes.iter().map(|shape| shape.size()).collect(),
            pick: vec![0; chunk],
            results: vec![Vec::new(); outputs.len()],
        })
    }

    /// Computes the outputs of `samples` samples with the parameters `theta`.
    ///
    /// # Shapes  `rows`: one array `(samples, ..)` for each batched input, in the network's order.
    /// # Errors  `Error::Argument` naming the input that is missing or has another length.
    pub fn run(&mut self, theta: &[T], rows: &[&[T]], samples: usize) -> Result<()> {
        self.check(rows, samples)?;
        for (result, size) in self.results.iter_mut().zip(&self.sizes) {
            result.clear();
            result.resize(samples * size, T::ZERO);
        }
        let chunk = self.pick.len();
        for first in (0..samples).step_by(chunk) {
            for (i, pick) in self.pick.iter_mut().enumerate() {
                *pick = (first + i).min(samples - 1);
            }
            let pick = &self.pick;
            let batched: Vec<Batched<'_, T>> = rows
                .iter()
                .map(|rows| Batched::Picked { rows, pick })
                .collect();
            self.plan.run(&Feed::with_parameters(theta, &batched))?;
            self.keep(first, chunk.min(samples - first));
        }
        Ok(())
    }

    /// Copies `count` samples of the plan's outputs to rows `first..` of the results.
    fn keep(&mut self, first: usize, count: usize) {
        let chunk = self.pick.len();
        for (i, (result, &size)) in self.results.iter_mut().zip(&self.sizes).enumerate() {
            let output = self.plan.output(i);
            for sample in 0..count {
                for k in 0..size {
                    result[(first + sample) * size + k] = output[k * chunk + sample];
                }
            }
        }
    }

    /// Output `i` of the last run.
    ///
    /// # Shapes  `(samples, ..)`, as Python stores data.
    /// # Panics  if there is no such output.
    #[must_use]
    pub fn output(&self, i: usize) -> &[T] {
        &self.results[i]
    }

    fn check(&self, rows: &[&[T]], samples: usize) -> Result<()> {
        if rows.len() != self.inputs.len() {
            let names: Vec<&str> = self.inputs.iter().map(|(name, _)| name.as_str()).collect();
            let expected = format!("{}: {}", names.len(), names.join(", "));
            return Err(Error::argument(
                "batched inputs",
                rows.len().to_string(),
                expected,
            ));
        }
        for ((name, size), rows) in self.inputs.iter().zip(rows) {
            if rows.len() != size * samples {
                let expected = format!("{samples} samples of {size} numbers");
                return Err(Error::argument(
                    name,
                    format!("{} numbers", rows.len()),
                    expected,
                ));
            }
        }
        Ok(())
    }
}
