//! Tails of χ² and of Kolmogorov and Smirnov, tests of a family and of pulls.

use fieldassay::Error;
use fieldassay::num::{Tol, Worst};
use fieldassay::stats::{
    Estimate, KolmogorovSmirnov, PullTest, chi2_tail, family_chi2, kolmogorov_limit,
    kolmogorov_tail, normal_quantile, normal_two_sided_tail, pull, two_sample_tail,
};
use fieldassay_reference::kolmogorov as witness;

use super::SEED;
use super::golden::{golden, parameter, records};

#[test]
fn tails_of_chi2_keep_their_digits_down_to_1e_30() {
    let mut worst =
        Worst::new(Tol::rel(2e-12).because("ε·dof ln dof, 501 degrees of freedom at most"));
    for record in records(&golden(), "chi2_") {
        let (x, dof) = (parameter(record, "x"), parameter(record, "dof") as usize);
        let expected = record.number().expect("a number").to_f64();
        worst.see(chi2_tail(x, dof), expected, || record.id().to_owned());
    }
    println!("{}", worst.summary());
    worst.assert_at_least(56);
    assert!((chi2_tail(10.0, 2001) - 1.0).abs() < 1e-13);
    assert_eq!(chi2_tail(1e6, 5), 0.0);
}

#[test]
fn one_sample_tails_agree_with_exact_rationals_and_with_durbins_matrix() {
    let mut worst =
        Worst::new(Tol::rel(1e-10).because("e^{k ln λ − λ} of a few hundred, and rounding of d"));
    for record in records(&golden(), "ks_") {
        let (n, d) = (parameter(record, "n") as usize, parameter(record, "d"));
        let expected = record.number().expect("a number").to_f64();
        worst.see(kolmogorov_tail(n, d), expected, || record.id().to_owned());
    }
    println!("{}", worst.summary());
    worst.assert_at_least(18);
    let mut worst = Worst::new(Tol::abs(1e-11).because("the witness forms 1 − P"));
    for n in [3, 17, 100, 300] {
        for x in [0.4, 0.7, 1.0, 1.5, 2.0] {
            let d = f64::min(x / f64::sqrt(n as f64), 0.99);
            worst.see(kolmogorov_tail(n, d), witness::one_sample(n, d), || {
                format!("n = {n}, d = {d}")
            });
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(20);
}

#[test]
fn large_samples_continue_the_exact_tails() {
    // At the same x the tail moves with n by x/3n^{3/2}: two exact ones give the third, to second differences.
    let mut worst = Worst::new(Tol::rel(4e-6).because("the declared accuracy"));
    for x in [
        0.2, 0.3, 0.4, 0.5, 0.7, 0.9, 1.2, 1.6, 2.0, 2.19, 2.21, 2.6, 3.5,
    ] {
        let tail = |n: usize| kolmogorov_tail(n, x / (n as f64).sqrt());
        let expected = 2.0 * tail(2000) - tail(1999);
        worst.see(tail(2001), expected, || format!("x = {x}"));
    }
    println!("{}", worst.summary());
    worst.assert_at_least(13);
    assert!((kolmogorov_limit(1.0 - 1e-12) / kolmogorov_limit(1.0) - 1.0).abs() < 1e-10);
    assert!(
        (kolmogorov_tail(1_000_000, 3e-3) / kolmogorov_limit(3.0 + 1.0 / 6e3) - 1.0).abs() < 1e-3
    );
}

#[test]
fn two_sample_tails_agree_with_counted_paths_and_with_all_orderings() {
    let mut worst = Worst::new(Tol::rel(1e-13).because("(n + m) ε"));
    for record in records(&golden(), "ks2_") {
        let integer = |name| parameter(record, name) as usize;
        let (n, m, threshold) = (integer("n"), integer("m"), integer("threshold"));
        let expected = record.number().expect("a number").to_f64();
        worst.see(two_sample_tail(n, m, threshold), expected, || {
            record.id().to_owned()
        });
    }
    for (n, m) in [(1, 1), (2, 5), (6, 6), (7, 9)] {
        for threshold in 1..=n * m {
            let expected = witness::two_sample(n, m, threshold);
            worst.see(two_sample_tail(n, m, threshold), expected, || {
                format!("{n}, {m}: {threshold}")
            });
        }
    }
    println!("{}", worst.summary());
    worst.assert_at_least(120);
}

#[test]
fn p_values_of_right_hypotheses_are_uniform() {
    // Two tests at 1e-6 each.
    let mut rng = SEED.stream("ks/uniform");
    let mut sample = |n: usize| (0..n).map(|_| rng.uniform()).collect::<Vec<f64>>();
    let one: Vec<f64> = (0..600)
        .map(|_| {
            KolmogorovSmirnov::one_sample(&sample(50), |x| x)
                .expect("numbers")
                .p_value
        })
        .collect();
    let two: Vec<f64> = (0..600)
        .map(|_| {
            KolmogorovSmirnov::two_sample(&sample(180), &sample(131))
                .expect("numbers")
                .p_value
        })
        .collect();
    for p_values in [one, two] {
        let p = KolmogorovSmirnov::one_sample(&p_values, |p| p)
            .expect("numbers")
            .p_value;
        println!("uniform: {p}");
        assert!(p > 1e-6, "{p:e}");
    }
}

#[test]
fn a_wrong_distribution_is_seen() {
    let mut rng = SEED.stream("ks/wrong");
    let shifted: Vec<f64> = (0..2500).map(|_| rng.normal() + 0.2).collect();
    let centred: Vec<f64> = (0..2500).map(|_| rng.normal()).collect();
    let standard = |z: f64| 0.5 * libm_erfc(-z / std::f64::consts::SQRT_2);
    let one = KolmogorovSmirnov::one_sample(&shifted, standard).expect("numbers");
    let two = KolmogorovSmirnov::two_sample(&shifted, &centred).expect("numbers");
    assert!(one.p_value < 1e-6 && two.p_value < 1e-4, "{one:?} {two:?}");
}

/// `erfc` through the two-sided tail of the normal distribution.
fn libm_erfc(x: f64) -> f64 {
    let tail = normal_two_sided_tail(x.abs() * std::f64::consts::SQRT_2);
    if x < 0.0 { 2.0 - tail } else { tail }
}

#[test]
fn the_normal_quantile_inverts_both_tails() {
    let mut worst = Worst::new(Tol::rel(1e-13).because("z² ε of the tail, z ≤ 8"));
    for exponent in 1..=14 {
        let p = 3.0 * 10f64.powi(-exponent) / 4.0;
        let z = normal_quantile(p);
        worst.see(0.5 * normal_two_sided_tail(-z), p, || format!("p = {p:e}"));
    }
    worst.assert_at_least(14);
    assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
    assert_eq!(normal_quantile(0.5), 0.0);
}

#[test]
fn chi2_of_a_family_uses_its_covariance() {
    let (c, x) = ([4.0, 1.2, 1.2, 1.0], [1.0, -0.5]);
    let determinant: f64 = 4.0 - 1.44;
    let expected = (x[0] * x[0] - 2.4 * x[0] * x[1] + 4.0 * x[1] * x[1]) / determinant;
    let found = family_chi2(&x, &[0.0; 2], &c).expect("positive definite");
    assert!((found.chi2 / expected - 1.0).abs() < 1e-14);
    assert_eq!(found.degrees_of_freedom, 2);
    assert!((found.p_value / (-0.5 * expected).exp() - 1.0).abs() < 1e-14);
    let singular = family_chi2(&x, &[0.0; 2], &[1.0; 4]);
    assert!(
        matches!(singular, Err(Error::Matrix { .. })),
        "{singular:?}"
    );
    let nan = family_chi2(&[f64::NAN, 1.0], &[0.0; 2], &c);
    assert!(matches!(nan, Err(Error::Domain { .. })), "{nan:?}");
    let not = family_chi2(&x, &[0.0; 2], &[f64::NAN, 0.0, 0.0, 1.0]);
    assert!(matches!(not, Err(Error::Matrix { .. })), "{not:?}");
    assert!(matches!(
        family_chi2(&x, &[0.0], &c),
        Err(Error::ShapeMismatch { .. })
    ));
}

#[test]
fn pulls_of_wrong_errors_do_not_pass() {
    let mut rng = SEED.stream("pulls/wrong");
    let right: Vec<f64> = (0..1000).map(|_| rng.normal()).collect();
    assert!(PullTest::new(&right).expect("numbers").passes(1e-6));
    let scaled =
        |factor: f64, shift: f64| right.iter().map(|z| factor * z + shift).collect::<Vec<_>>();
    for wrong in [scaled(1.25, 0.0), scaled(0.75, 0.0), scaled(1.0, 0.25)] {
        let test = PullTest::new(&wrong).expect("numbers");
        assert!(!test.passes(1e-6), "{test:?}");
    }
    assert!(PullTest::new(&[0.0, f64::NAN]).is_err() && PullTest::new(&[]).is_err());
    let certain = Estimate::new(1.0, 0.0, None).expect("finite");
    assert!(matches!(pull(&certain, 1.0), Err(Error::Domain { .. })));
    assert!(KolmogorovSmirnov::one_sample(&[1.0], |_| f64::NAN).is_err());
    assert!(KolmogorovSmirnov::two_sample(&[f64::NAN], &[1.0]).is_err());
}
