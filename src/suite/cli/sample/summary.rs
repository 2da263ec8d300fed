//! What a run has found: means with errors, autocorrelation times, and whether to believe them.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Map, Value as Json, json};

use crate::ensemble::Ensemble;
use crate::error::Result;
use crate::report::{Table, number};
use crate::stats::{ChainDiagnostics, Estimate, GammaAnalysis, GammaMethod};

/// The columns of an ensemble that are observables, not diagnostics.
pub(super) fn observables<'a>(ensemble: &'a Ensemble<'_>) -> impl Iterator<Item = &'a str> {
    let columns = ensemble.columns().iter().map(String::as_str);
    columns.take_while(|name| *name != "acceptance")
}

/// One observable.
struct Row {
    name: String,
    analysis: Option<GammaAnalysis>,
    met: Option<ChainDiagnostics>,
    /// The value where it never changed.
    constant: Option<f64>,
    flags: Vec<String>,
}

impl Row {
    fn of(ensemble: &Ensemble<'_>, name: &str) -> Result<Self> {
        let series = ensemble.series(name)?;
        let analysis = ensemble
            .histories(name)
            .and_then(|histories| GammaMethod::default().derived(&histories, |a| a[0]));
        let met = ChainDiagnostics::new(&series).ok();
        let first = series[0].first().copied().unwrap_or(f64::NAN);
        let still = series.iter().flat_map(|s| s.iter()).all(|x| *x == first);
        let constant = still.then_some(first);
        let mut flags = Vec::new();
        match (&analysis, constant) {
            (_, Some(_)) => flags.push("never changed".to_owned()),
            (Err(error), None) => flags.push(error.to_string()),
            (Ok(found), None) if found.too_short => {
                flags.push("too short for its error".to_owned());
            }
            _ => {}
        }
        if let Some(met) = &met {
            // As `converged`, one reason each; NaN counts as the worst.
            if !(met.rhat() < ChainDiagnostics::LARGEST_RHAT) {
                flags.push(format!("R̂ above {}", ChainDiagnostics::LARGEST_RHAT));
            }
            let fewest = ChainDiagnostics::FEWEST_EACH * met.halves as f64;
            if !(met.bulk_ess >= fewest) {
                flags.push(format!("ESS below {fewest}"));
            }
        }
        Ok(Self {
            name: name.to_owned(),
            analysis: analysis.ok(),
            met,
            constant,
            flags,
        })
    }

    fn cells(&self) -> [String; 6] {
        let unknown = || "–".to_owned();
        let of_analysis =
            |text: fn(&GammaAnalysis) -> String| self.analysis.as_ref().map_or_else(unknown, text);
        let value = match self.constant {
            Some(value) => number(value, 12),
            None => of_analysis(|a| a.estimate.to_string()),
        };
        [
            self.name.clone(),
            value,
            of_analysis(|a| a.tau_int.to_string()),
            self.met
                .map_or_else(unknown, |met| format!("{:.3}", met.rhat())),
            self.met
                .map_or_else(unknown, |met| format!("{:.0}", met.bulk_ess)),
            self.flags.join("; "),
        ]
    }

    fn to_json(&self) -> Json {
        let mut members = Map::new();
        if let Some(found) = &self.analysis {
            members.insert("mean".to_owned(), finite(found.estimate.value()));
            members.insert("error".to_owned(), finite(found.estimate.error()));
            members.insert("tau_int".to_owned(), finite(found.tau_int.value()));
            members.insert("tau_int_error".to_owned(), finite(found.tau_int.error()));
        } else if let Some(value) = self.constant {
            members.insert("mean".to_owned(), finite(value));
        }
        if let Some(met) = &self.met {
            members.insert("rhat".to_owned(), finite(met.rhat()));
            members.insert("ess".to_owned(), finite(met.bulk_ess));
        }
        members.insert("flags".to_owned(), self.flags.clone().into());
        Json::Object(members)
    }
}

/// `null` for what JSON cannot express.
fn finite(x: f64) -> Json {
    serde_json::Number::from_f64(x).map_or(Json::Null, Json::Number)
}

/// All observables, and how the sampler did.
pub(super) struct Summary {
    rows: Vec<Row>,
    /// Means of the shares of accepted proposals, by name.
    acceptance: Vec<(String, f64)>,
    divergent: u64,
    /// `⟨e^{−ΔH}⟩`, one for an exact sampler in equilibrium that decides once a step.
    exp_minus_delta_h: Option<Estimate>,
}

impl Summary {
    pub(super) fn of(ensemble: &Ensemble<'_>) -> Result<Self> {
        let names: Vec<&str> = observables(ensemble).collect();
        let rows = names.iter().map(|name| Row::of(ensemble, name));
        let shares = ensemble.columns().iter();
        let shares = shares.filter(|name| name.ends_with("acceptance"));
        let acceptance = shares.map(|name| Ok((name.clone(), mean(&ensemble.series(name)?))));
        let divergent = ensemble.series("divergent")?;
        let divergent: f64 = divergent.iter().flat_map(|series| series.iter()).sum();
        Ok(Self {
            rows: rows.collect::<Result<_>>()?,
            acceptance: acceptance.collect::<Result<_>>()?,
            divergent: divergent as u64,
            exp_minus_delta_h: exp_minus_delta_h(ensemble)?,
        })
    }

    pub(super) fn table(&self, ensemble: &Ensemble<'_>, output: Option<&Path>) -> String {
        let spec = ensemble.spec();
        let word = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let every = &spec["every"];
        let mut text = format!(
            "{}, {}: {} chains, {} measurements each after {} steps, {every} step{} apart\n",
            word(&spec["target"]["name"]),
            word(&spec["sampler"]["name"]),
            spec["chains"],
            ensemble.measurements(),
            spec["thermalise"],
            if every == 1 { "" } else { "s" },
        );
        let mut table = Table::new(["observable", "mean", "τ_int", "R̂", "ESS", ""]);
        for column in 1..5 {
            table = table.right(column);
        }
        for row in &self.rows {
            table.row(row.cells());
        }
        let _ = writeln!(text, "{table}");
        let shares = self.acceptance.iter();
        let mut lines: Vec<String> = shares
            .map(|(name, share)| format!("{} {share:.3}", name.replace('_', " ")))
            .collect();
        if let Some(estimate) = &self.exp_minus_delta_h {
            lines.push(format!("⟨exp(−ΔH)⟩ {estimate}"));
        }
        if self.divergent > 0 {
            lines.push(format!("{} DIVERGENT steps", self.divergent));
        }
        let _ = writeln!(text, "{}", lines.join(", "));
        let written = output.map_or_else(
            || "nothing written: no --output".to_owned(),
            |path| format!("written to {}", path.display()),
        );
        let _ = writeln!(text, "{written}");
        text
    }

    pub(super) fn to_json(&self, ensemble: &Ensemble<'_>) -> Json {
        let rows = self.rows.iter();
        let rows: Map<_, _> = rows.map(|row| (row.name.clone(), row.to_json())).collect();
        let shares = self.acceptance.iter();
        let shares: Map<_, _> = shares.map(|(name, x)| (name.clone(), finite(*x))).collect();
        let (cost, weight) = (ensemble.cost(), &self.exp_minus_delta_h);
        json!({
            "target": ensemble.spec()["target"],
            "sampler": ensemble.spec()["sampler"],
            "chains": ensemble.spec()["chains"],
            "measurements": ensemble.measurements(),
            "observables": rows,
            "acceptance": shares,
            "exp_minus_delta_h": weight.map(|e| json!({"mean": e.value(), "error": e.error()})),
            "divergent": self.divergent,
            "forces": cost.forces,
            "actions": cost.actions,
        })
    }
}

fn mean(series: &[&[f64]]) -> f64 {
    let count: usize = series.iter().map(|s| s.len()).sum();
    series.iter().flat_map(|s| s.iter()).sum::<f64>() / count as f64
}

fn exp_minus_delta_h(ensemble: &Ensemble<'_>) -> Result<Option<Estimate>> {
    let method = ensemble.spec()["sampler"]["name"].as_str();
    if !["hmc", "mala"].contains(&method.unwrap_or_default()) {
        return Ok(None);
    }
    let series = ensemble.series("delta_h")?;
    let weights: Vec<Vec<f64>> = series
        .iter()
        .map(|series| series.iter().map(|dh| (-dh).exp()).collect())
        .collect();
    let weights: Vec<&[f64]> = weights.iter().map(Vec::as_slice).collect();
    let analysis = crate::stats::Histories::new(&[weights])
        .and_then(|histories| GammaMethod::default().derived(&histories, |a| a[0]));
    Ok(analysis.ok().map(|found| found.estimate))
}
