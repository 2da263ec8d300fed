//! A multi-layer perceptron that is fitted to rows of numbers: settings, training, file.

use serde::{Deserialize, Serialize};

use crate::autodiff::PlanOptions;
use crate::error::{Error, Result};
use crate::io::{Array, NamedArrays};
use crate::nn::layer::Mlp;
use crate::nn::{
    Activation, Data, Dataset, Inference, Layer, Method, Network, Parameters, Sampling, Status,
    TrainOptions, Trainer, loss,
};
use crate::optimize::{AdamOptions, Schedule};
use crate::rng::Seed;
use crate::tensor::{Shape, Var};

/// Samples of a chunk when a network is evaluated.
const CHUNK: usize = 1024;
/// How often a training says how far it is.
const REPORTS: u64 = 20;

/// How a network is fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// Extents of the hidden layers.
    pub hidden: Vec<usize>,
    /// The function after each of them.
    pub activation: Activation,
    /// Where the loss turns from quadratic to linear, in units of the weighted targets; none: mean squared error.
    pub linear_beyond: Option<f64>,
    /// How often each row is seen.
    pub epochs: f64,
    /// Rows of a minibatch.
    pub batch: usize,
    /// First and last learning rate of Adam, with a cosine in between.
    pub rate: [f64; 2],
}

impl Fit {
    fn check(&self) -> Result<()> {
        let wrong = |field: &str, found: String, expected: &str| {
            Err(Error::argument(field, found, expected))
        };
        if !(self.epochs > 0.0 && self.epochs.is_finite()) {
            return wrong("epochs", self.epochs.to_string(), "a positive number");
        }
        if let Some(scale) = self.linear_beyond.filter(|s| !(*s > 0.0 && s.is_finite())) {
            return wrong("linear_beyond", scale.to_string(), "a positive number");
        }
        Ok(())
    }

    fn layer(&self, outputs: usize) -> Layer {
        let widths: Vec<usize> = self.hidden.iter().copied().chain([outputs]).collect();
        Layer::Mlp(Mlp::new(&widths, self.activation))
    }
}

/// Rows to be fitted.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// Numbers of an input.
    pub inputs: usize,
    /// Numbers of a target.
    pub outputs: usize,
    /// `(rows, inputs)`.
    pub x: Vec<f32>,
    /// `(rows, outputs)`.
    pub y: Vec<f32>,
    /// `(rows, outputs)`: factors of the deviations.
    pub weight: Vec<f32>,
}

/// How far a training has come.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// What is trained.
    pub stage: &'a str,
    /// Steps made.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// The mean loss since the last report.
    pub loss: f64,
}

/// A fitted network.
#[derive(Clone, Debug)]
pub struct Regressor {
    network: Network,
    output: Var,
    outputs: usize,
    theta: Vec<f32>,
}

impl Regressor {
    /// Fits; the same seed gives the same numbers, whatever the number of `threads`.
    ///
    /// # Errors  `Error::Argument` naming a setting, or if the training diverges; those of the training.
    pub fn fit(
        fit: &Fit,
        rows: &Rows,
        seed: Seed,
        threads: usize,
        stage: &str,
        report: &mut dyn FnMut(Report<'_>),
    ) -> Result<Self> {
        fit.check()?;
        let mut this = Self::untrained(fit, rows.inputs, rows.outputs)?;
        let mut n = this.network.clone();
        let target = n.graph.input("y", Shape::batched(&[rows.outputs]))?;
        let weight = n.graph.input("weight", Shape::batched(&[rows.outputs]))?;
        let g = &mut n.graph;
        let found = g.mul(this.output, weight)?;
        let wanted = g.mul(target, weight)?;
        let loss = match fit.linear_beyond {
            None => loss::mean_squared_error(g, found, wanted)?,
            Some(scale) => loss::pseudo_huber(g, found, wanted, scale)?,
        };
        let data = Data::new(
            &n,
            &[("x", &rows.x), ("y", &rows.y), ("weight", &rows.weight)],
        )?;
        let steps = (fit.epochs * data.samples() as f64 / fit.batch.max(1) as f64).ceil() as u64;
        let batches = Dataset::new(data, Sampling::Shuffled, fit.batch, seed)?;
        let options = TrainOptions {
            method: Method::Adam(AdamOptions::default()),
            schedule: Schedule::cosine(fit.rate[0], fit.rate[1], steps)?,
            clip: None,
            seed,
        };
        let plan = PlanOptions {
            threads,
            ..PlanOptions::default()
        };
        let mut training = Trainer::new(&n, loss, batches, options, plan)?;
        for part in 0..REPORTS {
            let first = training.losses().len();
            let last = (steps * (part + 1) / REPORTS) as usize;
            if let Status::Diverged(what) = training.run(last - first)? {
                let found = format!("{:?} not finite in step {}", what.quantity, what.step);
                return Err(Error::argument(
                    "rate",
                    found,
                    "a rate that does not diverge",
                ));
            }
            let losses = &training.losses()[first..];
            report(Report {
                stage,
                step: last as u64,
                steps,
                loss: losses.iter().sum::<f64>() / losses.len().max(1) as f64,
            });
        }
        this.theta = training.theta().to_vec();
        Ok(this)
    }

    fn untrained(fit: &Fit, inputs: usize, outputs: usize) -> Result<Self> {
        let mut network = Network::new();
        let x = network.graph.input("x", Shape::batched(&[inputs]))?;
        let output = network.add("", &fit.layer(outputs), x)?;
        Ok(Self {
            theta: vec![0.0; network.parameters().count()],
            network,
            output,
            outputs,
        })
    }

    /// The outputs for rows `x`.
    ///
    /// # Shapes  `x`: `(rows, inputs)`; the result `(rows, outputs)`.
    /// # Errors  those of [`Inference`].
    pub fn at(&self, x: &[f32]) -> Result<Vec<f32>> {
        let inputs: usize = self.network.batched_inputs().iter().map(|(_, n)| n).sum();
        let options = PlanOptions::default();
        let mut inference = Inference::new(&self.network, &[self.output], CHUNK, options)?;
        inference.run(&self.theta, &[x], x.len() / inputs)?;
        Ok(inference.output(0).to_vec())
    }

    /// Numbers of an output.
    #[must_use]
    pub const fn outputs(&self) -> usize {
        self.outputs
    }

    /// Names and extents of the parameters.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        self.network.parameters()
    }

    /// Puts the parameters under `prefix` among the arrays of a file.
    pub(super) fn store(&self, prefix: &str, arrays: &mut NamedArrays) -> Result<()> {
        for parameter in self.network.parameters().list() {
            let numbers = self.theta[parameter.range()].to_vec();
            let array = Array::new(parameter.dims().to_vec(), numbers)?;
            arrays.insert(format!("{prefix}{}", parameter.name()), array)?;
        }
        Ok(())
    }

    /// The network that [`Regressor::store`] has put there.
    pub(super) fn load(
        fit: &Fit,
        [inputs, outputs]: [usize; 2],
        prefix: &str,
        arrays: &NamedArrays,
    ) -> Result<Self> {
        let mut this = Self::untrained(fit, inputs, outputs)?;
        for parameter in this.network.parameters().list() {
            let name = format!("{prefix}{}", parameter.name());
            let array = arrays.get(&name)?;
            if array.shape() != parameter.dims() {
                let found = format!("{name} {:?}", array.shape());
                let expected = format!("shape {:?}", parameter.dims());
                return Err(Error::argument("network", found, expected));
            }
            this.theta[parameter.range()].copy_from_slice(array.as_f32()?);
        }
        Ok(this)
    }
}
