//! Comparison, tolerance and compensated sums.

use fieldassay::num::{Tol, Worst, compensated_sum, two_product, two_sum};
use fieldassay::rng::Seed;
use proptest::prelude::*;

const LOOSE: Tol = Tol::rel_abs(0.5, 1.0).because("so wide that only NaN and infinity can fail");

#[test]
fn nan_fails_every_comparison() {
    for (actual, expected) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::NAN)] {
        let comparison = LOOSE.compare(actual, expected);
        assert!(!comparison.passed, "{actual} against {expected} passed");
        assert_eq!(comparison.severity(), f64::INFINITY);
    }
    let mut worst = Worst::new(LOOSE);
    worst.see(f64::NAN, 0.0, || "a NaN".to_owned());
    assert!(!worst.all_passed(1));
    assert!(worst.summary().contains("a NaN"));
}

#[test]
fn an_infinite_truth_is_met_only_by_itself() {
    assert!(LOOSE.compare(f64::INFINITY, f64::INFINITY).passed);
    for actual in [f64::NEG_INFINITY, f64::MAX, 0.0] {
        assert!(
            !LOOSE.compare(actual, f64::INFINITY).passed,
            "{actual} passed for infinity"
        );
    }
    assert!(!LOOSE.compare(f64::INFINITY, 1.0).passed);
}

#[test]
fn the_edge_of_a_tolerance_is_inside() {
    let tol = Tol::abs(0.5).because("a power of two, so that the edge is exact");
    assert!(tol.compare(1.5, 1.0).passed);
    assert!(!tol.compare(1.5_f64.next_up(), 1.0).passed);
    assert!(Tol::EXACT.compare(-0.0, 0.0).passed);
    assert!(!Tol::EXACT.compare(1.0_f64.next_up(), 1.0).passed);
}

#[test]
fn the_worst_case_is_remembered_with_its_input() {
    let tol = Tol::abs(1.0).because("unit steps");
    let mut worst = Worst::new(tol);
    for (input, actual) in [("small", 0.1), ("largest", -3.0), ("late", 0.2)] {
        worst.see(actual, 0.0, || input.to_owned());
    }
    let (input, comparison) = worst.worst().unwrap();
    assert_eq!((input, comparison.diff, worst.seen()), ("largest", 3.0, 3));
    let panic = std::panic::catch_unwind(|| worst.assert_at_least(3)).unwrap_err();
    assert!(panic.downcast_ref::<String>().unwrap().contains("largest"));
}

#[test]
fn an_empty_loop_does_not_pass() {
    let worst = Worst::new(LOOSE);
    assert!(!worst.all_passed(1));
    assert!(std::panic::catch_unwind(|| worst.assert_at_least(1)).is_err());
}

#[test]
fn compensated_sums_keep_what_plain_sums_lose() {
    let terms = [1.0, 1e100, 1.0, -1e100];
    assert_eq!(terms.iter().sum::<f64>(), 0.0);
    assert_eq!(compensated_sum(terms), 2.0);
    let mut rng = Seed(20_260_901).stream("laws/num/sum");
    let values: Vec<f64> = (0..10_000)
        .map(|_| rng.uniform_in(-1.0, 1.0) * 1e8)
        .collect();
    let mirrored = values
        .iter()
        .copied()
        .chain(values.iter().map(|x| -x))
        .chain([0.5]);
    assert_eq!(compensated_sum(mirrored), 0.5);
}

proptest! {
    #[test]
    fn error_free_sums_are_exact_in_integers(a in -(1_i64 << 60)..(1_i64 << 60), b in -(1_i64 << 60)..(1_i64 << 60)) {
        let (x, y) = (a as f64, b as f64);
        let (s, e) = two_sum(x, y);
        prop_assert_eq!(s as i128 + e as i128, x as i128 + y as i128);
    }

    #[test]
    fn error_free_products_are_exact_in_integers(a in -(1_i64 << 53)..(1_i64 << 53), b in -(1_i64 << 53)..(1_i64 << 53)) {
        let (p, e) = two_product(a as f64, b as f64);
        prop_assert_eq!(p as i128 + e as i128, i128::from(a) * i128::from(b));
    }
}
