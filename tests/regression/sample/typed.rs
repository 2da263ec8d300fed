//! What can be typed after `fieldassay sample`: refusals, and the files of a run.

use serde_json::Value as Json;

use fieldassay::stats::Estimate;
use fieldassay::suite::cli;
use fieldassay::verdict::{Outcome, check};

use super::{read_npz, step_of};

/// Runs the command line in this process: exit code, output, error output.
fn fieldassay(words: &[&str]) -> (u8, String, String) {
    let args = std::iter::once("fieldassay").chain(words.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = cli::run(
        args.map(Into::into),
        &mut std::io::empty(),
        &mut out,
        &mut err,
    );
    let text = |bytes| String::from_utf8(bytes).expect("the command line writes UTF-8");
    (code, text(out), text(err))
}

#[test]
fn a_refusal_names_the_flag_and_what_was_expected() {
    let phi4 = "phi4 --extents 4,4 --m2 -4 --lambda 8";
    let u1 = "u1-2d --extents 4,4 --beta 2";
    let cases: [(&str, &str, &str); 22] = [
        ("ph4", "", "'phi4'"),
        (
            "phi4",
            "",
            "`--extents`: found nothing, expected a positive number of sites a direction",
        ),
        (
            "phi4 --extents 4,x --m2 1 --lambda 1",
            "",
            "`--extents`: found 4,x, expected",
        ),
        (
            "phi4 --extents 4,4 --m2 1",
            "",
            "found m2, expected --kappa and --lambda (form a)",
        ),
        (
            "phi4 --extents 4,4 --m2 -1e-1 --lambda -3",
            "",
            "`--lambda`: found quartic -3",
        ),
        (
            "phi4 --extents 4,4 --m2 --lambda",
            "",
            "`--m2`: found --lambda, expected a finite number",
        ),
        (
            phi4,
            "--sampler hcm",
            "possible values: hmc, mala, langevin, metropolis",
        ),
        (
            phi4,
            "--sampler heatbath",
            "possible values: hmc, mala, langevin, metropolis",
        ),
        (
            phi4,
            "--width 3",
            "`--width`: found 3.0, expected --sampler metropolis with it",
        ),
        (
            phi4,
            "--sampler mala",
            "`--epsilon`: found nothing, expected a finite number above zero",
        ),
        (
            phi4,
            "--steps 0",
            "`--steps`: found 0, expected an integer, 1 or more",
        ),
        (phi4, "--integrator omelian", "'omelyan'"),
        (
            phi4,
            "--instanton-hits 1",
            "unexpected argument '--instanton-hits'",
        ),
        (
            "u1-2d --extents 4,4,4 --beta 1",
            "",
            "`--extents`: found [4, 4, 4], expected two",
        ),
        (
            "u1-2d --extents 4,4 --beta nan",
            "",
            "`--beta`: found nan, expected a finite number",
        ),
        (
            "u1-2d --extents 100000,100000 --beta 1",
            "",
            "`--extents`: found 10000000000 sites",
        ),
        (
            "u1-2d --extents 4,1 --beta 1 --sampler heatbath",
            "",
            "two sites or more a direction",
        ),
        (
            u1,
            "--chains 0",
            "`--chains`: found 0, expected at least one",
        ),
        (
            u1,
            "--measurements 99999999999",
            "`--measurements`: found 99999999999 of 4 chains",
        ),
        (
            u1,
            "--output no-such-folder/x.npz",
            "`--output`: found no-such-folder/x.npz, expected",
        ),
        (
            u1,
            "--output x.np",
            "`--output`: found x.np, expected a name ending in .npz",
        ),
        (
            u1,
            "--checkpoint-every=-1",
            "expected seconds, from 0 to 1000000",
        ),
    ];
    for (target, more, part) in cases {
        let line = format!("sample {target} {more}");
        let words: Vec<&str> = line.split_whitespace().collect();
        let (code, out, err) = fieldassay(&words);
        assert_eq!(code, cli::BAD_INPUT, "{line} gave {out}");
        assert!(out.is_empty(), "{line} answered {out}");
        assert!(
            err.starts_with("error: ") && err.contains(part),
            "{line} gave {err}"
        );
    }
}

#[test]
fn a_run_leaves_its_numbers_and_where_they_come_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("text").to_owned();
    let [output, checkpoint] = ["run.npz", "run.safetensors"].map(path);
    let mut words = "sample u1-2d --extents 4,4 --beta 1.5 --sampler heatbath --start hot --json \
                     --chains 2 --measurements 300 --every 2 --thermalise 30 --fields"
        .split_whitespace()
        .collect::<Vec<_>>();
    words.extend(["--output", &output, "--checkpoint", &checkpoint]);
    let (code, out, err) = fieldassay(&words);
    // On a busy machine lines of progress follow.
    assert!(err.starts_with("begun at step 0 of 630\n"), "{err}");
    assert_eq!(code, cli::DONE, "{err}");
    let told: Json = serde_json::from_str(&out).expect("JSON");
    let plaquette = &told["observables"]["plaquette"];
    let number = |json: &Json| json.as_f64().expect("a number");
    // I₁(1.5)/I₀(1.5), up to 2e-4 for the finite volume.
    let mean = Estimate::new(
        number(&plaquette["mean"]),
        number(&plaquette["error"]),
        Some(200.0),
    );
    let found = check("plaquette", mean.expect("an estimate"))
        .false_fail(1e-9)
        .resolves(0.1)
        .against(0.596_133);
    assert_eq!(found.outcome, Outcome::Pass, "{found:?}");
    assert!(
        (0.4..2.0).contains(&number(&plaquette["tau_int"])),
        "{plaquette}"
    );
    assert!(number(&plaquette["rhat"]) < 1.05, "{plaquette}");

    let arrays = read_npz(output.as_ref());
    assert_eq!(arrays.f64("plaquette").expect("an array").0, [2, 300]);
    assert_eq!(arrays.f64("field").expect("an array").0, [2, 300, 4, 4, 2]);
    let (_, all) = arrays.f64("plaquette").expect("an array");
    let mean = all.iter().sum::<f64>() / 600.0;
    assert!((mean - number(&plaquette["mean"])).abs() < 1e-14);
    let spec = arrays
        .get("spec")
        .expect("the description")
        .as_u8()
        .expect("text");
    let inside: Json = serde_json::from_slice(spec).expect("JSON");

    let beside = std::fs::read(path("run.json")).expect("a file");
    let beside: Json = serde_json::from_slice(&beside).expect("JSON");
    assert_eq!(beside["spec"], inside);
    assert_eq!(beside["spec"]["target"]["parameters"]["beta"], 1.5);
    assert_eq!(beside["result"], told);
    assert_eq!(beside["sha256"], arrays.sha256(""));
    assert_eq!(beside["resumed_at_step"], Json::Null);
    let command = beside["command"].as_str().expect("text");
    assert!(command.starts_with("fieldassay sample u1-2d --extents 4,4 --beta 1.5"));
    for moment in ["started", "finished"] {
        let moment = beside[moment].as_str().expect("a moment");
        assert!(
            moment.starts_with("20") && moment.len() == 20 && moment.ends_with('Z'),
            "{moment}"
        );
    }

    // Again: the run is done, and says the same.
    assert_eq!(step_of(checkpoint.as_ref()), 630);
    let (code, again, err) = fieldassay(&words);
    assert_eq!(
        (code, err.as_str()),
        (cli::DONE, "resumed at step 630 of 630\n"),
        "{again}"
    );
    assert_eq!(again, out);
    words.extend(["--seed", "2"]);
    let (code, _, err) = fieldassay(&words);
    assert_eq!(code, cli::BAD_INPUT);
    assert!(
        err.contains("run.safetensors: spec, seed: found 1, expected 2"),
        "{err}"
    );
}

#[test]
fn what_never_changed_or_is_too_short_is_flagged() {
    // At β = 50 no trajectory changes the charge.
    let line =
        "sample u1-2d --extents 6,6 --beta 50 --steps 20 --length 0.5 --measurements 40 --quiet";
    let words: Vec<&str> = line.split_whitespace().collect();
    let (code, out, err) = fieldassay(&words);
    assert_eq!((code, err.as_str()), (cli::DONE, ""));
    let row = |name: &str| {
        let row = out.lines().find(|row| row.trim_start().starts_with(name));
        row.unwrap_or_else(|| panic!("no {name} in {out}"))
    };
    assert!(
        row("topological_charge").ends_with("never changed"),
        "{out}"
    );
    assert!(row("action").contains("ESS below 400"), "{out}");
    assert!(out.contains("⟨exp(−ΔH)⟩"), "{out}");
    assert!(out.ends_with("nothing written: no --output\n"), "{out}");
}
