//! The training loop.
//!
//! A step: the next batch, loss and gradient in one run of the plan, the gradient's norm (and a bound on it), one step
//! of the optimiser. A loss or gradient that is not finite stops the training before the step is made: the
//! parameters stay those that gave it.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::checkpoint::{self, Element, Saved};
use super::method::Method;
use super::network::Network;
use super::parameters::Parameters;
use super::source::Source;
use crate::autodiff::{Plan, PlanOptions, grad};
use crate::error::{Error, Result};
use crate::io::{Limits, first_difference};
use crate::optimize::{FirstOrder, Schedule, clip_by_norm, norm};
use crate::rng::Seed;
use crate::tensor::{Batched, Feed, Var};

/// Most batched inputs of a training.
const MOST_INPUTS: usize = 16;

/// How a network is trained, apart from its batches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainOptions {
    /// The optimiser.
    pub method: Method,
    /// The learning rate of every step.
    pub schedule: Schedule,
    /// The longest gradient; a longer one is scaled down to it.
    pub clip: Option<f64>,
    /// The seed of the starting parameters.
    pub seed: Seed,
}

/// Whether a training can go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It can.
    Going,
    /// It met a number that is not finite and stands where it met it.
    Diverged(Divergence),
}

/// What was not finite, in which step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Divergence {
    /// The step, counted from zero.
    pub step: u64,
    /// What.
    pub quantity: Quantity,
}

/// What a step looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The loss, before the step.
    Loss,
    /// The norm of the gradient, before the step.
    Gradient,
    /// The parameters, after the step.
    Parameters,
}

/// A training under way: everything that its next step depends on.
///
/// ```
/// use fieldassay::nn::{Activation, Data, Dataset, Layer, Method, Network, Sampling, TrainOptions, Trainer};
/// use fieldassay::nn::{layer::Mlp, loss};
/// use fieldassay::optimize::{AdamOptions, Schedule};
/// use fieldassay::{Seed, autodiff::PlanOptions, tensor::Shape};
/// let mut n = Network::new();
/// let x = n.graph.input("x", Shape::batched(&[1]))?;
/// let target = n.graph.input("target", Shape::batched(&[1]))?;
/// let y = n.add("", &Layer::Mlp(Mlp::new(&[16, 1], Activation::Tanh)), x)?;
/// let loss = loss::mean_squared_error(&mut n.graph, y, target)?;
/// let xs: Vec<f64> = (0..64).map(|i| f64::from(i) / 32.0 - 1.0).collect();
/// let ys: Vec<f64> = xs.iter().map(|x| (2.0 * x).sin()).collect();
/// let data = Data::new(&n, &[("x", &xs), ("target", &ys)])?;
/// let batches = Dataset::new(data, Sampling::Shuffled, 16, Seed(1))?;
/// let options = TrainOptions {
///     method: Method::Adam(AdamOptions::default()),
///     schedule: Schedule::constant(0.01)?,
///     clip: None,
///     seed: Seed(1),
/// };
/// let mut training = Trainer::new(&n, loss, batches, options, PlanOptions::default())?;
/// training.run(400)?;
/// assert!(training.losses()[399] < 0.01 * training.losses()[0]);
/// # Ok::<(), fieldassay::Error>(())
/// ```
#[derive(Debug)]
pub struct Trainer<T> {
    plan: Plan<T>,
    course: Course<T>,
    parameters: Parameters,
    spec: Value,
}

/// What a step changes.
#[derive(Debug)]
struct Course<T> {
    options: TrainOptions,
    theta: Vec<T>,
    gradient: Vec<T>,
    method: Box<dyn FirstOrder<T>>,
    source: Box<dyn Source<T>>,
    inputs: usize,
    losses: Vec<f64>,
    stopped: Option<Divergence>,
}

impl<T: Element> Trainer<T> {
    /// A training of `network` on `loss`, at step zero.
    ///
    /// # Errors  `Error::Argument` if the batches are not those of the network's inputs, or it has a shared input that
    /// is no parameter; those of [`grad`], of the options, and of the plan.
    /// # Panics  if `loss` belongs to another graph.
    pub fn new(
        network: &Network,
        loss: Var,
        source: impl Source<T> + 'static,
        options: TrainOptions,
        plan: PlanOptions,
    ) -> Result<Self> {
        network.check_fed_by_parameters()?;
        check_inputs(&network.batched_inputs(), &source.inputs())?;
        let parameters = network.parameters().clone();
        let mut graph = network.graph.clone();
        let mut outputs = vec![loss];
        outputs.extend(grad(&mut graph, loss, &parameters.vars())?);
        let theta = parameters.initial(options.seed)?;
        let spec = json!({
            "number": T::NAME,
            "architecture": network.architecture(),
            "parameters": checkpoint::layout(&parameters),
            "training": options,
            "batches": source.spec(),
        });
        if let Some(limit) = options.clip {
            clip_by_norm::<T>(&mut [], limit)?;
        }
        Ok(Self {
            plan: Plan::with_options(&graph, &outputs, source.batch(), plan)?,
            course: Course {
                gradient: theta.clone(),
                method: options.method.start(theta.len())?,
                inputs: source.inputs().len(),
                source: Box::new(source),
                options,
                theta,
                losses: Vec::new(),
                stopped: None,
            },
            parameters,
            spec,
        })
    }

    /// One step.
    ///
    /// Allocates nothing, apart from what the list of losses needs to grow: [`Trainer::run`] makes room first.
    ///
    /// # Errors  none but those of a source that gives other batches than it announced.
    pub fn step(&mut self) -> Result<Status> {
        self.course.step(&mut self.plan)
    }

    /// At most `steps` steps; fewer if the training diverges.
    ///
    /// # Errors  as [`Trainer::step`].
    pub fn run(&mut self, steps: usize) -> Result<Status> {
        let course = &mut self.course;
        course.losses.reserve(steps);
        self.plan.install(|plan| {
            for _ in 0..steps {
                if let diverged @ Status::Diverged(_) = course.step(plan)? {
                    return Ok(diverged);
                }
            }
            Ok(course.check_parameters())
        })
    }

    /// The loss of every step, before it was made.
    #[must_use]
    pub fn losses(&self) -> &[f64] {
        &self.course.losses
    }

    /// The parameters as they are now.
    #[must_use]
    pub fn theta(&self) -> &[T] {
        &self.course.theta
    }

    /// The parameters as they are now, to be changed: for other starts.
    pub fn theta_mut(&mut self) -> &mut [T] {
        &mut self.course.theta
    }

    /// Names and extents of the parameters.
    #[must_use]
    pub const fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// What is trained, how and on what: a checkpoint has to agree with it.
    #[must_use]
    pub const fn spec(&self) -> &Value {
        &self.spec
    }

    /// Whether the training can go on.
    #[must_use]
    pub fn status(&self) -> Status {
        self.course.stopped.map_or(Status::Going, Status::Diverged)
    }

    /// Writes everything that the next step depends on, atomically: a reader sees this checkpoint or the one before.
    ///
    /// # Errors  `Error::Io`.
    pub fn save(&self, path: &Path) -> Result<()> {
        let course = &self.course;
        let saved = Saved {
            spec: self.spec.clone(),
            theta: course.theta.clone(),
            optimizer: course.method.state(),
            position: course.source.position(),
            losses: course.losses.clone(),
            stopped: course.stopped,
        };
        checkpoint::write(path, &self.parameters, &saved)
    }

    /// Continues from a checkpoint of the same training, to the bit.
    ///
    /// # Errors  `Error::Io`; `Error::Format` naming the field of a file that is damaged, no checkpoint, or one of
    /// another training (the first difference of their descriptions). Nothing has changed then.
    pub fn resume(&mut self, path: &Path, limits: &Limits) -> Result<()> {
        let saved: Saved<T> =
            checkpoint::read(
                path,
                &self.parameters,
                limits,
                |spec| match first_difference(spec, &self.spec) {
                    None => Ok(()),
                    Some([at, found, expected]) => {
                        Err(Error::format(path, format!("spec, {at}"), found, expected))
                    }
                },
            )?;
        let course = &mut self.course;
        let in_file = |error| match error {
            Error::Argument {
                field,
                found,
                expected,
            } => Error::format(path, field, found, expected),
            other => other,
        };
        let before = course.source.position();
        course.source.restore(&saved.position).map_err(in_file)?;
        if let Err(error) = course.method.restore(&saved.optimizer) {
            course.source.restore(&before)?;
            return Err(in_file(error));
        }
        course.theta = saved.theta;
        course.losses = saved.losses;
        course.stopped = saved.stopped;
        Ok(())
    }
}

impl<T: Element> Course<T> {
    fn step(&mut self, plan: &mut Plan<T>) -> Result<Status> {
        if let Some(divergence) = self.stopped {
            return Ok(Status::Diverged(divergence));
        }
        self.source.advance();
        let mut inputs = [Batched::Lanes(&[][..]); MOST_INPUTS];
        for (i, input) in inputs.iter_mut().take(self.inputs).enumerate() {
            *input = self.source.input(i);
        }
        plan.run(&Feed::with_parameters(&self.theta, &inputs[..self.inputs]))?;
        let loss = plan.output(0)[0].to_f64();
        let step = self.losses.len() as u64;
        self.losses.push(loss);
        if !loss.is_finite() {
            return Ok(self.stop(step, Quantity::Loss));
        }
        plan.collect(1, &mut self.gradient);
        let norm = match self.options.clip {
            Some(limit) => clip_by_norm(&mut self.gradient, limit)?,
            None => norm(&self.gradient),
        };
        if !norm.is_finite() {
            return Ok(self.stop(step, Quantity::Gradient));
        }
        let rate = self.options.schedule.at(step);
        self.method.step(rate, &mut self.theta, &self.gradient)?;
        Ok(Status::Going)
    }

    fn stop(&mut self, step: u64, quantity: Quantity) -> Status {
        let divergence = Divergence { step, quantity };
        self.stopped = Some(divergence);
        Status::Diverged(divergence)
    }

    /// A last step may have left what no next one sees.
    fn check_parameters(&mut self) -> Status {
        match self.stopped {
            Some(divergence) => Status::Diverged(divergence),
            None if self.theta.iter().all(|x| x.is_finite()) => Status::Going,
            None => {
                let last = (self.losses.len() as u64).saturating_sub(1);
                self.stop(last, Quantity::Parameters)
            }
        }
    }
}

fn check_inputs(network: &[(String, usize)], source: &[(String, usize)]) -> Result<()> {
    let text = |inputs: &[(String, usize)]| {
        let inputs = inputs.iter().map(|(name, size)| format!("{name} [{size}]"));
        inputs.collect::<Vec<_>>().join(", ")
    };
    if network == source && network.len() <= MOST_INPUTS {
        return Ok(());
    }
    let expected = format!("{}; at most {MOST_INPUTS}", text(network));
    Err(Error::argument("batches", text(source), expected))
}
