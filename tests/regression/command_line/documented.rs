//! Every worked example of every help text gives the output that stands there.

use fieldassay::num::Tol;
use fieldassay::suite::cli;

use super::fieldassay;

const DOCUMENTED: Tol = Tol::rel_abs(1e-12, 1e-12)
    .because("help texts print 15 digits; last ones may differ between machines");

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
        let unfinished = examples
            .last_mut()
            .filter(|example| open && example.command.ends_with('\\'));
        if let Some(example) = unfinished {
            example.command.pop();
            example.command += line.trim_start();
        } else if let Some(command) = line.strip_prefix("$ ") {
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
    /// Runs the command: `[echo '…' |] fieldassay word…`, or with `printf`, in whose text `\n` is a new line.
    fn run(&self) -> (u8, String) {
        let piped = ["echo '", "printf '"].map(|head| self.command.strip_prefix(head));
        let (input, command) = match piped.into_iter().flatten().next() {
            Some(piped) => piped.split_once("' | ").expect("echo '…' | fieldassay …"),
            None => ("", self.command.as_str()),
        };
        let input = &input.replace("\\n", "\n");
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
    let line = line.trim_end();
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

/// Words and numbers, with every separator a piece of its own.
fn pieces(line: &str) -> Vec<&str> {
    let separator = |c: char| c.is_whitespace() || ":,[]{}".contains(c);
    let mut pieces = Vec::new();
    for piece in line.split_inclusive(separator) {
        let word = piece.trim_end_matches(separator);
        pieces.extend(
            [word, &piece[word.len()..]]
                .iter()
                .filter(|part| !part.is_empty()),
        );
    }
    pieces
}

#[test]
fn every_example_of_every_help_text_gives_the_documented_output() {
    let commands: [&[&str]; 9] = [
        &[],
        &["list"],
        &["compute"],
        &["luscher", "levels"],
        &["luscher", "phase"],
        &["luscher", "fit"],
        &["sample"],
        &["completions"],
        &["man"],
    ];
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
    for command in [
        &["--help"][..],
        &["compute", "--help"],
        &["list", "--help"],
        &["luscher", "levels", "--help"],
        &["luscher", "phase", "--help"],
        &["luscher", "fit", "--help"],
        &["rediscover", "data", "--help"],
        &["rediscover", "train", "--help"],
        &["rediscover", "evaluate", "--help"],
        &["sample", "--help"],
        &["sample", "phi4", "--help"],
        &["sample", "u1-2d", "--help"],
        &["sample", "ising", "--help"],
        &["sample", "xy", "--help"],
        &["sample", "o3", "--help"],
        &["sample", "oscillator", "--help"],
        &["sample", "double-well", "--help"],
    ] {
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
