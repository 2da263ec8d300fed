//! A file of records in, a file of answers out, one JSON object a line, without holding either.
//!
//! A record is `{"quantity": "…", "key": value, …}`, with an optional `"id"` (a string or a number)
//! that its answer repeats. A bad record gives `{"line", "id", "error"}` and the run goes on.

use std::io::{self, BufRead, Write};

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value as Json, json};

use super::argument::Arguments;
use super::evaluation::{Evaluation, Method};
use super::quantity::Quantity;
use crate::error::{Error, Result, printable, shown};

/// The longest line accepted, in bytes; what lies beyond is skipped without being kept.
pub const LONGEST_LINE: usize = 64 * 1024;

/// How a batch went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Lines that were answered.
    pub answered: usize,
    /// Lines that were refused.
    pub refused: usize,
}

/// The stream that ended a batch.
#[derive(Debug)]
pub enum Broken {
    /// The records could not be read on.
    Input(io::Error),
    /// The answers could not be written.
    Output(io::Error),
}

/// Answers every record of `input` on `output`, in order; blank lines are skipped.
///
/// The output is flushed after every answer, so that another program can ask and wait in turn.
///
/// # Errors  only those of `input` and `output` themselves.
pub fn run(
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    method: Method,
) -> std::result::Result<Outcome, Broken> {
    let mut outcome = Outcome::default();
    let mut line = Vec::new();
    for number in 1_u64.. {
        let fits = match read_line(input, &mut line).map_err(Broken::Input)? {
            Line::End => break,
            Line::Fits => true,
            Line::TooLong => false,
        };
        if fits && line.trim_ascii().is_empty() {
            continue;
        }
        let mut id = None;
        let answer = if fits {
            answer(&line, &mut id, method)
        } else {
            let expected = format!("at most {LONGEST_LINE} bytes");
            Err(Error::argument("line", "a longer one", expected))
        };
        let object = match answer {
            Ok(evaluation) => {
                outcome.answered += 1;
                let id = id.map(|id| ("id".to_owned(), id));
                id.into_iter().chain(evaluation.to_json()).collect()
            }
            Err(error) => {
                outcome.refused += 1;
                refusal(number, id, &error)
            }
        };
        write_line(output, &object).map_err(Broken::Output)?;
    }
    Ok(outcome)
}

fn write_line(output: &mut dyn Write, object: &Map<String, Json>) -> io::Result<()> {
    serde_json::to_writer(&mut *output, object)?;
    output.write_all(b"\n")?;
    output.flush()
}

fn refusal(line: u64, id: Option<Json>, error: &Error) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("line".to_owned(), json!(line));
    object.extend(id.map(|id| ("id".to_owned(), id)));
    object.insert("error".to_owned(), json!(printable(&error.to_string())));
    object
}

/// Evaluates one record; `id` is set as soon as it is known, so that an error can carry it.
fn answer(line: &[u8], id: &mut Option<Json>, method: Method) -> Result<Evaluation> {
    let Record(mut members) = serde_json::from_slice(line).map_err(|error| {
        // The line number that serde_json gives is always 1.
        let found = shown(
            error
                .to_string()
                .replace(" at line 1 column", " at column")
                .as_str(),
        );
        let expected = r#"one JSON object, such as {"quantity": "luscher-zeta", "q2": 0.31}"#;
        Error::argument("line", found, expected)
    })?;
    *id = take(&mut members, "id", "a string or a number", |id| {
        id.is_string() || id.is_number()
    })?;
    let name = take(
        &mut members,
        "quantity",
        "the name of a quantity",
        Json::is_string,
    )?;
    let Some(Json::String(name)) = name else {
        return Err(Error::argument(
            "quantity",
            "nothing",
            "the name of a quantity",
        ));
    };
    let quantity = Quantity::find(&name)?;
    let arguments = Arguments::from_json(quantity.parameters, &members)?;
    Evaluation::new(quantity, arguments, method)
}

/// Removes the member `key`, which may stand there once.
fn take(
    members: &mut Vec<(String, Json)>,
    key: &str,
    expected: &str,
    fits: impl Fn(&Json) -> bool,
) -> Result<Option<Json>> {
    let Some(place) = members.iter().position(|(name, _)| name == key) else {
        return Ok(None);
    };
    let (_, value) = members.remove(place);
    if members.iter().any(|(name, _)| name == key) {
        return Err(Error::argument(key, "it twice", "each key at most once"));
    }
    if !fits(&value) {
        return Err(Error::argument(key, shown(&value.to_string()), expected));
    }
    Ok(Some(value))
}

/// The members of a JSON object in order, duplicates kept: a `Map` would keep the last one silently.
struct Record(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Record;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Record, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Record(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

enum Line {
    Fits,
    TooLong,
    End,
}

/// Reads one line into `line`, keeping at most [`LONGEST_LINE`] bytes of it.
fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<Line> {
    line.clear();
    let (mut seen, mut too_long) = (false, false);
    loop {
        let buffer = match input.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = &buffer[..end.unwrap_or(buffer.len())];
        let used = part.len() + usize::from(end.is_some());
        seen |= used > 0;
        too_long |= line.len() + part.len() > LONGEST_LINE;
        if !too_long {
            line.extend_from_slice(part);
        }
        input.consume(used);
        if end.is_some() || used == 0 {
            return Ok(match (seen, too_long) {
                (false, _) => Line::End,
                (true, true) => Line::TooLong,
                (true, false) => Line::Fits,
            });
        }
    }
}
