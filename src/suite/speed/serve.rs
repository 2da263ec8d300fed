//! Measurements on demand, so that programs can be timed in turns.

use std::io::{BufRead, Write};

use serde_json::json;

use super::{Measurement, measure};
use crate::error::{Error, Result, shown};

/// Says that it is ready, then answers each line `go SECONDS` with a measurement, until `quit` or the end.
///
/// # Errors  `Error::Argument` for another line; `Error::Io` if the output does not take an answer.
pub fn serve(m: &mut Measurement, input: &mut dyn BufRead, output: &mut dyn Write) -> Result<()> {
    say(
        output,
        &json!({"ready": true, "first_call_s": m.first_call}),
    )?;
    let mut line = String::new();
    loop {
        line.clear();
        let read = input.read_line(&mut line);
        let bytes = read.map_err(|error| Error::io("standard input".as_ref(), "read", error))?;
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            _ if bytes == 0 => return Ok(()),
            ["quit"] => return Ok(()),
            ["go", seconds] => {
                let seconds = seconds
                    .parse()
                    .ok()
                    .filter(|s: &f64| s.is_finite() && *s >= 0.0);
                let seconds = seconds.ok_or_else(|| refused(&line))?;
                say(output, &measure(m, seconds)?)?;
            }
            _ => return Err(refused(&line)),
        }
    }
}

fn refused(line: &str) -> Error {
    Error::argument("line", shown(line.trim()), "`go SECONDS` or `quit`")
}

fn say(output: &mut dyn Write, answer: &serde_json::Value) -> Result<()> {
    let written = writeln!(output, "{answer}").and_then(|()| output.flush());
    written.map_err(|error| Error::io("standard output".as_ref(), "write", error))
}
