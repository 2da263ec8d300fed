//! The command line, the run directory, resume and interrupt.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use fieldassay::Result;
use paper_checks::claim::{Alteration, Context, Finding, interrupted};
use paper_checks::ledger::Ledger;

use super::hand_made::*;

#[test]
fn resume_reuses_what_is_valid_and_runs_the_rest_again() {
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    fn counted(context: &Context<'_>, x: &f64) -> Result<Finding> {
        RUNS.fetch_add(1, Ordering::Relaxed);
        mean(context, x)
    }
    let make = |id| {
        claim(
            id,
            statement(counted, 0.0, Alteration::of_size("bias", 0.5, 0.5)),
        )
    };
    let claims = [make("mc-estimator"), make("kl-divergence")];
    let dir = folder();
    let only = ["--only", "mc-estimator,kl-divergence"];
    // Deciders run twice a claim: once at the claimed value, once as control.
    let runs = |args: &[&str]| {
        let before = RUNS.load(Ordering::Relaxed);
        let args: Vec<&str> = only.iter().chain(args).copied().collect();
        let cli = assay(&claims, dir.path(), &args);
        assert_eq!(cli.code, 0, "{}{}", cli.out, cli.err);
        (RUNS.load(Ordering::Relaxed) - before, cli)
    };
    let estimates = |cli: &Cli| cli.json("results.json")["claims"].clone();
    let (first, fresh) = runs(&["--seed", "7"]);
    assert_eq!(first, 4);
    let (again, resumed) = runs(&["--seed", "7", "--resume"]);
    assert_eq!(again, 0);
    assert_eq!(estimates(&fresh), estimates(&resumed));
    assert!(resumed.err.contains("Reused 2 of 2"), "{}", resumed.err);
    assert_eq!(resumed.json("results.json")["run"]["reused"], 2);

    let file = dir.path().join("claims/mc-estimator.json");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, &text[..text.len() / 2]).unwrap();
    let (damaged, repaired) = runs(&["--seed", "7", "--resume"]);
    assert_eq!(damaged, 2);
    assert!(
        repaired
            .err
            .contains("mc-estimator: run again, since its file is damaged"),
        "{}",
        repaired.err
    );
    assert_eq!(
        estimates(&fresh)[1]["estimate"],
        estimates(&repaired)[1]["estimate"]
    );

    let build = text
        .split("\"build\": \"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    assert_eq!(build.len(), 64, "{build}");
    std::fs::write(&file, text.replace(build, &"0".repeat(64))).unwrap();
    let (rebuilt, _) = runs(&["--seed", "7", "--resume"]);
    assert_eq!(rebuilt, 2);

    let (other_seed, cli) = runs(&["--seed", "8", "--resume"]);
    assert_eq!(other_seed, 4);
    assert!(cli.err.contains("since another seed"), "{}", cli.err);
    let (other_tier, _) = runs(&["--seed", "8", "--standard", "--resume"]);
    assert_eq!(other_tier, 4);
    let (without_resume, _) = runs(&["--seed", "8", "--standard"]);
    assert_eq!(without_resume, 4);
}

#[test]
fn an_interrupted_run_keeps_what_is_done_and_resumes() {
    static PRESSED: AtomicBool = AtomicBool::new(false);
    fn presses(context: &Context<'_>, x: &f64) -> Result<Finding> {
        PRESSED.store(*x > 0.0, Ordering::Relaxed);
        if context.interrupted() {
            Err(interrupted())
        } else {
            sum(context, &(1.0 - x))
        }
    }
    let pressing = claim(
        "kl-divergence",
        statement(presses, 1.0, Alteration::new("", 0.5)),
    );
    let dir = folder();
    let only = [
        "--only",
        "mse-definition,kl-divergence,param-counts",
        "--threads",
        "1",
    ];
    let claims = [sound("mse-definition"), pressing, sound("param-counts")];
    let cli = assay_with(&claims, dir.path(), &only, &PRESSED);
    assert_eq!(cli.code, 130, "{}{}", cli.out, cli.err);
    let results = cli.json("results.json");
    assert_eq!(results["claims"].as_array().unwrap().len(), 1);
    assert_eq!(results["claims"][0]["id"], "mse-definition");
    assert_eq!(results["run"]["interrupted"], true);
    assert_eq!(
        results["run"]["unfinished"],
        serde_json::json!(["kl-divergence", "param-counts"])
    );
    assert!(cli.html().contains("The run was interrupted"));

    let calm = [
        sound("mse-definition"),
        sound("kl-divergence"),
        sound("param-counts"),
    ];
    let args: Vec<&str> = only.iter().chain(&["--resume"]).copied().collect();
    let rest = assay(&calm, dir.path(), &args);
    assert_eq!(rest.code, 0, "{}{}", rest.out, rest.err);
    assert!(rest.err.contains("Reused 1 of 3"), "{}", rest.err);
}

#[test]
fn bad_arguments_exit_2_and_suggest() {
    let dir = folder();
    let cases: [(&[&str], &str); 6] = [
        (
            &["--only", "luscher-formla"],
            "did you mean `luscher-formula`",
        ),
        (&["--only", ""], "unknown claim ``"),
        (&["--threads", "0"], "--threads"),
        (&["--seed", "-1"], "--seed"),
        (&["--standard", "--full"], "cannot be used with"),
        (&["--jsn", "x"], "--json"),
    ];
    for (args, expected) in cases {
        let cli = assay(&[], dir.path(), args);
        assert_eq!(cli.code, 2, "{args:?}");
        assert!(cli.err.contains(expected), "{args:?}: {}", cli.err);
    }
    let occupied = dir.path().join("file");
    std::fs::write(&occupied, "").unwrap();
    let cli = assay(&[], &occupied, &[]);
    assert_eq!(cli.code, 2);
    assert!(cli.err.contains("create the folder"), "{}", cli.err);
}

#[test]
fn help_has_an_example_and_the_list_counts_all_entries() {
    let dir = folder();
    let help = assay(&[], dir.path(), &["--help"]);
    assert_eq!(help.code, 0);
    assert!(
        help.out.contains("cargo assay --only luscher-formula"),
        "{}",
        help.out
    );
    let list = assay(&[sound("kl-divergence")], dir.path(), &["--list"]);
    assert_eq!(list.code, 0);
    assert!(
        list.out.contains("1 of 220 claims have a decider"),
        "{}",
        list.out
    );
    let ledger = Ledger::load().unwrap();
    let missing = ledger
        .entries
        .iter()
        .filter(|entry| !list.out.contains(&entry.id))
        .count();
    assert_eq!(missing, 0);
    assert!(
        !dir.path().join("index.html").exists(),
        "--list writes nothing"
    );
}
