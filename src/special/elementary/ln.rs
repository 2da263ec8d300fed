//! `ln` and `ln_1p`.
//!
//! `x = 2ᵏ(1+f)` with `√½ ≤ 1+f < √2`. In f32 `ln(1+f) = f − f²/2 + f³ P(f)`; in f64
//! `ln(1+f) = 2s + s z A(z)` with `s = f/(2+f)`, `z = s²`, written as `f − (f²/2 − s(f²/2 + z A(z)))`, which
//! rounds less. `P` and `A` are minimax (`reference/fit/elementary.py`). For `ln_1p`, what
//! `1+x` rounds away is added to `f`.
//!
//! Accuracy: table in [`super`].

use super::exp::Exponential;
use super::map::Kernel;
use super::real::{Real, polynomial};
use crate::num::simd::Isa;

/// The constants of the logarithm.
pub(super) trait Logarithm: Exponential {
    /// `ln(1+f) + k_low` for `√½ ≤ 1+f < √2` and a small `k_low`.
    fn ln_near_one<I: Isa>(f: Self, k_low: Self) -> Self;
}

impl Logarithm for f32 {
    #[inline(always)]
    fn ln_near_one<I: Isa>(f: Self, k_low: Self) -> Self {
        let rest = polynomial::<I, _, _>(
            f, // fitted to 0.053 ulp
            [
                3.333_333e-1,
                -2.500_082e-1,
                2.000_122_8e-1,
                -1.662_336e-1,
                1.420_174_5e-1,
                -1.316_015_1e-1,
                1.276_162_7e-1,
                -7.634_622e-2,
            ],
        );
        let second = I::mul_add(f, rest, -0.5);
        f + I::mul_add(f * f, second, k_low)
    }
}

impl Logarithm for f64 {
    #[inline(always)]
    fn ln_near_one<I: Isa>(f: Self, k_low: Self) -> Self {
        let s = f / (2.0 + f);
        let z = s * s;
        let half_square = 0.5 * f * f;
        let rest = z * polynomial::<I, _, _>(
            z, // fitted to 0.0063 ulp
            [
                6.666_666_666_666_734e-1,
                3.999_999_999_941_638_6e-1,
                2.857_142_874_201_386e-1,
                2.222_219_861_088_959_6e-1,
                1.818_356_240_129_861_4e-1,
                1.531_409_890_794_911e-1,
                1.479_547_462_201_804_3e-1,
            ],
        );
        f - (half_square - I::mul_add(s, half_square + rest, k_low))
    }
}

/// `ln(1+f) + k ln 2`.
#[inline(always)]
fn assemble<I: Isa, T: Logarithm>(f: T, k: T) -> T {
    I::mul_add(k, T::LN2_HIGH, T::ln_near_one::<I>(f, k * T::LN2_LOW))
}

/// `regular` where `0 < x < ∞`, else the logarithm's limits.
#[inline(always)]
fn with_limits<T: Real>(x: T, regular: T) -> T {
    let limit = if x == T::ZERO { -T::INFINITY } else { T::NAN };
    let limit = if x == T::INFINITY { x } else { limit };
    if x > T::ZERO && x < T::INFINITY {
        regular
    } else {
        limit
    }
}

/// `ln x`.
#[derive(Clone, Copy)]
pub(super) struct Ln;

impl<T: Logarithm> Kernel<T> for Ln {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        let (k, m) = T::exponent_split(x);
        with_limits(x, assemble::<I, T>(m - T::ONE, k))
    }
}

/// `ln(1+x)`.
#[derive(Clone, Copy)]
pub(super) struct Ln1p;

impl<T: Logarithm> Kernel<T> for Ln1p {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        // 1 + x = u + lost exactly, whichever is larger.
        let u = T::ONE + x;
        let back = u - T::ONE;
        let lost = (T::ONE - (u - back)) + (x - back);
        let (k, m) = T::exponent_split(u);
        let f = I::mul_add(lost, m / u, m - T::ONE);
        with_limits(u, assemble::<I, T>(f, k)).with_sign_of(x)
    }
}
