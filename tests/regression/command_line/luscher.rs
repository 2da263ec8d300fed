//! `fieldassay luscher`: there and back through files, JSON, figures, refusals.

use std::fs;
use std::path::Path;

use fieldassay::io::{Array, npy};
use fieldassay::num::{Tol, Worst};
use fieldassay::suite::cli;
use serde_json::Value as Json;

use super::{fieldassay, refusal};

const PHASES: &str = "tests/regression/fixtures/pion_kaon_phases.csv";
const LEVELS: &str = "tests/regression/fixtures/pion_kaon_levels.csv";
const MASSES: [&str; 4] = ["--m1", "139.57", "--m2", "495.65"];

fn answer(words: &[&str], input: &str) -> Json {
    let (code, out, err) = fieldassay(&[words, &["--json"]].concat(), input);
    assert_eq!((code, err.as_str()), (cli::DONE, ""), "{words:?}: {err}");
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{words:?}: {e}\n{out}"))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

#[test]
fn levels_of_a_table_give_its_phase_back() {
    const BACK: Tol = Tol::abs(1e-8).because("degrees, from energies printed to the last bit");
    let words = [
        &[
            "luscher",
            "levels",
            PHASES,
            "-L",
            "4,5",
            "--d",
            "000,001,111",
        ],
        &MASSES[..],
    ]
    .concat();
    let levels = answer(&words, "");
    let mut rows = "E_lab [MeV],L [fm],d\n".to_owned();
    let mut known = Vec::new();
    for one in levels["boxes"].as_array().expect("boxes") {
        let d: Vec<String> = one["d"]
            .as_array()
            .expect("d")
            .iter()
            .map(Json::to_string)
            .collect();
        for level in one["levels"].as_array().expect("levels") {
            rows += &format!("{},{},{}\n", level["E_lab"]["value"], one["L"], d.concat());
            known.push(level["delta_deg"].as_f64().expect("δ"));
        }
    }
    let back = answer(&[&["luscher", "phase", "-"], &MASSES[..]].concat(), &rows);
    let mut worst = Worst::new(BACK);
    for (level, delta) in back["levels"].as_array().expect("levels").iter().zip(known) {
        let found = level["delta_deg"]["value"].as_f64().expect("δ");
        let turns = (found - delta) / 180.0;
        worst.see(180.0 * (turns - turns.round()), 0.0, || level.to_string());
    }
    worst.assert_at_least(20);
    assert!(
        back["notes"].to_string().contains("odd waves mix in"),
        "{}",
        back["notes"]
    );
}

#[test]
fn samples_in_csv_and_npy_are_the_same_samples() {
    let folder = folder();
    let (csv, npy_file) = (folder.path().join("s.csv"), folder.path().join("s.npy"));
    let numbers = [660.0, 940.0, 660.4, 940.9, 659.8, 939.1, 660.1, 940.2];
    let rows: String = numbers
        .chunks(2)
        .map(|r| format!("{},{}\n", r[0], r[1]))
        .collect();
    fs::write(&csv, format!("a,b\n{rows}")).expect("written");
    let array = Array::new(vec![4, 2], numbers.to_vec()).expect("an array");
    npy::write(&npy_file, &array).expect("written");
    let table = "E_cm [MeV]\n660.075\n940.05\n";
    let of = |file: &Path, kind: &str| {
        let words = [
            "luscher",
            "phase",
            "-",
            "-L",
            "4",
            "--samples",
            text(file),
            "--resampling",
            kind,
        ];
        answer(&[&words, &MASSES[..]].concat(), table)
    };
    let (first, second) = (of(&csv, "jackknife"), of(&npy_file, "jackknife"));
    assert_eq!(first, second);
    let bootstrap = of(&csv, "bootstrap");
    let error = |json: &Json| {
        json["levels"][0]["E_cm"]["error"]
            .as_f64()
            .expect("an error")
    };
    // Delete-one samples against drawn ones: (N−1)/N against 1/(N−1), N = 4.
    let ratio = error(&first) / error(&bootstrap);
    assert!((ratio - 1.5).abs() < 1e-9, "{ratio}");
}

#[test]
fn a_fit_prints_both_signs_of_the_scattering_length() {
    let words = [&["luscher", "fit", LEVELS, "--model", "ere1"], &MASSES[..]].concat();
    let fit = answer(&words, "");
    let value = |name: &str| {
        fit["parameters"][name]["value"]
            .as_f64()
            .expect("a parameter")
    };
    assert_eq!(value("a0 (nuclear)"), -value("f0 (femtoscopy)"));
    assert!(
        fit["converged"] == true && fit["p_value"].as_f64().expect("p") > 0.0,
        "{fit}"
    );
    let (code, table, _) = fieldassay(&words, "");
    assert_eq!(code, cli::DONE);
    for part in ["a0 (nuclear)", "f0 (femtoscopy)", "r_eff", "χ² =", "note: "] {
        assert!(table.contains(part), "no {part} in {table}");
    }
}

#[test]
fn every_command_draws_a_figure_and_leaves_nothing_else() {
    let folder = folder();
    let figure = folder.path().join("figure.svg");
    let lengths = ["luscher", "levels", PHASES, "-L", "3:5:0.5"];
    let in_motion = [&lengths[..], &["--d", "000,001"]].concat();
    let commands: [(&[&str], &str); 5] = [
        (&["luscher", "levels", PHASES, "-L", "4"], "L = 4 fm"),
        (&lengths, "without interaction, d = 000"),
        (&in_motion, "without interaction, d = 001"),
        (&["luscher", "phase", LEVELS], "levels"),
        (&["luscher", "fit", LEVELS, "--model", "ere0"], "fit"),
    ];
    for (words, shown) in commands {
        let words = [words, &MASSES[..], &["--figure", text(&figure)]].concat();
        let (code, _, err) = fieldassay(&words, "");
        assert_eq!((code, err.as_str()), (cli::DONE, ""), "{words:?}");
        let svg = fs::read_to_string(&figure).expect("a figure");
        assert!(
            svg.contains("<svg ") && svg.contains("luscher-") && svg.contains(shown),
            "{words:?}"
        );
        assert!(!svg.contains("NaN"), "{words:?}");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 1);
        fs::remove_file(&figure).expect("removed");
    }
}

#[test]
fn a_refusal_names_the_file_the_column_and_the_row() {
    let with = |table: &str, rest: &[&str], told: &str| {
        let words = [&["luscher", "levels", "-", "--m1", "139.57"], rest].concat();
        let (code, out, err) = fieldassay(&words, table);
        assert_eq!((code, out.as_str()), (cli::BAD_INPUT, ""), "{words:?}");
        assert!(err.contains(told), "{words:?} gave {err}");
    };
    let good = "k [MeV],delta [deg]\n0,0\n100,20\n300,60\n";
    with(good, &["-L", "0"], "`--length`: found 0, expected a length");
    with(
        good,
        &["-L", "4", "--d", "01"],
        "`--d`: found 01, expected three digits",
    );
    with(
        good,
        &["-L", "4", "--d", "012"],
        "`--d`: found the moving frame",
    );
    with(good, &["-L", "4", "--hbarc=-1"], "`--hbarc`: found -1");
    with(
        "k [MeV],delta [deg]\n0,0\n",
        &["-L", "4"],
        "standard input`: rows: found one",
    );
    with(
        "k [MeV],delta [deg]\n0,0\n0,1\n",
        &["-L", "4"],
        "column `k`, row 2: found 0.0",
    );
    with(
        "k [MeV],delta [grad]\n0,0\n1,1\n",
        &["-L", "4"],
        "found `delta [grad]`, expected `delta [unit]` in deg or rad",
    );
    with(
        "k [MeV],delta [deg]\n0,170\n10,2\n",
        &["-L", "4"],
        "column `delta`, row 2: found 2.0",
    );
    with(
        "k [MeV],delta [deg]\n0,0\n10,nan\n",
        &["-L", "4"],
        "line 3, column \"delta [deg]\"",
    );
    with(
        "q2,delta [deg]\n0,0\n1,9\n",
        &["-L", "4,5"],
        "expected k or E_cm where there is more than one box",
    );
    let lost = refusal(&[
        "luscher",
        "phase",
        "no-such.csv",
        "--m1",
        "139.57",
        "-L",
        "4",
    ]);
    assert!(
        lost.contains("no-such.csv: open (expected a file"),
        "{lost}"
    );
    let flag = refusal(&[
        "luscher",
        "phase",
        LEVELS,
        "--m1",
        "139.57",
        "--resampling",
        "bootstrap",
    ]);
    assert!(flag.contains("--samples"), "{flag}");
    let stray = folder();
    let samples = stray.path().join("samples.csv");
    fs::write(&samples, "a,b\n940.0,660.0\n940.1,660.1\n940.2,660.2\n").expect("written");
    let words = [
        "luscher",
        "phase",
        "-",
        "-L",
        "4",
        "--samples",
        text(&samples),
    ];
    let (code, _, err) = fieldassay(
        &[&words, &MASSES[..]].concat(),
        "E_cm [MeV]\n660.1\n940.1\n",
    );
    assert_eq!(code, cli::BAD_INPUT);
    assert!(err.contains("column `a`: found a mean of 940.1"), "{err}");
}

#[test]
fn a_figure_that_cannot_be_written_is_an_error_that_names_it() {
    let lost = ["--figure", "no-such-folder/figure.svg"];
    let words = [
        &["luscher", "levels", PHASES, "-L", "4"],
        &MASSES[..],
        &lost,
    ]
    .concat();
    assert!(refusal(&words).contains("no-such-folder/figure.svg: write a temporary file"));
}
