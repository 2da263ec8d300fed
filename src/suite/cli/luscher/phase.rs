//! `fieldassay luscher phase`: measured levels into phase shifts.

use serde_json::{Value as Json, json};

use super::super::Streams;
use super::command::PhaseRequest;
use super::input::measured;
use super::{Report, caveats, digits, matrix_json, notes, plot, side, spread_json, with_error};
use crate::error::Result;
use crate::finite_volume::{LevelPhase, LevelPhases, LevelSamples, LevelTable, Spread, UnitSystem};
use crate::report::{Table, number};
use crate::stats::Resampling;

/// A free level nearer than this many errors is pointed out.
const NEAR: f64 = 2.0;

pub(super) fn run(request: &PhaseRequest, streams: &mut Streams<'_>) -> Result<Report> {
    let units = request.setting.system()?;
    let (table, samples) = measured(&request.measured, &request.setting, streams)?;
    let phases = table.phases(samples.as_ref(), request.branch.into())?;
    let pair = request.setting.pair()?;
    let caveats = caveats(&pair, table.levels().iter().map(|level| &level.channel));
    let figure = match &request.output.figure {
        Some(_) => Some(plot::phases(&table, &phases, None, units)?),
        None => None,
    };
    let source = errors_from(&table, samples.as_ref());
    Ok(Report {
        text: format!(
            "{}errors: {source}\n{}",
            text(&table, &phases, units),
            notes(&caveats)
        ),
        json: json!({
            "command": "luscher phase",
            "units": {"energy": units.energy(), "k_cot_delta": units.wave_number(), "delta": "deg"},
            "errors": source,
            "levels": levels_json(&table, &phases, units),
            "k_cot_delta_covariance": matrix_json(&phases.k_cot_delta_covariance, units.to_wave_number().powi(2)),
            "delta_deg_covariance": matrix_json(&phases.delta_covariance, 1_f64.to_degrees().powi(2)),
            "notes": caveats,
        }),
        figure,
    })
}

/// Where the errors come from.
pub(super) fn errors_from(table: &LevelTable, samples: Option<&LevelSamples>) -> String {
    match samples {
        Some(samples) => {
            let reach = match samples.resampling() {
                Resampling::Jackknife => "minus and plus: the zeta curve one error away",
                Resampling::Bootstrap => "minus and plus: 68 % interval of the samples",
            };
            let kind = format!("{:?}", samples.resampling()).to_lowercase();
            format!("{} {kind} samples with their correlations; {reach}", samples.count())
        }
        None if table.has_errors() => {
            "of the table, uncorrelated, by the slope of the zeta curve; minus and plus: the curve one \
             error away"
                .to_owned()
        }
        None => "none given".to_owned(),
    }
}

fn text(table: &LevelTable, phases: &LevelPhases, units: UnitSystem) -> String {
    let heads = [
        format!("L [{}]", units.length_unit()),
        "d".to_owned(),
        format!("E_cm [{}]", units.energy()),
        format!("k² [{}²]", units.energy()),
        "q²".to_owned(),
        "δ [deg]".to_owned(),
        "−".to_owned(),
        "+".to_owned(),
        format!("k cot δ [{}]", units.wave_number()),
        "−".to_owned(),
        "+".to_owned(),
        "near".to_owned(),
    ];
    let mut out = Table::new(heads.iter().map(String::as_str));
    for column in [0, 2, 3, 4, 5, 6, 7, 8, 9, 10] {
        out = out.right(column);
    }
    for (level, phase) in table.levels().iter().zip(&phases.levels) {
        let frame = level.channel.frame();
        let mut row = vec![number(side(frame, units), 8), digits(frame)];
        row.extend([phase.e_cm, phase.k2, phase.q2].map(|s| with_error(s.value, s.error)));
        match phase.delta {
            Some(delta) => row.extend(cells(&delta, 1_f64.to_degrees())),
            None => row.extend(["bound".to_owned(), String::new(), String::new()]),
        }
        row.extend(cells(&phase.k_cot_delta, units.to_wave_number()));
        row.push(near(phase));
        out.row(row);
    }
    format!("{out}\n")
}

fn cells(spread: &Spread, factor: f64) -> [String; 3] {
    let reach = |x: f64| {
        if x == 0.0 {
            String::new()
        } else {
            number(factor * x, 3)
        }
    };
    [
        with_error(factor * spread.value, factor * spread.error),
        reach(spread.down),
        reach(spread.up),
    ]
}

fn near(phase: &LevelPhase) -> String {
    if phase.from_free_level < NEAR {
        format!("free level {}σ away", number(phase.from_free_level, 2))
    } else {
        String::new()
    }
}

pub(super) fn levels_json(
    table: &LevelTable,
    phases: &LevelPhases,
    units: UnitSystem,
) -> Vec<Json> {
    let pairs = table.levels().iter().zip(&phases.levels);
    pairs
        .map(|(level, phase)| {
            let frame = level.channel.frame();
            let distance = phase.from_free_level;
            json!({
                "L": side(frame, units),
                "d": frame.d(),
                "E_cm": spread_json(&phase.e_cm, 1.0),
                "k2": spread_json(&phase.k2, 1.0),
                "q2": spread_json(&phase.q2, 1.0),
                "delta_deg": phase.delta.map(|d| spread_json(&d, 1_f64.to_degrees())),
                "k_cot_delta": spread_json(&phase.k_cot_delta, units.to_wave_number()),
                "free_level_sigma": distance.is_finite().then_some(distance),
            })
        })
        .collect()
}
