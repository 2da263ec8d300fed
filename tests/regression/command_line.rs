//! The `fieldassay` command line: lists, suggestions, refusals, completions and manual pages here; its
//! documented examples, its quantities and its batches in modules of their own.

mod batches;
mod documented;
mod luscher;
mod quantities;

use std::io::{self, Write};

use fieldassay::suite::{cli, quantity};
use serde_json::Value as Json;

/// Runs a command line in this process: exit code, output, error output.
fn fieldassay(words: &[&str], input: &str) -> (u8, String, String) {
    let args = std::iter::once("fieldassay").chain(words.iter().copied());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut input = input.as_bytes();
    let code = cli::run(args.map(Into::into), &mut input, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the command line writes UTF-8");
    (code, text(out), text(err))
}

fn refusal(words: &[&str]) -> String {
    let (code, out, err) = fieldassay(words, "");
    assert_eq!(code, cli::BAD_INPUT, "{words:?} gave {out}");
    assert!(out.is_empty(), "{words:?} answered {out}");
    err
}

#[test]
fn list_names_every_quantity_and_shows_each_in_full() {
    let (code, overview, _) = fieldassay(&["list"], "");
    assert_eq!(code, cli::DONE);
    let (_, json, _) = fieldassay(&["list", "--json"], "");
    let json: Json = serde_json::from_str(&json).expect("JSON");
    let (_, bare, _) = fieldassay(&["compute"], "");
    assert_eq!(bare, overview, "`compute` without a quantity lists them");
    for (i, quantity) in quantity::ALL.iter().enumerate() {
        assert!(
            overview.contains(&format!("  {} ", quantity.id)),
            "{overview}"
        );
        assert_eq!(json["quantities"][i]["id"], quantity.id);
        let (code, full, _) = fieldassay(&["list", quantity.id], "");
        assert_eq!(code, cli::DONE);
        for parameter in quantity.parameters {
            assert!(full.contains(&format!("\n  {} ", parameter.name)), "{full}");
        }
        assert!(full.contains(&quantity.example.words.join(" ")), "{full}");
        let (_, one, _) = fieldassay(&["list", quantity.id, "--json"], "");
        let one: Json = serde_json::from_str(&one).expect("JSON");
        assert_eq!(one, json["quantities"][i]);
    }
}

#[test]
fn a_slip_of_the_keyboard_gets_a_suggestion() {
    let cases: &[(&[&str], &str)] = &[
        (&["comput"], "'compute'"),
        (&["compute", "--wittness"], "'--witness'"),
        (&["compute", "luscher-zetta"], "'luscher-zeta'"),
        (&["list", "luscher-levls"], "'luscher-levels'"),
        (
            &["compute", "luscher-levels", "delta=3", "L=3"],
            "did you mean `delta_deg`?",
        ),
        (
            &["compute", "luscher-zeta", "gama=1.1"],
            "did you mean `gamma`?",
        ),
        (
            &["compute", "luscher-zeta", "zzz=1"],
            "one of q2, l, m, d, gamma",
        ),
        (&["completions", "bsh"], "'bash'"),
        (
            &["compute", "luscher-zeta", "q2=1.5", "--by", "witnes"],
            "'witness'",
        ),
    ];
    for (words, suggestion) in cases {
        let message = refusal(words);
        assert!(message.contains(suggestion), "{words:?} gave {message}");
    }
    let record = r#"{"quantity": "luscher-zetta", "q2": 1}"#;
    let (_, out, _) = fieldassay(&["compute", "--batch", "-"], record);
    assert!(
        out.contains("did you mean `luscher-zeta` or `luscher-zeta-"),
        "{out}"
    );
}

#[test]
fn a_refusal_names_the_argument_and_what_was_expected() {
    let zeta = |rest: &[&'static str]| refusal(&[&["compute", "luscher-zeta"], rest].concat());
    let cases: &[(&[&str], &str)] = &[
        (
            &[],
            "`q2`: found nothing, expected a real number from -100 to 100",
        ),
        (
            &["q2=nan"],
            "`q2`: found nan, expected a real number from -100 to 100",
        ),
        (
            &["q2=1e999"],
            "`q2`: found 1e999, expected a real number from -100 to 100",
        ),
        (&["q2=0.3fm"], "`q2`: found 0.3fm, expected a real number"),
        (&["q2="], "`q2`: found nothing, expected a real number"),
        (
            &["q2=1.5", "q2=1.5"],
            "`q2`: found it twice, expected each key at most once",
        ),
        (
            &["0.3"],
            "`0.3`: found no `=`, expected key=value with a key of q2, l, m, d, gamma",
        ),
        (
            &["q2=2"],
            "`q2`: found 2.0, expected a value off the non-interacting levels",
        ),
        (
            &["q2=1.5", "l=3"],
            "`l`: found 3, expected an integer, one of 0 | 2 | 4 | 6",
        ),
        (
            &["q2=1.5", "l=2", "m=4"],
            "`m`: found 4, expected 0, since l = 2",
        ),
        (
            &["q2=1.5", "d=0,0,2"],
            "`d`: found 0,0,2, expected an integer vector, one of 0,0,0 | 0,0,1",
        ),
        (
            &["q2=1.5", "gamma=1.1"],
            "`gamma`: found 1.1, expected 1, since d = 0,0,0 is at rest",
        ),
        (
            &["q2=80", "d=1,1,0"],
            "`q2`: found 80.0, expected at most 64 in a moving frame",
        ),
        (&["q2=\u{1b}[31m"], r"`q2`: found \u{1b}[31m, expected"),
    ];
    for (words, part) in cases {
        let message = zeta(words);
        assert!(message.contains(part), "{words:?} gave {message}");
    }
    let long = "x".repeat(5000);
    assert!(
        zeta(&[Box::leak(long.into_boxed_str())])
            .contains("found 5000 bytes, expected at most 4096")
    );
    assert!(
        refusal(&["compute", "--batch", "no-such-file.jsonl"])
            .starts_with("error: no-such-file.jsonl: open")
    );
    let folder = refusal(&["compute", "--batch", "."]);
    assert!(folder.starts_with("error: .: read the batch"), "{folder}");
    let threshold = refusal(&["compute", "luscher-threshold", "a0_nuclear=2", "L=10"]);
    assert!(
        threshold.contains("`a0_nuclear`: found 2.0, expected 1e-9 ≤ |a0_nuclear/L| ≤ 0.1"),
        "{threshold}"
    );
    let light = ["a0_nuclear=-1", "L=10", "mass=1"];
    let light = refusal(&[&["compute", "luscher-threshold"], &light[..]].concat());
    assert!(
        light.contains("`mass`: found 1.0, expected a mass with m² + k² ≥ 0"),
        "{light}"
    );
}

/// A pipe whose reader has gone after `room` bytes.
struct Closed {
    room: usize,
}

impl Write for Closed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.room);
        self.room -= taken;
        if taken == 0 {
            Err(io::ErrorKind::BrokenPipe.into())
        } else {
            Ok(taken)
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_leaves_early_ends_the_run_quietly() {
    let commands: [&[&str]; 6] = [
        &["list"],
        &["compute", "luscher-zeta", "q2=0.31"],
        &["compute", "--batch", "-"],
        &["completions", "zsh"],
        &["man"],
        &["--help"],
    ];
    for words in commands {
        let args = std::iter::once("fieldassay").chain(words.iter().copied());
        let mut input = "{\"quantity\": \"luscher-zeta\", \"q2\": 0.31}\n".as_bytes();
        let mut err = Vec::new();
        let code = cli::run(
            args.map(Into::into),
            &mut input,
            &mut Closed { room: 10 },
            &mut err,
        );
        assert_eq!((code, err.as_slice()), (cli::DONE, &b""[..]), "{words:?}");
    }
}

#[test]
fn the_witness_can_stand_beside_a_value_or_alone() {
    let words = ["compute", "luscher-zeta", "q2=0.31"];
    let json = |flags: &[&str]| -> Json {
        let (code, out, err) = fieldassay(&[&words, flags].concat(), "");
        assert_eq!((code, err.as_str()), (cli::DONE, ""));
        serde_json::from_str(&out).expect("JSON")
    };
    let (plain, both, alone) = (json(&[]), json(&["--witness"]), json(&["--by", "witness"]));
    let zeta = |json: &Json, key: &str| json["values"]["zeta"][key].clone();
    assert_eq!(zeta(&both, "value"), zeta(&plain, "value"));
    assert_eq!(zeta(&both, "witness"), zeta(&alone, "value"));
    assert_eq!(zeta(&both, "agrees"), true);
    assert!(zeta(&plain, "witness").is_null());
    assert_eq!(alone["method"], both["witness_method"]);
    assert!(
        refusal(&[&words[..], &["--witness", "--by", "fast"]].concat())
            .contains("cannot be used with")
    );
}

#[test]
fn completions_and_manual_pages_know_every_command_and_quantity() {
    for shell in ["bash", "zsh", "fish"] {
        let (code, script, _) = fieldassay(&["completions", shell], "");
        assert_eq!(code, cli::DONE);
        for word in ["list", "compute", "batch", "witness"] {
            assert!(script.contains(word), "{shell} does not complete {word}");
        }
        // clap_complete's fish scripts do not complete the values of positional arguments.
        for quantity in quantity::ALL.iter().filter(|_| shell != "fish") {
            assert!(
                script.contains(quantity.id),
                "{shell} does not complete {}",
                quantity.id
            );
        }
    }
    let (code, pages, _) = fieldassay(&["man"], "");
    assert_eq!(code, cli::DONE);
    for page in [
        "fieldassay",
        "fieldassay-list",
        "fieldassay-compute",
        "fieldassay-luscher",
        "fieldassay-luscher-levels",
        "fieldassay-luscher-phase",
        "fieldassay-luscher-fit",
        "fieldassay-completions",
        "fieldassay-man",
    ] {
        assert!(pages.contains(&format!(".TH {page} 1")), "no page {page}");
    }
    assert!(
        !pages.contains("fieldassay-help"),
        "the generated `help` needs no page"
    );
}
