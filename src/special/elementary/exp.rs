//! `exp`, `expm1`, and the exponential inside `tanh`, `sigmoid` and `softplus`.
//!
//! `x = n ln 2 + r` with `|r| ≤ ½ ln 2`; `ln 2` comes in two parts, the first so short that `n` times it
//! is exact even without a fused multiply-add. `e^r − 1 = r + r² Q(r)` with a minimax `Q`
//! (`reference/fit/elementary.py`). `2ⁿ` comes as two factors, so that overflow and
//! gradual underflow round once.
//!
//! Accuracy: table in [`super`].

use super::map::Kernel;
use super::real::{Real, at_least, at_most, polynomial_by_two};
use crate::num::simd::Isa;

/// The constants of the exponential.
pub(super) trait Exponential: Real {
    /// Leading bits of `ln 2`, so few that a product with an exponent is exact.
    const LN2_HIGH: Self;
    /// `ln 2 − LN2_HIGH`.
    const LN2_LOW: Self;
    /// `e^x` is `∞` from here on.
    const OVERFLOW: Self;
    /// `e^x` rounds to 0 up to here.
    const UNDERFLOW: Self;
    /// `e^{-x}` is less than half a unit in the last place of 1 from here on.
    const NEGLIGIBLE: Self;
    /// `Q(r)`.
    fn rest<I: Isa>(r: Self) -> Self;
}

impl Exponential for f32 {
    const LN2_HIGH: Self = 6.931_152_3e-1;
    const LN2_LOW: Self = 3.194_618_3e-5;
    const OVERFLOW: Self = 89.0;
    const UNDERFLOW: Self = -104.0;
    const NEGLIGIBLE: Self = 20.0;
    #[inline(always)]
    fn rest<I: Isa>(r: Self) -> Self {
        polynomial_by_two::<I, _, _>(
            r, // fitted to 0.032 ulp
            [
                4.999_999_4e-1,
                1.666_652_1e-1,
                4.166_839e-2,
                8.368_711e-3,
                1.381_461_2e-3,
            ],
        )
    }
}

impl Exponential for f64 {
    const LN2_HIGH: Self = 6.931_471_805_601_177e-1;
    const LN2_LOW: Self = -1.723_944_452_561_483_5e-13;
    const OVERFLOW: Self = 710.0;
    const UNDERFLOW: Self = -746.0;
    const NEGLIGIBLE: Self = 40.0;
    #[inline(always)]
    fn rest<I: Isa>(r: Self) -> Self {
        polynomial_by_two::<I, _, _>(
            r, // fitted to 0.05 ulp
            [
                5.000_000_000_000_011e-1,
                1.666_666_666_666_641_3e-1,
                4.166_666_666_653_026e-2,
                8.333_333_333_494_349e-3,
                1.388_888_894_359_976_5e-3,
                1.984_126_950_674_667e-4,
                2.480_149_313_363_173e-5,
                2.755_758_629_166_964_7e-6,
                2.763_023_497_261_791_4e-7,
                2.500_006_635_260_591_6e-8,
            ],
        )
    }
}

/// `x = n ln 2 + r + lost`, as `(SHIFTER + n, r, lost)`.
#[inline(always)]
fn reduce<I: Isa, T: Exponential>(x: T) -> (T, T, T) {
    let shifted = I::mul_add(x, T::LOG2_E, T::SHIFTER);
    let n = shifted - T::SHIFTER;
    let high = I::mul_add(n, -T::LN2_HIGH, x);
    let r = I::mul_add(n, -T::LN2_LOW, high);
    (shifted, r, I::mul_add(n, -T::LN2_LOW, high - r))
}

/// `e^x` and what its last sum rounded away, for `x` between `UNDERFLOW` and `OVERFLOW`, and NaN.
#[inline(always)]
pub(super) fn exp_between<I: Isa, T: Exponential>(x: T) -> (T, T) {
    let (shifted, r, _) = reduce::<I, T>(x);
    let rest = I::mul_add(r * r, T::rest::<I>(r), r);
    let (first, second) = T::power_halves(shifted);
    let sum = T::ONE + rest;
    let lost = rest - (sum - T::ONE);
    (sum * first * second, lost * first * second)
}

/// `e^r − 1`, and `n` as `SHIFTER + n`, for `x = n ln 2 + r`. For `n = 1` the sums of `expm1` and `tanh`
/// cancel so much that what `r` has lost would show.
#[inline(always)]
fn expm1_of_remainder<I: Isa, T: Exponential>(x: T) -> (T, T) {
    let (shifted, r, lost) = reduce::<I, T>(x);
    (shifted, r + I::mul_add(r * r, T::rest::<I>(r), lost))
}

/// `e^x − 1` for `|x| ≤ 2·NEGLIGIBLE` and NaN.
#[inline(always)]
pub(super) fn expm1_bounded<I: Isa, T: Exponential>(x: T) -> T {
    let (shifted, rest) = expm1_of_remainder::<I, T>(x);
    let power = T::power(shifted);
    I::mul_add(power, rest, power - T::ONE)
}

/// `e^x`.
#[derive(Clone, Copy)]
pub(super) struct Exp;

impl<T: Exponential> Kernel<T> for Exp {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        exp_between::<I, T>(at_least(at_most(x, T::OVERFLOW), T::UNDERFLOW)).0
    }
}

/// `e^x − 1 = ((1 − 2⁻ⁿ) + (e^r − 1))·2ⁿ`: for `n = 0` nothing cancels, and `n` may be the largest exponent.
#[derive(Clone, Copy)]
pub(super) struct Expm1;

impl<T: Exponential> Kernel<T> for Expm1 {
    #[inline(always)]
    fn at<I: Isa>(x: T) -> T {
        let bounded = at_least(at_most(x, T::OVERFLOW), -T::NEGLIGIBLE);
        let (shifted, rest) = expm1_of_remainder::<I, T>(bounded);
        let (first, second) = T::power_halves(shifted);
        let reciprocal = T::power_reciprocal(first) * T::power_reciprocal(second);
        (((T::ONE - reciprocal) + rest) * first * second).with_sign_of(x)
    }
}
