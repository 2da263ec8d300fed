//! Every statement of every claim reaches its committed verdict, and every control is refuted.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use fieldassay::Seed;
use fieldassay::verdict::{Outcome, Verdict};
use paper_checks::claim::{Claim, Context, Decision, Finding, Tier};
use paper_checks::claims;
use paper_checks::judge::judge;
use rayon::prelude::*;

const SEED: Seed = Seed(20_260_901);

fn explain(finding: &Finding) -> String {
    let lines = finding.evidence.checks().iter().map(|check| {
        format!(
            "  {:?} {}: {} ± {} against {}; {}",
            check.outcome, check.name, check.value, check.error, check.expected, check.note
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A statistical check declares a rate of at most one in a million and has its declared power.
fn statistical_checks(finding: &Finding, name: &str) -> usize {
    let mut seen = 0;
    for check in finding.evidence.checks() {
        let Some(resolves) = check.resolves else {
            continue;
        };
        let name = format!("{name} / {}", check.name);
        assert!(check.false_fail > 0.0 && check.false_fail <= 1e-6, "{name}");
        let power = check.seen.is_some_and(|seen| seen <= resolves);
        assert!(power || check.outcome == Outcome::Fail, "{name}");
        seen += 1;
    }
    seen
}

/// Judges the claim by the audit's own rules; how many controls and statistical checks it has.
fn audit(claim: &Claim, seed: Seed) -> (usize, usize) {
    let interrupted = AtomicBool::new(false);
    let context = Context::new(claim.id, seed, Tier::Quick, &interrupted);
    let judged = judge(claim, &context).expect("nobody interrupts");
    let (mut controls, mut statistical) = (0, 0);
    for statement in &judged.report.statements {
        let name = format!("{} / {}", claim.id, statement.form);
        let reason = statement.reason.as_deref().unwrap_or_default();
        let finding = statement.finding.as_ref();
        let lines = finding.map(explain).unwrap_or_default();
        assert_eq!(
            statement.verdict, statement.expected,
            "{name}: {reason}\n{lines}"
        );
        let Some(control) = &statement.control else {
            assert_eq!(
                statement.verdict,
                Verdict::NotCheckable,
                "{name} has no control"
            );
            continue;
        };
        let lines = control.finding.as_ref().map(explain).unwrap_or_default();
        assert_eq!(
            control.verdict,
            Verdict::Refuted,
            "{name}, {}\n{lines}",
            control.alteration
        );
        controls += 1;
        statistical += finding.map_or(0, |finding| statistical_checks(finding, &name));
    }
    assert!(
        judged.report.as_expected,
        "{}: {:?}",
        claim.id, judged.report.figures_broken
    );
    (controls, statistical)
}

#[test]
fn every_statement_gets_its_verdict_and_every_control_is_refuted() {
    let claims = claims::all();
    // Each claim on one core, as many at a time as there are.
    let counted = claims.par_iter().map(|claim| {
        let start = std::time::Instant::now();
        let counted = audit(claim, SEED);
        println!("{:24} {:6.2} s", claim.id, start.elapsed().as_secs_f64());
        counted
    });
    let (controls, statistical) = counted.reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    assert!(claims.len() >= 29, "{} claims", claims.len());
    assert!(controls >= 94, "{controls} controls");
    assert!(statistical >= 11, "{statistical} statistical checks");
}

#[test]
fn every_record_says_what_it_claims_and_what_would_refute_it() {
    let mut seen = HashSet::new();
    let mut statements = 0;
    for claim in claims::all() {
        assert!(seen.insert(claim.id), "{} stands twice", claim.id);
        assert!(
            claim.source.len() > 20 && claim.quote.len() > 10,
            "{}",
            claim.id
        );
        let mut forms = HashSet::new();
        for statement in &claim.statements {
            let name = format!("{} / {}", claim.id, statement.form);
            assert!(forms.insert(statement.form), "{name} stands twice");
            assert!(statement.words.len() > 20, "{name}");
            assert!(statement.refuted_by.len() > 10, "{name}");
            if let Decision::Checked { control, .. } = &statement.decision {
                assert!(control.alteration.len() > 4, "{name}");
            }
            statements += 1;
        }
    }
    assert!(statements >= 95, "{statements} statements");
}

#[test]
#[ignore = "slow: 8 min, .ci/nightly"]
fn verdicts_do_not_depend_on_the_seed() {
    const SEEDS: u64 = 20;
    let mut controls = 0;
    for seed in 1..=SEEDS {
        for claim in claims::all() {
            controls += audit(&claim, Seed(seed)).0;
        }
    }
    assert!(controls >= 94 * SEEDS as usize, "{controls} controls");
}
