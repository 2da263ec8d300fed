//! Laws of estimates, of the tails behind the verdicts, and of importance weights.

use fieldassay::Error;
use fieldassay::Seed;
use fieldassay::num::{Tol, Worst};
use fieldassay::stats::{
    Estimate, ImportanceWeights, generalised_pareto_shape, normal_quantile_two_sided,
    normal_two_sided_tail, student_t_quantile_two_sided,
};
use fieldassay_reference::probability;

mod binning;
mod chains;
mod distribution;
mod gamma_method;
mod golden;
mod partition;
mod reweighting;
mod spectroscopy;

const SEED: Seed = Seed(20_260_901);

fn shown(value: f64, error: f64) -> String {
    Estimate::new(value, error, None)
        .expect("finite numbers")
        .to_string()
}

#[test]
fn an_estimate_shows_two_digits_of_its_error() {
    let cases = [
        (1.2345, 0.0056, "1.2345(56)"),
        (2.5, 0.646, "2.50(65)"),
        (0.123_456, 0.0996, "0.12(10)"),
        (0.1, 0.099_4, "0.100(99)"),
        (12.34, 9.96, "12(10)"),
        (12.34, 1.0, "12.3(1.0)"),
        (123.4, 45.0, "123(45)"),
        (-0.001, 0.000_2, "-0.00100(20)"),
        (3.0, 0.0, "3"),
        (1e9, 2.5e6, "1e9 ± 2.5e6"),
        (1e-20, 1e-22, "1e-20 ± 1.0e-22"),
    ];
    let mut seen = 0;
    for (value, error, expected) in cases {
        assert_eq!(shown(value, error), expected, "{value} ± {error}");
        seen += 1;
    }
    assert_eq!(seen, 11);
}

#[test]
fn an_estimate_is_refused_without_a_meaning() {
    let refused = [
        Estimate::new(f64::INFINITY, 1.0, None),
        Estimate::new(1.0, -1.0, None),
        Estimate::new(1.0, f64::INFINITY, None),
        Estimate::new(1.0, 1.0, Some(1.0)),
        Estimate::new(1.0, 1.0, Some(f64::NAN)),
        Estimate::from_independent(&[1.0]),
        Estimate::from_independent(&[1.0, f64::NAN]),
    ];
    for (case, result) in refused.into_iter().enumerate() {
        assert!(
            matches!(result, Err(Error::Domain { .. })),
            "case {case}: {result:?}"
        );
    }
}

#[test]
fn the_mean_of_independent_samples_has_their_standard_error() {
    let samples = [1.0, 3.0, 5.0, 7.0];
    let mean = Estimate::from_independent(&samples).expect("finite");
    assert_eq!(mean.value(), 4.0);
    assert!((mean.error() - (20.0 / 3.0_f64 / 4.0).sqrt()).abs() < 1e-15);
    assert_eq!(mean.n_eff(), Some(4.0));
    let difference = mean.minus(&Estimate::new(1.0, 2.0, Some(3.0)).expect("finite"));
    assert_eq!(difference.value(), 3.0);
    assert_eq!(difference.error(), mean.error().hypot(2.0));
    assert_eq!(difference.n_eff(), Some(3.0));
    assert_eq!(mean.scaled(-2.0).error(), 2.0 * mean.error());
}

#[test]
fn the_gaussian_tail_agrees_with_its_series_in_1280_binary_places() {
    let mut worst =
        Worst::new(Tol::rel(1e-14).because("z²·ε/2 of the rounded argument, z ≤ 8, is 7e-15"));
    for k in 0..=32 {
        let z = 0.25 * f64::from(k);
        worst.see(
            normal_two_sided_tail(z),
            probability::normal_two_sided_tail(z),
            || format!("z = {z}"),
        );
    }
    worst.assert_at_least(33);
}

#[test]
fn the_normal_quantile_inverts_the_tail_down_to_1e_14() {
    let mut worst = Worst::new(Tol::rel(1e-12).because("z·dz = ε/2·z², bisected to the last bit"));
    for exponent in 1..=14 {
        for leading in [1.0, 2.5, 9.0] {
            let alpha = leading * 10f64.powi(-exponent);
            let z = normal_quantile_two_sided(alpha);
            let tail = probability::normal_two_sided_tail(z);
            worst.see(tail, alpha, || format!("α = {alpha:e}"));
        }
    }
    worst.assert_at_least(42);
}

#[test]
fn the_student_quantile_has_its_closed_forms() {
    let mut worst = Worst::new(Tol::rel(1e-10).because("statrs' incomplete beta function"));
    for alpha in [0.9, 0.5, 0.1, 1e-2, 1e-3, 1e-6, 1e-7, 1e-9] {
        // One degree: Cauchy. Two: t = (1−α)√(2/(α(2−α))). Four: A. Shaw, J. Comput. Finance 9
        // (2006) 37, with a = α(2−α).
        let one = 1.0 / (0.5 * std::f64::consts::PI * alpha).tan();
        let a = alpha * (2.0 - alpha);
        let two = (1.0 - alpha) * (2.0 / a).sqrt();
        let four = 2.0 * ((a.sqrt().acos() / 3.0).cos() / a.sqrt() - 1.0).sqrt();
        for (dof, expected) in [(1.0, one), (2.0, two), (4.0, four)] {
            let t = student_t_quantile_two_sided(alpha, dof);
            worst.see(t, expected, || format!("α = {alpha:e}, dof = {dof}"));
        }
    }
    worst.assert_at_least(24);
}

#[test]
fn the_student_quantile_falls_to_the_normal_one() {
    for alpha in [1e-2, 1e-6, 1e-9] {
        let normal = normal_quantile_two_sided(alpha);
        let mut last = f64::INFINITY;
        for dof in [1.0, 2.0, 5.0, 10.0, 100.0, 1e4, 1e6] {
            let t = student_t_quantile_two_sided(alpha, dof);
            assert!(t < last && t > normal, "α = {alpha:e}, dof = {dof}: {t}");
            last = t;
        }
        assert!(
            (last / normal - 1.0).abs() < 1e-4,
            "α = {alpha:e}: {last} for 1e6 dof"
        );
    }
}

fn weights(ln_w: &[f64]) -> ImportanceWeights {
    ImportanceWeights::from_logarithms(ln_w).expect("finite logarithms")
}

#[test]
fn the_effective_sample_size_lies_between_one_and_all() {
    let n = 1000;
    assert_eq!(weights(&vec![-3.0; n]).ess(), n as f64);
    let mut one = vec![f64::NEG_INFINITY; n];
    one[17] = 700.0;
    assert_eq!(weights(&one).ess(), 1.0);
    // Two weights of 1 and 2: (1 + 2)²/(1 + 4).
    assert!((weights(&[0.0, 2f64.ln()]).ess() - 1.8).abs() < 1e-15);
    let mut rng = SEED.stream("ess");
    let ln_w: Vec<f64> = (0..n).map(|_| 3.0 * rng.normal()).collect();
    let moved: Vec<f64> = ln_w.iter().map(|l| l + 2000.0).collect();
    let (plain, shifted) = (weights(&ln_w).ess(), weights(&moved).ess());
    assert!(plain > 1.0 && plain < n as f64);
    assert!(
        (plain / shifted - 1.0).abs() < 1e-11,
        "{plain} and {shifted}"
    );
}

#[test]
fn weights_that_are_no_weights_are_refused() {
    for bad in [
        vec![],
        vec![f64::NAN, 0.0],
        vec![f64::INFINITY, 0.0],
        vec![f64::NEG_INFINITY; 3],
    ] {
        let result = ImportanceWeights::from_logarithms(&bad);
        assert!(matches!(result, Err(Error::Domain { .. })), "{bad:?}");
    }
    assert!(weights(&[0.0, 1.0, 2.0]).pareto_shape().is_err());
}

#[test]
fn equal_weights_have_no_tail() {
    let shape = weights(&[0.5; 200]).pareto_shape().expect("200 weights");
    assert_eq!(shape, f64::NEG_INFINITY);
}

/// Mean and standard error of `shape` over 100 repetitions.
fn repeated(label: &str, shape: impl Fn(&mut fieldassay::rng::Rng) -> f64) -> Estimate {
    let mut rng = SEED.stream(label);
    let shapes: Vec<f64> = (0..100).map(|_| shape(&mut rng)).collect();
    Estimate::from_independent(&shapes).expect("finite shapes")
}

#[test]
fn the_shape_of_generalised_pareto_samples_is_recovered() {
    for k in [-0.3_f64, 0.2, 0.5, 0.7, 1.0, 1.5] {
        let fitted = repeated(&format!("gpd/{k}"), |rng| {
            let mut x: Vec<f64> = (0..1000)
                .map(|_| 2.5 * ((1.0 - rng.uniform()).powf(-k) - 1.0) / k)
                .filter(|x| *x > 0.0)
                .collect();
            x.sort_unstable_by(f64::total_cmp);
            generalised_pareto_shape(&x)
        });
        // The estimator's bias is of order 1/n; 0.01 is a third of its spread at n = 1000.
        assert!(
            (fitted.value() - k).abs() < 0.01 + 4.0 * fitted.error(),
            "k = {k}: {fitted}"
        );
        // Smith's bound (1 + k)/√n for one fit, of which there are 100, and a half.
        let largest_error = 1.5 * (1.0 + k) / 1e5_f64.sqrt();
        assert!(fitted.error() < largest_error, "k = {k}: {fitted}");
    }
}

#[test]
fn pareto_weights_have_their_own_shape_up_to_the_prior() {
    for k in [0.3_f64, 0.7, 1.2] {
        let fitted = repeated(&format!("pareto/{k}"), |rng| {
            let ln_w: Vec<f64> = (0..10_000)
                .map(|_| -k * (1.0 - rng.uniform()).ln())
                .collect();
            weights(&ln_w).pareto_shape().expect("10 000 weights")
        });
        // 300 excesses and a prior worth ten of k = ½.
        let expected = (300.0 * k + 5.0) / 310.0;
        let distance = (fitted.value() - expected).abs();
        assert!(distance < 0.02 + 4.0 * fitted.error(), "k = {k}: {fitted}");
    }
}
