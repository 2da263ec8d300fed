//! Taylor arithmetic to second order in one variable, in double-double: `f(x₀+t) = c₀ + c₁ t + c₂ t² + O(t³)`.
//!
//! First and second derivatives come out exact up to rounding, without a step size and without a formula for them.

use std::ops::{Add, Div, Mul, Neg, Sub};

use crate::dd::Dd;

/// A quantity and how it changes with the variable.
#[derive(Clone, Copy, Debug)]
pub struct Jet {
    c: [Dd; 3],
}

impl Jet {
    /// A quantity that does not depend on the variable.
    #[must_use]
    pub fn constant(value: f64) -> Self {
        Self::from_dd(Dd::from(value))
    }

    /// The same, of a double-double.
    #[must_use]
    pub const fn from_dd(value: Dd) -> Self {
        Self {
            c: [value, Dd::ZERO, Dd::ZERO],
        }
    }

    /// The variable itself.
    #[must_use]
    pub fn variable(value: f64) -> Self {
        Self {
            c: [Dd::from(value), Dd::ONE, Dd::ZERO],
        }
    }

    /// `f(x₀)`.
    #[must_use]
    pub const fn value(self) -> Dd {
        self.c[0]
    }

    /// `f'(x₀)`.
    #[must_use]
    pub const fn first(self) -> Dd {
        self.c[1]
    }

    /// `f''(x₀)`.
    #[must_use]
    pub fn second(self) -> Dd {
        self.c[2] + self.c[2]
    }

    /// `g(f)` from `g(f₀)`, `g'(f₀)` and `½ g''(f₀)`.
    fn chain(self, value: Dd, slope: Dd, half_curvature: Dd) -> Self {
        let [_, first, second] = self.c;
        Self {
            c: [
                value,
                slope * first,
                slope * second + half_curvature * first * first,
            ],
        }
    }

    /// `e^f`.
    #[must_use]
    pub fn exp(self) -> Self {
        let value = self.c[0].exp();
        self.chain(value, value, value / Dd::from(2.0))
    }

    /// `ln f`, for `f > 0`.
    #[must_use]
    pub fn ln(self) -> Self {
        let inverse = Dd::ONE / self.c[0];
        let half_curvature = -(inverse * inverse) / Dd::from(2.0);
        self.chain(self.c[0].ln(), inverse, half_curvature)
    }

    /// `√f`, for `f > 0`.
    #[must_use]
    pub fn sqrt(self) -> Self {
        let root = self.c[0].sqrt();
        let slope = Dd::ONE / (root + root);
        let half_curvature = -slope / (Dd::from(4.0) * self.c[0]);
        self.chain(root, slope, half_curvature)
    }
}

impl Neg for Jet {
    type Output = Self;

    fn neg(self) -> Self {
        Self {
            c: self.c.map(|c| -c),
        }
    }
}

impl Add for Jet {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            c: std::array::from_fn(|i| self.c[i] + other.c[i]),
        }
    }
}

impl Sub for Jet {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Jet {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        let (a, b) = (self.c, other.c);
        Self {
            c: [
                a[0] * b[0],
                a[0] * b[1] + a[1] * b[0],
                a[0] * b[2] + a[1] * b[1] + a[2] * b[0],
            ],
        }
    }
}

impl Div for Jet {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let (a, b) = (self.c, other.c);
        let value = a[0] / b[0];
        let first = (a[1] - value * b[1]) / b[0];
        let second = (a[2] - value * b[2] - first * b[1]) / b[0];
        Self {
            c: [value, first, second],
        }
    }
}
