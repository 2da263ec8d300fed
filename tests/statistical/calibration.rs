//! The verdict engine keeps the two rates that its checks declare.
//!
//! Each rate is measured over fixed streams and compared with its own binomial error.

use fieldassay::Seed;
use fieldassay::rng::Rng;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Outcome, check};

const SEED: Seed = Seed(20_260_901);
const TRIALS: usize = 20_000;
/// A right implementation leaves `±5σ` of the binomial once in two million runs; the stream is
/// fixed, so a failure stays one.
const SIGMAS: f64 = 5.0;

/// How often `outcome` comes out of checks with false-fail rate `alpha` on `draw`n estimates.
fn frequency(
    label: &str,
    trials: usize,
    alpha: f64,
    resolves: f64,
    outcome: Outcome,
    draw: impl Fn(&mut Rng) -> Estimate,
) -> f64 {
    let mut rng = SEED.stream(label);
    let hits = (0..trials)
        .filter(|_| {
            let pending = check("trial", draw(&mut rng));
            pending
                .false_fail(alpha)
                .resolves(resolves)
                .against(0.0)
                .outcome
                == outcome
        })
        .count();
    hits as f64 / trials as f64
}

fn assert_rate(name: &str, measured: f64, rate: f64, trials: usize) {
    let sigma = (rate * (1.0 - rate) / trials as f64).sqrt();
    assert!(
        (measured - rate).abs() <= SIGMAS * sigma,
        "{name}: rate {measured}, declared {rate} ± {sigma}"
    );
}

fn mean_of(n: usize, bias: f64, rng: &mut Rng) -> Estimate {
    let samples: Vec<f64> = (0..n).map(|_| bias + rng.normal()).collect();
    Estimate::from_independent(&samples).expect("finite normal samples")
}

#[test]
fn false_fail_rate_holds_when_the_error_is_known() {
    const ALPHA: f64 = 1e-2;
    let rate = frequency("known", TRIALS, ALPHA, 100.0, Outcome::Fail, |rng| {
        Estimate::new(rng.normal(), 1.0, None).expect("finite")
    });
    assert_rate("known error", rate, ALPHA, TRIALS);
}

#[test]
fn false_fail_rate_holds_when_the_error_comes_from_few_samples() {
    const ALPHA: f64 = 1e-2;
    for n in [2, 3, 5, 10, 30] {
        let label = format!("few/{n}");
        let rate = frequency(&label, TRIALS, ALPHA, 1e9, Outcome::Fail, |rng| {
            mean_of(n, 0.0, rng)
        });
        assert_rate(&format!("{n} samples"), rate, ALPHA, TRIALS);
    }
}

#[test]
fn a_normal_quantile_on_few_samples_would_have_been_caught() {
    const ALPHA: f64 = 1e-2;
    // The planted fault: five samples whose error is passed off as known.
    let rate = frequency("planted", TRIALS, ALPHA, 1e9, Outcome::Fail, |rng| {
        let mean = mean_of(5, 0.0, rng);
        Estimate::new(mean.value(), mean.error(), None).expect("finite")
    });
    assert!(rate > 5.0 * ALPHA, "rate {rate} with the wrong quantile");
}

#[test]
fn a_bias_of_the_declared_size_is_missed_once_in_a_thousand() {
    const ALPHA: f64 = 1e-2;
    const MISS: f64 = 1e-3;
    const MANY: usize = 100_000;
    // With σ = 1 the check has just the power for this bias: z(α) + z(2·MISS).
    let bias = 2.575_829_303_548_901 + 3.090_232_306_167_814;
    let label = "miss/known";
    let rate = frequency(label, MANY, ALPHA, bias + 1e-9, Outcome::Pass, |rng| {
        Estimate::new(bias + rng.normal(), 1.0, None).expect("finite")
    });
    assert_rate("missed bias, known error", rate, MISS, MANY);
    for n in [5, 10, 30] {
        // From few samples the power itself fluctuates; a pass needs it, so the rate can only fall.
        let label = format!("miss/{n}");
        let per_sample = 8.0 / (n as f64).sqrt();
        let rate = frequency(&label, TRIALS, ALPHA, per_sample, Outcome::Pass, |rng| {
            mean_of(n, per_sample, rng)
        });
        let sigma = (MISS / TRIALS as f64).sqrt();
        assert!(rate <= MISS + SIGMAS * sigma, "{n} samples: missed {rate}");
    }
}

#[test]
fn one_sided_checks_keep_to_half_the_rate() {
    const ALPHA: f64 = 1e-2;
    let mut rng = SEED.stream("one-sided");
    let (mut above, mut below) = (0, 0);
    for _ in 0..TRIALS {
        let estimate = Estimate::new(rng.normal(), 1.0, None).expect("finite");
        let pending = check("bound", estimate).false_fail(ALPHA).resolves(10.0);
        above += usize::from(pending.clone().at_most().against(0.0).outcome == Outcome::Fail);
        below += usize::from(pending.at_least().against(0.0).outcome == Outcome::Fail);
    }
    assert_rate(
        "upper bound",
        above as f64 / TRIALS as f64,
        0.5 * ALPHA,
        TRIALS,
    );
    assert_rate(
        "lower bound",
        below as f64 / TRIALS as f64,
        0.5 * ALPHA,
        TRIALS,
    );
}

#[test]
fn errors_of_both_sides_of_a_comparison_count() {
    const ALPHA: f64 = 1e-2;
    let mut rng = SEED.stream("two estimates");
    let fails = (0..TRIALS)
        .filter(|_| {
            let (a, b) = (mean_of(4, 0.0, &mut rng), rng.normal());
            let exact = Estimate::new(b, 1e-3, None).expect("finite");
            let shifted = Estimate::new(a.value() + b, a.error(), a.n_eff()).expect("finite");
            // The estimate from few samples stands on the side of the truth.
            let pending = check("difference", exact).false_fail(ALPHA).resolves(1e9);
            pending.against_estimate(&shifted).outcome == Outcome::Fail
        })
        .count();
    assert_rate(
        "few samples in the truth",
        fails as f64 / TRIALS as f64,
        ALPHA,
        TRIALS,
    );
}
