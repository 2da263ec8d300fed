//! Vertices: couplings as functions of the momentum.

use std::fmt;
use std::sync::Arc;

use super::form_factor::FormFactor;
use crate::error::{Error, Result};
use crate::units::{Fm, HbarC, Mev};

/// A coupling `χ(k)` as a real, analytic function of `k²`.
#[derive(Clone)]
pub struct Vertex {
    shape: Shape,
    scale: f64,
}

#[derive(Clone)]
enum Shape {
    Zero,
    FormFactor {
        strength: f64,
        factor: FormFactor,
        range2: f64,
        power: i32,
    },
    Function(Arc<Batch>),
}

/// `χ` of many `k²` in one call.
type Batch = dyn Fn(&[f64], &mut [f64]) + Send + Sync;

impl Vertex {
    /// No coupling.
    pub const ZERO: Self = Self {
        shape: Shape::Zero,
        scale: f64::INFINITY,
    };

    /// `strength · f(a, k)^power` with the range `a`.
    ///
    /// # Units   a coupling to a bare state has MeV^{−1/2}; that of a separable term is of your choice, as
    /// long as `λ·χ²` has MeV^{−2}.
    /// # Errors  `Error::Domain` unless `strength` is finite, `range` positive and finite, and `power` from 1 to 8.
    pub fn form_factor(
        strength: f64,
        factor: FormFactor,
        range: Fm,
        power: u32,
        hbarc: HbarC,
    ) -> Result<Self> {
        let domain = |what, value, expected: &str| Error::Domain {
            what,
            value,
            expected: expected.to_owned(),
        };
        if !strength.is_finite() {
            return Err(domain("coupling", strength, "a finite number"));
        }
        if !(range.0 > 0.0 && range.0.is_finite()) {
            return Err(domain("range", range.0, "a finite, positive length in fm"));
        }
        if !(1..=8).contains(&power) {
            return Err(domain(
                "power of the form factor",
                f64::from(power),
                "1 to 8",
            ));
        }
        let range = range.0 / hbarc.0;
        Ok(Self {
            shape: Shape::FormFactor {
                strength,
                factor,
                range2: range * range,
                power: power.cast_signed(),
            },
            scale: 1.0 / (range * f64::from(power).sqrt()),
        })
    }

    /// Any function of `k²` (MeV²) that is smooth on the scale `scale` and does not grow.
    ///
    /// # Errors  `Error::Domain` unless the scale is positive and finite.
    pub fn function(
        scale: Mev,
        function: impl Fn(f64) -> f64 + Send + Sync + 'static,
    ) -> Result<Self> {
        if !(scale.0 > 0.0 && scale.0.is_finite()) {
            let expected = "a finite, positive momentum in MeV".to_owned();
            return Err(Error::Domain {
                what: "scale of a vertex",
                value: scale.0,
                expected,
            });
        }
        Ok(Self {
            shape: Shape::Function(Arc::new(move |k2: &[f64], chi: &mut [f64]| {
                for (chi, k2) in chi.iter_mut().zip(k2) {
                    *chi = function(*k2);
                }
            })),
            scale: scale.0,
        })
    }

    /// `χ` at `k²` in MeV².
    #[must_use]
    pub fn at(&self, k2: f64) -> f64 {
        let mut chi = [0.0];
        self.at_all(&[k2], &mut chi);
        chi[0]
    }

    /// `χ` at every `k²` in MeV².
    ///
    /// # Shapes  `k2` and `chi` alike.
    pub fn at_all(&self, k2: &[f64], chi: &mut [f64]) {
        assert_eq!(k2.len(), chi.len(), "one χ for every k²");
        match &self.shape {
            Shape::Zero => chi.fill(0.0),
            Shape::FormFactor {
                strength,
                factor,
                range2,
                power,
            } => {
                let (inside, outside) = match factor {
                    FormFactor::Gaussian => (f64::from(*power), 1),
                    FormFactor::Monopole | FormFactor::Dipole => (1.0, *power),
                };
                for (chi, k2) in chi.iter_mut().zip(k2) {
                    *chi = strength * factor.at(inside * range2 * k2).powi(outside);
                }
            }
            Shape::Function(function) => function(k2, chi),
        }
    }

    /// The momentum (MeV) on whose scale it varies.
    pub(super) const fn scale(&self) -> f64 {
        self.scale
    }
}

impl fmt::Debug for Vertex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.shape {
            Shape::Zero => f.write_str("Vertex(0)"),
            Shape::FormFactor {
                strength,
                factor,
                power,
                ..
            } => write!(f, "Vertex({strength}·{factor:?}^{power})"),
            Shape::Function(_) => write!(f, "Vertex(function, scale {} MeV)", self.scale),
        }
    }
}
