//! What can be typed after `fieldassay luscher`, with a worked example for each.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::finite_volume::PhaseBranch;

const LEVELS_EXAMPLE: &str = r#"Example (πK, a constant phase of 30°, two boxes in motion):
  $ printf 'E_cm [MeV],delta [deg],delta_err [deg]\n640,30,1\n900,30,1\n' | \
    fieldassay luscher levels - --m1 139.57 --m2 495.65 -L 4,5 --d 001
   L [fm]   d     E_cm [MeV]   E_lab [MeV]     k [MeV]           q²   δ [deg]
  …
        4   001   767.26(20)    827.50(18)    190.5899   0.37808293        30
        5   001   733.49(14)    774.27(14)   160.31367   0.41797323        30
  …

The table has one column of E_cm, k, k2 or q2 and one of delta or kcot, each with its unit in
brackets, and delta_err or kcot_err for errors. Between its rows runs a monotone piecewise cubic:
delta against k, or kcot against k²; nothing is extrapolated."#;

const PHASE_EXAMPLE: &str = r#"Example (lattice units, one level at rest and one in motion):
  $ printf 'E_lab [1/a],E_lab_err [1/a],d\n0.410,0.001,000\n0.470,0.001,001\n' | \
    fieldassay luscher phase - --units lattice --m1 0.2 -L 24
   L [a]   d     E_cm [1/a]      k² [1/a²]            q²     δ [deg]       −     +…
  …
      24   000   0.4100(10)    0.00202(20)    0.0295(30)   -4.59(61)   0.614   0.6…
      24   001   0.3903(12)   -0.00191(24)   -0.0279(34)       bound              …
  …

Rows: E_lab or E_cm with a unit in brackets, an error E_lab_err or E_cm_err, L and d (its digits,
001 or 110) where they differ. --samples takes one row a sample, one column a level; then errors
and correlations come from the samples. The minus and plus columns show how far one standard
error reaches to each side on the zeta curve: the relation is not linear."#;

const FIT_EXAMPLE: &str = r#"Example (effective range, three levels at rest):
  $ printf 'E_cm [1/a],E_cm_err [1/a],L [a]\n.3754,.001,20\n.671,.001,20\n.3846,.001,24\n' | \
    fieldassay luscher fit - --units lattice --m1 0.2 --model ere1
   parameter              value   unit
  …
   a0 (nuclear)       -5.59(32)   a
   f0 (femtoscopy)     5.59(32)   a
   r_eff               2.08(32)   a
  …

χ² compares predicted with measured energies through their full covariance: of --samples, of
--covariance, or of the errors in the table. Scattering lengths are printed in both signs:
a0 (nuclear, k cot δ = −1/a0 + …) and f0 = −a0 (femtoscopy, k cot δ = +1/f0 + …)."#;

/// What to do with levels and phases.
#[derive(Debug, Subcommand)]
pub(in crate::suite::cli) enum LuscherAction {
    /// From a phase-shift table to the levels in a box
    #[command(after_help = LEVELS_EXAMPLE)]
    Levels(LevelsRequest),
    /// From measured levels to phase shifts, with errors
    #[command(after_help = PHASE_EXAMPLE)]
    Phase(PhaseRequest),
    /// Fit an amplitude to measured levels with their full covariance
    #[command(after_help = FIT_EXAMPLE)]
    Fit(FitRequest),
}

/// The pair, the units, the box.
#[derive(Args, Debug)]
pub(super) struct Setting {
    /// Mass of the first particle, in MeV or as a·m
    #[arg(long, value_name = "MASS", value_parser = number)]
    pub(super) m1: f64,
    /// Mass of the second particle; left out, that of the first
    #[arg(long, value_name = "MASS", value_parser = number)]
    pub(super) m2: Option<f64>,
    /// Units of masses, lengths and files: MeV and fm, or powers of the lattice spacing
    #[arg(long, value_name = "UNITS", default_value = "physical")]
    pub(super) units: Units,
    /// ħc in MeV fm, for physical units
    #[arg(long, value_name = "MEV_FM", value_parser = number, default_value = "197.3269804")]
    pub(super) hbarc: f64,
}

/// Where results go.
#[derive(Args, Debug)]
pub(super) struct Output {
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
    /// Write a figure (SVG)
    #[arg(long, value_name = "FILE")]
    pub(super) figure: Option<PathBuf>,
}

/// The two systems of units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Units {
    /// MeV and fm
    Physical,
    /// Powers of the lattice spacing
    Lattice,
}

/// Which of the phases that differ by 180°.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Branch {
    /// Between −90° and 90°
    Principal,
    /// Continuous and zero at threshold
    Continuous,
}

impl From<Branch> for PhaseBranch {
    fn from(branch: Branch) -> Self {
        match branch {
            Branch::Principal => Self::Principal,
            Branch::Continuous => Self::ZeroAtThreshold,
        }
    }
}

/// How samples were drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Kind {
    /// One bin left out in turn
    Jackknife,
    /// Drawn with replacement
    Bootstrap,
}

/// From a phase to levels.
#[derive(Args, Debug)]
pub(in crate::suite::cli) struct LevelsRequest {
    /// The table of phases (CSV; `-`: standard input)
    pub(super) table: PathBuf,
    #[command(flatten)]
    pub(super) setting: Setting,
    /// Side of the box, in fm or lattice spacings: a number, a list 4,5 or a range 4:6:0.5
    #[arg(long, short = 'L', value_name = "L")]
    pub(super) length: String,
    /// Total momenta in units of 2π/L, as digits: a list of 000, 001, 011, 111, 002
    #[arg(long, value_name = "D", default_value = "000")]
    pub(super) d: String,
    /// Branch of a column delta
    #[arg(long, value_name = "BRANCH", default_value = "continuous")]
    pub(super) branch: Branch,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Measured levels.
#[derive(Args, Debug)]
pub(super) struct Measured {
    /// The table of levels (CSV; `-`: standard input)
    pub(super) table: PathBuf,
    /// Side of the box for a table without a column L, in fm or lattice spacings
    #[arg(long, short = 'L', value_name = "L", value_parser = number)]
    pub(super) length: Option<f64>,
    /// Total momentum for a table without a column d, as digits
    #[arg(long, value_name = "D", default_value = "000")]
    pub(super) d: String,
    /// Samples of the levels (CSV or .npy), one row a sample; two more columns are m1 and m2
    #[arg(long, value_name = "FILE")]
    pub(super) samples: Option<PathBuf>,
    /// How the samples were drawn
    #[arg(
        long,
        value_name = "KIND",
        default_value = "jackknife",
        requires = "samples"
    )]
    pub(super) resampling: Kind,
}

/// From levels to phases.
#[derive(Args, Debug)]
pub(in crate::suite::cli) struct PhaseRequest {
    #[command(flatten)]
    pub(super) measured: Measured,
    #[command(flatten)]
    pub(super) setting: Setting,
    /// Branch of the phases
    #[arg(long, value_name = "BRANCH", default_value = "principal")]
    pub(super) branch: Branch,
    #[command(flatten)]
    pub(super) output: Output,
}

/// The amplitudes that can be fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Model {
    /// k cot δ = −1/a0
    Ere0,
    /// k cot δ = −1/a0 + ½ r_eff k²
    Ere1,
    /// k cot δ = −1/a0 + ½ r_eff k² + P k⁴
    Ere2,
    /// k cot δ = E (M² − E²)/g²: a resonance of width g² k/M²
    BreitWigner,
}

/// A fit.
#[derive(Args, Debug)]
pub(in crate::suite::cli) struct FitRequest {
    #[command(flatten)]
    pub(super) measured: Measured,
    #[command(flatten)]
    pub(super) setting: Setting,
    /// The amplitude
    #[arg(long, value_name = "MODEL", default_value = "ere1")]
    pub(super) model: Model,
    /// Covariance of the energies (CSV or .npy, in the square of the table's unit of energy)
    #[arg(long, value_name = "FILE", conflicts_with = "samples")]
    pub(super) covariance: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: Output,
}

fn number(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.parse().ok();
    let number = number.filter(|x| x.is_finite());
    number.ok_or_else(|| "expected a finite decimal number".to_owned())
}
