//! The number types of dense linear algebra: `f32` (products only), `f64`, `Complex64`.
//!
//! Both traits are sealed by a supertrait of the private `backend`, so that a new number type is a
//! decision of this module and never an instantiation of faer somewhere else.

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use num_complex::Complex64;

use super::backend::{Factor, Product};

/// A number that a matrix can hold and a product can sum.
pub trait Scalar:
    Product
    + Copy
    + Debug
    + Default
    + PartialEq
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
    + Sum
{
    /// The neutral element of addition.
    const ZERO: Self;
    /// The neutral element of multiplication.
    const ONE: Self;

    /// The complex conjugate; the number itself if it is real.
    #[must_use]
    fn conj(self) -> Self;
    /// The real part.
    #[must_use]
    fn re(self) -> f64;
    /// The absolute value, without overflow of the squares.
    #[must_use]
    fn modulus(self) -> f64;
    /// The number divided by its modulus: exactly `±1` for a real one, NaN for zero.
    #[must_use]
    fn phase(self) -> Self;
    /// Neither infinite nor NaN, in either part.
    #[must_use]
    fn is_finite(self) -> bool;
    /// The number times a real factor.
    #[must_use]
    fn scaled(self, factor: f64) -> Self;
    /// A real number as `Self`, rounded if `Self` is narrower.
    #[must_use]
    fn from_real(x: f64) -> Self;
}

/// A number for which the decompositions exist: `f64` and `Complex64`.
pub trait Decomposable: Scalar + Factor {}

impl Decomposable for f64 {}
impl Decomposable for Complex64 {}

impl Scalar for f32 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn conj(self) -> Self {
        self
    }
    fn re(self) -> f64 {
        f64::from(self)
    }
    fn modulus(self) -> f64 {
        f64::from(self.abs())
    }
    fn phase(self) -> Self {
        self / self.abs()
    }
    fn is_finite(self) -> bool {
        Self::is_finite(self)
    }
    fn scaled(self, factor: f64) -> Self {
        (f64::from(self) * factor) as Self
    }
    fn from_real(x: f64) -> Self {
        x as Self
    }
}

impl Scalar for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

    fn conj(self) -> Self {
        self
    }
    fn re(self) -> f64 {
        self
    }
    fn modulus(self) -> f64 {
        self.abs()
    }
    fn phase(self) -> Self {
        self / self.abs()
    }
    fn is_finite(self) -> bool {
        Self::is_finite(self)
    }
    fn scaled(self, factor: f64) -> Self {
        self * factor
    }
    fn from_real(x: f64) -> Self {
        x
    }
}

impl Scalar for Complex64 {
    const ZERO: Self = Self::new(0.0, 0.0);
    const ONE: Self = Self::new(1.0, 0.0);

    fn conj(self) -> Self {
        Self::conj(&self)
    }
    fn re(self) -> f64 {
        self.re
    }
    fn modulus(self) -> f64 {
        self.norm()
    }
    fn phase(self) -> Self {
        self.unscale(self.norm())
    }
    fn is_finite(self) -> bool {
        self.re.is_finite() && self.im.is_finite()
    }
    fn scaled(self, factor: f64) -> Self {
        self.scale(factor)
    }
    fn from_real(x: f64) -> Self {
        Self::new(x, 0.0)
    }
}
