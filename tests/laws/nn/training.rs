//! Training: batches, optima that are known, bits that threads do not change, divergence as data.

use fieldassay::autodiff::PlanOptions;
use fieldassay::linalg::{Matrix, Qr};
use fieldassay::nn::layer::Affine;
use fieldassay::nn::{
    Activation, Data, Dataset, Divergence, Method, Noise, Position, Quantity, Sampler, Sampling,
    Source, Status, TrainOptions, Trainer,
};
use fieldassay::num::{Tol, Worst};
use fieldassay::optimize::{AdamOptions, Momentum, Schedule, SgdOptions};
use fieldassay::rng::Seed;
use fieldassay::stats::Estimate;
use fieldassay::tensor::Batched;
use fieldassay::verdict::{Outcome, check};
use fieldassay::{Error, Result};

use super::{SEED, evaluate, mlp, normals, problem, regression};

fn options(method: Method, rate: f64, clip: Option<f64>) -> TrainOptions {
    TrainOptions {
        method,
        schedule: Schedule::constant(rate).expect("a rate"),
        clip,
        seed: Seed(3),
    }
}

fn sgd(momentum: Momentum) -> Method {
    Method::Sgd(SgdOptions {
        momentum,
        weight_decay: 0.0,
    })
}

fn threads(threads: usize) -> PlanOptions {
    PlanOptions {
        threads,
        ..PlanOptions::default()
    }
}

#[test]
fn a_linear_regression_reaches_the_least_squares_optimum() {
    const SAMPLES: usize = 60;
    const OPTIMUM: Tol = Tol::rel_abs(1e-10, 1e-10)
        .because("2000 steps contract the error by 0.97 at least, to rounding at condition 3");
    let n = regression(&Affine::new(2).into(), 3, 2);
    let mut r = SEED.stream("nn/least squares");
    let (x, t) = (normals(3 * SAMPLES, &mut r), normals(2 * SAMPLES, &mut r));
    let data = Data::new(&n.network, &[("x", &x[..]), ("target", &t[..])]).expect("data");
    let source = Dataset::new(data, Sampling::InOrder, SAMPLES, SEED).expect("batches");
    let options = options(sgd(Momentum::HeavyBall(0.8)), 0.1, None);
    let mut training =
        Trainer::new(&n.network, n.loss, source, options, threads(1)).expect("a training");
    assert_eq!(training.run(2000).expect("steps"), Status::Going);
    let design = |i, j| if j < 3 { x[3 * i + j] } else { 1.0 };
    let design = Matrix::from_fn(SAMPLES, 4, design);
    let targets = Matrix::from_vec(SAMPLES, 2, t).expect("rows");
    let best = Qr::new(&design)
        .expect("a matrix")
        .least_squares(&targets)
        .expect("full rank");
    let mut worst = Worst::new(OPTIMUM);
    for o in 0..2 {
        for i in 0..4 {
            let ours = if i < 3 {
                training.theta()[3 * o + i]
            } else {
                training.theta()[6 + o]
            };
            worst.see(ours, best[(i, o)], || format!("output {o}, column {i}"));
        }
    }
    worst.assert_at_least(8);
}

/// One step by hand: the gradient by differences of the loss over just these samples.
#[test]
fn a_step_follows_the_gradient_of_its_minibatch() {
    const STEP: Tol = Tol::rel_abs(1e-6, 1e-8).because("central differences of step 1e-5");
    let n = regression(&mlp(&[4, 2], Activation::Tanh), 3, 2);
    let data = problem::<f64>(&n.network, 40);
    let mut source = Dataset::new(data.clone(), Sampling::Shuffled, 8, SEED).expect("batches");
    source.advance();
    let rows = |i| match source.input(i) {
        Batched::Picked { rows, pick } => {
            let size = rows.len() / 40;
            pick.iter()
                .flat_map(|&p| rows[p * size..(p + 1) * size].to_vec())
                .collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let (x, t) = (rows(0), rows(1));
    let fresh = Dataset::new(data, Sampling::Shuffled, 8, SEED).expect("batches");
    let options = options(sgd(Momentum::None), 0.5, None);
    let mut training =
        Trainer::new(&n.network, n.loss, fresh, options, threads(1)).expect("a training");
    let start = training.theta().to_vec();
    training.step().expect("a step");
    let loss = |theta: &[f64]| evaluate(&n.network, &[n.loss], theta, &[&x, &t], 8)[0][0];
    assert!(STEP.compare(training.losses()[0], loss(&start)).passed);
    let mut worst = Worst::new(STEP);
    for k in 0..start.len() {
        let moved = |h: f64| {
            let mut theta = start.clone();
            theta[k] += h;
            loss(&theta)
        };
        let slope = (moved(1e-5) - moved(-1e-5)) / 2e-5;
        worst.see(training.theta()[k], start[k] - 0.5 * slope, || {
            format!("parameter {k}")
        });
    }
    worst.assert_at_least(26);
}

#[test]
fn a_clipped_step_has_the_length_of_the_bound_and_its_own_direction() {
    const ROUNDING: Tol = Tol::rel_abs(1e-12, 1e-14).because("one product and one sum each");
    let n = regression(&mlp(&[4, 2], Activation::Softplus), 3, 2);
    let step = |clip| {
        let source = Dataset::new(problem::<f64>(&n.network, 40), Sampling::Shuffled, 8, SEED);
        let options = options(sgd(Momentum::None), 0.5, clip);
        let source = source.expect("batches");
        let mut training =
            Trainer::new(&n.network, n.loss, source, options, threads(1)).expect("a training");
        let start = training.theta().to_vec();
        training.step().expect("a step");
        let moves = training
            .theta()
            .iter()
            .zip(start)
            .map(|(after, before)| after - before);
        moves.collect::<Vec<f64>>()
    };
    let length = |step: &[f64]| step.iter().map(|x| x * x).sum::<f64>().sqrt();
    let free = step(None);
    let norm = length(&free) / 0.5;
    let clipped = step(Some(norm / 10.0));
    let mut worst = Worst::new(ROUNDING);
    worst.see(length(&clipped), 0.05 * norm, || "length".to_owned());
    for (k, (clipped, free)) in clipped.iter().zip(&free).enumerate() {
        worst.see(*clipped, free / 10.0, || format!("parameter {k}"));
    }
    worst.assert_at_least(27);
    assert_eq!(
        step(Some(norm * 1.01)),
        free,
        "a bound that is not met changes nothing"
    );
    let negative = options(sgd(Momentum::None), 0.5, Some(-1.0));
    let source = Dataset::new(problem::<f64>(&n.network, 40), Sampling::Shuffled, 8, SEED);
    let refused = Trainer::new(
        &n.network,
        n.loss,
        source.expect("batches"),
        negative,
        threads(1),
    );
    assert!(matches!(refused, Err(Error::Domain { .. })));
}

#[test]
fn threads_change_no_bit() {
    fn run(count: usize) -> (Vec<u64>, Vec<u32>) {
        let n = regression(&mlp(&[48, 48, 2], Activation::Softplus), 3, 2);
        let source = Dataset::new(
            problem::<f32>(&n.network, 6000),
            Sampling::Shuffled,
            5000,
            SEED,
        );
        let method = Method::Adam(AdamOptions::default());
        let source = source.expect("batches");
        let options = options(method, 1e-2, Some(1.0));
        let mut training =
            Trainer::new(&n.network, n.loss, source, options, threads(count)).expect("a training");
        training.run(12).expect("steps");
        let losses = training.losses().iter().map(|x| x.to_bits()).collect();
        (
            losses,
            training.theta().iter().map(|x| x.to_bits()).collect(),
        )
    }
    let one = run(1);
    assert_eq!(one.0.len(), 12);
    assert_ne!(one.0[0], one.0[11]);
    assert_eq!(run(2), one);
    assert_eq!(run(3), one);
}

#[test]
fn divergence_stops_the_training_and_says_what_and_when() {
    let n = regression(&mlp(&[8, 2], Activation::Identity), 3, 2);
    let train = |rate, poison: bool| {
        let mut r = SEED.stream("nn/divergence");
        let x = normals(30, &mut r);
        let mut t = normals(20, &mut r);
        if poison {
            t[13] = f64::NAN;
        }
        let data = Data::new(&n.network, &[("x", &x[..]), ("target", &t[..])]).expect("data");
        let source = Dataset::new(data, Sampling::InOrder, 5, SEED).expect("batches");
        let options = options(sgd(Momentum::None), rate, None);
        Trainer::new(&n.network, n.loss, source, options, threads(1)).expect("a training")
    };
    let mut training = train(1e-3, true);
    // Sample 6 is in the second batch.
    let status = Status::Diverged(Divergence {
        step: 1,
        quantity: Quantity::Loss,
    });
    assert_eq!(training.run(100).expect("steps"), status);
    assert_eq!(training.losses().len(), 2);
    assert!(training.losses()[1].is_nan());
    let stopped = training.theta().to_vec();
    assert!(stopped.iter().all(|x| x.is_finite()));
    assert_eq!(training.step().expect("no step"), status);
    assert_eq!(training.status(), status);
    assert_eq!(
        (training.theta(), training.losses().len()),
        (&stopped[..], 2)
    );
    let mut training = train(1e3, false);
    let Status::Diverged(divergence) = training.run(10_000).expect("steps") else {
        panic!("a rate of 1000 converges");
    };
    assert!((2..500).contains(&divergence.step), "{divergence:?}");
    assert!(training.theta().iter().all(|x| x.is_finite()));
}

/// The last step of a run leaves what no next step would see.
#[test]
fn parameters_that_overflow_in_the_last_step_are_seen() {
    let n = regression(&mlp(&[8, 2], Activation::Identity), 3, 2);
    let source = Dataset::new(problem::<f32>(&n.network, 10), Sampling::InOrder, 5, SEED);
    // Infinite in single precision.
    let options = options(sgd(Momentum::None), 1e39, None);
    let source = source.expect("batches");
    let mut training =
        Trainer::new(&n.network, n.loss, source, options, threads(1)).expect("a training");
    let divergence = Divergence {
        step: 0,
        quantity: Quantity::Parameters,
    };
    assert_eq!(
        training.run(1).expect("a step"),
        Status::Diverged(divergence)
    );
    assert!(training.losses()[0].is_finite());
}

#[test]
fn shuffled_epochs_hold_every_sample_once_and_differ() {
    const COUNT: usize = 23;
    let mut sampler = Sampler::new(Sampling::Shuffled, COUNT, SEED).expect("a sampler");
    // 7 does not divide 23: batches straddle epochs.
    let mut picks = vec![0; 7 * COUNT];
    for batch in picks.chunks_exact_mut(7) {
        sampler.pick(batch);
    }
    assert_eq!(sampler.epoch(), 6);
    let epochs: Vec<&[usize]> = picks.chunks_exact(COUNT).collect();
    for epoch in &epochs {
        let mut sorted = epoch.to_vec();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..COUNT).collect::<Vec<_>>());
    }
    assert!(epochs.windows(2).all(|pair| pair[0] != pair[1]));
    let mut in_order = Sampler::new(Sampling::InOrder, 3, SEED).expect("a sampler");
    let mut batch = [9; 5];
    in_order.pick(&mut batch);
    assert_eq!(batch, [0, 1, 2, 0, 1]);
    assert!(Sampler::new(Sampling::Shuffled, 0, SEED).is_err());
}

/// Where sample 0 stands in an epoch, and how often it is picked with replacement.
#[test]
fn samples_are_picked_uniformly() {
    const EPOCHS: usize = 20_000;
    let mut picks = [0; 5];
    let mut places = vec![vec![0.0; EPOCHS]; 2];
    for (sampling, places) in [Sampling::Shuffled, Sampling::WithReplacement]
        .into_iter()
        .zip(&mut places)
    {
        let mut sampler = Sampler::new(sampling, 5, SEED).expect("a sampler");
        for place in places {
            sampler.pick(&mut picks);
            *place = match sampling {
                Sampling::Shuffled => picks.iter().position(|&p| p == 0).expect("an epoch") as f64,
                _ => picks.iter().filter(|&&p| p == 0).count() as f64,
            };
        }
    }
    for (what, sample, truth) in [
        ("mean place", &places[0], 2.0),
        ("mean count", &places[1], 1.0),
    ] {
        let estimate = Estimate::from_independent(sample).expect("many epochs");
        let check = check(what, estimate)
            .false_fail(1e-9)
            .resolves(0.1)
            .against(truth);
        assert_eq!(check.outcome, Outcome::Pass, "{check:?}");
    }
}

#[test]
fn data_and_batches_that_do_not_fit_are_refused_by_name() {
    let n = regression(&mlp(&[2], Activation::Tanh), 3, 2);
    let data = |rows: &[(&str, &[f64])]| Data::new(&n.network, rows).map(|data| data.samples());
    let (x, t) = ([0.0; 12], [0.0; 8]);
    assert_eq!(data(&[("x", &x), ("target", &t)]).ok(), Some(4));
    let argument = |result: Result<usize>, name: &str| {
        assert!(
            matches!(result, Err(Error::Argument { field, .. }) if field == name),
            "{name}"
        );
    };
    argument(data(&[("x", &x)]), "target");
    argument(data(&[("x", &x), ("target", &t[..6])]), "target");
    argument(data(&[("x", &x[..11]), ("target", &t)]), "x");
    argument(data(&[("x", &[]), ("target", &[])]), "x");
    let unknown = data(&[("x", &x), ("tarqet", &t)]);
    assert!(matches!(unknown, Err(Error::UnknownName { nearest, .. }) if nearest == ["target"]));
    let noise = Noise::<f64>::new("x", 3, 4, SEED).expect("noise");
    let options = options(sgd(Momentum::None), 0.1, None);
    let refused = Trainer::new(&n.network, n.loss, noise, options, threads(1));
    assert!(matches!(refused, Err(Error::Argument { field, .. }) if field == "batches"));
}

#[test]
fn positions_that_no_source_leaves_are_refused() {
    let n = regression(&mlp(&[2], Activation::Tanh), 3, 2);
    let data = problem::<f64>(&n.network, 6);
    let mut source = Dataset::new(data, Sampling::Shuffled, 4, SEED).expect("batches");
    source.advance();
    let good = source.position();
    let broken = |change: &dyn Fn(&mut Position)| {
        let mut position = good.clone();
        change(&mut position);
        position
    };
    let order = |order: Vec<i64>| {
        let array = fieldassay::io::Array::new(vec![order.len()], order).expect("a vector");
        broken(&move |p| drop(p.arrays.insert("order".to_owned(), array.clone())))
    };
    let before = format!("{source:?}");
    for bad in [
        broken(&|p| p.stream = None),
        broken(&|p| p.counters.clear()),
        broken(&|p| *p.counters.get_mut("next").expect("a counter") = 7),
        broken(&|p| p.arrays.clear()),
        order(vec![0, 1, 2, 3, 4]),
        order(vec![0, 1, 2, 3, 4, 4]),
        order(vec![0, 1, 2, 3, 4, 6]),
        order(vec![0, 1, 2, 3, 4, -1]),
    ] {
        let refused = source.restore(&bad);
        assert!(matches!(refused, Err(Error::Argument { .. })), "{bad:?}");
    }
    assert_eq!(format!("{source:?}"), before);
    source.restore(&good).expect("its own position");
    let mut noise = Noise::<f64>::new("x", 3, 2, SEED).expect("noise");
    let mut dead = noise.position();
    let zeros = fieldassay::io::Array::new(vec![2, 4], vec![0_i64; 8]).expect("words");
    dead.arrays.insert("lanes".to_owned(), zeros);
    assert!(matches!(noise.restore(&dead), Err(Error::Argument { .. })));
}
