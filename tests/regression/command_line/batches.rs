//! Batches: order, errors in the middle, the limit on a line.

use std::io::{self, BufRead};

use fieldassay::suite::{batch, cli};
use serde_json::Value as Json;

use super::fieldassay;

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
    let record = r#"{"quantity": "luscher-zeta", "q2": 0.31}"#;
    let longest = record.to_owned() + &" ".repeat(batch::LONGEST_LINE - record.len());
    let fits = batch::run(&mut longest.as_bytes(), &mut io::sink(), Default::default());
    assert_eq!(fits.expect("in memory").answered, 1);
}
