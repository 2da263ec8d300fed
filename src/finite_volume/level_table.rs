//! A table of measured levels, and the samples that carry their correlations.
//!
//! One row a level: `E_lab` (in the frame of the box) or `E_cm`, with a unit; its error `E_lab_err` or
//! `E_cm_err`; the box `L` and the total momentum `d` (its three digits, `001` or `110`) where they differ
//! from row to row. Samples are a matrix, one row a sample and one column a level in the order of the table,
//! with two more columns `m1` and `m2` if the masses fluctuate too.

use std::path::Path;

use super::box_frame::BoxFrame;
use super::s_wave::SWave;
use super::sheet::Sheet;
use super::two_body::TwoBody;
use super::unit_system::UnitSystem;
use crate::error::{Error, Result};
use crate::io::Limits;
use crate::linalg::Matrix;

/// The columns that a table may have.
const KNOWN: [&str; 6] = ["E_lab", "E_cm", "E_lab_err", "E_cm_err", "L", "d"];

/// The frame in which an energy is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnergyFrame {
    /// The frame of the box, in which the pair moves with `P = 2πd/L`.
    Lab,
    /// The centre-of-mass frame.
    CentreOfMass,
}

/// What a table of levels says nothing of itself.
#[derive(Clone, Copy, Debug)]
pub struct LevelForm {
    /// The units that its header may name.
    pub units: UnitSystem,
    /// The particles.
    pub pair: TwoBody,
    /// The side of the box, in the inverse unit of energy, for a table without a column `L`.
    pub length: Option<f64>,
    /// The total momentum for a table without a column `d`.
    pub d: [i32; 3],
}

/// One measured level.
#[derive(Clone, Copy, Debug)]
pub struct MeasuredLevel {
    /// Its energy, in the frame that the table says.
    pub energy: f64,
    /// Its standard error; zero if the table has none.
    pub error: f64,
    /// The pair in its box.
    pub channel: SWave,
}

/// Measured levels of one pair.
#[derive(Clone, Debug)]
pub struct LevelTable {
    frame: EnergyFrame,
    factor: f64,
    levels: Vec<MeasuredLevel>,
    has_errors: bool,
}

impl EnergyFrame {
    /// The energy in this frame of a level at `e_cm`.
    #[must_use]
    pub fn from_cm(self, frame: &BoxFrame, e_cm: f64) -> f64 {
        match self {
            Self::Lab => frame.lab_energy(e_cm),
            Self::CentreOfMass => e_cm,
        }
    }

    /// The centre-of-mass energy of a level at `energy` in this frame.
    ///
    /// # Errors  as [`BoxFrame::cm_energy`]; `Error::Domain` unless it is positive.
    pub fn to_cm(self, frame: &BoxFrame, energy: f64) -> Result<f64> {
        match self {
            Self::Lab => frame.cm_energy(energy),
            Self::CentreOfMass if energy > 0.0 && energy.is_finite() => Ok(energy),
            Self::CentreOfMass => Err(Error::Domain {
                what: "E_cm",
                value: energy,
                expected: "a positive energy".to_owned(),
            }),
        }
    }

    /// `dE_cm/dE` at a level.
    #[must_use]
    pub fn cm_slope(self, frame: &BoxFrame, e_cm: f64) -> f64 {
        match self {
            Self::Lab => frame.lab_energy(e_cm) / e_cm,
            Self::CentreOfMass => 1.0,
        }
    }
}

impl LevelTable {
    /// Reads `bytes`, the content of the file `path`.
    ///
    /// # Errors  `Error::Format` naming file, column and row.
    pub fn from_bytes(
        path: &Path,
        bytes: &[u8],
        limits: &Limits,
        form: &LevelForm,
    ) -> Result<Self> {
        let sheet = Sheet::from_bytes(path, bytes, limits, &KNOWN)?;
        let units = form.units;
        let column = sheet.exactly_one(&["E_lab", "E_cm"])?;
        let factor = units.energy_factor(column.unit);
        let energies = sheet.values(column, factor, units.energies())?;
        let frame = if column.name == "E_lab" {
            EnergyFrame::Lab
        } else {
            EnergyFrame::CentreOfMass
        };
        let own = format!("{}_err", column.name);
        if let Some(other) = ["E_lab_err", "E_cm_err"].into_iter().find(|e| *e != own)
            && sheet.find(other).is_some()
        {
            return Err(sheet.header(format!("`{other}`"), format!("`{own}`")));
        }
        let errors = match sheet.find(&own) {
            None => None,
            Some(errors) => {
                let factor = units.energy_factor(errors.unit);
                Some(sheet.errors(errors, factor, units.energies())?)
            }
        };
        let boxes = frames(&sheet, form)?;
        let mut levels = Vec::with_capacity(energies.len());
        for (row, (energy, frame_of_row)) in energies.into_iter().zip(boxes).enumerate() {
            let channel = SWave::new(form.pair, frame_of_row);
            let checked = frame.to_cm(&frame_of_row, energy);
            let checked = checked.and_then(|e_cm| channel.in_range(e_cm));
            checked.map_err(|error| told_in(&sheet, column.name, row, energy, error))?;
            let error = errors.as_ref().map_or(0.0, |errors| errors[row]);
            levels.push(MeasuredLevel {
                energy,
                error,
                channel,
            });
        }
        Ok(Self {
            frame,
            factor: factor.unwrap_or(1.0),
            levels,
            has_errors: errors.is_some(),
        })
    }

    /// The frame of the energies.
    #[must_use]
    pub const fn frame(&self) -> EnergyFrame {
        self.frame
    }

    /// The levels, in the order of the table.
    #[must_use]
    pub fn levels(&self) -> &[MeasuredLevel] {
        &self.levels
    }

    /// Whether the table gives errors.
    #[must_use]
    pub const fn has_errors(&self) -> bool {
        self.has_errors
    }

    /// How much of the unit of energy one unit of the table's energies is.
    #[must_use]
    pub const fn energy_factor(&self) -> f64 {
        self.factor
    }

    /// The squares of the errors as a diagonal covariance.
    #[must_use]
    pub fn diagonal_covariance(&self) -> Matrix<f64> {
        let squares: Vec<f64> = self.levels.iter().map(|l| l.error * l.error).collect();
        Matrix::diagonal(&squares)
    }
}

impl SWave {
    /// Passes if the zeta function is known at `e_cm`; a free level is none of its business.
    pub(super) fn in_range(&self, e_cm: f64) -> Result<()> {
        let nudged = e_cm * (1.0 + 1e-9);
        self.at(e_cm).or_else(|_| self.at(nudged)).map(drop)
    }
}

/// The box of every row.
fn frames(sheet: &Sheet, form: &LevelForm) -> Result<Vec<BoxFrame>> {
    let rows = sheet.rows();
    let lengths = match (sheet.find("L"), form.length) {
        (Some(column), _) => {
            let factor = form.units.length_factor(column.unit);
            let lengths = sheet.values(column, factor, form.units.length_unit())?;
            lengths.into_iter().map(|l| form.units.length(l)).collect()
        }
        (None, Some(length)) => vec![length; rows],
        (None, None) => return Err(sheet.header("no column `L`", "a column `L`, or --length")),
    };
    let momenta = match sheet.find("d") {
        None => vec![form.d; rows],
        Some(column) => {
            let pure = matches!(column.unit, "" | "1" | "2pi/L").then_some(1.0);
            let codes = sheet.values(column, pure, "2pi/L")?;
            let digits = codes.iter().enumerate().map(|(row, code)| {
                let expected = "the three digits of d, such as 001 or 110";
                three_digits(*code).ok_or_else(|| sheet.cell(column.name, row, *code, expected))
            });
            digits.collect::<Result<_>>()?
        }
    };
    let boxes = lengths.iter().zip(momenta).enumerate();
    let frame = |(row, (length, d)): (usize, (&f64, [i32; 3]))| {
        BoxFrame::natural(*length, d).map_err(|error| {
            let column = if matches!(error, Error::Unsupported { .. }) {
                "d"
            } else {
                "L"
            };
            sheet.of_row(column, row, error)
        })
    };
    boxes.map(frame).collect()
}

/// `110` as `[1, 1, 0]`.
fn three_digits(code: f64) -> Option<[i32; 3]> {
    let whole = (0.0..=999.0).contains(&code) && code.fract() == 0.0;
    whole.then(|| {
        let code = code as i32;
        [code / 100, code / 10 % 10, code % 10]
    })
}

/// The refusal of a level as one of its row, with the energy that stands there.
fn told_in(sheet: &Sheet, column: &str, row: usize, energy: f64, error: Error) -> Error {
    match error {
        Error::Domain { what, expected, .. } => sheet.cell(
            column,
            row,
            energy,
            format!("an energy with {what}: {expected}"),
        ),
        other => sheet.of_row(column, row, other),
    }
}
