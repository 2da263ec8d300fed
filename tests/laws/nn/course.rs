//! What a training does at which step, and what a checkpoint that is refused must leave alone.

use fieldassay::Error;
use fieldassay::autodiff::{Plan, PlanOptions, grad};
use fieldassay::io::Limits;
use fieldassay::nn::checkpoint::Element;
use fieldassay::nn::{
    Activation, Data, Dataset, Method, Network, Sampling, Source, Status, TrainOptions, Trainer,
    loss,
};
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{AdamOptions, Schedule, SgdOptions};
use fieldassay::tensor::{Feed, Graph, Shape};

use super::{SEED, mlp, problem, regression};

const SAMPLES: usize = 7;
const BATCH: usize = 3;

/// `(θ·x − t)²` with one parameter, so that a gradient is `2(θx − t)x`.
fn line<T: Element>([x, t]: [f64; 2], method: Method, schedule: Schedule) -> Trainer<T> {
    let mut n = Network::new();
    let input = |n: &mut Network, name| n.graph.input(name, Shape::batched(&[1]));
    let input_x = input(&mut n, "x").expect("an input");
    let target = input(&mut n, "target").expect("an input");
    let y = n
        .add("net", &mlp(&[1], Activation::Identity), input_x)
        .expect("a layer");
    let loss = loss::mean_squared_error(&mut n.graph, y, target).expect("a loss");
    let (xs, ts) = ([T::of(x), T::of(0.5 * x)], [T::of(t), T::of(-t)]);
    let data = Data::new(&n, &[("x", &xs), ("target", &ts)]).expect("data that fit");
    let source = Dataset::new(data, Sampling::InOrder, 1, SEED).expect("batches");
    let options = TrainOptions {
        method,
        schedule,
        clip: None,
        seed: SEED,
    };
    Trainer::new(&n, loss, source, options, PlanOptions::default()).expect("a training")
}

/// Step `k`, counted from 0, has the rate of the schedule at `k`: by plain descent, where a step is rate times gradient.
#[test]
fn a_step_has_the_rate_of_its_own_number() {
    const ROUNDING: Tol = Tol::rel(1e-12).because("one multiplication and one subtraction a step");
    let schedules = [
        Schedule::exponential(0.1, 0.5).expect("rates"),
        Schedule::step_decay(0.1, 0.1, 3).expect("rates"),
        Schedule::constant(0.1).expect("a rate").after_warm_up(4),
        Schedule::cosine(0.1, 1e-3, 6).expect("rates"),
    ];
    let mut worst = Worst::new(ROUNDING);
    for (which, schedule) in schedules.into_iter().enumerate() {
        let method = Method::Sgd(SgdOptions::default());
        let mut training = line::<f64>([0.8, 0.3], method, schedule.clone());
        for step in 0..8 {
            let before = training.theta().to_vec();
            assert_eq!(training.step().expect("a step"), Status::Going);
            // Weight and bias; samples take turns.
            let (x, t) = if u64::is_multiple_of(step, 2) {
                (0.8, 0.3)
            } else {
                (0.4, -0.3)
            };
            let residual = 2.0 * (before[0] * x + before[1] - t);
            let rate = schedule.at(step);
            for (k, slope) in [residual * x, residual].into_iter().enumerate() {
                worst.see(training.theta()[k], before[k] - rate * slope, || {
                    format!("schedule {which}, step {step}, parameter {k}")
                });
            }
        }
    }
    worst.assert_at_least(4 * 8 * 2);
}

/// The state of Adam overflows in single precision while loss and parameters do not: such a checkpoint is refused, and
/// the training that refused it goes on as if it had never seen it.
#[test]
fn a_refused_checkpoint_moves_nothing() {
    let method = Method::Adam(AdamOptions::default());
    let schedule = || Schedule::constant(1e-3).expect("a rate");
    let numbers = [1000.0, 1.0];
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    let mut ill = line::<f32>(numbers, method, schedule());
    ill.theta_mut()[0] = 1e15;
    assert_eq!(ill.step().expect("a step"), Status::Going);
    ill.save(&path).expect("written");
    let mut whole = line::<f32>(numbers, method, schedule());
    let mut other = line::<f32>(numbers, method, schedule());
    whole.run(2).expect("steps");
    other.run(2).expect("steps");
    let refused = other.resume(&path, &Limits::default());
    assert!(matches!(&refused, Err(Error::Format { .. })), "{refused:?}");
    whole.run(5).expect("steps");
    other.run(5).expect("steps");
    assert_eq!(other.losses(), whole.losses());
    assert_eq!(other.theta(), whole.theta());
}

/// A restored source stands where the other one stood, epoch included, and goes on alike.
#[test]
fn a_restored_source_stands_where_it_stood() {
    let n = regression(&mlp(&[2], Activation::Tanh), 3, 2);
    for sampling in [
        Sampling::InOrder,
        Sampling::Shuffled,
        Sampling::WithReplacement,
    ] {
        let source = || {
            let data = problem::<f64>(&n.network, SAMPLES);
            Dataset::new(data, sampling, BATCH, SEED).expect("batches")
        };
        let mut old = source();
        for _ in 0..3 * SAMPLES {
            old.advance();
        }
        let mut new = source();
        new.restore(&old.position()).expect("its own position");
        assert_eq!(new.position(), old.position(), "{sampling:?}");
        if sampling != Sampling::WithReplacement {
            let epoch = old.position().counter("epoch").expect("a counter");
            // An epoch ends when the next one begins.
            assert_eq!(epoch, (3 * BATCH - 1) as u64, "{sampling:?}");
        }
        for _ in 0..2 * SAMPLES {
            old.advance();
            new.advance();
            assert_eq!(new.picked(), old.picked(), "{sampling:?}");
        }
    }
}

/// Far from zero ELU is the identity, and its unused branch must not spoil the slope: `0·∞` would be NaN.
#[test]
fn activations_have_finite_slopes_far_from_zero() {
    for activation in Activation::all() {
        let mut g = Graph::new();
        let x = g.input("x", Shape::shared(&[4])).expect("an input");
        let y = activation.apply(&mut g, x).expect("an activation");
        let sum = g.sum_all(y).expect("a sum");
        let slope = grad(&mut g, sum, &[x]).expect("a gradient")[0];
        let mut plan = Plan::<f64>::new(&g, &[y, slope], 1).expect("a plan");
        let far = [-1000.0, -50.0, 50.0, 1000.0];
        plan.run(&Feed::shared(&[&far])).expect("a feed that fits");
        for output in 0..2 {
            let found = plan.output(output);
            assert!(
                found.iter().all(|x| x.is_finite()),
                "{activation}: {found:?}"
            );
        }
    }
}
