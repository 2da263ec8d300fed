//! `fieldassay luscher levels`: a table of phases into levels.

use serde_json::{Value as Json, json};

use super::super::Streams;
use super::command::LevelsRequest;
use super::input::{LIMITS, bytes, lengths, momenta, name};
use super::{Report, caveats, channel, digits, matrix_json, notes, plot, side, with_error};
use crate::error::Result;
use crate::finite_volume::{Ordinate, PhaseForm, PhaseTable, PredictedLevels, SWave, UnitSystem};
use crate::report::{Table, number};

/// One box with its levels.
pub(super) struct Boxed {
    pub channel: SWave,
    pub levels: PredictedLevels,
    pub free: Vec<f64>,
}

pub(super) fn run(request: &LevelsRequest, streams: &mut Streams<'_>) -> Result<Report> {
    let (pair, units) = (request.setting.pair()?, request.setting.system()?);
    let (lengths, momenta) = (lengths(&request.length)?, momenta(&request.d)?);
    let form = PhaseForm {
        units,
        pair,
        q2_length: (lengths.len() == 1).then(|| units.length(lengths[0])),
        branch: request.branch.into(),
    };
    let content = bytes(&request.table, streams)?;
    let table = PhaseTable::from_bytes(name(&request.table), &content, &LIMITS, &form)?;
    let mut boxes = Vec::with_capacity(lengths.len() * momenta.len());
    for d in &momenta {
        for length in &lengths {
            boxes.push(one_box(&table, channel(pair, units, *length, *d)?)?);
        }
    }
    let caveats = caveats(&pair, boxes.iter().map(|b| &b.channel));
    let figure = match &request.output.figure {
        Some(_) => Some(plot::levels(&table, &boxes, units)?),
        None => None,
    };
    Ok(Report {
        text: format!(
            "{}{}{}",
            text(&boxes, units)?,
            coverage(&table, units)?,
            notes(&caveats)
        ),
        json: json(&table, &boxes, units, &caveats)?,
        figure,
    })
}

fn one_box(table: &PhaseTable, channel: SWave) -> Result<Boxed> {
    let levels = table.levels(&channel)?;
    let energies = table.energies()?;
    let mut free = channel.free_levels(energies[energies.len() - 1])?;
    free.retain(|e| *e >= energies[0]);
    Ok(Boxed {
        channel,
        levels,
        free,
    })
}

fn text(boxes: &[Boxed], units: UnitSystem) -> Result<String> {
    let energy = units.energy();
    let heads = [
        format!("L [{}]", units.length_unit()),
        "d".to_owned(),
        format!("E_cm [{energy}]"),
        format!("E_lab [{energy}]"),
        format!("k [{energy}]"),
        "q²".to_owned(),
        "δ [deg]".to_owned(),
    ];
    let mut table = Table::new(heads.iter().map(String::as_str));
    for column in [0, 2, 3, 4, 5, 6] {
        table = table.right(column);
    }
    for b in boxes {
        let frame = b.channel.frame();
        for (e, error) in b.levels.e_cm.iter().zip(b.levels.errors()) {
            let point = b.channel.at(*e)?;
            let lab = frame.lab_energy(*e);
            let k = point.k2.abs().sqrt();
            table.row([
                number(side(frame, units), 8),
                digits(frame),
                with_error(*e, error),
                with_error(lab, error * e / lab),
                if point.k2 < 0.0 {
                    format!("{} i", number(k, 8))
                } else {
                    number(k, 8)
                },
                number(point.q2, 8),
                point
                    .phase()
                    .map_or("–".to_owned(), |d| number(d.to_degrees(), 7)),
            ]);
        }
    }
    Ok(format!("{table}\n"))
}

/// How far the table reaches, and what curve runs through it.
fn coverage(table: &PhaseTable, units: UnitSystem) -> Result<String> {
    let energies = table.energies()?;
    Ok(format!(
        "levels from E_cm = {} to {} {}, {} rows; {}\n",
        number(energies[0], 7),
        number(energies[energies.len() - 1], 7),
        units.energy(),
        table.len(),
        interpolation(table),
    ))
}

const fn interpolation(table: &PhaseTable) -> &'static str {
    match table.ordinate() {
        Ordinate::Delta => "monotone piecewise cubic of δ against k",
        Ordinate::KCotDelta => "monotone piecewise cubic of k cot δ against k²",
    }
}

fn json(table: &PhaseTable, boxes: &[Boxed], units: UnitSystem, caveats: &[&str]) -> Result<Json> {
    let energies = table.energies()?;
    let boxes: Result<Vec<Json>> = boxes.iter().map(|b| box_json(b, units)).collect();
    Ok(json!({
        "command": "luscher levels",
        "units": {"energy": units.energy(), "length": units.length_unit()},
        "interpolation": interpolation(table),
        "range": {"E_cm": [energies[0], energies[energies.len() - 1]], "rows": table.len()},
        "boxes": boxes?,
        "notes": caveats,
    }))
}

fn box_json(b: &Boxed, units: UnitSystem) -> Result<Json> {
    let frame = b.channel.frame();
    let level = |(e, error): (&f64, f64)| -> Result<Json> {
        let point = b.channel.at(*e)?;
        let lab = frame.lab_energy(*e);
        Ok(json!({
            "E_cm": {"value": e, "error": error},
            "E_lab": {"value": lab, "error": error * e / lab},
            "k2": point.k2,
            "q2": point.q2,
            "delta_deg": point.phase().map(f64::to_degrees),
        }))
    };
    let levels: Result<Vec<Json>> = b
        .levels
        .e_cm
        .iter()
        .zip(b.levels.errors())
        .map(level)
        .collect();
    Ok(json!({
        "L": side(frame, units),
        "d": frame.d(),
        "levels": levels?,
        "E_cm_covariance": matrix_json(&b.levels.covariance, 1.0),
        "free_E_cm": b.free,
    }))
}
