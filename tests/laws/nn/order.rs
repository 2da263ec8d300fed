//! What the order of samples and the names of data must not hide.

use fieldassay::autodiff::PlanOptions;
use fieldassay::io::Limits;
use fieldassay::nn::{Activation, Data, Dataset, Method, Sampler, Sampling, TrainOptions, Trainer};
use fieldassay::optimize::{AdamOptions, Schedule};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Outcome, check};

use super::{SEED, mlp, regression};

/// A shuffle that is uniform does not know the epoch before: of `n` samples one keeps its place on average, and each
/// order of three comes after each other one.
#[test]
fn an_epoch_does_not_know_the_one_before() {
    const SAMPLES: usize = 5;
    const EPOCHS: usize = 20_000;
    let mut sampler = Sampler::new(Sampling::Shuffled, SAMPLES, SEED).expect("a sampler");
    let (mut last, mut picks) = ([0; SAMPLES], [0; SAMPLES]);
    sampler.pick(&mut last);
    let (mut kept, mut even) = (Vec::new(), Vec::new());
    for _ in 0..EPOCHS {
        sampler.pick(&mut picks);
        let same = picks.iter().zip(&last).filter(|(a, b)| a == b).count();
        kept.push(same as f64);
        even.push(f64::from(u8::from(is_even(&last, &picks))));
        last = picks;
    }
    for (what, sample, truth) in [
        ("samples that keep their place", kept, 1.0),
        ("share of even permutations", even, 0.5),
    ] {
        let estimate = Estimate::from_independent(&sample).expect("many epochs");
        let check = check(what, estimate)
            .false_fail(1e-9)
            .resolves(0.1)
            .against(truth);
        assert_eq!(check.outcome, Outcome::Pass, "{check:?}");
    }
}

/// Whether an even number of exchanges makes `b` of `a`.
fn is_even(a: &[usize], b: &[usize]) -> bool {
    let place: Vec<usize> = b
        .iter()
        .map(|x| a.iter().position(|y| x == y).expect("a permutation"))
        .collect();
    let pairs = (0..place.len()).flat_map(|i| (0..i).map(move |j| (j, i)));
    pairs
        .filter(|&(j, i)| place[j] > place[i])
        .count()
        .is_multiple_of(2)
}

/// The same numbers with inputs and targets exchanged are other data: a checkpoint does not continue with them.
#[test]
fn exchanged_columns_are_other_data() {
    let n = regression(&mlp(&[2], Activation::Tanh), 2, 2);
    let numbers: Vec<f64> = (0..16).map(|i| f64::from(i).sin()).collect();
    let (a, b) = numbers.split_at(8);
    let [plain, exchanged] = [[a, b], [b, a]].map(|[x, target]| {
        Data::new(&n.network, &[("x", x), ("target", target)]).expect("data that fit")
    });
    assert_ne!(plain.digest(), exchanged.digest());
    let training = |data: Data<f64>| {
        let source = Dataset::new(data, Sampling::InOrder, 4, SEED).expect("batches");
        let options = TrainOptions {
            method: Method::Adam(AdamOptions::default()),
            schedule: Schedule::constant(1e-3).expect("a rate"),
            clip: None,
            seed: SEED,
        };
        Trainer::new(&n.network, n.loss, source, options, PlanOptions::default())
            .expect("a training")
    };
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("run.safetensors");
    training(plain.clone()).save(&path).expect("written");
    let limits = Limits::default();
    let refused = training(exchanged).resume(&path, &limits);
    let message = refused.expect_err("other data").to_string();
    assert!(message.contains("sha256"), "{message}");
    training(plain)
        .resume(&path, &limits)
        .expect("its own data");
}
