//! `fieldassay luscher`: phases to levels, levels to phases, fits; the physics is in `finite_volume`.

mod command;
mod fit;
mod input;
mod levels;
mod phase;
mod plot;

use std::path::Path;

use serde_json::Value as Json;

use super::pretty::pretty;
use super::{DONE, Stop, Streams};
use crate::error::{Error, Result};
use crate::finite_volume::{BoxFrame, SWave, Spread, TwoBody, UnitSystem};
use crate::io::write_atomically;
use crate::linalg::Matrix;
use crate::report::Figure;
use crate::stats::Estimate;
pub(super) use command::LuscherAction;
use command::Output;

/// What a command has to say: a table for a person, JSON for a program, a figure if one was asked for.
struct Report {
    text: String,
    json: Json,
    figure: Option<Figure>,
}

pub(super) fn run(
    action: &LuscherAction,
    streams: &mut Streams<'_>,
) -> std::result::Result<u8, Stop> {
    let (report, output) = match action {
        LuscherAction::Levels(request) => (levels::run(request, streams), &request.output),
        LuscherAction::Phase(request) => (phase::run(request, streams), &request.output),
        LuscherAction::Fit(request) => (fit::run(request, streams), &request.output),
    };
    let report = report.map_err(of_argument)?;
    write(&report, output, streams)?;
    Ok(DONE)
}

fn write(
    report: &Report,
    output: &Output,
    streams: &mut Streams<'_>,
) -> std::result::Result<(), Stop> {
    if let (Some(path), Some(figure)) = (&output.figure, &report.figure) {
        let svg = figure.to_file();
        write_atomically(path, |writer| {
            std::io::Write::write_all(writer, svg.as_bytes())
        })?;
    }
    if output.json {
        // Refuses what is not finite, for which JSON has no form.
        crate::io::json::to_string(Path::new("`the result`"), &report.json)?;
        writeln!(streams.output, "{}", pretty(&report.json))?;
    } else {
        streams.output.write_all(report.text.as_bytes())?;
    }
    Ok(())
}

/// A refusal by the physics as one of what was asked for.
fn of_argument(error: Error) -> Error {
    match error {
        Error::Domain {
            what,
            value,
            expected,
        } => Error::argument(what, format!("{value:?}"), expected),
        Error::Unsupported { what, expected } => Error::argument("--d", what, expected),
        Error::Matrix {
            op,
            expected,
            detail,
        } => Error::argument(
            "covariance",
            format!("{detail} ({op})"),
            format!("a matrix that is {expected}"),
        ),
        other => other,
    }
}

/// `1.234(56)`, or 10 digits of a number without error.
fn with_error(value: f64, error: f64) -> String {
    if error >= 99.5 && error.is_finite() {
        let unit = 10_f64.powf(error.log10().floor() - 1.0).max(1.0);
        let whole = |x: f64| unit * (x / unit).round();
        return format!("{:.0}({:.0})", whole(value), whole(error));
    }
    match Estimate::new(value, error, None) {
        Ok(estimate) if error > 0.0 => estimate.to_string(),
        _ => crate::report::number(value, 10),
    }
}

/// `{"value", "error", "minus", "plus"}`.
fn spread_json(spread: &Spread, factor: f64) -> Json {
    serde_json::json!({
        "value": factor * spread.value,
        "error": factor * spread.error,
        "minus": factor * spread.down,
        "plus": factor * spread.up,
    })
}

fn matrix_json(matrix: &Matrix<f64>, factor: f64) -> Json {
    let row = |i: usize| {
        matrix
            .row(i)
            .iter()
            .map(|x| factor * x)
            .collect::<Vec<f64>>()
    };
    (0..matrix.rows()).map(row).collect::<Vec<_>>().into()
}

/// `001`.
fn digits(frame: &BoxFrame) -> String {
    frame.d().map(|c| c.to_string()).concat()
}

/// The side in fm or lattice spacings.
fn side(frame: &BoxFrame, units: UnitSystem) -> f64 {
    frame.length() / units.length(1.0)
}

/// What the formula leaves out, for the boxes at hand.
fn caveats<'a>(pair: &TwoBody, channels: impl IntoIterator<Item = &'a SWave>) -> Vec<&'static str> {
    let moving = channels.into_iter().any(|c| c.frame().d() != [0; 3]);
    let mut caveats = vec!["S wave only; corrections of order exp(−m L) are neglected"];
    match (moving, pair.is_equal()) {
        (true, false) => caveats.push(
            "unequal masses in motion: odd waves mix in too, the P wave first; it is neglected",
        ),
        (true, true) => caveats.push("in motion waves l ≥ 2 mix in; they are neglected"),
        (false, _) => caveats.push("at rest waves l ≥ 4 mix in; they are neglected"),
    }
    caveats
}

fn notes(caveats: &[&str]) -> String {
    caveats
        .iter()
        .map(|caveat| format!("note: {caveat}\n"))
        .collect()
}

/// The text of a result whose parts may fail.
fn channel(pair: TwoBody, units: UnitSystem, length: f64, d: [i32; 3]) -> Result<SWave> {
    Ok(SWave::new(
        pair,
        BoxFrame::natural(units.length(length), d)?,
    ))
}
