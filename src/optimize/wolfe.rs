//! Line searches: the strong Wolfe conditions, and the exact minimum of a quadratic.
//!
//! `f(α) ≤ f(0) + c₁ α f'(0)` and `|f'(α)| ≤ c₂ |f'(0)|`, by bracketing and zooming with cubic
//! interpolation. Source: J. Nocedal, S. J. Wright, Numerical Optimization, 2nd ed., algorithms 3.5 and 3.6.
//!
//! # Design
//!
//! Next to a minimum the values differ by less than their rounding and the first condition becomes
//! a coin toss. Where two values agree to 8ε the slopes decide instead: the first condition is
//! `f'(α) ≤ (2c₁ − 1) f'(0)`, which it is for a quadratic (W. W. Hager, H. Zhang, SIAM J. Optim. 16
//! (2005) 170). A value or gradient that is not finite counts as too high.

use super::outcome::{Point, along, dot};
use crate::error::{Error, Result};

/// How far to go along a direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LineSearch {
    /// Until both strong Wolfe conditions hold, with `0 < c₁ < c₂ < 1`.
    StrongWolfe {
        /// `c₁`: the share of the linear decrease that is sufficient.
        sufficient: f64,
        /// `c₂`: the share of the slope that may be left.
        curvature: f64,
    },
    /// To the minimum that the slopes at 0 and at a first step give, if `f` is a quadratic.
    ExactQuadratic,
}

impl Default for LineSearch {
    fn default() -> Self {
        Self::StrongWolfe {
            sufficient: 1e-4,
            curvature: 0.9,
        }
    }
}

impl LineSearch {
    /// Passes if the constants are in order.
    pub(super) fn check(self) -> Result<Self> {
        match self {
            Self::StrongWolfe {
                sufficient,
                curvature,
            } if !(0.0 < sufficient && sufficient < curvature && curvature < 1.0) => {
                Err(Error::Domain {
                    what: "sufficient decrease of a line search",
                    value: sufficient,
                    expected: format!("0 < it < the curvature constant {curvature} < 1"),
                })
            }
            sound => Ok(sound),
        }
    }

    /// The accepted point on the ray from `from` along `direction`, if there is one.
    pub(super) fn search<F: FnMut(&[f64], &mut [f64]) -> f64>(
        self,
        objective: &mut F,
        from: &Point,
        direction: &[f64],
        first: f64,
    ) -> Found {
        let slope = dot(&from.gradient, direction);
        let mut ray = Ray {
            objective,
            from,
            direction,
            slope,
            evaluations: 0,
            finite: true,
        };
        let point = match self {
            Self::StrongWolfe {
                sufficient,
                curvature,
            } => ray.bracket(
                first,
                Wolfe {
                    sufficient,
                    curvature,
                },
            ),
            Self::ExactQuadratic => ray.minimum_of_quadratic(first),
        };
        Found {
            point,
            evaluations: ray.evaluations,
            finite: ray.finite,
        }
    }
}

/// What a search found.
pub(super) struct Found {
    pub point: Option<Point>,
    pub evaluations: usize,
    /// Whether all that was seen on the way is finite.
    pub finite: bool,
}

/// More trials than this help nobody: 2⁶⁰ is beyond any scale.
const TRIALS: usize = 60;

#[derive(Clone, Copy)]
struct Wolfe {
    sufficient: f64,
    curvature: f64,
}

/// A ray, and the slope at its start.
struct Ray<'a, F> {
    objective: &'a mut F,
    from: &'a Point,
    direction: &'a [f64],
    slope: f64,
    evaluations: usize,
    finite: bool,
}

/// A point on the ray.
#[derive(Clone)]
struct Sample {
    alpha: f64,
    slope: f64,
    point: Point,
}

impl<F: FnMut(&[f64], &mut [f64]) -> f64> Ray<'_, F> {
    fn at(&mut self, alpha: f64) -> Sample {
        let point = Point::at(
            along(&self.from.theta, alpha, self.direction),
            self.objective,
        );
        self.evaluations += 1;
        self.finite &= point.is_finite();
        let slope = dot(&point.gradient, self.direction);
        Sample {
            alpha,
            slope,
            point,
        }
    }

    /// Differences of values below this are rounding.
    fn noise(&self) -> f64 {
        8.0 * f64::EPSILON * self.from.value.abs()
    }

    /// The first condition.
    fn falls_enough(&self, s: &Sample, wolfe: Wolfe) -> bool {
        let change = s.point.value - self.from.value;
        let by_slope =
            change.abs() <= self.noise() && s.slope <= (2.0 * wolfe.sufficient - 1.0) * self.slope;
        s.point.is_finite() && (change <= wolfe.sufficient * s.alpha * self.slope || by_slope)
    }

    /// The second condition.
    fn is_flat_enough(&self, s: &Sample, wolfe: Wolfe) -> bool {
        s.slope.abs() <= wolfe.curvature * self.slope.abs()
    }

    /// Whether `s` lies above `low`; by its slope where the values agree to rounding.
    fn rises(&self, s: &Sample, low: &Sample) -> bool {
        let change = s.point.value - low.point.value;
        if change.abs() <= self.noise() {
            s.slope * (s.alpha - low.alpha) > 0.0
        } else {
            change > 0.0
        }
    }

    /// Algorithm 3.5: lengthens the step until it brackets an acceptable one.
    fn bracket(&mut self, first: f64, wolfe: Wolfe) -> Option<Point> {
        let mut last = Sample {
            alpha: 0.0,
            slope: self.slope,
            point: self.from.clone(),
        };
        let mut alpha = first;
        for trial in 0..TRIALS {
            let s = self.at(alpha);
            if !self.falls_enough(&s, wolfe) || (trial > 0 && self.rises(&s, &last)) {
                return self.zoom(last, s, wolfe);
            }
            if self.is_flat_enough(&s, wolfe) {
                return Some(s.point);
            }
            if s.slope >= 0.0 {
                return self.zoom(s, last, wolfe);
            }
            last = s;
            alpha *= 2.0;
        }
        None
    }

    /// Algorithm 3.6: `low` is the lowest point seen, and its slope points towards `high`.
    fn zoom(&mut self, mut low: Sample, mut high: Sample, wolfe: Wolfe) -> Option<Point> {
        for _ in 0..TRIALS {
            let s = self.at(between(&low, &high, self.noise()));
            if !self.falls_enough(&s, wolfe) || self.rises(&s, &low) {
                high = s;
                continue;
            }
            if self.is_flat_enough(&s, wolfe) {
                return Some(s.point);
            }
            if s.slope * (high.alpha - low.alpha) >= 0.0 {
                high = low;
            }
            low = s;
        }
        None
    }

    /// Where the slope of a quadratic vanishes, from two slopes; none if it curves downwards.
    fn minimum_of_quadratic(&mut self, first: f64) -> Option<Point> {
        let probe = self.at(first);
        let alpha = first * self.slope / (self.slope - probe.slope);
        let s = (alpha > 0.0 && alpha.is_finite()).then(|| self.at(alpha))?;
        s.point.is_finite().then_some(s.point)
    }
}

/// A step between two: the minimum of the cubic through values and slopes, or of the parabola
/// through the slopes where the values agree to rounding; within the inner four fifths.
fn between(low: &Sample, high: &Sample, noise: f64) -> f64 {
    let width = high.alpha - low.alpha;
    let (m0, m1) = (low.slope * width, high.slope * width);
    let rise = high.point.value - low.point.value;
    let share = if rise.abs() <= noise {
        m0 / (m0 - m1)
    } else {
        let d1 = m0 + m1 - 3.0 * rise;
        let d2 = (d1 * d1 - m0 * m1).sqrt();
        1.0 - (m1 + d2 - d1) / (m1 - m0 + 2.0 * d2)
    };
    let share = if share.is_finite() {
        share.clamp(0.1, 0.9)
    } else {
        0.5
    };
    low.alpha + share * width
}
