//! The ledger, and the rules by which a claim is judged.

use fieldassay::report::Plot;
use fieldassay::verdict::Verdict;
use fieldassay::{Error, Result};
use paper_checks::claim::{Alteration, Claim, Context, Finding, Statement};
use paper_checks::ledger::Ledger;
use paper_checks::record::ClaimReport;
use std::collections::BTreeSet;

use super::hand_made::*;

#[test]
fn the_ledger_is_whole_and_knows_every_implemented_claim() {
    let ledger = Ledger::load().unwrap();
    assert_eq!(ledger.entries.len(), 220);
    assert_eq!(ledger.talks.len(), 5);
    ledger.admit(&paper_checks::claims::all()).unwrap();
    let stranger = ledger.admit(&[sound("no-such-claim")]);
    assert!(
        matches!(stranger, Err(Error::UnknownName { .. })),
        "{stranger:?}"
    );
    let twice = ledger.admit(&[sound("kl-divergence"), sound("kl-divergence")]);
    assert!(matches!(twice, Err(Error::Argument { .. })), "{twice:?}");
}

#[test]
fn a_ledger_with_a_repeated_id_or_a_lost_entry_is_refused() {
    let entry = r#"{"id":"a","talk":"t","area":"x","quote":"q","status":"s","quick":"1 s","full":"1 s",
        "notes":{"paper":"","settings":"","decides":"","accept":"","pitfalls":""}}"#;
    let talks = r#"[{"id":"t","speaker":"","title":"","occasion":"","date":""}]"#;
    let ledger = |count: usize, entries: &str| {
        Ledger::parse(&format!(
            r#"{{"provenance":{{"entries":{count}}},"talks":{talks},"entries":[{entries}]}}"#
        ))
    };
    assert_eq!(ledger(1, entry).unwrap().entries.len(), 1);
    let refused = [
        ledger(2, entry),
        ledger(2, &format!("{entry},{entry}")),
        ledger(1, &entry.replace(r#""talk":"t""#, r#""talk":"u""#)),
        ledger(1, &entry.replace(r#""id":"a""#, r#""id":"../a""#)),
    ];
    for (case, result) in refused.into_iter().enumerate() {
        assert!(
            matches!(result, Err(Error::Format { .. })),
            "case {case}: {result:?}"
        );
    }
}

#[test]
fn a_claim_that_panics_is_broken_and_the_others_go_on() {
    let dir = folder();
    let claims = [
        sound("mse-definition"),
        broken("kl-divergence"),
        sound("param-counts"),
    ];
    let cli = assay(
        &claims,
        dir.path(),
        &["--only", "mse-definition,kl-divergence,param-counts"],
    );
    assert_eq!(cli.code, 1, "{}", cli.out);
    let verdicts: Vec<_> = cli.json("results.json")["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| claim["verdict"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(
        verdicts.iter().filter(|v| *v == "Supported").count(),
        2,
        "{verdicts:?}"
    );
    assert_eq!(
        verdicts.iter().filter(|v| *v == "Broken").count(),
        1,
        "{verdicts:?}"
    );
    assert!(cli.out.contains("no such thing as 1"), "{}", cli.out);
    assert!(
        cli.out.contains("hand_made.rs:"),
        "the place of the panic is missing: {}",
        cli.out
    );
}

#[test]
fn an_error_or_a_claim_without_statements_is_broken() {
    fn fails(_: &Context<'_>, x: &f64) -> Result<Finding> {
        Err(Error::argument("x", x.to_string(), "another"))
    }
    let failed = report_of(claim(
        "kl-divergence",
        statement(fails, 1.0, Alteration::new("", 2.0)),
    ));
    assert_eq!(failed.verdict, Verdict::Broken);
    assert!(
        failed.statements[0]
            .reason
            .as_ref()
            .unwrap()
            .contains("found 1, expected another")
    );
    let empty = report_of(Claim::new("kl-divergence", "", "", Vec::new()));
    assert_eq!((empty.verdict, empty.as_expected), (Verdict::Broken, false));
}

#[test]
fn a_control_that_is_not_refuted_turns_the_exit_red() {
    let dir = folder();
    let toothless = claim(
        "kl-divergence",
        statement(sum, 1.0, Alteration::new("1 → 1", 1.0)),
    );
    let cli = assay(&[toothless], dir.path(), &["--only", "kl-divergence"]);
    assert_eq!(cli.code, 1, "{}", cli.out);
    let claim = &cli.json("results.json")["claims"][0];
    assert_eq!(claim["verdict"], "Supported");
    assert_eq!(claim["control_verdict"], "Supported");
    assert!(
        cli.out
            .contains("control `1 → 1`: Supported, expected Refuted"),
        "{}",
        cli.out
    );
    assert!(cli.html().contains("but it must be Refuted"));
}

#[test]
fn a_control_larger_than_three_times_the_declared_power_is_broken() {
    let sized = |effect| {
        report_of(statistical(
            "mc-estimator",
            Alteration::of_size("bias", effect, effect),
        ))
    };
    assert_eq!(sized(2.9 * RESOLVES).verdict, Verdict::Supported);
    assert!(sized(2.9 * RESOLVES).as_expected);
    let reason = |report: &ClaimReport| report.statements[0].reason.clone().unwrap_or_default();
    for effect in [3.1 * RESOLVES, f64::NAN, -0.3] {
        let report = sized(effect);
        assert_eq!(report.verdict, Verdict::Broken, "effect {effect}");
        assert!(
            reason(&report).contains("at most 3 × 0.2"),
            "{}",
            reason(&report)
        );
    }
    let silent = report_of(statistical("mc-estimator", Alteration::new("bias", 0.5)));
    assert_eq!(silent.verdict, Verdict::Broken);
    assert!(
        reason(&silent).contains("states no effect"),
        "{}",
        reason(&silent)
    );
}

#[test]
fn a_statement_false_as_printed_and_true_as_corrected_is_as_expected() {
    let printed = Statement::says("as printed", "1 + 2 = 2", "3").decided_by(
        Verdict::Refuted,
        sum,
        2.0,
        Alteration::new("2 → 3", 3.0),
    );
    let corrected = Statement::says("corrected", "1 + 1 = 2", "3").decided_by(
        Verdict::Supported,
        sum,
        1.0,
        Alteration::new("1 → 2", 2.0),
    );
    let opinion =
        Statement::says("aside", "it is elegant", "nothing").not_checkable("a matter of taste");
    let report = report_of(Claim::new(
        "mse-definition",
        "",
        "",
        vec![printed, corrected, opinion],
    ));
    assert!(report.as_expected);
    assert_eq!(
        (report.verdict, report.expected),
        (Verdict::Refuted, Verdict::Refuted)
    );
    assert_eq!(report.control_verdict, Some(Verdict::Refuted));
    assert_eq!((report.estimate, report.claimed), (Some(3.0), Some(2.0)));
    assert_eq!(report.statements[2].verdict, Verdict::NotCheckable);
}

#[test]
fn a_figure_that_cannot_be_drawn_turns_the_exit_red_but_keeps_the_verdict() {
    let dir = folder();
    let claim = sound("kl-divergence")
        .with_figures(|_| Ok(vec![Plot::new("").line("", vec![]).render("empty", "")?]));
    let cli = assay(&[claim], dir.path(), &["--only", "kl-divergence"]);
    assert_eq!(cli.code, 1);
    assert_eq!(
        cli.json("results.json")["claims"][0]["verdict"],
        "Supported"
    );
    assert!(
        cli.out
            .contains("figure empty, series \"\"`: found no point"),
        "{}",
        cli.out
    );
}

#[test]
fn numbers_do_not_depend_on_the_number_of_threads() {
    let claims: Vec<Claim> = [
        "mc-estimator",
        "importance-sampling",
        "kl-divergence",
        "param-counts",
    ]
    .into_iter()
    .map(|id| statistical(id, Alteration::of_size("bias", 0.5, 0.5)))
    .collect();
    let numbers = |threads| -> Vec<_> {
        let all = judged(&claims, threads);
        all.into_iter()
            .map(|j| (j.report.id, j.report.estimate, j.report.error))
            .collect()
    };
    let one = numbers(1);
    assert_eq!(one.len(), 4);
    let distinct: BTreeSet<_> = one.iter().map(|(_, x, _)| x.unwrap().to_bits()).collect();
    assert_eq!(distinct.len(), 4, "every claim has streams of its own");
    assert_eq!(one, numbers(2));
}
