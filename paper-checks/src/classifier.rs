//! A network that answers with probabilities of classes: affine layers with tanh between, soft-max at
//! the end, trained by Adam on minibatches. Claims about classification share it.

use fieldassay::Result;
use fieldassay::autodiff::{Plan, grad};
use fieldassay::optimize::{Adam, AdamOptions, FirstOrder, Schedule};
use fieldassay::rng::Rng;
use fieldassay::tensor::{Batched, Feed, Graph, Shape, Var};

use crate::claim::{Context, interrupted};

/// The loss of one sample with label `y` for which the network says `q`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Score {
    /// `−ln q_y`, the cross entropy of the label and `q`.
    CrossEntropy,
    /// `−q_y`: cross entropy without its logarithm, which is no proper score.
    WithoutLogarithm,
    /// `Σ_k (q_k − [k = y])²`.
    Square,
}

/// Samples, one after the other, and their labels.
#[derive(Clone, Debug, Default)]
pub struct Labelled {
    /// The inputs, row by row.
    pub inputs: Vec<f32>,
    /// The classes.
    pub labels: Vec<usize>,
}

/// How long and how fast to train; the rate falls as a cosine to a hundredth.
#[derive(Clone, Copy, Debug)]
pub struct Training {
    /// What is minimised.
    pub score: Score,
    /// Samples of one step.
    pub batch: usize,
    /// Number of steps.
    pub steps: u64,
    /// The first rate.
    pub rate: f64,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Classifier {
    widths: Vec<usize>,
    parameters: Vec<f32>,
}

impl Classifier {
    /// Weights from `N(0, 1/fan-in)`, biases zero; `widths` from the inputs to the classes.
    pub fn new(widths: &[usize], rng: &mut Rng) -> Self {
        let mut parameters = Vec::new();
        for pair in widths.windows(2) {
            let scale = (pair[0] as f64).sqrt().recip();
            parameters.extend((0..pair[0] * pair[1]).map(|_| (scale * rng.normal()) as f32));
            parameters.extend(std::iter::repeat_n(0.0, pair[1]));
        }
        Self {
            widths: widths.to_vec(),
            parameters,
        }
    }

    fn classes(&self) -> usize {
        self.widths[self.widths.len() - 1]
    }

    /// The parameters and, before soft-max, the answers for the input `x`.
    fn declare(&self, g: &mut Graph) -> Result<(Vec<Var>, Var)> {
        let mut parameters = Vec::new();
        for (layer, pair) in self.widths.windows(2).enumerate() {
            let weight = Shape::shared(&[pair[1], pair[0]]);
            parameters.push(g.input(&format!("{layer}.weight"), weight)?);
            parameters.push(g.input(&format!("{layer}.bias"), Shape::shared(&[pair[1]]))?);
        }
        let mut h = g.input("x", Shape::batched(&[self.widths[0]]))?;
        for (layer, pair) in parameters.chunks_exact(2).enumerate() {
            h = g.linear(pair[0], h)?;
            h = g.add(h, pair[1])?;
            if layer + 2 < self.widths.len() {
                h = g.tanh(h)?;
            }
        }
        Ok((parameters, h))
    }

    /// Trains on `data`.
    ///
    /// # Errors  if the user interrupts.
    pub fn train(
        &mut self,
        data: &Labelled,
        training: &Training,
        rng: &mut Rng,
        context: &Context<'_>,
    ) -> Result<()> {
        let classes = self.classes();
        let mut g = Graph::new();
        let (parameters, z) = self.declare(&mut g)?;
        let loss = loss(&mut g, z, classes, training.score)?;
        let gradient = grad(&mut g, loss, &parameters)?;
        let outputs = [&[loss], &gradient[..]].concat();
        let mut plan = Plan::<f32>::new(&g, &outputs, training.batch)?;
        let mut targets = vec![0.0; data.labels.len() * classes];
        for (row, &label) in targets.chunks_exact_mut(classes).zip(&data.labels) {
            row[label] = 1.0;
        }
        let schedule = Schedule::cosine(training.rate, 0.01 * training.rate, training.steps)?;
        let mut adam = Adam::new(self.parameters.len(), AdamOptions::default())?;
        for step in 0..training.steps {
            if step % 100 == 0 && context.interrupted() {
                return Err(interrupted());
            }
            let pick: Vec<usize> = (0..training.batch)
                .map(|_| rng.below(data.labels.len()))
                .collect();
            let picked = |rows| Batched::Picked { rows, pick: &pick };
            let batched = [picked(&data.inputs), picked(&targets)];
            plan.run(&Feed::with_parameters(&self.parameters, &batched))?;
            let gradient: Vec<f32> = (1..outputs.len())
                .flat_map(|i| plan.output(i))
                .copied()
                .collect();
            adam.step(schedule.at(step), &mut self.parameters, &gradient)?;
        }
        Ok(())
    }

    /// The probabilities of the classes for each row of `inputs`.
    pub fn probabilities(&self, inputs: &[f32]) -> Result<Vec<Vec<f64>>> {
        let samples = inputs.len() / self.widths[0];
        let mut g = Graph::new();
        let (_, z) = self.declare(&mut g)?;
        let q = g.softmax(z, &[0])?;
        let mut plan = Plan::<f32>::new(&g, &[q], samples)?;
        plan.run(&Feed::with_parameters(
            &self.parameters,
            &[Batched::Rows(inputs)],
        ))?;
        let lanes = plan.output(0);
        let of = |sample: usize, class: usize| f64::from(lanes[class * samples + sample]);
        Ok((0..samples)
            .map(|s| (0..self.classes()).map(|k| of(s, k)).collect())
            .collect())
    }
}

/// The mean of the score over the batch, with the labels as rows of zeros and a one.
fn loss(g: &mut Graph, z: Var, classes: usize, score: Score) -> Result<Var> {
    let target = g.input("y", Shape::batched(&[classes]))?;
    let each = match score {
        Score::CrossEntropy | Score::WithoutLogarithm => {
            let answer = if score == Score::CrossEntropy {
                g.log_softmax(z, &[0])?
            } else {
                g.softmax(z, &[0])?
            };
            let chosen = g.mul(target, answer)?;
            g.neg(chosen)?
        }
        Score::Square => {
            let q = g.softmax(z, &[0])?;
            let error = g.sub(q, target)?;
            g.square(error)?
        }
    };
    let sum = g.sum(each)?;
    g.mean_batch(sum)
}
