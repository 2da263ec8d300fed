//! The columns of a table of phases: what they may be called, their units, and what no curve goes through.

use std::f64::consts::PI;

use super::phase_table::Ordinate;
use super::sheet::{Column, Sheet};
use super::two_body::TwoBody;
use super::unit_system::UnitSystem;
use crate::error::Result;

/// `k²` of every row, in units of energy squared.
pub(super) fn squares(
    sheet: &Sheet,
    column: Column<'_>,
    units: UnitSystem,
    pair: &TwoBody,
    q2_length: Option<f64>,
) -> Result<Vec<f64>> {
    let energies = units.energies();
    match column.name {
        "E_cm" => {
            let e = sheet.values(column, units.energy_factor(column.unit), energies)?;
            let bad = e.iter().position(|e| !(*e > 0.0));
            bad.map_or(Ok(()), |row| {
                Err(sheet.cell(column.name, row, e[row], "a positive energy"))
            })?;
            Ok(e.into_iter().map(|e| pair.momentum2(e)).collect())
        }
        "k" => {
            let k = sheet.values(column, units.energy_factor(column.unit), energies)?;
            let bad = k.iter().position(|k| !(*k >= 0.0));
            bad.map_or(Ok(()), |row| {
                Err(sheet.cell(
                    column.name,
                    row,
                    k[row],
                    "a momentum, not negative (k2 goes below)",
                ))
            })?;
            Ok(k.into_iter().map(|k| k * k).collect())
        }
        "k2" => sheet.values(
            column,
            units.square_factor(column.unit),
            "MeV^2, 1/fm^2 or 1/a^2",
        ),
        _ => {
            let pure = matches!(column.unit, "" | "1").then_some(1.0);
            let q2 = sheet.values(column, pure, "1 (a pure number)")?;
            let Some(length) = q2_length else {
                return Err(sheet.header("`q2`", "k or E_cm where there is more than one box"));
            };
            Ok(q2
                .into_iter()
                .map(|q2| q2 * (2.0 * PI / length).powi(2))
                .collect())
        }
    }
}

/// The factor to radians, or to units of energy.
pub(super) fn scale(column: Column<'_>, units: UnitSystem) -> (Option<f64>, &'static str) {
    if column.name.starts_with("delta") {
        let factor = match column.unit {
            "deg" => Some(PI / 180.0),
            "rad" => Some(1.0),
            _ => None,
        };
        (factor, "deg or rad")
    } else {
        (units.energy_factor(column.unit), units.energies())
    }
}

/// Refuses what no curve can go through, by row.
pub(super) fn check_rows(
    sheet: &Sheet,
    abscissa: Column<'_>,
    k2: &[f64],
    ordinate: Ordinate,
) -> Result<()> {
    let told = |row: usize, expected: &str| Err(sheet.cell(abscissa.name, row, k2[row], expected));
    if k2.len() < 2 {
        return Err(sheet.wrong("rows", "one", "at least two, to draw a curve through"));
    }
    // Rounding of E² − (m₁+m₂)² may put a row at threshold a little below it.
    let threshold = -1e-12 * k2[k2.len() - 1].abs();
    for row in 0..k2.len() {
        if row > 0 && !(k2[row] > k2[row - 1]) {
            return told(row, "rows in ascending order, none twice (found is its k²)");
        }
        if ordinate == Ordinate::Delta && k2[row] < threshold {
            return told(
                row,
                "no row below threshold in a table of delta (found is its k²)",
            );
        }
    }
    Ok(())
}
