//! Controls that show nothing, verdicts beyond the first, results that may not stand.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use fieldassay::Result;
use fieldassay::rng::Seed;
use fieldassay::stats::Estimate;
use fieldassay::verdict::{Check, Verdict, check, exact};
use paper_checks::claim::{Alteration, Claim, Context, Finding, Statement, Tier};
use paper_checks::record::{ClaimReport, Judged};
use paper_checks::runner::{Event, Plan, run};
use paper_checks::store::{Old, RunKey, Store};

use super::hand_made::*;

fn seen(value: f64, resolves: f64) -> Result<Check> {
    let estimate = Estimate::new(value, 1e-3, None)?;
    Ok(check("x", estimate)
        .false_fail(1e-9)
        .resolves(resolves)
        .against(0.0))
}

/// A finding with several checks.
fn several(checks: impl IntoIterator<Item = Check>) -> Finding {
    let mut found = finding(exact("1", 1.0, 1.0, TOL), 1.0);
    found.evidence = checks.into_iter().collect();
    found
}

fn expecting(expected: Verdict, mut statement: Statement) -> Statement {
    statement.expected = expected;
    statement
}

fn claim_of(id: &'static str, statements: Vec<Statement>) -> Claim {
    Claim::new(id, "a slide", "a quote", statements)
}

fn supported() -> Statement {
    statement(sum, 1.0, Alteration::new("1 → 1.1", 1.1))
}

fn reason(report: &ClaimReport) -> &str {
    report.statements[0].reason.as_deref().unwrap_or_default()
}

#[test]
fn a_declared_effect_must_be_caught_by_a_statistical_check() {
    fn both(_: &Context<'_>, x: &f64) -> Result<Finding> {
        Ok(several([
            exact("1 + x", 1.0 + x, 2.0, TOL),
            seen(0.0, 0.2)?,
        ]))
    }
    let elsewhere = statement(both, 1.0, Alteration::of_size("1 → 2", 2.0, 0.5));
    let report = report_of(claim("kl-divergence", elsewhere));
    assert_eq!(report.control_verdict, Some(Verdict::Refuted));
    assert_eq!(
        (report.verdict, report.as_expected),
        (Verdict::Broken, false)
    );
    let said = reason(&report);
    assert!(said.contains("no statistical check caught it"), "{said}");
    // Nor does a check without statistics take an effect on trust.
    let idle = statement(sum, 1.0, Alteration::of_size("1 → 2", 2.0, 0.5));
    assert_eq!(
        report_of(claim("kl-divergence", idle)).verdict,
        Verdict::Broken
    );
}

#[test]
fn an_alteration_may_not_move_the_check_by_more_than_it_declares() {
    let moved = |bias, effect| {
        let alteration = Alteration::of_size("bias", bias, effect);
        report_of(statistical("mc-estimator", alteration))
    };
    assert!(moved(0.5, 0.5).as_expected);
    for bias in [5.0, -5.0, 0.8] {
        let report = moved(bias, 0.5);
        assert_eq!(report.verdict, Verdict::Broken, "bias {bias}");
        let said = reason(&report);
        assert!(said.contains("declared effect 0.5"), "bias {bias}: {said}");
    }
}

#[test]
fn a_one_sided_check_counts_what_lies_beyond_its_bound() {
    fn at_least(_: &Context<'_>, x: &f64) -> Result<Finding> {
        let pending = check("x", Estimate::new(*x, 1e-3, None)?).false_fail(1e-9);
        let check = pending.resolves(0.2).at_least().against(0.0);
        Ok(finding(check, *x))
    }
    let moved = |effect| {
        let alteration = Alteration::of_size("1 → −0.5", -0.5, effect);
        report_of(claim("kl-divergence", statement(at_least, 1.0, alteration)))
    };
    assert!(moved(0.5).as_expected);
    assert_eq!(moved(0.3).verdict, Verdict::Broken);
}

#[test]
fn the_smallest_bias_among_the_checks_that_caught_the_control_counts() {
    fn three(_: &Context<'_>, x: &f64) -> Result<Finding> {
        Ok(several([seen(*x, 1.0)?, seen(*x, 0.2)?, seen(0.0, 0.1)?]))
    }
    let sized = |effect| {
        let alteration = Alteration::of_size("bias", effect, effect);
        report_of(claim("kl-divergence", statement(three, 0.0, alteration)))
    };
    assert!(sized(0.5).as_expected, "{}", reason(&sized(0.5)));
    assert_eq!(sized(0.7).verdict, Verdict::Broken);
    assert!(reason(&sized(0.7)).contains("at most 3 × 0.2"));
}

#[test]
fn a_control_that_panics_or_errs_is_broken_and_never_refuted() {
    fn panics_altered(context: &Context<'_>, x: &f64) -> Result<Finding> {
        assert!(*x < 1.5, "no control at {x}");
        sum(context, x)
    }
    fn errs_altered(context: &Context<'_>, x: &f64) -> Result<Finding> {
        Estimate::new(0.0, 1.5 - x, None)?;
        sum(context, x)
    }
    for check in [panics_altered, errs_altered] {
        let dir = folder();
        let altered = statement(check, 1.0, Alteration::new("1 → 2", 2.0));
        let claims = [claim("kl-divergence", altered)];
        let cli = assay(&claims, dir.path(), &["--only", "kl-divergence"]);
        assert_eq!(cli.code, 1, "{}", cli.out);
        let results = cli.json("results.json");
        let claim = &results["claims"][0];
        assert_eq!(claim["verdict"], "Supported");
        assert_eq!(claim["control_verdict"], "Broken");
        assert_eq!(claim["as_expected"], false);
        assert_eq!(results["summary"]["controls_refuted"], 0);
    }
}

#[test]
fn every_statement_counts_not_only_the_first() {
    let toothless = || statement(sum, 1.0, Alteration::new("1 → 1", 1.0));
    let wrong = || {
        expecting(
            Verdict::Supported,
            statement(sum, 2.0, Alteration::new("", 3.0)),
        )
    };
    let cases = [(wrong(), "Refuted"), (toothless(), "Supported")];
    for (second, control) in cases {
        let dir = folder();
        let claims = [claim_of("kl-divergence", vec![supported(), second])];
        let cli = assay(&claims, dir.path(), &["--only", "kl-divergence"]);
        assert_eq!(cli.code, 1, "{}", cli.out);
        let claim = &cli.json("results.json")["claims"][0];
        assert_eq!(claim["verdict"], "Supported");
        assert_eq!(claim["control_verdict"], control);
    }
}

#[test]
fn only_what_is_not_checkable_needs_no_control() {
    let mut judged = report_of(claim_of("kl-divergence", vec![supported()])).statements;
    assert!(judged[0].as_expected());
    judged[0].control = None;
    assert!(!judged[0].as_expected());
    let opinion = || Statement::says("aside", "it is nice", "nothing").not_checkable("taste");
    assert!(report_of(claim_of("kl-divergence", vec![opinion()])).as_expected);
    let dir = folder();
    let claims = [claim(
        "kl-divergence",
        expecting(Verdict::Supported, opinion()),
    )];
    let cli = assay(&claims, dir.path(), &["--only", "kl-divergence"]);
    assert_eq!(cli.code, 1, "{}", cli.out);
}

#[test]
fn results_keep_the_order_of_the_claims() {
    static SECOND_IS_DONE: AtomicBool = AtomicBool::new(false);
    fn waits(context: &Context<'_>, x: &f64) -> Result<Finding> {
        let start = Instant::now();
        while !SECOND_IS_DONE.load(Ordering::Relaxed) {
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "the other never ended"
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        sum(context, x)
    }
    let slow = claim(
        "kl-divergence",
        statement(waits, 1.0, Alteration::new("", 2.0)),
    );
    let claims = [slow, sound("param-counts")];
    let plan = Plan {
        seed: Seed(1),
        tier: Tier::Quick,
        threads: 2,
        interrupted: &AtomicBool::new(false),
    };
    let mut completed = Vec::new();
    let judged = run(&claims, &plan, |event| {
        if let Event::Finished(judged) = event {
            completed.push(judged.report.id.clone());
            SECOND_IS_DONE.store(true, Ordering::Relaxed);
        }
        Ok(())
    });
    let ids: Vec<_> = judged.unwrap().into_iter().map(|j| j.report.id).collect();
    assert_eq!(completed, ["param-counts", "kl-divergence"]);
    assert_eq!(ids, ["kl-divergence", "param-counts"]);
}

/// Saves under `old`, loads under `new`: why the result may not stand, if so.
fn reloaded(judged: &Judged, old: &RunKey, new: &RunKey) -> Option<String> {
    let dir = folder();
    let store = |key: &RunKey| Store::open(dir.path(), key.clone()).unwrap();
    store(old).save(judged).unwrap();
    match store(new).load(&judged.report.id) {
        Old::Reusable(_) => None,
        Old::Stale(reason) => Some(reason),
        Old::Absent => panic!("the file is gone"),
    }
}

#[test]
fn a_result_of_another_tier_or_of_an_unknown_build_may_not_stand() {
    let judged = judged(&[sound("kl-divergence")], 1).remove(0);
    let here = RunKey::here(Seed(1), Tier::Quick);
    let standard = RunKey::here(Seed(1), Tier::Standard);
    let unknown = RunKey {
        build: String::new(),
        ..here.clone()
    };
    assert_eq!(reloaded(&judged, &here, &here), None);
    let because = |old, new| reloaded(&judged, old, new).unwrap_or_default();
    assert_eq!(because(&here, &standard), "another tier");
    assert_eq!(because(&standard, &here), "another tier");
    assert_eq!(because(&unknown, &unknown), "another build of the program");
}

#[test]
fn a_result_with_anything_broken_may_not_stand() {
    fn panics_altered(context: &Context<'_>, x: &f64) -> Result<Finding> {
        assert!(*x < 1.5, "no control at {x}");
        sum(context, x)
    }
    let key = RunKey::here(Seed(1), Tier::Quick);
    let second = statement(panics, 1.0, Alteration::new("", 2.0));
    let control = statement(panics_altered, 1.0, Alteration::new("", 2.0));
    for broken in [second, control] {
        let claim = claim_of("kl-divergence", vec![supported(), broken]);
        let judged = judged(&[claim], 1).remove(0);
        assert_eq!(judged.report.verdict, Verdict::Supported);
        let said = reloaded(&judged, &key, &key);
        assert_eq!(said.as_deref(), Some("it was broken"));
    }
}

#[test]
fn a_selection_without_a_decider_decides_nothing_and_says_so() {
    let claims = [sound("kl-divergence")];
    let dir = folder();
    let idle = assay(&claims, dir.path(), &["--only", "mse-definition"]);
    assert_eq!(idle.code, 1, "{}", idle.out);
    assert!(idle.out.contains("0 claims were decided"), "{}", idle.out);
    assert_eq!(idle.json("results.json")["summary"]["exit_code"], 1);
    let some = ["--only", "mse-definition,kl-divergence"];
    for args in [&some[..], &[]] {
        let cli = assay(&claims, dir.path(), args);
        assert_eq!(cli.code, 0, "{}", cli.out);
        assert!(!cli.out.contains("0 claims were decided"), "{}", cli.out);
    }
    let help = assay(&claims, dir.path(), &["--help"]).out;
    assert!(
        help.contains("if --only names no claim that has a decider"),
        "{help}"
    );
}

#[test]
fn a_statement_expected_refuted_has_one_that_passes_the_same_check() {
    fn other(_: &Context<'_>, x: &f64) -> Result<Finding> {
        Ok(finding(exact("2 + x", 2.0 + x, 3.0, TOL), 2.0 + x))
    }
    let refuted = || {
        expecting(
            Verdict::Refuted,
            statement(sum, 2.0, Alteration::new("", 3.0)),
        )
    };
    let unpaired = |statements| claim_of("kl-divergence", statements).unpaired().count();
    assert_eq!(unpaired(vec![refuted(), supported()]), 0);
    assert_eq!(unpaired(vec![refuted()]), 1);
    let stranger = statement(other, 1.0, Alteration::new("", 2.0));
    assert_eq!(unpaired(vec![refuted(), stranger]), 1);

    let claims = paper_checks::claims::all();
    let statements = || claims.iter().flat_map(|claim| &claim.statements);
    let refuted = statements().filter(|s| s.expected == Verdict::Refuted);
    assert!(refuted.count() >= 4);
    for claim in &claims {
        let offenders: Vec<_> = claim.unpaired().map(|s| s.form).collect();
        assert!(offenders.is_empty(), "{}: {offenders:?}", claim.id);
    }
}
