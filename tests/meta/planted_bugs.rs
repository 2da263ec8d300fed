//! Every checker has a planted bug that it is known to catch. This is the list.
//!
//! Bugs in the checking itself are planted here or beside their checker; bugs in `src/` are patches
//! (`patches`), which `cargo gate patches` applies one by one.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use fieldassay::Seed;
use fieldassay::num::{Tol, Worst};
use fieldassay::stats::{Estimate, normal_quantile_two_sided, student_t_quantile_two_sided};
use fieldassay::verdict::{Check, Evidence, Outcome, Verdict, check, exact, fact};
use paper_checks::gate::Patch;

use crate::tree;

/// (the bug, the test that plants it or would see it), without those that come as patches.
pub(crate) const PLANTED: [(&str, &str); 26] = [
    (
        "a golden digit altered, seen by the witness",
        "zeta_bugs::an_altered_golden_digit_disagrees_with_the_witness",
    ),
    (
        "NaN passes a comparison",
        "planted_bugs::nan_fails_every_comparison",
    ),
    (
        "a loop over nothing passes",
        "planted_bugs::an_empty_loop_fails",
    ),
    (
        "an early return leaves cases out",
        "planted_bugs::an_early_return_fails",
    ),
    ("a wrong sign passes", "planted_bugs::a_wrong_sign_fails"),
    (
        "no evidence supports a claim",
        "planted_bugs::no_evidence_supports_nothing",
    ),
    (
        "a pass without power",
        "planted_bugs::a_pass_needs_the_declared_power",
    ),
    (
        "a quantile for one tail instead of two",
        "planted_bugs::error_rates_are_two_sided",
    ),
    (
        "a bound checked on its wrong side",
        "planted_bugs::bounds_fail_on_their_own_side_only",
    ),
    (
        "every lane draws the same numbers",
        "planted_bugs::lanes_are_different_and_keep_their_numbers",
    ),
    (
        "a golden digit altered within tolerance",
        "goldens::an_altered_digit_breaks_the_seal_even_within_tolerance",
    ),
    (
        "a golden file unsealed or lost",
        "goldens::a_planted_unsealed_or_lost_file_is_caught",
    ),
    (
        "a truth made by the code it judges",
        "goldens::planted_faults_of_schema_and_provenance_are_caught",
    ),
    (
        "an edge reference -> fieldassay",
        "independence::planted::a_planted_edge_to_ours_is_caught_in_every_disguise",
    ),
    (
        "the witness names our code",
        "independence::planted::a_planted_mention_of_ours_is_caught",
    ),
    (
        "a random stream shared with the witness",
        "independence::planted::a_planted_shared_stream_is_caught",
    ),
    (
        "a function copied into the witness",
        "independence::planted::a_planted_copy_is_caught_even_with_new_names_and_layout",
    ),
    (
        "a layer violation",
        "architecture::planted::a_planted_layer_violation_is_reported_in_every_disguise",
    ),
    (
        "faer outside linalg",
        "architecture::planted::faer_outside_linalg_is_reported",
    ),
    (
        "a module without a layer",
        "architecture::planted::an_unknown_module_is_reported",
    ),
    (
        "a claim file without a registry row",
        "registries::planted::a_planted_claim_without_a_row_is_caught",
    ),
    (
        "a misquoted slide",
        "registries::planted::a_planted_misquotation_is_caught",
    ),
    (
        "a test file without a mod line",
        "registries::planted::a_planted_file_without_a_mod_line_is_caught",
    ),
    (
        "a copyleft dependency",
        "licences::a_planted_copyleft_licence_is_caught",
    ),
    (
        "a test-only feature makes the audit build twice",
        "one_build::a_planted_test_only_feature_is_caught",
    ),
    (
        "a false verdict or count in the README",
        "readme::a_planted_false_verdict_or_count_in_the_readme_is_caught",
    ),
];

#[test]
fn every_listed_bug_names_a_test_that_exists() {
    let tests = tree::test_names("meta");
    assert!(tests.len() >= PLANTED.len(), "{tests:?}");
    for (bug, test) in PLANTED {
        assert!(tests.contains(test), "{bug}: no test {test}");
    }
}

#[test]
fn at_least_twelve_different_bugs_are_planted() {
    let patches = Patch::all(tree::root()).expect("readable patches");
    let listed = PLANTED.iter().map(|(bug, _)| (*bug).to_owned());
    let bugs: BTreeSet<String> = listed
        .chain(patches.iter().map(|patch| patch.bug.clone()))
        .collect();
    assert_eq!(
        bugs.len(),
        PLANTED.len() + patches.len(),
        "two bugs of the same description"
    );
    let named: BTreeSet<&str> = PLANTED.iter().map(|(_, test)| *test).collect();
    assert_eq!(named.len(), PLANTED.len(), "one test stands for two bugs");
    assert!(
        patches.len() >= 5 && bugs.len() >= 12,
        "{} patches, {} bugs",
        patches.len(),
        bugs.len()
    );
}

const TENTH: Tol = Tol::abs(0.1).because("a round number for planted bugs");

fn panics(body: impl FnOnce() + std::panic::UnwindSafe) -> bool {
    catch_unwind(body).is_err()
}

#[test]
fn nan_fails_every_comparison() {
    let tolerances = [
        TENTH,
        Tol::EXACT,
        Tol::rel(f64::INFINITY).because("planted: allows anything"),
    ];
    let mut seen = 0;
    for tol in tolerances {
        for (actual, expected) in [(f64::NAN, 1.0), (1.0, f64::NAN), (f64::NAN, f64::NAN)] {
            assert!(
                !tol.compare(actual, expected).passed,
                "{actual} against {expected}"
            );
            assert_eq!(exact("nan", actual, expected, tol).outcome, Outcome::Fail);
            let mut worst = Worst::new(tol);
            worst.see(1.0, 1.0, || "right".to_owned());
            worst.see(actual, expected, || "nan".to_owned());
            worst.see(2.0, 2.0, || "right again".to_owned());
            assert!(
                !worst.all_passed(1),
                "{actual} against {expected} is forgotten"
            );
            assert_eq!(worst.worst().map(|(input, _)| input), Some("nan"));
            assert!(panics(move || worst.assert_at_least(1)));
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
    assert!(Estimate::new(f64::NAN, 0.1, None).is_err());
    assert!(Estimate::new(1.0, f64::NAN, None).is_err());
}

#[test]
fn an_empty_loop_fails() {
    let empty = Worst::new(TENTH);
    assert!(!empty.all_passed(1));
    assert_eq!(empty.clone().into_check("empty", 1).outcome, Outcome::Fail);
    assert!(panics(move || empty.assert_at_least(1)));
}

#[test]
fn an_early_return_fails() {
    fn look_at(cases: usize) -> Worst {
        let mut worst = Worst::new(TENTH);
        for case in 0..cases {
            worst.see(case as f64, case as f64, || format!("case {case}"));
        }
        worst
    }
    let (whole, part) = (look_at(10), look_at(3));
    assert!(whole.all_passed(10) && !part.all_passed(10));
    assert_eq!(
        part.clone().into_check("three of ten", 10).outcome,
        Outcome::Fail
    );
    assert!(panics(move || part.assert_at_least(10)));
    whole.assert_at_least(10);
}

#[test]
fn a_wrong_sign_fails() {
    assert!(!TENTH.compare(-1.0, 1.0).passed);
    assert!(
        !Tol::rel(1.9)
            .because("planted: below the two of a wrong sign")
            .compare(-1.0, 1.0)
            .passed
    );
    let mean = Estimate::new(-1.0, 0.01, None).expect("an estimate");
    assert_eq!(one_in_a_billion(mean, 0.5).outcome, Outcome::Fail);
}

fn one_in_a_billion(estimate: Estimate, resolves: f64) -> Check {
    check("planted", estimate)
        .false_fail(1e-9)
        .resolves(resolves)
        .against(1.0)
}

#[test]
fn no_evidence_supports_nothing() {
    assert_eq!(Evidence::new().verdict(), Verdict::Inconclusive);
    let pass = fact("right", true, "planted");
    let fail = fact("wrong", false, "planted");
    let blind = one_in_a_billion(Estimate::new(1.0, 1.0, None).expect("an estimate"), 0.5);
    let verdict = |checks: &[&Check]| {
        checks
            .iter()
            .copied()
            .cloned()
            .collect::<Evidence>()
            .verdict()
    };
    assert_eq!(verdict(&[&pass]), Verdict::Supported);
    assert_eq!(verdict(&[&pass, &blind]), Verdict::Inconclusive);
    assert_eq!(verdict(&[&pass, &blind, &fail]), Verdict::Refuted);
}

#[test]
fn a_pass_needs_the_declared_power() {
    // 1e-9 allows 6.109 errors; to see a bias through that takes 2.878 more.
    let mean = Estimate::new(1.0, 0.01, None).expect("an estimate");
    for (resolves, outcome) in [
        (0.050, Outcome::Inconclusive),
        (0.075, Outcome::Inconclusive),
        (0.089, Outcome::Inconclusive),
        (0.093, Outcome::Pass),
    ] {
        assert_eq!(
            one_in_a_billion(mean, resolves).outcome,
            outcome,
            "{resolves}"
        );
    }
    assert!(panics(move || drop(
        check("no power", mean).false_fail(1e-9).against(1.0)
    )));
    assert!(panics(move || drop(
        check("no rate", mean).resolves(0.1).against(1.0)
    )));
}

#[test]
fn error_rates_are_two_sided() {
    let printed = Tol::rel(1e-8).because("ten printed digits of the tables of both distributions");
    let mut worst = Worst::new(printed);
    for (alpha, z) in [
        (0.05, 1.959_963_985),
        (1e-3, 3.290_526_731),
        (1e-9, 6.109_410_205),
    ] {
        worst.see(normal_quantile_two_sided(alpha), z, || {
            format!("normal, {alpha}")
        });
    }
    for (alpha, dof, t) in [
        (0.05, 4.0, 2.776_445_105),
        (0.05, 1.0, 12.706_204_736),
        (0.01, 10.0, 3.169_272_673),
    ] {
        worst.see(student_t_quantile_two_sided(alpha, dof), t, || {
            format!("t({dof}), {alpha}")
        });
    }
    worst.assert_at_least(6);
}

#[test]
fn bounds_fail_on_their_own_side_only() {
    let estimate = |value| Estimate::new(value, 0.01, None).expect("an estimate");
    let low = || check("low", estimate(0.5)).false_fail(1e-9).resolves(0.2);
    let high = || check("high", estimate(1.5)).false_fail(1e-9).resolves(0.2);
    assert_eq!(low().at_least().against(1.0).outcome, Outcome::Fail);
    assert_eq!(high().at_most().against(1.0).outcome, Outcome::Fail);
    assert_eq!(high().at_least().against(1.0).outcome, Outcome::Pass);
    assert_eq!(low().at_most().against(1.0).outcome, Outcome::Pass);
}

#[test]
fn lanes_are_different_and_keep_their_numbers() {
    let first = |count| {
        let mut lanes = Seed(7).lanes("planted", count);
        let mut bits = vec![0; count];
        lanes.next_u64(&mut bits);
        bits
    };
    let many = first(64);
    let different: BTreeSet<u64> = many.iter().copied().collect();
    assert_eq!(different.len(), 64, "two lanes draw the same numbers");
    assert_eq!(
        first(3),
        many[..3],
        "a lane depends on how many run beside it"
    );
}
