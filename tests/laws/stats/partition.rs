//! `ln Z` from both sides: Gaussians in closed form, pulls, missed modes, floors.

use fieldassay::Error;
use fieldassay::rng::Rng;
use fieldassay::stats::{ImportanceWeights, LnZ, PartitionFunction, pull};

use super::SEED;
use super::gamma_method::assert_standard;
use super::golden::{golden, number, parameter};

const MU: f64 = 0.4;
const SCALE: f64 = 1.2;

/// `ln Z` of `S = x²/2`.
fn ln_z() -> f64 {
    0.5 * std::f64::consts::TAU.ln()
}

/// `−S − ln q` for `q = N(μ, s²)`.
fn ln_w(x: f64) -> f64 {
    let z = (x - MU) / SCALE;
    -0.5 * x * x + 0.5 * z * z + SCALE.ln() + ln_z()
}

fn from_q(rng: &mut Rng, n: usize) -> Vec<f64> {
    (0..n).map(|_| ln_w(MU + SCALE * rng.normal())).collect()
}

fn from_p(rng: &mut Rng, n: usize) -> Vec<f64> {
    (0..n).map(|_| ln_w(rng.normal())).collect()
}

/// `KL(N(m, s²)‖N(0, 1))`.
fn kl(m: f64, s: f64) -> f64 {
    0.5 * (s * s + m * m - 1.0) - s.ln()
}

#[test]
fn pulls_of_ln_z_from_both_sides_are_standard_normal() {
    let mut rng = SEED.stream("partition/pulls");
    let mut pulls: [Vec<f64>; 5] = Default::default();
    let (below, above) = (
        ln_z() - kl(MU, SCALE),
        ln_z() + kl(-MU / SCALE, 1.0 / SCALE),
    );
    for _ in 0..600 {
        let forward = LnZ::forward(&from_q(&mut rng, 2000)).expect("weights");
        let reverse = LnZ::reverse(&from_p(&mut rng, 2000), 10).expect("weights");
        assert!(!forward.ess_is_floor && !reverse.ess_is_floor);
        let both = PartitionFunction::new(forward, reverse);
        let of = |estimate, truth| pull(&estimate, truth).expect("an error");
        pulls[0].push(of(both.forward.estimate, ln_z()));
        pulls[1].push(of(both.reverse.estimate, ln_z()));
        pulls[2].push(of(both.forward.bound.expect("finite weights"), below));
        pulls[3].push(of(both.reverse.bound.expect("finite weights"), above));
        pulls[4].push(of(both.gap.expect("two bounds"), above - below));
    }
    let names = ["forward", "reverse", "lower bound", "upper bound", "gap"];
    for (name, pulls) in names.into_iter().zip(&pulls) {
        assert_standard(name, pulls);
    }
}

#[test]
fn a_constant_in_the_action_moves_ln_z_and_nothing_else() {
    let mut rng = SEED.stream("partition/constant");
    let plain = from_q(&mut rng, 1000);
    let moved: Vec<f64> = plain.iter().map(|l| l - 5000.0).collect();
    let (a, b) = (
        LnZ::forward(&plain).expect("weights"),
        LnZ::forward(&moved).expect("weights"),
    );
    assert!((a.estimate.value() - b.estimate.value() - 5000.0).abs() < 1e-9);
    assert!((a.estimate.error() / b.estimate.error() - 1.0).abs() < 1e-9);
    let (c, d) = (
        LnZ::reverse(&plain, 5).expect("weights"),
        LnZ::reverse(&moved, 5).expect("weights"),
    );
    assert!((c.estimate.value() - d.estimate.value() - 5000.0).abs() < 1e-9);
}

#[test]
fn a_missed_mode_shows_in_the_difference_of_directions_only() {
    // p: two Gaussians at ±8; q: the right one. Forward weights are all but equal and read ln Z − ln 2.
    let ln_p = |x: f64| {
        let bell = |m: f64| -0.5 * (x - m) * (x - m) - ln_z();
        let (a, b) = (bell(8.0), bell(-8.0));
        a.max(b) + (-(a - b).abs()).exp().ln_1p()
    };
    let ln_q = |x: f64| -0.5 * (x - 8.0) * (x - 8.0) - ln_z();
    let mut rng = SEED.stream("partition/mode");
    let q: Vec<f64> = (0..4000).map(|_| 8.0 + rng.normal()).collect();
    let forward = LnZ::forward(&q.iter().map(|&x| ln_p(x) - ln_q(x)).collect::<Vec<_>>());
    let p: Vec<f64> = (0..4000)
        .map(|_| if rng.uniform() < 0.5 { 8.0 } else { -8.0 } + rng.normal())
        .collect();
    let reverse = LnZ::reverse(
        &p.iter().map(|&x| ln_p(x) - ln_q(x)).collect::<Vec<_>>(),
        10,
    );
    let both = PartitionFunction::new(forward.expect("weights"), reverse.expect("weights"));
    assert!(both.forward.ess > 3999.0, "{both:?}");
    assert!(
        (both.difference.value() + 2f64.ln()).abs() < 6.0 * both.difference.error(),
        "{both:?}"
    );
    assert!(
        !both.agrees(6.0) && both.gap.expect("finite").value() > 30.0,
        "{both:?}"
    );
    let mut rng = SEED.stream("partition/agree");
    let whole = PartitionFunction::new(
        LnZ::forward(&from_q(&mut rng, 4000)).expect("weights"),
        LnZ::reverse(&from_p(&mut rng, 4000), 10).expect("weights"),
    );
    assert!(whole.agrees(6.0), "{whole:?}");
}

#[test]
fn an_effective_size_without_overlap_is_called_a_floor() {
    // p = N(0,1), q = N(4,1): the truth is e^{−16} n = 7e-6 of 64 draws; it reads some draws all the same.
    let mut rng = SEED.stream("partition/floor");
    for n in [64, 1024, 16_384] {
        let ln_w: Vec<f64> = (0..n).map(|_| -4.0 * (4.0 + rng.normal())).collect();
        let weights = ImportanceWeights::from_logarithms(&ln_w).expect("weights");
        println!("n = {n}: ESS/n = {}", weights.ess() / n as f64);
        assert!(weights.ess_is_floor(), "n = {n}: {}", weights.ess());
        assert!(LnZ::forward(&ln_w).expect("weights").ess_is_floor);
    }
    let equal = ImportanceWeights::from_logarithms(&[0.0; 64]).expect("weights");
    assert!(!equal.ess_is_floor() && equal.largest_share() == 1.0 / 64.0);
}

#[test]
fn effective_sizes_are_their_closed_forms() {
    let golden = golden();
    let kish = golden.record("ess_kish").expect("a record");
    let k = kish
        .parameter("k")
        .expect("weights")
        .as_array()
        .expect("a list");
    let ln_w: Vec<f64> = k
        .iter()
        .map(|k| k.as_f64().expect("a number").ln())
        .collect();
    let weights = ImportanceWeights::from_logarithms(&ln_w).expect("weights");
    let expected = kish.number().expect("a number").to_f64();
    assert!(
        (weights.ess() / expected - 1.0).abs() < 1e-14,
        "{}",
        weights.ess()
    );
    // Fixed quantiles of q in place of draws: the sums are midpoint integrals, without the tail
    // beyond 4σ, which is 7e-3 of Σw² for μ = 1.
    let n = 20_000;
    let normal = |i: usize| fieldassay::stats::normal_quantile((i as f64 + 0.5) / n as f64);
    let mut seen = 0;
    for id in [
        "ess_scale_1.0",
        "ess_scale_1.5",
        "ess_scale_0.9",
        "ess_scale_2.0",
        "ess_shift_0.5",
        "ess_shift_1.0",
    ] {
        let record = golden.record(id).expect("a record");
        let of = |name| {
            record
                .parameter(name)
                .is_ok()
                .then(|| parameter(record, name))
        };
        let (mu, s) = (of("mu").unwrap_or(0.0), of("s").unwrap_or(1.0));
        let ln_w: Vec<f64> = (0..n)
            .map(|i| {
                let z = normal(i);
                0.5 * z * z - 0.5 * (mu + s * z).powi(2)
            })
            .collect();
        let weights = ImportanceWeights::from_logarithms(&ln_w).expect("weights");
        let (found, expected) = (
            weights.ess() / n as f64,
            record.number().expect("a number").to_f64(),
        );
        println!("{id}: {}", found / expected - 1.0);
        assert!(
            (found / expected - 1.0).abs() < 1e-2,
            "{id}: {found} against {expected}"
        );
        seen += 1;
    }
    assert_eq!(seen, 6);
    assert!(
        number(
            golden.record("jackmean_2024_B8").expect("a record"),
            "error"
        ) > 0.0
    );
}

#[test]
fn weights_that_say_nothing_of_ln_z_are_refused() {
    let none = f64::NEG_INFINITY;
    for bad in [
        &[][..],
        &[0.0],
        &[0.0, f64::NAN],
        &[0.0, f64::INFINITY],
        &[0.0, none, none],
        &[none; 4],
    ] {
        let found = LnZ::forward(bad);
        assert!(
            matches!(found, Err(Error::Domain { .. })),
            "{bad:?}: {found:?}"
        );
    }
    assert!(matches!(
        LnZ::reverse(&[0.0, none, 1.0, 2.0], 1),
        Err(Error::Domain { .. })
    ));
    // A hard wall: zero weights count in the mean, and the lower bound is lost.
    let walled = LnZ::forward(&[0.0, none, 0.0, none]).expect("two positive weights");
    assert!((walled.estimate.value() - 0.5f64.ln()).abs() < 1e-15 && walled.bound.is_none());
}
