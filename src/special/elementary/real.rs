//! What the kernels need of `f32` and `f64` beyond arithmetic: their bits, through which scaling by a
//! power of two, the exponent and the sign cost one or two integer instructions, and a polynomial.

use crate::num::simd::{Float, Isa};

/// `f32` or `f64`, bit by bit.
pub(super) trait Real: Float {
    /// `log₂ e`.
    const LOG2_E: Self;
    /// `½`.
    const HALF: Self;
    /// `2`.
    const TWO: Self;
    /// `∞`.
    const INFINITY: Self;
    /// NaN.
    const NAN: Self;
    /// Added to `x`, it rounds to an integer `n` and leaves `n + 2·bias` in the low bits.
    const SHIFTER: Self;

    /// Two normal factors with the product `2ⁿ`, from `SHIFTER + n`; `|n|` up to twice the exponents.
    fn power_halves(shifted: Self) -> (Self, Self);
    /// `2ⁿ`, from `SHIFTER + n`, for a normal `2ⁿ`.
    fn power(shifted: Self) -> Self;
    /// `1/x` for a power of two, both normal.
    fn power_reciprocal(power: Self) -> Self;
    /// `(k, m)` with `x = 2ᵏ·m` and `√½ ≤ m < √2`, for `0 < x < ∞`.
    fn exponent_split(x: Self) -> (Self, Self);
    /// `|self|` with the sign of `sign`.
    fn with_sign_of(self, sign: Self) -> Self;
}

macro_rules! real {
    ($float:ident, $bits:ident, $digits:literal, $bias:literal) => {
        impl Real for $float {
            const LOG2_E: Self = std::$float::consts::LOG2_E;
            const HALF: Self = 0.5;
            const TWO: Self = 2.0;
            const INFINITY: Self = Self::INFINITY;
            const NAN: Self = Self::NAN;
            const SHIFTER: Self = ((3_u64 << ($digits - 1)) + 2 * $bias) as Self;

            #[inline(always)]
            fn power_halves(shifted: Self) -> (Self, Self) {
                // n + 2·bias in two halves, each of them biased; the shift drops the rest of SHIFTER.
                let bits = shifted.to_bits();
                let half = bits >> 1;
                let other = bits.wrapping_sub(half);
                (
                    Self::from_bits(half << $digits),
                    Self::from_bits(other << $digits),
                )
            }

            #[inline(always)]
            fn power(shifted: Self) -> Self {
                Self::from_bits(shifted.to_bits().wrapping_sub($bias) << $digits)
            }

            #[inline(always)]
            fn power_reciprocal(power: Self) -> Self {
                const TWICE: $bits = (2 * $bias) << $digits;
                Self::from_bits(TWICE.wrapping_sub(power.to_bits()))
            }

            #[inline(always)]
            fn exponent_split(x: Self) -> (Self, Self) {
                const ONE: $bits = $bias << $digits;
                const ROOT_HALF: $bits = std::$float::consts::FRAC_1_SQRT_2.to_bits();
                /// The last bit of a number from here on counts units.
                const UNITS: $float = (1_u64 << $digits) as $float;
                /// Makes the smallest subnormal normal.
                const UP: $float = (1_u64 << ($digits + 1)) as $float;
                let tiny = x < Self::MIN_POSITIVE;
                let normal = if tiny { x * UP } else { x };
                let offset = UNITS + $bias as Self;
                let offset = if tiny {
                    offset + ($digits + 1) as Self
                } else {
                    offset
                };
                let bits = normal.to_bits();
                let biased = bits.wrapping_sub(ROOT_HALF).wrapping_add(ONE) >> $digits;
                let k = Self::from_bits(biased | UNITS.to_bits()) - offset;
                let m = bits.wrapping_sub(biased << $digits).wrapping_add(ONE);
                (k, Self::from_bits(m))
            }

            #[inline(always)]
            fn with_sign_of(self, sign: Self) -> Self {
                const SIGN: $bits = 1 << ($bits::BITS - 1);
                Self::from_bits((self.to_bits() & !SIGN) | (sign.to_bits() & SIGN))
            }
        }
    };
}
real!(f32, u32, 23, 127);
real!(f64, u64, 52, 1023);

/// `c₀ + x(c₁ + x(c₂ + …))` by Horner's rule.
#[inline(always)]
pub(super) fn polynomial<I: Isa, T: Float, const N: usize>(x: T, coefficients: [T; N]) -> T {
    let mut sum = coefficients[N - 1];
    for c in coefficients.iter().rev().skip(1) {
        sum = I::mul_add(sum, x, *c);
    }
    sum
}

/// The same in two chains, even and odd powers, neither of which waits for the other.
#[inline(always)]
pub(super) fn polynomial_by_two<I: Isa, T: Float, const N: usize>(x: T, coefficients: [T; N]) -> T {
    let square = x * x;
    let [mut a, mut b] = std::array::from_fn(|i| coefficients[N - 2 + i]);
    for next in coefficients.iter().rev().skip(2) {
        (a, b) = (I::mul_add(b, square, *next), a);
    }
    I::mul_add(x, b, a)
}

/// The same in four chains, by the power modulo 4.
#[inline(always)]
pub(super) fn polynomial_by_four<I: Isa, T: Float, const N: usize>(
    x: T,
    coefficients: [T; N],
) -> T {
    let square = x * x;
    let fourth = square * square;
    let [mut a, mut b, mut c, mut d] = std::array::from_fn(|i| coefficients[N - 4 + i]);
    for next in coefficients.iter().rev().skip(4) {
        (a, b, c, d) = (I::mul_add(d, fourth, *next), a, b, c);
    }
    I::mul_add(square, I::mul_add(x, d, c), I::mul_add(x, b, a))
}

/// The smaller, or NaN if `x` is.
#[inline(always)]
pub(super) fn at_most<T: Float>(x: T, bound: T) -> T {
    if bound < x { bound } else { x }
}

/// The larger, or NaN if `x` is.
#[inline(always)]
pub(super) fn at_least<T: Float>(x: T, bound: T) -> T {
    if bound > x { bound } else { x }
}
