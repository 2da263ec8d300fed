//! A particle on a line in Euclidean time, periodic: `S = Σ_i [m (x_{i+1} − x_i)²/2a + a V(x_i)]` with `ħ = 1`, measure
//! `Π dx √(m/2πa)`, in which `Z = Tr e^{−NaH}` as `a → 0`.
//!
//! # Design
//!
//! It is φ⁴ in one dimension, `2K = m/a`, `A = m/a + a c₂`, `G = a c₄` for `V = c₀ + c₂x² + c₄x⁴`, and the constant
//! `N a c₀`: the sweeps are those of [`Phi4`], the names and the zero of the energy are those of mechanics.

use std::f64::consts::TAU;

use serde_json::json;

use super::Example;
use super::phi4::{Couplings, Phi4};
use crate::density::{Action, Aux, Local, Spec, Target, Workspace};
use crate::error::{Error, Result};
use crate::lattice::{Field, RealLine, Tangent};

/// A potential `V(x)`, even in `x`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Potential {
    /// `m ω² x²/2`.
    Oscillator {
        /// `ω`.
        frequency: f64,
    },
    /// `λ (x² − f²)²`.
    DoubleWell {
        /// `λ`.
        lambda: f64,
        /// `f²`, where the wells are.
        f2: f64,
    },
}

impl Potential {
    /// `[c₀, c₂, c₄]` of `V = c₀ + c₂x² + c₄x⁴` for a particle of this mass.
    #[must_use]
    pub fn coefficients(self, mass: f64) -> [f64; 3] {
        match self {
            Self::Oscillator { frequency } => [0.0, 0.5 * mass * frequency * frequency, 0.0],
            Self::DoubleWell { lambda, f2 } => [lambda * f2 * f2, -2.0 * lambda * f2, lambda],
        }
    }
}

/// The action of a path of `N` points.
///
/// # Witness  `reference::quantum_lattice`.
#[derive(Clone, Debug)]
pub struct PathIntegral {
    phi4: Phi4,
    mass: f64,
    spacing: f64,
    potential: Potential,
    /// `N a c₀`.
    constant: f64,
    spec: Spec,
}

impl PathIntegral {
    /// Paths of `points` points, `spacing` apart in Euclidean time, of a particle of this mass.
    ///
    /// # Errors  `Error::Argument` without a point, or for a mass, a spacing, an `ω` or a `λ` that is not positive and
    /// finite, or an `f²` that is not finite.
    pub fn new(points: usize, spacing: f64, mass: f64, potential: Potential) -> Result<Self> {
        let positive = |name: &'static str, value: f64| {
            if value > 0.0 && value.is_finite() {
                return Ok(());
            }
            Err(Error::argument(
                name,
                value.to_string(),
                "positive and finite",
            ))
        };
        positive("spacing", spacing)?;
        positive("mass", mass)?;
        let (name, numbers) = match potential {
            Potential::Oscillator { frequency } => {
                positive("frequency", frequency)?;
                ("oscillator", vec![("frequency", json!(frequency))])
            }
            Potential::DoubleWell { lambda, f2 } => {
                positive("lambda", lambda)?;
                if !f2.is_finite() {
                    return Err(Error::argument("f2", f2.to_string(), "a finite number"));
                }
                (
                    "double-well",
                    vec![("lambda", json!(lambda)), ("f2", json!(f2))],
                )
            }
        };
        let [c0, c2, c4] = potential.coefficients(mass);
        let couplings = Couplings {
            hopping: 0.5 * mass / spacing,
            quadratic: spacing.mul_add(c2, mass / spacing),
            quartic: spacing * c4,
        };
        let mut parameters = vec![
            ("points", json!(points)),
            ("spacing", json!(spacing)),
            ("mass", json!(mass)),
            ("potential", json!(name)),
        ];
        parameters.extend(numbers);
        Ok(Self {
            phi4: Phi4::new(&[points], couplings)?,
            mass,
            spacing,
            potential,
            constant: points as f64 * spacing * c0,
            spec: Spec::new("path-integral", &parameters),
        })
    }

    /// The particle's mass.
    #[must_use]
    pub const fn mass(&self) -> f64 {
        self.mass
    }

    /// Euclidean time between two points.
    #[must_use]
    pub const fn spacing(&self) -> f64 {
        self.spacing
    }

    /// The potential.
    #[must_use]
    pub const fn potential(&self) -> Potential {
        self.potential
    }

    /// `(N/2) ln(m/2πa)`: what `ln Z` of the measure `Π dx √(m/2πa)` has beyond that of `Π dx`.
    #[must_use]
    pub fn ln_measure(&self) -> f64 {
        let points = self.phi4.lattice().sites() as f64;
        0.5 * points * (self.mass / (TAU * self.spacing)).ln()
    }
}

impl Target<RealLine> for PathIntegral {
    fn spec(&self) -> &Spec {
        &self.spec
    }

    fn neutral(&self, chains: usize) -> Field<RealLine> {
        self.phi4.neutral(chains)
    }

    fn value(&self, q: &Field<RealLine>, aux: &Aux, s: &mut [f64]) {
        self.phi4.value(q, aux, s);
        s.iter_mut().for_each(|s| *s += self.constant);
    }
}

impl Local<RealLine> for PathIntegral {
    fn delta(&self, q: &Field<RealLine>, variable: usize, new: &[f64], ds: &mut [f64]) {
        self.phi4.delta(q, variable, new, ds);
    }
}

impl Action<RealLine> for PathIntegral {
    fn force(&self, q: &Field<RealLine>, aux: &Aux, f: &mut Tangent<RealLine>) {
        self.phi4.force(q, aux, f);
    }

    fn kick_drift(
        &self,
        q: &Field<RealLine>,
        p: &mut Tangent<RealLine>,
        kick: f64,
        drift: f64,
        aux: &Aux,
        ws: &mut Workspace<RealLine>,
        out: &mut Field<RealLine>,
    ) {
        self.phi4.kick_drift(q, p, kick, drift, aux, ws, out);
    }

    fn kick_value(
        &self,
        q: &Field<RealLine>,
        p: &mut Tangent<RealLine>,
        kick: f64,
        aux: &Aux,
        ws: &mut Workspace<RealLine>,
        s: &mut [f64],
    ) {
        self.phi4.kick_value(q, p, kick, aux, ws, s);
        s.iter_mut().for_each(|s| *s += self.constant);
    }
}

impl Example for PathIntegral {
    type Values = RealLine;

    fn examples() -> Result<Vec<Self>> {
        let wells = [
            Potential::Oscillator { frequency: 1.3 },
            Potential::DoubleWell {
                lambda: 1.0,
                f2: 2.0,
            },
            Potential::DoubleWell {
                lambda: 0.4,
                f2: -0.5,
            },
        ];
        let sizes = [1, 2, 7, 16, 20, 50, 100].iter().zip(wells.iter().cycle());
        sizes
            .map(|(&points, &well)| Self::new(points, 0.25, 0.5, well))
            .collect()
    }
}
