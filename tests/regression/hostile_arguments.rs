//! Ten thousand damaged command lines and ten thousand damaged records: no panic, exit code 0 or 2, and
//! every refusal says what it refuses and what would have done.

use std::panic::{AssertUnwindSafe, catch_unwind};

use fieldassay::Seed;
use fieldassay::suite::{batch, cli, quantity};

use crate::mutate::Mutator;

const COUNT: usize = 10_100;

/// Valid lines. The witness is in one of them, at its cheapest: a mutant may keep it.
const LINES: &[&[&str]] = &[
    &["list"],
    &["list", "luscher-zeta", "--json"],
    &["compute", "luscher-zeta", "q2=0.31"],
    &["compute", "luscher-zeta", "q2=-3.5", "--witness"],
    &["compute", "luscher-zeta", "q2=0.31", "l=4", "m=4"],
    &[
        "compute",
        "luscher-zeta",
        "q2=1.17",
        "l=2",
        "d=0,0,1",
        "gamma=1.3",
    ],
    &["compute", "luscher-zeta-derivative", "q2=2.5", "l=6", "m=4"],
    &["compute", "luscher-phase-shift", "q2=1.31", "L=5"],
    &[
        "compute",
        "luscher-zeta-unequal",
        "q2=0.31",
        "d=0,0,1",
        "gamma=1.1",
        "alpha=0.7",
    ],
    &[
        "compute",
        "luscher-levels",
        "delta_deg=30",
        "L=3",
        "m_pi=139.57",
        "hbarc=197.3",
        "n=4",
    ],
    &[
        "compute",
        "luscher-threshold",
        "a0_nuclear=-0.1",
        "r_eff=0.5",
        "L=10",
        "mass=139.57",
    ],
    &[
        "luscher",
        "levels",
        "tests/regression/fixtures/pion_kaon_phases.csv",
        "--m1=139.57",
        "--m2=495.65",
        "--length=4",
        "--d=001",
    ],
    &[
        "luscher",
        "phase",
        "tests/regression/fixtures/pion_kaon_levels.csv",
        "--m1=139.57",
        "--m2=495.65",
        "--json",
    ],
    &["compute", "--batch", "-"],
    &["compute", "--by", "fast", "luscher-zeta", "q2=20.5"],
    &["completions", "fish"],
    &["man"],
    &["help", "compute"],
];

const RECORDS: &[&str] = &[
    r#"{"quantity": "luscher-zeta", "q2": 0.31}"#,
    r#"{"id": 7, "quantity": "luscher-zeta", "q2": 0.31, "l": 4, "m": 4}"#,
    r#"{"quantity": "luscher-zeta", "q2": 0.31, "d": [0, 0, 1], "gamma": 1.1, "id": "a"}"#,
    r#"{"quantity": "luscher-zeta-derivative", "q2": 0.31, "l": 6}"#,
    r#"{"quantity": "luscher-phase-shift", "q2": 0.31, "L": 5.0}"#,
    r#"{"quantity": "luscher-zeta-unequal", "q2": 0.31, "d": [1, 1, 1], "gamma": 1.1, "alpha": 0.7}"#,
    r#"{"quantity": "luscher-levels", "delta_deg": 30, "L": 3, "n": 2}"#,
    r#"{"quantity": "luscher-threshold", "a0_nuclear": 0.1, "L": 10, "mass": 938.27}"#,
];

/// What a refusal may point at: a flag or subcommand (as clap quotes them), an argument, a quantity, a line.
fn names_what_it_refuses(message: &str) -> bool {
    ["'", "`", "<COMMAND>", "<SHELL>"]
        .iter()
        .any(|mark| message.contains(mark))
}

/// What helps: what was expected, or where to look.
fn says_what_was_expected(message: &str) -> bool {
    [
        "expected ",
        "did you mean",
        "tip: ",
        "is required",
        "possible values",
        "Usage:",
        "Commands:",
    ]
    .iter()
    .any(|mark| message.contains(mark))
}

/// A witness other than that of one rest-frame zeta function takes a second.
fn is_slow(words: &[String]) -> bool {
    let has = |part: &str| words.iter().any(|word| word.contains(part));
    (has("witness")) && (!has("luscher-zeta") || has("luscher-zeta-") || has("l=") || has("d="))
}

#[test]
fn ten_thousand_damaged_command_lines_are_answered_or_refused_with_a_reason() {
    let mut mutator = Mutator::new(Seed(20_260_901).stream("hostile/arguments"));
    let (mut answered, mut refused, mut skipped) = (0, 0, 0);
    while answered + refused < COUNT {
        let line = *mutator.pick(LINES);
        let words = mutator.words(line, LINES);
        if is_slow(&words) {
            skipped += 1;
            continue;
        }
        let (code, out, err) = run(&words);
        match code {
            cli::DONE => answered += 1,
            cli::BAD_INPUT => refused += 1,
            _ => panic!("exit code {code} for {words:?}"),
        }
        // A batch refuses on its output, line by line; everything else on the error stream.
        let quiet_batch = code == cli::BAD_INPUT && err.is_empty();
        let message = if quiet_batch { &out } else { &err };
        if code == cli::BAD_INPUT {
            assert!(names_what_it_refuses(message), "{words:?} gave {message}");
            assert!(says_what_was_expected(message), "{words:?} gave {message}");
            assert!(
                !message.contains(['\0', '\u{1b}']),
                "{words:?} gave {message:?}"
            );
        } else {
            assert!(
                !out.is_empty() && err.is_empty(),
                "{words:?} gave {out} and {err}"
            );
        }
    }
    println!("{answered} answered, {refused} refused");
    assert!(
        answered >= 500,
        "{answered} of {COUNT} answered: too few get past the parser"
    );
    assert!(
        refused >= 3000,
        "{refused} of {COUNT} refused: too few are damaged"
    );
    assert!(skipped < COUNT / 20, "{skipped} lines left out as slow");
}

fn run(words: &[String]) -> (u8, String, String) {
    let args = std::iter::once("fieldassay").chain(words.iter().map(String::as_str));
    let mut input = RECORDS[0].as_bytes();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = catch_unwind(AssertUnwindSafe(|| {
        cli::run(args.map(Into::into), &mut input, &mut out, &mut err)
    }));
    let code = code.unwrap_or_else(|_| panic!("panicked on {words:?}"));
    let text = |bytes| String::from_utf8(bytes).unwrap_or_else(|e| panic!("{words:?}: {e}"));
    (code, text(out), text(err))
}

#[test]
fn ten_thousand_damaged_records_are_answered_or_refused_with_a_reason() {
    let mut mutator = Mutator::new(Seed(20_260_901).stream("hostile/records"));
    let (mut answered, mut refused) = (0, 0);
    for _ in 0..COUNT {
        let line = *mutator.pick(RECORDS);
        // A newline inside would make it two records.
        let line = mutator.json(line).replace('\n', " ");
        let mut out = Vec::new();
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            batch::run(&mut line.as_bytes(), &mut out, Default::default())
        }));
        let outcome = outcome.unwrap_or_else(|_| panic!("panicked on {line}"));
        let outcome = outcome.expect("a slice and a vector do not fail");
        let blank = usize::from(line.trim().is_empty());
        assert_eq!(outcome.answered + outcome.refused + blank, 1, "{line}");
        answered += outcome.answered;
        refused += outcome.refused;
        if blank == 0 {
            check_answer(&line, &out, outcome.refused == 1);
        }
    }
    println!("{answered} answered, {refused} refused");
    assert!(
        answered >= 500,
        "{answered} of {COUNT} answered: too few get past the parser"
    );
    assert!(
        refused >= 3000,
        "{refused} of {COUNT} refused: too few are damaged"
    );
}

fn check_answer(line: &str, out: &[u8], refused: bool) {
    let answer: serde_json::Value =
        serde_json::from_slice(out).unwrap_or_else(|e| panic!("{line} gave no JSON: {e}"));
    if refused {
        assert_eq!(answer["line"], 1, "{line}");
        let message = answer["error"]
            .as_str()
            .unwrap_or_else(|| panic!("{line} gave {answer}"));
        assert!(names_what_it_refuses(message), "{line} gave {message}");
        assert!(says_what_was_expected(message), "{line} gave {message}");
    } else {
        assert!(answer["values"].is_object(), "{line} gave {answer}");
    }
}

#[test]
fn the_damaged_lines_start_from_valid_ones_of_every_quantity() {
    for line in LINES {
        let words: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        assert_eq!(run(&words).0, cli::DONE, "{line:?}");
    }
    let mut out = Vec::new();
    let records = RECORDS.join("\n");
    let outcome = batch::run(&mut records.as_bytes(), &mut out, Default::default());
    assert_eq!(outcome.expect("in memory").answered, RECORDS.len());
    for quantity in quantity::ALL {
        assert!(
            LINES.iter().any(|line| line.contains(&quantity.id)),
            "{}",
            quantity.id
        );
        let quoted = format!("\"{}\"", quantity.id);
        assert!(
            RECORDS.iter().any(|record| record.contains(&quoted)),
            "{}",
            quantity.id
        );
    }
}
