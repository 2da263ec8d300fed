//! What others read: JSON, the page, stored records.

use std::collections::BTreeSet;

use fieldassay::Result;
use fieldassay::report::{Figure, Plot};
use fieldassay::verdict::{Verdict, exact, fact};
use paper_checks::claim::{Alteration, Context, Finding};
use paper_checks::ledger::Ledger;
use paper_checks::record::Judged;
use serde_json::Value;

use super::hand_made::*;

#[test]
fn json_has_the_published_fields_for_every_entry() {
    let dir = folder();
    let file = dir.path().join("elsewhere.json");
    let argument = file.display().to_string();
    let cli = assay(
        &[sound("kl-divergence")],
        dir.path(),
        &["--json", &argument],
    );
    assert_eq!(cli.code, 0, "{}{}", cli.out, cli.err);
    let results = cli.json("elsewhere.json");
    assert_eq!(results, cli.json("results.json"));
    let claims = results["claims"].as_array().unwrap();
    assert_eq!(claims.len(), 220);
    let fields = [
        "id",
        "verdict",
        "expected",
        "estimate",
        "error",
        "control_verdict",
        "seconds",
        "tier",
    ];
    for claim in claims {
        let present = fields
            .iter()
            .filter(|field| claim.get(**field).is_some())
            .count();
        assert_eq!(present, fields.len(), "{claim}");
        assert_eq!(claim["tier"], "quick");
    }
    let ids: BTreeSet<_> = claims.iter().map(|claim| claim["id"].to_string()).collect();
    assert_eq!(ids.len(), 220);
    let decided = claims
        .iter()
        .find(|claim| claim["id"] == "kl-divergence")
        .unwrap();
    assert_eq!(
        (&decided["estimate"], &decided["error"]),
        (&Value::from(2.0), &Value::from(1e-12))
    );
    assert_eq!(decided["control_verdict"], "Refuted");
    let open = claims
        .iter()
        .filter(|claim| claim["verdict"] == "NotImplemented");
    assert_eq!(
        open.filter(|claim| claim["estimate"].is_null()).count(),
        219
    );
    assert_eq!(results["run"]["seed"], 20_260_901);
    assert!(
        results["run"]["command"]
            .as_str()
            .unwrap()
            .starts_with("cargo assay --json")
    );
}

#[test]
fn the_page_holds_every_claim_escapes_quotes_and_loads_nothing() {
    fn figure(_: &Context<'_>) -> Result<Vec<Figure>> {
        let plot = Plot::new("a < b & c").x_label("x").y_label("y");
        Ok(vec![
            plot.points("p", [(0.0, 1.0), (1.0, 2.0)])
                .render("points", "<caption>")?,
        ])
    }
    let dir = folder();
    let cli = assay(
        &[sound("kl-divergence").with_figures(figure)],
        dir.path(),
        &[],
    );
    assert_eq!(cli.code, 0, "{}{}", cli.out, cli.err);
    let html = cli.html();
    let ledger = Ledger::load().unwrap();
    let anchored = |id: &str| html.contains(&format!("id=\"claim-{id}\""));
    assert_eq!(
        ledger
            .entries
            .iter()
            .filter(|entry| anchored(&entry.id))
            .count(),
        220
    );
    assert!(
        html.contains("a &quot;quote&quot; &lt;script&gt;"),
        "the quote must be escaped"
    );
    assert!(!html.contains("<script>alert"));
    assert!(html.contains("a &lt; b &amp; c") && html.contains("role=\"img\""));
    for load in [
        "src=",
        "href=\"http",
        "url(",
        "@import",
        "<link",
        "fetch(",
        "XMLHttpRequest",
    ] {
        assert!(
            !html.contains(load),
            "the page must load nothing, but has `{load}`"
        );
    }
    let file = std::fs::read_to_string(dir.path().join("figures/points.svg")).unwrap();
    assert!(file.contains("xmlns=\"http://www.w3.org/2000/svg\""));
}

#[test]
fn records_survive_json_with_numbers_that_are_not_finite() {
    fn nan(_: &Context<'_>, x: &f64) -> Result<Finding> {
        Ok(finding(exact("0/0", f64::NAN, *x, TOL), f64::NAN))
    }
    let nan = statement(nan, 1.0, Alteration::new("", f64::INFINITY));
    let fact = statement(
        |_, x: &bool| Ok(finding(fact("yes", *x, "looked at one"), f64::INFINITY)),
        true,
        Alteration::new("", false),
    );
    for (statement, verdict) in [(nan, Verdict::Refuted), (fact, Verdict::Supported)] {
        let all = judged(&[claim("kl-divergence", statement)], 1);
        let text = serde_json::to_string(&all[0]).unwrap();
        let back: Judged = serde_json::from_str(&text).unwrap();
        assert_eq!(back.report.verdict, verdict);
        assert_eq!(back.report.estimate, None);
        assert_eq!(serde_json::to_string(&back).unwrap(), text);
    }
}
