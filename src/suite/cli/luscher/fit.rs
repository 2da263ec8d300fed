//! `fieldassay luscher fit`: an amplitude fitted to measured levels.

use serde_json::{Map, Value as Json, json};

use super::super::Streams;
use super::command::{FitRequest, Model};
use super::input::{LIMITS, bytes, measured, name};
use super::phase::{errors_from, levels_json};
use super::{Report, caveats, digits, matrix_json, notes, plot, side, with_error};
use crate::error::{Error, Result};
use crate::finite_volume::{
    AmplitudeModel, LevelFit, LevelSamples, LevelTable, PhaseBranch, TwoBody, UnitSystem,
};
use crate::linalg::Matrix;
use crate::report::{Table, number};
use crate::units::{FemtoF0, Fm, NuclearA0};

impl From<Model> for AmplitudeModel {
    fn from(model: Model) -> Self {
        match model {
            Model::Ere0 => Self::EffectiveRange(1),
            Model::Ere1 => Self::EffectiveRange(2),
            Model::Ere2 => Self::EffectiveRange(3),
            Model::BreitWigner => Self::BreitWigner,
        }
    }
}

/// A number that follows from the parameters.
struct Derived {
    name: &'static str,
    unit: String,
    value: f64,
    error: f64,
}

pub(super) fn run(request: &FitRequest, streams: &mut Streams<'_>) -> Result<Report> {
    let (units, pair) = (request.setting.system()?, request.setting.pair()?);
    let (table, samples) = measured(&request.measured, &request.setting, streams)?;
    let covariance = covariance(request, &table, samples.as_ref(), streams)?;
    let fit = table.fit(request.model.into(), &covariance, samples.as_ref())?;
    let derived = derived(&fit, &pair, units)?;
    let mut caveats = caveats(&pair, table.levels().iter().map(|level| &level.channel));
    if samples.is_some() {
        caveats.push("the p value takes the covariance of the samples as exact");
    }
    if !fit.converged {
        caveats.push("NOT CONVERGED: the fit or one of its samples did not reach its minimum");
    }
    // A level on a free one has no k cot δ to show, but it can be fitted.
    let phases = match table.phases(samples.as_ref(), PhaseBranch::Principal) {
        Ok(phases) => Some(phases),
        Err(error) if request.output.figure.is_some() => return Err(error),
        Err(_) => None,
    };
    let figure = match (&request.output.figure, &phases) {
        (Some(_), Some(phases)) => Some(plot::phases(&table, phases, Some((&fit, &pair)), units)?),
        _ => None,
    };
    let source = match &request.covariance {
        Some(_) => "the given covariance".to_owned(),
        None => errors_from(&table, samples.as_ref()),
    };
    let levels = phases.map_or_else(Vec::new, |phases| levels_json(&table, &phases, units));
    Ok(Report {
        text: format!(
            "{}{}{}errors: {source}\n{}",
            parameters_text(&derived),
            quality_text(&fit),
            levels_text(&table, &fit, units),
            notes(&caveats)
        ),
        json: json!({
            "command": "luscher fit",
            "units": {"energy": units.energy(), "k_cot_delta": units.wave_number()},
            "model": formula(fit.model),
            "parameters": parameters_json(&derived),
            "theta": {
                "names": fit.model.names(),
                "unit": format!("powers of {}", units.energy()),
                "value": fit.theta,
                "covariance": matrix_json(&fit.covariance, 1.0),
            },
            "chi2": fit.chi2,
            "degrees_of_freedom": fit.degrees_of_freedom,
            "p_value": fit.p_value(),
            "converged": fit.converged,
            "errors": source,
            "free_levels_below": fit.numbers,
            "fitted_energies": fit.energies,
            "levels": levels,
            "notes": caveats,
        }),
        figure,
    })
}

/// The covariance of the energies: given, of the samples, or of the errors in the table.
fn covariance(
    request: &FitRequest,
    table: &LevelTable,
    samples: Option<&LevelSamples>,
    streams: &mut Streams<'_>,
) -> Result<Matrix<f64>> {
    let path = name(&request.measured.table);
    match (&request.covariance, samples) {
        (Some(file), _) => {
            let content = bytes(file, streams)?;
            table.covariance_from_bytes(name(file), &content, &LIMITS)
        }
        (None, Some(samples)) => {
            let (count, levels) = (samples.count(), table.levels().len());
            if count <= levels + 1 {
                let file = request.measured.samples.as_deref().unwrap_or(path);
                let expected = format!(
                    "more than {} for the covariance of {levels} levels",
                    levels + 1
                );
                return Err(Error::format(
                    file,
                    "samples",
                    format!("{count} rows"),
                    expected,
                ));
            }
            samples.covariance()
        }
        (None, None) => match table.levels().iter().position(|level| !(level.error > 0.0)) {
            None => Ok(table.diagonal_covariance()),
            Some(row) => {
                let field = format!("error of row {}", row + 1);
                let expected = "positive errors in a column, --samples or --covariance";
                Err(Error::format(path, field, "none", expected))
            }
        },
    }
}

/// The parameters as they are quoted, with errors by linear propagation or from the fits of the samples.
fn derived(fit: &LevelFit, pair: &TwoBody, units: UnitSystem) -> Result<Vec<Derived>> {
    let wave = units.to_wave_number(); // fm⁻¹ (or 1/a) per unit of energy
    let length = units.length_unit();
    let mut derived = Vec::new();
    let mut add = |name, unit: String, of: &dyn Fn(&[f64]) -> f64| -> Result<()> {
        let value = of(&fit.theta);
        let error = fit.error_of(of)?;
        derived.push(Derived {
            name,
            unit,
            value,
            error,
        });
        Ok(())
    };
    match fit.model {
        AmplitudeModel::EffectiveRange(terms) => {
            add("1/a0 (nuclear)", units.wave_number().to_owned(), &|t| {
                wave * t[0]
            })?;
            let a0 = |t: &[f64]| NuclearA0(Fm(1.0 / (wave * t[0])));
            add("a0 (nuclear)", length.to_owned(), &|t| a0(t).0.0)?;
            add("f0 (femtoscopy)", length.to_owned(), &|t| {
                FemtoF0::from(a0(t)).0.0
            })?;
            if terms > 1 {
                add("r_eff", length.to_owned(), &|t| t[1] / wave)?;
            }
            if terms > 2 {
                add("P", format!("{length}^3"), &|t| t[2] / wave.powi(3))?;
            }
        }
        AmplitudeModel::BreitWigner => {
            let energy = units.energy();
            add("M", energy.to_owned(), &|t| t[0])?;
            add("g", energy.to_owned(), &|t| t[1].abs())?;
            add("Gamma", energy.to_owned(), &|t| {
                t[1] * t[1] * pair.momentum2(t[0]).max(0.0).sqrt() / (t[0] * t[0])
            })?;
        }
    }
    Ok(derived)
}

const fn formula(model: AmplitudeModel) -> &'static str {
    match model {
        AmplitudeModel::EffectiveRange(1) => "k cot δ = −1/a0",
        AmplitudeModel::EffectiveRange(2) => "k cot δ = −1/a0 + ½ r_eff k²",
        AmplitudeModel::EffectiveRange(_) => "k cot δ = −1/a0 + ½ r_eff k² + P k⁴",
        AmplitudeModel::BreitWigner => "k cot δ = E (M² − E²)/g², Γ = g² k/M²",
    }
}

fn parameters_text(derived: &[Derived]) -> String {
    let mut table = Table::new(["parameter", "value", "unit"]).right(1);
    for one in derived {
        table.row([
            one.name.to_owned(),
            with_error(one.value, one.error),
            one.unit.clone(),
        ]);
    }
    format!("{table}\n")
}

fn quality_text(fit: &LevelFit) -> String {
    let p = fit.p_value().map_or("–".to_owned(), |p| number(p, 3));
    format!(
        "{}: χ² = {} with {} degrees of freedom, p = {p}\n\n",
        formula(fit.model),
        number(fit.chi2, 4),
        fit.degrees_of_freedom,
    )
}

fn levels_text(table: &LevelTable, fit: &LevelFit, units: UnitSystem) -> String {
    let heads = [
        format!("L [{}]", units.length_unit()),
        "d".to_owned(),
        "free levels below".to_owned(),
        format!("E measured [{}]", units.energy()),
        "E fitted".to_owned(),
    ];
    let mut out = Table::new(heads.iter().map(String::as_str));
    for column in [0, 2, 3, 4] {
        out = out.right(column);
    }
    for (i, level) in table.levels().iter().enumerate() {
        let frame = level.channel.frame();
        out.row([
            number(side(frame, units), 8),
            digits(frame),
            fit.numbers[i].to_string(),
            with_error(level.energy, level.error),
            number(fit.energies[i], 8),
        ]);
    }
    format!("{out}\n")
}

fn parameters_json(derived: &[Derived]) -> Json {
    let entry = |one: &Derived| {
        let value = json!({"value": one.value, "error": one.error, "unit": one.unit});
        (one.name.to_owned(), value)
    };
    Json::Object(derived.iter().map(entry).collect::<Map<_, _>>())
}
