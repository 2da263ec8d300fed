//! A table of an S-wave phase shift, or of `k cot δ`, and the levels that it puts into a box.
//!
//! One column of `E_cm`, `k`, `k2`, `q2` and one of `delta`, `kcot`, each with its unit in brackets, and
//! `delta_err` or `kcot_err` if there are errors: `k [1/fm], delta [deg], delta_err [deg]`.
//!
//! # Design
//!
//! Between the entries runs a [`Curve`]: of `δ` against `k`, in which it is smooth through threshold, or of
//! `k cot δ` against `k²`, which goes on below threshold. A phase of the principal
//! branch is made continuous first, by steps of 180°. Nothing is
//! extrapolated: levels are looked for between the first and the last entry only.

use std::f64::consts::PI;
use std::path::Path;

use super::branch::PhaseBranch;
use super::curve::Curve;
use super::phase_columns::{check_rows, scale, squares};
use super::s_wave::SWave;
use super::sheet::Sheet;
use super::spectrum::{Amplitude, Window};
use super::two_body::TwoBody;
use super::unit_system::UnitSystem;
use crate::error::Result;
use crate::io::Limits;
use crate::linalg::Matrix;

/// The columns that a table may have.
const KNOWN: [&str; 8] = [
    "E_cm",
    "k",
    "k2",
    "q2",
    "delta",
    "delta_err",
    "kcot",
    "kcot_err",
];

/// What a table holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordinate {
    /// `δ` in radians, against `k`.
    Delta,
    /// `k cot δ`, against `k²`.
    KCotDelta,
}

/// What a table says nothing of itself.
#[derive(Clone, Copy, Debug)]
pub struct PhaseForm {
    /// The units that its header may name.
    pub units: UnitSystem,
    /// The particles.
    pub pair: TwoBody,
    /// The side of the box that a column `q2` refers to, in the inverse unit of energy.
    pub q2_length: Option<f64>,
    /// The branch of a column `delta`.
    pub branch: PhaseBranch,
}

/// An S-wave amplitude at some momenta, with its errors.
#[derive(Clone, Debug)]
pub struct PhaseTable {
    ordinate: Ordinate,
    curve: Curve,
    errors: Vec<f64>,
    pair: TwoBody,
}

/// Levels with the covariance that the errors of a table give them.
#[derive(Clone, Debug)]
pub struct PredictedLevels {
    /// Centre-of-mass energies, ascending.
    pub e_cm: Vec<f64>,
    /// `cov(E_cm, E_cm)`: the errors of the entries as independent, to first order; zero without errors.
    pub covariance: Matrix<f64>,
}

impl PhaseTable {
    /// Reads `bytes`, the content of the file `path`.
    ///
    /// # Errors  `Error::Format` naming file, column and row.
    pub fn from_bytes(
        path: &Path,
        bytes: &[u8],
        limits: &Limits,
        form: &PhaseForm,
    ) -> Result<Self> {
        let &PhaseForm {
            units,
            pair,
            q2_length,
            branch,
        } = form;
        let sheet = Sheet::from_bytes(path, bytes, limits, &KNOWN)?;
        let abscissa = sheet.exactly_one(&["E_cm", "k", "k2", "q2"])?;
        let k2 = squares(&sheet, abscissa, units, &pair, q2_length)?;
        let column = sheet.exactly_one(&["delta", "kcot"])?;
        let (factor, unit_names) = scale(column, units);
        let mut y = sheet.values(column, factor, unit_names)?;
        let errors = match sheet.find(&format!("{}_err", column.name)) {
            Some(errors) => {
                let (factor, names) = scale(errors, units);
                sheet.errors(errors, factor, names)?
            }
            None => vec![0.0; y.len()],
        };
        let ordinate = if column.name == "delta" {
            Ordinate::Delta
        } else {
            Ordinate::KCotDelta
        };
        let other = if ordinate == Ordinate::Delta {
            "kcot_err"
        } else {
            "delta_err"
        };
        if sheet.find(other).is_some() {
            return Err(sheet.header(format!("`{other}`"), format!("`{}_err`", column.name)));
        }
        check_rows(&sheet, abscissa, &k2, ordinate)?;
        let x = match ordinate {
            Ordinate::Delta => {
                branch.follow(&mut y);
                if let Some(row) = (1..y.len()).find(|&i| y[i] - y[i - 1] < -0.5 * PI) {
                    let expected = "a continuous phase, or jumps by 180° (--branch principal)";
                    return Err(sheet.cell(
                        column.name,
                        row,
                        y[row] / factor.unwrap_or(1.0),
                        expected,
                    ));
                }
                k2.iter().map(|k2| k2.max(0.0).sqrt()).collect()
            }
            Ordinate::KCotDelta => k2,
        };
        let curve = Curve::new(x, y).map_err(|error| sheet.of_row(abscissa.name, 0, error))?;
        Ok(Self {
            ordinate,
            curve,
            errors,
            pair,
        })
    }

    /// What the table holds.
    #[must_use]
    pub const fn ordinate(&self) -> Ordinate {
        self.ordinate
    }

    /// The number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.errors.len()
    }

    /// Whether there is no entry; never so.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The curve through the entries: `δ(k)` in radians, or `k cot δ` of `k²`.
    #[must_use]
    pub const fn curve(&self) -> &Curve {
        &self.curve
    }

    /// The centre-of-mass energies of the entries.
    ///
    /// # Errors  `Error::Domain` below `k² = −min(m₁, m₂)²`.
    pub fn energies(&self) -> Result<Vec<f64>> {
        let k2 = |x: &f64| {
            if self.ordinate == Ordinate::Delta {
                x * x
            } else {
                *x
            }
        };
        self.curve
            .knots()
            .iter()
            .map(|x| self.pair.energy(k2(x)))
            .collect()
    }

    /// The levels in `frame` between the first and the last entry.
    ///
    /// # Errors    as [`SWave::levels`].
    /// # Accuracy  of the curve: fourth order in the spacing where it is smooth; its levels relative 1e-14.
    pub fn levels(&self, channel: &SWave) -> Result<PredictedLevels> {
        let knots = self.energies()?;
        let (low, high) = (knots[0], knots[knots.len() - 1]);
        let window = Window {
            e_cm: (low.max(self.lowest()), high),
            knots,
        };
        let at = |x: f64| self.curve.value(x);
        let amplitude = match self.ordinate {
            Ordinate::Delta => Amplitude::Delta(&at),
            Ordinate::KCotDelta => Amplitude::KCotDelta(&at),
        };
        let e_cm = channel.levels(&amplitude, &window)?;
        let rows = e_cm.iter().map(|e| self.response(channel, *e));
        let rows: Vec<Vec<f64>> = rows.collect::<Result<_>>()?;
        let covariance = Matrix::from_fn(e_cm.len(), e_cm.len(), |i, j| {
            rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum()
        });
        Ok(PredictedLevels { e_cm, covariance })
    }

    /// Rounding may put the first entry below threshold.
    fn lowest(&self) -> f64 {
        match self.ordinate {
            Ordinate::Delta => self.pair.threshold(),
            Ordinate::KCotDelta => 0.0,
        }
    }

    /// `σ_i ∂E/∂y_i` of a level for every entry.
    fn response(&self, channel: &SWave, e_cm: f64) -> Result<Vec<f64>> {
        let mut response = vec![0.0; self.errors.len()];
        if self.errors.iter().all(|e| *e == 0.0) {
            return Ok(response);
        }
        let point = channel.at(e_cm)?;
        let (x, x_slope, box_slope) = match (self.ordinate, point.phase_slope()) {
            (Ordinate::Delta, Some(slope)) => {
                let k = point.k2.sqrt();
                (k, point.k2_slope / (2.0 * k), slope)
            }
            _ => (point.k2, point.k2_slope, point.k_cot_delta_slope),
        };
        let stiffness = box_slope - self.curve.derivative(x) * x_slope;
        for (entry, weight) in self.curve.sensitivity(x) {
            response[entry] = weight * self.errors[entry] / stiffness;
        }
        Ok(response)
    }
}

impl PredictedLevels {
    /// The standard error of each level.
    #[must_use]
    pub fn errors(&self) -> Vec<f64> {
        let diagonal = (0..self.e_cm.len()).map(|i| self.covariance[(i, i)]);
        diagonal.map(f64::sqrt).collect()
    }
}
