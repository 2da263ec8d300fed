//! `fieldassay compute`: one evaluation, or a batch of them.

use std::fs::File;
use std::io::{BufRead, BufReader};

use serde_json::Value as Json;

use super::command::Request;
use super::{BAD_INPUT, DONE, Stop, Streams, list, pretty::pretty};
use crate::error::{Error, Result};
use crate::suite::argument::Arguments;
use crate::suite::batch::{self, Broken};
use crate::suite::evaluation::{Evaluation, Method};
use crate::suite::quantity::Quantity;

const OPEN: &str = "open the batch (expected a JSONL file, or `-` for standard input)";
const READ: &str = "read the batch (expected a JSONL file, or `-` for standard input)";

pub(super) fn run(request: &Request, streams: &mut Streams<'_>) -> std::result::Result<u8, Stop> {
    if let Some(path) = &request.batch {
        return run_batch(path, request.method(), streams);
    }
    let Some(id) = &request.quantity else {
        return list::run(None, false, streams.output);
    };
    let evaluation = evaluate(id, &request.arguments, request.method())?;
    let text = pretty(&Json::Object(evaluation.to_json()));
    writeln!(streams.output, "{text}")?;
    Ok(DONE)
}

fn evaluate(id: &str, words: &[String], method: Method) -> Result<Evaluation> {
    let quantity = Quantity::find(id)?;
    let arguments = Arguments::from_words(quantity.parameters, words)?;
    Evaluation::new(quantity, arguments, method)
}

fn run_batch(
    path: &std::path::Path,
    method: Method,
    streams: &mut Streams<'_>,
) -> std::result::Result<u8, Stop> {
    let mut file;
    let input: &mut dyn BufRead = if path.as_os_str() == "-" {
        streams.input
    } else {
        let opened = File::open(path).map_err(|error| Error::io(path, OPEN, error))?;
        file = BufReader::new(opened);
        &mut file
    };
    let outcome = batch::run(input, streams.output, method).map_err(|broken| match broken {
        Broken::Input(error) => Error::io(path, READ, error).into(),
        Broken::Output(error) => Stop::Output(error),
    })?;
    Ok(if outcome.refused == 0 {
        DONE
    } else {
        BAD_INPUT
    })
}
