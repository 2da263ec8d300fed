//! Laws of checks and evidence: NaN fails, power is needed to pass, bounds have a side.

use fieldassay::num::{Tol, Worst};
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, Evidence, Outcome, Verdict, check, exact, fact};

fn estimate(value: f64, error: f64) -> Estimate {
    Estimate::new(value, error, None).expect("finite numbers")
}

/// A check at `z(1e-6) = 4.89`; with an error of 1 it has the power for biases above 7.98.
fn at_one_in_a_million(value: f64, error: f64) -> Check {
    check("number", estimate(value, error))
        .false_fail(1e-6)
        .resolves(8.0)
        .against(0.0)
}

#[test]
fn nan_fails_every_kind_of_check() {
    let tol = Tol::rel_abs(1.0, 1e300).because("the widest there is");
    for (value, expected) in [(f64::NAN, 0.0), (0.0, f64::NAN), (f64::NAN, f64::NAN)] {
        assert_eq!(exact("exact", value, expected, tol).outcome, Outcome::Fail);
        let mut worst = Worst::new(tol);
        worst.see(0.0, 0.0, || "fine".into());
        worst.see(value, expected, || "NaN".into());
        worst.see(0.0, 0.0, || "fine again".into());
        assert_eq!(worst.into_check("worst", 3).outcome, Outcome::Fail);
    }
    let pending = check("statistical", estimate(0.0, 1.0))
        .false_fail(1e-6)
        .resolves(100.0);
    assert_eq!(pending.clone().against(f64::NAN).outcome, Outcome::Fail);
    assert_eq!(
        pending.clone().at_most().against(f64::NAN).outcome,
        Outcome::Fail
    );
    assert_eq!(pending.at_least().against(f64::NAN).outcome, Outcome::Fail);
    assert!(Estimate::new(f64::NAN, 1.0, None).is_err());
    assert!(Estimate::new(0.0, f64::NAN, None).is_err());
}

#[test]
fn agreement_without_power_is_inconclusive_and_disagreement_without_power_still_fails() {
    assert_eq!(at_one_in_a_million(0.0, 1.0).outcome, Outcome::Pass);
    assert_eq!(at_one_in_a_million(4.8, 1.0).outcome, Outcome::Pass);
    assert_eq!(at_one_in_a_million(5.0, 1.0).outcome, Outcome::Fail);
    assert_eq!(
        at_one_in_a_million(0.0, 1.01).outcome,
        Outcome::Inconclusive
    );
    assert_eq!(at_one_in_a_million(100.0, 2.0).outcome, Outcome::Fail);
}

#[test]
fn an_estimate_without_error_is_compared_exactly() {
    assert_eq!(at_one_in_a_million(0.0, 0.0).outcome, Outcome::Pass);
    assert_eq!(at_one_in_a_million(1e-300, 0.0).outcome, Outcome::Fail);
}

#[test]
fn bounds_fail_on_their_own_side_only() {
    let bound = |value| {
        check("bound", estimate(value, 1.0))
            .false_fail(1e-6)
            .resolves(8.0)
    };
    assert_eq!(bound(-50.0).at_most().against(0.0).outcome, Outcome::Pass);
    assert_eq!(bound(50.0).at_most().against(0.0).outcome, Outcome::Fail);
    assert_eq!(bound(50.0).at_least().against(0.0).outcome, Outcome::Pass);
    assert_eq!(bound(-50.0).at_least().against(0.0).outcome, Outcome::Fail);
    assert_eq!(bound(4.0).at_most().against(0.0).outcome, Outcome::Pass);
}

#[test]
fn few_samples_need_more_distance_and_more_data_to_pass() {
    let with = |n_eff| {
        let estimate = Estimate::new(0.0, 1.0, n_eff).expect("finite");
        check("number", estimate)
            .false_fail(1e-6)
            .resolves(8.0)
            .against(0.0)
    };
    let (known, many, few) = (with(None), with(Some(1e6)), with(Some(5.0)));
    assert!(few.allowed > 10.0 * known.allowed, "{}", few.allowed);
    assert!(
        (many.allowed / known.allowed - 1.0).abs() < 1e-4,
        "{}",
        many.allowed
    );
    assert_eq!(few.outcome, Outcome::Inconclusive);
}

#[test]
fn few_samples_on_the_side_of_the_truth_count_as_few() {
    let exact = estimate(0.0, 0.1);
    let truth = Estimate::new(0.0, 1.0, Some(5.0)).expect("finite");
    let check = check("difference", exact)
        .false_fail(1e-6)
        .resolves(1e9)
        .against_estimate(&truth);
    assert!(check.allowed > 40.0, "allowed {}", check.allowed);
}

#[test]
#[should_panic(expected = "declares no false-fail rate")]
fn a_check_without_a_false_fail_rate_is_refused() {
    let _ = check("forgetful", estimate(0.0, 1.0))
        .resolves(1.0)
        .against(0.0);
}

#[test]
#[should_panic(expected = "declares no resolvable bias")]
fn a_check_without_a_resolvable_bias_is_refused() {
    let _ = check("forgetful", estimate(0.0, 1.0))
        .false_fail(1e-6)
        .against(0.0);
}

#[test]
fn a_worst_case_of_too_few_comparisons_fails() {
    let mut worst = Worst::new(Tol::EXACT);
    assert_eq!(worst.clone().into_check("empty", 0).outcome, Outcome::Pass);
    assert_eq!(worst.clone().into_check("empty", 1).outcome, Outcome::Fail);
    worst.see(1.0, 1.0, || "one".into());
    assert_eq!(worst.clone().into_check("one", 1).outcome, Outcome::Pass);
    assert_eq!(worst.into_check("one of two", 2).outcome, Outcome::Fail);
}

#[test]
fn evidence_is_as_good_as_its_worst_check_and_rates_add_up() {
    let pass = fact("yes", true, "");
    let fail = fact("no", false, "");
    let open = at_one_in_a_million(0.0, 2.0);
    let verdict = |checks: &[&Check]| {
        Evidence::from_iter(checks.iter().map(|check| (*check).clone())).verdict()
    };
    assert_eq!(verdict(&[]), Verdict::Inconclusive);
    assert_eq!(verdict(&[&pass]), Verdict::Supported);
    assert_eq!(verdict(&[&pass, &open]), Verdict::Inconclusive);
    assert_eq!(verdict(&[&pass, &open, &fail]), Verdict::Refuted);
    let three = Evidence::from_iter([open.clone(), open.clone(), pass]);
    assert!((three.false_fail() - 2e-6).abs() < 1e-18);
}
