//! The `fieldassay` command line as documented: every example in every help text, every quantity against
//! its witness, batches, suggestions, completions and manual pages.

use std::io::{self, BufRead, Write};

use fieldassay::num::{Tol, Worst};
use fieldassay::suite::answer::Answer;
use fieldassay::suite::{Arguments, Kind, Presence, Quantity, batch, cli, quantity};
use serde_json::Value as Json;

const DOCUMENTED: Tol = Tol::rel_abs(1e-12, 1e-12)
    .because("help texts print 15 digits; last ones may differ between machines");

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

/// One `$ …` of a help text, with what it says comes out.
#[derive(Debug, Default)]
struct Documented {
    command: String,
    output: Vec<String>,
}

/// The examples of a help text: indented by two, `$` first, ended by a blank line.
fn documented(help: &str) -> Vec<Documented> {
    let mut examples: Vec<Documented> = Vec::new();
    let mut open = false;
    for line in help.lines() {
        let Some(line) = line.strip_prefix("  ") else {
            open = false;
            continue;
        };
        if let Some(command) = line.strip_prefix("$ ") {
            open = true;
            let command = command.to_owned();
            examples.push(Documented {
                command,
                output: Vec::new(),
            });
        } else if open && let Some(example) = examples.last_mut() {
            example.output.push(line.to_owned());
        }
    }
    examples
}

impl Documented {
    /// Runs the command: `[echo '…' |] fieldassay word…`.
    fn run(&self) -> (u8, String) {
        let (input, command) = match self.command.strip_prefix("echo '") {
            Some(piped) => piped.split_once("' | ").expect("echo '…' | fieldassay …"),
            None => ("", self.command.as_str()),
        };
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(words.first(), Some(&"fieldassay"), "{self:?}");
        let (code, out, err) = fieldassay(&words[1..], input);
        assert!(err.is_empty(), "{}: {err}", self.command);
        (code, out)
    }

    /// Whether `output` is as documented: `…` stands for any number of lines, or the rest of one.
    fn matches(&self, output: &str) -> bool {
        let mut lines = output.lines();
        let mut skip = false;
        for expected in &self.output {
            if expected == "…" {
                skip = true;
            } else if !lines
                .by_ref()
                .take(if skip { usize::MAX } else { 1 })
                .any(|line| same(line, expected))
            {
                return false;
            } else {
                skip = false;
            }
        }
        skip || lines.next().is_none()
    }
}

/// Equal text between the numbers, and numbers equal to what is printed.
fn same(line: &str, expected: &str) -> bool {
    let (line, expected) = match expected.strip_suffix('…') {
        Some(start) => {
            let end = line
                .char_indices()
                .nth(start.chars().count())
                .map_or(line.len(), |(i, _)| i);
            (&line[..end], start)
        }
        None => (line, expected),
    };
    let (actual, expected) = (pieces(line), pieces(expected));
    actual.len() == expected.len()
        && actual
            .iter()
            .zip(&expected)
            .all(|(a, b)| match (a.parse(), b.parse()) {
                (Ok(a), Ok(b)) => DOCUMENTED.compare(a, b).passed,
                _ => a == b,
            })
}

fn pieces(line: &str) -> Vec<&str> {
    let separators = |c: char| c.is_whitespace() || ":,[]{}".contains(c);
    line.split(separators)
        .filter(|piece| !piece.is_empty())
        .collect()
}

#[test]
fn every_example_of_every_help_text_gives_the_documented_output() {
    let commands: [&[&str]; 5] = [&[], &["list"], &["compute"], &["completions"], &["man"]];
    let mut seen = 0;
    for command in commands {
        let (code, help, _) = fieldassay(&[command, &["--help"]].concat(), "");
        assert_eq!(code, cli::DONE);
        let examples = documented(&help);
        assert!(
            !examples.is_empty(),
            "{command:?} --help has no worked example"
        );
        for example in examples {
            let (code, output) = example.run();
            assert!(example.matches(&output), "{example:#?}\ngave\n{output}");
            let refuses = example.output[0].starts_with("{\"line\"");
            let expected = if refuses { cli::BAD_INPUT } else { cli::DONE };
            assert_eq!(code, expected, "{example:?}");
            seen += example.output.len();
        }
    }
    assert!(seen >= 25, "{seen} documented lines");
}

#[test]
fn help_texts_do_not_pass_a_hundred_columns() {
    for command in [&["--help"][..], &["compute", "--help"], &["list", "--help"]] {
        let (_, help, _) = fieldassay(command, "");
        for line in help
            .lines()
            .filter(|line| !line.starts_with("Reference quantities"))
        {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}

#[test]
fn a_documented_output_that_is_wrong_is_noticed() {
    let example = |output: &[&str]| Documented {
        command: String::new(),
        output: output.iter().map(|line| (*line).to_owned()).collect(),
    };
    let actual = "{\n  \"value\": 1.5,\n}\n";
    assert!(example(&["{", "  \"value\": 1.5000000000000002,", "}"]).matches(actual));
    assert!(example(&["{", "…"]).matches(actual));
    assert!(example(&["…", "}"]).matches(actual));
    assert!(!example(&["{", "  \"value\": 1.6,", "}"]).matches(actual));
    assert!(!example(&["{", "  \"value\": NaN,", "}"]).matches(actual));
    assert!(!example(&["{"]).matches(actual));
    assert!(!example(&["{", "…", "]"]).matches(actual));
}

/// Checked arguments of a quantity from its words.
fn arguments(quantity: &Quantity, words: &[&str]) -> Arguments {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    Arguments::from_words(quantity.parameters, &words).expect("valid arguments")
}

/// Both methods give the declared results, and agree within the declared errors; returns how many numbers.
fn agree(quantity: &Quantity, words: &[&str]) -> usize {
    let arguments = arguments(quantity, words);
    let name = format!("{} {words:?}", quantity.id);
    let evaluate = |method: fn(&Arguments) -> fieldassay::Result<Answer>| {
        method(&arguments).unwrap_or_else(|error| panic!("{name}: {error}"))
    };
    let (fast, witness) = (evaluate(quantity.compute), evaluate(quantity.witness));
    assert_eq!(fast.entries().len(), witness.entries().len(), "{name}");
    for entry in fast.entries() {
        let output = quantity.output(entry.name);
        let other = witness
            .get(entry.name)
            .unwrap_or_else(|| panic!("{name}: no {}", entry.name));
        assert!(
            entry.agrees(other, output),
            "{name}: {entry:?} against {other:?}"
        );
    }
    fast.entries()
        .iter()
        .map(|entry| entry.readings.len())
        .sum()
}

/// Points besides the example: next to poles and zeros, either side of every change of method.
fn points(id: &str) -> &'static [&'static [&'static str]] {
    match id {
        "luscher-zeta" => &[
            &["q2=-99.5"],
            &["q2=-1"],
            &["q2=-0.9999999"],
            &["q2=-0.0959007194611765"],
            &["q2=1e-9"],
            &["q2=2.00000001"],
            &["q2=20.5"],
            &["q2=99.9"],
            &["q2=39.5", "l=4", "m=4"],
            &["q2=1.17", "d=0,0,1", "gamma=1.3", "l=2"],
            &["q2=60.1", "d=1,1,1", "gamma=2", "l=4"],
        ],
        "luscher-zeta-derivative" => &[
            &["q2=-50"],
            &["q2=-0.5"],
            &["q2=15"],
            &["q2=63.99999"],
            &["q2=0.35", "l=6", "m=4"],
        ],
        "luscher-phase-shift" => &[
            &["q2=0"],
            &["q2=3"],
            &["q2=2.9999999999", "L=3"],
            &["q2=3.0000000001", "L=3"],
            &["q2=7", "L=0.1"],
            &["q2=99.9", "L=1000"],
        ],
        "luscher-levels" => &[
            &["delta_deg=-30", "L=5", "n=1", "hbarc=1", "m_pi=0"],
            &["delta_deg=179.999999", "L=8", "n=1"],
            &["delta_deg=1e-7", "L=8", "n=2"],
        ],
        "luscher-threshold" => &[
            &["a0_nuclear=0.999", "L=10", "r_eff=9"],
            &["a0_nuclear=-1", "L=10", "r_eff=-10", "mass=938.27"],
            &["a0_nuclear=1e-8", "L=10", "mass=1"],
        ],
        other => panic!("`{other}` has no points to compare with its witness"),
    }
}

macro_rules! agrees_with_its_witness {
    ($($row:ident),+ $(,)?) => {
        mod agrees_with_its_witness {
            $(#[test]
            fn $row() {
                let quantity = &fieldassay::suite::quantity::$row::QUANTITY;
                let points = super::points(quantity.id);
                let mut numbers = super::agree(quantity, quantity.example.words);
                for words in points {
                    numbers += super::agree(quantity, words);
                }
                assert!(points.len() >= 3 && numbers >= 6, "{numbers} numbers at {points:?}");
            })+
        }
    };
}
fieldassay::for_each_quantity!(agrees_with_its_witness);

macro_rules! example_gives_what_it_says {
    ($($row:ident),+ $(,)?) => {
        mod example_gives_what_it_says {
            $(#[test]
            fn $row() {
                super::example_is_right(&fieldassay::suite::quantity::$row::QUANTITY);
            })+
        }
    };
}
fieldassay::for_each_quantity!(example_gives_what_it_says);

fn example_is_right(quantity: &Quantity) {
    const EXAMPLE: Tol = Tol::rel_abs(1e-13, 1e-14).because("examples are printed to 15 digits");
    let answer = (quantity.compute)(&arguments(quantity, quantity.example.words));
    let answer = answer.expect("the example is valid");
    let declared: Vec<_> = quantity.outputs.iter().map(|output| output.name).collect();
    let given: Vec<_> = quantity
        .example
        .gives
        .iter()
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(
        given, declared,
        "the example of {} shows every result",
        quantity.id
    );
    let mut worst = Worst::new(EXAMPLE);
    for (name, numbers) in quantity.example.gives {
        let entry = answer
            .get(name)
            .unwrap_or_else(|| panic!("{}: no {name}", quantity.id));
        assert_eq!(
            entry.readings.len(),
            numbers.len(),
            "{} {name}",
            quantity.id
        );
        for (reading, number) in entry.readings.iter().zip(*numbers) {
            worst.see(reading.value, *number, || format!("{} {name}", quantity.id));
        }
    }
    worst.assert_at_least(declared.len());
}

#[test]
fn every_quantity_declares_itself_completely() {
    assert!(quantity::ALL.len() >= 5);
    for quantity in quantity::ALL {
        let id = quantity.id;
        assert!(
            quantity.definition.len() > 100 && !quantity.summary.is_empty(),
            "{id}"
        );
        assert!(
            !quantity.parameters.is_empty() && !quantity.outputs.is_empty(),
            "{id}"
        );
        for parameter in quantity.parameters {
            assert!(
                !["id", "quantity"].contains(&parameter.name),
                "{id} uses a key of the batch"
            );
            if let Presence::Default(word) = parameter.presence {
                let alone = [fieldassay::suite::Parameter {
                    presence: Presence::Required,
                    ..*parameter
                }];
                let words = [format!("{}={word}", parameter.name)];
                Arguments::from_words(&alone, &words).expect("a default lies in its domain");
            }
            if let Kind::Real { min, max } = parameter.kind {
                assert!(
                    min < max && min.is_finite() && max.is_finite(),
                    "{id} {}",
                    parameter.name
                );
            }
        }
    }
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
        out.contains("did you mean `luscher-zeta` or `luscher-zeta-derivative`?"),
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

#[test]
fn a_batch_answers_every_line_in_order_and_goes_on_after_an_error() {
    let records = [
        r#"{"id": "first", "quantity": "luscher-zeta", "q2": 0.31}"#,
        "",
        r#"{"id": 2, "quantity": "luscher-zeta", "q2": 1}"#,
        "not JSON",
        r#"{"quantity": "luscher-zeta", "q2": 0.3, "q2": 0.4}"#,
        r#"{"id": [1], "quantity": "luscher-zeta", "q2": 0.3}"#,
        r#"{"q2": 0.3}"#,
        r#"[1, 2]"#,
        r#"{"quantity": "luscher-zeta", "q2": "0.3"}"#,
        "  \t",
        r#"{"quantity": "luscher-zeta", "q2": 0.31, "d": [0, 0, 1], "gamma": 1.1}"#,
    ];
    let (code, out, err) = fieldassay(&["compute", "--batch", "-"], &records.join("\n"));
    assert_eq!((code, err.as_str()), (cli::BAD_INPUT, ""));
    let answers: Vec<Json> = out
        .lines()
        .map(|l| serde_json::from_str(l).expect("JSON"))
        .collect();
    let lines: Vec<Option<i64>> = answers
        .iter()
        .map(|answer| answer["line"].as_i64())
        .collect();
    let refused = [
        None,
        Some(3),
        Some(4),
        Some(5),
        Some(6),
        Some(7),
        Some(8),
        Some(9),
        None,
    ];
    assert_eq!(lines, refused, "{out}");
    assert_eq!(answers[0]["id"], "first");
    assert_eq!(answers[1]["id"], 2);
    assert_eq!(answers[8]["values"]["zeta"]["unit"], "1");
    for (answer, part) in answers[1..8].iter().zip([
        "`q2`: found 1.0, expected a value off",
        "`line`: found expected ident at column 2, expected one JSON object",
        "`q2`: found it twice",
        "`id`: found [1], expected a string or a number",
        "`quantity`: found nothing, expected the name of a quantity",
        "`line`: found invalid type: sequence, expected a JSON object at co",
        "`q2`: found \"0.3\", expected a real number",
    ]) {
        let message = answer["error"].as_str().expect("a message");
        assert!(message.contains(part), "{message}");
    }
    let (code, _, _) = fieldassay(&["compute", "--batch", "-"], records[0]);
    assert_eq!(code, cli::DONE);
}

/// Half a gigabyte of `x` without a newline, then a good record: never held in memory here either.
struct Endless {
    left: usize,
    tail: &'static [u8],
}

impl io::Read for Endless {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        unreachable!("the batch reads through fill_buf")
    }
}

impl BufRead for Endless {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        const BLOCK: [u8; 8192] = [b'x'; 8192];
        Ok(if self.left > 0 {
            &BLOCK[..self.left.min(8192)]
        } else {
            self.tail
        })
    }

    fn consume(&mut self, amount: usize) {
        if self.left > 0 {
            self.left -= amount;
        } else {
            self.tail = &self.tail[amount..];
        }
    }
}

#[test]
fn a_line_longer_than_the_limit_is_skipped_and_not_kept() {
    let tail = b"\n{\"quantity\": \"luscher-zeta\", \"q2\": 0.31}\n";
    let mut input = Endless {
        left: 1 << 29,
        tail,
    };
    let mut out = Vec::new();
    let outcome = batch::run(&mut input, &mut out, Default::default()).expect("in memory");
    assert_eq!((outcome.answered, outcome.refused), (1, 1));
    let out = String::from_utf8(out).expect("UTF-8");
    assert!(
        out.starts_with(
            r#"{"line":1,"error":"argument `line`: found a longer one, expected at most 65536"#
        ),
        "{out}"
    );
    let longest = format!(
        "{:width$}",
        r#"{"quantity": "luscher-zeta", "q2": 0.31}"#,
        width = batch::LONGEST_LINE
    );
    let fits = batch::run(&mut longest.as_bytes(), &mut io::sink(), Default::default());
    assert_eq!(fits.expect("in memory").answered, 1);
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
        for quantity in quantity::ALL {
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
