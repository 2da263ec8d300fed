//! Dual numbers `a + b ε`, `ε² = 0`: automatic differentiation in forward mode, in forty lines.
//!
//! Derivatives come out exact up to rounding, without a step size and without a formula for them.

use std::ops::{Add, Div, Mul, Sub};

/// A value and its derivative along one direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dual {
    /// The value.
    pub value: f64,
    /// The derivative.
    pub slope: f64,
}

impl Dual {
    /// A quantity that does not depend on the variable.
    #[must_use]
    pub const fn constant(value: f64) -> Self {
        Self { value, slope: 0.0 }
    }

    /// The variable itself.
    #[must_use]
    pub const fn variable(value: f64) -> Self {
        Self { value, slope: 1.0 }
    }

    /// `e^x`.
    #[must_use]
    pub fn exp(self) -> Self {
        let value = self.value.exp();
        Self {
            value,
            slope: value * self.slope,
        }
    }

    /// `sin x`.
    #[must_use]
    pub fn sin(self) -> Self {
        Self {
            value: self.value.sin(),
            slope: self.value.cos() * self.slope,
        }
    }

    /// `cos x`.
    #[must_use]
    pub fn cos(self) -> Self {
        Self {
            value: self.value.cos(),
            slope: -self.value.sin() * self.slope,
        }
    }

    /// `ln x`.
    #[must_use]
    pub fn ln(self) -> Self {
        Self {
            value: self.value.ln(),
            slope: self.slope / self.value,
        }
    }
}

impl Add for Dual {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            value: self.value + other.value,
            slope: self.slope + other.slope,
        }
    }
}

impl Sub for Dual {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            value: self.value - other.value,
            slope: self.slope - other.slope,
        }
    }
}

impl Mul for Dual {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        Self {
            value: self.value * other.value,
            slope: self.slope * other.value + self.value * other.slope,
        }
    }
}

impl Div for Dual {
    type Output = Self;

    fn div(self, other: Self) -> Self {
        let value = self.value / other.value;
        Self {
            value,
            slope: (self.slope - value * other.slope) / other.value,
        }
    }
}

/// The Jacobian `∂_j f_i` of a vector function written for dual numbers, one column a sweep.
#[must_use]
pub fn jacobian(f: impl Fn(&[Dual]) -> Vec<Dual>, x: &[f64]) -> Vec<Vec<f64>> {
    let columns: Vec<Vec<f64>> = (0..x.len())
        .map(|j| {
            let seeded: Vec<Dual> = x
                .iter()
                .enumerate()
                .map(|(i, &x)| {
                    if i == j {
                        Dual::variable(x)
                    } else {
                        Dual::constant(x)
                    }
                })
                .collect();
            f(&seeded).into_iter().map(|y| y.slope).collect()
        })
        .collect();
    let rows = columns.first().map_or(0, Vec::len);
    (0..rows)
        .map(|i| columns.iter().map(|column| column[i]).collect())
        .collect()
}
